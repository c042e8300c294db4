"""Permissions as issued: what the check page and the paper say of each, as it stands today."""

from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from bot.approvals.dossier import called
from bot.approvals.event import Event, Happened
from bot.approvals.history import history
from bot.approvals.issuing import Issued, found, newest
from bot.approvals.progress import Progress, progress
from bot.approvals.request import Request
from bot.approvals.sending import wording_hash
from bot.approvals.slip import Grounds, NoSlip, Slip, Stand, slip, stands
from bot.approvals.store import RequestStore
from bot.audit.store import lines_of
from bot.database import Connection, Engine, reading
from bot.roster.roster import Roster
from index.directive import FROZEN, Directive
from index.library import Library
from index.request import Questions

CHECK = "/check/"
_OVER = {Stand.VOID, Stand.EXPIRED, Stand.REVOKED, Stand.WITHDRAWN, Stand.REPLACED}
_ENDINGS = {
    Happened.EDITED,
    Happened.VOIDED,
    Happened.EXPIRED,
    Happened.REVOKED,
    Happened.WITHDRAWN,
}


class Checked(BaseModel):
    """What the check page says: no content, and no names.

    ``since`` is when it ended, where the record has that. ``seal`` is that of the line that
    granted it, to be held against the paper.
    """

    model_config = FROZEN

    number: str
    version: int
    stand: Stand
    granted: datetime
    first_day: date | None
    last_day: date | None
    since: datetime | None
    directive: str
    name: str
    effective: date
    sha256: str
    clauses: tuple[str, ...]
    line: int
    seal: str


class Slips:
    """Shows what was granted; ``address`` is where links begin, ``department`` its name."""

    def __init__(
        self,
        *,
        engine: Engine,
        store: RequestStore,
        library: Library,
        questions: Questions,
        roster: Callable[[], Roster | None],
        address: str,
        department: str,
        clock: Callable[[], datetime],
        zone: ZoneInfo,
    ) -> None:
        self._engine = engine
        self._store = store
        self._library = library
        self._questions = questions
        self._roster = roster
        self._address = address
        self._department = department
        self._clock = clock
        self._zone = zone

    def check(self, number: str, code: str) -> Checked | None:
        """Return what stands under a number and its code; None for a wrong number and code alike.

        The codes are compared in a time that does not tell how much of one is right.
        """
        with reading(self._engine) as connection:
            issued = found(connection, number, code)
            if issued is None:
                return None
            events = history(connection, issued.request)
            seal = _seal(connection, issued)
        request = self._store.by_reference(issued.request)
        return self._checked(issued, events, seal, request) if request is not None else None

    def issued(self, number: str) -> Issued | None:
        """Return the mark of the newest permission of a request, or None before one was granted."""
        with reading(self._engine) as connection:
            return newest(connection, number)

    def slip(self, number: str, *, named: bool = True) -> Slip:
        """Return the written permission of a request; raise NoSlip unless it is in effect.

        ``named``: with the names of those shown, as the requester sees them.
        """
        request, issued = self._store.by_reference(number), self.issued(number.upper())
        if request is None or issued is None:
            raise NoSlip(f"There is no permission under the number {number!r}.")
        with reading(self._engine) as connection:
            events = history(connection, issued.request)
            seal = _seal(connection, issued)
        now = progress(events)
        directive = self._order(request, now)
        first = request.content.posting_from
        stand = stands(now, issued.version, first, directive is not None, self._today())
        if directive is None or stand in _OVER:
            raise NoSlip(
                f"Request {issued.request} is no permission in effect: {stand.value}. "
                "There is nothing to print."
            )
        roster = self._roster()
        people = {now.requester, *now.consents, *(e.actor for e in events if e.actor)}
        grounds = Grounds(
            request=request,
            progress=now,
            events=events,
            names={one: called(roster, request, one) for one in people},
            directive=directive,
            issued=issued,
            seal=seal,
            address=self.address(issued),
            department=self._department,
            named=named,
        )
        return slip(grounds, self._questions, self._zone)

    def address(self, issued: Issued) -> str:
        """Return the address of the check page of a permission."""
        return f"{self._address}{CHECK}{issued.request}-{issued.code}"

    def _checked(
        self, issued: Issued, events: tuple[Event, ...], seal: str, request: Request
    ) -> Checked:
        granted = next(e for e in events if _grants(e, issued.version))
        then = progress(events[: events.index(granted) + 1])
        now = progress(events)
        current = now.version == issued.version
        first = request.content.posting_from if current else None
        worded = self._order(request, now) is not None
        later = events[events.index(granted) + 1 :]
        ending = next((e for e in later if e.kind in _ENDINGS), None)
        order = self._library.get(then.directive)
        return Checked(
            number=issued.request,
            version=issued.version,
            stand=stands(now, issued.version, first, worded, self._today()),
            granted=granted.at,
            first_day=first,
            last_day=then.last_day,
            since=ending.at if ending is not None else None,
            directive=then.directive,
            name=order.name if order is not None else then.directive,
            effective=request.effective,
            sha256=request.sha256,
            clauses=then.clauses,
            line=issued.line,
            seal=seal,
        )

    def _order(self, request: Request, now: Progress) -> Directive | None:
        """Return the order on file whose clauses have the words that a request rests on."""
        found = self._library.get(request.directive)
        same = found is not None and wording_hash(found, now.clauses) == now.wording
        return found if same else None

    def _today(self) -> date:
        return self._clock().astimezone(self._zone).date()


def _grants(event: Event, version: int) -> bool:
    return event.kind is Happened.GRANTED and event.version == version


def _seal(connection: Connection, issued: Issued) -> str:
    lines = lines_of(connection, issued.request)
    return next((one.seal for one in lines if one.line.number == issued.line), "")
