"""Checkpoints: length and last seal of the chain, in a file outside the database, only added to."""

import hashlib
import hmac
import os
from datetime import datetime
from pathlib import Path

from bot.audit.chain import Head
from bot.errors import AssistantError


class CheckpointsUnreadable(AssistantError):
    """The file of checkpoints holds a line that was not written by the assistant."""


class Checkpoints:
    """The file; a line is ``number seal time mark``, the mark being keyed like the chain."""

    def __init__(self, path: Path, key: bytes) -> None:
        self._path = path
        self._key = key

    def add(self, head: Head, at: datetime) -> None:
        """Add one line, in one write, so that several processes may; raise OSError."""
        text = f"{head.number} {head.seal} {at.isoformat()}"
        self._path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(handle, f"{text} {self._mark(text)}\n".encode())
            os.fsync(handle)
        finally:
            os.close(handle)

    def read(self) -> tuple[Head, ...]:
        """Return every checkpoint, as written; raise CheckpointsUnreadable naming the line.

        A last line without its end is what a crash leaves: it is left out.
        """
        try:
            text = self._path.read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return ()
        whole = text if text.endswith("\n") else text.rpartition("\n")[0]
        return tuple(self._head(n, row) for n, row in enumerate(whole.splitlines(), start=1))

    def _head(self, place: int, row: str) -> Head:
        text, _, mark = row.rpartition(" ")
        fields = text.split(" ")
        genuine = hmac.compare_digest(self._mark(text).encode(), mark.encode())
        if not genuine or len(fields) != 3 or not fields[0].isdecimal():
            raise CheckpointsUnreadable(
                f"{self._path}, line {place}: not a checkpoint of this Department's key. Compare "
                "the file with its backup."
            )
        return Head(number=int(fields[0]), seal=fields[1])

    def _mark(self, text: str) -> str:
        return hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()[:16]
