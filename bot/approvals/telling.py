"""Whom a change concerns: each is told once, and what is with nobody any more is taken back."""

from collections.abc import Iterable, Iterator
from enum import StrEnum

from pydantic import BaseModel

from bot.approvals.event import Consent, Event, Happened
from bot.approvals.progress import Progress, State
from index.directive import FROZEN


class About(StrEnum):
    """What a person is told of."""

    CONSENT = "your consent is asked for"
    ENDORSE = "a request is with you"
    DECIDE = "a request waits for your decision"
    RETURNED = "your request came back for information"
    STOPPED = "a person shown has not agreed"
    ENDORSED = "your request went on"
    GRANTED = "your request was granted"
    IN_EFFECT = "your permission is in effect"
    CONSENTED = "everybody shown has agreed"
    ENDED = "a request has ended"
    REMINDER = "a request still waits for you"
    PENDING = "your request is still pending"


_WITH_OTHERS = {State.ENDORSING: About.ENDORSE, State.DECIDING: About.DECIDE}
_NEWS = {
    State.RETURNED: About.RETURNED,
    State.STOPPED: About.STOPPED,
    State.GRANTED: About.GRANTED,
    State.IN_EFFECT: About.IN_EFFECT,
}


class Telling(BaseModel):
    """One person to be told one thing about a request."""

    model_config = FROZEN

    person: str
    about: About


def tellings(
    before: Progress | None, after: Progress, event: Event, acting: Iterable[str]
) -> tuple[Telling, ...]:
    """Return whom an event concerns; ``acting`` are those who may act on the request after it.

    Nobody is told of what they did themselves, and nobody why a person shown declined.
    """
    found = dict.fromkeys(_tellings(before, after, event, tuple(acting)))
    return tuple(one for one in found if one.person != event.actor)


def _tellings(
    before: Progress | None, after: Progress, event: Event, acting: tuple[str, ...]
) -> Iterator[Telling]:
    if event.kind in {Happened.SENT, Happened.EDITED}:
        yield from _all(_unanswered(after), About.CONSENT)
    if event.kind is Happened.REMINDED:
        yield from _all((*_unanswered(after), *acting), About.REMINDER)
        yield Telling(person=after.requester, about=About.PENDING)
    if after.state in _WITH_OTHERS and _place(before) != _place(after):
        yield from _all(acting, _WITH_OTHERS[after.state])
    own = _own(None if before is None else before.state, after, event)
    if own is not None:
        yield Telling(person=after.requester, about=own)
    if after.ended is not None and before is not None:
        yield from _all((*before.consents, *acting), About.ENDED)
        decided = before.decision.actor if before.decision is not None else None
        if event.kind is Happened.VOIDED and decided is not None:
            yield Telling(person=decided, about=About.ENDED)


def _all(people: Iterable[str], about: About) -> Iterator[Telling]:
    for person in people:
        yield Telling(person=person, about=about)


def _unanswered(now: Progress) -> tuple[str, ...]:
    return tuple(who for who, answer in now.consents.items() if answer is Consent.ASKED)


def _place(now: Progress | None) -> tuple[State, int, int] | None:
    """Return where a request is: it is told again only when it has come somewhere else."""
    return None if now is None else (now.state, now.at, now.version)


def _own(was: State | None, after: Progress, event: Event) -> About | None:
    """Return what the requester is told, where there is news."""
    if after.state is was:
        on = event.kind in {Happened.ENDORSED, Happened.ESCALATED}
        return About.ENDORSED if on else None
    if after.ended is not None:
        return About.ENDED
    if after.state is State.IN_EFFECT and not after.needs_decision:
        return About.CONSENTED
    if event.kind in {Happened.ENDORSED, Happened.ESCALATED}:
        return About.ENDORSED
    return _NEWS.get(after.state)
