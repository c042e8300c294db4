"""Numerals at the start of a line: every way to read them, and their place in a count."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from index.titles import is_title

_ROMAN = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
_END = r"(?=\s|$|(?<=[.)])[A-Z“\"][a-z])"
_ROMANS = r"(?=[IVXLC])(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})"
_KINDS = (
    ("roman", _ROMANS),
    ("upper", r"([A-Z])\1?"),
    ("decimal", r"\d{1,3}"),
    ("lower", r"([a-z])\1?"),
    ("low roman", _ROMANS.lower()),
)


def _closed(kind: str) -> Iterator[tuple[str, str]]:
    """Yield (how the numeral is closed, its pattern): ``1.``, ``1)``, ``(1)``, ``1`` and a tab."""
    yield "", rf"(?P<n>{kind})\.{_END}"
    yield " and bracket", rf"(?P<n>{kind})\.?\){_END}"
    yield " in brackets", rf"\(\s?(?P<n>{kind})\s?\)\.?(?=\s|$|[A-Z“\"(][a-z\d])"
    yield " bare", rf"(?P<n>{kind})(?=\t)"


_STYLES: tuple[tuple[str, str, re.Pattern[str]], ...] = tuple(
    (kind, kind + how, re.compile(pattern.replace(r"\1", r"\2")))
    for kind, figure in _KINDS
    for how, pattern in _closed(figure)
)
_PATH = re.compile(
    r"(?:§+\s*)?(?P<n>(?:\d{1,5}|[A-Z]{1,4})(?:\.(?:\d{1,4}|[A-Za-z](?![A-Za-z])))+)\.?(?=[\s(]|$)"
)
# "304.2 - 3.1 Command" and "2-52-4 Use": what a hyphen parts is a path before a title only.
_HYPHENED = re.compile(
    r"(?P<n>\d{1,4}(?:\.\d{1,3})*(?:\s?[-–]\s?\d{1,3}(?:\.\d{1,3})*){1,3})\.?(?=\s+[A-Z][A-Za-z])"
)


# "Article 1 - Officials shall": a word before the number, and a sentence of its own behind it.
_NAMED = re.compile(
    r"(?P<n>(?P<word>article|section|step|rule)\s+(?P<at>\d{1,3}))\s*[.:–—-]\s*(?=[A-Z“\"])", re.I
)


class Numeral(NamedTuple):
    """One way of reading a numeral: style, place in the count, label, and where its text starts.

    ``path`` holds the parts of a label that names its whole place (``300.4.1``), else nothing.
    """

    style: str
    value: int
    label: str
    end: int
    path: tuple[str, ...] = ()


def readings(text: str, start: int, end: int) -> tuple[Numeral, ...]:
    """Return every way to read a numeral at ``text[start:end]``, if there is one."""
    return tuple(_readings(text, start, end))


def chained(text: str, found: tuple[Numeral, ...], end: int) -> tuple[Numeral, ...]:
    """Return the readings of a second numeral right after the first, as in ``(b)(1)``."""
    if not found:
        return ()
    at = found[0].end
    while at < end and text[at] in " \t":
        at += 1
    follows = readings(text, at, end)
    first = {numeral.style for numeral in found}
    return tuple(n for n in follows if n.value == 1 and not n.path and n.style not in first)


def place(part: str) -> int:
    """Return where one part of a path stands in its count: ``4`` is 4, ``b`` is 2."""
    return int(part) if part.isdigit() else ord(part[0].lower()) - ord("a") + 1


def _readings(text: str, start: int, end: int) -> Iterator[Numeral]:
    hyphened = _HYPHENED.match(text, start, end)
    if hyphened is not None:
        label = re.sub(r"\s?[-–]\s?", "-", hyphened.group("n"))
        parts = tuple(re.split(r"[.-]", label))
        yield Numeral("path", int(parts[-1]), label, hyphened.end(), parts)
        return
    path = _PATH.match(text, start, end)
    if path is not None and any(mark.isdigit() for mark in path.group("n")):
        parts = tuple(path.group("n").split("."))
        yield Numeral("path", place(parts[-1]), path.group("n"), path.end(), parts)
        return
    named = _NAMED.match(text, start, end)
    if named is not None and not is_title(text[named.end() : end]):
        label = f"{named.group('word').capitalize()} {named.group('at')}"
        style = f"named {named.group('word').lower()}"
        yield Numeral(style, int(named.group("at")), label, named.end())
        return
    for kind, style, pattern in _STYLES:
        match = pattern.match(text, start, end)
        if match is not None and match.group("n"):
            label = match.group("n")
            shown = f"({label})" if style.endswith("in brackets") else label
            yield Numeral(style, _value(kind, label), shown, match.end())


def _value(kind: str, label: str) -> int:
    if kind.endswith("roman"):
        digits = [_ROMAN[letter] for letter in label.upper()]
        pairs = zip(digits, [*digits[1:], 0], strict=True)
        return sum(-digit if digit < following else digit for digit, following in pairs)
    if kind == "decimal":
        return int(label)
    return ord(label[0].lower()) - ord("a") + 1 + 26 * (len(label) - 1)
