"""Texts -> a file of vectors -> a collection, part by part: no more than a part is held in memory.

A text whose vector is in an earlier file is not embedded again.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np

from index.encoder import BATCH, Encoder, Vectors
from index.store import Entry, Store
from index.vectors import VectorFile, VectorWriter, digest

# Texts of about one length are computed together, so a part must be many batches long.
_PART = 64 * BATCH
Done = Callable[[int], None]
ItemT = TypeVar("ItemT")


def missing(
    texts: Sequence[str], before: Sequence[VectorFile], given: Collection[str]
) -> list[str]:
    """Return the texts, each once, that are neither given nor in one of the files.

    The shortest come first, so that texts of about one length are computed together.
    """
    new = (text for text in dict.fromkeys(texts) if text not in given)
    return sorted((t for t in new if not any(digest(t) in file for file in before)), key=len)


def write_vectors(
    path: Path,
    texts: Sequence[str],
    before: Sequence[VectorFile],
    given: Mapping[str, Vectors],
    new: Sequence[str],
    encoder: Encoder,
    done: Done,
) -> VectorFile:
    """Write the vector of every text to ``path``, and open that.

    Vectors that are ``given``, each of shape (dimension,), come first, then those of the files
    ``before``, then those of ``new``, which are computed; ``done`` gets the number computed.
    """
    own = [text for text in dict.fromkeys(texts) if text in given]
    every = {digest(text) for text in texts}
    left = every.difference(map(digest, own), map(digest, new))
    with VectorWriter(path, len(every)) as file:
        for part in _parts(own):
            file.add([*map(digest, part)], np.stack([given[text] for text in part]))
        for source in before:
            kept = [key for key in left if key in source]
            left.difference_update(kept)
            for keys in _parts(kept):
                file.add(keys, source.of(keys))
        computed = 0
        for part in _parts(new):
            file.add([*map(digest, part)], encoder.encode(part, _from(computed, done)))
            computed += len(part)
    return VectorFile(path)


def fill(
    store: Store,
    collection: str,
    entries: Sequence[Entry],
    texts: Sequence[str],
    vectors: VectorFile,
    done: Done,
) -> None:
    """Make a collection of entries, each with the vector of its text as it is embedded."""
    store.create(collection)
    for start in range(0, len(entries), _PART):
        part = slice(start, start + _PART)
        store.add(collection, entries[part], vectors.of([digest(text) for text in texts[part]]))
        done(min(start + _PART, len(entries)))


def _from(start: int, done: Done) -> Done:
    return lambda count: done(start + count)


def _parts(items: Sequence[ItemT]) -> Iterator[Sequence[ItemT]]:
    for start in range(0, len(items), _PART):
        yield items[start : start + _PART]
