"""The register: every change to a request is checked, recorded in the chain and told, in one go.

A change, its line in the chain and the messages that it leads to are one transaction, and one
change is made at a time in every process: of two decisions the second finds the first.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.approvals.deed import Deed, NoSuchRequest, NotDone
from bot.approvals.due import NO_TIMES, Times, due
from bot.approvals.event import Event, Happened
from bot.approvals.flow import FlowRefused, Standing, Why, check
from bot.approvals.history import histories, history, record
from bot.approvals.issuing import issue
from bot.approvals.offices import Office, at_decision, at_step, key_of, known, standing, steps_of
from bot.approvals.outbox import put
from bot.approvals.progress import Progress, State, after, progress
from bot.approvals.store import open_requests, project
from bot.approvals.telling import tellings
from bot.asker import Asker
from bot.audit.store import AuditStore, Recording
from bot.roster.roster import Roster

_DECISIONS = (Happened.GRANTED, Happened.DENIED)
# What is said of a content names its image, as the event of its sending does.
_SAY = frozenset({Happened.CONSENT, Happened.ENDORSED, *_DECISIONS})


class Register:
    """Acts on requests.

    ``roster`` returns the one in force, ``name`` a directive's name by its number, ``wording`` the
    hash of the words that a request rests on as they are on file now. ``zone`` is the
    Department's, by which a day begins and ends.
    """

    def __init__(
        self,
        *,
        audit: AuditStore,
        roster: Callable[[], Roster | None],
        name: Callable[[str], str],
        wording: Callable[[Progress], str],
        zone: ZoneInfo,
        times: Times = NO_TIMES,
    ) -> None:
        self._audit = audit
        self._roster = roster
        self._name = name
        self._wording = wording
        self._zone = zone
        self._times = times

    def act(self, request: str, deed: Deed, asker: Asker) -> Progress:
        """Do it and return where the request stands now.

        Raise NotDone where it may not be done, which is recorded too, NoSuchRequest, and
        DatabaseUnusable, after which nothing was done.
        """
        with self._audit.recording() as recording:
            roster = self._roster()
            done = history(recording.connection, request)
            if not done:
                raise NoSuchRequest("There is no request of that number.")
            now = progress(done)
            actor = key_of(roster, asker, (now.requester, *now.consents))
            try:
                return self._do(recording, now, deed, actor, roster)
            except FlowRefused as refused:
                self._refuse(recording, request, deed, actor, refused.why)
                decided = next((e for e in reversed(done) if e.kind in _DECISIONS), None)
                failed = NotDone(refused.why, decided if refused.why is Why.DECIDED else None)
        raise failed

    def begin(self, recording: Recording, sent: Event) -> Progress:
        """Record the sending of a request, in the transaction that stores it."""
        roster = self._roster()
        return self._happen(recording, None, sent, roster)

    def revise(self, recording: Recording, edited: Event) -> Progress:
        """Record a changed content, in the transaction that stores it; raise FlowRefused."""
        now = progress(history(recording.connection, edited.request))
        check(now, edited, Standing(), self._today(recording.at))
        return self._happen(recording, now, edited, self._roster())

    def tend(self) -> int:
        """Do what falls due by itself and return how much that was; it never grants or refuses.

        Requests get their route as soon as the roster has one, vacant steps are passed over, what
        lies behind its last day expires, what rests on words that changed is void, and where the
        Department set times, who is waited for is reminded and a step passed on. Nobody else is
        kept from writing while it looks; each request for which something is due is looked at
        again in a transaction of its own.
        """
        roster = self._roster()
        with self._audit.reading() as (connection, at):
            open_ = histories(connection, open_requests(connection))
        late = [one for one, events in open_.items() if self._falls_due(events, at, roster)]
        return sum(self._tend(request) for request in late)

    def _tend(self, request: str) -> int:
        with self._audit.recording() as recording:
            before = recording.head.number
            roster = self._roster()
            events = history(recording.connection, request)
            now = progress(events)
            event = self._falls_due(events, recording.at, roster)
            if event is not None:
                self._happen(recording, now, event, roster)
            return recording.head.number - before

    def _falls_due(
        self, events: Sequence[Event], at: datetime, roster: Roster | None
    ) -> Event | None:
        """Return what a request's date, words, roster or times lead to now, if anything."""
        now = progress(events)
        kind = due(now, events, at, self._today(at), self._times)
        if now.ended is None and self._wording(now) != now.wording:
            kind = Happened.VOIDED
        if kind is None:
            return self._unsettled(now, at, roster)
        step = now.at if kind is Happened.ESCALATED else None
        return self._itself(at, now, kind, step=step)

    def _do(
        self, recording: Recording, now: Progress, deed: Deed, actor: str, roster: Roster | None
    ) -> Progress:
        today = self._today(recording.at)
        may, capacity = standing(roster, now, actor, self._name(now.directive), today)
        event = Event(
            request=now.request,
            at=recording.at,
            actor=actor,
            capacity=capacity,
            image=now.image if deed.kind in _SAY else None,
            **{**deed.model_dump(), "step": deed.step if deed.step is not None else now.at},
        )
        check(now, event, may, today)
        return self._happen(recording, now, event, roster)

    def _happen(
        self, recording: Recording, before: Progress | None, event: Event, roster: Roster | None
    ) -> Progress:
        """Record an event that may happen, what follows of itself, and whom it concerns."""
        now = progress((event,)) if before is None else after(before, event)
        head = record(recording, event)
        if event.kind is Happened.GRANTED:
            issue(recording, event, head.number)
        office = self._office(roster, now, recording.at)
        told = tellings(before, now, event, [one.person.id for one in office.may])
        put(recording.connection, event.request, now.version, head.number, recording.at, told)
        project(recording.connection, now, recording.at)
        return self._settle(recording, now, roster)

    def _settle(self, recording: Recording, now: Progress, roster: Roster | None) -> Progress:
        """Give a request its route, and pass over each step at which nobody may act."""
        event = self._unsettled(now, recording.at, roster)
        return now if event is None else self._happen(recording, now, event, roster)

    def _unsettled(self, now: Progress, at: datetime, roster: Roster | None) -> Event | None:
        if roster is None or now.ended is not None or now.stopped:
            return None
        if now.state is State.SENT:
            requester = known(roster, now.requester)
            if requester is None:
                return None
            steps = steps_of(roster, requester, self._today(at))
            return self._itself(at, now, Happened.ROUTED, steps=steps)
        if now.state is State.ENDORSING and not self._office(roster, now, at).may:
            return self._itself(at, now, Happened.SKIPPED, step=now.at)
        return None

    def _refuse(self, recording: Recording, request: str, deed: Deed, actor: str, why: Why) -> None:
        attempt = Event(
            request=request,
            kind=Happened.REFUSED,
            at=recording.at,
            version=deed.version,
            actor=actor,
            refused=f"{deed.kind.value}: {why.value}",
        )
        record(recording, attempt)

    def _office(self, roster: Roster | None, now: Progress, at: datetime) -> Office:
        """Return who may act on a request as it stands."""
        return office(roster, now, self._name(now.directive), self._today(at))

    def _itself(self, at: datetime, now: Progress, kind: Happened, **more: object) -> Event:
        """Return an event that nobody does: it follows from the roster or from the date."""
        base = {"request": now.request, "kind": kind, "at": at, "version": now.version}
        return Event.model_validate({**base, **more})

    def _today(self, at: datetime) -> date:
        return at.astimezone(self._zone).date()


def office(roster: Roster | None, now: Progress, name: str, on: date) -> Office:
    """Return who may act on a request as it stands on a day: at its step, or to decide."""
    if roster is None:
        return Office()
    if now.state is State.ENDORSING:
        return at_step(roster, now, on)
    return at_decision(roster, now, name, on) if now.state is State.DECIDING else Office()
