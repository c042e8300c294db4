"""Authored questions -> lessons, and a digest of all that a head learns from.

Only questions that somebody has read teach: where nothing of theirs changes, the head that was
trained before is the one that would be trained again.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from index.asked import Authored, Facts
from index.conversation import Listener, Said
from index.library import Library
from index.reading import MANNER, clause_name
from index.traced import Sensed
from index.training import Lesson
from index.verdict import Verdict

_TEACHERS = ("conversation", "fitting", "grams", "lessons", "reading", "traced", "training")


class Told(NamedTuple):
    """An authored question as it is read: what holds, its verdicts, and its path.

    ``example`` is its entry in the index, None where it has none; the others are as in Lesson.
    """

    example: tuple[str, int] | None
    said: Said
    holds: frozenset[str] | None
    verdicts: tuple[Verdict, ...]
    path: bool | None

    def lesson(self, sensed: Sensed) -> Lesson:
        """Return what it teaches, once the model has made ``sensed`` of its text."""
        return Lesson(sensed, self.said.heard, self.holds, self.verdicts, self.path)


def told(library: Library, authored: Authored, reader: Listener) -> list[Told]:
    """Return every authored question as it is read, those on what is in force first."""
    found: list[Told] = []
    for directive in library.in_force():
        for place, example in enumerate(authored.examples.get(directive.number, ())):
            clauses = (clause_name(directive.number, section) for section in example.sections)
            found.append(
                Told(
                    (directive.number, place),
                    reader.read(example.ask, example.history),
                    frozenset((*example.facts, *clauses)),
                    example.verdicts,
                    example.path,
                )
            )
    for foreign in authored.elsewhere:
        said = reader.read(foreign.ask, foreign.history)
        found.append(Told(None, said, None, (Verdict.NOT_COVERED,), False))
    return found


def taught_by(lessons: Sequence[Told], facts: Facts, encoder: str) -> str:
    """Return a sha256 over all that decides what a head learns: lessons, facts, encoder, code."""
    digest = hashlib.sha256()
    for name in _TEACHERS:
        digest.update((Path(__file__).parent / f"{name}.py").read_bytes())
    digest.update(repr((encoder, facts.names, MANNER)).encode())
    for one in lessons:
        digest.update(repr(_line(one)).encode())
    return digest.hexdigest()


def _line(one: Told) -> tuple[object, ...]:
    heard = one.said.heard
    return (
        one.said.text,
        heard.words,
        sorted(heard.facts),
        sorted(heard.denied),
        [getattr(heard, name) for name in MANNER],
        None if one.holds is None else sorted(one.holds),
        [verdict.value for verdict in one.verdicts],
        one.path,
    )
