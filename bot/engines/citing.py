"""Which clauses an answer cites, the most decisive first, five at most."""

from collections.abc import Mapping

from bot.engines.case import Case, Match, in_scope
from bot.engines.verdict import Ruling
from bot.grounding import MOST
from index.directive import Directive
from index.rules import Reading
from index.verdict import Verdict, bears

_DECIDES, _GUESSED, _PENDS, _NAMED = 0.35, 0.15, 0.15, 0.6
_NEAR = 0.3
_LEAST, _LEAST_TOLD = 0.1, 0.2
_BESIDE, _BESIDE_TOLD = 0.12, 0.25
_SILENT = frozenset({Verdict.INFORMATIONAL, Verdict.NOT_COVERED})

At = tuple[str, str]


def choose(
    case: Case,
    ruling: Ruling,
    term: At | None,
    directives: Mapping[str, Directive],
    readings: Mapping[str, Reading],
) -> list[At]:
    """Return (directive, section) of each clause to cite; ``term`` is a definition asked for.

    A clause counts by how likely it answers questions like this one, and by whether it decides this
    ruling, may decide it, or is named. The first one decides, where any does.
    """
    worth = _worth(case, ruling, directives)
    told = ruling.verdict is Verdict.INFORMATIONAL
    deciding = {(m.directive, m.section) for m in (*ruling.deciding, *ruling.pending)}
    ranked = sorted(worth, key=lambda at: (-worth[at], at))
    ranked = [at for at in ranked if at in deciding or _fits(case, at, readings)]
    if not ranked:
        return [term] if term else []
    first = term or _first(ranked, ruling)
    least = max(
        _LEAST_TOLD if told else _LEAST, worth.get(first, 0.0) * (_BESIDE_TOLD if told else _BESIDE)
    )
    kept = [at for at in ranked if worth[at] >= least and at != first]
    opposite = [ruling.opposite] if ruling.opposite else []
    must = [(m.directive, m.section) for m in (*opposite, *ruling.pending[:1])]
    room = MOST - 1 if ruling.verdict is Verdict.NEEDS_PERMISSION else MOST
    return [*dict.fromkeys((first, *must, *kept))][:room]


def _worth(case: Case, ruling: Ruling, directives: Mapping[str, Directive]) -> dict[At, float]:
    worth = {
        (hit.directive, hit.section): hit.learnt + _NEAR * hit.score for hit in case.retrieval.hits
    }

    def add(match: Match, value: float) -> None:
        at = (match.directive, match.section)
        worth[at] = worth.get(at, 0.0) + value

    seen: set[At] = set()
    for match in ruling.deciding:
        if (match.directive, match.section) not in seen:
            seen.add((match.directive, match.section))
            add(match, _DECIDES if match.by_facts and not match.rule.fallback else _GUESSED)
    for match in ruling.pending[:3]:
        add(match, _PENDS)
    for reference in case.retrieval.referred.references:
        if not reference.exists:
            continue
        directive = directives[reference.directive]
        if (clause := directive.clause(reference.section)) is None:
            clause = next(iter(directive.under(reference.section)), None)
        if clause is not None:
            at = (reference.directive, clause.section)
            worth[at] = worth.get(at, 0.0) + _NAMED
    return worth


def _first(ranked: list[At], ruling: Ruling) -> At:
    """Return the clause to put first: the worthiest of those the ruling rests on."""
    if ruling.verdict in _SILENT:
        return ranked[0]
    rested = (
        ruling.pending if ruling.verdict is Verdict.DEPENDS and ruling.pending else ruling.deciding
    )
    decide = {
        (m.directive, m.section)
        for m in rested
        if ruling.verdict is Verdict.DEPENDS or bears(ruling.verdict, m.rule)
    }
    return next((at for at in ranked if at in decide), ranked[0])


def _fits(case: Case, at: At, readings: Mapping[str, Reading]) -> bool:
    rules = readings[at[0]].of(at[1])
    return not rules or not case.acts or any(in_scope(case, rule.scope) for rule in rules)
