"""Running the questions of the corpus beside everything else.

A thread of its own asks them of what serves, one by one, and rests after each as long as it took,
so that whoever asks meanwhile finds a processor. None of them is logged.
"""

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path

from bot.answer import Version
from bot.answers import Answers
from bot.errors import AssistantError, QuestionRefused
from bot.evaluation.own import Batch, Tally, Wrong, batches, held
from bot.policy.member import Member
from bot.policy.runs import Run, RunRefused, Runs, State
from index.errors import IndexingError

SAMPLE = 500
MOST_WRONG = 100
_SAID_SECONDS = 1.0  # between two lines on how far it is
_NOTHING = "There is no question to run. Write some on the page of a clause, or into eval.jsonl."
_FAULT = "An answer could not be made; the log says of what kind the fault is."
_log = logging.getLogger(__name__)


class Evaluating:
    """Runs the questions of what ``answers`` answers by, of a corpus folder.

    ``answers`` should be without pauses and without a chat model. ``seconds`` runs on without a
    jump.
    """

    def __init__(
        self,
        runs: Runs,
        answers: Answers,
        corpus: Path,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self.runs = runs
        self._answers = answers
        self._corpus = corpus
        self._seconds = seconds
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None

    def begin(self, by: Member, most: int | None) -> Run:
        """Begin a run, with ``most`` questions of each directive at most, or all; return it.

        Raise RunRefused while there is one, in whichever process, and where there is no question;
        AssistantError and IndexingError for a file at fault.
        """
        found = batches(self._answers.library, self._corpus, most)
        if not found:
            raise RunRefused(_NOTHING)
        versions = [
            Version(number=one.number, effective=one.effective, sha256=one.sha256)
            for one in self._answers.library.in_force()
        ]
        run = self.runs.begin(by, sum(len(batch) for batch in found), versions)
        self._thread = threading.Thread(target=self._run, args=(run, found), daemon=True)
        self._thread.start()
        return run

    def close(self) -> None:
        """Stop what is under way after the question it is at, and say that it was stopped."""
        self._closing.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self, run: Run, found: tuple[Batch, ...]) -> None:
        so_far = _SoFar(run)
        try:
            state, why = self._asked(so_far, found), None
        except (AssistantError, IndexingError) as refused:
            state, why = State.FAILED, str(refused)
        except Exception as error:  # nobody waits for this thread: the page has to say it
            _log.error("A run of the questions failed: %s", type(error).__name__)
            state, why = State.FAILED, _FAULT
        try:
            self.runs.end(so_far.run, state, why)
        except AssistantError as error:
            _log.error("How a run of the questions ended was not written down: %s", error)

    def _asked(self, so_far: "_SoFar", found: tuple[Batch, ...]) -> State:
        said = self._seconds()
        for batch in found:
            for asked in batch.questions():
                began = self._seconds()
                try:
                    answer = self._answers.ask(asked.label.q, asked.label.history)
                except QuestionRefused:
                    answer = None
                so_far.add(*held(asked, batch.number, answer, self._answers.library))
                now = self._seconds()
                if now - said >= _SAID_SECONDS:
                    said = now
                    if not self.runs.go_on(so_far.run):
                        return State.CANCELLED
                if self._closing.wait(now - began):
                    return State.STOPPED
        return State.FINISHED


class _SoFar:
    """What came of the questions that were asked: counts, and the worst of the wrong ones."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._tallies: dict[str | None, Tally] = {}
        self._false: list[Wrong] = []
        self._wrong: list[Wrong] = []

    def add(self, tally: Tally, wrong: Wrong | None) -> None:
        """Count one more question."""
        number = tally.number
        self._tallies[number] = self._tallies.get(number, Tally(number=number)).plus(tally)
        if wrong is not None:
            kept = self._false if wrong.false_allowed else self._wrong
            if len(kept) < MOST_WRONG:
                kept.append(wrong)

    @property
    def run(self) -> Run:
        """The run as far as it is."""
        tallies = tuple(self._tallies.values())
        return self._run.model_copy(
            update={
                "asked": sum(one.asked for one in tallies),
                "tallies": tallies,
                "wrong": (*self._false, *self._wrong)[:MOST_WRONG],
            }
        )
