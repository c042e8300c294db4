"""Cues: the words, in their order, and the facts by which a question is known to touch a point.

A phrase is words in the order they are said, up to four others between them; ``a/b`` is either,
``a+b`` has nothing between: ``how long/soon`` is in "how very long", ``how+long`` is not. Words are
met as written, after spelling is mended.
"""

from collections.abc import Collection, Iterable, Sequence
from functools import cached_property

from pydantic import BaseModel, ConfigDict, model_validator

from index.account import Account
from index.words import words

_BETWEEN = 4
Step = tuple[int, frozenset[str]]
Pattern = tuple[Step, ...]


class Cue(BaseModel):
    """Words and facts that must both be there; of each at least one alternative, where given.

    ``words`` and ``unless`` are phrases, ``told`` is one more alternative to the words, and
    ``when`` are groups of facts as in a rule.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    words: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    when: tuple[tuple[str, ...], ...] = ()
    told: Account | None = None

    @model_validator(mode="after")
    def _not_empty(self) -> "Cue":
        if not (self.words or self.when or self.told):
            raise ValueError("a cue without words and without facts meets every question")
        if not all(pattern(phrase) for phrase in (*self.words, *self.unless)):
            raise ValueError("a phrase without a word meets nothing")
        return self

    @property
    def facts(self) -> list[str]:
        """The names of facts used, with or without ``!``."""
        return [name for group in self.when for name in group]

    def met(self, said: Sequence[str], facts: Collection[str]) -> bool:
        """Whether a question of these words, stating these facts, meets the cue."""
        return self._met(said, frozenset(said), facts)

    def _met(self, said: Sequence[str], known: frozenset[str], facts: Collection[str]) -> bool:
        if self.when and not any(holds(group, facts) for group in self.when):
            return False
        if (self.words or self.told) and not self._said(said, known):
            return False
        return not any(stands(pattern, said, known) for pattern in self._unwanted)

    def _said(self, said: Sequence[str], known: frozenset[str]) -> bool:
        if self.told is not None and self.told.told(said):
            return True
        if self._openings.isdisjoint(known):
            return False
        return any(stands(pattern, said, known) for pattern in self._wanted)

    @cached_property
    def _wanted(self) -> tuple[Pattern, ...]:
        return tuple(pattern(phrase) for phrase in self.words)

    @cached_property
    def _openings(self) -> frozenset[str]:
        """The words with which a phrase can begin: most questions say none of them."""
        return frozenset().union(*(wanted[0][1] for wanted in self._wanted))

    @cached_property
    def _unwanted(self) -> tuple[Pattern, ...]:
        return tuple(pattern(phrase) for phrase in self.unless)


def any_met(cues: Iterable[Cue], said: Sequence[str], facts: Collection[str]) -> bool:
    """Whether one of the cues is met."""
    known = frozenset(said)
    return any(cue._met(said, known, facts) for cue in cues)


def spoken(mended: Sequence[str], question: str) -> tuple[str, ...]:
    """Return the words in which cues are looked for: as mended and, if they differ, as written.

    Mending knows the words of the corpus only, and takes some others for misspelt ones.
    """
    written = words(question)
    if [*mended[len(mended) - len(written) :]] == written:
        return tuple(mended)
    return (*mended, *("",) * (_BETWEEN + 1), *written)


def holds(group: Iterable[str], facts: Collection[str]) -> bool:
    """Whether every fact of a group is said and every ``!fact`` is not."""
    return all(
        name.removeprefix("!") not in facts if name.startswith("!") else name in facts
        for name in group
    )


def pattern(phrase: str) -> Pattern:
    """Return for each word of a phrase how many may stand before it, and its alternatives.

    Raise ValueError for an alternative that is not one word, as ``e.18`` is two.
    """
    found = []
    for joined in phrase.split():
        for place, part in enumerate(joined.split("+")):
            alternatives = [words(alternative) for alternative in part.split("/")]
            if any(len(one) != 1 for one in alternatives):
                raise ValueError(f"{part!r} is not one word, or some with / between")
            found.append((_BETWEEN if place == 0 else 0, frozenset(one[0] for one in alternatives)))
    return tuple(found)


def stands(wanted: Pattern, said: Sequence[str], known: frozenset[str]) -> bool:
    """Whether the words of a pattern are said in their order; ``known`` are those of ``said``."""
    if any(alternatives.isdisjoint(known) for _, alternatives in wanted):
        return False
    return any(_follows(wanted, said, start) for start in range(len(said)))


def _follows(wanted: Pattern, said: Sequence[str], at: int) -> bool:
    """Whether a pattern's first word stands at a place and the others follow."""
    if at >= len(said) or said[at] not in wanted[0][1]:
        return False
    rest = wanted[1:]
    return not rest or any(
        _follows(rest, said, at + 1 + between) for between in range(rest[0][0] + 1)
    )
