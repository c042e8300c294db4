"""A ruling in words: the summary, the clarifying question and the standing notices."""

from collections.abc import Collection, Mapping, Sequence

from bot import wording
from bot.answer import ApprovalKind, Branch, Clarify, Verdict
from bot.draft import DraftApproval
from bot.engines.case import Case
from bot.engines.citing import At
from bot.engines.path import only_consent
from bot.engines.verdict import Ruling
from index.cue import any_met, holds, spoken
from index.directive import Clause, Directive
from index.mentions import Mentions
from index.remarks import Remarks
from index.retrieve import Retrieval
from index.rules import Effect, Notice, Reading, Rule, Silence
from index.silence import asked
from index.words import words

_UNFILED = 3
Told = tuple[At, Rule | None]


class Teller:
    """Knows the directives in force and their readings; says nothing of its own."""

    def __init__(
        self,
        directives: Mapping[str, Directive],
        readings: Mapping[str, Reading],
        remarks: Remarks | None = None,
        mentions: Mentions | None = None,
    ) -> None:
        """``remarks`` are the fixed lines about the assistant itself.

        ``mentions`` reads clauses in the light of all that is on file, in force or not.
        """
        self._directives = directives
        self._readings = readings
        self._speaking = {number: one for number, one in readings.items() if one.speaks}
        self._remarks = remarks or Remarks()
        self._mentions = mentions or Mentions(tuple(directives.values()))
        texts = (clause.text for one in directives.values() for clause in one.clauses)
        self._known = frozenset(word for text in texts for word in words(text))

    def summary(self, case: Case, ruling: Ruling, sections: Sequence[At]) -> str:
        """Return one to four plain sentences that rest on the clauses cited.

        What the question asks for and the directive does not say comes first where the question
        wants to know something, and last where it wants to know whether it may.
        """
        found = [(at, self._rule(at, case, ruling)) for at in sections]
        told = self.silences(case.retrieval, sections)
        opening = _opening(ruling)
        if ruling.verdict is Verdict.PROHIBITED:
            found.sort(key=lambda pair: not _is_final(pair[1]))
        if ruling.verdict is Verdict.NEEDS_PERMISSION and not ruling.pending:
            found = _conflict_second(found)
        plain = [said for at, rule in found if (said := self._plain(at, rule))]
        silent = told or [rule.silent for _, rule in found[:2] if rule and rule.silent]
        if ruling.opposite is not None:
            return wording.summary(wording.ACCOUNT, [ruling.opposite.rule.plain or "", *plain[:1]])
        if ruling.pending:
            return wording.summary(opening, [*plain[:1], self._condition(ruling), *told[:1]])
        if ruling.verdict is Verdict.PROHIBITED:
            first = found[0][1]
            own = told or ([first.silent] if first and first.silent else [])
            return wording.summary(opening, [*plain[:1], _no_way(first), *own[:1]])
        if ruling.verdict is Verdict.INFORMATIONAL and told:
            return wording.summary(opening, [*told[:2], *plain][:3])
        return wording.summary(opening, [*plain[:2], *silent[:1]][:3] or [self._words(sections[0])])

    def shown(self, retrieval: Retrieval, directive: Directive, clauses: Sequence[Clause]) -> str:
        """Return the summary of an answer that shows clauses asked for by their number."""
        at = [(directive.number, clause.section) for clause in clauses]
        rules = self._readings[directive.number].of(clauses[0].section)
        plain = [rule.plain for rule in rules if rule.plain]
        opening = wording.shown(directive, clauses)
        return wording.summary(opening, [*self.silences(retrieval, at)[:1], *plain[:1]])

    def silent_on(self, retrieval: Retrieval) -> list[At]:
        """Return the clauses nearest to what a question asks for and no directive says."""
        return [
            (number, section)
            for number in self._speaking
            for silence in self._asked(number, retrieval)
            for section in silence.sections
        ]

    def called_in(self, retrieval: Retrieval) -> list[At]:
        """Return the clauses that a question which tells of something forbidden has cited too."""
        return [
            (number, notice.section)
            for number, reading in self._speaking.items()
            for notice in reading.notices.values()
            if notice.cites and any_met(notice.heard, _said(retrieval), retrieval.facts)
        ]

    def idle_in(self, retrieval: Retrieval) -> list[At]:
        """Return the clauses not cited where a question tells of a post and nothing forbidden.

        Who asks whether they may do something with a post says what is in it; otherwise what the
        question is like counts too, since a duty left out is worse than one too many.
        """
        heard = retrieval.heard
        facts = heard.facts if heard.asks_permission else retrieval.facts
        return [
            (number, notice.section)
            for number, reading in self._speaking.items()
            for notice in reading.notices.values()
            if notice.idle and any_met(notice.idle, _said(retrieval), facts)
        ]

    def silences(self, retrieval: Retrieval, sections: Sequence[At]) -> list[str]:
        """Return the fixed phrase for each thing asked for that a cited directive does not say."""
        return [
            wording.silent(self._directives[number].name, silence.says)
            for number in dict.fromkeys(number for number, _ in sections)
            for silence in self._asked(number, retrieval)
        ]

    def _asked(self, number: str, retrieval: Retrieval) -> tuple[Silence, ...]:
        return asked(self._readings[number], _said(retrieval), retrieval.facts)

    def _condition(self, ruling: Ruling) -> str:
        first = ruling.pending[0]
        name = self._directives[first.directive].name
        return wording.condition(name, first.section, _deciding_fact(first.rule), first.liftable)

    def _plain(self, at: At, rule: Rule | None) -> str | None:
        """Return a rule in one sentence; a definition is told in its own words."""
        if rule is not None and rule.effect is Effect.DEFINES:
            return self._words(at)
        return rule.plain if rule is not None else None

    def _words(self, at: At) -> str:
        clause = self._directives[at[0]].clause(at[1])
        said = self._directives[at[0]].citation(at[1])
        return f'{said} says: "{clause.text}"' if clause else said

    def _rule(self, at: At, case: Case, ruling: Ruling) -> Rule | None:
        """Return the rule of a cited clause to be told: the one that met the question, if any."""
        for match in (*ruling.deciding, *ruling.pending):
            if (match.directive, match.section) == at:
                return match.rule
        rules = self._readings[at[0]].of(at[1])
        met = (r for r in rules if any(holds(group, case.facts) for group in (*r.when, *r.may)))
        return next(met, next(iter(rules), None))

    def notices(
        self,
        case: Case,
        ruling: Ruling,
        sections: Sequence[At],
        approval: DraftApproval | None,
    ) -> tuple[str, ...]:
        """Return the lines that must be shown with an answer, the most important first."""
        deciding = [(m.directive, m.section) for m in ruling.deciding]
        notices = self.unfiled([at for at in sections if at in deciding or at == sections[0]])
        if approval is not None:
            name = self._directives[sections[0][0]].name
            if approval.kind is ApprovalKind.BOTH:
                notices.append(wording.BOTH)
            if approval.decided_by is None:
                notices.append(wording.NO_AUTHORITY.format(name=name))
            if approval.route is None:
                notices.append(wording.NO_ROUTE.format(name=name))
        return (*notices, *self.standing(case.retrieval, sections))

    def unfiled(self, sections: Sequence[At]) -> list[str]:
        """Return a line for each thing these clauses send the reader to and nothing on file is."""
        found = [
            wording.UNFILED.format(
                citation=self._directives[number].citation(section), words=mention.words
            )
            for number, section in sections
            if (clause := self._directives[number].clause(section)) is not None
            for mention in self._mentions.at(self._directives[number], clause)
            if mention.dangling
        ]
        return [*dict.fromkeys(found)][:_UNFILED]

    def remarks(self, retrieval: Retrieval) -> list[str]:
        """Return the fixed lines about the assistant itself that a question calls for."""
        said, question = _said(retrieval), retrieval.question
        return self._remarks.called_for(said, retrieval.facts, question, self._known)

    def warns(self, line: str) -> bool:
        """Whether a notice stands before everything else."""
        return self._remarks.warns(line)

    def standing(self, retrieval: Retrieval, sections: Sequence[At]) -> tuple[str, ...]:
        """Return the lines that go with the question, with its language, and with what is cited.

        Remarks, invented clauses, savings clause, damage of the text, who reviewed the reading.
        """
        notices = self.remarks(retrieval)
        notices += [wording.SPANISH] if retrieval.heard.spanish else []
        notices += self.invented(retrieval)
        for number in dict.fromkeys(number for number, _ in sections):
            directive, reading = self._directives[number], self._readings[number]
            notices += [
                wording.NOT_FROM_ORDER.format(suggests=silence.suggests)
                for silence in self._asked(number, retrieval)
                if silence.suggests
            ]
            cited = {section for at, section in sections if at == number}
            notices += [
                notice.text
                for notice in reading.notices.values()
                if _shown(notice, retrieval, cited, directive)
            ]
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


def _shown(
    notice: Notice, retrieval: Retrieval, cited: Collection[str], directive: Directive
) -> bool:
    """Whether a notice's cue is met, or, if it is about a citation, a clause it is about cited."""
    if notice.heard and not notice.cites:
        return any_met(notice.heard, _said(retrieval), retrieval.facts)
    return any(clause.section in cited for clause in directive.under(notice.section))


def _said(retrieval: Retrieval) -> tuple[str, ...]:
    return spoken(retrieval.heard.words, retrieval.question)


def _is_final(rule: Rule | None) -> bool:
    """Whether a rule forbids and no path is open, here or in a clause it yields to."""
    return rule is not None and rule.effect is Effect.PROHIBITED and rule.yields is None


def _conflict_second(found: Sequence[Told]) -> list[Told]:
    """Return the rules with one that conflicts with a path among the first two, if there is one."""
    conflict = next((pair for pair in found if pair[1] is not None and pair[1].yields), None)
    if conflict is None or conflict in found[:2]:
        return list(found)
    rest = [pair for pair in found if pair is not conflict]
    return [rest[0], conflict, *rest[1:]]


def _no_way(rule: Rule | None) -> str:
    """Return the sentence that no permission is stated, and no exception unless there is one."""
    excepts = rule is not None and rule.exception is not None
    return wording.NO_PERMISSION if excepts else wording.NO_EXCEPTION


def _opening(ruling: Ruling) -> str:
    if ruling.verdict is Verdict.ALLOWED_WITH_CONDITIONS:
        if ruling.deciding[0].rule.effect is Effect.ADVISED:
            return wording.CAUTION
    if ruling.verdict is Verdict.NEEDS_PERMISSION and only_consent(ruling):
        return wording.CONSENT
    return wording.OPENINGS[ruling.verdict]


def _deciding_fact(rule: Rule) -> str:
    return rule.if_ or "the clause applies"
