"""Writing in the corpus folder: one writer at a time, each change whole or not there at all."""

import fcntl
import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from enum import StrEnum
from pathlib import Path

from index.errors import CorpusUnusable
from index.sheet import Sheet

_STAGED = ".taking-in-"


class Deed(StrEnum):
    """What is done to a version on file, as the record says it."""

    ADDED = "directive added"
    ISSUED = "directive issued"
    WITHDRAWN = "directive withdrawn"
    REMOVED = "directive removed"


Recorder = Callable[[Deed, Sheet], AbstractContextManager[object]]


def unrecorded(deed: Deed, sheet: Sheet) -> AbstractContextManager[object]:
    """Record nothing. A recorder's context is entered around the one step that changes a file."""
    return nullcontext()


@contextmanager
def held(corpus: Path) -> Iterator[None]:
    """Hold the corpus folder against other writers, in this process and in others.

    What a crash left half written is cleared away. Raises CorpusUnusable, also while somebody else
    writes, and for any OSError on the way.
    """
    with _told(corpus):
        descriptor = os.open(corpus, os.O_RDONLY | os.O_DIRECTORY)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise CorpusUnusable(
                    f"Corpus folder {str(corpus)!r} is being changed by somebody else. "
                    "Try again when they are done."
                ) from None
            for left in corpus.glob(f"*/{_STAGED}*"):
                shutil.rmtree(left, ignore_errors=True)
            yield
        finally:
            os.close(descriptor)


@contextmanager
def staging(kind: Path) -> Iterator[Path]:
    """Yield an empty folder in ``kind`` that nothing reads; what is left of it goes afterwards."""
    folder = kind / f"{_STAGED}{secrets.token_hex(8)}"
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def place(staged: Path, folder: Path, recording: AbstractContextManager[object]) -> None:
    """Move a staged folder to its place; it goes back where that cannot be recorded."""
    try:
        with recording:
            staged.rename(folder)
    except BaseException:
        if not staged.exists():
            folder.rename(staged)
        raise


def take_away(folder: Path, recording: AbstractContextManager[object]) -> None:
    """Delete a folder in one step; it stays where that cannot be recorded."""
    gone = folder.parent / f"{_STAGED}{secrets.token_hex(8)}"
    place(folder, gone, recording)
    shutil.rmtree(gone, ignore_errors=True)


def write(path: Path, content: bytes) -> None:
    """Write a new file through to the disk."""
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def rewrite(path: Path, text: str, recording: AbstractContextManager[object]) -> None:
    """Replace a file in one step, or make it; it is as it was where that cannot be recorded."""
    new, old = (path.with_name(f".{path.name}.{word}") for word in ("new", "old"))
    there = path.exists()
    try:
        for copy in (new, old):
            copy.unlink(missing_ok=True)
        write(new, text.encode())
        if there:
            shutil.copymode(path, new)
            os.link(path, old)
        try:
            with recording:
                new.replace(path)
        except BaseException:
            if there:
                old.replace(path)
            else:
                path.unlink(missing_ok=True)
            raise
    finally:
        for copy in (new, old):
            copy.unlink(missing_ok=True)


@contextmanager
def _told(corpus: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise CorpusUnusable(
            f"Corpus folder {str(corpus)!r}: {error.strerror or error}. Make it writable or free "
            "some space, or set CORPUS_DIR to a folder of your own."
        ) from None
