"""The whole story of a request, in Slack and in a real browser, over one served application."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import story
import uvicorn
from backends import address
from guides import bureau
from slack_answers import ScriptedAnswers
from slack_rig import DEPARTMENT, settings
from slack_server import SlackServer
from web_browser import needs_chromium
from web_server import Clock

from bot.approvals.bureau import Bureau
from bot.approvals.event import Happened
from bot.approvals.progress import State
from bot.bridge import Bridge
from bot.database import open_database
from bot.feedback import FeedbackStore
from bot.links import Links
from bot.roster.store import Rosters
from bot.slack.app import Stands, build_slack
from bot.web.app import build_app
from bot.web.sessions import Sessions

pytestmark = needs_chromium


@asynccontextmanager
async def served(slack: SlackServer, folder: Path) -> AsyncIterator[tuple[str, Bureau]]:
    """Yield the address of the pages, and the bureau that they and Slack's surface share."""
    listening = socket.create_server(("127.0.0.1", 0))
    port = str(listening.getsockname()[1])
    own = settings(slack, host="127.0.0.1", port=port)
    clock, bridge = Clock(), Bridge()
    links = Links(own.address, "k" * 40, sign_reading=False, clock=clock.seconds)
    answers = ScriptedAnswers(links=links)
    engine = open_database(address(folder / "story.sqlite3"))
    roster = story.people(slack)
    made = bureau(engine, answers.library, links, clock.now, folder, roster)
    surface = build_slack(
        Stands(
            answers=answers,
            bureau=made,
            feedback=FeedbackStore(engine, clock.now, "k" * 32),
            links=links,
            engine=engine,
            clock=clock.now,
            settings=own,
            department=DEPARTMENT,
            bridge=bridge,
            rosters=Rosters(engine, clock.now),
        )
    )
    app = build_app(
        answers=answers,
        bureau=made,
        links=links,
        settings=own,
        department=DEPARTMENT,
        bridge=bridge,
        sessions=Sessions(engine, made.audit, clock.now),
        clock=clock.now,
    )
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    await surface.start()
    task = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        yield own.address, made
    finally:
        server.should_exit = True
        with contextlib.suppress(asyncio.CancelledError):
            await task
        await surface.stop()
        bridge.close()
        engine.dispose()


async def test_a_request_goes_from_the_question_to_the_revocation_in_slack_and_on_the_web(
    slack: SlackServer, tmp_path: Path
) -> None:
    async with served(slack, tmp_path) as (address, made), story.chromium() as browser:
        told = story.Story(slack, browser, address)
        await told.tell()
        request = made.store.by_reference(told.number)
        assert request is not None and request.state is State.REVOKED
        assert told.seen == ["Valid", "Revoked"]
        kinds = [one.line.kind for one in made.audit.lines(told.number)]
        assert (
            kinds.count(Happened.CONSENT.value) == 2 and kinds.count(Happened.ENDORSED.value) == 3
        )
        assert made.audit.verify().faults == ()
        assert made.outbox.waiting() == 0
