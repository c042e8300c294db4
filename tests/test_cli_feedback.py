"""The policy unit's list on the terminal: newest first, without who said it, gone when seen."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import command_line
import pytest
from command_line import Run

from bot.asker import Asker, Surface
from bot.database import Engine, open_database
from bot.feedback import Feedback, FeedbackStore, Right

OFFICER = Asker(surface=Surface.SLACK, team="T0TOWN", user="U0OFFICER")
PARTNER = Asker(surface=Surface.SLACK, team="T0TOWN", user="U0PARTNER")
DOUBT = Feedback(
    answer="answer-1", version="5.14@e46dcba2", verdict="prohibited", right=Right.NO,
    reason="It missed \x1b[2J that I was off duty.", question="May I post my locker?",
)  # fmt: skip
KEY = "a key of the tests that is long enough"


@pytest.fixture
def policybot(
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    tmp_path: Path,
    database_url: str,
) -> Run:
    """Run the command in this process, in an empty folder; returns exit code, stdout, stderr."""
    return command_line.over(monkeypatch, capfd, tmp_path, database_url, KEY, "feedback")


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    opened = open_database(database_url)
    yield opened
    opened.dispose()


@pytest.fixture
def store(engine: Engine) -> FeedbackStore:
    days = iter(range(1, 28))
    return FeedbackStore(engine, lambda: datetime(2026, 9, next(days), 14, 5, tzinfo=UTC), KEY)


def test_an_empty_list_says_so_and_is_an_empty_list_in_json(policybot: Run) -> None:
    assert policybot("list") == (0, "There is no feedback to look at.\n", "")
    code, out, err = policybot("list", "--json")
    assert (code, json.loads(out), err) == (0, {"feedback": []}, "")


def test_the_list_is_newest_first_and_holds_what_was_said_but_not_by_whom(
    policybot: Run, store: FeedbackStore
) -> None:
    store.give(DOUBT, OFFICER)
    unsure = {"answer": "answer-2", "right": Right.UNSURE, "reason": None, "question": None}
    store.give(DOUBT.model_copy(update=unsure), PARTNER)
    fine = {"answer": "answer-3", "right": Right.YES, "reason": None, "question": None}
    store.give(DOUBT.model_copy(update=fine), PARTNER)
    _, out, _ = policybot("list", "--json")
    found = json.loads(out)["feedback"]
    assert [one["answer"] for one in found] == ["answer-2", "answer-1"]
    assert found[1] | {"number": ""} == DOUBT.model_dump(mode="json") | {
        "number": "", "given": "2026-09-01T14:05:00Z", "looked_at": None,
    }  # fmt: skip
    _, out, _ = policybot("list")
    for words in (found[0]["number"], found[1]["number"], "right: no", "right: not sure"):
        assert words in out
    assert "May I post my locker?" in out and "off duty" in out and "\x1b" not in out
    assert "U0OFFICER" not in out and "U0PARTNER" not in out


def test_what_was_looked_at_leaves_the_list_and_its_words_are_erased(
    policybot: Run, store: FeedbackStore, engine: Engine
) -> None:
    store.give(DOUBT, OFFICER)
    store.give(DOUBT, PARTNER)
    [first, second] = store.to_look_at()
    assert policybot("looked-at", first.number.lower()) == (0, "Noted. Left to look at: 1\n", "")
    assert [one.number for one in store.to_look_at()] == [second.number]
    assert policybot("looked-at", second.number)[0] == 0
    assert policybot("list", "--json")[1] == '{\n  "feedback": []\n}\n'
    with engine.connect() as database:
        rows = database.exec_driver_sql('SELECT "right", reason, question FROM feedback').all()
    assert rows == [("no", None, None)] * 2


def test_a_number_that_is_not_waiting_is_refused_in_one_line(
    policybot: Run, store: FeedbackStore
) -> None:
    store.give(DOUBT, OFFICER)
    [waiting] = store.to_look_at()
    policybot("looked-at", waiting.number)
    for number in (waiting.number, "NOTHING"):
        code, out, err = policybot("looked-at", number)
        assert (code, out) == (1, "") and err.count("\n") == 1
        assert repr(number) in err and "policybot feedback list" in err
    assert policybot("looked-at")[0] == 2
