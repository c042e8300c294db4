"""Threads the assistant was called into: whom it follows there, and when it falls silent."""

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa

from bot.database import METADATA, Moment, Transaction
from bot.slack.incoming import Incoming

KEPT = timedelta(days=30)
_MUTE = "mute"  # from anybody; the others from whoever it answers, or tagged
_QUIET = frozenset({"stop", "be quiet", "quiet", "silence", "shut up"})
_THREADS = sa.Table(
    "threads",
    METADATA,
    sa.Column("team", sa.String(40), primary_key=True),
    sa.Column("channel", sa.String(40), primary_key=True),
    sa.Column("root", sa.String(40), primary_key=True),
    sa.Column("user", sa.String(40), nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("heard", Moment, nullable=False, index=True),
)


class State(StrEnum):
    """Follows the asker, waits to be called again, or was told to be silent."""

    FOLLOWING = "following"
    WAITING = "waiting"
    MUTED = "muted"


class Heard(StrEnum):
    """What becomes of a message in a thread."""

    ANSWER = "answer"
    MUTE = "mute"
    NOTHING = "nothing"


class Threads:
    """Remembers threads by workspace, channel and root; whoever speaks there is known by Slack.

    All of it is read and written in a transaction of the caller.

    Without a tag only the one who called is followed. Anybody else's message, or one that is meant
    for a third person, ends that until the assistant is tagged again.
    """

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock

    def hear(self, connection: Transaction, question: Incoming, *, follow: bool) -> Heard:
        """Return what becomes of a mention or a thread's message, and remember the new state."""
        if question.thread is None:
            return Heard.NOTHING if question.untagged else Heard.ANSWER
        at = self._at(question)
        row = connection.execute(sa.select(_THREADS).where(at)).first()
        if question.untagged and (row is None or row.state == State.MUTED):
            return Heard.NOTHING
        state, heard = _next(question, row, follow)
        connection.execute(sa.delete(_THREADS).where(at | self._old()))
        connection.execute(sa.insert(_THREADS).values(self._row(question, row, state)))
        return heard

    def called(self, connection: Transaction, question: Incoming, root: str) -> None:
        """Remember a thread that begins with the asker's own message."""
        channel = question.channel or ""
        team = question.asker.team or ""
        key = {"team": team, "channel": channel, "root": root}
        found = sa.select(_THREADS.c.root).filter_by(**key)
        if connection.execute(found).first() is None:
            row = key | {"user": question.asker.user, "state": State.FOLLOWING.value}
            connection.execute(sa.insert(_THREADS).values(row | {"heard": self._clock()}))

    def _at(self, question: Incoming) -> sa.ColumnElement[bool]:
        root = question.thread.root if question.thread else ""
        return (
            (_THREADS.c.team == (question.asker.team or ""))
            & (_THREADS.c.channel == (question.channel or ""))
            & (_THREADS.c.root == root)
        )

    def _old(self) -> sa.ColumnElement[bool]:
        return _THREADS.c.heard < self._clock() - KEPT

    def _row(
        self, question: Incoming, row: sa.Row[tuple[object, ...]] | None, state: State
    ) -> dict[str, object]:
        untagged = question.untagged and row is not None
        return {
            "team": question.asker.team or "",
            "channel": question.channel or "",
            "root": question.thread.root if question.thread else "",
            "user": row.user if untagged and row is not None else question.asker.user,
            "state": state.value,
            "heard": self._clock(),
        }


def _next(
    question: Incoming, row: sa.Row[tuple[object, ...]] | None, follow: bool
) -> tuple[State, Heard]:
    """Return the state after a message, and what becomes of it."""
    own = row is not None and row.user == question.asker.user
    said = question.text.lower().strip(" .!")
    if said == _MUTE or (said in _QUIET and (own or not question.untagged)):
        return State.MUTED, Heard.MUTE
    if not question.untagged:
        return State.FOLLOWING if follow else State.WAITING, Heard.ANSWER
    followed = own and follow and row is not None and row.state == State.FOLLOWING
    if followed and not question.to_others:
        return State.FOLLOWING, Heard.ANSWER
    return State.WAITING, Heard.NOTHING
