"""What is erased is erased: the words are in no file of the database any more."""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from slack_answers import ScriptedAnswers
from sqlalchemy import Engine

from bot.approvals.store import RequestStore
from bot.asker import Asker, Surface
from bot.database import empty_log, open_database
from bot.feedback import Feedback, FeedbackStore, Right
from bot.slack.inbox import Inbox
from bot.slack.incoming import Incoming
from bot.slack.places import Conversation

pytestmark = pytest.mark.embedded("what SQLite leaves in its files")

SECRET = "SECRETWORD"
ASKER = Asker(surface=Surface.SLACK, team="T1", user="U1")


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "policybot.sqlite3"


@pytest.fixture
def engine(path: Path) -> Iterator[Engine]:
    engine = open_database(f"sqlite:///{path}")
    yield engine
    engine.dispose()


def holding(path: Path) -> list[str]:
    """Return the files of a database in which the word stands."""
    files = sorted(path.parent.glob(f"{path.name}*"))
    return [file.name for file in files if SECRET.encode() in file.read_bytes()]


def question(number: int, words: int = 1) -> Incoming:
    text = f"{SECRET} " * words
    place = Conversation(channel="D1")
    return Incoming(key=f"T1:D1:{number}", asker=ASKER, text=text, place=place)


@pytest.mark.parametrize("words", [1, 300])
def test_an_answered_question_is_in_no_file_once_the_log_is_emptied(
    path: Path, engine: Engine, words: int
) -> None:
    inbox = Inbox(engine, now, "test")
    for number in range(20):
        assert inbox.accept(question(number, words)) is not None
        assert inbox.posting(question(number, words))
    assert holding(path)
    for number in range(20):
        inbox.done(f"T1:D1:{number}")
    assert empty_log(engine)
    assert holding(path) == []


def test_a_deleted_draft_and_feedback_that_was_looked_at_are_in_no_file(
    path: Path, engine: Engine
) -> None:
    store = RequestStore(engine, now)
    feedback = FeedbackStore(engine, now, "k" * 32)
    store.keep_answer(ScriptedAnswers().ask(f"a shot of my locker {SECRET}"), ASKER)
    vote = Feedback(
        answer="a-1",
        version="v",
        verdict="prohibited",
        right=Right.NO,
        reason=SECRET,
        question=SECRET,
    )
    feedback.give(vote, ASKER)
    assert empty_log(engine) and holding(path) == [path.name]
    store.delete_drafts(ASKER)
    [given] = feedback.to_look_at()
    feedback.looked_at(given.number)
    assert empty_log(engine)
    assert holding(path) == []


def test_the_log_is_left_to_whoever_reads_and_emptied_the_next_time(
    path: Path, engine: Engine
) -> None:
    inbox = Inbox(engine, now, "test", timedelta(seconds=15))
    inbox.accept(question(1))
    reader = sqlite3.connect(path, isolation_level=None)
    reader.execute("BEGIN")
    assert reader.execute("SELECT count(*) FROM inbox").fetchone() == (1,)
    inbox.done("T1:D1:1")
    assert not empty_log(engine)
    assert inbox.accept(question(2)) is not None
    reader.execute("COMMIT")
    reader.close()
    inbox.done("T1:D1:2")
    assert empty_log(engine) and holding(path) == []


def test_when_the_last_connection_closes_nothing_is_left(path: Path) -> None:
    engine = open_database(f"sqlite:///{path}")
    inbox = Inbox(engine, now, "test")
    inbox.accept(question(1))
    inbox.done("T1:D1:1")
    engine.dispose()
    assert holding(path) == []
