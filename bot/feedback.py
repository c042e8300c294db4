"""What people say of answers: kept for the policy unit, without who said it."""

import hashlib
import hmac
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from pydantic import BaseModel

from bot.asker import Asker
from bot.database import METADATA, Moment, reading, transaction
from index.directive import FROZEN

_FEEDBACK = sa.Table(
    "feedback",
    METADATA,
    sa.Column("answer", sa.String(40), primary_key=True),
    sa.Column("voter", sa.String(64), primary_key=True),
    sa.Column("given", Moment, nullable=False, index=True),
    sa.Column("version", sa.String(80), nullable=False),
    sa.Column("verdict", sa.String(40), nullable=False),
    sa.Column("right", sa.String(20), nullable=False),
    sa.Column("reason", sa.Text),
    sa.Column("question", sa.Text),
    sa.Column("looked_at", Moment),
)


class Right(StrEnum):
    """Whether an answer was right, in the eyes of whoever read it."""

    YES = "yes"
    NO = "no"
    UNSURE = "unsure"


class Feedback(BaseModel):
    """One person's word on one answer; ``question`` only where that person included it."""

    model_config = FROZEN

    answer: str
    version: str
    verdict: str
    right: Right
    reason: str | None = None
    question: str | None = None


class Given(Feedback):
    """A piece of feedback as it is kept; ``number`` names it to whoever looks at it."""

    number: str
    given: datetime
    looked_at: datetime | None = None


class FeedbackStore:
    """Keeps feedback; a person is known only by a keyed digest, so that a vote can be changed."""

    def __init__(self, engine: sa.Engine, clock: Callable[[], datetime], key: str) -> None:
        self._engine = engine
        self._clock = clock
        self._key = key.encode()

    def give(self, feedback: Feedback, asker: Asker) -> None:
        """Keep a person's word on an answer, in place of what that person said of it before."""
        voter = self._voter(asker)
        row = feedback.model_dump(mode="json") | {"voter": voter, "given": self._clock()}
        same = (_FEEDBACK.c.answer == feedback.answer) & (_FEEDBACK.c.voter == voter)
        with transaction(self._engine) as connection:
            connection.execute(sa.delete(_FEEDBACK).where(same))
            connection.execute(sa.insert(_FEEDBACK).values(row))

    def to_look_at(self) -> tuple[Given, ...]:
        """Return what nobody has looked at and may need it, the newest first."""
        wanted = _FEEDBACK.c.looked_at.is_(None) & self._telling()
        with reading(self._engine) as connection:
            rows = connection.execute(
                sa.select(_FEEDBACK).where(wanted).order_by(_FEEDBACK.c.given.desc())
            )
            return tuple(_given(row) for row in rows)

    def looked_at(self, number: str) -> bool:
        """Note that a piece was looked at; its question and reason are erased with that."""
        for given in self.to_look_at():
            if given.number == number:
                same = (_FEEDBACK.c.answer == given.answer) & (_FEEDBACK.c.given == given.given)
                done = {"looked_at": self._clock(), "question": None, "reason": None}
                with transaction(self._engine) as connection:
                    connection.execute(sa.update(_FEEDBACK).where(same).values(done))
                return True
        return False

    def of(self, asker: Asker) -> int:
        """Return how many pieces a person gave that are still kept."""
        count = sa.select(sa.func.count()).where(_FEEDBACK.c.voter == self._voter(asker))
        with reading(self._engine) as connection:
            return int(connection.execute(count).scalar_one())

    def forget(self, asker: Asker) -> None:
        """Delete a person's feedback."""
        mine = sa.delete(_FEEDBACK).where(_FEEDBACK.c.voter == self._voter(asker))
        with transaction(self._engine) as connection:
            connection.execute(mine)

    def _telling(self) -> sa.ColumnElement[bool]:
        return (_FEEDBACK.c.right != Right.YES.value) | _FEEDBACK.c.reason.is_not(None)

    def _voter(self, asker: Asker) -> str:
        who = f"feedback|{asker.surface.value}|{asker.team}|{asker.user}"
        return hmac.new(self._key, who.encode(), hashlib.sha256).hexdigest()


def _given(row: sa.Row[tuple[object, ...]]) -> Given:
    values = dict(row._mapping)
    digest = hashlib.sha256(f"{values['answer']}|{values.pop('voter')}".encode()).hexdigest()
    return Given(number=digest[:8].upper(), **values)
