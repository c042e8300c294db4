"""What is counted while serving, for Prometheus: never who asked, never what was said."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import TypeVar

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector

from bot.answer import Answer
from bot.answers import Answers
from bot.asker import Surface
from bot.connection import Connection
from bot.errors import QuestionRefused

Kind = TypeVar("Kind", bound=StrEnum)
_SECONDS = (0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Metrics:
    """The metrics of one process."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._slack: _Slack | None = None
        ProcessCollector(registry=self._registry)
        self._questions = Counter(
            "policybot_questions",
            "Questions, by where they were asked and the verdict, or refused, or failed.",
            ("surface", "verdict"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "policybot_answer_seconds",
            "Seconds from a question in the core to its answer.",
            ("surface",),
            buckets=_SECONDS,
            registry=self._registry,
        )

    def measured(self, answers: Answers, surface: Surface) -> Answers:
        """Return ``answers``, with every question counted under ``surface``."""
        return _Measured(answers, surface, self._questions, self._seconds)

    def watch(
        self,
        counts: Mapping[Kind, int],
        kinds: type[Kind],
        connection: Callable[[], Connection],
        inbox: Callable[[], int] | None = None,
    ) -> None:
        """Tell of Slack too: its counts, each of ``kinds``, the connection, and the inbox's size.

        What was told of before is told of no more. All of them are looked at whenever somebody
        asks, and never in between.
        """

        def tally() -> Iterator[tuple[str, int]]:
            for kind in kinds:
                yield kind.name.lower(), counts.get(kind, 0)

        if self._slack is not None:
            self._registry.unregister(self._slack)
        self._slack = _Slack(tally, connection, inbox)
        self._registry.register(self._slack)

    def text(self) -> bytes:
        """Return everything in Prometheus's text format."""
        return generate_latest(self._registry)


class _Measured:
    def __init__(
        self, answers: Answers, surface: Surface, questions: Counter, seconds: Histogram
    ) -> None:
        self.library = answers.library
        self._answers = answers
        self._surface = surface.value
        self._questions = questions
        self._seconds = seconds.labels(surface.value)

    def ask(
        self,
        question: str,
        history: Sequence[str] = (),
        as_of: date | None = None,
        identity: str | None = None,
    ) -> Answer:
        """Return the answer, as the answers behind it give it."""
        began, verdict = time.perf_counter(), "failed"
        try:
            answer = self._answers.ask(question, history, as_of, identity)
            verdict = answer.verdict.value
            self._seconds.observe(time.perf_counter() - began)
            return answer
        except QuestionRefused:
            verdict = "refused"
            raise
        finally:
            self._questions.labels(self._surface, verdict).inc()


class _Slack(Collector):
    def __init__(
        self,
        tally: Callable[[], Iterator[tuple[str, int]]],
        connection: Callable[[], Connection],
        inbox: Callable[[], int] | None,
    ) -> None:
        self._tally = tally
        self._connection = connection
        self._inbox = inbox

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics as they are now."""
        told = CounterMetricFamily(
            "policybot_slack", "What is counted in Slack, by kind.", labels=("what",)
        )
        for kind, count in self._tally():
            told.add_metric((kind,), count)
        yield told
        now = self._connection()
        yield GaugeMetricFamily(
            "policybot_slack_connected", "Whether Slack is connected.", value=int(now.connected)
        )
        if now.seconds_since_frame is not None:
            yield GaugeMetricFamily(
                "policybot_slack_frame_age_seconds",
                "Seconds since the last frame or signed request of Slack.",
                value=now.seconds_since_frame,
            )
        if self._inbox is not None:
            yield GaugeMetricFamily(
                "policybot_inbox_questions",
                "Questions that were accepted and are not answered yet.",
                value=self._inbox(),
            )
