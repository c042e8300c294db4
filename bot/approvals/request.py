"""An approval request as the form sends it and as it is kept (fields: the notes on F.1 and F.2)."""

from datetime import date, datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from bot.answer import ApprovalKind
from bot.asker import Asker
from index.directive import FROZEN


class Material(StrEnum):
    """What is to be posted or done."""

    PHOTO = "photo"
    VIDEO = "video"
    TEXT = "text"
    PROFILE = "profile or page"
    APPEARANCE = "appearance or statement"
    DEVICE = "use of a computer or device"
    OTHER = "other"


class State(StrEnum):
    """Where a request stands; endorsements and decisions are recorded on the seams of ``flow``."""

    SENT = "sent"
    WITHDRAWN = "withdrawn"


class Content(BaseModel):
    """What consent and permission are about; all text is the requester's own and is only data."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    material: Material
    platform: str = Field(min_length=1, max_length=200)
    exact_text: str = Field("", max_length=5000)
    description: str = Field(min_length=1, max_length=5000)
    people: str = Field("", max_length=1000)
    where_and_when: str = Field("", max_length=1000)
    posting_from: date | None = None
    posting_until: date | None = None
    purpose: str = Field("", max_length=2000)

    @field_validator("posting_until")
    @classmethod
    def _ends_after_it_begins(cls, value: date | None, info: ValidationInfo) -> date | None:
        first = info.data.get("posting_from")
        if value is not None and first is not None and value < first:
            raise ValueError("The last day is before the first day.")
        return value


class Request(BaseModel):
    """A request as kept: who, what, and the clauses and version of the order it rests on."""

    model_config = FROZEN

    reference: str
    answer: str
    created: datetime
    asker: Asker
    directive: str
    effective: date
    sha256: str
    clauses: tuple[str, ...]
    kind: ApprovalKind
    content: Content
    state: State = State.SENT
