"""PDF with a text layer: PDFium gives the glyphs of each page, rows are made of them here.

Nothing in the file is executed or fetched. A page's glyphs are dropped once its rows stand, so
memory grows with the text, not with the file.
"""

import ctypes
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pypdfium2.raw as pdfium

from index.errors import DirectiveRefused
from index.formats.columns import gutter_of, in_columns
from index.formats.document import Document
from index.formats.flow import flow
from index.formats.furniture import cut
from index.formats.rows import Glyph, Page, rows

_MOST_PAGES = 5_000
_MOST_GLYPHS = 60_000
_FEW = 8
_ENOUGH = 40
_LEAST = 0.3
_COLUMNED = 0.25
_WORD = re.compile(r"\W{0,2}[^\W\d_][^\W\d_’'/-]*\W{0,3}")
_FILLED = re.compile(r"[\d_.…,:/$%()•□☐–-]+")
_SPACES = frozenset({0x09, 0x0A, 0x0D, 0x20, 0xA0, 0x2002, 0x2003, 0x2009, 0x3000})
_NOTHING = frozenset({0x200B, 0x200C, 0x200D, 0xFEFF, 0xFFFE, 0xFFFF})


def read(path: Path) -> Document:
    """Return the document; raise DirectiveRefused for a scan, a locked file or a broken one."""
    try:
        opened = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        raise DirectiveRefused(_refusal(path, str(error))) from None
    try:
        pages = _pages(opened, _count(opened, path))
    except pypdfium2.PdfiumError as error:
        raise DirectiveRefused(_refusal(path, str(error))) from None
    finally:
        opened.close()
    letters = sum(len(row.text) for page in pages for row in page.rows)
    if letters <= _FEW * len(pages):
        raise DirectiveRefused(
            f"Directive {path.name!r}: its {len(pages)} pages hold no text; it is a scan. "
            "Run text recognition (OCR) over it, check the result, and hand in the new file."
        )
    if _unreadable(pages):
        raise DirectiveRefused(
            f"Directive {path.name!r}: its fonts do not say which letters they show, so its text "
            "cannot be read. Run text recognition (OCR) over it, or save it as PDF again."
        )
    return flow(cut(pages))


def _unreadable(pages: list[Page]) -> bool:
    """Whether the text is not what the eye sees: next to none of its words are made of letters."""
    words = [word for page in pages for row in page.rows for word in row.text.split()]
    inked = [word for word in words if not _FILLED.fullmatch(word)]
    plain = sum(_WORD.fullmatch(word) is not None for word in inked)
    return len(inked) >= _ENOUGH and plain < _LEAST * len(inked)


def _refusal(path: Path, why: str) -> str:
    if "password" in why.lower() or "security" in why.lower():
        return (
            f"Directive {path.name!r} is encrypted. Save a copy without a password, and hand that "
            "in."
        )
    return (
        f"Directive {path.name!r} is broken or no PDF. Open it, save it as PDF again, and hand "
        "that in."
    )


def _count(opened: pypdfium2.PdfDocument, path: Path) -> int:
    count = len(opened)
    if count == 0:
        raise DirectiveRefused(_refusal(path, "no pages"))
    if count > _MOST_PAGES:
        raise DirectiveRefused(
            f"Directive {path.name!r} has {count} pages; at most {_MOST_PAGES} are read. "
            "Split it into its directives."
        )
    return count


def _pages(opened: pypdfium2.PdfDocument, count: int) -> list[Page]:
    """Return the pages; where a quarter are set in two columns, the others follow their gutter."""
    gutters: list[float | None] = []
    pages: list[Page] = []
    for number in range(count):
        width, height, glyphs = _read(opened, number)
        gutters.append(gutter_of(glyphs, width))
        pages.append(Page(number + 1, width, height, rows(glyphs)))
    found = [gutter for gutter in gutters if gutter is not None]
    usual = Counter(found).most_common(1) if len(found) >= _COLUMNED * count else []
    for number, gutter in enumerate(gutters if usual else []):
        glyphs = _read(opened, number)[2]
        columns = in_columns(glyphs, usual[0][0] if gutter is None else gutter)
        pages[number] = replace(pages[number], columns=columns)
    return pages


def _read(opened: pypdfium2.PdfDocument, number: int) -> tuple[float, float, list[Glyph]]:
    """Return a page's width and height in points, and its glyphs."""
    page = opened[number]
    try:
        width, height = page.get_size()
        text = page.get_textpage()
        try:
            return width, height, list(_glyphs(text.raw))
        finally:
            text.close()
    finally:
        page.close()


def _glyphs(text: pdfium.FPDF_TEXTPAGE) -> Iterator[Glyph]:
    """Yield the upright inked glyphs of a page, each with whether a space follows it."""
    box = pdfium.FS_RECTF()
    x, y = ctypes.c_double(), ctypes.c_double()
    weights: dict[bytes, bool] = {}
    waiting: Glyph | None = None
    for at in range(min(pdfium.FPDFText_CountChars(text), _MOST_GLYPHS)):
        code = pdfium.FPDFText_GetUnicode(text, at)
        if code in _SPACES:
            if waiting is not None:
                yield waiting._replace(spaced=True)
                waiting = None
            continue
        if pdfium.FPDFText_IsHyphen(text, at) == 1:
            code = 0x2D
        if code < 32 or code in _NOTHING or not pdfium.FPDFText_GetLooseCharBox(text, at, box):
            continue
        if 0.3 < pdfium.FPDFText_GetCharAngle(text, at) < 5.98:
            continue
        if waiting is not None:
            yield waiting
        pdfium.FPDFText_GetCharOrigin(text, at, x, y)
        height = box.top - box.bottom
        bold = _bold(text, at, weights)
        waiting = Glyph(chr(code), box.left, box.right, y.value, height, bold)
    if waiting is not None:
        yield waiting


def _bold(text: pdfium.FPDF_TEXTPAGE, at: int, known: dict[bytes, bool]) -> bool:
    if pdfium.FPDFText_GetFontWeight(text, at) >= 600:
        return True
    name = ctypes.create_string_buffer(96)
    flags = ctypes.c_int()
    pdfium.FPDFText_GetFontInfo(text, at, name, 96, flags)
    found = known.get(name.value)
    if found is None:
        found = any(mark in name.value.lower() for mark in (b"bold", b"black", b"heavy"))
        known[name.value] = found
    return found
