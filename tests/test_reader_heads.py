"""Heads, contents and numbers of several parts, in the forms that departments really use.

Each file is written by hand with invented words; no sentence is a department's.
"""

from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from index.report import check
from tests.layouts import Drawn, pdf, sections, text

BODY = "\n\nPURPOSE\n\nThis order says how radios are looked after by whoever uses them.\n"


def head(path: Path, lines: str) -> tuple[object, object, object]:
    found = check(text(path / "order.txt", lines + BODY))
    return found["number"], found["title"], found["issued"] or found["effective"]


@pytest.mark.parametrize(
    ("lines", "number", "title", "day"),
    [
        ("ANYTOWN POLICE DEPARTMENT\n\n4.30 CARE OF RADIOS:", "4.30", "CARE OF RADIOS", None),
        ("2-52 CARE OF RADIOS", "2-52", "CARE OF RADIOS", None),
        ("ANYTOWN POLICE DEPARTMENT\n\n580.02\n\nCARE OF RADIOS\n\n9-18-19", "580.02",
         "CARE OF RADIOS", "2019-09-18"),
        ("DATE:   JANUARY 23, 2019\nNUMBER:   1.04 - ADMINISTRATION\nSUBJECT:   CARE OF RADIOS\n"
         "RELATED POLICY:   1.05, 1.06", "1.04", "CARE OF RADIOS", "2019-01-23"),
        ("Anytown Metropolitan\n\nPolice Department\n\nGENERAL ORDER\n\nCARE OF RADIOS   1.30",
         "1.30", "CARE OF RADIOS", None),
        ("ANYTOWN POLICE DEPARTMENT   DATE OF   EFFECTIVE DATE   NUMBER\nGENERAL ORDER   Now   "
         "II-42\nSubject:   CARE OF RADIOS\nCross Reference:   G.O. III-15, Vehicles", "II-42",
         "CARE OF RADIOS", None),
        ("Policy 1018   Anytown Police Department\n\nCare of Radios\n\n1018.1 PURPOSE AND SCOPE",
         "1018", "Care of Radios", None),
        ("STANDARD OPERATING PROCEDURE\n\n460 – USE OF RADIOS", "460", "460 – USE OF RADIOS", None),
        ("REFERENCE STANDARDS:\n46.2.7\nDIRECTIVE: 246-P\nSUBJECT: Care of Radios", "246-P",
         "Care of Radios", None),
        ("ANYTOWN POLICE\n\nSOP Number: 2.12\n\nUSE OF POLICE DEPARTMENT RADIOS\n\n"
         "Reviewed by: Jo Doe\nAuthorized by: Chief Roe\nRevision 1 Date: 1/2/2001\n"
         "Effective Date: 3/2/1999",
         "2.12", "USE OF POLICE DEPARTMENT RADIOS", "1999-03-02"),
        ("GENERAL ORDER   Date of Issue   Effective Date   No.\n"
         "June 5, 2020   June 6, 2020   W-03\n"
         "Subject:   CARE OF RADIOS\nRescinds:   W-03, issued 03/26/1986", "W-03", "CARE OF RADIOS",
         "2020-06-05"),
        ("Anytown Police Department Policy\n\nDP300\n\nCare of Radios\n\n"
         "In force from 30 June 2016", "DP300", "Care of Radios", "2016-06-30"),
        ("Care of Radios\n\nTable of Contents\n\nExecutive Summary   3\nWhat   4\nHow   5", None,
         "Care of Radios", None),
        ("Effective Date: 03/02/2020\nApproval:\nJo Doe\nChief of Police\n\n12.5 CARE OF RADIOS",
         "12.5", "CARE OF RADIOS", "2020-03-02"),
    ],
)  # fmt: skip
def test_a_head_gives_number_title_and_date(
    tmp_path: Path, lines: str, number: str | None, title: str, day: str | None
) -> None:
    assert head(tmp_path, lines) == (number, title, day)


def test_numbers_of_several_parts_with_hyphens_are_sections(tmp_path: Path) -> None:
    path = text(
        tmp_path / "order.txt",
        "2-52 CARE OF RADIOS\n\n2-52-1 Purpose\n\nThis order says how radios are looked after.\n\n"
        "2-52-2 Duties\n\nA. Officers shall clean it.\n\nB. Officers shall lock it away.\n\n"
        "2-52-3 Review\n\nIt is reviewed each year, by those who wrote it.\n",
    )
    assert [section for section, _ in sections(path)] == [
        "2-52-1", "2-52-2.A", "2-52-2.B", "2-52-3",
    ]  # fmt: skip
    assert (check(path)["number"], check(path)["title"]) == ("2-52", "CARE OF RADIOS")


def test_a_spaced_hyphen_parts_a_number_as_well(tmp_path: Path) -> None:
    path = text(
        tmp_path / "order.txt",
        "MANUAL\n\n304.2 - 1 PURPOSE\n\nThis order says how radios are looked after.\n\n"
        "304.2 - 2 DEFINITIONS\n\n304.2 - 2.1 Radio\n\nA radio is what talks, and listens too.\n\n"
        "304.2 - 2.2 Fault\n\nA fault is what keeps a radio from talking or from listening.\n",
    )
    assert [section for section, _ in sections(path)] == ["304.2-1", "304.2-2.1", "304.2-2.2"]
    assert check(path)["number"] == "304"


def test_a_list_of_titles_without_pages_is_no_clause_though_one_takes_two_lines(
    tmp_path: Path,
) -> None:
    titles = ["901.01 Care", "901.02 Duties Of Those Who Have", "901.03 Review", "901.04 Records"]
    listed = "\n".join(titles).replace("Who Have", "Who Have\nA Radio On Loan")
    body = "\n\n".join(
        f"{title}\n\nOfficers shall do number {at}." for at, title in enumerate(titles)
    )
    path = text(tmp_path / "order.txt", f"GENERAL ORDER 901\n\n{listed}\n\n{body}\n")
    assert [section for section, _ in sections(path)] == [f"901.0{at}" for at in range(1, 5)]


def test_a_list_of_items_that_comes_again_is_no_contents(tmp_path: Path) -> None:
    items = "1. remove the battery;\n2. dry the case;\n3. report the fault.\n"
    path = text(
        tmp_path / "order.txt",
        f"GENERAL ORDER 9\n\nI. WATER\n\nA. Officers shall:\n{items}\nII. SAND\n\n"
        f"A. Officers shall:\n{items}\n",
    )
    assert [section for section, _ in sections(path)] == [
        f"{roman}.A{below}" for roman in ("I", "II") for below in ("", ".1", ".2", ".3")
    ]


def test_a_mark_of_revision_in_the_margin_is_not_the_numeral(tmp_path: Path) -> None:
    path = text(
        tmp_path / "order.txt",
        "DIRECTIVE 22\n\nI. PURPOSE\n\nA. Officers shall clean it.\n\n*1 II. DUTIES\n\n"
        "*  A. Officers shall lock it away.\n\n* B. Officers shall report it.\n",
    )
    assert [section for section, _ in sections(path)] == ["I.A", "II.A", "II.B"]


def test_a_title_in_ever_smaller_letters_is_the_head_and_not_one_heading(tmp_path: Path) -> None:
    canvas = Canvas(str(tmp_path / "order.pdf"))
    shown: list[tuple[int, Drawn]] = [
        (22, (120, 760, "ANYTOWN POLICE")), (15, (250, 738, "1108-1")),
        (15, (200, 720, "CARE OF RADIOS")), (11, (250, 704, "PURPOSE")),
    ]  # fmt: skip
    for size, (x, y, words) in shown:
        canvas.setFont("Helvetica-Bold", size)
        canvas.drawString(x, y, words)
    canvas.setFont("Helvetica", 10)
    canvas.drawString(72, 680, "This order says how radios are looked after by whoever uses them.")
    canvas.drawString(72, 667, "It binds everybody.")
    canvas.save()
    found = check(tmp_path / "order.pdf")
    assert (found["number"], found["title"]) == ("1108-1", "CARE OF RADIOS")
    assert [section for section, _ in sections(tmp_path / "order.pdf")] == ["PURPOSE"]


def test_parts_before_the_first_usual_heading_are_no_disclaimer(tmp_path: Path) -> None:
    lines: list[Drawn] = [
        (72, 760, "Care of Radios"), (72, 730, "Background of Care"),
        (72, 714, "This order says how radios are looked after by whoever uses them."),
        (72, 690, "Why"), (72, 674, "A radio that is not looked after does not talk when it must."),
        (72, 650, "How"), (72, 634, "Whoever uses a radio cleans it before every shift."),
        (72, 610, "Overview"), (72, 594, "The next parts say who does what, and when."),
    ]  # fmt: skip
    path = tmp_path / "order.pdf"
    pdf(path, [lines], bold=("Care", "Background", "Why", "How", "Overview"))
    assert [section for section, _ in sections(path)] == [
        "Background of Care",
        "Why",
        "How",
        "Overview",
    ]


def test_a_page_in_two_columns_is_read_down_the_one_and_then_the_other(tmp_path: Path) -> None:
    """A page with less in it, here the second, follows the gutter of the first."""
    path = tmp_path / "order.pdf"
    said = "A radio that is not looked after does not talk when"
    columns: list[Drawn] = [(72, 740, "GENERAL ORDER 7.01"), (72, 724, "Subject: Care of Radios")]
    for x, marks in ((72, "ABC"), (320, "DEF")):
        for place, mark in enumerate(marks):
            y = 660 - 80 * place
            columns.append((x, y, f"{mark}. {said}"))
            columns += [(x + 12, y - 13 * at, said.lower()) for at in range(1, 4)]
            columns.append((x + 12, y - 52, "it must."))
    columns.append((72, 690, "I. CARE"))
    second: list[Drawn] = []
    for x, marks in ((72, "GH"), (320, "IJ")):
        for place, mark in enumerate(marks):
            y = 600 - 40 * place
            second.append((x, y, f"{mark}. Whoever finds fault {mark} says so to a supervisor"))
            second.append((x + 12, y - 13, f"who writes {mark} down when it must."))
    found = sections(pdf(path, [columns, second]))
    assert [section for section, _ in found] == [f"I.{mark}" for mark in "ABCDEFGHIJ"]
    assert all(words.endswith("when it must.") for _, words in found)


def test_a_table_of_labels_and_values_is_no_page_in_two_columns(tmp_path: Path) -> None:
    lines: list[Drawn] = [(72, 740, "GENERAL ORDER 7.02"), (72, 700, "I. CODES")]
    for at in range(20):
        lines += [(72, 680 - 16 * at, f"{at + 1}. Code {at + 10}"), (320, 680 - 16 * at, "radio")]
    found = sections(pdf(tmp_path / "order.pdf", [lines]))
    assert [section for section, _ in found] == [f"I.{at + 1}" for at in range(20)]


def test_a_sentence_after_a_list_goes_on_behind_the_end_of_a_page(tmp_path: Path) -> None:
    first: list[Drawn] = [
        (72, 740, "POLICY 100"), (72, 700, "100.1 CARE"), (72, 684, "Officers shall:"),
        (90, 664, "(a) Clean the radio."), (90, 644, "(b) Lock it away."),
        (72, 600, "Away from the station an officer shall report each fault of a radio when it"),
    ]  # fmt: skip
    second: list[Drawn] = [
        (72, 740, "occurs, and shall say so to a supervisor."), (72, 700, "100.2 REVIEW"),
        (72, 684, "It is reviewed each year."),
    ]  # fmt: skip
    found = sections(pdf(tmp_path / "100.pdf", [first, second], bold="100."))
    assert [section for section, _ in found] == [
        "100.1", "100.1(a)", "100.1(b)", "100.1¶1", "100.2",
    ]  # fmt: skip
    assert found[3][1].endswith("when it occurs, and shall say so to a supervisor.")


def test_a_title_with_a_colon_is_no_heading_that_runs_into_its_paragraph(tmp_path: Path) -> None:
    lines = (
        "SOP NUMBER: 5.07\n\nSTOLEN RADIOS: FINDING AND REPORTING\n\nEffective Date: May 16, 2016"
    )
    found = check(text(tmp_path / "order.txt", lines + BODY))
    assert (found["number"], found["effective"]) == ("5.07", "2016-05-16")
    assert [section for section, _ in sections(tmp_path / "order.txt")] == ["PURPOSE"]


def test_a_foot_that_stands_a_little_higher_on_some_pages_is_a_foot(tmp_path: Path) -> None:
    pages: list[list[Drawn]] = []
    for at, mark in enumerate("ABCDEF"):
        foot = 81 if at > 1 else 92
        pages.append([
            (72, 500 - 30 * at, f"{mark}. Officers shall report fault {mark} at once"),
            (90, 486 - 30 * at, "to a supervisor."),
            (72, foot, "ANYTOWN OPERATIONS MANUAL   ANYTOWN POLICE"),
            (72, foot - 14, "Dir.#: 204-P   Issued: 11/03/2000   Rescinds:"),
            (280, foot - 42, f"Page {at + 1} of 6"),
        ])  # fmt: skip
    pages[0].insert(0, (72, 720, "I. CARE"))
    found = sections(pdf(tmp_path / "order.pdf", pages))
    assert [section for section, _ in found] == [f"I.{mark}" for mark in "ABCDEF"]
    assert not any("MANUAL" in words or "Dir." in words for _, words in found)


def test_a_title_on_two_lines_of_a_page_is_one(tmp_path: Path) -> None:
    lines: list[Drawn] = [
        (220, 740, "SOP Number: 2.09"),
        (180, 700, "LOST RADIOS, BORROWED RADIOS AND"),
        (180, 686, "RADIOS OF OTHER AGENCIES"),
        (72, 660, "Reviewed by: Officer Roe"),
        (72, 620, "PURPOSE"),
        (72, 600, "This order says how lost radios are looked for by whoever lost them."),
    ]
    found = check(pdf(tmp_path / "order.pdf", [lines], bold=("SOP", "LOST", "RADIOS", "PURPOSE")))
    assert found["title"] == "LOST RADIOS, BORROWED RADIOS AND RADIOS OF OTHER AGENCIES"


def test_the_last_revision_counts_and_a_page_behind_a_title_is_no_number(tmp_path: Path) -> None:
    path = text(
        tmp_path / "order.txt",
        "Policy   Anytown Police Department\n\nPolicy Manual\n\n322\n\nCare of Radios - 1\n\n"
        "Revision 1 Date: 1/2/2001\nRevision 2 Date: 5/9/2002\n\n322.1 PURPOSE AND SCOPE\n\n"
        "This order says how radios are looked after.\n",
    )
    found = check(path)
    assert (found["number"], found["revised"]) == ("322", "2002-05-09")


def test_fields_under_a_line_at_the_foot_of_the_only_page_are_its_foot(tmp_path: Path) -> None:
    lines: list[Drawn] = [
        (72, 740, "DIRECTIVE: 538-S"),
        (72, 720, "SUBJECT: Spare Batteries"),
        (72, 690, "I. PURPOSE"),
        (90, 670, "A. Each car holds a battery that was charged before the shift."),
        (72, 95, "_" * 60),
        (72, 81, "MANUAL OF ANYTOWN"),
        (72, 67, "Dir.#: 538-S   Issued: 01/09/2001   Eff: 02/09/2001   Rescinds: New Directive"),
        (72, 53, "Rev:   Auth:"),
    ]
    found = check(pdf(tmp_path / "order.pdf", [lines]))
    assert (found["issued"], found["effective"], found["rescinds"]) == (
        "2001-01-09", "2001-02-09", [],
    )  # fmt: skip
    lines[6] = (72, 67, "1 Charged means full, as the maker of the battery says it.")
    lines[7:] = []
    noted = check(pdf(tmp_path / "noted.pdf", [lines]))
    assert noted["issued"] is None and "as the maker" in str(noted["clauses"])


def test_a_title_that_only_runs_is_read_without_its_page(tmp_path: Path) -> None:
    pages: list[list[Drawn]] = [
        [
            (72, 760, "Subject: Care of Radios" if labelled else "Care of Radios - 1"),
            (72, 700, f"{mark}. Members keep radio {mark} dry in all weathers."),
            (72, 600, f"It is handed back at the end of shift {mark} by whoever has it."),
        ]
        for labelled in (True, False)
        for mark in "AB"
    ]
    for half in (pages[:2], pages[2:]):
        assert check(pdf(tmp_path / "order.pdf", half))["title"] == "Care of Radios"


def test_an_empty_field_does_not_take_the_next_label_for_its_value(tmp_path: Path) -> None:
    lines = "GENERAL ORDER 12\nSUBJECT: Care of Radios\nRescinds:\nTermination Date:\n"
    assert check(text(tmp_path / "order.txt", lines + BODY))["rescinds"] == []
