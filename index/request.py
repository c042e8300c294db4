"""request.yaml -> the questions that an approval request asks, each tied to facts of the corpus."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from index.asked import Facts, named, read_yaml
from index.errors import ReadingRefused

FILE = "request.yaml"
MOST_FLAGS = 40  # a form in Slack holds a hundred blocks, and has fields besides
MOST_ASK = 250
_CLOSED = ConfigDict(frozen=True, extra="forbid")


class Question(BaseModel):
    """One question; "yes" states all of ``states``, "no" denies them.

    ``forget``: the answer may affect somebody, and is kept in no draft.
    """

    model_config = _CLOSED

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")
    ask: str = Field(min_length=1, max_length=MOST_ASK)
    states: tuple[str, ...] = Field(min_length=1)
    forget: bool = False


class Questions(BaseModel):
    """The questions in the order in which they are asked."""

    model_config = _CLOSED

    flags: tuple[Question, ...] = Field((), max_length=MOST_FLAGS)

    @property
    def asked(self) -> frozenset[str]:
        """Every fact that some question asks for."""
        return frozenset(fact for one in self.flags for fact in one.states)


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
        names.add(one.name)
        asked.update(one.states)
    return found
