"""What can happen to a request: one event a change, by whom, in which capacity, on which version.

Events are what the audit chain records, and where a request stands follows from them alone.
"""

from datetime import date, datetime
from enum import StrEnum

from pydantic import BaseModel, Field

from bot.answer import ApprovalKind
from index.directive import FROZEN


class Happened(StrEnum):
    """The kinds of events."""

    SENT = "sent"
    ROUTED = "routed"
    ENDORSED = "endorsed"
    RETURNED = "returned for information"
    SENT_ON = "sent on unchanged"
    SKIPPED = "step passed over"
    ESCALATED = "passed on after the set time"
    EDITED = "edited"
    CONSENT = "answered by a person shown"
    CONSENT_WITHDRAWN = "consent withdrawn"
    GRANTED = "granted"
    DENIED = "denied"
    POSTED = "posted"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    REVOKED = "revoked"
    VOIDED = "void"
    REMINDED = "reminded"
    REFUSED = "attempt refused"


class Endorsement(StrEnum):
    """What somebody on the way says; it is forwarded whatever is said (the note on F.1)."""

    RECOMMENDED = "recommends it"
    NOT_RECOMMENDED = "does not recommend it"
    ACKNOWLEDGED = "has seen it"


class Consent(StrEnum):
    """What a person shown has answered."""

    ASKED = "asked"
    AGREED = "agreed"
    DECLINED = "declined"
    NOT_ME = "says that it is somebody else"
    WITHDRAWN = "withdrew consent"


class Step(BaseModel):
    """A step of the route: a rank or post of the Department's configuration, not of the order."""

    model_config = FROZEN

    key: str = Field(min_length=1, max_length=200)
    title: str = Field(min_length=1, max_length=200)


class Event(BaseModel):
    """One thing that happened to a request.

    ``actor`` is the key of the person who acted, as Slack or the session names them, or null for
    the assistant itself. ``capacity`` is the post they acted in. ``version`` counts the contents
    from 1; ``content`` is the SHA-256 of that content, ``image`` that of the image in it, if there
    is one, ``wording`` that of the ``clauses`` it rests on. ``authorities`` are whom those name for
    a permission, "" for nobody. ``step`` counts from 0. ``until`` is the last day of a permission.
    ``sought`` says that the Department holds asking for consent to be enough. ``words`` are what
    somebody wrote: they are kept beside the chain.
    """

    model_config = FROZEN

    request: str
    kind: Happened
    at: datetime
    version: int = Field(ge=1)
    actor: str | None = None
    capacity: str | None = None
    approval: ApprovalKind | None = None
    content: str | None = None
    image: str | None = None
    directive: str | None = None
    clauses: tuple[str, ...] = ()
    wording: str | None = None
    authorities: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    last_day: date | None = None
    sought: bool = False
    steps: tuple[Step, ...] = ()
    step: int | None = None
    endorsement: Endorsement | None = None
    consent: Consent | None = None
    until: date | None = None
    refused: str | None = None
    words: str | None = None
