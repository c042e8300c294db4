"""The story of a request as pictures: the running product, the stand-in of Slack, a real browser.

The story is that of the test (``tests/story.py``); its people are those of the sample roster.
"""

import asyncio
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pypdfium2
from playwright.async_api import FloatRect, Locator

from bench.block_pictures import message
from bench.machine import ROOT
from bench.serving import StepFailed, serving
from bench.slack_pictures import CAPTION
from bot.config import Settings
from bot.wiring import make_rosters

if TYPE_CHECKING:
    from tests.story import Picture

CARDS: Mapping[str, str] = {"slack-consent": "The card of a person shown in a request."}
PAGES = frozenset(
    {
        "request-filled",
        "consent-phone",
        "decision",
        "timeline",
        "permission",
        "check-valid",
        "check-valid-phone",
        "check-revoked",
    }
)
_SECONDS = 90.0
_AROUND = 24


def told(var: Path, pictures: Path) -> Mapping[str, str]:
    """Tell the story and take its pictures; return those of Slack, as pages of HTML by name.

    ``var`` is the product's VAR_DIR, in which no roster is on file yet. Raise StepFailed.
    """
    try:
        return asyncio.run(_told(var, pictures))
    except (AssertionError, TimeoutError) as error:
        raise StepFailed(f"the story of a request: {error or 'no answer'}") from None


async def _told(var: Path, pictures: Path) -> Mapping[str, str]:
    sys.path.append(str(ROOT / "tests"))
    import story
    from slack_server import SlackServer

    drawn: dict[str, str] = {}

    async def take(name: str, shown: "Picture") -> None:
        path = pictures / f"{name}.png"
        if isinstance(shown, list):
            if name in CARDS:
                drawn[name] = message(shown, CAPTION.format(what=CARDS[name]))
        elif name not in PAGES:
            return
        elif isinstance(shown, bytes):
            _save_first_page(shown, path)
        elif isinstance(shown, Locator):
            await _save_part(shown, path)
        else:
            await shown.screenshot(path=path, full_page=name.startswith("check-"))

    async with SlackServer() as slack:
        make_rosters(Settings(_env_file=None, var_dir=var)).file(story.people(slack))
        settings = {
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_APP_TOKEN": slack.app_token,
            "SLACK_API_URL": slack.api_url,
        }
        product = serving(var, **settings)
        served = await asyncio.to_thread(product.__enter__)
        try:
            await slack.wait_for_connections(1, _SECONDS)
            async with story.chromium() as browser:
                await story.Story(slack, browser, served.address, take).tell()
        finally:
            await asyncio.to_thread(product.__exit__, *sys.exc_info())
    return drawn


async def _save_part(shown: Locator, path: Path) -> None:
    """Save a part of a page with some of the ground around it."""
    await shown.page.evaluate("scrollTo(0, 0)")
    box = await shown.bounding_box()
    assert box is not None
    clip: FloatRect = {
        "x": box["x"] - _AROUND,
        "y": box["y"] - _AROUND,
        "width": box["width"] + 2 * _AROUND,
        "height": box["height"] + 2 * _AROUND,
    }
    await shown.page.screenshot(path=path, full_page=True, clip=clip)


def _save_first_page(paper: bytes, path: Path) -> None:
    document = pypdfium2.PdfDocument(paper)
    document[0].render(scale=1.5).to_pil().save(path)
