"""What a written permission says, and what the check page says of it; nothing here is kept."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from bot.approvals.event import Consent, Event, Happened
from bot.approvals.fields import told
from bot.approvals.issuing import Issued
from bot.approvals.progress import Progress, State
from bot.approvals.request import Reply, Request
from bot.errors import AssistantError
from bot.quoting import leading
from index.directive import FROZEN, Directive
from index.request import Questions

CAUTION = "This paper is only as good as the check page says."
NO_CONDITIONS = "None were stated."
NO_DAY = "None was set."
SEAL_SIGNS = 16


class Stand(StrEnum):
    """What the check page says of a permission."""

    VALID = "valid"
    LATER = "not yet in effect"
    HELD = "not in effect"
    VOID = "void"
    REVOKED = "revoked"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced by a later version"


_ENDED = {
    State.VOID: Stand.VOID,
    State.REVOKED: Stand.REVOKED,
    State.EXPIRED: Stand.EXPIRED,
    State.WITHDRAWN: Stand.WITHDRAWN,
    State.DENIED: Stand.VOID,
}


class Grounds(BaseModel):
    """What a slip is made of.

    ``events`` are all of the request's, ``names`` how to call each person of the record,
    ``directive`` the order with the words that the request rests on, ``seal`` that of the line
    that granted it. ``named``: whoever reads it sees who is shown.
    """

    model_config = FROZEN

    request: Request
    progress: Progress
    events: tuple[Event, ...]
    names: Mapping[str, str]
    directive: Directive
    issued: Issued
    seal: str
    address: str
    department: str
    named: bool = True


class Quoted(BaseModel):
    """A clause word for word, with the sentence that it completes."""

    model_config = FROZEN

    citation: str
    lead: str | None
    words: str


class Slip(BaseModel):
    """A written permission, ready to be set: rows are labels and words."""

    model_config = FROZEN

    department: str
    number: str
    permission: tuple[tuple[str, str], ...]
    content: tuple[tuple[str, str], ...]
    clauses: tuple[Quoted, ...]
    order: str
    record: str
    address: str


class NoSlip(AssistantError):
    """A request that is no permission in effect; the message says where it stands."""


def stands(now: Progress, version: int, first: date | None, worded: bool, today: date) -> Stand:
    """Return how the permission of a version stands on a day.

    ``first`` is the first day that the content names, ``worded`` whether the clauses still have
    the words that it rests on.
    """
    if now.version != version:
        return Stand.REPLACED
    if now.ended is not None:
        return _ENDED[now.ended]
    if not worded:
        return Stand.VOID
    if now.last_day is not None and today > now.last_day:
        return Stand.EXPIRED
    if now.state is State.STOPPED:
        return Stand.HELD
    if now.state is not State.IN_EFFECT or (first is not None and today < first):
        return Stand.LATER
    return Stand.VALID


def slip(grounds: Grounds, questions: Questions, zone: ZoneInfo) -> Slip:
    """Return what the paper says of a permission that is in effect; raise NoSlip for any other."""
    now, request = grounds.progress, grounds.request
    decision = now.decision
    if decision is None or now.state is not State.IN_EFFECT:
        raise NoSlip(
            f"Request {request.reference} is no permission in effect: {now.state.value}. "
            "There is nothing to print."
        )
    return Slip(
        department=grounds.department,
        number=f"{request.reference}, version {now.version}",
        permission=tuple(_permission(grounds, decision, zone)),
        content=tuple(_content(grounds, questions)),
        clauses=tuple(quoted(grounds.directive, request.clauses)),
        order=f"{grounds.directive.name}, effective {day(request.effective)}, version of the text "
        f"{request.sha256[:SEAL_SIGNS]}.",
        record=f"Line {grounds.issued.line} of the record, seal {grounds.seal[:SEAL_SIGNS]}. "
        f"Content {now.content[:SEAL_SIGNS]}.",
        address=grounds.address,
    )


def quoted(directive: Directive, sections: tuple[str, ...]) -> Iterator[Quoted]:
    """Yield clauses of a directive word for word, in the order given."""
    for section in sections:
        clause = directive.clause(section)
        if clause is not None:
            yield Quoted(
                citation=directive.citation(section),
                lead=leading(directive, clause),
                words=clause.text,
            )


def day(value: date) -> str:
    """Return a date written out: ``September 10, 2019``."""
    return f"{value:%B} {value.day}, {value.year}"


def moment(value: datetime, zone: ZoneInfo) -> str:
    """Return a time of the Department's zone written out."""
    local = value.astimezone(zone)
    return f"{day(local.date())}, {local:%H:%M} {local.tzname()}"


def _permission(grounds: Grounds, decision: Event, zone: ZoneInfo) -> Iterator[tuple[str, str]]:
    now, content = grounds.progress, grounds.request.content
    name = grounds.names.get(str(decision.actor), "somebody of the record")
    post = f", as {decision.capacity}" if decision.capacity else ""
    yield "Permission for", grounds.names.get(now.requester, "the requester")
    yield "Granted by", f"{name}{post}"
    yield "Granted on", moment(decision.at, zone)
    yield "Conditions and reasons, as written", decision.words or NO_CONDITIONS
    if content.posting_from is not None:
        yield "First day", day(content.posting_from)
    yield "Last day", day(now.last_day) if now.last_day is not None else NO_DAY
    yield "Consent of those shown or named", _consents(grounds, zone)


def _consents(grounds: Grounds, zone: ZoneInfo) -> str:
    now = grounds.progress
    if not now.consents:
        return "Nobody of the Department is named as shown."
    agreed = [key for key, answer in now.consents.items() if answer is Consent.AGREED]
    told_ = f"Asked: {len(now.consents)}. Agreed: {len(agreed)}."
    lines = [told_]
    if now.sought and len(agreed) < len(now.consents):
        lines.append("The Department's setting: that consent was sought is enough.")
    for event in grounds.events:
        if event.kind is Happened.CONSENT and event.version == now.version:
            if event.actor in agreed:
                who = grounds.names.get(str(event.actor), "") if grounds.named else "A person shown"
                lines.append(f"{who} agreed on {moment(event.at, zone)}.")
    return "\n".join(lines)


def _content(grounds: Grounds, questions: Questions) -> Iterator[tuple[str, str]]:
    """Yield what was permitted, letter by letter; replies "no" are told in one line."""
    content = grounds.request.content
    denied = sum(one.reply is Reply.NO for one in content.flags)
    kept = tuple(one for one in content.flags if one.reply is not Reply.NO)
    hidden = {} if grounds.named else {"colleagues": (), "people": ""}
    yield from told(content.model_copy(update={"flags": kept, **hidden}), questions)
    if denied:
        yield "Other questions of the form", f"{denied} answered “no”."
