"""One decision counts: of two hundred at once, and where the database goes in the middle of one."""

import json
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from databases import POSTGRESQL, SQLITE, Database, PostgresDatabases
from deciding import EACH, PROCESSES
from precinct import WITH_DESIGNEE, Precinct

from bot.approvals.deed import NotDone
from bot.approvals.event import Endorsement, Happened
from bot.approvals.flow import Why
from bot.approvals.progress import State
from bot.errors import DatabaseUnusable

DECISIONS = {Happened.GRANTED, Happened.DENIED}


@pytest.fixture
def precinct(database: Database, tmp_path: Path) -> Iterator[Precinct]:
    made = Precinct(database.new(), tmp_path)
    yield made
    made.close()


def waiting(precinct: Precinct) -> str:
    """Return the number of a request that waits for its decision."""
    number = precinct.send(people=(), authority=WITH_DESIGNEE)
    for by in ("sergeant", "lieutenant", "captain"):
        precinct.act(number, by, Happened.ENDORSED, endorsement=Endorsement.RECOMMENDED)
    assert precinct.standing(number).state is State.DECIDING
    return number


def test_of_two_hundred_decisions_from_eight_processes_one_counts(
    precinct: Precinct, tmp_path: Path
) -> None:
    number = waiting(precinct)
    before = precinct.audit.verify().lines
    url = precinct.engine.url.render_as_string(hide_password=False)
    ran = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("deciding.py")), url, str(tmp_path), number],
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )
    assert ran.returncode == 0, ran.stderr
    processes = [json.loads(line) for line in ran.stdout.splitlines()]
    assert len({one["process"] for one in processes}) == PROCESSES
    assert not [one["heavy"] for one in processes if one["heavy"]]
    tried = [each for one in processes for each in one["tried"]]
    assert not [each["failed"] for each in tried if each["failed"]]
    [won] = [each for each in tried if each["done"]]
    others = [each for each in tried if not each["done"]]
    assert len(others) == PROCESSES * EACH - 1 == 199
    assert {each["why"] for each in others} == {Why.DECIDED.value}
    assert {tuple(each["told"]) for each in others} == {(won["by"], won["kind"])}
    events = precinct.events(number)
    [decided] = [event for event in events if event.kind in DECISIONS]
    assert (decided.actor, decided.kind.value) == (won["by"], won["kind"])
    refused = [event for event in events if event.kind is Happened.REFUSED]
    assert len(refused) == 199 and {event.actor for event in refused} == {"chief", "deputy"}
    found = precinct.audit.verify()
    assert not found.faults and found.lines == found.vouched == before + 200


def unchanged(precinct: Precinct, number: str) -> None:
    """See that a decision that failed left nothing, and that the next one counts."""
    assert precinct.standing(number).state is State.DECIDING
    assert precinct.row(number).state == State.DECIDING.value
    assert not [event for event in precinct.events(number) if event.kind in DECISIONS]
    assert not precinct.audit.verify().faults
    precinct.act(number, "chief", Happened.GRANTED)
    assert precinct.standing(number).state is State.IN_EFFECT
    assert not precinct.audit.verify().faults


@pytest.mark.parametrize("database", [POSTGRESQL], indirect=True)
def test_a_decision_whose_connection_is_cut_before_its_end_was_never_made(
    database: PostgresDatabases, precinct: Precinct
) -> None:
    number = waiting(precinct)
    told = precinct.outbox.waiting()

    def cut(_connection: sa.Connection) -> None:
        database.server.run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'policybot'"
        )

    sa.event.listen(precinct.engine, "commit", cut)
    with pytest.raises(DatabaseUnusable, match="cannot be reached") as refused:
        precinct.act(number, "chief", Happened.GRANTED, words="Crop the house number.")
    sa.event.remove(precinct.engine, "commit", cut)
    assert "house" not in str(refused.value)
    assert precinct.outbox.waiting() == told
    unchanged(precinct, number)


@pytest.mark.parametrize("database", [POSTGRESQL], indirect=True)
def test_a_decision_whose_server_dies_before_its_end_was_never_made(
    database: PostgresDatabases, precinct: Precinct
) -> None:
    number = waiting(precinct)

    def crash(_connection: sa.Connection) -> None:
        database.server.stop(signal.SIGQUIT)

    sa.event.listen(precinct.engine, "commit", crash)
    with pytest.raises(DatabaseUnusable):
        precinct.act(number, "chief", Happened.DENIED, words="Not in uniform.")
    sa.event.remove(precinct.engine, "commit", crash)
    with pytest.raises(DatabaseUnusable, match="cannot be reached"):
        precinct.standing(number)
    database.server.start()
    unchanged(precinct, number)


@pytest.mark.parametrize("database", [SQLITE], indirect=True)
def test_a_decision_for_which_the_disk_is_too_small_was_never_made(precinct: Precinct) -> None:
    number = waiting(precinct)

    def limit(pages: int) -> None:
        raw = precinct.engine.raw_connection()
        raw.cursor().execute(f"PRAGMA max_page_count = {pages}")
        raw.close()

    limit(1)
    with pytest.raises(DatabaseUnusable, match="Check the free space"):
        precinct.act(number, "chief", Happened.GRANTED, words="\U0001f46e" * 2000)
    limit(2**30)
    unchanged(precinct, number)


@pytest.mark.usefixtures("short_waits")
@pytest.mark.parametrize("database", [SQLITE], indirect=True)
def test_a_decision_that_somebody_else_s_lock_keeps_out_was_never_made(precinct: Precinct) -> None:
    number = waiting(precinct)
    other = sqlite3.connect(str(precinct.engine.url.database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(DatabaseUnusable, match="The database is busy"):
        precinct.act(number, "chief", Happened.GRANTED)
    other.execute("ROLLBACK")
    other.close()
    unchanged(precinct, number)


def test_a_second_decision_is_told_of_the_first(precinct: Precinct) -> None:
    number = waiting(precinct)
    precinct.act(number, "deputy", Happened.DENIED, words="Not in uniform.")
    with pytest.raises(NotDone) as refused:
        precinct.act(number, "chief", Happened.GRANTED)
    assert refused.value.decided is not None and refused.value.decided.actor == "deputy"
