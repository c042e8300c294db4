"""What a plain pipeline makes of a question: passages, and the kindest verdict it can be given.

Wherever there is a choice, it is the one that favours the plain pipelines (bench/README.md).
"""

import math
from collections import Counter
from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict

from bench.passages import Chunk, Shelf
from bench.plain import Found, merged, places
from bot.answer import Answer, Approval, Verdict
from bot.evaluation import quality
from bot.evaluation.labelled import Labelled
from bot.evaluation.quality import FIRST, Figures, Judged
from index.library import Library
from index.rule import Effect, Reading

_CLOSED = ConfigDict(frozen=True, extra="forbid")

_SAYS = {
    Effect.PROHIBITED: Verdict.PROHIBITED,
    Effect.PERMISSION: Verdict.NEEDS_PERMISSION,
    Effect.REQUIRED: Verdict.REQUIRED,
    Effect.ADVISED: Verdict.ALLOWED_WITH_CONDITIONS,
    Effect.ALLOWED: Verdict.ALLOWED,
    Effect.DEFINES: Verdict.INFORMATIONAL,
    Effect.INFORMS: Verdict.INFORMATIONAL,
}
_STRICTEST = (
    Verdict.PROHIBITED,
    Verdict.NEEDS_PERMISSION,
    Verdict.REQUIRED,
    Verdict.ALLOWED_WITH_CONDITIONS,
    Verdict.ALLOWED,
    Verdict.INFORMATIONAL,
)
# How a pipeline without verdicts is given one, from the passages it cites or what was found first.
READINGS = ("first rule", "strictest rule", "vote", "authored")


class Setting(BaseModel):
    """All that is chosen for a pipeline; ``weight`` is the dense list's share, 1 dense alone.

    ``tokens`` is None where no words are searched. Nothing nearer than ``threshold`` (a cosine, or
    a BM25 score without a dense list) is not covered.
    """

    model_config = _CLOSED

    shelf: str
    weight: float
    tokens: str | None
    depth: int
    cited: int
    reading: str
    threshold: float

    @property
    def line(self) -> str:
        """The settings in one line."""
        shelf = f"{self.shelf} characters" if "/" in self.shelf else ""
        words = f"words {self.tokens}" if self.tokens else ""
        share = f"dense share {self.weight:g} of {self.depth}" if 0 < self.weight < 1 else ""
        limit = "no threshold" if math.isinf(self.threshold) else f"from {self.threshold:.2f}"
        said = (shelf, words, share, f"k {self.cited}", self.reading, limit)
        return ", ".join(part for part in said if part)


class Outcome(BaseModel):
    """What a pipeline makes of one question: passages best first, how near, and each verdict."""

    model_config = _CLOSED

    chunks: tuple[int, ...]
    near: float
    path: bool | None
    says: dict[str, Verdict]


def put(asked: Labelled) -> str:
    """Return a question as it is put to a pipeline: after the earlier ones, if there were any."""
    return " ".join((*asked.history, asked.q))


def counts(chunk: Chunk) -> frozenset[str]:
    """Return the sections a passage counts for; a bullet counts for its clause too."""
    return frozenset(part for s in chunk.sections for part in (s, s.split("•")[0]))


def verdict_of(sections: Sequence[str], reading: Reading, *, strictest: bool) -> Verdict:
    """Return what the hand-made reading of the first section says, or the strictest of all."""
    rules = [rule for section in sections for rule in reading.of(section)]
    said = [
        Verdict.ALLOWED_WITH_CONDITIONS
        if rule.effect is Effect.ALLOWED and rule.conditions
        else _SAYS[rule.effect]
        for rule in rules
    ]
    if not said:
        return Verdict.INFORMATIONAL
    return min(said, key=_STRICTEST.index) if strictest else said[0]


class Judge:
    """Turns what was found on one shelf into outcomes, and outcomes into judged answers."""

    def __init__(self, shelf: Shelf, reading: Reading, library: Library) -> None:
        self.shelf = shelf
        self.counts = [counts(chunk) for chunk in shelf.chunks]
        self._library = library
        self._first, self._strictest = (
            [verdict_of(c.sections, reading, strictest=strictest) for c in shelf.chunks]
            for strictest in (False, True)
        )

    def outcome(self, found: Found) -> Outcome:
        """Return what the documents found come to."""
        texts = [self.shelf.texts[place] for place in places(found.documents)]
        chunks = tuple(dict.fromkeys(chunk for text in texts for chunk in text.chunks))[:FIRST]
        if not chunks:
            says = dict.fromkeys(READINGS, Verdict.NOT_COVERED)
            return Outcome.model_construct(chunks=(), near=-math.inf, path=False, says=says)
        votes = Counter(self._first[chunk] for chunk in chunks)
        nearest = texts[0]
        says = {
            "first rule": self._first[chunks[0]],
            "strictest rule": self._strictest[chunks[0]],
            "vote": votes.most_common(1)[0][0],
            "authored": nearest.verdict or self._first[chunks[0]],
        }
        return Outcome.model_construct(chunks=chunks, near=found.near, path=nearest.path, says=says)

    def judged(self, asked: Labelled, outcome: Outcome, setting: Setting) -> Judged:
        """Return one outcome held against its label, as the assistant's answers are.

        The verdict and the offer are judged by the same code; recall and the first hit are those
        of the passages found, before the threshold takes any away.
        """
        verdict = outcome.says[setting.reading]
        if outcome.near < setting.threshold:
            verdict = Verdict.NOT_COVERED
        offered = verdict is Verdict.NEEDS_PERMISSION
        if setting.reading == "authored" and outcome.path is not None:
            offered = outcome.path and verdict is not Verdict.NOT_COVERED
        answer = Answer(
            id="",
            question="",
            verdict=verdict,
            summary="",
            engine="plain",
            approval=Approval(offered=offered),
        )
        found = quality.judge(asked, answer, self._library)
        recall, hit, fitting = self.shares(asked, outcome)
        cited = 0 if verdict is Verdict.NOT_COVERED else min(setting.cited, len(outcome.chunks))
        fits = sum(fitting[:cited])
        return found.model_copy(
            update={
                "recall": recall[setting.cited - 1] if asked.governing else None,
                "hit": hit if asked.governing else None,
                "cited": cited,
                "fitting": fits,
            }
        )

    def shares(self, asked: Labelled, outcome: Outcome) -> tuple[list[float], bool, list[bool]]:
        """Return recall after each passage, whether the first hits, and which of them fit."""
        governing = [frozenset(group) for group in asked.governing]
        wanted = frozenset().union(asked.acceptable, *governing)
        shown = [self.counts[chunk] for chunk in outcome.chunks]
        met: frozenset[int] = frozenset()
        recall = []
        for place in range(FIRST):
            if place < len(shown):
                met |= {at for at, group in enumerate(governing) if group & shown[place]}
            recall.append(len(met) / len(governing) if governing else 0.0)
        hit = bool(shown) and any(group & shown[0] for group in governing)
        return recall, hit, [bool(counted & wanted) for counted in shown]


def combined(judge: Judge, dense: Found, lexical: Found, weight: float) -> Outcome:
    """Return the outcome of both lists as the ensemble merges them; one alone stays as it is."""
    if weight == 1:
        return judge.outcome(dense)
    if weight == 0:
        return judge.outcome(lexical)
    fused = merged(dense.documents, lexical.documents, weight)
    return judge.outcome(Found(fused, dense.near))


def figures(
    judge: Judge, outcomes: Sequence[Outcome], questions: Sequence[Labelled], setting: Setting
) -> Figures:
    """Return the same figures as the assistant's, of one setting."""
    pairs = zip(questions, outcomes, strict=True)
    return quality.figures([judge.judged(asked, outcome, setting) for asked, outcome in pairs])
