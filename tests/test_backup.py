"""Backup and restore: what is put back is whole, its record holds, and nothing is overwritten."""

import io
import stat
import tarfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import command_line
import pytest
from command_line import Ended, Run
from permits import SECRET, Permits

from bot.approvals.bureau import CHECKPOINTS
from bot.backup import DATABASE, KEY, MANIFEST


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "var"
    made.mkdir()
    return made


@pytest.fixture
def permits(folder: Path) -> Iterator[Permits]:
    opened = Permits(folder, f"sqlite:///{folder / DATABASE}")
    yield opened
    opened.close()


@pytest.fixture
def policybot(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], folder: Path
) -> Run:
    monkeypatch.setenv("VAR_DIR", str(folder))
    monkeypatch.setenv("SECRET_KEY", SECRET)
    monkeypatch.delenv("DATABASE_URL", raising=False)

    def run(*arguments: str) -> Ended:
        return command_line.run(monkeypatch, capfd, *arguments)

    return run


Elsewhere = Callable[[], Path]


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Elsewhere:
    """Let the commands use another, empty folder from now on."""

    def move() -> Path:
        target = tmp_path / "other"
        monkeypatch.setenv("VAR_DIR", str(target))
        return target

    return move


def test_what_is_put_back_has_everything_and_its_record_holds(
    permits: Permits, policybot: Run, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    number = permits.granted(words="Cover the badge.")
    file, lines, path = tmp_path / "backup", permits.lines(), permits.path(number)
    code, out, err = policybot("backup", str(file))
    assert (code, err) == (0, "")
    assert "does not hold the key" in out and "SECRET_KEY" in out
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with tarfile.open(file) as archive:
        assert archive.getnames() == [MANIFEST, DATABASE, CHECKPOINTS]
    target = elsewhere()
    code, out, err = policybot("restore", str(file))
    assert (code, err) == (0, "")
    assert f"The record holds: {len(lines)} lines, no fault." in out
    assert stat.S_IMODE((target / DATABASE).stat().st_mode) == 0o600
    restored = Permits(target, f"sqlite:///{target / DATABASE}")
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
    target = elsewhere()
    monkeypatch.delenv("SECRET_KEY")
    code, _, err = policybot("restore", str(file))
    assert code == 1 and "The key is missing" in err and not target.exists()
    target.mkdir()
    (target / KEY).write_text("k" * 40, encoding="ascii")
    code, _, err = policybot("restore", str(file))
    assert code == 1 and "not a checkpoint of this Department's key" in err
    for path in (target / DATABASE, target / CHECKPOINTS):
        path.unlink()
    (target / KEY).write_text(SECRET, encoding="ascii")
    for path in target.glob(f"{DATABASE}-*"):
        path.unlink()
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


@pytest.mark.parametrize(
    "change",
    [
        lambda held: held.update({DATABASE: held[DATABASE][:-4096]}),
        lambda held: held.update({CHECKPOINTS: b""}),
        lambda held: held.pop(DATABASE),
        lambda held: held.pop(MANIFEST),
        lambda held: held.update({MANIFEST: b"{}"}),
    ],
)
def test_a_damaged_backup_is_refused_and_leaves_nothing(
    permits: Permits,
    policybot: Run,
    elsewhere: Elsewhere,
    tmp_path: Path,
    change: Callable[[dict[str, bytes]], None],
) -> None:
    permits.send()
    file = tmp_path / "backup"
    assert policybot("backup", str(file))[0] == 0
    repacked(file, change)
    target = elsewhere()
    code, _, err = policybot("restore", str(file))
    assert code == 1 and len(err.splitlines()) == 1
    assert not [*target.glob("*.sqlite3*")] and not (target / CHECKPOINTS).exists()
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


def test_another_database_is_left_to_its_own_tool(
    policybot: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql+psycopg://127.0.0.1:1/none")
    code, _, err = policybot("restore", str(tmp_path / "backup"))
    assert code == 1 and "own tool" in err
