"""A directive's head -> number, title, dates and what it rescinds, from labels and their values.

The head is the text before the first part, and the running heads and feet, which often hold more.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise

from pydantic import BaseModel

from index.directive import FROZEN, squeeze
from index.formats.document import Document

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_MONTH = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.?"
_DATE = re.compile(
    rf"(?P<iso>\d{{4}})[-/](?P<im>\d{{1,2}})[-/](?P<id>\d{{1,2}})(?!\d)"
    rf"|(?P<m>\d{{1,2}})\s?[/.-]\s?(?P<d>\d{{1,2}})\s?[/.-]\s?(?P<y>\d{{4}}|\d{{2}})(?!\d)"
    rf"|(?P<word>{_MONTH})\s+(?P<wd>\d{{1,2}})(?:st|nd|rd|th)?\s*,?\s+(?P<wy>\d{{4}})"
    rf"|(?P<dd>\d{{1,2}})(?:st|nd|rd|th)?\s+(?P<dword>{_MONTH})\s*,?\s+(?P<dy>\d{{4}})",
    re.I,
)
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
_ID = r"(?P<id>(?:[A-Z]{1,4}[-.]?)?\d[\w-]*(?:\.\d[\w-]*)*)"
_KIND = (
    r"(?:general\s+orders?|special\s+orders?|department\s+(?:directive|order|policy)|directive|"
    r"policy(?:\s+and\s+procedures?)?|operations?\s+order|administrative\s+order|"
    r"standard\s+operating\s+procedure|procedure|order|s\.?o\.?p\.?|g\.?o\.?|dir\.?)"
)
_WHOLE_ID = rf"(?<![\w.-]){_ID}(?![\w-])"
_YEAR = re.compile(r"(?:19|20)\d\d")
_PREFIXES = (
    ("general order", "GO"),
    ("g o", "GO"),
    ("special order", "SO"),
    ("operation", "OO"),
    ("administrative order", "AO"),
    ("standard operating", "SOP"),
    ("s o p", "SOP"),
    ("sop", "SOP"),
    ("policy", "Policy"),
    ("department policy", "Policy"),
    ("procedure", "Procedure"),
    ("directive", "Directive"),
    ("department directive", "Directive"),
    ("dir", "Directive"),
    ("order", "Order"),
    ("department order", "Order"),
)
_NUMBER = re.compile(
    rf"(?:\b{_KIND}\s*(?:number|no\b\.?|num\b\.?|\#)?|\b(?:number|no\.)|\#)\s*[:#.–—-]*\s*{_ID}\b",
    re.I,
)
_OWN = re.compile(
    rf"\s*(?:{_KIND}\s*(?:number|no\b\.?|\#)?|number|no\.)\s*[:#.]*\s*{_ID}\s*(?:$|[:–—-]|\t)", re.I
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
    r"subject|title|number|categor|related|all\s+personnel|date|directive\s*:|n/a|cross)",
    re.I,
)
_BODY_OF = re.compile(
    r"\b(?:department|police|sheriff|city of|county|village|town of|township|bureau|office of|"
    r"manual|general orders?|special orders?|policy and procedure|division)\b",
    re.I,
)
_APART = re.compile(r"<[^>\n]*>|\*{1,3}|#{1,6}\s")
_KIND_ALONE = re.compile(rf"{_KIND}s?|memorandum|addendum|notice", re.I)
_NEAR = 8
_MANY = 3
_VALUES = 4


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
    text = _APART.sub(" ", header)
    beside = "\n".join(document.furniture)
    both = f"{text}\n{beside}"
    found, changes = _RESCINDS.search(both), _AMENDS.search(both)
    return Masthead(
        number=_number(text) or _number(beside),
        title=_whole(_title(text), text, beside) or _first_title(beside),
        issued=_dated(_ISSUED, both),
        effective=_dated(_EFFECTIVE, both),
        revised=_dated(_REVISED, both),
        rescinds=_rescinded(found.group("what")) if found else (),
        amends=_rescinded(changes.group("what")) if changes else (),
        revisable=re.search(_REVISED, both, re.I) is not None,
    )


def prefix(text: str, number: str) -> str:
    """Return what officers put before a number, by the kind of order that a head's text says.

    A number that begins with a letter stands alone, and so does one whose kind is not said.
    """
    if number[:1].isalpha():
        return ""
    text = _APART.sub(" ", text)
    gap = r"[^\w\n]*"
    own = rf"{_KIND}{gap}(?:(?:number|no)\b{gap})?{re.escape(number)}"
    said = re.search(own, text, re.I) or re.search(rf"\b{_KIND}", text, re.I)
    kind = re.sub(r"[^a-z]+", " ", said.group().lower()).strip() if said else ""
    return next((short for words, short in _PREFIXES if kind.startswith(words)), "")


def numbers(named: Sequence[str]) -> tuple[str, ...]:
    """Return the numbers of the directives that a head names; days and words are left out."""
    found: dict[str, None] = {}
    for phrase in named:
        for one in re.finditer(_WHOLE_ID, _DATE.sub(" ", phrase), re.I):
            number = one.group("id").rstrip(".-")
            if not _YEAR.fullmatch(number) or re.search(_KIND, phrase, re.I):
                found.setdefault(number)
    return tuple(found)


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
    yield from re.finditer(rf"\b{_EFFECTIVE}[\s:.\-]*(?:{_DATE.pattern})", text, re.I)


def _number(text: str) -> str | None:
    for line in text.split("\n"):
        for cell in line.split("\t"):
            if not _ELSEWHERE.match(cell):
                found = _NUMBER.search(cell)
                if found and not _DATE.match(found.group("id")):
                    return found.group("id").rstrip(".-")
    return _below(text)


def _below(text: str) -> str | None:
    """Return the number in a table whose labels stand above or before their values."""
    label = rf"(?:{_KIND}\s*)?(?:number|no\.?|\#)\s*:?|{_KIND}\s*[:#]?"
    cells = [cell.strip() for line in text.split("\n") for cell in line.split("\t")]
    for at, cell in enumerate(cells):
        if re.fullmatch(label, cell, re.I):
            for value in cells[at + 1 : at + 1 + _VALUES]:
                if re.fullmatch(_ID, value, re.I) and not _DATE.match(value):
                    return value
    return None


def _dated(label: str, text: str) -> date | None:
    for found in re.finditer(
        rf"\b{label}[\s:.\-]*(?P<rest>[^\n]{{0,30}}\n?[^\n]{{0,30}})", text, re.I
    ):
        said = _DATE.match(found.group("rest").lstrip())
        if said:
            return _date(said)
    return _dated_below(label, text)


def _dated_below(label: str, text: str) -> date | None:
    """Return the date in the row under a row of labels, at the label's place."""
    rows = [[cell.strip() for cell in line.split("\t")] for line in text.split("\n")]
    for above, below in pairwise(rows):
        dates = [_DATE.match(cell) for cell in below]
        named = [bool(re.match(label, cell, re.I)) for cell in above]
        if any(named) and (len(above) == len(below) or named[0]):
            said = dates[named.index(True)]
            if said:
                return _date(said)
    return None


def _date(found: re.Match[str]) -> date | None:
    part = found.groupdict()
    try:
        if part["iso"]:
            return date(int(part["iso"]), int(part["im"]), int(part["id"]))
        if part["m"]:
            year = int(part["y"])
            year += (1900 if year > 60 else 2000) if year < 100 else 0
            return date(year, int(part["m"]), int(part["d"]))
        word, day, year_said = (
            (part["word"], part["wd"], part["wy"])
            if part["word"]
            else (part["dword"], part["dd"], part["dy"])
        )
        return date(int(year_said or 0), _MONTHS.index((word or "")[:3].lower()) + 1, int(day or 0))
    except ValueError:
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
    cells = [squeeze(cell) for line in text.split("\n") for cell in line.split("\t")]
    left: Sequence[str] = [
        cell
        for at, cell in enumerate(cells)
        if 4 <= len(cell) <= 120
        and not _LABEL.match(cell)
        and not _OWN.match(cell)
        and not _KIND_ALONE.fullmatch(cell)
        and not _DATE.search(cell)
        and not (at and cells[at - 1].endswith(":"))
        and not re.search(r"\bpage\b\s*\d|copyright|©", cell, re.I)
        and len(re.findall(r"[^\W\d_]", cell)) > len(cell) / 2
    ]
    named = [cell for cell in left if not _BODY_OF.search(cell)]
    return named[0] if named else next((cell for cell in left[:0:-1]), None)
