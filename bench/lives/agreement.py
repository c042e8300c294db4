"""What must hold of a database after any death: state, record, letters and slips agree."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Engine

from bench.lives.station import Station
from bot.approvals.account import changed_contents
from bot.approvals.event import Event, Happened
from bot.approvals.history import history
from bot.approvals.issuing import SLIPS
from bot.approvals.progress import Progress, after, progress
from bot.approvals.register import office
from bot.approvals.store import REQUESTS
from bot.approvals.telling import tellings
from bot.audit.store import AUDIT, HEAD, WORDS, lines_of
from bot.database import METADATA, reading
from bot.roster.roster import Roster
from bot.roster.store import IMPORTED, SUBJECT

# What is made at random, or differs because of that.
_RANDOM = frozenset({"reference", "seal", "salt", "code", "ts", "digest", "id"})
_OFTEN = {Happened.REFUSED, Happened.REMINDED, Happened.RETURNED, Happened.SENT_ON}
_AT_A_STEP = {Happened.ENDORSED, Happened.SKIPPED, Happened.ESCALATED}
_OUTBOX = METADATA.tables["outbox"]
# The tables of a request's life; what comes later refers to what comes before.
_TABLES = (
    *(METADATA.tables[name] for name in ("rosters", "drafts")),
    *(REQUESTS, AUDIT, WORDS, HEAD, SLIPS, _OUTBOX, METADATA.tables["cards"]),
)
_KNOWN: dict[str, Roster | None] = {}  # rosters by their hash, which the record names
Picture = Mapping[str, tuple[str, ...]]
Told = tuple[str, int, int, str, str]  # request, version, line, person, about


@dataclass(frozen=True)
class Snapshot:
    """Everything in these tables and in the files beside the database, to be put back."""

    rows: Mapping[str, list[dict[str, Any]]]
    files: Mapping[str, bytes]

    @classmethod
    def of(cls, engine: Engine, folder: Path) -> "Snapshot":
        """Take one."""
        with reading(engine) as connection:
            rows = {one.name: _rows(connection, one) for one in _TABLES}
        return cls(rows, {one.name: one.read_bytes() for one in _files(folder)})

    def put_back(self, engine: Engine, folder: Path) -> None:
        """Make everything as it was."""
        with engine.begin() as connection:
            for table in reversed(_TABLES):
                connection.execute(sa.delete(table))
            for table in _TABLES:
                if self.rows[table.name]:
                    connection.execute(sa.insert(table), self.rows[table.name])
        for file in _files(folder):
            file.unlink()
        for name, data in self.files.items():
            (folder / name).write_bytes(data)


def picture(engine: Engine, *, refusals: bool = True) -> Picture:
    """Return what is in these tables, but for what is made at random; requests by their answers.

    Without ``refusals`` the record's lines of refused attempts are left out.
    """
    with reading(engine) as connection:
        names = {row["reference"]: row["answer"] for row in _rows(connection, REQUESTS)}
        found = {}
        for table in _TABLES:
            rows = [
                {key: value for key, value in row.items() if key not in _RANDOM}
                for row in _rows(connection, table)
                if refusals or row.get("kind") != Happened.REFUSED.value
            ]
            if table is AUDIT:
                rows = [{**row, "words": row["words"] is not None} for row in rows]
            if refusals or table is not HEAD:
                found[table.name] = tuple(sorted(_named(row, names) for row in rows))
    return found


def disagreements(station: Station) -> Iterator[str]:
    """Yield what does not hold, in a few words each; nothing where everything does."""
    for fault in station.audit.verify().faults:
        yield f"the record, line {fault.number}: {fault.what}"
    requests = station.bureau.store.all()
    with reading(station.engine) as connection:
        for gone in changed_contents(connection, requests):
            yield f"line {gone.number}: {gone.what}"
        subjects = {one.line.subject for one in lines_of(connection, None)}
        known = {one.reference for one in requests}
        for stray in sorted(one for one in subjects - known if one.startswith("R-")):
            yield f"{stray} is in the record, and there is no such request"
        rosters = _rosters(station, connection)
        told: Counter[Told] = Counter()
        for request in requests:
            events = history(connection, request.reference)
            if not events:
                yield f"{request.answer} is stored, and the record does not know of it"
                continue
            now = progress(events)
            if (now.state, now.version) != (request.state, request.version):
                yield f"{request.answer} is {now.state}, its row says {request.state}"
            yield from _doubled(request.answer, events)
            numbers = [one.line.number for one in lines_of(connection, request.reference)]
            lines = [*zip(numbers, events, strict=True)]
            yield from _slips(connection, request.answer, request.reference, lines)
            told.update(_told(station, rosters, lines))
        yield from _letters(station, connection, told)


def _rows(connection: Connection, table: sa.Table) -> list[dict[str, Any]]:
    return [dict(row._mapping) for row in connection.execute(sa.select(table))]


def _files(folder: Path) -> list[Path]:
    return sorted(one for one in folder.iterdir() if one.suffix in {".txt", ".jsonl"})


def _named(row: Mapping[str, object], names: Mapping[str, str]) -> str:
    text = json.dumps(row, default=str, sort_keys=True, ensure_ascii=False)
    for reference, answer in names.items():
        text = text.replace(reference, answer)
    return text


def _doubled(answer: str, events: tuple[Event, ...]) -> Iterator[str]:
    """Yield what was done twice that can be done once only."""
    counted = Counter(
        (one.kind, one.version, one.actor, one.step if one.kind in _AT_A_STEP else None)
        for one in events
        if one.kind not in _OFTEN
    )
    for (kind, version, actor, _), times in counted.items():
        if times > 1:
            yield f"{answer}, version {version}: {kind} by {actor} {times} times"


def _slips(
    connection: Connection, answer: str, reference: str, lines: list[tuple[int, Event]]
) -> Iterator[str]:
    chosen = sa.select(SLIPS.c.line).where(SLIPS.c.request == reference)
    issued = sorted(connection.execute(chosen).scalars())
    granted = [number for number, event in lines if event.kind is Happened.GRANTED]
    if issued != granted:
        yield f"{answer} was granted by lines {granted}, and slips are from {issued}"


def _rosters(station: Station, connection: Connection) -> list[tuple[int, Roster | None]]:
    """Return from which line of the record on each roster was in force."""
    found: list[tuple[int, Roster | None]] = [(0, None)]
    for one in lines_of(connection, SUBJECT):
        if one.line.kind == IMPORTED:
            sha256 = str(one.line.facts["sha256"])
            if sha256 not in _KNOWN:
                filed = station.rosters.numbered(int(str(one.line.facts["number"])))
                _KNOWN[sha256] = filed.roster if filed is not None else None
            found.append((one.line.number, _KNOWN[sha256]))
    return found


def _told(
    station: Station, rosters: list[tuple[int, Roster | None]], lines: list[tuple[int, Event]]
) -> Iterator[Told]:
    """Yield the letters that follow from a request's events."""
    before: Progress | None = None
    for number, event in lines:
        if event.kind is Happened.REFUSED:
            continue
        now = progress((event,)) if before is None else after(before, event)
        roster = [one for since, one in rosters if since < number][-1]
        order = station.library.get(now.directive)
        name = order.name if order is not None else now.directive
        acting = office(roster, now, name, event.at.astimezone(UTC).date()).may
        for one in tellings(before, now, event, [actor.person.id for actor in acting]):
            yield (event.request, now.version, number, one.person, one.about.value)
        before = now


def _letters(station: Station, connection: Connection, told: Counter[Told]) -> Iterator[str]:
    waiting = Counter(
        (row["request"], row["version"], row["line"], row["person"], row["about"])
        for row in _rows(connection, _OUTBOX)
    )
    struck = {(one["line"], one["person"], one["about"]) for one in station.ledger.lines()}
    for letter in waiting - told:
        yield f"a letter of something that did not happen: {letter}"
    for letter in told - waiting:
        if letter[2:] not in struck:
            yield f"a letter that was lost: {letter}"
    for mark, times in Counter(station.slack.posted()).items():
        if times > 1:
            yield f"a card was posted {times} times: {mark}"
