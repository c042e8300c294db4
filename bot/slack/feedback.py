"""“Was this right?”: the form, what it holds when it comes back, and the policy unit's list."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Self

from pydantic import BaseModel, Field
from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    CheckboxesElement,
    PlainTextInputElement,
    RadioButtonsElement,
    RichTextElement,
    RichTextQuoteElement,
)
from slack_sdk.models.views import View

from bot.feedback import Right
from bot.slack import ids, wording
from bot.slack.carried import MOST as MOST_CARRIED
from bot.slack.ids import Action
from bot.slack.parts import (
    MOST_BLOCKS,
    MOST_INPUT,
    MOST_VIEW,
    button,
    entry,
    fitting,
    line,
    modal,
    moment,
    note,
    option,
    said,
    text,
    words,
)
from bot.slack.submitted import TICKED, Values, picked, ticked, typed
from bot.slack.text import shortened
from index.directive import FROZEN

MOST_REASON = 2_000
_MOST_NAME = 150
_MOST_QUESTION = MOST_INPUT


class FeedbackAbout(BaseModel):
    """Which answer feedback is about, as the form carries it: never over 3,000 characters."""

    model_config = FROZEN

    answer: str = Field(min_length=1, max_length=_MOST_NAME)
    version: str = Field(max_length=_MOST_NAME)
    verdict: str = Field(max_length=_MOST_NAME)
    question: str | None = Field(None, max_length=MOST_CARRIED)

    def dump(self) -> str:
        """Return the private metadata of a form."""
        return self.model_dump_json()

    @classmethod
    def load(cls, metadata: str) -> Self:
        """Return what a form's private metadata says; raise ValueError when it is not ours."""
        return cls.model_validate_json(metadata)


class Feedback(BaseModel):
    """What a person says of an answer; the question goes with it only where they ticked so."""

    model_config = FROZEN

    right: Right
    reason: str | None = None
    include_question: bool = False


class FeedbackItem(BaseModel):
    """A piece of feedback in the policy unit's list: who gave it is not in it.

    ``when`` is in the department's time zone; ``question`` is None unless the asker included it.
    """

    model_config = FROZEN

    id: str = Field(min_length=1, max_length=2_000)
    when: datetime
    verdict: str
    version: str
    right: Right
    reason: str | None = None
    question: str | None = None


def feedback_form(about: FeedbackAbout, verdict_words: str, right: Right | None = None) -> View:
    """Return the form; ``right`` is chosen to begin with, as after a click on a thumb.

    Without a question carried there is none to include, and the form does not offer it.
    """
    verdict = shortened(verdict_words, _MOST_NAME)
    return modal(
        ids.View.FEEDBACK,
        wording.FEEDBACK,
        [
            said(wording.FEEDBACK_ABOUT.format(verdict=verdict)),
            _right(right),
            _reason(),
            *([_include()] if about.question else []),
            note(wording.FEEDBACK_READERS),
        ],
        submit=wording.SEND,
        close=wording.CANCEL,
        metadata=about.dump(),
    )


def read_feedback(values: Values) -> Feedback:
    """Return what a submitted form says; raise FormRefused, a ValueError that names the field."""
    return Feedback(
        right=picked(values, ids.Field.RIGHT, Right),
        reason=typed(values, ids.Field.REASON, MOST_REASON) or None,
        include_question=ids.Field.INCLUDE in values and ticked(values, ids.Field.INCLUDE),
    )


def feedback_list(items: Sequence[FeedbackItem]) -> View:
    """Return the pieces that nobody has looked at yet, in the order given, as many as fit."""
    groups = [_piece(number, item) for number, item in enumerate(items, start=1)]
    kept = fitting(groups, MOST_BLOCKS - 1, MOST_VIEW - 2_000)
    blocks = [block for group in kept for block in group] or [said(wording.FEEDBACK_NONE)]
    if left := len(groups) - len(kept):
        blocks.append(note(wording.FEEDBACK_MORE.format(count=left)))
    return modal(ids.View.FEEDBACK_LIST, wording.FEEDBACK_LIST, blocks)


def _right(right: Right | None) -> Block:
    choices = {one: option(one.value, label) for one, label in wording.RIGHTS.items()}
    element = RadioButtonsElement(
        action_id=ids.Field.RIGHT.value,
        options=[*choices.values()],
        initial_option=choices[right] if right else None,
    )
    return entry(ids.Field.RIGHT, wording.FEEDBACK, element)


def _reason() -> Block:
    element = PlainTextInputElement(
        action_id=ids.Field.REASON.value, multiline=True, max_length=MOST_REASON
    )
    return entry(ids.Field.REASON, wording.REASON, element, hint=wording.REASON_HINT, optional=True)


def _include() -> Block:
    element = CheckboxesElement(
        action_id=ids.Field.INCLUDE.value, options=[option(TICKED, wording.INCLUDE_TICK)]
    )
    return entry(
        ids.Field.INCLUDE, wording.INCLUDE, element, hint=wording.INCLUDE_HINT, optional=True
    )


def _piece(number: int, item: FeedbackItem) -> list[Block]:
    when = moment(item.when)
    spoken = wording.LOOKED_AT_LABEL.format(number=number, when=when)
    done = button(wording.LOOKED_AT, Action.LOOKED_AT, value=item.id, spoken=spoken)
    return [text(*_said_of(item, when)), ActionsBlock(elements=[done])]


def _said_of(item: FeedbackItem, when: str) -> Iterator[RichTextElement]:
    right = wording.FEEDBACK_RIGHT.format(right=wording.RIGHTS[item.right])
    answer = wording.FEEDBACK_ANSWER.format(
        verdict=shortened(item.verdict, _MOST_NAME), version=shortened(item.version, _MOST_NAME)
    )
    yield line(words(right, bold=True))
    yield line(words(f"{when}, {answer}"))
    for label, written, most in (
        (wording.FEEDBACK_REASON, item.reason, MOST_REASON),
        (wording.FEEDBACK_QUESTION, item.question, _MOST_QUESTION),
    ):
        if written:
            yield line(words(label))
            yield RichTextQuoteElement(elements=[words(shortened(written, most))])
