"""Layouts as departments really use them, each written by hand with invented words.

The numbering and the furniture follow what public manuals look like; no sentence is theirs.
"""

from collections.abc import Sequence
from pathlib import Path

import docx
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.text.paragraph import Paragraph

from index.clauses import parse
from index.formats import read
from index.report import check
from tests.layouts import Drawn, pdf, sections, text


def numbered(document: "docx.document.Document", levels: Sequence[tuple[str, str]]) -> str:
    """Add a list to a Word file, level by level (figures, pattern), and return its number."""
    root = document.part.numbering_part.element
    spelt = "".join(
        f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/>'
        f'<w:lvlText w:val="{pattern}"/><w:pPr><w:ind w:left="{720 * (at + 1)}" w:hanging="720"/>'
        "</w:pPr></w:lvl>"
        for at, (kind, pattern) in enumerate(levels)
    )
    shared = parse_xml(
        f'<w:abstractNum {nsdecls("w")} w:abstractNumId="90">{spelt}</w:abstractNum>'
    )
    root.insert(0, shared)
    number = parse_xml(f'<w:num {nsdecls("w")} w:numId="90"><w:abstractNumId w:val="90"/></w:num>')
    root.append(number)
    return "90"


def listed(paragraph: Paragraph, number: str, depth: int) -> None:
    properties = paragraph._p.get_or_add_pPr()
    found = parse_xml(
        f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr>'
    )
    properties.append(found)


def test_word_counts_its_own_lists_with_levels_restarts_roman_and_letters(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("GENERAL ORDER 7.02")
    number = numbered(
        document,
        [("upperRoman", "%1."), ("upperLetter", "%2."), ("decimal", "%3."), ("lowerLetter", "%4)")],
    )
    said = [
        (0, "PURPOSE"), (1, "Officers shall report."), (1, "Officers shall record it."),
        (0, "PROCEDURE"), (1, "Supervisors shall see to:"), (2, "a first matter;"),
        (3, "its detail, and"), (3, "another detail;"), (2, "a second matter."),
        (1, "Nothing else is required."), (2, "But this is."),
    ]  # fmt: skip
    for depth, words in said:
        listed(document.add_paragraph(words), number, depth)
    document.save(str(tmp_path / "order.docx"))
    assert [section for section, _ in sections(tmp_path / "order.docx")] == [
        "I.A", "I.B", "II.A", "II.A.1", "II.A.1.a", "II.A.1.b", "II.A.2", "II.B", "II.B.1",
    ]  # fmt: skip


def test_word_spells_out_the_levels_above_in_a_decimal_number(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("POLICY 4.10")
    number = numbered(
        document,
        [("decimal", "%1."), ("decimal", "%1.%2"), ("decimal", "%1.%2.%3"), ("lowerRoman", "(%4)")],
    )
    for depth, words in (
        (0, "Scope"), (1, "Officers shall report."), (2, "In writing."), (3, "On the form."),
        (3, "At once."), (2, "By radio."), (0, "Duties"), (1, "Supervisors shall review it."),
    ):  # fmt: skip
        listed(document.add_paragraph(words), number, depth)
    document.save(str(tmp_path / "order.docx"))
    assert [section for section, _ in sections(tmp_path / "order.docx")] == [
        "1.1", "1.1.1", "1.1.1(i)", "1.1.1(ii)", "1.1.2", "2.1",
    ]  # fmt: skip


def test_a_word_table_holds_the_head_and_headings_are_told_by_style(tmp_path: Path) -> None:
    document = docx.Document()
    table = document.add_table(rows=3, cols=2)
    for row, (label, value) in zip(
        table.rows,
        [("Number", "12-04"), ("Subject", "Care of Radios"), ("Effective Date", "March 2, 2020")],
        strict=True,
    ):
        row.cells[0].text, row.cells[1].text = label, value
    for style, words in (
        ("Heading 1", "Purpose"), ("Normal", "Radios are looked after by their users."),
        ("Heading 1", "Duties"), ("Heading 2", "Officers"), ("List Bullet", "clean the radio"),
        ("List Bullet", "report a fault"), ("Heading 2", "Supervisors"),
        ("Normal", "Supervisors look at each radio once a month."),
    ):  # fmt: skip
        document.add_paragraph(words, style=style)
    document.save(str(tmp_path / "order.docx"))
    found = check(tmp_path / "order.docx")
    assert (found["number"], found["title"], found["effective"]) == (
        "12-04", "Care of Radios", "2020-03-02",
    )  # fmt: skip
    assert [section for section, _ in sections(tmp_path / "order.docx")] == [
        "Purpose", "Duties.Officers•1", "Duties.Officers•2", "Duties.Supervisors",
    ]  # fmt: skip


def test_a_foot_in_two_columns_and_a_head_of_later_pages_are_no_text(tmp_path: Path) -> None:
    body = [
        "Officers shall look after their radios wherever they are and whatever they do, and"
    ] * 6
    first: list[Drawn] = [
        (100, 752, "Policy"), (280, 752, "Anytown Police Department"), (100, 739, "417"),
        (280, 739, "Anytown PD Policy Manual"), (72, 690, "Care of Radios"),
        (72, 650, "417.1 PURPOSE AND SCOPE"),
        *((72, 634 - 14 * at, words) for at, words in enumerate(body)),
        (72, 500, "417.2 DUTIES"), (72, 486, "Officers shall:"),
        (72, 466, "(a) Clean the radio."), (72, 446, "(b) Report a fault:"),
        (72, 33, "Copyright Example, LLC 2020/05/04, All Rights Reserved."),
        (430, 29, "Care of Radios - 1"), (72, 25, "Published with permission"),
    ]  # fmt: skip
    second: list[Drawn] = [
        (220, 761, "Anytown Police Department"), (240, 748, "Anytown PD Policy Manual"),
        (72, 717, "Care of Radios"), (90, 674, "1. to a supervisor,"), (90, 654, "2. in writing."),
        (72, 634, "(c) Lock it away."),
        (72, 33, "Copyright Example, LLC 2020/05/04, All Rights Reserved."),
        (430, 33, "Care of Radios - 2"), (72, 25, "Published with permission"),
    ]  # fmt: skip
    path = pdf(tmp_path / "417.pdf", [first, second], bold="417.")
    assert [section for section, _ in sections(path)] == [
        "417.1", "417.2", "417.2(a)", "417.2(b)", "417.2(b).1", "417.2(b).2", "417.2(c)",
    ]  # fmt: skip
    found = check(path)
    assert (found["number"], found["title"]) == ("417", "Care of Radios")
    assert [c.page for c in parse(read(path)).clauses][-3:] == [2, 2, 2]
    assert not any("Reserved" in words or "Manual" in words for _, words in sections(path))


def test_parts_listed_without_pages_are_set_aside_and_their_headings_stay(tmp_path: Path) -> None:
    path = text(
        tmp_path / "order.txt",
        "GENERAL ORDER 2.02\n\nPURPOSE:\n\nThis order says how radios are looked after.\n\n"
        "It is made of these parts:\n\n  I. DEFINITIONS\n  II. DUTIES\n  III. REVIEW\n\n"
        "I. DEFINITIONS:\n\n   A. A radio is what talks.\n\nII. DUTIES:\n\n"
        "   A. Officers shall clean it.\n   B. Officers shall lock it away.\n\nIII. REVIEW:\n\n"
        "   A. It is reviewed each year.\n",
    )
    assert [section for section, _ in sections(path)] == [
        "PURPOSE¶1", "PURPOSE¶2", "I.A", "II.A", "II.B", "III.A",
    ]  # fmt: skip


def test_a_first_line_full_of_names_is_not_torn_from_its_sentence(tmp_path: Path) -> None:
    lines: list[Drawn] = [
        (72, 740, "GENERAL ORDER 3.01"),
        (72, 700, "I. PROCEDURE"),
        (90, 680, "A. Notifications to the Chief of Police, Bureau Commanders and the District"),
        (108, 666, "Commanders of Police should be made before anything is said in public at all."),
        (90, 646, "B. Officers shall report it."),
    ]
    path = pdf(tmp_path / "order.pdf", [lines])
    assert [section for section, _ in sections(path)] == ["I.A", "I.B"]
    assert sections(path)[0][1].endswith("at all.")


def test_a_numeral_that_its_author_miscounted_is_still_a_clause(tmp_path: Path) -> None:
    lines: list[Drawn] = [(72, 740, "GENERAL ORDER 3.01"), (72, 700, "I. AWARDS")]
    for at, mark in enumerate("ABCDB"):
        lines.append((90, 680 - 34 * at, f"{mark}. The award number {at} is given to a person who"))
        lines.append((108, 667 - 34 * at, "did what the committee holds worthy of it."))
    found = sections(pdf(tmp_path / "order.pdf", [lines]))
    assert [section for section, _ in found] == ["I.A", "I.B", "I.C", "I.D", "I.B (2)"]


def test_letters_under_an_unnumbered_heading_end_where_the_romans_begin(tmp_path: Path) -> None:
    path = text(
        tmp_path / "order.md",
        "DIRECTIVE 501-S\n\nPURPOSE: To say how schools are visited by the following means:\n\n"
        "a. talking to pupils. (44.2.4a)\n\nb. talking to teachers. (44.2.4b)\n\n"
        "I. OVERVIEW\n\nA. Officers shall visit each school.\n\nB. They shall say who they are.\n",
    )
    assert [section for section, _ in sections(path)] == [
        "PURPOSE", "PURPOSE.a", "PURPOSE.b", "I.A", "I.B",
    ]  # fmt: skip


def test_bullets_of_every_glyph_are_bullets(tmp_path: Path) -> None:
    for mark in "•●▪◦○■□◆➢►▸‣·✓-–‑":
        lines: list[Drawn] = [
            (72, 740, "POLICY 9.1"), (72, 700, "PURPOSE"), (72, 680, "Officers shall look at:"),
            (90, 660, f"{mark} a first matter of some kind"),
            (90, 640, f"{mark} a second matter of another kind"),
        ]  # fmt: skip
        path = text(tmp_path / "order.txt", "\n\n".join(words for _, _, words in lines) + "\n")
        assert [s for s, _ in sections(path)] == ["PURPOSE", "PURPOSE•1", "PURPOSE•2"], mark


def test_a_heading_of_its_own_number_comes_again_on_no_page(tmp_path: Path) -> None:
    """A head is told by repetition without its figures; the figures of a section's number count."""
    pages: list[list[Drawn]] = []
    for at in range(5):
        pages.append(
            [
                (72, 760, "Anytown Police Department"),
                (72, 740, f"30{at}.1 PURPOSE AND SCOPE"),
                (72, 724, f"This part says what {'a word ' * (at + 1)}is for and whom it binds."),
                (72, 700, f"30{at}.2 DUTIES"),
                (72, 684, f"Officers shall know it by heart {'and soul ' * at}at all times."),
                (72, 30, f"Policy Manual - {at + 1}"),
            ]
        )
    found = sections(pdf(tmp_path / "manual.pdf", pages, bold="30"))
    assert [section for section, _ in found] == [f"30{at}.{n}" for at in range(5) for n in (1, 2)]


def test_a_paragraph_left_of_a_hanging_list_speaks_for_the_whole_section(tmp_path: Path) -> None:
    lines: list[Drawn] = [
        (72, 740, "POLICY 335"), (72, 700, "335.1 NEEDS"), (72, 684, "Whoever helps must be:"),
        (72, 660, "(a) Above reproach, in the eyes of everybody who deals with this person"),
        (100, 646, "in the course of duty."), (72, 622, "(b) Of age."),
        (72, 598, "The Chief may make an exception from any of this for a good reason."),
        (72, 560, "335.2 TERM"), (72, 544, "A term is of two years."),
    ]  # fmt: skip
    found = sections(pdf(tmp_path / "335.pdf", [lines], bold="335."))
    assert [s for s, _ in found] == ["335.1", "335.1(a)", "335.1(b)", "335.1¶1", "335.2"]
