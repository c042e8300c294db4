"""The record through the command: what was done to it by hand is found, and what is handed out."""

import csv
import hashlib
import hmac
import io
import json
import sqlite3
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import command_line
import pytest
from backends import ON_SERVERS, address
from command_line import Ended, Run
from permits import CONTENT, SECRET, Permits
from pypdf import PdfReader
from rosters import TOML, toml

from bot.approvals.event import Happened
from bot.audit.chain import Line, audit_key
from bot.roster.store import Rosters

DATABASE = "policybot.sqlite3"
CHECKPOINTS = "audit-checkpoints.txt"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "var"


@pytest.fixture
def permits(folder: Path) -> Iterator[Permits]:
    folder.mkdir()
    opened = Permits(folder, address(folder / DATABASE))
    assert opened.roster is not None
    Rosters(opened.engine, opened.clock).file(opened.roster)
    yield opened
    opened.close()


@pytest.fixture
def policybot(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], folder: Path
) -> Run:
    monkeypatch.setenv("VAR_DIR", str(folder))
    if ON_SERVERS:
        monkeypatch.setenv("DATABASE_URL", address(folder / DATABASE))
    monkeypatch.setenv("SECRET_KEY", SECRET)
    monkeypatch.setenv("TIMEZONE", "UTC")
    monkeypatch.delenv("RETENTION_DAYS", raising=False)

    def run(*arguments: str) -> Ended:
        return command_line.run(monkeypatch, capfd, *arguments)

    return run


def by_hand(folder: Path, *statements: str) -> None:
    """Do what somebody with the file and another program would."""
    with sqlite3.connect(folder / DATABASE) as connection:
        for statement in statements:
            connection.execute(statement)


def test_a_record_that_nobody_touched_is_vouched_for(permits: Permits, policybot: Run) -> None:
    permits.granted()
    lines = len(permits.lines())
    code, out, err = policybot("audit", "verify")
    assert (code, err) == (0, "")
    assert f"The record holds: {lines} lines, no fault." in out
    assert f"A checkpoint vouches up to line {lines}." in out
    code, out, _ = policybot("audit", "verify", "--json")
    found = {"ok": True, "lines": lines, "vouched": lines, "faults": []}
    assert code == 0 and json.loads(out) == found


def changed(folder: Path) -> int:
    by_hand(folder, "UPDATE audit SET actor = 'somebody' WHERE number = 4")
    return 4


def removed(folder: Path) -> int:
    by_hand(
        folder, "DELETE FROM audit_words WHERE number = 4", "DELETE FROM audit WHERE number = 4"
    )
    return 5


def swapped(folder: Path) -> int:
    by_hand(
        folder,
        "UPDATE audit SET number = -4 WHERE number = 4",
        "UPDATE audit SET number = 4 WHERE number = 5",
        "UPDATE audit SET number = 5 WHERE number = -4",
    )
    return 4


def cut(folder: Path) -> int:
    by_hand(
        folder,
        "DELETE FROM audit_words WHERE number >= 4",
        "DELETE FROM audit WHERE number >= 4",
        "UPDATE audit_head SET number = 3, seal = (SELECT seal FROM audit WHERE number = 3)",
    )
    return 4


def cut_with_its_checkpoints(folder: Path) -> int:
    cut(folder)
    (folder / CHECKPOINTS).unlink()
    return 0


def rewritten(folder: Path) -> int:
    """Seal every line anew with a key of one's own, the head and all."""
    with sqlite3.connect(folder / DATABASE) as connection:
        rows = connection.execute(
            "SELECT number, at, subject, kind, actor, facts, words FROM audit ORDER BY number"
        ).fetchall()
        before = "0" * 64
        for number, at, subject, kind, actor, facts, words in rows:
            who = "somebody" if number == 4 else actor
            line = Line(
                number=number,
                at=f"{at}+00:00",
                subject=subject,
                kind=kind,
                actor=who,
                facts=json.loads(facts),
                words=words,
            )
            key = audit_key("another secret")
            before = hmac.new(key, before.encode() + line.canonical(), hashlib.sha256).hexdigest()
            connection.execute(
                "UPDATE audit SET actor = ?, seal = ? WHERE number = ?", (who, before, number)
            )
        connection.execute("UPDATE audit_head SET seal = ?", (before,))
    return 1


def reworded(folder: Path) -> int:
    by_hand(folder, "UPDATE audit_words SET words = 'As you like it.'")
    return 8


def recontented(folder: Path) -> int:
    with sqlite3.connect(folder / DATABASE) as connection:
        content = json.loads(connection.execute("SELECT content FROM requests").fetchone()[0])
        content["exact_text"] = "Something else."
        connection.execute("UPDATE requests SET content = ?", (json.dumps(content),))
    return 1


@pytest.mark.embedded("an SQLite file changed by hand")
@pytest.mark.parametrize(
    "reach",
    [
        changed,
        removed,
        swapped,
        cut,
        cut_with_its_checkpoints,
        rewritten,
        reworded,
        recontented,
    ],
)
def test_what_was_done_to_the_record_by_hand_is_found(
    permits: Permits, policybot: Run, folder: Path, reach: Callable[[Path], int]
) -> None:
    permits.granted(words="Cover the badge.")
    assert policybot("audit", "verify")[0] == 0
    line = reach(folder)
    code, out, err = policybot("audit", "verify")
    assert code == 1
    assert f"line {line}: " in out
    assert len(err.splitlines()) == 1 and "The record does not hold" in err
    code, out, _ = policybot("audit", "verify", "--json")
    found = json.loads(out)
    assert code == 1 and not found["ok"] and found["vouched"] < max(line, 1)
    assert line in [fault["number"] for fault in found["faults"]]


@pytest.mark.embedded("an SQLite file changed by hand")
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET facts = 'no json' WHERE number = 3",
        "UPDATE audit SET at = 'yesterday' WHERE number = 3",
        "UPDATE requests SET content = '{}'",
        "DELETE FROM audit_head",
    ],
)
def test_a_row_that_is_not_of_its_form_is_one_line_and_no_traceback(
    permits: Permits, policybot: Run, folder: Path, statement: str
) -> None:
    permits.granted()
    by_hand(folder, statement)
    code, _, err = policybot("audit", "verify")
    assert code == 1 and len(err.splitlines()) == 1, err


def test_another_key_is_said_in_one_line(
    permits: Permits, policybot: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    permits.granted()
    monkeypatch.setenv("SECRET_KEY", "k" * 40)
    code, out, err = policybot("audit", "verify")
    assert (code, out) == (1, "") and "not a checkpoint of this Department's key" in err


def test_requests_are_listed_with_state_and_version(permits: Permits, policybot: Run) -> None:
    number = permits.granted()
    permits.edit(number, CONTENT.model_copy(update={"exact_text": "Range day."}))
    listed = json.loads(policybot("requests", "list", "--json")[1])["requests"]
    assert [(one["reference"], one["version"]) for one in listed] == [(number, 2)]
    assert listed[0]["state"] == "with the chain of command"
    assert "command" in policybot("requests", "list")[1]


def test_a_request_is_shown_with_everything_that_happened(permits: Permits, policybot: Run) -> None:
    number = permits.granted(words="Cover the badge.")
    code, out, _ = policybot("requests", "show", number.lower(), "--json")
    shown = json.loads(out)
    assert code == 0 and shown["reference"] == number and shown["state"] == "in effect"
    assert shown["held"] is False
    assert (
        list(shown["timeline"][0])
        == (
            "line at kind version actor name capacity step endorsement consent until refused words "
            "erased"
        ).split()
    )
    kinds = [entry["kind"] for entry in shown["timeline"]]
    assert kinds[:2] == ["sent", "routed"] and kinds[-1] == "granted"
    assert shown["timeline"][-1]["words"] == "Cover the badge."
    assert shown["timeline"][-1]["name"] == "Chief Chief"
    out = policybot("requests", "show", number)[1]
    assert "granted, by Chief Chief (Chief of Police (holder))" in out and "Cover the badge." in out
    assert policybot("requests", "show", "R-22222222")[0] == 1


def test_what_somebody_typed_cannot_steer_the_terminal(permits: Permits, policybot: Run) -> None:
    number = permits.granted(words="\x1b[2Jgone\x07")
    assert "\x1b" not in policybot("requests", "show", number)[1]


def test_the_slip_is_written_once_and_for_its_owner_alone(
    permits: Permits, policybot: Run, tmp_path: Path
) -> None:
    number, path = permits.granted(), tmp_path / "slip.pdf"
    assert policybot("requests", "slip", number, "--out", str(path))[0] == 0
    assert path.read_bytes().startswith(b"%PDF-")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    code, _, err = policybot("requests", "slip", number, "--out", str(path))
    assert code == 1 and "is there already" in err
    permits.act(number, "chief", Happened.REVOKED, words="It was posted uncovered.")
    code, _, err = policybot("requests", "slip", number, "--out", str(tmp_path / "two.pdf"))
    assert code == 1 and "revoked" in err and not (tmp_path / "two.pdf").exists()


def test_a_packet_holds_the_lines_the_words_and_the_seals(
    permits: Permits, policybot: Run, tmp_path: Path
) -> None:
    number, other = permits.granted(words="Cover the badge."), permits.send()
    packet = tmp_path / "packet"
    code, out, _ = policybot("audit", "export", "--out", str(packet), "--request", number)
    lines = permits.lines(number)
    assert code == 0 and f"{len(lines)} lines" in out
    events = json.loads((packet / "events.json").read_text(encoding="utf-8"))
    assert [one["line"]["number"] for one in events["lines"]] == [one.line.number for one in lines]
    last = events["lines"][-1]
    salt, words = last["written"]["salt"], last["written"]["words"]
    assert words == "Cover the badge."
    assert hashlib.sha256(f"{salt}\n{words}".encode()).hexdigest() == last["line"]["words"]
    table = [*csv.reader(io.StringIO((packet / "events.csv").read_text(encoding="utf-8")))]
    assert len(table) == len(lines) + 1 and table[-1][6] == "Cover the badge."
    before = {n: seal for n, seal, _ in csv.reader((packet / "seals.csv").open(encoding="utf-8"))}
    for one in events["lines"]:
        line = json.dumps(
            one["line"], ensure_ascii=False, sort_keys=True, separators=(",", ":")
        ).encode()
        chained = before[str(one["line"]["number"])].encode() + line
        made = hmac.new(audit_key(SECRET), chained, hashlib.sha256).hexdigest()
        assert made == one["seal"]
    requests = json.loads((packet / "requests.json").read_text(encoding="utf-8"))["requests"]
    assert [one["reference"] for one in requests] == [number]
    text = "".join(page.extract_text() for page in PdfReader(packet / "summary.pdf").pages)
    assert number in text and "Cover the badge." in text and "The record holds" in text
    assert other not in text
    for row in (packet / "SHA256SUMS").read_text(encoding="utf-8").splitlines():
        sha256, name = row.split("  ")
        assert hashlib.sha256((packet / name).read_bytes()).hexdigest() == sha256
    assert "HMAC-SHA-256" in (packet / "README.txt").read_text(encoding="utf-8")


def test_handing_out_is_itself_a_line_without_words(
    permits: Permits, policybot: Run, tmp_path: Path
) -> None:
    number = permits.granted()
    assert policybot("requests", "export", number, "--out", str(tmp_path / "one"))[0] == 0
    assert policybot("audit", "export", "--out", str(tmp_path / "all"))[0] == 0
    exports = permits.lines("export")
    assert [one.line.words for one in exports] == [None, None]
    assert exports[0].line.facts["request"] == number
    events = (tmp_path / "one" / "events.json").read_bytes()
    assert exports[0].line.facts["sha256"] == hashlib.sha256(events).hexdigest()
    assert policybot("audit", "verify")[0] == 0


def test_a_packet_may_be_about_some_days(permits: Permits, policybot: Run, tmp_path: Path) -> None:
    permits.send()
    permits.pass_days(3)
    late = permits.send()
    since = f"{permits.now:%Y-%m-%d}"
    out = tmp_path / "days"
    assert (
        policybot("audit", "export", "--out", str(out), "--since", since, "--until", since)[0] == 0
    )
    events = json.loads((out / "events.json").read_text(encoding="utf-8"))
    assert {one["line"]["subject"] for one in events["lines"]} == {late}
    assert since in events["scope"]


def test_a_packet_is_never_written_over_something(
    permits: Permits, policybot: Run, tmp_path: Path
) -> None:
    number = permits.send()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "a").touch()
    code, _, err = policybot("audit", "export", "--out", str(tmp_path / "full"))
    assert code == 1 and "holds something already" in err
    blocked = tmp_path / "full" / "a" / "b"
    assert policybot("audit", "export", "--out", str(blocked))[0] == 1
    both = ("--request", number, "--since", "2030-01-01")
    assert policybot("audit", "export", "--out", str(tmp_path / "x"), *both)[0] == 2
    code, _, err = policybot("audit", "export", "--out", str(tmp_path / "x"), "--request", "R-2")
    assert code == 1 and "not on file" in err
    assert not permits.lines("export")


def test_a_cell_that_looks_like_a_formula_is_no_formula(
    permits: Permits, policybot: Run, tmp_path: Path
) -> None:
    permits.granted(words='=HYPERLINK("http://evil.example")')
    assert policybot("audit", "export", "--out", str(tmp_path / "p"))[0] == 0
    assert ",\"'=HYPERLINK" in (tmp_path / "p" / "events.csv").read_text(encoding="utf-8")


def test_an_imported_roster_is_a_line_of_the_record_and_one_not_changed_is_none(
    permits: Permits, policybot: Run, tmp_path: Path
) -> None:
    path = str(toml(tmp_path))
    assert policybot("roster", "import", path)[0] == 0
    assert policybot("roster", "import", path)[0] == 0
    toml(tmp_path, TOML.replace("Officer Five", "Officer Cinq"))
    assert policybot("roster", "import", path)[0] == 0
    lines = [one.line for one in permits.lines("roster")]
    assert [(one.kind, one.facts["number"], one.words) for one in lines] == [
        ("imported", 2, None),
        ("imported", 3, None),
    ]
    assert lines[0].facts["sha256"] != lines[1].facts["sha256"]
    assert policybot("audit", "verify")[0] == 0
