"""Directives made up from a seed: numbering, wraps, heads and feet vary, the outcome is known.

``make(seed)`` gives the outline; ``as_pdf`` and its like write it down in one format each.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

import docx
from docx.shared import Pt
from reportlab.lib.pagesizes import letter
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

WORDS = (
    "officers members supervisors shall should must may will not report record notify approve "
    "review incident evidence vehicle equipment request written approval supervisor shift custody "
    "property information department directive policy training during before after whenever each "
    "every prompt detailed accurate available reasonable necessary authorized communications "
    "investigation documentation responsibility administration"
).split()
NAMES = (
    "Use of Radios", "Duties of Supervisors", "Records and Forms", "Care of Equipment",
    "Evidence Handling", "Vehicle Operation", "Release of Information", "Review Process",
    "Training Requirements", "Special Events", "Custody and Transport", "Property Control",
)  # fmt: skip
HEADS = ("PURPOSE", "POLICY", "SCOPE", "DEFINITIONS", "PROCEDURE", "RESPONSIBILITIES", "TRAINING")
SYSTEMS = ("roman", "lexipol", "dotted", "brackets", "heads", "rules", "plain", "letters")
_ROMAN = "I II III IV V VI VII VIII IX X XI XII".split()


@dataclass
class Piece:
    """One paragraph: its numeral as printed, its words, how deep it stands, what it must become."""

    mark: str
    words: str
    depth: int
    section: str | None
    bold: bool = False
    bullet: bool = False


@dataclass
class Made:
    """An invented directive: its head's lines, its pieces in order."""

    system: str
    number: str
    title: str
    head: list[str]
    pieces: list[Piece] = field(default_factory=list)

    @property
    def clauses(self) -> list[tuple[str, str]]:
        found = [("header", " ".join(" ".join(self.head).split()))]
        found += [(p.section, p.words) for p in self.pieces if p.section is not None]
        return found


def sentence(rng: random.Random, least: int = 6, most: int = 30) -> str:
    words = [rng.choice(WORDS) for _ in range(rng.randint(least, most))]
    if rng.random() < 0.2:
        words.insert(rng.randrange(1, len(words)), rng.choice(("on-duty", "off-duty", "follow-up")))
    if rng.random() < 0.25:
        at = rng.randrange(2, len(words))
        words.insert(at, rng.choice(("section 2.", "(see section IV.B)", "5 U.S.C. 552", "(a)")))
    text = " ".join(words)
    return text[0].upper() + text[1:] + rng.choice((".", ".", ".", ";"))


def make(seed: int, system: str | None = None) -> Made:
    rng = random.Random(seed)
    system = system or rng.choice(SYSTEMS)
    number = f"{rng.randint(2, 40)}.{rng.randint(10, 99)}"
    title = rng.choice(NAMES)
    head = [
        "ANYTOWN POLICE DEPARTMENT",
        f"GENERAL ORDER {number}",
        f"Subject: {title}",
        "Issued: 01/05/2021",
        "Effective: 02/01/2021",
    ]
    made = Made(system, number, title, head)
    names = rng.sample(NAMES, len(NAMES))
    getattr(_Maker(rng, made.pieces, names), system)()
    return made


class _Maker:
    def __init__(self, rng: random.Random, pieces: list[Piece], names: list[str]) -> None:
        self.rng, self.pieces, self.names = rng, pieces, names
        self.capitals = rng.random() < 0.4

    def title(self) -> str:
        name = self.names.pop() if self.names else "Further Matters"
        return name.upper() if self.capitals else name

    def count(self, least: int = 2, most: int = 5) -> int:
        return self.rng.randint(least, most)

    def add(self, mark: str, depth: int, section: str, most: int = 30) -> None:
        self.pieces.append(Piece(mark, sentence(self.rng, most=most), depth, section))

    def list(self, depth: int, above: str, joint: str, styles: "list[str]") -> None:
        if not styles or self.rng.random() < 0.35:
            if self.rng.random() < 0.2:
                self.bullets(depth, above)
            return
        for at in range(self.count()):
            mark = numeral(styles[0], at)
            label = mark if mark.startswith("(") else mark.rstrip(".)")
            section = f"{above}{joint if not label.startswith('(') or joint == '.' else ''}{label}"
            self.add(mark, depth, section)
            self.list(
                depth + 1,
                section,
                "" if label.startswith("(") and styles[1:2] and styles[1].startswith("(") else ".",
                styles[1:],
            )

    def bullets(self, depth: int, above: str) -> None:
        for at in range(self.count()):
            words = sentence(self.rng, most=18)
            self.pieces.append(Piece("•", words, depth, f"{above}•{at + 1}", bullet=True))

    def roman(self) -> None:
        for at in range(self.count(3, 6)):
            section = _ROMAN[at]
            self.pieces.append(Piece(f"{section}.", self.title(), 0, None, bold=True))
            if self.rng.random() < 0.3:
                self.pieces.append(Piece("", sentence(self.rng, 12), 0, section))
                continue
            for place in range(self.count(2, 11)):
                own = f"{section}.{chr(65 + place)}"
                self.add(f"{chr(65 + place)}.", 1, own)
                self.list(2, own, ".", ["1.", "a.", "(1)"])

    def letters(self) -> None:
        for place in range(self.count(4, 11)):
            own = chr(65 + place)
            self.add(f"{own}.", 0, own)
            self.list(1, own, ".", ["1.", "a.", "(1)", "(a)"])

    def lexipol(self) -> None:
        base = self.rng.randint(100, 999)
        for at in range(1, self.count(3, 7)):
            section = f"{base}.{at}"
            self.pieces.append(Piece(section, self.title(), 0, None, bold=True))
            self.pieces.append(Piece("", sentence(self.rng, 12), 0, section))
            self.list(1, section, "", ["(a)", "1."])
            if self.rng.random() < 0.4:
                for sub in range(1, self.count(2, 4)):
                    own = f"{section}.{sub}"
                    self.pieces.append(Piece(own, self.title(), 0, None, bold=True))
                    self.pieces.append(Piece("", sentence(self.rng, 12), 0, own))
                    self.list(1, own, "", ["(a)", "1."])

    def dotted(self) -> None:
        for at in range(1, self.count(3, 7)):
            self.pieces.append(Piece(f"{at}.", self.title(), 0, None, bold=True))
            for place in range(1, self.count(3, 7)):
                own = f"{at}.{place}"
                self.add(own, 1, own)
                if self.rng.random() < 0.5:
                    for sub in range(1, self.count(3, 5)):
                        self.add(f"{own}.{sub}", 2, f"{own}.{sub}")
                        self.list(3, f"{own}.{sub}", ".", ["a."])

    def brackets(self) -> None:
        for at in range(self.count(3, 11)):
            own = f"({chr(97 + at)})"
            self.add(own, 0, own)
            self.list(1, own, "", ["(1)", "(A)"])

    def heads(self) -> None:
        for name in HEADS[: self.count(3, 7)]:
            self.pieces.append(Piece("", name, 0, None, bold=True))
            if self.rng.random() < 0.4:
                self.pieces.append(Piece("", sentence(self.rng, 12), 0, name))
                continue
            for place in range(self.count(2, 9)):
                own = f"{name}.{chr(65 + place)}"
                self.add(f"{chr(65 + place)}.", 0, own)
                self.list(1, own, ".", ["1.", "a."])

    def rules(self) -> None:
        for at in range(1, self.count(3, 6)):
            self.pieces.append(Piece("", f"RULE {at} - {self.title().upper()}", 0, None, bold=True))
            for place in range(self.count(2, 9)):
                own = f"Rule {at}: {chr(65 + place)}"
                self.add(f"{chr(65 + place)}.", 0, own)
                self.list(1, own, ".", ["1.", "a."])

    def plain(self) -> None:
        for _ in range(self.count(3, 7)):
            name = self.title()
            self.pieces.append(Piece("", name, 0, None, bold=True))
            several = self.count(1, 3)
            listed = self.rng.random() < 0.4
            for at in range(several):
                own = name if several == 1 else f"{name}¶{at + 1}"
                self.pieces.append(Piece("", sentence(self.rng, 14), 0, own))
            if listed:
                self.bullets(1, name)


def numeral(style: str, at: int) -> str:
    figure = str(at + 1) if "1" in style else chr((65 if "A" in style else 97) + at)
    return style.replace("1", figure).replace("a", figure).replace("A", figure)


def as_pdf(made: Made, path: Path, seed: int) -> list[str]:
    """Write a PDF, and return what stands in its running heads and feet."""
    return _Sheet(made, path, random.Random(seed)).draw()


class _Sheet:
    def __init__(self, made: Made, path: Path, rng: random.Random) -> None:
        self.made, self.rng = made, rng
        self.canvas = Canvas(str(path), pagesize=letter)
        self.font = rng.choice((("Helvetica", "Helvetica-Bold"), ("Times-Roman", "Times-Bold")))
        self.size = rng.choice((10, 11, 12))
        self.leading = self.size * rng.choice((1.15, 1.3, 1.5))
        self.between = self.leading * rng.choice((0.5, 0.8, 1.0))
        self.tight = rng.random() < 0.3
        self.hanging = rng.random() < 0.8
        self.divide = rng.random() < 0.5
        self.step = rng.choice((18, 27, 36))
        self.left, self.right = rng.choice((54, 72)), rng.choice((540, 558))
        self.pages = 30
        self.page = 0
        self.head = rng.random() < 0.8
        self.alternate = rng.random() < 0.3
        self.furniture: list[str] = []

    def draw(self) -> list[str]:
        self.open_page()
        for line in self.made.head:
            self.line(line, self.left, self.font[1])
            self.y -= 4
        if self.rng.random() < 0.3 and sum(p.bold for p in self.made.pieces) > 2:
            self.contents()
        self.y -= self.between
        for piece in self.made.pieces:
            self.piece(piece)
        self.canvas.showPage()
        self.canvas.save()
        return self.furniture

    def open_page(self) -> None:
        if self.page:
            self.canvas.showPage()
        self.page += 1
        self.y = 700.0
        foot = f"{self.made.title} - {self.page}"
        shown = [(foot, 40.0)] if self.rng.random() < 2 else []
        if self.head and self.page > 1:
            name = f"General Order {self.made.number}"
            other = "Anytown Police Department Policy Manual"
            even = self.alternate and self.page % 2
            shown += [
                (other if even else name, 750.0),
                (f"Page {self.page} of {self.pages}", 736.0),
            ]
        self.canvas.setFont(self.font[0], 9)
        for text, y in shown:
            self.canvas.drawString(self.rng.choice((250.0,)), y, text)
            self.furniture.append(text)

    def contents(self) -> None:
        self.y -= 8
        self.line("TABLE OF CONTENTS", self.left, self.font[1])
        for at, piece in enumerate(p for p in self.made.pieces if p.bold):
            self.line(
                f"{piece.mark} {piece.words} {'.' * 40} {at + 2}".strip(), self.left, self.font[0]
            )
        self.y = 0

    def line(self, text: str, x: float, font: str) -> None:
        if self.y < 80:
            self.open_page()
        self.canvas.setFont(font, self.size)
        self.canvas.drawString(x, self.y, text)
        self.y -= self.leading

    def piece(self, piece: Piece) -> None:
        font = self.font[1] if piece.bold else self.font[0]
        x = self.left + self.step * piece.depth
        body = x + (self.step if piece.mark and self.hanging else 0)
        if (
            piece.mark
            and stringWidth(piece.mark + " ", font, self.size) > body - x
            and self.hanging
        ):
            body = x + stringWidth(piece.mark + "  ", font, self.size)
        first = x if piece.mark and not self.hanging else body
        words = f"{piece.mark} {piece.words}" if piece.mark and not self.hanging else piece.words
        lines = list(self.wrapped(words, font, first))
        if self.y < 80 or (piece.bold and self.y < 80 + 3 * self.leading):
            self.open_page()
        if piece.mark and self.hanging:
            self.canvas.setFont(font, self.size)
            self.canvas.drawString(x, self.y, piece.mark)
        for at, text in enumerate(lines):
            self.line(text, first if at == 0 or self.hanging else x, font)
        self.y -= 0 if self.tight and not piece.bold and piece.mark else self.between

    def wrapped(self, text: str, font: str, x: float) -> Iterator[str]:
        line = ""
        for word in text.split(" "):
            longer = f"{line} {word}".strip()
            if stringWidth(longer, font, self.size) <= self.right - x:
                line = longer
                continue
            if self.divide and word.isalpha() and len(word) > 8 and self.rng.random() < 0.6:
                head = f"{line} {word[:4]}-"
                if stringWidth(head, font, self.size) <= self.right - x:
                    yield head
                    line = word[4:]
                    continue
            yield line
            line = word
        yield line


def as_docx(made: Made, path: Path) -> None:
    document = docx.Document()
    for line in made.head:
        document.add_paragraph().add_run(line).bold = True
    for piece in made.pieces:
        words = f"{piece.mark}\t{piece.words}" if piece.mark and not piece.bullet else piece.words
        paragraph = document.add_paragraph(style="List Bullet" if piece.bullet else None)
        paragraph.add_run(words).bold = piece.bold
        if not piece.bullet:
            paragraph.paragraph_format.left_indent = Pt(18 * piece.depth)
    section = document.sections[0]
    section.header.paragraphs[0].text = f"General Order {made.number}"
    document.save(str(path))


def as_html(made: Made, path: Path) -> None:
    lines = [f"<p><b>{escape(line)}</b></p>" for line in made.head]
    for piece in made.pieces:
        words = escape(piece.words)
        inner = f"<b>{words}</b>" if piece.bold else words
        if piece.bullet:
            lines.append(f"<ul><li>{inner}</li></ul>")
            continue
        mark = f"{escape(piece.mark)} " if piece.mark else ""
        lines.append(f'<p style="margin-left: {18 * piece.depth}pt">{mark}{inner}</p>')
    body = "\n".join(lines)
    path.write_text(
        f"<html><head><title>x</title><script>alert('no')</script></head><body>{body}</body></html>",
        encoding="utf-8",
    )


def as_markdown(made: Made, path: Path) -> None:
    lines = [*made.head, ""]
    for piece in made.pieces:
        mark = "- " if piece.bullet else f"{piece.mark} " if piece.mark else ""
        lines += [("## " if piece.bold else "") + mark + piece.words, ""]
    path.write_text("\n".join(lines), encoding="utf-8")


def as_text(made: Made, path: Path, seed: int) -> None:
    rng = random.Random(seed)
    wide, paged = rng.choice((72, 80, 96)), rng.random() < 0.6
    lines = [*made.head, ""]
    for piece in made.pieces:
        indent = " " * 4 * piece.depth
        hang = indent + (" " * (len(piece.mark) + 2) if piece.mark else "")
        line = f"{indent}{piece.mark}  " if piece.mark else indent
        for word in piece.words.split(" "):
            if len(line) + len(word) + 1 > wide:
                lines.append(line.rstrip())
                line = hang
            line += word + " "
        lines += [line.rstrip(), ""]
    if not paged:
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return
    pages = [lines[at : at + 44] for at in range(0, len(lines), 44)]
    foot = "{title}{gap}Page {page} of {pages}"
    text = "\f".join(
        "\n".join(
            [*page, "", foot.format(title=made.title, gap=" " * 20, page=at, pages=len(pages))]
        )
        for at, page in enumerate(pages, 1)
    )
    path.write_text(text, encoding="utf-8")


def write(made: Made, path: Path, seed: int) -> Path:
    """Write a directive in the format that the path's suffix says, and return the path."""
    match path.suffix:
        case ".pdf":
            as_pdf(made, path, seed)
        case ".docx":
            as_docx(made, path)
        case ".html":
            as_html(made, path)
        case ".md":
            as_markdown(made, path)
        case _:
            as_text(made, path, seed)
    return path
