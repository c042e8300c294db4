"""Lists of requests: each person's own, what waits for them, what their people wait for."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from alembic import command
from backends import address
from databases import migrations

from bot.approvals.dossier import Dossiers
from bot.approvals.event import Consent, Happened
from bot.approvals.store import REQUESTS, RequestStore
from bot.database import transaction
from tests.precinct import Precinct, asker, empty_database, roster


@pytest.fixture
def precinct(tmp_path: Path) -> Iterator[Precinct]:
    made = Precinct(empty_database(tmp_path), tmp_path)
    yield made
    made.close()


@pytest.fixture
def dossiers(precinct: Precinct) -> Dossiers:
    return Dossiers(
        engine=precinct.engine,
        store=RequestStore(precinct.engine, lambda: precinct.now),
        roster=lambda: precinct.roster,
        name="GO {}".format,
        clock=lambda: precinct.now,
        zone=ZoneInfo("UTC"),
    )


@contextmanager
def statements(engine: sa.Engine) -> Iterator[list[str]]:
    """Collect what is sent to the database."""
    seen: list[str] = []

    def note(*arguments: object) -> None:
        seen.append(str(arguments[2]))

    sa.event.listen(engine, "before_cursor_execute", note)
    yield seen
    sa.event.remove(engine, "before_cursor_execute", note)


def test_each_person_sees_their_own_and_what_waits_for_them(
    precinct: Precinct, dossiers: Dossiers
) -> None:
    first, second = precinct.send(), precinct.send(requester="partner", people=("rookie",))
    precinct.act(second, "partner", Happened.WITHDRAWN)

    def found(lister: str, who: str) -> list[str]:
        return [one.request.reference for one in getattr(dossiers, lister)(asker(who))]

    assert found("own", "officer") == [first]
    assert found("own", "partner") == [second]
    assert found("own", "stranger") == []
    assert found("waiting", "sergeant") == [first]
    assert found("waiting", "rookie") == [first]
    assert found("waiting", "captain") == []
    assert found("of_people", "sergeant") == [first]
    assert found("of_people", "officer") == []
    precinct.act(first, "rookie", Happened.CONSENT, consent=Consent.AGREED)
    assert found("waiting", "rookie") == []


def test_who_left_the_roster_still_finds_their_requests(
    precinct: Precinct, dossiers: Dossiers
) -> None:
    sent = precinct.send()
    precinct.roster = roster(gone=("officer",))
    assert [one.request.reference for one in dossiers.own(asker("officer"))] == [sent]


def test_lists_ask_the_database_as_often_for_forty_requests_as_for_two(
    precinct: Precinct, dossiers: Dossiers
) -> None:
    asked = {}
    for many in (2, 38):
        for _ in range(many):
            precinct.send()
        with statements(precinct.engine) as seen:
            dossiers.own(asker("officer"))
            dossiers.waiting(asker("sergeant"))
            dossiers.of_people(asker("sergeant"))
        asked[many] = len(seen)
    assert asked[2] == asked[38]


def test_looking_for_what_is_due_keeps_nobody_from_writing(precinct: Precinct) -> None:
    for _ in range(3):
        precinct.send()
    with statements(precinct.engine) as seen:
        assert precinct.register.tend() == 0
    assert not [one for one in seen if not one.startswith(("SELECT", "BEGIN"))]
    assert "BEGIN IMMEDIATE" not in seen


def test_an_older_database_learns_who_made_its_requests(tmp_path: Path) -> None:
    precinct = Precinct(empty_database(tmp_path), tmp_path)
    sent = precinct.send()
    with transaction(precinct.engine) as connection:
        command.downgrade(migrations(connection), "0009")
    precinct.close()
    again = Precinct(address(tmp_path / "precinct.sqlite3"), tmp_path)
    with transaction(again.engine) as connection:
        made = connection.execute(sa.select(REQUESTS.c.reference, REQUESTS.c.requester)).all()
    assert [tuple(row) for row in made] == [(sent, "officer")]
    again.close()
