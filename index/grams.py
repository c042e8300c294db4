"""Words and pairs of words as features: stems weighed by how rare they are (tf-idf)."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.words import stem

_LEAST = 3
_START, _END = "^", "$"


@dataclass(frozen=True)
class Rows:
    """The grams of many questions, end to end: ``starts[i]`` is where those of question i begin.

    ``places`` and ``weights`` are of one length, ``starts`` one longer than there are questions.
    """

    places: NDArray[np.intp]
    weights: NDArray[np.float32]
    starts: NDArray[np.intp]

    def of(self, questions: Iterable[int]) -> "Rows":
        """Return the grams of these questions, in this order."""
        spans = [(self.starts[at], self.starts[at + 1]) for at in questions]
        return Rows(
            np.concatenate([self.places[start:end] for start, end in spans]),
            np.concatenate([self.weights[start:end] for start, end in spans]),
            np.cumsum([0, *(end - start for start, end in spans)]),
        )


class Grams:
    """Knows the grams of the authored questions; others count for nothing."""

    def __init__(self, names: Sequence[str], rarity: NDArray[np.float32]) -> None:
        """``rarity`` holds the logarithm of one over each gram's share of the questions."""
        self.names = tuple(names)
        self.rarity = rarity
        self._place = {name: place for place, name in enumerate(self.names)}

    @classmethod
    def of(cls, questions: Iterable[Sequence[str]]) -> "Grams":
        """Return the grams that at least three questions (lists of words) hold."""
        held = [set(_grams(question)) for question in questions]
        counts = Counter(gram for grams in held for gram in grams)
        kept = sorted(gram for gram, count in counts.items() if count >= _LEAST)
        rarity = np.log([len(held) / counts[gram] for gram in kept])
        return cls(kept, np.asarray(rarity, dtype=np.float32))

    def weigh(self, words: Sequence[str]) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
        """Return the places of a question's known grams and their weights, of length one."""
        places = sorted({self._place[g] for g in _grams(words) if g in self._place})
        at = np.asarray(places, dtype=np.intp)
        weights = self.rarity[at]
        length = float(np.linalg.norm(weights))
        return at, weights / length if length else weights

    def rows(self, questions: Sequence[Sequence[str]]) -> Rows:
        """Return the grams of many questions and their weights."""
        found = [self.weigh(question) for question in questions]
        return Rows(
            np.concatenate([at for at, _ in found]),
            np.concatenate([weights for _, weights in found]),
            np.cumsum([0, *(len(at) for at, _ in found)]),
        )


def _grams(words: Sequence[str]) -> list[str]:
    """Return the stems of the words and each pair of neighbours, the two ends included."""
    stems = [stem(word) for word in words]
    return [*stems, *(f"{a} {b}" for a, b in zip([_START, *stems], [*stems, _END], strict=True))]
