"""Eight processes that all decide one request at the same moment: run as a program of its own.

It reads what to do from its arguments, forks once everything is imported, and prints a line of JSON
for each process.
"""

import json
import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Barrier

from precinct import Precinct

from bot.approvals.deed import NotDone
from bot.approvals.event import Happened
from bot.errors import AssistantError

PROCESSES, EACH = 8, 25
_HEAVY = ("torch", "transformers", "chromadb", "slack_bolt", "fastapi")
_WARM = 1.0  # seconds in which every process opens the database


@dataclass(frozen=True)
class Tried:
    """What became of one attempt: done, or refused with the decision that it was told of."""

    by: str
    kind: str
    done: bool = False
    why: str = ""
    told: tuple[str, str] | None = None
    failed: str = ""


def decide(precinct: Precinct, request: str, number: int) -> Tried:
    """Grant or deny once, as the Chief or the deputy."""
    by = ("chief", "deputy")[number % 2]
    kind = (Happened.GRANTED, Happened.DENIED)[number // 2 % 2]
    try:
        precinct.act(request, by, kind, version=1, words=f"Words {number}.")
    except NotDone as refused:
        told = refused.decided
        who = (str(told.actor), told.kind.value) if told is not None else None
        return Tried(by, kind.value, why=refused.why.value, told=who)
    except AssistantError as failed:
        return Tried(by, kind.value, failed=str(failed))
    return Tried(by, kind.value, done=True)


def attempts(url: str, folder: Path, request: str, begin: float, first: int) -> Iterator[Tried]:
    """Yield what became of one process's attempts, all of them begun at the same moment."""
    precinct = Precinct(url, folder)
    together = Barrier(EACH)

    def one(number: int) -> Tried:
        together.wait()
        time.sleep(max(0.0, begin - time.time()))
        return decide(precinct, request, number)

    with ThreadPoolExecutor(EACH) as pool:
        yield from pool.map(one, range(first, first + EACH))
    precinct.close()


def main() -> None:
    """Fork, decide, print."""
    url, folder, request = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
    begin = time.time() + _WARM
    children = []
    for place in range(PROCESSES):
        child = os.fork()
        if child == 0:
            tried = [asdict(t) for t in attempts(url, folder, request, begin, place * EACH)]
            heavy = [name for name in _HEAVY if name in sys.modules]
            line = json.dumps({"process": os.getpid(), "heavy": heavy, "tried": tried})
            os.write(1, line.encode() + b"\n")
            os._exit(0)
        children.append(child)
    sys.exit(max(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children))


if __name__ == "__main__":
    main()
