"""What the running product sends to Slack, as the tests' stand-in received it, for the pictures."""

import asyncio
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.block_pictures import message, view
from bench.machine import ROOT
from bench.serving import RANGE, StepFailed, serving
from bot.slack.ids import Action, Shortcut
from bot.slack.request_flags import UNSURE

if TYPE_CHECKING:
    from tests.slack_records import Message
    from tests.slack_server import SlackServer

CAPTION = "{what} Drawn from the blocks that are sent. This is not a screenshot of Slack."
_SECONDS = 60.0


@dataclass(frozen=True)
class Sent:
    """The blocks of an answer, and five views, as JSON."""

    answer: list[dict[str, Any]]
    ask: dict[str, Any]
    feedback: dict[str, Any]
    home: dict[str, Any]
    request: dict[str, Any]
    request_check: dict[str, Any]

    @property
    def pages(self) -> Mapping[str, str]:
        """A page of HTML for each picture, by its name."""
        captions = {
            "ask": "The form that asks a question.",
            "feedback": "The form behind “Was this right?”.",
            "home": "App Home.",
            "request": "The form of a request, with what the question says filled in.",
            "request-check": "What is to be read before a request is sent.",
        }
        answer = CAPTION.format(what="An answer to a mention, shown to the asker alone.")
        pages = {"slack-answer": message(self.answer, answer)}
        for name, what in captions.items():
            pages[f"slack-{name}"] = view(
                getattr(self, name.replace("-", "_")), CAPTION.format(what=what)
            )
        return pages


def sent(var: Path) -> Sent:
    """Return what an officer gets from ``policybot serve``; raise StepFailed if it does not come.

    ``var`` is its VAR_DIR; the index is built there if it is missing.
    """
    try:
        return asyncio.run(_sent(var))
    except (AssertionError, TimeoutError) as error:
        raise StepFailed(f"policybot in Slack: {error or 'no answer'}") from None


async def _sent(var: Path) -> Sent:
    async with _standing(var) as slack:
        await _asked(slack)  # the first answer has the first-use notice above it
        await _asked(slack)
        await slack.wait_for(lambda: len(slack.messages) == 2, _SECONDS, "two answers")
        answer = slack.messages[-1]
        await slack.deliver(slack.block_actions(answer, Action.FEEDBACK.value))
        await slack.wait_for(lambda: len(slack.views) == 1, _SECONDS, "the feedback form")
        await slack.deliver(slack.shortcut(Shortcut.ASK.value))
        await slack.wait_for(lambda: len(slack.views) == 2, _SECONDS, "the ask form")
        await _filled(slack, answer)
        await slack.deliver(slack.app_home_opened())
        await slack.wait_for(lambda: len(slack.homes) == 1, _SECONDS, "App Home")
        feedback, ask, form, check = (one.content for one in slack.views)
        [home] = (one.content for one in slack.homes.values())
    return Sent(
        answer=answer.blocks,
        ask=ask,
        feedback=feedback,
        home=home,
        request=form,
        request_check=check,
    )


async def _filled(slack: "SlackServer", answer: "Message") -> None:
    """Open the form of a request and submit it, as far as what is to be read before it is sent."""
    await slack.deliver(slack.block_actions(answer, Action.FILL_REQUEST.value))
    await slack.wait_for(lambda: _shown(slack) == "request", _SECONDS, "the form of a request")
    said = {"page": "my own", "platform": "Instagram", UNSURE: ["drawn"]}
    ticked = {"flags-shows": ["recognisable", "uniform", "weapon"]}
    await slack.deliver(slack.view_submission(slack.views[-1], said | ticked))
    await slack.wait_for(lambda: _shown(slack) == "request_check", _SECONDS, "what is to be read")


def _shown(slack: "SlackServer") -> str:
    return str(slack.views[-1].content["callback_id"]) if slack.views else ""


async def _asked(slack: "SlackServer") -> None:
    """Ask in a thread of its own: Slack shows a private answer only in a thread with replies."""
    root = slack.write("Range day went well.")
    before = len(slack.messages)
    mention, twin = slack.mention(RANGE, thread_ts=root.ts)
    for event in (mention, twin):
        await slack.deliver(event)
    await slack.wait_for(lambda: len(slack.messages) > before, _SECONDS, "an answer")


@asynccontextmanager
async def _standing(var: Path) -> AsyncIterator["SlackServer"]:
    """Yield the stand-in, joined by the product as a process of its own."""
    sys.path.append(str(ROOT / "tests"))
    from slack_server import SlackServer

    async with SlackServer() as slack:
        settings = {
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_APP_TOKEN": slack.app_token,
            "SLACK_API_URL": slack.api_url,
        }
        product = serving(var, **settings)
        await asyncio.to_thread(product.__enter__)
        try:
            await slack.wait_for_connections(1, _SECONDS)
            yield slack
        finally:
            await asyncio.to_thread(product.__exit__, *sys.exc_info())
