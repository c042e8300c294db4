"""What is still to be told: written with the change, taken by a surface, struck out when posted."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import sqlalchemy as sa
from pydantic import BaseModel

from bot.approvals.telling import About, Telling
from bot.database import METADATA, Moment, reading, transaction
from index.directive import FROZEN

LEASE = timedelta(seconds=30)
_OUTBOX = sa.Table(
    "outbox",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("request", sa.String(20), nullable=False, index=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("line", sa.Integer, nullable=False),
    sa.Column("person", sa.String(200), nullable=False),
    sa.Column("about", sa.String(80), nullable=False),
    sa.Column("created", Moment, nullable=False),
    sa.Column("due", Moment, nullable=False, index=True),
    sa.Column("tries", sa.Integer, nullable=False, default=0),
    sa.UniqueConstraint("line", "person", "about"),
)


class Letter(BaseModel):
    """One thing to tell one person; ``line`` is the line of the chain that it comes from."""

    model_config = FROZEN

    id: int
    request: str
    version: int
    line: int
    person: str
    about: About
    created: datetime
    tries: int


def put(
    connection: sa.Connection,
    request: str,
    version: int,
    line: int,
    at: datetime,
    told: Iterable[Telling],
) -> None:
    """Write down what is to be told, in the transaction of the change."""
    rows = [
        {
            "request": request,
            "version": version,
            "line": line,
            "person": one.person,
            "about": one.about.value,
            "created": at,
            "due": at,
            "tries": 0,
        }
        for one in told
    ]
    if rows:
        connection.execute(sa.insert(_OUTBOX), rows)


class Outbox:
    """The letters; one process at a time has a letter, for as long as its lease runs."""

    def __init__(self, engine: sa.Engine, lease: timedelta = LEASE) -> None:
        self.lease = lease
        self._engine = engine

    def take(self, now: datetime, most: int = 20) -> tuple[Letter, ...]:
        """Return letters that are due, leased; nobody else gets them while the lease runs."""
        with transaction(self._engine) as connection:
            chosen = (
                sa.select(_OUTBOX)
                .where(_OUTBOX.c.due <= now)
                .order_by(_OUTBOX.c.id)
                .limit(most)
                .with_for_update(skip_locked=True)
            )
            letters = tuple(_letter(row) for row in connection.execute(chosen))
            leased = _OUTBOX.c.id.in_([one.id for one in letters])
            connection.execute(
                sa.update(_OUTBOX)
                .where(leased)
                .values(due=now + self.lease, tries=_OUTBOX.c.tries + 1)
            )
        return letters

    def due(self, now: datetime) -> bool:
        """Whether there is a letter to take."""
        with reading(self._engine) as connection:
            there = sa.select(_OUTBOX.c.id).where(_OUTBOX.c.due <= now).limit(1)
            return connection.execute(there).first() is not None

    def done(self, letter: Letter) -> None:
        """Strike a letter out: it was told, or it cannot be."""
        with transaction(self._engine) as connection:
            connection.execute(sa.delete(_OUTBOX).where(_OUTBOX.c.id == letter.id))

    def later(self, letter: Letter, due: datetime) -> None:
        """Put a letter off."""
        with transaction(self._engine) as connection:
            changed = sa.update(_OUTBOX).where(_OUTBOX.c.id == letter.id).values(due=due)
            connection.execute(changed)

    def waiting(self) -> int:
        """Return how many letters are not told yet."""
        with reading(self._engine) as connection:
            return connection.execute(sa.select(sa.func.count()).select_from(_OUTBOX)).scalar_one()


def _letter(row: sa.Row[tuple[object, ...]]) -> Letter:
    kept = row._mapping
    return Letter(
        about=About(kept["about"]), **{k: kept[k] for k in Letter.model_fields if k != "about"}
    )
