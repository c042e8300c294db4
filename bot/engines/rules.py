"""The default engine: reviewed rules over what was retrieved, no chat model."""

from collections.abc import Iterable, Mapping, Sequence

from bot import wording
from bot.answer import AppliedRule, ApprovalKind, Branch, Clarify, Verdict
from bot.draft import Draft, DraftApproval, DraftCitation
from bot.engines.case import Case, Match, in_scope, meet, read_case
from bot.engines.scope import covered, definition_asked, text_asked
from bot.engines.verdict import Ruling, rule_on
from bot.quoting import cite
from bot.wording import OPENINGS
from index.asked import Facts
from index.directive import Directive
from index.retrieve import Retrieval
from index.rules import Effect, Reading, Rule, Scope

NAME = "rules"
_MOST = 5
_NEAR = 0.88
_BAN_VERDICTS = (Verdict.PROHIBITED, Verdict.NEEDS_PERMISSION)


class RulesEngine:
    """Answers from the readings of the directives in force."""

    def __init__(
        self,
        directives: Mapping[str, Directive],
        readings: Mapping[str, Reading],
        facts: Facts,
        turn_to: str | None,
    ) -> None:
        """``turn_to`` names whom to ask about a subject that is not covered."""
        self._directives = directives
        self._readings = readings
        self._facts = facts
        self._turn_to = turn_to

    @property
    def name(self) -> str:
        """The engine's name in answers."""
        return NAME

    def draft(self, retrieval: Retrieval) -> Draft:
        """Return the draft answer to a question."""
        if text_asked(retrieval):
            return self._show(retrieval)
        case = read_case(retrieval, self._facts)
        matches = meet(case, self._readings)
        if not covered(case, matches):
            return self._not_covered(retrieval)
        term = definition_asked(case, self._directives)
        ruling = rule_on(case, matches, self._opposite(case))
        if term is not None:
            ruling = Ruling(Verdict.INFORMATIONAL, ruling.deciding)
        elif case.asks & {"legal"} and ruling.verdict not in _BAN_VERDICTS:
            ruling = Ruling(Verdict.INFORMATIONAL, ruling.deciding)
        sections = self._sections(case, ruling, term)
        if not sections:
            return self._not_covered(retrieval)
        return self._compose(case, ruling, sections)

    def _compose(self, case: Case, ruling: Ruling, sections: list[tuple[str, str]]) -> Draft:
        approval = self._approval(case, ruling)
        if approval is not None and len(sections) < _MOST:
            basis = (ruling.deciding or ruling.pending)[0].directive, approval.basis
            sections = [*dict.fromkeys((*sections, basis))]
        matches = (*ruling.deciding, *ruling.pending)
        return Draft(
            verdict=ruling.verdict,
            summary=self._summary(case, ruling, sections),
            rules=tuple(_applied(match) for match in matches if self._is_cited(match, sections)),
            citations=tuple(self._citation(at, matches) for at in sections),
            approval=approval,
            notices=self._notices(case, ruling, sections, approval),
            clarify=_clarify(case, ruling),
            engine=NAME,
        )

    def _show(self, retrieval: Retrieval) -> Draft:
        """The clauses a question names, word for word."""
        found = [
            (self._directives[reference.directive], clause)
            for reference in retrieval.referred.references
            if reference.exists
            for clause in self._directives[reference.directive].under(reference.section)
        ]
        exact = {r.section for r in retrieval.referred.references}
        if not any("•" in section for section in exact) and len(found) > _MOST:
            found = [(d, c) for d, c in found if c.parent is None] or found
        directive, first = found[0]
        notices = self._standing(retrieval, [(d.number, c.section) for d, c in found])
        plain = [r.plain for r in self._readings[directive.number].of(first.section) if r.plain]
        return Draft(
            verdict=Verdict.INFORMATIONAL,
            summary=wording.summary(wording.shown(directive, [c for _, c in found]), plain[:1]),
            citations=tuple(cite(d, c) for d, c in found),
            notices=notices,
            whole_section=len(found) > _MOST,
            engine=NAME,
        )

    def _not_covered(self, retrieval: Retrieval) -> Draft:
        names = " and ".join(d.name for d in self._directives.values())
        notices = []
        if retrieval.heard.spanish:
            notices.append(wording.SPANISH_NOT_COVERED)
        elif retrieval.heard.foreign:
            notices.append(wording.FOREIGN)
        for reference in retrieval.referred.references:
            if not reference.exists:
                name = self._directives[reference.directive].name
                notices.append(wording.UNKNOWN_CLAUSE.format(name=name, section=reference.section))
        return Draft(
            verdict=Verdict.NOT_COVERED,
            summary=wording.not_covered(names, self._turn_to),
            notices=tuple(notices),
            engine=NAME,
        )

    def _opposite(self, case: Case) -> Match | None:
        """A duty that a Department account would lay where a personal one has a ban (step 6)."""
        if case.account_known or not case.retrieval.heard.asks_duty:
            return None
        other = Case(
            retrieval=case.retrieval,
            acts=case.acts,
            asks=case.asks,
            facts=case.facts | {"official"},
            official=True,
            screening=False,
            account_known=True,
        )
        duties = [
            match
            for match in meet(other, self._readings)
            if match.certain
            and match.rule.effect is Effect.REQUIRED
            and match.rule.scope is Scope.DEPARTMENT
        ]
        return duties[0] if duties else None

    def _sections(
        self, case: Case, ruling: Ruling, term: tuple[str, str] | None
    ) -> list[tuple[str, str]]:
        """Return what to cite, most decisive first, five at most."""
        chosen = [(m.directive, m.section) for m in ruling.deciding]
        if ruling.verdict is Verdict.INFORMATIONAL:
            near = self._nearest(case, chosen)
            chosen = near if term is None else [term, *near[:1]]
            return [*dict.fromkeys(chosen)][:3]
        referred = [
            (r.directive, r.section)
            for r in case.retrieval.referred.references
            if r.exists and self._directives[r.directive].clause(r.section) is not None
        ]
        opposite = [ruling.opposite] if ruling.opposite else []
        pending = [(m.directive, m.section) for m in (*opposite, *ruling.pending)]
        if ruling.verdict is Verdict.DEPENDS:
            return [*dict.fromkeys((*referred, *chosen[:2], *pending, *chosen))][:_MOST]
        strong = self._strong(ruling)
        room = _MOST - 1 if ruling.verdict is Verdict.NEEDS_PERMISSION else _MOST
        chosen = [*dict.fromkeys((*referred, *strong[: room - min(2, len(pending))], *pending))]
        return chosen[:room]

    @staticmethod
    def _strong(ruling: Ruling) -> list[tuple[str, str]]:
        """Leave out rules that meet the question far less than the first one does."""
        first = ruling.deciding[0]
        most = max(match.weight for match in ruling.deciding)
        spread = 0.45 if ruling.verdict in _BAN_VERDICTS else 0.25
        kept = [m for m in ruling.deciding if m is first or m.weight > most - spread]
        if first.final:
            kept = [m for m in kept if m.final or m.weight >= first.weight - 0.1]
        return [*dict.fromkeys((m.directive, m.section) for m in kept)]

    def _nearest(self, case: Case, applied: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
        """Return the nearest clauses to a question that asks for information."""
        scores = {(h.directive, h.section): h.score for h in case.retrieval.hits}
        for at in applied:
            scores[at] = scores.get(at, 0.0) + 0.15
        found = [
            at for at in sorted(scores, key=lambda at: -scores[at]) if self._may_be_cited(case, at)
        ]
        if not found:
            return []
        return [at for at in found[:4] if scores[at] >= _NEAR * scores[found[0]]]

    def _may_be_cited(self, case: Case, at: tuple[str, str]) -> bool:
        rules = self._readings[at[0]].of(at[1])
        return not rules or any(in_scope(case, rule.scope) for rule in rules) or not case.acts

    def _citation(self, at: tuple[str, str], matches: Iterable[Match]) -> DraftCitation:
        directive = self._directives[at[0]]
        clause = directive.clause(at[1])
        if clause is None:
            raise KeyError(at)
        rule = next((m.rule for m in matches if (m.directive, m.section) == at), None)
        return cite(directive, clause, rule.says if rule else None)

    @staticmethod
    def _is_cited(match: Match, sections: Sequence[tuple[str, str]]) -> bool:
        return (match.directive, match.section) in sections

    def _summary(self, case: Case, ruling: Ruling, sections: Sequence[tuple[str, str]]) -> str:
        rules = [self._rule(at, ruling) for at in sections]
        plain = [rule.plain for rule in rules if rule is not None and rule.plain]
        silent = [rule.silent for rule in rules[:2] if rule is not None and rule.silent]
        opening = self._opening(ruling)
        if ruling.verdict is Verdict.DEPENDS and ruling.opposite is not None:
            return wording.summary(wording.ACCOUNT, [ruling.opposite.rule.plain or "", *plain[:1]])
        if ruling.pending:
            first = ruling.pending[0]
            name = self._directives[first.directive].name
            applies_if = first.rule.if_ or "the clause applies"
            said = wording.condition(name, first.section, applies_if, first.liftable)
            return wording.summary(opening, [*plain[:1], said])
        if ruling.verdict is Verdict.PROHIBITED:
            return wording.summary(opening, [*plain[:1], *(silent[:1] or [wording.NO_EXCEPTION])])
        return wording.summary(opening, [*plain[:2], *silent[:1]][:3] or [self._words(sections)])

    def _words(self, sections: Sequence[tuple[str, str]]) -> str:
        number, section = sections[0]
        clause = self._directives[number].clause(section)
        said = self._directives[number].citation(section)
        return f'{said} says: "{clause.text}"' if clause else said

    def _rule(self, at: tuple[str, str], ruling: Ruling) -> Rule | None:
        for match in (*ruling.deciding, *ruling.pending):
            if (match.directive, match.section) == at:
                return match.rule
        return next(iter(self._readings[at[0]].of(at[1])), None)

    @staticmethod
    def _opening(ruling: Ruling) -> str:
        if ruling.verdict is Verdict.ALLOWED_WITH_CONDITIONS:
            if ruling.deciding[0].rule.effect is Effect.ADVISED:
                return wording.CAUTION
        if ruling.verdict is Verdict.NEEDS_PERMISSION and _only_consent(ruling):
            return wording.CONSENT
        return OPENINGS[ruling.verdict]

    def _approval(self, case: Case, ruling: Ruling) -> DraftApproval | None:
        if ruling.verdict is Verdict.NEEDS_PERMISSION:
            candidates: Sequence[Match] = ruling.deciding
        elif ruling.verdict is Verdict.DEPENDS:
            candidates = [m for m in (*ruling.deciding, *ruling.pending) if m.liftable]
        elif "get_permission" in case.acts and ruling.verdict is not Verdict.PROHIBITED:
            candidates = ruling.deciding
        else:
            candidates = ()
        found = [m.rule.permission for m in candidates if m.rule.permission is not None]
        if not found:
            return None
        consents = [p for p in found if p.kind == ApprovalKind.CONSENT]
        permissions = [p for p in found if p.kind == ApprovalKind.PERMISSION]
        kind = ApprovalKind.PERMISSION if permissions else ApprovalKind.CONSENT
        if consents and permissions:
            kind = ApprovalKind.BOTH
        main = (permissions or [p for p in consents if p.form is None] or consents)[0]
        return DraftApproval(
            kind=kind, decided_by=main.by, form=main.form, route=main.route, basis=main.path
        )

    def _notices(
        self,
        case: Case,
        ruling: Ruling,
        sections: Sequence[tuple[str, str]],
        approval: DraftApproval | None,
    ) -> tuple[str, ...]:
        notices = []
        if "legal" in case.asks:
            notices.append(wording.LEGAL.format(union="Your union representative"))
        if approval is not None:
            name = self._directives[sections[0][0]].name
            if approval.kind is ApprovalKind.BOTH:
                notices.append(wording.BOTH)
            if approval.decided_by is None:
                notices.append(wording.NO_AUTHORITY.format(name=name))
            if approval.route is None:
                notices.append(wording.NO_ROUTE.format(name=name))
        return (*notices, *self._standing(case.retrieval, sections))

    def _standing(
        self, retrieval: Retrieval, sections: Sequence[tuple[str, str]]
    ) -> tuple[str, ...]:
        """The lines that go with the clauses cited, with the language, and with the reading."""
        notices = []
        if retrieval.heard.spanish:
            notices.append(wording.SPANISH)
        for reference in retrieval.referred.references:
            if not reference.exists:
                name = self._directives[reference.directive].name
                notices.append(wording.UNKNOWN_CLAUSE.format(name=name, section=reference.section))
        for number in dict.fromkeys(number for number, _ in sections):
            directive, reading = self._directives[number], self._readings[number]
            cited = {section for at, section in sections if at == number}
            for notice in reading.notices.values():
                below = {clause.section for clause in directive.under(notice.section)}
                if cited & below:
                    notices.append(notice.text)
            for damage in directive.damage:
                if damage.shown and damage.section in cited:
                    notices.append(f"{damage.section}: {damage.what}.")
            notices.append(wording.UNREVIEWED.format(reviewed_by=reading.reviewed_by))
        return tuple(notices)


def _only_consent(ruling: Ruling) -> bool:
    kinds = {m.rule.permission.kind for m in ruling.deciding if m.rule.permission}
    return kinds == {"consent"}


def _applied(match: Match) -> AppliedRule:
    rule = match.rule
    return AppliedRule(
        directive=match.directive,
        section=rule.section,
        effect=rule.effect.value,
        force=rule.force,
        applies_if=None if match.certain else rule.if_,
        permission_from=rule.permission.by if rule.permission else None,
        exception=rule.exception,
    )


def _clarify(case: Case, ruling: Ruling) -> Clarify | None:
    if ruling.opposite is not None:
        branches = (
            Branch(if_="on a Department account", verdict=Verdict.REQUIRED),
            Branch(if_="on your own", verdict=Verdict.NEEDS_PERMISSION),
        )
        return Clarify(ask=wording.ACCOUNT, branches=branches)
    if ruling.verdict is not Verdict.DEPENDS or not ruling.pending:
        return None
    first = ruling.pending[0]
    applies_if = first.rule.if_ or "the clause applies"
    banned = Verdict.PROHIBITED if first.final else Verdict.NEEDS_PERMISSION
    otherwise = [m for m in ruling.deciding if m.rule.effect is Effect.ALLOWED]
    free = Verdict.ALLOWED_WITH_CONDITIONS if otherwise else Verdict.ALLOWED
    return Clarify(
        ask=wording.question_about(applies_if),
        branches=(Branch(if_="yes", verdict=banned), Branch(if_="no", verdict=free)),
    )
