"""Glyphs -> rows: what stands on one base line, in reading order, with its cells and its bold."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

_SAME_LINE = 0.33
_SPACE = 0.17
_CELL = 1.6
_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}


class Glyph(NamedTuple):
    """One character: left and right edge, base line and height in points, a space after it."""

    char: str
    left: float
    right: float
    base: float
    height: float
    bold: bool
    spaced: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """The words on one base line, in points from the page's lower left corner.

    ``text`` has a tab where a gap wide enough to part two cells stands; ``body`` is where the words
    after the first such gap begin, None without one; ``above`` is the distance to the row before,
    where it is not that of the base lines.
    """

    text: str
    x: float
    right: float
    base: float
    size: float
    bold: bool
    body: float | None = None
    above: float | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """A page's rows from the top down; ``number`` counts from 1.

    ``columns`` are the rows in reading order where the page is set in two columns.
    """

    number: int
    width: float
    height: float
    rows: tuple[Row, ...]
    columns: tuple[Row, ...] = ()


def rows(glyphs: Iterable[Glyph]) -> tuple[Row, ...]:
    """Return the rows of a page from the top down; raised figures stay on the line they mark."""
    return tuple(row_of(line) for line in lines_of(glyphs))


def lines_of(glyphs: Iterable[Glyph]) -> list[list[Glyph]]:
    """Return the inked glyphs of each base line, from the top down."""
    inked = [glyph for glyph in glyphs if not glyph.char.isspace()]
    inked.sort(key=lambda glyph: -glyph.base)
    lines: list[list[Glyph]] = []
    for glyph in inked:
        if lines and _same_line(lines[-1], glyph):
            lines[-1].append(glyph)
        else:
            lines.append([glyph])
    return lines


def _same_line(line: list[Glyph], glyph: Glyph) -> bool:
    near = max(line[0].height, glyph.height) * _SAME_LINE
    return line[0].base - glyph.base <= near


def row_of(line: list[Glyph]) -> Row:
    """Return what stands on one base line as a row."""
    line.sort(key=lambda glyph: glyph.left)
    sizes = sorted(glyph.height for glyph in line)
    size = sizes[len(sizes) // 2]
    base = sorted(glyph.base for glyph in line)[len(line) // 2]
    parts: list[str] = []
    right = line[0].left
    last: Glyph | None = None
    body: float | None = None
    for glyph in line:
        if last is not None and _printed_twice(last, glyph):
            continue
        gap = glyph.left - right
        if parts and gap > size * _CELL:
            parts.append("\t")
            body = glyph.left if body is None else body
        elif parts and last is not None and (gap > size * _SPACE or last.spaced):
            parts.append(" ")
        parts.append(plain(glyph.char))
        right, last = max(right, glyph.right), glyph
    letters = [glyph for glyph in line if glyph.char.isalnum()]
    bold = bool(letters) and sum(glyph.bold for glyph in letters) >= 0.9 * len(letters)
    return Row("".join(parts), line[0].left, right, base, size, bold, body)


def _printed_twice(last: Glyph, glyph: Glyph) -> bool:
    """Bold is often faked by printing a character twice, a hair's breadth apart."""
    return glyph.char == last.char and glyph.left - last.left < 0.12 * glyph.height


def plain(char: str) -> str:
    """Return a glyph's character with ligatures parted; marks of private fonts become bullets."""
    if char in _LIGATURES:
        return _LIGATURES[char]
    if unicodedata.category(char) == "Co":
        return "•"
    return char
