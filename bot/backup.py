"""Backup and restore: one file with the database, its checkpoints and images; the key is apart.

SQLite is kept as a file of its own, PostgreSQL as its own programs write it (``bot.dumping``).

Whoever has the key and a backup could write another record, so the key is only named.
"""

import hashlib
import io
import json
import re
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ValidationError

from bot.approvals.bureau import CHECKPOINTS
from bot.approvals.images import FOLDER
from bot.database import Engine, copy_sqlite, sound_sqlite, sqlite_file
from bot.dumping import dump, is_empty, load
from bot.errors import AssistantError
from index.directive import FROZEN

DATABASE, DUMP, MANIFEST = "policybot.sqlite3", "policybot.dump", "manifest.json"
KEY = "secret.key"
_LARGEST_MANIFEST = 16 * 2**20
_IMAGE = re.compile(rf"{FOLDER}/[0-9a-f]{{64}}")


class BackupRefused(AssistantError):
    """A backup that cannot be made or put back; the message says why and what to do."""


class Manifest(BaseModel):
    """What a backup holds: when it was made, and the SHA-256 of each file in it."""

    model_config = FROZEN

    made: datetime
    sha256: Mapping[str, str]


def back_up(engine: Engine, var: Path, file: Path, at: datetime) -> Manifest:
    """Write a backup of a running database, its checkpoints and images.

    Raise BackupRefused, DumpRefused.

    The checkpoints are copied first: a line written in between is then in the database and has no
    checkpoint, never the reverse. The images come last: what the database knows of is among them.
    """
    with _written(file), tempfile.TemporaryDirectory(dir=file.parent) as folder:
        points = Path(folder) / CHECKPOINTS
        points.write_bytes(_read(var / CHECKPOINTS))
        copy = _copied(engine, Path(folder))
        files = {one.name: one for one in (copy, points)} | _images(var)
        sha256 = {name: _sha256(path) for name, path in files.items()}
        manifest = Manifest(made=at, sha256=sha256)
        with tarfile.open(file, "w:gz") as archive:
            _add(archive, MANIFEST, manifest.model_dump_json().encode(), at)
            for name, path in files.items():
                archive.add(path, name)
    return manifest


def restore(file: Path, var: Path, url: str) -> Manifest:
    """Put a backup back where there is no database and no record yet; raise BackupRefused.

    Nothing is overwritten. What was written is removed again where it is not as it was backed up.
    Raise DumpRefused where PostgreSQL takes nothing.
    """
    own = sqlite_file(url)
    name, database = (DATABASE, own) if own is not None else (DUMP, var / DUMP)
    targets = {name: database, CHECKPOINTS: var / CHECKPOINTS}
    beside = [database.with_name(database.name + end) for end in ("-wal", "-shm")]
    if own is None and not is_empty(url):
        raise BackupRefused(
            "There are tables in the database already, and nothing is overwritten. Create an empty "
            "database, and name it in DATABASE_URL."
        )
    held = [var / name for name in _images(var)]
    there = [path for path in (*targets.values(), *beside, *held) if path.exists()]
    if there:
        raise BackupRefused(
            f"{str(there[0])!r} is there already, and nothing is overwritten. Move it away, or "
            "set VAR_DIR to an empty folder."
        )
    made: list[Path] = []
    try:
        with tarfile.open(file, "r:gz") as archive:
            manifest = _manifest(archive)
            _of_this_kind(manifest, name)
            targets |= {one: var / one for one in manifest.sha256 if _IMAGE.fullmatch(one)}
            for name, path in targets.items():
                path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                made.append(path)
                _extract(archive, name, path)
        damaged = [name for name, path in targets.items() if _sha256(path) != manifest.sha256[name]]
        if damaged or (own is not None and not sound_sqlite(own)):
            raise BackupRefused(f"{str(file)!r} is damaged. Use another backup.")
        if own is None:
            load(url, database)
            database.unlink()
    except (OSError, tarfile.TarError, EOFError, KeyError, ValidationError) as error:
        _remove(made)
        raise BackupRefused(
            f"{str(file)!r} cannot be put back ({type(error).__name__}). Name a file that "
            "'policybot backup' wrote, and check the folder's permissions and space."
        ) from error
    except AssistantError:
        _remove(made)
        raise
    return manifest


def _copied(engine: Engine, folder: Path) -> Path:
    """Copy a running database into a folder and return the file."""
    if engine.dialect.name == "sqlite":
        copy = folder / DATABASE
        copy_sqlite(engine, copy)
    else:
        copy = folder / DUMP
        dump(engine.url.render_as_string(hide_password=False), copy)
    return copy


def _of_this_kind(manifest: Manifest, name: str) -> None:
    other = {DATABASE: DUMP, DUMP: DATABASE}[name]
    if other in manifest.sha256:
        kinds = {DATABASE: "an SQLite database", DUMP: "a PostgreSQL database"}
        raise BackupRefused(
            f"The backup holds {kinds[other]}, and DATABASE_URL names another. Name such a one."
        )


@contextmanager
def _written(file: Path) -> Iterator[None]:
    """Make a new file for its owner alone, and remove it if it does not come to its end."""
    try:
        file.touch(mode=0o600, exist_ok=False)
    except FileExistsError:
        raise BackupRefused(f"{str(file)!r} is there already. Name another file.") from None
    except OSError as error:
        raise BackupRefused(f"{str(file)!r} cannot be written ({error.strerror}).") from None
    try:
        yield
    except BaseException as error:
        file.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise BackupRefused(f"{str(file)!r} cannot be written ({error.strerror}).") from error
        raise


def _manifest(archive: tarfile.TarFile) -> Manifest:
    member = archive.next()
    if member is None or member.name != MANIFEST or member.size > _LARGEST_MANIFEST:
        raise KeyError(MANIFEST)
    source = archive.extractfile(member)
    if source is None:
        raise KeyError(MANIFEST)
    return Manifest.model_validate(json.loads(source.read()))


def _extract(archive: tarfile.TarFile, name: str, path: Path) -> None:
    source = archive.extractfile(name)
    if source is None:
        raise KeyError(name)
    path.touch(mode=0o600, exist_ok=False)
    with path.open("wb") as target:
        while chunk := source.read(1 << 20):
            target.write(chunk)


def _add(archive: tarfile.TarFile, name: str, data: bytes, at: datetime) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode, member.mtime = len(data), 0o600, int(at.timestamp())
    archive.addfile(member, io.BytesIO(data))


def _images(var: Path) -> dict[str, Path]:
    """Return the images on file by their names in a backup."""
    names = (f"{FOLDER}/{path.name}" for path in sorted((var / FOLDER).glob("*")))
    return {name: var / name for name in names if _IMAGE.fullmatch(name)}


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""  # nothing was recorded yet


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _remove(paths: list[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)
