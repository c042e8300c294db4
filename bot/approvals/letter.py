"""The written permission as a page to print: what the slip says, in the order it is read."""

from collections.abc import Iterator

from bot.approvals.slip import CAUTION, Slip
from bot.paper import Block, Document, Style, leftward, typeset

TITLE = "Written permission"
LEFTWARD = "Written from right to left; set here letter by letter, from left to right."


def pdf(slip: Slip) -> bytes:
    """Return the paper; the same slip gives the same bytes."""
    return typeset(
        Document(
            title=f"{TITLE} {slip.number}",
            author=slip.department,
            foot=f"{slip.department}. {slip.number}. {CAUTION}",
            blocks=tuple(_blocks(slip)),
            code=slip.address,
        )
    )


def rows(found: tuple[tuple[str, str], ...]) -> Iterator[Block]:
    """Yield labels and words as blocks."""
    for label, words in found:
        yield Block(style=Style.LABEL, text=label)
        yield Block(style=Style.WORDS, text=words)
        if leftward(words):
            yield Block(style=Style.SMALL, text=LEFTWARD)


def _blocks(slip: Slip) -> Iterator[Block]:
    yield Block(style=Style.SMALL, text=slip.department)
    yield Block(style=Style.TITLE, text=TITLE)
    yield Block(style=Style.WORDS, text=f"Number {slip.number}")
    yield Block(style=Style.WORDS, text=CAUTION)
    yield Block(style=Style.SMALL, text=slip.address)
    yield from rows(slip.permission)
    yield Block(style=Style.HEADING, text="What is permitted, and nothing else")
    yield from rows(slip.content)
    yield Block(style=Style.HEADING, text="The clauses it rests on, word for word")
    for clause in slip.clauses:
        yield Block(style=Style.LABEL, text=clause.citation)
        if clause.lead is not None:
            yield Block(style=Style.QUOTE, text=clause.lead)
        yield Block(style=Style.QUOTE, text=clause.words)
    yield Block(style=Style.SMALL, text=slip.order)
    yield Block(style=Style.HEADING, text="The record")
    yield Block(style=Style.SMALL, text=slip.record)
