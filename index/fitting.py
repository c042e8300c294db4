"""Inputs and what should come of them -> weights: AdamW over one small network, on the CPU."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from index.grams import Rows
from index.reading import GRAM, VERDICTS, Floats, Weights

if TYPE_CHECKING:
    from torch import Tensor

_HIDDEN, _BATCH, _ROUNDS, _STEPS = 384, 256, 14, 300
_RATE, _DECAY, _WARM = 3e-3, 0.02, 0.15
# Shares left out at random while fitting, so that no single input is relied on.
_INPUTS_OUT, _WORDS_OUT, _HIDDEN_OUT = 0.2, 0.3, 0.6


@dataclass(frozen=True)
class Task:
    """What is to be learnt from n questions.

    ``dense`` and ``rows`` are their inputs, shape (n, inputs) and n rows of ``grams`` grams;
    ``wanted`` is what each output should be and ``cost`` what an error there costs, both of shape
    (n, outputs), the verdicts last.
    """

    dense: Floats
    rows: Rows
    grams: int
    wanted: Floats
    cost: Floats


def fit(task: Task, progress: Callable[[float], None]) -> Weights:
    """Return the weights that cost least on ``task``; the same task gives the same weights.

    The rate of learning follows one cycle (Smith 2018, arXiv:1803.09820). Every output is
    logistic but the verdicts, which share one softmax. ``progress`` is called with the share done.
    """
    import torch

    with _every_core(), torch.random.fork_rng(devices=()):
        torch.manual_seed(0)
        layers = _start(task)
        count = len(task.wanted)
        batches = -(-count // _BATCH)
        rounds = max(_ROUNDS, -(-_STEPS // batches))
        descent = torch.optim.AdamW(layers, lr=_RATE, weight_decay=_DECAY)
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


def _start(task: Task) -> "list[Tensor]":
    """Return the layers before anything is learnt, in the order of Weights."""
    import torch

    inputs, outputs = task.dense.shape[1], task.wanted.shape[1]
    dense = torch.zeros(_HIDDEN + outputs, inputs)
    dense[:_HIDDEN].uniform_(-(inputs**-0.5), inputs**-0.5)
    sparse = torch.zeros(task.grams, _HIDDEN + outputs)
    sparse[:, :_HIDDEN].normal_(std=0.05)
    bias, last = torch.zeros(_HIDDEN + outputs), torch.zeros(_HIDDEN, outputs)
    return [layer.requires_grad_() for layer in (dense, sparse, bias, last)]


def _loss(task: Task, layers: "list[Tensor]", batch: "Tensor") -> "Tensor":
    import torch
    from torch.nn import functional

    dense, sparse, bias, last = layers
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
    hidden = functional.dropout(functional.relu(first[:, :_HIDDEN]), _HIDDEN_OUT)
    logits = first[:, _HIDDEN:] + hidden @ last
    single = logits.shape[1] - len(VERDICTS)
    each = functional.binary_cross_entropy_with_logits(
        logits[:, :single], wanted[:, :single], cost[:, :single], reduction="sum"
    )
    among = functional.log_softmax(logits[:, single:], dim=1)
    return each - (cost[:, single:] * wanted[:, single:] * among).sum()


@contextmanager
def _every_core() -> Iterator[None]:
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(os.cpu_count() or threads)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
