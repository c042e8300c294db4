"""The only owner of Chroma: vectors of what is in force, each pointing at its clauses.

What is in force has a collection of its own, so that no query needs a filter. An entry's key in
Chroma says what it points at: a search reads keys and distances, and no text or metadata.
"""

import json
import os
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel

from index.directive import FROZEN
from index.encoder import Vectors
from index.errors import IndexUnusable

_BATCH = 1000
_APART = "\n"
_NAME = "in-force"
_OWNER = "chroma-owner.json"


class Entry(BaseModel):
    """One text that is embedded: a clause's own words, or a way of asking about clauses."""

    model_config = FROZEN

    id: str
    directive: str
    sections: tuple[str, ...]
    text: str


class Near(NamedTuple):
    """An entry near a question: its cosine similarity and the sections it points at, best first."""

    directive: str
    sections: tuple[str, ...]
    similarity: float


class Store:
    """Collections in a folder, or on a Chroma server when ``url`` is given."""

    def __init__(self, folder: Path, url: str | None = None) -> None:
        """Open the store; raise IndexUnusable when the folder or the server cannot be used."""
        os.environ.setdefault("ANONYMIZED_TELEMETRY", "False")
        import chromadb
        from chromadb.config import Settings

        settings = Settings(anonymized_telemetry=False)
        try:
            if url:
                from urllib.parse import urlsplit

                parts = urlsplit(url)
                self._client = chromadb.HttpClient(
                    host=parts.hostname or "",
                    port=parts.port or 8000,
                    ssl=parts.scheme == "https",
                    settings=settings,
                )
            else:
                folder.mkdir(parents=True, exist_ok=True)
                self._client = chromadb.PersistentClient(str(folder), settings=settings)
        except Exception as error:
            raise _unusable(url or str(folder), error) from error
        self._where = url or str(folder)
        self._folder, self._shared = folder, url is not None
        self._current: Any = None

    def name(self, what: str) -> str:
        """Return the name of a new collection of this index's own.

        A server may be shared: each index names its collections after itself, and removes no
        others. Raises IndexUnusable where the index has no name yet and none can be kept.
        """
        return f"{self._own(make=True)}{what}"

    def _own(self, *, make: bool = False) -> str:
        """Return how the names of this index's collections begin."""
        if not self._shared:
            return f"{_NAME}-"
        owner = _owner(self._folder) or (_new_owner(self._folder) if make else None)
        return f"{_NAME}-{owner}-" if owner else "\n"

    def open(self, collection: str) -> None:
        """Use ``collection`` for queries; raise IndexUnusable if it is not there."""
        try:
            found = self._client.get_collection(collection, embedding_function=None)
            found.count()
            self._current = found
        except Exception as error:
            raise _unusable(self._where, error) from error

    def create(self, collection: str) -> None:
        """Make a new, empty collection, for ``add`` to fill part by part."""
        try:
            self._client.create_collection(
                collection, embedding_function=None, metadata={"hnsw:space": "cosine"}
            )
        except Exception as error:
            raise _unusable(self._where, error) from error

    def add(self, collection: str, entries: Sequence[Entry], vectors: Vectors) -> None:
        """Add entries and their vectors, shape (len(entries), dimension), to a collection."""
        try:
            target = self._client.get_collection(collection, embedding_function=None)
            for start in range(0, len(entries), _BATCH):
                part = entries[start : start + _BATCH]
                target.add(
                    ids=[_key(entry) for entry in part],
                    documents=[entry.text for entry in part],
                    embeddings=vectors[start : start + _BATCH],
                    metadatas=[
                        {"directive": e.directive, "sections": "\n".join(e.sections)} for e in part
                    ],
                )
        except Exception as error:
            raise _unusable(self._where, error) from error

    def keep_only(self, collections: Sequence[str]) -> None:
        """Delete every other collection of this index; one that is gone already is no fault."""
        own = self._own()
        for collection in self._client.list_collections():
            if collection.name.startswith(own) and collection.name not in collections:
                try:
                    self._client.delete_collection(collection.name)
                except Exception:
                    continue

    def nearest(self, vector: Vectors, count: int) -> tuple[Near, ...]:
        """Return the entries nearest to a vector of shape (1, dimension), best first."""
        try:
            found = self._current.query(
                query_embeddings=vector, n_results=count, include=["distances"]
            )
        except Exception as error:
            raise _unusable(self._where, error) from error
        return tuple(
            Near(
                directive=directive,
                sections=tuple(sections),
                similarity=1.0 - distance,
            )
            for key, distance in zip(found["ids"][0], found["distances"][0], strict=True)
            for _, directive, *sections in [key.split(_APART)]
        )


def _owner(folder: Path) -> str | None:
    """Return the name under which the index in a folder owns collections, None if it has none.

    A copy of a folder is another index: it must not remove what the first one still needs.
    """
    try:
        name, place = json.loads((folder / _OWNER).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return str(name) if place == str(folder.resolve()) else None


def _new_owner(folder: Path) -> str:
    name = secrets.token_hex(4)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps([name, str(folder.resolve())])
        (folder / _OWNER).write_text(text, encoding="utf-8")
    except OSError as error:
        raise _unusable(str(folder), error) from error
    return name


def _key(entry: Entry) -> str:
    return _APART.join((entry.id, entry.directive, *entry.sections))


def _unusable(where: str, error: Exception) -> IndexUnusable:
    return IndexUnusable(
        f"Index {where!r} cannot be used ({type(error).__name__}). Check the folder's permissions "
        "and the free space, or delete the folder and build again."
    )
