"""How far a drafted reading agrees with a hand-made one: force and authority, rule by rule."""

from pydantic import BaseModel, ConfigDict

from index.directive import squeeze
from index.rule import Effect, Reading, Rule

_CLOSED = ConfigDict(frozen=True, extra="forbid")
_NEGATIVE = frozenset({"not", "no", "never", "nor", "neither", "cannot"})


class Share(BaseModel):
    """How many of how many agree."""

    model_config = _CLOSED

    agree: int
    of: int

    @property
    def share(self) -> float:
        """The share, 1.0 of nothing."""
        return self.agree / self.of if self.of else 1.0


class Disagreement(BaseModel):
    """What the two readings say of the same words."""

    model_config = _CLOSED

    section: str
    about: str
    says: str
    hand: str
    drafted: str


class Agreement(BaseModel):
    """Shares of the hand-made rules, and of their clauses, on which the draft agrees.

    A clause agrees when each of its hand-made rules does. ``permissions`` counts only rules where
    either reading names a permission, so that silence on both sides does not swell it.
    Definitions, which nobody drafts, are not counted.
    """

    model_config = _CLOSED

    number: str
    force_of_rules: Share
    force_of_clauses: Share
    effect_of_rules: Share
    authority_of_rules: Share
    authority_of_clauses: Share
    permissions: Share
    disagreements: tuple[Disagreement, ...]

    def shares(self) -> dict[str, Share]:
        """Return each share under the name it is shown by."""
        return {
            "force, rules": self.force_of_rules,
            "force, clauses": self.force_of_clauses,
            "authority, rules": self.authority_of_rules,
            "authority, clauses": self.authority_of_clauses,
            "authority, rules with a permission": self.permissions,
            "effect, rules": self.effect_of_rules,
        }


def compare(hand: Reading, drafted: Reading) -> Agreement:
    """Return the agreement of a draft with the hand-made reading of the same directive."""
    rules = [rule for rule in hand.rules if rule.effect is not Effect.DEFINES]
    pairs = [(rule, _partner(rule, drafted)) for rule in rules]
    force = [(a.section, b is not None and same_force(a.force, b.force)) for a, b in pairs]
    effect = [b is not None and a.effect is b.effect for a, b in pairs]
    allowed = [(a.section, b is not None and _authority(a) == _authority(b)) for a, b in pairs]
    permitting = [
        agrees
        for (a, b), (_, agrees) in zip(pairs, allowed, strict=True)
        if a.permission or (b is not None and b.permission)
    ]
    told: list[Disagreement] = []
    for (a, b), (_, forced), (_, permitted) in zip(pairs, force, allowed, strict=True):
        if not forced:
            told.append(_told(a, "force", a.force, b.force if b else "no rule"))
        if not permitted:
            told.append(_told(a, "authority", _shown(a), _shown(b)))
    return Agreement(
        number=hand.number,
        force_of_rules=_share([agrees for _, agrees in force]),
        force_of_clauses=_share(_by_clause(force)),
        effect_of_rules=_share(effect),
        authority_of_rules=_share([agrees for _, agrees in allowed]),
        authority_of_clauses=_share(_by_clause(allowed)),
        permissions=_share(permitting),
        disagreements=tuple(told),
    )


def same_force(one: str, other: str) -> bool:
    """Whether two wordings are the same verb of the order: "shall" and "shall include" are.

    One is a run of words of the other, and both negate or neither does.
    """
    short, long = sorted((one.lower().split(), other.lower().split()), key=len)
    run = any(long[at : at + len(short)] == short for at in range(len(long) - len(short) + 1))
    return bool(short) and run and bool(_NEGATIVE & {*short}) == bool(_NEGATIVE & {*long})


def _partner(rule: Rule, drafted: Reading) -> Rule | None:
    """Return the drafted rule that rests on the same words, or on the most of them."""
    found = [other for other in drafted.rules if other.section == rule.section]
    return max(found, key=lambda other: _overlap(rule.says, other.says), default=None)


def _overlap(one: str, other: str) -> int:
    one, other = squeeze(one), squeeze(other)
    if one in other or other in one:
        return min(len(one), len(other))
    sizes = range(min(len(one), len(other)), 0, -1)
    return next((n for n in sizes if one[:n] == other[-n:] or other[:n] == one[-n:]), 0)


def _authority(rule: Rule) -> tuple[str | None, str | None] | None:
    if rule.permission is None:
        return None
    return _bare(rule.permission.by), _bare(rule.permission.form)


def _bare(words: str | None) -> str | None:
    return squeeze(words).lower().removeprefix("the ") if words is not None else None


def _by_clause(found: list[tuple[str, bool]]) -> list[bool]:
    clauses: dict[str, bool] = {}
    for section, agrees in found:
        clauses[section] = clauses.get(section, True) and agrees
    return list(clauses.values())


def _share(agreed: list[bool]) -> Share:
    return Share(agree=sum(agreed), of=len(agreed))


def _told(rule: Rule, about: str, hand: str, drafted: str) -> Disagreement:
    return Disagreement(
        section=rule.section, about=about, says=rule.says, hand=hand, drafted=drafted
    )


def _shown(rule: Rule | None) -> str:
    if rule is None:
        return "no rule"
    if rule.permission is None:
        return "no permission"
    return f"by {rule.permission.by!r}, form {rule.permission.form!r}"
