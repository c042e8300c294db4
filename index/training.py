"""Authored questions -> head: all regressions fitted in one descent, when the index is built."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from index.encoder import Vectors
from index.grams import Grams
from index.reading import (
    CLAUSE,
    COVERED,
    NEIGHBOURHOOD,
    PATH,
    VERDICTS,
    Floats,
    Head,
    believe_the_words,
    features,
    gram_scale,
    neighbours,
)
from index.verdict import Verdict
from index.vocabulary import Heard

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

_LEAST = 4
_STEPS = 60
_SHRINK = 2.0
_BEST = 0.7
_VERDICT_COST = 1.0


@dataclass(frozen=True)
class Lesson:
    """An authored question and what it teaches.

    ``holds`` are the facts it states and the clauses that answer it, None where no directive on
    file treats it; ``verdicts`` are those accepted, best first, empty where none was written;
    ``path`` says whether a way to permission is part of the answer, None where either is right.
    """

    vector: Vectors
    heard: Heard
    holds: frozenset[str] | None
    verdicts: tuple[Verdict, ...] = ()
    path: bool | None = None


def train(lessons: Sequence[Lesson], facts: Sequence[str]) -> Head:
    """Return a head trained on ``lessons``.

    A fact with fewer than four examples is believed only where the words state it, such a clause
    never.
    """
    clauses = sorted({n for lesson in lessons for n in lesson.holds or () if CLAUSE in n})
    names = (*facts, *clauses, COVERED, PATH, *VERDICTS)
    vectors = np.stack([lesson.vector for lesson in lessons])
    treated = np.array([lesson.holds is not None for lesson in lessons], dtype=bool)
    grams = Grams.of([lesson.heard.words for lesson in lessons])
    dense = _dense(lessons, vectors, treated, facts)
    sparse = grams.rows([lesson.heard.words for lesson in lessons]) * gram_scale()
    wanted, cost = _targets(lessons, names)
    used = np.ones((len(names), dense.shape[1]), dtype=np.float32)
    dimension = vectors.shape[1]
    apart = [place for place, name in enumerate(names) if name != COVERED]
    used[apart, dimension : dimension + NEIGHBOURHOOD] = 0.0
    weights, gram_weights, bias = _fit(dense, sparse, wanted, cost, used)
    count = wanted.sum(axis=0)
    for place, name in enumerate(names[: -len(VERDICTS)]):
        if count[place] >= _LEAST and not wanted[:, place].all():
            continue
        weights[place], gram_weights[:, place] = 0.0, 0.0
        bias[place] = 8.0 if name == COVERED else -8.0
        if place < len(facts):
            at, weight = believe_the_words(place, dimension)
            weights[place, at] = weight
    return Head(names, weights, gram_weights, bias, grams, vectors, treated)


def _dense(
    lessons: Sequence[Lesson], vectors: Vectors, treated: NDArray[np.bool_], facts: Sequence[str]
) -> Floats:
    similarity = vectors @ vectors.T
    np.fill_diagonal(similarity, -1.0)
    return np.stack(
        [
            features(lesson.vector, neighbours(near[treated], near[~treated]), lesson.heard, facts)
            for lesson, near in zip(lessons, similarity, strict=True)
        ]
    )


def _targets(lessons: Sequence[Lesson], names: Sequence[str]) -> tuple[Floats, Floats]:
    """Return what each output should be for each lesson, and what an error there costs.

    Both sides of COVERED count alike; a fact or clause counts more the rarer it is, by the root.
    """
    place = {name: at for at, name in enumerate(names)}
    wanted = np.zeros((len(lessons), len(names)), dtype=np.float32)
    told = np.ones_like(wanted)
    for row, lesson in enumerate(lessons):
        for name in lesson.holds or ():
            wanted[row, place[name]] = 1.0
        wanted[row, place[COVERED]] = lesson.holds is not None
        wanted[row, place[PATH]] = bool(lesson.path)
        told[row, place[PATH]] = lesson.path is not None
        told[row, -len(VERDICTS) :] = bool(lesson.verdicts) * _VERDICT_COST
        for rank, verdict in enumerate(lesson.verdicts):
            others = len(lesson.verdicts) - 1
            share = 1.0 if not others else _BEST if rank == 0 else (1.0 - _BEST) / others
            wanted[row, place[verdict.value]] = share
    kept = np.clip(wanted.mean(axis=0), 1e-6, 1 - 1e-6)
    gain = np.sqrt((1 - kept) / kept)
    gain[place[COVERED]] **= 2
    gain[-len(VERDICTS) :] = 1.0
    return wanted, (told * np.where(wanted > 0, gain, 1.0)).astype(np.float32)


def _fit(
    dense: Floats, sparse: "csr_matrix", wanted: Floats, cost: Floats, used: Floats
) -> tuple[Floats, Floats, Floats]:
    """Return weights (outputs, inputs), weights of the grams (grams, outputs), and biases.

    L2-penalised; logistic for every output but the verdicts, which share one softmax.
    """
    from scipy.optimize import minimize
    from scipy.special import expit, log_softmax

    outputs, inputs, grams = wanted.shape[1], dense.shape[1], sparse.shape[1]
    ends = np.cumsum([outputs * inputs, grams * outputs, outputs])
    single = outputs - len(VERDICTS)
    across = sparse.T.tocsr()

    def split(flat: NDArray[np.float64]) -> tuple[Floats, Floats, Floats]:
        parts = np.split(flat.astype(np.float32), ends[:2])
        return parts[0].reshape(outputs, inputs) * used, parts[1].reshape(grams, outputs), parts[2]

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        weights, gram_weights, bias = split(flat)
        logits = dense @ weights.T + sparse @ gram_weights + bias
        one, among = logits[:, :single], log_softmax(logits[:, single:], axis=1)
        error = np.empty_like(logits)
        error[:, :single] = cost[:, :single] * (expit(one) - wanted[:, :single])
        error[:, single:] = cost[:, single:] * (np.exp(among) - wanted[:, single:])
        total = (cost[:, :single] * (np.logaddexp(0.0, one) - wanted[:, :single] * one)).sum()
        total -= (cost[:, single:] * wanted[:, single:] * among).sum()
        total += 0.5 * _SHRINK * ((weights**2).sum() + (gram_weights**2).sum())
        slopes = (
            (error.T @ dense + _SHRINK * weights) * used,
            across @ error + _SHRINK * gram_weights,
        )
        gradient = np.concatenate([*(slope.reshape(-1) for slope in slopes), error.sum(axis=0)])
        return float(total), gradient.astype(np.float64)

    start = np.zeros(int(ends[-1]))
    options = {"maxiter": _STEPS, "maxcor": 6}
    return split(minimize(loss, start, jac=True, method="L-BFGS-B", options=options).x)
