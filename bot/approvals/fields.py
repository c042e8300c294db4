"""The fields of an approval request as every form asks for them: names, labels, hints, limits."""

from enum import StrEnum
from typing import NamedTuple

from bot.approvals.image import IMAGE
from bot.approvals.request import Colleague, Content, Duty, Material, Others, Page, Times
from index.request import Questions


class Control(StrEnum):
    """How a field is filled in."""

    CHOICE = "choice"
    TICKS = "ticks"
    LINE = "line"
    TEXT = "text"
    DATE = "date"


class Field(NamedTuple):
    """How one field is asked for; ``choices`` are the values and words of a choice."""

    name: str
    label: str
    hint: str
    control: Control
    rows: int = 3
    choices: tuple[tuple[str, str], ...] = ()

    @property
    def required(self) -> bool:
        """Whether a request cannot be sent without it."""
        return self.name == "page" or Content.model_fields[self.name].is_required()

    @property
    def limit(self) -> int | None:
        """The most characters that a request holds here, where it counts characters."""
        if self.control not in {Control.LINE, Control.TEXT} or self.name == "colleagues":
            return None
        for mark in Content.model_fields[self.name].metadata:
            limit = getattr(mark, "max_length", None)
            if isinstance(limit, int):
                return limit
        return None


def _choices(kind: type[StrEnum]) -> tuple[tuple[str, str], ...]:
    return tuple((one.value, one.value[0].upper() + one.value[1:]) for one in kind)


FIELDS: tuple[Field, ...] = (
    Field(
        "material",
        "What is it?",
        "The kind of thing you want to post or do.",
        Control.CHOICE,
        choices=_choices(Material),
    ),
    Field(
        "page",
        "Whose page or account is it for?",
        "Other rules hold for the Department's pages than for your own.",
        Control.CHOICE,
        choices=_choices(Page),
    ),
    Field(
        "platform",
        "Where would it appear?",
        "The site, the app, the paper or the room.",
        Control.LINE,
    ),
    Field(
        "account",
        "Which account or page, and who can see it?",
        "Its name or address, and whether it is public, for friends or for a group.",
        Control.LINE,
    ),
    Field(
        "description",
        "Describe it",
        "What can be seen, heard or read, in words. No image is uploaded here: describe it, with "
        "uniforms, badges, vehicles, equipment, places and anything else that can be recognised.",
        Control.TEXT,
        6,
    ),
    Field(
        "exact_text",
        "The exact words you would post",
        "Caption, comment or profile line, letter by letter, if there are any.",
        Control.TEXT,
        4,
    ),
    Field(
        "where_and_when",
        "Where and when was it made?",
        "Place and date, if it shows something that happened.",
        Control.TEXT,
        2,
    ),
    Field(
        "duty",
        "Were you on duty then?",
        "When it was made, not when you would post it.",
        Control.CHOICE,
        choices=_choices(Duty),
    ),
    Field(
        "colleagues",
        "Which colleagues are shown or named?",
        "One a line. Each of them will be asked. Never write who works undercover.",
        Control.TEXT,
        3,
    ),
    Field(
        "others",
        "Who else can be seen or heard?",
        "Tick what holds. Names are not needed.",
        Control.TICKS,
        choices=_choices(Others),
    ),
    Field("purpose", "What is it for?", "Why you want to post or do it.", Control.TEXT, 2),
    Field(
        "times",
        "How often would you post it?",
        "One post, or something that goes on.",
        Control.CHOICE,
        choices=_choices(Times),
    ),
    Field("posting_from", "From", "First day, if it matters.", Control.DATE),
    Field("posting_until", "Until", "Last day, if it is for a time only.", Control.DATE),
)
EARLIER = {"people": "Who can be seen or is named?"}  # fields of requests sent by earlier forms
REPLIES_HINT = "“Not sure” is an answer too."


def flag_field(name: str) -> str:
    """Return the name under which forms ask the corpus's question ``name``."""
    return f"flag-{name}"


def told(content: Content, questions: Questions) -> tuple[tuple[str, str], ...]:
    """Return what a request says as labels and words, without what was left empty."""
    found = [(field.label, _words(content, field.name)) for field in FIELDS]
    found += [(label, _words(content, name)) for name, label in EARLIER.items()]
    found.append((IMAGE, content.image.words if content.image is not None else ""))
    asks = {one.name: one.ask for one in questions.flags}
    replies = [(asks.get(one.name, one.name), one.reply.value) for one in content.flags]
    return tuple((label, words) for label, words in (*found, *replies) if words)


def _words(content: Content, name: str) -> str:
    value = getattr(content, name)
    if value is None:
        return ""
    if isinstance(value, tuple):
        return "\n".join(one.label if isinstance(one, Colleague) else str(one) for one in value)
    return str(value)
