"""Numerals at the start of a line, and which level of an outline each of them continues."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

_ROMAN = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
_STYLES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("roman", re.compile(r"(?P<n>(?=[IVXLC])(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3}))\.(?=\s|$)")),
    ("upper", re.compile(r"(?P<n>[A-Z])\.(?=\s|$)")),
    ("decimal", re.compile(r"(?P<n>\d{1,3})\.(?=\s|$)")),
    ("lower", re.compile(r"(?P<n>[a-z])\.(?=\s|$)")),
    ("decimal in brackets", re.compile(r"(?P<n>\(\d{1,3}\))(?=\s|$)")),
    ("lower in brackets", re.compile(r"(?P<n>\([a-z]\))(?=\s|$)")),
)


class Numeral(NamedTuple):
    """One way of reading a numeral: style, place in the count, label, and where its text starts."""

    style: str
    value: int
    label: str
    end: int


class Level(NamedTuple):
    """An open level of the outline: the style it counts in and how far it has come."""

    style: str
    value: int


def readings(text: str, start: int, end: int) -> tuple[Numeral, ...]:
    """Return every way to read a numeral at ``text[start:end]``, if there is one."""
    return tuple(_readings(text, start, end))


def _readings(text: str, start: int, end: int) -> Iterator[Numeral]:
    for style, pattern in _STYLES:
        match = pattern.match(text, start, end)
        if match is not None:
            label = match.group("n")
            yield Numeral(style, _value(style, label.strip("()")), label, match.end())


def _value(style: str, label: str) -> int:
    if style == "roman":
        digits = [_ROMAN[letter] for letter in label]
        pairs = zip(digits, [*digits[1:], 0], strict=True)
        return sum(-digit if digit < following else digit for digit, following in pairs)
    if style.startswith("decimal"):
        return int(label)
    return ord(label.lower()) - ord("a") + 1


def place(found: Sequence[Numeral], levels: Sequence[Level]) -> tuple[Numeral, int] | None:
    """Return the reading that is meant and the depth it stands at; None if it fits nowhere.

    In this order: the next of an open level, deepest first; the first of a new level; else the
    reading that misses the fewest numbers, of an open level rather than of a new one.
    """
    fits = list(_fits(found, levels))
    following = next((fit for fit in fits if fit[0] == 0 and fit[2] < len(levels)), None)
    best = following or min(fits, key=lambda fit: fit[0], default=None)
    return None if best is None else (best[1], best[2])


def _fits(found: Sequence[Numeral], levels: Sequence[Level]) -> Iterator[tuple[int, Numeral, int]]:
    """Yield (numbers missed, reading, depth): open levels from the deepest, then a new level."""
    for depth in range(len(levels) - 1, -1, -1):
        for numeral in found:
            step = numeral.value - levels[depth].value
            if numeral.style == levels[depth].style and step > 0:
                yield step - 1, numeral, depth
    open_styles = {level.style for level in levels}
    for numeral in found:
        if numeral.style not in open_styles:
            yield numeral.value - 1, numeral, len(levels)
