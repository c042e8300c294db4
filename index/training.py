"""Authored questions -> head: every output of one small network, fitted when the index is built."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from index.fitting import Task, fit
from index.grams import Grams
from index.reading import (
    CLAUSE,
    COVERED,
    MANNER,
    PATH,
    VERDICTS,
    Floats,
    Head,
    Weights,
    believe_the_words,
    features,
)
from index.traced import Sensed
from index.verdict import Verdict
from index.vocabulary import Heard

_LEAST = 4
_BEST = 0.7
_SINGLE_COST, _VERDICT_COST, _DEAREST = 0.3, 2.0, 20.0


@dataclass(frozen=True)
class Lesson:
    """An authored question and what it teaches.

    ``holds`` are the facts it states and the clauses that answer it, None where no directive on
    file treats it; ``verdicts`` are those accepted, best first, empty where none was written;
    ``path`` says whether a way to permission is part of the answer, None where either is right.
    """

    sensed: Sensed
    heard: Heard
    holds: frozenset[str] | None
    verdicts: tuple[Verdict, ...] = ()
    path: bool | None = None


def train(
    lessons: Sequence[Lesson],
    facts: Sequence[str],
    dimension: int,
    progress: Callable[[float], None] = lambda share: None,
) -> Head:
    """Return a head trained on ``lessons``; ``progress`` is called with the share done.

    ``dimension`` is that of the lessons' vectors.
    A fact with fewer than four examples is believed only where the words state it, such a clause
    never. Where there is no lesson at all, nothing counts as covered.
    """
    if not lessons:
        progress(1.0)
        return _untaught(facts, dimension)
    clauses = sorted({n for lesson in lessons for n in lesson.holds or () if CLAUSE in n})
    names = (*facts, *clauses, COVERED, PATH, *VERDICTS)
    heard = [lesson.heard.words for lesson in lessons]
    grams = Grams.of(heard)
    dense = np.stack([features(lesson.sensed.vector, lesson.heard, facts) for lesson in lessons])
    wanted, cost = _targets(lessons, names)
    tokens = [lesson.sensed.tokens for lesson in lessons]
    task = Task(dense, grams.rows(heard), len(grams.names), tokens, wanted, cost)
    weights = fit(task, progress)
    count = wanted.sum(axis=0)
    hidden = len(weights.last)
    for place, name in enumerate(names[: -len(VERDICTS)]):
        if count[place] >= _LEAST and not wanted[:, place].all():
            continue
        weights.dense[hidden + place], weights.sparse[:, hidden + place] = 0.0, 0.0
        weights.last[:, place] = 0.0
        weights.bias[hidden + place] = 8.0 if name == COVERED and count[place] else -8.0
        if place < len(facts):
            at, weight = believe_the_words(place, dimension)
            weights.dense[hidden + place, at] = weight
    return Head(names, weights, grams)


def _untaught(facts: Sequence[str], dimension: int) -> Head:
    """Return a head that believes the words on facts, and else that nothing is covered."""
    names = (*facts, COVERED, PATH, *VERDICTS)
    outputs, inputs = len(names), dimension + len(facts) + len(MANNER)
    dense, bias = np.zeros((outputs, inputs), np.float32), np.full(outputs, -8.0, np.float32)
    bias[names.index(Verdict.NOT_COVERED.value)] = 8.0
    for place in range(len(facts)):
        at, weight = believe_the_words(place, dimension)
        dense[place, at] = weight
    none = np.zeros((0, 0), np.float32)
    weights = Weights(
        dense=dense,
        sparse=np.zeros((0, outputs), np.float32),
        bias=bias,
        last=np.zeros((0, outputs), np.float32),
        ask=none,
        value=none,
        lead=none,
    )
    return Head(names, weights, Grams((), np.zeros(0, np.float32)))


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
        told[row, -len(VERDICTS) :] = bool(lesson.verdicts)
        for rank, verdict in enumerate(lesson.verdicts):
            others = len(lesson.verdicts) - 1
            share = 1.0 if not others else _BEST if rank == 0 else (1.0 - _BEST) / others
            wanted[row, place[verdict.value]] = share
    kept = np.clip(wanted.mean(axis=0), 1e-6, 1 - 1e-6)
    gain = np.sqrt((1 - kept) / kept)
    gain[place[COVERED]] **= 2
    gain[-len(VERDICTS) :] = 1.0
    cost = told * np.minimum(np.where(wanted > 0, gain, 1.0), _DEAREST)
    cost[:, : -len(VERDICTS)] *= _SINGLE_COST
    cost[:, -len(VERDICTS) :] *= _VERDICT_COST
    return wanted, cost.astype(np.float32)
