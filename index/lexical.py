"""BM25 over stemmed words of clauses and of the ways people ask about them (bm25s, Snowball)."""

import logging
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from math import log

import bm25s
import numpy as np
from numpy.typing import NDArray

from index.store import Entry
from index.words import stem, tokens, words

_MOST = 60
# A clause is short and says a thing once: a second mention counts for little. Chosen on questions
# about regulations (bench/README.md), where BM25 alone is also at its best by these.
_K1, _B = 0.5, 0.75
# How many bits of a pair's number are its second stem's.
_WIDE = 32
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
    """BM25 over texts; of each text only the numbers of its stems are kept, in their order."""

    def __init__(self, texts: Iterable[str], cut: Callable[[str], Sequence[str]] = tokens) -> None:
        """Index ``texts``, which may be streamed; there must be one at least.

        ``cut`` makes words of a text; what is asked for must be cut alike.
        """
        logging.getLogger("bm25s").setLevel(logging.WARNING)
        self._numbers: dict[str, int] = {}
        corpus = [
            array("i", [self._number(term) for term in terms(cut(text)) or ["\x00"]])
            for text in texts
        ]
        self._texts = len(corpus)
        self._holding = Counter(number for text in corpus for number in set(text))
        self._bm25 = bm25s.BM25(k1=_K1, b=_B)
        self._bm25.index((corpus, dict(self._numbers)), show_progress=False)
        self._ends = np.cumsum([len(text) for text in corpus])
        self._stems = np.concatenate([np.frombuffer(text, dtype=np.intc) for text in corpus])

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

    def alike(self, ways: Sequence[Sequence[Sequence[str]]]) -> NDArray[np.float32]:
        """Return each text's share of what a question's terms could score, shape (texts,).

        Each term is given by its ways of being said, each a phrase of stems: a text has of it what
        it has of the best one. It weighs as much as the rarest of them that a text holds.
        """
        scores, total = np.zeros(self._texts, dtype=np.float32), 0.0
        for term in ways:
            best, weight = np.zeros(self._texts, dtype=np.float32), 0.0
            for phrase in term:
                known = [stemmed for stemmed in phrase if stemmed in self._numbers]
                if not known:
                    continue
                whole = sum(self._weight(stemmed) for stemmed in phrase)
                weight = max(weight, sum(self._weight(stemmed) for stemmed in known) / len(phrase))
                np.maximum(best, self._bm25.get_scores(known) / np.float32(whole), out=best)
            weight = weight or self._weight(term[0][0])
            scores += np.float32(weight) * best
            total += weight
        return scores / np.float32(total) if total else scores

    def paired(self, found: Sequence[str], places: NDArray[np.intp]) -> NDArray[np.float32] | None:
        """Return what share of the words' pairs some texts hold, shape (len(places),), at most 1.

        A pair are two words that follow one another, once those without meaning are left out; it
        weighs what both weigh, and a text holds it where the one follows the other. None where
        there is no pair.
        """
        asked = {(one, other): 0.0 for one, other in pairwise(terms(found))}
        for one, other in asked:
            asked[one, other] = self._weight(one) + self._weight(other)
        if not asked:
            return None
        known = sorted(
            (self._numbers[one] << _WIDE | self._numbers[other], weight)
            for (one, other), weight in asked.items()
            if one in self._numbers and other in self._numbers
        )
        held = np.zeros((len(places), len(known)), dtype=np.bool_)
        if known and len(places):
            pairs = np.array([pair for pair, _ in known])
            texts = [self._stems[self._start(place) : self._ends[place]] for place in places]
            owners = np.repeat(np.arange(len(texts)), [len(text) for text in texts])
            stems = np.concatenate(texts).astype(np.int64)
            first = np.zeros(len(self._numbers), dtype=np.bool_)
            first[pairs >> _WIDE] = True
            here = np.flatnonzero(first[stems[:-1]] & (owners[:-1] == owners[1:]))
            met = stems[here] << _WIDE | stems[here + 1]
            at = np.minimum(np.searchsorted(pairs, met), len(pairs) - 1)
            same = pairs[at] == met
            held[owners[here[same]], at[same]] = True
        weights = np.array([weight for _, weight in known], dtype=np.float32)
        shares: NDArray[np.float32] = held @ weights / np.float32(sum(asked.values()))
        return shares

    def _start(self, place: int) -> int:
        return int(self._ends[place - 1]) if place else 0

    def _weight(self, term: str) -> float:
        """Return the most that a text can score by a term: its inverse document frequency."""
        holding = self._holding[self._numbers[term]] if term in self._numbers else 0
        return log(1 + (self._texts - holding + 0.5) / (holding + 0.5))

    def _number(self, term: str) -> int:
        return self._numbers.setdefault(term, len(self._numbers))


class Lexical:
    """Scores entries against the words of a question."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        """Index the texts of ``entries``."""
        self._entries = list(entries)
        self._bm25 = Bm25((entry.text for entry in entries), words) if entries else None

    def scores(self, found: Sequence[str]) -> dict[tuple[str, str], float]:
        """Return each (directive, section)'s best score for the words, scaled to at most 1."""
        raw = self._bm25.shares(found) if self._bm25 is not None else None
        if raw is None:
            return {}
        top = float(raw.max())
        if top <= 0:
            return {}
        best: dict[tuple[str, str], float] = {}
        for at in _highest(raw, top):
            value = float(raw[at]) / top
            entry = self._entries[at]
            for place, section in enumerate(entry.sections):
                key = (entry.directive, section)
                best[key] = max(best.get(key, 0.0), value * (1.0 if place == 0 else 0.85))
        return best


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
