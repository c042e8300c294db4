"""remarks.yaml -> fixed lines about the assistant itself, each with the cues that call for it."""

import re
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from index.asked import Facts, named, read_yaml
from index.cue import Cue, any_met

FILE = "remarks.yaml"
_CLOSED = ConfigDict(frozen=True, extra="forbid")


class Remark(BaseModel):
    """One line, word for word, and what in a question calls for it; one cue is enough.

    ``first``: the line warns, and stands before everything else. A person's name after one of the
    words ``names_after`` calls for it too, unless it is one of ``no_names``.
    """

    model_config = _CLOSED

    text: str = Field(min_length=1)
    first: bool = False
    heard: tuple[Cue, ...] = Field(min_length=1)
    names_after: tuple[str, ...] = ()
    no_names: tuple[str, ...] = ()


class Remarks(BaseModel):
    """The lines in the order in which they are shown."""

    model_config = _CLOSED

    remarks: dict[str, Remark] = {}

    def called_for(
        self,
        said: tuple[str, ...],
        facts: frozenset[str],
        question: str = "",
        known: frozenset[str] = frozenset(),
    ) -> list[str]:
        """Return the lines that a question of these words, stating these facts, calls for.

        ``question`` is as written, and ``known`` are words that name nobody, in small letters.
        """
        return [
            remark.text
            for remark in self.remarks.values()
            if any_met(remark.heard, said, facts)
            or _named_after(remark.names_after, question) - known - set(remark.no_names)
        ]

    def warns(self, line: str) -> bool:
        """Whether a line is one that stands before everything else."""
        return any(r.first and r.text == line for r in self.remarks.values())


def _named_after(words: tuple[str, ...], question: str) -> frozenset[str]:
    """Return what is written with a capital after one of the words, in small letters."""
    if not words or not any(word.islower() for word in question.split()[1:]):
        return frozenset()
    found = re.findall(rf"\b(?i:{'|'.join(words)})\.? +([A-Z][a-z]+)\b", question)
    return frozenset(name.lower() for name in found)


def load_remarks(corpus: Path, facts: Facts) -> Remarks:
    """Return the remarks of a corpus, none without the file; raise ReadingRefused for a fault."""
    path = corpus / FILE
    if not path.is_file():
        return Remarks()
    found = read_yaml(path, Remarks)
    for name, remark in found.remarks.items():
        where = f"{named(path, ('remarks', name))} remark {name!r}"
        facts.refuse_unknown((used for cue in remark.heard for used in cue.facts), where)
    return found
