"""What a ranked list of documents is worth against graded ones, as trec_eval counts it."""

from collections.abc import Mapping, Sequence
from math import log2


def recall(ranked: Sequence[str], relevant: Mapping[str, float], first: int) -> float:
    """Return the share of the relevant documents among the ``first`` of the list."""
    return sum(document in relevant for document in ranked[:first]) / len(relevant)


def average_precision(ranked: Sequence[str], relevant: Mapping[str, float], first: int) -> float:
    """Return the precisions at each relevant document of the ``first``, over all relevant ones."""
    met = 0
    total = 0.0
    for place, document in enumerate(ranked[:first], 1):
        if document in relevant:
            met += 1
            total += met / place
    return total / len(relevant)


def ndcg(ranked: Sequence[str], relevant: Mapping[str, float], first: int) -> float:
    """Return the discounted gain of the ``first``, over that of the best possible list."""
    best = sorted(relevant.values(), reverse=True)
    return _gain([relevant.get(document, 0.0) for document in ranked[:first]]) / _gain(best[:first])


def _gain(grades: Sequence[float]) -> float:
    return sum(grade / log2(place + 1) for place, grade in enumerate(grades, 1))
