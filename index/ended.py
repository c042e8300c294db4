"""The numbers that nothing in force has any more: by which directive each was ended, and when."""

import re
from collections.abc import Iterable, Iterator
from datetime import date

from pydantic import BaseModel

from index.directive import FROZEN, ClauseKind, Directive
from index.library import Library
from index.words import plain

_AS_ORDER = r"\b(?:orders?|go|g\.o\.|policy|directive)\s*#?\s*"


class Ended(BaseModel):
    """A number that is in force no more on the library's day.

    ``by`` is the number of the directive that ended it, ``by_name`` how officers call that one,
    and ``since`` its effective day; all are None where a sheet alone says so. ``section`` is the
    clause of what is in force that says so, if there is one. ``filed``: its text is on file.
    """

    model_config = FROZEN

    number: str
    since: date | None = None
    by: str | None = None
    by_name: str | None = None
    section: str | None = None
    filed: bool = False


def ended(library: Library) -> tuple[Ended, ...]:
    """Return every number that was ended and that nothing in force has, as on its day."""
    live = {one.number for one in library.in_force()}
    found = {one.number: one for one in _filed(library) if one.number not in live}
    for one in _rescinding(library):
        for number in one.rescinds:
            if number not in live:
                there = number in found
                found[number] = _by(library, number, one, filed=there)
    return tuple(found.values())


def named(question: str, gone: Iterable[Ended]) -> Ended | None:
    """Return the first ended number that a question names; one without signs as an order's."""
    text = plain(question)
    for one in gone:
        before = _AS_ORDER if one.number.isdigit() else ""
        if re.search(rf"{before}(?<![\w.]){re.escape(plain(one.number))}(?!\.?\w)", text):
            return one
    return None


def _filed(library: Library) -> Iterator[Ended]:
    """Yield what the versions on file say of their own ends, the newest version last."""
    today = library.today()
    for one in library.directives:
        period = library.period(one)
        if period is None or period.since > today:
            continue
        by = library.version(*period.ended_by) if period.ended_by is not None else None
        if by is not None:
            yield _by(library, one.number, by, filed=True)
        else:
            since = period.until if period.until != period.since else None
            yield Ended(number=one.number, since=since, filed=True)


def _rescinding(library: Library) -> Iterator[Directive]:
    """Yield what took effect and rescinds something: what is in force last, as it is cited."""
    today = library.today()
    issued = [one for one in library.directives if library.period(one) is not None]
    begun = [one for one in issued if one.effective <= today and one.rescinds]
    yield from sorted(begun, key=lambda one: (library.in_force_on(one, today), one.effective))


def _by(library: Library, number: str, by: Directive, *, filed: bool) -> Ended:
    header = next((c for c in by.clauses if c.kind is ClauseKind.HEADER), None)
    says = header is not None and number in by.rescinds and number in header.text
    return Ended(
        number=number,
        since=by.effective,
        by=by.number,
        by_name=by.name,
        section=header.section
        if header is not None and says and library.in_force_on(by, library.today())
        else None,
        filed=filed,
    )
