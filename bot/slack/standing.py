"""The card of a request that stands with each person: where, and what it was posted for.

A row without a message says that the person cannot be reached here.
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from pydantic import BaseModel

from bot.approvals.store import REQUESTS
from bot.database import METADATA, Moment, reading, transaction
from index.directive import FROZEN

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_CARDS = sa.Table(
    "cards",
    METADATA,
    sa.Column("request", sa.String(20), primary_key=True),
    sa.Column("person", sa.String(200), primary_key=True),
    sa.Column("team", sa.String(40)),
    sa.Column("channel", sa.String(40)),
    sa.Column("ts", sa.String(40)),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("line", sa.Integer, nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("shown", Moment, nullable=False),
)


class Standing(BaseModel):
    """One person's card of one request.

    ``line`` is the line of the chain that it was posted for, ``digest`` names what it says,
    ``shown`` is when the request had last changed as it shows it. Without ``ts`` there is no
    message: the person cannot be reached here.
    """

    model_config = FROZEN

    request: str
    person: str
    team: str | None = None
    channel: str | None = None
    ts: str | None = None
    version: int
    line: int
    digest: str = ""
    shown: datetime = NEVER


class Cards:
    """Keeps which message is a person's card: one a person a request."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def of(self, request: str, person: str) -> Standing | None:
        """Return a person's card of a request, or None."""
        with reading(self._engine) as connection:
            row = connection.execute(sa.select(_CARDS).where(_this(request, person))).first()
        return None if row is None else _standing(row)

    def keep(self, card: Standing) -> None:
        """Keep a card in place of the person's earlier one."""
        with transaction(self._engine) as connection:
            connection.execute(sa.delete(_CARDS).where(_this(card.request, card.person)))
            connection.execute(sa.insert(_CARDS).values(card.model_dump()))

    def drop(self, card: Standing) -> None:
        """Forget a card that stands nowhere any more."""
        with transaction(self._engine) as connection:
            connection.execute(sa.delete(_CARDS).where(_this(card.request, card.person)))

    def redrawn(self, before: Standing, now: Standing) -> None:
        """Keep what a card says now, unless another message is the person's card by now."""
        here = _this(before.request, before.person) & (_CARDS.c.ts == before.ts)
        with transaction(self._engine) as connection:
            changed = now.model_dump(include={"digest", "shown", "version"})
            connection.execute(sa.update(_CARDS).where(here).values(changed))

    def redraw(self, request: str) -> None:
        """Have the cards of a request drawn again at the next look."""
        with transaction(self._engine) as connection:
            here = _CARDS.c.request == request
            connection.execute(sa.update(_CARDS).where(here).values(shown=NEVER))

    def stale(self, most: int = 20) -> tuple[Standing, ...]:
        """Return cards whose request changed after they were drawn."""
        chosen = (
            sa.select(_CARDS)
            .join(REQUESTS, REQUESTS.c.reference == _CARDS.c.request)
            .where(_CARDS.c.ts.is_not(None), REQUESTS.c.updated > _CARDS.c.shown)
            .order_by(_CARDS.c.shown)
            .limit(most)
        )
        with reading(self._engine) as connection:
            return tuple(_standing(row) for row in connection.execute(chosen))

    def unreached(self, request: str) -> frozenset[str]:
        """Return the keys of the people of a request who cannot be reached here."""
        chosen = sa.select(_CARDS.c.person).where(
            _CARDS.c.request == request, _CARDS.c.ts.is_(None)
        )
        with reading(self._engine) as connection:
            return frozenset(connection.execute(chosen).scalars())


def _this(request: str, person: str) -> sa.ColumnElement[bool]:
    return (_CARDS.c.request == request) & (_CARDS.c.person == person)


def _standing(row: sa.Row[tuple[object, ...]]) -> Standing:
    return Standing.model_validate(dict(row._mapping))
