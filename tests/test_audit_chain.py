"""The record: a keyed chain in the database, its checkpoints outside, and what a check finds."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from databases import POSTGRESQL

from bot.audit.chain import Head, Sealed, Verified, audit_key, seal, verify
from bot.audit.checkpoints import Checkpoints, CheckpointsUnreadable
from bot.audit.store import AUDIT, HEAD, WORDS, AuditStore
from bot.database import open_database

KEY = audit_key("a secret of this test")
DAY = datetime(2030, 1, 31, 8, 30, 15, 123456, tzinfo=UTC)
_NO_RULE = "ALTER TABLE audit_words DROP CONSTRAINT IF EXISTS audit_words_number_fkey"


class Ledger:
    """A record of ten lines in a database of its own, and hands that reach into its tables."""

    def __init__(self, folder: Path, url: str, secret: bytes = KEY) -> None:
        self.url = url
        self.engine = open_database(url)
        self.points = Checkpoints(folder / "checkpoints.txt", secret)
        self.path = folder / "checkpoints.txt"
        self.store = AuditStore(self.engine, secret, self.points, lambda: DAY)

    def write(self, lines: int) -> None:
        for n in range(lines):
            with self.store.recording() as recording:
                words = f"because of reason {n}" if n % 3 == 0 else None
                recording.add(f"R-{n % 2}", "sent", actor="p1", facts={"n": n}, words=words)

    def run(self, statement: sa.Executable) -> None:
        """Do what somebody with the file and another program would."""
        hand = sa.create_engine(self.engine.url)
        with hand.begin() as connection:
            if hand.dialect.name == POSTGRESQL:
                connection.exec_driver_sql(_NO_RULE)
            connection.execute(statement)
        hand.dispose()


@pytest.fixture
def ledger(tmp_path: Path, database_url: str) -> Iterator[Ledger]:
    """A record of ten lines."""
    made = Ledger(tmp_path, database_url)
    made.write(10)
    yield made
    made.engine.dispose()


def faults(found: Verified) -> list[int]:
    return sorted({fault.number for fault in found.faults})


def test_a_record_that_nobody_touched_is_vouched_for_to_its_end(ledger: Ledger) -> None:
    found = ledger.store.verify()
    assert found == Verified(lines=10, vouched=10, faults=())


def test_a_changed_line_is_found_where_it_stands(ledger: Ledger) -> None:
    ledger.run(sa.update(AUDIT).where(AUDIT.c.number == 4).values(actor="p2"))
    found = ledger.store.verify()
    assert faults(found) == [4] and found.vouched == 3


def test_every_field_of_a_line_is_sealed(ledger: Ledger) -> None:
    for column, value in {
        "at": DAY + timedelta(microseconds=1),
        "subject": "R-9",
        "kind": "granted",
        "actor": None,
        "facts": {"n": 99},
        "words": "0" * 64,
        "seal": "f" * 64,
    }.items():
        with ledger.engine.connect() as connection:
            row = connection.execute(sa.select(AUDIT).where(AUDIT.c.number == 4)).one()
        ledger.run(sa.update(AUDIT).where(AUDIT.c.number == 4).values({column: value}))
        assert 4 in faults(ledger.store.verify()), column
        ledger.run(sa.update(AUDIT).where(AUDIT.c.number == 4).values(**row._mapping))
        assert not ledger.store.verify().faults, column


def test_a_removed_line_leaves_a_gap(ledger: Ledger) -> None:
    ledger.run(sa.delete(AUDIT).where(AUDIT.c.number == 5))
    found = ledger.store.verify()
    assert 6 in faults(found) and found.vouched == 4
    assert "1 line is missing before it" in {fault.what for fault in found.faults}


def test_two_swapped_lines_are_found(ledger: Ledger) -> None:
    for old, new in ((3, 99), (7, 3), (99, 7)):
        ledger.run(sa.update(AUDIT).where(AUDIT.c.number == old).values(number=new))
    assert {3, 7} <= set(faults(ledger.store.verify()))


def test_a_tail_that_was_cut_off_is_missed_by_the_checkpoint(ledger: Ledger) -> None:
    ledger.run(sa.delete(AUDIT).where(AUDIT.c.number > 8))
    with ledger.engine.connect() as connection:
        last = connection.execute(sa.select(AUDIT).where(AUDIT.c.number == 8)).one()
    ledger.run(sa.update(HEAD).values(number=8, seal=last.seal))
    found = ledger.store.verify()
    assert faults(found) == [9, 10] and found.vouched == 8
    assert all("its tail was cut" in fault.what for fault in found.faults)


def test_a_record_rewritten_without_the_key_is_found_at_its_first_line(
    ledger: Ledger, tmp_path: Path
) -> None:
    forged = audit_key("somebody else's secret")
    before, rows = "0" * 64, []
    for one in ledger.store.lines():
        line = one.line.model_copy(update={"actor": "p9"})
        before = seal(forged, before, line)
        rows.append({**line.model_dump(), "seal": before})
    ledger.run(sa.delete(AUDIT))
    ledger.run(sa.insert(AUDIT).values(rows))
    found = ledger.store.verify()
    assert found.vouched == 0 and 1 in faults(found)


def test_a_record_rewritten_with_the_key_does_not_match_the_checkpoints(ledger: Ledger) -> None:
    before, rows = "0" * 64, []
    for one in ledger.store.lines():
        line = one.line.model_copy(update={"actor": "p9"})
        before = seal(KEY, before, line)
        rows.append({**line.model_dump(), "seal": before})
    ledger.run(sa.delete(AUDIT))
    ledger.run(sa.insert(AUDIT).values(rows))
    found = ledger.store.verify()
    assert found.vouched == 0
    assert "not the line that a checkpoint saw" in {fault.what for fault in found.faults}


def test_words_that_were_changed_are_found_and_words_that_were_erased_are_no_fault(
    ledger: Ledger,
) -> None:
    ledger.run(sa.update(WORDS).where(WORDS.c.number == 4).values(words="because I say so"))
    assert faults(ledger.store.verify()) == [4]
    ledger.run(sa.delete(WORDS))
    assert not ledger.store.verify().faults


def test_words_do_not_stand_in_the_chain_nor_can_they_be_guessed_from_it(ledger: Ledger) -> None:
    dumped = "".join(one.model_dump_json() for one in ledger.store.lines())
    assert "because of reason" not in dumped
    hashes = [one.line.words for one in ledger.store.lines() if one.line.words]
    with ledger.store.recording() as recording:
        recording.add("R-1", "sent", words="because of reason 0")
    assert ledger.store.lines()[-1].line.words not in hashes


def test_without_checkpoints_nothing_is_vouched_for_and_that_is_a_fault(ledger: Ledger) -> None:
    ledger.path.unlink()
    found = ledger.store.verify()
    assert (found.lines, found.vouched) == (10, 0)
    assert [fault.what for fault in found.faults] == [
        "there are no checkpoints; compare the backup"
    ]


def test_a_checkpoint_written_by_another_hand_is_named_by_its_line(ledger: Ledger) -> None:
    rows = ledger.path.read_text(encoding="utf-8").splitlines()
    rows[2] = rows[2].replace("2 ", "4 ", 1)
    ledger.path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    with pytest.raises(CheckpointsUnreadable, match=r"checkpoints\.txt, line 3"):
        ledger.store.verify()


def test_a_checkpoint_cut_short_by_a_crash_is_left_out(ledger: Ledger) -> None:
    text = ledger.path.read_text(encoding="utf-8")
    ledger.path.write_text(text[:-20], encoding="utf-8")
    found = ledger.store.verify()
    assert found.vouched == 9 and not found.faults


def test_what_is_recorded_after_a_cut_checkpoint_has_a_line_of_its_own(ledger: Ledger) -> None:
    whole = ledger.path.read_text(encoding="utf-8")
    for left in range(1, len(whole.splitlines()[-1]) + 1):
        ledger.path.write_text(whole[: -left - 1], encoding="utf-8")
        ledger.points.add(Head(number=10, seal=ledger.store.lines()[-1].seal), DAY)
        found = ledger.store.verify()
        assert (found.vouched, found.faults) == (10, ()), left


def test_a_record_whose_first_line_has_no_checkpoint_yet_is_not_without_any(
    tmp_path: Path, database_url: str
) -> None:
    ledger = Ledger(tmp_path, database_url)
    assert not ledger.path.exists()
    ledger.write(1)
    first, second = ledger.path.read_text(encoding="utf-8").splitlines()
    ledger.path.write_text(f"{first}\n", encoding="utf-8")
    found = ledger.store.verify()
    assert (found.lines, found.vouched, found.faults) == (1, 0, ())
    ledger.path.write_text(f"{second}\n{first}\n", encoding="utf-8")
    assert ledger.store.verify().vouched == 1
    ledger.run(sa.delete(AUDIT))
    ledger.run(sa.update(HEAD).values(number=0, seal="0" * 64))
    assert faults(ledger.store.verify()) == [1]
    ledger.engine.dispose()


def test_a_change_that_fails_leaves_no_line_and_no_checkpoint(ledger: Ledger) -> None:
    before = ledger.path.read_text(encoding="utf-8")
    with pytest.raises(RuntimeError), ledger.store.recording() as recording:
        recording.add("R-1", "granted", words="never")
        raise RuntimeError
    assert len(ledger.store.lines()) == 10
    assert ledger.path.read_text(encoding="utf-8") == before


def test_checkpoints_that_cannot_be_written_do_not_undo_the_change(
    tmp_path: Path, database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    made = Ledger(tmp_path, database_url)
    made.path.mkdir()
    made.write(1)
    assert len(made.store.lines()) == 1
    assert "The audit checkpoint 1 was not written" in caplog.text
    made.engine.dispose()


def test_the_record_reads_the_same_after_the_database_gave_it_back(ledger: Ledger) -> None:
    again = Ledger(ledger.path.parent, ledger.url)
    assert again.store.lines() == ledger.store.lines()
    assert not again.store.verify().faults
    again.engine.dispose()


def test_a_chain_is_checked_as_lines_alone(ledger: Ledger) -> None:
    lines: tuple[Sealed, ...] = ledger.store.lines()
    other = lines[2].line.model_copy(update={"kind": "denied"})
    changed = (*lines[:2], Sealed(line=other, seal=lines[2].seal), *lines[3:])
    assert faults(verify(KEY, changed, {}, ())) == [3]
