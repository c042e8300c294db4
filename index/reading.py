"""Question -> facts, clauses and kind of answer: one small network over what it is made of.

Its inputs are the vector, the words, and the tokens that a few attending heads pick out.

Trained in a minute from authored questions (index.training); what officers ask is never stored.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from index.errors import IndexUnusable
from index.grams import Grams
from index.traced import Sensed
from index.verdict import Verdict
from index.vocabulary import Heard

VERDICTS = tuple(Verdict)
CLAUSE = "|clause|"
COVERED, PATH = "covered", "path"
GRAM = 4.0
_STATED, _MANNER, _VECTOR = 2.0, 1.0, 3.0

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


@dataclass(frozen=True)
class Weights:
    """A hidden layer and, beside it, a straight way from the inputs to the outputs.

    ``dense`` weighs the vector and what the words state, shape (hidden + outputs, inputs);
    ``sparse`` weighs the grams, shape (grams, hidden + outputs); ``bias`` has hidden + outputs
    values; ``last`` leads from the hidden layer to the outputs, shape (hidden, outputs).

    Attention to the tokens (Vaswani et al. 2017, arXiv:1706.03762): ``ask`` is what each head
    looks for, shape (heads, width), ``value`` what it takes of the tokens it looks at, shape
    (heads * part, width), ``lead`` brings that to the hidden layer, shape (heads * part, hidden).
    """

    dense: Floats
    sparse: Floats
    bias: Floats
    last: Floats
    ask: Floats
    value: Floats
    lead: Floats


class Head:
    """One output a fact, one a clause, COVERED and PATH, each logistic; one softmax of verdicts.

    ``names`` are the outputs in that order, the verdicts last.
    """

    def __init__(self, names: Sequence[str], weights: Weights, grams: Grams) -> None:
        self.names = tuple(names)
        self._facts = tuple(n for n in self.names[: -len(VERDICTS) - 2] if CLAUSE not in n)
        self._clauses = tuple(
            (number, section)
            for name in self.names
            if CLAUSE in name
            for number, _, section in [name.partition(CLAUSE)]
        )
        self._weights = weights
        self._grams = grams

    def read(self, sensed: Sensed, heard: Heard) -> Likeness:
        """Return what questions like this one say and how they are answered."""
        at, rarity = self._grams.weigh(heard.words)
        own, weights = features(sensed.vector, heard, self._facts), self._weights
        first = _product(weights.dense, own) + weights.bias
        if len(at):
            first = first + (rarity * GRAM) @ weights.sparse[at]
        hidden = len(weights.last)
        within = np.maximum(first[:hidden] + _attended(weights, sensed.tokens), 0.0)
        logits = first[hidden:] + within @ weights.last
        among = np.exp(logits[-len(VERDICTS) :] - logits[-len(VERDICTS) :].max())
        chances = (1.0 / (1.0 + np.exp(-logits))).tolist()
        facts, clauses = len(self._facts), len(self._facts) + len(self._clauses)
        return Likeness(
            facts=dict(zip(self._facts, chances[:facts], strict=True)),
            clauses=dict(zip(self._clauses, chances[facts:clauses], strict=True)),
            verdicts=dict(zip(VERDICTS, (among / among.sum()).tolist(), strict=True)),
            covered=chances[clauses],
            path=chances[clauses + 1],
        )

    def save(self, path: Path, taught_by: str = "") -> None:
        """Write the head to ``path`` (NumPy's npz), with the digest of what it learnt from."""
        np.savez(
            path,
            taught_by=np.array(taught_by),
            names=np.array(self.names),
            grams=np.array(self._grams.names),
            rarity=self._grams.rarity,
            **asdict(self._weights),
        )

    @classmethod
    def load(cls, path: Path) -> "Head":
        """Return the head in ``path``; raise IndexUnusable if it cannot be read."""
        try:
            with np.load(path, allow_pickle=False) as data:
                weights = Weights(**{part.name: data[part.name] for part in fields(Weights)})
                grams = Grams(data["grams"].tolist(), data["rarity"])
                return cls(data["names"].tolist(), weights, grams)
        except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
            raise IndexUnusable(
                f"Index file {str(path)!r} cannot be read ({type(error).__name__}). "
                "Run 'policybot index build'."
            ) from None


def learnt_from(path: Path) -> str | None:
    """Return the digest that the head in ``path`` was saved with, None where there is none."""
    try:
        with np.load(path, allow_pickle=False) as data:
            return str(data["taught_by"])
    except (OSError, ValueError, KeyError, EOFError, BadZipFile):
        return None


def clause_name(number: str, section: str) -> str:
    """Return the head's name for a clause."""
    return f"{number}{CLAUSE}{section}"


def _attended(weights: Weights, tokens: NDArray[np.float16]) -> Floats | float:
    """Return what the heads bring to the hidden layer from a question's tokens."""
    if not tokens.size or not len(weights.ask):
        return 0.0
    heads, known = len(weights.ask), tokens.astype(np.float32)
    scores = np.einsum("tw,hw->ht", known, weights.ask)
    shares = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    seen = np.einsum("ht,tw->hw", shares, known)
    value = weights.value.reshape(heads, -1, known.shape[1])
    taken = np.einsum("hw,hpw->hp", seen, value).reshape(-1)
    return np.asarray(np.einsum("p,ph->h", taken, weights.lead), dtype=np.float32)


def _product(matrix: Floats, vector: Floats) -> Floats:
    """Return ``matrix @ vector`` in the calling thread: BLAS would wake, and then spin, others."""
    return np.asarray(np.einsum("ij,j->i", matrix, vector), dtype=np.float32)


def features(vector: Floats, heard: Heard, facts: Sequence[str]) -> Floats:
    """Return the vector, the facts stated (1) or denied (-1), and the manner."""
    stated = np.array(
        [float(name in heard.facts) - float(name in heard.denied) for name in facts],
        dtype=np.float32,
    )
    manner = np.array([getattr(heard, name) for name in MANNER], dtype=np.float32)
    parts = (vector * _VECTOR, stated * _STATED, manner * _MANNER)
    return np.concatenate(parts).astype(np.float32)


def believe_the_words(fact: int, dimension: int) -> tuple[int, float]:
    """Return the place and the weight that make a fact follow from being stated, and only so."""
    return dimension + fact, 16.0 / _STATED
