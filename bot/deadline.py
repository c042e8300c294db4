"""A hard deadline for what waits on a network: the wait ends even while bytes still drip in."""

import asyncio
from collections.abc import Awaitable, Callable
from threading import Lock, Thread
from typing import TypeVar

T = TypeVar("T")
_GRACE = 0.05


class _Background:
    """One event loop a process, in a thread that ends with it.

    Libraries keep their connections for all callers, and a connection belongs to one loop.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._loop: asyncio.AbstractEventLoop | None = None

    def loop(self) -> asyncio.AbstractEventLoop:
        """Return the loop, which starts with the first call."""
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                Thread(target=self._loop.run_forever, name="deadline", daemon=True).start()
            return self._loop


_BACKGROUND = _Background()


def within(seconds: float, call: Callable[[], Awaitable[T]]) -> T:
    """Return what ``call()`` comes to; raise TimeoutError when the seconds are over."""

    async def bounded() -> T:
        async with asyncio.timeout(seconds):
            return await call()

    future = asyncio.run_coroutine_threadsafe(bounded(), _BACKGROUND.loop())
    try:
        return future.result(seconds + _GRACE)
    except TimeoutError:
        future.cancel()
        raise
