"""Migrations: from every version to the newest, with rows in every table, nothing is lost."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from databases import Database, migrations

import bot.web.sessions  # noqa: F401 (every module above makes tables)
from bot.database import METADATA, Engine, open_database

AT = datetime(2030, 1, 31, 8, 30, 15, 123456, tzinfo=UTC)
Rows = dict[str, list[dict[str, object]]]


REVISIONS = [r.revision for r in ScriptDirectory.from_config(migrations()).walk_revisions()][::-1]


@pytest.fixture
def engine(database: Database) -> Iterator[Engine]:
    """An engine without the product's ways, on a database in which there is nothing."""
    url = database.empty().replace("postgresql://", "postgresql+psycopg://")
    made = sa.create_engine(url)
    yield made
    made.dispose()


def upgrade(engine: Engine, revision: str) -> None:
    with engine.begin() as connection:
        command.upgrade(migrations(connection), revision)


def value(column: sa.Column[object], number: int) -> object:
    """Return something to keep in a column: as long as it may be, in other scripts too."""
    kind = column.type
    if isinstance(kind, sa.DateTime):
        return AT if getattr(kind, "timezone", False) else AT.replace(tzinfo=None)
    for known, made in (
        (sa.JSON, {"n": number, "words": ["caf\u00e9", None, "\U0001f46e"]}),
        (sa.Date, date(2019, 9, 10)),
        (sa.Boolean, True),
        (sa.Integer, number),
        (sa.LargeBinary, bytes(range(256))),
    ):
        if isinstance(kind, known):
            return made
    assert isinstance(kind, sa.String), f"{column}: no value for {kind!r}"
    text = f"{number:02} {column.name} \u00e4\U0001f46e "
    return (text * 40)[: kind.length or 500]


def tables(engine: Engine) -> list[sa.Table]:
    """Return the tables that are there, those first that others refer to."""
    found = sa.MetaData()
    found.reflect(engine)
    return [table for table in found.sorted_tables if table.name != "alembic_version"]


def fill(engine: Engine, number: int) -> None:
    """Write a row into every table."""
    there = tables(engine)
    with engine.begin() as connection:
        for table in there:
            row = {column.name: value(column, number) for column in table.columns}
            connection.execute(sa.insert(table).values(row))


def rows(engine: Engine) -> Rows:
    with engine.connect() as connection:
        return {
            table.name: [dict(row._mapping) for row in connection.execute(sa.select(table))]
            for table in tables(engine)
        }


def kept(before: Rows, after: Rows) -> None:
    """See that every row is there still, with all that it held."""
    for name, earlier in before.items():
        for row in earlier:
            assert [one for one in after[name] if row.items() <= one.items()], (name, row)


def test_nothing_is_lost_from_any_version_to_the_newest(engine: Engine) -> None:
    """Rows of each version go through every later migration, as a database does that grew up."""
    before: Rows = {}
    for number, revision in enumerate(REVISIONS, start=1):
        upgrade(engine, revision)
        now = rows(engine)
        kept(before, now)
        assert set(before) <= set(now)
        fill(engine, 10 + number)
        before = rows(engine)
    url = engine.url.render_as_string(hide_password=False)
    engine.dispose()
    opened = open_database(url)
    after = rows(opened)
    kept(before, after)
    oldest = len(after["requests"])
    assert oldest == len(REVISIONS) and set(after) == set(METADATA.tables)
    opened.dispose()


def test_what_migrations_make_is_what_the_stores_use(database: Database) -> None:
    opened = open_database(database.new())
    with opened.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, METADATA) == []
    opened.dispose()


def test_a_table_made_at_once_is_like_one_that_was_migrated(database: Database) -> None:
    """Names of rules may differ; columns, keys and what is unique may not."""
    url = database.empty().replace("postgresql://", "postgresql+psycopg://")
    plain = sa.create_engine(url)
    METADATA.create_all(plain)
    migrated = open_database(database.new())
    one, other = sa.inspect(plain), sa.inspect(migrated)
    for name in METADATA.tables:
        for look in (described, keys):
            assert look(one, name) == look(other, name), name
    plain.dispose()
    migrated.dispose()


def described(inspector: sa.Inspector, table: str) -> list[tuple[str, str, bool]]:
    columns = inspector.get_columns(table)
    return sorted((str(c["name"]), str(c["type"]), bool(c["nullable"])) for c in columns)


def keys(inspector: sa.Inspector, table: str) -> list[object]:
    return [
        inspector.get_pk_constraint(table)["constrained_columns"],
        sorted(one["column_names"] for one in inspector.get_unique_constraints(table)),
        sorted(one["column_names"] for one in inspector.get_indexes(table) if not one["unique"]),
        sorted(one["constrained_columns"] for one in inspector.get_foreign_keys(table)),
    ]
