"""Everything that answers by one state of what is on file: the pages and Slack, on one socket."""

import asyncio
import contextlib
import logging
import socket
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import uvicorn

from bot import wiring
from bot.approvals.bureau import Bureau
from bot.asker import Surface
from bot.bridge import Bridge
from bot.config import Settings
from bot.database import empty_log
from bot.department import Department
from bot.department import load as load_department
from bot.errors import DatabaseUnusable
from bot.metrics import Metrics
from bot.rehearsal import Rehearsal, may_rehearse, rehearse
from bot.roster.reading import sample as sample_roster
from bot.slack.app import Stands, build_slack
from bot.slack.ids import Counted
from bot.slack.installs import Installs
from bot.slack.surface import SlackSurface
from bot.touched import touched
from bot.web.app import build_app
from bot.web.health import IndexState
from bot.web.sessions import Sessions
from bot.web.stage import Stage

_EMPTIED_SECONDS = 60.0
_TENDED_SECONDS = 60.0
_log = logging.getLogger(__name__)


class Generation:
    """One assembled service. Start it once, stop it once; another may run beside it meanwhile.

    ``listening`` is shared with the others: each takes connections from it by a copy of its own.
    ``rehearsing`` is the folder and the key of the demonstration's record.
    """

    def __init__(
        self,
        settings: Settings,
        parts: wiring.Parts,
        listening: socket.socket,
        bridge: Bridge,
        metrics: Metrics,
        rehearsing: tuple[Path, str],
    ) -> None:
        self.parts = parts
        self._bridge = bridge
        self._listening = listening
        department = load_department(settings.corpus_dir)
        self.line = f"{department.assistant} is at {settings.address}/ (stop it with Ctrl-C)"
        may = may_rehearse(settings, parts.rosters.in_force())
        self._rehearsal = rehearse(settings, parts, *rehearsing) if may else None
        self._slack = _slack(settings, parts, department, bridge, metrics)
        self._server = _Server(
            _pages(settings, parts, department, bridge, metrics, self._slack, self._rehearsal)
        )
        self._keeping: list[asyncio.Task[None]] = []
        self._serving: asyncio.Task[None] | None = None
        self._stopped = False

    async def start(self) -> None:
        """Join Slack, then take connections; return once they are taken.

        Raise ServiceRefused where Slack does not let it in; nothing is left then.
        """
        try:
            if self._slack is not None:
                await self._slack.start()
            serving = self._server.serve(sockets=[self._listening.dup()])
            self._serving = asyncio.create_task(serving)
            up = asyncio.create_task(self._server.up.wait())
            await asyncio.wait({self._serving, up}, return_when=asyncio.FIRST_COMPLETED)
            up.cancel()
            if self._serving.done():
                self._serving.result()
        except BaseException:
            await self.stop()
            raise
        self._keeping = [
            asyncio.create_task(_keep_empty(self.parts, self._bridge)),
            asyncio.create_task(_keep_tended(self.parts.bureau, self._bridge)),
        ]
        if self._rehearsal is not None:
            tended = _keep_tended(self._rehearsal.bureau, self._bridge)
            self._keeping.append(asyncio.create_task(tended))

    async def ended(self) -> None:
        """Return when it serves no more; raise what ended it."""
        if self._serving is not None:
            await asyncio.shield(self._serving)

    async def stop(self) -> None:
        """Take nothing more, finish what began, in the pages and then in Slack, and close."""
        if self._stopped:
            return
        self._stopped = True
        for one in self._keeping:
            one.cancel()
        self._server.should_exit = True
        try:
            if self._serving is not None:
                await asyncio.wait({self._serving})
            if self._slack is not None:
                await self._slack.stop()
        finally:
            await self._bridge.run(self.parts.evaluating.close)
            await self._bridge.run(_empty, self.parts)
            self.parts.engine.dispose()
            if self._rehearsal is not None:
                self._rehearsal.engine.dispose()

    def hurry(self) -> None:
        """Wait for nothing that began."""
        self._server.force_exit = True


def _slack(
    settings: Settings,
    parts: wiring.Parts,
    department: Department,
    bridge: Bridge,
    metrics: Metrics,
) -> SlackSurface | None:
    if not settings.slack:
        return None
    slack = build_slack(
        Stands(
            answers=metrics.measured(parts.assistant, Surface.SLACK),
            bureau=parts.bureau,
            feedback=parts.feedback,
            links=parts.links,
            engine=parts.engine,
            clock=wiring.utc_now,
            settings=settings,
            department=department,
            bridge=bridge,
            installs=_installs(settings, parts),
            rosters=parts.rosters,
            duties=parts.duties,
        )
    )
    metrics.watch(slack.counts, Counted, slack.connection, slack.inbox.size)
    return slack


def _pages(
    settings: Settings,
    parts: wiring.Parts,
    department: Department,
    bridge: Bridge,
    metrics: Metrics,
    slack: SlackSurface | None,
    rehearsal: Rehearsal | None,
) -> uvicorn.Config:
    manifest = parts.index.manifest
    state = IndexState(clauses=manifest.entries, encoder=manifest.encoder, built=manifest.built)
    app = build_app(
        answers=metrics.measured(parts.assistant, Surface.CONSOLE),
        bureau=parts.bureau,
        links=parts.links,
        settings=settings,
        department=department,
        bridge=bridge,
        slack_events=slack.events if slack and settings.slack_signing_secret else None,
        installer=slack.installer if slack else None,
        index=lambda: state,
        slack=slack.connection if slack else None,
        metrics_text=metrics.text,
        sessions=Sessions(parts.engine, parts.bureau.audit, wiring.utc_now) if slack else None,
        slack_sign_in=slack.sign_in if slack else None,
        sample=sample_roster(),
        stage=_stage(parts, rehearsal),
        unit=parts.unit,
        evaluating=parts.evaluating,
        rested=partial(touched, parts.engine, parts.bureau.store, parts.assistant.library),
        clock=wiring.utc_now,
    )
    return uvicorn.Config(
        app,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        log_config=None,
        log_level=logging.WARNING,
        timeout_graceful_shutdown=20,
    )


def _stage(parts: wiring.Parts, rehearsal: Rehearsal | None) -> Stage | None:
    if rehearsal is None:
        return None
    return Stage(
        bureau=rehearsal.bureau,
        sessions=Sessions(rehearsal.engine, rehearsal.bureau.audit, wiring.utc_now),
        roster=rehearsal.roster,
        closed=lambda: parts.rosters.in_force() is not None,
    )


async def _keep_empty(parts: wiring.Parts, bridge: Bridge) -> None:
    """Empty the database's log every minute, so that what was erased is nowhere for longer."""
    while True:
        await asyncio.sleep(_EMPTIED_SECONDS)
        await bridge.run(_empty, parts)


async def _keep_tended(bureau: Bureau, bridge: Bridge) -> None:
    """Do what falls due for requests, at the start and every minute, with or without Slack."""
    while True:
        await bridge.run(_tend, bureau)
        await asyncio.sleep(_TENDED_SECONDS)


def _tend(bureau: Bureau) -> None:
    try:
        bureau.register.tend()
        if bureau.images is not None:
            bureau.images.sweep()
    except Exception as error:  # the next minute may do better, and nothing else would tend
        _log.error("What falls due for requests was not done: %s", type(error).__name__)


def _empty(parts: wiring.Parts) -> None:
    try:
        empty_log(parts.engine)
    except DatabaseUnusable as error:
        _log.error("The log beside the database was not emptied. %s", error)


def _installs(settings: Settings, parts: wiring.Parts) -> Installs | None:
    client = settings.slack_client_id
    return Installs(parts.engine, client, wiring.utc_now) if client else None


class _Server(uvicorn.Server):
    """Says when the pages are up, and leaves the signals to whoever runs several."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take no signal: several serve in one process, and they end in an order."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and say so."""
        await super().startup(sockets=sockets)
        self.up.set()
