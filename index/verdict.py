"""The closed set of verdicts (contracts: "verdict"); what each means stands there."""

from enum import StrEnum

from index.rule import Effect, Rule


class Verdict(StrEnum):
    """What a question comes out at, by the nine written steps."""

    PROHIBITED = "prohibited"
    NEEDS_PERMISSION = "needs_permission"
    REQUIRED = "required"
    ALLOWED_WITH_CONDITIONS = "allowed_with_conditions"
    ALLOWED = "allowed"
    DEPENDS = "depends"
    INFORMATIONAL = "informational"
    NOT_COVERED = "not_covered"


_BEARS = {
    Verdict.PROHIBITED: {Effect.PROHIBITED},
    Verdict.NEEDS_PERMISSION: {Effect.PERMISSION, Effect.PROHIBITED},
    Verdict.REQUIRED: {Effect.REQUIRED},
    Verdict.ALLOWED: {Effect.ALLOWED},
    Verdict.ALLOWED_WITH_CONDITIONS: {Effect.ALLOWED, Effect.ADVISED},
    Verdict.DEPENDS: {Effect.PROHIBITED, Effect.PERMISSION},
}


def bears(verdict: Verdict, rule: Rule) -> bool:
    """Whether a rule that applies can be what a verdict rests on.

    A ban without a path bears no permission, unless it yields to a clause that opens one (step 5
    of contracts); a leave under conditions bears no unconditional one.
    """
    if rule.effect not in _BEARS.get(verdict, frozenset(Effect)):
        return False
    if verdict is Verdict.PROHIBITED:
        return rule.yields is None
    if verdict is Verdict.NEEDS_PERMISSION:
        return rule.effect is Effect.PERMISSION or rule.yields is not None
    return verdict is not Verdict.ALLOWED or not rule.conditions
