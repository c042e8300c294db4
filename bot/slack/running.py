"""The answers under way: held, so that none is lost half-way, and finished before a stop."""

import asyncio
import logging

_log = logging.getLogger(__name__)


class Running:
    """Holds the tasks that answer questions; a task leaves by ending."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[object]] = set()

    def hold(self) -> None:
        """Hold the current task until it ends."""
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def finish(self, grace: float) -> None:
        """Return when every task has ended; those at it after ``grace`` seconds are cut off."""
        for _ in range(5):  # what was handed over in this moment starts first
            await asyncio.sleep(0)
        if not self._tasks:
            return
        _, late = await asyncio.wait(self._tasks, timeout=grace)
        for task in late:
            task.cancel()
        if late:
            _log.error("%d answers were not finished in %g seconds", len(late), grace)
            await asyncio.wait(late)
