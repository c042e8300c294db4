"""The request form on the page: what a browser sends, and each field with its value and fault."""

from collections.abc import Mapping

from pydantic import BaseModel
from starlette.datastructures import FormData

from bot.approvals.fields import FIELDS, REPLIES_HINT, Control, Field, flag_field
from bot.approvals.filling import Filled
from bot.approvals.request import Answered, Reply
from index.directive import FROZEN
from index.request import Group, Questions


class Entry(BaseModel):
    """A field with what was typed into it and what is wrong with that, if anything."""

    model_config = FROZEN

    field: Field
    value: str
    ticked: tuple[str, ...] = ()
    error: str | None = None
    limit: int | None = None
    required: bool = False


class Asked(BaseModel):
    """One of the corpus's questions with its reply; ``name`` is that of its field."""

    model_config = FROZEN

    name: str
    ask: str
    reply: str
    error: str | None = None


class Heading(BaseModel):
    """A heading with its questions; ``none`` is the field that answers them all with "no"."""

    model_config = FROZEN

    title: str
    none: str
    asked: tuple[Asked, ...]


REPLIES = tuple((reply.value, reply.value.capitalize()) for reply in Reply)
HINT = REPLIES_HINT
NOTHING = "yes"  # the value of a ticked “None of these”
CONTRADICTED = (
    "“None of these” was ticked above, and “{reply}” is chosen here. “{reply}” stands now. Change "
    "it if it is wrong, then send again."
)


def none_field(group: Group) -> str:
    """Return the name of the field that says that nothing under a heading holds."""
    return f"none-{group.name}"


def typed(form: FormData, questions: Questions) -> Filled:
    """Return what the known fields hold; whatever else is sent is left unread.

    "None of these" answers what has no reply under its heading; a "yes" or "not sure" stands.
    """
    values: dict[str, object] = {}
    for field in FIELDS:
        if field.control is Control.TICKS:
            sent = form.getlist(field.name)
            values[field.name] = tuple(one for one in sent if isinstance(one, str))
        else:
            values[field.name] = _text(form, field.name)
    nothing = {group.name for group in questions.groups if _none(form, group)}
    replies = (
        (one.name, _text(form, flag_field(one.name)) or (Reply.NO if one.group in nothing else ""))
        for one in questions.flags
    )
    known = {reply.value for reply in Reply}
    values["flags"] = tuple(
        Answered(name=name, reply=Reply(reply)) for name, reply in replies if reply in known
    )
    return Filled.model_validate(values)


def contradicted(form: FormData, questions: Questions) -> dict[str, str]:
    """Return an error for each reply other than "no" under a heading none of which holds."""
    return {
        flag_field(one.name): CONTRADICTED.format(reply=_text(form, flag_field(one.name)))
        for group in questions.groups
        if _none(form, group)
        for one in questions.under(group)
        if _text(form, flag_field(one.name)) in (Reply.YES, Reply.UNSURE)
    }


def entries(filled: Filled, errors: Mapping[str, str]) -> tuple[Entry, ...]:
    """Return the fields in order with values and errors."""
    return tuple(
        Entry(
            field=field,
            value=filled.value(field.name),
            ticked=filled.others if field.control is Control.TICKS else (),
            error=errors.get(field.name),
            limit=field.limit,
            required=field.required,
        )
        for field in FIELDS
    )


def asked(filled: Filled, questions: Questions, errors: Mapping[str, str]) -> tuple[Heading, ...]:
    """Return the questions in order, under their headings, with replies and errors."""
    return tuple(
        Heading(
            title=group.title,
            none=none_field(group),
            asked=tuple(
                Asked(
                    name=flag_field(one.name),
                    ask=one.ask,
                    reply=filled.reply(one.name) or "",
                    error=errors.get(flag_field(one.name)),
                )
                for one in questions.under(group)
            ),
        )
        for group in questions.groups
    )


def _none(form: FormData, group: Group) -> bool:
    return _text(form, none_field(group)) == NOTHING


def _text(form: FormData, name: str) -> str:
    value = form.get(name, "")
    return value.replace("\r\n", "\n") if isinstance(value, str) else ""
