"""What a button carries, so that nothing has to be kept for it: Slack holds it and gives it back.

Slack signs what it delivers, and whoever can press a private answer's button wrote its question.
"""

import json

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.answer import Answer

MOST = 1_500  # of a button's value: Slack takes 2,000, and three stand beside the quotes


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
        """Return the value of a button, at most 1,500 characters."""
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
