"""A PostgreSQL database as one file, by its own programs: pg_dump writes, pg_restore reads."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.errors import AssistantError
from bot.postgresql import arguments

_PLAIN = ("--no-owner", "--no-privileges", "--no-password")
_OLDER = "server version mismatch"
_TABLES = "SELECT count(*) FROM pg_tables WHERE schemaname = ANY (current_schemas(false))"


class DumpRefused(AssistantError):
    """A database that cannot be written to a file or read from one; the message says why."""


def dump(url: str, target: Path) -> None:
    """Write a running database whole, as at one moment; raise DumpRefused."""
    _run("pg_dump", url, "--format=custom", f"--file={target}")


def load(url: str, source: Path) -> None:
    """Put a whole database into an empty one, or leave it empty; raise DumpRefused."""
    _run("pg_restore", url, "--exit-on-error", "--single-transaction", str(source))


def is_empty(url: str) -> bool:
    """Whether there is no table in a database yet; raise DumpRefused if it cannot be reached."""
    import psycopg

    try:
        with psycopg.connect(**arguments(url)) as connection:
            row = connection.execute(_TABLES).fetchone()
    except psycopg.Error as error:
        raise DumpRefused(
            f"PostgreSQL cannot be reached ({type(error).__name__}). Check DATABASE_URL."
        ) from None
    return row == (0,)


def _run(name: str, url: str, *options: str) -> None:
    """Run a program; what it says of a failure may be words of the database, so it is not shown."""
    program = shutil.which(name)
    if program is None:
        raise DumpRefused(
            f"{name} is not installed. Install PostgreSQL's client programs, as new as the server."
        )
    with _connecting(url) as words:
        done = subprocess.run(
            [program, *_PLAIN, f"--dbname={words}", *options],
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
    if done.returncode != 0:
        older = f"{name} is older than the server. Install a newer one."
        other = f"{name} failed (exit code {done.returncode}). Check DATABASE_URL and the space."
        raise DumpRefused(older if _OLDER in done.stderr else other)


@contextmanager
def _connecting(url: str) -> Iterator[str]:
    """Yield libpq's words for an address; the password lies in a file, since others see commands.

    See libpq's "The Password File".
    """
    from psycopg.conninfo import make_conninfo

    given = arguments(url)
    password = str(given.pop("password", ""))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pass"
        escaped = password.replace("\\", "\\\\").replace(":", "\\:")
        with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="utf-8") as file:
            file.write(f"*:*:*:*:{escaped}\n")
        yield make_conninfo("", **given, passfile=str(path))
