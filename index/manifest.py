"""What an index was built from; one built by another encoder, corpus or schema is never queried."""

import os
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from index.errors import IndexUnusable

SCHEMA = 4
_NAME = "manifest.json"


class Manifest(BaseModel):
    """The encoder, the corpus (sha256 over every file the index reads), the schema, the place."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_version: int
    encoder: str
    corpus: str
    collection: str
    entries: int
    built: str
    previous: str | None = None


def read_manifest(folder: Path) -> Manifest | None:
    """Return the manifest in ``folder``; None if there is none or it is of another version."""
    try:
        return Manifest.model_validate_json((folder / _NAME).read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError, ValidationError, UnicodeDecodeError):
        return None
    except OSError as error:
        raise unwritable(folder, error) from None


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Put ``manifest`` in place in one step, so that a reader sees the old one or the new one."""
    temporary = folder / f"{_NAME}.{os.getpid()}"
    try:
        with temporary.open("w", encoding="utf-8") as file:
            file.write(manifest.model_dump_json(indent=1))
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(folder / _NAME)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise unwritable(folder, error) from None


def unwritable(folder: Path, error: OSError) -> IndexUnusable:
    """Return the error for an index folder that refuses."""
    return IndexUnusable(
        f"Index folder {str(folder)!r}: {error.strerror or error}. "
        "Make it writable or free some space, or set VAR_DIR to another folder."
    )
