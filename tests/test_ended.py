"""A number that is in force no more: who ended it, and what is said of it."""

from datetime import date
from pathlib import Path

import pytest
from versioned import FIRST

from index.directive import Directive
from index.ended import Ended, ended, named
from index.library import Library, load

CORPUS = Path(__file__).resolve().parent.parent / "corpus"
TODAY = date(2026, 11, 23)


def filed(order: Directive, **changed: object) -> Directive:
    return order.model_copy(update=changed)


def holding(order: Directive, *more: Directive, day: date = TODAY) -> Library:
    found = Library((*more, order), {}, lambda: day)
    return found.at(day)


def test_what_the_order_in_force_rescinds_is_ended_and_its_header_says_so(order: Directive) -> None:
    [gone] = ended(holding(order))
    assert gone == Ended(
        number="3.1.2", since=FIRST, by="5.14", by_name="GO 5.14", section="header", filed=False
    )


def test_before_the_order_took_effect_it_had_ended_nothing(order: Directive) -> None:
    assert ended(holding(order, day=date(2019, 9, 9))) == ()


def test_a_rescinded_order_on_file_is_ended_by_the_one_that_rescinds_it(order: Directive) -> None:
    old = filed(order, number="3.1.2", effective=date(2010, 1, 1), rescinds=(), sha256="1" * 64)
    [gone] = ended(holding(order, old))
    assert (gone.filed, gone.by, gone.section) == (True, "5.14", "header")
    assert ended(holding(order, old, day=date(2015, 1, 1))) == ()


def test_an_order_that_ended_by_its_own_sheet_has_no_successor(order: Directive) -> None:
    old = filed(
        order,
        number="7.2",
        effective=date(2010, 1, 1),
        rescinds=(),
        ended=date(2020, 5, 5),
        sha256="1" * 64,
    )
    gone = {one.number: one for one in ended(holding(order, old))}["7.2"]
    assert (gone.by, gone.since, gone.filed) == (None, date(2020, 5, 5), True)


def test_a_superseded_version_of_a_number_in_force_is_no_ended_number(order: Directive) -> None:
    later = filed(order, effective=date(2022, 1, 1), sha256="1" * 64)
    assert {one.number for one in ended(holding(later, order))} == {"3.1.2"}


@pytest.mark.parametrize(
    ("question", "meant"),
    [
        ("does GO 3.1.2 still apply?", True),
        ("what about 3.1.2?", True),
        ("3.1.2, is it in force", True),
        ("3.1.2.4 of the manual", False),
        ("version 13.1.2", False),
        ("can I post a photo", False),
    ],
)
def test_a_number_is_named_where_it_stands_by_itself(question: str, meant: bool) -> None:
    gone = ended(load(CORPUS, lambda: TODAY))
    assert (named(question, gone) is not None) is meant


def test_a_plain_number_is_named_only_as_an_orders() -> None:
    gone = (Ended(number="12"),)
    assert named("is order 12 in force", gone)
    assert not named("we were 12 people", gone)
