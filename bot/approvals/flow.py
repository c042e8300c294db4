"""Which event may follow: who may do what to a request, and when (the notes on F.1, F.2 and E.4).

The order names who decides and that a request goes through the chain of command. That a step on the
way forwards whatever it thinks, that silence decides nothing, and that nobody decides a request of
their own are the Department's rules, not the order's.
"""

from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum

from pydantic import BaseModel

from bot.approvals.event import Consent, Event, Happened
from bot.approvals.progress import Progress, State
from bot.errors import AssistantError
from index.directive import FROZEN


class Why(StrEnum):
    """Why an event may not happen."""

    ENDED = "ended"
    OTHER_VERSION = "other version"
    NOT_REQUESTER = "not the requester"
    OWN_REQUEST = "own request"
    NOT_ENDORSER = "not at this step"
    NOT_DECIDER = "not the one who decides"
    SHOWN = "shown in it"
    NOT_ASKED = "not asked for consent"
    ALREADY = "done already"
    DECIDED = "decided already"
    STOPPED = "stopped by a person shown"
    RETURNED = "returned to the requester"
    NOT_THERE = "not that far"
    POSTED = "posted already"
    NO_WORDS = "no words"
    DAY_PASSED = "day passed"
    NOT_DUE = "not due"


SENTENCES: Mapping[Why, str] = {
    Why.ENDED: "This request has ended; nothing more can be done to it.",
    Why.OTHER_VERSION: "The request was changed since this was shown. Open it again.",
    Why.NOT_REQUESTER: "Only the person who made the request can do this.",
    Why.OWN_REQUEST: "Nobody endorses or decides a request of their own.",
    Why.NOT_ENDORSER: "The request is not with you.",
    Why.NOT_DECIDER: "Who decides is as the clause says, and that is not you.",
    Why.SHOWN: "You are shown in it, so somebody else endorses it.",
    Why.NOT_ASKED: "Your consent was not asked for.",
    Why.ALREADY: "That is done already; nothing was changed.",
    Why.DECIDED: "The request has been decided already.",
    Why.STOPPED: "A person shown has not agreed. The requester may change the request.",
    Why.RETURNED: "The request is back with the requester for information.",
    Why.NOT_THERE: "The request has not come that far.",
    Why.POSTED: "It has been posted already.",
    Why.NO_WORDS: "This needs a few words of reason.",
    Why.DAY_PASSED: "That day has passed.",
    Why.NOT_DUE: "This is not due.",
}


class FlowRefused(AssistantError):
    """An event that may not happen; ``why`` says it in one word, the message to the person."""

    def __init__(self, why: Why) -> None:
        super().__init__(SENTENCES[why])
        self.why = why


class Standing(BaseModel):
    """What the roster says of the actor and of the step, on the day.

    ``endorses``: may act for the step the request is with. ``decides``: may decide on the clauses.
    ``somebody``: anybody may act for that step who neither asks for it nor is shown in it.
    """

    model_config = FROZEN

    endorses: bool = False
    decides: bool = False
    somebody: bool = True


def check(now: Progress, event: Event, standing: Standing, today: date) -> None:
    """Raise FlowRefused unless ``event`` may follow; ``today`` is the Department's date.

    A refused attempt is recorded as an event too; it changes nothing, so it is never checked.
    """
    if now.ended is not None:
        deciding = event.kind in {Happened.GRANTED, Happened.DENIED}
        raise FlowRefused(Why.DECIDED if deciding and now.ended is State.DENIED else Why.ENDED)
    edited = event.kind is Happened.EDITED
    if event.version != now.version + (1 if edited else 0):
        raise FlowRefused(Why.OTHER_VERSION)
    _CHECKS[event.kind](now, event, standing, today)


def _need(holds: bool, why: Why) -> None:
    if not holds:
        raise FlowRefused(why)


def _requester(now: Progress, event: Event) -> None:
    _need(event.actor == now.requester, Why.NOT_REQUESTER)


def _not_own(now: Progress, event: Event) -> None:
    _need(event.actor is not None, Why.NOT_DECIDER)
    _need(event.actor != now.requester, Why.OWN_REQUEST)


def _itself(event: Event) -> None:
    _need(event.actor is None, Why.NOT_DUE)


def _moving(now: Progress) -> None:
    """The request is under way: with somebody who may act on it."""
    _need(not now.stopped, Why.STOPPED)
    _need(now.decision is None, Why.DECIDED)
    _need(not now.returned, Why.RETURNED)


def _sent(now: Progress, event: Event, standing: Standing, today: date) -> None:
    raise FlowRefused(Why.ALREADY)


def _routed(now: Progress, event: Event, standing: Standing, today: date) -> None:
    _itself(event)
    _need(now.needs_decision and now.steps is None, Why.ALREADY)


def _endorsed(now: Progress, event: Event, standing: Standing, today: date) -> None:
    _not_own(now, event)
    _moving(now)
    _need(now.state is State.ENDORSING, Why.NOT_THERE)
    _need(event.step in {None, now.at}, Why.ALREADY)
    _need(str(event.actor) not in now.consents, Why.SHOWN)
    _need(standing.endorses, Why.NOT_ENDORSER)
    _need(event.endorsement is not None, Why.NOT_DUE)


def _returned(now: Progress, event: Event, standing: Standing, today: date) -> None:
    _not_own(now, event)
    _moving(now)
    if now.state is State.DECIDING:
        _need(standing.decides, Why.NOT_DECIDER)
    else:
        _need(now.state is State.ENDORSING, Why.NOT_THERE)
        _need(event.step in {None, now.at}, Why.ALREADY)
        _need(str(event.actor) not in now.consents, Why.SHOWN)
        _need(standing.endorses, Why.NOT_ENDORSER)
    _need(bool(event.words), Why.NO_WORDS)


def _sent_on(now: Progress, event: Event, standing: Standing, today: date) -> None:
    _requester(now, event)
    _need(not now.stopped, Why.STOPPED)
    _need(now.returned, Why.ALREADY)


def _skipped(now: Progress, event: Event, standing: Standing, today: date) -> None:
    _itself(event)
    _need(now.state is State.ENDORSING and not standing.somebody, Why.NOT_DUE)


def _escalated(now: Progress, event: Event, standing: Standing, today: date) -> None:
    _itself(event)
    _need(now.state is State.ENDORSING, Why.NOT_DUE)


def _reminded(now: Progress, event: Event, standing: Standing, today: date) -> None:
    _itself(event)
    _need(now.waits, Why.NOT_DUE)


def _edited(now: Progress, event: Event, standing: Standing, today: date) -> None:
    _requester(now, event)
    _need(event.content != now.content, Why.ALREADY)


def _consent(now: Progress, event: Event, standing: Standing, today: date) -> None:
    answer = now.consents.get(str(event.actor))
    _need(answer is not None, Why.NOT_ASKED)
    _need(answer is not event.consent, Why.ALREADY)
    _need(answer is Consent.ASKED, Why.STOPPED if now.stopped else Why.ALREADY)
    _need(event.consent in {Consent.AGREED, Consent.DECLINED, Consent.NOT_ME}, Why.NOT_DUE)


def _consent_withdrawn(now: Progress, event: Event, standing: Standing, today: date) -> None:
    answer = now.consents.get(str(event.actor))
    _need(answer is not None, Why.NOT_ASKED)
    _need(answer is not Consent.WITHDRAWN, Why.ALREADY)
    _need(not now.posted, Why.POSTED)
    _need(answer is Consent.AGREED, Why.NOT_THERE)


def _granted(now: Progress, event: Event, standing: Standing, today: date) -> None:
    _decision(now, event, standing)
    last = min((day for day in (event.until, now.last_day) if day is not None), default=today)
    _need(last >= today, Why.DAY_PASSED)


def _denied(now: Progress, event: Event, standing: Standing, today: date) -> None:
    _decision(now, event, standing)
    _need(bool(event.words), Why.NO_WORDS)


def _decision(now: Progress, event: Event, standing: Standing) -> None:
    _not_own(now, event)
    _moving(now)
    _need(standing.decides, Why.NOT_DECIDER)
    _need(now.state is State.DECIDING, Why.NOT_THERE)


def _posted(now: Progress, event: Event, standing: Standing, today: date) -> None:
    _requester(now, event)
    _need(not now.posted, Why.ALREADY)
    _need(now.state is State.IN_EFFECT, Why.NOT_THERE)
    _need(now.valid_on(today), Why.DAY_PASSED)


def _withdrawn(now: Progress, event: Event, standing: Standing, today: date) -> None:
    _requester(now, event)


def _expired(now: Progress, event: Event, standing: Standing, today: date) -> None:
    _itself(event)
    _need(now.last_day is not None and today > now.last_day, Why.NOT_DUE)


def _revoked(now: Progress, event: Event, standing: Standing, today: date) -> None:
    _not_own(now, event)
    _need(standing.decides, Why.NOT_DECIDER)
    _need(now.decision is not None, Why.NOT_THERE)
    _need(bool(event.words), Why.NO_WORDS)


def _voided(now: Progress, event: Event, standing: Standing, today: date) -> None:
    _itself(event)


_CHECKS: Mapping[Happened, Callable[[Progress, Event, Standing, date], None]] = {
    Happened.SENT: _sent,
    Happened.ROUTED: _routed,
    Happened.ENDORSED: _endorsed,
    Happened.RETURNED: _returned,
    Happened.SENT_ON: _sent_on,
    Happened.SKIPPED: _skipped,
    Happened.ESCALATED: _escalated,
    Happened.REMINDED: _reminded,
    Happened.EDITED: _edited,
    Happened.CONSENT: _consent,
    Happened.CONSENT_WITHDRAWN: _consent_withdrawn,
    Happened.GRANTED: _granted,
    Happened.DENIED: _denied,
    Happened.POSTED: _posted,
    Happened.WITHDRAWN: _withdrawn,
    Happened.EXPIRED: _expired,
    Happened.REVOKED: _revoked,
    Happened.VOIDED: _voided,
}
