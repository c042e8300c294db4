"""Lines -> units: what may be a numbered clause, a heading, a bullet or a paragraph of its own.

A unit says how sure its first line is to open something; which numeral it continues is settled
over the whole document in ``placing``.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from index.directive import squeeze
from index.formats.document import Document, Line
from index.numerals import Numeral, chained, readings
from index.titles import (
    ENDED,
    heading_strength,
    is_known,
    is_masthead,
    is_title,
    opens_section,
    part_label,
    run_in,
)

_NARROW = 6.0
_SLACK = 6.0
_FIELD = 60
_SHRUNK = 0.8
_JOINS = frozenset({"and", "or", "and/or", "—"})


@dataclass
class Unit:
    """A run of lines that belong together; ``fresh`` (0..1) is how surely it opens something.

    ``strength`` (0..1) is how much it looks like a heading without a numeral, ``label`` the name
    of a part such as ``Rule 2``; ``led`` is whether what stands before it ends in a colon.
    """

    start: int
    end: int
    page: int | None = None
    x: float | None = None
    size: float | None = None
    bold: bool = False
    caps: bool = False
    level: int | None = None
    bullet: bool = False
    tabular: bool = False
    gap: bool = False
    fresh: float = 1.0
    strength: float = 0.0
    numerals: tuple[Numeral, ...] = ()
    second: tuple[Numeral, ...] = ()
    label: str | None = None
    led: bool = False
    lines: list[Line] = field(default_factory=list)


def units(document: Document) -> list[Unit]:
    """Return the units of a document in order."""
    found = _Gatherer(document).gather()
    parted = [part for unit in found for part in _run_in_parted(document.text, unit)]
    _weigh_headings(document, parted)
    for before, after in pairwise(parted):
        after.led = document.text[before.start : before.end].rstrip().endswith(":")
    return parted


class _Gatherer:
    def __init__(self, document: Document) -> None:
        self.text = document.text
        self.document = document
        rights = sorted(line.right for line in document.lines if line.right is not None)
        self.margin = rights[int(len(rights) * 0.9)] if rights else None
        self.found: list[Unit] = []

    def gather(self) -> list[Unit]:
        joined = False
        for line in self.document.lines:
            if line.blank and not line.bullet:
                joined = False
                continue
            numerals = readings(self.text, line.start, line.end)
            if joined and self.found and not self._opens(line, numerals):
                self._extend(line)
            else:
                self._open(line, numerals, joined)
            joined = True
        return self.found

    def _extend(self, line: Line) -> None:
        unit = self.found[-1]
        unit.end = line.end
        unit.tabular |= line.tabular
        unit.bold &= line.bold
        unit.lines.append(line)

    def _open(self, line: Line, numerals: tuple[Numeral, ...], joined: bool) -> None:
        self.found.append(
            Unit(
                line.start,
                line.end,
                page=line.page,
                x=line.x,
                size=line.size,
                bold=line.bold,
                level=line.level,
                bullet=line.bullet,
                tabular=line.tabular,
                gap=line.gap or not joined or line.page != self.found[-1].lines[-1].page,
                fresh=self._fresh(line, numerals) if joined and self.found else 1.0,
                numerals=numerals,
                second=chained(self.text, numerals, line.end),
                lines=[line],
            )
        )

    def _opens(self, line: Line, numerals: tuple[Numeral, ...]) -> bool:
        """Whether a line may begin something of its own; a numeral's claim is weighed later."""
        unit = self.found[-1]
        last = unit.lines[-1]
        if line.bullet or numerals or line.whole or line.level != last.level:
            return True
        if not self.document.laid_out:
            return self._after_title(unit, line)
        if line.page != last.page:
            return self._turns(unit, line)
        if line.gap:
            return True
        return self._differs(unit, last, line)

    def _after_title(self, unit: Unit, line: Line) -> bool:
        if not unit.numerals:
            return False
        title = self.text[unit.numerals[0].end : unit.end]
        return is_title(title) and self.text[line.start].isupper()

    def _turns(self, unit: Unit, line: Line) -> bool:
        """Whether a new page begins something new: its first letter and the last stop tell."""
        text = squeeze(self.text[unit.start : unit.end])
        if self.text[line.start].islower():
            return False
        return bool(ENDED.search(text)) or self._is_heading(unit) or unit.bold != line.bold

    def _differs(self, unit: Unit, last: Line, line: Line) -> bool:
        ended = bool(ENDED.search(self.text[last.start : last.end]))
        opening = not self.text[line.start].islower()
        if opening and self._is_heading(unit) and self._leaves(last, line):
            return True
        if opening and _smaller(line, last) and self._is_heading(unit):
            return True
        if opening and any(self._is_field(each) for each in (last, line)):
            return True
        if opening and last.bold != line.bold and (line.bold or self._ends_bold(unit, line)):
            return True
        words = self.text[line.start : line.end]
        if (part_label(words) and (ended or line.bold)) or opens_section(words):
            return True
        if not (ended and opening) or line.x is None or unit.x is None:
            return False
        body = unit.lines[1].x if len(unit.lines) > 1 else None
        indented = body is not None and line.x > body + _NARROW
        return (
            indented
            or self._ends_early(last, line)
            or line.x < min(unit.x, body or unit.x) - _NARROW
        )

    def _ends_bold(self, unit: Unit, line: Line) -> bool:
        """Whether a bold text is a heading, also one written like a sentence, and ends here."""
        return self._is_heading(unit) or (unit.bold and self._ends_early(unit.lines[-1], line))

    def _is_field(self, line: Line) -> bool:
        words = self.text[line.start : line.end]
        return len(words) < _FIELD and is_masthead(words)

    def _leaves(self, last: Line, line: Line) -> bool:
        """Whether a line below a heading is no longer its title: another face, or room was left."""
        caps = [self.text[each.start : each.end].isupper() for each in (last, line)]
        if last.bold != line.bold or caps[0] != caps[1]:
            return True
        return not (line.bold or caps[0]) and self._ends_early(last, line)

    def _is_heading(self, unit: Unit) -> bool:
        start = unit.numerals[0].end if unit.numerals else unit.start
        words = self.text[start : unit.end]
        return is_title(words) or (squeeze(words).isupper() and len(words) > 2)

    def _ends_early(self, line: Line, after: Line) -> bool:
        """Whether the next line's first word would still have fitted on this one."""
        if line.right is None or line.x is None or self.margin is None:
            return False
        words = self.text[line.start : line.end]
        first = self.text[after.start : after.end].split(maxsplit=1)
        wide = (line.right - line.x) / max(1, len(words)) * (len(first[0]) + 1 if first else 1)
        return line.right + 1.15 * wide + _SLACK < self.margin

    def _fresh(self, line: Line, numerals: tuple[Numeral, ...]) -> float:
        """How surely a line opens something rather than goes on: space, stops and indent tell."""
        unit = self.found[-1]
        last = unit.lines[-1]
        if line.bullet or line.gap or line.whole:
            return 1.0
        before = self.text[last.start : last.end].rstrip()
        if not before:  # a bullet without words, which goes on with nothing
            return 1.0
        closed = bool(ENDED.search(before)) or before.split(" ")[-1] in _JOINS
        if line.bold and not last.bold:
            sure = 0.95
        elif line.page != last.page:
            sure = 0.9 if closed else 0.8 if self._ends_early(last, line) else 0.55
        elif closed or self._is_heading(unit):
            sure = 0.85 if self.document.laid_out else 1.0
        elif self._ends_early(last, line) or not self.document.laid_out:
            sure = 0.75
        else:
            sure = 0.35
        if numerals and self.text[numerals[0].end : numerals[0].end + 1] == "\t":
            sure += 0.25
        sure += self._by_indent(unit, line)
        if numerals and not closed and self._goes_low(numerals[0], line):
            sure -= 0.15
        return max(0.1, min(1.0, sure))

    def _by_indent(self, unit: Unit, line: Line) -> float:
        """Return what an indent adds: below a hanging text a line goes on, left of it it opens."""
        body = unit.lines[1].x if len(unit.lines) > 1 else None
        if line.x is None or unit.x is None or body is None:
            return 0.0
        if abs(line.x - body) <= 3 and body > unit.x + _NARROW:
            return -0.2
        return 0.2 if line.x < body - _NARROW else 0.0

    def _goes_low(self, numeral: Numeral, line: Line) -> bool:
        return self.text[numeral.end : line.end].lstrip()[:1].islower()


def _smaller(line: Line, above: Line) -> bool:
    """Whether a line is set so much smaller than the one above that no title goes on in it."""
    return bool(line.size and above.size and line.size < _SHRUNK * above.size)


def _run_in_parted(text: str, unit: Unit) -> Iterator[Unit]:
    """Yield a unit, in two where a heading runs into its paragraph: ``PURPOSE: To establish``."""
    at = None if unit.bullet or unit.tabular else run_in(text, unit.start, unit.end)
    first = unit.lines[0]
    if at is None or unit.fresh < 0.8 or at >= first.end:
        yield unit
        return
    head = first.model_copy(update={"end": at})
    rest = at
    while rest < unit.end and (text[rest].isspace() or text[rest] == ":"):
        rest += 1
    body = first.model_copy(update={"start": rest, "whole": True})
    yield Unit(
        unit.start,
        at,
        unit.page,
        unit.x,
        unit.size,
        unit.bold,
        gap=unit.gap,
        strength=0.95,
        lines=[head],
    )
    yield Unit(
        rest,
        unit.end,
        unit.page,
        unit.x,
        unit.size,
        lines=[body, *unit.lines[1:]],
        numerals=readings(text, rest, unit.end),
    )


def _weigh_headings(document: Document, found: list[Unit]) -> None:
    sizes = Counter(
        round(line.size)
        for u in found
        for line in u.lines
        if line.size
        for _ in range(line.end - line.start)
    )
    usual = sizes.most_common(1)[0][0] if sizes else None
    bold = sum(u.end - u.start for u in found if u.bold)
    all_bold = bold > 0.5 * sum(u.end - u.start for u in found)
    for unit in found:
        words = squeeze(document.text[unit.start : unit.end])
        unit.caps = words.isupper() or is_known(words)
        unit.label = part_label(words) if unit.fresh >= 0.7 and not unit.numerals else None
        if unit.bullet or unit.tabular or unit.numerals:
            continue
        larger = bool(usual and unit.size and unit.size > 1.15 * usual)
        told = heading_strength(
            words,
            marked=unit.level is not None,
            bold=unit.bold and not all_bold,
            larger=larger,
            apart=unit.gap and len(unit.lines) <= 3,
        )
        unit.strength = 1.0 if unit.label else max(unit.strength, told)
    if not any(unit.bold or unit.level is not None for unit in found):
        _trust_titles(document.text, found)


def _trust_titles(text: str, found: list[Unit]) -> None:
    """Where no face marks a heading, a short title that stands above a paragraph is one."""
    for unit, after in pairwise(found):
        below = squeeze(text[after.start : after.end])
        says = (
            bool(after.numerals) or after.bullet or len(below) > _FIELD or bool(ENDED.search(below))
        )
        if 0 < unit.strength < 0.6 and len(unit.lines) == 1 and says:
            unit.strength = 0.7
