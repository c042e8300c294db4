"""A model as one call: while it computes, other threads run Python.

A model's modules return to Python between operations, some hundred times a text; beside busy
threads each return waits for the interpreter. A traced one (TorchScript) computes without it.
"""

import logging
import warnings
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sentence_transformers import SentenceTransformer

    from index.encoder import Vectors

# Of different lengths, so that padding is part of what is traced.
_SHOWN = (
    "Can I post it?",
    "May an officer share a photo of the scene with a friend at night?",
    "a",
)
_PROVED = (*_SHOWN, "word " * 600, "Who?")
_TOLERATED = 1e-5
_LOG = logging.getLogger(__name__)


def traced(model: "SentenceTransformer") -> "Callable[[Sequence[str]], Vectors] | None":
    """Return ``model`` as one call: texts -> unit vectors, shape (len(texts), dimension).

    None where it cannot be traced, or what is traced does not give the model's own vectors.
    """
    import torch

    names = [name for name, value in _features(model, _SHOWN).items() if torch.is_tensor(value)]

    class Named(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, *tensors: torch.Tensor) -> torch.Tensor:
            found = self.model(dict(zip(names, tensors, strict=True)))["sentence_embedding"]
            return torch.nn.functional.normalize(found, dim=-1)

    def tensors(texts: Sequence[str]) -> tuple[Any, ...]:
        features = _features(model, texts)
        return tuple(features[name] for name in names)

    def encode(texts: Sequence[str]) -> "Vectors":
        with torch.inference_mode():
            found: Vectors = module(*tensors(texts)).numpy()
        return found

    try:
        with _quiet(), torch.no_grad():
            module = torch.jit.trace(  # type: ignore[no-untyped-call]
                Named().eval(), tensors(_SHOWN), check_trace=False
            )
        for texts in (_PROVED, *([text] for text in _PROVED)):
            own = model.encode(list(texts), normalize_embeddings=True, show_progress_bar=False)
            if not np.allclose(encode(texts), own, atol=_TOLERATED):
                raise ValueError("traced vectors differ from the model's own")
    except (RuntimeError, ValueError, KeyError, TypeError) as error:
        _LOG.info("The embedding model is called module by module (%s).", type(error).__name__)
        return None
    return encode


def _features(model: "SentenceTransformer", texts: Sequence[str]) -> dict[str, Any]:
    return dict(model.preprocess(list(texts)))


@contextmanager
def _quiet() -> "Iterator[None]":
    """Without the tracer's warnings: what it could get wrong is proved, text by text."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)
