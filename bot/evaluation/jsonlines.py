"""Files of JSON lines, read line by line; a broken line is refused by file, number and remedy."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from bot.errors import AssistantError

RowT = TypeVar("RowT", bound=BaseModel)
_LONGEST = 60


class LineRefused(AssistantError):
    """A line of a data file that cannot be taken; the message names the file and the line."""

    def __init__(self, what: str, path: Path, line: int, said: str) -> None:
        """``said`` is what is wrong and what to do, as one or two sentences."""
        super().__init__(f"{what} {str(path)!r} line {line}: {said}")


def lines(path: Path, what: str) -> Iterator[tuple[int, str]]:
    """Yield the number and the text of each line that is not blank.

    Lines end at line feeds alone: other separators may stand inside a JSON string. Raises
    AssistantError when the file cannot be read, LineRefused where a line is not UTF-8.
    """
    try:
        with path.open("rb") as file:
            for number, raw in enumerate(file, 1):
                try:
                    text = raw.decode("utf-8-sig" if number == 1 else "utf-8")
                except UnicodeDecodeError:
                    said = "not UTF-8. Save the file as UTF-8."
                    raise LineRefused(what, path, number, said) from None
                if text.strip():
                    yield number, text.rstrip("\r\n")
    except OSError as error:
        raise AssistantError(
            f"{what} {str(path)!r} cannot be read: {error.strerror}. Name a file that is there."
        ) from None


def rows(path: Path, what: str, model: type[RowT]) -> Iterator[tuple[int, RowT]]:
    """Yield the number and the content of each line; raise LineRefused for the first fault."""
    for number, text in lines(path, what):
        try:
            found = json.loads(text, object_pairs_hook=_once)
            if "\\u" in text:
                json.dumps(found, ensure_ascii=False).encode("utf-8")
        except UnicodeEncodeError:
            said = "half a character, from \\ud800 to \\udfff. Write the whole one."
            raise LineRefused(what, path, number, said) from None
        except _Twice as error:
            said = f"{_short(str(error))} stands there twice. Leave one."
            raise LineRefused(what, path, number, said) from None
        except (ValueError, RecursionError):
            said = "not JSON. Write one object on one line."
            raise LineRefused(what, path, number, said) from None
        if not isinstance(found, dict):
            said = "not a JSON object. Write one object on one line."
            raise LineRefused(what, path, number, said)
        try:
            yield number, model.model_validate(found)
        except ValidationError as error:
            raise LineRefused(what, path, number, _said(error)) from None


class _Twice(ValueError):
    """A name that an object holds twice; which of the two counts would be a guess."""


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in pairs:
        if name in found:
            raise _Twice(name)
        found[name] = value
    return found


def _said(error: ValidationError) -> str:
    first = error.errors()[0]
    where = _short(".".join(str(part) for part in first["loc"]))
    if first["type"] == "extra_forbidden":
        return f"{where} is no field of it. Take it out, or correct its name."
    if first["type"] == "missing":
        return f"{where} is missing. Add it."
    message = first["msg"].removeprefix("Value error, ").rstrip(".")
    return f"{where}: {message}. Correct it." if where else f"{message}. Correct it."


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
