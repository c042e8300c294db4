"""A person of the roster, and the checked kinds of text that its entries are made of."""

import re
import unicodedata
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, StringConstraints, model_validator

from index.directive import FROZEN

_SHAPES = {
    "team": (re.compile(r"T[A-Z0-9]{2,20}"), "workspace, such as T024BE7LD"),
    "user": (re.compile(r"[UW][A-Z0-9]{2,20}"), "member, such as U024BE7LH"),
}
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_CONTROLS = frozenset({"Cc", "Cs", "Co", "Cn", "Zl", "Zp"})


def _line(text: str) -> str:
    """Return a line of text in Unicode's composed form; refuse what steers a display."""
    for sign in text:
        if sign in _BIDI or unicodedata.category(sign) in _CONTROLS:
            raise ValueError(
                f"holds the control character U+{ord(sign):04X}. Take it out, and keep to one line"
            )
    return unicodedata.normalize("NFC", text)


def _identity(value: object) -> object:
    """Return the parts of ``T…/U…``; anything else is left to the model to judge."""
    if isinstance(value, str):
        team, _, user = value.partition("/")
        return {"team": team.strip(), "user": user.strip()}
    return value


Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$")]
Line = Annotated[
    str,
    StringConstraints(min_length=1, max_length=150, strip_whitespace=True),
    AfterValidator(_line),
]
Email = Annotated[
    str, StringConstraints(pattern=r"^[^@\s<>]{1,80}@[^@\s<>]{1,150}$"), AfterValidator(_line)
]


class SlackIdentity(BaseModel):
    """A person in one Slack workspace; in a file ``"T…/U…"``."""

    model_config = FROZEN

    team: str
    user: str

    @model_validator(mode="after")
    def _is_slack(self) -> "SlackIdentity":
        for name, (shape, what) in _SHAPES.items():
            value = getattr(self, name)
            if not shape.fullmatch(value):
                raise ValueError(
                    f"{value!r} is not the id of a Slack {what}. Write the pair as T…/U…; "
                    "Slack shows both ids, a name or an e-mail address is none"
                )
        return self


Slack = Annotated[SlackIdentity, BeforeValidator(_identity)]


class Person(BaseModel):
    """One person; ``supervisor`` is the id of a person or of a post.

    Sworn people have a rank of the roster's ``ranks``; civilians a title at least. Who is not
    ``active`` is known by name, and may do nothing.
    """

    model_config = FROZEN

    id: Id
    name: Line
    rank: Line | None = None
    title: Line | None = None
    unit: Line
    shift: Line | None = None
    supervisor: Id | None = None
    sworn: bool = True
    active: bool = True
    slack: tuple[Slack, ...] = ()
    email: Email | None = None

    @property
    def standing(self) -> str:
        """The title if there is one, otherwise the rank."""
        return self.title or self.rank or ""

    def identity_in(self, team: str | None) -> SlackIdentity | None:
        """Return who the person is in one workspace, or None."""
        return next((one for one in self.slack if one.team == team), None)
