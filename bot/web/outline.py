"""A directive laid out for reading: headings and clauses in order, and the words to highlight."""

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

from pydantic import BaseModel

from index.directive import FROZEN, Clause, ClauseKind, Directive, Heading, fragment

_MARK = re.compile(r"(?P<id>[A-Za-z0-9-]{1,120})(?:\.(?P<start>\d{1,7})-(?P<end>\d{1,7}))?")
_MOST_MARKS = 50
_PARAGRAPH = re.compile(r"¶\d+$")
_FACTS = {ClauseKind.HEADER}


class Words(BaseModel):
    """A run of a clause's text; joined in order, the runs are the text.

    ``href`` is where it leads, for words that send the reader on.
    """

    model_config = FROZEN

    text: str
    marked: bool = False
    term: bool = False
    href: str | None = None


class Way(BaseModel):
    """Where code points [start, end) of a clause's text lead."""

    model_config = FROZEN

    start: int
    end: int
    href: str


class Row(BaseModel):
    """One clause as it is set: ``label`` is its own numeral, ``depth`` how far it is set in.

    ``lead`` is the sentence a bullet completes.
    """

    model_config = FROZEN

    id: str
    section: str
    citation: str
    kind: ClauseKind
    label: str
    depth: int
    lead: str | None = None
    words: tuple[Words, ...]
    damage: tuple[str, ...] = ()


class Part(BaseModel):
    """What stands under one heading, up to the next; the first and the last part may have none."""

    model_config = FROZEN

    id: str | None = None
    numeral: str | None = None
    title: str | None = None
    level: int = 2
    anchor: str | None = None
    rows: tuple[Row, ...] = ()


Marks = Mapping[str, Sequence[tuple[int, int] | None]]
Ways = Mapping[str, Sequence[Way]]


def parse_marks(values: Sequence[str]) -> Marks:
    """Return what ``mark=`` asks for: per clause id, spans of its text, or None for all of it.

    ``IV-E-16`` means the whole clause, ``IV-E-16.120-310`` its code points [120, 310); several are
    separated by commas. What cannot be read is left out.
    """
    marks: dict[str, list[tuple[int, int] | None]] = {}
    for item in ",".join(values).split(",")[:_MOST_MARKS]:
        match = _MARK.fullmatch(item.strip())
        if match is None:
            continue
        if match.group("start") is None:
            marks.setdefault(match.group("id"), []).append(None)
        else:
            span = (int(match.group("start")), int(match.group("end")))
            marks.setdefault(match.group("id"), []).append(span)
    return marks


def parts(directive: Directive, marks: Marks, ways: Ways) -> tuple[Part, ...]:
    """Return the directive's parts in the order of the text, without its header.

    ``ways`` are the links of each section's words, which must not overlap.
    """
    taken = {clause.fragment for clause in directive.clauses}
    found: list[tuple[Part, list[Row]]] = [(Part(), [])]
    ordered: list[Clause | Heading] = sorted(
        (*directive.headings, *directive.clauses), key=lambda each: each.span
    )
    for each in ordered:
        if isinstance(each, Heading):
            found.append((_heading(each, taken), []))
            continue
        if each.kind is ClauseKind.CLOSING:
            found.append((Part(), []))
        if each.kind not in _FACTS:
            found[-1][1].append(row(directive, each, marks, ways.get(each.section, ())))
    return tuple(
        part.model_copy(update={"rows": tuple(rows)}) for part, rows in found if rows or part.title
    )


def row(directive: Directive, clause: Clause, marks: Marks, ways: Sequence[Way] = ()) -> Row:
    """Return one clause as it is set on the page."""
    return Row(
        id=clause.fragment,
        section=clause.section,
        citation=directive.citation(clause.section),
        kind=clause.kind,
        label=_label(clause),
        depth=int(clause.kind is ClauseKind.BULLET),
        lead=_lead(directive, clause),
        words=_words(clause, marks.get(clause.fragment, ()), ways),
        damage=tuple(
            damage.what
            for damage in directive.damage
            if damage.shown and damage.section == clause.section
        ),
    )


def rows(directive: Directive, sections: Sequence[str]) -> tuple[Row, ...]:
    """Return the clauses of these sections; what is not in the directive is left out."""
    clauses = (directive.clause(section) for section in sections)
    return tuple(row(directive, clause, {}) for clause in clauses if clause is not None)


def _heading(heading: Heading, taken: set[str]) -> Part:
    own = fragment(heading.section)
    return Part(
        id=f"heading-{own}" if own in taken else own,
        numeral=heading.numeral,
        title=heading.title,
        level=2 + heading.section.count("."),
        anchor=heading.section,
    )


def _lead(directive: Directive, clause: Clause) -> str | None:
    if clause.kind is not ClauseKind.BULLET or clause.lead is None:
        return None
    lead = directive.clause(clause.lead)
    return lead.text if lead else None


def _label(clause: Clause) -> str:
    """Return a clause's own numeral: ``16.``, ``•``, ``¶2``; nothing for a lead or a definition."""
    if clause.kind is ClauseKind.BULLET:
        return "•"
    if clause.kind is ClauseKind.ITEM:
        return clause.section.rsplit(".", 1)[-1] + ("" if clause.section.endswith(")") else ".")
    paragraph = _PARAGRAPH.search(clause.section)
    return paragraph.group() if paragraph else ""


def _words(
    clause: Clause, spans: Sequence[tuple[int, int] | None], ways: Sequence[Way]
) -> tuple[Words, ...]:
    length = len(clause.text)
    whole = [span or (0, length) for span in spans]
    marked = [span for span in whole if span[0] < span[1] <= length]
    term = _term(clause)
    edges = sorted(
        {0, term, length}
        | {edge for span in marked for edge in span}
        | {edge for way in ways for edge in (way.start, way.end)}
    )
    return tuple(
        Words(
            text=clause.text[start:end],
            marked=any(first <= start and end <= last for first, last in marked),
            term=end <= term,
            href=next((w.href for w in ways if w.start <= start and end <= w.end), None),
        )
        for start, end in pairwise(edges)
    )


def _term(clause: Clause) -> int:
    """Return how many code points of a definition are the defined term and its colon."""
    if clause.kind is not ClauseKind.DEFINITION:
        return 0
    return clause.text.find(":") + 1
