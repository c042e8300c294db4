"""A request as one person may see it: its content, what happened, and what they may do to it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from bot.approvals.deed import NoSuchRequest
from bot.approvals.event import Consent, Event, Happened
from bot.approvals.flow import FlowRefused, Standing, check
from bot.approvals.history import histories
from bot.approvals.offices import Office, key_of, keys_in, keys_of, known, standing
from bot.approvals.progress import ENDED, Progress, State, progress
from bot.approvals.register import office
from bot.approvals.request import Request
from bot.approvals.store import RequestStore
from bot.asker import Asker
from bot.database import Engine, reading
from bot.roster.policy_unit import is_of_policy_unit
from bot.roster.roster import Roster
from index.directive import FROZEN

_TRIALS: Mapping[Happened, Mapping[str, object]] = {
    Happened.ENDORSED: {"endorsement": "recommends it"},
    Happened.RETURNED: {"words": "?"},
    Happened.SENT_ON: {},
    Happened.CONSENT: {"consent": Consent.AGREED},
    Happened.CONSENT_WITHDRAWN: {},
    Happened.GRANTED: {},
    Happened.DENIED: {"words": "?"},
    Happened.POSTED: {},
    Happened.WITHDRAWN: {},
    Happened.REVOKED: {"words": "?"},
}


_OFFICIAL = frozenset(
    {Happened.ENDORSED, Happened.RETURNED, Happened.GRANTED, Happened.DENIED, Happened.REVOKED}
)


class Viewer(BaseModel):
    """Somebody as the record knows them; ``key`` as in an event.

    ``listed`` on the roster or not; ``supervises``: somebody on it reports to them;
    ``policy_unit``: they may act for the policy unit today.
    """

    model_config = FROZEN

    key: str
    name: str
    listed: bool = True
    supervises: bool = False
    policy_unit: bool = False


class Dossier(BaseModel):
    """One request for one viewer.

    ``office`` is who may act on it now, ``may`` what the viewer may do, ``names`` how to call each
    person of the record. Attempts that were refused are among ``events``.
    """

    model_config = FROZEN

    request: Request
    progress: Progress
    events: tuple[Event, ...]
    office: Office
    viewer: Viewer
    may: frozenset[Happened]
    names: Mapping[str, str]
    today: date

    @property
    def own(self) -> bool:
        """Whether it is the viewer's own request."""
        return self.viewer.key == self.progress.requester

    @property
    def asked(self) -> bool:
        """Whether the viewer's consent is asked for and not given or refused yet."""
        return self.progress.consents.get(self.viewer.key) is Consent.ASKED

    @property
    def sees_image(self) -> bool:
        """Whether the viewer asks, is asked in this version, acts on it or did so in their post.

        Whoever is only above the requester reads the content, and does not see the image.
        """
        key = self.viewer.key
        acts = bool(self.may) or self.office.actor(key) is not None
        acted = any(one.actor == key and one.kind in _OFFICIAL for one in self.events)
        return self.own or key in self.progress.consents or acts or acted

    @property
    def waits(self) -> bool:
        """Whether it waits for the viewer: for a step, a decision, a consent or an answer."""
        acts = self.office.actor(self.viewer.key) is not None
        returned = self.own and self.progress.state in {State.RETURNED, State.STOPPED}
        return self.progress.ended is None and (acts or returned or Happened.CONSENT in self.may)


class Dossiers:
    """Finds requests for a person; nobody sees one that they have no part in."""

    def __init__(
        self,
        *,
        engine: Engine,
        store: RequestStore,
        roster: Callable[[], Roster | None],
        name: Callable[[str], str],
        clock: Callable[[], datetime],
        zone: ZoneInfo,
    ) -> None:
        self._engine = engine
        self._store = store
        self._roster = roster
        self._name = name
        self._clock = clock
        self._zone = zone

    def open(self, reference: str, asker: Asker) -> Dossier:
        """Return a request as somebody may see it.

        Raise NoSuchRequest also where there is one that they have no part in.
        """
        request = self._store.by_reference(reference)
        found = next(iter(self._dossiers((request,) if request is not None else (), asker)), None)
        if found is None or not _party(found, self._roster()):
            raise NoSuchRequest(f"There is no request {reference!r} that you have a part in.")
        return found

    def own(self, asker: Asker) -> tuple[Dossier, ...]:
        """Return a person's own requests, the newest first."""
        made = self._store.made_by(keys_of(self._roster(), asker))
        return tuple(one for one in self._dossiers(made, asker) if one.own)

    def waiting(self, asker: Asker) -> tuple[Dossier, ...]:
        """Return what waits for a person, the oldest first."""
        open_ = reversed(self._store.open())
        return tuple(one for one in self._dossiers(open_, asker) if one.waits)

    def of_people(self, asker: Asker) -> tuple[Dossier, ...]:
        """Return what a supervisor's people still wait for, the oldest first."""
        roster = self._roster()
        person = roster.person_of(asker) if roster is not None else None
        if roster is None or person is None:
            return ()
        keys = [key for one in roster.reports_to(person) for key in keys_in(one)]
        open_ = [one for one in reversed(self._store.made_by(keys)) if one.state not in ENDED]
        return tuple(self._dossiers(open_, asker))

    def viewer(self, asker: Asker) -> Viewer:
        """Return somebody as the roster knows them, or as Slack does."""
        roster = self._roster()
        person = roster.person_of(asker) if roster is not None else None
        if roster is None or person is None:
            return Viewer(key=key_of(roster, asker), name=asker.label, listed=False)
        name = f"{person.standing} {person.name}"
        today = self._clock().astimezone(self._zone).date()
        return Viewer(
            key=person.id,
            name=name,
            supervises=bool(roster.reports_to(person)),
            policy_unit=is_of_policy_unit(roster, person, today),
        )

    def _dossiers(self, requests: Iterable[Request], asker: Asker) -> Iterator[Dossier]:
        """Yield requests as somebody may see them, those without a history left out."""
        found = tuple(requests)
        with reading(self._engine) as connection:
            happened = histories(connection, [one.reference for one in found])
        roster = self._roster()
        for request in found:
            if events := happened[request.reference]:
                yield self._dossier(request, events, asker, roster)

    def _dossier(
        self, request: Request, events: tuple[Event, ...], asker: Asker, roster: Roster | None
    ) -> Dossier:
        today = self._clock().astimezone(self._zone).date()
        now = progress(events)
        key = key_of(roster, asker, (now.requester, *now.consents))
        name = self._name(request.directive)
        may, _ = standing(roster, now, key, name, today)
        people = {now.requester, *now.consents, *(e.actor for e in events if e.actor), key}
        acting = office(roster, now, name, today)
        people |= {one.person.id for one in acting.may}
        names = {person: called(roster, request, person) for person in people}
        return Dossier(
            request=request,
            progress=now,
            events=events,
            office=acting,
            viewer=Viewer(key=key, name=names[key]),
            may=possible(now, may, key, self._clock(), today),
            names=names,
            today=today,
        )


def possible(
    now: Progress, may: Standing, actor: str, at: datetime, today: date
) -> frozenset[Happened]:
    """Return what an actor may do to a request, by trying each deed without doing it."""
    found = set()
    for kind, with_ in _TRIALS.items():
        trial = Event.model_validate(
            {
                "request": now.request,
                "kind": kind,
                "at": at,
                "version": now.version,
                "actor": actor,
                "step": now.at,
                **with_,
            }
        )
        try:
            check(now, trial, may, today)
        except FlowRefused:
            continue
        found.add(kind)
    if now.ended is None and actor == now.requester:
        found.add(Happened.EDITED)
    return frozenset(found)


def called(roster: Roster | None, request: Request, key: str) -> str:
    """Return how to call a person of the record: by name and standing, or as Slack knows them."""
    person = known(roster, key) if roster is not None else None
    if person is not None:
        return f"{person.standing} {person.name}"
    if key.startswith("unlisted:"):
        place = int(key.removeprefix("unlisted:"))
        listed = request.content.colleagues[place - 1 : place]
        return listed[0].label if listed else "somebody not on the roster"
    team, _, user = key.partition("/")
    if user:
        return f"Slack user {user} of workspace {team}"
    local = key.startswith("local:")
    return "a local person, not identified" if local else f"{key}, no longer on the roster"


def _party(found: Dossier, roster: Roster | None) -> bool:
    """Whether a viewer has a part in it: made it, is shown, acted, may act, supervises."""
    key, now = found.viewer.key, found.progress
    acted = any(event.actor == key for event in found.events if event.kind is not Happened.REFUSED)
    if found.own or key in now.consents or acted or found.may or found.office.actor(key):
        return True
    viewer = known(roster, key) if roster is not None else None
    requester = known(roster, now.requester) if roster is not None else None
    if roster is None or viewer is None or requester is None:
        return False
    return any(above.id == viewer.id for above in roster.above(requester))
