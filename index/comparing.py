"""Which two versions of a number to compare: those of the days given, or the last that changed."""

from datetime import date

from index.directive import Directive, Status
from index.errors import VersionsMissing
from index.library import Library

_AHEAD = (Status.DRAFT, Status.TO_COME)


def pair(
    library: Library, number: str, old: date | None = None, new: date | None = None
) -> tuple[Directive, Directive]:
    """Return two versions of a number to compare; raise VersionsMissing for one not on file.

    A day names the version that takes effect on it, else the one in force on it. Without days what
    is in force is beside the next version, issued or drafted; where there is none, beside the one
    before it.
    """
    found = library.versions(number)
    if len(found) < 2:
        held = f"one version on file, of {found[0].effective}" if found else "no version on file"
        raise VersionsMissing(
            f"{number!r} has {held}. Comparing needs two: put the other one beside it."
        )
    first = _of(library, number, old) if old is not None else None
    last = _of(library, number, new) if new is not None else None
    if first is None and last is None:
        first, last = _latest(library, found)
    elif first is None and last is not None:
        first = _beside(found, last, -1)
    elif last is None and first is not None:
        last = _beside(found, first, 1)
    if first is None or last is None:
        raise VersionsMissing(
            f"{number!r}: nothing is beside {old or new}. On file: {_days(found)}."
        )
    return first, last


def _of(library: Library, number: str, day: date) -> Directive:
    found = library.version(number, day) or next(
        (one for one in library.in_force(day) if one.number == number), None
    )
    if found is None:
        held = _days(library.versions(number))
        raise VersionsMissing(f"{number!r} has no version of {day}. On file: {held}. Give one.")
    return found


def _latest(
    library: Library, found: tuple[Directive, ...]
) -> tuple[Directive | None, Directive | None]:
    current = library.get(found[0].number) or found[-1]
    ahead = [one for one in found if library.status(one) in _AHEAD and one is not current]
    if ahead:
        return current, ahead[0]
    return _beside(found, current, -1), current


def _beside(found: tuple[Directive, ...], one: Directive, step: int) -> Directive | None:
    place = found.index(one) + step
    return found[place] if 0 <= place < len(found) else None


def _days(found: tuple[Directive, ...]) -> str:
    return ", ".join(one.effective.isoformat() for one in found)
