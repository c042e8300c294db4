"""Paragraphs of a format that knows its own -> the canonical text and its lines."""

from dataclasses import dataclass

from index.formats.document import Document, Line
from index.numerals import readings


@dataclass(frozen=True)
class Block:
    """A paragraph as the format holds it; ``mark`` is the numeral that the format itself counts.

    A new line in ``text`` is a line's end inside the paragraph.
    """

    text: str
    x: float = 0.0
    mark: str = ""
    bullet: bool = False
    tabular: bool = False
    bold: bool = False
    size: float | None = None
    level: int | None = None
    page: int | None = None


def is_numeral(text: str) -> bool:
    """Whether a cell holds a numeral and nothing else."""
    text = text.strip()
    found = readings(text + "\t", 0, len(text) + 1) if text else ()
    return any(numeral.end >= len(text) for numeral in found)


def side_by_side(cells: list[list[Block]]) -> list[Block]:
    """Return the paragraphs of a table's row: a numeral joins its text, short cells one line."""
    cells = [cell for cell in cells if cell]
    if len(cells) < 2:
        return cells[0] if cells else []
    first, second = cells[0], cells[1]
    if len(cells) == 2 and len(first) == 1 and is_numeral(first[0].text) and not first[0].mark:
        text = f"{first[0].text.strip()}\t{second[0].text}"
        head = Block(
            text,
            first[0].x,
            bold=second[0].bold,
            size=second[0].size,
            level=second[0].level,
            page=first[0].page,
        )
        return [head, *second[1:]]
    if all(len(cell) == 1 and not cell[0].mark for cell in cells):
        text = "\t".join(cell[0].text.replace("\n", " ") for cell in cells)
        return [Block(text, first[0].x, tabular=True, page=first[0].page)]
    return [block for cell in cells for block in cell]


def write(
    blocks: list[Block],
    furniture: tuple[str, ...] = (),
    contents: tuple[str, ...] = (),
    pages: int | None = None,
) -> Document:
    """Return the document these paragraphs make."""
    parts: list[str] = []
    lines: list[Line] = []
    at = 0
    for block in blocks:
        bullet = block.bullet and not readings(block.text, 0, len(block.text))
        mark = "• " if bullet else f"{block.mark}\t" if block.mark else ""
        parts.append(mark)
        at += len(mark)
        for place, text in enumerate(block.text.split("\n")):
            start = at - (len(mark) if place == 0 and not bullet else 0)
            lines.append(
                Line(
                    start=start,
                    end=at + len(text),
                    bullet=bullet and place == 0,
                    tabular=block.tabular,
                    page=block.page,
                    x=block.x,
                    size=block.size,
                    bold=block.bold,
                    level=block.level,
                    gap=place == 0,
                    whole=place == 0,
                )
            )
            parts.append(text + "\n")
            at += len(text) + 1
        parts.append("\n")
        at += 1
    return Document(
        text="".join(parts),
        lines=tuple(lines),
        furniture=furniture,
        contents=contents,
        pages=pages,
        laid_out=True,
    )
