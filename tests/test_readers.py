"""Readers of every format: invented directives come back clause by clause, real ones as by hand.

The real samples are looked for in ``POLICY_SAMPLES`` or ``../shared/directives``; they are not part
of the project, so where they are absent only the invented ones are read.
"""

import csv
import os
from collections.abc import Callable
from pathlib import Path

import made_directives as invented
import pytest

from index.clauses import Outline, parse
from index.directive import squeeze
from index.errors import DirectiveRefused
from index.formats import FORMATS, read
from index.formats.document import Document
from index.report import check

DATA = Path(__file__).parent / "data"
ROOT = Path(__file__).resolve().parent.parent
SAMPLES = Path(os.environ.get("POLICY_SAMPLES", ROOT.parent / "shared/directives"))
BY_HAND = {
    "sections-chicago-g09-01-06.tsv": "chicago_il_use_of_social_media_outlets.html",
    "sections-hanover-park-126-a.tsv": "hanover_park_il_D126a_social_media_management.pdf",
    "sections-nz-police-off-duty-interventions.tsv": "nz_police_off_duty_interventions.docx",
}
SCAN = "bartlett_il_100_part_C_SCANNED_no_text_layer.pdf"
SEEDS = range(2)
WRITERS: dict[str, Callable[[invented.Made, Path, int], object]] = {
    "pdf": invented.as_pdf,
    "docx": lambda made, path, _: invented.as_docx(made, path),
    "html": lambda made, path, _: invented.as_html(made, path),
    "md": lambda made, path, _: invented.as_markdown(made, path),
    "txt": invented.as_text,
}


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8") as opened:
        return list(csv.DictReader(opened, delimiter="\t", quoting=csv.QUOTE_NONE))


def present() -> dict[str, Path]:
    """Return the hand-made lists whose directive is on this machine."""
    found = {truth: SAMPLES / name for truth, name in BY_HAND.items()}
    return {truth: path for truth, path in found.items() if path.is_file()}


def sections(found: Outline) -> list[tuple[str, str]]:
    return [(clause.section, clause.text) for clause in found.clauses]


def assert_spans_hold(document: Document, found: Outline) -> None:
    at = 0
    for clause in found.clauses:
        start, end = clause.span
        assert at <= start < end <= len(document.text)
        assert squeeze(document.text[start:end]) == clause.text
        at = end
    assert len({clause.fragment for clause in found.clauses}) == len(found.clauses)


@pytest.mark.parametrize("kind", WRITERS)
@pytest.mark.parametrize("system", invented.SYSTEMS)
def test_an_invented_directive_comes_back_clause_by_clause(
    tmp_path: Path, kind: str, system: str
) -> None:
    for seed in SEEDS:
        made = invented.make(seed, system)
        path = tmp_path / f"{seed}.{kind}"
        WRITERS[kind](made, path, seed)
        document = read(path)
        found = parse(document)
        assert sections(found) == made.clauses, f"seed {seed}"
        assert_spans_hold(document, found)


@pytest.mark.parametrize("kind", WRITERS)
def test_the_head_of_an_invented_directive_is_read(tmp_path: Path, kind: str) -> None:
    for seed in range(8):
        made = invented.make(seed)
        path = tmp_path / f"{seed}.{kind}"
        WRITERS[kind](made, path, seed)
        found = check(path)
        assert (found["number"], found["title"]) == (made.number, made.title)
        assert (found["issued"], found["effective"]) == ("2021-01-05", "2021-02-01")


def test_running_heads_of_an_invented_pdf_are_named_and_in_no_clause(tmp_path: Path) -> None:
    for seed in SEEDS:
        made = invented.make(seed)
        path = tmp_path / f"{seed}.pdf"
        drawn = invented.as_pdf(made, path, seed)
        document = read(path)
        kept = " ".join(document.text.split())
        for text in drawn:
            if text.startswith("Page ") or " - " in text:
                assert text not in kept, f"seed {seed}"


def test_every_format_is_read_by_a_test() -> None:
    assert {f".{kind}" for kind in WRITERS} | {".htm"} == set(FORMATS)


def test_the_samples_give_the_sections_pages_and_first_words_found_by_hand() -> None:
    for truth, path in present().items():
        found = parse(read(path)).clauses
        given = [(c.section, c.page or 1, " ".join(c.text.split()[:6])) for c in found]
        by_hand = [(r["section"], int(r["page"]), r["first words"]) for r in rows(truth)]
        assert given == by_hand, path.name


def test_the_samples_lie_in_clauses_and_no_running_head_does() -> None:
    for path in present().values():
        document = read(path)
        found = parse(document)
        assert_spans_hold(document, found)
        checked = check(path)["report"]
        assert isinstance(checked, dict)
        assert checked["share"] >= 0.98
        texts = " ".join(clause.text for clause in found.clauses)
        for head in document.furniture:
            assert squeeze(head) not in texts, path.name


def test_a_sample_without_numerals_gives_its_headings_and_bullets() -> None:
    for path in (SAMPLES / name for name in ["nz_police_off_duty_interventions.docx"]):
        if path.is_file():
            headings = [heading.title for heading in parse(read(path)).headings]
            by_hand = [
                row["heading"] for row in rows("headings-nz-police-off-duty-interventions.tsv")
            ]
            assert by_hand[1:] == headings
            bullets = [c for c in parse(read(path)).clauses if "•" in c.section]
            assert len(bullets) == 19


def test_a_scanned_sample_is_refused_with_the_remedy() -> None:
    if (SAMPLES / SCAN).is_file():
        with pytest.raises(DirectiveRefused, match=r"scan.*\(OCR\)"):
            read(SAMPLES / SCAN)
