"""Signing in with Slack, from the page to Slack's own and back, against the local Slack."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from slack_rig import DEPARTMENT, Rig, joined, settings
from slack_server import SlackServer
from slack_workspace import CHIEF, OFFICER, TEAM
from web_people import words
from web_server import Clock

from bot.links import Links
from bot.slack.app import Stands, build_slack
from bot.web.app import build_app
from bot.web.sessions import SUBJECT, Sessions


@dataclass
class Door:
    """The pages of a service that Slack signs people in to."""

    slack: SlackServer
    rig: Rig
    clock: Clock
    browser: httpx.AsyncClient

    async def off(self, to: str = "") -> str:
        """Press "Sign in with Slack"; return the address of Slack's page."""
        sent = await self.browser.post("/sign-in/slack", data={"to": to})
        assert sent.status_code == 303, sent.text
        return sent.headers["location"]

    async def back(self, address: str) -> httpx.Response:
        """Follow Slack's way back."""
        way = urlsplit(address)
        return await self.browser.get(f"{way.path}?{way.query}")

    def recorded(self) -> list[str]:
        return [one.line.kind for one in self.rig.bureau.audit.lines(SUBJECT)]


@asynccontextmanager
async def door(slack: SlackServer, folder: Path) -> AsyncIterator[Door]:
    """Yield the pages over a surface of an app with a client id."""
    async with joined(slack, folder) as rig:
        clock = Clock()
        own = settings(
            slack, slack_client_id=slack.client_id, slack_client_secret=slack.client_secret
        )
        links = Links(own.address, "k" * 40, sign_reading=False, clock=clock.seconds)
        surface = build_slack(
            Stands(
                answers=rig.core,
                bureau=rig.bureau,
                feedback=rig.feedback,
                links=links,
                engine=rig.engine,
                clock=clock.now,
                settings=own,
                department=DEPARTMENT,
                bridge=rig.bridge,
            )
        )
        await surface.start()
        app = build_app(
            answers=rig.core,
            bureau=rig.bureau,
            links=links,
            settings=own,
            department=DEPARTMENT,
            bridge=rig.bridge,
            sessions=Sessions(rig.engine, rig.bureau.audit, clock.now),
            slack_sign_in=surface.sign_in,
            clock=clock.now,
        )
        transport = httpx.ASGITransport(app=app)
        try:
            async with httpx.AsyncClient(transport=transport, base_url=own.address) as browser:
                yield Door(slack, rig, clock, browser)
        finally:
            await surface.stop()


async def test_slack_vouches_for_who_signs_in(slack: SlackServer, tmp_path: Path) -> None:
    async with door(slack, tmp_path) as at:
        assert "Sign in with Slack" in (await at.browser.get("/sign-in")).text
        page = await at.off("/waiting")
        query = parse_qs(urlsplit(page).query)
        assert page.startswith(slack.api_url.removesuffix("api/") + "openid/connect/authorize?")
        assert (query["scope"], query["response_type"]) == (["openid"], ["code"])
        done = await at.back(slack.openid.follow(page, TEAM, OFFICER))
        assert (done.status_code, done.headers["location"]) == (303, "/waiting")
        assert done.headers["set-cookie"].startswith("session=")
        listed = words((await at.browser.get("/requests")).text)
        assert f"Slack user {OFFICER} of workspace {TEAM}" in listed
        assert at.recorded() == ["signed in"]


async def test_a_way_back_is_good_once_in_the_browser_that_began_it(
    slack: SlackServer, tmp_path: Path
) -> None:
    async with door(slack, tmp_path) as at:
        back = slack.openid.follow(await at.off(), TEAM, OFFICER)
        kept = dict(at.browser.cookies)
        at.browser.cookies.clear()
        stolen = await at.back(back)
        assert stolen.status_code == 400 and "not begun in this browser" in words(stolen.text)
        at.browser.cookies.update(kept)
        assert (await at.back(back)).status_code == 303
        at.browser.cookies.clear()
        at.browser.cookies.update(kept)
        assert (await at.back(back)).status_code in (400, 410)
        at.browser.cookies.clear()
        late = slack.openid.follow(await at.off(), TEAM, OFFICER)
        at.clock.ahead += 601
        assert (await at.back(late)).status_code in (400, 410)
        assert at.recorded().count("signed in") == 1


@pytest.mark.parametrize(
    "claim",
    [
        {"iss": "https://elsewhere.example"},
        {"aud": "1.2"},
        {"aud": ["514.514"]},
        {"nonce": "another"},
        {"exp": 1_000_000_000},
        {"iat": 9_999_999_999},
        {"sub": CHIEF},
        {"https://slack.com/user_id": CHIEF},
        {"https://slack.com/team_id": "T0ELSEWHERE"},
        {"https://slack.com/team_id": None},
    ],
    ids=str,
)
async def test_a_token_that_does_not_fit_signs_nobody_in(
    slack: SlackServer, tmp_path: Path, claim: dict[str, object]
) -> None:
    async with door(slack, tmp_path) as at:
        slack.openid.spoil = claim
        refused = await at.back(slack.openid.follow(await at.off(), TEAM, OFFICER))
        assert refused.status_code == 400 and "does not fit it" in words(refused.text)
        assert "session=" not in refused.headers.get("set-cookie", "")
        assert at.recorded() == ["refused: Slack's answer was not taken"]


async def test_a_workspace_without_the_assistant_and_no_consent_sign_nobody_in(
    slack: SlackServer, tmp_path: Path
) -> None:
    async with door(slack, tmp_path) as at:
        elsewhere = await at.back(slack.openid.follow(await at.off(), "T0ELSEWHERE", "U0X"))
        assert "not in this Slack workspace" in words(elsewhere.text)
        at.browser.cookies.clear()
        page = await at.off()
        state = parse_qs(urlsplit(page).query)["state"][0]
        denied = await at.browser.get(f"/sign-in/slack?error=access_denied&state={state}")
        assert denied.status_code == 400 and "not given consent" in words(denied.text)
        unknown = await at.browser.get(f"/sign-in/slack?code=made-up&state={state}")
        assert "Slack refused the sign-in (invalid_code)" in words(unknown.text)
        assert "signed in" not in at.recorded()
