"""The inbox: a question rests here from before it is acknowledged until its answer is posted."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
from pydantic import BaseModel
from sqlalchemy.exc import IntegrityError

from bot.database import METADATA, Moment, Transaction, reading, transaction
from bot.errors import AssistantError
from bot.slack.deliveries import known, remember
from bot.slack.incoming import Incoming
from index.directive import FROZEN

LEASE = timedelta(seconds=15)  # how long a process may be silent before another takes over
GIVEN_UP = timedelta(days=1)  # after that an answer would surprise more than it helps

_INBOX = sa.Table(
    "inbox",
    METADATA,
    sa.Column("key", sa.String(200), primary_key=True),
    sa.Column("team", sa.String(40), nullable=False),
    sa.Column("user", sa.String(40), nullable=False),
    sa.Column("question", sa.Text, nullable=False),
    sa.Column("accepted", Moment, nullable=False),
    sa.Column("stage", sa.String(20), nullable=False),
    sa.Column("posts", sa.Integer, nullable=False),
    sa.Column("owner", sa.String(80), nullable=False),
    sa.Column("until", Moment, nullable=False, index=True),
)


class Stage(StrEnum):
    """How far a question is: from ``posting`` on, Slack may have taken its answer.

    At ``warning`` it may have taken what the asker alone is told before it.
    """

    ACCEPTED = "accepted"
    WARNING = "warning"
    POSTING = "posting"


class Waiting(BaseModel):
    """A question that has no answer yet; ``posts`` counts how often its stage began."""

    model_config = FROZEN

    question: Incoming
    accepted: datetime
    stage: Stage = Stage.ACCEPTED
    posts: int = 0


class SeenBefore(AssistantError):
    """A question was handed over before, in whatever form."""


class Inbox:
    """Questions of all processes on one database; ``owner`` names this process.

    A process holds what it accepted or claimed by a ``lease`` that it renews. A lease that ran out
    was held by a process that died, and its question may be claimed by any other.
    """

    def __init__(
        self,
        engine: sa.Engine,
        clock: Callable[[], datetime],
        owner: str,
        lease: timedelta = LEASE,
    ) -> None:
        self.lease = lease
        self._engine = engine
        self._clock = clock
        self._owner = owner

    def accept(
        self,
        question: Incoming,
        *also: str,
        decide: Callable[[Transaction, Incoming], Incoming | None] | None = None,
    ) -> Waiting | None:
        """Write a question down; raise SeenBefore when it, or a key of ``also``, was seen.

        ``decide`` returns it as it is to be answered, or None where it is not; all that it writes
        is written together with the question, or not at all.
        """
        keys = [question.key, *also]
        try:
            with transaction(self._engine) as connection:
                if known(connection, keys):
                    raise SeenBefore
                decided = decide(connection, question) if decide else question
                if decided is None:
                    return None
                now = self._clock()
                remember(connection, keys, now)
                connection.execute(sa.insert(_INBOX).values(self._row(decided, now)))
        except IntegrityError:
            raise SeenBefore from None
        return Waiting(question=decided, accepted=now)

    def _row(self, question: Incoming, now: datetime) -> dict[str, object]:
        return {
            "key": question.key,
            "team": question.asker.team or "",
            "user": question.asker.user or "",
            "question": question.model_dump_json(),
            "accepted": now,
            "stage": Stage.ACCEPTED.value,
            "posts": 0,
            "owner": self._owner,
            "until": now + self.lease,
        }

    def posting(self, question: Incoming, stage: Stage = Stage.POSTING) -> bool:
        """Note that from now on Slack may have taken the answer, or the warning before it.

        False where another process holds the question by now: it posts, and this one must not.
        """
        again = _INBOX.c.stage == stage.value
        return self._change(
            self._held(question.key),
            stage=stage.value,
            question=question.model_dump_json(),
            posts=sa.case((again, _INBOX.c.posts + 1), else_=1),
            until=self._clock() + self.lease,
        )

    def done(self, key: str) -> None:
        """Forget a question: its answer is posted, or its asker knows that there is none."""
        with transaction(self._engine) as connection:
            connection.execute(sa.delete(_INBOX).where(_INBOX.c.key == key))

    def postpone(self, key: str, wait: timedelta, *, unposted: bool) -> None:
        """Leave a question to whoever claims it after ``wait``.

        ``unposted`` takes the last ``posting`` back, since Slack took nothing of it; what Slack may
        have taken before that is still to be looked for.
        """
        back: dict[str, object] = {}
        if unposted:
            before = sa.case((_INBOX.c.posts > 1, _INBOX.c.stage), else_=Stage.ACCEPTED.value)
            back = {"stage": before, "posts": _INBOX.c.posts - 1}
        self._change(self._held(key), owner="", until=self._clock() + wait, **back)

    def renew(self, keys: Sequence[str]) -> None:
        """Extend the leases of what this process is at."""
        if keys:
            here = _INBOX.c.key.in_(keys) & (_INBOX.c.owner == self._owner)
            self._change(here, until=self._clock() + self.lease)

    def release(self) -> None:
        """Give up what this process did not finish, for the next one to claim at once."""
        self._change(_INBOX.c.owner == self._owner, until=self._clock())

    def claim(self) -> tuple[Waiting, ...]:
        """Take over every question whose lease ran out; each is returned to one process alone."""
        now, taken = self._clock(), []
        with transaction(self._engine) as connection:
            late = connection.execute(
                sa.select(_INBOX).where(_INBOX.c.until <= now).order_by(_INBOX.c.accepted)
            ).all()
            for row in late:
                mine = (
                    sa.update(_INBOX)
                    .where(_INBOX.c.key == row.key, _INBOX.c.until == row.until)
                    .values(owner=self._owner, until=now + self.lease)
                )
                if connection.execute(mine).rowcount == 1:
                    taken.append(row)
        return tuple(_waiting(row) for row in taken)

    def size(self, team: str | None = None, user: str | None = None) -> int:
        """Return how many questions wait: all, or those of one person."""
        count = sa.select(sa.func.count()).select_from(_INBOX)
        if user is not None:
            count = count.where(_INBOX.c.team == (team or ""), _INBOX.c.user == user)
        with reading(self._engine) as connection:
            return int(connection.execute(count).scalar_one())

    def _held(self, key: str) -> sa.ColumnElement[bool]:
        return (_INBOX.c.key == key) & (_INBOX.c.owner == self._owner)

    def _change(self, which: sa.ColumnElement[bool], **values: object) -> bool:
        with transaction(self._engine) as connection:
            changed = connection.execute(sa.update(_INBOX).where(which).values(**values))
        return changed.rowcount > 0


def _waiting(row: sa.Row[tuple[object, ...]]) -> Waiting:
    return Waiting(
        question=Incoming.model_validate_json(row.question),
        accepted=row.accepted,
        stage=Stage(row.stage),
        posts=row.posts,
    )
