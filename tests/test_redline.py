"""Two versions of a directive, clause by clause: nothing is lost, and every word is told."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.directive import Clause, ClauseKind, Directive, Heading
from index.redline import Change, Mark, Redline, Segment, compare, segments

TEXTS = st.text(alphabet="ab .,’é•\n", max_size=40)
SENTENCES = st.lists(
    st.sampled_from("members shall not may post photos videos of the range without".split()),
    min_size=1,
    max_size=9,
).map(" ".join)
CLAUSES = st.dictionaries(st.sampled_from([f"I.A.{n}" for n in range(1, 9)]), SENTENCES)


def made(clauses: dict[str, str], day: date, titles: dict[str, str] | None = None) -> Directive:
    """Return a directive of these clauses, in their order, below these headings."""
    return Directive.model_construct(
        number="1.2",
        prefix="GO",
        effective=day,
        clauses=tuple(
            Clause(section=section, kind=ClauseKind.ITEM, text=text, span=(at * 100, at * 100 + 99))
            for at, (section, text) in enumerate(clauses.items(), 1)
        ),
        headings=tuple(
            Heading(section=section, numeral=section, title=title, span=(at, at + 1))
            for at, (section, title) in enumerate((titles or {}).items())
        ),
    )


def redline(old: dict[str, str], new: dict[str, str]) -> Redline:
    return compare(made(old, date(2020, 1, 1)), made(new, date(2021, 1, 1)))


def joined(found: tuple[Segment, ...], *marks: Mark) -> str:
    return "".join(one.text for one in found if one.mark in marks)


def told(found: Redline) -> list[tuple[str, str | None, str | None]]:
    return [(row.change.value, row.old, row.new) for row in found.rows]


@given(TEXTS, TEXTS)
def test_what_is_kept_and_removed_is_the_old_text_and_kept_and_added_the_new(
    old: str, new: str
) -> None:
    found = segments(old, new)
    assert joined(found, Mark.KEPT, Mark.REMOVED) == old
    assert joined(found, Mark.KEPT, Mark.ADDED) == new
    assert all(one.text for one in found)
    assert all(one.mark is not other.mark for one, other in pairwise(found))


@given(CLAUSES, CLAUSES)
def test_no_clause_of_either_version_is_lost_or_told_twice(
    old: dict[str, str], new: dict[str, str]
) -> None:
    found = redline(old, new)
    assert sorted(row.old for row in found.rows if row.old) == sorted(old)
    assert [row.new for row in found.rows if row.new] == list(new)
    for row in found.rows:
        was = old[row.old] if row.old else ""
        now = new[row.new] if row.new else ""
        assert joined(row.segments, Mark.KEPT, Mark.REMOVED) == was
        assert joined(row.segments, Mark.KEPT, Mark.ADDED) == now
        assert (row.change is Change.ADDED) == (row.old is None)
        assert (row.change is Change.REMOVED) == (row.new is None)
        assert (row.change is Change.CHANGED) == (bool(row.old and row.new) and was != now)
        assert (row.change is Change.SAME) == (row.old == row.new and was == now)


@given(CLAUSES)
def test_a_version_beside_itself_is_the_same_throughout(clauses: dict[str, str]) -> None:
    found = redline(clauses, clauses)
    assert {row.change for row in found.rows} <= {Change.SAME}
    assert (found.touched, found.worded) == ((), frozenset())


OLD = {
    "IV.E.1": "Members may post on duty.",
    "IV.E.2": "Members shall not post photographs of the range.",
    "IV.E.3": "A supervisor is told within three days.",
    "IV.E.4": "Members are cautioned about badges.",
}


def test_a_clause_put_in_between_renumbers_the_rest_and_changes_no_word() -> None:
    new = {
        "IV.E.1": OLD["IV.E.1"],
        "IV.E.2": "Nobody speaks to reporters.",
        "IV.E.3": OLD["IV.E.2"],
        "IV.E.4": OLD["IV.E.3"],
        "IV.E.5": OLD["IV.E.4"],
    }
    assert told(redline(OLD, new)) == [
        ("same", "IV.E.1", "IV.E.1"),
        ("added", None, "IV.E.2"),
        ("renumbered", "IV.E.2", "IV.E.3"),
        ("renumbered", "IV.E.3", "IV.E.4"),
        ("renumbered", "IV.E.4", "IV.E.5"),
    ]
    assert redline(OLD, new).worded == frozenset()


def test_a_clause_that_is_renumbered_and_reworded_is_one_that_changed() -> None:
    new = {
        "IV.E.1": "Members shall not post photographs or videos of the range.",
        "IV.E.2": OLD["IV.E.3"],
        "IV.E.3": OLD["IV.E.4"],
    }
    found = redline(OLD, new)
    assert told(found) == [
        ("removed", "IV.E.1", None),
        ("changed", "IV.E.2", "IV.E.1"),
        ("renumbered", "IV.E.3", "IV.E.2"),
        ("renumbered", "IV.E.4", "IV.E.3"),
    ]
    assert found.worded == {"IV.E.1", "IV.E.2"}


def test_a_change_of_a_few_words_is_told_by_those_words() -> None:
    old = "Members shall not post photographs of the range, on duty or off."
    new = "Members may post photographs of the range with approval, on duty or off."
    assert [(one.mark.value, one.text) for one in segments(old, new)] == [
        ("kept", "Members "),
        ("removed", "shall not"),
        ("added", "may"),
        ("kept", " post photographs of the range"),
        ("added", " with approval"),
        ("kept", ", on duty or off."),
    ]


def test_a_clause_that_says_something_else_altogether_is_told_whole() -> None:
    found = segments("Members may post on the wall.", "The records officer keeps the file.")
    assert [one.mark for one in found] == [Mark.REMOVED, Mark.ADDED]


def test_a_heading_that_changed_is_told_and_is_no_clause() -> None:
    titles = {"I": "PURPOSE", "II": "POLICY"}
    old = made({"I¶1": "Members read this."}, date(2020, 1, 1), titles)
    new = made({"I¶1": "Members read this."}, date(2021, 1, 1), {**titles, "I": "INTENT"})
    found = compare(old, new)
    [row] = found.touched
    assert (row.heading, row.change, row.section) == (True, Change.CHANGED, "I")
    assert found.worded == frozenset()


def test_the_order_on_file_beside_itself_with_two_clauses_changed(order: Directive) -> None:
    changed = {"IV.E.16": ("shall not", "may"), "IV.F.2": ("seek approval", "obtain approval")}
    clauses = tuple(
        clause.model_copy(update={"text": clause.text.replace(*changed[clause.section])})
        if clause.section in changed
        else clause
        for clause in order.clauses
    )
    found = compare(order, order.model_copy(update={"clauses": clauses}))
    assert [(row.change, row.section) for row in found.touched] == [
        (Change.CHANGED, "IV.E.16"),
        (Change.CHANGED, "IV.F.2"),
    ]
    assert found.count(Change.SAME) == len(order.clauses) + len(order.headings) - 2


@pytest.mark.parametrize("change", Change)
def test_counts_are_of_every_row(change: Change) -> None:
    new = {"IV.E.1": "Else.", "IV.E.3": OLD["IV.E.3"], "IV.E.9": OLD["IV.E.4"]}
    found = redline(OLD, new)
    assert found.count(change) == sum(row.change is change for row in found.rows)
