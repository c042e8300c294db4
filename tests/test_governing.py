"""Several directives: what binds decides before guidance, and the order of loading does not."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engines.case import Match
from bot.engines.governing import Copies, governed, rank
from index.directive import Directive, Kind, kind_of
from index.rule import Effect, Reading, Rule

AT = "IV.E.18"


def made(
    order: Directive, number: str, kind: Kind = Kind.ORDER, unit: str | None = None
) -> Directive:
    return order.model_copy(update={"number": number, "kind": kind, "unit": unit})


def match(number: str, effect: Effect, *, certain: bool = True) -> Match:
    return Match(number, Rule(section=AT, says="x", force="shall", effect=effect), certain, 1.0)


def copies(reading: Reading, *directives: tuple[Directive, Effect, str]) -> Copies:
    """Return what knows these directives, whose rule on one clause has this effect and force."""
    readings = {}
    for directive, effect, force in directives:
        rule = Rule(section=AT, says="x", force=force, effect=effect)
        readings[directive.number] = Reading(
            number=directive.number,
            sha256=reading.sha256,
            reviewed_by=reading.reviewed_by,
            rules=(rule,),
        )
    return Copies({d.number: d for d, _, _ in directives}, readings)


@pytest.mark.parametrize(
    ("prefix", "kind"),
    [
        ("GO", Kind.ORDER),
        ("", Kind.ORDER),
        ("Training Bulletin", Kind.GUIDANCE),
        ("TB", Kind.GUIDANCE),
        ("Guidelines", Kind.GUIDANCE),
        ("SOP", Kind.PROCEDURE),
        ("Policy", Kind.POLICY),
        ("Rule", Kind.RULE),
    ],
)
def test_a_prefix_says_the_kind(prefix: str, kind: Kind) -> None:
    assert kind_of(prefix) is kind


def test_guidance_decides_nothing_where_an_order_speaks(order: Directive) -> None:
    known = {"5.14": order, "9": made(order, "9", Kind.GUIDANCE), "8": made(order, "8", unit="K9")}
    ban, leave = match("5.14", Effect.PROHIBITED), match("9", Effect.ALLOWED)
    assert governed([leave, ban], known) == (ban,)
    assert governed([leave], known) == (leave,)
    assert governed([match("8", Effect.ALLOWED), ban], known) == (ban,)
    maybe = match("5.14", Effect.PROHIBITED, certain=False)
    assert governed([leave, maybe], known) == (leave, maybe)


def test_between_equals_the_stricter_governs_and_the_softer_is_named(
    order: Directive, reading: Reading
) -> None:
    soft, hard = made(order, "1.01"), made(order, "9.99")
    known = copies(
        reading, (soft, Effect.ADVISED, "should not"), (hard, Effect.PROHIBITED, "shall not")
    )
    both = [("1.01", AT), ("9.99", AT)]
    assert known.governing(both[0], both) == ("9.99", AT)
    [line] = known.told(("9.99", AT), both)
    assert line.endswith("GO 9.99 is given, being stricter.")
    [line] = known.told(("1.01", AT), both)
    assert line.endswith("GO 9.99 is stricter: ask before you act.")


def test_an_order_governs_guidance_that_is_stricter(order: Directive, reading: Reading) -> None:
    bulletin = made(order, "1", Kind.GUIDANCE)
    known = copies(
        reading, (order, Effect.ADVISED, "should"), (bulletin, Effect.PROHIBITED, "must not")
    )
    both = [("1", AT), ("5.14", AT)]
    assert known.governing(both[0], both) == ("5.14", AT)
    [line] = known.told(("5.14", AT), both)
    assert line.endswith("GO 5.14 governs: GO 1 is guidance.")


def test_a_copy_of_the_same_force_is_not_worth_a_word(order: Directive, reading: Reading) -> None:
    twin = made(order, "7")
    known = copies(reading, (order, Effect.PROHIBITED, "shall not"), (twin, Effect.PROHIBITED, "x"))
    assert known.of(("5.14", AT), [("7", AT), ("7", "IV.E.1")]) == [("7", AT)]
    assert known.told(("5.14", AT), [("7", AT)]) == []


@given(numbers=st.permutations(["1", "2", "3", "4", "5"]))
def test_the_order_of_loading_does_not_matter(
    order: Directive, reading: Reading, numbers: Sequence[str]
) -> None:
    effects = dict(
        zip("12345", (Effect.ADVISED, Effect.PROHIBITED, Effect.REQUIRED) * 2, strict=False)
    )
    kinds = dict.fromkeys("12345", Kind.ORDER) | {"2": Kind.GUIDANCE}
    known = copies(
        reading, *((made(order, n, kinds[n]), effects[n], str(effects[n])) for n in numbers)
    )
    at = [(number, AT) for number in numbers]
    assert {known.governing(one, at) for one in at} == {("5", AT)}
    assert rank(made(order, "2", Kind.GUIDANCE)) > rank(made(order, "5", unit="K9")) > rank(order)
