"""How people ask, as authored data: examples for each directive, and what lies elsewhere."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from index.directive import ClauseKind, Directive
from index.drafting import REVIEWED_BY
from index.errors import ReadingRefused
from index.library import Library
from index.rule import Rule
from index.verdict import Verdict

_CLOSED = ConfigDict(frozen=True, extra="forbid")
FILE = "questions.yaml"
_TITLE = frozenset({ClauseKind.HEADER, ClauseKind.DISCLAIMER})
ModelT = TypeVar("ModelT", bound=BaseModel)


class Example(BaseModel):
    """One natural way of asking, the clauses that answer it, and the facts its words state.

    ``history`` holds the questions asked before it, oldest first; ``verdicts`` are those that are
    right, the best first; ``path`` says whether a way to permission is part of the answer, None
    where either is right.
    """

    model_config = _CLOSED

    ask: str = Field(min_length=1)
    history: tuple[str, ...] = ()
    sections: tuple[str, ...] = Field(min_length=1)
    facts: tuple[str, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    path: bool | None = None


class Examples(BaseModel):
    """questions.yaml: how people ask about one directive."""

    model_config = _CLOSED

    number: str
    reviewed_by: str
    questions: tuple[Example, ...]


class Foreign(BaseModel):
    """A question that no directive on file treats; ``history`` is what was asked before it."""

    model_config = _CLOSED

    ask: str = Field(min_length=1)
    history: tuple[str, ...] = ()


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

    def knows(self, used: Iterable[str]) -> bool:
        """Whether every name, with or without ``!``, is in the list."""
        known = set(self.names)
        return all(name.removeprefix("!") in known for name in used)

    def refuse_unknown(self, used: Iterable[str], where: str) -> None:
        """Raise ReadingRefused for the first name that is not in the list."""
        for name in used:
            if name.removeprefix("!") not in self.names:
                raise ReadingRefused(
                    f"{where}: {name!r} is no fact. Use a name from corpus/facts.yaml."
                )


class Authored(BaseModel):
    """All authored questions: examples by directive number, and what lies elsewhere.

    ``unread`` are the directives on which nobody has written or read a question.
    """

    model_config = _CLOSED

    examples: dict[str, tuple[Example, ...]]
    elsewhere: tuple[Foreign, ...]
    unread: frozenset[str] = frozenset()


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
        where = f"{named(path, first['loc'])} {place}"
        raise ReadingRefused(f"{where}: {first['msg']}. Correct it.") from None


def named(path: Path, place: Sequence[str | int] = ()) -> str:
    """Return a file's name and the line of an entry, as errors give it: ``'x.yaml' line 7``.

    ``place`` are the keys and list places that lead to the entry; what is not there ends the way.
    """
    node = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    line = 1
    for part in place:
        node = _below(node, part)
        if node is None:
            break
        line = node.start_mark.line + 1
    return f"{str(path)!r} line {line}"


def _below(node: yaml.Node | None, part: str | int) -> yaml.Node | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int):
        return node.value[part] if part < len(node.value) else None
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == part), None)
    return None


def as_yaml(model: BaseModel) -> str:
    """Return a model as the YAML that ``read_yaml`` reads; what has its default is left out."""
    data = model.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    text = yaml.dump(data, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False, width=100)
    return str(text)


def load_facts(corpus: Path) -> Facts:
    """Return the closed list of facts."""
    return read_yaml(corpus / "facts.yaml", Facts)


def load_authored(corpus: Path, library: Library, facts: Facts) -> Authored:
    """Return all authored questions; raise ReadingRefused for one that points nowhere.

    Drafted ones teach nothing, and are left out: nobody has said that people ask so.
    """
    examples: dict[str, tuple[Example, ...]] = {}
    unread = set()
    for directive in library.in_force():
        path = library.folders[directive.sha256] / FILE
        file = read_examples(path, directive, facts) if path.is_file() else None
        if file is None or file.reviewed_by == REVIEWED_BY:
            unread.add(directive.number)
        else:
            examples[directive.number] = file.questions
    path = corpus / "elsewhere.yaml"
    elsewhere = read_yaml(path, Elsewhere).questions if path.is_file() else ()
    return Authored(examples=examples, elsewhere=elsewhere, unread=frozenset(unread))


def drafted(directive: Directive, rules: Iterable[Rule]) -> tuple[Example, ...]:
    """Return each drafted rule as somebody might ask about it: its words, those behind the verb."""
    found = []
    for rule in rules:
        clause = directive.clause(rule.section)
        if clause is not None and clause.kind not in _TITLE:
            _, _, conduct = rule.says.partition(rule.force)
            for ask in dict.fromkeys((rule.says, f"can I {conduct.strip(' .;:') or rule.says}?")):
                found.append(Example(ask=ask, sections=(rule.section,)))
    return tuple(found)


def read_examples(path: Path, directive: Directive, facts: Facts) -> Examples:
    """Return the questions of one file; raise ReadingRefused for one that points nowhere."""
    file = read_yaml(path, Examples)
    if file.number != directive.number:
        raise ReadingRefused(
            f"{str(path)!r} is about {file.number!r}, the directive beside it is "
            f"{directive.number!r}. Move it or correct 'number'."
        )
    known = {clause.section for clause in directive.clauses}
    for place, example in enumerate(file.questions, 1):
        wrong = [section for section in example.sections if section not in known]
        if wrong or not facts.knows(example.facts):
            line = named(path, ("questions", place - 1))
            where = f"{line} question {place} ({example.ask[:40]!r})"
            facts.refuse_unknown(example.facts, where)
            for section in wrong:
                raise ReadingRefused(
                    f"{where}: {section!r} is not in {directive.name}. Correct the section."
                )
    return file
