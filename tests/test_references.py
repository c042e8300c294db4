"""References as officers write them lead to the clause itself; other letters and numbers do not."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.directive import ClauseKind, Directive
from index.references import Referred, refer

E16 = """
5.14 E.16
E.16
E.16?
e16
E-16
E 16
E #16
E no 16
"E" 16
(E)(16)
e sixteen
read me e16
§E16
§ IV.E.16
iv.e.16
IV E 16
IV(E)(16)
4.E.16
5.14(IV)(E)(16)
5.14E16
5.14-E-16
go5.14 e.16
GO 5.14 § IV.E.16
G.O. 5.14 sec E #16
general order 5.14, section E, number 16
policy 5.14 sect. E, para. 16
roman numeral four E 16
section IV, letter E, number 16
section E item 16
section e no. sixteen
letter E number sixteen
subsection E(16)
article E 16
part E, rule #16
rule #16 in part E
number 16 of section E
#16 in section E
item sixteen under section E
sixteenth item of section E
the 16th rule in part E
item 16 under personal use
the 16th rule under personal use
number sixteen under Personal Use of Social Media
can u gimme the wording of e-16
what does E.16 actually say
"""

OTHERS = [
    ("E.19 third bullet", "IV.E.19•3"),
    ("E.19 bullet 3", "IV.E.19•3"),
    ("E19 bullet number three", "IV.E.19•3"),
    ("E19•3", "IV.E.19•3"),
    ("IV.E.19•3", "IV.E.19•3"),
    ("GO 5.14 § IV.E.19•3", "IV.E.19•3"),
    ("g.o. 5.14 sec E #19 third bullet", "IV.E.19•3"),
    ("the 3rd bullet of E.19", "IV.E.19•3"),
    ("the third bullet of 5.14 E.19", "IV.E.19•3"),
    ("bullet 3 of e 19", "IV.E.19•3"),
    ("the last bullet of E.20", "IV.E.20•5"),
    ("c3 second bullet point", "IV.C.3•2"),
    ("E.19 ninth bullet", "IV.E.19"),
    ("section F", "IV.F"),
    ("part f", "IV.F"),
    ("IV.F", "IV.F"),
    ("5.14 F", "IV.F"),
    ("what is in section A", "IV.A"),
    ("5.14 A 4", "IV.A.4"),
    ("A.4", "IV.A.4"),
    ("D 6", "IV.D.6"),
    ("section I", "I"),
    ("section 1", "I"),
    ("section II", "II"),
    ("roman numeral two", "II"),
    ("5.14 II", "II"),
    ("II¶1", "II¶1"),
    ("II paragraph 1", "II¶1"),
    ("the second paragraph of section II", "II¶2"),
    ("section 2 paragraph 2", "II¶2"),
    ("section three", "III"),
    ("the definitions section", "III"),
    ("III.Wall", "III.Wall"),
    ("GO 5.14 § III.Post (verb)", "III.Post (verb)"),
    ("5.14 III.Web 2.0", "III.Web 2.0"),
    ("the section on employment screening", "IV.D"),
    ("approval process section", "IV.F"),
    ("number 2 under approval process", "IV.F.2"),
    ("item four under employment screening", "IV.D.4"),
    ("the closing paragraph", "closing"),
    ("what does the disclaimer say", "disclaimer"),
    ("5.14 header", "header"),
]

SEVERAL = [
    ("E.16 and F.1", ["IV.E.16", "IV.F.1"]),
    ("b3 or e3", ["IV.B.3", "IV.E.3"]),
    ("E.13, E.14 and E.15", ["IV.E.13", "IV.E.14", "IV.E.15"]),
    ("5.14 IV.E.16 and F 1", ["IV.E.16", "IV.F.1"]),
]

INVENTED = [
    ("E.21", "E.21"),
    ("show me 5.14 E.21", "E.21"),
    ("5.14 e21", "E.21"),
    ("section E number 30", "E.30"),
    ("does 5.14 F.3 cover this", "F.3"),
    ("G.1", "G.1"),
    ("5.14 section G", "G"),
]

NOTHING = """
can I post about a 15 yr old runaway
a 5 minute video of roll call
section 8 housing complaint on facebook
crash on E 3rd street, can I post it
at 5.14 pm I took a photo
on 5/14 I was off duty
coffee was $5.14
my F 150 is in the picture
a 4 person crew on snapchat
can a 16 year old cadet post
I have 2 pages
can I post 2 photos
we got a 10-33 call
unit B 12 posted a selfie
apartment B 4 search photos
apt. C3 search warrant photos
room A 2 was a mess
route 8 accident photo
I 95 crash photos
the I-95 crash
a code 3 response video
plan B for my page
can I wear my class A uniform in a pic
class B 1 uniform
my K9 in a photo
K 9 pic
Glock 19 photo
AR-15 selfie on my page
the article 15 from the army
an article I read on facebook
under part 2 of the video he says it
part time job post
a 3 day suspension
gang unit section of the station
what section of the city was it
in the 5th precinct
a post from May 14
14.5 hour shift
number 1 fan page
paragraph about me in the newspaper
C4 explosive photo
World War II photo
Rocky IV meme
my IV drip at the hospital, photo ok?
a letter a citizen sent me
title IX post
G.I. bill
D.C. trip photos
I am off at 6
what is the approval process
who is in charge of employment screening
GO 5.15 E.16
general order 1.05 A.2
3.12 section B.2
"""


def lines(table: str) -> list[str]:
    return [line for line in table.splitlines() if line]


def referred(question: str, order: Directive) -> Referred:
    return refer(question, [order])


@pytest.mark.parametrize("question", lines(E16))
def test_every_way_of_writing_it_leads_to_the_clause(question: str, order: Directive) -> None:
    found = [(r.section, r.exists) for r in referred(question, order).references]
    assert found == [("IV.E.16", True)]


@pytest.mark.parametrize(("question", "section"), OTHERS)
def test_bullets_parts_paragraphs_and_names_are_found(
    question: str, section: str, order: Directive
) -> None:
    found = [(r.section, r.exists) for r in referred(question, order).references]
    assert found == [(section, True)]


@pytest.mark.parametrize(("question", "sections"), SEVERAL)
def test_several_references_are_found_in_their_order(
    question: str, sections: list[str], order: Directive
) -> None:
    assert [r.section for r in referred(question, order).references] == sections


@pytest.mark.parametrize(("question", "section"), INVENTED)
def test_an_invented_clause_is_reported_as_not_there(
    question: str, section: str, order: Directive
) -> None:
    found = [(r.section, r.exists) for r in referred(question, order).references]
    assert found == [(section, False)]


@pytest.mark.parametrize("question", lines(NOTHING))
def test_other_letters_and_numbers_refer_to_nothing(question: str, order: Directive) -> None:
    assert referred(question, order).references == ()


def test_every_clause_is_found_by_its_full_citation(order: Directive) -> None:
    for clause in order.clauses:
        found = [r.section for r in referred(order.citation(clause.section), order).references]
        assert found == [clause.section]


def test_every_item_is_found_in_lower_case_without_marks(order: Directive) -> None:
    items = [c.section for c in order.clauses if c.kind is ClauseKind.ITEM]
    for section in items:
        written = section.removeprefix("IV.").replace(".", "").lower()
        found = [r.section for r in referred(f"read me {written}", order).references]
        assert found == [section]


def test_a_directive_named_alone_is_known_and_refers_to_no_clause(order: Directive) -> None:
    found = referred("what is G.O. 5.14 about", order)
    assert (found.named, found.references) == (("5.14",), ())


@pytest.mark.parametrize(
    ("number", "question", "section"),
    [
        ("35.80", "show me 35.80 1.1", "1.1"),
        ("35.80", "what does 35.80 § 1.1.2 say?", "1.1.2"),
        ("35.80", "35.80 section 1.1.2.a", "1.1.2.a"),
        ("39.35", "show me 39.35 III.A", "III.A"),
        ("39.35", "39.35 iii.a.1.b", "III.A.1.b"),
        ("39.35", "39.35 III.A.1.(b), please", "III.A.1.b"),
        ("G09-01-06", "G09-01-06 IV.D.4.a.(1)", "IV.D.4.a.(1)"),
        ("1026", "what does 1026.4.1(g) say", "1026.4.1(g)"),
        ("1026", "what does policy 1026.4.1 (g) say", "1026.4.1(g)"),
        ("1026", "1026 4.1(g)(2)", "1026.4.1(g)(2)"),
        ("1026", "1026.4", "1026.4"),
        ("G-7", "G-7 (a)(1)(A)", "(a)(1)(A)"),
        ("G-7", "read me G-7(a)", "(a)"),
    ],
)
def test_a_section_of_any_numbering_is_found_in_the_directive_named(
    number: str, question: str, section: str, order: Directive
) -> None:
    found = refer(question, [order, _numbered_as(number, order)])
    [reference] = found.references
    assert (reference.directive, reference.section, reference.exists) == (number, section, True)
    assert not any(letter.isdigit() for letter in found.rest)


@pytest.mark.parametrize(
    "question",
    ["may I say 10-1 under 35.80", "35.80 at 9.30 pm", "is 35.80 1.1% of it", "35.80 on 1/1"],
)
def test_other_figures_beside_a_directive_are_no_section_of_it(
    question: str, order: Directive
) -> None:
    assert refer(question, [order, _numbered_as("35.80", order)]).references == ()


def _numbered_as(number: str, order: Directive) -> Directive:
    """Return a directive with sections of many numberings at once."""
    sections = (
        "1.1 1.1.2 1.1.2.a 2.1 10.1 III.A III.A.1 III.A.1.b IV.D.4 IV.D.4.a.(1) 1026.4 1026.4.1(g) "
        "1026.4.1(g)(2) (a) (a)(1) (a)(1)(A)"
    ).split()
    item = next(clause for clause in order.clauses if clause.kind is ClauseKind.ITEM)
    clauses = tuple(item.model_copy(update={"section": one}) for one in sections)
    return order.model_copy(update={"number": number, "clauses": clauses, "headings": ()})


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=80))
def test_any_question_refers_to_real_clauses_or_says_they_are_not(
    order: Directive, question: str
) -> None:
    for reference in referred(question, order).references:
        assert bool(order.under(reference.section)) is reference.exists
