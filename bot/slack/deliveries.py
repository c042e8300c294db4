"""What Slack handed over already: one row a delivery, so that a repeat is known as one."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from bot.database import METADATA, Moment, transaction

KEPT = timedelta(days=2)
_LEASE, _DONE = "lease:", "done:"  # before the key of what is begun and ends later
_DELIVERIES = sa.Table(
    "deliveries",
    METADATA,
    sa.Column("key", sa.String(200), primary_key=True),
    sa.Column("seen", Moment, nullable=False, index=True),
)


class Turn(NamedTuple):
    """Whose turn a thing to be done once is.

    ``mine`` with ``since`` None: nobody began it. ``mine`` with a time: somebody began it then and
    did not say that it was done. Not ``mine``: it is ``done``, or another process is at it.
    """

    mine: bool
    since: datetime | None = None
    done: bool = False


class Deliveries:
    """Remembers keys in the database of all processes; ``clock`` gives the time with its zone."""

    def __init__(self, engine: sa.Engine, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._clock = clock

    def first(self, *keys: str) -> bool:
        """Return True for one caller among all processes, False for every later one of any key.

        Keys older than two days are forgotten: Slack gives up repeating long before.
        """
        try:
            with transaction(self._engine) as connection:
                remember(connection, keys, self._clock())
        except IntegrityError:
            return False
        return True

    def begin(self, key: str, lease: timedelta) -> Turn:
        """Begin what ``key`` names; what was begun is taken over after ``lease``, by one process.

        What is begun again is not known to be undone: it has to be looked for first.
        """
        if self.first(key, f"{_LEASE}{key}"):
            return Turn(mine=True)
        now, held = self._clock(), _DELIVERIES.c.key == f"{_LEASE}{key}"
        with transaction(self._engine) as connection:
            if known(connection, [f"{_DONE}{key}"]):
                return Turn(mine=False, done=True)
            since = connection.execute(
                sa.select(_DELIVERIES.c.seen).where(_DELIVERIES.c.key == key)
            ).scalar()
            over = held & (_DELIVERIES.c.seen <= now - lease)
            taken = connection.execute(sa.update(_DELIVERIES).where(over).values(seen=now))
        return Turn(mine=since is not None and taken.rowcount == 1, since=since)

    def done(self, key: str) -> None:
        """Record that what was begun is done."""
        self.first(f"{_DONE}{key}")

    def forget(self, key: str) -> None:
        """Let a key come once more."""
        keys = (key, f"{_LEASE}{key}")
        with transaction(self._engine) as connection:
            connection.execute(sa.delete(_DELIVERIES).where(_DELIVERIES.c.key.in_(keys)))


def known(connection: sa.Connection, keys: Sequence[str]) -> bool:
    """Whether one of the keys is written down."""
    found = sa.select(_DELIVERIES.c.key).where(_DELIVERIES.c.key.in_(keys))
    return connection.execute(found).first() is not None


def remember(connection: sa.Connection, keys: Sequence[str], now: datetime) -> None:
    """Write keys down in a transaction of the caller; raise IntegrityError for one seen before."""
    rows = [{"key": key, "seen": now} for key in dict.fromkeys(keys)]
    connection.execute(sa.insert(_DELIVERIES), rows)
    connection.execute(sa.delete(_DELIVERIES).where(_DELIVERIES.c.seen < now - KEPT))
