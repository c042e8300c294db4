"""Question -> facts and clauses: one light head over the question's vector and its known words.

Trained in seconds from authored questions (questions.yaml, elsewhere.yaml); what officers ask is
never stored.
"""

from collections.abc import Sequence
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from index.encoder import Vectors
from index.errors import IndexUnusable
from index.vocabulary import Heard

COVERED = "covered"
CLAUSE = "|clause|"
_STATED, _MANNER, _VECTOR, _NEIGHBOUR = 2.0, 1.0, 3.0, 8.0
_LEAST = 4
_NEIGHBOURS = 3
_STEPS = 100

Floats = NDArray[np.float32]


class Head:
    """Logistic regressions: one a fact, one a clause, one for "a directive on file treats this".

    ``examples`` are the vectors of the authored questions, shape (n, dimension); ``treated`` says
    which of them a directive on file treats.
    """

    def __init__(
        self,
        names: tuple[str, ...],
        weights: Floats,
        bias: Floats,
        examples: Vectors,
        treated: NDArray[np.bool_],
    ) -> None:
        self.names = names
        self._facts = tuple(name for name in names if CLAUSE not in name and name != COVERED)
        self._weights = weights
        self._bias = bias
        self._examples = examples
        self._treated = treated
        self._inside = np.ascontiguousarray(examples[treated])
        self._outside = np.ascontiguousarray(examples[~treated])

    def probabilities(self, vector: Vectors, heard: Heard) -> dict[str, float]:
        """Return the probability of each fact, each clause and of COVERED for one question."""
        flat = vector.reshape(-1)
        near = _neighbours(self._inside @ flat, self._outside @ flat)
        logits = self._weights @ _features(flat, near, heard, self._facts) + self._bias
        chances = 1.0 / (1.0 + np.exp(-logits))
        return dict(zip(self.names, chances.tolist(), strict=True))

    def save(self, path: Path) -> None:
        """Write the head to ``path`` (NumPy's npz)."""
        np.savez(
            path,
            names=np.array(self.names),
            weights=self._weights,
            bias=self._bias,
            examples=self._examples,
            treated=self._treated,
        )

    @classmethod
    def load(cls, path: Path) -> "Head":
        """Return the head in ``path``; raise IndexUnusable if it cannot be read."""
        try:
            with np.load(path, allow_pickle=False) as data:
                names = tuple(data["names"].tolist())
                return cls(names, data["weights"], data["bias"], data["examples"], data["treated"])
        except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
            raise IndexUnusable(
                f"Index file {str(path)!r} cannot be read ({type(error).__name__}). "
                "Run 'policybot index build'."
            ) from None


def clause_name(number: str, section: str) -> str:
    """Return the head's name for a clause."""
    return f"{number}{CLAUSE}{section}"


def _neighbours(inside: Floats, outside: Floats) -> Floats:
    """Return how near the nearest treated and untreated examples are, and how far they differ."""
    a, b = _top(inside), _top(outside)
    return np.array([a[0], b[0], a[0] - b[0], a.mean() - b.mean()], dtype=np.float32)


def _top(similarities: Floats) -> Floats:
    if len(similarities) == 0:
        return np.zeros(1, dtype=np.float32)
    count = min(_NEIGHBOURS, len(similarities))
    return np.sort(np.partition(similarities, -count)[-count:])[::-1]


def _features(vector: Floats, near: Floats, heard: Heard, facts: Sequence[str]) -> Floats:
    """Return the vector, its neighbours, the facts the words state, and the manner of asking."""
    stated = np.array([name in heard.facts for name in facts], dtype=np.float32)
    manner = np.array(
        [heard.platform, heard.asks_permission, heard.asks_duty, heard.anchored], dtype=np.float32
    )
    parts = (vector * _VECTOR, near * _NEIGHBOUR, stated * _STATED, manner * _MANNER)
    return np.concatenate(parts).astype(np.float32)


def train(
    labels: Sequence[frozenset[str] | None],
    facts: Sequence[str],
    clauses: Sequence[str],
    vectors: Vectors,
    heard: Sequence[Heard],
) -> Head:
    """Return a head trained on authored questions, each with the facts and clauses that hold.

    ``labels`` holds None where no directive treats the question. A fact with fewer than four
    examples is believed only where the words state it, such a clause never.
    """
    every = (*facts, *clauses, COVERED)
    treated = np.array([label is not None for label in labels], dtype=bool)
    similarity = vectors @ vectors.T
    np.fill_diagonal(similarity, -1.0)
    rows = np.stack(
        [
            _features(vector, _neighbours(near[treated], near[~treated]), h, facts)
            for vector, near, h in zip(vectors, similarity, heard, strict=True)
        ]
    )
    wanted = np.stack(
        [
            treated if name == COVERED else np.array([name in (label or ()) for label in labels])
            for name in every
        ],
        axis=1,
    )
    used = np.ones((len(every), rows.shape[1]), dtype=np.float32)
    dimension = vectors.shape[1]
    used[:-1, dimension : dimension + 4] = 0.0
    weights, bias = _fit(rows, wanted.astype(np.float32), used)
    rare = (wanted.sum(axis=0) < _LEAST) | wanted.all(axis=0)
    for place in np.flatnonzero(rare):
        weights[place] = 0.0
        if place < len(facts):
            weights[place, dimension + 4 + place] = 16.0 / _STATED
        bias[place] = 8.0 if every[place] == COVERED else -8.0
    return Head(every, weights, bias, vectors, treated)


def _fit(rows: Floats, wanted: Floats, used: Floats) -> tuple[Floats, Floats]:
    """Return weights and biases of L2-penalised logistic regressions, all fitted in one descent.

    Both sides of the last name count alike; any other counts more the rarer it is, by the root.
    """
    from scipy.optimize import minimize
    from scipy.special import expit

    count, size = wanted.shape[1], rows.shape[1]
    share = np.clip(wanted.mean(axis=0), 1e-6, 1 - 1e-6)
    odds = (1 - share) / share
    gain = np.sqrt(odds)
    gain[-1] = odds[-1]
    cost = np.where(wanted > 0, gain, 1.0).astype(np.float32)

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        weights = flat[: count * size].reshape(count, size).astype(np.float32) * used
        bias = flat[count * size :].astype(np.float32)
        logits = rows @ weights.T + bias
        error = cost * (expit(logits) - wanted)
        total = (cost * (np.logaddexp(0.0, logits) - wanted * logits)).sum()
        total += 0.5 * (weights**2).sum()
        slope = (error.T @ rows + weights) * used
        gradient = np.concatenate([slope.reshape(-1), error.sum(axis=0)])
        return float(total), gradient.astype(np.float64)

    start = np.zeros(count * (size + 1))
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": _STEPS}).x
    weights = found[: count * size].reshape(count, size).astype(np.float32) * used
    return weights, found[count * size :].astype(np.float32)
