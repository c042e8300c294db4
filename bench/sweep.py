"""The settings of each plain pipeline, swept on the development part; the best one is shown."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from bench.outcome import READINGS, Judge, Outcome, Setting, combined
from bench.passages import Shelf
from bench.plain import Found, Packaged, Store, by_words, remembering, search
from bot.answer import Verdict
from bot.evaluation.labelled import Labelled
from bot.evaluation.quality import FIRST

_CLOSED = ConfigDict(frozen=True, extra="forbid")
DEPTH = 20
DEPTHS = (FIRST, DEPTH)
WEIGHTS = (0.1, 0.25, 0.4, 0.5, 0.6, 0.75, 0.9)
# What a setting is chosen by: the mean of these. The last says how well questions that are not
# covered are told from those that are.
SHARES = ("recall@5", "hit@1", "citation precision", "verdict", "told apart")
_QUANTILES = np.linspace(0.02, 0.6, 30)
LIMITS = len(_QUANTILES) + 1


@dataclass(frozen=True)
class Case:
    """A kind of pipeline: its title, and the shelves, weights and tokens it may choose from."""

    title: str
    shelves: tuple[Shelf, ...]
    weights: tuple[float, ...]
    tokens: tuple[str | None, ...]
    readings: tuple[str, ...] = READINGS[:3]


class Best(BaseModel):
    """The best setting of a kind of pipeline, and the mean of shares that made it the best.

    ``highest`` holds the most that any of the settings tried reached of each share by itself.
    """

    model_config = _CLOSED

    title: str
    setting: Setting
    score: float
    highest: dict[str, float]
    tried: int


@dataclass(frozen=True)
class Lists:
    """What each search found on a shelf for every question, so that settings only merge lists."""

    judge: Judge
    dense: list[Found]
    lexical: dict[str, list[Found]]

    def outcomes(self, weight: float, tokens: str | None, depth: int) -> list[Outcome]:
        """Return every question's outcome under these settings."""
        words = self.lexical[tokens] if tokens else [Found([], -math.inf)] * len(self.dense)
        return [
            combined(
                self.judge,
                dense._replace(documents=dense.documents[:depth]),
                lexical._replace(documents=lexical.documents[:depth]),
                weight,
            )
            for dense, lexical in zip(self.dense, words, strict=True)
        ]


class _Scored(NamedTuple):
    """The best threshold of otherwise equal settings, and the most that any threshold reached."""

    score: float
    setting: Setting
    highest: list[float]


def lists(
    judge: Judge, embeddings: Packaged, questions: Sequence[str], tokens: Sequence[str | None]
) -> Lists:
    """Return what the searches find for each question on the judge's shelf."""
    store = Store(judge.shelf, embeddings)
    nearest = store.nearest(DEPTH)
    words = {t: remembering(by_words(judge.shelf, t, DEPTH)) for t in tokens if t}
    try:
        return Lists(
            judge=judge,
            dense=[search(nearest, question) for question in questions],
            lexical={t: [search(w, question) for question in questions] for t, w in words.items()},
        )
    finally:
        store.delete_collection()


def best(
    case: Case, of: Mapping[str, Lists], questions: Sequence[Labelled], done: Callable[[], None]
) -> Best:
    """Return the best setting of a kind of pipeline: the highest mean of five shares."""
    scored: list[_Scored] = []
    for shelf in case.shelves:
        found = of[shelf.name]
        for weight, tokens, depth in _searches(case):
            outcomes = found.outcomes(weight, tokens, depth)
            scored += _scores(found.judge, outcomes, questions, (weight, tokens, depth), case)
        done()
    won = max(scored, key=lambda one: one.score)
    highest = np.max([one.highest for one in scored], axis=0).tolist()
    return Best(
        title=case.title,
        setting=won.setting,
        score=won.score,
        highest=dict(zip(SHARES, highest, strict=True)),
        tried=len(scored) * LIMITS,
    )


def _searches(case: Case) -> Iterator[tuple[float, str | None, int]]:
    """Yield each way to search; words do not matter to a dense list, nor depth to one list."""
    for weight in case.weights:
        for tokens in (None,) if weight == 1 else (t for t in case.tokens if t):
            for depth in DEPTHS if 0 < weight < 1 else (DEPTH,):
                yield weight, tokens, depth


def _scores(
    judge: Judge,
    outcomes: Sequence[Outcome],
    questions: Sequence[Labelled],
    searched: tuple[float, str | None, int],
    case: Case,
) -> Iterator[_Scored]:
    """Yield the best threshold of every k and reading, for one way to search."""
    weight, tokens, depth = searched
    sums = _Sums(judge, outcomes, questions)
    limits = np.array([-math.inf, *np.quantile(sums.near[np.isfinite(sums.near)], _QUANTILES)])
    for cited, reading in product(range(1, FIRST + 1), case.readings):
        shares = sums.shares(cited, reading, limits)
        scores = shares.mean(axis=0)
        top = int(scores.argmax())
        setting = Setting(
            shelf=judge.shelf.name,
            weight=weight,
            tokens=tokens,
            depth=depth,
            cited=cited,
            reading=reading,
            threshold=limits[top],
        )
        yield _Scored(float(scores[top]), setting, shares.max(axis=1).tolist())


class _Sums:
    """The outcomes of one way to search as arrays, a row a question."""

    def __init__(
        self, judge: Judge, outcomes: Sequence[Outcome], questions: Sequence[Labelled]
    ) -> None:
        pairs = list(zip(questions, outcomes, strict=True))
        shares = [judge.shares(asked, outcome) for asked, outcome in pairs]
        self.near: NDArray[np.float64] = np.array([outcome.near for outcome in outcomes])
        self._governed = np.array([bool(asked.governing) for asked in questions])
        self._recall = np.array([recall for recall, _, _ in shares])[self._governed].mean(axis=0)
        self._hit = np.array([hit for _, hit, _ in shares])[self._governed].mean()
        self._fits = np.array([np.cumsum((f + [False] * FIRST)[:FIRST]) for _, _, f in shares])
        self._cited = np.array([len(outcome.chunks) for outcome in outcomes])
        self._says = {
            r: np.array([o.says[r] in asked.verdicts for asked, o in pairs]) for r in READINGS
        }
        self._quiet = {
            r: np.array([o.says[r] is Verdict.NOT_COVERED for o in outcomes]) for r in READINGS
        }
        silent = [Verdict.NOT_COVERED in asked.verdicts for asked in questions]
        self._silent: NDArray[np.bool_] = np.array(silent)
        self._foreign = np.array([set(a.verdicts) == {Verdict.NOT_COVERED} for a in questions])

    def shares(self, cited: int, reading: str, limits: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return each of ``SHARES`` for each threshold, shape (shares, thresholds)."""
        quiet = self._quiet[reading] | (self.near < limits[:, None])
        right = np.where(quiet, self._silent, self._says[reading]).mean(axis=1)
        shown = (~quiet * np.minimum(self._cited, cited)).sum(axis=1)
        fits = (~quiet * self._fits[:, cited - 1]).sum(axis=1)
        apart = (quiet[:, self._foreign].mean(axis=1) + (~quiet[:, ~self._silent]).mean(axis=1)) / 2
        recall = np.full(len(limits), self._recall[cited - 1])
        hit = np.full(len(limits), self._hit)
        return np.stack([recall, hit, fits / np.maximum(shown, 1), right, apart])
