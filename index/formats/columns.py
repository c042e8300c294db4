"""A page set in two columns -> its rows in reading order: the left column, then the right one.

Told by a gutter: a blank band down the middle with full lines of words on both of its sides.
"""

from collections.abc import Iterator, Sequence

from index.formats.rows import Glyph, Row, lines_of, row_of

_BAND = 3.5
_MIDDLE = (0.38, 0.62)
_FULL = 0.6
_LETTERS = 18
_ROWS = 12
_PART = 4
_OFTEN = 3


def gutter_of(glyphs: Sequence[Glyph], width: float) -> float | None:
    """Return where the blank band stands that the most lines have words on both sides of.

    None where the page is not set in two columns of running text.
    """
    lines = lines_of(glyphs)
    first, last = width * _MIDDLE[0], width * _MIDDLE[1]
    blanks = [
        [blank for blank in _blanks(line) if first < blank[1] and blank[0] < last] for line in lines
    ]
    if sum(map(bool, blanks)) < _ROWS:
        return None
    best: tuple[int, float] | None = None
    for at in sorted({round((start + end) / 2) for found in blanks for start, end in found}):
        beside = [
            line
            for line, found in zip(lines, blanks, strict=True)
            if any(start + _BAND <= at <= end - _BAND for start, end in found)
        ]
        if len(beside) < _ROWS or (best is not None and len(beside) <= best[0]):
            continue
        crossing = sum(_crosses(line, at) for line in lines)
        if len(beside) >= _OFTEN * crossing and _filled(beside, at):
            best = (len(beside), at)
    return best[1] if best else None


def _blanks(line: list[Glyph]) -> Iterator[tuple[float, float]]:
    """Yield where a line is blank between two of its words, if it is wide enough for a gutter."""
    right: float | None = None
    for glyph in sorted(line, key=lambda each: each.left):
        if right is not None and glyph.left - right >= 2 * _BAND:
            yield right, glyph.left
        right = glyph.right if right is None else max(right, glyph.right)


def in_columns(glyphs: Sequence[Glyph], gutter: float) -> tuple[Row, ...]:
    """Return a page's rows column by column.

    What crosses the gutter, such as a title, parts the page; each part has columns of its own.
    """
    lines = lines_of(glyphs)
    found: list[Row] = []
    part: list[list[Glyph]] = []
    for line in [*lines, None]:
        if line is not None and not _crosses(line, gutter):
            part.append(line)
            continue
        found += _by_column(part, gutter)
        part = []
        if line is not None:
            found.append(row_of(line))
    return tuple(found)


def _both(line: list[Glyph], at: float) -> bool:
    return any(glyph.right < at for glyph in line) and any(glyph.left > at for glyph in line)


def _crosses(line: list[Glyph], at: float) -> bool:
    return any(glyph.left < at + _BAND and glyph.right > at - _BAND for glyph in line)


def _filled(lines: Sequence[list[Glyph]], at: float) -> bool:
    """Whether both sides are running text: most lines are long, and reach for the gutter."""
    left = [[glyph for glyph in line if glyph.right < at] for line in lines]
    right = [[glyph for glyph in line if glyph.left > at] for line in lines]
    start = min(glyph.left for line in left for glyph in line)
    end = max(glyph.right for line in right for glyph in line)
    long = sum(len(one) >= _LETTERS <= len(two) for one, two in zip(left, right, strict=True))
    reach = sum(max(g.right for g in one) > start + 0.75 * (at - start) for one in left)
    fills = sum(max(g.right for g in two) > at + 0.75 * (end - at) for two in right)
    return min(long, reach, fills) >= _FULL * len(lines)


def _by_column(part: list[list[Glyph]], gutter: float) -> Iterator[Row]:
    if sum(_both(line, gutter) for line in part) < _PART:
        yield from map(row_of, part)
        return
    for side in (0, 1):
        glyphs = [glyph for line in part for glyph in line if (glyph.left > gutter) == bool(side)]
        yield from map(row_of, lines_of(glyphs))
