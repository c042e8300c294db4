"""A batch: questions as JSON lines in, answers as JSON objects out, in the same order."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.answer import Answer, unasked
from bot.errors import AssistantError, QuestionRefused


def answered(
    number: int, line: str, answer_to: Callable[[str, list[str]], Answer]
) -> dict[str, object]:
    """Return the answer to one line as JSON, with the line's own id.

    Raise AssistantError, naming the line's ``number``, for one that is no object with a question.
    """
    try:
        row = json.loads(line)
        question = row["question"] if "question" in row else row["q"]
        history = row.get("history") or []
        texts = [question, *history] if isinstance(history, list) else [history]
        if not all(isinstance(text, str) for text in texts) or isinstance(history, str):
            raise TypeError("question and history must be text")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise AssistantError(
            f"--batch line {number}: not an object with 'id' and 'q' (text). Correct the line."
        ) from None
    try:
        return {**answer_to(question, history).as_json(), "id": row.get("id")}
    except QuestionRefused as error:
        return {**unasked(question, str(error)).as_json(), "id": row.get("id")}


@contextmanager
def lines(source: str) -> Iterator[Iterator[str]]:
    """Yield the lines of a file, or of stdin for ``-``, each as soon as it is there."""
    try:
        if source == "-":
            yield (line.decode("utf-8") for line in iter(sys.stdin.buffer.readline, b""))
        else:
            with Path(source).open(encoding="utf-8") as file:
                yield iter(file.readline, "")
    except OSError as error:
        raise AssistantError(f"--batch {source!r} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise AssistantError(f"--batch {source!r} is not UTF-8. Save it as UTF-8.") from None
