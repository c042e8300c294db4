"""What a form holds when it comes back, read strictly; every refusal names its field.

See "View interaction payloads": ``state.values`` is keyed by block id, then by action id, and a
field that was left or emptied comes as null or as an empty list.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeVar

from bot.slack.ids import Field
from bot.slack.wording import CHOOSE, CHOOSE_CHANNEL, FORM_CHANGED, TOO_LONG

Values = Mapping[str, Any]
Choice = TypeVar("Choice", bound=StrEnum)
TICKED = "yes"


class FormRefused(ValueError):
    """A field cannot be taken as it is; ``sentence`` is for the person who filled it in."""

    def __init__(self, field: Field | str, sentence: str) -> None:
        super().__init__(f"{field}: {sentence}")
        self.field = field
        self.sentence = sentence

    @property
    def errors(self) -> dict[str, str]:
        """The sentence by block id, as an answer with ``response_action`` errors takes it."""
        return {str(self.field): self.sentence}


def typed(values: Values, field: Field | str, most: int, *, needed: str | None = None) -> str:
    """Return what was typed, without space at its ends; with ``needed`` it may not be empty."""
    value = _element(values, field, "plain_text_input").get("value")
    if value is None:
        value = ""
    if not isinstance(value, str):
        raise FormRefused(field, FORM_CHANGED)
    value = value.strip()
    if needed is not None and not value:
        raise FormRefused(field, needed)
    if len(value) > most:
        raise FormRefused(field, TOO_LONG.format(most=most))
    return value


def picked(values: Values, field: Field, kind: type[Choice]) -> Choice:
    """Return the one choice of radio buttons."""
    chosen = _element(values, field, "radio_buttons").get("selected_option")
    if chosen is None:
        raise FormRefused(field, CHOOSE)
    value = _value(chosen, field)
    try:
        return kind(value)
    except ValueError:
        raise FormRefused(field, FORM_CHANGED) from None


def chosen(values: Values, field: str) -> str:
    """Return the value of the one choice of radio buttons, empty where none is chosen."""
    found = _element(values, field, "radio_buttons").get("selected_option")
    return "" if found is None else _value(found, field)


def several_ticked(values: Values, field: str) -> tuple[str, ...]:
    """Return the values of the checkboxes that are ticked, each once."""
    return tuple(dict.fromkeys(_several(values, field, "checkboxes")))


def people(values: Values, field: str) -> tuple[str, ...]:
    """Return the ids of the people who were picked, each once."""
    found = _element(values, field, "multi_users_select").get("selected_users") or []
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise FormRefused(field, FORM_CHANGED)
    return tuple(dict.fromkeys(found))


def day(values: Values, field: str) -> str:
    """Return the day that was picked as year-month-day, empty where none was."""
    found = _element(values, field, "datepicker").get("selected_date")
    if found is not None and not isinstance(found, str):
        raise FormRefused(field, FORM_CHANGED)
    return found or ""


def ticked(values: Values, field: Field) -> bool:
    """Return whether the one checkbox of a field is ticked."""
    found = _several(values, field, "checkboxes")
    if found not in ((), (TICKED,)):
        raise FormRefused(field, FORM_CHANGED)
    return bool(found)


def several(values: Values, field: Field | str) -> tuple[str, ...]:
    """Return the choices of a menu that takes several, each once, in the order chosen."""
    return tuple(dict.fromkeys(_several(values, field, "multi_static_select")))


def channel(values: Values, field: Field) -> str:
    """Return the id of the channel that was chosen; no direct message is one."""
    chosen = _element(values, field, "conversations_select").get("selected_conversation")
    if not isinstance(chosen, str) or not chosen.startswith(("C", "G")):
        raise FormRefused(field, CHOOSE_CHANNEL)
    return chosen


def _several(values: Values, field: Field | str, kind: str) -> tuple[str, ...]:
    chosen = _element(values, field, kind).get("selected_options")
    if not isinstance(chosen, list):
        raise FormRefused(field, FORM_CHANGED)
    return tuple(_value(one, field) for one in chosen)


def _element(values: Values, field: Field | str, kind: str) -> Mapping[str, Any]:
    block = values.get(str(field))
    element = block.get(str(field)) if isinstance(block, Mapping) else None
    if not isinstance(element, Mapping) or element.get("type") != kind:
        raise FormRefused(field, FORM_CHANGED)
    return element


def _value(chosen: object, field: Field | str) -> str:
    value = chosen.get("value") if isinstance(chosen, Mapping) else None
    if not isinstance(value, str):
        raise FormRefused(field, FORM_CHANGED)
    return value
