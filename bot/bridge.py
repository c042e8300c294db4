"""The one bridge from asynchronous surfaces to the synchronous core: a pool of threads."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
# As many as one batch of the encoder holds: askers who come together are encoded together.
_THREADS = 32


class Bridge:
    """Runs core calls in ``threads`` worker threads; more callers wait their turn."""

    def __init__(self, threads: int = _THREADS) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="core")

    async def run(self, call: Callable[..., T], *args: object, **named: object) -> T:
        """Return ``call(*args, **named)``, run outside the event loop."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, lambda: call(*args, **named))

    def close(self) -> None:
        """Finish what began, then stop."""
        self._pool.shutdown(wait=True)
