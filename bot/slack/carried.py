"""What a button carries, so that nothing has to be kept for it: Slack holds it and gives it back.

Slack signs what it delivers, and whoever can press a private answer's button wrote its question.
"""

import json

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.answer import Answer
from bot.watches import MOST_SECTION

MOST_CLAUSES = 10  # of one answer that are watched: the most decisive come first
MOST = 900  # of a button's value: Slack takes 2,000, and three stand beside the quotes
_MOST_NAMED = 400  # of the value that names clauses, as it stands in the message's JSON


class Carried(BaseModel):
    """An answer's number, its version and verdict, and the question with those before it.

    ``question`` is null where it does not fit; then the answer cannot be made again. ``thread`` is
    the root of the thread in which it may be shared, and null for a command, which has none.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    answer: str = Field(alias="a")
    version: str = Field(alias="v")
    verdict: str = Field(alias="d")
    question: str | None = Field(None, alias="q")
    history: tuple[str, ...] = Field((), alias="h")
    thread: str | None = Field(None, alias="t")

    def dump(self) -> str:
        """Return the value of a button, at most 900 characters."""
        return self.fitting()._written()

    def fitting(self) -> "Carried":
        """Return what of this fits a button: the oldest questions go first, the question last.

        Characters are counted as they stand in the message's JSON, where a quotation mark takes
        several: all blocks of a message share one limit.
        """
        kept = self
        while len(json.dumps(kept._written(), ensure_ascii=False)) > MOST:
            if kept.history:
                kept = kept.model_copy(update={"history": kept.history[1:]})
            else:
                kept = kept.model_copy(update={"question": None})
        return kept

    def _written(self) -> str:
        return self.model_dump_json(by_alias=True, exclude_defaults=True)


class Clauses(BaseModel):
    """The clauses of an answer that may be watched: number, start of the text's hash, section."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    cited: tuple[tuple[str, str, str], ...] = Field(alias="c", min_length=1)

    def dump(self) -> str:
        """Return the value of a button."""
        return self.model_dump_json(by_alias=True)


def clauses(answer: Answer) -> Clauses | None:
    """Return what an answer cites, as much of it as a button carries; None where that is none."""
    versions = {one.number: one.sha256[:8] for one in answer.directives}
    cited = dict.fromkeys(
        (one.directive, versions[one.directive], one.section)
        for one in answer.citations
        if one.directive in versions and len(one.section) <= MOST_SECTION
    )
    kept = [*cited][:MOST_CLAUSES]
    while (
        kept
        and len(json.dumps(Clauses(cited=tuple(kept)).dump(), ensure_ascii=False)) > _MOST_NAMED
    ):
        kept.pop()
    return Clauses(cited=tuple(kept)) if kept else None


def read_clauses(value: str) -> Clauses | None:
    """Return which clauses a button named, or None for a value of another version of this."""
    try:
        return Clauses.model_validate_json(value)
    except ValidationError:
        return None


def carried(answer: Answer, history: tuple[str, ...] = (), thread: str | None = None) -> Carried:
    """Return what the buttons of an answer carry."""
    versions = [f"{one.number}@{one.sha256[:8]}" for one in answer.directives[:5]]
    return Carried(
        answer=answer.id,
        version=" ".join(versions)[:80],
        verdict=answer.verdict.value,
        question=answer.question,
        history=history,
        thread=thread,
    )


def read(value: str) -> Carried | None:
    """Return what a button carried, or None for a value of another version of this program."""
    try:
        return Carried.model_validate_json(value)
    except ValidationError:
        return None
