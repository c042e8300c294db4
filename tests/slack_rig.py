"""The real Slack surface, joined to the local Slack over a socket or signed HTTP."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import uvicorn
from backends import address
from guides import bureau
from slack_answers import ScriptedAnswers
from slack_protocol import Delivery, Message, Payload
from slack_server import SlackServer
from starlette.applications import Starlette
from starlette.routing import Route

from bot.answers import Answers
from bot.asker import Asker, Surface
from bot.bridge import Bridge
from bot.config import Settings
from bot.database import open_database
from bot.department import Contacts, Department
from bot.duties import Duty
from bot.feedback import FeedbackStore
from bot.links import Links
from bot.roster.roster import Roster
from bot.roster.store import Rosters
from bot.slack.app import Stands, build_slack
from bot.slack.inbox import LEASE
from bot.slack.points import Checkpoint, passing
from bot.slack.surface import SlackSurface

LINKS = Links("http://127.0.0.1:8514", "k" * 40, sign_reading=False, clock=time.time)
SOCKET, HTTP = "socket", "http"
TRANSPORTS = (SOCKET, HTTP)
DUTIES = (
    Duty(
        directive="5.14",
        name="GO 5.14",
        section="IV.E.12",
        open="whom to notify when the supervisor made the posting",
    ),
)
DEPARTMENT = Department(
    name="Town Police", short_name="TPD", contacts=Contacts(policy_unit="the policy unit")
)


def settings(slack: SlackServer, transport: str = SOCKET, **changes: str | None) -> Settings:
    values: dict[str, str | None] = {
        "slack_bot_token": slack.bot_token,
        "slack_app_token": slack.app_token if transport == SOCKET else None,
        "slack_signing_secret": slack.signing_secret if transport == HTTP else None,
        "slack_api_url": slack.api_url,
        **changes,
    }
    return Settings(_env_file=None, **values)  # type: ignore[arg-type]


class Rig:
    """One process's worth of the product, as far as Slack sees it."""

    def __init__(
        self,
        slack: SlackServer,
        folder: Path,
        answers: ScriptedAnswers,
        transport: str,
        core: Answers | None = None,
        database: str | None = None,
        keep_questions: bool = False,
    ) -> None:
        """`core` answers in place of the scripted `answers`; `database` is an address."""
        self.slack, self.answers, self.transport = slack, answers, transport
        self.core: Answers = core or answers
        self.url, self.folder = "", folder
        self.engine = open_database(database or address(folder / "slack.sqlite3"))
        self.roster: Roster | None = None
        self.lease = LEASE
        self.bureau = bureau(
            self.engine,
            self.core.library,
            LINKS,
            self.now,
            folder,
            lambda: self.roster,
            keep_questions=keep_questions,
        )
        self.store = self.bureau.store
        self.feedback = FeedbackStore(self.engine, lambda: datetime.now(UTC), "k" * 32)
        self.rosters = Rosters(self.engine, lambda: datetime.now(UTC))
        self.bridge = Bridge(threads=4)
        self.surface: SlackSurface
        self.ahead = timedelta(0)  # by which the product's clock runs ahead
        self.checkpoint: Checkpoint = passing

    def build(self, *, start_threads: bool = True, **changes: str | None) -> SlackSurface:
        return build_slack(
            Stands(
                answers=self.core,
                bureau=self.bureau,
                feedback=self.feedback,
                links=LINKS,
                engine=self.engine,
                clock=self.now,
                checkpoint=lambda point: self.checkpoint(point),
                settings=settings(
                    self.slack, self.transport, slack_start_threads=str(start_threads), **changes
                ),
                department=DEPARTMENT,
                bridge=self.bridge,
                rosters=self.rosters,
                duties=DUTIES,
                reference=lambda: "E-514",
                lease=self.lease,
            )
        )

    def now(self) -> datetime:
        """Return the time of the product's clock."""
        return datetime.now(UTC) + self.ahead

    def asker(self, user: str, team: str | None = None) -> Asker:
        """Return a person as the product knows them."""
        return Asker(surface=Surface.SLACK, team=team or self.slack.team_id, user=user)

    async def give(self, payload: Payload) -> Delivery:
        """Deliver a payload as Slack does; return its last try."""
        if self.transport == HTTP:
            return await self.slack.deliver_http(self.url, payload)
        return await self.slack.deliver(payload)

    async def again(self, delivery: Delivery) -> Delivery:
        """Deliver an event once more, as Slack does when it missed the acknowledgement."""
        if self.transport == HTTP:
            number = delivery.retry_num + 1
            return await self.slack.deliver_http(
                self.url, delivery.payload, retry_num=number, retry_reason="http_timeout"
            )
        return await self.slack.redeliver(delivery)


@asynccontextmanager
async def joined(
    slack: SlackServer,
    folder: Path,
    transport: str = SOCKET,
    answers: ScriptedAnswers | None = None,
    *,
    start_threads: bool = True,
    core: Answers | None = None,
    roster: Roster | None = None,
    lease: timedelta | None = None,
    database: str | None = None,
    keep_questions: bool = False,
) -> AsyncIterator[Rig]:
    """Yield a rig whose surface has started; it is stopped afterwards."""
    scripted = answers or ScriptedAnswers(links=LINKS)
    rig = Rig(slack, folder, scripted, transport, core, database, keep_questions)
    rig.roster, rig.lease = roster, lease or LEASE
    rig.surface = rig.build(start_threads=start_threads)
    await rig.surface.start()
    try:
        if transport == HTTP:
            async with served(rig.surface) as rig.url:
                yield rig
        else:
            yield rig
    finally:
        rig.answers.gate.set()
        await rig.surface.stop()
        rig.bridge.close()
        rig.engine.dispose()


@asynccontextmanager
async def served(surface: SlackSurface) -> AsyncIterator[str]:
    """Yield the address at which the surface's events are served."""
    web = Starlette(routes=[Route("/slack/events", surface.events, methods=["POST"])])
    server = uvicorn.Server(uvicorn.Config(web, port=0, log_level="error", lifespan="off"))
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.005)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}/slack/events"
    finally:
        server.should_exit = True
        await task


def posted(slack: SlackServer) -> list[Message]:
    """Return everything Slack took from the app, whether or not its client would show it."""
    return [*slack.messages, *slack.unseen]


async def wait_posted(slack: SlackServer, n: int = 1) -> list[Message]:
    """Return what was posted once there are ``n`` messages and nothing else comes."""
    await slack.wait_for(lambda: len(posted(slack)) >= n, 5.0, f"{n} messages")
    await slack.settle(0.08)
    return posted(slack)


async def wait_asked(slack: SlackServer, answers: ScriptedAnswers, n: int = 1) -> None:
    """Return once ``n`` questions have reached the core."""
    await slack.wait_for(lambda: len(answers.asked) >= n, 5.0, f"{n} questions")


def calls(slack: SlackServer, method: str) -> list[dict[str, object]]:
    """Return the arguments of every call of a method."""
    return [call.arguments for call in slack.calls if call.method == method]
