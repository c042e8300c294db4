"""On which databases and stores the suite stands, and which of them each test has used.

With POLICYBOT_BACKENDS=server what would stand in an SQLite file or an embedded store stands on
PostgreSQL and a Chroma server of this worker. A test of one kind by its nature says so with the
marker ``embedded`` and is left out then; tests of both kinds run on both as ever. With --leave-out,
so is what stood on neither in an earlier run: once more it would show nothing new.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import wraps
from pathlib import Path
from typing import Any

import pytest
from databases import KINDS, POSTGRESQL, SQLITE, started
from sqlalchemy import event
from sqlalchemy.pool import Pool
from stores import EMBEDDED, SERVER, STORES

from index.store import Store

ON_SERVERS = os.environ.get("POLICYBOT_BACKENDS") == SERVER
DATABASE = "policybot.sqlite3"  # the name that it has in a VAR_DIR
_ALL = (*KINDS, *STORES)
_DRIVERS = {"sqlite3": SQLITE, "psycopg": POSTGRESQL}
_PROPERTY, _MARKER, _NONE = "backends", "embedded", "none"
# What a process started by a test uses is not seen, but the test asks for an index to start it on.
_STARTED_ON = {"settings", "small_settings", "two_versions"}
_USED: set[str] = set()
_MADE: dict[Path, str] = {}


def address(file: Path) -> str:
    """Return the address of the database that is an SQLite file, unless the suite is on servers.

    There it is a PostgreSQL database of its own with the newest schema, the same one for the same
    file, for as long as the test runs, or what set it up.
    """
    if not ON_SERVERS:
        return f"sqlite:///{file}"
    if file not in _MADE:
        _MADE[file] = started().copy()
    return _MADE[file]


def on_server(folder: Path) -> str | None:
    """Return what DATABASE_URL is for settings with this VAR_DIR: nothing, unless on servers."""
    return address(folder / DATABASE) if ON_SERVERS else None


@pytest.fixture(autouse=True)
def backends(request: pytest.FixtureRequest) -> Iterator[None]:
    """Note what the test uses, with what was set up for it first; drop its databases."""
    before = set(_MADE)
    yield
    request.node.user_properties.append((_PROPERTY, [one for one in _ALL if one in _USED]))
    _USED.clear()
    for file in _MADE.keys() - before:
        started().drop(_MADE.pop(file))


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take the names of files with a line a test: its id and what it stood on."""
    parser.addoption("--backends", metavar="FILE", help="write what each test stood on to FILE")
    parser.addoption("--leave-out", metavar="FILE", help="leave out what FILE says stood on none")


def pytest_configure(config: pytest.Config) -> None:
    """Name the marker; note from now on what is used."""
    text = "embedded(why): about SQLite files or the embedded store by its nature"
    config.addinivalue_line("markers", text)


def leave_out(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is of one kind by its nature, where the suite stands on the other.

    What an earlier run's file names as standing on nothing is taken from ``items``.
    """
    needless = stood_on_nothing(config.getoption("--leave-out"))
    items[:] = [
        one for one in items if runs(one.nodeid, getattr(one, "fixturenames", ()), needless)
    ]
    for item in items:
        mark = item.get_closest_marker(_MARKER) if ON_SERVERS else None
        if mark is not None:
            item.add_marker(pytest.mark.skip(reason=f"{_MARKER}: {mark.args[0]}"))


def runs(test: str, fixtures: Iterable[str], needless: set[str]) -> bool:
    """Whether a test is run though some are needless: what starts a process is none of these."""
    return test not in needless or not _STARTED_ON.isdisjoint(fixtures)


def stood_on_nothing(file: str | None) -> set[str]:
    """Return the ids of the tests that a file of --backends says stood on nothing."""
    if file is None or not Path(file).exists():
        return set()
    lines = Path(file).read_text(encoding="utf-8").split("\n")
    return {line.removesuffix(f" {_NONE}") for line in lines if line.endswith(f" {_NONE}")}


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in the end how many tests passed on what; ``.ci/run`` looks for it.

    A worker knows of its own tests alone, and says nothing.
    """
    if hasattr(terminalreporter.config, "workerinput"):
        return
    passed = {one.nodeid for one in terminalreporter.getreports("passed")}
    noted = {
        one.nodeid: dict(one.user_properties).get(_PROPERTY, [])
        for one in terminalreporter.getreports("")
        if one.when == "teardown" and one.nodeid in passed
    }
    count = Counter(kind for kinds in noted.values() for kind in kinds)
    for what, kinds in (("databases", KINDS), ("stores", STORES)):
        if any(count[kind] for kind in kinds):
            counts = ", ".join(f"{kind} {count[kind]} tests" for kind in kinds)
            terminalreporter.write_line(f"{what}: {counts}")
    if ON_SERVERS:
        skipped = [str(one.longrepr) for one in terminalreporter.getreports("skipped")]
        about = sum(f"{_MARKER}: " in one for one in skipped)
        terminalreporter.write_line(f"left out, since about embedded backends: {about} tests")
    if needless := stood_on_nothing(terminalreporter.config.getoption("--leave-out")):
        needless -= {one.nodeid for one in terminalreporter.getreports("")}
        terminalreporter.write_line(f"left out, since they stand on neither: {len(needless)} tests")
    lines = [f"{name} {' '.join(kinds) or _NONE}" for name, kinds in sorted(noted.items())]
    if terminalreporter.config.get_verbosity() > 0:
        terminalreporter.section("backends")
        terminalreporter.write_line("\n".join(lines))
    if file := terminalreporter.config.getoption("--backends"):
        Path(file).parent.mkdir(parents=True, exist_ok=True)
        Path(file).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


@event.listens_for(Pool, "checkout")
def _checked_out(connection: object, _record: object, _proxy: object) -> None:
    kind = _DRIVERS.get(type(connection).__module__.partition(".")[0])
    if kind is not None:
        _USED.add(kind)


def _noting(method: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(method)
    def noted(store: Store, *given: Any, **named: Any) -> Any:  # noqa: ANN401
        _USED.add(SERVER if store._shared else EMBEDDED)
        return method(store, *given, **named)

    return noted


for _method in ("open", "create", "nearest"):
    setattr(Store, _method, _noting(getattr(Store, _method)))
