"""A process is killed at every moment of a question's life, and the next one brings it to its end.

The table of moments and outcomes is docs/kill-points.md; ``pytest -s`` prints it.
"""

import asyncio
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from slack_process import Nursery, Wanted, alive, end, passed
from slack_protocol import OFFICER, PATROL, TEAM, Message, Payload
from slack_rig import posted
from slack_server import AFTER, BEFORE, SlackServer

from bench.blocks import replace, replaced
from bot.database import open_database
from bot.slack.channels import Channels
from bot.slack.ids import Field, Shortcut
from bot.slack.points import Point
from bot.slack.settings import ChannelSettings, Placement
from bot.slack.wording import FIRST_USE, NOT_APPROVAL

pytestmark = pytest.mark.embedded("each life begins with a copy of an SQLite file")

TESTS = Path(__file__).resolve().parent
PAGE = TESTS.parent / "docs" / "kill-points.md"
LEASE, REDELIVERED, IN_TIME, AT_ONCE = 0.4, 0.5, 15.0, 6
ASKED = "may I post a shot of my locker?"
BEFORE_JOINING = ("auth.test", "apps.connections.open", "views.open")


@dataclass(frozen=True)
class Call:
    """A call to Slack, or an acknowledgement, before Slack takes it or after it took effect."""

    method: str
    moment: str


Strike = Point | Call
ACKNOWLEDGEMENT = Call("acknowledgement", "after")


@dataclass(frozen=True)
class Kind:
    """A way of asking. ``private`` answers cannot be read back, ``once`` is never redelivered.

    ``strikes`` are the points that only this kind has; without them it is struck at every one.
    """

    ask: Callable[[SlackServer], Coroutine[object, object, Payload]]
    private: bool = False
    once: bool = False
    strikes: tuple[Strike, ...] = ()
    in_the_thread: bool = False


async def _direct(slack: SlackServer) -> Payload:
    return slack.message_im(ASKED)


async def _direct_in_thread(slack: SlackServer) -> Payload:
    first = slack.message_im("may I wear my uniform in a video?")
    return slack.message_im(ASKED, thread_ts=first["event"]["ts"])


async def _mention(slack: SlackServer) -> Payload:
    return slack.mention(ASKED)[0]


async def _command(slack: SlackServer) -> Payload:
    return slack.slash_command("/policy", ASKED)


async def _form(slack: SlackServer) -> Payload:
    await slack.deliver(slack.shortcut(Shortcut.ASK))
    await slack.wait_for(lambda: slack.views, 5.0, "form")
    return slack.view_submission(slack.views[-1], {Field.QUESTION: ASKED})


async def _failing(slack: SlackServer) -> Payload:
    return slack.mention("what breaks this?")[0]


async def _where_nothing_is_taken(slack: SlackServer) -> Payload:
    asked = slack.mention(ASKED)[0]
    slack.restrict(PATROL)
    return asked


async def _when_nothing_is_taken(slack: SlackServer) -> Payload:
    slack.fail_next("chat.postEphemeral", status=429, retry_after=0, times=4)
    return slack.mention(ASKED)[0]


POST, EPHEMERAL = "chat.postMessage", "chat.postEphemeral"
KINDS = {
    "direct message": Kind(_direct),
    "direct message in a thread": Kind(_direct_in_thread),
    "mention": Kind(_mention, private=True),
    "mention, answered in the thread": Kind(_mention, in_the_thread=True),
    "command": Kind(_command, private=True, once=True),
    "ask form": Kind(_form, once=True),
    "mention that fails": Kind(
        _failing,
        private=True,
        strikes=(Point.FAILED, Point.POSTING, Point.TOLD, Call(EPHEMERAL, AFTER)),
    ),
    "mention, channel takes nothing": Kind(
        _where_nothing_is_taken,
        strikes=(Point.REFUSED, Call(POST, BEFORE), Call(POST, AFTER), Point.POSTED),
    ),
    "mention, Slack is too busy": Kind(
        _when_nothing_is_taken, private=True, strikes=(Point.REFUSED, Point.POSTPONED)
    ),
}
TWICE: tuple[tuple[str, tuple[Point, ...], int, int], ...] = (
    # kind, killed at, answers, notes that an answer may not have been seen
    ("direct message", (Point.POSTING, Point.POSTED), 1, 0),
    ("direct message", (Point.POSTED, Point.TAKEN_UP), 1, 0),
    ("direct message", (Point.POSTED, Point.SOUGHT), 1, 0),
    ("mention, answered in the thread", (Point.POSTING, Point.SOUGHT), 1, 0),
    ("mention, answered in the thread", (Point.WARNING, Point.WARNED), 1, 0),
    ("mention, answered in the thread", (Point.WARNED, Point.WARNED), 1, 0),
    ("ask form", (Point.POSTED, Point.SOUGHT), 1, 0),
    ("mention", (Point.ACCEPTED, Point.TAKEN_UP), 1, 0),
    ("mention", (Point.POSTED, Point.SOUGHT), 2, 0),
    ("mention", (Point.POSTING, Point.POSTING), 0, 1),
    ("mention", (Point.POSTING, Point.POSTED), 1, 1),
    ("mention", (Point.POSTED, Point.POSTED), 2, 1),
    ("mention", (Point.POSTED, Point.POSTED, Point.TOLD), 2, 1),
    ("command", (Point.POSTED, Point.POSTED), 2, 1),
    ("mention, Slack is too busy", (Point.POSTPONED, Point.POSTING), 1, 0),
)


@dataclass(frozen=True)
class Life:
    """What became of a question: the messages, and whether the first delivery was acknowledged."""

    messages: tuple[Message, ...]
    acknowledged: bool
    deliveries: int
    passed: Counter[Point]
    calls: tuple[str, ...]
    violations: tuple[str, ...]

    @property
    def answers(self) -> int:
        """How many messages hold an answer, or say that there is none."""
        return len(self.messages) - self.notes - self.warnings

    @property
    def notes(self) -> int:
        """How many messages say that an answer may not have been seen."""
        return sum("did not confirm" in message.words for message in self.messages)

    @property
    def warnings(self) -> int:
        """How many messages hold nothing but what the asker alone is told before an answer."""
        return sum(
            FIRST_USE[0] in message.words and NOT_APPROVAL not in message.words
            for message in self.messages
        )


class Lives:
    """Lets questions live, each with a Slack and a database of its own, some at a time."""

    def __init__(self, nursery: Nursery, folder: Path) -> None:
        self._nursery, self._folder = nursery, folder
        self._few = asyncio.Semaphore(AT_ONCE)
        self._count = 0
        for name, place in (("private", Placement.PRIVATE), ("thread", Placement.THREAD)):
            engine = open_database(f"sqlite:///{folder / name}.sqlite3")
            channels = Channels(engine, lambda: datetime.now(UTC))
            channels.change(TEAM, PATROL, ChannelSettings(place=place), OFFICER)
            engine.dispose()

    async def live(self, kind: Kind, *strikes: Strike) -> Life:
        """Ask, kill one process after the other, and let the last one finish."""
        async with self._few:
            self._count += 1
            base = self._folder / str(self._count)
            ready = "thread" if kind.in_the_thread else "private"
            shutil.copy(self._folder / f"{ready}.sqlite3", f"{base}.sqlite3")
            async with SlackServer(ack_timeout=1.0, redeliver_after=REDELIVERED) as slack:
                return await self._lived(slack, kind, strikes, base)

    async def _lived(
        self, slack: SlackServer, kind: Kind, strikes: tuple[Strike, ...], base: Path
    ) -> Life:
        database, log = Path(f"{base}.sqlite3"), Path(f"{base}.log")
        delivering: asyncio.Task[object] | None = None
        before, pid = 0, 0
        for strike in (*strikes, None):
            dies_at = strike.name if isinstance(strike, Point) else None
            pid = self.begin(slack, base, dies_at, "SIGKILL")
            await slack.wait_for_connections()
            if delivering is None:
                payload = await kind.ask(slack)
                before = len(slack.deliveries)
                if strike == ACKNOWLEDGEMENT:
                    slack.on_acknowledged = lambda _, pid=pid: end(pid)
                delivering = asyncio.create_task(slack.deliver(payload))
            if isinstance(strike, Call):
                slack.kill_at(strike.method, strike.moment, lambda pid=pid: _killed(pid))
            if strike is not None:
                await _until(lambda pid=pid: not alive(pid), f"death at {strikes}")
            slack.on_acknowledged = None
        assert delivering is not None
        await delivering
        await _until(lambda: not _waiting(database), f"empty inbox after {strikes}")
        await slack.settle(0.1)
        end(pid)
        own = slack.deliveries[before:]
        return Life(
            tuple(posted(slack)),
            own[0].acknowledged,
            len(own),
            passed(log),
            tuple(call.method for call in slack.calls),
            tuple(slack.violations),
        )

    def begin(self, slack: SlackServer, base: Path, dies_at: str | None, by: str) -> int:
        """Start a process; return its number."""
        wanted = Wanted(
            slack.api_url,
            slack.bot_token,
            slack.app_token,
            f"{base}.sqlite3",
            f"{base}.log",
            LEASE,
            dies_at,
            by,
        )
        return self._nursery.start(wanted)


async def _killed(pid: int) -> None:
    end(pid)
    while alive(pid):
        await asyncio.sleep(0.002)


async def _until(condition: Callable[[], bool], what: str) -> None:
    ends = time.monotonic() + IN_TIME
    while not condition():
        assert time.monotonic() < ends, f"no {what}"
        await asyncio.sleep(0.02)


def _waiting(database: Path) -> int:
    with sqlite3.connect(database, timeout=5) as connection:
        count: int = connection.execute("SELECT count(*) FROM inbox").fetchone()[0]
    return count


@dataclass(frozen=True)
class Found:
    """Every life that was tried: undisturbed, killed once, killed more than once."""

    whole: dict[str, Life]
    killed: dict[tuple[str, Strike], Life]
    twice: dict[int, Life]
    seconds: float


async def _try(lives: Lives) -> Found:
    begun = time.monotonic()
    made = await asyncio.gather(*(lives.live(kind) for kind in KINDS.values()))
    whole = dict(zip(KINDS, made, strict=True))
    cases = [(name, strike) for name in KINDS for strike in _strikes(KINDS[name], whole[name])]
    killed, twice = await asyncio.gather(
        asyncio.gather(*(lives.live(KINDS[name], strike) for name, strike in cases)),
        asyncio.gather(*(lives.live(KINDS[name], *strikes) for name, strikes, _, _ in TWICE)),
    )
    return Found(
        whole,
        dict(zip(cases, killed, strict=True)),
        dict(enumerate(twice)),
        time.monotonic() - begun,
    )


def _strikes(kind: Kind, whole: Life) -> tuple[Strike, ...]:
    if kind.strikes:
        return kind.strikes
    methods = dict.fromkeys(call for call in whole.calls if call not in BEFORE_JOINING)
    calls = (Call(method, moment) for method in methods for moment in (BEFORE, AFTER))
    return (*(point for point in Point if whole.passed[point]), ACKNOWLEDGEMENT, *calls)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Found]:
    with Nursery() as nursery:
        yield asyncio.run(_try(Lives(nursery, tmp_path_factory.mktemp("lives"))))


def _expected(kind: Kind, strike: Strike) -> int:
    """How often a question is answered whose process was killed there."""
    taken = {Point.POSTED, Point.TOLD, Call(EPHEMERAL, AFTER), Call("response_url", AFTER)}
    if kind.once and strike in (Point.RECEIVED, Point.HEARD):  # Slack tells the asker itself
        return 0
    return 2 if kind.private and strike in taken else 1


def test_undisturbed_every_question_is_answered_once(found: Found) -> None:
    assert {name: life.answers for name, life in found.whole.items()} == dict.fromkeys(KINDS, 1)


def test_nothing_accepted_is_lost_and_nothing_readable_is_repeated(found: Found) -> None:
    wrong = {
        (name, strike): (life.answers, life.notes, life.violations)
        for (name, strike), life in found.killed.items()
        if (life.answers, life.notes) != (_expected(KINDS[name], strike), 0) or life.violations
    }
    assert wrong == {}


def test_the_asker_alone_is_warned_once_and_where_that_cannot_be_read_back_at_most_once_more(
    found: Found,
) -> None:
    warned = {
        (name, strike): life.warnings
        for (name, strike), life in found.killed.items()
        if KINDS[name].in_the_thread
    }
    again = {Point.WARNED, Call(EPHEMERAL, AFTER)}
    assert {strike: count for (_, strike), count in warned.items()} == {
        strike: 2 if strike in again else 1 for _, strike in warned
    }
    assert all(not life.warnings for (name, _), life in found.killed.items() if name == "mention")
    for number, (name, strikes, _, _) in enumerate(TWICE):
        if KINDS[name].in_the_thread:
            assert found.twice[number].warnings == (2 if strikes[0] is Point.WARNED else 1)


def test_what_was_acknowledged_is_answered_by_the_next_process(found: Found) -> None:
    acknowledged = [life for life in found.killed.values() if life.acknowledged]
    assert len(acknowledged) > 50 and all(life.answers for life in acknowledged)


def test_what_was_not_acknowledged_comes_again(found: Found) -> None:
    lost = [
        life
        for (name, _), life in found.killed.items()
        if not life.acknowledged and not KINDS[name].once
    ]
    assert lost and all(life.deliveries > 1 for life in lost)


@pytest.mark.parametrize("number", range(len(TWICE)))
def test_a_question_may_meet_several_deaths(found: Found, number: int) -> None:
    name, _, answers, notes = TWICE[number]
    life = found.twice[number]
    assert (life.answers, life.notes, life.violations) == (answers, notes, ())
    private = sum(message.ephemeral is not None for message in life.messages)
    assert private <= (2 if KINDS[name].private else int(KINDS[name].in_the_thread))


def test_the_table_has_every_point_and_every_call_of_a_questions_life(found: Found) -> None:
    struck = {strike for _, strike in found.killed}
    struck |= {point for _, strikes, _, _ in TWICE for point in strikes}
    assert set(Point) <= struck
    calls = {call.method for call in struck if isinstance(call, Call)}
    assert calls == {
        "assistant.threads.setStatus",
        "assistant.threads.setTitle",
        "conversations.replies",
        "response_url",
        EPHEMERAL,
        POST,
        ACKNOWLEDGEMENT.method,
    }


def _cell(name: str, strike: Strike, found: Found) -> str:
    life = found.killed.get((name, strike))
    if life is None:
        return "–"
    if not life.answers:
        return "Slack says that it failed"
    looked = life.passed[Point.SOUGHT] and life.passed[Point.POSTING] == 1 and life.answers == 1
    return f"{_count(life)}, found" if looked else _count(life)


def _named(strike: Strike) -> str:
    if isinstance(strike, Point):
        return strike.value
    if strike == ACKNOWLEDGEMENT:
        return "Slack took the acknowledgement"
    return f"`{strike.method}`, {'not taken yet' if strike.moment == BEFORE else 'taken'}"


def _table(found: Found) -> str:
    usual = [name for name in KINDS if not KINDS[name].strikes]
    strikes = list(dict.fromkeys([*Point, *(strike for _, strike in found.killed)]))
    struck = [s for s in strikes if any((name, s) in found.killed for name in usual)]
    lines = [f"| killed when | {' | '.join(usual)} |", "|---|" + "---|" * len(usual)]
    for strike in struck:
        cells = " | ".join(_cell(name, strike, found) for name in usual)
        lines.append(f"| {_named(strike)} | {cells} |")
    lines += ["", "| question | killed when | answered | notes |", "|---|---|---|---:|"]
    for (name, strike), _ in found.killed.items():
        if name not in usual:
            lines.append(f"| {name} | {_named(strike)} | {_cell(name, strike, found)} | 0 |")
    for number, (name, points, _, _) in enumerate(TWICE):
        life, deaths = found.twice[number], "; then: ".join(point.value for point in points)
        lines.append(f"| {name} | {deaths} | {_count(life)} | {life.notes} |")
    return "\n".join(lines)


def _count(life: Life) -> str:
    return ("no", "once", "twice")[life.answers]


def test_the_page_shows_the_table_as_it_is(found: Found) -> None:
    table = _table(found)
    print(f"\n{table}\n{len(found.killed) + len(found.twice)} lives, {found.seconds:.0f} s")
    page = PAGE.read_text(encoding="utf-8")
    assert replaced(page, "kill points", table) == page


def test_the_process_that_is_killed_loads_neither_models_nor_vector_stores() -> None:
    heavy = ("torch", "transformers", "sentence_transformers", "chromadb", "langchain", "fastapi")
    code = "import sys, slack_process; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": f"{TESTS.parent}:{TESTS}"},
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(done.stdout.split())
    assert "bot.slack.app" in loaded
    assert not loaded & {*heavy, "numpy", "index.encoder", "index.store", "bot.assistant"}


# Two processes on one database


@pytest.fixture
def lives(tmp_path: Path) -> Iterator[Lives]:
    with Nursery() as nursery:
        yield Lives(nursery, tmp_path)


async def test_a_process_takes_up_at_once_what_another_left(lives: Lives, tmp_path: Path) -> None:
    async with SlackServer() as slack:
        first = lives.begin(slack, tmp_path / "private", "ANSWERED", "SIGKILL")
        await slack.wait_for_connections()
        await slack.deliver(slack.mention(ASKED)[0])
        second = lives.begin(slack, tmp_path / "private", None, "SIGKILL")
        await _until(lambda: len(posted(slack)) == 1, "answer")
        await slack.settle(2 * LEASE)
        assert len(posted(slack)) == 1 and not alive(first) and alive(second)


async def test_while_both_live_no_question_is_answered_twice(lives: Lives, tmp_path: Path) -> None:
    async with SlackServer() as slack:
        for _ in range(2):
            lives.begin(slack, tmp_path / "private", None, "SIGKILL")
        await slack.wait_for_connections(2)
        asked = [slack.mention(f"{ASKED} {number}") for number in range(10)]
        given = await asyncio.gather(
            *(slack.deliver(event) for both in asked for event in (*both, *both))
        )
        assert all(delivery.acknowledged for delivery in given)
        await _until(lambda: len(posted(slack)) >= 10, "ten answers")
        await slack.settle(3 * LEASE)
        assert len(posted(slack)) == 10


@pytest.mark.parametrize("asleep", ["ANSWERED", "DRAFT_KEPT", "POSTED"])
async def test_a_process_that_was_asleep_does_not_answer_what_another_took_up(
    lives: Lives, tmp_path: Path, asleep: str
) -> None:
    async with SlackServer() as slack:
        first = lives.begin(slack, tmp_path / "private", asleep, "SIGSTOP")
        await slack.wait_for_connections()
        await slack.deliver(slack.message_im(ASKED))
        lives.begin(slack, tmp_path / "private", None, "SIGKILL")
        await _until(lambda: not _waiting(tmp_path / "private.sqlite3"), "empty inbox")
        assert len(posted(slack)) == 1
        end(first, signal.SIGCONT)
        await slack.settle(3 * LEASE)
        assert len(posted(slack)) == 1 and alive(first)


def write_page() -> None:
    """Write the page anew; read it."""
    with Nursery() as nursery, tempfile.TemporaryDirectory() as folder:
        table = _table(asyncio.run(_try(Lives(nursery, Path(folder)))))
    replace(PAGE, "kill points", table)


if __name__ == "__main__":
    write_page()
