"""Rows of all pages -> one running text: words divided at a line's end are joined again.

The text made here is the source that spans point into, so that a clause can be quoted verbatim
across a page break or a divided word.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from index.formats.document import Document, Line
from index.formats.furniture import Trimmed
from index.formats.rows import Row
from index.numerals import readings

_BULLET = re.compile(r"[•●▪◦○■□▫◆◇➢➤►▸‣⁃∙·➔✓✔❖]\s*|[oO§](?:\t)|[-–—‐‑‒−*](?:\t|\s+(?=\S))")
# A mark in the margin that says which lines a revision changed: "*", "*1", "|".
_REVISED = re.compile(r"(?:[*|]{1,2}\d{0,2}|[*|]{1,2}[A-Z])\s+")
_DIVIDED = re.compile(r"([^\W\d_]{2,})[-\u2010\u00ad]$")
_OPENS_LOW = re.compile(r"[a-zà-ÿ]+")
_NUMERAL = re.compile(r"\(?(?:[A-Za-z]{1,5}|\d{1,3}(?:\.\d{1,3})*)[.)]?$")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_LABEL = 34
_OFTEN = 0.35


@dataclass(frozen=True, slots=True)
class _Placed:
    row: Row
    page: int
    gap: bool
    whole: bool


def flow(trimmed: Trimmed) -> Document:
    """Return the document: its text, its lines with their place, its running heads."""
    placed = list(_placed(trimmed))
    words = _whole_words(placed)
    parts: list[str] = []
    lines: list[Line] = []
    at = 0
    for before, each in pairwise([None, *placed]):
        assert each is not None
        if before is not None:
            joint, dropped = _joint(before, each, words)
            if dropped:
                parts[-1] = parts[-1][:-dropped]
                at -= dropped
                lines[-1] = lines[-1].model_copy(update={"end": at})
            parts.append(joint)
            at += len(joint)
        text = each.row.text
        line = _line(each, at)
        lines.append(line)
        parts.append(text)
        at += len(text)
    parts.append("\n")
    return Document(
        text="".join(parts),
        lines=tuple(lines),
        furniture=trimmed.furniture,
        pages=len(trimmed.pages),
        laid_out=True,
    )


def _whole_words(placed: Sequence[_Placed]) -> Counter[str]:
    """Return how often each word stands undivided: the halves at a line's end do not count."""
    words: Counter[str] = Counter()
    divided = False
    for each in placed:
        text = each.row.text
        start = _OPENS_LOW.match(text) if divided else None
        half = _DIVIDED.search(text)
        inner = text[start.end() if start else 0 : half.start() if half else len(text)]
        words.update(word.lower() for word in _WORD.findall(inner))
        divided = half is not None
    return words


def _line(placed: _Placed, at: int) -> Line:
    row = placed.row
    mark = _REVISED.match(row.text)
    revised = mark is not None and bool(readings(row.text, mark.end(), len(row.text)))
    mark = mark if revised else _BULLET.match(row.text)
    bullet = mark is not None and not revised
    start = at + (mark.end() if mark else 0)
    return Line(
        start=start,
        end=at + len(row.text),
        bullet=bullet,
        tabular=row.text.count("\t") >= 2 or ("\t" in row.text and not _short_first(row.text)),
        page=placed.page,
        x=row.x,
        right=row.right,
        size=row.size,
        bold=row.bold,
        gap=placed.gap,
        whole=placed.whole,
    )


def _short_first(text: str) -> bool:
    first = text.split("\t", 1)[0]
    return _NUMERAL.match(first) is not None or _BULLET.match(text) is not None


def _placed(trimmed: Trimmed) -> Iterator[_Placed]:
    leading = _leading(trimmed)
    for page in trimmed.pages:
        rows = [part for row in _with_next(page.rows) for part in row]
        last: Row | None = None
        for row, whole in rows:
            apart = row.above
            if apart is None:
                apart = 0.0 if last is None else last.base - row.base
            usual = max(leading, 0.95 * min(row.size, last.size if last else row.size))
            yield _Placed(row, page.number, apart > 1.3 * usual, whole)
            last = row


def _with_next(rows: Sequence[Row]) -> Iterator[list[tuple[Row, bool]]]:
    """Yield each row, in two where a side head stands in the margin of the paragraph it opens."""
    for row, after in pairwise([*rows, None]):
        assert row is not None
        yield _parted(row, after)


def _parted(row: Row, after: Row | None) -> list[tuple[Row, bool]]:
    label, _, rest = row.text.partition("\t")
    if (
        row.body is None
        or after is None
        or len(label) > _LABEL
        or abs(after.x - row.body) > 4
        or "\t" in rest
        or not (label.isupper() or label.endswith(":"))
        or _NUMERAL.match(label)
        or not re.search(r"[A-Za-z]{3}", label)
    ):
        return [(row, False)]
    middle = row.x + (row.body - row.x) / 2
    head = Row(label, row.x, middle, row.base, row.size, True)
    body = Row(rest, row.body, row.right, row.base, row.size, row.bold)
    return [(head, False), (body, True)]


def _leading(trimmed: Trimmed) -> float:
    """Return the least distance of base lines among those that are met often, in points."""
    apart = (
        above.base - below.base if below.above is None else below.above
        for page in trimmed.pages
        for above, below in pairwise(page.rows)
    )
    steps = Counter(round(2 * step) for step in apart if 5 < step < 40)
    if not steps:
        return 12.0
    often = steps.most_common(1)[0][1]
    return min(step for step, count in steps.items() if count >= _OFTEN * often) / 2


def _joint(before: _Placed, each: _Placed, words: Counter[str]) -> tuple[str, int]:
    """Return what stands between two rows, and how many characters of the first are dropped."""
    text = before.row.text
    divided = _DIVIDED.search(text)
    follows = _OPENS_LOW.match(each.row.text)
    if divided and follows and not each.gap and not each.whole:
        head, tail = divided.group(1).lower(), follows.group()
        if text.endswith("\u00ad"):
            return "", 1
        hyphened = words[f"{head}-{tail}"]
        if hyphened or (words[head + tail] == 0 and words[head] and words[tail]):
            return "", 0
        return "", 1
    return ("\n\n" if each.gap else "\n"), 0
