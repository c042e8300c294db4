"""What a parse leaves open, each in a sentence with what it takes from the report's confidence."""

import re
from bisect import bisect_left
from typing import NamedTuple

from index.clauses import Outline
from index.directive import Clause, ClauseKind
from index.formats.document import Document, Line
from index.masthead import Masthead
from index.naming import bundled
from index.numerals import readings

_FEW = 3
_MISSING = 0.9
_WEAK = 0.5
_UNTAKEN = 0.1
_BLANKS = 0.25
_SHOWN = 4
# What is there to be filled in: lines to write on, boxes to tick, labels without a value.
_BLANK = re.compile(
    r"_{4,}|[☐□❑◻]|\[\s?\]|(?:^|\t)[A-Z][^:\t]{1,40}:\s*(?:\t|$)"
    r"|\((?:print|sign|date|day|name|signature|initial)[^)]*\)$"
    r"|^(?:signature|date|name|witness|print)\b.{0,30}$",
    re.I,
)


class Doubt(NamedTuple):
    """A sentence on what was not recognised, and the part of the confidence that it leaves."""

    says: str
    left: float = 1.0


def doubts(document: Document, outline: Outline, head: Masthead, lost: int) -> list[Doubt]:
    """Return what is in doubt about a parse; ``lost`` is how many lines lie in no clause."""
    if not outline.clauses:
        says = "No clause was found in it: it is empty, or no more than a table of contents."
        return [Doubt(says, 0.0)]
    found = [*_of_head(head), *_of_structure(document, outline), *_of_kind(document, outline)]
    if lost:
        found.append(Doubt(f"{lost} lines lie in no clause."))
    again = sum(_is_second(clause) for clause in outline.clauses)
    if again:
        says = f"{again} citations stand twice in it and are told apart by a count."
        found.append(Doubt(says, 1 - again / len(outline.clauses)))
    return found


def _of_head(head: Masthead) -> list[Doubt]:
    missing = (
        (head.number, "No number was found in its head."),
        (head.title, "No title was found in its head."),
        (head.effective, "No effective date was found in its head."),
    )
    found = [Doubt(says, _MISSING) for value, says in missing if value is None]
    if head.contradiction:
        says = f"Its dates contradict each other: {head.contradiction}."
        found.append(Doubt(says, _MISSING))
    return found


def _of_structure(document: Document, outline: Outline) -> list[Doubt]:
    if len(outline.clauses) < _FEW:
        return [Doubt("There is next to no text: check that the file is whole.", _WEAK)]
    if not outline.headings and all("¶" in c.section for c in outline.clauses[1:]):
        return [Doubt("No numerals or headings were found: paragraphs are only counted.", _WEAK)]
    before = (ClauseKind.HEADER, ClauseKind.DISCLAIMER)
    lengths = [(c.kind in before, c.span[1] - c.span[0]) for c in outline.clauses]
    if 2 * sum(length for early, length in lengths if early) > sum(n for _, n in lengths):
        return [Doubt("Most of its text stands before any numeral or heading.", _WEAK)]
    numbered, untaken = _numerals(document, outline)
    if untaken >= _FEW and untaken >= _UNTAKEN * numbered:
        says = f"{untaken} of {numbered} lines that begin with a numeral open no section."
        return [Doubt(says, 1 - untaken / numbered)]
    return []


def _of_kind(document: Document, outline: Outline) -> list[Doubt]:
    """Return what a file is besides a directive: a form to fill in, or several in one."""
    found = []
    lines = [_text(document, line) for line in document.lines if not line.blank]
    blanks = sum(_BLANK.search(line) is not None for line in lines)
    if blanks >= _FEW and blanks >= _BLANKS * len(lines):
        says = f"{blanks} of {len(lines)} lines are there to be filled in: it is or holds a form."
        found.append(Doubt(says, _WEAK))
    several = bundled(clause.section for clause in outline.clauses)
    if several:
        named = ", ".join(several[:_SHOWN])
        says = (
            f"It holds {len(several)} directives with numbers of their own ({named}, …) and is "
            "read as one: split it where each has days of its own."
        )
        found.append(Doubt(says, _WEAK))
    return found


def _numerals(document: Document, outline: Outline) -> tuple[int, int]:
    """Return how many lines begin with a numeral, and how many of them open no section."""
    starts = sorted(
        [c.span[0] for c in outline.clauses if c.kind is not ClauseKind.HEADER]
        + [h.span[0] for h in outline.headings]
    )
    numbered = untaken = 0
    for line in document.lines:
        marks = () if line.bullet else readings(document.text, line.start, line.end)
        if line.blank or not marks:
            continue
        numbered += 1
        at = bisect_left(starts, line.start + 1)
        untaken += at == len(starts) or starts[at] > max(line.end, marks[0].end) + _FEW
    return numbered, untaken


def _text(document: Document, line: Line) -> str:
    return document.text[line.start : line.end]


def _is_second(clause: Clause) -> bool:
    return re.search(r" \(\d+\)(?=$|[.•¶(:])", clause.section) is not None
