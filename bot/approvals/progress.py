"""Where a request stands: nothing but its events, one after the other."""

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import Any

from pydantic import BaseModel

from bot.answer import ApprovalKind
from bot.approvals.event import Consent, Endorsement, Event, Happened, Step
from index.directive import FROZEN


class State(StrEnum):
    """What a requester is told; those of ``ENDED`` are final."""

    SENT = "sent"
    ENDORSING = "with the chain of command"
    RETURNED = "returned for information"
    DECIDING = "waiting for a decision"
    STOPPED = "stopped: a person shown has not agreed"
    GRANTED = "granted, waiting for consent"
    CONSENTING = "waiting for consent"
    IN_EFFECT = "in effect"
    DENIED = "denied"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    REVOKED = "revoked"
    VOID = "void"


ENDED = frozenset({State.DENIED, State.WITHDRAWN, State.EXPIRED, State.REVOKED, State.VOID})
_ENDS = {
    Happened.DENIED: State.DENIED,
    Happened.WITHDRAWN: State.WITHDRAWN,
    Happened.EXPIRED: State.EXPIRED,
    Happened.REVOKED: State.REVOKED,
    Happened.VOIDED: State.VOID,
}
_FAILED = frozenset({Consent.DECLINED, Consent.NOT_ME, Consent.WITHDRAWN})


class Forwarded(BaseModel):
    """What a step did with a request: an endorsement, or null where it was passed over."""

    model_config = FROZEN

    step: int
    actor: str | None
    endorsement: Endorsement | None


class Progress(BaseModel):
    """Where a request stands after its events.

    ``steps`` is null until the request has a route, and ``at`` the step it is with: as many as
    there are steps when it is with whoever decides. ``consents`` holds everybody asked in this
    version. ``sought`` says that the Department holds asking to be enough.
    """

    model_config = FROZEN

    request: str
    requester: str
    approval: ApprovalKind
    version: int
    content: str
    directive: str
    clauses: tuple[str, ...]
    wording: str
    authorities: tuple[str, ...]
    last_day: date | None
    consents: Mapping[str, Consent]
    sought: bool = False
    steps: tuple[Step, ...] | None = None
    at: int = 0
    returned: bool = False
    forwarded: tuple[Forwarded, ...] = ()
    decision: Event | None = None
    posted: bool = False
    ended: State | None = None
    image: str | None = None

    @property
    def needs_decision(self) -> bool:
        """Whether somebody's permission is asked for, beside the consent of those shown."""
        return self.approval is not ApprovalKind.CONSENT

    @property
    def consented(self) -> bool:
        """Whether every consent that the effect waits for is there."""
        answers = set(self.consents.values())
        return answers <= ({Consent.AGREED, Consent.ASKED} if self.sought else {Consent.AGREED})

    @property
    def stopped(self) -> bool:
        """Whether a person shown declined, withdrew, or is somebody else."""
        return not _FAILED.isdisjoint(self.consents.values())

    @property
    def state(self) -> State:
        """Return the one word for it."""
        if self.ended is not None:
            return self.ended
        if self.stopped:
            return State.STOPPED
        if not self.needs_decision:
            return State.IN_EFFECT if self.consented else State.CONSENTING
        if self.decision is not None:
            return State.IN_EFFECT if self.consented else State.GRANTED
        if self.steps is None:
            return State.SENT
        if self.returned:
            return State.RETURNED
        return State.ENDORSING if self.at < len(self.steps) else State.DECIDING

    @property
    def waits(self) -> bool:
        """Whether somebody else than the requester is waited for."""
        asked = Consent.ASKED in self.consents.values() and not self.stopped
        with_others = {State.ENDORSING, State.DECIDING, State.GRANTED, State.CONSENTING}
        return self.ended is None and (asked or self.state in with_others)

    def valid_on(self, day: date) -> bool:
        """Return whether it is in effect on a day."""
        return self.state is State.IN_EFFECT and (self.last_day is None or day <= self.last_day)


def progress(events: Iterable[Event]) -> Progress:
    """Return where a request stands; the first event is its sending.

    The events are taken as they are: ``flow.check`` says beforehand whether one may happen.
    """
    standing: Progress | None = None
    for event in events:
        standing = _begun(event) if standing is None else after(standing, event)
    if standing is None:
        raise ValueError("A request begins with its sending; there is no event.")
    return standing


def after(before: Progress, event: Event) -> Progress:
    """Return where a request stands after one more event."""
    if event.kind in _ENDS:
        return _with(before, ended=_ENDS[event.kind])
    if event.kind is Happened.EDITED:
        return _begun(event).model_copy(update={"requester": before.requester})
    return _with(before, **_changed(before, event))


def _changed(before: Progress, event: Event) -> dict[str, Any]:
    match event.kind:
        case Happened.ROUTED:
            return {"steps": event.steps, "at": 0, "returned": False}
        case Happened.ENDORSED | Happened.SKIPPED | Happened.ESCALATED:
            return _forwarded(before, event)
        case Happened.RETURNED:
            return {"returned": True}
        case Happened.SENT_ON:
            decider = before.at == len(before.steps or ())
            passed = {} if decider else _forwarded(before, event)
            return {"returned": False, **passed}
        case Happened.CONSENT:
            return {"consents": {**before.consents, str(event.actor): event.consent}}
        case Happened.CONSENT_WITHDRAWN:
            return {"consents": {**before.consents, str(event.actor): Consent.WITHDRAWN}}
        case Happened.GRANTED:
            days = [day for day in (before.last_day, event.until) if day is not None]
            return {"decision": event, "last_day": min(days, default=None)}
        case Happened.POSTED:
            return {"posted": True}
    return {}


def _forwarded(before: Progress, event: Event) -> dict[str, Any]:
    done = Forwarded(step=before.at, actor=event.actor, endorsement=event.endorsement)
    return {"at": before.at + 1, "forwarded": (*before.forwarded, done), "returned": False}


def _begun(event: Event) -> Progress:
    return Progress(
        request=event.request,
        requester=str(event.actor),
        approval=event.approval,
        version=event.version,
        content=event.content,
        image=event.image,
        directive=event.directive,
        clauses=event.clauses,
        wording=event.wording,
        authorities=event.authorities,
        last_day=event.last_day,
        consents=dict.fromkeys(event.people, Consent.ASKED),
        sought=event.sought,
    )


def _with(before: Progress, **changes: object) -> Progress:
    return before.model_copy(update=changes)
