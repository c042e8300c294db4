"""Versions of a directive: from which day to which day each is in force, and which end another.

A version is in force from its effective day until another one of its number takes effect, until a
directive that rescinds its number does, or until the day its sheet gives as the end.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from index.directive import Directive, Status

Key = tuple[str, date]


class Period(NamedTuple):
    """The days of a version: the first, and the first on which it is in force no more, if any.

    ``ended_by`` is the directive that ended it: the next of its number, or one that rescinds it.
    """

    since: date
    until: date | None = None
    ended_by: Key | None = None

    def holds(self, day: date) -> bool:
        """Whether the version is in force on a day."""
        return self.since <= day and (self.until is None or day < self.until)


def key(directive: Directive) -> Key:
    """Return what tells versions apart: the number and the effective day."""
    return directive.number, directive.effective


def periods(directives: Iterable[Directive]) -> Mapping[Key, Period]:
    """Return the period of every issued version.

    A superseded or rescinded one of which nothing says when it ended has no day at all: it is
    never taken for what was in force.
    """
    issued = [one for one in directives if one.status is not Status.DRAFT]
    ending: dict[str, list[Directive]] = defaultdict(list)
    for one in issued:
        for number in {one.number, *one.rescinds}:
            ending[number].append(one)
    return {key(one): _period(one, ending[one.number]) for one in issued}


def _period(one: Directive, ending: Iterable[Directive]) -> Period:
    """Return the period of a version; ``ending`` may end its number, by taking its place or so."""
    ends = [(other.effective, key(other)) for other in ending if other.effective > one.effective]
    if one.ended is not None:
        ends.append((one.ended, ("", one.ended)))
    if ends:
        until, by = min(ends)
        return Period(one.effective, until, by if by[0] else None)
    over = one.status in (Status.SUPERSEDED, Status.RESCINDED)
    return Period(one.effective, one.effective if over else None)


def status(directive: Directive, period: Period | None, day: date) -> Status:
    """Return what a version is on a day."""
    if period is None:
        return Status.DRAFT
    if day < period.since:
        return Status.TO_COME
    if period.holds(day):
        return Status.IN_FORCE
    if directive.status is Status.RESCINDED:
        return Status.RESCINDED
    by = period.ended_by
    return Status.RESCINDED if by is not None and by[0] != directive.number else Status.SUPERSEDED
