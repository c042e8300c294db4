"""What a parse gave, as other programs read it: clauses with spans, and what was not recognised."""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from index.clauses import Outline, parse
from index.directive import Clause, ClauseKind, Directive
from index.doubts import Doubt, doubts
from index.errors import DirectiveRefused
from index.formats import read
from index.formats.document import Document, Line
from index.masthead import Masthead, masthead, orders
from index.naming import bundled, shared_number
from index.titles import is_known


@dataclass(frozen=True)
class Examined:
    """What a file gave: its text, its outline, its head, and how sure that is.

    ``header`` is the head's text, ``lost`` the lines that lie in no clause or heading; ``doubts``
    and ``confidence`` as in ``check``.
    """

    file: str
    sha256: str
    document: Document
    outline: Outline
    header: str
    head: Masthead
    lost: tuple[Line, ...]
    doubts: tuple[str, ...]
    confidence: float


def examine(file: Path) -> Examined:
    """Return what a file gives; raise DirectiveRefused if it cannot be read or holds several.

    Dates that contradict each other are told in its doubts.
    """
    document = read(file)
    outline = parse(document)
    header = _header(document, outline)
    head = masthead(document, header)
    if head.number is None:
        head = head.model_copy(update={"number": shared_number(c.section for c in outline.clauses)})
    if head.number in bundled(c.section for c in outline.clauses):
        head = head.model_copy(update={"number": None})
    _refuse_several(file, document)
    lines = [line for line in document.lines if not line.blank]
    lost = _lost(lines, outline)
    found = doubts(document, outline, head, len(lost))
    return Examined(
        file=file.name,
        sha256=hashlib.sha256(file.read_bytes()).hexdigest(),
        document=document,
        outline=outline,
        header=header,
        head=head,
        lost=tuple(lost),
        doubts=tuple(doubt.says for doubt in found),
        confidence=_confidence(lines, lost, found),
    )


def as_object(directive: Directive, sections: Sequence[str] = ()) -> dict[str, object]:
    """Return the fixed JSON form of a directive, narrowed to ``sections`` if any are given."""
    clauses: list[Clause] = []
    for section in sections:
        clauses.extend(c for c in directive.under(section) if c not in clauses)
    return {
        "number": directive.number,
        "title": directive.title,
        "effective": directive.effective.isoformat(),
        "status": directive.status.value,
        "sha256": directive.sha256,
        "clauses": [_clause(c) for c in (clauses if sections else directive.clauses)],
    }


def check(file: Path) -> dict[str, object]:
    """Return what a file would give if it were indexed; raise DirectiveRefused if it is not taken.

    ``source`` is the text that spans point into. ``report`` counts the lines that lie in clauses or
    headings and lists those that do not; ``share`` is the body's text inside clauses, headings and
    numerals left aside. ``confidence`` (0..1) is the share of all characters that were recognised,
    lessened by what each of its ``doubts`` leaves (index/doubts.py): a tenth where no number, title
    or date was found or dates contradict, half where there is next to no structure, and so on.
    """
    found = examine(file)
    _refuse_contradiction(found)
    document, outline, head, lost = found.document, found.outline, found.head, found.lost
    lines = [line for line in document.lines if not line.blank]
    return {
        "number": head.number,
        "title": head.title,
        "issued": head.issued.isoformat() if head.issued else None,
        "effective": head.effective.isoformat() if head.effective else None,
        "revised": head.revised.isoformat() if head.revised else None,
        "rescinds": list(head.rescinds),
        "status": "draft",
        "sha256": found.sha256,
        "source": document.text,
        "clauses": [_clause(c) for c in outline.clauses],
        "report": {
            "recognised": len(lines) - len(lost),
            "unrecognised": [document.text[line.start : line.end] for line in lost],
            "confidence": found.confidence,
            "share": _share(document, lines, outline),
            "pages": document.pages,
            "running_heads": list(document.furniture),
            "contents": list(document.contents),
            "doubts": list(found.doubts),
        },
    }


def _header(document: Document, outline: Outline) -> str:
    spans = [c.span for c in outline.clauses if c.kind is ClauseKind.HEADER]
    if spans:
        return document.text[spans[0][0] : spans[-1][1]]
    starts = [c.span[0] for c in outline.clauses[:1]]
    starts += [h.span[0] for h in outline.headings[:1] if h.numeral or is_known(h.title)]
    first = min(starts, default=0)
    return document.text[:first] if first < 2_000 else ""


def _refuse_several(file: Path, document: Document) -> None:
    found = orders(document)
    if len(found) > 1:
        named = ", ".join(repr(number) for number in found[:6])
        raise DirectiveRefused(
            f"Directive {file.name!r} holds {len(found)} directives: {named}. "
            "Split it, and hand in one file each."
        )


def _refuse_contradiction(found: Examined) -> None:
    if found.head.contradiction and not found.head.revisable:
        raise DirectiveRefused(
            f"Directive {found.file!r}: its dates contradict each other: "
            f"{found.head.contradiction}. Correct the dates in its head, or ask who issued it."
        )


def _lost(lines: Sequence[Line], outline: Outline) -> list[Line]:
    """Return the lines that no clause or heading touches; both are in the order of the text."""
    spans = sorted([c.span for c in outline.clauses] + [h.span for h in outline.headings])
    lost = []
    at = 0
    for line in lines:
        while at < len(spans) and spans[at][1] <= line.start:
            at += 1
        if at == len(spans) or spans[at][0] >= line.end:
            lost.append(line)
    return lost


def _confidence(lines: Sequence[Line], lost: Sequence[Line], found: Sequence[Doubt]) -> float:
    total = sum(line.end - line.start for line in lines)
    if not total:
        return 0.0
    sure = 1 - sum(line.end - line.start for line in lost) / total
    return round(math.prod((sure, *(doubt.left for doubt in found))), 4)


def _share(document: Document, lines: Sequence[Line], outline: Outline) -> float:
    """Return the part of the body's letters and figures that lies in clauses."""
    covered = [(*c.span, True) for c in outline.clauses]
    covered += [(*h.span, False) for h in outline.headings]
    covered.sort()
    inside = sum(_letters(document.text, start, end) for start, end, own in covered if own)
    headings = sum(_letters(document.text, start, end) for start, end, own in covered if not own)
    lost = sum(_letters(document.text, line.start, line.end) for line in _lost(lines, outline))
    body = inside + lost
    return round(inside / body, 4) if body else (1.0 if headings else 0.0)


def _letters(text: str, start: int, end: int) -> int:
    return sum(char.isalnum() for char in text[start:end])


def _clause(clause: Clause) -> dict[str, object]:
    return {
        "section": clause.section,
        "kind": clause.kind.value,
        "text": clause.text,
        "span": list(clause.span),
        "page": clause.page,
        "headings": list(clause.headings),
        "lead": clause.lead,
    }
