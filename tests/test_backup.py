"""Backup and restore: what is put back is whole, its record holds, and nothing is overwritten."""

import hashlib
import io
import json
import os
import stat
import tarfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import command_line
import pytest
from command_line import Ended, Run
from databases import POSTGRESQL, Database, PostgresDatabases
from permits import SECRET, Permits

from bot.approvals.bureau import CHECKPOINTS
from bot.backup import DATABASE, DUMP, KEY, MANIFEST
from bot.dumping import is_empty


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "var"
    made.mkdir()
    return made


@pytest.fixture
def name(database: Database, monkeypatch: pytest.MonkeyPatch) -> str:
    """What the database is called in a backup; PostgreSQL's programs are as new as the server."""
    if isinstance(database, PostgresDatabases):
        monkeypatch.setenv("PATH", str(database.server.programs), prepend=os.pathsep)
        return DUMP
    return DATABASE


@pytest.fixture
def url(database: Database, name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of the database: SQLite's where it is without a setting, PostgreSQL's set."""
    if name == DATABASE:
        monkeypatch.delenv("DATABASE_URL", raising=False)
        return f"sqlite:///{folder / DATABASE}"
    address = database.new()
    monkeypatch.setenv("DATABASE_URL", address)
    return address


@pytest.fixture
def permits(folder: Path, url: str) -> Iterator[Permits]:
    opened = Permits(folder, url)
    yield opened
    opened.close()


@pytest.fixture
def policybot(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], folder: Path
) -> Run:
    monkeypatch.setenv("VAR_DIR", str(folder))
    monkeypatch.setenv("SECRET_KEY", SECRET)

    def run(*arguments: str) -> Ended:
        return command_line.run(monkeypatch, capfd, *arguments)

    return run


Elsewhere = Callable[[], tuple[Path, str]]


@pytest.fixture
def elsewhere(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, database: Database, name: str
) -> Elsewhere:
    """Let the commands use another, empty folder and database from now on; returns both."""

    def move() -> tuple[Path, str]:
        target = tmp_path / "other"
        monkeypatch.setenv("VAR_DIR", str(target))
        if name == DATABASE:
            return target, f"sqlite:///{target / DATABASE}"
        address = database.empty()
        monkeypatch.setenv("DATABASE_URL", address)
        return target, address

    return move


def test_what_is_put_back_has_everything_and_its_record_holds(
    permits: Permits, policybot: Run, elsewhere: Elsewhere, name: str, tmp_path: Path
) -> None:
    number = permits.granted(words="Cover the badge.")
    file, lines, path = tmp_path / "backup", permits.lines(), permits.path(number)
    code, out, err = policybot("backup", str(file))
    assert (code, err) == (0, "")
    assert "does not hold the key" in out and "SECRET_KEY" in out
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with tarfile.open(file) as archive:
        assert archive.getnames() == [MANIFEST, name, CHECKPOINTS]
    target, address = elsewhere()
    code, out, err = policybot("restore", str(file))
    assert (code, err) == (0, "")
    assert f"The record holds: {len(lines)} lines, no fault." in out
    left = [CHECKPOINTS, *([DATABASE] if name == DATABASE else [])]
    assert {path.name for path in target.iterdir()} >= {*left} and not (target / DUMP).exists()
    assert {stat.S_IMODE((target / one).stat().st_mode) for one in left} == {0o600}
    restored = Permits(target, address)
    assert restored.lines() == lines and restored.path(number) == path
    restored.send()
    assert policybot("audit", "verify")[0] == 0
    restored.close()


def test_a_backup_of_a_database_in_use_holds_a_whole_record(
    permits: Permits, policybot: Run, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            permits.send()

    writing = threading.Thread(target=write)
    writing.start()
    try:
        for n in range(3):
            assert policybot("backup", str(tmp_path / f"{n}"))[0] == 0
    finally:
        stop.set()
        writing.join()
    elsewhere()
    code, out, err = policybot("restore", str(tmp_path / "2"))
    assert (code, err) == (0, ""), out


def test_nothing_is_overwritten(permits: Permits, policybot: Run, tmp_path: Path) -> None:
    permits.send()
    file = tmp_path / "backup"
    assert policybot("backup", str(file))[0] == 0
    before = file.read_bytes()
    assert policybot("backup", str(file))[0] == 1
    assert file.read_bytes() == before
    code, _, err = policybot("restore", str(file))
    assert code == 1 and "nothing is overwritten" in err
    assert policybot("audit", "verify")[0] == 0


def test_the_key_must_be_there_first(
    permits: Permits,
    policybot: Run,
    elsewhere: Elsewhere,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    permits.send()
    file = tmp_path / "backup"
    assert policybot("backup", str(file))[0] == 0
    target, _ = elsewhere()
    monkeypatch.delenv("SECRET_KEY")
    code, _, err = policybot("restore", str(file))
    assert code == 1 and "The key is missing" in err and not target.exists()
    target.mkdir()
    (target / KEY).write_text("k" * 40, encoding="ascii")
    code, _, err = policybot("restore", str(file))
    assert code == 1 and "not a checkpoint of this Department's key" in err
    for path in (target / CHECKPOINTS, *target.glob(f"{DATABASE}*")):
        path.unlink()
    (target / KEY).write_text(SECRET, encoding="ascii")
    elsewhere()
    assert policybot("restore", str(file))[0] == 0


def repacked(file: Path, change: Callable[[dict[str, bytes]], None]) -> None:
    """Write a backup anew with files changed by hand."""
    with tarfile.open(file) as archive:
        held = {name: archive.extractfile(name).read() for name in archive.getnames()}  # type: ignore[union-attr]
    change(held)
    with tarfile.open(file, "w:gz") as archive:
        for name, data in held.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))


def cut_before_it_was_packed(held: dict[str, bytes], name: str) -> None:
    """Cut the database and have the list of files agree, as a faulty disk does."""
    held[name] = held[name][: len(held[name]) * 3 // 4]
    listed = json.loads(held[MANIFEST])
    listed["sha256"][name] = hashlib.sha256(held[name]).hexdigest()
    held[MANIFEST] = json.dumps(listed).encode()


@pytest.mark.parametrize(
    "change",
    [
        lambda held, name: held.update({name: held[name][:-4096]}),
        lambda held, name: held.update({CHECKPOINTS: b""}),
        lambda held, name: held.pop(name),
        lambda held, name: held.pop(MANIFEST),
        lambda held, name: held.update({MANIFEST: b"{}"}),
        cut_before_it_was_packed,
    ],
)
def test_a_damaged_backup_is_refused_and_leaves_nothing(
    permits: Permits,
    policybot: Run,
    elsewhere: Elsewhere,
    name: str,
    tmp_path: Path,
    change: Callable[[dict[str, bytes], str], None],
) -> None:
    permits.send()
    file = tmp_path / "backup"
    assert policybot("backup", str(file))[0] == 0
    repacked(file, lambda held: change(held, name))
    target, address = elsewhere()
    code, _, err = policybot("restore", str(file))
    assert code == 1 and len(err.splitlines()) == 1
    assert not [*target.glob("policybot.*")] and not (target / CHECKPOINTS).exists()
    assert name == DATABASE or is_empty(address)
    file.write_bytes(b"no archive")
    assert policybot("restore", str(file))[0] == 1
    assert policybot("restore", str(tmp_path / "nothing"))[0] == 1


def test_a_record_cut_before_the_backup_is_said_after_it_is_put_back(
    permits: Permits, policybot: Run, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    permits.granted()
    with permits.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE audit SET actor = 'somebody' WHERE number = 2")
    file = tmp_path / "backup"
    assert policybot("backup", str(file))[0] == 0
    elsewhere()
    code, _, err = policybot("restore", str(file))
    assert code == 1 and "The record does not hold: something is wrong at line 2" in err


ONLY_POSTGRESQL = pytest.mark.parametrize("database", [POSTGRESQL], indirect=True)


@ONLY_POSTGRESQL
def test_a_backup_of_one_kind_is_not_put_into_the_other(
    permits: Permits, policybot: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file, target = tmp_path / "backup", tmp_path / "other"
    assert policybot("backup", str(file))[0] == 0
    monkeypatch.setenv("VAR_DIR", str(target))
    monkeypatch.delenv("DATABASE_URL")
    code, _, err = policybot("restore", str(file))
    assert code == 1 and "The backup holds a PostgreSQL database" in err
    assert not [*target.glob("policybot.*")]


@ONLY_POSTGRESQL
def test_without_postgresql_s_programs_a_backup_says_what_to_install(
    permits: Permits, policybot: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    file = tmp_path / "backup"
    code, _, err = policybot("backup", str(file))
    assert code == 1 and "pg_dump is not installed" in err and not file.exists()


@ONLY_POSTGRESQL
def test_a_password_stands_in_no_command_and_in_no_message(
    permits: Permits, policybot: Run, name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A program in place of pg_dump writes down how it was called."""
    assert name == DUMP
    written, fake = tmp_path / "called", tmp_path / "pg_dump"
    fake.write_text(f'#!/bin/sh\necho "$@" > {written}\necho secret words >&2\nexit 3\n', "ascii")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    code, _, err = policybot("backup", str(tmp_path / "backup"))
    assert code == 1 and "pg_dump failed (exit code 3)" in err and "secret words" not in err
    called = written.read_text("utf-8")
    assert "passfile=" in called and "not-a-secret" not in called


def test_a_database_that_cannot_be_reached_takes_no_backup(
    policybot: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://policybot:not-a-secret@127.0.0.1:1/none")
    code, _, err = policybot("restore", str(tmp_path / "backup"))
    assert code == 1 and "PostgreSQL cannot be reached" in err and "not-a-secret" not in err
