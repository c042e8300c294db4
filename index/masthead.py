"""A directive's head -> number, title, dates and what it rescinds, from labels and their values.

The head is the text before the first part, and the running heads and feet, which often hold more.
"""

import re
from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from pydantic import BaseModel

from index.caption import OWN, PARTED, cells, headed, is_label, title
from index.days import DATE, EFFECTIVE, ISSUED, REVISED, day
from index.directive import FROZEN, squeeze
from index.formats.document import Document
from index.naming import APART, ID, KIND

_NUMBER = re.compile(
    rf"(?:\b{KIND}\s*(?:number|no\b\.?|num\b\.?|\#)?|\b(?:number|no\.)|\#)\s*[:#.–—-]*\s*{ID}\b",
    re.I,
)
_VALUE = re.compile(rf"{ID}(?:\s*[–—:-]\s.*)?", re.I)
_ELSEWHERE = re.compile(
    r"\s*(?:rescind|supersed|replac|cancel|amend|relat|refer|see|cross|accredit|calea|standard)",
    re.I,
)
_RESCINDS = re.compile(
    r"(?:rescinds?|rescinded|supersedes?|replaces?|cancels?)\s*[:\t ]\s*(?P<what>[^\n\t]*)", re.I
)
_AMENDS = re.compile(r"\bamends\s*[:\t ]\s*(?P<what>[^\n\t]*)", re.I)
_DAYS = re.compile(rf"{EFFECTIVE}|{ISSUED}|{REVISED}|(?:\w+\s+)?date\b", re.I)
# ``DP300`` in a cell of its own.
_LETTERED = re.compile(r"[A-Z]{2,4}-?\d{2,4}(?:\.\d{1,3})?")
# "Use of Radios - 3" is a title with its page.
_PAGED = re.compile(r"[A-Za-z]\s[-–—]\s\d{1,3}$")
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
    issued, effective = _dated(ISSUED, both), _dated(EFFECTIVE, both)
    if issued is None and effective is None:
        issued = _dated_alone(text) or _dated_alone(beside)
    return Masthead(
        number=_number(text) or _number(beside),
        title=title(text, beside, laid_out=document.laid_out),
        issued=issued,
        effective=effective,
        revised=max(_all_dated(REVISED, both), default=None),
        rescinds=_rescinded(found.group("what")) if found else (),
        amends=_rescinded(changes.group("what")) if changes else (),
        revisable=re.search(REVISED, both, re.I) is not None,
    )


def orders(document: Document) -> tuple[str, ...]:
    """Return the numbers of the directives that a file holds, each with a head of its own.

    A number counts where it stands alone in its line and a labelled date stands close by.
    """
    lines = [document.text[line.start : line.end] for line in document.lines if not line.blank]
    found: dict[str, None] = {}
    dates = sum(1 for line in document.furniture for _ in _labelled(line))
    running = [cell for line in document.furniture for cell in line.split("\t")]
    for heads, enough in ((document.furniture, 1 if dates else _MANY), (running, _MANY)):
        own_numbers = {own.group("id"): None for own in map(OWN.match, heads) if own}
        if len(own_numbers) >= enough:
            found.update(own_numbers)
    for at, line in enumerate(lines):
        own = OWN.match(line)
        if own is None or len(line) > 120 or (at and _ELSEWHERE.match(lines[at - 1])):
            continue
        near = "\n".join(lines[max(0, at - 2) : at + _NEAR])
        if any(_labelled(near)):
            found.setdefault(own.group("id"))
    plain = {re.sub(r"\W", "", number).lower(): number for number in reversed(found)}
    return tuple(reversed(plain.values()))


def _labelled(text: str) -> Iterator[re.Match[str]]:
    yield from re.finditer(rf"\b{EFFECTIVE}[\s:.\-]*(?:{DATE.pattern})", text, re.I)


def _number(text: str) -> str | None:
    """Return the number under its label, by its kind's name, or one that tells itself."""
    labelled = _below(text, rf"\*?(?:{KIND}\s*)?(?:number|no\.?|\#)\s*:?")
    kind = labelled or _told(text) or _below(text, rf"{KIND}\s*[:#]?")
    lettered = (cell for cell in cells(text) if _LETTERED.fullmatch(cell))
    return kind or next(lettered, None)


def _told(text: str) -> str | None:
    """Return the first number that is named by its kind, or of several parts and in its place."""
    citing = False
    for cell in cells(text):
        citing |= re.search(r"standards?\b|calea|accredit|references?\b", cell, re.I) is not None
        if _ELSEWHERE.match(cell):
            continue
        found = None if _PAGED.search(cell) else _NUMBER.search(cell)
        if not citing:
            found = re.fullmatch(PARTED, cell) or headed(cell) or found
        if found and not DATE.match(found.group("id")):
            return found.group("id").rstrip(".-")
    return None


def _below(text: str, label: str) -> str | None:
    """Return the number in a table whose labels stand above or before their values."""
    said = cells(text)
    for at, cell in enumerate(said):
        if re.fullmatch(label, cell, re.I):
            for value in said[at + 1 : at + 1 + _VALUES]:
                found = _VALUE.fullmatch(value)
                if found and not DATE.match(value):
                    return found.group("id")
    return None


def _dated(label: str, text: str) -> date | None:
    below = _dated_below(label, text)
    return below or next(iter(_all_dated(label, text)), None)


def _all_dated(label: str, text: str) -> list[date]:
    """Return the days that stand behind a label, in their order; below it if there are none."""
    days: list[date] = []
    for found in re.finditer(
        rf"\b{label}[\s:.\-]*(?=(?P<rest>[^\n]{{0,30}}\n?[^\n]{{0,30}}))", text, re.I
    ):
        said = DATE.match(found.group("rest").lstrip())
        if said and (one := day(said)):
            days.append(one)
    below = None if days else _dated_below(label, text)
    return [below] if below else days


def _dated_alone(text: str) -> date | None:
    """Return the date that is labelled as no more than a date, or stands alone in its cell."""
    for before, cell in pairwise(["", *cells(text)]):
        said = DATE.fullmatch(re.sub(r"^date\s*:\s*", "", cell, flags=re.I).strip("() "))
        if said and not re.match(rf"{REVISED}|{_ELSEWHERE.pattern}|print", before, re.I):
            return day(said)
    return None


def _dated_below(label: str, text: str) -> date | None:
    """Return the date in the row under a row of labels, at the label's place.

    In a row of fewer cells the dates are those of the labels of days, in their order.
    """
    rows = [[cell.strip() for cell in line.split("\t")] for line in text.split("\n")]
    for above, below in pairwise(rows):
        at = next((at for at, cell in enumerate(above) if re.match(label, cell, re.I)), None)
        if at is None or any(map(DATE.search, above)):
            continue
        dates = [DATE.match(cell) if len(DATE.findall(cell)) == 1 else None for cell in below]
        if len(above) != len(below) and at > 0:
            days = [place for place, cell in enumerate(above) if _DAYS.match(cell)]
            given: list[re.Match[str] | None] = [found for found in dates if found]
            fits = at in days and (len(days) == len(given) or (days[0] == at and len(given) == 1))
            dates, at = given, days.index(at) if fits else len(given)
        said = dates[at] if at < len(dates) else None
        if said:
            return day(said)
    return None


def _rescinded(said: str) -> tuple[str, ...]:
    said = "" if said.rstrip().endswith(":") else squeeze(said).strip(" :.")
    if (
        not said
        or re.match(r"(?:(?:n/?a|none|auth|eff|rev)\b|new(?:\s+\w+)?$)", said, re.I)
        or is_label(said)
    ):
        return ()
    return tuple(part.strip() for part in re.split(r"[;,]\s+(?!\d{4})", said) if part.strip())
