"""The database, on SQLite and on PostgreSQL: opened, migrated, and what it refuses."""

from pathlib import Path

from databases import Database
from precinct import Precinct


def test_a_request_is_written_and_its_record_holds(database: Database, tmp_path: Path) -> None:
    precinct = Precinct(database.new(), tmp_path)
    number = precinct.send()
    assert precinct.engine.dialect.name == database.kind
    assert precinct.row(number).state == precinct.standing(number).state.value
    assert not precinct.audit.verify().faults
    precinct.close()
