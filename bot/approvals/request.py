"""An approval request as it is sent and kept; its fields are asked for in ``fields``."""

import re
import unicodedata
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from bot.answer import ApprovalKind
from bot.approvals.image import Image
from bot.approvals.progress import State
from bot.asker import Asker
from index.directive import FROZEN

MOST_COLLEAGUES = 20
MOST_NAME = 100
_LINE_ENDS = re.compile(r"\r\n?|[\u2028\u2029\x0b\x0c\x85]")
# Signs that turn the direction of what follows, so that it reads as something else.
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")


class Material(StrEnum):
    """What is to be posted or done."""

    PHOTO = "photo"
    VIDEO = "video"
    TEXT = "text"
    PROFILE = "profile or page"
    APPEARANCE = "appearance or statement"
    DEVICE = "use of a computer or device"
    OTHER = "other"


class Page(StrEnum):
    """Whose page or account it is about."""

    OWN = "my own"
    DEPARTMENT = "the Department's"
    OTHER = "somebody else's"


class Duty(StrEnum):
    """Whether something was made on duty."""

    ON = "on duty"
    OFF = "off duty"


class Others(StrEnum):
    """Who else can be seen or heard; no names are needed."""

    PUBLIC = "members of the public"
    CHILDREN = "children"


class Times(StrEnum):
    """How often it is to be posted."""

    ONCE = "once"
    ONGOING = "again and again"


class Reply(StrEnum):
    """The reply to one of the corpus's questions."""

    YES = "yes"
    NO = "no"
    UNSURE = "not sure"


def cleaned(text: object) -> object:
    """Return text in one Unicode form, without what no keyboard makes; anything else as it is."""
    if not isinstance(text, str):
        return text
    composed = unicodedata.normalize("NFC", _LINE_ENDS.sub("\n", text))
    return "".join(sign for sign in composed if _printed(sign)).strip()


def _printed(sign: str) -> bool:
    if sign in "\n\t":
        return True
    return sign not in _TURNING and unicodedata.category(sign) not in {"Cc", "Cs"}


def _on_one_line(text: object) -> object:
    found = cleaned(text)
    return " ".join(found.split()) if isinstance(found, str) else found


Line = Annotated[str, BeforeValidator(_on_one_line)]
Text = Annotated[str, BeforeValidator(cleaned)]


class Colleague(BaseModel):
    """Somebody of the Department who is shown or named, and will be asked for consent.

    ``team`` and ``user`` are Slack ids where the person was picked there; otherwise ``name`` is all
    that is known.
    """

    model_config = FROZEN

    name: Line = Field("", max_length=MOST_NAME)
    team: str | None = Field(None, max_length=40)
    user: str | None = Field(None, max_length=40, pattern=r"^[A-Z0-9]+$")

    @model_validator(mode="after")
    def _somebody(self) -> "Colleague":
        if not self.name and self.user is None:
            raise ValueError("Nobody is named.")
        return self

    @property
    def label(self) -> str:
        """How a record names the person."""
        return self.name or f"Slack user {self.user} of workspace {self.team}"


class Answered(BaseModel):
    """The reply to the question of this name (``corpus/request.yaml``)."""

    model_config = FROZEN

    name: str = Field(max_length=40)
    reply: Reply


class Content(BaseModel):
    """What consent and permission are about; all text is the requester's own and is only data.

    ``people`` is what earlier forms asked for in place of ``colleagues`` and ``others``.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    material: Material
    page: Page | None = None
    platform: Line = Field(min_length=1, max_length=200)
    account: Line = Field("", max_length=300)
    description: Text = Field(min_length=1, max_length=5000)
    exact_text: Text = Field("", max_length=5000)
    where_and_when: Text = Field("", max_length=1000)
    duty: Duty | None = None
    colleagues: tuple[Colleague, ...] = Field((), max_length=MOST_COLLEAGUES)
    others: tuple[Others, ...] = ()
    people: Text = Field("", max_length=1000)
    purpose: Text = Field("", max_length=2000)
    times: Times | None = None
    posting_from: date | None = None
    posting_until: date | None = None
    image: Image | None = None
    flags: tuple[Answered, ...] = ()

    @field_validator("colleagues", "others", "flags")
    @classmethod
    def _each_once(cls, values: tuple[object, ...]) -> tuple[object, ...]:
        return tuple(dict.fromkeys(values))

    @field_validator("posting_until")
    @classmethod
    def _ends_after_it_begins(cls, value: date | None, info: ValidationInfo) -> date | None:
        first = info.data.get("posting_from")
        if value is not None and first is not None and value < first:
            raise ValueError("The last day is before the first day.")
        return value


class Request(BaseModel):
    """A request as kept: who, what, and the clauses and version of the order it rests on.

    ``unclear`` are those of ``clauses`` that state no permission and may apply: a fact decides
    that the requester did not know.
    """

    model_config = FROZEN

    reference: str
    answer: str
    created: datetime
    asker: Asker
    directive: str
    effective: date
    sha256: str
    clauses: tuple[str, ...]
    unclear: tuple[str, ...] = ()
    kind: ApprovalKind
    content: Content
    state: State = State.SENT
    version: int = 1
    updated: datetime | None = None
