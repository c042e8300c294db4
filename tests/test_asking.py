"""The measurement of many askers: what is asked, and what counts as an error."""

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np

from bench import asking
from bot.answer import Answer, Verdict
from index.asked import Authored
from index.build import entries
from index.encoder import Vectors
from index.library import Library
from index.words import words

ROOT = Path(__file__).resolve().parent.parent


class Scripted:
    """Answers everything but what it was told to fail on, and notes what it was asked."""

    def __init__(self, library: Library, fails: str = "") -> None:
        self.library = library
        self.asked: list[str] = []
        self._fails = fails

    def ask(self, question: str, history: Sequence[str] = (), as_of: date | None = None) -> Answer:
        self.asked.append(question)
        if question == self._fails:
            raise RuntimeError("no answer")
        return Answer(
            id="1", question=question, verdict=Verdict.NOT_COVERED, summary="-", engine="scripted"
        )


class Counting:
    """An encoder that notes how many texts each call has."""

    def __init__(self) -> None:
        self.calls: list[int] = []

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.calls.append(len(texts))
        return np.ones((len(texts), 2), dtype=np.float32)


def test_no_question_is_asked_twice_and_none_is_an_indexed_text(
    library: Library, authored: Authored
) -> None:
    lines = (ROOT / "bench/questions/dev.jsonl").read_text(encoding="utf-8").splitlines()
    found = asking.questions(library, authored, [json.loads(line)["q"] for line in lines])
    assert len(found) == asking.QUESTIONS + asking.SINGLE
    keys = {" ".join(words(text)) for text in found}
    assert len(keys) == len(found)
    assert not keys & {" ".join(words(e.text)) for e in entries(library, authored)}


def test_every_question_is_asked_once_by_somebody(library: Library) -> None:
    texts = [f"question {at}" for at in range(asking.SINGLE + 70)]
    assistant, encoder = Scripted(library), Counting()
    found = asking.measure(assistant, encoder, texts)
    assert sorted(assistant.asked) == sorted(texts)
    assert (found.questions, found.faults) == (70, 0)
    assert encoder.calls.count(1) == 70
    assert [size for size in encoder.calls if size > 1] == [32, 3, 32, 3]


def test_an_asker_who_gets_no_answer_is_an_error_and_a_bar_missed(library: Library) -> None:
    texts = [f"question {at}" for at in range(asking.SINGLE + 40)]
    found = asking.measure(Scripted(library, fails=texts[-1]), Counting(), texts)
    assert found.faults == 1
    assert found.missed[0] == "1 errors with 30 askers"
    assert "| 1 | 0 |" in " | ".join(f"| {figure} | {bar} |" for _, figure, bar in found.rows)
