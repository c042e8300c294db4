"""Outlines that the usual rules of numbering would read wrongly, with invented words."""

from pathlib import Path

from tests.layouts import Drawn, pdf, sections, text


def test_a_remark_of_revision_is_no_heading_though_it_stands_alone(tmp_path: Path) -> None:
    path = pdf(
        tmp_path / "order.pdf",
        [[
            (72, 740, "ORDER 12"),
            (72, 716, "PURPOSE"),
            (240, 700, "Revised October 20, 2015"),
            (72, 676, "Members shall keep their radios on for the whole of the shift."),
            (72, 652, "POLICY"),
            (240, 636, "(Effective 10/20/2015)"),
            (72, 612, "A radio that is off is reported at once to the desk."),
        ]],
        bold=("ORDER", "PURPOSE", "POLICY", "Revised", "(Eff"),
    )  # fmt: skip
    assert {section.split("¶")[0] for section, _ in sections(path)} == {"PURPOSE", "POLICY"}


def test_a_list_after_a_colon_stands_under_its_heading_and_what_follows_it_too(
    tmp_path: Path,
) -> None:
    path = pdf(
        tmp_path / "order.pdf",
        [[
            (54, 770, "PURPOSE"),
            (54, 754, "To say where a post stands."),
            (54, 740, "COMMAND POST"),
            (54, 724, "A post is set up at the scene, and its place is chosen for these:"),
            (72, 708, "1. Accessibility"),
            (72, 692, "2. Weather Conditions"),
            (54, 664, "Once it is set up it is run by the senior officer there."),
            (54, 640, "TRAFFIC"),
            (54, 624, "No vehicle is left close to the post while it is in use by the officers."),
        ]],
        bold=("COMMAND", "TRAFFIC", "PURPOSE"),
    )  # fmt: skip
    assert sections(path)[2:5] == [
        ("COMMAND POST.1", "Accessibility"),
        ("COMMAND POST.2", "Weather Conditions"),
        ("COMMAND POST¶1", "Once it is set up it is run by the senior officer there."),
    ]  # fmt: skip


def test_a_bold_line_written_like_a_sentence_is_a_heading(tmp_path: Path) -> None:
    page: list[Drawn] = [(72, 740, "Radio Manual")]
    for at, words in enumerate(("Carrying a spare radio", "When is it charged?", "Using a radio")):
        page += [
            (72, 700 - 60 * at, words),
            (72, 688 - 60 * at, "Each member on duty carries one that was charged before, and"),
            (72, 676 - 60 * at, "keeps it on."),
        ]  # fmt: skip
    path = pdf(tmp_path / "order.pdf", [page], bold=("Carrying", "When", "Using", "Radio"))
    assert [section for section, _ in sections(path)] == [
        "Carrying a spare radio", "When is it charged?", "Using a radio",
    ]  # fmt: skip


def test_romans_that_count_once_are_cited_without_the_heading_above_them(tmp_path: Path) -> None:
    path = text(
        tmp_path / "order.md",
        "GENERAL ORDER 3.22\n\nPOLICY\n\nCitizens may ride along with officers.\n\n"
        "APPENDICES\n\nA. Application for the Program\n\nB. Waiver of Liability\n\n"
        "I. PROCEDURES\n\nA. Each rider fills in the form.\n\nB. One rider a shift.\n\n"
        "II. GUIDELINES\n\nA. Riders stay in the car.\n",
    )
    assert [section for section, _ in sections(path)][-3:] == ["I.A", "I.B", "II.A"]


def test_articles_and_steps_with_a_sentence_behind_their_number_are_clauses(tmp_path: Path) -> None:
    path = text(
        tmp_path / "order.md",
        "CODE\n\nArticle 1 - Officials shall keep the law at all times.\n\n"
        "Article 2 - Officials shall respect each person, as Article 1 says.\n\n"
        "Article 3 - Officials shall report what they see.\n",
    )
    assert [section for section, _ in sections(path)] == ["Article 1", "Article 2", "Article 3"]
