"""A section as it is written -> the one a directive has: "IV(E)(16)", "e 16", "1026.4.1(g)"."""

import re
from collections import defaultdict
from collections.abc import Iterable

from index.words import plain

_PART = re.compile(r"[0-9]+|[a-z]+")
_LAST = re.compile(r"(?:\.?\([^()]*\)|\.[^.()•¶]*|[•¶]\d+)$")

Parts = tuple[str, ...]


def parts(section: str) -> Parts:
    """Return the numerals of a section in lower case: ``IV.E.19•3`` is iv, e, 19, 3."""
    return tuple(_PART.findall(plain(section)))


def stands_under(section: str) -> str:
    """Return the section that one stands directly under: ``450.3`` of ``450.3(b)``, or nothing."""
    upper = _LAST.sub("", section)
    return upper if upper != section else ""


class Sections:
    """The sections of one directive, of clauses and of headings."""

    def __init__(self, sections: Iterable[str]) -> None:
        self._whole: dict[Parts, str] = {}
        self._ends: dict[Parts, list[str]] = defaultdict(list)
        for section in dict.fromkeys(sections):
            said = parts(section)
            if said and self._whole.setdefault(said, section) == section:
                for start in range(1, len(said)):
                    self._ends[said[start:]].append(section)

    def find(self, said: Parts, near: str = "") -> str | None:
        """Return the section of these numerals, or the one that ends in them; None if several do.

        ``near`` is the section that speaks: of several, the one that begins most like it is meant.
        One numeral alone is a section that stands beside it.
        """
        if said in self._whole:
            return self._whole[said]
        own = parts(near)
        shared = {section: _shared(parts(section), own) for section in self._ends.get(said, ())}
        if len(said) < 2:
            return next((s for s, count in shared.items() if _beside(s, near, count)), None)
        found = [section for section in shared if shared[section] == max(shared.values())]
        return found[0] if len(found) == 1 else None

    def opens(self, said: Parts) -> bool:
        """Whether a section of this directive begins with the first of these numerals."""
        return any(whole[:1] == said[:1] for whole in self._whole)


def _beside(section: str, near: str, shared: int) -> bool:
    """Whether two sections differ in their last numeral alone, and it is the directive's own."""
    alone = "¶" not in section
    return alone and shared == len(parts(section)) - 1 == len(parts(near)) - 1


def _shared(one: Parts, other: Parts) -> int:
    """Return how many numerals two sections begin with in common."""
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count
