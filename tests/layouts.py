"""Small files laid out by hand, and the sections that are read from them."""

from collections.abc import Sequence
from pathlib import Path

from reportlab.lib.pagesizes import letter
from reportlab.pdfgen.canvas import Canvas

from index.clauses import parse
from index.formats import read

Drawn = tuple[float, float, str]


def sections(path: Path) -> list[tuple[str, str]]:
    return [(c.section, c.text) for c in parse(read(path)).clauses if c.kind.value != "header"]


def pdf(path: Path, pages: Sequence[Sequence[Drawn]], bold: str | tuple[str, ...] = "") -> Path:
    """Draw each (x, y, text); what starts with ``bold`` is drawn in bold where that is given."""
    canvas = Canvas(str(path), pagesize=letter)
    for page in pages:
        for x, y, text in page:
            face = "Helvetica-Bold" if bold and text.startswith(bold) else "Helvetica"
            canvas.setFont(face, 10)
            canvas.drawString(x, y, text)
        canvas.showPage()
    canvas.save()
    return path


def text(path: Path, lines: str) -> Path:
    path.write_text(lines, encoding="utf-8")
    return path
