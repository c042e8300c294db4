"""What was parsed and drafted is kept: the same library comes back, and losing it costs time."""

from datetime import date
from pathlib import Path

import pytest
from corpora import CORPUS

from bench.generated import change_one_clause, write_corpus
from index.asked import load_facts
from index.kept import Kept
from index.library import Library, load
from index.references import refer
from index.rules import Reading, load_readings


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kept") / "corpus"
    write_corpus(folder, CORPUS, 300, 7)
    return folder


def opened(corpus: Path, folder: Path | None) -> tuple[Library, dict[str, Reading]]:
    library = load(corpus, lambda: date(2026, 11, 23), Kept(folder))
    return library, load_readings(library, load_facts(corpus))


def test_a_library_that_was_kept_is_the_one_that_was_read(corpus: Path, tmp_path: Path) -> None:
    read = opened(corpus, None)
    for _ in range(2):
        library, readings = opened(corpus, tmp_path / "parsed")
        assert library.directives == read[0].directives
        assert readings == read[1]
    assert len([*tmp_path.rglob("*.json")]) == 4 + 3


@pytest.mark.parametrize("content", [b"", b"{", b'{"text": 1}', b"\xff"])
def test_what_is_kept_and_spoilt_is_made_again(
    corpus: Path, tmp_path: Path, content: bytes
) -> None:
    before = opened(corpus, tmp_path / "parsed")
    for path in tmp_path.rglob("*.json"):
        path.write_bytes(content)
    assert opened(corpus, tmp_path / "parsed")[0].directives == before[0].directives


def test_a_changed_file_is_read_anew(tmp_path: Path) -> None:
    write_corpus(tmp_path / "corpus", CORPUS, 100, 7)
    opened(tmp_path / "corpus", tmp_path / "parsed")
    change_one_clause(tmp_path / "corpus", "10.01")
    library, readings = opened(tmp_path / "corpus", tmp_path / "parsed")
    found = library.get("10.01")
    assert found is not None and "as was always meant" in found.clauses[-1].text
    assert readings["10.01"].sha256 == found.sha256


def test_what_other_code_kept_is_removed(corpus: Path, tmp_path: Path) -> None:
    (tmp_path / "parsed/of-other-code").mkdir(parents=True)
    opened(corpus, tmp_path / "parsed")
    assert len([*(tmp_path / "parsed").iterdir()]) == 1


def test_a_folder_that_cannot_be_written_costs_only_time(corpus: Path, tmp_path: Path) -> None:
    (tmp_path / "parsed").write_text("in the way", encoding="utf-8")
    assert len(opened(corpus, tmp_path / "parsed")[0].directives) == 4


def test_among_many_directives_a_clause_is_one_of_a_directive_that_is_named(
    tmp_path: Path,
) -> None:
    write_corpus(tmp_path / "corpus", CORPUS, 2_500, 7)
    directives = load(tmp_path / "corpus").in_force()
    assert len(directives) == 26
    found = refer("what does 10.03 IV.B.2 say", directives)
    assert [(one.directive, one.section) for one in found.references] == [("10.03", "IV.B.2")]
    assert refer("what does IV.B.2 say", directives).references == ()
    assert refer("is 10.033 a number", directives).named == ()
    assert refer("10.030 or 110.03", directives).named == ()
