"""The default engine: reviewed rules over what was retrieved, no chat model."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from bot import wording
from bot.answer import AppliedRule, Verdict
from bot.draft import Draft, DraftCitation
from bot.engines import citing, path, telling, unread
from bot.engines.case import Case, Match, likely, meet, read_case, without_report
from bot.engines.citing import At
from bot.engines.governing import Copies, governed
from bot.engines.scope import Definitions, covered, definition_asked, text_asked
from bot.engines.verdict import BAN_VERDICTS, Ruling, rule_on
from bot.engines.weighing import settle
from bot.grounding import MOST
from bot.quoting import cite, sentence_of
from index.asked import Facts
from index.directive import Directive
from index.drafting import REVIEWED_BY
from index.ended import Ended, named
from index.mentions import Mentions
from index.remarks import Remarks
from index.retrieve import Retrieval
from index.rules import Effect, Reading, Scope

NAME = "rules"
_DOUBTFUL, _FEW = 0.15, 2
_NEAREST = 24


class RulesEngine:
    """Answers from the readings of the directives in force."""

    def __init__(
        self,
        directives: Mapping[str, Directive],
        readings: Mapping[str, Reading],
        facts: Facts,
        turn_to: str | None,
        remarks: Remarks | None = None,
        gone: Sequence[Ended] = (),
        mentions: Mentions | None = None,
    ) -> None:
        """``turn_to`` names whom to ask about a subject that is not covered.

        ``gone`` are the directives that are in force no more.
        """
        self._directives = directives
        self._readings = readings
        self._facts = facts
        self._turn_to = turn_to
        self._gone = gone
        # Most of a large library has readings that only quote; no question is held against those.
        self._deciding = {number: one for number, one in readings.items() if one.decides}
        self._teller = telling.Teller(directives, readings, remarks, mentions)
        self._copies = Copies(directives, readings)
        read = {n: d for n, d in directives.items() if readings[n].reviewed_by != REVIEWED_BY}
        self._definitions = Definitions(read)

    @property
    def name(self) -> str:
        """The engine's name in answers."""
        return NAME

    def draft(self, retrieval: Retrieval) -> Draft:
        """Return the draft answer to a question; a warning among its notices is marked as one."""
        draft = self._draft(retrieval)
        gone = named(retrieval.question, self._gone)
        if gone is not None:
            draft = self._of_the_gone(retrieval, draft, gone)
        warning = next((line for line in draft.notices if self._teller.warns(line)), None)
        return draft if warning is None else draft.model_copy(update={"warning": warning})

    def _draft(self, retrieval: Retrieval) -> Draft:
        if text_asked(retrieval):
            return self._show(retrieval)
        quoted = unread.speaking(retrieval, self._copies)
        return self._quote(retrieval, quoted) if quoted else self._decide(retrieval)

    def _decide(self, retrieval: Retrieval) -> Draft:
        """Return the draft that rests on readings that somebody has reviewed."""
        case = read_case(retrieval, self._facts)
        idle = self._teller.idle_in(retrieval)
        if idle:
            case = without_report(case)
        met = (m for m in meet(case, self._deciding) if (m.directive, m.section) not in idle)
        matches = governed([*met], self._directives)
        term = definition_asked(case, self._definitions)
        if covered(case, matches, term):
            near = likely(case, self._deciding)
            ruling = rule_on(case, matches, self._opposite(case), near)
        else:
            ruling = Ruling(Verdict.NOT_COVERED, ())
        settled = settle(case, ruling, matches, self._readings)
        if not any((match.directive, match.section) in idle for match in settled.deciding):
            ruling = settled
        silent = self._teller.silent_on(retrieval) if retrieval.covered >= _DOUBTFUL else []
        if ruling.verdict is Verdict.NOT_COVERED:
            if not silent:
                return self._not_covered(retrieval)
            return self._compose(case, Ruling(Verdict.INFORMATIONAL, ()), silent[:_FEW])
        asks_law = "legal" in case.asks and ruling.verdict not in BAN_VERDICTS
        if term is not None or asks_law:
            ruling = Ruling(Verdict.INFORMATIONAL, ruling.deciding)
        chosen = citing.choose(case, ruling, term, self._directives, self._readings)
        sections = [at for at in chosen if at not in idle]
        if ruling.verdict is Verdict.INFORMATIONAL:
            sections = [*dict.fromkeys((*sections, *silent[:_FEW]))][:MOST]
        if ruling.verdict in BAN_VERDICTS:
            room = MOST - 1 if ruling.verdict is Verdict.NEEDS_PERMISSION else MOST
            called = [
                at for at in self._teller.called_in(retrieval) if at not in (*sections, *idle)
            ]
            sections = [*sections[: room - len(called)], *called]
        return self._compose(case, ruling, sections) if sections else self._not_covered(retrieval)

    def _compose(self, case: Case, ruling: Ruling, sections: list[At]) -> Draft:
        approval = path.opened(case, ruling)
        matches = (*ruling.deciding, *ruling.pending)
        if approval is not None and len(sections) < MOST:
            basis = matches[0].directive, approval.basis
            sections = [*dict.fromkeys((*sections, basis))]
        summary = self._teller.summary(case, ruling, sections)
        notices = (
            *self._copies.told(sections[0], _nearest(case.retrieval)),
            *self._teller.notices(case, ruling, sections, approval),
        )
        return Draft(
            verdict=ruling.verdict,
            summary=summary,
            rules=tuple(_applied(m) for m in matches if (m.directive, m.section) in sections),
            citations=tuple(self._citation(at, matches) for at in sections),
            approval=approval,
            notices=tuple(line for line in notices if line not in summary),
            clarify=telling.clarify(ruling),
            engine=NAME,
        )

    def _quote(self, retrieval: Retrieval, sections: list[At]) -> Draft:
        """Return clauses that nobody has read, in their own words: they decide nothing."""
        rules = [unread.rule_of(at, retrieval, self._readings) for at in sections]
        citations = [self._citation(at, ()) for at in sections]
        directive = self._directives[sections[0][0]]
        clause = directive.clause(sections[0][1])
        says = sentence_of(directive, clause, rules[0]) if clause and rules[0] else None
        return Draft(
            verdict=Verdict.INFORMATIONAL,
            summary=wording.quoted(directive.citation(sections[0][1]), says or citations[0].quote),
            rules=tuple(
                _applied(Match(at[0], rule, True, 0.0))
                for at, rule in zip(sections, rules, strict=True)
                if rule is not None
            ),
            citations=tuple(citations),
            notices=(
                *self._copies.told(sections[0], _nearest(retrieval)),
                *self._teller.unfiled(sections[:1]),
                *self._teller.standing(retrieval, sections),
            ),
            engine=NAME,
        )

    def _show(self, retrieval: Retrieval) -> Draft:
        """Return the clauses a question names, word for word."""
        named = [reference for reference in retrieval.referred.references if reference.exists]
        found = [
            (self._directives[reference.directive], clause)
            for reference in named
            for clause in self._directives[reference.directive].under(reference.section)
        ]
        shown = {(d.number, clause.section) for d, clause in found}
        for number, section in self._teller.silent_on(retrieval)[:_FEW]:
            clause = self._directives[number].clause(section)
            if clause is not None and (number, section) not in shown and len(found) < MOST:
                found.append((self._directives[number], clause))
        return Draft(
            verdict=Verdict.INFORMATIONAL,
            summary=self._teller.shown(retrieval, found[0][0], [c for _, c in found]),
            citations=tuple(cite(d, c) for d, c in found),
            notices=self._teller.standing(retrieval, [(d.number, c.section) for d, c in found]),
            whole_section=len(found) > MOST,
            shown=True,
            engine=NAME,
        )

    def _not_covered(self, retrieval: Retrieval) -> Draft:
        notices = []
        if retrieval.heard.spanish:
            notices.append(wording.SPANISH_NOT_COVERED)
        elif retrieval.heard.foreign:
            notices.append(wording.FOREIGN)
        return Draft(
            verdict=Verdict.NOT_COVERED,
            summary=wording.not_covered([d.name for d in self._directives.values()], self._turn_to),
            notices=(
                *self._teller.remarks(retrieval),
                *notices,
                *self._teller.invented(retrieval),
            ),
            engine=NAME,
        )

    def _of_the_gone(self, retrieval: Retrieval, draft: Draft, gone: Ended) -> Draft:
        """Return a draft that says that what the question names is in force no more.

        Where what is asked has a verdict of its own, that stands, and a notice says it.
        """
        says = wording.ended(gone)
        if draft.verdict not in (Verdict.INFORMATIONAL, Verdict.NOT_COVERED):
            return draft.model_copy(update={"notices": (says, *draft.notices)})
        if gone.by is None or gone.section is None:
            if draft.verdict is Verdict.NOT_COVERED:
                return draft.model_copy(update={"summary": says})
            return draft.model_copy(update={"notices": (says, *draft.notices)})
        at = gone.by, gone.section
        others = draft.citations if retrieval.referred.named else ()
        cited = (
            self._citation(at, ()),
            *(one for one in others if (one.directive, one.section) != at),
        )
        return Draft(
            verdict=Verdict.INFORMATIONAL,
            summary=wording.summary(says, [draft.summary] if len(cited) > 1 else []),
            citations=cited if draft.whole_section else cited[:MOST],
            notices=self._teller.standing(retrieval, [at]),
            whole_section=draft.whole_section,
            engine=NAME,
        )

    def _opposite(self, case: Case) -> Match | None:
        """Return a duty that a Department account would lay where one's own has a ban (step 6)."""
        if case.account_known or not case.retrieval.heard.asks_duty:
            return None
        official = replace(case, facts=case.facts | {"official"}, official=True, account_known=True)
        return next(
            (
                match
                for match in meet(official, self._deciding)
                if match.certain
                and match.rule.effect is Effect.REQUIRED
                and match.rule.scope is Scope.DEPARTMENT
            ),
            None,
        )

    def _citation(self, at: At, matches: Iterable[Match]) -> DraftCitation:
        directive = self._directives[at[0]]
        clause = directive.clause(at[1])
        if clause is None:
            raise KeyError(at)
        rule = next((m.rule for m in matches if (m.directive, m.section) == at), None)
        return cite(directive, clause, rule.says if rule else None)


def _nearest(retrieval: Retrieval) -> list[At]:
    """Return the clauses nearest to a question, read and unread: a copy stands near its like."""
    read = [(hit.directive, hit.section) for hit in retrieval.hits[:_NEAREST]]
    return [*read, *((one.directive, one.section) for one in retrieval.unread[:_NEAREST])]


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
