"""Processes to be killed: one that has read everything forks them, so that each costs little.

None loads a model or a store of vectors, which each says of itself. Each line of input holds the
orders of processes that run at once, and is answered with how each ended.
"""

import gc
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Self

from pydantic import BaseModel, TypeAdapter
from sqlalchemy import Engine

from bench.lives.moments import BEGUN, Moments
from bench.lives.station import Station, library
from bench.lives.steps import Step
from bench.machine import ROOT
from bot.database import open_database
from bot.errors import AssistantError
from index.directive import FROZEN

HEAVY = ("torch", "transformers", "sentence_transformers", "chromadb")
_SECONDS = 60  # after which a process that hangs is ended


class Order(BaseModel):
    """What a process is to do, on which database, and at which moment it dies, counted from 0."""

    model_config = FROZEN

    url: str
    folder: Path
    step: Step
    dies_at: int | None = None


class End(StrEnum):
    """How a process ended."""

    DONE = "done"
    REFUSED = "refused"
    KILLED = "killed"
    FAILED = "failed"


class Ended(BaseModel):
    """How a process ended, the moments that it passed, and what it loaded of what is heavy.

    ``why`` is the name of the error and what it says.
    """

    model_config = FROZEN

    end: End
    why: str = ""
    moments: tuple[str, ...] = ()
    heavy: tuple[str, ...] = ()


_ORDERS = TypeAdapter(tuple[Order, ...])
_ENDED = TypeAdapter(tuple[Ended, ...])


@dataclass
class Nursery:
    """The process that forks the others. Use as ``with Nursery() as nursery:``."""

    _process: subprocess.Popen[str] = field(init=False)

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.lives.nursery"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.communicate(timeout=10)

    def run(self, orders: Sequence[Order]) -> tuple[Ended, ...]:
        """Run processes at once, and return how each ended when all have."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(f"{_ORDERS.dump_json(tuple(orders)).decode()}\n")
        self._process.stdin.flush()
        return _ENDED.validate_json(self._process.stdout.readline())


def main() -> None:
    """Let processes live for each line of the input, until it ends.

    One that is not to die lives here: those that are forked later have at hand what it prepared.
    """
    logging.disable(logging.CRITICAL)  # what is refused on purpose is no news
    library()
    engines: dict[str, Engine] = {}
    for line in sys.stdin:
        orders = _ORDERS.validate_json(line)
        for order in orders:
            if order.url not in engines:
                engines[order.url] = open_database(order.url)
            if order.step.amended:
                library(amended=True)
        if len(orders) == 1 and orders[0].dies_at is None:
            ended = [_live(orders[0], engines[orders[0].url])]
        else:
            ended = _forked(orders, engines)
        print(_ENDED.dump_json(tuple(ended)).decode(), flush=True)


def _forked(orders: Sequence[Order], engines: Mapping[str, Engine]) -> list[Ended]:
    assert threading.active_count() == 1, "only a process without threads may be forked"
    for engine in engines.values():
        engine.dispose()  # each process has connections of its own
    gc.freeze()  # what is shared stays shared
    born = [_born(order, engines[order.url]) for order in orders]
    return [_ended(*one) for one in born]


def _born(order: Order, engine: Engine) -> tuple[int, int]:
    """Start a process; return its number, and where it says how it ended."""
    reads, writes = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writes)
        return pid, reads
    try:
        gc.disable()
        signal.alarm(_SECONDS)
        _say(writes, _live(order, engine, lambda ended: _say(writes, ended)))
    finally:
        os._exit(1)


def _say(pipe: int, ended: Ended) -> None:
    os.write(pipe, ended.model_dump_json().encode())


def _ended(pid: int, reads: int) -> Ended:
    with os.fdopen(reads, encoding="utf-8") as pipe:
        said = pipe.read()
    _, status = os.waitpid(pid, 0)
    if not said:
        return Ended(end=End.FAILED, why=f"It said nothing; its status is {status}.")
    ended = Ended.model_validate_json(said)
    by_signal = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    assert (ended.end is End.KILLED) == by_signal, said
    return ended


def _live(order: Order, engine: Engine, dying: Callable[[Ended], None] | None = None) -> Ended:
    """Do what is ordered; ``dying`` is told how it ended where it is killed."""

    def ended(end: End, why: str = "") -> Ended:
        heavy = tuple(name for name in HEAVY if name in sys.modules)
        return Ended(end=end, why=why, moments=tuple(moments.passed), heavy=heavy)

    moments = Moments(order.dies_at, lambda: dying(ended(End.KILLED)) if dying else None)
    step = order.step
    with moments.watching(engine):
        try:
            station = Station(
                engine, order.folder, step.at, moments, amended=step.amended, busy=step.busy
            )
            moments.after(BEGUN)
            station.do(step)
        except AssistantError as error:
            return ended(End.REFUSED, f"{type(error).__name__}: {error}")
        except Exception as error:
            return ended(End.FAILED, f"{type(error).__name__}: {error}")
    return ended(End.DONE)


if __name__ == "__main__":
    main()
