"""What a file's head says, and what somebody says in its place -> the sheet of a draft.

What a file says is data: it sets the fields of its sheet, and neither its status nor its place.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from index.directive import Status, squeeze
from index.errors import DirectiveRefused
from index.naming import numbers, prefix
from index.report import Examined
from index.sheet import Sheet

_NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._()-]{0,39}")
_MOST = 300


@dataclass(frozen=True)
class Given:
    """What somebody says of a file in place of its head; None where the head is right.

    ``replaces`` says that a number on file under another title is the same directive.
    """

    number: str | None = None
    title: str | None = None
    prefix: str | None = None
    section: str | None = None
    issued: date | None = None
    effective: date | None = None
    replaces: bool = False


def sheet_of(path: Path, examined: Examined, given: Given, today: date) -> Sheet:
    """Return the sheet of a draft; raise DirectiveRefused for what is missing or contradicts."""
    head = examined.head
    if not examined.outline.clauses:
        raise DirectiveRefused(f"Directive {path.name!r}: no clause was found. Check the file.")
    number = _needed(path, "number", given.number or head.number)
    if not _NUMBER.fullmatch(number):
        raise DirectiveRefused(
            f"Directive {path.name!r}: {number!r} is no number of a directive. Give one of "
            "letters, figures, '.', '-' and '_' with --number."
        )
    effective = given.effective or head.effective
    if effective is None:
        raise _missing(path, "effective")
    issued = given.issued or head.issued or effective
    if effective < issued and not head.revisable:
        raise DirectiveRefused(
            f"Directive {path.name!r}: its dates contradict each other: effective {effective} is "
            f"before issued {issued}. Give the right one with --effective or --issued."
        )
    said = "\n".join((examined.header, *examined.document.furniture))
    return Sheet(
        number=number,
        prefix=_line(given.prefix if given.prefix is not None else prefix(said, number)),
        title=_needed(path, "title", given.title or head.title),
        section=_line(given.section or ""),
        issued=issued,
        effective=effective,
        rescinds=tuple(n for n in numbers(head.rescinds) if n != number),
        amends=tuple(n for n in numbers(head.amends) if n != number),
        status=Status.DRAFT,
        source=f"{_line(path.name)}, taken in on {today}",
        file=f"order{path.suffix.lower()}",
        sha256=examined.sha256,
    )


def _needed(path: Path, field: str, value: str | None) -> str:
    found = _line(value or "")
    if not found:
        raise _missing(path, field)
    return found


def _missing(path: Path, field: str) -> DirectiveRefused:
    what = "effective day" if field == "effective" else field
    return DirectiveRefused(
        f"Directive {path.name!r}: no {what} was found in its head. "
        f"Hand it in alone, and give it with --{field}."
    )


def _line(text: str) -> str:
    """Return words as one line without what steers a terminal."""
    shown = "".join(char if char.isprintable() else " " for char in text)
    return squeeze(shown)[:_MOST]


def refuse_another(path: Path, sheet: Sheet, versions: Sequence[Sheet], given: Given) -> None:
    """Raise DirectiveRefused for another directive's number, and for a second text of one day."""
    for known in versions:
        if known.effective == sheet.effective:
            remedy = "Give its own day with --effective"
            if known.status is Status.DRAFT:
                remedy += f", or take the draft away: 'policybot directives remove {sheet.number}'"
            raise DirectiveRefused(
                f"Directive {path.name!r}: {sheet.name} of {sheet.effective} is on file with "
                f"another text. {remedy}."
            )
    newest = max(versions, key=lambda known: known.effective, default=None)
    if newest is not None and not given.replaces and _plain(newest.title) != _plain(sheet.title):
        raise DirectiveRefused(
            f"Directive {path.name!r}: {newest.name} is on file as {newest.title!r}, this one is "
            f"{sheet.title!r}. If it is a new version of that, hand it in alone with --replaces; "
            "otherwise give its own number with --number."
        )


def _plain(title: str) -> str:
    return re.sub(r"[\W_]+", "", title).casefold()


def doubts(examined: Examined, sheet: Sheet) -> Iterator[str]:
    """Yield what the sheet says that the head does not, or says otherwise."""
    head = examined.head
    if head.issued is None and sheet.issued == sheet.effective:
        yield "No day of issue was found: the effective day stands for it."
    if head.revised is not None and head.revised > sheet.effective:
        yield (
            f"Its head says that it was revised on {head.revised}. If this text took effect then, "
            f"say so when it is issued: --effective {head.revised}."
        )
    for phrase in (*head.rescinds, *head.amends):
        if not numbers((phrase,)):
            yield f"Its head rescinds or amends {_line(phrase)!r}, which names no number."
