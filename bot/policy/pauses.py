"""Answers paused: a clause, or a directive, on which no verdict is given until it is resumed.

Several processes share the table; each looks again after a second, however much is asked.
"""

import threading
import time
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from pydantic import BaseModel

from bot.audit.store import AuditStore, Recording
from bot.database import METADATA, Moment, Transaction, reading
from bot.errors import AssistantError
from bot.policy.member import Member
from index.directive import FROZEN, Directive

_PAUSES = sa.Table(
    "pauses",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("directive", sa.String(80), nullable=False),
    sa.Column("section", sa.Text),
    sa.Column("citation", sa.Text, nullable=False),
    sa.Column("since", Moment, nullable=False),
    sa.Column("paused_by", sa.Text, nullable=False),
    sa.Column("reason", sa.Text),
    sa.Column("lifted", Moment),
    sa.Column("lifted_by", sa.Text),
)
PAUSED, RESUMED = "answers paused", "answers resumed"
LONGEST_REASON = 500
_FRESH_SECONDS = 1.0
_BELOW = (".", "•", "¶")


class PauseRefused(AssistantError):
    """A pause that stands already, or none to lift; the message says which, and is fit to show."""


class Pause(BaseModel):
    """Answers paused on a clause and what stands below it; ``section`` None is the directive.

    ``since`` and ``lifted`` are in the Department's zone; ``citation`` is written in full.
    """

    model_config = FROZEN

    number: int
    directive: str
    section: str | None
    citation: str
    since: datetime
    paused_by: str
    reason: str | None = None
    lifted: datetime | None = None
    lifted_by: str | None = None

    def covers(self, directive: str, section: str) -> bool:
        """Whether a clause is one of those that are paused."""
        if directive != self.directive:
            return False
        if self.section is None or section == self.section:
            return True
        return section.startswith(tuple(self.section + mark for mark in _BELOW))


class Pauses:
    """Keeps pauses; each is a line of the record when it is made and when it is lifted.

    ``seconds`` runs on without a jump; by it a look at the table is as old as a second at most.
    """

    def __init__(
        self,
        engine: sa.Engine,
        audit: AuditStore,
        zone: ZoneInfo,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._engine = engine
        self._audit = audit
        self._zone = zone
        self._seconds = seconds
        self._lock = threading.Lock()
        self._seen: tuple[float, tuple[Pause, ...]] | None = None

    def standing(self) -> tuple[Pause, ...]:
        """Return the pauses that stand, the oldest first, as of this second.

        Raise DatabaseUnusable.
        """
        with self._lock:
            now, seen = self._seconds(), self._seen
            if seen is None or now - seen[0] >= _FRESH_SECONDS:
                seen = self._seen = (now, self._read())
            return seen[1]

    def pause(
        self, directive: Directive, section: str | None, by: Member, reason: str | None = None
    ) -> Pause:
        """Pause answers on a clause, or on a directive; raise PauseRefused if they are already."""
        citation = directive.citation(section) if section is not None else directive.name
        seen = "".join(sign if sign.isprintable() else " " for sign in reason or "")
        said = " ".join(seen.split())
        if len(said) > LONGEST_REASON:
            raise PauseRefused(
                f"The reason has {len(said):,} characters. Say it in {LONGEST_REASON}."
            )
        with self._audit.recording() as recording:
            earlier = _found(recording.connection, directive.number, section)
            if earlier is not None:
                at = earlier.since.astimezone(self._zone).date()
                raise PauseRefused(
                    f"Answers on {citation} are paused since {at}, by {earlier.paused_by}."
                )
            made = Pause(
                number=_next(recording.connection),
                directive=directive.number,
                section=section,
                citation=citation,
                since=recording.at.astimezone(self._zone),
                paused_by=by.name,
                reason=said or None,
            )
            recording.connection.execute(sa.insert(_PAUSES).values(made.model_dump()))
            _record(recording, PAUSED, made, by, made.reason)
        self._look_again()
        return made

    def resume(self, number: int, by: Member) -> Pause:
        """Lift a pause by its number; raise PauseRefused where it does not stand any more."""
        with self._audit.recording() as recording:
            connection, at = recording.connection, recording.at
            row = connection.execute(_standing().where(_PAUSES.c.number == number)).first()
            if row is None:
                raise PauseRefused("This pause does not stand any more. Nothing was done.")
            done = sa.update(_PAUSES).where(_PAUSES.c.number == number)
            connection.execute(done.values(lifted=at, lifted_by=by.name))
            lifted = Pause(**{**row._mapping, "lifted": at, "lifted_by": by.name})
            _record(recording, RESUMED, lifted, by, None)
        self._look_again()
        return lifted

    def on(self, directive: str, section: str | None) -> Pause | None:
        """Return the pause that stands on exactly this clause, or on exactly this directive."""
        with reading(self._engine) as connection:
            return _found(connection, directive, section)

    def _look_again(self) -> None:
        with self._lock:
            self._seen = None

    def _read(self) -> tuple[Pause, ...]:
        with reading(self._engine) as connection:
            rows = connection.execute(_standing().order_by(_PAUSES.c.number)).all()
        return tuple(
            Pause(**{**row._mapping, "since": row.since.astimezone(self._zone)}) for row in rows
        )


def _standing() -> sa.Select[tuple[object, ...]]:
    return sa.select(_PAUSES).where(_PAUSES.c.lifted.is_(None))


def _found(connection: Transaction, directive: str, section: str | None) -> Pause | None:
    same = (_PAUSES.c.directive == directive) & (
        _PAUSES.c.section.is_(None) if section is None else _PAUSES.c.section == section
    )
    row = connection.execute(_standing().where(same)).first()
    return Pause(**row._mapping) if row is not None else None


def _next(connection: Transaction) -> int:
    last: int | None = connection.execute(sa.select(sa.func.max(_PAUSES.c.number))).scalar()
    return (last or 0) + 1


def _record(recording: Recording, kind: str, pause: Pause, by: Member, words: str | None) -> None:
    facts = {"pause": pause.number, "section": pause.section, "directive": pause.directive}
    recording.add(f"directive {pause.directive}", kind, actor=by.key, facts=facts, words=words)
