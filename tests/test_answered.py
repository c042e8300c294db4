"""What is kept of answers: clauses and versions, never to whom; questions only by the setting."""

import html
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import command_line
import pytest
from command_line import Run
from permits import SECRET, Permits
from slack_answers import ScriptedAnswers
from slack_protocol import OFFICER
from slack_rig import LINKS, joined, posted
from slack_scenes import Scene
from slack_server import SlackServer
from web_answers import RANGE
from web_server import serving

from bot.answer import Approval
from bot.answered import Answered, AnswersGiven
from bot.approvals.store import RequestStore
from bot.asker import Asker, Surface
from bot.audit.holds import hold, release
from bot.audit.retention import ASKED_ERASED, SUBJECT, erase_asked
from bot.database import reading
from bot.slack import wording
from tests.precinct import asker

QUESTION = "may I post my locker with \x1b[2J the badge on it?"
HERE = Asker(surface=Surface.CONSOLE)
SCRIPTED = ScriptedAnswers(links=LINKS)


@pytest.fixture
def permits(tmp_path: Path, database_url: str) -> Iterator[Permits]:
    opened = Permits(tmp_path, database_url)
    yield opened
    opened.close()


@pytest.fixture
def policybot(
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    tmp_path: Path,
    database_url: str,
) -> Run:
    return command_line.over(monkeypatch, capfd, tmp_path, database_url, SECRET)


def given(permits: Permits) -> tuple[Answered, ...]:
    return AnswersGiven(permits.engine).since()


def answered(permits: Permits, who: Asker = HERE, *, keeps: bool = True) -> None:
    store = RequestStore(permits.engine, permits.clock, keep_questions=keeps)
    store.keep_answer(SCRIPTED.ask(QUESTION), who)


def test_an_answer_is_kept_with_its_clauses_and_versions_and_without_question_or_asker(
    permits: Permits,
) -> None:
    answered(permits, asker("officer"), keeps=False)
    [one] = given(permits)
    assert (one.surface, one.at, one.question) == (Surface.SLACK, permits.now, None)
    assert one.sections and all(section.startswith("5.14 § ") for section in one.sections)
    assert [version.number for version in one.directives] == ["5.14"]
    with reading(permits.engine) as connection:
        row = connection.exec_driver_sql("select * from answers").one()
    assert "U0OFFICER" not in str(row) and "locker" not in str(row)


def test_with_the_setting_the_question_stands_beside_it_and_nobody_who_asked(
    permits: Permits,
) -> None:
    answered(permits, asker("officer"))
    [one] = given(permits)
    assert one.question == QUESTION
    assert "U0OFFICER" not in one.model_dump_json()


def test_an_answer_given_again_under_its_number_is_one(permits: Permits) -> None:
    store = RequestStore(permits.engine, permits.clock)
    answer = SCRIPTED.ask(QUESTION).model_copy(update={"approval": Approval()})
    for _ in range(2):
        store.keep_answer(answer, HERE)
    assert len(given(permits)) == 1


def test_the_rule_erases_old_questions_alone_and_none_while_a_hold_is_set(
    permits: Permits,
) -> None:
    number = permits.granted()
    answered(permits)
    permits.now += timedelta(days=101)
    answered(permits)
    hold(permits.audit, number, "a claim")
    assert erase_asked(permits.audit, 100) == 0
    release(permits.audit, number, "it ended")
    assert erase_asked(permits.audit, 100) == 1
    assert [one.question for one in given(permits)] == [QUESTION, None]
    [line] = [one.line for one in permits.audit.lines(SUBJECT)]
    assert (line.kind, dict(line.facts)) == (ASKED_ERASED, {"questions": 1, "rule": 100})
    assert erase_asked(permits.audit, 100) == 0
    assert permits.audit.verify().faults == ()


def test_the_list_on_the_terminal_cannot_be_steered_by_a_question(
    permits: Permits, policybot: Run
) -> None:
    answered(permits)
    code, out, _ = policybot("answers", "list", "--days", "9999")
    assert code == 0 and "5.14 § " in out and "my locker" in out and "\x1b" not in out
    code, out, _ = policybot("answers", "list", "--json", "--days", "9999")
    [one] = json.loads(out)["answers"]
    assert (code, one["question"]) == (0, QUESTION)


@pytest.mark.parametrize("keeps", [False, True])
def test_the_console_says_what_is_kept(tmp_path: Path, keeps: bool) -> None:
    with serving(tmp_path, keep_questions=keeps) as web:
        text = html.unescape(web.post("/", data={"question": RANGE}).text)
        assert ("the text of each question is kept" in text) is keeps
        assert ("nothing you type is kept" in text) is not keeps


@pytest.mark.parametrize("keeps", [False, True])
async def test_in_slack_the_first_notice_and_the_list_say_it(
    slack: SlackServer, tmp_path: Path, keeps: bool
) -> None:
    async with joined(slack, tmp_path, keep_questions=keeps) as rig:
        scene = Scene(slack, rig)
        await scene.give(slack.message_im("May I post my locker?", OFFICER))
        first = posted(slack)[0].words
        assert wording.FIRST_USE[0] in first
        assert (wording.QUESTIONS_KEPT in first) is keeps
        assert [one.question is not None for one in AnswersGiven(rig.engine).since()] == [keeps]
