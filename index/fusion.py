"""Dense and lexical search -> one score, for texts that nobody wrote example questions for."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from index.lexical import Bm25

# What the cosine, the words and the pairs of words weigh: the coefficients of a logistic regression
# on the development part of public questions about regulations (bench/README.md), rounded.
_DENSE, _LEXICAL, _PAIRED = 0.3, 0.45, 0.25
# What search by meaning did not reach is farther than all it did, though not by much.
_UNREACHED = 0.9


def fused(
    cosines: Mapping[int, float],
    shares: NDArray[np.float32],
    bm25: Bm25,
    found: Sequence[str],
    most: int,
) -> dict[int, float]:
    """Return the texts found, by place -> a score at most 1; the higher, the nearer.

    ``cosines`` are those of the nearest texts, by place, and ``shares``, shape (texts,), each
    text's share of what the question's words ``found`` could score in ``bm25``; of these the
    ``most`` highest above 0 are found too. What is found by either is scored by both, and by the
    question's words that follow one another in it as they do in the question. All three mean the
    same for every question, so none is stretched to the best of its list: a question whose words no
    text holds is left to its meaning.
    """
    places = np.union1d(np.fromiter(cosines, dtype=np.intp), highest(shares, most))
    unreached = _UNREACHED * min(cosines.values(), default=0.0)
    dense = np.array([cosines.get(int(place), unreached) for place in places])
    lexical = shares[places]
    paired = bm25.paired(found, places)
    # One word has no pair, and says no more by itself than its share does.
    both = _DENSE * dense + _LEXICAL * lexical + _PAIRED * (lexical if paired is None else paired)
    return dict(zip(places.tolist(), both.tolist(), strict=True))


def highest(shares: NDArray[np.float32], most: int) -> NDArray[np.intp]:
    """Return the places of the highest shares above 0, ``most`` at most, in no order."""
    if len(shares) <= most:
        return np.flatnonzero(shares)
    places: NDArray[np.intp] = np.argpartition(shares, -most)[-most:]
    return places[shares[places] > 0]
