"""The parts that views are made of: literal text in plain or rich text objects, within limits.

Limits as in Slack's "Reference: Block Kit"; a view of more than 250 kB is refused (views.open).
"""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime

from pydantic import BaseModel, ConfigDict
from slack_sdk.models.blocks import (
    Block,
    ButtonElement,
    ConfirmObject,
    ContextBlock,
    HeaderBlock,
    InputBlock,
    InputInteractiveElement,
    Option,
    PlainTextObject,
    RichTextBlock,
    RichTextElement,
    RichTextElementParts,
    RichTextListElement,
    RichTextSectionElement,
)
from slack_sdk.models.views import View

from bot.slack.ids import Action, DeedAction, Field
from bot.slack.ids import View as Callback
from bot.slack.text import shortened
from bot.slack.wording import BLANK, CLOSE

MOST_BLOCKS = 100
MOST_VIEW = 240_000  # characters of JSON, of Slack's 250 kB
MOST_INPUT = 3_000
_MOST_PLAIN = 3_000
_MOST_LABEL = 75
_MOST_URL = 3_000
_TITLE = 24


class Card(BaseModel):
    """What follows the notices of an answer that one person alone reads, as lines and as blocks."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    lines: tuple[str, ...]
    blocks: tuple[Block, ...]


def plain(text: str, most: int = _MOST_PLAIN) -> PlainTextObject:
    """Return ``text`` as words that Slack reads no markup in, at most ``most`` characters."""
    return PlainTextObject(text=shortened(text, most) if text.strip() else BLANK, emoji=False)


def words(text: str, *, bold: bool = False) -> RichTextElement:
    """Return words within a line; a dash for none, since Slack refuses an empty text."""
    style = RichTextElementParts.TextStyle(bold=True) if bold else None
    return RichTextElementParts.Text(text=text if text.strip() else BLANK, style=style)


def link(label: str, url: str | None, *, bold: bool = False) -> RichTextElement:
    """Return a link, or its label alone where the address is none that Slack would open."""
    web = url is not None and url.startswith(("https://", "http://"))
    if url is None or not web or len(url) > _MOST_URL or len(url.split()) != 1:
        return words(label, bold=True)
    style = RichTextElementParts.TextStyle(bold=True) if bold else None
    return RichTextElementParts.Link(text=label if label.strip() else BLANK, url=url, style=style)


def line(*parts: RichTextElement) -> RichTextElement:
    """Return a line of parts."""
    return RichTextSectionElement(elements=[*parts])


def points(rows: Iterable[Sequence[RichTextElement]]) -> RichTextElement:
    """Return a bulleted list; each row is the parts of one line."""
    return RichTextListElement(style="bullet", elements=[line(*row) for row in rows])


def text(*lines: RichTextElement) -> Block:
    """Return a block of lines and lists."""
    return RichTextBlock(elements=[*lines])


def said(*lines: str) -> Block:
    """Return a block of lines of words."""
    return text(*(line(words(one)) for one in lines))


def heading(title: str) -> Block:
    """Return a heading, at most 150 characters."""
    return HeaderBlock(text=plain(title, 150))


def note(words_: str) -> Block:
    """Return a line in small print."""
    return ContextBlock(elements=[plain(words_)])


def button(
    label: str,
    action: Action | DeedAction,
    *,
    value: str | None = None,
    style: str | None = None,
    spoken: str | None = None,
    confirm: ConfirmObject | None = None,
) -> ButtonElement:
    """Return a button; ``spoken`` is its name for screen readers where its label is not enough."""
    return ButtonElement(
        text=plain(label, _MOST_LABEL),
        action_id=action.value,
        value=value,
        style=style,
        accessibility_label=shortened(spoken, _MOST_LABEL) if spoken else None,
        confirm=confirm,
    )


def option(value: str, label: str) -> Option:
    """Return a choice of a menu, of radio buttons or of checkboxes."""
    return Option(value=value, text=plain(label, _MOST_LABEL))


def entry(
    field: Field | str,
    label: str,
    element: InputInteractiveElement,
    *,
    hint: str | None = None,
    optional: bool = False,
) -> Block:
    """Return a labelled field of a form; ``element`` has the field's name as its action id."""
    return InputBlock(
        block_id=str(field),
        label=plain(label, 2_000),
        element=element,
        hint=plain(hint, 2_000) if hint else None,
        optional=optional,
    )


def modal(
    callback: Callback,
    title: str,
    blocks: Sequence[Block],
    *,
    submit: str | None = None,
    close: str = CLOSE,
    metadata: str | None = None,
    clears: bool = False,
) -> View:
    """Return a modal; ``submit`` is needed as soon as it has a field.

    ``clears``: closing it closes those beneath it too.
    """
    return View(
        type="modal",
        callback_id=callback.value,
        title=plain(title, _TITLE),
        submit=plain(submit, _TITLE) if submit else None,
        close=plain(close, _TITLE),
        blocks=[*blocks],
        private_metadata=metadata,
        clear_on_close=clears or None,
    )


def fitting(groups: Iterable[Sequence[Block]], blocks: int, characters: int) -> list[list[Block]]:
    """Return the first ``groups``, whole, that fit in so many blocks and characters of JSON."""
    kept: list[list[Block]] = []
    for group in groups:
        blocks -= len(group)
        characters -= sum(len(json.dumps(block.to_dict())) for block in group)
        if blocks < 0 or characters < 0:
            break
        kept.append([*group])
    return kept


def moment(when: datetime) -> str:
    """Return a time to the minute, in the zone that it is given in."""
    return f"{when:%Y-%m-%d %H:%M}"
