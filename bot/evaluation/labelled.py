"""A labelled question: what was asked, which clauses govern it, and which verdicts are right."""

import hashlib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.answer import Verdict
from bot.errors import AssistantError

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
    acceptable: tuple[str, ...] = ()
    verdicts: tuple[Verdict, ...] = Field(min_length=1)
    approval: bool | None = None

    @property
    def one_part(self) -> bool:
        """Whether it is a single question that needs no earlier one."""
        return self.kind not in _MANY_PARTS and not self.history


def load(path: Path) -> tuple[Labelled, ...]:
    """Return the questions in a file of JSON lines; raise AssistantError naming the faulty line."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise AssistantError(f"Eval file {str(path)!r} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise AssistantError(f"Eval file {str(path)!r} is not UTF-8. Save it as UTF-8.") from None
    questions = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                questions.append(Labelled.model_validate_json(line))
            except ValidationError as error:
                first = error.errors()[0]
                where = ".".join(str(part) for part in first["loc"])
                raise AssistantError(
                    f"Eval file {str(path)!r} line {number}: {where} {first['msg']}. Correct it."
                ) from None
    if not questions:
        raise AssistantError(f"Eval file {str(path)!r} holds no question. Give another file.")
    return tuple(questions)


def digest(path: Path) -> str:
    """Return the first twelve digits of the sha256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]
