"""Numbers that are spelled out, "twelve" and "third", in figures."""

import re

_CARDINAL = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen twenty"
).split()
_ORDINAL = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth "
    "fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
).split()
_NUMBERS = {word: n for words in (_CARDINAL, _ORDINAL) for n, word in enumerate(words, 1)}
_NUMBER_WORD = re.compile(rf"\b(?:{'|'.join(sorted(_NUMBERS, key=len, reverse=True))})\b")


def in_figures(text: str) -> str:
    """Return a text in small letters with its number words, up to twenty, as figures."""
    return _NUMBER_WORD.sub(lambda match: str(_NUMBERS[match.group()]), text)
