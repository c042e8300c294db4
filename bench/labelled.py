"""A labelled question: what was asked, which clauses govern it, and which verdicts are right."""

import hashlib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from bot.answer import Verdict

QUESTIONS = Path(__file__).resolve().parent / "questions"
_MANY_PARTS = frozenset({"multi-part", "followup"})


class Labelled(BaseModel):
    """One line of a question file.

    ``governing`` holds groups of alternatives: an answer should cite one section of each group.
    ``verdicts`` are those accepted, best first; ``approval`` is None where either is right.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    q: str
    kind: str
    history: tuple[str, ...] = ()
    governing: tuple[tuple[str, ...], ...]
    acceptable: tuple[str, ...]
    verdicts: tuple[Verdict, ...] = Field(min_length=1)
    approval: bool | None

    @property
    def one_part(self) -> bool:
        """Whether it is a single question that needs no earlier one."""
        return self.kind not in _MANY_PARTS and not self.history


def load(name: str) -> tuple[Labelled, ...]:
    """Return the questions of the set ``name`` (``dev``, ``rewordings``, ``test``)."""
    lines = _path(name).read_text(encoding="utf-8").splitlines()
    return tuple(Labelled.model_validate_json(line) for line in lines if line.strip())


def digest(name: str) -> str:
    """Return the first twelve digits of the sha256 of a set's file."""
    return hashlib.sha256(_path(name).read_bytes()).hexdigest()[:12]


def _path(name: str) -> Path:
    return QUESTIONS / f"{name}.jsonl"
