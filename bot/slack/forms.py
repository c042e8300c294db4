"""The forms that people fill in, as modals: a question, a draft's check, a channel's settings."""

from collections.abc import Iterator, Sequence

from slack_sdk.models.blocks import (
    Block,
    CheckboxesElement,
    ContextBlock,
    ConversationFilter,
    ConversationSelectElement,
    DividerBlock,
    HeaderBlock,
    Option,
    OptionGroup,
    PlainTextInputElement,
    RadioButtonsElement,
    RichTextBlock,
    RichTextElementParts,
    SectionBlock,
    StaticMultiSelectElement,
)
from slack_sdk.models.views import View

from bot.slack import wording
from bot.slack.home import OnFile
from bot.slack.ids import Field, Following
from bot.slack.ids import View as Callback
from bot.slack.parts import (
    MOST_BLOCKS,
    MOST_INPUT,
    MOST_VIEW,
    entry,
    fitting,
    line,
    modal,
    note,
    option,
    plain,
    said,
    text,
    words,
)
from bot.slack.settings import ChannelSettings
from bot.slack.submitted import TICKED, Values, channel, typed

_MOST_OPTIONS = 100  # of a menu, and of one of its groups
_MOST_GROUPS = 100
_READ_ONLY = (ContextBlock, DividerBlock, HeaderBlock, RichTextBlock, SectionBlock)


def ask_form(question: str = "") -> View:
    """Return the form that asks a question; ``question`` is there to begin with."""
    element = PlainTextInputElement(
        action_id=Field.QUESTION.value,
        initial_value=question[:MOST_INPUT] or None,
        placeholder=plain(wording.QUESTION_EXAMPLE, 150),
        multiline=True,
        max_length=MOST_INPUT,
        focus_on_load=True,
    )
    hint = f"{wording.PRIVACY} {wording.NO_PICTURES_HERE}"
    field = entry(Field.QUESTION, wording.QUESTION, element, hint=hint)
    return modal(Callback.ASK, wording.ASK, [field], submit=wording.ASK, close=wording.CANCEL)


def read_ask(values: Values) -> str:
    """Return the question of a submitted ask form; raise FormRefused, a ValueError."""
    return typed(values, Field.QUESTION, MOST_INPUT, needed=wording.WRITE_QUESTION)


def working(title: str) -> View:
    """Return what stands in a modal until its content is there."""
    return modal(Callback.WORKING, title, [said(wording.WORKING)])


def notice(title: str, sentence: str) -> View:
    """Return a form that only says something."""
    return modal(Callback.NOTICE, title, [said(sentence)])


def draft_check(blocks: Sequence[Block], warned: int = 0) -> View:
    """Return what the orders say about a draft: the blocks of an answer, without its buttons.

    What cannot stand in a modal is left out ("Reference: Block Kit": surfaces); what does not fit
    is cut at the end, and a line says so. ``warned`` counts the first blocks that warn: nothing
    stands above them.
    """
    answer = [block for block in blocks if isinstance(block, _READ_ONLY)]
    kept = fitting(([block] for block in answer), MOST_BLOCKS - 2, MOST_VIEW - 2_000)
    shown = [block for group in kept for block in group]
    shown.insert(warned, said(wording.DRAFT_NOTHING_SENT))
    if len(kept) < len(answer):
        shown.append(note(wording.DRAFT_CUT))
    return modal(Callback.DRAFT, wording.DRAFT, shown)


def channel_form(
    channel: str | None, settings: ChannelSettings, directives: Sequence[OnFile] = ()
) -> View:
    """Return the settings of a channel, or, with None, the form that asks which channel.

    The view's private metadata is the channel's id. ``directives`` are those that may be chosen;
    a chosen one that is not among them any more is not shown as chosen.
    """
    if channel is None:
        return _channel_choice()
    about = text(
        line(
            words(wording.CHANNEL_ABOUT),
            RichTextElementParts.Channel(channel_id=channel),
            words("."),
        )
    )
    return modal(
        Callback.CHANNEL,
        wording.CHANNEL,
        [about, *_settings(settings), *_directives(settings, directives)],
        submit=wording.SAVE,
        close=wording.CANCEL,
        metadata=channel,
    )


def read_channel(values: Values) -> str:
    """Return the id of the channel that was chosen; raise FormRefused, a ValueError."""
    return channel(values, Field.CHANNEL)


def _channel_choice() -> View:
    element = ConversationSelectElement(
        action_id=Field.CHANNEL.value,
        filter=ConversationFilter(include=["public", "private"]),
        focus_on_load=True,
    )
    field = entry(Field.CHANNEL, wording.CHANNEL_CHOICE, element, hint=wording.CHANNEL_CHOICE_HINT)
    return modal(
        Callback.CHANNEL_CHOICE,
        wording.CHANNEL,
        [field],
        submit=wording.NEXT,
        close=wording.CANCEL,
    )


def _settings(settings: ChannelSettings) -> Iterator[Block]:
    places = {place: option(place.value, label) for place, label in wording.PLACES.items()}
    place = RadioButtonsElement(
        action_id=Field.PLACE.value,
        options=[*places.values()],
        initial_option=places[settings.place],
    )
    yield entry(Field.PLACE, wording.PLACE, place)
    follows = {kind: option(kind.value, label) for kind, label in wording.FOLLOWS.items()}
    follow = RadioButtonsElement(
        action_id=Field.FOLLOW.value,
        options=[*follows.values()],
        initial_option=follows[Following.THREADS if settings.follow else Following.MENTIONS],
    )
    yield entry(Field.FOLLOW, wording.FOLLOW, follow, hint=wording.FOLLOW_HINT)
    tick = option(TICKED, wording.MUTED_TICK)
    muted = CheckboxesElement(
        action_id=Field.MUTED.value,
        options=[tick],
        initial_options=[tick] if settings.muted else None,
    )
    yield entry(Field.MUTED, wording.MUTED, muted, hint=wording.MUTED_HINT, optional=True)


def _directives(settings: ChannelSettings, directives: Sequence[OnFile]) -> Iterator[Block]:
    options = {one.number: option(one.number, f"{one.name}, {one.title}") for one in directives}
    offered = [*options.values()][: _MOST_OPTIONS * _MOST_GROUPS]
    if not offered:
        return
    chosen = [options[number] for number in settings.directives if number in options]
    few = len(offered) <= _MOST_OPTIONS
    menu = StaticMultiSelectElement(
        action_id=Field.DIRECTIVES.value,
        options=offered if few else None,
        option_groups=None if few else [*_groups(offered)],
        initial_options=chosen[:_MOST_OPTIONS] or None,
        max_selected_items=_MOST_OPTIONS,
    )
    yield entry(
        Field.DIRECTIVES, wording.DIRECTIVES, menu, hint=wording.DIRECTIVES_HINT, optional=True
    )


def _groups(options: Sequence[Option]) -> Iterator[OptionGroup]:
    """Yield the options in groups, since one menu without groups takes a hundred."""
    for start in range(0, len(options), _MOST_OPTIONS):
        group = options[start : start + _MOST_OPTIONS]
        label = wording.DIRECTIVES_FROM_TO.format(first=group[0].value, last=group[-1].value)
        yield OptionGroup(label=plain(label, 75), options=[*group])
