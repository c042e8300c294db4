"""The Slack surface in processes of their own, to be killed: one that forks them on demand.

It loads the surface once and neither models nor stores of vectors. Each line of its input asks for
a process, and is answered with the number of that process.
"""

import asyncio
import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from guides import NoGuide, bureau
from slack_answers import LIBRARY, ScriptedAnswers

from bot.bridge import Bridge
from bot.config import Settings
from bot.database import open_database
from bot.department import Department
from bot.feedback import FeedbackStore
from bot.links import Links
from bot.roster.roster import Roster
from bot.roster.store import Rosters
from bot.slack.app import Stands, build_slack
from bot.slack.points import LetterPoint, Point

LINKS = Links("http://127.0.0.1:8514", "k" * 40, sign_reading=False, clock=time.time)


@dataclass(frozen=True)
class Wanted:
    """A process to start: where Slack and the database are, and the point at which it dies.

    ``lease`` is in seconds. Points are written to ``passed``, one a line, as they are passed.
    ``by`` is the signal it dies by; SIGSTOP lets it sleep instead.
    """

    api_url: str
    bot_token: str
    app_token: str
    database: str
    passed: str
    lease: float
    dies_at: str | None = None
    by: str = "SIGKILL"


@dataclass
class Nursery:
    """The process that forks the others. Use as ``with Nursery() as nursery:``."""

    started: list[int] = field(default_factory=list)

    def __enter__(self) -> Self:
        here = Path(__file__).resolve()
        path = os.pathsep.join([str(here.parent.parent), str(here.parent)])
        self._process = subprocess.Popen(
            [sys.executable, str(here)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": path},
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for pid in self.started:
            end(pid)
        self._process.communicate(timeout=10)

    def start(self, wanted: Wanted) -> int:
        """Start a process; return its number."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps(asdict(wanted)) + "\n")
        self._process.stdin.flush()
        pid = int(self._process.stdout.readline())
        self.started.append(pid)
        return pid


def alive(pid: int) -> bool:
    """Whether a process of the nursery, which leaves none behind, is still there."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def end(pid: int, sign: signal.Signals = signal.SIGKILL) -> None:
    """Kill a process, unless it is dead already."""
    if alive(pid):
        os.kill(pid, sign)


def _unlocked(database: str) -> None:
    """Return when no thread of this process is writing: asleep, it would keep everybody out."""
    connection = sqlite3.connect(database, timeout=10, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("ROLLBACK")


async def _live(wanted: Wanted) -> None:
    engine = open_database(f"sqlite:///{wanted.database}")
    log = os.open(wanted.passed, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def checkpoint(point: Point | LetterPoint) -> None:
        os.write(log, f"{point.name}\n".encode())
        if point.name == wanted.dies_at:
            if wanted.by == "SIGSTOP":
                _unlocked(wanted.database)
            os.kill(os.getpid(), signal.Signals[wanted.by])

    def now() -> datetime:
        return datetime.now(UTC)

    def roster() -> Roster | None:
        filed = rosters.in_force()
        return filed.roster if filed is not None else None

    rosters = Rosters(engine, now)
    folder = Path(wanted.database).parent
    surface = build_slack(
        Stands(
            answers=ScriptedAnswers(LIBRARY, LINKS, first=1_000 * os.getpid()),
            bureau=bureau(engine, LIBRARY, LINKS, now, folder, roster, guide=NoGuide()),
            feedback=FeedbackStore(engine, now, "k" * 32),
            links=LINKS,
            engine=engine,
            clock=now,
            settings=Settings(
                _env_file=None,
                slack_bot_token=wanted.bot_token,
                slack_app_token=wanted.app_token,
                slack_api_url=wanted.api_url,
            ),
            department=Department(name="Town Police", short_name="TPD"),
            bridge=Bridge(threads=2),
            reference=lambda: "E-514",
            checkpoint=checkpoint,
            lease=timedelta(seconds=wanted.lease),
        )
    )
    await surface.start()
    await asyncio.Event().wait()


def main() -> None:
    """Fork a process for each line of the input, until it ends."""
    assert threading.active_count() == 1, "only a process without threads may be forked"
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the dead leave nothing behind
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            try:
                asyncio.run(_live(Wanted(**json.loads(line))))
            finally:
                os._exit(1)
        print(pid, flush=True)


def passed(path: Path) -> Counter[Point]:
    """Return how often each point was passed by the processes that write to ``path``."""
    if not path.exists():
        return Counter()
    return Counter(Point[name] for name in path.read_text(encoding="utf-8").split())


if __name__ == "__main__":
    main()
