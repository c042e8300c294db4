"""Question -> facts, clauses and kind of answer: one light head over its vector and its words.

Trained in seconds from authored questions (index.training); what officers ask is never stored.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from index.encoder import Vectors
from index.errors import IndexUnusable
from index.grams import Grams
from index.verdict import Verdict
from index.vocabulary import Heard

VERDICTS = tuple(Verdict)
CLAUSE = "|clause|"
COVERED, PATH = "covered", "path"
NEIGHBOURHOOD = 4
_STATED, _MANNER, _VECTOR, _NEIGHBOUR, _GRAM = 2.0, 1.0, 3.0, 8.0, 4.0
_NEIGHBOURS = 3

# What is known of how a question is asked, and of who did what, apart from the facts it states.
MANNER = (
    "platform",
    "asks_permission",
    "asks_duty",
    "anchored",
    "witness",
    "telling",
    "others_post",
    "own_post",
)

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Likeness:
    """What questions like this one say and how they are answered; every value is a probability.

    ``clauses`` is keyed by (directive, section), ``covered`` is that a directive on file treats
    the question, ``path`` that a way to permission is part of its answer; ``verdicts`` sum to 1.
    """

    facts: Mapping[str, float]
    clauses: Mapping[tuple[str, str], float]
    verdicts: Mapping[Verdict, float]
    covered: float
    path: float


class Head:
    """Logistic regressions: one a fact, one a clause, COVERED and PATH, and one over the verdicts.

    ``names`` are the outputs in that order, the verdicts last. ``dense`` weighs the vector and what
    the words state, shape (outputs, inputs); ``sparse`` weighs the grams, shape (grams, outputs).
    ``examples`` are the vectors of the authored questions, shape (n, dimension); ``treated`` says
    which of them a directive on file treats.
    """

    def __init__(
        self,
        names: Sequence[str],
        dense: Floats,
        sparse: Floats,
        bias: Floats,
        grams: Grams,
        examples: Vectors,
        treated: NDArray[np.bool_],
    ) -> None:
        self.names = tuple(names)
        self._facts = tuple(n for n in self.names[: -len(VERDICTS) - 2] if CLAUSE not in n)
        self._clauses = tuple(
            (number, section)
            for name in self.names
            if CLAUSE in name
            for number, _, section in [name.partition(CLAUSE)]
        )
        self._dense = dense
        self._sparse = sparse
        self._bias = bias
        self._grams = grams
        self._examples = examples
        self._treated = treated
        self._inside = np.ascontiguousarray(examples[treated])
        self._outside = np.ascontiguousarray(examples[~treated])

    @property
    def examples(self) -> Vectors:
        """The vectors of the authored questions, shape (n, dimension)."""
        return self._examples

    def read(self, vector: Vectors, heard: Heard) -> Likeness:
        """Return what questions like this one say and how they are answered."""
        flat = vector.reshape(-1)
        near = neighbours(_product(self._inside, flat), _product(self._outside, flat))
        at, weights = self._grams.weigh(heard.words)
        logits = _product(self._dense, features(flat, near, heard, self._facts)) + self._bias
        if len(at):
            logits = logits + (weights * _GRAM) @ self._sparse[at]
        among = np.exp(logits[-len(VERDICTS) :] - logits[-len(VERDICTS) :].max())
        chances = (1.0 / (1.0 + np.exp(-logits))).tolist()
        first, last = len(self._facts), len(self._facts) + len(self._clauses)
        return Likeness(
            facts=dict(zip(self._facts, chances[:first], strict=True)),
            clauses=dict(zip(self._clauses, chances[first:last], strict=True)),
            verdicts=dict(zip(VERDICTS, (among / among.sum()).tolist(), strict=True)),
            covered=chances[last],
            path=chances[last + 1],
        )

    def save(self, path: Path) -> None:
        """Write the head to ``path`` (NumPy's npz)."""
        np.savez(
            path,
            names=np.array(self.names),
            dense=self._dense,
            sparse=self._sparse,
            bias=self._bias,
            grams=np.array(self._grams.names),
            rarity=self._grams.rarity,
            examples=self._examples,
            treated=self._treated,
        )

    @classmethod
    def load(cls, path: Path) -> "Head":
        """Return the head in ``path``; raise IndexUnusable if it cannot be read."""
        try:
            with np.load(path, allow_pickle=False) as data:
                grams = Grams(data["grams"].tolist(), data["rarity"])
                return cls(
                    data["names"].tolist(),
                    data["dense"],
                    data["sparse"],
                    data["bias"],
                    grams,
                    data["examples"],
                    data["treated"],
                )
        except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
            raise IndexUnusable(
                f"Index file {str(path)!r} cannot be read ({type(error).__name__}). "
                "Run 'policybot index build'."
            ) from None


def clause_name(number: str, section: str) -> str:
    """Return the head's name for a clause."""
    return f"{number}{CLAUSE}{section}"


def _product(matrix: Floats, vector: Floats) -> Floats:
    """Return ``matrix @ vector`` in the calling thread: BLAS would wake, and then spin, others."""
    return np.asarray(np.einsum("ij,j->i", matrix, vector), dtype=np.float32)


def neighbours(inside: Floats, outside: Floats) -> Floats:
    """Return how near the nearest treated and untreated examples are, and how far they differ."""
    a, b = _top(inside), _top(outside)
    return np.array([a[0], b[0], a[0] - b[0], a.mean() - b.mean()], dtype=np.float32)


def _top(similarities: Floats) -> Floats:
    if len(similarities) == 0:
        return np.zeros(1, dtype=np.float32)
    count = min(_NEIGHBOURS, len(similarities))
    return np.sort(np.partition(similarities, -count)[-count:])[::-1]


def features(vector: Floats, near: Floats, heard: Heard, facts: Sequence[str]) -> Floats:
    """Return the vector, its neighbours, the facts stated (1) or denied (-1), and the manner."""
    stated = np.array(
        [float(name in heard.facts) - float(name in heard.denied) for name in facts],
        dtype=np.float32,
    )
    manner = np.array([getattr(heard, name) for name in MANNER], dtype=np.float32)
    parts = (vector * _VECTOR, near * _NEIGHBOUR, stated * _STATED, manner * _MANNER)
    return np.concatenate(parts).astype(np.float32)


def believe_the_words(fact: int, dimension: int) -> tuple[int, float]:
    """Return the place and the weight that make a fact follow from being stated, and only so."""
    return dimension + NEIGHBOURHOOD + fact, 16.0 / _STATED


def gram_scale() -> float:
    """Return the factor of the grams beside the other features."""
    return _GRAM
