"""The assistant beside the plain pipelines: the same questions, the same model, one run.

Settings are swept on the development part alone; every other part is measured with what won.
"""

import gc
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from statistics import median
from typing import NamedTuple

from langchain_core.retrievers import BaseRetriever
from pydantic import BaseModel, ConfigDict

from bench import machine, outcome, passages, plain, sweep
from bench.outcome import Judge, Outcome, Setting
from bench.sweep import Best, Case, Lists
from bot.answer import Answer
from bot.answers import Answers
from bot.evaluation.labelled import Labelled
from bot.evaluation.quality import Figures
from bot.wiring import Index
from index.asked import load_authored, load_facts
from index.encoder import Encoder
from index.rules import load_readings

ORDER = "5.14"
OURS, PLAIN = "the assistant", "splitter, "
_SIZES = (150, 200, 300, 400, 600, 1000)
_TIMED, _WARMING = 60, 6
_CLOSED = ConfigDict(frozen=True, extra="forbid")
Steps = Callable[[int, int], None]


class Row(BaseModel):
    """One pipeline: its best setting, its figures by part, and what it costs to read and to run.

    ``highest`` is the most that any setting reached of each share on the development part.

    ``shown`` is the median of the characters an answer cites; ``ratio`` the median of the whole
    answer over the bare embedding of its question, ``took_ms`` that of the whole answer.
    """

    model_config = _CLOSED

    title: str
    setting: str
    tried: int
    highest: dict[str, float]
    parts: dict[str, Figures]
    shown: float
    ratio: float
    took_ms: float


class Comparison(BaseModel):
    """The plain pipelines and their levers, and the assistant as the last row."""

    model_config = _CLOSED

    day: date
    code: str | None
    machine: machine.Machine
    timed: int
    rows: tuple[Row, ...]


class Timing(NamedTuple):
    """Medians over the questions timed."""

    shown: float
    ratio: float
    took_ms: float


class Pipeline:
    """A pipeline with its settings chosen, from the question as typed to verdict and passages."""

    def __init__(self, judge: Judge, setting: Setting, embeddings: plain.Packaged) -> None:
        self.judge = judge
        self._setting = setting
        self._retriever = _retriever(judge.shelf, setting, embeddings)

    def ask(self, question: str) -> Outcome:
        """Return what the pipeline makes of a question."""
        return self.judge.outcome(plain.search(self._retriever, question))

    def figures(self, questions: Sequence[Labelled]) -> Figures:
        """Return the same figures as the assistant's."""
        outcomes = [self.ask(outcome.put(asked)) for asked in questions]
        return outcome.figures(self.judge, outcomes, questions, self._setting)

    def shown(self, question: str) -> int:
        """Answer a question and return the number of characters that are cited."""
        made = self.ask(question)
        if made.near < self._setting.threshold:
            return 0
        chunks = self.judge.shelf.chunks
        return sum(len(chunks[at].text) for at in made.chunks[: self._setting.cited])


def compare(
    assistant: Answers,
    index: Index,
    corpus: Path,
    parts: Mapping[str, Sequence[Labelled]],
    ours: Mapping[str, Figures],
    steps: Steps,
) -> Comparison:
    """Return every pipeline at its best beside the assistant.

    ``parts`` are the questions by part, ``dev`` among them; ``ours`` the assistant's figures on
    each. ``steps`` is called with the steps done and their number.
    """
    embeddings = plain.Packaged(index.encoder)
    _know_index(embeddings, index)
    judges = _judges(index, corpus)
    cases = _cases({name: judge.shelf for name, judge in judges.items()})
    count = len(judges) + sum(len(case.shelves) for case in cases) + len(cases) + 1
    done = 0

    def step() -> None:
        nonlocal done
        done += 1
        steps(done, count)

    embeddings.remember([outcome.put(asked) for part in parts.values() for asked in part])
    won = _sweep(cases, judges, embeddings, parts["dev"], step)
    pipelines = []
    figures: list[dict[str, Figures]] = []
    for found in won:
        made = Pipeline(judges[found.setting.shelf], found.setting, embeddings)
        pipelines.append(made)
        figures.append({name: made.figures(part) for name, part in parts.items()})
        step()
    embeddings.forget()
    asked = [one.q for one in parts["dev"] if one.one_part]
    calls = [pipeline.shown for pipeline in pipelines]
    timings = timed(index.encoder, [*calls, lambda q: _cited(assistant.ask(q))], asked)
    step()
    rows = [
        Row(
            title=found.title,
            setting=found.setting.line,
            tried=found.tried,
            highest=found.highest,
            parts=measured,
            **timing._asdict(),
        )
        for found, measured, timing in zip(won, figures, timings, strict=False)
    ]
    last = timings[-1]._asdict()
    own = Row(title=OURS, setting="", tried=1, highest={}, parts=dict(ours), **last)
    return Comparison(
        day=datetime.now(UTC).date(),
        code=machine.commit(),
        machine=machine.describe(),
        timed=min(len(asked), _TIMED),
        rows=(*rows, own),
    )


def timed(
    encoder: Encoder, calls: Sequence[Callable[[str], int]], questions: Sequence[str]
) -> list[Timing]:
    """Return each call's medians; on every question all are timed, in an order drawn anew.

    A call returns the number of characters it cites; the bare embedding is timed among them.
    """
    chosen = questions[:: max(1, len(questions) // _TIMED)][:_TIMED]

    def embed(question: str) -> int:
        return len(encoder.encode([question]))

    every = [embed, *calls]
    for question in questions[-_WARMING:]:
        for call in every:
            call(question)
    gc.collect()
    shuffled = Random(0)
    took: list[list[float]] = []
    shown: list[list[int]] = []
    for question in chosen:
        lap, said = [0.0] * len(every), [0] * len(every)
        for at in shuffled.sample(range(len(every)), len(every)):
            started = time.perf_counter()
            said[at] = every[at](question)
            lap[at] = (time.perf_counter() - started) * 1000
        took.append(lap)
        shown.append(said)
    return [
        Timing(
            shown=median(said[at] for said in shown),
            ratio=median(lap[at] / lap[0] for lap in took),
            took_ms=median(lap[at] for lap in took),
        )
        for at in range(1, len(every))
    ]


def _retriever(
    shelf: passages.Shelf, setting: Setting, embeddings: plain.Packaged
) -> BaseRetriever:
    """Return the store's retriever, BM25, or the ensemble of both."""
    words = plain.by_words(shelf, setting.tokens, setting.depth) if setting.tokens else None
    if words and setting.weight == 0:
        return words
    nearest = plain.Store(shelf, embeddings).nearest(setting.depth)
    return plain.ensemble(nearest, words, setting.weight) if words else nearest


def _know_index(embeddings: plain.Packaged, index: Index) -> None:
    """Take clauses and authored questions as the index holds them; embedding them takes minutes."""
    held = index.store._current.get(include=["documents", "embeddings"])
    embeddings.know(held["documents"], held["embeddings"])


def _judges(index: Index, corpus: Path) -> dict[str, Judge]:
    """Return every shelf with its judge: the order split in many ways, and the levers."""
    facts = load_facts(corpus)
    authored = load_authored(corpus, index.library, facts)
    reading = load_readings(index.library, facts)[ORDER]
    order = index.library.get(ORDER)
    assert order is not None
    shelves = [passages.passages(order, s, overlap) for s in _SIZES for overlap in (0, s // 5)]
    shelves += [
        passages.clauses(order),
        passages.asked(order, authored),
        passages.answered(order, authored),
    ]
    return {shelf.name: Judge(shelf, reading, index.library) for shelf in shelves}


def _cases(shelves: Mapping[str, passages.Shelf]) -> tuple[Case, ...]:
    """Return the kinds of pipeline, the plain ones first and then what each lever adds."""
    split = tuple(shelf for name, shelf in shelves.items() if "/" in name)
    tokens = tuple(plain.TOKENS)
    both = (*sweep.WEIGHTS, 1.0)
    known = (tokens[0], tokens[-1])
    return (
        Case(f"{PLAIN}Chroma", split, (1.0,), (None,)),
        Case(f"{PLAIN}BM25", split, (0.0,), tokens),
        Case(f"{PLAIN}ensemble", split, sweep.WEIGHTS, known),
        Case("one clause a chunk", (shelves["clauses"],), both, known),
        Case("+ authored questions", (shelves["asked"],), both, known),
        Case("+ their verdicts", (shelves["answered"],), both, known, outcome.READINGS),
    )


def _sweep(
    cases: Sequence[Case],
    judges: Mapping[str, Judge],
    embeddings: plain.Packaged,
    questions: Sequence[Labelled],
    step: Callable[[], None],
) -> list[Best]:
    asked = [outcome.put(one) for one in questions]
    found: dict[str, Lists] = {}
    for name, judge in judges.items():
        of = [case for case in cases if judge.shelf in case.shelves]
        tokens = dict.fromkeys(token for case in of for token in case.tokens)
        found[name] = sweep.lists(judge, embeddings, asked, tuple(tokens))
        step()
    return [sweep.best(case, found, questions, step) for case in cases]


def _cited(answer: Answer) -> int:
    return sum(len(citation.quote) + len(citation.lead or "") for citation in answer.citations)
