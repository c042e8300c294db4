"""The moments of a process at which it may die: after each write and after each call to Slack.

Writes are seen by the events of SQLAlchemy's engine and at the file of checkpoints, so that the
product holds nothing for it. Between two moments nothing is written: the one after a write is the
one before the next.
"""

import os
import re
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, event

from bot.audit.chain import Head
from bot.audit.checkpoints import Checkpoints

BEGUN = "begun"
COMMIT = "commit"
CHECKPOINT = "checkpoint"
_WRITES = re.compile(r'\s*(INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)')
_SIGNS = {"INSERT INTO": "+", "UPDATE": "±", "DELETE FROM": "−"}
_WROTE, _COMMITTED = "wrote", "committed"  # in what is noted of a connection


class Moments:
    """Counts the moments from 0, and ends the process at one of them, if one is given.

    ``dying`` is called before, to tell where the process died.
    """

    def __init__(self, dies_at: int | None = None, dying: Callable[[], None] | None = None) -> None:
        self.passed: list[str] = []
        self._dies_at = dies_at
        self._dying = dying

    def after(self, what: str) -> None:
        """Let a moment pass, or die at it."""
        self.passed.append(what)
        if len(self.passed) - 1 != self._dies_at:
            return
        if self._dying is not None:
            self._dying()
        os.kill(os.getpid(), signal.SIGKILL)
        while True:
            time.sleep(1)

    @contextmanager
    def watching(self, engine: Engine) -> Iterator[None]:
        """See every write on an engine, and every commit of one."""
        heard: Mapping[str, Callable[..., None]] = {
            "after_cursor_execute": self._executed,
            "commit": self._committing,
            "rollback": self._rolled_back,
            "checkin": self._returned,
        }
        for name, hearing in heard.items():
            event.listen(engine, name, hearing)
        try:
            yield
        finally:
            for name, hearing in heard.items():
                event.remove(engine, name, hearing)

    def _executed(self, connection: Connection, _: object, statement: str, *__: object) -> None:
        write = _WRITES.match(statement)
        if write is not None:
            connection.info[_WROTE] = True
            self.after(f"{write[2]} {_SIGNS[write[1]]}")

    def _committing(self, connection: Connection) -> None:
        connection.info[_COMMITTED] = connection.info.pop(_WROTE, False)

    def _rolled_back(self, connection: Connection) -> None:
        connection.info.pop(_WROTE, None)

    def _returned(self, _: object, record: Any) -> None:  # noqa: ANN401
        if record.info.pop(_COMMITTED, False):
            self.after(COMMIT)


class WatchedCheckpoints(Checkpoints):
    """The file of checkpoints; each line in it is a moment."""

    def watched(self, moments: Moments) -> "WatchedCheckpoints":
        """Let each line be a moment."""
        self._moments = moments
        return self

    def add(self, head: Head, at: datetime) -> None:
        """Add one line."""
        super().add(head, at)
        self._moments.after(CHECKPOINT)
