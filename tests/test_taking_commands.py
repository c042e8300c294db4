"""The commands over a corpus: add, issue, withdraw, remove, and what the record says of them."""

import json
import os
import pty
import sys
from pathlib import Path

import command_line
import made_directives as invented
import pytest
from backends import address
from command_line import Ended, Run
from taken_in import CORPUS, NUMBER, ORDER, bare, everything, order
from versioned import copied_settings

from bot import cli
from bot.audit.store import AuditStore
from bot.config import Settings
from bot.opening import open_library
from bot.wiring import make_archive
from index.asked import Examples, as_yaml, read_yaml
from index.directive import squeeze
from index.drafting import REVIEWED_BY
from index.manifest import read_manifest
from index.texts import Texts

WHO = "Lt. Dana Reyes"


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made = bare(tmp_path)
    monkeypatch.setenv("CORPUS_DIR", str(made))
    return made


@pytest.fixture
def directives(
    corpus: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> Run:
    """Return ``policybot directives`` over that corpus and a database of its own."""
    url = address(tmp_path / "record.sqlite3")
    return command_line.over(monkeypatch, capfd, tmp_path / "var", url, "a" * 64, "directives")


def told(out: str) -> str:
    return squeeze(out)


def test_a_folder_is_taken_in_and_a_refused_file_is_told_and_counted(
    directives: Run, tmp_path: Path
) -> None:
    handed = tmp_path / "handed"
    handed.mkdir()
    order(handed)
    (handed / "scan.pdf").write_bytes(b"%PDF-1.7\n")
    code, out, err = directives("add", str(handed))
    assert (code, err) == (1, "1 of 2 files were refused. The summary says why.\n")
    assert "draft GO 7.21, Care of Horses; issued 2021-01-05, effective 2021-02-01" in told(out)
    assert "4 clauses, 4 rules drafted and unreviewed, confidence 1.00" in told(out)
    assert "2 files: 1 taken in, 1 refused." in out
    (handed / "scan.pdf").unlink()
    code, out, err = directives("add", str(handed), "--json")
    found = json.loads(out)
    assert (code, err, found["refused"], found["dry_run"]) == (0, "", 0, False)
    assert [one["fate"] for one in found["files"]] == ["on file already"]
    assert directives("add", str(tmp_path / "var"))[0] == 1


def test_words_of_a_file_do_not_steer_the_terminal(directives: Run, tmp_path: Path) -> None:
    path = order(tmp_path, "[bold red]Distribution[/]", name="[red]\x1b[2J.txt")
    code, out, _ = directives("add", str(path), "--title", "[link=x]Horses[/link] \x1b[31m")
    assert code == 0
    assert "\x1b[2J" not in out and "\x1b[31m" not in out
    assert "[link=x]Horses[/link]" in out and "[red]" in out


def test_options_correct_one_file_and_a_dry_run_writes_nothing(
    directives: Run, corpus: Path, tmp_path: Path
) -> None:
    path = order(tmp_path, effective="")
    before = everything(corpus)
    options = ("--number", "SO-3", "--effective", "2027-02-01", "--prefix", "")
    code, out, _ = directives("add", str(path), *options, "--dry-run")
    assert (code, everything(corpus)) == (0, before)
    assert "draft SO-3, Care of Horses" in told(out) and "Nothing was written." in out
    code, _, err = directives("add", str(path), str(corpus), *options)
    assert code == 1 and "Correct one at a time" in err
    assert directives("add", str(path), *options, "--kind", "special-orders")[0] == 0
    assert (corpus / "special-orders/SO-3/order.txt").read_bytes() == path.read_bytes()


def test_a_draft_is_listed_as_such_and_served_by_nothing(directives: Run, tmp_path: Path) -> None:
    directives("add", str(order(tmp_path)))
    rows = json.loads(directives("list", "--json")[1])["directives"]
    assert {row["number"]: row["status"] for row in rows} == {"5.14": "in force", NUMBER: "draft"}
    served = open_library(Settings(_env_file=None))
    assert [d.number for d in served.directives] == ["5.14"]


def test_a_drafted_version_is_compared_with_the_one_in_force(
    directives: Run, tmp_path: Path
) -> None:
    text = (CORPUS / ORDER / "order.md").read_text(encoding="utf-8")
    new = text.replace("9/10/19", "1/1/27").replace("To establish", "To set out", 1)
    (tmp_path / "new.md").write_text(new, encoding="utf-8")
    assert "it will replace the version of 2019-09-10" in directives("add", f"{tmp_path}/new.md")[1]
    code, out, err = directives("diff", "5.14")
    assert (code, err) == (0, "")
    assert "2027-01-01" in out and "{+set out+}" in told(out)


def test_issuing_shows_what_changes_and_says_what_to_do_next(
    directives: Run, tmp_path: Path
) -> None:
    directives("add", str(order(tmp_path, "Rescinds: 5.14")))
    issue = ("issue", NUMBER, "--reviewed-by", WHO, "--effective", "2027-01-01")
    code, _, err = directives(*issue)
    assert code == 2 and "--yes" in err
    code, out, err = directives(*issue, "--yes")
    assert (code, err) == (0, "")
    said = told(out)
    assert "in force from 2027-01-01 (its draft says 2021-02-01)" in said
    assert "rescinds 5.14" in said and "ends GO 5.14 of 2019-09-10 from that day" in said
    assert f"4 of 4 rules of its reading are unreviewed ({REVIEWED_BY})" in said
    assert f"issued by {WHO}. Its reading: {REVIEWED_BY}." in said
    assert "What serves takes it up by itself" in said
    code, _, err = directives(*issue, "--yes")
    assert (code, err.count("\n")) == (1, 1) and "has no draft on file" in err
    assert "is a draft again" in directives("withdraw", NUMBER)[1]
    code, out, _ = directives(*issue, "--json", "--yes", "--reading-reviewed")
    issued = json.loads(out)
    assert (code, issued["reviewed_by"], issued["reading_by"]) == (0, WHO, WHO)
    assert issued["proposed"]["ends"] == ["GO 5.14 of 2019-09-10"]


def test_a_draft_is_removed(directives: Run, corpus: Path, tmp_path: Path) -> None:
    before = everything(corpus)
    directives("add", str(order(tmp_path)))
    code, out, _ = directives("remove", NUMBER, "--version", "2021-02-01")
    assert (code, out) == (0, "The draft of GO 7.21 of 2021-02-01 is removed.\n")
    assert everything(corpus) == before
    assert directives("remove", NUMBER)[0] == 1


@pytest.mark.parametrize(("typed", "code"), [("y\n", 0), ("n\n", 1), ("\n", 1)])
def test_on_a_terminal_somebody_is_asked(
    directives: Run,
    corpus: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    typed: str,
    code: int,
) -> None:
    directives("add", str(order(tmp_path)))
    before = everything(corpus)
    keyboard, terminal = pty.openpty()
    monkeypatch.setattr(
        sys, "argv", ["policybot", "directives", "issue", NUMBER, "--reviewed-by", WHO]
    )
    with os.fdopen(terminal, encoding="utf-8") as screen, os.fdopen(keyboard, "w") as keys:
        monkeypatch.setattr(sys, "stdin", screen)
        keys.write(typed)
        keys.flush()
        try:
            cli.main()
            ended = 0
        except SystemExit as ending:
            ended = int(ending.code or 0)
    out, err = capfd.readouterr()
    assert "Put it in force? [y/N]" in out
    assert ended == code
    assert (everything(corpus) == before) is bool(code)
    assert ("Nothing was changed." in err) is bool(code)


def test_each_deed_is_a_line_of_the_record_which_holds(
    corpus: Path,
    database_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    run = command_line.over(monkeypatch, capfd, tmp_path / "var", database_url, "a" * 64)
    sha256 = json.loads(run("directives", "add", str(order(tmp_path)), "--json")[1])["files"][0]
    issue = ("directives", "issue", NUMBER, "--reviewed-by", WHO, "--yes")
    run(*issue, "--effective", "2999-01-01")
    run("directives", "withdraw", NUMBER)
    run("directives", "remove", NUMBER)
    run("directives", "remove", NUMBER)
    audit: AuditStore = make_archive(Settings(_env_file=None)).audit
    lines = [sealed.line for sealed in audit.lines(f"directive {NUMBER}")]
    assert [line.kind for line in lines] == [
        "directive added",
        "directive issued",
        "directive withdrawn",
        "directive removed",
    ]
    assert lines[1].facts == {
        "number": NUMBER,
        "version": "2999-01-01",
        "sha256": sha256["sha256"],
        "reviewed_by": WHO,
    }
    code, out, _ = run("audit", "verify")
    assert code == 0 and "The record holds: 4 lines, no fault." in out


MADE = (("pdf", 58), ("docx", 323), ("html", 135), ("md", 477), ("txt", 252))
KEPT_BACK = 123


def test_each_format_is_taken_in_issued_indexed_and_quoted_and_a_draft_is_not(
    small_settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Beside the order, of which the head has learnt all it has to: nothing is trained here."""
    own = copied_settings(small_settings, tmp_path)
    monkeypatch.setenv("CORPUS_DIR", str(own.corpus_dir))
    monkeypatch.setenv("EMBEDDING_MODEL", str(own.embedding_model))
    monkeypatch.setenv("VAR_DIR", str(own.var_dir))
    monkeypatch.setenv("DATABASE_URL", own.database_url or "")

    def policybot(*arguments: str, stdin: bytes = b"") -> Ended:
        return command_line.run(monkeypatch, capfd, *arguments, stdin=stdin)

    handed = tmp_path / "handed"
    handed.mkdir()
    issued = [(invented.make(seed, "roman"), suffix, seed) for suffix, seed in MADE]
    draft = invented.make(KEPT_BACK, "heads")
    for made, suffix, seed in (*issued, (draft, "txt", KEPT_BACK)):
        invented.write(made, handed / f"{made.number}.{suffix}", seed)
    code, out, _ = policybot("directives", "add", str(handed))
    assert code == 0 and "6 files: 6 taken in." in out
    for made, _, _ in issued:
        keep_one_question(own.corpus_dir / "general-orders" / made.number / "questions.yaml")
        issue = ("directives", "issue", made.number, "--reviewed-by", WHO, "--yes")
        assert policybot(*issue)[0] == 0
    assert policybot("index", "build")[0] == 0
    assert json.loads(policybot("index", "status", "--json")[1])["current"] is True
    asked = [asking(made) for made, _, _ in issued]
    number, question, words = asking(draft)
    lines = [{"id": number, "q": question} for number, question, _ in asked]
    lines += [{"id": number, "q": question}, {"id": "words", "q": words}]
    batch = "\n".join(json.dumps(line) for line in lines)
    code, out, _ = policybot("ask", "--batch", "-", stdin=batch.encode())
    answers = [json.loads(line) for line in out.splitlines()]
    assert len(answers) == len(lines)
    for (number, _, words), answer in zip(asked, answers, strict=False):
        assert answer["id"] == answer["citations"][0]["directive"] == number
        assert words.startswith(answer["citations"][0]["quote"])
        assert any(REVIEWED_BY in notice for notice in answer["notices"])
    for answer in answers[len(asked) :]:
        assert draft.number not in {cited["directive"] for cited in answer["citations"]}
        assert draft.number not in {version["number"] for version in answer["directives"]}
    settings = Settings(_env_file=None)
    manifest = read_manifest(settings.index_dir)
    assert manifest is not None
    kept = Texts.load(settings.index_dir / f"texts-{manifest.collection}.json")
    assert not manifest.trained
    numbers = {entry.directive for entry in kept.entries}
    assert numbers == {"5.14", *(made.number for made, _, _ in issued)}


def keep_one_question(path: Path) -> None:
    """Leave one drafted question, so that the index is quickly built."""
    file = read_yaml(path, Examples)
    path.write_text(
        as_yaml(file.model_copy(update={"questions": file.questions[:1]})), encoding="utf-8"
    )


def asking(made: invented.Made) -> tuple[str, str, str]:
    """Return a directive's number, a question that names a clause of it, and the clause's words."""
    section, words = made.clauses[2]
    return made.number, f"show me {made.number} {section}", squeeze(words)
