"""Running heads and feet: rows that come back at one height on page after page, told by repetition.

What changes in them is figures, so figures are not compared; odd and even pages may differ.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from index.formats.rows import Page, Row

_ZONE = 0.3
_NEAR = 5.0
_SHIFTED = 24.0
_SHARE = 0.2
_OPENS = re.compile(r"\s*(?:§\s*)?\d+(?:\.\d+)+\s+[A-Z]{3}")
_LONG = 120
_TELLING = 16
_TOP = 8
_FOOT = 5
_NUMBER_ONLY = re.compile(
    r"(?:page|pg\.?|p\.)?[\s\-–—]*(?:\d{1,4}|[ivxl]{1,6})(?:\s*(?:of|/)\s*\d{1,4})?[\s\-–—]*$", re.I
)
_PAGED = re.compile(r"\bpage\s*:?\s*\d+(?:\s*(?:of|/)\s*\d+)?", re.I)
_COUNTED = re.compile(r"(?:\s[-–—|]\s?|\t)(\d{1,4})$")
# "Issued: 01/09/2001  Eff: 02/01/2001": fields of a directive's head, wherever they stand.
_FIELD = re.compile(r"(?:^|\s)[A-Z][\w.#]{1,14}(?: [A-Za-z]{1,10})?:(?=\s|$)")
_RULE = re.compile(r"[\s_=\-–—.*•·~|]{3,}$")


@dataclass(frozen=True)
class Trimmed:
    """Pages without their heads and feet, and each kind of head or foot once."""

    pages: tuple[Page, ...]
    furniture: tuple[str, ...]


def cut(pages: Sequence[Page]) -> Trimmed:
    """Return the pages without running heads, feet and drawn rules."""
    known = _repeated(pages)
    top = {cell for page in pages[:1] for row in page.rows[:_TOP] for cell in _plain(row)}
    seen: dict[str, str] = {}
    left = []
    for page in pages:
        rows = [row for row in page.rows if not _RULE.fullmatch(row.text)]
        head, foot = _bounds(rows, page, known, top)
        foot = min(foot, max(head, len(rows) - _under_rule(page)))
        for row in [*rows[:head], *rows[foot:]]:
            seen.setdefault(_kind(row.text), row.text)
        left.append(replace(page, rows=_in_order(page, rows[head:foot])))
    return Trimmed(tuple(left), tuple(seen.values()))


def _in_order(page: Page, kept: Sequence[Row]) -> tuple[Row, ...]:
    """Return the rows of a page's body as they are read: column by column where it has two."""
    if not page.columns or not kept:
        return tuple(kept)
    top, bottom = kept[0].base + 1, kept[-1].base - 1
    return tuple(
        row for row in page.columns if bottom <= row.base <= top and not _RULE.fullmatch(row.text)
    )


def _key(text: str) -> str:
    """Return what two rows must share to be one: letters, with each run of figures as one mark.

    The figures of a section's number count: ``303.1 PURPOSE`` is not ``304.1 PURPOSE`` come again.
    """
    numbered = _OPENS.match(text)
    squeezed = re.sub(r"\s+", "", text.lower())
    if numbered:
        return squeezed
    marked = re.sub(r"\d+", "#", squeezed)
    return re.sub(r"(?<=page)[ivxl]+(?=of|$)", "#", marked)


def _keys(text: str) -> set[str]:
    """Return the keys of a row and of its cells: a foot of two columns is not always one row."""
    return {key for key in (_key(text), *map(_key, text.split("\t"))) if key}


def _kind(text: str) -> str:
    """Return what makes a head another kind: all but the count of pages, so numbers stay apart."""
    unpaged = _COUNTED.sub("", _PAGED.sub("", text)).strip()
    return _key(text) if _NUMBER_ONLY.match(unpaged or "1") else unpaged


def _in_zone(row: Row, page: Page) -> bool:
    return row.base > page.height * (1 - _ZONE) or row.base < page.height * _ZONE


def _repeated(pages: Sequence[Page]) -> dict[str, list[float]]:
    """Return the heights at which each row comes back on enough pages to be a head or a foot."""
    found: dict[str, list[float]] = defaultdict(list)
    for page in pages:
        for row in page.rows:
            if _in_zone(row, page) and not _RULE.fullmatch(row.text):
                for key in _keys(row.text):
                    found[key].append(row.base)
    enough = max(2, min(int(len(pages) * _SHARE), 12))
    if len(pages) >= 5:
        enough = max(3, enough)
    known: dict[str, list[float]] = {}
    for key, bases in found.items():
        heights = Counter(round(base / _NEAR) for base in bases)
        usual = [
            height * _NEAR
            for height, count in heights.items()
            if count + max(heights[height - 1], heights[height + 1]) >= enough
        ]
        if usual:
            known[key] = usual
    return known


def _under_rule(page: Page) -> int:
    """Return how many rows stand under a line drawn at a page's foot, if they hold fields.

    A page alone has no other that its foot could come back on; notes under a line have no fields.
    """
    rules = [at for at, row in enumerate(page.rows) if _RULE.fullmatch(row.text)]
    if not rules or page.rows[rules[-1]].base > page.height * _ZONE / 2:
        return 0
    below = page.rows[rules[-1] + 1 :]
    fields = any(len(_FIELD.findall(row.text)) > 1 for row in below)
    return len(below) if fields and len(below) <= _FOOT else 0


def _plain(row: Row) -> list[str]:
    return [cell.strip().casefold() for cell in row.text.split("\t")]


def _bounds(
    rows: Sequence[Row], page: Page, known: dict[str, list[float]], top: set[str]
) -> tuple[int, int]:
    """Return where the body begins and ends: heads and feet touch the page's edge.

    ``top`` is what stands at the top of the first page: a later page may open with it again.
    """
    head = 0
    for at, row in enumerate(rows):
        if row.base < page.height * (1 - _ZONE):
            break
        again = page.number > 1 and at < _TOP and top.issuperset(_plain(row))
        counts = _counts_pages(row, at == 0, at < 3 and page.number > 1)
        if again or counts or _is_furniture(row, known):
            if at - head > (2 if page.number > 1 else 0):
                break
            head = at + 1
    foot = len(rows)
    for at in range(len(rows) - 1, head - 1, -1):
        row = rows[at]
        if row.base > page.height * _ZONE:
            break
        after = len(rows) - 1 - at
        last = after == 0 and _ends_in(row, page.number)
        if last or _is_furniture(row, known) or _counts_pages(row, after == 0, after < 3):
            if foot - at > 3:
                break
            foot = at
    return head, foot


def _is_furniture(row: Row, known: dict[str, list[float]]) -> bool:
    """Whether a row comes back at its height on other pages: whole, each cell, or a long one."""

    def again(text: str) -> bool:
        key = _key(text)
        near = _SHIFTED if len(key) >= _TELLING else 1.5 * _NEAR
        return any(abs(row.base - base) <= near for base in known.get(key, ()))

    cells = row.text.split("\t")
    long = [cell for cell in cells if len(_key(cell)) >= _TELLING]
    return again(row.text) or all(map(again, cells)) or any(map(again, long))


def _counts_pages(row: Row, outermost: bool, near: bool) -> bool:
    """Whether a row at the edge of a page says which page it is."""
    text = row.text.strip()
    if outermost and _NUMBER_ONLY.match(text):
        return True
    return (outermost or near) and len(text) < _LONG and _PAGED.search(text) is not None


def _ends_in(row: Row, number: int) -> bool:
    """Whether a row ends in its page's number behind a dash or a gap, as short feet do."""
    found = _COUNTED.search(row.text)
    return found is not None and int(found.group(1)) == number and len(row.text) < _LONG
