"""An approval request as modals: the form, its strict reading, what is shown before sending."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

from pydantic import BaseModel, ConfigDict, Field
from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    CheckboxesElement,
    DatePickerElement,
    InputInteractiveElement,
    PlainTextInputElement,
    RadioButtonsElement,
    RichTextQuoteElement,
    UserMultiSelectElement,
)
from slack_sdk.models.views import View

from bot.approvals import wording as told
from bot.approvals.fields import FIELDS, Control
from bot.approvals.fields import Field as Asked
from bot.approvals.filling import Filled, picked
from bot.approvals.guidance import Guidance, Touched
from bot.approvals.image import Image
from bot.approvals.request import MOST_COLLEAGUES, Answered, Request
from bot.slack import wording
from bot.slack.ids import Action
from bot.slack.ids import View as Callback
from bot.slack.parts import (
    MOST_BLOCKS,
    MOST_INPUT,
    MOST_VIEW,
    button,
    entry,
    fitting,
    heading,
    line,
    link,
    modal,
    moment,
    note,
    option,
    said,
    text,
    words,
)
from bot.slack.request_flags import chosen_flags, flag_entries, told_flags
from bot.slack.submitted import Values, chosen, day, people, several_ticked, typed
from bot.slack.text import shortened
from index.request import Questions

_NAMED = "colleagues_named"  # beside the people picked, those who are not in Slack
_ERROR = 1_500


class Carrying(BaseModel):
    """What a request's views carry: the signed reference, and what no draft keeps.

    With ``version`` the reference is the number of a sent request, whose version is changed.
    ``answers`` are those that drafts forget; ``confirmed`` the unclear sections that are shown,
    ``content`` names what was filled in when they were.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    reference: str = Field(alias="r")
    version: int | None = Field(None, alias="v", ge=1)
    answers: tuple[Answered, ...] = Field((), alias="a")
    confirmed: tuple[str, ...] = Field((), alias="c")
    content: str = Field("", alias="d")

    def dump(self) -> str:
        """Return the private metadata of a view."""
        return self.model_dump_json(by_alias=True, exclude_defaults=True)


class About(BaseModel):
    """What stands around the form: its order and clauses, until when, what became of a click.

    ``changes`` says of which request it is a change, None for a new one. ``page`` is the same form
    as a page, where it takes or has an image.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    clauses: tuple[str, ...]
    expires: datetime | None = None
    saved: bool = False
    resumed: bool = False
    changes: str | None = None
    page: str | None = None


def fits(filled: Filled) -> bool:
    """Whether every text fits a field in Slack, which takes 3,000 characters."""
    return all(len(filled.value(field.name)) <= _most(field) for field in FIELDS)


def request_form(carrying: Carrying, about: About, filled: Filled, questions: Questions) -> View:
    """Return the form with what was filled in so far; no answer is chosen but those in it."""
    blocks: list[Block] = [said(*([about.changes] if about.changes else []), told.CAUTION)]
    if about.expires is not None and (about.saved or about.resumed):
        sentence = wording.REQUEST_SAVED if about.saved else wording.REQUEST_RESUMED
        blocks.append(said(sentence.format(expires=moment(about.expires)), *_forgets(questions)))
    clauses = ", ".join(f"{about.name} § {section}" for section in about.clauses)
    blocks.append(note(wording.REQUEST_RESTS.format(clauses=shortened(clauses, 1_000))))
    for field in FIELDS:
        blocks += _entries(field, filled)
    blocks += flag_entries(questions, filled.flags)
    blocks += _image(filled.image, about.page)
    blocks.append(ActionsBlock(elements=[button(wording.REQUEST_SAVE, Action.SAVE_REQUEST)]))
    kept = wording.REQUEST_KEPT_WITH.format(expires=moment(about.expires)) if about.expires else ""
    blocks.append(note(f"{wording.REQUEST_RECORD} {kept}".strip()))
    return modal(
        Callback.REQUEST,
        wording.REQUEST,
        blocks,
        submit=wording.REQUEST_NEXT,
        close=wording.CANCEL,
        metadata=carrying.dump(),
    )


def read_request(values: Values, questions: Questions, before: Iterable[Answered] = ()) -> Filled:
    """Return what the form holds, unchecked but for its shape; raise FormRefused, a ValueError.

    ``before`` are the replies that the form was opened with; see ``chosen_flags``.
    """
    found: dict[str, object] = {}
    for field in FIELDS:
        match field.control:
            case Control.CHOICE:
                found[field.name] = chosen(values, field.name)
            case Control.TICKS:
                found[field.name] = several_ticked(values, field.name)
            case Control.DATE:
                found[field.name] = day(values, field.name)
            case _ if field.name == "colleagues":
                ids = [f"@{one}" for one in people(values, field.name)]
                named = typed(values, _NAMED, MOST_INPUT)
                found[field.name] = "\n".join([*ids, *([named] if named else [])])
            case _:
                found[field.name] = typed(values, field.name, MOST_INPUT)
    found["flags"] = chosen_flags(values, questions, before)
    return Filled.model_validate(found)


def in_form(errors: dict[str, str], guidance: Guidance | None = None) -> dict[str, str]:
    """Return errors as the form takes them: each by its block, and of bearable length."""
    last = f" {told.LIFTS_NOTHING}" if guidance and guidance.lifts_nothing else ""
    found = {name: shortened(sentence, _ERROR) + last for name, sentence in errors.items()}
    image = found.pop("image", None)  # which has no field in Slack
    return found if image is None else {"description": image, **found}


def request_check(
    carrying: Carrying,
    guidance: Guidance,
    name: str,
    flags: Iterable[Answered],
    questions: Questions,
    image: Image | None = None,
) -> View:
    """Return what is to be read before sending: what is open, who decides, the caution.

    ``name`` is that of the order, ``flags`` are the replies that are sent. What does not fit is
    left out at the end, and a line says so.
    """
    groups = [[said(told.CAUTION, told.headline(guidance))]]
    replies = told_flags(flags, questions)
    if replies:
        groups[0].append(said(*replies))
    groups[0] += _image(image, None)
    if guidance.unclear:
        groups.append([heading(told.UNCLEAR), said(told.UNCLEAR_HOW, told.CONFIRM)])
        groups += [[_clause(one, told.applies_if(one))] for one in guidance.unclear]
    groups.append([heading(told.TOUCHES)])
    groups += [[_clause(one, told.decides(one, name))] for one in guidance.touched]
    if not guidance.touched:
        groups.append([said(told.TOUCHES_NOTHING)])
    kept = fitting(groups, MOST_BLOCKS - 2, MOST_VIEW - 5_000)
    shown = [block for group in kept for block in group]
    if len(kept) < len(groups):
        shown.append(note(wording.REQUEST_CUT.format(start=wording.START)))
    return modal(
        Callback.REQUEST_CHECK,
        wording.REQUEST_CHECK,
        [*shown, note(f"{told.CONSENTS} {told.NOT_APPROVAL}")],
        submit=wording.REQUEST_SEND if carrying.version is None else wording.CHANGE_SEND,
        close=wording.REQUEST_BACK,
        metadata=carrying.dump(),
    )


def request_sent(request: Request, when: datetime) -> View:
    """Return the receipt: the request's number, and that it is no permission."""
    number = wording.REQUEST_NUMBER.format(reference=request.reference, when=moment(when))
    shown = text(line(words(number, bold=True)))
    blocks = [shown, said(told.CAUTION)]
    return modal(Callback.REQUEST_SENT, wording.REQUEST_SENT, blocks, clears=True)


def request_changed(reference: str, version: int) -> View:
    """Return the receipt of a change: the version that stands now, and that it is no permission."""
    number = wording.REQUEST_CHANGED_TO.format(reference=reference, version=version)
    shown = text(line(words(number, bold=True)))
    blocks = [shown, said(told.CAUTION)]
    return modal(Callback.REQUEST_SENT, wording.REQUEST_CHANGED, blocks, clears=True)


def _image(image: Image | None, page: str | None) -> list[Block]:
    """Return what is said of the image: it is on the page, and its hash is what Slack shows."""
    if image is None and page is None:
        return []
    sentence = wording.REQUEST_IMAGE
    if image is not None:
        named = {"facts": image.facts, "sha256": image.sha256}
        sentence = wording.REQUEST_HAS_IMAGE.format(**named)
    more = [] if page is None else [link(wording.REQUEST_PAGE, page)]
    return [text(line(words(sentence), *more))]


def _clause(clause: Touched, sentence: str) -> Block:
    quote = RichTextQuoteElement(elements=[words(told.quoted(clause))])
    condition = clause.applies_if is not None and sentence != told.applies_if(clause)
    more = [told.applies_if(clause)] if condition else []
    first = line(words(clause.citation, bold=True))
    return text(first, quote, *(line(words(one)) for one in (sentence, *more)))


def _entries(field: Asked, filled: Filled) -> Iterator[Block]:
    optional = not field.required
    if field.name != "colleagues":
        element = _element(field, filled)
        yield entry(field.name, field.label, element, hint=field.hint, optional=optional)
        return
    ids, named = picked(filled.colleagues)
    users = UserMultiSelectElement(
        action_id=field.name,
        initial_users=list(ids[:MOST_COLLEAGUES]) or None,
        max_selected_items=MOST_COLLEAGUES,
    )
    yield entry(field.name, field.label, users, hint=wording.REQUEST_PICKED_HINT, optional=True)
    lines = PlainTextInputElement(
        action_id=_NAMED,
        multiline=True,
        max_length=MOST_INPUT,
        initial_value=named[:MOST_INPUT] or None,
    )
    yield entry(
        _NAMED, wording.REQUEST_NAMED, lines, hint=wording.REQUEST_NAMED_HINT, optional=True
    )


def _element(field: Asked, filled: Filled) -> InputInteractiveElement:
    value = filled.value(field.name)
    options = [option(given, label) for given, label in field.choices]
    match field.control:
        case Control.CHOICE:
            first = next((one for one in options if one.value == value), None)
            return RadioButtonsElement(action_id=field.name, options=options, initial_option=first)
        case Control.TICKS:
            ticked = [one for one in options if one.value in filled.others]
            return CheckboxesElement(
                action_id=field.name, options=options, initial_options=ticked or None
            )
        case Control.DATE:
            return DatePickerElement(action_id=field.name, initial_date=_day(value))
    return PlainTextInputElement(
        action_id=field.name,
        multiline=field.control is Control.TEXT,
        max_length=_most(field),
        initial_value=value[: _most(field)] or None,
    )


def _most(field: Asked) -> int:
    return min(field.limit or MOST_INPUT, MOST_INPUT)


def _day(value: str) -> str | None:
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        return None


def _forgets(questions: Questions) -> Sequence[str]:
    return [wording.FORGETS.format(ask=one.ask) for one in questions.flags if one.forget]
