"""The core's one entry: a question in, an answer out. It keeps nothing that was asked."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from bot.answer import Answer
from index.library import Library


class Answers(Protocol):
    """What surfaces need of the assistant; tests may put a scripted one here."""

    library: Library

    def ask(
        self, question: str, history: Sequence[str] = (), as_of: date | None = None
    ) -> Answer:
        """Return the answer; raise QuestionRefused (fit to show) when there is nothing to read."""
        ...
