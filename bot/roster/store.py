"""Rosters in the database: each import is a row of its own; the newest is in force, none is lost.

Several processes share it; each looks which number is the newest before it uses what it has read.
"""

import hashlib
from collections.abc import Callable
from datetime import datetime

import sqlalchemy as sa
from pydantic import BaseModel, ValidationError
from sqlalchemy.exc import IntegrityError

from bot.audit.store import AuditStore
from bot.database import METADATA, Moment, reading, transaction
from bot.errors import DatabaseUnusable
from bot.roster.roster import Roster
from index.directive import FROZEN

_ROSTERS = sa.Table(
    "rosters",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("imported", Moment, nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("body", sa.Text, nullable=False),
)
_TRIES = 5
SUBJECT = "roster"
IMPORTED = "imported"


class Filed(BaseModel):
    """A roster as filed: its number, when it was imported, and the sha256 of its stored text."""

    model_config = FROZEN

    number: int
    imported: datetime
    sha256: str
    roster: Roster


class Rosters:
    """Keeps rosters; ``clock`` returns the time with its zone.

    With ``audit`` each import is a line of the record, written with it or not at all.
    """

    def __init__(
        self,
        engine: sa.Engine,
        clock: Callable[[], datetime],
        audit: AuditStore | None = None,
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._audit = audit
        self._known: Filed | None = None

    def file(self, roster: Roster) -> Filed:
        """Put a roster in force and return it as filed; one equal to that in force is not repeated.

        Raise DatabaseUnusable.
        """
        body = roster.model_dump_json(by_alias=True)
        sha256 = hashlib.sha256(body.encode()).hexdigest()
        for _ in range(_TRIES):
            try:
                self._write(body, sha256)
            except IntegrityError:
                continue  # another process took the number
            filed = self.in_force()
            if filed is not None:
                return filed
        raise DatabaseUnusable("The roster could not be stored. Import it again.")

    def _write(self, body: str, sha256: str) -> None:
        if self._audit is None:
            with transaction(self._engine) as connection:
                self._insert(connection, body, sha256)
            return
        with self._audit.recording() as recording:
            number = self._insert(recording.connection, body, sha256)
            if number is not None:
                recording.add(SUBJECT, IMPORTED, facts={"number": number, "sha256": sha256})

    def _insert(self, connection: sa.Connection, body: str, sha256: str) -> int | None:
        """Write a roster and return its number; None where it is the one in force."""
        newest = sa.select(_ROSTERS).order_by(_ROSTERS.c.number.desc()).limit(1)
        last = connection.execute(newest).first()
        if last is not None and last.sha256 == sha256:
            return None
        number: int = 1 if last is None else last.number + 1
        row = {"number": number, "imported": self._clock(), "sha256": sha256, "body": body}
        connection.execute(sa.insert(_ROSTERS).values(row))
        return number

    def in_force(self) -> Filed | None:
        """Return the newest roster, or None before the first import; raise DatabaseUnusable."""
        with reading(self._engine) as connection:
            number = connection.execute(sa.select(sa.func.max(_ROSTERS.c.number))).scalar()
        known = self._known
        if known is None or known.number != number:
            known = self.numbered(number) if number is not None else None
            self._known = known
        return known

    def numbered(self, number: int) -> Filed | None:
        """Return one roster by number, or None; raise DatabaseUnusable if it was changed."""
        with reading(self._engine) as connection:
            row = connection.execute(sa.select(_ROSTERS).where(_ROSTERS.c.number == number)).first()
        if row is None:
            return None
        fault = f"Roster {number} in the database is not as it was imported. Import it again."
        if hashlib.sha256(row.body.encode()).hexdigest() != row.sha256:
            raise DatabaseUnusable(fault)
        try:
            roster = Roster.model_validate_json(row.body)
        except ValidationError:
            raise DatabaseUnusable(fault) from None
        return Filed(number=row.number, imported=row.imported, sha256=row.sha256, roster=roster)
