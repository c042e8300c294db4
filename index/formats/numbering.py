"""Word's automatic numbers: a paragraph's list and level become the numeral that Word shows."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_LEVELS = 9


class Xml(Protocol):
    """An XML element, as far as it is read here."""

    @property
    def tag(self) -> str:
        """The element's name with its namespace."""
        ...

    @property
    def text(self) -> str | None:
        """The text before the first child."""
        ...

    def get(self, key: str) -> str | None:
        """Return an attribute."""
        ...

    def find(self, path: str) -> "Xml | None":
        """Return the first element on a path."""
        ...

    def findall(self, path: str) -> "list[Xml]":
        """Return every element on a path."""
        ...

    def iter(self, *tags: str) -> Iterator["Xml"]:
        """Yield this element and all below it."""
        ...

    def __iter__(self) -> Iterator["Xml"]:
        """Yield the children."""
        ...


@dataclass
class Level:
    """How one level of a list counts: its figures, its pattern (``%1.%2``), start and indent."""

    kind: str = "decimal"
    pattern: str = ""
    start: int = 1
    indent: float | None = None
    legal: bool = False


@dataclass
class Numbering:
    """The lists of a document and how far each has come."""

    lists: dict[str, tuple[str, dict[int, Level]]] = field(default_factory=dict)
    counts: dict[str, list[int]] = field(default_factory=dict)
    overridden: set[tuple[str, int]] = field(default_factory=set)
    restarted: set[tuple[str, int]] = field(default_factory=set)

    def level(self, number: str, depth: int) -> Level | None:
        """Return how a list counts at a depth; None where the document does not say."""
        return self.lists.get(number, ("", {}))[1].get(depth)

    def next(self, number: str, depth: int) -> str | None:
        """Count on, and return the numeral Word shows; "" for a bullet, None for no list."""
        level = self.level(number, depth)
        if level is None:
            return None
        if level.kind == "bullet":
            return ""
        shared, levels = self.lists[number]
        counts = self.counts.setdefault(shared, [0] * _LEVELS)
        if (number, depth) in self.overridden and (number, depth) not in self.restarted:
            self.restarted.add((number, depth))
            counts[depth] = 0
        for above in range(depth):
            if counts[above] == 0:
                counts[above] = levels.get(above, Level()).start
        counts[depth] = counts[depth] + 1 if counts[depth] else level.start
        counts[depth + 1 :] = [0] * (_LEVELS - depth - 1)
        return re.sub(r"%(\d)", lambda m: self._figure(levels, counts, m, level), level.pattern)

    def _figure(
        self, levels: dict[int, Level], counts: list[int], match: re.Match[str], own: Level
    ) -> str:
        at = int(match.group(1)) - 1
        kind = "decimal" if own.legal else levels.get(at, Level()).kind
        return figure(counts[at] or 1, kind)


def figure(value: int, kind: str) -> str:
    """Return a number in Word's or HTML's figures: decimal, roman, letter."""
    if kind in ("upperRoman", "lowerRoman"):
        found = _roman(value)
        return found if kind == "upperRoman" else found.lower()
    if kind in ("upperLetter", "lowerLetter"):
        letter = chr(ord("A") + (value - 1) % 26) * ((value - 1) // 26 + 1)
        return letter if kind == "upperLetter" else letter.lower()
    if kind == "none":
        return ""
    return f"{value:02d}" if kind == "decimalZero" else str(value)


def _roman(value: int) -> str:
    found = ""
    pairs = (
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    )
    for worth, letters in pairs:
        while value >= worth:
            found += letters
            value -= worth
    return found


def numbering(root: Xml | None) -> Numbering:
    """Return the lists that numbering.xml describes; none where a document has no such part."""
    found = Numbering()
    if root is None:
        return found
    shared = {each.get(W + "abstractNumId") or "": each for each in root.findall(W + "abstractNum")}
    for number in root.findall(W + "num"):
        own = number.get(W + "numId") or ""
        named = number.find(W + "abstractNumId")
        at = (named.get(W + "val") or "") if named is not None else ""
        levels = _levels(shared[at]) if at in shared else {}
        for override in number.findall(W + "lvlOverride"):
            depth = int(override.get(W + "ilvl") or 0)
            replaced = override.find(W + "lvl")
            if replaced is not None:
                levels[depth] = _level(replaced)
            start = override.find(W + "startOverride")
            if start is not None and depth in levels:
                levels[depth].start = int(start.get(W + "val") or 1)
                found.overridden.add((own, depth))
        found.lists[own] = (at, levels)
    return found


def _levels(shared: Xml) -> dict[int, Level]:
    return {int(each.get(W + "ilvl") or 0): _level(each) for each in shared.findall(W + "lvl")}


def _level(element: Xml) -> Level:
    def value(name: str, otherwise: str) -> str:
        child = element.find(W + name)
        return otherwise if child is None else child.get(W + "val") or otherwise

    start = value("start", "1")
    return Level(
        kind=value("numFmt", "decimal"),
        pattern=value("lvlText", ""),
        start=int(start) if start.lstrip("-").isdigit() else 1,
        indent=indent(element.find(W + "pPr")),
        legal=element.find(W + "isLgl") is not None,
    )


def indent(properties: Xml | None) -> float | None:
    """Return where a paragraph's first line starts, in points, or None where it is not said."""
    found = properties.find(W + "ind") if properties is not None else None
    if found is None:
        return None

    def twips(*names: str) -> float:
        for name in names:
            said = found.get(W + name)
            if said is not None and said.lstrip("-").isdigit():
                return int(said) / 20
        return 0.0

    return twips("left", "start") - twips("hanging") + twips("firstLine")
