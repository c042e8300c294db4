"""What a request touches: clauses, who decides, whose consent, and what nobody can permit. Pure.

The rules are met as a question's are (``bot.engines.case``); a form only states the facts more
plainly: "yes" states them, "no" denies them, "not sure" and mere words leave them open.
"""

from collections.abc import Iterable

from pydantic import BaseModel

from bot.answer import ApprovalKind
from bot.approvals.guidance import Guidance, Touched
from bot.engines.case import Case, Match, meet
from index.cue import holds
from index.directive import FROZEN, Directive
from index.references import Referred
from index.retrieve import Retrieval
from index.rules import Effect, Reading, Rule
from index.vocabulary import Heard

SEEKS = "get_permission"
_TOLD = (Effect.PROHIBITED, Effect.PERMISSION, Effect.REQUIRED, Effect.ADVISED)


class Matter(BaseModel):
    """What a form says, as facts of the corpus.

    ``stated`` are facts it states outright, ``heard`` those that its words mention, ``unsure`` and
    ``denied`` those answered so; ``asked`` are all that a question asks for, ``acts`` what is to be
    done. A fact that is neither said nor asked for is taken as not there.
    """

    model_config = FROZEN

    acts: frozenset[str]
    stated: frozenset[str]
    heard: frozenset[str] = frozenset()
    unsure: frozenset[str] = frozenset()
    denied: frozenset[str] = frozenset()
    asked: frozenset[str] = frozenset()
    official: bool = False

    @property
    def known(self) -> frozenset[str]:
        """What is taken to be so: stated, or mentioned and not answered otherwise."""
        return self.stated | (self.heard - self.denied - self.unsure)

    @property
    def wide(self) -> frozenset[str]:
        """What may be so: also what is not sure, and what words mention though it is denied."""
        return self.known | self.unsure | self.heard


def guide(matter: Matter, directive: Directive, reading: Reading) -> Guidance:
    """Return the guidance of one directive on what a form says."""
    certain = [m for m in _met(matter, matter.known, reading) if m.certain]
    stated = [m for m in _met(matter, matter.stated, reading) if m.certain and m.final]
    barred = {m.section: m for m in stated}
    applying = [m for m in certain if not m.final and m.rule.effect in _TOLD]
    maybe = [m for m in _met(matter, matter.wide, reading) if m.bans and _is_open(matter, m)]
    unclear = {m.section: m for m in maybe if m.final and m.section not in barred}
    there = {m.section for m in applying} | barred.keys() | unclear.keys()
    might = {m.section: m for m in maybe if not m.final and m.section not in there}
    act = matter.acts - {SEEKS}
    liftable = [m for m in applying if m.liftable and (not m.rule.acts or act & {*m.rule.acts})]
    first = sorted(applying, key=lambda m: not m.liftable)
    return Guidance(
        touched=(
            *(_touched(directive, m.rule, matter.known) for m in _once(first)),
            *(_touched(directive, m.rule, matter.wide, maybe=True) for m in might.values()),
        ),
        barred=tuple(_touched(directive, m.rule, matter.stated) for m in barred.values()),
        unclear=tuple(
            _touched(directive, m.rule, matter.wide, maybe=True) for m in unclear.values()
        ),
        lifts_nothing=bool(barred) and not liftable,
    )


def _met(matter: Matter, facts: frozenset[str], reading: Reading) -> tuple[Match, ...]:
    """Return the rules that meet these facts, as they would meet a question that states them."""
    silent = Retrieval(
        question="",
        heard=Heard(text="", words=(), facts=facts),
        facts=facts,
        covered=1.0,
        path=1.0,
        verdicts={},
        nearest=0.0,
        referred=Referred(references=(), rest=""),
        hits=(),
    )
    case = Case(
        retrieval=silent,
        acts=matter.acts,
        asks=frozenset(),
        facts=facts | matter.acts,
        official=matter.official,
        screening=False,
        account_known=True,
    )
    return meet(case, {reading.number: reading})


def _is_open(matter: Matter, match: Match) -> bool:
    """Whether a rule may apply still: one of its groups holds what is so or nobody denied.

    A fact that no question asks for and no word mentions counts as not there.
    """
    wide = matter.wide | matter.acts

    def possible(name: str) -> bool:
        return name in wide or (name in matter.asked and name not in matter.denied)

    return any(
        all(name.startswith("!") or possible(name) for name in group) for group in match.rule.when
    )


def _once(matches: Iterable[Match]) -> list[Match]:
    """Return one match a clause, and each of its permissions."""
    found: dict[tuple[str, str | None, bool], Match] = {}
    for match in matches:
        by = match.rule.permission.by if match.rule.permission else None
        found.setdefault((match.section, by, match.bans), match)
    return list(found.values())


def _touched(
    directive: Directive, rule: Rule, facts: frozenset[str], *, maybe: bool = False
) -> Touched:
    clause = directive.clause(rule.section)
    if clause is None:
        raise KeyError(rule.section)
    lead = directive.clause(clause.parent) if clause.parent else None
    permission = rule.permission
    sure = any(holds(group, facts) for group in rule.when)
    groups = [g for g in rule.when if holds(g, facts)] or [g for g in rule.may if holds(g, facts)]
    return Touched(
        section=rule.section,
        citation=directive.citation(rule.section),
        quote=clause.text,
        lead=lead.text if lead else None,
        force=rule.force,
        effect=rule.effect,
        applies_if=(rule.if_ or _unsaid(sure)) if maybe else None,
        kind=ApprovalKind(permission.kind) if permission else None,
        decided_by=permission.by if permission else None,
        form=permission.form if permission else None,
        route=permission.route if permission else None,
        path=permission.path if permission else None,
        facts=tuple(dict.fromkeys(n for g in groups for n in g if not n.startswith("!"))),
    )


def _unsaid(sure: bool) -> str:
    return "what you are not sure of is so" if sure else "what you left open is so"
