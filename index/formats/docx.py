"""Word (.docx): paragraphs, lists with the numbers Word makes for them, and tables row by row.

Deleted and moved-away text is left out, text boxes follow the paragraph that holds them.
"""

import zipfile
from collections.abc import Iterator
from pathlib import Path

import docx
from docx.opc.exceptions import PackageNotFoundError

from index.errors import DirectiveRefused
from index.formats.document import Document
from index.formats.numbering import Numbering, W, Xml, indent, numbering
from index.formats.styles import Styles
from index.formats.writer import Block, side_by_side, write

_MOST_UNPACKED = 300 * 2**20
_MOST_PART = 120 * 2**20
_MOST_PARTS = 5_000
_GONE = frozenset(W + name for name in ("del", "moveFrom", "pPr", "instrText", "txbxContent"))
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_CHARS = {"tab": "\t", "ptab": "\t", "noBreakHyphen": "-", "cr": "\n", "sym": "•"}


def read(path: Path) -> Document:
    """Return the document; raise DirectiveRefused for a file that is no Word file or too large."""
    _refuse_archives(path)
    try:
        opened = docx.Document(str(path))
        body: Xml = opened.element.body
        numbers = numbering(_numbering(opened))
        styles = Styles(opened.styles.element)
        heads = tuple(_heads(opened))
    except (PackageNotFoundError, KeyError, ValueError, SyntaxError, zipfile.BadZipFile):
        raise DirectiveRefused(_broken(path)) from None
    reader = _Reader(numbers, styles)
    blocks = [block for block in reader.blocks(body) if block.text.strip()]
    if not blocks:
        raise DirectiveRefused(
            f"Directive {path.name!r} holds no text; its pages may be pictures. Run text "
            "recognition (OCR) over them, and hand in the result."
        )
    pages = reader.page if reader.page > 1 else None
    return write(blocks, heads, tuple(reader.contents), pages)


def _broken(path: Path) -> str:
    return (
        f"Directive {path.name!r} is no Word file, or it is broken. Open it in Word, save it as "
        ".docx, and hand that in."
    )


def _refuse_archives(path: Path) -> None:
    """Look at the archive's list before anything is unpacked."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError):
        raise DirectiveRefused(_broken(path)) from None
    names = {part.filename for part in parts}
    if "[Content_Types].xml" not in names or not any(n.startswith("word/") for n in names):
        raise DirectiveRefused(
            f"Directive {path.name!r} is an archive and no Word file. Unpack it, and hand in the "
            "directives one by one."
        )
    if any(part.flag_bits & 1 for part in parts):
        raise DirectiveRefused(
            f"Directive {path.name!r} is encrypted. Save a copy without a password, and hand that "
            "in."
        )
    sizes = [part.file_size for part in parts]
    if sum(sizes) > _MOST_UNPACKED or max(sizes) > _MOST_PART or len(parts) > _MOST_PARTS:
        raise DirectiveRefused(
            f"Directive {path.name!r} unpacks to {sum(sizes) / 2**20:.0f} MB; at most "
            f"{_MOST_UNPACKED // 2**20} MB are read. Save it without its pictures."
        )


def _numbering(opened: docx.document.Document) -> Xml | None:
    for related in opened.part.rels.values():
        if not related.is_external and related.reltype.endswith("/numbering"):
            root: Xml = related.target_part.element
            return root
    return None


def _heads(opened: docx.document.Document) -> Iterator[str]:
    """Yield the lines of running heads and feet: they may hold the number and the dates."""
    seen: set[str] = set()
    for related in opened.part.rels.values():
        if related.is_external or not related.reltype.endswith(("/header", "/footer")):
            continue
        root: Xml = related.target_part.element
        for block in _Reader(Numbering(), Styles(None)).blocks(root):
            for line in block.text.split("\n"):
                if line.strip() and line not in seen:
                    seen.add(line)
                    yield line


class _Reader:
    """Walks the body in order; counts pages and lists as it goes."""

    def __init__(self, numbers: Numbering, styles: Styles) -> None:
        self.numbers = numbers
        self.styles = styles
        self.page = 1
        self.contents: list[str] = []

    def blocks(self, parent: Xml) -> Iterator[Block]:
        for child in parent:
            if child.tag == W + "p":
                yield from self._paragraph(child)
            elif child.tag == W + "tbl":
                yield from self._table(child)
            elif child.tag == W + "sdt":
                yield from self._control(child)
            elif child.tag in (W + "sdtContent", W + "ins", W + "smartTag", W + "customXml"):
                yield from self.blocks(child)

    def _control(self, control: Xml) -> Iterator[Block]:
        gallery = control.find(f"{W}sdtPr/{W}docPartObj/{W}docPartGallery")
        content = control.find(W + "sdtContent")
        if content is None:
            return
        blocks = self.blocks(content)
        if gallery is not None and "Contents" in (gallery.get(W + "val") or ""):
            self.contents += [block.text for block in blocks if block.text.strip()]
        else:
            yield from blocks

    def _table(self, table: Xml) -> Iterator[Block]:
        for row in table.findall(W + "tr"):
            cells = [
                [block for block in self.blocks(cell) if block.text.strip()]
                for cell in row.findall(W + "tc")
            ]
            yield from side_by_side(cells)

    def _paragraph(self, paragraph: Xml) -> Iterator[Block]:
        properties = paragraph.find(W + "pPr")
        before = self.page
        text = "".join(self._text(paragraph, first=True))
        opened = self._opened
        style = self.styles.of(properties)
        if style.contents and text.strip():
            self.contents.append(text.strip())
            return
        mark, bullet, x = self._mark(properties, text)
        said = indent(properties)
        yield Block(
            text.strip("\n\t "),
            x=said if said is not None else x,
            mark=mark,
            bullet=bullet,
            bold=self.styles.bold(paragraph, style),
            size=self.styles.size(paragraph, style),
            level=style.level,
            page=before + opened,
        )
        for box in paragraph.iter(W + "txbxContent"):
            if not _in_fallback(box):
                yield from self.blocks(box)

    def _mark(self, properties: Xml | None, text: str) -> tuple[str, bool, float]:
        listed = self.styles.listed(properties)
        if listed is None or not text.strip():
            return "", False, self.styles.of(properties).indent or 0.0
        number, depth = listed
        level = self.numbers.level(number, depth)
        mark = self.numbers.next(number, depth)
        x = (level.indent if level else None) or self.styles.of(properties).indent or 18.0 * depth
        return (mark or "").strip(), mark == "" and level is not None, x

    def _text(self, element: Xml, *, first: bool = False) -> Iterator[str]:
        """Yield a paragraph's text; ``_opened`` counts the pages that turn before its first."""
        if first:
            self._opened, self._inked = 0, False
        for child in element:
            name = child.tag.removeprefix(W) if isinstance(child.tag, str) else ""
            if child.tag in _GONE or child.tag == _FALLBACK:
                continue
            if name == "t":
                self._inked = self._inked or bool((child.text or "").strip())
                yield child.text or ""
            elif name == "lastRenderedPageBreak" or (
                name == "br" and child.get(W + "type") == "page"
            ):
                self.page += 1
                self._opened += not self._inked
            elif name == "br":
                yield "\n"
            elif name in _CHARS:
                yield _CHARS[name]
            else:
                yield from self._text(child)


def _in_fallback(box: Xml) -> bool:
    above = getattr(box, "getparent", lambda: None)()
    while above is not None:
        if above.tag == _FALLBACK:
            return True
        above = above.getparent()
    return False
