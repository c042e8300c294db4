"""Numbers of directives in a head: how they look, which are named, what officers put before one."""

import re
from collections.abc import Iterable, Sequence

from index.days import DATE

ID = r"(?P<id>(?:[A-Z]{1,4}[-.]?)?\d[\w-]*(?:\.\d[\w-]*)*)"
KIND = (
    r"(?:general\s+orders?|special\s+orders?|department\s+(?:directive|order|policy)|directive|"
    r"policy(?:\s+and\s+procedures?)?|operations?\s+order|administrative\s+order|"
    r"standard\s+operating\s+procedure|procedure|order|s\.?o\.?p\.?|g\.?o\.?|dir\.?)"
)
_WHOLE_ID = rf"(?<![\w.-]){ID}(?![\w-])"
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
APART = re.compile(r"<[^>\n]*>|\*{1,3}|#{1,6}\s")
_FIGURES = 3
_SEVERAL = 3


def prefix(text: str, number: str) -> str:
    """Return what officers put before a number, by the kind of order that a head's text says.

    A number that begins with a letter stands alone, and so does one whose kind is not said.
    """
    if number[:1].isalpha():
        return ""
    text = APART.sub(" ", text)
    gap = r"[^\w\n]*"
    own = rf"{KIND}{gap}(?:(?:number|no)\b{gap})?{re.escape(number)}"
    said = re.search(own, text, re.I) or re.search(rf"\b{KIND}", text, re.I)
    kind = re.sub(r"[^a-z]+", " ", said.group().lower()).strip() if said else ""
    return next((short for words, short in _PREFIXES if kind.startswith(words)), "")


def numbers(named: Sequence[str]) -> tuple[str, ...]:
    """Return the numbers of the directives that a head names; days and words are left out."""
    found: dict[str, None] = {}
    for phrase in named:
        for one in re.finditer(_WHOLE_ID, DATE.sub(" ", phrase), re.I):
            number = one.group("id").rstrip(".-")
            if not _YEAR.fullmatch(number) or re.search(KIND, phrase, re.I):
                found.setdefault(number)
    return tuple(found)


def shared_number(sections: Iterable[str]) -> str | None:
    """Return the number that all sections of several parts begin with: 300 of 300.1 and 300.2.4."""
    found = [re.match(r"(\d+(?:-\d+)?)[.-]\d", section) for section in sections]
    numbers = {match.group(1) for match in found if match}
    shared = numbers.pop() if len(numbers) == 1 else ""
    return shared if len(shared) >= _FIGURES else None


def bundled(sections: Iterable[str]) -> tuple[str, ...]:
    """Return the numbers of the directives in one file: 300 and 301 of 300.1, 300.2, 301.1, 301.2.

    Fewer than three are chapters of one directive.
    """
    found: dict[str, set[str]] = {}
    for section in sections:
        match = re.match(r"(\d{3,5})\.(\d{1,2})(?!\d)", section)
        if match:
            found.setdefault(match.group(1), set()).add(match.group(2))
    numbers = tuple(number for number, parts in found.items() if {"1", "2"} <= parts)
    return numbers if len(numbers) >= _SEVERAL else ()
