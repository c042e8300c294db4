"""Tables of contents are set aside, never clauses: lines with a page's number, or that come again.

An order may also list its parts without pages: numbered titles, one below the other, that stand
again as headings further on.
"""

import re
from collections import defaultdict
from itertools import pairwise

from index.directive import squeeze
from index.formats.document import Document, Line
from index.numerals import readings
from index.titles import is_title

_LEADERS = re.compile(
    r"(?:\.\s?){4,}\s*[\divxl]{1,5}\s*$|(?:[.…]\s?){12,}$|[_…]{3,}\s*\d{1,4}\s*$|\t\d{1,4}\s*$"
)
_PAGE = re.compile(r"\S\s+\d{1,4}\s*$")
_TITLE = re.compile(
    r"(?:table\s+of\s+contents?|contents|index of (?:policies|contents))\s*:?\s*$", re.I
)
_ALONE = 3
_MOST_OF = 0.6
_BETWEEN = 2
_LONG = 90
_TELLING = 40


def set_aside(document: Document) -> Document:
    """Return the document with the lines of its table of contents moved into ``contents``."""
    gone = _found(document) | _listed(document)
    if not gone:
        return document
    taken = tuple(_text(document, document.lines[at]) for at in sorted(gone))
    lines = tuple(
        line.model_copy(update={"gap": True, "whole": True}) if at - 1 in gone else line
        for at, line in enumerate(document.lines)
        if at not in gone
    )
    return document.model_copy(update={"lines": lines, "contents": (*document.contents, *taken)})


def _text(document: Document, line: Line) -> str:
    return document.text[line.start : line.end]


def _found(document: Document) -> set[int]:
    texts = [_text(document, line).strip() for line in document.lines]
    gone: set[int] = set()
    run: list[int] = []
    titled = False
    for at, text in enumerate([*texts, "an end that is no entry of any table of contents"]):
        if _TITLE.match(text):
            gone |= _settled(run, texts, titled)
            run, titled = [at], True
        elif text and (_LEADERS.search(text) or (titled and _PAGE.search(text))):
            run.append(at)
        elif text and not _wraps(texts, at, titled):
            gone |= _settled(run, texts, titled)
            run, titled = [], False
        elif text:
            run.append(at)
    return gone


def _wraps(texts: list[str], at: int, titled: bool) -> bool:
    """Whether a line is the first half of an entry whose page stands on the next."""
    after = next((text for text in texts[at + 1 : at + 3] if text), "")
    entry = _LEADERS.search(after) or (titled and _PAGE.search(after))
    return bool(entry) and len(texts[at]) < 110 if at < len(texts) else False


def _settled(run: list[int], texts: list[str], titled: bool) -> set[int]:
    while run and not (_LEADERS.search(texts[run[-1]]) or _PAGE.search(texts[run[-1]])):
        run.pop()
    entries = sum(1 for at in run if _LEADERS.search(texts[at]))
    enough = entries >= _ALONE or (titled and len(run) >= 1 + 2)
    return set(run) if enough else set()


def _listed(document: Document) -> set[int]:
    """Return the lines of a list of numbered titles that stand again, apart, further on.

    A line or two between entries may be the end of a title, or one that changed since.
    """
    lines = [at for at, line in enumerate(document.lines) if not line.blank]
    keys = {at: _key(_text(document, document.lines[at])) for at in lines}
    later: dict[str, list[int]] = defaultdict(list)
    for at in lines:
        later[keys[at]].append(at)
    again = [bool(keys[at]) and later[keys[at]][-1] > at for at in lines]
    gone: set[int] = set()
    run: list[int] = []
    for place, at in enumerate(lines):
        short = len(_text(document, document.lines[at])) <= _LONG
        if again[place] or (run and short and any(again[place + 1 : place + 1 + _BETWEEN])):
            run.append(at)
            continue
        gone |= _stand_again(run, keys, later)
        run = []
    return gone | _stand_again(run, keys, later)


def _stand_again(run: list[int], keys: dict[int, str], later: dict[str, list[int]]) -> set[int]:
    """Return the lines of a run if next to all its titles come again in order, and apart."""
    entries = [at for at in run if later[keys[at]][-1] > at and keys[at]]
    if len(entries) < _ALONE:
        return set()
    found: list[int] = []
    for at in entries:
        last = found[-1] if found else run[-1]
        come = next((place for place in later[keys[at]] if place > last), None)
        if come is not None:
            found.append(come)
    apart = sum(after - before > 1 for before, after in pairwise(found))
    enough = len(found) >= max(_ALONE, _MOST_OF * len(entries)) and 2 * apart >= len(found) - 1
    return {at for at in run if at < found[0]} if enough else set()


def _key(text: str) -> str:
    """Return what a numbered title and its entry in a list share; nothing for another line."""
    found = readings(text, 0, len(text)) if len(text) <= _LONG else ()
    if not found or not is_title(text[found[0].end :].rstrip(" :.")):
        return ""
    return squeeze(text).rstrip(" :.").casefold()[:_TELLING]
