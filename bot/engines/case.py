"""What a question comes down to: acts, whose account, what kind of reply, which rules meet it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from index.asked import Facts
from index.cue import holds
from index.retrieve import Retrieval
from index.rules import Effect, Reading, Rule, Scope

_BANS = (Effect.PROHIBITED, Effect.PERMISSION)
_SOFT = (Effect.REQUIRED, Effect.ADVISED, Effect.INFORMS)
_PLAIN_ASKS = frozenset({"consequence", "legal"})
# What is asked about as such, and not shown in something to be posted.
_ABOUT = frozenset({"privacy", "monitoring", "order", "conduct", "records", "union"})
_LEARNT, _SURE = 0.6, 0.8
_FREE = 0.5


@dataclass(frozen=True)
class Match:
    """A rule that meets the question; ``certain`` is False where a fact not given decides.

    ``by_facts`` is False where only questions like
    this one speak for it; such a match counts only where what the question says meets no rule, or
    nothing but duties and advice.
    """

    directive: str
    rule: Rule
    certain: bool
    weight: float
    by_facts: bool = True

    @property
    def section(self) -> str:
        """The section of the rule's clause."""
        return self.rule.section

    @property
    def bans(self) -> bool:
        """Whether the rule forbids, liftable or not."""
        return self.rule.effect in _BANS

    @property
    def final(self) -> bool:
        """Whether the rule forbids and no path is open, here or in a clause it yields to."""
        return self.rule.effect is Effect.PROHIBITED and self.rule.yields is None

    @property
    def liftable(self) -> bool:
        """Whether the rule forbids and somebody may permit."""
        return self.bans and not self.final


@dataclass(frozen=True)
class Case:
    """A question as the rules see it."""

    retrieval: Retrieval
    acts: frozenset[str]
    asks: frozenset[str]
    facts: frozenset[str]
    official: bool
    screening: bool
    account_known: bool

    @property
    def informs(self) -> bool:
        """Whether the question wants to know who, when, how or what, and not whether it may."""
        heard = self.retrieval.heard
        if heard.asks_permission:
            return False
        if self.seeks:
            return bool(self.asks & heard.facts) or not heard.asks_duty
        if not self.asks or heard.asks_duty:
            return False
        return not self.shows or bool(self.asks & _PLAIN_ASKS)

    @property
    def shows(self) -> bool:
        """Whether the words state a post and something of what it shows or says."""
        stated = self.retrieval.heard.facts
        return "post" in stated and bool(self.facts & stated - {"post"} - self.asks)

    @property
    def seeks(self) -> bool:
        """Whether the question is about getting permission."""
        return "get_permission" in self.acts


def read_case(retrieval: Retrieval, facts: Facts) -> Case:
    """Return the case a question makes; without an act, what is shown is taken as to be posted."""
    said = retrieval.facts
    acts = said & frozenset(facts.acts)
    asks = said & frozenset(facts.asks)
    things = said & frozenset(facts.things)
    if "report" in acts and "post" in retrieval.heard.facts - {"report"}:
        acts = acts if "report" in retrieval.heard.facts else acts - {"report"}
    if "report" in acts:
        acts = frozenset({"report"})
    posted = frozenset() if things & _ABOUT else things
    if (
        not acts
        and not asks & retrieval.heard.facts
        and (posted or (retrieval.heard.platform and not things))
    ):
        acts = frozenset({"post"})
    official = bool(said & {"official", "run_page"})
    return Case(
        retrieval=retrieval,
        acts=acts,
        asks=asks,
        facts=said | acts,
        official=official,
        screening="screen" in acts,
        account_known=official or "own_page" in said,
    )


def without_report(case: Case) -> Case:
    """Return a case as it is where the post that is told of calls for no report: about posting."""
    if "report" not in case.acts:
        return case
    acts = frozenset({"post"})
    return replace(case, acts=acts, facts=case.facts - {"report"} | acts)


def meet(case: Case, readings: Mapping[str, Reading]) -> tuple[Match, ...]:
    """Return the rules that apply or may apply, the heaviest first.

    A rule's weight is how near its clause is to the question plus how much of it the facts meet.
    """
    found = [
        match
        for number, reading in readings.items()
        for rule in reading.rules
        if (match := _match(case, number, rule, len(reading.of(rule.section)) == 1)) is not None
    ]
    if any(m.certain and m.by_facts and not m.rule.fallback for m in found):
        soft = all(m.rule.effect in _SOFT for m in found if m.certain and m.by_facts)
        found = [m for m in found if m.by_facts or (soft and not m.bans)]
    certain = {(m.directive, m.section) for m in found if m.certain}
    kept = [m for m in found if m.certain or (m.directive, m.section) not in certain]
    return tuple(sorted(kept, key=lambda m: (-m.weight, m.section)))


def likely(case: Case, readings: Mapping[str, Reading]) -> tuple[Match, ...]:
    """Return bans near the question whose deciding fact it does not give, the nearest first."""
    found = [
        Match(number, rule, False, near)
        for number, reading in readings.items()
        for rule in reading.rules
        if rule.if_ is not None
        and rule.effect in _BANS
        and in_scope(case, rule.scope)
        and (not rule.acts or not case.acts.isdisjoint(rule.acts))
        and (near := case.retrieval.score(number, rule.section)) > 0.0
    ]
    return tuple(sorted(found, key=lambda match: (-match.weight, match.section))[:2])


def is_free(case: Case, match: Match) -> bool:
    """Whether a general leave is what the question is about, and not only all that was found."""
    hit = case.retrieval.hit(match.directive, match.section)
    return "opinion" in case.facts or (hit is not None and hit.learnt >= _FREE)


def _match(case: Case, number: str, rule: Rule, alone: bool) -> Match | None:
    """Return how a rule meets a case: by its facts, or as questions like it are answered."""
    if not in_scope(case, rule.scope) or (rule.acts and case.acts.isdisjoint(rule.acts)):
        return None
    hit = case.retrieval.hit(number, rule.section)
    near = hit.score if hit is not None else 0.0
    group = _best(rule.when, case.facts)
    if group is not None:
        weight = near + 0.12 * _named(group) + 0.1 * rule.rank - (0.5 if rule.fallback else 0.0)
        return Match(number, rule, True, weight)
    group = _best(rule.may, case.facts)
    if group is not None:
        return Match(number, rule, False, near + 0.12 * _named(group) + 0.1 * rule.rank)
    if alone and rule.when and hit is not None and hit.learnt >= _LEARNT:
        sure = rule.effect not in _BANS or (rule.if_ is None and hit.learnt >= _SURE)
        return Match(number, rule, sure, near, by_facts=False) if sure or rule.if_ else None
    return None


def in_scope(case: Case, scope: Scope) -> bool:
    """Whether a rule of this scope can bind in this case."""
    if scope is Scope.SCREENING:
        return case.screening
    if scope is Scope.DEPARTMENT:
        return case.official
    if scope is Scope.PERSONAL:
        return not case.official and not case.screening
    return not case.screening


def _best(groups: Iterable[tuple[str, ...]], facts: frozenset[str]) -> tuple[str, ...] | None:
    met = [group for group in groups if holds(group, facts)]
    return max(met, key=_named) if met else None


def _named(group: tuple[str, ...]) -> int:
    return sum(not name.startswith("!") for name in group)
