"""A directive's head -> number, title, dates and what it rescinds, from labels and their values.

The head is the text before the first part, and the running heads and feet, which often hold more.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise

from pydantic import BaseModel

from index.days import DATE, day
from index.directive import FROZEN, squeeze
from index.formats.document import Document
from index.naming import APART, ID, KIND
from index.titles import is_known

_EFFECTIVE = (
    r"(?:date\s+effective|effective(?:\s*/\s*issued?)?(?:\s+date)?|eff\.?(?:\s+date)?|in\s+effect)"
)
_ISSUED = (
    r"(?:date\s+(?:of\s+)?issued?|(?:original\s+)?issued?(?:\s+date)?|date\s+of\s+issue|"
    r"published|adopted|adoption(?:\s+date)?|originated)"
)
_REVISED = (
    r"(?:date\s+(?:revised|amended|of\s+(?:last\s+)?revision)|(?:last\s+)?revis(?:ed|ion)(?:\s+date)?s?|rev\.?(?:\s+date)?|"
    r"amended(?:\s+date)?|re-?issued?(?:\s+date)?|(?:last\s+)?review(?:ed)?(?:\s+date)?|updated)"
)
_NUMBER = re.compile(
    rf"(?:\b{KIND}\s*(?:number|no\b\.?|num\b\.?|\#)?|\b(?:number|no\.)|\#)\s*[:#.–—-]*\s*{ID}\b",
    re.I,
)
# A number that tells itself by its parts: ``4.30``, ``2-52``, ``6/002.00``; a title may follow.
_PARTED = r"(?P<id>(?:[A-Z]{1,4}-?)?(?:\d{1,2}/)?\d{1,4}(?:[.-]\d{1,4})+(?:-?[A-Z])?)"
_HEADED = re.compile(rf"{_PARTED}\s*[:.]?(?:\s*[–—-]\s+|\s+)(?P<title>[A-Z][^\d]{{3,}})")
_VALUE = re.compile(rf"{ID}(?:\s*[–—:-]\s.*)?", re.I)
_OWN = re.compile(
    rf"\s*(?:{KIND}\s*(?:number|no\b\.?|\#)?|number|no\.)\s*[:#.]*\s*{ID}\s*(?:$|[:–—-]|\t)", re.I
)
_ELSEWHERE = re.compile(
    r"\s*(?:rescind|supersed|replac|cancel|amend|relat|refer|see|cross|accredit|calea|standard)",
    re.I,
)
_RESCINDS = re.compile(
    r"(?:rescinds?|rescinded|supersedes?|replaces?|cancels?)\s*[:\t ]\s*(?P<what>[^\n\t]*)", re.I
)
_AMENDS = re.compile(r"\bamends\s*[:\t ]\s*(?P<what>[^\n\t]*)", re.I)
_TITLE = re.compile(
    r"(?:order\s+title|policy\s+title|subject(?:\s+title)?|title|topic)\s*(?::|\t|\n)\s*(?P<what>[^\n\t]+)",
    re.I,
)
_LABEL = re.compile(
    rf"\s*(?:{_EFFECTIVE}|{_ISSUED}|{_REVISED}|rescind|supersed|replac|amend|index|distribution|"
    r"accredit|calea|reference|standard|section|page|approv|authority|by order|chief|sheriff|"
    r"subject|title|number|categor|related|all\s+personnel|date|directive\s*:|n/a|cross|"
    r"series|affects|originat|annual|immediate|table of contents|policy index|sop\b)",
    re.I,
)
_BODY_OF = re.compile(
    r"\b(?:department|police|sheriff|city of|county|village|town of|township|bureau|office of|"
    r"manual|general orders?|special orders?|policy and procedure|division)\b",
    re.I,
)
_KIND_ALONE = re.compile(rf"{KIND}s?|memorandum|addendum|notice", re.I)
# What stands before a rank or before "Police Department" is a name.
_GOES_ON = re.compile(
    r"(?:interim\s+|acting\s+)?(?:chief|sheriff|superintendent|commissioner|director|colonel)\b"
    r"(?!.*:)|police\s+department",
    re.I,
)
_NUMBERED = re.compile(
    rf".*\b(?:number|date|no\.?|office)|new\s+{KIND}|(?:\w+\s+){{0,2}}?{KIND}"
    rf"\s*[:#.–—-]*\s*{ID}",
    re.I,
)
_NEAR = 8
_MANY = 3
_VALUES = 6


class Masthead(BaseModel):
    """What a directive's head says; None and () for what it does not say."""

    model_config = FROZEN

    number: str | None = None
    title: str | None = None
    issued: date | None = None
    effective: date | None = None
    revised: date | None = None
    rescinds: tuple[str, ...] = ()
    amends: tuple[str, ...] = ()
    revisable: bool = False

    @property
    def contradiction(self) -> str | None:
        """One sentence on dates that cannot both hold, or None."""
        if self.issued is None or self.effective is None or self.effective >= self.issued:
            return None
        return f"effective {self.effective} is before issued {self.issued}"


def masthead(document: Document, header: str) -> Masthead:
    """Return what the head says: ``header`` is its text as it stands, running heads come after."""
    text = APART.sub(" ", header)
    beside = "\n".join(document.furniture)
    both = f"{text}\n{beside}"
    found, changes = _RESCINDS.search(both), _AMENDS.search(both)
    issued, effective = _dated(_ISSUED, both), _dated(_EFFECTIVE, both)
    if issued is None and effective is None:
        issued = _dated_alone(text) or _dated_alone(beside)
    return Masthead(
        number=_number(text) or _number(beside),
        title=_whole(_title(text), text, beside) or _first_title(beside),
        issued=issued,
        effective=effective,
        revised=_dated(_REVISED, both),
        rescinds=_rescinded(found.group("what")) if found else (),
        amends=_rescinded(changes.group("what")) if changes else (),
        revisable=re.search(_REVISED, both, re.I) is not None,
    )


def orders(document: Document) -> tuple[str, ...]:
    """Return the numbers of the directives that a file holds, each with a head of its own.

    A number counts where it stands alone in its line and a labelled date stands close by.
    """
    lines = [document.text[line.start : line.end] for line in document.lines if not line.blank]
    found: dict[str, None] = {}
    dates = sum(1 for line in document.furniture for _ in _labelled(line))
    heads = [own.group("id") for own in map(_OWN.match, document.furniture) if own]
    if dates or len(set(heads)) >= _MANY:
        found.update(dict.fromkeys(heads))
    for at, line in enumerate(lines):
        own = _OWN.match(line)
        if own is None or len(line) > 120 or (at and _ELSEWHERE.match(lines[at - 1])):
            continue
        near = "\n".join(lines[max(0, at - 2) : at + _NEAR])
        if any(_labelled(near)):
            found.setdefault(own.group("id"))
    plain = {re.sub(r"\W", "", number).lower(): number for number in reversed(found)}
    return tuple(reversed(plain.values()))


def _labelled(text: str) -> Iterator[re.Match[str]]:
    yield from re.finditer(rf"\b{_EFFECTIVE}[\s:.\-]*(?:{DATE.pattern})", text, re.I)


def _number(text: str) -> str | None:
    """Return the number under its label, by its kind's name, or one that tells itself."""
    labelled = _below(text, rf"\*?(?:{KIND}\s*)?(?:number|no\.?|\#)\s*:?")
    return labelled or _told(text) or _below(text, rf"{KIND}\s*[:#]?")


def _told(text: str) -> str | None:
    """Return the first number that is named by its kind, or of several parts and in its place."""
    citing = False
    for cell in _cells(text):
        citing |= re.search(r"standards?\b|calea|accredit|references?\b", cell, re.I) is not None
        if _ELSEWHERE.match(cell):
            continue
        found = _NUMBER.search(cell)
        if not citing:
            found = re.fullmatch(_PARTED, cell) or _headed(cell) or found
        if found and not DATE.match(found.group("id")):
            return found.group("id").rstrip(".-")
    return None


def _headed(cell: str) -> re.Match[str] | None:
    """Return a number with the directive's title behind it; that of a usual part is none."""
    found = _HEADED.fullmatch(cell)
    return None if found is None or is_known(found.group("title")) else found


def _below(text: str, label: str) -> str | None:
    """Return the number in a table whose labels stand above or before their values."""
    cells = _cells(text)
    for at, cell in enumerate(cells):
        if re.fullmatch(label, cell, re.I):
            for value in cells[at + 1 : at + 1 + _VALUES]:
                found = _VALUE.fullmatch(value)
                if found and not DATE.match(value):
                    return found.group("id")
    return None


def _cells(text: str) -> list[str]:
    """Return the cells of all lines in order; tabs part them, empty ones are left out."""
    return [cell.strip() for cell in re.split(r"[\n\t]", text) if cell.strip()]


def _dated(label: str, text: str) -> date | None:
    for found in re.finditer(
        rf"\b{label}[\s:.\-]*(?P<rest>[^\n]{{0,30}}\n?[^\n]{{0,30}})", text, re.I
    ):
        said = DATE.match(found.group("rest").lstrip())
        if said:
            return day(said)
    return _dated_below(label, text)


def _dated_alone(text: str) -> date | None:
    """Return the date that is labelled as no more than a date, or stands alone in its cell."""
    cells = _cells(text)
    for before, cell in pairwise(["", *cells]):
        said = DATE.fullmatch(re.sub(r"^date\s*:\s*", "", cell, flags=re.I).strip("() "))
        if said and not re.match(rf"{_REVISED}|{_ELSEWHERE.pattern}|print", before, re.I):
            return day(said)
    return None


def _dated_below(label: str, text: str) -> date | None:
    """Return the date in the row under a row of labels, at the label's place."""
    rows = [[cell.strip() for cell in line.split("\t")] for line in text.split("\n")]
    for above, below in pairwise(rows):
        dates = [DATE.match(cell) for cell in below]
        named = [bool(re.match(label, cell, re.I)) for cell in above]
        if any(named) and (len(above) == len(below) or named[0]):
            said = dates[named.index(True)]
            if said:
                return day(said)
    return None


def _rescinded(said: str) -> tuple[str, ...]:
    said = squeeze(said).strip(" :.")
    if not said or re.match(r"(?:n/?a|none|auth|eff|rev)\b", said, re.I) or _LABEL.match(said):
        return ()
    return tuple(part.strip() for part in re.split(r"[;,]\s+(?!\d{4})", said) if part.strip())


def _title(text: str) -> str | None:
    found = _TITLE.search(text)
    if found and not _LABEL.match(found.group("what")):
        return squeeze(found.group("what"))
    return _first_title(text)


def _whole(title: str | None, text: str, beside: str) -> str | None:
    """Return a title that the head breaks over two lines as the running head has it on one."""
    if title is None:
        return None
    for cell in re.split(r"[\n\t]", beside):
        name = squeeze(cell)
        if name.lower().startswith(title.lower()) and name.lower() in squeeze(text).lower():
            return name
    return title


def _first_title(text: str) -> str | None:
    """Return the first cell that is no label, number, date or department; else the last of them."""
    cells = _cells(text)
    answers = {cell.strip() for cell in re.findall(r":[ ]*[\n\t]([^\n\t]+)", text)}
    headed = next(filter(None, map(_headed, cells)), None)
    if headed and not DATE.match(headed.group()):
        return headed.group("title").rstrip(" :")
    left: Sequence[str] = [
        cell
        for at, cell in enumerate(cells)
        if 4 <= len(cell) <= 120
        and not (at + 1 < len(cells) and _GOES_ON.match(cells[at + 1]))
        and not _NUMBERED.fullmatch(cell)
        and not _LABEL.match(cell)
        and not _OWN.match(cell)
        and not _KIND_ALONE.fullmatch(cell)
        and not DATE.search(cell)
        and cell not in answers
        and not re.search(r"\bpage\b\s*\d|copyright|©", cell, re.I)
        and len(re.findall(r"[^\W\d_]", cell)) > len(cell) / 2
    ]
    named = [cell for cell in left if not _BODY_OF.search(cell)]
    return named[0] if named else next((cell for cell in left[:0:-1]), None)
