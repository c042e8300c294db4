"""A model as one call: while it computes, other threads run Python.

A model's modules return to Python between operations, some hundred times a text; beside busy
threads each return waits for the interpreter. A traced one (TorchScript) computes without it.
"""

import logging
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import torch
    from sentence_transformers import SentenceTransformer

# Of different lengths, so that padding is part of what is traced.
_SHOWN = (
    "Can I post it?",
    "May an officer share a photo of the scene with a friend at night?",
    "a",
)
_PROVED = (*_SHOWN, "word " * 600, "Who?")
_TOLERATED = 1e-5
# Which layer's tokens are given: two thirds of the way they know their neighbours, and have not
# yet been drawn together into what the whole text is like.
_DEPTH = 2 / 3
_LOG = logging.getLogger(__name__)


class Sensed(NamedTuple):
    """What a model makes of one text.

    ``vector`` is of unit length, shape (dimension,), single precision. ``tokens`` are the pieces of
    its words, each as its neighbours colour it, shape (tokens, width), half precision; there are
    none where a model has no layers to take them from.
    """

    vector: NDArray[np.float32]
    tokens: NDArray[np.float16]


Call = Callable[[Sequence[str]], list[Sensed]]


def traced(model: "SentenceTransformer") -> Call | None:
    """Return ``model`` as one call: texts -> what it makes of each.

    None where it cannot be traced, or what is traced does not give what the model gives.
    """
    import torch

    names, own = _names(model), by_modules(model)
    try:
        with _quiet(), torch.no_grad():
            module = torch.jit.trace(  # type: ignore[no-untyped-call]
                _whole(model, names), _tensors(model, names, _SHOWN), check_trace=False
            )
        call = _calling(module, model, names)
        for texts in (_PROVED, *([text] for text in _PROVED)):
            for one, other in zip(call(texts), own(texts), strict=True):
                if not np.allclose(one.vector, other.vector, atol=_TOLERATED):
                    raise ValueError("traced vectors differ from the model's own")
                if not np.allclose(one.tokens, other.tokens, atol=_TOLERATED, rtol=1e-2):
                    raise ValueError("traced tokens differ from the model's own")
    except (RuntimeError, ValueError, KeyError, TypeError) as error:
        _LOG.info("The embedding model is called module by module (%s).", type(error).__name__)
        return None
    return call


def by_modules(model: "SentenceTransformer") -> Call:
    """Return ``model`` called as it is, module by module: texts -> what it makes of each."""
    names = _names(model)
    return _calling(_whole(model, names), model, names)


def _whole(model: "SentenceTransformer", names: Sequence[str]) -> "torch.nn.Module":
    """Return tensors -> unit vectors, and the tokens of one layer where the model has any."""
    import torch

    inner = getattr(model[0], "auto_model", None)
    if inner is not None:
        inner.config.output_hidden_states = True

    class Whole(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, *tensors: torch.Tensor) -> tuple[torch.Tensor, ...]:
            found = self.model(dict(zip(names, tensors, strict=True)))
            vectors = torch.nn.functional.normalize(found["sentence_embedding"], dim=-1)
            layers = found.get("all_layer_embeddings")
            if layers is None:
                return (vectors,)
            return vectors, layers[round((len(layers) - 1) * _DEPTH)].half()

    return Whole().eval()


def _calling(module: "torch.nn.Module", model: "SentenceTransformer", names: Sequence[str]) -> Call:
    import torch

    def call(texts: Sequence[str]) -> list[Sensed]:
        tensors = _tensors(model, names, texts)
        with torch.inference_mode():
            vectors, *layer = (found.numpy() for found in module(*tensors))
        if not layer:
            return [Sensed(vector, np.empty((0, 0), dtype=np.float16)) for vector in vectors]
        real = tensors[names.index("attention_mask")].bool().numpy()
        return [
            Sensed(vector, tokens[mask])
            for vector, tokens, mask in zip(vectors, layer[0], real, strict=True)
        ]

    return call


def _names(model: "SentenceTransformer") -> list[str]:
    import torch

    features = _features(model, _SHOWN)
    return [name for name, value in features.items() if torch.is_tensor(value)]


def _tensors(
    model: "SentenceTransformer", names: Sequence[str], texts: Sequence[str]
) -> tuple[Any, ...]:
    features = _features(model, texts)
    return tuple(features[name] for name in names)


def _features(model: "SentenceTransformer", texts: Sequence[str]) -> dict[str, Any]:
    return dict(model.preprocess(list(texts)))


@contextmanager
def _quiet() -> Iterator[None]:
    """Without the tracer's warnings: what it could get wrong is proved, text by text."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)
