"""A question -> the directives it names by their numbers, each with a mark in its place."""

import re
from collections.abc import Sequence
from functools import lru_cache

from index.directive import Directive
from index.words import plain

MARK = "\x1f"  # stands where a directive was named; every pattern takes it for white space
# What may be the number of a directive, with all that follows it without a space.
_NUMBERED = re.compile(
    r"(?:\b(?:general\s+orders?|g\.?\s?o\.?|order|policy)\s*#?\s*)?"
    r"(?:(?<![\d.])(?=\d)|\b(?=[a-z]))(?P<number>(?P<letters>[a-z]{0,6}[-.]?)\d[\w.\-/]*)"
)


def directives_named(text: str, directives: Sequence[Directive]) -> tuple[str, list[str]]:
    """Return the text with a mark for each directive it names, and their numbers.

    A number is looked up where one can begin, so that it does not matter how many there are.
    """
    known = _known_numbers(tuple(directive.number for directive in directives))
    named: list[str] = []

    def marked(match: re.Match[str]) -> str:
        said, letters = match.group("number"), match.group("letters")
        for start in dict.fromkeys((0, len(letters))):
            for end in range(len(said), start, -1):
                number = known.get(said[start:end])
                if number is not None and not said[end : end + 1].isdigit():
                    named.append(number)
                    return f"{said[:start]}{MARK}{said[end:]}"
        return match.group()

    return _NUMBERED.sub(marked, text), list(dict.fromkeys(named))


@lru_cache(maxsize=8)
def _known_numbers(numbers: tuple[str, ...]) -> dict[str, str]:
    return {plain(number): number for number in numbers}
