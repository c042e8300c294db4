"""The database: opened once, migrated forward by Alembic, shared by the stores."""

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from alembic.util import CommandError
from sqlalchemy import URL, DateTime, Dialect, MetaData, create_engine, event, make_url
from sqlalchemy import Connection as Connection
from sqlalchemy import Engine as Engine
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import QueuePool
from sqlalchemy.types import TypeDecorator

from bot import postgresql
from bot.errors import DatabaseUnusable

METADATA = MetaData()
Transaction = Connection  # what stores that write together hand to each other
_WAIT_SECONDS = 10
_QUEUE_SECONDS = 30  # for a turn among the threads of one process
_WAIT = f"busy_timeout={_WAIT_SECONDS * 1000}"
_WRITER = "policybot_writer"
# A thread that holds one connection may need a second to end, and the bridges have 38 threads.
_MOST_CONNECTIONS = 80
_PRAGMAS = (_WAIT, "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON")
_WAL = "PRAGMA journal_mode=WAL"
_BUSY = "The database is busy: others write for too long. Try again."
_MIGRATIONS = Path(__file__).resolve().parent / "migrations"


def open_database(url: str) -> Engine:
    """Return an engine on ``url`` with the newest schema; raise DatabaseUnusable.

    ``url`` is SQLAlchemy's address of an SQLite file or of a PostgreSQL database.
    """
    try:
        _make_folder(url)
        engine = _engine(postgresql.address(make_url(url)))
        _migrate(engine)
    except CommandError as error:
        raise DatabaseUnusable(
            "DATABASE_URL: the database was migrated by a newer release. Install that release, or "
            "restore the backup made before it."
        ) from error
    except ImportError as error:
        raise DatabaseUnusable(
            f"DATABASE_URL: the driver {error.name!r} is not installed. "
            "Install it, or leave DATABASE_URL unset for SQLite."
        ) from error
    except (SQLAlchemyError, OSError, ValueError) as error:
        raise DatabaseUnusable(
            f"DATABASE_URL: the database cannot be opened ({type(error).__name__}). "
            f"{_remedy(error)}"
        ) from None
    return engine


def _remedy(error: Exception) -> str:
    """Return what to do; never words of the error, which may hold a part of the address."""
    cause = error.orig if isinstance(error, DBAPIError) else None
    found = postgresql.remedy(cause) if cause is not None else None
    return found or "Check the address, the folder's permissions and the free space."


def _engine(url: URL) -> Engine:
    """Return an engine; in messages of its errors no parameter stands, since people wrote them."""
    is_postgresql = url.get_backend_name() == postgresql.NAME
    engine = create_engine(
        url,
        poolclass=QueuePool,
        pool_size=5,
        max_overflow=_MOST_CONNECTIONS - 5,
        pool_timeout=_WAIT_SECONDS,
        pool_pre_ping=is_postgresql,
        connect_args=postgresql.options(url) if is_postgresql else {},
        hide_parameters=True,
        execution_options={_WRITER: threading.Lock()},
    )
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _sqlite_pragmas)
        event.listen(engine, "begin", _sqlite_begin)
    if is_postgresql:
        postgresql.prepare(engine)
    return engine


def empty_log(engine: Engine) -> bool:
    """Empty SQLite's write-ahead log, which holds erased words until then; whether it is empty.

    Whoever reads or writes in that moment is not waited for. Other databases have none to empty.
    Raise DatabaseUnusable.
    """
    if engine.dialect.name != "sqlite":
        return True
    try:
        connection = engine.raw_connection()
        try:
            cursor = connection.cursor()
            cursor.execute("PRAGMA busy_timeout=0")
            try:
                busy = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            finally:
                cursor.execute(f"PRAGMA {_WAIT}")
                cursor.close()
        finally:
            connection.close()
    except (SQLAlchemyError, sqlite3.Error) as error:
        raise _refused(error) from error
    return not busy


def sqlite_file(url: str) -> Path | None:
    """Return the file of an SQLite address, or None for any other database."""
    found = make_url(url)
    file = found.database
    is_file = found.get_backend_name() == "sqlite" and file and file != ":memory:"
    return Path(file) if is_file and file else None


def copy_sqlite(engine: Engine, target: Path) -> None:
    """Copy a running SQLite database whole, as at one moment; raise DatabaseUnusable."""
    try:
        connection = engine.raw_connection()
        copy = sqlite3.connect(target)
        try:
            source = connection.driver_connection
            assert isinstance(source, sqlite3.Connection)
            source.backup(copy)
        finally:
            copy.close()
            connection.close()
    except (SQLAlchemyError, sqlite3.Error) as error:
        raise _refused(error) from error


def sound_sqlite(file: Path) -> bool:
    """Whether a file is an SQLite database that is whole ("PRAGMA integrity_check")."""
    connection = sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
    try:
        found: object = connection.execute("PRAGMA integrity_check").fetchone()[0]
    except sqlite3.Error:
        return False
    finally:
        connection.close()
    return found == "ok"


def _make_folder(url: str) -> None:
    prefix = "sqlite:///"
    if url.startswith(prefix) and len(url) > len(prefix):
        Path(url.removeprefix(prefix)).parent.mkdir(parents=True, exist_ok=True)


def _sqlite_pragmas(connection: object, _record: object) -> None:
    """Write-ahead log for readers beside a writer; wait for a lock instead of failing at once.

    What is deleted is overwritten with zeros ("PRAGMA secure_delete").
    """
    connection.isolation_level = None  # type: ignore[attr-defined]
    cursor = connection.cursor()  # type: ignore[attr-defined]
    for pragma in _PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    _sqlite_wal(cursor)
    cursor.close()


def _sqlite_wal(cursor: sqlite3.Cursor) -> None:
    """Begin the log; a new file that others open at this moment is refused without any waiting."""
    end = time.monotonic() + _WAIT_SECONDS
    while True:
        try:
            cursor.execute(_WAL)
        except sqlite3.OperationalError as error:
            if not _locked(error) or time.monotonic() > end:
                raise
            time.sleep(0.02)
        else:
            return


def _sqlite_begin(connection: Connection) -> None:
    """Take the lock of the one writer at once where a transaction may write.

    One that read first and then wants to write fails in SQLite as soon as another wrote between.
    """
    reads = connection.get_execution_options().get(postgresql.READS, False)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def _migrate(engine: Engine) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    migrating = engine.execution_options(**{postgresql.MIGRATES: True})
    try:
        with migrating.begin() as connection:
            if engine.dialect.name == postgresql.NAME:
                postgresql.check(connection)
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except BaseException:
        engine.dispose()
        raise


class Moment(TypeDecorator[datetime]):
    """A time with its zone, kept in UTC; SQLite forgets zones, so it is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the time in UTC; raise ValueError for one without a zone."""
        if value is not None and value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone. Give an aware time.")
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the time with its zone, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def reading(engine: Engine) -> AbstractContextManager[Connection]:
    """Yield a connection that only reads, beside whoever writes; raise DatabaseUnusable."""
    if engine.dialect.name == postgresql.NAME:
        return _begun(postgresql.snapshot(engine))
    return _begun(engine.execution_options(**{postgresql.READS: True}))


@contextmanager
def transaction(engine: Engine) -> Iterator[Connection]:
    """Yield a connection in one transaction; raise DatabaseUnusable, IntegrityError as it is.

    One thread of this process at a time waits for the database's lock; the others wait here, where
    they hold no connection that a thread with the lock may need.
    """
    writer: threading.Lock = engine.get_execution_options()[_WRITER]
    if not writer.acquire(timeout=_QUEUE_SECONDS):
        raise DatabaseUnusable(_BUSY)
    try:
        with _begun(engine) as connection:
            yield connection
    finally:
        writer.release()


@contextmanager
def _begun(engine: Engine) -> Iterator[Connection]:
    try:
        with engine.begin() as connection:
            yield connection
    except IntegrityError:
        raise
    except SQLAlchemyError as error:
        raise _refused(error) from error


def _locked(error: BaseException | None) -> bool:
    return isinstance(error, sqlite3.Error) and error.sqlite_errorname.startswith("SQLITE_BUSY")


def _refused(error: Exception) -> DatabaseUnusable:
    cause = error.orig if isinstance(error, DBAPIError) else None
    if _locked(cause) or isinstance(error, PoolTimeout) or postgresql.busy(cause):
        return DatabaseUnusable(_BUSY)
    if postgresql.away(cause):
        return DatabaseUnusable("The database cannot be reached. Check that it runs.")
    return DatabaseUnusable(
        f"The database refused ({type(error).__name__}). Check the free space and the address."
    )
