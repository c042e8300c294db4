"""What somebody has filled in so far, on the web or in Slack, and its strict reading."""

import re
from collections.abc import Mapping

from pydantic import BaseModel, ValidationError

from bot.approvals.fields import FIELDS, Control, flag_field
from bot.approvals.image import Image
from bot.approvals.request import (
    MOST_COLLEAGUES,
    MOST_NAME,
    Answered,
    Colleague,
    Content,
    Reply,
    cleaned,
)
from index.directive import FROZEN
from index.request import Questions

_PICKED = re.compile(r"@([UW][A-Z0-9]{2,30})")


class Filled(BaseModel):
    """A form as it stands: text as typed, nothing checked; a line of ``colleagues`` is a person.

    A person who was picked in Slack is the line ``@`` and their id there.
    """

    model_config = FROZEN

    material: str = ""
    page: str = ""
    platform: str = ""
    account: str = ""
    description: str = ""
    exact_text: str = ""
    where_and_when: str = ""
    duty: str = ""
    colleagues: str = ""
    others: tuple[str, ...] = ()
    purpose: str = ""
    times: str = ""
    posting_from: str = ""
    posting_until: str = ""
    image: Image | None = None
    flags: tuple[Answered, ...] = ()

    def value(self, name: str) -> str:
        """Return the text of a field that is not ``others`` or ``flags``."""
        found = getattr(self, name)
        return found if isinstance(found, str) else ""

    def reply(self, name: str) -> Reply | None:
        """Return the reply to a question, None where there is none yet."""
        return next((one.reply for one in self.flags if one.name == name), None)

    def kept(self, questions: Questions) -> "Filled":
        """Return what may be kept in a draft: without the answers that are to be forgotten."""
        forgotten = {one.name for one in questions.flags if one.forget}
        flags = tuple(one for one in self.flags if one.name not in forgotten)
        return self.model_copy(update={"flags": flags})

    def forgotten(self, questions: Questions) -> tuple[Answered, ...]:
        """Return the answers that ``kept`` leaves out."""
        kept = self.kept(questions).flags
        return tuple(one for one in self.flags if one not in kept)


class FormRefused(Exception):
    """A form that cannot be sent as it is; ``errors`` says per field what to do."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("The form cannot be sent as it is.")
        self.errors = errors


def picked(text: str) -> tuple[tuple[str, ...], str]:
    """Return the Slack ids among lines of colleagues, and the other lines."""
    lines = [line.strip() for line in text.splitlines()]
    ids = [found[1] for line in lines if (found := _PICKED.fullmatch(line))]
    others = [line for line in lines if line and not _PICKED.fullmatch(line)]
    return tuple(dict.fromkeys(ids)), "\n".join(others)


def refilled(content: Content) -> Filled:
    """Return the form that a content was filled in with, to be changed."""
    values = {
        field.name: str(getattr(content, field.name) or "")
        for field in FIELDS
        if field.control is not Control.TICKS and field.name != "colleagues"
    }
    people = [f"@{one.user}" if one.user else one.name for one in content.colleagues]
    others = tuple(one.value for one in content.others)
    return Filled(
        **values,
        colleagues="\n".join(people),
        others=others,
        image=content.image,
        flags=content.flags,
    )


def read(filled: Filled, questions: Questions, team: str | None) -> Content:
    """Return the content of a request; raise FormRefused with one sentence for each field.

    ``team`` is the requester's Slack workspace, in which picked colleagues are, or None.
    """
    errors = {
        flag_field(one.name): "Choose one."
        for one in questions.flags
        if filled.reply(one.name) is None
    }
    if not filled.page:
        errors["page"] = "Choose one."
    try:
        content = _content(filled, questions, team)
    except FormRefused as refused:
        raise FormRefused(_ordered({**errors, **refused.errors})) from None
    if errors:
        raise FormRefused(_ordered(errors))
    return content


def read_leniently(filled: Filled, questions: Questions, team: str | None) -> Content:
    """Return the content of what is there, for guidance: what is missing or wrong is left out."""
    left = filled
    for _ in range(3):
        try:
            return _content(left, questions, team)
        except FormRefused as refused:
            blank = {name: _BLANK.get(name, "") for name in refused.errors}
            left = left.model_copy(update=blank)
    return _content(Filled.model_validate(_BLANK), questions, team)


_BLANK: dict[str, object] = {
    "material": "other",
    "platform": "–",
    "description": "–",
    "others": (),
    "flags": (),
}


def _content(filled: Filled, questions: Questions, team: str | None) -> Content:
    asked = {one.name for one in questions.flags}
    values: dict[str, object] = {
        field.name: filled.value(field.name)
        for field in FIELDS
        if field.control is not Control.TICKS and filled.value(field.name).strip()
    }
    values["others"] = filled.others
    values["image"] = filled.image
    values["flags"] = tuple(one for one in filled.flags if one.name in asked)
    errors: dict[str, str] = {}
    try:
        values["colleagues"] = _colleagues(filled.colleagues, team)
    except FormRefused as refused:
        errors.update(refused.errors)
        values.pop("colleagues", None)
    try:
        content = Content.model_validate(values)
    except ValidationError as error:
        for each in error.errors():
            name = str(each["loc"][0]) if each["loc"] else "description"
            sentence = _sentence(name, each["type"], each["msg"], filled.value(name))
            errors.setdefault(name, sentence)
    if errors:
        raise FormRefused(errors)
    return content


def _colleagues(text: str, team: str | None) -> tuple[Colleague, ...]:
    people: list[Colleague] = []
    for line in str(cleaned(text)).splitlines():
        if not line.strip():
            continue
        found = _PICKED.fullmatch(line.strip())
        if len(line.strip()) > MOST_NAME:
            raise FormRefused({"colleagues": f"A name has at most {MOST_NAME} characters."})
        if found and team is not None:
            people.append(Colleague(team=team, user=found[1]))
        else:
            people.append(Colleague(name=line))
    if len(set(people)) > MOST_COLLEAGUES:
        sentence = f"At most {MOST_COLLEAGUES} people; here are {len(set(people))}."
        raise FormRefused({"colleagues": sentence})
    return tuple(people)


def _sentence(name: str, kind: str, message: str, value: str) -> str:
    field = next(one for one in FIELDS if one.name == name)
    if kind in {"missing", "string_too_short"}:
        choice = field.control is Control.CHOICE
        return "Choose one." if choice else "This is needed. A few words will do."
    if kind == "string_too_long":
        length = len(str(cleaned(value)))
        return f"At most {field.limit or 0:,} characters; this has {length:,}. Shorten it."
    if kind == "enum":
        return "Choose one of the list."
    if kind.startswith("date"):
        return "This is no date. Write it as year-month-day, such as 2030-01-31."
    return message.removeprefix("Value error, ")


def _ordered(errors: Mapping[str, str]) -> dict[str, str]:
    """Return errors in the order of the form: its fields, then its questions."""
    first = [field.name for field in FIELDS if field.name in errors]
    return {name: errors[name] for name in dict.fromkeys((*first, *errors))}
