"""What is under way, answers and clicks: held, so that none is lost half-way, and finished."""

import asyncio
import logging
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager

from slack_bolt.listener.async_listener_start_handler import AsyncListenerStartHandler
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

_log = logging.getLogger(__name__)
_MOMENTS = 5  # turns of the loop in which what was handed over may begin


class Holding(AsyncListenerStartHandler):
    """Has Bolt's listeners held, each in the task that Bolt runs it in: clicks and forms too."""

    def __init__(self, running: "Running") -> None:
        self._running = running

    async def handle(self, request: AsyncBoltRequest, response: BoltResponse | None) -> None:
        """Hold the listener that begins now, and what tells of its failure."""
        self._running.hold()


class Running:
    """Holds work; work leaves by ending."""

    def __init__(self) -> None:
        self._work: set[asyncio.Future[object]] = set()

    def hold(self) -> None:
        """Hold the current task until it ends."""
        task = asyncio.current_task()
        if task is not None:
            self._keep(task)

    @contextmanager
    def receiving(self) -> Iterator[None]:
        """Hold what is done within, in a task that goes on with other things afterwards."""
        done: asyncio.Future[object] = asyncio.get_running_loop().create_future()
        self._keep(done)
        try:
            yield
        finally:
            done.set_result(None)

    def start(self, work: Coroutine[object, object, None]) -> asyncio.Task[None]:
        """Start work of its own and hold it until it ends."""
        task = asyncio.create_task(work)
        self._keep(task)
        return task

    async def finish(self, grace: float) -> None:
        """Return when all work has ended; what is at it after ``grace`` seconds is cut off."""
        loop = asyncio.get_running_loop()
        end = loop.time() + grace
        while await self._begun():
            _, late = await asyncio.wait(self._work, timeout=max(0.0, end - loop.time()))
            if late and loop.time() >= end:
                for work in late:
                    work.cancel()
                _log.error("%d answers were not finished in %g seconds", len(late), grace)
                await asyncio.wait(late)
                return

    async def _begun(self) -> bool:
        """Whether there is work, once whatever was handed over in this moment has begun."""
        for _ in range(_MOMENTS):
            await asyncio.sleep(0)
        return bool(self._work)

    def _keep(self, work: "asyncio.Future[object] | asyncio.Task[None]") -> None:
        self._work.add(work)  # type: ignore[arg-type]
        work.add_done_callback(self._work.discard)
