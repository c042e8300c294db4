"""Questions of many askers, encoded together: who comes while one is encoded waits in line.

There is no thread of its own and no added waiting. An asker who finds a core free encodes at once,
in the thread that asked; then the first in line encodes for as many as a batch holds.
"""

import os
from collections import deque
from collections.abc import Sequence
from threading import Event, Lock

from index.encoder import Encodes
from index.traced import Sensed

# Larger batches gain little more, and whoever has just missed one waits for the whole of it.
_MOST = 4
_AT_ONCE = min(2, os.cpu_count() or 1)


class _Asker:
    """One in line: the texts, and what came of them once ``called``, unless it is to lead."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = list(texts)
        self.sensed: list[Sensed] | None = None
        self.fault: BaseException | None = None
        self.leads = False
        self.called = Event()

    def result(self) -> list[Sensed]:
        """Return what was made of the texts, or raise the fault."""
        if self.sensed is None:
            raise self.fault or RuntimeError("called without a result")
        return self.sensed


class Batching:
    """An encoder for many threads, over one that few threads call at a time."""

    def __init__(self, encoder: Encodes, most: int = _MOST, at_once: int = _AT_ONCE) -> None:
        """``most`` is how many texts go together; the texts of one call are never parted.

        ``at_once`` is how many threads may call the encoder at the same time.
        """
        self._encoder = encoder
        self._most = most
        self._door = Lock()
        self._line: deque[_Asker] = deque()
        self._free = at_once

    def sense(self, texts: Sequence[str]) -> list[Sensed]:
        """Return what the model makes of each text: a unit vector, and its tokens.

        Raises what the encoder raised; a fault reaches those who were encoded together, no others.
        """
        asker = self._enter(texts)
        if asker is None:
            try:
                return self._encoder.sense(texts)
            finally:
                self._hand_on()
        try:
            asker.called.wait()
        except BaseException:
            self._leave(asker)
            raise
        if asker.leads:
            self._lead(asker)
        return asker.result()

    def _enter(self, texts: Sequence[str]) -> _Asker | None:
        """Stand in line; return None where the encoder is free, and it is this thread's turn."""
        with self._door:
            if self._free:
                self._free -= 1
                return None
            asker = _Asker(texts)
            self._line.append(asker)
            return asker

    def _leave(self, asker: _Asker) -> None:
        """Stop waiting; an interrupted asker whose turn it was passes it on."""
        with self._door:
            if asker in self._line:
                self._line.remove(asker)
        if asker.leads:
            self._hand_on()

    def _lead(self, first: _Asker) -> None:
        """Encode for the first in line, who has left it, and for those behind."""
        batch = [first, *self._join(self._most - len(first.texts))]
        try:
            sensed = self._encoder.sense([text for asker in batch for text in asker.texts])
            start = 0
            for asker in batch:
                asker.sensed = sensed[start : start + len(asker.texts)]
                start += len(asker.texts)
        except BaseException as fault:
            for asker in batch:
                asker.fault = fault
        finally:
            # The next batch begins before this one's askers go on, so that both cores have work.
            self._hand_on()
            for asker in batch[1:]:
                asker.called.set()

    def _join(self, room: int) -> list[_Asker]:
        """Take those from the line for whom there is room, in their order."""
        joined = []
        with self._door:
            while self._line and len(self._line[0].texts) <= room:
                joined.append(self._line.popleft())
                room -= len(joined[-1].texts)
        return joined

    def _hand_on(self) -> None:
        """Give the turn to the first in line, if anybody waits."""
        with self._door:
            following = self._line.popleft() if self._line else None
            self._free += following is None
        if following is not None:
            following.leads = True
            following.called.set()
