"""Dense and lexical search -> one score, for texts that nobody wrote example questions for."""

from collections.abc import Mapping
from typing import TypeVar

KeyT = TypeVar("KeyT")

# Chosen on questions about regulations (bench/README.md); between 0.35 and 0.6 the weight of the
# cosine hardly matters, on short clauses as on abstracts.
_DENSE, _LEXICAL = 0.4, 0.6
# What search did not reach is farther than all it did; a share of the farthest comes near enough.
_UNREACHED = 0.5


def fused(cosines: Mapping[KeyT, float], shares: Mapping[KeyT, float]) -> dict[KeyT, float]:
    """Return a score at most 1 for every key of either list; the higher, the nearer.

    ``cosines`` are those of the nearest texts, ``shares`` the texts' shares of what the question's
    words could score (``Bm25.shares``). Both mean the same for every question, so neither is
    stretched to the best of its list: a question whose words no text holds is left to its meaning.
    """
    unreached = _UNREACHED * min(cosines.values(), default=0.0)
    return {
        key: _DENSE * cosines.get(key, unreached) + _LEXICAL * shares.get(key, 0.0)
        for key in cosines.keys() | shares.keys()
    }
