"""Text set on paper: the one place that makes PDF, with one font that is always the same.

Everything is set letter by letter as it stands. What the font lacks, and what cannot be seen, is
shown as its code point. The same document always gives the same bytes.
"""

import io
import re
import unicodedata
from collections.abc import Iterator
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import NamedTuple

from pydantic import BaseModel
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.lib.pagesizes import LETTER
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from index.directive import FROZEN

_FONT = "DejaVuSans"
_FILE = Path(__file__).resolve().parent / "fonts" / "DejaVuSans.ttf"
_WIDTH, _HEIGHT = LETTER
_MARGIN = 54.0
_FOOT = 36.0
_CODE = 108.0  # points a side: 1.5 inches
_UNSEEN = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
_SELECTORS = range(0xFE00, 0xFE10)
_TAB = "    "
_LAST = 0xFFFF  # beyond it the library writes no readable code, so that a copy would be wrong


class Style(StrEnum):
    """What a block of text is."""

    TITLE = "title"
    HEADING = "heading"
    LABEL = "label"
    WORDS = "words"
    QUOTE = "quote"
    SMALL = "small"


class _Set(NamedTuple):
    """How a style is set: size, space before, how far in, and how dark (0 is black)."""

    size: float
    before: float
    inset: float = 0.0
    grey: float = 0.0


_SETS = {
    Style.TITLE: _Set(20, 4),
    Style.HEADING: _Set(13, 16),
    Style.LABEL: _Set(8.5, 7, grey=0.3),
    Style.WORDS: _Set(10, 2),
    Style.QUOTE: _Set(10, 3, inset=14),
    Style.SMALL: _Set(8.5, 4, grey=0.2),
}


class Block(BaseModel):
    """A run of text of one style; line ends are kept."""

    model_config = FROZEN

    style: Style
    text: str


class Document(BaseModel):
    """What is set: ``foot`` stands on every page, ``code`` is an address to be scanned."""

    model_config = FROZEN

    title: str
    author: str
    foot: str
    blocks: tuple[Block, ...]
    code: str | None = None


class _Line(NamedTuple):
    """One line of text at its place on a page, from the bottom left corner, in points."""

    x: float
    y: float
    size: float
    grey: float
    text: str


def typeset(document: Document) -> bytes:
    """Return the document as PDF on US letter paper, with title, language and embedded font."""
    _register()
    pages = _pages(document)
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=LETTER, invariant=1, pageCompression=1, lang="en-US")
    canvas.setTitle(document.title)
    canvas.setAuthor(document.author)
    canvas.setCreator(document.author)
    canvas.setViewerPreference("DisplayDocTitle", "true")
    for number, lines in enumerate(pages, start=1):
        if number == 1 and document.code is not None:
            _draw_code(canvas, document.code)
        foot = f"{document.foot}   Page {number} of {len(pages)}"
        for line in (*lines, _Line(_MARGIN, _FOOT, 8, 0.3, shown(foot))):
            canvas.setFont(_FONT, line.size)
            canvas.setFillGray(line.grey)
            canvas.drawString(line.x, line.y, line.text)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def shown(text: str) -> str:
    """Return text as it is set: code points in place of what cannot be seen, line ends kept."""
    return "".join(_sign(sign) for sign in text)


@cache
def scanned(address: str) -> tuple[tuple[bool, ...], ...]:
    """Return the QR code of an address, row by row: whether each square is dark."""
    code = QrCodeWidget(address, barLevel="M").qr
    code.make()
    return tuple(tuple(bool(dark) for dark in row) for row in code.modules)


def leftward(text: str) -> bool:
    """Whether some of a text is written from right to left; it is set letter by letter."""
    return any(unicodedata.bidirectional(sign) in {"R", "AL"} for sign in text)


def _sign(sign: str) -> str:
    if sign == "\n":
        return sign
    if sign == "\t":
        return _TAB
    hidden = unicodedata.category(sign) in _UNSEEN or ord(sign) in _SELECTORS
    set_ = ord(sign) <= _LAST and ord(sign) in _known()
    return sign if set_ and not hidden else f"[U+{ord(sign):04X}]"


@cache
def _register() -> TTFont:
    font = TTFont(_FONT, str(_FILE))
    pdfmetrics.registerFont(font)
    return font


@cache
def _known() -> frozenset[int]:
    return frozenset(_register().face.charToGlyph)


def _pages(document: Document) -> list[list[_Line]]:
    """Return the lines of each page; a heading is not left alone at a page's end."""
    pages: list[list[_Line]] = [[]]
    y = _HEIGHT - _MARGIN
    for block in document.blocks:
        how = _SETS[block.style]
        leading = how.size * 1.35
        y -= how.before
        kept = 3 if block.style is Style.HEADING else 1
        if y - kept * leading < _MARGIN + _FOOT / 2:
            pages.append([])
            y = _HEIGHT - _MARGIN
        x = _MARGIN + how.inset
        for text in _lines(
            block.text, how, beside=y if len(pages) == 1 else None, document=document
        ):
            if y - leading < _MARGIN + _FOOT / 2:
                pages.append([])
                y = _HEIGHT - _MARGIN
            y -= leading
            pages[-1].append(_Line(x, y, how.size, how.grey, text))
    return pages


def _lines(text: str, how: _Set, *, beside: float | None, document: Document) -> Iterator[str]:
    """Yield the lines of a block; beside the code, ``beside`` being the height, they are short."""
    width = _WIDTH - 2 * _MARGIN - how.inset
    low = _HEIGHT - _MARGIN - _CODE - 12
    if document.code is not None and beside is not None and beside > low:
        width -= _CODE + 12
    for line in shown(text).split("\n"):
        yield from _wrapped(line, how.size, width)


def _wrapped(line: str, size: float, width: float) -> Iterator[str]:
    """Yield a line in pieces that fit; nothing is left out, spaces stay where they are."""
    piece, taken = "", 0.0
    for run in re.findall(r"\s+|\S+", line):
        wide = pdfmetrics.stringWidth(run, _FONT, size)
        if taken + wide <= width or (run.isspace() and taken):
            piece, taken = piece + run, taken + wide
            continue
        if piece.strip() and wide <= width:
            yield piece
            piece, taken = run, wide
            continue
        for sign in run:
            wide = pdfmetrics.stringWidth(sign, _FONT, size)
            if taken + wide > width:
                yield piece
                piece, taken = "", 0.0
            piece, taken = piece + sign, taken + wide
    yield piece


def _draw_code(canvas: Canvas, address: str) -> None:
    """Draw the QR code of an address in the upper right corner, dark on white."""
    rows = scanned(address)
    side = _CODE / len(rows)
    left, top = _WIDTH - _MARGIN - _CODE, _HEIGHT - _MARGIN
    canvas.setFillGray(0)
    for down, row in enumerate(rows):
        for across, dark in enumerate(row):
            if dark:
                canvas.rect(
                    left + across * side, top - (down + 1) * side, side, side, stroke=0, fill=1
                )
