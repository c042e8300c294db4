"""A Slack on paper: who is reached, what was posted and changed, in a file of lines.

It stands where ``bot.slack.reaching`` does, so that the real posting of cards runs in a process
that is killed, before and after Slack took a card.
"""

import json
import os
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from bench.lives.moments import Moments
from bot.asker import Asker, Surface
from bot.roster.roster import Roster
from bot.slack.places import Message, PostLater
from bot.slack.reaching import Mark

_T = TypeVar("_T")


class PaperSlack:
    """The file; ``busy``: it takes nothing for now."""

    def __init__(
        self,
        path: Path,
        moments: Moments,
        roster: Callable[[], Roster | None],
        *,
        busy: bool = False,
    ) -> None:
        self.roster = roster
        self.moments = moments
        self.busy = busy
        self._path = path

    async def person(self, key: str, roster: Roster | None) -> "PaperPerson | None":
        """Return where a person is reached, by the roster or by the ids of a key, or None."""
        found = roster.active(key) if roster is not None else None
        team, _, user = key.partition("/")
        if found is not None and found.slack:
            team, user = found.slack[0].team, found.slack[0].user
        if not user:
            return None
        return PaperPerson(Asker(surface=Surface.SLACK, team=team, user=user), self)

    def write(self, line: dict[str, object]) -> None:
        """Take something: one line, in one write."""
        handle = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(handle, f"{json.dumps(line)}\n".encode())
        finally:
            os.close(handle)

    def lines(self) -> Iterator[dict[str, Any]]:
        """Yield what was taken, the oldest first."""
        if self._path.exists():
            for line in self._path.read_text(encoding="utf-8").splitlines():
                yield json.loads(line)

    def posted(self) -> list[tuple[str, str, int]]:
        """Return request, person and line of each card that was posted."""
        marks = [one["mark"]["event_payload"] for one in self.lines() if "mark" in one]
        return [(one["request"], one["person"], one["line"]) for one in marks]


@dataclass(frozen=True)
class PaperPerson:
    """A person there."""

    asker: Asker
    slack: PaperSlack

    async def conversation(self) -> str:
        """Return the channel of the direct message."""
        return self._took("conversations.open", f"D{self.asker.user}")

    async def find(self, channel: str, mark: Mark, since: float) -> str | None:
        """Return the message that carries a mark, or None."""
        there = (one["ts"] for one in self.slack.lines() if one.get("mark") == mark.metadata)
        return self._took("conversations.history", next(there, None))

    async def post(self, channel: str, message: Message, mark: Mark) -> str:
        """Post a card and return its place; raise PostLater."""
        if self.slack.busy:
            raise PostLater("This Slack takes nothing.")
        ts = secrets.token_hex(8)
        self.slack.write({"ts": ts, "mark": mark.metadata})
        return self._took("chat.postMessage", ts)

    async def update(self, channel: str, ts: str, message: Message) -> bool:
        """Put other words into a card."""
        self.slack.write({"update": ts})
        return self._took("chat.update", True)

    def _took(self, method: str, answer: _T) -> _T:
        self.slack.moments.after(method)
        return answer
