"""What is remembered of a person in Slack: the role they chose, and that they were greeted."""

from collections.abc import Callable
from datetime import datetime

import sqlalchemy as sa

from bot.asker import Asker
from bot.database import METADATA, Moment, reading, transaction
from bot.slack.ids import Role

_PEOPLE = sa.Table(
    "people",
    METADATA,
    sa.Column("team", sa.String(40), primary_key=True),
    sa.Column("user", sa.String(40), primary_key=True),
    sa.Column("role", sa.String(20)),
    sa.Column("greeted", Moment),
)


class People:
    """Remembers people by workspace and user id; a role only chooses which examples are shown."""

    def __init__(self, engine: sa.Engine, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._clock = clock

    def greeted(self, asker: Asker) -> bool:
        """Whether a person has seen the first-use notice."""
        row = self._row(asker)
        return row is not None and row.greeted is not None

    def greet(self, asker: Asker) -> None:
        """Note that a person has seen the first-use notice."""
        self._change(asker, greeted=self._clock())

    def role(self, asker: Asker) -> Role | None:
        """Return the role a person chose, if one was chosen."""
        row = self._row(asker)
        return Role(row.role) if row is not None and row.role else None

    def choose(self, asker: Asker, role: Role) -> None:
        """Remember the role a person chose."""
        self._change(asker, role=role.value)

    def forget(self, asker: Asker) -> None:
        """Forget a person's role; that they were greeted stays, or they would be told again."""
        self._change(asker, role=None)

    def _change(self, asker: Asker, **values: object) -> None:
        with transaction(self._engine) as connection:
            changed = connection.execute(
                sa.update(_PEOPLE).where(_key(asker)).values(**values)
            ).rowcount
            if not changed:
                row = {"team": asker.team or "", "user": asker.user or "", **values}
                connection.execute(sa.insert(_PEOPLE).values(row))

    def _row(self, asker: Asker) -> sa.Row[tuple[object, ...]] | None:
        with reading(self._engine) as connection:
            return connection.execute(sa.select(_PEOPLE).where(_key(asker))).first()


def _key(asker: Asker) -> sa.ColumnElement[bool]:
    return (_PEOPLE.c.team == (asker.team or "")) & (_PEOPLE.c.user == (asker.user or ""))
