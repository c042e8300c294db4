"""The buttons of an answer that ask something of the assistant, pure."""

from slack_sdk.models.blocks import (
    ButtonElement,
    ContextActionsBlock,
    FeedbackButtonObject,
    FeedbackButtonsElement,
    PlainTextObject,
)

from bot.answer import Answer
from bot.links import reference_in
from bot.slack.carried import Carried, clauses
from bot.slack.ids import Action
from bot.slack.watch_wording import TELL_ME
from bot.slack.wording import FILL_HERE, KEEP, NOT_RIGHT, RIGHT, SHARE, SHARE_CHANNEL, WAS_RIGHT

MOST_REFERENCE = 1_800


def right(carried: Carried) -> ButtonElement:
    """Return the button that asks whether an answer was right."""
    return _button(WAS_RIGHT, Action.FEEDBACK, carried)


def sharing(carried: Carried, *, in_thread: bool) -> tuple[ButtonElement, ...]:
    """Return the buttons of a private answer in a channel; none where it cannot be made again."""
    if carried.fitting().question is None:
        return ()
    return (
        _button(SHARE if in_thread else SHARE_CHANNEL, Action.SHARE, carried),
        _button(KEEP, Action.KEEP, carried),
    )


def filling(url: str | None) -> tuple[ButtonElement, ...]:
    """Return the button that opens a request's form here; none where its reference is too long.

    A button's value takes 2,000 characters, a view's private metadata 3,000 ("Modals").
    """
    reference = reference_in(url)
    if reference is None or len(reference) > MOST_REFERENCE:
        return ()
    label = PlainTextObject(text=FILL_HERE, emoji=False)
    value = f"ref={reference}"
    return (ButtonElement(text=label, action_id=Action.FILL_REQUEST.value, value=value),)


def telling(answer: Answer) -> tuple[ButtonElement, ...]:
    """Return the button that asks to be told when a clause changes; none without a clause."""
    cited = clauses(answer)
    if cited is None:
        return ()
    label = PlainTextObject(text=TELL_ME, emoji=False)
    action = Action.TELL_ME.value
    return (ButtonElement(text=label, action_id=action, value=cited.dump()),)


def thumbs(carried: Carried) -> ContextActionsBlock:
    """Return the feedback buttons of an agent's message; the value begins with the vote.

    See Slack's page "Feedback buttons element".
    """
    element = FeedbackButtonsElement(
        action_id=Action.THUMBS.value,
        positive_button=_thumb(RIGHT, "+", carried),
        negative_button=_thumb(NOT_RIGHT, "-", carried),
    )
    return ContextActionsBlock(elements=[element])


def _thumb(words: str, vote: str, carried: Carried) -> FeedbackButtonObject:
    short = carried.model_copy(update={"history": ()})
    value = vote + short.dump()
    if len(value) > 2_000:
        value = vote + short.model_copy(update={"question": None}).dump()
    return FeedbackButtonObject(text=words, value=value, accessibility_label=words)


def _button(words: str, action: Action, carried: Carried) -> ButtonElement:
    return ButtonElement(
        text=PlainTextObject(text=words, emoji=False),
        action_id=action.value,
        value=carried.dump(),
    )
