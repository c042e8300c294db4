"""How people ask, as authored data: examples for each directive, and what lies elsewhere."""

from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from index.directive import Directive
from index.errors import ReadingRefused
from index.library import Library

_CLOSED = ConfigDict(frozen=True, extra="forbid")
ModelT = TypeVar("ModelT", bound=BaseModel)


class Example(BaseModel):
    """One natural way of asking, the clauses that answer it, and the facts its words state."""

    model_config = _CLOSED

    ask: str = Field(min_length=1)
    sections: tuple[str, ...] = Field(min_length=1)
    facts: tuple[str, ...] = ()


class Examples(BaseModel):
    """questions.yaml: how people ask about one directive."""

    model_config = _CLOSED

    number: str
    reviewed_by: str
    questions: tuple[Example, ...]


class Foreign(BaseModel):
    """A question that no directive on file treats, and its subject."""

    model_config = _CLOSED

    ask: str = Field(min_length=1)
    subject: str


class Elsewhere(BaseModel):
    """elsewhere.yaml: what people ask about other matters."""

    model_config = _CLOSED

    questions: tuple[Foreign, ...] = ()


class Facts(BaseModel):
    """facts.yaml: the closed list of what a question can be about, each with its meaning."""

    model_config = _CLOSED

    acts: dict[str, str]
    asks: dict[str, str]
    where: dict[str, str]
    things: dict[str, str]
    opposites: tuple[tuple[str, str], ...] = ()
    careful: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Every fact's name, in the order of the file."""
        return (*self.acts, *self.asks, *self.where, *self.things)

    def refuse_unknown(self, used: Iterable[str], where: str) -> None:
        """Raise ReadingRefused for the first name that is not in the list."""
        for name in used:
            if name.removeprefix("!") not in self.names:
                raise ReadingRefused(
                    f"{where}: {name!r} is no fact. Use a name from corpus/facts.yaml."
                )


class Authored(BaseModel):
    """All authored questions: examples by directive number, and what lies elsewhere."""

    model_config = _CLOSED

    examples: dict[str, tuple[Example, ...]]
    elsewhere: tuple[Foreign, ...]


def read_yaml(path: Path, model: type[ModelT]) -> ModelT:
    """Return the file as ``model``; raise ReadingRefused with file, place and remedy."""
    try:
        data = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        return model.model_validate(data)
    except OSError as error:
        raise ReadingRefused(f"{str(path)!r} cannot be read ({error.strerror}).") from None
    except UnicodeDecodeError:
        raise ReadingRefused(f"{str(path)!r} is not UTF-8. Save it as UTF-8.") from None
    except yaml.YAMLError as error:
        line = getattr(getattr(error, "problem_mark", None), "line", 0) + 1
        raise ReadingRefused(f"{str(path)!r} line {line}: not YAML. Correct it.") from None
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ReadingRefused(f"{str(path)!r} {place}: {first['msg']}. Correct it.") from None


def load_facts(corpus: Path) -> Facts:
    """Return the closed list of facts."""
    return read_yaml(corpus / "facts.yaml", Facts)


def load_authored(corpus: Path, library: Library, facts: Facts) -> Authored:
    """Return all authored questions; raise ReadingRefused for one that points nowhere."""
    examples: dict[str, tuple[Example, ...]] = {}
    for directive in library.in_force():
        path = library.folders[directive.sha256] / "questions.yaml"
        if path.is_file():
            examples[directive.number] = _examples(path, directive, facts)
    path = corpus / "elsewhere.yaml"
    elsewhere = read_yaml(path, Elsewhere).questions if path.is_file() else ()
    return Authored(examples=examples, elsewhere=elsewhere)


def _examples(path: Path, directive: Directive, facts: Facts) -> tuple[Example, ...]:
    file = read_yaml(path, Examples)
    if file.number != directive.number:
        raise ReadingRefused(
            f"{str(path)!r} is about {file.number!r}, the directive beside it is "
            f"{directive.number!r}. Move it or correct 'number'."
        )
    known = {clause.section for clause in directive.clauses}
    for place, example in enumerate(file.questions, 1):
        where = f"{str(path)!r} question {place} ({example.ask[:40]!r})"
        facts.refuse_unknown(example.facts, where)
        for section in example.sections:
            if section not in known:
                raise ReadingRefused(
                    f"{where}: {section!r} is not in {directive.name}. Correct the section."
                )
    return file.questions
