"""A labelled question: what was asked, which clauses govern it, and which verdicts are right."""

import hashlib
from collections.abc import Set
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from bot.answer import Verdict
from bot.errors import AssistantError
from bot.evaluation.jsonlines import LineRefused, rows
from index.library import Library

_WHAT = "Eval file"
_MANY_PARTS = frozenset({"multi-part", "followup"})


class Labelled(BaseModel):
    """One line of a question file.

    ``governing`` holds groups of alternatives: an answer should cite one section of each group.
    ``verdicts`` are those accepted, best first; ``approval`` is None where either is right.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(min_length=1)
    q: str
    kind: str = Field(min_length=1)
    history: tuple[str, ...] = ()
    governing: tuple[Annotated[tuple[str, ...], Field(min_length=1)], ...]
    acceptable: tuple[str, ...] = ()
    verdicts: tuple[Verdict, ...] = Field(min_length=1)
    approval: Annotated[bool, Field(strict=True)] | None = None

    @property
    def one_part(self) -> bool:
        """Whether it is a single question that needs no earlier one."""
        return self.kind not in _MANY_PARTS and not self.history

    @property
    def sections(self) -> tuple[str, ...]:
        """Every section it names, those that govern first."""
        return (*(section for group in self.governing for section in group), *self.acceptable)


def load(path: Path, known: Set[str] | None = None) -> tuple[Labelled, ...]:
    """Return the questions in a file of JSON lines; raise AssistantError naming the faulty line.

    With ``known``, a section that is not among them is a fault too.
    """
    found: dict[str, tuple[int, Labelled]] = {}
    for number, question in rows(path, _WHAT, Labelled):
        if question.id in found:
            first, _ = found[question.id]
            said = f"id {question.id!r} is that of line {first}. Give each line its own."
            raise LineRefused(_WHAT, path, number, said)
        for section in question.sections:
            if known is not None and section not in known:
                said = (
                    f"section {section!r} is in no directive in force. Write it as "
                    "'policybot directives show' does."
                )
                raise LineRefused(_WHAT, path, number, said)
        found[question.id] = number, question
    if not found:
        raise AssistantError(f"{_WHAT} {str(path)!r} holds no question. Give another file.")
    return tuple(question for _, question in found.values())


def sections(library: Library) -> frozenset[str]:
    """Return the sections of every directive in force."""
    return frozenset(clause.section for d in library.in_force() for clause in d.clauses)


def digest(path: Path) -> str:
    """Return the first twelve digits of the sha256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]
