"""The questions that the policy unit runs: those of each directive, and a file of the Department's.

Of a directive they are the questions that are indexed with it; the file is ``eval.jsonl`` in the
corpus folder, with the lines of ``policybot eval``. Each is held against its label.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from pydantic import BaseModel

from bot.answer import Answer, Verdict
from bot.errors import AssistantError
from bot.evaluation.labelled import Labelled, load, sections
from bot.evaluation.quality import judge
from bot.policy.reading_file import asked_at
from index.directive import FROZEN
from index.drafting import REVIEWED_BY
from index.library import Library
from index.mending import Entry, entries

FILE, QUESTIONS = "eval.jsonl", "questions.yaml"
_KIND = "own"


class Asked(NamedTuple):
    """A question and its label; ``settled``: the label says which verdict is right."""

    label: Labelled
    settled: bool = True


class Cited(BaseModel):
    """A clause that an answer cited, by the number of its directive and its section."""

    model_config = FROZEN

    number: str
    section: str


class Wrong(BaseModel):
    """A question whose answer was not as expected.

    ``number`` is the directive whose question it is, None for one of the Department's file.
    ``verdicts`` are those that were right, none where the label does not say; ``sections`` those
    of which one should have been cited first to fifth, ``cited`` those that were.
    """

    model_config = FROZEN

    number: str | None
    ask: str
    history: tuple[str, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    given: Verdict
    sections: tuple[str, ...] = ()
    cited: tuple[Cited, ...] = ()
    false_allowed: bool = False


class Tally(BaseModel):
    """How the questions of one directive were answered; ``number`` as in ``Wrong``.

    Of ``judged`` the label says the verdict, of ``sought`` the clauses: so many were ``right``, of
    so many a clause was ``found`` among the first five that were cited.
    """

    model_config = FROZEN

    number: str | None
    asked: int = 0
    judged: int = 0
    right: int = 0
    sought: int = 0
    found: int = 0
    false_allowed: int = 0

    def plus(self, other: "Tally") -> "Tally":
        """Return both together."""
        counts = {
            name: getattr(self, name) + getattr(other, name)
            for name in type(self).model_fields
            if name != "number"
        }
        return self.model_copy(update=counts)


@dataclass(frozen=True)
class Batch:
    """The questions of one directive, or of the file; an entry is read when it is its turn."""

    number: str | None
    entries: tuple[tuple[int, Entry], ...] = ()
    labelled: tuple[Labelled, ...] = ()

    def __len__(self) -> int:
        return len(self.entries) + len(self.labelled)

    def questions(self) -> Iterator[Asked]:
        """Yield them in their order; raise ReadingRefused for an entry that is none."""
        for place, entry in self.entries:
            one = asked_at(place, entry).example
            yield Asked(
                Labelled(
                    id=str(place),
                    q=one.ask,
                    kind=_KIND,
                    history=one.history,
                    governing=(one.sections,),
                    verdicts=one.verdicts or tuple(Verdict),
                ),
                settled=bool(one.verdicts),
            )
        for label in self.labelled:
            yield Asked(label)


def batches(library: Library, corpus: Path, most: int | None = None) -> tuple[Batch, ...]:
    """Return what there is to ask of what is in force; raise AssistantError for a faulty file.

    Of each directive ``most`` questions at most, evenly from first to last; all if None. Drafted
    questions are none: nobody has said that people ask so.
    """
    found = []
    for directive in library.in_force():
        path = library.folders[directive.sha256] / QUESTIONS
        text = _text(path) if path.is_file() else ""
        if not _drafted(text):
            found.append(Batch(directive.number, _evenly(entries(text, "questions"), most)))
    file = corpus / FILE
    if file.is_file():
        found.append(Batch(None, labelled=load(file, sections(library))))
    return tuple(batch for batch in found if len(batch))


def held(
    asked: Asked, number: str | None, answer: Answer | None, library: Library
) -> tuple[Tally, Wrong | None]:
    """Return one answer held against its label; None: the question was refused."""
    label, settled = asked
    judged = judge(label, answer, library)
    found = judged.recall is None or judged.recall == 1
    tally = Tally(
        number=number,
        asked=1,
        judged=int(settled),
        right=int(settled and judged.verdict),
        sought=int(judged.recall is not None),
        found=int(judged.recall is not None and found),
        false_allowed=int(judged.false_allowed),
    )
    if judged.verdict and found:
        return tally, None
    wrong = Wrong(
        number=number,
        ask=label.q,
        history=label.history,
        verdicts=label.verdicts if settled else (),
        given=judged.given,
        sections=tuple(dict.fromkeys(one for group in label.governing for one in group)),
        cited=tuple(
            Cited(number=one.directive, section=one.section)
            for one in (answer.citations if answer is not None else ())
        ),
        false_allowed=judged.false_allowed,
    )
    return tally, wrong


def _evenly(found: tuple[Entry, ...], most: int | None) -> tuple[tuple[int, Entry], ...]:
    count = len(found) if most is None else min(most, len(found))
    places = (index * len(found) // count for index in range(count))
    return tuple((place, found[place]) for place in places)


def _drafted(text: str) -> bool:
    line = next((one for one in text.splitlines() if one.startswith("reviewed_by:")), "")
    return line.partition(":")[2].strip().strip("\"'") in ("", REVIEWED_BY)


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode()
    except (OSError, UnicodeDecodeError) as error:
        raise AssistantError(
            f"{str(path)!r} cannot be read ({type(error).__name__}). Check the file."
        ) from None
