"""What was made from a file before, kept on disk: a large library is parsed once, not each time.

What is kept is of the code that made it; other code starts anew. Losing it costs time alone.
"""

import hashlib
import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from threading import get_ident
from typing import TypeVar

from pydantic import BaseModel, ValidationError

ModelT = TypeVar("ModelT", bound=BaseModel)


class Kept:
    """Models in a folder by the names they were given; without a folder nothing is kept."""

    def __init__(self, folder: Path | None = None) -> None:
        self._within = folder
        self._folder = folder / _code() if folder is not None else None

    def get(self, name: str, model: type[ModelT], make: Callable[[], ModelT]) -> ModelT:
        """Return what is kept under a name, else what ``make`` returns, which is kept then.

        ``name`` tells all that it is made from.
        """
        if self._folder is None:
            return make()
        path = self._folder / f"{hashlib.sha256(name.encode()).hexdigest()}.json"
        try:
            return model.model_validate_json(path.read_bytes())
        except (OSError, ValidationError):
            made = make()
        self._keep(path, made)
        return made

    def _keep(self, path: Path, made: BaseModel) -> None:
        temporary = path.with_suffix(f".{os.getpid()}-{get_ident()}")
        try:
            if not path.parent.is_dir():
                path.parent.mkdir(parents=True, exist_ok=True)
                self._forget_other_code()
            temporary.write_text(made.model_dump_json(by_alias=True), encoding="utf-8")
            temporary.replace(path)
        except OSError:
            with suppress(OSError):
                temporary.unlink()

    def _forget_other_code(self) -> None:
        assert self._within is not None
        for other in self._within.iterdir():
            if other != self._folder:
                shutil.rmtree(other, ignore_errors=True)


@cache
def _code() -> str:
    """Return a digest of the modules that read directives."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
