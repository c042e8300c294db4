"""Vectors kept in a file beside the index, by what was embedded: no text is embedded twice.

A record is the sha256 of a text and its vector. The file is a plain NumPy array, written from
front to back and then only mapped, so that it costs no memory however long it is.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from index.encoder import Vectors

_WORDS = 4  # a sha256 in words of 64 bits


def digest(text: str) -> bytes:
    """Return the sha256 of a text, 32 bytes."""
    return hashlib.sha256(text.encode()).digest()


class VectorFile:
    """A file of vectors, opened to be read."""

    def __init__(self, path: Path) -> None:
        """Map the file; raise OSError or ValueError if it is not there or not whole."""
        records = np.load(path, mmap_mode="r", allow_pickle=False)
        self._vectors: NDArray[np.float32] = records["vector"]
        keys = np.ascontiguousarray(records["text"]).view("V32").ravel()
        self._place = {bytes(key): place for place, key in enumerate(keys.tolist())}

    @property
    def dimension(self) -> int:
        """How many numbers a vector has."""
        return int(self._vectors.shape[1])

    def __contains__(self, text: bytes) -> bool:
        """Whether the vector of a text with this digest is there."""
        return text in self._place

    def of(self, texts: Sequence[bytes]) -> Vectors:
        """Return the vectors of texts by their digests, shape (len(texts), dimension)."""
        return np.asarray(self._vectors[[self._place[text] for text in texts]], dtype=np.float32)


class VectorWriter:
    """Writes a file of vectors. Use as ``with VectorWriter(path, count) as file:``."""

    def __init__(self, path: Path, count: int) -> None:
        """``count`` is how many records there will be."""
        self._path = path
        self._count = count
        self._left = count
        self._record: np.dtype[np.void] | None = None

    def __enter__(self) -> Self:
        self._file = self._path.open("wb")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            self._file.close()
        finally:
            if error is not None:
                self._path.unlink(missing_ok=True)

    def add(self, texts: Sequence[bytes], vectors: Vectors) -> None:
        """Append the vectors of texts, shape (len(texts), dimension), under their digests."""
        if self._record is None:
            self._record = np.dtype([("text", "<u8", _WORDS), ("vector", "<f4", vectors.shape[1])])
            header = {
                "descr": npy.dtype_to_descr(self._record),
                "fortran_order": False,
                "shape": (self._count,),
            }
            npy.write_array_header_1_0(self._file, header)
        records = np.empty(len(texts), dtype=self._record)
        records["text"] = np.frombuffer(b"".join(texts), dtype="<u8").reshape(-1, _WORDS)
        records["vector"] = vectors
        self._file.write(records.tobytes())
        self._left -= len(texts)
        if self._left < 0:
            raise ValueError(f"more than {self._count} vectors")


def opened(paths: Iterable[Path]) -> Iterator[VectorFile]:
    """Yield those of the files that can be read; one that cannot costs only time."""
    for path in paths:
        try:
            yield VectorFile(path)
        except (OSError, ValueError, KeyError, EOFError, IndexError):
            continue
