"""The small network that reads a question: several as one, and its attention to tokens."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from index.fitting import side_by_side, take
from index.grams import Grams
from index.reading import MANNER, VERDICTS, Floats, Head, Likeness, Weights
from index.traced import Sensed
from index.vocabulary import Heard

_FACTS, _GRAMS = ("badge", "uniform"), ("^ badge", "badg", "badg $")
_NAMES = (*_FACTS, "covered", "path", *VERDICTS)
_HIDDEN, _DIMENSION, _WIDTH, _HEADS, _PART = 5, 6, 7, 2, 3
_HEARD = Heard(text="badge", words=("badge",), facts=frozenset({"badge"}))


def weights(seed: int) -> Weights:
    drawn, outputs = np.random.default_rng(seed), len(_NAMES)
    inputs = _DIMENSION + len(_FACTS) + len(MANNER)

    def some(*shape: int) -> Floats:
        return drawn.normal(scale=0.2, size=shape).astype(np.float32)

    return Weights(
        dense=some(_HIDDEN + outputs, inputs),
        sparse=some(len(_GRAMS), _HIDDEN + outputs),
        bias=some(_HIDDEN + outputs),
        last=some(_HIDDEN, outputs),
        ask=some(_HEADS, _WIDTH),
        value=some(_HEADS * _PART, _WIDTH),
        lead=some(_HEADS * _PART, _HIDDEN),
    )


def sensed(seed: int, tokens: int = 4) -> Sensed:
    drawn = np.random.default_rng(seed)
    return Sensed(
        drawn.normal(size=_DIMENSION).astype(np.float32),
        drawn.normal(size=(tokens, _WIDTH)).astype(np.float16),
    )


def read(of: Weights, one: Sensed) -> Likeness:
    rarity = np.ones(len(_GRAMS), dtype=np.float32)
    return Head(_NAMES, of, Grams(_GRAMS, rarity)).read(one, _HEARD)


def logit(chance: float) -> float:
    return float(np.log(chance / (1 - chance)))


@pytest.mark.parametrize("tokens", [4, 1, 0])
def test_networks_side_by_side_give_the_mean_of_their_logits(tokens: int) -> None:
    alone, question = [weights(seed) for seed in range(3)], sensed(9, tokens)
    one_by_one = [read(one, question) for one in alone]
    together = read(side_by_side(alone), question)
    for name in _FACTS:
        mean = np.mean([logit(one.facts[name]) for one in one_by_one])
        assert logit(together.facts[name]) == pytest.approx(mean, abs=1e-3)
    assert logit(together.path) == pytest.approx(
        np.mean([logit(one.path) for one in one_by_one]), abs=1e-3
    )
    product = np.exp(np.mean([np.log([*one.verdicts.values()]) for one in one_by_one], axis=0))
    assert [*together.verdicts.values()] == pytest.approx(product / product.sum(), abs=1e-4)


def test_one_network_beside_none_is_itself() -> None:
    only = weights(1)
    for name, value in vars(side_by_side([only])).items():
        assert np.array_equal(value, getattr(only, name)), name


def test_tokens_are_read_as_they_were_learnt() -> None:
    one = weights(2)
    questions = [sensed(3), sensed(4, 1), sensed(5, 0), sensed(6, 9)]
    taken = take([q.tokens for q in questions], torch.tensor(one.ask), torch.tensor(one.value))
    mute = replace(one, lead=np.zeros_like(one.lead))
    for question, brought in zip(questions, taken.numpy() @ one.lead, strict=True):
        moved = replace(mute, bias=one.bias + np.pad(brought, (0, len(_NAMES))))
        assert read(one, question).facts == pytest.approx(read(moved, question).facts, abs=1e-4)


def test_a_token_beside_others_changes_what_is_read() -> None:
    one, question = weights(2), sensed(3)
    fewer = Sensed(question.vector, question.tokens[:-1])
    assert read(one, question).facts != pytest.approx(read(one, fewer).facts, abs=1e-4)
