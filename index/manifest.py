"""What an index was built from; one built by another encoder, corpus or schema is never queried.

What is in force today has ``manifest.json``; what was or will be in force from another day on has
an edition of its own beside it.
"""

import os
from datetime import date
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from index.errors import IndexUnusable

SCHEMA = 4
NAME = "manifest.json"
_EDITION, _EDITIONS = "edition-{since}.json", "edition-*.json"


class Manifest(BaseModel):
    """The encoder, the corpus (sha256 over every file the index reads), the schema, the place.

    ``since`` is the day from which what it holds is in force, None where nothing on file tells.
    ``embedded`` is how many texts this build embedded, the others having been embedded before, and
    ``trained`` whether it trained the head.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_version: int
    encoder: str
    corpus: str
    collection: str
    entries: int
    built: str
    previous: str | None = None
    since: date | None = None
    embedded: int | None = None
    trained: bool | None = None


def read_manifest(folder: Path, name: str = NAME) -> Manifest | None:
    """Return the manifest in ``folder``; None if there is none or it is of another version."""
    try:
        return Manifest.model_validate_json((folder / name).read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError, ValidationError, UnicodeDecodeError):
        return None
    except OSError as error:
        raise unwritable(folder, error) from None


def edition_name(since: date | None) -> str:
    """Return the name of the manifest of what is in force from another day than today's on."""
    return _EDITION.format(since=since or "ever")


def editions(folder: Path) -> tuple[Manifest, ...]:
    """Return the manifest of today and those of other days, the readable ones."""
    names = [NAME, *sorted(path.name for path in folder.glob(_EDITIONS))]
    return tuple(found for name in names if (found := read_manifest(folder, name)) is not None)


def write_manifest(folder: Path, manifest: Manifest, name: str = NAME) -> None:
    """Put ``manifest`` in place in one step, so that a reader sees the old one or the new one."""
    temporary = folder / f"{name}.{os.getpid()}"
    try:
        with temporary.open("w", encoding="utf-8") as file:
            file.write(manifest.model_dump_json(indent=1))
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(folder / name)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise unwritable(folder, error) from None


def unwritable(folder: Path, error: OSError) -> IndexUnusable:
    """Return the error for an index folder that refuses."""
    return IndexUnusable(
        f"Index folder {str(folder)!r}: {error.strerror or error}. "
        "Make it writable or free some space, or set VAR_DIR to another folder."
    )
