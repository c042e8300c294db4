"""The databases a test may stand on: SQLite in a file, PostgreSQL in a server of this session.

A test asks for ``database`` or ``database_url`` and runs once on each. The server is started by
the first test that needs it, one a worker, in a folder of its own, and ends with the worker.
"""

import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Protocol

import psycopg
import pytest
from alembic.config import Config
from sqlalchemy import Connection

import bot.database
import bot.migrations
import bot.postgresql
from bot.database import open_database

SQLITE, POSTGRESQL = "sqlite", "postgresql"
KINDS = (SQLITE, POSTGRESQL)
MISSING = (
    "There is no PostgreSQL on this machine (initdb, postgres), so this half is left out. "
    "Debian has it in the package 'postgresql'."
)
_DEBIAN = Path("/usr/lib/postgresql")
_UNPRIVILEGED = ("postgres", "nobody")  # the server refuses to run as root
# A server that is killed loses nothing for this; a machine that loses power would.
_SETTINGS = ("listen_addresses=", "fsync=off", "full_page_writes=off", "max_connections=200")
_START_SECONDS = 60.0
_TEMPLATE = "migrated"
_OWNER = "policybot:not-a-secret"
_TEXT = ("--encoding=UTF8", "--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en-US")


class Database(Protocol):
    """Makes new databases of one kind, with the newest schema, for as long as a test runs."""

    kind: str

    def new(self) -> str:
        """Return the address of a new database."""

    def empty(self) -> str:
        """Return the address of a database in which there is nothing yet."""

    def drop(self, url: str) -> None:
        """Remove a database that nobody needs any more, before the test ends."""


class SqliteFiles:
    """SQLite, a file for each database in the test's folder."""

    kind = SQLITE

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = itertools.count(1)

    def new(self) -> str:
        """Return the address of a new file that was migrated."""
        url = self.empty()
        Path(url.removeprefix("sqlite:///")).write_bytes(migrated_file())
        return url

    def empty(self) -> str:
        """Return the address of a file that is not there yet."""
        return f"sqlite:///{self._folder / f'database-{next(self._numbers)}.sqlite3'}"

    def drop(self, url: str) -> None:
        """Remove the file and what lies beside it."""
        path = Path(url.removeprefix("sqlite:///"))
        for one in path.parent.glob(f"{path.name}*"):
            one.unlink()


class PostgresDatabases:
    """PostgreSQL, a database of its own for each, on the server of this session."""

    kind = POSTGRESQL

    def __init__(self, server: "Server") -> None:
        self.server = server
        self._made: set[str] = set()

    def new(self) -> str:
        """Return the address of a copy of the migrated database."""
        return self._kept(self.server.copy())

    def empty(self) -> str:
        """Return the address of a database without a table."""
        return self._kept(self.server.empty())

    def drop(self, url: str) -> None:
        """Remove a database, whoever is still connected."""
        self._made.discard(url)
        self.server.drop(url)

    def _kept(self, url: str) -> str:
        self._made.add(url)
        return url

    def close(self) -> None:
        """Remove what the test left; the next one finds the server running."""
        self.server.start()
        for url in sorted(self._made):
            self.server.drop(url)


class Server:
    """A PostgreSQL server on a Unix socket; the role that owns the databases is no superuser."""

    def __init__(self, programs: Path) -> None:
        self.programs = programs
        self._numbers = itertools.count(1)
        self._migrated = False
        self._process: subprocess.Popen[bytes] | None = None
        # pytest's own folders are closed to other users, and a socket's path may have 107 bytes.
        self._folder = Path(tempfile.mkdtemp(prefix="policybot-pg-"))
        try:
            self._make()
            self.start()
            self.run("CREATE ROLE policybot LOGIN")
        except BaseException:
            self.close()
            raise

    def start(self) -> None:
        """Start the server, unless it runs, and wait until it answers."""
        if self._process is not None:
            return
        settings = [word for one in _SETTINGS for word in ("-c", one)]
        words = [self.programs / "postgres", "-D", self._data, "-k", self._folder, *settings]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen([*_as_user(), *words], stdout=log, stderr=log)
        end = time.monotonic() + _START_SECONDS
        while True:
            try:
                self.run("SELECT 1")
                return
            except psycopg.OperationalError:
                if self._process.poll() is not None or time.monotonic() > end:
                    raise AssertionError(self._log.read_text("utf-8", "replace")) from None
                time.sleep(0.05)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop the server, which ends every connection; SIGQUIT stops it as a crash does."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait()
            self._process = None

    def close(self) -> None:
        """Stop the server and remove its folder."""
        self.stop(signal.SIGQUIT)
        shutil.rmtree(self._folder, ignore_errors=True)

    def copy(self) -> str:
        """Return the address of a new database, a copy of one that was migrated once."""
        if not self._migrated:
            open_database(self.empty(_TEMPLATE)).dispose()
            self._migrated = True
        return self.empty(template=_TEMPLATE)

    def empty(self, name: str | None = None, template: str = "template1") -> str:
        """Return the address of a new database with what a template has: at first, nothing."""
        name = name or f"test{next(self._numbers)}"
        self.run(f"CREATE DATABASE {name} OWNER policybot TEMPLATE {template}")
        return f"postgresql://{_OWNER}@/{name}?host={self._folder}"

    def drop(self, url: str) -> None:
        """Remove a database, whoever is still connected."""
        name = url.partition("@/")[2].partition("?")[0]
        self.run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def run(self, statement: str) -> None:
        """Run a statement as the server's administrator."""
        address = f"host={self._folder} user=admin dbname=postgres connect_timeout=5"
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(statement)

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    @property
    def _log(self) -> Path:
        return self._folder / "log"

    def _make(self) -> None:
        """Make the cluster; text is ordered as a department's server may order it, by language."""
        if (user := _user()) is not None:
            os.chown(self._folder, user.pw_uid, user.pw_gid)
        words = [self.programs / "initdb", "-D", self._data, "-U", "admin", *_TEXT]
        words += ["--auth=trust", "--no-sync"]
        done = subprocess.run(
            [*_as_user(), *words], capture_output=True, encoding="utf-8", check=False
        )
        assert done.returncode == 0, done.stderr


def programs() -> Path | None:
    """Return the folder of PostgreSQL's programs, or None where it is not installed."""
    on_path = shutil.which("postgres")
    found = [Path(on_path).resolve().parent] if on_path else []
    found += sorted(_DEBIAN.glob("*/bin"), key=lambda path: float(path.parent.name), reverse=True)
    return next((path for path in found if (path / "initdb").exists()), None)


def _user() -> pwd.struct_passwd | None:
    """Return whom the server runs as in place of root, or None where nobody need be replaced."""
    if os.geteuid() != 0:
        return None
    known = {one.pw_name: one for one in pwd.getpwall()}
    return next(known[name] for name in _UNPRIVILEGED if name in known)


def _as_user() -> list[str]:
    """Return the words before a command that run it as that user, and end it with this process."""
    setpriv, user = shutil.which("setpriv"), _user()
    if setpriv is None:
        return []
    ids = [f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"] if user else []
    return [setpriv, *ids, "--pdeathsig=QUIT"]


@cache
def started() -> Server:
    """Return the server of this worker, which the first that asks starts.

    Where there is none to start, the test is left out in words.
    """
    found = programs()
    if found is None:
        pytest.fail(MISSING) if os.environ.get("POLICYBOT_CI") else pytest.skip(MISSING)
    return Server(found)


@cache
def migrated_file() -> bytes:
    """Return the bytes of an SQLite database that was migrated once."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "empty.sqlite3"
        open_database(f"sqlite:///{path}").dispose()
        return path.read_bytes()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """The server of this worker."""
    server = started()
    yield server
    server.close()


@contextmanager
def databases(request: pytest.FixtureRequest, folder: Path) -> Iterator[Database]:
    """Yield new databases of the kind that a fixture's parameter names."""
    if request.param == SQLITE:
        yield SqliteFiles(folder)
        return
    made = PostgresDatabases(request.getfixturevalue("postgres_server"))
    yield made
    made.close()


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """New databases, of one kind and then of the other."""
    with databases(request, tmp_path) as made:
        yield made


@pytest.fixture
def database_url(database: Database) -> str:
    """The address of a new database, on one kind and then on the other."""
    return database.new()


def migrations(connection: Connection | None = None) -> Config:
    """Return what alembic's commands take: the product's migrations, on an open connection."""
    made = Config()
    made.set_main_option("script_location", str(Path(*bot.migrations.__path__)))
    made.attributes["connection"] = connection
    return made


@pytest.fixture
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits longer than a fifth of a second."""
    session = bot.postgresql._SESSION.replace("lock_timeout = '10s'", "lock_timeout = '200ms'")
    monkeypatch.setattr(bot.postgresql, "_SESSION", session)
    pragmas = (*bot.database._PRAGMAS, "busy_timeout=200")
    monkeypatch.setattr(bot.database, "_PRAGMAS", pragmas)
    monkeypatch.setattr(bot.database, "_QUEUE_SECONDS", 0.2)
