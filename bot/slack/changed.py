"""The message that a watched clause changed, with the redline's words, short; or that it ended."""

from collections.abc import Iterator, Sequence

from slack_sdk.models.blocks import (
    Block,
    RichTextElement,
    RichTextElementParts,
    RichTextQuoteElement,
)

from bot.links import Links
from bot.news import Became, News, Over
from bot.slack.blocks import fits
from bot.slack.parts import line, link, note, points, text, words
from bot.slack.places import Message
from bot.slack.text import escaped
from bot.slack.watch_wording import (
    BY,
    CHANGED,
    CHANGED_NOW,
    ENDED_NOW,
    GONE,
    MORE,
    MORE_ENDED,
    MOVED,
    NO_MORE,
    OF,
    SEE,
    SINCE,
    STRUCK,
    UNSHOWN,
)
from bot.slack.wording import OPEN
from index.redline import Mark, Row, Segment

# Characters of a row, rows of a clause, clauses: the first that Slack has room for is taken.
_ROOMS = ((1_000, 8, 10), (400, 6, 10), (150, 4, 10), (150, 4, 4), (60, 2, 2))
_NAMED = 10  # clauses that are named of a directive that ended
_AROUND = 80  # characters that are kept on each side of a change
_STYLES = {
    Mark.REMOVED: RichTextElementParts.TextStyle(strike=True),
    Mark.ADDED: RichTextElementParts.TextStyle(bold=True),
}


def changed(told: News, links: Links) -> Message:
    """Return the message; ``told`` has at least one clause to tell of."""
    first, new = told.watches[0], told.new
    opening = CHANGED_NOW.format(name=new.name, new=new.effective, old=first.effective)
    blocks: list[Block] = []
    for most, rows, clauses in _ROOMS:
        said = _clauses(told.told[:clauses], told, links, rows, most)
        blocks = [text(line(words(opening)), *said, *_end(told, links, clauses))]
        if told.old is not None:
            blocks.append(note(STRUCK))
        if fits(blocks):
            break
    labels = [f"{new.citation(one.section)}{_what(one, told)}" for one in told.told[:10]]
    return Message(text=escaped("\n".join([opening, *labels])), blocks=tuple(blocks))


def ended(told: Over, links: Links) -> Message:
    """Return the message that a directive ended, with a link to what ended it or to its text."""
    end = told.ended
    since = SINCE.format(day=end.since) if end.since is not None else ""
    by = BY.format(name=end.by_name) if end.by_name is not None else ""
    opening = ENDED_NOW.format(name=told.name, since=since, by=by)
    labels = [f"{told.name} § {one.section}" for one in told.watches]
    more = len(labels) - _NAMED
    rows = [[words(one)] for one in labels[:_NAMED]]
    lines = [line(words(opening)), points(rows)]
    if more > 0:
        lines.append(line(words(MORE_ENDED.format(count=more))))
    where = end.by if end.by is not None else end.number if end.filed else None
    if where is not None:
        lines.append(line(link(OPEN, links.order(where))))
    said = "\n".join([opening, *labels[:_NAMED]])
    return Message(text=escaped(said), blocks=(text(*lines), note(NO_MORE)))


def _clauses(
    became: Sequence[Became], told: News, links: Links, rows: int, most: int
) -> Iterator[RichTextElement]:
    new = told.new
    for one in became:
        label = new.citation(one.section)
        url = links.clause(new.number, one.now) if one.now is not None else None
        yield line(link(label, url, bold=True), words(_what(one, told)))
        for row in one.rows[:rows]:
            if row.old != one.section:
                yield line(words(OF.format(section=row.section)))
            yield RichTextQuoteElement(elements=_worded(row, most))


def _end(told: News, links: Links, clauses: int) -> Iterator[RichTextElement]:
    new, left = told.new, len(told.told) - clauses
    if left > 0:
        yield line(words(MORE.format(count=left)))
    if told.old is None:
        yield line(link(OPEN, links.order(new.number)))
    else:
        yield line(link(SEE, links.changes(new.number, told.old.effective, new.effective)))


def _what(one: Became, told: News) -> str:
    if one.now is None:
        return GONE
    if told.old is None:
        return UNSHOWN
    return CHANGED if one.now == one.section else MOVED.format(section=one.now)


def _worded(row: Row, most: int) -> list[RichTextElement]:
    return [
        RichTextElementParts.Text(text=one.text, style=_STYLES.get(one.mark))
        for one in _short(row.segments, most)
    ]


def _short(segments: Sequence[Segment], most: int) -> Iterator[Segment]:
    """Yield a clause's words, those far from a change left out, at most about ``most``."""
    for one in segments:
        said = one.text
        if one.mark is Mark.KEPT and len(said) > 2 * _AROUND:
            said = f"{said[:_AROUND]} … {said[-_AROUND:]}"
        if len(said) > most:
            yield one.model_copy(update={"text": f"{said[:most]} …"})
            return
        most -= len(said)
        yield one.model_copy(update={"text": said})
