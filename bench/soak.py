"""``make soak``: lives of requests by chance, with deaths of processes, on both databases.

A schedule is the life that follows from a seed. After each round of it everything must agree, and
at its end every letter has been told. ``--seed N --schedules 1`` repeats one.
"""

import os
import secrets
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Annotated

import typer
from pydantic import BaseModel, ConfigDict
from sqlalchemy import Engine

from bench import machine
from bench.lives.agreement import Snapshot, disagreements
from bench.lives.chance import Chance
from bench.lives.nursery import End, Ended, Nursery, Order
from bench.lives.station import Station
from bench.lives.steps import Doing, Step
from bot.approvals.history import history
from bot.approvals.progress import progress
from bot.database import open_database, reading
from bot.errors import DatabaseUnusable

RESULT = Path(__file__).resolve().parent / "results" / "soak.md"
SQLITE, POSTGRESQL = "SQLite", "PostgreSQL"
_BEGINS = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
_MEMORY = Path("/dev/shm")  # a killed process loses nothing that the system has
_LAST_ROUNDS = 5
_RECORDED = 200  # schedules


class Fault(BaseModel):
    """Something that did not hold, and the seed that shows it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seed: int
    what: str


class Soaked(BaseModel):
    """What was found on one database; the counts are by name."""

    model_config = ConfigDict(extra="forbid")

    schedules: int = 0
    rounds: int = 0
    at_once: int = 0
    ends: Counter[str] = Counter()
    states: Counter[str] = Counter()
    events: Counter[str] = Counter()
    deaths: Counter[str] = Counter()
    letters: int = 0
    seconds: float = 0.0
    faults: list[Fault] = []

    def joined(self, other: "Soaked") -> "Soaked":
        """Return both together."""
        fields = {name: getattr(self, name) + getattr(other, name) for name in Soaked.model_fields}
        return Soaked.model_validate(fields)


class Soak:
    """Lives schedules on one database."""

    def __init__(self, nursery: Nursery, url: str, folder: Path) -> None:
        self.found = Soaked()
        self._nursery = nursery
        self._url = url
        self._folder = folder
        self._engine: Engine = open_database(url)
        self._empty = Snapshot.of(self._engine, folder)

    def schedule(self, seed: int) -> None:
        """Live one schedule, from its seed."""
        self._empty.put_back(self._engine, self._folder)
        chance = Chance(seed, _BEGINS)
        for _ in range(chance.rounds):
            steps = chance.next(self._station(chance.at))
            ended = self._round([(step, chance.dies_at()) for step in steps])
            for step, one in zip(steps, ended, strict=True):
                if one.end is End.KILLED:
                    chance.died(step)
            self._fault(seed, self._wrong(chance.at, [*zip(steps, ended, strict=True)]))
        at = chance.at
        for _ in range(_LAST_ROUNDS):
            at += timedelta(minutes=20)
            if self._station(at).outbox.waiting():
                self._round([(Step(doing=Doing.TELL, at=at), None)])
        self._fault(seed, self._at_the_end(at))
        self.found.schedules += 1

    def close(self) -> None:
        """Close the database."""
        self._engine.dispose()

    def _round(self, steps: list[tuple[Step, int | None]]) -> tuple[Ended, ...]:
        orders = [
            Order(url=self._url, folder=self._folder, step=step, dies_at=dies_at)
            for step, dies_at in steps
        ]
        if self._engine.dialect.name == "sqlite":
            self._engine.dispose()  # whoever dies is the last one that had the file open
        ended = self._nursery.run(orders)
        self.found.rounds += 1
        self.found.at_once += len(orders) > 1
        for one, (step, _) in zip(ended, steps, strict=True):
            busy = one.why.startswith(DatabaseUnusable.__name__)
            self.found.ends["database busy" if busy else one.end.value] += 1
            if one.end is End.KILLED:
                self.found.deaths[f"{step.doing.value}: {one.moments[-1]}"] += 1
        return ended

    def _station(self, at: datetime) -> Station:
        return Station(self._engine, self._folder, at)

    def _wrong(self, at: datetime, ended: list[tuple[Step, Ended]]) -> Iterator[str]:
        """Yield what does not hold after a round."""
        station = self._station(at)
        yield from disagreements(station)
        for step, one in ended:
            if one.end is End.FAILED:
                yield f"{step.doing}: {one.why}"
            if one.heavy:
                yield f"{step.doing} loaded {', '.join(one.heavy)}"
            if one.end is End.DONE and not self._there(station, step):
                yield f"{step.doing} was done, and is not there: {step.model_dump_json()}"

    def _there(self, station: Station, step: Step) -> bool:
        """Whether what a process reported as done is in the record."""
        request = station.bureau.store.by_answer(step.answer)
        if step.doing is Doing.SEND:
            return request is not None
        if step.doing is not Doing.ACT or step.deed is None or request is None:
            return True
        with reading(self._engine) as connection:
            events = history(connection, request.reference)
        wanted = (step.deed.kind, step.deed.version, step.at)
        return any((one.kind, one.version, one.at) == wanted and one.actor for one in events)

    def _at_the_end(self, at: datetime) -> Iterator[str]:
        station = self._station(at)
        yield from disagreements(station)
        if station.outbox.waiting():
            yield f"{station.outbox.waiting()} letters were not told"
        self.found.letters += len([*station.ledger.lines()])
        with reading(self._engine) as connection:
            for request in station.bureau.store.all():
                events = history(connection, request.reference)
                self.found.states[progress(events).state.value] += 1
                self.found.events.update(one.kind.value for one in events)

    def _fault(self, seed: int, wrong: Iterator[str]) -> None:
        self.found.faults += [Fault(seed=seed, what=one) for one in wrong]


def main(
    seed: Annotated[int | None, typer.Option(help="The first schedule's; by chance.")] = None,
    schedules: Annotated[int, typer.Option(help="How many on each database.")] = 200,
    jobs: Annotated[int, typer.Option(help="How many lives at a time.")] = os.cpu_count() or 1,
) -> None:
    """Live schedules on each database and say what was found; exit 1 where something was wrong."""
    first = secrets.randbelow(10**9) if seed is None else seed
    seeds = range(first, first + schedules)
    print(f"seeds {seeds[0]} to {seeds[-1]}", flush=True)
    found: dict[str, Soaked] = {}
    for name, urls in _databases(jobs):
        found[name] = done = _shared(urls, seeds)
        killed, faults = done.ends[End.KILLED.value], len(done.faults)
        print(
            f"{name}: {done.schedules} schedules, {sum(done.ends.values())} processes, "
            f"{killed} killed, {faults} faults, {done.seconds:.0f} s",
            flush=True,
        )
        for fault in done.faults[:20]:
            print(f"  seed {fault.seed}: {fault.what}", file=sys.stderr)
    if schedules >= _RECORDED and len(found) == len((SQLITE, POSTGRESQL)):
        RESULT.write_text(_page(found, seeds), encoding="utf-8")
    missing = POSTGRESQL not in found and bool(os.environ.get("POLICYBOT_CI"))
    if missing or any(one.faults for one in found.values()):
        raise typer.Exit(1)


def _shared(urls: Sequence[str], seeds: range) -> Soaked:
    """Return what was found by as many processes as there are databases."""
    started = time.monotonic()
    shares = [seeds[place :: len(urls)] for place in range(len(urls))]
    with ProcessPoolExecutor(len(urls), mp_context=get_context("spawn")) as pool:
        found = Soaked()
        for one in pool.map(soaked, urls, shares):
            found = found.joined(one)
    found.seconds = time.monotonic() - started
    return found


def soaked(url: str, seeds: range) -> Soaked:
    """Return what was found in the schedules of these seeds."""
    with Nursery() as nursery, _folder() as folder:
        soak = Soak(nursery, url, folder)
        for seed in seeds:
            try:
                soak.schedule(seed)
            except Exception as error:
                what = f"the schedule was broken off: {type(error).__name__}: {error}"
                soak.found.faults.append(Fault(seed=seed, what=what))
        soak.close()
    return soak.found


def _databases(jobs: int) -> Iterator[tuple[str, list[str]]]:
    """Yield the addresses of new databases of each kind, as long as they are used."""
    with _folder() as folder:
        yield SQLITE, [f"sqlite:///{folder}/soak-{number}.sqlite3" for number in range(jobs)]
    tests = str(machine.ROOT / "tests")
    if tests not in sys.path:
        sys.path.insert(0, tests)
    from databases import MISSING, Server, programs  # the server of the tests

    where = programs()
    if where is None:
        print(MISSING, file=sys.stderr)
        return
    server = Server(where)
    try:
        yield POSTGRESQL, [server.copy() for _ in range(jobs)]
    finally:
        server.close()


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir=_MEMORY if _MEMORY.is_dir() else None) as folder:
        yield Path(folder)


def _page(found: Mapping[str, Soaked], seeds: range) -> str:
    """Return the result as a page."""
    day = datetime.now(UTC).date()
    lines = [
        f"Measured on {day}, seeds {seeds[0]} to {seeds[-1]}. {machine.describe().line}.",
        "",
        f"| what | {' | '.join(found)} |",
        f"|---|{'---:|' * len(found)}",
    ]
    totals = {
        "schedules": lambda one: one.schedules,
        "rounds": lambda one: one.rounds,
        "rounds with several processes at once": lambda one: one.at_once,
        "letters told": lambda one: one.letters,
        "faults": lambda one: len(one.faults),
        "seconds": lambda one: round(one.seconds),
    }
    lines += [_row(name, [of(one) for one in found.values()]) for name, of in totals.items()]
    for title, of in (
        ("processes", lambda one: one.ends),
        ("requests at the end", lambda one: one.states),
        ("events", lambda one: one.events),
        ("deaths", lambda one: one.deaths),
    ):
        names = sorted({name for one in found.values() for name in of(one)})
        lines += [
            _row(f"{title}: {name}", [of(one)[name] for one in found.values()]) for name in names
        ]
    return "\n".join(lines) + "\n"


def _row(name: str, figures: list[int]) -> str:
    return f"| {name} | {' | '.join(f'{one:,}' for one in figures)} |"


if __name__ == "__main__":
    typer.run(main)
