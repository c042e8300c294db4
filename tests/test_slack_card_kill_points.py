"""A process is killed at the moments of a letter's life, and the next one brings it to its end.

The table is in docs/kill-points.md; ``pytest -s`` prints it.
"""

import asyncio
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from guides import QUESTIONS, NoGuide, bureau, whole
from slack_answers import LIBRARY
from slack_precinct import payload_of, roster, user
from slack_process import LINKS, Nursery, Wanted, alive, end
from slack_protocol import OFFICER, TEAM, Message
from slack_server import AFTER, BEFORE, SlackServer

from bench.blocks import replace, replaced
from bot.answer import ApprovalKind
from bot.approvals.deed import Deed
from bot.approvals.event import Endorsement, Happened
from bot.approvals.filling import read
from bot.approvals.guidance import Guidance
from bot.approvals.outbox import Outbox
from bot.asker import Asker, Surface
from bot.database import open_database
from bot.links import RequestReference
from bot.roster.store import Rosters
from bot.slack import card_wording as wording
from bot.slack.points import LetterPoint
from bot.slack.reaching import EVENT_TYPE

pytestmark = pytest.mark.embedded("each life begins with an SQLite file of its own")

PAGE = Path(__file__).resolve().parent.parent / "docs" / "kill-points.md"
LEASE, AT_ONCE = 3.0, 3
POST, UPDATE, OPEN = "chat.postMessage", "chat.update", "conversations.open"
READ = "conversations.history"


@dataclass(frozen=True)
class Call:
    """A call to Slack, before it is taken or after it took effect."""

    method: str
    moment: str


Strike = LetterPoint | Call
STRIKES: tuple[tuple[Strike, ...], ...] = (
    *((point,) for point in LetterPoint if point is not LetterPoint.CARD_SOUGHT),
    *((Call(method, moment),) for method in (OPEN, POST, UPDATE) for moment in (BEFORE, AFTER)),
    (LetterPoint.CARD_POSTED, LetterPoint.CARD_SOUGHT),
    (LetterPoint.CARD_POSTED, Call(READ, BEFORE)),
    (Call(POST, AFTER), LetterPoint.CARD_RECORDED),
    (LetterPoint.CARD_POSTED, LetterPoint.CARD_POSTED),
)


@dataclass(frozen=True)
class Life:
    """What became of the letters of one person: their cards, and what Slack objected to."""

    cards: tuple[Message, ...]
    violations: tuple[str, ...]

    @property
    def repeated(self) -> int:
        """How many cards were posted twice for the same line of the chain."""
        lines = [payload_of(one)["line"] for one in self.cards]
        return len(lines) - len(set(lines))


def _asker(name: str) -> Asker:
    return Asker(surface=Surface.SLACK, team=TEAM, user=user(name))


def _prepared(path: Path) -> None:
    """Make a database with a request that went on and came back: nobody has been told yet.

    Two of the four letters have nothing more to say; the requester's two make one card that stands
    and one that has become a line.
    """
    engine = open_database(f"sqlite:///{path}")

    def now() -> datetime:
        return datetime.now(UTC)

    Rosters(engine, now).file(roster())
    office = bureau(engine, LIBRARY, LINKS, now, path.parent, roster(), guide=NoGuide())
    order = LIBRARY.get("5.14")
    assert order is not None
    vouched = RequestReference(
        answer="answer-1",
        directive=order.number,
        sha256=order.sha256,
        clauses=("II¶1",),
        kind=ApprovalKind.PERMISSION,
        decided_by="the Chief of Police",
    )
    content = read(whole(), QUESTIONS, TEAM)
    sent = office.sending.send(vouched, order, content, _asker("officer"), Guidance())
    on = Deed(kind=Happened.ENDORSED, version=1, endorsement=Endorsement.RECOMMENDED)
    office.register.act(sent.reference, on, _asker("sergeant"))
    back = Deed(kind=Happened.RETURNED, version=1, words="Who took it?")
    office.register.act(sent.reference, back, _asker("lieutenant"))
    assert office.outbox.waiting() == 4
    engine.dispose()


async def _live(nursery: Nursery, path: Path, strikes: tuple[Strike, ...]) -> Life:
    """Kill one process after the other, and let the last one finish."""
    _prepared(path)
    async with SlackServer() as slack:
        own: list[int] = []
        for strike in (*strikes, None):
            dies_at = strike.name if isinstance(strike, LetterPoint) else None
            if isinstance(strike, Call):
                slack.kill_at(strike.method, strike.moment, lambda: _killed(own))
            own.append(
                nursery.start(
                    Wanted(
                        slack.api_url,
                        slack.bot_token,
                        slack.app_token,
                        str(path),
                        f"{path}.log",
                        LEASE,
                        dies_at,
                    )
                )
            )
            if strike is not None:
                await _until(lambda: not alive(own[-1]), f"death at {strikes}")
        outbox = Outbox(open_database(f"sqlite:///{path}"))
        await _until(lambda: outbox.waiting() == 0, f"empty outbox after {strikes}")
        await slack.settle(0.2)
        end(own[-1])
        place = slack.im(OFFICER)
        cards = [
            one
            for one in slack.messages
            if one.channel == place and (one.metadata or {}).get("event_type") == EVENT_TYPE
        ]
        assert len(cards) == len(slack.messages), "nobody else is told anything"
        return Life(tuple(cards), tuple(slack.violations))


async def _killed(started: list[int]) -> None:
    pid = started[-1]  # the one that runs now
    end(pid)
    while alive(pid):
        await asyncio.sleep(0.002)


async def _until(condition: Callable[[], bool], what: str) -> None:
    late = time.monotonic() + 40
    while not condition():
        assert time.monotonic() < late, f"no {what}"
        await asyncio.sleep(0.02)


async def _try(folder: Path) -> dict[tuple[Strike, ...], Life]:
    few = asyncio.Semaphore(AT_ONCE)

    async def live(number: int, strikes: tuple[Strike, ...]) -> Life:
        async with few:
            (folder / str(number)).mkdir()
            return await _live(nursery, folder / str(number) / "x.sqlite3", strikes)

    with Nursery() as nursery:
        lives = await asyncio.gather(*(live(*one) for one in enumerate(STRIKES)))
    return dict(zip(STRIKES, lives, strict=True))


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[tuple[Strike, ...], Life]]:
    yield asyncio.run(_try(tmp_path_factory.mktemp("letters")))


def test_every_letter_is_told_once_wherever_the_process_was_killed(
    found: dict[tuple[Strike, ...], Life],
) -> None:
    wrong = {
        strikes: [one.words for one in life.cards]
        for strikes, life in found.items()
        if life.repeated or life.violations or "“Who took it?”" not in life.cards[-1].words
    }
    assert wrong == {}


def test_one_card_stands_and_what_came_before_it_is_a_line(
    found: dict[tuple[Strike, ...], Life],
) -> None:
    for life in found.values():
        assert len(life.cards) == 2
        before, last = life.cards
        assert wording.MOVED.split("{reference}")[1] in before.words
        assert before.action_ids == [] and last.action_ids


def test_every_moment_of_a_letter_is_in_the_table() -> None:
    assert {*LetterPoint} <= {one for strikes in STRIKES for one in strikes}


def _named(strike: Strike) -> str:
    if isinstance(strike, LetterPoint):
        return strike.value
    return f"`{strike.method}`, {'not taken yet' if strike.moment == BEFORE else 'taken'}"


def _table(found: dict[tuple[Strike, ...], Life]) -> str:
    lines = ["| killed when | cards posted twice | cards that stand |", "|---|---:|---:|"]
    for strikes, life in found.items():
        deaths = "; then: ".join(_named(one) for one in strikes)
        standing = sum(bool(one.action_ids) for one in life.cards)
        lines.append(f"| {deaths} | {life.repeated} | {standing} |")
    return "\n".join(lines)


def test_the_page_shows_the_table_of_letters_as_it_is(
    found: dict[tuple[Strike, ...], Life],
) -> None:
    table = _table(found)
    print(f"\n{table}")
    page = PAGE.read_text(encoding="utf-8")
    assert replaced(page, "letters", table) == page


def write_page() -> None:
    """Write the table anew; read it."""
    with tempfile.TemporaryDirectory() as folder:
        replace(PAGE, "letters", _table(asyncio.run(_try(Path(folder)))))


if __name__ == "__main__":
    write_page()
