"""What Slack's stores promise several processes, on SQLite and on PostgreSQL."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import pytest
from precinct import Precinct

from bot.approvals.event import Consent, Happened
from bot.approvals.telling import About
from bot.asker import Asker, Surface
from bot.database import Engine, open_database
from bot.slack.channels import Channels
from bot.slack.ids import Role
from bot.slack.inbox import LEASE, Inbox, SeenBefore, Stage
from bot.slack.incoming import Incoming
from bot.slack.people import People
from bot.slack.places import Conversation
from bot.slack.settings import ChannelSettings
from bot.slack.standing import Cards, Standing

ASKER = Asker(surface=Surface.SLACK, team="T1", user="U1")
T = TypeVar("T")


class Clock:
    """A clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self.at = datetime(2030, 1, 31, 8, 30, 15, 123456, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def engines(database_url: str) -> Iterator[list[Engine]]:
    """The engines of two processes on one database."""
    opened = [open_database(database_url) for _ in range(2)]
    yield opened
    for engine in opened:
        engine.dispose()


def question(key: str = "T1:D1:1", text: str = "may I post it?") -> Incoming:
    return Incoming(key=key, asker=ASKER, text=text, place=Conversation(channel="D1"))


def at_once(calls: list[Callable[[], T]]) -> list[T]:
    with ThreadPoolExecutor(len(calls)) as pool:
        return [done.result() for done in [pool.submit(call) for call in calls]]


def test_of_two_processes_that_are_handed_a_question_one_takes_it(
    engines: list[Engine], clock: Clock
) -> None:
    inboxes = [Inbox(engine, clock, name) for engine, name in zip(engines, "ab", strict=True)]

    def taken(inbox: Inbox, key: str) -> bool:
        try:
            return inbox.accept(question(key), f"event:{key}") is not None
        except SeenBefore:
            return False

    for number in range(5):
        tries = [lambda one=one, n=number: taken(one, f"k{n}") for one in inboxes * 2]
        assert sorted(at_once(tries)) == [False, False, False, True]
    assert inboxes[0].size() == inboxes[1].size("T1", "U1") == 5


def test_a_question_whose_process_is_silent_is_taken_up_by_one_other(
    engines: list[Engine], clock: Clock
) -> None:
    one, other = Inbox(engines[0], clock, "a"), Inbox(engines[1], clock, "b")
    one.accept(question("k1", "caf\u00e9 \U0001f46e \\u0000"))
    assert one.posting(question("k1")) and other.claim() == ()
    clock.at += LEASE
    claimed = at_once([other.claim, Inbox(engines[0], clock, "c").claim])
    [waiting] = [found for one_ in claimed for found in one_]
    assert (waiting.stage, waiting.posts) == (Stage.POSTING, 1)
    assert not one.posting(question("k1"))
    other.done("k1")
    Inbox(engines[0], clock, "c").done("k1")
    assert one.size() == 0


def test_what_was_put_off_comes_back_as_it_was_before(engines: list[Engine], clock: Clock) -> None:
    inbox = Inbox(engines[0], clock, "a")
    inbox.accept(question())
    assert inbox.posting(question()) and inbox.posting(question())
    inbox.postpone("T1:D1:1", LEASE, unposted=True)
    clock.at += LEASE
    [waiting] = inbox.claim()
    assert (waiting.stage, waiting.posts) == (Stage.POSTING, 1)
    inbox.postpone("T1:D1:1", LEASE, unposted=True)
    clock.at += LEASE
    [waiting] = inbox.claim()
    assert (waiting.stage, waiting.posts, waiting.question) == (Stage.ACCEPTED, 0, question())


def test_settings_of_a_channel_and_what_is_kept_of_a_person_replace_what_was_there(
    engines: list[Engine], clock: Clock
) -> None:
    channels = [Channels(engine, clock) for engine in engines]
    wanted = [ChannelSettings(muted=n % 2 == 0, directives=(str(n),)) for n in range(4)]
    at_once([lambda n=n: channels[n % 2].change("T1", "C1", wanted[n], f"U{n}") for n in range(4)])
    assert channels[0].of("T1", "C1") == channels[1].of("T1", "C1") in wanted
    assert channels[0].of("T2", "C1") == ChannelSettings()
    people = [People(engine, clock) for engine in engines]
    at_once([lambda: people[0].greet(ASKER), lambda: people[1].choose(ASKER, Role.RECRUIT)])
    assert people[0].greeted(ASKER) and people[0].role(ASKER) is Role.RECRUIT
    people[1].forget(ASKER)
    assert people[0].greeted(ASKER) and people[0].role(ASKER) is None


@pytest.fixture
def precinct(database_url: str, tmp_path: Path) -> Iterator[Precinct]:
    made = Precinct(database_url, tmp_path)
    yield made
    made.close()


def test_each_letter_goes_to_one_of_those_who_take_at_once(precinct: Precinct) -> None:
    number = precinct.send()
    written = precinct.outbox.waiting()
    taken = at_once([lambda: precinct.outbox.take(precinct.now, most=1)] * 6)
    ids = [letter.id for letters in taken for letter in letters]
    assert len(ids) == len(set(ids)) == written == 3
    assert not precinct.outbox.due(precinct.now)
    precinct.now += precinct.outbox.lease
    again = precinct.outbox.take(precinct.now)
    assert [letter.tries for letter in again] == [1] * 3
    assert {letter.about for letter in again} == {About.CONSENT, About.ENDORSE}
    precinct.outbox.later(again[0], precinct.now + timedelta(days=1))
    for letter in again[1:]:
        precinct.outbox.done(letter)
    assert precinct.outbox.waiting() == 1 and not precinct.outbox.due(precinct.now)
    assert precinct.row(number).reference == number


def test_a_card_is_drawn_again_once_its_request_has_changed(precinct: Precinct) -> None:
    number = precinct.send()
    cards = Cards(precinct.engine)
    shown = Standing(
        request=number, person="chief", team="T1", channel="D1", ts="1.1",
        version=1, line=1, digest="a", shown=precinct.now,
    )  # fmt: skip
    cards.keep(shown)
    cards.keep(Standing(request=number, person="rookie", version=1, line=1))
    assert cards.of(number, "chief") == shown and cards.stale() == ()
    assert cards.unreached(number) == {"rookie"}
    precinct.now += timedelta(microseconds=1)
    precinct.act(number, "partner", Happened.CONSENT, consent=Consent.AGREED)
    assert cards.stale() == (shown,)
    cards.redrawn(shown, shown.model_copy(update={"shown": precinct.now}))
    assert cards.stale() == ()
    cards.redraw(number)
    [stale] = cards.stale()
    cards.drop(stale)
    assert cards.of(number, "chief") is None
