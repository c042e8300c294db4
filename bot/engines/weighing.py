"""From the rules' ruling and how questions like this one come out to the ruling that is given.

The nine steps are applied to the facts a question states. Where its words state too little, the
facts are guessed, and so is the ruling; how authored questions like it are answered then weighs
against it. A verdict is given only if a rule of a clause that is near bears it.
"""

from collections.abc import Mapping, Sequence
from math import log

from bot.engines.case import Case, Match, in_scope
from bot.engines.verdict import BAN_VERDICTS, Ruling
from index.rules import Effect, Reading, Rule
from index.verdict import Verdict, bears

_STATED, _GUESSED = 1.5, 1.0
_LEAST = 1e-3
# A wrong leave does more harm than a wrong ban: it needs more, and much more where a ban is near.
_RISK, _RISKY = 2.0, 0.2
_LEAVE = (Verdict.ALLOWED, Verdict.ALLOWED_WITH_CONDITIONS)
_DOUBT = 0.5
_BORNE = 0.12


def settle(
    case: Case, ruling: Ruling, matches: Sequence[Match], readings: Mapping[str, Reading]
) -> Ruling:
    """Return the likeliest ruling that a rule bears."""
    for verdict in ranked(case, ruling):
        if verdict is ruling.verdict:
            return ruling
        if verdict in {Verdict.NOT_COVERED, Verdict.INFORMATIONAL}:
            return Ruling(verdict, tuple(m for m in matches if m.certain))
        borne = _borne(verdict, case, matches, readings)
        if borne is not None:
            return borne
    return ruling


def ranked(case: Case, ruling: Ruling) -> list[Verdict]:
    """Return the verdicts, the likeliest first."""
    stated = _is_stated(case, ruling)
    belief = _STATED if stated else _GUESSED
    chances = case.retrieval.verdicts
    banned = sum(chances.get(verdict, 0.0) for verdict in BAN_VERDICTS)

    def weight(verdict: Verdict) -> float:
        own = belief if verdict is ruling.verdict else 0.0
        if verdict is Verdict.NOT_COVERED:
            return log(max(1.0 - case.retrieval.covered, _LEAST)) + own
        likely = log(max(chances.get(verdict, 0.0), _LEAST)) + own
        if verdict in _LEAVE and not (stated and verdict is ruling.verdict):
            likely -= _DOUBT
            likely -= _RISK if banned > _RISKY else 0.0
        return likely

    return sorted(Verdict, key=weight, reverse=True)


def _is_stated(case: Case, ruling: Ruling) -> bool:
    """Whether the words of the question state what the ruling rests on."""
    stated = case.retrieval.heard.facts
    return any(
        match.by_facts and not match.rule.fallback and _states(match.rule, stated)
        for match in ruling.deciding[:2]
    )


def _states(rule: Rule, stated: frozenset[str]) -> bool:
    named = ({name for name in group if name[0] != "!"} for group in rule.when)
    return any(group and group <= stated for group in named)


def _borne(
    verdict: Verdict, case: Case, matches: Sequence[Match], readings: Mapping[str, Reading]
) -> Ruling | None:
    """Return a ruling of this verdict on the rules that bear it, the nearest first."""
    found = [match for match in matches if bears(verdict, match.rule)]
    known = {(match.directive, match.rule.section, match.rule.effect) for match in found}
    for hit in case.retrieval.hits:
        if hit.learnt < _BORNE:
            continue
        for rule in readings[hit.directive].every(hit.section):
            key = (hit.directive, rule.section, rule.effect)
            if key not in known and bears(verdict, rule) and in_scope(case, rule.scope):
                known.add(key)
                found.append(Match(hit.directive, rule, True, hit.score, by_facts=False))
    near = [m for m in found if case.retrieval.learnt(m.directive, m.section) >= _BORNE]
    if not near:
        return None
    near.sort(key=lambda m: -case.retrieval.learnt(m.directive, m.section) - 0.2 * m.by_facts)
    if verdict is Verdict.DEPENDS:
        pending = tuple(m for m in near if m.rule.if_)
        leave = tuple(m for m in matches if m.certain and m.rule.effect is Effect.ALLOWED)
        return Ruling(verdict, leave, pending) if pending else None
    return Ruling(verdict, tuple(near))
