"""A request's card and its whole view, for one person: pure, literal, within Slack's limits.

Nobody is asked to agree to, or to decide, what they have not been shown whole: where the content
does not fit a message, the buttons stand in the view that holds all of it.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence

from slack_sdk.models.blocks import ActionsBlock, Block, RichTextElement, RichTextQuoteElement
from slack_sdk.models.views import View

from bot.approvals.event import Happened
from bot.approvals.telling import About
from bot.slack import card_wording as wording
from bot.slack.blocks import MOST_TEXT, fits
from bot.slack.blocks import said as message
from bot.slack.card_lines import endorsements, means, standing, timeline
from bot.slack.casefile import Casefile, Cited
from bot.slack.deed_buttons import changing, deeds, on_the_web, opening
from bot.slack.ids import View as Callback
from bot.slack.parts import (
    MOST_BLOCKS,
    MOST_VIEW,
    fitting,
    heading,
    line,
    link,
    modal,
    note,
    points,
    said,
    text,
    words,
)
from bot.slack.places import Message
from bot.slack.text import escaped, shortened

_CUT = 300  # characters of each part of a content that is not shown whole
# How many clauses stand as links, None for all of them word for word; whether the content is whole.
_ROOMS: tuple[tuple[int | None, bool], ...] = ((None, True), (40, True), (8, True), (8, False))
_PIECE = 2_500  # characters of one run of words


def card(file: Casefile, about: About | None = None) -> Message:
    """Return a request's card for its viewer; ``about`` is the news that it comes with."""
    blocks: list[Block] = []
    for links, whole in _ROOMS:
        blocks = _card(file, about, links=links, whole=whole)
        if fits(blocks):
            break
    return Message(text=_text(file, about), blocks=tuple(blocks))


def moved(reference: str) -> Message:
    """Return what is left of a card that stands further down now."""
    return message(wording.MOVED.format(reference=reference))


def not_with_you(reference: str) -> Message:
    """Return what is left of a card for somebody who has no part in the request any more."""
    return message(wording.NOT_WITH_YOU.format(reference=reference))


def digest(shown: Message) -> str:
    """Return a short name of what a card says, the same for the same."""
    written = json.dumps([shown.text, shown.plain], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(written.encode()).hexdigest()


def request_file(file: Casefile, notice: str | None = None) -> View:
    """Return the whole request: its content, clauses, what happened, and what may be done.

    ``notice`` is what has become of the last click. The content is never cut.
    """
    number = wording.TITLE.format(reference=file.dossier.request.reference)
    first: list[Block] = [heading(number)]
    if notice:
        first.append(said(notice))
    first.append(said(*standing(file)))
    reference = file.dossier.request.reference
    buttons = [*deeds(file.dossier), *changing(file.dossier), on_the_web(reference)]
    explained = [said(*means(file))] if means(file) else []
    groups: list[list[Block]] = [
        first,
        *([block] for block in _content(file, file.shown if file.party else file.told)),
        *([block] for block in _image(file)),
        [*explained, ActionsBlock(elements=buttons)],
        *([block] for block in _said_before(file)),
        [heading(wording.CLAUSES)],
        *([block] for block in _quotes(_clauses(file))),
        [heading(wording.TIMELINE)],
        *([said(one)] for one in timeline(file)[-40:]),
    ]
    kept = fitting(groups, MOST_BLOCKS - 2, MOST_VIEW - 5_000)
    blocks = [block for group in kept for block in group]
    if len(kept) < len(groups):
        blocks.append(note(wording.FILE_CUT.format(page=file.page)))
    return modal(Callback.REQUEST_FILE, wording.FILE, blocks)


def _card(file: Casefile, about: About | None, *, links: int | None, whole: bool) -> list[Block]:
    found = file.dossier
    reference = found.request.reference
    blocks: list[Block] = [heading(_title(file, about))]
    blocks.append(said(*standing(file)))
    blocks += _content(file, file.shown if file.party else file.brief, whole=whole)
    blocks += _image(file)
    cited = _clauses(file)
    if links is None:
        blocks += _quotes(cited)
    elif cited:
        blocks += [_links(cited[:links]), note(wording.CLAUSES_CUT)]
    blocks += _said_before(file) if whole else []
    if whole and (explained := means(file)):
        blocks.append(said(*explained))
    buttons = [*deeds(found), *changing(found)] if whole else []
    if not whole:
        blocks += [note(wording.CUT.format(open=wording.OPEN)), note(wording.BUTTONS_WITHIN)]
    ways = [opening(reference, primary=not whole), on_the_web(reference)]
    blocks.append(ActionsBlock(elements=[*buttons, *ways]))
    blocks.append(note(wording.VERSION.format(version=found.progress.version)))
    return blocks


def _title(file: Casefile, about: About | None) -> str:
    number = wording.TITLE.format(reference=file.dossier.request.reference)
    return number if about is None else f"{number}: {wording.NEWS[about]}"


def _content(file: Casefile, told: Sequence[tuple[str, str]], *, whole: bool = True) -> list[Block]:
    """Return the content as it was written; cut, it is only there to be recognised."""
    blocks: list[Block] = [said(wording.CONTENT)]
    lines: list[RichTextElement] = []
    for label, value in told:
        lines.append(line(words(label, bold=True)))
        lines += [
            line(words(piece)) for piece in (_pieces(value) if whole else [shortened(value, _CUT)])
        ]
    if lines:
        blocks.append(text(*lines))
    if len(told) < len(file.told) and not file.party:
        blocks.append(note(wording.REST_NO))
    return blocks


def _image(file: Casefile) -> list[Block]:
    """Return where the image is seen, for whoever may see it; it never goes to Slack."""
    found = file.dossier
    if found.request.content.image is None or not found.sees_image:
        return []
    first = {Happened.CONSENT, Happened.GRANTED} & found.may
    sentences = [wording.IMAGE.format(page=file.page), *([wording.IMAGE_FIRST] if first else [])]
    return [note(" ".join(sentences))]


def _pieces(value: str) -> Iterable[str]:
    return (value[start : start + _PIECE] for start in range(0, len(value), _PIECE))


def _said_before(file: Casefile) -> list[Block]:
    before = endorsements(file)
    if not before:
        return []
    listed = points([words(one)] for one in before)
    return [text(line(words(wording.ENDORSEMENTS, bold=True)), listed)]


def _clauses(file: Casefile) -> Sequence[Cited]:
    """Return the clauses to show: to a person shown those that ask for their consent."""
    if not file.party:
        return file.cited
    asking = tuple(one for one in file.cited if one.consent)
    return asking or file.cited


def _quotes(cited: Sequence[Cited]) -> list[Block]:
    return [
        text(
            line(link(one.label, one.url, bold=True)),
            RichTextQuoteElement(elements=[words(f"“{one.quote}”")]),
        )
        for one in cited
    ] or [said(wording.NO_CLAUSES)]


def _links(cited: Sequence[Cited]) -> Block:
    shown = [(link(one.label, one.url),) for one in cited]
    return text(line(words(wording.CLAUSES, bold=True)), points(shown))


def _text(file: Casefile, about: About | None) -> str:
    """Return the card for screen readers and notifications: what is new, then the content."""
    told = file.shown if file.party else file.brief
    parts = [*standing(file), *(f"{label}: {value}" for label, value in told), *means(file)]
    found = escaped(_title(file, about))
    for part in parts:
        if len(found) + len(escaped(part)) + 1 <= MOST_TEXT:
            found += f"\n{escaped(part)}"
    return found
