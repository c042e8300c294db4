"""The nine written steps: from the rules a question meets to its verdict (contracts: "verdict")."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.engines.case import Case, Match, is_free
from index.rules import Effect
from index.verdict import Verdict

BAN_VERDICTS = (Verdict.PROHIBITED, Verdict.NEEDS_PERMISSION)


@dataclass(frozen=True)
class Ruling:
    """A verdict, the rules that decided it, and those a fact not given would bring in."""

    verdict: Verdict
    deciding: tuple[Match, ...]
    pending: tuple[Match, ...] = ()
    opposite: Match | None = None


def rule_on(
    case: Case, matches: Sequence[Match], opposite: Match | None, near: Sequence[Match]
) -> Ruling:
    """Return the ruling by the nine steps.

    ``opposite`` is a duty that another account would lay; ``near`` are bans that may apply to a
    question about which nothing else is known.

    Only rules that apply decide. One that may apply makes it ``depends`` only where it swings
    between a ban and no ban (step 6).
    """
    certain = [m for m in matches if m.certain]
    pending = tuple(m for m in matches if not m.certain and m.bans)
    if case.informs:
        return Ruling(Verdict.INFORMATIONAL, tuple(certain), ())
    bans = tuple(m for m in certain if m.bans)
    if bans and opposite is not None and not case.account_known:
        return Ruling(Verdict.DEPENDS, bans, (), opposite)
    final = tuple(m for m in bans if m.final)
    if final:
        return Ruling(Verdict.PROHIBITED, (*final, *(m for m in bans if not m.final)))
    if bans:
        return Ruling(Verdict.NEEDS_PERMISSION, bans, tuple(m for m in pending if m.final))
    if pending:
        allowed = tuple(m for m in certain if m.rule.effect is Effect.ALLOWED)
        return Ruling(Verdict.DEPENDS, allowed, pending)
    return _without_ban(case, certain, near)


def _without_ban(case: Case, certain: Sequence[Match], near: Sequence[Match]) -> Ruling:
    """Steps 3, 4 and 7: a duty, then conditions or a caution, then leave, then information."""
    duties = tuple(m for m in certain if m.rule.effect is Effect.REQUIRED)
    if duties:
        said = tuple(m for m in certain if m.rule.effect in {Effect.REQUIRED, Effect.ADVISED})
        return Ruling(Verdict.REQUIRED, said)
    stated = tuple(m for m in certain if not m.rule.fallback)
    aware = tuple(m for m in stated if m.rule.effect is Effect.INFORMS)
    cautions = tuple(m for m in stated if m.rule.effect is Effect.ADVISED)
    allowed = tuple(m for m in certain if m.rule.effect is Effect.ALLOWED)
    if cautions:
        return Ruling(Verdict.ALLOWED_WITH_CONDITIONS, cautions)
    if aware:
        return Ruling(Verdict.INFORMATIONAL, aware)
    if allowed:
        plainly = [m for m in allowed if not m.rule.conditions]
        verdict = Verdict.ALLOWED if plainly else Verdict.ALLOWED_WITH_CONDITIONS
        own = [m for m in allowed if not m.rule.fallback] or allowed
        if near and own[0].rule.fallback and not is_free(case, own[0]):
            return Ruling(Verdict.DEPENDS, tuple(own), tuple(near))
        return Ruling(verdict, tuple(own))
    return Ruling(Verdict.INFORMATIONAL, tuple(certain))
