"""Serving: the web pages always, Slack when it is set up, in one event loop, stopped cleanly."""

import asyncio
import errno
import logging
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from bot import wiring
from bot.approvals.bureau import Bureau
from bot.asker import Surface
from bot.bridge import Bridge
from bot.commands import show
from bot.config import Settings
from bot.database import empty_log
from bot.department import load as load_department
from bot.errors import DatabaseUnusable, ServiceRefused
from bot.metrics import Metrics
from bot.rehearsal import Rehearsal, may_rehearse, rehearse
from bot.roster.reading import sample as sample_roster
from bot.slack.app import Stands, build_slack
from bot.slack.ids import Counted
from bot.slack.installs import Installs
from bot.slack.surface import SlackSurface
from bot.web.app import build_app
from bot.web.health import IndexState
from bot.web.sessions import Sessions
from bot.web.stage import Stage

_EMPTIED_SECONDS = 60.0
_TENDED_SECONDS = 60.0
_log = logging.getLogger(__name__)


def serve(settings: Settings) -> None:
    """Serve until interrupted; raise ServiceRefused when the port or a token is refused."""
    listening = _listen(settings)
    try:
        with show.progress("Building the index") as progress:
            parts = wiring.assemble(settings, progress)
        with _rehearsal(settings, parts) as rehearsal:
            asyncio.run(_serve(settings, parts, rehearsal, listening))
    except KeyboardInterrupt:
        pass
    finally:
        listening.close()


@contextmanager
def _rehearsal(settings: Settings, parts: wiring.Parts) -> Iterator[Rehearsal | None]:
    """Yield what the demonstration stands on, if there is one; nothing of it is left afterwards."""
    if not may_rehearse(settings, parts.rosters.in_force()):
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="policybot-demonstration-") as folder:
        rehearsal = rehearse(settings, parts, Path(folder))
        try:
            yield rehearsal
        finally:
            rehearsal.engine.dispose()


def _stage(parts: wiring.Parts, rehearsal: Rehearsal | None) -> Stage | None:
    if rehearsal is None:
        return None
    return Stage(
        bureau=rehearsal.bureau,
        sessions=Sessions(rehearsal.engine, rehearsal.bureau.audit, wiring.utc_now),
        roster=rehearsal.roster,
        closed=lambda: parts.rosters.in_force() is not None,
    )


async def _serve(
    settings: Settings,
    parts: wiring.Parts,
    rehearsal: Rehearsal | None,
    listening: socket.socket,
) -> None:
    bridge = Bridge()
    department = load_department(settings.corpus_dir)
    metrics = Metrics()
    slack = None
    if settings.slack:
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
        clock=wiring.utc_now,
    )
    server = _Server(
        uvicorn.Config(
            app,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            log_config=None,
            log_level=logging.WARNING,
            timeout_graceful_shutdown=20,
        ),
        f"{department.assistant} is at {settings.address}/ (stop it with Ctrl-C)",
        slack,
    )
    keeping = [
        asyncio.create_task(_keep_empty(parts, bridge)),
        asyncio.create_task(_keep_tended(parts.bureau, bridge)),
    ]
    if rehearsal is not None:
        keeping.append(asyncio.create_task(_keep_tended(rehearsal.bureau, bridge)))
    try:
        if slack is not None:
            await slack.start()
        await server.serve(sockets=[listening])
    finally:
        for one in keeping:
            one.cancel()
        bridge.close()
        _empty(parts)
        parts.engine.dispose()


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
    """Says where it is once the pages are up, and leaves Slack before it goes.

    Uvicorn passes an interrupt on as soon as it has shut down, so what has to end in order ends
    within the shutdown.
    """

    def __init__(self, config: uvicorn.Config, line: str, slack: SlackSurface | None) -> None:
        super().__init__(config)
        self._line = line
        self._slack = slack

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and print the address as the first line."""
        await super().startup(sockets=sockets)
        if self.started:
            sys.stdout.write(self._line + "\n")
            sys.stdout.flush()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take nothing more, finish what began, in the pages and then in Slack."""
        await super().shutdown(sockets=sockets)
        if self._slack is not None:
            await self._slack.stop()


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listening = socket.socket(family)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.host, settings.port))
        listening.listen(128)
    except OSError as error:
        listening.close()
        if error.errno == errno.EADDRINUSE:
            raise ServiceRefused(
                f"PORT: {settings.port} is in use on {settings.host}. Stop what uses it, or set "
                "PORT to another number."
            ) from None
        raise ServiceRefused(
            f"HOST: {settings.host!r} port {settings.port} cannot be listened on "
            f"({error.strerror}). Set HOST to an address of this machine."
        ) from None
    return listening
