"""Clauses about which a person asked to be told: which, and in which version; nothing else."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime

import sqlalchemy as sa
from pydantic import BaseModel
from sqlalchemy.exc import IntegrityError

from bot.asker import Asker
from bot.database import METADATA, Moment, reading, transaction
from index.directive import FROZEN, Directive

MOST_SECTION = 200
_WATCHES = sa.Table(
    "watches",
    METADATA,
    sa.Column("team", sa.String(40), primary_key=True),
    sa.Column("user", sa.String(40), primary_key=True),
    sa.Column("directive", sa.String(80), primary_key=True),
    sa.Column("section", sa.String(MOST_SECTION), primary_key=True),
    sa.Column("effective", sa.Date, nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("at", Moment, nullable=False),
)
_ORDER = [_WATCHES.c[name] for name in ("team", "user", "effective", "sha256", "section")]


class Watch(BaseModel):
    """One clause that one person watches, as it stands in the version of ``effective``.

    ``at`` is when they asked for it.
    """

    model_config = FROZEN

    team: str
    user: str
    directive: str
    section: str
    effective: date
    sha256: str
    at: datetime


class Watches:
    """Keeps watches, one a person a clause, in the database of all processes."""

    def __init__(self, engine: sa.Engine, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._clock = clock

    def begin(self, asker: Asker, directive: Directive, section: str) -> bool:
        """Watch a clause for a person; return False, and change nothing, where it is watched."""
        watch = Watch(
            team=asker.team or "",
            user=asker.user or "",
            directive=directive.number,
            section=section,
            effective=directive.effective,
            sha256=directive.sha256,
            at=self._clock(),
        )
        try:
            with transaction(self._engine) as connection:
                connection.execute(sa.insert(_WATCHES).values(watch.model_dump()))
        except IntegrityError:
            return False
        return True

    def of(self, asker: Asker) -> tuple[Watch, ...]:
        """Return what a person watches, in the order of directives and of asking."""
        mine = (_WATCHES.c.team == (asker.team or "")) & (_WATCHES.c.user == (asker.user or ""))
        order = (_WATCHES.c.directive, _WATCHES.c.at, _WATCHES.c.section)
        with reading(self._engine) as connection:
            rows = connection.execute(sa.select(_WATCHES).where(mine).order_by(*order))
            return tuple(_watch(row) for row in rows)

    def end(self, asker: Asker, directive: str, section: str) -> None:
        """Watch a clause no more for a person."""
        here = _place(asker.team or "", asker.user or "", directive, section)
        with transaction(self._engine) as connection:
            connection.execute(sa.delete(_WATCHES).where(here))

    def behind(self, in_force: Iterable[Directive]) -> tuple[Watch, ...]:
        """Return the watches of earlier versions than those in force, each person's together.

        A process that has not read the newest version yet leaves alone what is of that one.
        """
        return self.before({one.number: one.effective for one in in_force})

    def before(self, days: Mapping[str, date]) -> tuple[Watch, ...]:
        """Return the watches of versions that took effect before the day of their number."""
        oldest = sa.select(_WATCHES.c.directive, sa.func.min(_WATCHES.c.effective))
        with reading(self._engine) as connection:
            known = connection.execute(oldest.group_by(_WATCHES.c.directive))
            since: dict[str, date] = {number: effective for number, effective in known}
            found: list[Watch] = []
            for number, day in days.items():
                if number in since and since[number] < day:
                    late = (_WATCHES.c.directive == number) & (_WATCHES.c.effective < day)
                    rows = connection.execute(sa.select(_WATCHES).where(late).order_by(*_ORDER))
                    found += [_watch(row) for row in rows]
        return tuple(found)

    def drop(self, watches: Iterable[Watch]) -> None:
        """End watches, each as it is of its version; one that moved meanwhile stays."""
        with transaction(self._engine) as connection:
            for watch in watches:
                connection.execute(sa.delete(_WATCHES).where(_exactly(watch)))

    def move(self, watches: Iterable[Watch], to: Directive, sections: Mapping[str, str]) -> None:
        """Have watches be of another version, each at its clause there; those without one end.

        ``sections`` are the sections there by those here. What was taken away meanwhile stays so.
        """
        with transaction(self._engine) as connection:
            there = [
                watch
                for watch in watches
                if connection.execute(sa.delete(_WATCHES).where(_exactly(watch))).rowcount
            ]
            version = {"effective": to.effective, "sha256": to.sha256}
            for watch in there:
                section = sections.get(watch.section)
                if section is None:
                    continue
                moved = watch.model_copy(update={**version, "section": section})
                connection.execute(sa.delete(_WATCHES).where(_same_place(moved)))
                connection.execute(sa.insert(_WATCHES).values(moved.model_dump()))


def _place(team: str, user: str, directive: str, section: str) -> sa.ColumnElement[bool]:
    return (
        (_WATCHES.c.team == team)
        & (_WATCHES.c.user == user)
        & (_WATCHES.c.directive == directive)
        & (_WATCHES.c.section == section)
    )


def _same_place(watch: Watch) -> sa.ColumnElement[bool]:
    return _place(watch.team, watch.user, watch.directive, watch.section)


def _exactly(watch: Watch) -> sa.ColumnElement[bool]:
    return _same_place(watch) & (_WATCHES.c.sha256 == watch.sha256)


def _watch(row: sa.Row[tuple[object, ...]]) -> Watch:
    return Watch.model_validate(dict(row._mapping))
