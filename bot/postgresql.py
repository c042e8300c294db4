"""What PostgreSQL needs to behave as the stores expect: one writer at a time, limits, clean text.

SQLite lets one transaction write at a time, and the stores rest on that; here a lock does it.
"""

from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, Connection, Engine, event, make_url

from bot.errors import DatabaseUnusable

if TYPE_CHECKING:
    import psycopg
    from psycopg.abc import Dumper

NAME = "postgresql"
READS, MIGRATES = "policybot_reads", "policybot_migrates"
_DRIVER = "postgresql+psycopg"
_SPELLINGS = ("postgres", "postgresql", _DRIVER)
_WRITER = 0x706F6C696379  # any number, the same in every release
# A server that is silent for longer than these is taken for gone (libpq, "Database Connection
# Control Functions"); a network that swallows what is sent would otherwise be waited for for hours.
_CONNECTING = {
    "connect_timeout": 5,
    "keepalives_idle": 20,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
    "application_name": "policybot",
    "client_encoding": "utf8",
}
_SESSION = """
SET TimeZone = 'UTC';
SET default_transaction_isolation = 'read committed';
SET lock_timeout = '10s';
SET statement_timeout = '60s';
SET idle_in_transaction_session_timeout = '5min'
"""
_PATIENT = "SET LOCAL lock_timeout = '10min'; SET LOCAL statement_timeout = 0"
_MAY_NOT = "42501"  # insufficient_privilege
_STOPPED = {"57P01", "57P02", "57P03"}  # by an administrator, after a crash, not up yet
_BUSY = {"55P03", "57014"}  # lock_not_available, query_canceled ("PostgreSQL Error Codes")
_AWAY = "Check that PostgreSQL runs, and its host and port in the address."
_NOT_LET_IN = "PostgreSQL does not let that role in. Check its name and password in the address."
_REMEDIES = (
    ("authentication failed", _NOT_LET_IN),
    ("no pg_hba.conf entry", _NOT_LET_IN),
    ("does not exist", "PostgreSQL has no such role or database. Create it, or check the address."),
    ("invalid connection option", "The address has an option that PostgreSQL does not know."),
)


def address(url: URL) -> URL:
    """Return an address with the driver that is installed, however PostgreSQL is spelt in it."""
    return url.set(drivername=_DRIVER) if url.drivername in _SPELLINGS else url


def options(url: URL) -> dict[str, object]:
    """Return how to connect; what an address says itself is left as it is."""
    return {name: value for name, value in _CONNECTING.items() if name not in url.query}


def arguments(url: str) -> dict[str, Any]:
    """Return libpq's parameters of an address, the password among them."""
    found = address(make_url(url))
    return dict(found.get_dialect()().create_connect_args(found)[1])


def prepare(engine: Engine) -> None:
    """Have every connection and transaction of an engine begin as the stores expect."""
    event.listen(engine, "connect", _connected)
    event.listen(engine, "begin", _begun)


def snapshot(engine: Engine) -> Engine:
    """Return the engine with transactions that only read, all of them of one moment."""
    one_moment = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    return engine.execution_options(**{READS: True}, **one_moment)


def check(connection: Connection) -> None:
    """Raise DatabaseUnusable for a database that cannot hold every text."""
    encoding = connection.exec_driver_sql("SHOW server_encoding").scalar_one()
    if encoding != "UTF8":
        raise DatabaseUnusable(
            f"DATABASE_URL: the database's encoding is {encoding!r}. Create one of ENCODING 'UTF8'."
        )


def remedy(error: BaseException) -> str | None:
    """Return what to do where no connection came about, or None for the error of another database.

    libpq gives no code for it, only the server's words.
    """
    if not hasattr(error, "sqlstate"):
        return None
    if error.sqlstate == _MAY_NOT:
        return "The role may not make tables there. Make it the owner of the database."
    if error.sqlstate is not None:
        return f"PostgreSQL refused with the code {error.sqlstate}; its documentation lists them."
    said = str(error)
    return next((what for words, what in _REMEDIES if words in said), _AWAY)


def away(error: BaseException | None) -> bool:
    """Whether there is no server, or it ended the connection."""
    code = getattr(error, "sqlstate", "")
    return code is None or code.startswith("08") or code in _STOPPED


def busy(error: BaseException | None) -> bool:
    """Whether PostgreSQL ended a statement because it waited or ran for too long."""
    return getattr(error, "sqlstate", None) in _BUSY


@cache
def _dumper() -> "type[Dumper]":
    """Return what sends text: without NUL, which PostgreSQL does not take.

    What people write for the record is free of it before; a lookup with one finds nothing.
    """
    from psycopg.types.string import StrDumper

    class Text(StrDumper):
        def dump(self, obj: str) -> "bytes | bytearray | memoryview | None":
            return super().dump(obj.replace("\0", "\ufffd"))

    return Text


def _connected(connection: "psycopg.Connection", _record: object) -> None:
    connection.adapters.register_dumper(str, _dumper())
    connection.execute(_SESSION)
    connection.commit()


def _begun(connection: Connection) -> None:
    """Let one transaction at a time write, in every process.

    The lock is this database's own and ends with the transaction ("Advisory Locks"). Who migrates
    waits until whoever migrates already is done.
    """
    chosen = connection.get_execution_options()
    if chosen.get(READS):
        return
    if chosen.get(MIGRATES):
        connection.exec_driver_sql(_PATIENT)
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITER})")
