"""The command line: fixed shapes, JSON alone on stdout, one line and a code for every fault."""

import json
import os
import subprocess
import sys
from pathlib import Path

import command_line
import pytest
from command_line import Ended, Run

from bot.config import Settings

ROOT = Path(__file__).resolve().parent.parent
KEYS = (
    "id question verdict summary rules citations approval notices clarify engine prompt dropped "
    "warning "
    "directives took_ms"
).split()
APPROVAL = "offered url kind decided_by form route basis".split()
RULE = "directive section effect force applies_if permission_from exception".split()
CITATION = "directive section quote lead url effective".split()
ORDER = str(ROOT / "corpus/general-orders/5.14/order.md")


def environment(settings: Settings) -> dict[str, str]:
    return {
        "VAR_DIR": str(settings.var_dir),
        "CORPUS_DIR": str(settings.corpus_dir),
        "EMBEDDING_MODEL": str(settings.embedding_model),
        **({"DATABASE_URL": settings.database_url} if settings.database_url else {}),
        **({"CHROMA_URL": settings.chroma_url} if settings.chroma_url else {}),
    }


@pytest.fixture
def policybot(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], small_settings: Settings
) -> Run:
    """Run the command in this process, over the small index; returns exit code, stdout, stderr."""
    for name, value in environment(small_settings).items():
        monkeypatch.setenv(name, value)

    def run(*arguments: str, stdin: bytes = b"") -> Ended:
        return command_line.run(monkeypatch, capfd, *arguments, stdin=stdin)

    return run


def one_line(err: str) -> str:
    """Return the one line of a refusal."""
    found = [line for line in err.splitlines() if line.strip()]
    assert len(found) == 1, err
    return found[0]


def shaped(answer: dict[str, object]) -> dict[str, object]:
    """Return an answer after checking that it has the contract's fields and no others."""
    assert list(answer) == KEYS
    assert list(answer["approval"]) == APPROVAL  # type: ignore[call-overload]
    for rule in answer["rules"]:  # type: ignore[attr-defined]
        assert list(rule) == RULE
    for citation in answer["citations"]:  # type: ignore[attr-defined]
        assert list(citation) == CITATION
    for version in answer["directives"]:  # type: ignore[attr-defined]
        assert list(version) == ["number", "effective", "sha256"]
    return answer


def test_an_answer_as_json_has_exactly_the_fixed_fields(policybot: Run) -> None:
    code, out, _ = policybot("ask", "--json", "may I post photos of the inside of the building?")
    answer = shaped(json.loads(out))
    assert code == 0
    assert isinstance(answer["took_ms"], float)
    assert answer["engine"] == "rules"


def test_an_answer_to_be_read_shows_the_quote_and_that_it_is_no_approval(policybot: Run) -> None:
    code, out, _ = policybot("ask", "show me 5.14 E.18")
    assert code == 0
    assert "GO 5.14 § IV.E.18" in out
    assert "Photographs of the inside of the police building" in " ".join(out.split())
    assert "This answer is not approval." in out


REFUSED = {
    "empty": "",
    "spaces": "  \n ",
    "control characters": "\x01\x02\x7f",
    "joiners": "\u200b\u200d\u2060",
}


UNREAD = {
    "too long": ("can I post this " * 1250, "characters"),
    "a link alone": ("https://example.com/a?b=c", "link"),
    "emoji alone": ("🚓🚓🚓", "words"),
}


@pytest.mark.parametrize(("question", "said"), UNREAD.values(), ids=UNREAD.keys())
def test_a_question_that_is_not_read_is_answered_with_the_reason(
    policybot: Run, question: str, said: str
) -> None:
    code, out, _ = policybot("ask", "--json", question)
    answer = shaped(json.loads(out))
    assert code == 0
    assert (answer["verdict"], answer["citations"]) == ("not_covered", [])
    assert said in str(answer["summary"])


@pytest.mark.parametrize("question", REFUSED.values(), ids=REFUSED.keys())
def test_a_question_nobody_can_read_is_refused_in_one_line(policybot: Run, question: str) -> None:
    code, out, err = policybot("ask", "--json", question)
    assert code in {1, 2}
    assert out == ""
    assert one_line(err).endswith(".")


ODD = [
    "🚓🚓🚓",
    "https://example.com/a?b=c",
    "\x1b[31mcan I post\x07 this\x00",
    "¿puedo publicar una foto del polígono de tiro?",
    "puis-je publier une photo du stand de tir ?",
    "可以发布射击场的照片吗",
    "هل يمكنني نشر صورة",
    "можно ли выложить фото",
    "SELECT * FROM requests; DROP TABLE requests; --",
    "<script>alert(1)</script> & [link](http://x) *bold* [red]x[/red]",
    "{{ 7 * 7 }} {0} %s $HOME `id`",
    "a" * 3_999,
    "x " * 10_000,
    "\ud800 half a character",
    "?" * 50,
    "0",
    "null",
]


def lines(rows: list[object]) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def test_a_batch_keeps_order_and_ids_whatever_is_asked(policybot: Run) -> None:
    odd = [*ODD, *REFUSED.values()]
    rows: list[object] = [{"id": f"odd-{n}", "q": question} for n, question in enumerate(odd)]
    rows += [{"id": 7, "question": "show me E.16"}, {"q": "E.16"}, {"id": None, "q": "E.16"}]
    code, out, err = policybot("ask", "--batch", "-", stdin=lines(rows))
    assert code == 0, err
    answers = [json.loads(line) for line in out.splitlines()]
    wanted = [*(f"odd-{n}" for n in range(len(odd))), 7, None, None]
    assert [answer["id"] for answer in answers] == wanted
    for answer in answers:
        shaped(answer)
        if answer["verdict"] == "not_covered":
            assert answer["citations"] == []


def test_a_batch_link_carries_clauses_and_keeps_no_text(
    policybot: Run, small_settings: Settings
) -> None:
    from bot.wiring import make_store

    rows: list[object] = [{"id": "1", "q": "may I post a photo of my badge with the logo"}]
    _, out, _ = policybot("ask", "--batch", "-", stdin=lines(rows))
    answer = json.loads(out)
    store = make_store(small_settings)
    assert store.draft(answer["id"]) is None
    assert store.all() == ()


def test_a_batch_may_be_a_file_with_empty_lines_and_history(policybot: Run, tmp_path: Path) -> None:
    path = tmp_path / "asked.jsonl"
    rows: list[object] = [
        {"id": "a", "q": "what about my badge?", "history": ["can I post my uniform?"]},
        {"id": "b", "q": "E.16", "history": []},
        {"id": "c", "q": "E.16", "history": None},
    ]
    path.write_bytes(b"\n" + lines(rows).replace(b"\n", b"\n\n \n"))
    code, out, _ = policybot("ask", "--batch", str(path))
    assert code == 0
    assert [json.loads(line)["id"] for line in out.splitlines()] == ["a", "b", "c"]


BROKEN = [
    b"not json",
    b"[]",
    b'"text"',
    b"{}",
    b'{"id": 1}',
    b'{"id": 1, "q": 5}',
    b'{"id": 1, "q": null}',
    b'{"id": 1, "q": "x", "history": "y"}',
    b'{"id": 1, "q": "x", "history": [1]}',
    b'{"id": 1, "q": "x", "history": 3}',
    b'{"id": 1, "q": "x"',
    b'{"id": 1, "q": "\xff"}',
    b"[" * 100_000,
]


@pytest.mark.parametrize("line", BROKEN, ids=range(len(BROKEN)))
def test_a_broken_line_stops_the_batch_after_the_answers_before_it(
    policybot: Run, line: bytes
) -> None:
    stdin = b'{"id": "first", "q": "E.16"}\n' + line + b"\n"
    code, out, err = policybot("ask", "--batch", "-", stdin=stdin)
    assert code == 1
    assert [json.loads(row)["id"] for row in out.splitlines()] == ["first"]
    assert "--batch" in one_line(err)


def test_an_empty_batch_gives_nothing(policybot: Run) -> None:
    assert policybot("ask", "--batch", "-")[:2] == (0, "")


def test_a_batch_file_that_is_not_there_or_not_text_is_refused(
    policybot: Run, tmp_path: Path
) -> None:
    code, out, err = policybot("ask", "--batch", str(tmp_path / "nothing.jsonl"))
    assert (code, out) == (1, "")
    assert "cannot be read: No such file or directory" in one_line(err)
    (tmp_path / "binary.jsonl").write_bytes(b'{"q": "\xff\xfe"}\n')
    code, out, err = policybot("ask", "--batch", str(tmp_path / "binary.jsonl"))
    assert (code, out) == (1, "")
    assert "UTF-8" in one_line(err)
    assert policybot("ask", "--batch", str(tmp_path))[0] == 1


USAGE = [
    ("ask",),
    ("ask", "E.16", "--batch", "-"),
    ("ask", "--as-of", "tomorrow", "E.16"),
    ("ask", "--nothing"),
    ("ask", "one", "two"),
    ("nothing",),
    ("index", "nothing"),
    ("index", "check"),
    ("directives", "show"),
    ("requests", "show"),
    ("feedback", "looked-at"),
]


@pytest.mark.parametrize("arguments", USAGE, ids=" ".join)
def test_wrong_usage_exits_with_2(policybot: Run, arguments: tuple[str, ...]) -> None:
    code, out, err = policybot(*arguments)
    assert (code, out) == (2, "")
    assert err


@pytest.mark.parametrize(
    "command", [(), ("index",), ("directives",), ("requests",), ("feedback",), ("ask",)]
)
def test_every_command_explains_itself(policybot: Run, command: tuple[str, ...]) -> None:
    code, out, _ = policybot(*command, "--help")
    assert code == 0
    assert "Usage: policybot" in out


def test_a_whole_directive_is_shown_in_the_fixed_form(policybot: Run) -> None:
    code, out, _ = policybot("directives", "show", "5.14", "--json")
    shown = json.loads(out)
    assert code == 0
    assert {"number", "title", "effective", "status", "sha256", "clauses"} <= shown.keys()
    assert (shown["number"], shown["effective"]) == ("5.14", "2019-09-10")
    assert len(shown["clauses"]) == 106
    source = Path(ORDER).read_bytes().decode()
    for clause in shown["clauses"]:
        start, end = clause["span"]
        assert " ".join(source[start:end].split()) == clause["text"]


@pytest.mark.parametrize(
    ("citation", "sections"),
    [
        ("5.14 E.16", ["IV.E.16"]),
        ("E16", ["IV.E.16"]),
        ("GO 5.14 § IV.E.19•3", ["IV.E.19•3"]),
        ("5.14 § III.Post (verb)", ["III.Post (verb)"]),
        ("5.14 F", ["IV.F.1", "IV.F.2"]),
        ("5.14 closing", ["closing"]),
    ],
)
def test_a_clause_is_shown_by_its_citation(
    policybot: Run, citation: str, sections: list[str]
) -> None:
    code, out, _ = policybot("directives", "show", citation, "--json")
    assert code == 0
    assert [clause["section"] for clause in json.loads(out)["clauses"]] == sections


@pytest.mark.parametrize("citation", ["9.99", "5.14 E.21", "nothing", "", "5.15 E.16"])
def test_what_is_not_on_file_is_refused_with_what_is(policybot: Run, citation: str) -> None:
    code, out, err = policybot("directives", "show", citation, "--json")
    assert (code, out) == (1, "")
    assert "On file: 5.14" in one_line(err)


def test_directives_are_listed(policybot: Run) -> None:
    code, out, _ = policybot("directives", "list", "--json")
    assert code == 0
    assert [d["number"] for d in json.loads(out)["directives"]] == ["5.14"]
    code, out, _ = policybot("directives", "list")
    assert code == 0
    assert "5.14" in out


def test_a_directive_is_shown_to_be_read(policybot: Run) -> None:
    code, out, _ = policybot("directives", "show", "5.14 E.16")
    assert code == 0
    assert "IV.E.16" in out


def test_a_file_is_checked_without_being_indexed(policybot: Run) -> None:
    code, out, _ = policybot("index", "check", ORDER, "--json")
    checked = json.loads(out)
    assert code == 0
    assert {"number", "title", "effective", "status", "sha256", "clauses"} <= checked.keys()
    assert {"recognised", "unrecognised", "confidence"} <= set(checked["report"])
    code, out, _ = policybot("index", "check", ORDER)
    assert code == 0
    assert "106 clauses" in out


@pytest.mark.parametrize(
    ("file", "said"),
    [("/nowhere/order.md", "is not there"), (__file__, "no reader for '.py'"), ("/", "'/'")],
)
def test_a_file_that_cannot_be_checked_is_refused(policybot: Run, file: str, said: str) -> None:
    code, out, err = policybot("index", "check", file, "--json")
    assert (code, out) == (1, "")
    assert said in one_line(err)


def test_the_index_says_what_it_holds_and_whether_it_is_current(
    policybot: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    code, out, _ = policybot("index", "status", "--json")
    status = json.loads(out)
    assert code == 0
    assert status["current"] is True
    assert status["manifest"]["entries"] > 106
    assert ": current." in policybot("index", "status")[1]
    monkeypatch.setenv("EMBEDDING_MODEL", "another")
    assert "stale" in " ".join(policybot("index", "status")[1].split())
    monkeypatch.setenv("VAR_DIR", str(tmp_path))
    assert json.loads(policybot("index", "status", "--json")[1]) == {
        "current": False,
        "manifest": None,
    }


def test_requests_are_listed_and_an_unknown_one_is_refused(policybot: Run) -> None:
    code, out, _ = policybot("requests", "list", "--json")
    assert (code, json.loads(out)) == (0, {"requests": []})
    assert policybot("requests", "list")[0] == 0
    code, out, err = policybot("requests", "show", "R-NOTHING")
    assert (code, out) == (1, "")
    assert "'R-NOTHING' is not on file" in one_line(err)


FAULTS = [
    ("PORT", "none", "PORT: "),
    ("SLACK_BOT_TOKEN", "xoxb-1", "SLACK_BOT_TOKEN"),
    ("CORPUS_DIR", "/nowhere", "CORPUS_DIR"),
    ("EMBEDDING_MODEL", "/nowhere", "EMBEDDING_MODEL: "),
    ("VAR_DIR", "/proc/policybot", "/proc/policybot"),
]


@pytest.mark.parametrize(("name", "value", "said"), FAULTS)
def test_a_fault_is_one_line_on_stderr_and_exit_code_1(
    policybot: Run, monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(name, value)
    code, out, err = policybot("ask", "--json", "E.16")
    assert (code, out) == (1, "")
    assert said in one_line(err)


def program(settings: Settings, **more: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return {**kept, "PYTHONPATH": str(ROOT), **environment(settings), **more}


def test_the_program_answers_each_line_before_it_reads_the_next(
    small_settings: Settings, tmp_path: Path
) -> None:
    """A real process on a pipe: stdout holds JSON alone, also under a locale that is not UTF-8."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "ask", "--batch", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        env=program(small_settings, PYTHONIOENCODING="latin-1"),
    )
    assert process.stdin is not None
    assert process.stdout is not None
    for number in range(3):
        process.stdin.write(lines([{"id": number, "q": "read me E.19 • 3 – “¿qué?” 🚓"}]))
        process.stdin.flush()
        answer = json.loads(process.stdout.readline().decode("utf-8"))
        assert answer["id"] == number
        assert "🚓" in answer["question"]
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (0, b"")
    assert err.decode() == ""


def test_the_program_exits_with_2_on_wrong_usage_and_1_on_a_fault(
    small_settings: Settings, tmp_path: Path
) -> None:
    for arguments, code in ((["nothing"], 2), (["directives", "show", "9.99"], 1)):
        done = subprocess.run(
            [sys.executable, "-m", "bot", *arguments],
            cwd=tmp_path,
            env=program(small_settings),
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert (done.returncode, done.stdout) == (code, "")
        assert "Traceback" not in done.stderr


def test_a_reader_that_stops_early_is_no_fault(small_settings: Settings, tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "directives", "show", "5.14", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        env=program(small_settings),
    )
    assert process.stdout is not None
    process.stdout.read(10)
    process.stdout.close()
    assert process.stderr is not None
    assert b"Traceback" not in process.stderr.read()
    assert process.wait(timeout=60) in {0, 1}
