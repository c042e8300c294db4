"""What Slack handed over already: one row a question, so that a repeat is known as one."""

from collections.abc import Callable
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

    def first(self, key: str) -> bool:
        """Return True for one caller among all processes, False for every later one.

        Keys older than two days are forgotten: Slack gives up repeating long before.
        """
        now = self._clock()
        try:
            with transaction(self._engine) as connection:
                connection.execute(sa.insert(_DELIVERIES).values(key=key, seen=now))
                connection.execute(sa.delete(_DELIVERIES).where(_DELIVERIES.c.seen < now - KEPT))
        except IntegrityError:
            return False
        return True
