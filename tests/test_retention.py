"""Retention: nothing is erased without a rule, nothing on hold is, and the record holds."""

import json
from collections.abc import Iterator
from pathlib import Path

import command_line
import pytest
from command_line import Run
from permits import CONTENT, SECRET, Permits

from bot.approvals.account import is_erased
from bot.approvals.event import Happened
from bot.approvals.progress import State
from bot.database import METADATA, reading

SECRETS = ("Range day with the best partner", "Cover the badge", "It was uncovered")


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
    monkeypatch.setenv("RETENTION_DAYS", "100")
    return command_line.over(monkeypatch, capfd, tmp_path, database_url, SECRET)


def long_ago(permits: Permits) -> None:
    """Let everything of the test have happened before the rule's hundred days."""
    permits.now = permits.now.replace(year=2019)


def revoked(permits: Permits) -> str:
    number = permits.granted(words="Cover the badge.")
    permits.act(number, "chief", Happened.REVOKED, words="It was uncovered.")
    return number


def test_without_a_rule_nothing_is_ever_erased(
    permits: Permits, policybot: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    long_ago(permits)
    revoked(permits)
    monkeypatch.delenv("RETENTION_DAYS")
    before = permits.lines()
    code, out, err = policybot("audit", "erase")
    assert (code, out) == (1, "") and "RETENTION_DAYS is not set" in err
    assert policybot("audit", "erase", "--dry-run")[0] == 1
    assert permits.lines() == before and len(permits.audit.words()) == 2


def test_the_words_and_the_content_go_and_the_record_still_holds(
    permits: Permits, policybot: Run, tmp_path: Path
) -> None:
    long_ago(permits)
    number = revoked(permits)
    hashed = permits.bureau.store.by_reference(number)
    code, out, _ = policybot("audit", "erase", "--dry-run")
    assert code == 0 and f"{number}, ended 2019-01-31: would be erased" in out
    assert len(permits.audit.words()) == 2
    code, out, _ = policybot("audit", "erase")
    assert code == 0 and f"{number}, ended 2019-01-31: erased" in out
    assert not permits.audit.words()
    last = permits.lines()[-1].line
    assert (last.subject, last.kind, last.facts["words"]) == ("retention", "erased", 2)
    assert (last.facts["request"], last.facts["days"]) == (number, 100)
    request = permits.bureau.store.by_reference(number)
    assert request is not None and hashed is not None
    assert is_erased(request.content, str(last.facts["content"]))
    assert str(last.facts["content"]) in request.content.description
    assert policybot("audit", "verify")[0] == 0
    shown = json.loads(policybot("requests", "show", number, "--json")[1])
    assert [entry["erased"] for entry in shown["timeline"]][-2:] == [True, True]
    assert "(erased)" in policybot("requests", "show", number)[1]
    assert "Nothing is due." in policybot("audit", "erase")[1]
    with reading(permits.engine) as connection:
        rows = [[*connection.execute(table.select())] for table in METADATA.sorted_tables]
    permits.close()
    kept = b"".join(path.read_bytes() for path in tmp_path.glob("*.sqlite3*"))
    assert not [words for words in SECRETS if words.encode() in kept or words in str(rows)]


def test_what_has_not_ended_or_ended_lately_is_kept(permits: Permits, policybot: Run) -> None:
    long_ago(permits)
    open_ = permits.granted(words="Cover the badge.")
    assert "Nothing is due." in policybot("audit", "erase")[1]
    permits.now = permits.now.replace(year=2050)
    revoked(permits)
    assert "Nothing is due." in policybot("audit", "erase")[1]
    request = permits.bureau.store.by_reference(open_)
    assert request is not None and request.content == CONTENT
    assert request.state is State.IN_EFFECT


def test_a_request_on_hold_is_kept_until_the_hold_is_lifted(
    permits: Permits, policybot: Run
) -> None:
    long_ago(permits)
    number = revoked(permits)
    code, out, _ = policybot("audit", "hold", number.lower(), "--reason", "A case is pending.")
    assert (code, out) == (0, f"Request {number} is on hold.\n")
    assert (
        f"{number}, ended 2019-01-31: on hold, kept" in policybot("audit", "erase", "--dry-run")[1]
    )
    policybot("audit", "erase")
    assert len(permits.audit.words()) == 3
    assert json.loads(policybot("requests", "show", number, "--json")[1])["held"] is True
    assert "on hold" in policybot("requests", "show", number)[1].lower()
    assert policybot("audit", "hold", number, "--reason", "again")[0] == 1
    assert policybot("audit", "release", number, "--reason", "It is closed.")[0] == 0
    assert policybot("audit", "release", number)[0] == 1
    holds = [(one.line.kind, one.line.facts["request"]) for one in permits.lines("hold")]
    assert holds == [("hold set", number), ("hold lifted", number)]
    policybot("audit", "erase")
    assert len(permits.audit.words()) == 2
    assert policybot("audit", "verify")[0] == 0


def test_a_hold_needs_a_reason_and_a_request(permits: Permits, policybot: Run) -> None:
    number = permits.send()
    assert policybot("audit", "hold", number)[0] == 2
    assert policybot("audit", "hold", number, "--reason", " ")[0] == 1
    assert policybot("audit", "hold", "R-22222222", "--reason", "x")[0] == 1
    assert not permits.lines("hold")


def test_the_check_page_still_answers_after_the_erasing(permits: Permits, policybot: Run) -> None:
    long_ago(permits)
    first = permits.now.date()
    number = permits.granted(CONTENT.model_copy(update={"posting_from": first}))
    permits.act(number, "officer", Happened.WITHDRAWN)
    code = permits.path(number).rsplit("-", 1)[1]
    before = permits.bureau.slips.check(number, code)
    policybot("audit", "erase")
    assert permits.bureau.slips.check(number, code) == before
