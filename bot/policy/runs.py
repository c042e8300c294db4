"""Runs of the questions: who had them run when, how far each is, and what came of it.

Several processes share the table. A run of which nothing was heard for a while belongs to a process
that is gone, and is told as stopped.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
from pydantic import BaseModel

from bot.answer import Version
from bot.audit.store import AuditStore
from bot.database import METADATA, Moment, reading, transaction
from bot.errors import AssistantError
from bot.evaluation.own import Tally, Wrong
from bot.policy.member import Member
from index.directive import FROZEN

_RUNS = sa.Table(
    "runs",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("started", Moment, nullable=False),
    sa.Column("started_by", sa.Text, nullable=False),
    sa.Column("heard", Moment, nullable=False),
    sa.Column("ended", Moment),
    sa.Column("ended_by", sa.Text),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("why", sa.Text),
    sa.Column("asked", sa.Integer, nullable=False),
    sa.Column("total", sa.Integer, nullable=False),
    sa.Column("versions", sa.JSON, nullable=False),
    sa.Column("tallies", sa.JSON, nullable=False),
    sa.Column("wrong", sa.JSON, nullable=False),
)
SILENT = timedelta(seconds=30)  # after which a run that says nothing is over
KEPT = 20
STARTED = "questions run"


class State(StrEnum):
    """Where a run stands; STOPPED: the service stopped, or took up what is on file now."""

    RUNNING = "running"
    FINISHED = "finished"
    CANCELLED = "cancelled"
    STOPPED = "stopped"
    FAILED = "failed"


class RunRefused(AssistantError):
    """A run that cannot begin, or that cannot be ended; the message is fit to show."""


class Run(BaseModel):
    """One run. ``versions`` are what was in force, ``heard`` is when it last said how far it is.

    ``asked`` of ``total`` questions were asked; ``wrong`` are some of those answered otherwise than
    expected, false allowed first; ``why`` says what went wrong with the run itself.
    """

    model_config = FROZEN

    number: int
    started: datetime
    started_by: str
    heard: datetime
    ended: datetime | None = None
    ended_by: str | None = None
    state: State
    why: str | None = None
    asked: int
    total: int
    versions: tuple[Version, ...]
    tallies: tuple[Tally, ...] = ()
    wrong: tuple[Wrong, ...] = ()

    def on(self, sha256: str) -> Version | None:
        """Return the version with this text, if it was one of those that it ran on."""
        return next((one for one in self.versions if one.sha256 == sha256), None)


class Runs:
    """Keeps the last runs; that one was started is a line of the record, with who did it."""

    def __init__(self, engine: sa.Engine, audit: AuditStore, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._audit = audit
        self._clock = clock

    def lately(self) -> tuple[Run, ...]:
        """Return the runs that are kept, the newest first; raise DatabaseUnusable."""
        with reading(self._engine) as connection:
            rows = connection.execute(sa.select(_RUNS).order_by(_RUNS.c.number.desc())).all()
        return tuple(_run(row, self._clock()) for row in rows)

    def begin(self, by: Member, total: int, versions: Sequence[Version]) -> Run:
        """Write a run down that begins; raise RunRefused while another one is under way.

        Of the earlier ones the last are kept.
        """
        with self._audit.recording() as recording:
            connection, now = recording.connection, recording.at
            last = connection.execute(sa.select(_RUNS).order_by(_RUNS.c.number.desc())).first()
            before = _run(last, now) if last is not None else None
            if before is not None and before.state is State.RUNNING:
                raise RunRefused(
                    f"The questions are being run already, for {before.started_by}. Wait until "
                    "that has ended, or cancel it."
                )
            run = Run(
                number=before.number + 1 if before is not None else 1,
                started=now,
                started_by=by.name,
                heard=now,
                state=State.RUNNING,
                asked=0,
                total=total,
                versions=tuple(versions),
            )
            silent = sa.update(_RUNS).where(_RUNS.c.state == State.RUNNING.value)
            gone = {"state": State.STOPPED.value, "ended": _RUNS.c.heard}
            connection.execute(silent.values(gone))
            connection.execute(sa.delete(_RUNS).where(_RUNS.c.number <= run.number - KEPT))
            connection.execute(sa.insert(_RUNS).values(_row(run)))
            facts = {"run": run.number, "questions": total}
            recording.add("evaluation", STARTED, actor=by.key, facts=facts)
        return run

    def go_on(self, run: Run) -> bool:
        """Write down how far a run is; return False where it was ended meanwhile."""
        return self._write(run, {})

    def end(self, run: Run, state: State, why: str | None = None) -> None:
        """Write down that a run ended by itself, and what came of it."""
        self._write(run, {"state": state.value, "why": why, "ended": self._clock()})

    def cancel(self, number: int, by: Member) -> None:
        """End a run that is under way, whichever process runs it; raise RunRefused."""
        ended = {"ended": self._clock(), "ended_by": by.name, "state": State.CANCELLED.value}
        with transaction(self._engine) as connection:
            if not _changed(connection, number, ended):
                raise RunRefused("This run has ended already. Nothing was done.")

    def _write(self, run: Run, more: dict[str, object]) -> bool:
        kept = _row(run)
        values = {name: kept[name] for name in ("asked", "tallies", "wrong")}
        with transaction(self._engine) as connection:
            return _changed(connection, run.number, {**values, "heard": self._clock(), **more})


def _changed(connection: sa.Connection, number: int, values: dict[str, object]) -> bool:
    mine = (_RUNS.c.number == number) & (_RUNS.c.state == State.RUNNING.value)
    return connection.execute(sa.update(_RUNS).where(mine).values(values)).rowcount == 1


def _row(run: Run) -> dict[str, object]:
    plain = run.model_dump(mode="json", include={"versions", "tallies", "wrong", "state"})
    return {**run.model_dump(exclude=set(plain)), **plain}


def _run(row: sa.Row[tuple[object, ...]], now: datetime) -> Run:
    found = Run.model_validate(dict(row._mapping))
    if found.state is State.RUNNING and found.heard < now - SILENT:
        return found.model_copy(update={"state": State.STOPPED, "ended": found.heard})
    return found
