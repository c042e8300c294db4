"""request.yaml -> the questions that an approval request asks, each tied to facts of the corpus."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from index.asked import Facts, named, read_yaml
from index.errors import ReadingRefused

FILE = "request.yaml"
MOST_FLAGS = 40  # a form in Slack holds a hundred blocks, and has fields besides
MOST_GROUPS = 8
MOST_ASK = 250
MOST_LABEL = 75  # of a tick in Slack
MOST_IN_GROUP = 10  # ticks that Slack shows as one field
_NAME = r"^[a-z][a-z0-9_]{0,39}$"
_CLOSED = ConfigDict(frozen=True, extra="forbid")


class Group(BaseModel):
    """A heading that questions stand under."""

    model_config = _CLOSED

    name: str = Field(pattern=_NAME)
    title: str = Field(min_length=1, max_length=MOST_LABEL)


class Question(BaseModel):
    """One question; "yes" states all of ``states``, "no" denies them.

    ``label`` says as a statement what ``ask`` asks, for a tick. ``group`` is the heading's name.
    ``forget``: the answer may affect somebody, and is kept in no draft.
    """

    model_config = _CLOSED

    name: str = Field(pattern=_NAME)
    group: str
    label: str = Field(min_length=1, max_length=MOST_LABEL)
    ask: str = Field(min_length=1, max_length=MOST_ASK)
    states: tuple[str, ...] = Field(min_length=1)
    forget: bool = False


class Questions(BaseModel):
    """The questions in the order in which they are asked, each under one of the headings."""

    model_config = _CLOSED

    groups: tuple[Group, ...] = Field((), max_length=MOST_GROUPS)
    flags: tuple[Question, ...] = Field((), max_length=MOST_FLAGS)

    @property
    def asked(self) -> frozenset[str]:
        """Every fact that some question asks for."""
        return frozenset(fact for one in self.flags for fact in one.states)

    def under(self, group: Group) -> tuple[Question, ...]:
        """Return the questions under a heading."""
        return tuple(one for one in self.flags if one.group == group.name)


def load_questions(corpus: Path, facts: Facts) -> Questions:
    """Return the questions of a corpus, none without the file; raise ReadingRefused for a fault."""
    path = corpus / FILE
    if not path.is_file():
        return Questions()
    found = read_yaml(path, Questions)
    names: set[str] = set()
    asked: set[str] = set()
    for place, one in enumerate(found.flags):
        where = f"{named(path, ('flags', place))} question {one.name!r}"
        facts.refuse_unknown((fact.lstrip("!") for fact in one.states), where)
        for fact in one.states:
            if fact not in facts.things:
                raise ReadingRefused(f"{where}: {fact!r} is nothing shown or said. Use a 'thing'.")
            if fact in asked:
                raise ReadingRefused(f"{where}: {fact!r} is asked for before. Ask for it once.")
        if one.name in names:
            raise ReadingRefused(f"{where}: the name is there before. Give it another.")
        if one.group not in {group.name for group in found.groups}:
            raise ReadingRefused(f"{where}: {one.group!r} is no group of the file.")
        names.add(one.name)
        asked.update(one.states)
    _refuse_groups(path, found)
    return found


def _refuse_groups(path: Path, found: Questions) -> None:
    """Raise ReadingRefused for a heading that is there twice, or has no or too many questions."""
    names: set[str] = set()
    for place, group in enumerate(found.groups):
        where = f"{named(path, ('groups', place))} group {group.name!r}"
        if group.name in names:
            raise ReadingRefused(f"{where}: the name is there before. Give it another.")
        if not 1 <= len(found.under(group)) <= MOST_IN_GROUP:
            raise ReadingRefused(f"{where}: put one to {MOST_IN_GROUP} questions under it.")
        names.add(group.name)
