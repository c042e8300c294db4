"""Markdown: heading, emphasis and list marks are taken off; what they claim is not believed.

Heading depth in issued orders is meaningless (domain.md 6.5), so beside a numeral it is dropped;
without one it is all there is to tell a heading by.
"""

import re
from pathlib import Path

from index.errors import DirectiveRefused
from index.formats.document import Document, Line
from index.numerals import readings

_LINE = re.compile(r"[^\n]*\n?")
_BULLET = re.compile(r"[-*+•●▪]\s+|[-•●▪]$")
_OPENING = re.compile(r"(?:#{1,6}(?:\s+|$)|>\s+|[*_]{1,3}(?=\S))")
_HASHES = re.compile(r"(#{1,6})(?:\s|$)")
_RULE = re.compile(r"(?:[-*_=]\s*){3,}$")
_CLOSING = re.compile(r"(?<=\S)[*_]{1,3}$")
_MARKUP = re.compile(r"\t|</?[a-z][^>]*>")


def read(path: Path) -> Document:
    """Return the document; raise DirectiveRefused when the file is not UTF-8 text."""
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DirectiveRefused(
            f"Directive {path.name!r}: byte {error.start} is not UTF-8. Save the file as UTF-8."
        ) from None
    if "\x00" in text:
        raise DirectiveRefused(
            f"Directive {path.name!r} holds binary data, not text. Save it as UTF-8 Markdown."
        )
    return parse(text)


def parse(text: str) -> Document:
    """Return the lines of Markdown ``text`` with their marks taken off."""
    lines = []
    for match in _LINE.finditer(text):
        if match.group():
            lines.append(_line(text, match.start(), match.end()))
    return Document(text=text, lines=tuple(lines))


def _line(text: str, start: int, end: int) -> Line:
    tabular = _MARKUP.search(text[start:end].strip()) is not None
    start, end = _trim(text, start, end)
    if _RULE.match(text, start, end):
        return Line(start=end, end=end)
    bullet = False
    depth = _HASHES.match(text, start, end)
    while True:
        mark = None if bullet else _BULLET.match(text, start, end)
        if mark is not None:
            bullet = True
        else:
            mark = _OPENING.match(text, start, end)
        if mark is None:
            break
        start, end = _trim(text, mark.end(), end)
    while (mark := _CLOSING.search(text, start, end)) is not None:
        start, end = _trim(text, start, mark.start())
    level = len(depth.group(1)) - 1 if depth and not readings(text, start, end) else None
    return Line(start=start, end=end, bullet=bullet, tabular=tabular, level=level)


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
