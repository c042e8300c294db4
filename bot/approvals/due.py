"""What falls due by itself: an end date, a reminder, a step that took too long.

The order sets no time for anything; where the Department sets none either, nothing but an end date
that the requester or the decision named falls due.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from pydantic import BaseModel

from bot.approvals.event import Event, Happened
from bot.approvals.progress import Progress, State
from index.directive import FROZEN

_NO_MOVES = frozenset({Happened.REFUSED, Happened.REMINDED})


class Times(BaseModel):
    """The Department's times; null for none. Neither ever grants or refuses anything."""

    model_config = FROZEN

    remind_after: timedelta | None = None
    pass_on_after: timedelta | None = None


NO_TIMES = Times()


def due(
    now: Progress, events: Iterable[Event], at: datetime, today: date, times: Times
) -> Happened | None:
    """Return what falls due for a request at a time, or None."""
    if now.ended is not None:
        return None
    if now.last_day is not None and today > now.last_day:
        return Happened.EXPIRED
    told = [event for event in events if event.kind is not Happened.REFUSED]
    moved = [event for event in told if event.kind not in _NO_MOVES]
    if now.state is State.ENDORSING and _past(moved[-1].at, at, times.pass_on_after):
        return Happened.ESCALATED
    if now.waits and _past(told[-1].at, at, times.remind_after):
        return Happened.REMINDED
    return None


def _past(since: datetime, at: datetime, after: timedelta | None) -> bool:
    return after is not None and at - since >= after
