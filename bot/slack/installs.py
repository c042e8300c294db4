"""Where the assistant is installed: one row a workspace or organisation, and what was begun."""

import hashlib
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from pydantic import BaseModel, Field

from bot.database import METADATA, Moment, reading, transaction
from index.directive import FROZEN

STATE_SECONDS = 600
_MOST_NAME = 200
_INSTALLATIONS = sa.Table(
    "installations",
    METADATA,
    sa.Column("client", sa.String(80), primary_key=True),
    sa.Column("place", sa.String(40), primary_key=True),
    sa.Column("enterprise", sa.String(40)),
    sa.Column("name", sa.String(_MOST_NAME), nullable=False),
    sa.Column("bot_token", sa.Text, nullable=False),
    sa.Column("bot_user", sa.String(40), nullable=False),
    sa.Column("bot_id", sa.String(40)),
    sa.Column("installed", Moment, nullable=False),
)
_INSTALLING = sa.Table(
    "installing",
    METADATA,
    sa.Column("state", sa.String(64), primary_key=True),
    sa.Column("browser", sa.String(64), nullable=False),
    sa.Column("expires", Moment, nullable=False, index=True),
)


class Installation(BaseModel):
    """The assistant in one workspace, or in a whole organisation.

    ``place`` is the workspace's id, or the organisation's where all its workspaces share one token.
    """

    model_config = FROZEN

    place: str
    enterprise: str | None = None
    name: str
    bot_token: str = Field(repr=False)
    bot_user: str
    bot_id: str | None = None


class Installs:
    """Keeps the installations of one Slack app; ``client`` is its client id.

    The SDK's own SQLAlchemy stores would also keep who installed, personal tokens and a history of
    replaced tokens, and can use a state twice when two requests come at once.
    """

    def __init__(self, engine: sa.Engine, client: str, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._client = client
        self._clock = clock

    def keep(self, installation: Installation) -> None:
        """Keep an installation in place of an earlier one at the same place."""
        row = installation.model_dump() | {"client": self._client, "installed": self._clock()}
        row["name"] = installation.name[:_MOST_NAME]
        with transaction(self._engine) as connection:
            connection.execute(sa.delete(_INSTALLATIONS).where(self._at(installation.place)))
            connection.execute(sa.insert(_INSTALLATIONS).values(row))

    def find(self, places: Sequence[str]) -> Installation | None:
        """Return the installation at the first of ``places`` that has one, or None."""
        with reading(self._engine) as connection:
            rows = connection.execute(
                sa.select(_INSTALLATIONS).where(
                    _INSTALLATIONS.c.client == self._client, _INSTALLATIONS.c.place.in_(places)
                )
            ).all()
        found = {row.place: row for row in rows}
        row = next((found[place] for place in places if place in found), None)
        if row is None:
            return None
        return Installation(**{name: row._mapping[name] for name in Installation.model_fields})

    def remove(self, place: str, happened: datetime) -> bool:
        """Forget an installation; return whether there was one.

        One that was made after ``happened`` stays: Slack may deliver late what came first.
        """
        late = _INSTALLATIONS.c.installed <= happened + timedelta(seconds=1)
        with transaction(self._engine) as connection:
            gone = connection.execute(sa.delete(_INSTALLATIONS).where(self._at(place), late))
        return gone.rowcount > 0

    def begin(self) -> tuple[str, str]:
        """Return a fresh state for Slack and a secret for the browser, kept for ten minutes."""
        now = self._clock()
        state, browser = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        row = {
            "state": _hash(state),
            "browser": _hash(browser),
            "expires": now + timedelta(seconds=STATE_SECONDS),
        }
        with transaction(self._engine) as connection:
            connection.execute(sa.delete(_INSTALLING).where(_INSTALLING.c.expires <= now))
            connection.execute(sa.insert(_INSTALLING).values(row))
        return state, browser

    def finish(self, state: str, browser: str) -> bool:
        """Return True once for a state that is not too old, in the browser it was made for."""
        with transaction(self._engine) as connection:
            used = connection.execute(
                sa.delete(_INSTALLING).where(
                    _INSTALLING.c.state == _hash(state),
                    _INSTALLING.c.browser == _hash(browser),
                    _INSTALLING.c.expires > self._clock(),
                )
            )
        return used.rowcount == 1

    def _at(self, place: str) -> sa.ColumnElement[bool]:
        return sa.and_(_INSTALLATIONS.c.client == self._client, _INSTALLATIONS.c.place == place)


def _hash(secret: str) -> str:
    """Return what is kept of a secret: whoever reads the database cannot use it."""
    return hashlib.sha256(secret.encode()).hexdigest()
