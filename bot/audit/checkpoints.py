"""Checkpoints: length and last seal of the chain, in a file outside the database, only added to."""

import hashlib
import hmac
import os
import re
from datetime import datetime
from pathlib import Path

from bot.audit.chain import Head
from bot.errors import AssistantError

# What a line is up to the place where it was cut off; a whole one ends in sixteen signs of a mark.
_CUT = re.compile(r"\d*( [0-9a-f]{0,64}( [0-9T:.+-]{0,40}( [0-9a-f]{0,15})?)?)?")


class CheckpointsUnreadable(AssistantError):
    """The file of checkpoints holds a line that was not written by the assistant."""


class Checkpoints:
    """The file; a line is ``number seal time mark``, the mark being keyed like the chain."""

    def __init__(self, path: Path, key: bytes) -> None:
        self._path = path
        self._key = key

    def add(self, head: Head, at: datetime) -> None:
        """Add one line, in one write, so that several processes may; raise OSError.

        A line that was cut off before it stays as it is, and this one begins anew.
        """
        text = f"{head.number} {head.seal} {at.isoformat()}"
        self._path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self._path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            size = os.fstat(handle).st_size
            cut = size > 0 and os.pread(handle, 1, size - 1) != b"\n"
            line = b"\n" * cut + f"{text} {self._mark(text)}\n".encode()
            if os.write(handle, line) != len(line):
                raise OSError("The line was cut short.")
            os.fsync(handle)
        finally:
            os.close(handle)

    def read(self) -> tuple[Head, ...]:
        """Return every checkpoint, as written; raise CheckpointsUnreadable naming the line.

        A line that was cut off is what a crash or a full disk leaves: it is left out.
        """
        try:
            text = self._path.read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return ()
        rows = enumerate(text.splitlines(), start=1)
        return tuple(self._head(n, row) for n, row in rows if not _CUT.fullmatch(row))

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
