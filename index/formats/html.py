"""HTML: blocks, lists and tables in order; scripts and styles are left out, nothing is fetched."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from lxml import etree, html

from index.errors import DirectiveRefused
from index.formats.decoding import decode
from index.formats.document import Document
from index.formats.numbering import figure
from index.formats.writer import Block, side_by_side, write

_GONE = frozenset(
    "script style noscript template head nav button select textarea svg iframe object form input "
    "canvas audio video map footer".split()
)
_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details div dl dt fieldset figure "
    "figcaption h1 h2 h3 h4 h5 h6 header hr html legend li main ol p pre section summary table "
    "tbody td tfoot th thead tr ul".split()
)
_FIGURES = {"A": "upperLetter", "a": "lowerLetter", "I": "upperRoman", "i": "lowerRoman"}
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]+)", re.I)
_INDENT = re.compile(r"(?:margin|padding)-left\s*:\s*([\d.]+)\s*(px|pt|in|em|rem|cm)", re.I)
_POINTS = {"px": 0.75, "pt": 1.0, "in": 72.0, "em": 12.0, "rem": 12.0, "cm": 28.35}
_STEP = 36.0
_DEEP = 180


@dataclass(frozen=True)
class _Within:
    """What a place in the page takes over from the elements around it."""

    x: float = 0.0
    bold: bool = False
    level: int | None = None
    deep: int = 0
    kept: bool = False


def read(path: Path) -> Document:
    """Return the document; raise DirectiveRefused for a page without text."""
    raw = path.read_bytes()
    said = _CHARSET.search(raw[:2048])
    text = decode(raw, path.name, said.group(1).decode("ascii") if said else None)
    parser = html.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True
    )
    try:
        root = html.document_fromstring(text.replace("\x00", "").encode(), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        raise DirectiveRefused(_empty(path)) from None
    blocks = [block for block in _Reader().blocks(root, _Within()) if block.text.strip()]
    if not blocks:
        raise DirectiveRefused(_empty(path))
    return write(blocks)


def _empty(path: Path) -> str:
    return (
        f"Directive {path.name!r} holds no text of its own; the page may be put together by a "
        "script. Open it, and save it as PDF or as a complete page."
    )


class _Reader:
    """Walks the page; gathers the words between two blocks' edges into one paragraph."""

    def __init__(self) -> None:
        self.words: list[tuple[str, bool]] = []
        self.mark = ""
        self.bullet = False

    def blocks(self, element: html.HtmlElement, within: _Within) -> Iterator[Block]:
        """Yield the paragraphs of an element in order."""
        within = _inside(element, within)
        self._say(element.text, within)
        for child in element:
            yield from self._child(child, within)
            self._say(child.tail, within)
        yield from self._flush(within)

    def _child(self, child: html.HtmlElement, within: _Within) -> Iterator[Block]:
        name = child.tag if isinstance(child.tag, str) else ""
        if not name or name in _GONE or _hidden(child):
            return
        if name == "br":
            self.words.append(("\n", within.bold))
        elif name == "table":
            yield from self._flush(within)
            yield from self._table(child, _inside(child, within))
        elif name in ("ol", "ul"):
            yield from self._flush(within)
            yield from self._list(child, _inside(child, within))
        elif (name in _BLOCKS or _holds_blocks(child)) and within.deep < _DEEP:
            yield from self._flush(within)
            yield from self.blocks(child, within)
        else:
            inner = _inside(child, within)
            self._say(child.text if within.deep < _DEEP else child.text_content(), inner)
            if within.deep < _DEEP:
                for grandchild in child:
                    yield from self._child(grandchild, inner)
                    self._say(grandchild.tail, inner)

    def _say(self, text: str | None, within: _Within) -> None:
        if text:
            kept = text if within.kept else re.sub(r"\s+", " ", text)
            self.words.append((kept.replace("\u00ad", ""), within.bold))

    def _flush(self, within: _Within) -> Iterator[Block]:
        text = "".join(words for words, _ in self.words)
        inked = [bold for words, bold in self.words if words.strip()]
        self.words = []
        text = "\n".join(" ".join(line.split()) for line in text.split("\n")).strip()
        if not text:
            return
        mark, bullet, self.mark, self.bullet = self.mark, self.bullet, "", False
        yield Block(
            re.sub(r"\n{2,}", "\n", text),
            x=within.x,
            mark=mark,
            bullet=bullet,
            bold=all(inked),
            level=within.level,
        )

    def _table(self, table: html.HtmlElement, within: _Within) -> Iterator[Block]:
        for row in table.iter("tr"):
            if next(row.iterancestors("table")) is not table:
                continue
            cells = [
                [block for block in self.blocks(cell, within) if block.text.strip()]
                for cell in row
                if cell.tag in ("td", "th") and not _hidden(cell)
            ]
            yield from side_by_side(cells)

    def _list(self, found: html.HtmlElement, within: _Within) -> Iterator[Block]:
        ordered = found.tag == "ol"
        plain = (
            "none" in (found.get("style") or "") or "nobullet" in (found.get("class") or "").lower()
        )
        count = _whole(found.get("start"), 1) - 1
        inner = replace(within, x=within.x + _STEP)
        for item in found:
            if item.tag != "li":
                yield from self._child(item, inner)
                continue
            count = _whole(item.get("value"), count + 1)
            kind = _FIGURES.get(item.get("type") or found.get("type") or "", "decimal")
            self.mark = f"{figure(count, kind)}." if ordered and not plain else ""
            self.bullet = not ordered and not plain
            yield from self.blocks(item, inner)
            self.mark, self.bullet = "", False


def _inside(element: html.HtmlElement, within: _Within) -> _Within:
    name = element.tag
    style = (element.get("style") or "").lower()
    indent = sum(float(n) * _POINTS[unit.lower()] for n, unit in _INDENT.findall(style))
    heading = re.fullmatch(r"h([1-6])", name) if isinstance(name, str) else None
    bold = name in ("b", "strong", "th") or bool(heading) or "font-weight:bold" in style
    return _Within(
        x=within.x + indent + (_STEP if name in ("blockquote", "dd") else 0.0),
        bold=within.bold or bold or "font-weight: bold" in style,
        level=int(heading.group(1)) - 1 if heading else within.level,
        deep=within.deep + 1,
        kept=within.kept or name == "pre",
    )


def _hidden(element: html.HtmlElement) -> bool:
    style = (element.get("style") or "").replace(" ", "").lower()
    return (
        "display:none" in style
        or element.get("hidden") is not None
        or element.get("role") == "navigation"
    )


def _holds_blocks(element: html.HtmlElement) -> bool:
    return any(child.tag in _BLOCKS for child in element.iterdescendants())


def _whole(said: str | None, otherwise: int) -> int:
    return int(said) if said is not None and said.strip().isdigit() else otherwise
