"""The fields of an approval request: how each is asked for, prefilled, read and corrected."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from pydantic import BaseModel, ValidationError
from starlette.datastructures import FormData

from bot.approvals.request import Content, Material
from index.directive import FROZEN

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


class Field(NamedTuple):
    """How one field of a request is asked for."""

    name: str
    label: str
    hint: str
    control: str
    rows: int = 3


FIELDS: tuple[Field, ...] = (
    Field("material", "What is it?", "The kind of thing you want to post or do.", "choice"),
    Field(
        "description",
        "Describe it",
        "What can be seen, heard or read, in words. No image is uploaded here: describe it, with "
        "uniforms, badges, vehicles, equipment, places and anything else that can be recognised.",
        "text",
        6,
    ),
    Field(
        "exact_text",
        "The exact words you would post",
        "Caption, comment or profile line, letter by letter, if there are any.",
        "text",
        4,
    ),
    Field(
        "platform",
        "Where would it appear?",
        "The site and the account or page, and who can see it there.",
        "line",
    ),
    Field(
        "people",
        "Who can be seen or is named?",
        "As far as the order asks for somebody's agreement. Leave out what does not matter, and "
        "never write who works undercover.",
        "text",
        2,
    ),
    Field(
        "where_and_when",
        "Where and when was it made?",
        "Place, date, on or off duty, if it shows something that happened.",
        "text",
        2,
    ),
    Field("purpose", "What is it for?", "Why you want to post or do it.", "text", 2),
    Field("posting_from", "From", "First day, if it matters.", "date"),
    Field("posting_until", "Until", "Last day, if it is for a time only.", "date"),
)
_MATERIAL_WORDS = (
    (Material.VIDEO, r"videos?|clips?|reels?|livestream\w*|footage"),
    (Material.PHOTO, r"photos?|photographs?|pics?|pictures?|selfies?|snapshots?|images?"),
    (Material.PROFILE, r"profiles?|bio|avatar|headline"),
    (Material.APPEARANCE, r"interview|speech|podcast|endorse\w*|panel"),
    (Material.DEVICE, r"computer|laptop|terminal|tablet|device"),
    (Material.TEXT, r"comments?|tweets?|write|reply|caption|review|say"),
)
_PLATFORMS = (
    "Facebook", "Instagram", "LinkedIn", "Nextdoor", "Reddit", "Snapchat", "Threads", "TikTok",
    "Twitter", "WhatsApp", "YouTube",
)  # fmt: skip


class Entry(BaseModel):
    """A field with what was typed into it and what is wrong with that, if anything."""

    model_config = FROZEN

    field: Field
    value: str
    error: str | None = None
    limit: int | None = None
    required: bool = False


class FormRefused(Exception):
    """A form that cannot be sent as it is; ``errors`` says per field what to do."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("The form cannot be sent as it is.")
        self.errors = errors


def prefill(question: str | None) -> dict[str, str]:
    """Return the values a question suggests; its words become the description."""
    if question is None:
        return {}
    words = question.lower()
    material = next((m for m, form in _MATERIAL_WORDS if re.search(rf"\b({form})\b", words)), "")
    platform = next((p for p in _PLATFORMS if re.search(rf"\b{p.lower()}\b", words)), "")
    return {"description": question, "material": str(material), "platform": platform}


def typed(form: FormData) -> dict[str, str]:
    """Return the text of the known fields; characters that no keyboard makes are dropped."""
    values = {field.name: form.get(field.name, "") for field in FIELDS}
    return {
        name: _CONTROL.sub("", value.replace("\r\n", "\n")) if isinstance(value, str) else ""
        for name, value in values.items()
    }


def read(values: Mapping[str, str]) -> Content:
    """Return the content of a request; raise FormRefused with one sentence for each field."""
    try:
        return Content.model_validate({k: v for k, v in values.items() if v.strip()})
    except ValidationError as error:
        errors: dict[str, str] = {}
        for each in error.errors():
            name = str(each["loc"][0]) if each["loc"] else "description"
            sentence = _sentence(name, each["type"], each["msg"], values.get(name, ""))
            errors.setdefault(name, sentence)
        raise FormRefused(errors) from None


def entries(
    values: Mapping[str, str], errors: Mapping[str, str] | None = None
) -> tuple[Entry, ...]:
    """Return the fields in order with values and errors."""
    return tuple(
        Entry(
            field=field,
            value=values.get(field.name, ""),
            error=(errors or {}).get(field.name),
            limit=_limit(field.name),
            required=Content.model_fields[field.name].is_required(),
        )
        for field in FIELDS
    )


def _sentence(name: str, kind: str, message: str, value: str) -> str:
    if kind in {"missing", "string_too_short"}:
        return "Choose one." if name == "material" else "This is needed. A few words will do."
    if kind == "string_too_long":
        return f"At most {_limit(name):,} characters; this has {len(value.strip()):,}. Shorten it."
    if kind == "enum":
        return "Choose one of the list."
    if kind.startswith("date"):
        return "This is no date. Write it as year-month-day, such as 2030-01-31."
    return message.removeprefix("Value error, ")


def _limit(name: str) -> int | None:
    for mark in Content.model_fields[name].metadata:
        limit = getattr(mark, "max_length", None)
        if isinstance(limit, int):
            return limit
    return None
