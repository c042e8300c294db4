"""What happened to a request, as a viewer may read it, the oldest first."""

from datetime import datetime

from pydantic import BaseModel

from bot.approvals.dossier import Dossier
from bot.approvals.event import Consent, Event, Happened, Step
from bot.web.pages import day
from index.directive import FROZEN

_CONSENTS = frozenset({Happened.CONSENT, Happened.CONSENT_WITHDRAWN})
_ENDS = frozenset(
    {Happened.DENIED, Happened.WITHDRAWN, Happened.EXPIRED, Happened.REVOKED, Happened.VOIDED}
)
NOT_AGREED = "A person shown has not agreed."


class Entry(BaseModel):
    """One thing that happened; ``words`` are what somebody wrote then."""

    model_config = FROZEN

    at: datetime
    text: str
    words: str | None = None


def only_shown(dossier: Dossier) -> bool:
    """Whether the viewer's only part is that they are, or were, asked for their consent.

    They see the exact content and their own consent, and not who else was asked or what others
    said of it.
    """
    key = dossier.viewer.key
    if dossier.own or dossier.office.actor(key) is not None:
        return False
    if dossier.may - {Happened.CONSENT, Happened.CONSENT_WITHDRAWN}:
        return False
    acted = [one.kind for one in dossier.events if one.actor == key]
    if any(kind not in {*_CONSENTS, Happened.REFUSED} for kind in acted):
        return False
    return key in dossier.progress.consents or bool(_CONSENTS.intersection(acted))


def timeline(dossier: Dossier) -> tuple[Entry, ...]:
    """Return the entries for the viewer; attempts that were refused are left out."""
    narrow = only_shown(dossier)
    steps: tuple[Step, ...] = ()
    entries: list[Entry] = []
    for event in dossier.events:
        steps = event.steps if event.kind is Happened.ROUTED else steps
        told = _narrowly(dossier, event) if narrow else _fully(dossier, event, steps)
        if told:
            words = None if narrow or event.kind in _CONSENTS else event.words
            entries.append(Entry(at=event.at, text=told, words=words))
    return tuple(entries)


def who(dossier: Dossier, event: Event) -> str:
    """Return who did something, and in which post, as the record has it."""
    name = dossier.names.get(event.actor or "", "somebody")
    capacity = event.capacity
    return name if not capacity or capacity in name else f"{name}, {capacity}"


def _narrowly(dossier: Dossier, event: Event) -> str | None:
    if event.actor == dossier.viewer.key and event.kind in _CONSENTS:
        return _consent(dossier, event)
    if event.kind in {Happened.SENT, Happened.EDITED, Happened.POSTED}:
        return _plain(dossier, event)
    return "The request ended." if event.kind in _ENDS else None


def _fully(dossier: Dossier, event: Event, steps: tuple[Step, ...]) -> str | None:
    if event.kind in _CONSENTS:
        return _consent(dossier, event)
    place = event.step
    at = steps[place].title if place is not None and 0 <= place < len(steps) else "this step"
    match event.kind:
        case Happened.ROUTED:
            named = ", ".join(step.title for step in event.steps)
            return f"The way was set: {named}, then whoever decides." if named else None
        case Happened.SKIPPED:
            return f"{at} was passed over: nobody may act there."
        case Happened.ESCALATED:
            return f"{at} did not act in the time that the Department set; it went on."
        case Happened.GRANTED:
            until = f" Last day: {day(event.until)}." if event.until else ""
            with_ = " with conditions" if event.words else ""
            return f"{who(dossier, event)} granted it{with_}.{until}"
    return _plain(dossier, event)


def _plain(dossier: Dossier, event: Event) -> str | None:
    by = who(dossier, event)
    texts = {
        Happened.SENT: f"{by} sent the request.",
        Happened.EDITED: f"{by} changed it: version {event.version}. Consents and endorsements "
        "began anew.",
        Happened.ENDORSED: f"{by} {event.endorsement.value if event.endorsement else ''}.",
        Happened.RETURNED: f"{by} returned it for information.",
        Happened.SENT_ON: f"{by} sent it on unchanged.",
        Happened.DENIED: f"{by} denied it.",
        Happened.POSTED: f"{by} says that it is posted.",
        Happened.WITHDRAWN: f"{by} withdrew it.",
        Happened.REVOKED: f"{by} revoked the permission.",
        Happened.EXPIRED: "The last day passed; it expired.",
        Happened.VOIDED: "The words of the order that it rests on changed; it is void.",
        Happened.REMINDED: "Whoever is waited for was reminded.",
    }
    return texts.get(event.kind)


def _consent(dossier: Dossier, event: Event) -> str:
    """Tell of a consent: who declined is told to nobody, not even why."""
    agreed = event.consent is Consent.AGREED and event.kind is Happened.CONSENT
    if event.actor == dossier.viewer.key:
        if agreed:
            return "You agreed."
        if event.kind is Happened.CONSENT_WITHDRAWN:
            return "You took your consent back."
        return "You did not agree." if event.consent is Consent.DECLINED else "You said: not me."
    return "A person shown agreed." if agreed else NOT_AGREED
