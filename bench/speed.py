"""How long an answer takes beside the bare embedding of its question, timed from outside.

Both are timed alternately in one process, with the encoder object, threads and precision that
serve answers; each question comes once, and nothing is cached between the two. What many askers at
once get is measured in ``bench.asking``.
"""

import functools
import gc
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from statistics import median, quantiles

from pydantic import BaseModel, ConfigDict

import index.conversation
from bot.assistant import Assistant
from bot.evaluation.labelled import Labelled
from index.encoder import Encoder

BAR, OVERALL_BAR = 1.8, 2.2
_WARMING = 12
_CLOSED = ConfigDict(frozen=True, extra="forbid")
_INSIDE = ("words", "references", "embed", "head", "dense", "lexical")
_STAGES = (*_INSIDE, "fuse", "engine", "gate")


class Quartiles(BaseModel):
    """The lower quartile, the median and the upper quartile of what was timed."""

    model_config = _CLOSED

    lower: float
    median: float
    upper: float


class Speed(BaseModel):
    """Milliseconds, but for the ratios: the whole answer over the embedding, pair by pair.

    ``ratio``, ``embedding``, ``answer`` and ``stages`` are over the one-part ``questions``;
    ``overall`` is over all that were ``asked``: those of several parts and follow-ups as well.
    """

    model_config = _CLOSED

    questions: int
    asked: int
    threads: int
    bar: float
    overall_bar: float
    ratio: Quartiles
    overall: Quartiles
    embedding: Quartiles
    answer: Quartiles
    stages: dict[str, float]

    @property
    def missed(self) -> list[str]:
        """The bars that are missed, each in a few words."""
        ratios = (
            ("one-part questions", self.ratio.median, self.bar),
            ("all questions", self.overall.median, self.overall_bar),
        )
        return [
            f"the median ratio over {what} is {found:.2f}, the bar {bar}"
            for what, found, bar in ratios
            if found > bar
        ]


class _Stopwatch:
    """Adds up what wrapped calls take, by stage, until ``lap`` takes the sums away."""

    def __init__(self) -> None:
        self._sums: dict[str, float] = defaultdict(float)
        self._undo: list[Callable[[], None]] = []

    def wrap(self, owner: object, name: str, stage: str) -> None:
        """Time every call of ``owner.name`` as ``stage``."""
        call = getattr(owner, name)

        @functools.wraps(call)
        def timed(*args: object, **named: object) -> object:
            started = time.perf_counter()
            try:
                return call(*args, **named)
            finally:
                self._sums[stage] += (time.perf_counter() - started) * 1000

        own = name in vars(owner)
        setattr(owner, name, timed)
        self._undo.append(
            (lambda: setattr(owner, name, call)) if own else (lambda: delattr(owner, name))
        )

    def lap(self) -> dict[str, float]:
        """Return the sums since the last lap, in milliseconds."""
        sums, self._sums = dict(self._sums), defaultdict(float)
        return sums

    def stop(self) -> None:
        """Put every call back as it was."""
        while self._undo:
            self._undo.pop()()


def measure(
    assistant: Assistant, encoder: Encoder, warming: Sequence[str], questions: Sequence[Labelled]
) -> Speed:
    """Return the figures over ``questions``; ``warming`` are other texts, asked first, untimed."""
    import torch

    for text in warming[:_WARMING]:
        encoder.encode([text])
        assistant.ask(text)
    embedding, answer = pairs(assistant, encoder, [(one.q, one.history) for one in questions])
    ratios = [whole / bare for bare, whole in zip(embedding, answer, strict=True)]
    plain = [place for place, question in enumerate(questions) if question.one_part]
    return Speed(
        questions=len(plain),
        asked=len(questions),
        threads=torch.get_num_threads(),
        bar=BAR,
        overall_bar=OVERALL_BAR,
        ratio=_quartiles([ratios[place] for place in plain]),
        overall=_quartiles(ratios),
        embedding=_quartiles([embedding[place] for place in plain]),
        answer=_quartiles([answer[place] for place in plain]),
        stages=_stages(assistant, [questions[place] for place in plain]),
    )


def pairs(
    assistant: Assistant, encoder: Encoder, questions: Sequence[tuple[str, Sequence[str]]]
) -> tuple[list[float], list[float]]:
    """Return the milliseconds of each question's embedding and of its answer.

    A question comes with its history. Which of the two calls comes first alternates.
    """
    embedding, answer = [], []
    gc.collect()
    for place, (question, history) in enumerate(questions):
        if place % 2:
            answer.append(_timed(assistant.ask, question, history))
            embedding.append(_timed(encoder.encode, [question]))
        else:
            embedding.append(_timed(encoder.encode, [question]))
            answer.append(_timed(assistant.ask, question, history))
    return embedding, answer


def _stages(assistant: Assistant, questions: Sequence[Labelled]) -> dict[str, float]:
    """Return the median of each stage in milliseconds, in a pass of its own."""
    laps = []
    with _watching(assistant) as watch:
        for question in questions:
            whole = _timed(assistant.ask, question.q, question.history)
            lap = watch.lap()
            searching = lap.pop("search", 0.0)
            lap["words"] = lap.pop("read", 0.0) - lap.get("references", 0.0)
            inside = sum(lap.get(stage, 0.0) for stage in _INSIDE)
            lap["fuse"] = searching - inside
            lap["rest"] = whole - searching - lap.get("engine", 0.0) - lap.get("gate", 0.0)
            laps.append(lap)
    return {stage: median(lap.get(stage, 0.0) for lap in laps) for stage in (*_STAGES, "rest")}


@contextmanager
def _watching(assistant: Assistant) -> Iterator[_Stopwatch]:
    retriever = assistant._retriever
    watch = _Stopwatch()
    try:
        watch.wrap(retriever, "search", "search")
        watch.wrap(retriever._listener, "read", "read")
        watch.wrap(index.conversation, "refer", "references")
        watch.wrap(retriever._encoder, "sense", "embed")
        watch.wrap(retriever._head, "read", "head")
        watch.wrap(retriever._store, "nearest", "dense")
        watch.wrap(retriever._lexical, "scores", "lexical")
        watch.wrap(assistant._engine, "draft", "engine")
        watch.wrap(assistant._gate, "citations", "gate")
        yield watch
    finally:
        watch.stop()


def _timed(call: Callable[..., object], *given: object) -> float:
    started = time.perf_counter()
    call(*given)
    return (time.perf_counter() - started) * 1000


def _quartiles(values: Sequence[float]) -> Quartiles:
    lower, middle, upper = quantiles(values, n=4, method="inclusive")
    return Quartiles(lower=lower, median=middle, upper=upper)
