"""The whole story of one request, told once for the test and for the README's pictures.

Its people are those of the sample roster: some act in Slack, against the stand-in, some in a real
browser without scripts, signed in by the one-time link of their card.
"""

import io
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import Browser, Locator, Page, async_playwright, expect
from pypdf import PdfReader
from slack_protocol import Message, View
from slack_server import SlackServer
from web_browser import CHROMIUM, FLAGS

from bot.roster.person import SlackIdentity
from bot.roster.reading import sample
from bot.roster.roster import Roster
from bot.slack.ids import Action, DeedAction
from bot.slack.reaching import EVENT_TYPE

QUESTION = "can I post a photo from the range?"
EXACT = "Range day with the best shift."
CONDITIONS = "Crop the badge numbers. No location."
REASONS = "The account was opened to the public."
OFFICER, COLLEAGUE, CLERK = "U0APPLEWHI", "U0DUNMORE0", "U0TARRANT0"
SERGEANT, LIEUTENANT, CAPTAIN, CHIEF = "U0CROWHURS", "U0PENHALLO", "U0FARROWGA", "U0QUILLFEA"
_SECONDS = 20.0
_TO_THE_TOP = "(e) => e.scrollIntoView()"
Picture = Page | Locator | bytes | list[dict[str, Any]]
Take = Callable[[str, Picture], Awaitable[None]]


async def no_picture(name: str, shown: Picture) -> None:
    """Take none."""


def people(slack: SlackServer) -> Roster:
    """Return the sample roster with its people in the stand-in's workspace, where they are now."""
    found = sample()
    moved = []
    for one in found.people:
        [at] = one.slack
        slack.add_user(at.user, one.name.split()[0].lower(), real_name=one.name)
        here = (SlackIdentity(team=slack.team_id, user=at.user),)
        moved.append(one.model_copy(update={"slack": here}))
    return Roster.model_validate({**found.model_dump(by_alias=True), "people": tuple(moved)})


@dataclass
class Story:
    """One request; ``seen`` are the states of its check page in the order in which it showed them.

    ``address`` is where the pages are served, ``take`` is given what a picture may be made of.
    """

    slack: SlackServer
    browser: Browser
    address: str
    take: Take = no_picture
    number: str = ""
    check: str = ""
    seen: list[str] = field(default_factory=list)

    async def tell(self) -> None:
        """Let it all happen."""
        await self.asked_and_sent()
        await self.consented()
        await self.endorsed()
        await self.granted()
        await self.printed_and_checked()
        await self.revoked()

    async def asked_and_sent(self) -> None:
        """The officer asks in Slack, and fills in on the page what the answer offers."""
        await self._deliver(self.slack.message_im(QUESTION, OFFICER))
        answer = await self._message(OFFICER, lambda one: Action.START_REQUEST in one.action_ids)
        [url] = [e["url"] for _, _, e in answer.elements if e["action_id"] == Action.START_REQUEST]
        async with self.sitting() as page:
            await page.goto(url)
            await page.get_by_label("What is it?").select_option("photo")
            await self._fill_in(page)
            await page.get_by_role("heading", name="What you ask for").evaluate(_TO_THE_TOP)
            await self.take("request-filled", page)
            await self._send(page)
            number = await page.locator(".reference").inner_text()
            self.number = number.strip()
            await expect(page.get_by_text("Sending a request is not permission.")).to_be_visible()

    async def consented(self) -> None:
        """One colleague agrees in Slack, the other on the page, on a phone."""
        asked = "wants to post this"
        card = await self.card(COLLEAGUE, asked)
        await self.take("slack-consent", card.blocks)
        await self.press(COLLEAGUE, card, DeedAction.AGREE)
        await self.card(COLLEAGUE, "You agreed.")
        async with self.crossing(CLERK, await self.card(CLERK, asked), width=390) as page:
            await page.get_by_label("I agree to exactly this content").check()
            await self.take("consent-phone", page)
            await page.get_by_role("button", name="Answer").click()
            await expect(page.get_by_role("status")).to_have_text("Your answer is recorded.")

    async def endorsed(self) -> None:
        """The steps of the chain recommend it: in Slack, on the page, in Slack."""
        await self._recommend(SERGEANT)
        card = await self.card(LIEUTENANT, "as a step of the chain of command")
        async with self.crossing(LIEUTENANT, card) as page:
            await page.get_by_label("I recommend it", exact=True).check()
            await page.locator("#words-endorse").fill("Good for recruiting.")
            await page.get_by_role("button", name="Record it and send it on").click()
            await expect(page.get_by_role("status")).to_contain_text("went on to the next step")
        await self._recommend(CAPTAIN)

    async def granted(self) -> None:
        """The Chief grants it on the page, under conditions, asked once more."""
        card = await self.card(CHIEF, "It is with you to decide.")
        async with self.crossing(CHIEF, card) as page:
            await page.locator("#words-grant").fill(CONDITIONS)
            await self.take("decision", page.locator("section[aria-labelledby=page-do]"))
            await page.get_by_role("button", name="Grant the permission").click()
            await expect(page.get_by_role("heading", level=1)).to_contain_text("Grant this")
            await page.get_by_role("button", name="Grant the permission").click()
            await expect(page.get_by_role("status")).to_have_text("You granted it.")
            await expect(page.locator(".receipt .status")).to_have_text("in effect")

    async def printed_and_checked(self) -> None:
        """The officer opens the paper; whoever holds it opens its check page, signed in as nobody.

        The address is read off the paper.
        """
        card = await self.card(OFFICER, "In effect.")
        assert CONDITIONS in card.words
        async with self.crossing(OFFICER, card) as page:
            await self.take("timeline", page.locator("section[aria-labelledby=page-timeline]"))
            await page.get_by_role("link", name="Open it to print").click()
            await expect(page.get_by_role("heading", name="Written permission")).to_be_visible()
            await expect(page.get_by_text(CONDITIONS)).to_be_visible()
            got = await page.context.request.get(f"{page.url}.pdf")
            assert got.headers["content-type"] == "application/pdf"
            paper = await got.body()
        await self.take("permission", paper)
        words = PdfReader(io.BytesIO(paper)).pages[0].extract_text()
        address = re.search(r"/check/R-[A-Z0-9]{8}-[A-Z0-9]{20}", words.replace("\n", ""))
        assert address is not None and CONDITIONS in words and EXACT in words
        self.check = address[0]
        await self._checked("Valid", "check-valid")

    async def revoked(self) -> None:
        """The Chief revokes it in Slack; the check page says so at once."""
        card = await self.card(CHIEF, "Granted by")
        form = await self.opened(self.slack.block_actions(card, DeedAction.REVOKE, CHIEF))
        await self._deliver(self.slack.view_submission(form, {"words": REASONS}))
        assert REASONS in (await self.card(OFFICER, "Do not post it.")).words
        await self._checked("Revoked", "check-revoked")

    # What people do

    async def press(self, user: str, card: Message, action: DeedAction) -> None:
        """Press a button of somebody's card."""
        await self._deliver(self.slack.block_actions(card, action, user))

    async def opened(self, payload: Mapping[str, Any]) -> View:
        """Return the view that a click opens."""
        before = len(self.slack.views)
        await self._deliver(payload)
        await self.slack.wait_for(lambda: len(self.slack.views) > before, _SECONDS, "a view")
        return self.slack.views[-1]

    async def card(self, user: str, words: str) -> Message:
        """Wait until somebody's newest card of the request says something; return it."""
        return await self._message(
            user,
            lambda one: (one.metadata or {}).get("event_type") == EVENT_TYPE and words in one.words,
        )

    @asynccontextmanager
    async def sitting(self, width: int = 1200) -> AsyncIterator[Page]:
        """Yield a browser of somebody who is signed in nowhere; no script runs in it."""
        context = await self.browser.new_context(
            viewport={"width": width, "height": 900},
            java_script_enabled=False,
            color_scheme="light",
        )
        page = await context.new_page()
        page.set_default_timeout(15_000)
        yield page
        await context.close()

    @asynccontextmanager
    async def crossing(self, user: str, card: Message, width: int = 1200) -> AsyncIterator[Page]:
        """Yield the request's page, reached from a card by a link that signs its reader in."""
        shown = await self.opened(self.slack.block_actions(card, Action.OPEN_ON_WEB, user))
        [link] = re.findall(r"'url': '([^']+)'", str(shown.content))
        async with self.sitting(width) as page:
            await page.goto(link)
            await page.get_by_role("button", name="Sign in").click()
            await expect(page.locator(".reference")).to_have_text(self.number)
            yield page

    async def _recommend(self, user: str) -> None:
        card = await self.card(user, "as a step of the chain of command")
        await self.press(user, card, DeedAction.RECOMMEND)
        await self.card(user, "recommends it")

    async def _fill_in(self, page: Page) -> None:
        await page.locator("#field-page").select_option("my own")
        await page.locator("#field-platform").fill("Instagram")
        await page.locator("#field-description").fill("Four of us beside a paper target.")
        await page.locator("#field-exact_text").fill(EXACT)
        await page.locator("#field-colleagues").fill("Renske Dunmore\nHollis Tarrant")
        for flag in await page.locator(".flag").all():
            asked = await flag.locator("legend").inner_text()
            reply = "yes" if "in uniform" in asked else "no"
            await flag.locator(f"input[value={reply}]").check()

    async def _send(self, page: Page) -> None:
        """Send the form, once more where something has to be read first."""
        send = page.get_by_role("button", name="Send the request")
        await send.click()
        if await page.locator("input[name=confirmed]").count():
            await send.click()

    async def _checked(self, state: str, name: str) -> None:
        for width, suffix in ((700, ""), (390, "-phone")):
            async with self.sitting(width) as page:
                await page.goto(self.address + self.check)
                await expect(page.get_by_role("heading", level=1)).to_have_text(state)
                text = await page.locator("main").inner_text()
                assert EXACT not in text and "Applewhite" not in text
                await self.take(f"{name}{suffix}", page)
        self.seen.append(state)

    async def _message(self, user: str, fits: Callable[[Message], bool]) -> Message:
        place = self.slack.im(user)

        def found() -> list[Message]:
            return [one for one in self.slack.messages if one.channel == place and fits(one)]

        await self.slack.wait_for(lambda: bool(found()), _SECONDS, f"a message to {user}")
        return found()[-1]

    async def _deliver(self, payload: Mapping[str, Any]) -> None:
        delivery = await self.slack.deliver(dict(payload))
        assert delivery.acknowledged, delivery.failure


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Yield a browser."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        await browser.close()
