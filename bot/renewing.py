"""Whether what is on file changed since it was opened, and the index of what is to come, ahead."""

import asyncio
import hashlib
import logging
import os
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.config import Settings
from bot.opening import is_ready, today
from index.library import Library

_LEFT_OUT = "README.md"
_NICE = 10  # so that answers go first on a machine that is busy
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Filed:
    """What is on file: the ``digest`` of the corpus, and the versions that are not in force."""

    corpus: str
    absent: frozenset[Path]


def look(settings: Settings, library: Library) -> Filed:
    """Return what is on file today, by a library that was read from it and the files as they are.

    Raise OSError where a folder cannot be read, and AssistantError for a faulty department.toml.
    """
    return Filed(digest(settings.corpus_dir), library.at(today(settings)).absent())


def next_unready(settings: Settings, library: Library, encoder: str) -> date | None:
    """Return the first day to come for which no index is built yet, or None."""
    day = today(settings)
    for turn in library.turns():
        if turn > day and not is_ready(settings, encoder, library.at(turn).absent()):
            return turn
    return None


async def build(day: date) -> bool:
    """Build the index of a day in a process of its own, at low priority; return whether it is.

    The settings are those of the environment, as for every command.
    """
    _log.warning("The index of what is in force on %s is being built.", day)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "index", "build", "--as-of", day.isoformat()),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        os.setpriority(os.PRIO_PROCESS, process.pid, _NICE)
        _, said = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode == 0:
        _log.warning("The index of what is in force on %s was built.", day)
    else:
        lines = said.decode(errors="replace").strip().splitlines()
        _log.error("The index of %s was not built. %s", day, lines[-1] if lines else "")
    return process.returncode == 0


def digest(corpus: Path) -> str:
    """Return a sha256 over the name, size and time of change of every file but a README.

    No file is read, so that a look costs little. What lies in a hidden folder is being written and
    not on file yet. Raise OSError where a folder cannot be read.
    """
    found = hashlib.sha256()
    for path in sorted(path for path in corpus.rglob("*") if path.is_file()):
        within = path.relative_to(corpus)
        if path.name != _LEFT_OUT and not any(part.startswith(".") for part in within.parts):
            state = path.stat()
            found.update(f"{within}\0{state.st_size}\0{state.st_mtime_ns}\0".encode())
    return found.hexdigest()
