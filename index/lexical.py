"""BM25 over stemmed words of clauses and of the ways people ask about them (bm25s, Snowball)."""

import logging
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from math import log
from typing import NamedTuple

import bm25s
import numpy as np
from numpy.typing import NDArray

from index.store import Entry
from index.words import stem, words

_MOST = 60
# Function words carry no subject; the list is short on purpose, since questions are short.
_STOP = frozenset(
    stem(w)
    for w in (
        "a an and are as at be been but by can could did do does for from had has have he her his "
        "how i if in into is it its may me my of on or our out she should so some that the their "
        "them then there these they this to up was we were what when where which who will with "
        "would you your am not no any about got get just like ok okay want im ive dont thats whats"
    ).split()
)


class Bm25:
    """BM25 over texts; of each text only the numbers of its stems are kept until all are read."""

    def __init__(self, texts: Iterable[str]) -> None:
        """Index ``texts``, which may be streamed; there must be one at least."""
        logging.getLogger("bm25s").setLevel(logging.WARNING)
        self._numbers: dict[str, int] = {}
        corpus = [
            array("i", [self._number(term) for term in terms(words(text)) or ["\x00"]])
            for text in texts
        ]
        self._texts = len(corpus)
        self._holding = Counter(number for text in corpus for number in set(text))
        self._bm25 = bm25s.BM25(k1=1.2, b=0.6)
        self._bm25.index((corpus, dict(self._numbers)), show_progress=False)

    def shares(self, found: Sequence[str]) -> NDArray[np.float32] | None:
        """Return each text's share of what the words could score, shape (texts,), below 1.

        Rare words weigh more than common ones, and words that no text holds most of all: where
        the words are mostly unknown, no text has a large share. None if all of them are.
        """
        query = terms(found)
        known = [term for term in query if term in self._numbers]
        if not known:
            return None
        scores: NDArray[np.float32] = self._bm25.get_scores(known)
        return scores / np.float32(sum(self._weight(term) for term in query))

    def _weight(self, term: str) -> float:
        """Return the most that a text can score by a term: its inverse document frequency."""
        holding = self._holding[self._numbers[term]] if term in self._numbers else 0
        return log(1 + (self._texts - holding + 0.5) / (holding + 0.5))

    def _number(self, term: str) -> int:
        return self._numbers.setdefault(term, len(self._numbers))


class Scored(NamedTuple):
    """Each (directive, section)'s best score, at most 1: its share of ``most``.

    ``most`` is the best entry's share of what the words could score (``Bm25.shares``).
    """

    scores: dict[tuple[str, str], float]
    most: float


class Lexical:
    """Scores entries against the words of a question."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        """Index the texts of ``entries``."""
        self._entries = list(entries)
        self._bm25 = Bm25(entry.text for entry in entries)

    def scores(self, found: Sequence[str]) -> Scored:
        """Return what the words score in clauses and in the ways people ask about them."""
        raw = self._bm25.shares(found)
        if raw is None:
            return Scored({}, 0.0)
        top = float(raw.max())
        if top <= 0:
            return Scored({}, 0.0)
        best: dict[tuple[str, str], float] = {}
        for at in _highest(raw, top):
            value = float(raw[at]) / top
            entry = self._entries[at]
            for place, section in enumerate(entry.sections):
                key = (entry.directive, section)
                best[key] = max(best.get(key, 0.0), value * (1.0 if place == 0 else 0.85))
        return Scored(best, top)


def _highest(raw: NDArray[np.float32], top: float) -> NDArray[np.intp]:
    """Return the places of the ``_MOST`` highest scores, the highest first.

    Most texts score nothing or next to it, and are not worth being put in order.
    """
    near = np.flatnonzero(raw > top / 2)
    if len(near) < _MOST:
        near = np.flatnonzero(raw)
    if len(near) > _MOST:
        near = near[np.argpartition(raw[near], -_MOST)[-_MOST:]]
    order: NDArray[np.intp] = near[np.argsort(raw[near])[::-1]]
    return order


def terms(found: Sequence[str]) -> list[str]:
    """Return the stems that carry meaning."""
    return [stemmed for word in found if (stemmed := stem(word)) not in _STOP and word]
