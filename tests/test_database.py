"""The database, on SQLite and on PostgreSQL: opened, shared, lost, and what it refuses."""

import sqlite3
import string
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from databases import POSTGRESQL, Database, PostgresDatabases
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from permits import CONTENT, Permits
from precinct import Precinct

from bot.approvals.event import Happened
from bot.approvals.progress import State
from bot.approvals.store import REQUESTS
from bot.asker import Asker, Surface
from bot.audit.store import WORDS
from bot.database import Engine, open_database, reading, transaction
from bot.errors import DatabaseUnusable
from bot.feedback import Feedback, FeedbackStore, Right
from bot.roster.store import Rosters

ONLY_POSTGRESQL = pytest.mark.parametrize("database", [POSTGRESQL], indirect=True)
ASKER = Asker(surface=Surface.SLACK, team="T1", user="U1")
Opened = Callable[[str], Engine]


@pytest.fixture
def opened() -> Iterator[Opened]:
    """Opens databases, and closes them in the end."""
    engines: list[Engine] = []

    def open_one(url: str) -> Engine:
        engines.append(open_database(url))
        return engines[-1]

    yield open_one
    for engine in engines:
        engine.dispose()


def requests(engine: Engine) -> int:
    with reading(engine) as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(REQUESTS)).scalar_one()


def test_a_request_is_written_and_its_record_holds(database: Database, tmp_path: Path) -> None:
    precinct = Precinct(database.new(), tmp_path)
    number = precinct.send()
    assert precinct.engine.dialect.name == database.kind
    assert precinct.row(number).state == precinct.standing(number).state.value
    assert precinct.row(number).created == precinct.now
    assert not precinct.audit.verify().faults
    precinct.close()


@ONLY_POSTGRESQL
@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgresql_is_known_by_each_of_its_names(
    database: Database, opened: Opened, scheme: str
) -> None:
    engine = opened(database.new().replace("postgresql", scheme, 1))
    assert engine.driver == "psycopg"


@ONLY_POSTGRESQL
def test_a_postgresql_that_cannot_be_used_gives_one_clear_line(database: PostgresDatabases) -> None:
    url = database.new()
    database.server.run("CREATE ROLE guest LOGIN")
    database.server.run(
        "CREATE DATABASE plain TEMPLATE template0 ENCODING 'SQL_ASCII'"
        " LOCALE_PROVIDER libc LOCALE 'C' OWNER policybot"
    )
    name = url.partition("@/")[2].partition("?")[0]
    for wrong, told in {
        url.replace("//policybot", "//nobody"): "no such role or database",
        url.replace(name, "nothing"): "no such role or database",
        url.replace(name, "plain"): "encoding is 'SQL_ASCII'",
        database.empty().replace("//policybot", "//guest"): "the owner of the database",
        f"{url}&colour=blue": "an option that PostgreSQL does not know",
        "postgresql://policybot:not-a-secret@127.0.0.1:1/x": "Check that PostgreSQL runs",
        "postgresql://policybot:not-a-secret@host:not-a-secret/x": "Check the address",
    }.items():
        with pytest.raises(DatabaseUnusable, match=told) as refused:
            open_database(wrong)
        assert str(refused.value).startswith("DATABASE_URL: ")
        assert "\n" not in str(refused.value) and "not-a-secret" not in str(refused.value)
    database.server.run("DROP DATABASE plain")


def test_many_that_start_at_once_migrate_it_once(database: Database, opened: Opened) -> None:
    url = database.empty()
    with ThreadPoolExecutor(4) as pool:
        engines = [*pool.map(opened, [url] * 4)]
    assert [requests(engine) for engine in engines] == [0] * 4
    tables = set(sa.inspect(engines[0]).get_table_names())
    assert {"requests", "audit", "sessions", "cards"} <= tables


@pytest.mark.embedded("a lock on an SQLite file")
def test_a_file_that_somebody_reads_when_it_is_first_opened_is_waited_for(
    tmp_path: Path, opened: Opened
) -> None:
    path = tmp_path / "new.sqlite3"
    reader = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    reader.execute("CREATE TABLE looked (at INTEGER)")
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM looked").fetchall()
    leaving = threading.Timer(0.2, reader.close)
    leaving.start()
    assert requests(opened(f"sqlite:///{path}")) == 0
    leaving.join()


def test_a_reader_sees_one_moment_while_others_write(database: Database, opened: Opened) -> None:
    url = database.new()
    here, there = opened(url), opened(url)
    with reading(here) as connection:
        count = sa.select(sa.func.count()).select_from(REQUESTS)
        assert connection.execute(count).scalar_one() == 0
        write(there)
        assert connection.execute(count).scalar_one() == 0
    assert requests(here) == 1


def write(engine: Engine) -> None:
    row = {
        "reference": "R-1", "answer": "a", "created": sa.func.current_timestamp(),
        "surface": "slack", "directive": "5.14", "effective": sa.func.current_date(),
        "sha256": "e" * 64, "clauses": [], "kind": "both", "content": {}, "state": "sent",
    }  # fmt: skip
    with transaction(engine) as connection:
        connection.execute(sa.insert(REQUESTS).values(row))


@pytest.mark.usefixtures("short_waits")
def test_who_waits_too_long_for_another_writer_is_told_so(
    database: Database, opened: Opened
) -> None:
    url = database.new()
    here, there = opened(url), opened(url)
    with transaction(here):
        assert requests(there) == 0
        for blocked in (here, there):
            with pytest.raises(DatabaseUnusable, match="The database is busy"):
                write(blocked)
    write(there)
    assert requests(here) == 1


def test_more_threads_than_connections_do_not_hold_each_other_up(
    database: Database, opened: Opened, tmp_path: Path
) -> None:
    """Each needs a second connection while it writes, as whoever looks at the roster does."""
    precinct = Precinct(database.new(), tmp_path)
    rosters = Rosters(precinct.engine, lambda: precinct.now)
    assert precinct.roster is not None
    rosters.file(precinct.roster)
    together = threading.Barrier(60)

    def add() -> int:
        together.wait()
        with precinct.audit.recording() as recording:
            assert Rosters(precinct.engine, lambda: precinct.now).in_force() is not None
            return recording.add("many", "seen").number

    with ThreadPoolExecutor(60) as pool:
        numbers = [future.result() for future in [pool.submit(add) for _ in range(60)]]
    assert sorted(numbers) == [*range(1, 61)]
    assert not precinct.audit.verify().faults
    precinct.close()


@ONLY_POSTGRESQL
def test_a_server_that_was_restarted_is_used_again(
    database: PostgresDatabases, opened: Opened
) -> None:
    engine = opened(database.new())
    server = database.server
    with pytest.raises(DatabaseUnusable, match="The database cannot be reached"):
        with reading(engine) as connection:
            server.stop()
            connection.execute(sa.select(REQUESTS))
    with pytest.raises(DatabaseUnusable):
        requests(engine)
    server.start()
    write(engine)
    assert requests(engine) == 1


@ONLY_POSTGRESQL
def test_a_connection_that_is_cut_in_the_middle_leaves_nothing(
    database: PostgresDatabases, tmp_path: Path
) -> None:
    precinct = Precinct(database.new(), tmp_path)
    number = precinct.send(people=())
    before = precinct.events(number)
    with pytest.raises(DatabaseUnusable, match="cannot be reached"):
        with precinct.audit.recording() as recording:
            recording.add("many", "seen", words="half done")
            database.server.run(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'policybot'"
            )
    assert precinct.events(number) == before
    precinct.act(number, "officer", Happened.WITHDRAWN)
    assert precinct.standing(number).state is State.WITHDRAWN
    assert not precinct.audit.verify().faults
    precinct.close()


@pytest.fixture
def permits(database: Database, tmp_path: Path) -> Iterator[Permits]:
    made = Permits(tmp_path, database.new())
    yield made
    made.close()


TEXT = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("\0\n\x85\u202e%'\"\\"))


@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(TEXT.map(lambda text: f"x{text}"))
@example("x\0y \\u0000 %s %(a)s \U0001f46e " + "a" * 1900)
def test_whatever_people_write_is_kept_and_the_record_holds(permits: Permits, text: str) -> None:
    content = CONTENT.model_validate({**CONTENT.model_dump(), "description": text})
    number = permits.send(content)
    permits.act(number, "sergeant", Happened.RETURNED, words=text)
    request = permits.bureau.store.by_reference(number)
    assert request is not None and request.content == content
    assert "\0" not in content.description and content.description.startswith("x")
    kept = [words for _, words in permits.audit.words().values()]
    assert kept[-1].startswith("x") and "\0" not in kept[-1]
    assert not permits.audit.verify().faults
    store = FeedbackStore(permits.engine, permits.clock, "k")
    said = Feedback(answer="a", version="1", verdict="allowed", right=Right.NO, reason=text)
    store.give(said, ASKER)
    [given_] = store.to_look_at()
    assert given_.reason is not None and given_.reason.replace("\0", "\ufffd").startswith("x")


def test_a_lookup_with_signs_no_number_has_finds_nothing(permits: Permits) -> None:
    for number in ("R-\0", "R-%00", "R-\U0001f46e", "R-" + string.printable * 50, ""):
        assert permits.bureau.store.by_reference(number) is None
        assert permits.lines(number) == ()
        assert permits.bureau.slips.issued(number) is None


def test_lists_come_in_the_same_order_whatever_language_the_database_sorts_by(
    permits: Permits,
) -> None:
    """Text is compared as it is written: capitals and accents make a difference."""
    sent = []
    for name in ("b", "B", "a", "\u00c4", "A", "_"):
        permits.now += timedelta(seconds=1)
        sent.append(permits.send(CONTENT.model_copy(update={"account": name})))
    found = permits.bureau.store.all()
    assert [one.reference for one in found] == sent[::-1]
    assert permits.bureau.store.by_reference(sent[0].lower()) == found[-1]
    assert permits.lines("r-x") == ()


def test_words_of_an_officer_stand_in_no_message_of_a_failure(
    database: Database, opened: Opened
) -> None:
    engine = opened(database.new())
    row = {"number": 1, "salt": None, "words": "THE WORDS"}
    with pytest.raises(sa.exc.IntegrityError) as failed:
        with transaction(engine) as connection:
            connection.execute(sa.insert(WORDS).values(row))
    assert "parameters hidden" in str(failed.value)
