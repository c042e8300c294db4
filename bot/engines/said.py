"""A phrasing as words: its sentences, its quotes, and whether a run of words is the order's own."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from index.directive import squeeze
from index.words import contains, stem, words

_STOP = re.compile(r"(?<=[.!?])[\"”’)]*\s+")
_PART = re.compile(r"(?<=[.!?;])[\"”’)]*\s+|\s+[–—-]+\s+|—")
_REFERENCE = re.compile(
    r"\b[IVXLC]+(?:\.(?:[A-Z]|[a-z]|\d+|\(\d+\))(?![A-Za-z0-9]))+(?:[•¶]\d+)?"
    r"|\b[IVXLC]+[•¶]\d+"
    r"|\b[A-Z](?:\.(?:\d+|[a-z](?![a-z])))+(?:[•¶]\d+)?"
    r"|\b[A-Z]{0,2}\d[\d-]*(?:\.\d+)+\b"
)
_BOUND = re.compile(r"\b(?:department personnel|personnel|employees)\b", re.IGNORECASE)
# What may stand around a sentence that is the rules' own.
_FRAME = frozenset(
    "the order says states reads that under in its words here short and by go directive general so "
    "this policy clause section".split()
)


@dataclass(frozen=True)
class Part:
    """A part of a sentence up to a full stop or a semicolon, in words.

    ``own`` is True where it holds a sentence of the rules and nothing that could turn its sense.
    """

    words: tuple[str, ...]
    own: bool


class Source:
    """Texts that a phrasing may draw on, asked for runs of words."""

    def __init__(self, texts: Iterable[str]) -> None:
        self.texts = tuple(squeeze(text) for text in texts)
        self._words = tuple(tuple(words(text)) for text in self.texts)
        self._stems = frozenset(stem(word) for text in self._words for word in text)

    def holds(self, run: Sequence[str]) -> bool:
        """Whether the words stand in one of the texts as a run."""
        return any(contains(text, run) for text in self._words)

    def stems(self, word: str) -> bool:
        """Whether the word stands here in any form."""
        return stem(word) in self._stems

    def quotes(self, text: str) -> bool:
        """Whether the characters stand in one of the texts, from word to word."""
        whole = rf"(?<!\w){re.escape(squeeze(text))}(?!\w)"
        return any(re.search(whole, known) for known in self.texts)

    def around(self, said: Sequence[str], at: int, size: int, beside: int = 2) -> bool:
        """Whether words ``at`` to ``at + size`` stand here with those beside them.

        The words beside are those that follow; at the end of a sentence those before.
        """
        end = min(len(said), at + size + beside)
        start = min(at, max(0, end - size - beside))
        return end - start == size + beside and self.holds(said[start:end])


def normal(text: str) -> str:
    """Return the text with letters of other widths and styles as plain ones."""
    return unicodedata.normalize("NFKC", text)


def sentences(text: str) -> list[str]:
    """Return the sentences of a text."""
    return [part for part in _STOP.split(squeeze(text)) if part]


def references(text: str) -> list[str]:
    """Return the clause numbers and directive numbers that a text names."""
    return [found.group() for found in _REFERENCE.finditer(text)]


def parts(text: str, own: Sequence[str]) -> list[Part]:
    """Return the parts of a text; one that repeats a sentence of ``own`` is marked.

    Said to ``you`` instead of the employees it binds, a sentence is still the same.
    """
    marks = {}
    text = squeeze(text)
    known = {form for sentence in own for form in (sentence, _BOUND.sub("you", sentence))}
    for number, sentence in enumerate(sorted(known, key=len, reverse=True)):
        mark = f"zqown{chr(ord('a') + number % 26)}zq"
        said = re.compile(re.escape(sentence.rstrip(".")), re.IGNORECASE)
        marks[mark] = tuple(words(sentence))
        text = said.sub(mark, text)
    found = []
    for piece in _PART.split(text):
        said_words = words(_REFERENCE.sub(" ", piece))
        held = [word for word in said_words if word in marks]
        framed = all(w in _FRAME or w in marks for w in said_words)
        if held and framed:
            found.append(Part(tuple(said_words), own=True))
        elif said_words:
            spread = [w for word in said_words for w in marks.get(word, (word,))]
            found.append(Part(tuple(spread), own=False))
    return found
