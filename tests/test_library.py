"""Taking directives from the corpus folder: what cannot be taken is refused in one clear line."""

import hashlib
import re
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from index.directive import Directive, Status
from index.errors import DirectiveRefused, IndexingError
from index.formats import read
from index.library import Library, load
from index.report import as_object, check

FOLDER = "general-orders/5.14"
ISSUED = "e46dcba2649ffb7a5976a972341f906b30ad4bd81437adc84d5b2b023b79aa7f"


@pytest.fixture
def copied(tmp_path: Path, corpus: Path) -> Path:
    """Return a copy of the corpus that a test may spoil."""
    target = tmp_path / "corpus"
    shutil.copytree(corpus / FOLDER, target / FOLDER)
    return target


def sheet(folder: Path, change: Callable[[str], str], number: str = FOLDER) -> None:
    path = folder / number / "directive.toml"
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")


def refusal(folder: Path) -> str:
    with pytest.raises(DirectiveRefused) as refused:
        load(folder)
    message = str(refused.value)
    assert "\n" not in message
    assert message.endswith(".")
    return message


def issue(folder: Path, content: bytes) -> None:
    """Put another text in place, with the sheet's sha256 to match."""
    (folder / FOLDER / "order.md").write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    sheet(folder, lambda text: re.sub(r'sha256 = "\w+"', f'sha256 = "{digest}"', text))


def test_the_order_is_on_file_as_its_sheet_says(order: Directive) -> None:
    assert (order.number, order.name, order.title) == ("5.14", "GO 5.14", "Use of Social Media")
    assert (order.issued, order.effective) == (date(2019, 5, 21), date(2019, 9, 10))
    assert order.status is Status.IN_FORCE
    assert order.rescinds == ("3.1.2",)
    assert order.citation("IV.E.19•3") == "GO 5.14 § IV.E.19•3"


def test_the_text_on_file_is_the_issued_one_byte_for_byte(order: Directive, corpus: Path) -> None:
    content = (corpus / FOLDER / "order.md").read_bytes()
    assert hashlib.sha256(content).hexdigest() == order.sha256 == ISSUED


def test_known_damage_is_noted_on_clauses_that_exist(order: Directive) -> None:
    noted = {damage.section for damage in order.damage}
    assert {"header", "II¶1", "II¶2", "IV.A.7", "IV.C.1", "IV.C.3", "IV.E.5•1"} <= noted
    assert {"IV.E.8", "IV.E.10", "IV.E.19", "IV.E.20"} <= noted


def test_a_folder_without_an_order_is_refused(tmp_path: Path) -> None:
    message = refusal(tmp_path)
    assert repr(str(tmp_path)) in message
    assert "CORPUS_DIR" in message


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert "nowhere" in refusal(tmp_path / "nowhere")


def test_a_sheet_whose_order_is_missing_is_refused(copied: Path) -> None:
    (copied / FOLDER / "order.md").unlink()
    assert re.search(r"order\.md' is not there\. Check", refusal(copied))


def test_an_order_cut_in_half_is_refused(copied: Path) -> None:
    path = copied / FOLDER / "order.md"
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    message = refusal(copied)
    assert "'5.14'" in message
    assert "sha256" in message
    assert "Restore the issued file" in message


@pytest.mark.parametrize("encoding", ["utf-16", "cp1252", "latin-1"])
def test_an_order_in_another_encoding_is_refused(copied: Path, encoding: str) -> None:
    text = (copied / FOLDER / "order.md").read_text(encoding="utf-8").replace("\u200b", "")
    issue(copied, text.encode(encoding, errors="replace") + "é".encode(encoding))
    message = refusal(copied)
    assert "order.md" in message
    assert "UTF-8" in message


def test_a_binary_file_is_refused(copied: Path) -> None:
    issue(copied, b"PK\x03\x04\x00\x00" * 100)
    assert "binary data, not text. Save it as UTF-8 Markdown." in refusal(copied)


@pytest.mark.parametrize("content", [b"", b"\n\n   \n", b"# \n**\n---\n* * *"])
def test_an_order_without_a_clause_is_refused(copied: Path, content: bytes) -> None:
    issue(copied, content)
    assert "no clause was found" in refusal(copied)


def test_two_live_versions_of_one_number_are_refused(copied: Path) -> None:
    shutil.copytree(copied / FOLDER, copied / "general-orders/5.14-new")
    message = refusal(copied)
    assert "GO 5.14 is in force twice" in message
    assert "5.14-new" in message
    assert "superseded" in message


def test_a_superseded_version_may_stand_beside_the_live_one(copied: Path) -> None:
    old = "general-orders/5.14-old"
    shutil.copytree(copied / FOLDER, copied / old)
    content = (copied / old / "order.md").read_bytes() + b"\n"
    (copied / old / "order.md").write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()

    def older(text: str) -> str:
        text = re.sub(r'sha256 = "\w+"', f'sha256 = "{digest}"', text)
        text = text.replace('status = "in force"', 'status = "superseded"')
        return text.replace("effective = 2019-09-10", "effective = 2019-05-21")

    sheet(copied, older, old)
    library = load(copied)
    live = library.get("5.14")
    assert len(library.directives) == 2
    assert live is not None
    assert live.effective == date(2019, 9, 10)
    assert [d.sha256 for d in library.in_force()] == [live.sha256]


def test_a_rescinded_order_is_on_file_and_not_in_force(copied: Path) -> None:
    sheet(copied, lambda text: text.replace('status = "in force"', 'status = "rescinded"'))
    library = load(copied)
    assert library.get("5.14") is not None
    assert library.in_force() == ()


def test_an_order_is_not_in_force_before_its_day(library: Library) -> None:
    assert library.in_force(date(2019, 9, 9)) == ()
    assert len(library.in_force(date(2019, 9, 10))) == 1


def test_an_unknown_format_is_refused_with_the_known_ones(copied: Path) -> None:
    (copied / FOLDER / "order.md").rename(copied / FOLDER / "order.pages")
    sheet(copied, lambda text: text.replace('"order.md"', '"order.pages"'))
    message = refusal(copied)
    assert "'order.pages': no reader for '.pages'. Known: " in message
    assert ".md" in message


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('number = "5.14"', 'number = "5.14', "directive.toml"),
        ('number = "5.14"', "number = 5.14", "number"),
        ('number = "5.14"', 'number = ""', "number"),
        ('title = "Use of Social Media"\n', "", "title"),
        ("effective = 2019-09-10", 'effective = "someday"', "effective"),
        ('status = "in force"', 'status = "sort of"', "status"),
        ('sha256 = "e46d', 'sha256 = "E46D', "sha256"),
        ('file = "order.md"', 'file = "order.md"\ncolour = "blue"', "colour"),
    ],
)
def test_a_faulty_sheet_is_refused_with_the_field(
    copied: Path, old: str, new: str, said: str
) -> None:
    sheet(copied, lambda text: text.replace(old, new, 1))
    message = refusal(copied)
    assert "directive.toml" in message
    assert said in message
    assert "orrect" in message


def test_a_sheet_in_another_encoding_is_refused(copied: Path) -> None:
    (copied / FOLDER / "directive.toml").write_bytes(b'title = "\xff"')
    assert "directive.toml' is not UTF-8. Save it as UTF-8." in refusal(copied)


def test_a_sheet_that_names_a_file_outside_its_folder_is_refused(copied: Path) -> None:
    (copied / "general-orders/elsewhere.md").write_bytes(
        (copied / FOLDER / "order.md").read_bytes()
    )
    sheet(copied, lambda text: text.replace('"order.md"', '"../elsewhere.md"'))
    assert re.search(r"directive\.toml': file: ", refusal(copied))


def test_damage_noted_on_a_missing_clause_is_refused(copied: Path) -> None:
    sheet(copied, lambda text: text.replace('section = "IV.C.3"', 'section = "IV.C.4"'))
    assert "damage is noted on 'IV.C.4', which is not in the text. Correct" in refusal(copied)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(IndexingError, match=r"is not there\. Check the path\."):
        read(tmp_path / "nothing.md")


def test_the_fingerprint_changes_with_text_and_status(copied: Path, library: Library) -> None:
    prints = {library.fingerprint}
    sheet(copied, lambda text: text.replace('status = "in force"', 'status = "rescinded"'))
    prints.add(load(copied).fingerprint)
    issue(copied, (copied / FOLDER / "order.md").read_bytes() + b"\n")
    prints.add(load(copied).fingerprint)
    assert len(prints) == 3


def test_a_whole_order_and_a_part_of_it_have_the_fixed_form(order: Directive) -> None:
    whole = as_object(order)
    assert {"number", "title", "effective", "status", "sha256", "clauses"} <= whole.keys()
    assert len(whole["clauses"]) == 106  # type: ignore[arg-type]
    part = as_object(order, ["IV.E.19", "IV.E.19•3"])
    assert [c["section"] for c in part["clauses"]] == [  # type: ignore[attr-defined]
        "IV.E.19",
        *(f"IV.E.19•{place}" for place in range(1, 5)),
    ]


def test_checking_a_file_reports_what_was_and_was_not_recognised(corpus: Path) -> None:
    checked = check(corpus / FOLDER / "order.md")
    assert len(checked["clauses"]) == 106  # type: ignore[arg-type]
    report = checked["report"]
    assert isinstance(report, dict)
    assert (report["unrecognised"], report["confidence"]) == ([], 1.0)


def test_checking_an_empty_file_reports_nothing_recognised(tmp_path: Path) -> None:
    (tmp_path / "empty.md").write_text("", encoding="utf-8")
    checked = check(tmp_path / "empty.md")
    assert checked["clauses"] == []
    report = checked["report"]
    assert isinstance(report, dict)
    assert (report["recognised"], report["unrecognised"], report["confidence"]) == (0, [], 0.0)
