"""Serving: the web pages always, Slack when it is set up, in one event loop, stopped cleanly.

What is on file may change while it serves: then everything is assembled anew beside what runs, and
takes over in one step; what began is finished by whoever began it.
"""

import asyncio
import errno
import logging
import signal
import socket
import sys
import tempfile
from datetime import date
from pathlib import Path

from bot import renewing, wiring
from bot.bridge import Bridge
from bot.commands import show
from bot.config import Settings
from bot.errors import AssistantError, ServiceRefused
from bot.generation import Generation
from bot.metrics import Metrics
from bot.opening import is_ready, open_library, today
from bot.rehearsal import new_key
from bot.renewing import Filed
from index.errors import IndexingError

_LOOKED_SECONDS = 60.0
_log = logging.getLogger(__name__)


def serve(settings: Settings) -> None:
    """Serve until interrupted; raise ServiceRefused when the port or a token is refused."""
    listening = _listen(settings)
    try:
        corpus = renewing.digest(settings.corpus_dir)
        with show.progress("Building the index") as progress:
            parts = wiring.assemble(settings, progress)
        with tempfile.TemporaryDirectory(prefix="policybot-demonstration-") as folder:
            house = _House(settings, listening, Path(folder))
            asyncio.run(house.serve(parts, Filed(corpus, parts.index.library.absent())))
    except KeyboardInterrupt:
        pass
    finally:
        listening.close()


class _House:
    """Runs one generation after the other, and ends the last one when it is interrupted."""

    def __init__(self, settings: Settings, listening: socket.socket, folder: Path) -> None:
        self._settings = settings
        self._listening = listening
        self._rehearsing = folder, new_key()
        self._bridge = Bridge()
        self._metrics = Metrics()
        self._retiring: set[asyncio.Task[None]] = set()
        self._refused: set[tuple[Filed, date]] = set()

    async def serve(self, parts: wiring.Parts, filed: Filed) -> None:
        """Serve what was assembled of what is on file, and what follows it, until interrupted."""
        self._stopping, self._hinted = asyncio.Event(), asyncio.Event()
        loop = asyncio.get_running_loop()
        for sign in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(sign, self._interrupt)
        loop.add_signal_handler(signal.SIGHUP, self._hinted.set)
        self._current = self._made(parts)
        try:
            await self._current.start()
            sys.stdout.write(self._current.line + "\n")
            sys.stdout.flush()
            await self._run(filed)
        finally:
            await self._current.stop()
            if self._retiring:
                await asyncio.wait(self._retiring)
            self._bridge.close()

    async def _run(self, filed: Filed) -> None:
        """Take up what changes, until interrupted or until the server ends by itself."""
        stopping = asyncio.create_task(self._stopping.wait())
        watching = asyncio.create_task(self._watch(filed))
        try:
            while not stopping.done():
                serving = self._current
                ended = asyncio.create_task(serving.ended())
                await asyncio.wait({stopping, ended}, return_when=asyncio.FIRST_COMPLETED)
                if ended.done() and serving is self._current:
                    return ended.result()
                ended.cancel()
        finally:
            stopping.cancel()
            watching.cancel()
            await asyncio.wait({watching})

    def _interrupt(self) -> None:
        """Stop, finishing what began; the second time at once."""
        if self._stopping.is_set():
            self._current.hurry()
        self._stopping.set()

    async def _watch(self, filed: Filed) -> None:
        """Look once a minute, and when hinted at, whether what is on file or in force changed."""
        while True:
            try:
                async with asyncio.timeout(_LOOKED_SECONDS):
                    await self._hinted.wait()
            except TimeoutError:
                pass
            self._hinted.clear()
            try:
                filed = await self._renewed(filed)
            except (AssistantError, IndexingError, OSError) as error:
                _log.error("What is on file now was not taken up: %s", error)

    async def _renewed(self, filed: Filed) -> Filed:
        """Take up what is on file where it changed, else build ahead; return what is served."""
        library = self._current.parts.index.library
        found = await asyncio.to_thread(renewing.look, self._settings, library)
        day = await asyncio.to_thread(today, self._settings)
        if found == filed:
            await self._build_ahead(found)
            return filed
        if (found, day) in self._refused:
            return filed
        encoder = self._current.parts.index.encoder
        try:
            if not await self._built(day):
                self._refused.add((found, day))
                return filed
            parts = await asyncio.to_thread(wiring.assemble, self._settings, encoder=encoder)
        except IndexingError:
            self._refused.add((found, day))
            raise
        await self._take_over(parts)
        self._refused.clear()
        return Filed(found.corpus, parts.index.library.absent())

    async def _built(self, day: date) -> bool:
        """Whether there is an index of what is in force on a day, built now if there was none."""
        encoder = self._current.parts.index.encoder.identity
        library = await asyncio.to_thread(open_library, self._settings, day)
        absent = library.absent()
        if await asyncio.to_thread(is_ready, self._settings, encoder, absent):
            return True
        return await renewing.build(day)

    async def _build_ahead(self, filed: Filed) -> None:
        """Build the next index that is not built yet; what failed is tried when files change."""
        parts = self._current.parts
        day = await asyncio.to_thread(
            renewing.next_unready, self._settings, parts.index.library, parts.index.encoder.identity
        )
        if day is not None and (filed, day) not in self._refused:
            self._refused.add((filed, day))
            await renewing.build(day)

    async def _take_over(self, parts: wiring.Parts) -> None:
        """Let what was assembled serve in place of what does; that ends by itself."""
        following = self._made(parts)
        await following.start()
        before, self._current = self._current, following
        ending = asyncio.create_task(before.stop())
        self._retiring.add(ending)
        ending.add_done_callback(self._retiring.discard)
        _log.warning("What is on file changed, and is served now.")

    def _made(self, parts: wiring.Parts) -> Generation:
        return Generation(
            self._settings, parts, self._listening, self._bridge, self._metrics, self._rehearsing
        )


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
