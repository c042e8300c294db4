"""Two versions of a directive side by side: what became of each clause, word for word, pure."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from difflib import SequenceMatcher
from enum import StrEnum
from functools import cached_property

from pydantic import BaseModel

from index.directive import FROZEN, Directive

_TOKEN = re.compile(r"\w+|\s|[^\w\s]")
_ALIKE = 0.5  # share of words in common from which two clauses may be one under another number
_SAME_PLACE = 0.25  # what the same section is worth beside that share
_REWRITTEN = 0.3  # below it the words in common are those that any two sentences have


class Change(StrEnum):
    """What became of a clause."""

    SAME = "same"
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"
    RENUMBERED = "renumbered"


class Mark(StrEnum):
    """What became of a run of words."""

    KEPT = "kept"
    REMOVED = "removed"
    ADDED = "added"


class Segment(BaseModel):
    """A run of words; kept and removed joined are the old text, kept and added the new."""

    model_config = FROZEN

    mark: Mark
    text: str


class Row(BaseModel):
    """One clause, or one heading, of both versions or of one.

    ``old`` and ``new`` are its sections, None where the version has it not. One that is changed
    may have another section too.
    """

    model_config = FROZEN

    change: Change
    old: str | None
    new: str | None
    segments: tuple[Segment, ...]
    heading: bool = False

    @property
    def section(self) -> str:
        """The section by which it is named: the new one, else the old one."""
        return self.new or self.old or ""


class Redline(BaseModel):
    """What became of a directive's clauses and headings, in the new version's order.

    What was removed stands where it stood. ``old`` and ``new`` are the effective days.
    ``affected`` are the old sections of the clauses that do not say what they did: their own words
    changed or went, those of a bullet of theirs, or those of the sentence that they complete.
    """

    model_config = FROZEN

    number: str
    name: str
    old: date
    new: date
    rows: tuple[Row, ...]
    affected: frozenset[str] = frozenset()

    @cached_property
    def touched(self) -> tuple[Row, ...]:
        """The rows that are not the same in both."""
        return tuple(row for row in self.rows if row.change is not Change.SAME)

    def count(self, change: Change) -> int:
        """Return how many rows became so."""
        return sum(row.change is change for row in self.rows)

    @cached_property
    def worded(self) -> frozenset[str]:
        """The old sections of the clauses whose words are not in the new version as they were."""
        gone = (Change.CHANGED, Change.REMOVED)
        return frozenset(
            row.old for row in self.rows if row.change in gone and row.old and not row.heading
        )


class _Unit(BaseModel):
    """A clause or a heading, as it is compared."""

    model_config = FROZEN

    place: int
    section: str
    text: str
    heading: bool


def compare(old: Directive, new: Directive) -> Redline:
    """Return the redline of two versions of one directive.

    A clause is found again by its words, and where these changed by its section and by how many
    words it has in common.
    """
    before, after = _units(old), _units(new)
    rows = tuple(_rows(before, after, _pairs(before, after)))
    found = Redline(
        number=new.number, name=new.name, old=old.effective, new=new.effective, rows=rows
    )
    return found.model_copy(update={"affected": frozenset(_affected(old, new, found))})


def segments(old: str, new: str) -> tuple[Segment, ...]:
    """Return two texts as runs of words; a change over several words is told in one piece."""
    if old == new:
        return (Segment(mark=Mark.KEPT, text=old),) if old else ()
    if _likeness(old, new) < _REWRITTEN:
        return tuple(_marked("", old, new))
    before, after = _TOKEN.findall(old), _TOKEN.findall(new)
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    found: list[Segment] = []
    removed = added = ""
    for _, first, last, start, end in matcher.get_opcodes():
        gone, come = "".join(before[first:last]), "".join(after[start:end])
        if gone == come and (gone.strip() or not (removed or added)):
            found += _marked("", removed, added)
            found += _marked(gone, "", "")
            removed = added = ""
        else:
            removed, added = removed + gone, added + come
    return (*found, *_marked("", removed, added))


def _affected(old: Directive, new: Directive, found: Redline) -> Iterator[str]:
    clauses = [row for row in found.rows if not row.heading]
    moved = {row.new: row.old for row in clauses if row.new and row.old}
    added = {row.new for row in clauses if row.old is None}
    for clause in old.clauses:
        if found.worded & {clause.section, clause.parent, clause.lead}:
            yield clause.section
        if clause.parent is not None and clause.section in found.worded:
            yield clause.parent
    for clause in new.clauses:
        above = moved.get(clause.parent or "")
        if clause.section in added and above is not None:
            yield above


def _marked(kept: str, removed: str, added: str) -> Iterator[Segment]:
    for mark, text in ((Mark.KEPT, kept), (Mark.REMOVED, removed), (Mark.ADDED, added)):
        if text:
            yield Segment(mark=mark, text=text)


def _units(directive: Directive) -> tuple[_Unit, ...]:
    found = [
        *((heading.span, heading.section, heading.title, True) for heading in directive.headings),
        *((clause.span, clause.section, clause.text, False) for clause in directive.clauses),
    ]
    found.sort(key=lambda one: one[0])
    return tuple(
        _Unit(place=place, section=section, text=text, heading=heading)
        for place, (_, section, text, heading) in enumerate(found)
    )


def _pairs(before: Sequence[_Unit], after: Sequence[_Unit]) -> dict[int, int]:
    """Return the place in the old version of each place in the new one that was there."""
    pairs: dict[int, int] = {}
    taken: set[int] = set()

    def match(found: Iterable[tuple[_Unit, _Unit]]) -> None:
        for one, other in found:
            if one.place not in taken and other.place not in pairs:
                taken.add(one.place)
                pairs[other.place] = one.place

    match((one, other) for one, other in _worded_alike(before, after) if _at_home(one, other))
    match(_worded_alike(before, after))
    left = [one for one in before if one.place not in taken]
    come = [one for one in after if one.place not in pairs]
    match(_likeliest(left, come))
    return pairs


def _worded_alike(before: Sequence[_Unit], after: Sequence[_Unit]) -> Iterator[tuple[_Unit, _Unit]]:
    known: dict[tuple[str, bool], list[_Unit]] = {}
    for one in before:
        known.setdefault((one.text, one.heading), []).append(one)
    for other in after:
        for one in known.get((other.text, other.heading), ()):
            yield one, other


def _at_home(one: _Unit, other: _Unit) -> bool:
    return one.section == other.section


def _likeliest(before: Sequence[_Unit], after: Sequence[_Unit]) -> list[tuple[_Unit, _Unit]]:
    found = []
    for one in before:
        for other in after:
            home = _at_home(one, other)
            alike = _likeness(one.text, other.text)
            if one.heading is other.heading and (home or alike >= _ALIKE):
                far = abs(one.place - other.place)
                found.append((-(alike + _SAME_PLACE * home), far, one.place, other.place))
    by_old = {one.place: one for one in before}
    by_new = {one.place: one for one in after}
    return [(by_old[old], by_new[new]) for _, _, old, new in sorted(found)]


def _likeness(one: str, other: str) -> float:
    """Return the share of words that two texts have in common, from 0 to 1."""
    words, others = (Counter(re.findall(r"\w+", text.lower())) for text in (one, other))
    both = words.total() + others.total()
    return 2 * (words & others).total() / both if both else 1.0


def _rows(before: Sequence[_Unit], after: Sequence[_Unit], pairs: dict[int, int]) -> Iterator[Row]:
    at = {old: new for new, old in pairs.items()}
    ordered: list[tuple[int, int, Row]] = []
    last = -1
    for one in before:
        if one.place in at:
            last = at[one.place]
        else:
            ordered.append((last, one.place, _row(one, None)))
    for other in after:
        old = before[pairs[other.place]] if other.place in pairs else None
        ordered.append((other.place, -1, _row(old, other)))
    for _, _, row in sorted(ordered, key=lambda each: each[:2]):
        yield row


def _row(old: _Unit | None, new: _Unit | None) -> Row:
    unit = new or old
    if unit is None:
        raise ValueError("A row is of at least one version.")
    return Row(
        change=_change(old, new),
        old=old.section if old else None,
        new=new.section if new else None,
        segments=segments(old.text if old else "", new.text if new else ""),
        heading=unit.heading,
    )


def _change(old: _Unit | None, new: _Unit | None) -> Change:
    if old is None:
        return Change.ADDED
    if new is None:
        return Change.REMOVED
    if old.text != new.text:
        return Change.CHANGED
    return Change.SAME if _at_home(old, new) else Change.RENUMBERED
