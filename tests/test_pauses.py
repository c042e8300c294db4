"""The switch: no verdict on a paused clause, in any process, until it is resumed; all on record."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import command_line
import pytest
from backends import address
from command_line import Run
from hypothesis import given
from hypothesis import strategies as st
from permits import SECRET, Permits

from bot.answer import Verdict
from bot.assistant import Assistant
from bot.config import Settings
from bot.policy.member import Member
from bot.policy.pauses import Pause, PauseRefused, Pauses
from bot.policy.withholding import Withholding
from bot.wiring import make_assistant
from index.directive import Directive

CAPTAIN = Member(key="1002", name="Captain Reyne")
UTC = ZoneInfo("UTC")
TURN_TO = "the policy unit"
CRUISER = "can I put a picture of my cruiser on facebook"
RIFLE = "can I post a photo of somebody pointing a rifle at the camera"


class Seconds:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def permits(tmp_path: Path, database_url: str) -> Iterator[Permits]:
    opened = Permits(tmp_path, database_url)
    yield opened
    opened.close()


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def pauses(permits: Permits, seconds: Seconds) -> Pauses:
    return Pauses(permits.engine, permits.audit, UTC, seconds)


def test_a_pause_stands_until_it_is_lifted_and_both_are_on_record(
    pauses: Pauses, permits: Permits, order: Directive
) -> None:
    made = pauses.pause(order, "IV.E.16", CAPTAIN, " a  grievance\x1b is open ")
    [standing] = pauses.standing()
    assert standing == made and made.citation == "GO 5.14 § IV.E.16"
    assert (made.paused_by, made.reason) == ("Captain Reyne", "a grievance is open")
    pauses.resume(made.number, CAPTAIN)
    assert pauses.standing() == ()
    lines = permits.audit.lines("directive 5.14")
    assert [(one.line.kind, one.line.actor) for one in lines] == [
        ("answers paused", "1002"),
        ("answers resumed", "1002"),
    ]
    assert lines[0].line.facts == {"directive": "5.14", "pause": 1, "section": "IV.E.16"}
    words = permits.audit.words()
    assert [words[one.line.number][1] for one in lines[:1]] == ["a grievance is open"]
    assert permits.audit.verify().faults == ()


def test_what_is_paused_is_not_paused_twice_nor_resumed_twice(
    pauses: Pauses, order: Directive
) -> None:
    made = pauses.pause(order, "IV.E.16", CAPTAIN)
    with pytest.raises(PauseRefused, match=r"are paused since .* by Captain Reyne"):
        pauses.pause(order, "IV.E.16", CAPTAIN)
    whole = pauses.pause(order, None, CAPTAIN)
    assert pauses.on("5.14", None) == whole
    pauses.resume(made.number, CAPTAIN)
    with pytest.raises(PauseRefused, match="does not stand any more"):
        pauses.resume(made.number, CAPTAIN)
    with pytest.raises(PauseRefused, match="Say it in 500"):
        pauses.pause(order, "I", CAPTAIN, "x" * 501)
    assert [pause.citation for pause in pauses.standing()] == ["GO 5.14"]


def test_another_process_sees_a_pause_after_a_second_and_does_not_ask_more_often(
    pauses: Pauses, permits: Permits, seconds: Seconds, order: Directive
) -> None:
    other = Pauses(permits.engine, permits.audit, UTC, seconds)
    assert other.standing() == ()
    made = pauses.pause(order, "IV.E.16", CAPTAIN)
    assert pauses.standing() == (made,)
    seconds.now += 0.9
    assert other.standing() == ()
    seconds.now += 0.1
    assert other.standing() == (made,)


@given(
    st.sampled_from(["IV", "IV.E", "IV.E.1", "IV.E.19", "IV.E.19•3", "II¶1", None]),
    st.sampled_from(["IV", "IV.E", "IV.E.1", "IV.E.16", "IV.E.19", "IV.E.19•3", "IV.E.19•30"]),
)
def test_a_pause_covers_its_clause_and_what_the_directive_has_below_it(
    order: Directive, paused: str | None, section: str
) -> None:
    pause = Pause.model_validate(
        {
            "number": 1,
            "directive": "5.14",
            "section": paused,
            "citation": "",
            "since": "2030-01-01T00:00:00Z",
            "paused_by": "Captain Reyne",
        }
    )
    below = {clause.section for clause in (order.under(paused) if paused else order.clauses)}
    if order.clause(section) is not None:
        assert pause.covers("5.14", section) is (section in below)
    assert not pause.covers("5.15", section)


@pytest.fixture(scope="module")
def switched(
    settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Assistant, Pauses]]:
    """The real assistant beside a switch of its own."""
    folder = tmp_path_factory.mktemp("switch")
    permits = Permits(folder, address(folder / "switch.sqlite3"))
    pauses = Pauses(permits.engine, permits.audit, UTC)
    yield make_assistant(settings, paused=Withholding(pauses, TURN_TO)), pauses
    permits.close()


@pytest.fixture
def switch(switched: tuple[Assistant, Pauses]) -> Iterator[tuple[Assistant, Pauses]]:
    yield switched
    for pause in switched[1].standing():
        switched[1].resume(pause.number, CAPTAIN)


def test_no_verdict_is_given_on_a_paused_clause_and_others_are_answered_as_before(
    switch: tuple[Assistant, Pauses], order: Directive
) -> None:
    assistant, pauses = switch
    before = assistant.ask(CRUISER)
    other = assistant.ask("what is a wall")
    assert before.verdict is Verdict.NEEDS_PERMISSION and before.approval.offered
    made = pauses.pause(order, "II¶1", CAPTAIN)
    held = assistant.ask(CRUISER)
    assert held.verdict is Verdict.NOT_COVERED
    assert (held.citations, held.rules, held.approval.offered) == ((), (), False)
    since = made.since.date().isoformat()
    assert held.summary == (
        f"The policy unit has paused answers on GO 5.14 § II¶1 since {since}. Its words can be "
        "read: ask “show me 5.14 II¶1”. Ask the policy unit."
    )
    assert assistant.ask("what is a wall").summary == other.summary
    pauses.resume(made.number, CAPTAIN)
    assert assistant.ask(CRUISER).summary == before.summary


def test_every_clause_that_can_be_paused_can_be_read_by_the_words_that_the_answer_gives(
    switch: tuple[Assistant, Pauses], order: Directive
) -> None:
    assistant, pauses = switch
    for section in ("IV.E.16", "II¶1", "IV.E.19•3"):
        made = pauses.pause(order, section, CAPTAIN)
        shown = assistant.ask(f"show me 5.14 {section}")
        assert shown.verdict is Verdict.INFORMATIONAL, section
        assert [one.section for one in shown.citations][:1] == [section]
        assert any(made.citation in notice for notice in shown.notices)
        pauses.resume(made.number, CAPTAIN)


def test_a_paused_item_covers_its_bullets_and_a_paused_directive_all_of_it(
    switch: tuple[Assistant, Pauses], order: Directive
) -> None:
    assistant, pauses = switch
    cited = {one.section for one in assistant.ask(RIFLE).citations}
    assert any(section.startswith("IV.E.19•") for section in cited)
    item = pauses.pause(order, "IV.E.19", CAPTAIN)
    assert assistant.ask(RIFLE).verdict is Verdict.NOT_COVERED
    pauses.resume(item.number, CAPTAIN)
    pauses.pause(order, None, CAPTAIN)
    for question in (RIFLE, CRUISER, "what is a wall"):
        held = assistant.ask(question)
        assert held.verdict is Verdict.NOT_COVERED
        assert "paused answers on GO 5.14 since" in held.summary


@pytest.mark.embedded("an SQLite file that is spoilt")
def test_answers_go_on_by_the_last_look_while_the_database_is_away(
    settings: Settings, tmp_path: Path, order: Directive, assistant: Assistant
) -> None:
    url = f"sqlite:///{tmp_path / 'away.sqlite3'}"
    permits, seconds = Permits(tmp_path, url), Seconds()
    pauses = Pauses(permits.engine, permits.audit, UTC, seconds)
    withholding = Withholding(pauses, None)
    draft = assistant._engine.draft(assistant._retriever.search(CRUISER, []))
    pauses.pause(order, "II¶1", CAPTAIN)
    assert withholding.over(draft).verdict is Verdict.NOT_COVERED
    permits.close()
    (tmp_path / "away.sqlite3").write_bytes(b"no database at all")
    seconds.now += 2
    assert withholding.over(draft).verdict is Verdict.NOT_COVERED


@pytest.fixture
def policybot(
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    tmp_path: Path,
    database_url: str,
) -> Run:
    return command_line.over(monkeypatch, capfd, tmp_path, database_url, SECRET, "directives")


def test_the_terminal_pauses_lists_and_resumes_in_the_name_that_is_given(policybot: Run) -> None:
    assert policybot("paused") == (0, "No answers are paused.\n", "")
    said = policybot("pause", "5.14 E.16", "--by", "M. Reyne", "--reason", "a grievance")
    assert said == (0, "Answers on GO 5.14 § IV.E.16 are paused.\n", "")
    code, out, err = policybot("pause", "GO 5.14 § IV.E.16", "--by", "M. Reyne")
    assert (code, out) == (1, "") and "paused since" in err
    assert policybot("pause", "5.14 III.Wall", "--by", "M. Reyne")[0] == 0
    assert policybot("pause", "5.14", "--by", "M. Reyne")[1] == "Answers on GO 5.14 are paused.\n"
    _, out, _ = policybot("paused")
    assert re.fullmatch(
        r"GO 5\.14 § IV\.E\.16, since [\d-]+, by M\. Reyne: a grievance\n"
        r"GO 5\.14 § III\.Wall, since [\d-]+, by M\. Reyne\n"
        r"GO 5\.14, since [\d-]+, by M\. Reyne\n",
        out,
    )
    found = json.loads(policybot("paused", "--json")[1])["paused"]
    assert [one["section"] for one in found] == ["IV.E.16", "III.Wall", None]
    resumed = policybot("resume", "5.14 E.16", "--by", "M. Reyne")
    assert resumed == (0, "Answers on GO 5.14 § IV.E.16 are given again.\n", "")
    assert policybot("resume", "5.14 E.16", "--by", "M. Reyne")[0] == 1


def test_a_pause_needs_a_name_and_a_clause_on_file(
    policybot: Run, tmp_path: Path, database_url: str
) -> None:
    assert policybot("pause", "5.14 E.16")[0] == 2
    code, out, err = policybot("pause", "5.14 E.16", "--by", " ")
    assert (code, out) == (1, "") and "--by" in err and err.count("\n") == 1
    code, out, err = policybot("pause", "5.14 E.99", "--by", "M. Reyne")
    assert (code, out) == (1, "") and "'5.14 E.99' is not on file" in err
    code, out, err = policybot("pause", "5.14 esixteen", "--by", "M. Reyne")
    assert (code, out) == (1, "") and "names no clause of GO 5.14" in err
    permits = Permits(tmp_path, database_url)
    assert permits.audit.lines("directive 5.14") == ()
    permits.close()
