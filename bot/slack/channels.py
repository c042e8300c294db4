"""What administrators set for channels, by workspace and channel id."""

from collections.abc import Callable
from datetime import datetime

import sqlalchemy as sa

from bot.database import METADATA, Moment, Transaction, reading, transaction
from bot.slack.settings import ChannelSettings

_CHANNELS = sa.Table(
    "channels",
    METADATA,
    sa.Column("team", sa.String(40), primary_key=True),
    sa.Column("channel", sa.String(40), primary_key=True),
    sa.Column("settings", sa.JSON, nullable=False),
    sa.Column("changed", Moment, nullable=False),
    sa.Column("changed_by", sa.String(40), nullable=False),
)


class Channels:
    """Keeps channel settings; a channel nobody set anything for has the usual ones."""

    def __init__(self, engine: sa.Engine, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._clock = clock

    def of(self, team: str, channel: str) -> ChannelSettings:
        """Return a channel's settings."""
        with reading(self._engine) as connection:
            return self.within(connection, team, channel)

    def within(self, connection: Transaction, team: str, channel: str) -> ChannelSettings:
        """Return a channel's settings, read in a transaction of the caller."""
        found = sa.select(_CHANNELS.c.settings).where(_key(team, channel))
        row = connection.execute(found).first()
        return ChannelSettings() if row is None else ChannelSettings.model_validate(row.settings)

    def change(self, team: str, channel: str, settings: ChannelSettings, user: str) -> None:
        """Keep a channel's settings, and who changed them last."""
        row = {
            "team": team,
            "channel": channel,
            "settings": settings.model_dump(mode="json"),
            "changed": self._clock(),
            "changed_by": user,
        }
        with transaction(self._engine) as connection:
            connection.execute(sa.delete(_CHANNELS).where(_key(team, channel)))
            connection.execute(sa.insert(_CHANNELS).values(row))


def _key(team: str, channel: str) -> sa.ColumnElement[bool]:
    return (_CHANNELS.c.team == team) & (_CHANNELS.c.channel == channel)
