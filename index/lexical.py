"""BM25 over stemmed words of clauses and of the ways people ask about them (bm25s, Snowball)."""

import logging
from collections.abc import Sequence

import bm25s
import numpy as np

from index.store import Entry
from index.words import stem, words

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


class Lexical:
    """Scores entries against the words of a question."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        """Index the texts of ``entries``."""
        logging.getLogger("bm25s").setLevel(logging.WARNING)
        self._entries = list(entries)
        self._bm25 = bm25s.BM25(k1=1.2, b=0.6)
        corpus = [terms(words(entry.text)) or ["\x00"] for entry in entries]
        self._known = frozenset(term for text in corpus for term in text)
        self._bm25.index(corpus, show_progress=False)

    def scores(self, found: Sequence[str]) -> dict[tuple[str, str], float]:
        """Return each (directive, section)'s best score for the words, scaled to at most 1."""
        query = [term for term in terms(found) if term in self._known]
        if not query:
            return {}
        raw = self._bm25.get_scores(query)
        best: dict[tuple[str, str], float] = {}
        order = np.argsort(raw)[::-1][:60]
        top = float(raw[order[0]])
        if top <= 0:
            return {}
        for at in order:
            value = float(raw[at]) / top
            entry = self._entries[at]
            for place, section in enumerate(entry.sections):
                key = (entry.directive, section)
                best[key] = max(best.get(key, 0.0), value * (1.0 if place == 0 else 0.85))
        return best


def terms(found: Sequence[str]) -> list[str]:
    """Return the stems that carry meaning."""
    return [stemmed for word in found if (stemmed := stem(word)) not in _STOP and word]
