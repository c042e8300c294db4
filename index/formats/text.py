"""Plain text: form feeds or lines that count pages part it, spaces say where a line stands."""

import re
from itertools import pairwise
from pathlib import Path

from index.errors import DirectiveRefused
from index.formats.decoding import decode
from index.formats.document import Document
from index.formats.flow import flow
from index.formats.furniture import cut
from index.formats.rows import Page, Row

_WIDE = 6.0
_TALL = 12.0
_CELLS = re.compile(r"(?<=\S) {3,}(?=\S)")
_MARK = re.compile(r"\bpage\s*:?\s*\d+\s*(?:of|/)\s*\d+", re.I)
_LONG = 90
_APART = 48.0
_FULL = 50


def read(path: Path) -> Document:
    """Return the document; raise DirectiveRefused when the file is no text or holds none."""
    text = decode(path.read_bytes(), path.name)
    pages = _pages(text)
    if not any(page.rows for page in pages):
        raise DirectiveRefused(f"Directive {path.name!r} holds no text. Check the file.")
    document = flow(cut(pages))
    return document if len(pages) > 1 else document.model_copy(update={"pages": None})


def _pages(text: str) -> list[Page]:
    parts = [part.split("\n") for part in text.split("\f")]
    if len(parts) > 1 and not any(line.strip() for line in parts[-1]):
        parts.pop()
    if len(parts) == 1:
        parts = _by_marks(parts[0])
    most = max(len(part) for part in parts)
    height = 2 * _TALL * (most + 1)
    return [Page(at, 612.0, height, _rows(part, height)) for at, part in enumerate(parts, 1)]


def _by_marks(lines: list[str]) -> list[list[str]]:
    """Part a text that lost its form feeds at the lines that count its pages."""
    marks = [at for at, line in enumerate(lines) if _MARK.search(line) and len(line) < _LONG]
    if len(marks) < 2:
        return [lines]
    first = next((at for at, line in enumerate(lines) if line.strip()), 0)
    heads = marks[0] - first < 4
    cuts = marks[1:] if heads else [at + 1 for at in marks]
    starts = [0, *cuts]
    ends = [*cuts, len(lines)]
    parts = [lines[start:end] for start, end in zip(starts, ends, strict=True)]
    return [part for part in parts if any(line.strip() for line in part)]


def _rows(lines: list[str], height: float) -> tuple[Row, ...]:
    filled = [at for at, line in enumerate(lines) if line.strip()]
    found = []
    last: int | None = None
    doubled = _doubled(lines, filled)
    for place, at in enumerate(filled):
        line = lines[at].expandtabs(8).replace("\u00a0", " ")
        words = line.strip()
        x = (len(line) - len(line.lstrip())) * _WIDE
        near_end = place >= len(filled) / 2
        base = (filled[-1] - at + 1) * _TALL if near_end else height - (at - filled[0]) * _TALL
        gap = _CELLS.search(words)
        found.append(
            Row(
                _CELLS.sub("\t", words),
                x,
                x + len(words) * _WIDE,
                base,
                10.0,
                False,
                x + gap.end() * _WIDE if gap else None,
                _above(at, last, doubled),
            )
        )
        last = at
    return tuple(found)


def _above(at: int, last: int | None, doubled: bool) -> float:
    """Return what stands above a line, in points: an empty line parts, unless all are doubled."""
    if last is None:
        return 0.0
    return (at - last) * _TALL if doubled or at - last == 1 else _APART


def _doubled(lines: list[str], filled: list[int]) -> bool:
    """Whether an empty line stands after every line, so that none of them parts two paragraphs."""
    pairs = [(a, b) for a, b in pairwise(filled) if b - a == 2]
    runs = sum(len(lines[a]) >= _FULL and lines[b].lstrip()[:1].islower() for a, b in pairs)
    return 2 * runs > len(pairs)
