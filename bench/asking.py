"""What thirty askers at once get, beside the encoder called one question at a time, in one run.

They ask as surfaces do, through the bridge, and each asks anew as soon as an answer is there. Every
question comes once and none is an indexed text, so that nothing could be reused.
"""

import asyncio
import gc
import logging
import time
from collections.abc import Iterator, Sequence
from statistics import median, quantiles

from pydantic import BaseModel, ConfigDict

from bot.answers import Answers
from bot.bridge import Bridge
from index.asked import Authored
from index.build import entries
from index.encoder import BATCH, Encodes
from index.library import Library
from index.words import words

ASKERS, QUESTIONS, SINGLE = 30, 600, 100
FASTER_BAR, SLOWER_BAR = 1.3, 20.0
_OPENINGS = ("quick one, ", "hey sarge, ", "just checking: ", "asking for my unit, ")
_LOG = logging.getLogger(__name__)


class Asking(BaseModel):
    """Questions a second, and milliseconds; ``single`` is the median with one asker.

    ``alone`` is the encoder called with one question at a time, ``batched`` with ``batch`` of them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    questions: int
    askers: int
    batch: int
    faults: int
    alone: float
    batched: float
    single: float
    answered: float
    median: float
    p95: float

    @property
    def faster(self) -> float:
        """Answers a second over questions encoded a second, one at a time."""
        return self.answered / self.alone

    @property
    def slower(self) -> float:
        """The 95th percentile of waiting over the single asker's median."""
        return self.p95 / self.single

    @property
    def rows(self) -> list[tuple[str, str, str]]:
        """What was measured, the figure and its bar, if it has one."""
        return [
            ("encoder, one question at a time", f"{self.alone:.0f}/s", ""),
            (f"encoder, batches of {self.batch}", f"{self.batched:.0f}/s", ""),
            ("one asker, median", f"{self.single:.1f} ms", ""),
            (f"{self.askers} askers, errors", str(self.faults), "0"),
            (f"{self.askers} askers, answers", f"{self.answered:.0f}/s", ""),
            ("answers over encoder", f"{self.faster:.2f}", f"≥ {FASTER_BAR}"),
            (f"{self.askers} askers, median", f"{self.median:.1f} ms", ""),
            (f"{self.askers} askers, 95th percentile", f"{self.p95:.1f} ms", ""),
            ("95th percentile over one asker", f"{self.slower:.1f}", f"≤ {SLOWER_BAR:.0f}"),
        ]

    @property
    def missed(self) -> list[str]:
        """The bars that are missed, each in a few words."""
        found = []
        if self.faults:
            found.append(f"{self.faults} errors with {self.askers} askers")
        if self.faster < FASTER_BAR:
            found.append(f"answers over encoder is {self.faster:.2f}, the bar {FASTER_BAR}")
        if self.slower > SLOWER_BAR:
            found.append(f"the 95th percentile is {self.slower:.1f} times one asker's median")
        return found


def questions(library: Library, authored: Authored, labelled: Sequence[str]) -> list[str]:
    """Return different questions, none an indexed text: labelled ones, then authored ones reworded.

    Of the authored ones every nth is taken, with an opening before it, so that all subjects come.
    """
    indexed = {_key(entry.text) for entry in entries(library, authored)}
    asked = [example.ask for group in authored.examples.values() for example in group]
    needed = QUESTIONS + SINGLE
    step = max(1, len(asked) // needed)
    reworded = [_OPENINGS[at % len(_OPENINGS)] + text for at, text in enumerate(asked[::step])]
    found: dict[str, str] = {}
    for text in (*labelled, *reworded):
        if _key(text) not in indexed:
            found.setdefault(_key(text), text)
    return [*found.values()][:needed]


def measure(assistant: Answers, encoder: Encodes, texts: Sequence[str]) -> Asking:
    """Return the figures; the first ``SINGLE`` of ``texts`` are for one asker, the others for all.

    What is compared with is measured half before and half after, since a machine's speed drifts.
    """
    own, many = texts[:SINGLE], texts[SINGLE:]
    gc.collect()
    alone, batched, single = _Clock(), _Clock(), []
    for half in (0, 1):
        if half:
            waited, faults, lasted = _crowd(assistant, many)
            if len(waited) < 2:
                raise RuntimeError(f"{faults} of {len(many)} askers got an error")
        single += [_timed(assistant, text) for text in own[half::2]]
        alone.add([[text] for text in many[half::2]], encoder)
        ours = many[half::2]
        batched.add([ours[at : at + BATCH] for at in range(0, len(ours), BATCH)], encoder)
    return Asking(
        questions=len(many),
        askers=ASKERS,
        batch=BATCH,
        faults=faults,
        alone=alone.rate,
        batched=batched.rate,
        single=median(single),
        answered=len(waited) / lasted,
        median=median(waited),
        p95=quantiles(waited, n=20, method="inclusive")[-1],
    )


class _Clock:
    """Counts texts and the seconds that encoding them took."""

    def __init__(self) -> None:
        self._texts, self._seconds = 0, 0.0

    def add(self, calls: Sequence[Sequence[str]], encoder: Encodes) -> None:
        """Encode the texts of each call together."""
        started = time.perf_counter()
        for texts in calls:
            encoder.encode(texts)
            self._texts += len(texts)
        self._seconds += time.perf_counter() - started

    @property
    def rate(self) -> float:
        """Texts a second."""
        return self._texts / self._seconds


def _crowd(assistant: Answers, texts: Sequence[str]) -> tuple[list[float], int, float]:
    """Return what those answered waited (ms), the number of errors, and the seconds in all."""
    waited: list[float] = []
    faults = 0
    bridge = Bridge()

    async def asker(left: Iterator[str]) -> None:
        nonlocal faults
        for text in left:
            started = time.perf_counter()
            try:
                await bridge.run(assistant.ask, text)
            except Exception as error:
                faults += 1
                _LOG.warning("an asker got no answer: %s", type(error).__name__)
            else:
                waited.append((time.perf_counter() - started) * 1000)

    async def everybody() -> None:
        left = iter(texts)
        await asyncio.gather(*(asker(left) for _ in range(ASKERS)))

    started = time.perf_counter()
    try:
        asyncio.run(everybody())
    finally:
        bridge.close()
    return waited, faults, time.perf_counter() - started


def _timed(assistant: Answers, text: str) -> float:
    started = time.perf_counter()
    assistant.ask(text)
    return (time.perf_counter() - started) * 1000


def _key(text: str) -> str:
    return " ".join(words(text))
