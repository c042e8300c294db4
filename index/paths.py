"""Sections that a question writes out, in any numbering -> those a named directive has.

"1.1", "4.1(g)", "III.A": numerals with dots or brackets between them.
"""

import re
from collections.abc import Iterator

from pydantic import BaseModel

from index.directive import FROZEN, Directive
from index.numbered import MARK
from index.sections import parts

_NUMERAL = r"(?:\d{1,4}|[ivxlc]{1,6}|[a-z]{1,2})"
_BRACKETED = rf"\s?\({_NUMERAL}\)"
_PATH = re.compile(
    rf"(?:(?<={MARK})(?P<joined>[.\-]|(?=\())|(?<![\w.(\-:/]))"
    rf"(?P<path>(?:{_NUMERAL}|\({_NUMERAL}\))(?:\.?{_BRACKETED}|\.{_NUMERAL})*)"
    r"(?:•(?P<bullet>\d{1,2}))?(?![\w%:/¶]|\.\d)"
)


class Path(BaseModel):
    """The section that [start, end) of a question writes out, and which bullet of it, if one."""

    model_config = FROZEN

    section: str
    bullet: str | None
    start: int
    end: int


def written(text: str, directive: Directive) -> tuple[Path, ...]:
    """Return the sections of a directive that a question in small letters writes out.

    The directive's number stands in ``text`` as MARK. One numeral alone counts only where it is
    joined to that: "1026.4".
    """
    return tuple(_found(text, directive))


def written_off(text: str, directive: Directive) -> str:
    """Return the text without the sections of a directive that it writes out."""
    for path in reversed(written(text, directive)):
        text = f"{text[: path.start]} {text[path.end :]}"
    return text


def _found(text: str, directive: Directive) -> Iterator[Path]:
    known = None
    for match in _PATH.finditer(text):
        said, joined = parts(match["path"]), match["joined"] is not None
        if len(said) < 2 and not joined:
            continue
        known = known or directive.sections()
        section = known.find((*parts(directive.number), *said)) or known.find(said)
        if section is not None:
            start, end = match.span()
            yield Path(section=section, bullet=match["bullet"], start=start, end=end)
