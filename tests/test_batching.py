"""Many askers over one encoder: each gets its own vectors, whoever else asks or fails."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import numpy as np
import pytest
import torch

from bot.bridge import Bridge
from index.batching import Batching
from index.encoder import BATCH, Encoder
from index.traced import Sensed, by_modules, traced

_LONG = 30  # seconds; only a hang comes near


def told(number: float) -> Sensed:
    """Return what an encoder makes of a text that is a number."""
    return Sensed(np.array([number, -number], dtype=np.float32), np.empty((0, 0), np.float16))


def number(sensed: list[Sensed]) -> float:
    """Return the number that the one text was."""
    assert len(sensed) == 1
    return float(sensed[0].vector[0])


class Slow:
    """An encoder whose vectors tell their texts apart, and that waits at a gate when told to."""

    def __init__(self, at_once: int = 1) -> None:
        self.calls: list[list[str]] = []
        self.gate = threading.Event()
        self.gate.set()
        self.began = threading.Event()
        self._inside = threading.Semaphore(at_once)

    def sense(self, texts: Sequence[str]) -> list[Sensed]:
        assert self._inside.acquire(blocking=False), "too many threads in the encoder"
        try:
            self.calls.append(list(texts))
            self.began.set()
            assert self.gate.wait(_LONG)
            if "bad" in texts:
                raise ValueError("cannot encode this")
            return [told(float(text)) for text in texts]
        finally:
            self._inside.release()


def until(said: Callable[[], bool]) -> None:
    """Wait until something holds; fail if it never does."""
    tick = threading.Event()
    for _ in range(_LONG * 200):
        if said():
            return
        tick.wait(0.005)
    raise AssertionError("never came true")


@contextmanager
def queued(
    slow: Slow, shared: Batching, texts: Sequence[str]
) -> Iterator[list[Future[list[Sensed]]]]:
    """Put askers in line, in order, behind one whose text is 0 and who is being encoded."""
    slow.gate.clear()
    slow.began.clear()
    with ThreadPoolExecutor(len(texts) + 1) as pool:
        asked = [pool.submit(shared.sense, ["0"])]
        assert slow.began.wait(_LONG)
        for place, text in enumerate(texts, 1):
            asked.append(pool.submit(shared.sense, [text]))
            until(lambda place=place: len(shared._line) == place)  # type: ignore[misc]
        slow.gate.set()
        yield asked


def in_line(slow: Slow, most: int = BATCH) -> Batching:
    """Return the encoder as one that one thread calls at a time."""
    return Batching(slow, most, at_once=1)


def test_every_one_of_many_threads_gets_exactly_its_own_vectors() -> None:
    slow = Slow()
    shared = in_line(slow)
    texts = [[str(at), str(at + 1000)][: 1 + at % 2] for at in range(1, 400)]
    with ThreadPoolExecutor(40) as pool:
        found = list(pool.map(shared.sense, texts, timeout=_LONG))
    for asked, sensed in zip(texts, found, strict=True):
        assert [one.vector[0] for one in sensed] == [float(text) for text in asked]
    assert sum(len(call) for call in slow.calls) == sum(len(asked) for asked in texts)


def test_those_who_wait_are_encoded_together_in_their_order() -> None:
    slow = Slow()
    shared = in_line(slow)
    with queued(slow, shared, ["1", "2", "3"]) as asked:
        assert [number(one.result(_LONG)) for one in asked] == [0.0, 1.0, 2.0, 3.0]
    assert slow.calls == [["0"], ["1", "2", "3"]]


def test_no_batch_is_larger_than_it_may_be() -> None:
    slow = Slow()
    shared = in_line(slow, most=4)
    with queued(slow, shared, [str(at) for at in range(1, 11)]) as asked:
        assert [number(one.result(_LONG)) for one in asked] == [float(at) for at in range(11)]
    assert [len(call) for call in slow.calls] == [1, 4, 4, 2]


def test_one_call_with_more_texts_than_a_batch_is_not_parted() -> None:
    slow = Slow()
    assert len(in_line(slow, most=2).sense(["1", "2", "3"])) == 3
    assert slow.calls == [["1", "2", "3"]]


def test_as_many_are_encoded_at_the_same_time_as_may_be_and_no_more() -> None:
    slow = Slow(at_once=2)
    shared = Batching(slow, most=8, at_once=2)
    slow.gate.clear()
    with ThreadPoolExecutor(5) as pool:
        asked = [pool.submit(shared.sense, [str(at)]) for at in range(5)]
        until(lambda: len(slow.calls) == 2 and len(shared._line) == 3)
        slow.gate.set()
        assert [number(one.result(_LONG)) for one in asked] == [0.0, 1.0, 2.0, 3.0, 4.0]
    assert [len(call) for call in slow.calls][:2] == [1, 1]
    assert len(slow.calls) < 5 and shared._free == 2


def test_a_single_asker_is_encoded_at_once_in_its_own_thread() -> None:
    threads: list[int] = []

    class Watched:
        def sense(self, texts: Sequence[str]) -> list[Sensed]:
            threads.append(threading.get_ident())
            return [told(0.0) for _ in texts]

    shared = Batching(Watched())
    for _ in range(3):
        shared.sense(["1"])
    assert threads == [threading.get_ident()] * 3


def test_a_fault_reaches_those_encoded_together_and_nobody_else() -> None:
    slow = Slow()
    shared = in_line(slow, most=2)
    with queued(slow, shared, ["1", "bad", "3", "4"]) as asked:
        first, one, bad, three, four = asked
        assert number(first.result(_LONG)) == 0.0
        for hit in (one, bad):
            with pytest.raises(ValueError, match="cannot encode this"):
                hit.result(_LONG)
        assert [number(three.result(_LONG)), number(four.result(_LONG))] == [3.0, 4.0]
    assert number(shared.sense(["5"])) == 5.0


def test_a_fault_of_one_who_asks_alone_leaves_the_way_free() -> None:
    shared = in_line(Slow())
    with pytest.raises(ValueError, match="cannot encode this"):
        shared.sense(["bad"])
    assert number(shared.sense(["7"])) == 7.0


def test_an_asker_who_is_interrupted_holds_nobody_up() -> None:
    slow = Slow()
    shared = in_line(slow)
    slow.gate.clear()
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(shared.sense, ["0"])
        assert slow.began.wait(_LONG)
        gone = shared._enter(["1"])
        assert gone is not None
        behind = pool.submit(shared.sense, ["2"])
        until(lambda: len(shared._line) == 2)
        slow.gate.set()
        assert gone.called.wait(_LONG)
        shared._leave(gone)
        assert number(first.result(_LONG)) == 0.0
        assert number(behind.result(_LONG)) == 2.0
    assert number(shared.sense(["3"])) == 3.0


def test_no_thread_and_no_asker_is_left_behind() -> None:
    before = threading.active_count()
    slow = Slow()
    shared = in_line(slow)
    with queued(slow, shared, ["1", "2"]) as asked:
        assert all(one.result(_LONG) is not None for one in asked)
    assert threading.active_count() == before
    assert not shared._line and shared._free == 1


async def test_the_bridge_finishes_what_began_before_it_closes() -> None:
    shared = in_line(Slow())
    bridge = Bridge()
    found = [await bridge.run(shared.sense, [str(at)]) for at in range(3)]
    bridge.close()
    assert [number(sensed) for sensed in found] == [0.0, 1.0, 2.0]


def test_the_bridge_has_room_for_a_whole_batch_of_askers() -> None:
    slow = Slow()
    shared = in_line(slow)
    slow.gate.clear()
    bridge = Bridge()
    asked = [bridge._pool.submit(shared.sense, [str(at)]) for at in range(BATCH)]
    until(lambda: len(shared._line) == BATCH - 1)
    slow.gate.set()
    assert [number(one.result(_LONG)) for one in asked] == [float(at) for at in range(BATCH)]
    bridge.close()
    assert [len(call) for call in slow.calls] == [1, BATCH - 1]


def test_a_traced_model_gives_what_the_model_itself_gives() -> None:
    encoder = Encoder()
    texts = ["badge?", "can i post " * 300, "¿puedo publicar una foto?", "ok", "may I post it"]
    call = traced(encoder._model)
    assert call is not None
    own = encoder._model.encode(texts, normalize_embeddings=True)
    for one, other, vector in zip(call(texts), by_modules(encoder._model)(texts), own, strict=True):
        assert np.abs(one.vector - vector).max() < 1e-5
        assert one.tokens.shape == other.tokens.shape
        assert np.allclose(one.tokens, other.tokens, atol=1e-3, rtol=1e-2)


def test_a_text_has_a_token_for_each_piece_of_a_word_and_none_for_padding() -> None:
    encoder = Encoder()
    texts = ["ok", "may an officer share a photo of the scene with a friend at night?"]
    known = encoder._model.tokenizer(texts)["input_ids"]
    assert [len(sensed.tokens) for sensed in encoder.sense(texts)] == [len(ids) for ids in known]


def test_a_model_whose_trace_would_be_wrong_is_called_as_it_is() -> None:
    class Turning(torch.nn.Module):
        """Turns the vector of a text that is alone: a trace keeps the one branch it was shown."""

        def forward(self, features: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
            if len(features["input_ids"]) == 1:
                features["sentence_embedding"] = -features["sentence_embedding"]
            return features

    model = Encoder()._model
    texts = ["may I post it", "badge?"]
    before = by_modules(model)(texts)
    model.append(Turning())
    assert traced(model) is None
    call = by_modules(model)
    assert np.abs(call(texts)[0].vector - before[0].vector).max() < 1e-5
    assert np.abs(call(texts[1:])[0].vector + before[1].vector).max() < 1e-5


def test_the_model_makes_the_same_of_a_question_alone_and_in_a_batch() -> None:
    encoder = Encoder()
    shared = Batching(encoder)
    texts = ["can I post my badge", "polce car", "who signs off on a page for our unit, and how"]
    alone = [sensed for text in texts for sensed in encoder.sense([text])]
    for one, same in zip(alone, (s for text in texts for s in shared.sense([text])), strict=True):
        assert np.array_equal(one.vector, same.vector) and np.array_equal(one.tokens, same.tokens)
    with ThreadPoolExecutor(len(texts)) as pool:
        many = [s for found in pool.map(lambda text: shared.sense([text]), texts) for s in found]
    for one, other in zip(alone, many, strict=True):
        assert np.abs(one.vector - other.vector).max() < 1e-6
        assert np.allclose(one.tokens, other.tokens, atol=1e-3, rtol=1e-2)
