"""What surfaces need of the assistant: a library, and answers to questions.

It stands apart from the assistant, so that a surface loads neither models nor stores.
"""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from bot.answer import Answer
from index.library import Library


class Answers(Protocol):
    """What surfaces need of the assistant; tests may put a scripted one here."""

    library: Library

    def ask(
        self,
        question: str,
        history: Sequence[str] = (),
        as_of: date | None = None,
        identity: str | None = None,
    ) -> Answer:
        """Return the answer; raise QuestionRefused (fit to show) when there is nothing to read.

        ``identity`` is the number of an answer that is given once more, in place of a new one.
        """
        ...
