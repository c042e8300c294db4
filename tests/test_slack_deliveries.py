"""A key is new once, for all processes together, and forgotten after two days."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from bot.database import open_database
from bot.errors import DatabaseUnusable
from bot.slack.deliveries import KEPT, Deliveries

START = datetime(2026, 5, 14, 3, 0, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def engine(database_url: str) -> Iterator[sa.Engine]:
    opened = open_database(database_url)
    yield opened
    opened.dispose()


def _keys(engine: sa.Engine) -> set[str]:
    with engine.begin() as connection:
        return set(connection.execute(sa.text("SELECT key FROM deliveries")).scalars())


def test_a_key_is_new_once(engine: sa.Engine) -> None:
    deliveries = Deliveries(engine, Clock())
    assert [deliveries.first(key) for key in ("a", "a", "b", "a", "b")] == [
        True,
        False,
        True,
        False,
        False,
    ]


def test_among_many_processes_a_key_is_new_for_one(database_url: str) -> None:
    many = [Deliveries(open_database(database_url), Clock()) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        for number in range(10):
            found = list(pool.map(lambda each, n=number: each.first(f"key {n}"), many))
            assert found.count(True) == 1


def test_old_keys_are_forgotten_and_young_ones_kept(engine: sa.Engine) -> None:
    clock = Clock()
    deliveries = Deliveries(engine, clock)
    assert deliveries.first("old")
    clock.now = START + timedelta(hours=1)
    assert deliveries.first("young") and _keys(engine) == {"old", "young"}
    clock.now = START + KEPT + timedelta(seconds=1)
    assert deliveries.first("new") and _keys(engine) == {"young", "new"}
    assert not deliveries.first("young")


def test_nothing_but_key_and_time_is_kept(engine: sa.Engine) -> None:
    columns = {column["name"] for column in sa.inspect(engine).get_columns("deliveries")}
    assert columns == {"key", "seen"}


def test_a_database_without_its_table_is_named_as_the_trouble(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE deliveries")
    with pytest.raises(DatabaseUnusable, match="The database refused"):
        Deliveries(engine, Clock()).first("a")
