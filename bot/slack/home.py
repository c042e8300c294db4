"""App Home: what is on file, what a person asked for, what waits for them, and their settings."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from pydantic import BaseModel, Field
from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    InputBlock,
    RichTextElement,
    SectionBlock,
    StaticSelectElement,
)
from slack_sdk.models.views import View

from bot.slack import card_wording, wording
from bot.slack.ids import Action, Role
from bot.slack.ids import View as Callback
from bot.slack.parts import (
    MOST_BLOCKS,
    MOST_VIEW,
    button,
    fitting,
    heading,
    line,
    link,
    moment,
    note,
    option,
    plain,
    points,
    said,
    text,
    words,
)
from bot.slack.prompts import prompts
from bot.slack.text import shortened
from index.directive import FROZEN

_ROOMS = (40, 20, 10, 5)  # how long a list may be; the first that fits is taken
_SHORT, _LONG = 80, 250
_WITH_BUTTONS = 5  # requests of a list that have a button of their own


class OnFile(BaseModel):
    """A directive on file; ``changed`` is the day when its text was last replaced here."""

    model_config = FROZEN

    number: str = Field(min_length=1, max_length=150)
    name: str
    title: str
    effective: date
    url: str
    changed: date | None = None


class Change(BaseModel):
    """One thing that changed in what is on file."""

    model_config = FROZEN

    day: date
    line: str


class RequestLine(BaseModel):
    """A request in a list; ``state`` is in words, ``updated`` in the department's time zone."""

    model_config = FROZEN

    reference: str
    title: str
    state: str
    updated: datetime


class HomePage(BaseModel):
    """What one person's App Home shows; every list begins with what matters most or is newest.

    ``of_people`` is what the person's people wait for, None for who has none. ``roster`` says who
    the person is on the roster, None where there is none. ``to_look_at`` is how much feedback waits
    for the policy unit, None where that is not known; it is shown to administrators alone.
    ``directives_url`` opens the list of all directives.
    """

    model_config = FROZEN

    role: Role
    assistant: str
    contacts: str
    directives: tuple[OnFile, ...] = ()
    changes: tuple[Change, ...] = ()
    requests: tuple[RequestLine, ...] = ()
    waiting: tuple[RequestLine, ...] = ()
    of_people: tuple[RequestLine, ...] | None = None
    roster: str | None = None
    is_admin: bool = False
    to_look_at: int | None = None
    directives_url: str | None = None


def home(page: HomePage) -> View:
    """Return the view for ``views.publish``: at most 60 blocks, whatever there is to show."""
    blocks: list[Block] = []
    for most in _ROOMS:
        blocks = [
            *_asking(page),
            *_on_file(page, most),
            *_changes(page, most),
            *_lists(page, most),
            *_settings(page),
        ]
        if fitting([blocks], MOST_BLOCKS, MOST_VIEW):
            break
    return View(type="home", callback_id=Callback.HOME.value, blocks=blocks)


def _asking(page: HomePage) -> Iterator[Block]:
    yield said(wording.ABOUT.format(assistant=shortened(page.assistant, _SHORT)))
    yield ActionsBlock(elements=[button(wording.ASK, Action.ASK, style="primary")])
    yield note(wording.PRIVACY)
    yield heading(wording.EXAMPLES_TITLE)
    for prompt in prompts(page.role):
        spoken = wording.ASK_EXAMPLE.format(title=prompt.title)
        ask = button(wording.ASK_THIS, Action.ASK, value=prompt.message, spoken=spoken)
        yield SectionBlock(text=plain(prompt.message), accessory=ask)


def _on_file(page: HomePage, most: int) -> Iterator[Block]:
    shown = page.directives[:most]
    yield heading(wording.ON_FILE)
    yield _listed([_directive(one) for one in shown], wording.NOTHING_ON_FILE)
    left = len(page.directives) - len(shown)
    if left:
        yield _more(wording.MORE_ON_FILE, left, page)
        if page.directives_url:
            yield text(line(link(wording.ALL_ON_FILE, page.directives_url)))


def _directive(one: OnFile) -> Sequence[RichTextElement]:
    title = f"{shortened(one.name, _SHORT)}, {shortened(one.title, _LONG)}"
    facts = [wording.EFFECTIVE.format(effective=one.effective)]
    if one.changed:
        facts.append(wording.CHANGED.format(changed=one.changed))
    return link(title, one.url), words(f": {', '.join(facts)}")


def _changes(page: HomePage, most: int) -> Iterator[Block]:
    shown = page.changes[:most]
    yield heading(wording.CHANGES)
    rows = [(words(f"{one.day}: {shortened(one.line, _LONG)}"),) for one in shown]
    yield _listed(rows, wording.NO_CHANGES)
    if left := len(page.changes) - len(shown):
        yield _more(wording.MORE_CHANGES, left, page)


def _lists(page: HomePage, most: int) -> Iterator[Block]:
    empty, more = card_wording.NOTHING_OF_PEOPLE, wording.MORE_WAITING
    yield from _rows(wording.WAITING, page.waiting, most, wording.NOTHING_WAITING, more, page)
    if page.of_people is not None:
        yield from _rows(card_wording.MY_PEOPLE, page.of_people, most, empty, more, page)
    empty, more = wording.NO_REQUESTS, wording.MORE_REQUESTS
    yield from _rows(wording.MY_REQUESTS, page.requests, most, empty, more, page)
    yield ActionsBlock(elements=[button(wording.ON_THE_WEB, Action.OPEN_ON_WEB)])


def _rows(
    title: str, rows: Sequence[RequestLine], most: int, empty: str, more: str, page: HomePage
) -> Iterator[Block]:
    """Yield a list of requests, the first of them with a button each."""
    yield heading(title)
    for number, one in enumerate(rows[:_WITH_BUTTONS], start=1):
        spoken = card_wording.ROW.format(
            list=title, number=number, reference=shortened(one.reference, _SHORT)
        )
        value = shortened(one.reference, _SHORT) or wording.BLANK
        show = button(card_wording.OPEN, Action.OPEN_REQUEST, value=value, spoken=spoken)
        yield SectionBlock(text=plain(_request(one)), accessory=show)
    rest = rows[_WITH_BUTTONS:most]
    if rest or not rows:
        yield _listed([(words(_request(one)),) for one in rest], empty)
    left = len(rows) - max(most, _WITH_BUTTONS)
    if left > 0:
        yield _more(more, left, page)


def _request(one: RequestLine) -> str:
    label = f"{shortened(one.reference, _SHORT)}, {shortened(one.title, _LONG)}"
    state = shortened(one.state, _LONG)
    return f"{label}: {wording.UPDATED.format(state=state, updated=moment(one.updated))}"


def _settings(page: HomePage) -> Iterator[Block]:
    choices = {role: option(role.value, label) for role, label in wording.ROLES.items()}
    menu = StaticSelectElement(
        action_id=Action.ROLE.value,
        options=[*choices.values()],
        initial_option=choices[page.role],
    )
    yield heading(wording.SETTINGS)
    if page.roster is not None:
        yield said(shortened(page.roster, _LONG))
    yield InputBlock(
        label=plain(wording.ROLE),
        element=menu,
        hint=plain(wording.ROLE_HINT),
        dispatch_action=True,
    )
    buttons = [button(wording.KEPT, Action.SHOW_KEPT)]
    if page.is_admin:
        buttons.append(button(wording.CHANNEL_SETTINGS, Action.CHANNEL_SETTINGS))
        if page.to_look_at is not None:
            label = wording.TO_LOOK_AT.format(count=page.to_look_at)
            spoken = wording.TO_LOOK_AT_LABEL.format(count=page.to_look_at)
            buttons.append(button(label, Action.SHOW_FEEDBACK, spoken=spoken))
    yield ActionsBlock(elements=buttons)
    yield note(wording.WHOM_TO_ASK.format(contacts=shortened(page.contacts, _LONG)))


def _listed(rows: Sequence[Sequence[RichTextElement]], empty: str) -> Block:
    return text(points(rows)) if rows else said(empty)


def _more(sentence: str, count: int, page: HomePage) -> Block:
    return note(sentence.format(count=count, contacts=shortened(page.contacts, _LONG)))
