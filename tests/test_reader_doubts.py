"""What a report says of a file that is no plain directive, with the confidence it leaves."""

from pathlib import Path

import pytest

from index.errors import DirectiveRefused
from index.report import check
from tests.layouts import Drawn, pdf, text


def report(path: Path) -> tuple[float, list[str]]:
    found = check(path)["report"]
    assert isinstance(found, dict)
    return found["confidence"], found["doubts"]


def test_a_form_to_fill_in_is_named_and_an_order_with_a_few_blanks_is_not(tmp_path: Path) -> None:
    form = text(
        tmp_path / "form.txt",
        "RADIO RECEIPT\n\nName: ____________\n\nStar number:\n\nRadio: ____________\n\n"
        "Each member signs for the radio that was handed out to them.\n\nSignature\n",
    )
    sure, doubts = report(form)
    assert sure <= 0.5 and any("holds a form" in doubt for doubt in doubts)
    order = text(
        tmp_path / "order.txt",
        "GENERAL ORDER 12\n\nCare of Radios\n\nI. PURPOSE\n\n"
        + "".join(f"{mark}. Members shall keep radio {mark} dry.\n\n" for mark in "ABCDEFGH")
        + "Signed: ________\n",
    )
    assert not any("form" in doubt for doubt in report(order)[1])


def test_a_manual_of_many_policies_is_read_as_one_and_says_so(tmp_path: Path) -> None:
    policies = "".join(
        f"{number}.1 PURPOSE\n\nThis says what radio {number} is for.\n\n"
        f"{number}.2 POLICY\n\nIt is kept dry by whoever has it.\n\n"
        for number in (300, 301, 302)
    )
    path = text(tmp_path / "manual.txt", f"Anytown Policy 300\n\nRadio Manual\n\n{policies}")
    sure, doubts = report(path)
    assert check(path)["number"] is None
    assert sure <= 0.5
    assert any("3 directives with numbers of their own (300, 301, 302, …)" in d for d in doubts)


def test_text_before_any_structure_lowers_the_confidence(tmp_path: Path) -> None:
    words = "Members keep their radios dry and hand them back after the shift is over.\n\n"
    path = text(tmp_path / "order.txt", f"{words * 9}\nPURPOSE\n\nThis says how.\n")
    sure, doubts = report(path)
    assert sure <= 0.5
    assert any("stands before any numeral" in d or "only counted" in d for d in doubts)


def test_numerals_that_open_no_section_lower_the_confidence(tmp_path: Path) -> None:
    lines: list[Drawn] = [(72, 740, "Care of Radios"), (72, 716, "PURPOSE")]
    lines += [(72, 700, "Radios are kept dry in all weathers by those who have them.")]
    lines += [(72, 676, "The keepers of them write to the desk that is named below by")]
    lines += [
        (72, 664 - 12 * at, f"{mark}) way of it and so on and on and on to that of")
        for at, mark in enumerate("gdhbkc")
    ]
    sure, doubts = report(pdf(tmp_path / "order.pdf", [lines], bold="PURPOSE"))
    assert sure < 0.5
    assert any("open no section" in doubt for doubt in doubts)


def test_a_bundle_is_refused_where_its_numbers_stand_beside_the_name(tmp_path: Path) -> None:
    pages: list[list[Drawn]] = [
        [(72, 780, f"Anytown Police   General Order G03-0{number}"), (72, 600, words)]
        for number, words in enumerate(("A. Report at once.", "A. Write it.", "A. Call."), 1)
        for _ in range(2)
    ]
    for page in pages:
        x, y, words = page[0]
        left, right = words.split("   ")
        page[:1] = [(x, y, left), (400, y, right)]
    with pytest.raises(DirectiveRefused, match=r"holds 3 directives: 'G03-01'"):
        check(pdf(tmp_path / "bundle.pdf", pages))


def test_a_table_of_contents_alone_gives_no_clause_and_says_so(tmp_path: Path) -> None:
    entries = "".join(f"Radio {mark} . . . . . . . . . {mark}\n" for mark in range(1, 7))
    sure, doubts = report(text(tmp_path / "order.txt", f"Table of Contents\n{entries}"))
    assert sure == 0.0
    assert any("table of contents" in doubt for doubt in doubts)
