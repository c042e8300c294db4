"""Quotes: which words of a clause to show, always whole sentences, always verbatim."""

import re

from bot.draft import DraftCitation
from index.directive import Clause, Directive, squeeze
from index.rule import Rule
from index.sections import stands_under

_LONGEST = 900
_SENTENCE_END = re.compile(r"(?<=[.;:?!])[”\"')]*\s+(?=[A-Z“\"])")


def sentences(text: str) -> list[str]:
    """Return the sentences of a squeezed text; joined by single spaces they are the text again."""
    parts: list[str] = []
    start = 0
    for gap in _SENTENCE_END.finditer(text):
        parts.append(text[start : gap.end()].rstrip())
        start = gap.end()
    return [*parts, text[start:]]


def cite(directive: Directive, clause: Clause, says: str | None = None) -> DraftCitation:
    """Return a citation of a clause, with the words a bullet completes as its lead.

    A long clause is cut to the sentences that hold ``says``.
    """
    quote = clause.text
    if len(quote) > _LONGEST and says is not None:
        quote = _around(quote, squeeze(says))
    parent = directive.clause(clause.parent) if clause.parent else None
    lead = sentences(parent.text)[-1] if parent is not None else None
    return DraftCitation(directive=directive.number, section=clause.section, quote=quote, lead=lead)


def leading(directive: Directive, clause: Clause) -> str | None:
    """Return the sentence that a clause completes: its item's, or that of its own heading.

    That of a wider heading is left out: it may be about other uses than the heading within it.
    """
    own = stands_under(clause.section)
    if clause.lead is None or (clause.parent is None and clause.lead != own):
        return None
    lead = directive.clause(clause.lead)
    return lead.text if lead is not None else None


def sentence_of(directive: Directive, clause: Clause, rule: Rule) -> str:
    """Return the sentence of a clause that holds a rule's words, behind those it takes its verb of.

    A clause that only completes a sentence cannot be said alone.
    """
    said = _around(clause.text, squeeze(rule.says))
    lead = leading(directive, clause)
    if lead is None or rule.force.lower() in said.lower():
        return said
    return f"{sentences(lead)[-1]} {said}"


def _around(text: str, says: str) -> str:
    start = text.find(says)
    if start < 0:
        return text
    end = start + len(says)
    at, kept = 0, []
    for sentence in sentences(text):
        if at < end and at + len(sentence) > start:
            kept.append(sentence)
        at += len(sentence) + 1
    return " ".join(kept)
