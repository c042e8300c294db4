"""The gate: of a draft only verbatim citations and a verdict that rules support get through.

Every engine's draft passes here; one that fails is dropped, with the reason, for the rules' own.
"""

from collections.abc import Collection, Mapping

from bot.answer import AppliedRule, Approval, Citation, Verdict
from bot.draft import Draft, DraftApproval, DraftCitation
from bot.errors import AssistantError
from bot.links import Links
from bot.quoting import sentences
from index.directive import Clause, Directive, squeeze
from index.rules import Reading, Rule
from index.verdict import bears

MOST = 5
_SILENT = frozenset({Verdict.INFORMATIONAL, Verdict.NOT_COVERED})


class Ungrounded(AssistantError):
    """A draft the gate refuses; the message is the reason, without any text of the question."""


class Gate:
    """Checks drafts against the directives in force and their readings."""

    def __init__(
        self,
        directives: Mapping[str, Directive],
        readings: Mapping[str, Reading],
        links: Links,
        past: Collection[str] = (),
    ) -> None:
        """``past`` are the numbers whose version is not the one in force now: links name it."""
        self._directives = directives
        self._readings = readings
        self._links = links
        self._past = frozenset(past)

    def citations(self, draft: Draft) -> tuple[Citation, ...]:
        """Return the draft's citations with their links; raise Ungrounded for the first fault."""
        if draft.verdict is Verdict.NOT_COVERED:
            if draft.citations or draft.approval or draft.rules:
                raise Ungrounded("not covered, and yet something is cited")
            return ()
        if not draft.citations:
            raise Ungrounded("a verdict without a citation")
        whole = draft.whole_section and draft.verdict is Verdict.INFORMATIONAL
        if len(draft.citations) > MOST and not whole:
            raise Ungrounded(f"{len(draft.citations)} citations, {MOST} at most")
        cited = tuple(self._cited(citation) for citation in draft.citations)
        self._supported(draft)
        for rule in draft.rules:
            self._applied(rule, draft)
        if draft.approval is not None:
            self._path(draft.approval, draft)
        return cited

    def _cited(self, citation: DraftCitation) -> Citation:
        directive = self._directives.get(citation.directive)
        clause = directive.clause(citation.section) if directive else None
        if directive is None or clause is None:
            raise Ungrounded("a citation of no clause on file")
        start = _verbatim(citation.quote, clause.text)
        if start is None:
            raise Ungrounded(f"the quote is not in {clause.section}, or cuts a sentence")
        lead = _lead(citation.lead, clause, directive)
        quote = squeeze(citation.quote)
        words = None if quote == clause.text else (start, start + len(quote))
        return Citation(
            directive=directive.number,
            section=clause.section,
            quote=quote,
            lead=lead,
            url=self._links.clause(
                directive.number,
                clause.section,
                words,
                version=directive.effective if directive.number in self._past else None,
            ),
            effective=directive.effective,
        )

    def _supported(self, draft: Draft) -> None:
        """A verdict needs a cited clause with a rule that bears it."""
        if draft.verdict in _SILENT:
            return
        cited = {(c.directive, c.section) for c in draft.citations}
        if not any(
            (number, rule.section) in cited and bears(draft.verdict, rule)
            for number in {number for number, _ in cited}
            for rule in self._rules(number)
        ):
            raise Ungrounded(f"no cited clause supports {draft.verdict.value!r}")

    def _applied(self, applied: AppliedRule, draft: Draft) -> None:
        """An applied rule is one of the reading's, on a clause that is cited."""
        cited = {(c.directive, c.section) for c in draft.citations}
        if (applied.directive, applied.section) not in cited:
            raise Ungrounded("a rule of a clause that is not cited")
        said = (applied.effect, applied.force, applied.permission_from, applied.exception)
        for rule in self._rules(applied.directive):
            by = rule.permission.by if rule.permission else None
            same = said == (rule.effect.value, rule.force, by, rule.exception)
            if same and rule.section == applied.section and applied.applies_if in (None, rule.if_):
                return
        raise Ungrounded(f"no rule of {applied.section} reads so")

    def _path(self, approval: DraftApproval, draft: Draft) -> None:
        """An approval is offered only where a reading opens a path, in that path's own words."""
        if draft.verdict is Verdict.PROHIBITED:
            raise Ungrounded("prohibited, and yet a request is offered")
        cited = {(c.directive, c.section) for c in draft.citations}
        paths = [
            rule.permission
            for number in {number for number, _ in cited}
            for rule in self._rules(number)
            if rule.permission is not None
            and rule.permission.path == approval.basis
            and cited & {(number, rule.section), (number, approval.basis)}
        ]
        if not paths:
            raise Ungrounded("the basis of the request opens no path for a cited clause")
        said = (approval.decided_by, approval.form, approval.route)
        if said not in {(path.by, path.form, path.route) for path in paths}:
            raise Ungrounded("the authority, form or route is not in the words of that path")

    def _rules(self, number: str) -> tuple[Rule, ...]:
        reading = self._readings.get(number)
        return reading.rules if reading is not None else ()


def approval(draft: DraftApproval | None, url: str | None) -> Approval:
    """Return the approval object of an answer; nothing is offered without a draft."""
    if draft is None:
        return Approval()
    return Approval(
        offered=True,
        url=url,
        kind=draft.kind,
        decided_by=draft.decided_by,
        form=draft.form,
        route=draft.route,
        basis=draft.basis,
    )


def _lead(lead: str | None, clause: Clause, directive: Directive) -> str | None:
    """Return the words a bullet completes: whole sentences, up to the end of its item."""
    parent = directive.clause(clause.parent) if clause.parent else None
    if lead is None:
        if parent is not None:
            raise Ungrounded(f"{clause.section} is quoted without the words it completes")
        return None
    lead = squeeze(lead)
    if parent is None or _verbatim(lead, parent.text) is None or not parent.text.endswith(lead):
        raise Ungrounded(f"the lead of {clause.section} is not the order's")
    return lead


def _verbatim(quote: str, text: str) -> int | None:
    """Return where a quote of whole sentences starts in a clause's text, if it is there."""
    quote = squeeze(quote)
    if not quote:
        return None
    parts = sentences(text)
    starts = [0]
    for part in parts:
        starts.append(starts[-1] + len(part) + 1)
    for first in range(len(parts)):
        for last in range(first + 1, len(parts) + 1):
            if " ".join(parts[first:last]) == quote:
                return starts[first]
    return None
