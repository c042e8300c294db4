"""From the rules' ruling and how questions like this one come out to the ruling that is given.

The nine steps are applied to the facts a question states. Where its words state too little, the
facts are guessed, and so is the ruling; how authored questions like it are answered then weighs
against it. Of the verdicts, the one is given that is expected to do the least harm, and only if a
rule of a near clause bears it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import exp

from bot.engines.case import Case, Match, in_scope
from bot.engines.verdict import BAN_VERDICTS, Ruling
from index.rules import Effect, Reading
from index.verdict import Verdict, bears

_BELIEF, _BELIEF_IN_LEAVE = 1.1, 0.8
_LEAST = 1e-3
_LEAVE = (Verdict.ALLOWED, Verdict.ALLOWED_WITH_CONDITIONS)
# What a verdict is worth where another is right; the right one is worth 1. A wrong leave can end a
# career, a wrong ban silences somebody who was free to speak.
_LEAVE_AGAINST_BAN, _LEAVE_UNRULED_AGAINST_BAN = -2.0, -5.0
_LEAVE_AGAINST_OTHER, _OTHER_LEAVE = -0.5, 0.6
_BAN_AGAINST_OTHER, _SILENT_AGAINST_BAN = -0.5, -0.5
_ANSWERED_AGAINST_SILENCE, _SILENCE_AGAINST_ANSWER = -1.0, -0.5
_BORNE, _OPENS = 0.12, 0.35


def settle(
    case: Case, ruling: Ruling, matches: Sequence[Match], readings: Mapping[str, Reading]
) -> Ruling:
    """Return the ruling expected to do the least harm, with the branches that are likely."""
    return _pruned(case, _settled(case, ruling, matches, readings))


def _settled(
    case: Case, ruling: Ruling, matches: Sequence[Match], readings: Mapping[str, Reading]
) -> Ruling:
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
    """Return the verdicts, the one first that is expected to do the least harm."""
    chances = _chances(case, ruling)

    def worth(given: Verdict) -> float:
        return sum(
            chance * _worth(given, right, ruling.verdict) for right, chance in chances.items()
        )

    return sorted(Verdict, key=worth, reverse=True)


def _chances(case: Case, ruling: Ruling) -> dict[Verdict, float]:
    """Return how likely each verdict is to be right; they sum to 1.

    The rules' own ruling counts for more. Plain leave does so less, and for both leaves: it is
    also what is left where no fact was understood.
    """
    retrieval = case.retrieval
    likely = {verdict: retrieval.verdicts.get(verdict, 0.0) for verdict in Verdict}
    likely[Verdict.NOT_COVERED] = 1.0 - retrieval.covered
    weights = {verdict: max(chance, _LEAST) for verdict, chance in likely.items()}
    plain = ruling.verdict is Verdict.ALLOWED
    for verdict in _LEAVE if plain else (ruling.verdict,):
        weights[verdict] *= exp(_BELIEF_IN_LEAVE if plain else _BELIEF)
    total = sum(weights.values())
    return {verdict: weight / total for verdict, weight in weights.items()}


def _worth(given: Verdict, right: Verdict, ruled: Verdict) -> float:
    """Return what giving one verdict is worth where another is right and the rules say a third."""
    if given is right:
        return 1.0
    if right is Verdict.NOT_COVERED:
        return _ANSWERED_AGAINST_SILENCE
    if given is Verdict.NOT_COVERED:
        return _SILENCE_AGAINST_ANSWER
    if given in _LEAVE:
        if right in _LEAVE:
            return _OTHER_LEAVE
        if right not in BAN_VERDICTS:
            return _LEAVE_AGAINST_OTHER
        return _LEAVE_AGAINST_BAN if ruled in _LEAVE else _LEAVE_UNRULED_AGAINST_BAN
    if given in BAN_VERDICTS:
        return 0.0 if right in BAN_VERDICTS else _BAN_AGAINST_OTHER
    silent = given is Verdict.INFORMATIONAL and right in BAN_VERDICTS
    return _SILENT_AGAINST_BAN if silent else 0.0


def _pruned(case: Case, ruling: Ruling) -> Ruling:
    """Leave out the branches that permission opens, where questions like this one open none."""
    final = tuple(match for match in ruling.pending if not match.liftable)
    if ruling.verdict is Verdict.DEPENDS and case.retrieval.path < _OPENS and final:
        return replace(ruling, pending=final)
    return ruling


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
