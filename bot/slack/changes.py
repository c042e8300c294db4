"""What changed in what is on file, for App Home: read from the directives' own dates, pure."""

from collections.abc import Iterator
from datetime import date

from bot.slack.home import Change
from bot.slack.wording import (
    REPLACED,
    RESCINDED,
    TAKES_EFFECT,
    TOOK_EFFECT,
    VERSION_TOOK_EFFECT,
)
from index.directive import Directive, Status
from index.library import Library

_DATED = (Status.IN_FORCE, Status.SUPERSEDED)


def changes(library: Library, today: date) -> tuple[Change, ...]:
    """Return when each version on file took effect, newest first.

    A draft is no change. That a directive was rescinded is told by the one that rescinds it, since
    a rescinded directive does not say since when.
    """
    dated = [one for one in library.directives if one.status in _DATED]
    newest = sorted(dated, key=lambda one: one.number)
    newest.sort(key=lambda one: one.effective, reverse=True)
    return tuple(
        Change(day=one.effective, line=" ".join(_told(one, library, today))) for one in newest
    )


def _told(one: Directive, library: Library, today: date) -> Iterator[str]:
    before = [
        other.effective
        for other in library.directives
        if other.number == one.number
        and other.status is Status.SUPERSEDED
        and other.effective < one.effective
    ]
    if one.status is Status.SUPERSEDED:
        yield VERSION_TOOK_EFFECT.format(name=one.name)
    elif one.effective > today:
        yield TAKES_EFFECT.format(name=one.name)
    else:
        yield TOOK_EFFECT.format(name=one.name)
    if before:
        yield REPLACED.format(day=max(before))
    if one.rescinds:
        yield RESCINDED.format(numbers=", ".join(one.rescinds))
