"""An answer as Slack blocks: pure, within Slack's limits, and literal.

Whatever comes from an order, a question or the core stands in plain or rich text, which Slack
never reads as markup; so a quote keeps its every sign, and a label such as ``A.4`` starts no list.
"""

import json
from collections.abc import Iterable, Iterator
from itertools import islice

from pydantic import BaseModel, ConfigDict
from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    HeaderBlock,
    PlainTextObject,
    RichTextBlock,
    RichTextElement,
    RichTextQuoteElement,
)

from bot.answer import Answer, AppliedRule, Approval, Citation, Clarify
from bot.slack.buttons import filling
from bot.slack.ids import Action
from bot.slack.parts import Card, line, link, note, points, words
from bot.slack.places import Message
from bot.slack.text import beginning, escaped, shortened
from bot.slack.wording import ASKED, NOT_APPROVAL, OPEN, SHORTENED, START
from bot.wording import KINDS, VERDICTS
from index.directive import FROZEN
from index.library import Library

MOST_JSON = 12_000  # of all blocks of one message, with their names: the stricter of two readings
MOST_BLOCKS = 50
MOST_TEXT = 3_900  # Slack advises 4,000
_MOST_URL = 3_000
_SEPARATE = 25  # citations beyond this share blocks


class _Room(BaseModel):
    """How much may be said; quotes are the last to give way, citations stay."""

    model_config = FROZEN

    prose: int = 3_000
    quote: int = 12_000
    lines: int = 40
    clauses: int = 200


_ROOMS = (
    _Room(),
    _Room(prose=800, lines=10),
    *(_Room(prose=400, lines=6, quote=most) for most in (2_000, 1_000, 700, 500, 300, 150)),
    *(_Room(prose=250, lines=5, quote=0, clauses=most) for most in (200, 40, 20, 10, 5)),
    _Room(prose=60, lines=2, quote=0, clauses=5),
    *(_Room(prose=30, lines=most, quote=0, clauses=5) for most in (1, 0)),
)


class Around(BaseModel):
    """What stands around an answer in one place.

    ``before`` are lines above everything else, ``asked`` repeats a question that Slack shows
    nowhere, after the words ``asks``, ``remark`` follows the summary, ``card`` the notices,
    ``buttons`` follow those that open addresses, ``foot`` is the last of all, and ``start`` says
    whether the request, which is the asker's own, may be started from here.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    before: tuple[str, ...] = ()
    asked: str | None = None
    asks: str = ASKED
    remark: str | None = None
    card: Card | None = None
    start: bool = True
    buttons: tuple[ButtonElement, ...] = ()
    foot: tuple[Block, ...] = ()


def answered(answer: Answer, library: Library, around: Around | None = None) -> Message:
    """Return the message for an answer, whole where Slack has room for it."""
    around = around or Around()
    blocks: list[Block] = []
    for room in _ROOMS:
        blocks = [*_blocks(answer, library, around, room)]
        if fits(blocks):
            break
    return Message(text=_text(answer, library, around), blocks=tuple(blocks))


def said(*lines: str) -> Message:
    """Return a message of plain lines."""
    return Message(text=escaped("\n".join(lines)), blocks=(_lines(lines),))


def listed(first: str, rows: Iterable[str], *after: str) -> Message:
    """Return a message of a line, a list, and more lines."""
    rows = tuple(rows)
    block = RichTextBlock(
        elements=[line(words(first)), _list(rows), *(line(words(text)) for text in after)]
    )
    return Message(text=escaped("\n".join([first, *rows, *after])), blocks=(block,))


def under(first: str, message: Message) -> Message:
    """Return a message with a line above it."""
    text = f"{escaped(first)}\n{message.text}"
    return Message(text=text, blocks=(_lines([first]), *message.blocks)[:MOST_BLOCKS])


def fits(blocks: list[Block]) -> bool:
    """Whether Slack takes these blocks as one message."""
    plain = [block.to_dict() for block in blocks]
    written = json.dumps(plain, separators=(",", ":"), ensure_ascii=False)
    return len(blocks) <= MOST_BLOCKS and len(written) <= MOST_JSON


def _blocks(answer: Answer, library: Library, around: Around, room: _Room) -> Iterator[Block]:
    if around.before:
        yield _lines(around.before)
    if around.asked:
        yield note(f"{around.asks} “{shortened(around.asked, min(300, room.prose))}”")
    yield HeaderBlock(text=PlainTextObject(text=VERDICTS[answer.verdict], emoji=False))
    prose = [shortened(text, room.prose) for text in (answer.summary, around.remark) if text]
    yield _lines(prose)
    if answer.clarify:
        yield _clarify(answer.clarify, room)
    yield from _clauses(answer, library, room)
    if others := [*islice(_uncited(answer, library, room), room.lines)]:
        yield RichTextBlock(elements=[line(words("May also apply", bold=True)), _list(others)])
    if answer.approval.offered:
        yield _approval(answer.approval, _name(library, _number(answer)), room)
    if notices := [shortened(text, room.prose) for text in _notices(answer)[: room.lines]]:
        yield _lines(notices)
    yield from around.card.blocks if around.card else ()
    if buttons := [*_buttons(answer, around.start), *around.buttons]:
        yield ActionsBlock(elements=buttons)
    yield note(_standing(answer, library))
    yield from around.foot


def _clarify(clarify: Clarify, room: _Room) -> Block:
    branches = [
        f"If {shortened(branch.if_, room.prose)}: {VERDICTS[branch.verdict].lower()}"
        for branch in clarify.branches[: room.lines]
    ]
    ask = line(words(shortened(clarify.ask, room.prose), bold=True))
    return RichTextBlock(elements=[ask, _list(branches)] if branches else [ask])


def _clauses(answer: Answer, library: Library, room: _Room) -> Iterator[Block]:
    shown = answer.citations[: room.clauses]
    passages = [_passage(citation, answer, library, room) for citation in shown]
    together = max(1, -(-len(passages) // _SEPARATE))
    for start in range(0, len(passages), together):
        group = passages[start : start + together]
        yield RichTextBlock(elements=[element for passage in group for element in passage])
    left = len(answer.citations) - len(shown)
    if left:
        yield note(f"{left} more clauses are in the order itself: open it below.")
    elif any(len(citation.quote) > room.quote for citation in shown):
        yield note(SHORTENED)


def _passage(
    citation: Citation, answer: Answer, library: Library, room: _Room
) -> list[RichTextElement]:
    label = _name(library, citation.directive, citation.section)
    elements: list[RichTextElement] = [line(link(label, citation.url, bold=True))]
    if quoted := _quoted(citation, room.quote):
        elements.append(RichTextQuoteElement(elements=[words(quoted)]))
    here = (citation.directive, citation.section)
    for rule in answer.rules:
        if room.lines and (rule.directive, rule.section) == here:
            elements += [line(words(shortened(text, room.prose))) for text in _limits(rule)]
    return elements


def _quoted(citation: Citation, most: int) -> str:
    """Return the order's words in quotation marks; an ellipsis stands outside of them."""
    if not most:
        return ""
    lines = []
    for text in (citation.lead, citation.quote):
        if text:
            kept, whole = beginning(text, most)
            lines.append(f"“{kept}”" if whole else f"“{kept}” …")
    return "\n".join(lines)


def _limits(rule: AppliedRule) -> Iterator[str]:
    if rule.applies_if:
        yield f"Applies if {rule.applies_if}."
    if rule.exception:
        yield f"Exception: {rule.exception}."


def _uncited(answer: Answer, library: Library, room: _Room) -> Iterator[str]:
    cited = {(citation.directive, citation.section) for citation in answer.citations}
    for rule in answer.rules:
        if rule.applies_if and (rule.directive, rule.section) not in cited:
            label = _name(library, rule.directive, rule.section)
            yield f"{label}, if {shortened(rule.applies_if, room.prose)}"


def _approval(approval: Approval, name: str, room: _Room) -> Block:
    silent = f"{name} does not say."
    parts = {
        "Decided by": approval.decided_by or silent,
        "Form": approval.form or silent,
        "Route": approval.route or silent,
    }
    if approval.basis:
        parts["Stated in"] = f"{name} § {approval.basis}"
    heading = KINDS[approval.kind] if approval.kind else "Permission"
    rows = [f"{part}: {shortened(text, room.prose)}" for part, text in parts.items()]
    return RichTextBlock(elements=[line(words(heading, bold=True)), _list(rows)])


def _buttons(answer: Answer, start: bool) -> Iterator[ButtonElement]:
    url = answer.approval.url
    if start and answer.approval.offered and url and len(url) <= _MOST_URL:
        yield ButtonElement(
            text=PlainTextObject(text=START, emoji=False),
            action_id=Action.START_REQUEST.value,
            url=url,
            style="primary",
        )
        yield from filling(url)
    if answer.citations and len(answer.citations[0].url) <= _MOST_URL:
        yield ButtonElement(
            text=PlainTextObject(text=OPEN, emoji=False),
            action_id=Action.OPEN_ORDER.value,
            url=answer.citations[0].url,
        )


def _standing(answer: Answer, library: Library) -> str:
    versions = [
        f"{_name(library, version.number)}, effective {version.effective}, "
        f"text {version.sha256[:8]}."
        for version in answer.directives[:10]
    ]
    return " ".join([NOT_APPROVAL, *versions])


def _text(answer: Answer, library: Library, around: Around) -> str:
    """Return the answer for screen readers and notifications: most decisive first, whole parts."""
    verdict = " ".join([*around.before, f"{VERDICTS[answer.verdict]}."])
    parts = [shortened(answer.summary, 1_500)]
    if answer.clarify:
        parts.append(shortened(answer.clarify.ask, 500))
    for citation in answer.citations:
        label = _name(library, citation.directive, citation.section)
        parts.append(f"{label}: {_quoted(citation, 1_200)}")
    parts += _notices(answer)
    last = [*(around.card.lines if around.card else ()), _standing(answer, library)]
    text, standing = escaped(verdict), escaped("\n".join(last))
    for part in parts:
        if len(text) + len(standing) + len(escaped(part)) + 2 <= MOST_TEXT:
            text += f"\n{escaped(part)}"
    return f"{text}\n{standing}"


def _notices(answer: Answer) -> list[str]:
    """Return the notices but the warning, which stands above."""
    return [notice for notice in answer.notices if notice != answer.warning]


def _number(answer: Answer) -> str:
    cited = [citation.directive for citation in answer.citations]
    return [*cited, *(version.number for version in answer.directives), ""][0]


def _name(library: Library, number: str, section: str | None = None) -> str:
    directive = library.get(number)
    name = directive.name if directive else number or "The order"
    return f"{name} § {section}" if section else name


def _lines(texts: Iterable[str]) -> Block:
    return RichTextBlock(elements=[line(words(text)) for text in texts])


def _list(rows: Iterable[str]) -> RichTextElement:
    return points([words(row)] for row in rows)
