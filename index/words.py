"""Words as the lexical index and the vocabulary see them: lower case, no accents, stemmed."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

import Stemmer

_WORD = re.compile(r"[a-z0-9]+(?:'[a-z]+)?")
# A clause's number or a statute's, which is one word and several: 1026.4.1(g), IV.E.16, 91-A:5.
_NUMBERED = re.compile(r"(?=[a-z.\-/:()]*[0-9])[a-z0-9]+(?:[.\-/:(]+[a-z0-9]+\)?)+")
_ENGLISH = Stemmer.Stemmer("english")
_SPANISH = Stemmer.Stemmer("spanish")


def plain(text: str) -> str:
    """Return ``text`` in lower case, without accents, with straight apostrophes."""
    text = text.replace("’", "'").lower()
    if text.isascii():
        return text
    text = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in text if not unicodedata.combining(letter))


def words(text: str) -> list[str]:
    """Return the words of ``text`` in order; ``don't`` is one word, ``'s`` is dropped."""
    return [word.removesuffix("'s").replace("'", "") for word in _WORD.findall(plain(text))]


def tokens(text: str) -> list[str]:
    """Return the words of ``text``, and after them the numbers of clauses and statutes whole."""
    return [*words(text), *_NUMBERED.findall(plain(text))]


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """Return the English Snowball stem of a word."""
    return str(_ENGLISH.stemWord(word))


@lru_cache(maxsize=20_000)
def spanish_stem(word: str) -> str:
    """Return the Spanish Snowball stem of a word."""
    return str(_SPANISH.stemWord(word))


def stems(text: str) -> list[str]:
    """Return the English stems of the words of ``text``."""
    return [stem(word) for word in words(text)]


def contains(sequence: Sequence[str], part: Sequence[str]) -> bool:
    """Whether ``part`` stands in ``sequence`` as a run."""
    size = len(part)
    return any(
        tuple(sequence[at : at + size]) == tuple(part) for at in range(len(sequence) - size + 1)
    )
