"""What became of clauses that a person watches, by another version or the directive's end, pure."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from itertools import groupby

from pydantic import BaseModel

from bot.watches import Watch
from index.directive import FROZEN, Directive
from index.ended import Ended, ended
from index.library import Library
from index.redline import Change, Redline, Row, compare


class Became(BaseModel):
    """What became of one clause: where it stands now, None where it is gone, and what changed.

    ``rows`` are of the clause itself, its bullets and the sentence that it completes; there are
    none where it says what it said.
    """

    model_config = FROZEN

    section: str
    now: str | None
    rows: tuple[Row, ...] = ()


class News(BaseModel):
    """One person's watches of one version, and what the version in force now did to them.

    ``old`` is None where the text that they watch is no longer on file; then of no clause is it
    known what changed.
    """

    model_config = FROZEN

    watches: tuple[Watch, ...]
    old: Directive | None
    new: Directive
    became: tuple[Became, ...]

    @property
    def told(self) -> tuple[Became, ...]:
        """What the person is to be told: nothing of a clause that says what it said."""
        return self.became if self.old is None else tuple(one for one in self.became if one.rows)

    @property
    def sections(self) -> dict[str, str]:
        """The sections in the new version, by those in the old one."""
        return {one.section: one.now for one in self.became if one.now is not None}


class Over(BaseModel):
    """One person's watches of a directive that ended with no version in its place.

    ``name`` is how officers call it, as far as its text is on file.
    """

    model_config = FROZEN

    watches: tuple[Watch, ...]
    name: str
    ended: Ended


def news(library: Library, behind: Iterable[Watch]) -> Iterator[News]:
    """Yield the news of everybody whose watches are ``behind`` what is in force, in their order."""
    redlines: dict[tuple[str, date], Redline] = {}
    for (number, _, _, effective, sha256), group in groupby(behind, _whose):
        new, old = library.current(number), library.version(number, effective)
        if new is None:
            continue
        watches = tuple(group)
        if old is None or old.sha256 != sha256:
            unknown = tuple(_unknown(one.section, new) for one in watches)
            yield News(watches=watches, old=None, new=new, became=unknown)
            continue
        if (number, effective) not in redlines:
            redlines[number, effective] = compare(old, new)
        redline = redlines[number, effective]
        found = tuple(became_of(one.section, old, new, redline) for one in watches)
        yield News(watches=watches, old=old, new=new, became=found)


def ends(library: Library) -> Mapping[str, date]:
    """Return the numbers that nothing in force has, each with a day before which it had something.

    Where no day of its end is known it is the one after its newest version took effect.
    """
    found = {}
    for one in ended(library):
        begun = [d.effective for d in library.versions(one.number) if library.period(d) is not None]
        latest = max((day for day in begun if day <= library.today()), default=None)
        if one.since is not None:
            found[one.number] = one.since
        elif latest is not None:
            found[one.number] = latest + timedelta(days=1)
    return found


def over(library: Library, watches: Iterable[Watch]) -> Iterator[Over]:
    """Yield what to tell everybody whose ``watches`` are of what ended, in their order."""
    gone = {one.number: one for one in ended(library)}
    for (number, _, _), group in groupby(watches, lambda one: (one.directive, one.team, one.user)):
        directive = library.get(number)
        name = directive.name if directive is not None else number
        yield Over(watches=tuple(group), name=name, ended=gone[number])


def became_of(section: str, old: Directive, new: Directive, redline: Redline) -> Became:
    """Return what became of a clause of the old version."""
    own = next((row for row in redline.rows if row.old == section and not row.heading), None)
    now = own.new if own is not None else None
    if section not in redline.affected:
        return Became(section=section, now=now)
    clause = old.clause(section)
    near = {section, *(one.section for one in old.clauses if one.parent == section)}
    near |= {one for one in (clause.parent, clause.lead) if one} if clause is not None else set()
    rows = [row for row in redline.touched if not row.heading and _of(row, near, now, new)]
    return Became(section=section, now=now, rows=tuple(rows))


def _of(row: Row, near: set[str], now: str | None, new: Directive) -> bool:
    if row.change is Change.ADDED:
        come = new.clause(row.new or "")
        return come is not None and now is not None and come.parent == now
    return row.old in near and row.change is not Change.RENUMBERED


def _unknown(section: str, new: Directive) -> Became:
    return Became(section=section, now=section if new.clause(section) is not None else None)


def _whose(watch: Watch) -> tuple[str, str, str, date, str]:
    return watch.directive, watch.team, watch.user, watch.effective, watch.sha256
