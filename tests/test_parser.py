"""The parser: an order's own numerals make its clauses, and every word comes from the source."""

import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from outlines import Invented, outlines

from index.clauses import Outline, parse
from index.directive import Clause, ClauseKind, Directive, squeeze
from index.errors import DirectiveRefused
from index.formats import markdown, read

ORDER = Path(__file__).resolve().parent.parent / "corpus/general-orders/5.14/order.md"
SOURCE = ORDER.read_bytes().decode()


def outline(text: str) -> Outline:
    return parse(markdown.parse(text))


def clauses(text: str) -> tuple[Clause, ...]:
    return outline(text).clauses


CLAUSES = clauses(SOURCE)
TEXTS = [(clause.section, clause.text) for clause in CLAUSES]
BULLETS = {"IV.C.1": 5, "IV.C.2": 4, "IV.C.3": 4, "IV.E.4": 2, "IV.E.5": 2, "IV.E.8": 4}
BULLETS |= {"IV.E.19": 4, "IV.E.20": 5}
ITEMS = {"IV.A": 11, "IV.B": 7, "IV.C": 3, "IV.D": 6, "IV.E": 20, "IV.F": 2}
DEFINED = (
    "Blog, Blogosphere, Chat, Comments, Feed, Forums, Page, Post (noun), Post (verb), Profile, "
    "Social Media, Social Networks, Speech, Tweet, Wall, Web 2.0, Wiki, YouTube"
).split(", ")


def expected_sections() -> list[str]:
    found = [
        "header",
        "disclaimer",
        "I",
        "II¶1",
        "II¶2",
        *(f"III.{term}" for term in DEFINED),
        "IV",
    ]
    for letter, items in ITEMS.items():
        if letter in {"IV.B", "IV.E"}:
            found.append(letter)
        for number in range(1, items + 1):
            item = f"{letter}.{number}"
            found.append(item)
            found.extend(f"{item}•{place}" for place in range(1, BULLETS.get(item, 0) + 1))
    return [*found, "closing"]


def test_the_order_has_exactly_its_own_clauses_in_its_own_order() -> None:
    assert [clause.section for clause in CLAUSES] == expected_sections()
    assert len(CLAUSES) == 106


@pytest.mark.parametrize(("part", "count"), [*ITEMS.items(), ("III", 18), ("II", 2), ("I", 1)])
def test_each_part_has_the_count_of_the_contract(part: str, count: int) -> None:
    own = re.compile(rf"{re.escape(part)}(?:\.[^.•]+(?:\.0)?|¶\d+)?")
    items = (ClauseKind.ITEM, ClauseKind.DEFINITION, ClauseKind.PARAGRAPH)
    found = [c for c in CLAUSES if own.fullmatch(c.section) and c.kind in items]
    assert len(found) == count


def test_the_kinds_of_clauses_add_up() -> None:
    assert Counter(clause.kind for clause in CLAUSES) == {
        ClauseKind.HEADER: 1,
        ClauseKind.DISCLAIMER: 1,
        ClauseKind.PARAGRAPH: 3,
        ClauseKind.DEFINITION: 18,
        ClauseKind.LEAD: 3,
        ClauseKind.ITEM: 49,
        ClauseKind.BULLET: 30,
        ClauseKind.CLOSING: 1,
    }


def test_the_headings_are_those_of_the_order() -> None:
    found = [(heading.section, heading.title) for heading in outline(SOURCE).headings]
    assert found == [
        ("I", "PURPOSE"),
        ("II", "POLICY"),
        ("III", "DEFINITIONS"),
        ("IV", "PROCEDURE"),
        ("IV.A", "General Operating Procedures for Department-Sanctioned Use of Social Media"),
        ("IV.B", "Conduct During Department-Sanctioned Use of Social Media"),
        ("IV.C", "Recognized Uses for a Department-Sanctioned Social Media Presence"),
        ("IV.D", "Use During Employment Screening"),
        ("IV.E", "Personal Use of Social Media"),
        ("IV.F", "Approval Process"),
    ]


@pytest.mark.parametrize(
    ("section", "lead", "headings"),
    [
        ("I", None, ("PURPOSE",)),
        ("III.Web 2.0", None, ("DEFINITIONS",)),
        ("IV.A.4", "IV", ("PROCEDURE", outline(SOURCE).headings[4].title)),
        ("IV.B.3", "IV.B", ("PROCEDURE", outline(SOURCE).headings[5].title)),
        ("IV.C.1•2", "IV.C.1", ("PROCEDURE", outline(SOURCE).headings[6].title)),
        ("IV.E.1", "IV.E", ("PROCEDURE", "Personal Use of Social Media")),
        ("IV.E.19•3", "IV.E.19", ("PROCEDURE", "Personal Use of Social Media")),
        ("IV.F.1", "IV", ("PROCEDURE", "Approval Process")),
        ("closing", None, ()),
        ("header", None, ()),
    ],
)
def test_the_lead_and_the_headings_above_a_clause_are_known(
    order: Directive, section: str, lead: str | None, headings: tuple[str, ...]
) -> None:
    clause = order.clause(section)
    assert clause is not None
    assert (clause.lead, clause.headings) == (lead, headings)


@pytest.mark.parametrize(
    ("section", "starts", "ends"),
    [
        ("IV.A.7", "Content may be subject", "apply to social media content."),
        ("IV.A.8", "Content must be managed", "public records laws."),
        ("IV.C.1•1", "Missing persons", "Missing persons"),
        ("IV.C.1•5", "Photos or videos of a crime", "participant or observer."),
        ("IV.C.3", "Social media can be used", "notifications related to:"),
        ("IV.C.3•4", "Missing or endangered", "endangered persons."),
        ("IV.E.5•1", "Speech containing obscene", "any protected class of individuals."),
        ("IV.E.6", "Engaging in prohibited", "termination of office."),
        ("IV.E.8•4", "Publishing the creative work", "permission of the owner."),
        ("IV.E.10", "Department personnel should be aware", "such sites is protected."),
        ("IV.E.11", "Department personnel should expect", "without prior notice."),
        ("IV.E.12", "Reporting violations", "for follow-up action."),
        ("IV.E.19", "When engaging in", "any of the following:"),
        ("IV.E.19•3", "Brandishing any weaponry", "whether actual or simulated."),
        ("IV.E.20•1", "Confidential, sensitive", "employment with the City;"),
        ("closing", "The Bridgeport Police Department reserves", "any department network."),
    ],
)
def test_page_breaks_and_detached_bullets_are_mended(
    order: Directive, section: str, starts: str, ends: str
) -> None:
    clause = order.clause(section)
    assert clause is not None
    assert clause.text.startswith(starts)
    assert clause.text.endswith(ends)


def test_the_sentence_cut_by_a_page_break_reads_on() -> None:
    cut = next(clause for clause in CLAUSES if clause.section == "IV.E.5•1")
    assert "that ridicule, malign, disparage, or otherwise express bias" in cut.text


def assert_spans_hold(text: str, found: Outline) -> None:
    """Texts are read back from spans; between spans is only white space, marks and headings."""
    spans = sorted(clause.span for clause in found.clauses)
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    for clause in found.clauses:
        start, end = clause.span
        assert clause.text == squeeze(text[start:end]) != ""


def between(text: str, found: Outline) -> str:
    """Return what no clause holds, without headings."""
    taken = [*(c.span for c in found.clauses), *(h.span for h in found.headings)]
    for start, end in sorted(taken, reverse=True):
        text = text[:start] + "\n" + text[end:]
    return text


def test_each_text_is_read_back_from_its_span() -> None:
    assert_spans_hold(SOURCE, outline(SOURCE))


def test_between_spans_are_only_white_space_numerals_marks_and_headings() -> None:
    left = re.sub(
        r"(?m)^[\s#*]*(?:[IVX]+|[A-F]|\d{1,2})\.(?=\s|$)", "", between(SOURCE, outline(SOURCE))
    )
    assert re.fullmatch(r"[\s#*-]*", left)


@settings(max_examples=60, deadline=None)
@given(outlines())
def test_an_invented_outline_gives_its_own_clauses_headings_and_spans(made: Invented) -> None:
    found = outline(made.text)
    assert [(c.section, c.text) for c in found.clauses] == made.clauses
    assert [(h.section, h.title) for h in found.headings] == made.headings
    assert_spans_hold(made.text, found)


@settings(max_examples=40, deadline=None)
@given(outlines(), st.data())
def test_deleting_one_clause_of_an_invented_order_leaves_all_others(
    made: Invented, data: st.DataObject
) -> None:
    found = clauses(made.text)
    assume(len(found) > 1)
    gone = data.draw(st.sampled_from(found))
    left = clauses(made.text[: gone.span[0]] + made.text[gone.span[1] :])
    assert [c.text for c in left] == [c.text for c in found if c is not gone]


def test_ids_and_fragments_are_unique_and_stable() -> None:
    sections = [clause.section for clause in CLAUSES]
    fragments = [clause.fragment for clause in CLAUSES]
    assert len(set(sections)) == len(set(fragments)) == len(CLAUSES)
    assert all(re.fullmatch(r"[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*", name) for name in fragments)
    by_section = dict(zip(sections, fragments, strict=True))
    assert by_section["IV.E.19•3"] == "IV-E-19-b3"
    assert by_section["II¶1"] == "II-p1"
    assert by_section["III.Post (verb)"] == "III-Post-verb"
    assert by_section["III.Web 2.0"] == "III-Web-2-0"


@settings(max_examples=40, deadline=None)
@given(outlines())
def test_fragments_are_unique_in_any_directive(made: Invented) -> None:
    fragments = [clause.fragment for clause in clauses(made.text)]
    assert len(set(fragments)) == len(fragments)


def test_parsing_again_changes_nothing() -> None:
    assert outline(SOURCE) == outline(SOURCE)


def test_heading_and_emphasis_marks_change_no_section_and_no_text() -> None:
    bare = SOURCE.replace("#", "").replace("*", "")
    assert [(c.section, c.text) for c in clauses(bare)] == TEXTS


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_headings_of_any_depth_change_no_section_and_no_text(data: st.DataObject) -> None:
    bare = SOURCE.replace("#", "").replace("*", "")
    titles = [h.title for h in outline(bare).headings]

    def marked(line: str) -> str:
        if not any(line.strip().endswith(title) for title in titles):
            return line
        depth = data.draw(st.integers(0, 6))
        bold = data.draw(st.booleans())
        line = f"**{line.strip()}**" if bold else line.strip()
        return "#" * depth + " " * bool(depth) + line

    changed = "\n".join(marked(line) for line in bare.split("\n"))
    assert [(c.section, c.text) for c in clauses(changed)] == TEXTS


@pytest.mark.parametrize("gone", CLAUSES, ids=[clause.fragment for clause in CLAUSES])
def test_deleting_a_clause_s_words_lowers_exactly_its_count(gone: Clause) -> None:
    start, end = gone.span
    left = clauses(SOURCE[:start] + SOURCE[end:])
    assert [c.text for c in left] == [c.text for c in CLAUSES if c is not gone]
    assert counts(left) == counts(CLAUSES) - Counter([part(gone)])


@pytest.mark.parametrize("gone", CLAUSES, ids=[clause.fragment for clause in CLAUSES])
def test_deleting_a_clause_s_lines_lowers_exactly_its_count(gone: Clause) -> None:
    start = SOURCE.rfind("\n", 0, gone.span[0]) + 1
    end = SOURCE.find("\n", gone.span[1]) % (len(SOURCE) + 1)
    left = clauses(SOURCE[:start] + SOURCE[end + 1 :])
    assert [c.text for c in left] == [c.text for c in CLAUSES if c is not gone]


def part(clause: Clause) -> str:
    """Return the part whose count a clause is in: its letter, or its item if it is a bullet."""
    if clause.kind is ClauseKind.BULLET:
        return f"{clause.parent}•"
    if clause.kind is ClauseKind.DEFINITION:
        return "III"
    return re.sub(r"\.\d+$|¶\d+$", "", clause.section)


def counts(found: tuple[Clause, ...]) -> Counter[str]:
    return Counter(part(clause) for clause in found)


def test_windows_line_ends_change_no_section_and_no_text() -> None:
    assert [(c.section, c.text) for c in clauses(SOURCE.replace("\n", "\r\n"))] == TEXTS


def test_a_byte_order_mark_changes_no_section_and_no_text(tmp_path: Path) -> None:
    path = tmp_path / "order.md"
    path.write_bytes(b"\xef\xbb\xbf" + SOURCE.encode())
    assert [(c.section, c.text) for c in parse(read(path)).clauses] == TEXTS


def test_a_rule_drawn_across_the_page_is_no_text() -> None:
    ruled = SOURCE.replace("\n13. Except", "\n\n---\n\n13. Except").replace(
        "\n## II.", "\n* * *\n\n## II."
    )
    assert [(c.section, c.text) for c in clauses(ruled)] == TEXTS


PIECES = (
    "I. ",
    "A. ",
    "1. ",
    "a. ",
    "(1) ",
    "- ",
    "•",
    "#",
    "**",
    "\n",
    "\n\n",
    "Term: ",
    "Words",
    ".",
)


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.text(), st.lists(st.sampled_from(PIECES), max_size=30).map("".join)))
def test_any_text_parses_into_clauses_that_hold(text: str) -> None:
    found = outline(text)
    assert_spans_hold(text, found)
    assert len({c.section for c in found.clauses}) == len(found.clauses)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=400))
def test_any_file_is_read_or_refused_in_one_line(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.md"
    path.write_bytes(content)
    try:
        parse(read(path))
    except DirectiveRefused as refused:
        assert "\n" not in str(refused)
        assert "any.md" in str(refused)
