"""What a parse gave, as other programs read it: clauses with spans, and what was not recognised."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from index.clauses import parse
from index.directive import Clause, Directive
from index.formats import read


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
    """Return what a file would give if it were indexed; raise DirectiveRefused if unreadable.

    ``report`` counts the lines that lie in clauses or headings, lists those that do not, and gives
    their share of the characters as ``confidence``.
    """
    document = read(file)
    outline = parse(document)
    spans = [c.span for c in outline.clauses] + [h.span for h in outline.headings]
    lines = [line for line in document.lines if not line.blank]
    lost = [
        line
        for line in lines
        if not any(start < line.end and line.start < end for start, end in spans)
    ]
    total = sum(line.end - line.start for line in lines)
    missed = sum(line.end - line.start for line in lost)
    return {
        "number": None,
        "title": None,
        "effective": None,
        "status": "draft",
        "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
        "clauses": [_clause(c) for c in outline.clauses],
        "report": {
            "recognised": len(lines) - len(lost),
            "unrecognised": [document.text[line.start : line.end] for line in lost],
            "confidence": round(1 - missed / total, 4) if total else 0.0,
        },
    }


def _clause(clause: Clause) -> dict[str, object]:
    return {
        "section": clause.section,
        "kind": clause.kind.value,
        "text": clause.text,
        "span": list(clause.span),
        "headings": list(clause.headings),
        "lead": clause.lead,
    }
