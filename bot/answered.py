"""Answers as they were given: time, surface, clauses and versions, and nobody's name.

The words of a question stand beside one where KEEP_QUESTIONS is on, and otherwise nowhere.
"""

from datetime import datetime

import sqlalchemy as sa
from pydantic import BaseModel

from bot.answer import Answer, Version
from bot.asker import Surface
from bot.database import METADATA, Connection, Engine, Moment, reading
from index.directive import FROZEN
from index.verdict import Verdict

_ANSWERS = sa.Table(
    "answers",
    METADATA,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("at", Moment, nullable=False, index=True),
    sa.Column("surface", sa.String(20), nullable=False),
    sa.Column("verdict", sa.String(40), nullable=False),
    sa.Column("directives", sa.JSON, nullable=False),
    sa.Column("sections", sa.JSON, nullable=False),
    sa.Column("question", sa.Text),
)


class Answered(BaseModel):
    """One answer as it is kept; ``sections`` are citations with the number before the section."""

    model_config = FROZEN

    id: str
    at: datetime
    surface: Surface
    verdict: Verdict
    directives: tuple[Version, ...]
    sections: tuple[str, ...]
    question: str | None = None


def put(
    connection: Connection, answer: Answer, surface: Surface, at: datetime, *, question: bool
) -> None:
    """Write down an answer, in the transaction that keeps its draft; one given again stays one."""
    row = {
        "id": answer.id,
        "at": at,
        "surface": surface.value,
        "verdict": answer.verdict.value,
        "directives": [one.model_dump(mode="json") for one in answer.directives],
        "sections": [f"{one.directive} § {one.section}" for one in answer.citations],
        "question": answer.question if question else None,
    }
    connection.execute(sa.delete(_ANSWERS).where(_ANSWERS.c.id == answer.id))
    connection.execute(sa.insert(_ANSWERS).values(row))


def erase_questions(connection: Connection, before: datetime) -> int:
    """Erase the words of questions asked before a time, and return how many had any."""
    old = (_ANSWERS.c.at < before) & _ANSWERS.c.question.is_not(None)
    return connection.execute(sa.update(_ANSWERS).where(old).values(question=None)).rowcount


class AnswersGiven:
    """Reads what was answered, for the policy unit."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def since(self, at: datetime | None = None) -> tuple[Answered, ...]:
        """Return the answers given since a time, or all, newest first."""
        chosen = sa.select(_ANSWERS).order_by(_ANSWERS.c.at.desc(), _ANSWERS.c.id)
        if at is not None:
            chosen = chosen.where(_ANSWERS.c.at >= at)
        with reading(self._engine) as connection:
            return tuple(Answered(**row._mapping) for row in connection.execute(chosen))
