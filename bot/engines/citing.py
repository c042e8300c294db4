"""Which clauses an answer cites, the most decisive first, five at most."""

from collections.abc import Mapping, Sequence

from bot.answer import Verdict
from bot.engines.case import Case, in_scope
from bot.engines.verdict import BAN_VERDICTS, Ruling
from bot.grounding import MOST
from index.directive import Directive
from index.rules import Reading

_NEAR = 0.88
_BESIDE = 0.45
_FEW = 3

At = tuple[str, str]


def choose(
    case: Case,
    ruling: Ruling,
    term: At | None,
    directives: Mapping[str, Directive],
    readings: Mapping[str, Reading],
) -> list[At]:
    """Return (directive, section) of each clause to cite; ``term`` is a definition asked for."""
    deciding = [(m.directive, m.section) for m in ruling.deciding]
    if ruling.verdict is Verdict.INFORMATIONAL:
        near = _nearest(case, deciding, readings)
        return [*dict.fromkeys(near if term is None else [term, *near[:1]])][:_FEW]
    referred = [
        (r.directive, r.section)
        for r in case.retrieval.referred.references
        if r.exists and directives[r.directive].clause(r.section) is not None
    ]
    opposite = [ruling.opposite] if ruling.opposite else []
    pending = [(m.directive, m.section) for m in (*opposite, *ruling.pending)]
    if ruling.verdict is Verdict.DEPENDS:
        return [*dict.fromkeys((*referred, *deciding[:2], *pending, *deciding))][:MOST]
    room = MOST - 1 if ruling.verdict is Verdict.NEEDS_PERMISSION else MOST
    strong = _strong(ruling)[: room - min(2, len(pending))]
    chosen = [*dict.fromkeys((*referred, *strong, *pending))][:room]
    beside = [at for at in _beside(case, readings) if at not in chosen]
    return [*chosen, *beside[: min(2, room - len(chosen))]]


def _strong(ruling: Ruling) -> list[At]:
    """Leave out rules that meet the question far less than the strongest does."""
    first = ruling.deciding[0]
    most = max(match.weight for match in ruling.deciding)
    spread = 0.45 if ruling.verdict in BAN_VERDICTS else 0.25
    kept = [m for m in ruling.deciding if m is first or m.weight > most - spread]
    if first.final:
        kept = [m for m in kept if m.final or m.weight >= first.weight - 0.1]
    return [*dict.fromkeys((m.directive, m.section) for m in kept)]


def _beside(case: Case, readings: Mapping[str, Reading]) -> list[At]:
    """Return clauses that questions like this one are answered by, for its other parts."""
    return [
        (hit.directive, hit.section)
        for hit in case.retrieval.hits
        if hit.learnt >= _BESIDE and _fits(case, (hit.directive, hit.section), readings)
    ]


def _nearest(case: Case, applied: Sequence[At], readings: Mapping[str, Reading]) -> list[At]:
    """Return the clauses nearest to a question that asks for information."""
    scores = {(hit.directive, hit.section): hit.score for hit in case.retrieval.hits}
    for at in applied:
        scores[at] = scores.get(at, 0.0) + 0.15
    ranked = sorted(scores, key=lambda at: (-scores[at], at))
    found = [at for at in ranked if _fits(case, at, readings)]
    return [at for at in found[:4] if scores[at] >= _NEAR * scores[found[0]]]


def _fits(case: Case, at: At, readings: Mapping[str, Reading]) -> bool:
    rules = readings[at[0]].of(at[1])
    return not rules or not case.acts or any(in_scope(case, rule.scope) for rule in rules)
