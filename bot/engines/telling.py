"""A ruling in words: the summary, the clarifying question and the standing notices."""

from collections.abc import Mapping, Sequence

from bot import wording
from bot.answer import ApprovalKind, Branch, Clarify, Verdict
from bot.draft import DraftApproval
from bot.engines.case import Case
from bot.engines.citing import At
from bot.engines.path import only_consent
from bot.engines.verdict import Ruling
from index.directive import Directive
from index.retrieve import Retrieval
from index.rules import Effect, Reading, Rule


class Teller:
    """Knows the directives in force and their readings; says nothing of its own."""

    def __init__(
        self, directives: Mapping[str, Directive], readings: Mapping[str, Reading]
    ) -> None:
        self._directives = directives
        self._readings = readings

    def summary(self, ruling: Ruling, sections: Sequence[At]) -> str:
        """Return one to three plain sentences that rest on the clauses cited."""
        rules = [self._rule(at, ruling) for at in sections]
        plain = [rule.plain for rule in rules if rule is not None and rule.plain]
        silent = [rule.silent for rule in rules[:2] if rule is not None and rule.silent]
        opening = _opening(ruling)
        if ruling.opposite is not None:
            return wording.summary(wording.ACCOUNT, [ruling.opposite.rule.plain or "", *plain[:1]])
        if ruling.pending:
            return wording.summary(opening, [*plain[:1], self._condition(ruling)])
        if ruling.verdict is Verdict.PROHIBITED:
            return wording.summary(opening, [*plain[:1], *(silent[:1] or [wording.NO_EXCEPTION])])
        return wording.summary(opening, [*plain[:2], *silent[:1]][:3] or [self._words(sections[0])])

    def _condition(self, ruling: Ruling) -> str:
        first = ruling.pending[0]
        name = self._directives[first.directive].name
        return wording.condition(name, first.section, _deciding_fact(first.rule), first.liftable)

    def _words(self, at: At) -> str:
        clause = self._directives[at[0]].clause(at[1])
        said = self._directives[at[0]].citation(at[1])
        return f'{said} says: "{clause.text}"' if clause else said

    def _rule(self, at: At, ruling: Ruling) -> Rule | None:
        for match in (*ruling.deciding, *ruling.pending):
            if (match.directive, match.section) == at:
                return match.rule
        return next(iter(self._readings[at[0]].of(at[1])), None)

    def notices(
        self, case: Case, sections: Sequence[At], approval: DraftApproval | None
    ) -> tuple[str, ...]:
        """Return the lines that must be shown with an answer, the most important first."""
        notices = []
        if "legal" in case.asks:
            notices.append(wording.LEGAL)
        if approval is not None:
            name = self._directives[sections[0][0]].name
            if approval.kind is ApprovalKind.BOTH:
                notices.append(wording.BOTH)
            if approval.decided_by is None:
                notices.append(wording.NO_AUTHORITY.format(name=name))
            if approval.route is None:
                notices.append(wording.NO_ROUTE.format(name=name))
        return (*notices, *self.standing(case.retrieval, sections))

    def standing(self, retrieval: Retrieval, sections: Sequence[At]) -> tuple[str, ...]:
        """Return the lines that go with the language, with invented clauses, and with those cited.

        Savings clause, damage of the text, and who has reviewed the reading.
        """
        notices = [wording.SPANISH] if retrieval.heard.spanish else []
        notices += self.invented(retrieval)
        for number in dict.fromkeys(number for number, _ in sections):
            directive, reading = self._directives[number], self._readings[number]
            cited = {section for at, section in sections if at == number}
            for notice in reading.notices.values():
                if cited & {clause.section for clause in directive.under(notice.section)}:
                    notices.append(notice.text)
            for damage in directive.damage:
                if damage.shown and damage.section in cited:
                    notices.append(f"{damage.section}: {damage.what}.")
            notices.append(wording.UNREVIEWED.format(reviewed_by=reading.reviewed_by))
        return tuple(notices)

    def invented(self, retrieval: Retrieval) -> list[str]:
        """Return a line for each clause a question names that the directive does not have."""
        return [
            wording.UNKNOWN_CLAUSE.format(
                name=self._directives[reference.directive].name, section=reference.section
            )
            for reference in retrieval.referred.references
            if not reference.exists
        ]


def clarify(ruling: Ruling) -> Clarify | None:
    """Return the one question whose reply decides, with every branch's verdict."""
    if ruling.opposite is not None:
        branches = (
            Branch(if_="on a Department account", verdict=Verdict.REQUIRED),
            Branch(if_="on your own", verdict=Verdict.NEEDS_PERMISSION),
        )
        return Clarify(ask=wording.ACCOUNT, branches=branches)
    if ruling.verdict is not Verdict.DEPENDS or not ruling.pending:
        return None
    first = ruling.pending[0]
    banned = Verdict.PROHIBITED if first.final else Verdict.NEEDS_PERMISSION
    limited = any(m.rule.conditions for m in ruling.deciding)
    free = Verdict.ALLOWED_WITH_CONDITIONS if limited else Verdict.ALLOWED
    return Clarify(
        ask=wording.question_about(_deciding_fact(first.rule)),
        branches=(Branch(if_="yes", verdict=banned), Branch(if_="no", verdict=free)),
    )


def _opening(ruling: Ruling) -> str:
    if ruling.verdict is Verdict.ALLOWED_WITH_CONDITIONS:
        if ruling.deciding[0].rule.effect is Effect.ADVISED:
            return wording.CAUTION
    if ruling.verdict is Verdict.NEEDS_PERMISSION and only_consent(ruling):
        return wording.CONSENT
    return wording.OPENINGS[ruling.verdict]


def _deciding_fact(rule: Rule) -> str:
    return rule.if_ or "the clause applies"
