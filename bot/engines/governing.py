"""Which of several directives governs: what binds before guidance, what binds all before a unit's.

Between equals the stricter governs, since a wrong yes costs more than a wrong no.
"""

from collections.abc import Iterable, Mapping, Sequence

from bot import wording
from bot.engines.case import Match
from bot.engines.citing import At
from index.directive import Directive
from index.lexical import terms
from index.rules import Effect, Reading
from index.words import words

# Two clauses have nearly the same words if they share so many of their stems, verbs aside.
_ALIKE = 0.75
_STRICTNESS = {
    Effect.PROHIBITED: 6,
    Effect.PERMISSION: 5,
    Effect.REQUIRED: 4,
    Effect.ADVISED: 3,
    Effect.INFORMS: 2,
    Effect.DEFINES: 1,
    Effect.ALLOWED: 0,
}
_SPEAKS = frozenset(Effect) - {Effect.INFORMS, Effect.DEFINES}
_VERBS = frozenset(terms("shall must may can should will not need prohibited allowed".split()))


def rank(directive: Directive) -> int:
    """Return 0 for what binds everybody, more for what binds a unit or nobody: lower governs."""
    return 2 if not directive.kind.binding else int(directive.unit is not None)


def governed(matches: Sequence[Match], directives: Mapping[str, Directive]) -> tuple[Match, ...]:
    """Return the rules that may decide: those of the highest rank that speaks for certain."""
    spoken = [
        rank(directives[m.directive]) for m in matches if m.certain and m.rule.effect in _SPEAKS
    ]
    highest = min(spoken, default=None)
    if highest is None:
        return tuple(matches)
    return tuple(m for m in matches if rank(directives[m.directive]) <= highest)


class Copies:
    """Knows which clauses say nearly the same in two directives, and which of them governs."""

    def __init__(
        self, directives: Mapping[str, Directive], readings: Mapping[str, Reading]
    ) -> None:
        self._directives = directives
        self._readings = readings

    def of(self, at: At, among: Iterable[At]) -> list[At]:
        """Return the clauses of other directives that say nearly the same as one, in their order.

        The order is that in which they govern, whatever the order of ``among``.
        """
        own = self._stems(at)
        found = {
            other
            for other in among
            if other[0] != at[0] and _alike(own, self._stems(other)) >= _ALIKE
        }
        return sorted(found, key=self._standing)

    def governing(self, at: At, among: Iterable[At]) -> At:
        """Return the one of a clause and its copies that governs."""
        return min([at, *self.of(at, among)], key=self._standing)

    def told(self, at: At, among: Iterable[At]) -> list[str]:
        """Return a line for each copy of a clause that has another force."""
        return [
            self._line(at, other)
            for other in self.of(at, among)
            if self._effect(other) is not self._effect(at)
        ]

    def _line(self, at: At, other: At) -> str:
        one, two = self._directives[at[0]], self._directives[other[0]]
        if rank(one) < rank(two):
            why = wording.GUIDANCE if not two.kind.binding else wording.OF_UNIT
            reason = why.format(name=one.name, other=two.name, unit=two.unit)
        elif self._strictness(other) > self._strictness(at):
            reason = wording.STRICTER.format(other=two.name)
        else:
            reason = wording.SOFTER.format(name=one.name)
        return wording.COPY.format(
            other=two.citation(other[1]),
            softer=self._force(other),
            citation=one.citation(at[1]),
            force=self._force(at),
            reason=reason,
        )

    def _standing(self, at: At) -> tuple[int, int, At]:
        return rank(self._directives[at[0]]), -self._strictness(at), at

    def _strictness(self, at: At) -> int:
        return max((_STRICTNESS[r.effect] for r in self._readings[at[0]].of(at[1])), default=0)

    def _effect(self, at: At) -> Effect | None:
        rules = self._readings[at[0]].of(at[1])
        return max((r.effect for r in rules), key=_STRICTNESS.__getitem__, default=None)

    def _force(self, at: At) -> str:
        rules = self._readings[at[0]].of(at[1])
        return max(rules, key=lambda r: _STRICTNESS[r.effect]).force if rules else ""

    def _stems(self, at: At) -> frozenset[str]:
        clause = self._directives[at[0]].clause(at[1])
        return frozenset(terms(words(clause.text))) - _VERBS if clause else frozenset()


def _alike(one: frozenset[str], other: frozenset[str]) -> float:
    """Return the share of stems that two texts have in common."""
    return len(one & other) / len(one | other) if one and other else 0.0
