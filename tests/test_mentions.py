"""Where clauses send their readers: to a clause, a directive, the law, or to nothing on file."""

import json
from dataclasses import replace
from datetime import date

import command_line
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from versioned import beside, revised

from bot.assistant import Assistant
from bot.commands.referring import read
from bot.engines.telling import Teller
from index.clauses import parse as outline
from index.directive import Directive
from index.formats.markdown import parse
from index.graph import Graph
from index.library import Library
from index.mentions import Mention, Mentions, Sort
from index.rule import Reading
from index.sections import Sections, parts

TEXT = """# I. PURPOSE

This order adds to General Order {other} and to the Department's Code of Conduct.

# II. POLICY

## A. Rules

1. Officers shall act under section II(B)(2), and under {words}.
2. Officers shall file the form.

## B. Forms

1. See paragraph A.2 above.
2. The form is kept.
"""


def made(order: Directive, number: str = "9.01", title: str = "Towing", **words: str) -> Directive:
    """Return a directive of these words; what is not said is that of GO 5.14."""
    document = parse(TEXT.format(**{"other": "7.77", "words": "law", **words}))
    found = outline(document)
    changed = {"number": number, "title": title, "source": document.text}
    return order.model_copy(
        update={**changed, "clauses": found.clauses, "headings": found.headings}
    )


def said(directive: Directive, section: str, *others: Directive) -> list[Mention]:
    clause = directive.clause(section)
    assert clause is not None
    return list(Mentions((directive, *others)).at(directive, clause))


@pytest.mark.parametrize(
    ("written", "section"),
    [
        ("IV(E)(16)", "IV.E.16"),
        ("iv e 16", "IV.E.16"),
        ("E.16", "IV.E.16"),
        ("E-19•3", "IV.E.19•3"),
        ("II¶1", "II¶1"),
        ("16", None),
        ("IV.E.99", None),
        ("Z.1", None),
        ("", None),
    ],
)
def test_a_section_is_found_however_it_is_written(
    order: Directive, written: str, section: str | None
) -> None:
    assert order.sections().find(parts(written)) == section


def test_of_several_sections_the_one_beside_the_speaker_is_meant() -> None:
    known = Sections(["IV.A.1", "V.A.1", "V.B.2", "1026.4.1(g)"])
    assert known.find(parts("A.1")) is None
    assert known.find(parts("A.1"), "V.B.2") == "V.A.1"
    assert known.find(parts("1026.4.1(g)")) == "1026.4.1(g)"
    assert known.find(parts("4.1(g)")) == "1026.4.1(g)"
    assert known.find(parts("2"), "V.B.1") == "V.B.2"
    assert known.find(parts("2"), "V.A.1") is None


@given(st.lists(st.text("IVabc123.()•¶ -", max_size=12), max_size=8), st.text(max_size=12))
@settings(max_examples=100, deadline=None)
def test_a_section_is_found_by_its_own_name_or_one_that_reads_like_it(
    sections: list[str], other: str
) -> None:
    known = Sections(sections)
    for section in sections:
        if parts(section):
            assert parts(known.find(parts(section)) or "") == parts(section)
    found = known.find(parts(other))
    assert found is None or parts(found)[-len(parts(other)) :] == parts(other)


def test_the_order_sends_its_reader_to_one_thing_that_is_not_on_file(order: Directive) -> None:
    found = Mentions((order,)).of(order)
    assert [(m.section, m.words) for m in found if m.dangling] == [
        ("IV.E.5", "Department’s Code of Conduct")
    ]


def test_a_clause_is_found_within_its_own_directive(order: Directive) -> None:
    towing = made(order)
    [mention] = said(towing, "II.A.1")
    assert (mention.words, mention.directive, mention.to) == ("section II(B)(2)", "9.01", "II.B.2")
    assert [m.to for m in said(towing, "II.B.1")] == ["II.A.2"]


def test_another_directive_is_found_by_its_number_or_its_title(order: Directive) -> None:
    conduct = made(order, "1.05", "Code of Conduct")
    towing = made(order, other="5.14, section E.16")
    found = said(towing, "I", order, conduct)
    assert [(m.directive, m.to, m.sort) for m in found] == [
        ("5.14", "IV.E.16", Sort.CLAUSE),
        ("1.05", None, Sort.DIRECTIVE),
    ]


@pytest.mark.parametrize(
    ("words", "mention", "sort"),
    [
        ("General Order 3.2", "General Order 3.2", Sort.DIRECTIVE),
        ("G.O. 3.1.2", "G.O. 3.1.2", Sort.DIRECTIVE),
        ("Special Order S09-01", "Special Order S09-01", Sort.DIRECTIVE),
        ("Policy 450", "Policy 450", Sort.DIRECTIVE),
        ("the rules, see 1.05", "see 1.05", Sort.DIRECTIVE),
        ("the Use of Force Policy", "Use of Force Policy", Sort.DIRECTIVE),
        ("RSA 91-A:5", "RSA 91-A:5", Sort.LAW),
        ("42 U.S.C. § 1983", "42 U.S.C. § 1983", Sort.LAW),
        ("720 ILCS 5/14-2", "720 ILCS 5/14-2", Sort.LAW),
        ("Penal Code § 832.7", "Penal Code § 832.7", Sort.LAW),
        ("C.G.S. § 54-86c", "C.G.S. § 54-86c", Sort.LAW),
    ],
)
def test_what_nothing_on_file_is_keeps_its_words(
    order: Directive, words: str, mention: str, sort: Sort
) -> None:
    towing = made(order, words=words)
    _, found = said(towing, "II.A.1", order)
    assert (found.words, found.sort, found.dangling) == (mention, sort, True)


@pytest.mark.parametrize(
    "words",
    [
        "the law",
        "this General Order",
        "General Order 9.01",
        "the policies of the Department",
        "Department Policy",
        "a court order",
        "section 12 of the Act",
        "item 5 hours a day",
    ],
)
def test_words_that_lead_nowhere_in_particular_are_no_reference(
    order: Directive, words: str
) -> None:
    assert len(said(made(order, words=words), "II.A.1")) == 1


@given(
    text=st.text(
        "See section IV.E(1) of GO 5.14, RSA 91-A; the Use of Force Policy §", max_size=120
    )
)
@settings(max_examples=200, deadline=None)
def test_mentions_are_the_texts_own_words_and_never_overlap(order: Directive, text: str) -> None:
    document = parse(f"# I. PURPOSE\n\n1. {text}\n2. See section I.1.\n")
    found = outline(document)
    directive = order.model_copy(update={"clauses": found.clauses, "headings": found.headings})
    for clause in directive.clauses:
        before = 0
        for mention in Mentions((directive,)).at(directive, clause):
            assert clause.text[mention.start : mention.end] == mention.words
            assert before <= mention.start < mention.end
            before = mention.end


def test_the_graph_counts_what_leads_from_one_directive_to_another(order: Directive) -> None:
    towing = made(order, other="5.14, section E.16", words="GO 5.14 and RSA 91-A:5")
    found = [
        (x.source.name, x.target.name, x.count, x.section) for x in Graph((order, towing)).links
    ]
    assert found == [
        ("GO 5.14", "Department’s Code of Conduct", 1, "IV.E.5"),
        ("GO 9.01", "GO 5.14", 2, "I"),
        ("GO 9.01", "Department’s Code of Conduct", 1, "I"),
        ("GO 9.01", "RSA 91-A:5", 1, "II.A.1"),
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("General Order 3.2", "see 3.2"),
        ("GO 3.2, section IV.A", "G.O. 3.2"),
        ("42 U.S.C. § 1983", "42 USC 1983"),
        ("the Use of Force Policy", "the Department Policy entitled “Use of Force”"),
    ],
)
def test_two_wordings_of_what_is_not_on_file_are_one_place(
    order: Directive, one: str, other: str
) -> None:
    both = (made(order, "9.01", words=one), made(order, "9.02", "Horses", words=other))
    keys = [x.target.key for x in Graph(both).links if x.section == "II.A.1"]
    assert len(keys) == 2 and len(set(keys)) == 1


def test_references_are_read_once_a_day_and_by_the_version_in_force(library: Library) -> None:
    day = [date(2030, 1, 1)]
    changed = revised(library.directives[0], date(2040, 2, 2), {"Code of Conduct": "own rules"})
    filed = replace(beside(library, changed), today=lambda: day[0])
    first = filed.graph()
    assert filed.graph() is first and [x.section for x in first.links] == ["IV.E.5"]
    day[0] = date(2040, 2, 2)
    assert filed.graph() is not first and filed.graph().links == ()


def test_a_version_is_read_by_its_own_sections(order: Directive) -> None:
    towing = made(order)
    kept = tuple(clause for clause in towing.clauses if clause.section != "II.B.2")
    newer = towing.model_copy(update={"clauses": kept, "effective": date(2040, 2, 2)})
    mentions = Mentions((newer,))
    assert [m.to for m in mentions.of(newer) if m.section == "II.A.1"] == [None]
    assert [m.to for m in mentions.of(towing) if m.section == "II.A.1"] == ["II.B.2"]


def test_only_a_clause_that_decides_is_said_to_lead_to_nothing_on_file(
    assistant: Assistant, order: Directive, reading: Reading
) -> None:
    line = "GO 5.14 § IV.E.5 refers to “Department’s Code of Conduct”, which is not on file."
    teller = Teller({"5.14": order}, {"5.14": reading})
    assert teller.unfiled([("5.14", "IV.E.5"), ("5.14", "IV.E.5•1")]) == [line]
    assert teller.unfiled([("5.14", "IV.E.5•1"), ("5.14", "IV.E.16")]) == []
    assert line in assistant.ask("do I have to follow the code of conduct on my own page?").notices
    assert line not in assistant.ask("may I post a photo in uniform on my own page?").notices


def test_the_list_puts_what_is_not_on_file_first(library: Library) -> None:
    first, *others = read(library)
    assert (first.section, first.words, first.to) == (
        "IV.E.5",
        "Department’s Code of Conduct",
        None,
    )
    assert all(one.to is not None for one in others)


def test_the_command_prints_one_object(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, out, err = command_line.run(monkeypatch, capfd, "directives", "references", "--json")
    assert (code, err) == (0, "")
    assert json.loads(out)["references"][0]["to"] is None
    code, out, _ = command_line.run(monkeypatch, capfd, "directives", "references", "5.14")
    assert code == 0 and "Code of Conduct" in out


def test_the_command_refuses_a_number_that_is_not_on_file(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, out, err = command_line.run(monkeypatch, capfd, "directives", "references", "7.77")
    assert (code, out) == (1, "")
    assert err == "'7.77' is not on file. On file: 5.14. Name one by its number.\n"
