"""Inputs and what should come of them -> weights: AdamW over one small network, on the CPU."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from index.grams import Rows
from index.reading import GRAM, VERDICTS, Floats, Weights

if TYPE_CHECKING:
    from torch import Tensor

_HIDDEN, _BATCH, _ROUNDS, _STEPS = 384, 256, 10, 300
_HEADS, _PART, _NETWORKS = 12, 32, 2
_RATE, _DECAY, _WARM = 3e-3, 0.02, 0.15
# Shares left out at random while fitting, so that no single input is relied on.
_INPUTS_OUT, _WORDS_OUT, _TAKEN_OUT, _HIDDEN_OUT = 0.2, 0.3, 0.5, 0.6


@dataclass(frozen=True)
class Task:
    """What is to be learnt from n questions.

    ``dense``, ``rows`` and ``tokens`` are their inputs: shape (n, inputs), n rows of ``grams``
    grams, and for each question its tokens, shape (tokens, width), all of one width;
    ``wanted`` is what each output should be and ``cost`` what an error there costs, both of shape
    (n, outputs), the verdicts last.
    """

    dense: Floats
    rows: Rows
    grams: int
    tokens: Sequence[NDArray[np.float16]]
    wanted: Floats
    cost: Floats


def fit(task: Task, progress: Callable[[float], None]) -> Weights:
    """Return the weights that cost least on ``task``; the same task gives the same weights.

    They are of a few networks side by side, each begun anew, whose logits are averaged: one alone
    would be certain of much that only its beginning decided. ``progress`` is called with the share
    done.
    """
    import torch

    fitted: list[Weights] = []
    with _every_core(), torch.random.fork_rng(devices=()):
        for seed in range(_NETWORKS):
            torch.manual_seed(seed)
            fitted.append(_fit_one(task, lambda share: progress((len(fitted) + share) / _NETWORKS)))
    return side_by_side(fitted)


def _fit_one(task: Task, progress: Callable[[float], None]) -> Weights:
    """Return the weights of one network.

    The rate of learning follows one cycle (Smith 2018, arXiv:1803.09820). Every output is
    logistic but the verdicts, which share one softmax.
    """
    import torch

    layers = _start(task)
    count = len(task.wanted)
    batches = -(-count // _BATCH)
    rounds = max(_ROUNDS, -(-_STEPS // batches))
    descent = torch.optim.AdamW(layers, lr=_RATE, weight_decay=_DECAY, fused=True)
    cycle = torch.optim.lr_scheduler.OneCycleLR(
        descent, _RATE, total_steps=rounds * batches, pct_start=_WARM
    )
    for done in range(rounds):
        progress(done / rounds)
        for batch in torch.randperm(count).split(_BATCH):  # type: ignore[no-untyped-call]
            descent.zero_grad()
            (_loss(task, layers, batch) / len(batch)).backward()  # type: ignore[no-untyped-call]
            descent.step()
            cycle.step()
    progress(1.0)
    return Weights(*(layer.detach().numpy() for layer in layers))


def side_by_side(fitted: Sequence[Weights]) -> Weights:
    """Return networks as one with their hidden layers side by side: its logits are their mean.

    What a head brings goes to the hidden layer of its own network alone.
    """
    share, hidden = np.float32(1 / len(fitted)), len(fitted[0].last)

    def both(name: str, axis: int) -> Floats:
        """Return what leads to hidden layers end to end, what leads to outputs averaged."""
        parts = [np.split(getattr(one, name), [hidden], axis=axis) for one in fitted]
        outputs = sum((output * share for _, output in parts), np.float32(0))
        return np.concatenate([*(within for within, _ in parts), outputs], axis=axis)

    rows, columns = fitted[0].lead.shape
    lead = np.zeros((rows * len(fitted), columns * len(fitted)), dtype=np.float32)
    for place, one in enumerate(fitted):
        lead[place * rows : (place + 1) * rows, place * columns : (place + 1) * columns] = one.lead
    return Weights(
        dense=both("dense", 0),
        sparse=both("sparse", 1),
        bias=both("bias", 0),
        last=np.concatenate([one.last * share for one in fitted]),
        ask=np.concatenate([one.ask for one in fitted]),
        value=np.concatenate([one.value for one in fitted]),
        lead=lead,
    )


def _start(task: Task) -> "list[Tensor]":
    """Return the layers before anything is learnt, in the order of Weights."""
    import torch

    inputs, outputs = task.dense.shape[1], task.wanted.shape[1]
    dense = torch.zeros(_HIDDEN + outputs, inputs)
    dense[:_HIDDEN].uniform_(-(inputs**-0.5), inputs**-0.5)
    sparse = torch.zeros(task.grams, _HIDDEN + outputs)
    sparse[:, :_HIDDEN].normal_(std=0.05)
    bias, last = torch.zeros(_HIDDEN + outputs), torch.zeros(_HIDDEN, outputs)
    width = max(tokens.shape[1] for tokens in task.tokens)
    ask, value = torch.empty(_HEADS, width), torch.empty(_HEADS * _PART, width)
    lead = torch.empty(_HEADS * _PART, _HIDDEN)
    for layer, by in ((ask, width), (value, width), (lead, len(lead))):
        layer.uniform_(-(max(by, 1) ** -0.5), max(by, 1) ** -0.5)
    layers = dense, sparse, bias, last, ask, value, lead
    return [layer.requires_grad_() for layer in layers]


def _loss(task: Task, layers: "list[Tensor]", batch: "Tensor") -> "Tensor":
    import torch
    from torch.nn import functional

    dense, sparse, bias, last, *attending = layers
    known, wanted, cost = (
        torch.from_numpy(part[batch.numpy()]) for part in (task.dense, task.wanted, task.cost)
    )
    grams = task.rows.of(batch.tolist())
    heard = functional.embedding_bag(
        torch.from_numpy(grams.places),
        sparse,
        torch.from_numpy(grams.starts[:-1]),
        mode="sum",
        per_sample_weights=functional.dropout(torch.from_numpy(grams.weights * GRAM), _WORDS_OUT),
    )
    first = functional.dropout(known, _INPUTS_OUT) @ dense.T + heard + bias
    ask, value, lead = attending
    taken = take([task.tokens[at] for at in batch.tolist()], ask, value)
    within = first[:, :_HIDDEN] + functional.dropout(taken, _TAKEN_OUT) @ lead
    hidden = functional.dropout(functional.relu(within), _HIDDEN_OUT)
    logits = first[:, _HIDDEN:] + hidden @ last
    single = logits.shape[1] - len(VERDICTS)
    each = functional.binary_cross_entropy_with_logits(
        logits[:, :single], wanted[:, :single], cost[:, :single], reduction="sum"
    )
    among = functional.log_softmax(logits[:, single:], dim=1)
    return each - (cost[:, single:] * wanted[:, single:] * among).sum()


def take(tokens: Sequence[NDArray[np.float16]], ask: "Tensor", value: "Tensor") -> "Tensor":
    """Return what the heads take of each question's tokens, shape (questions, heads * part).

    The tokens of all questions stand end to end, so that nothing is padding.
    """
    import torch

    count, heads = len(tokens), len(ask)
    whose = torch.from_numpy(np.repeat(np.arange(count), [len(each) for each in tokens]))
    if not len(whose):
        return torch.zeros(count, len(value))
    known = torch.from_numpy(np.concatenate([t for t in tokens if len(t)]).astype(np.float32))
    scores = known @ ask.T
    highest = torch.full((count, heads), -torch.inf).scatter_reduce(
        0, whose[:, None].expand_as(scores), scores.detach(), "amax"
    )
    shares = (scores - highest[whose]).exp()
    whole = torch.zeros(count, heads).index_add(0, whose, shares).clamp(min=1e-9)
    seen = shares[..., None] * (known @ value.T).view(len(known), heads, -1)
    taken = torch.zeros(count, *seen.shape[1:]).index_add(0, whose, seen) / whole[..., None]
    return taken.flatten(1)


@contextmanager
def _every_core() -> Iterator[None]:
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(os.cpu_count() or threads)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
