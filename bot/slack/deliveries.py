"""What Slack handed over already: one row a delivery, so that a repeat is known as one."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from bot.database import METADATA, Moment, transaction

KEPT = timedelta(days=2)
_DELIVERIES = sa.Table(
    "deliveries",
    METADATA,
    sa.Column("key", sa.String(200), primary_key=True),
    sa.Column("seen", Moment, nullable=False, index=True),
)


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

    def forget(self, key: str) -> None:
        """Let a key come once more."""
        with transaction(self._engine) as connection:
            connection.execute(sa.delete(_DELIVERIES).where(_DELIVERIES.c.key == key))


def known(connection: sa.Connection, keys: Sequence[str]) -> bool:
    """Whether one of the keys is written down."""
    found = sa.select(_DELIVERIES.c.key).where(_DELIVERIES.c.key.in_(keys))
    return connection.execute(found).first() is not None


def remember(connection: sa.Connection, keys: Sequence[str], now: datetime) -> None:
    """Write keys down in a transaction of the caller; raise IntegrityError for one seen before."""
    rows = [{"key": key, "seen": now} for key in dict.fromkeys(keys)]
    connection.execute(sa.insert(_DELIVERIES), rows)
    connection.execute(sa.delete(_DELIVERIES).where(_DELIVERIES.c.seen < now - KEPT))
