"""The duty to report a posting is cited where a colleague's post seems to break the order."""

from collections.abc import Sequence

import pytest
from telling_wordings import (
    HELD_BACK_COLLEAGUE,
    HELD_BACK_OTHER,
    TUNED_COLLEAGUE,
    TUNED_OTHER,
)

from bot.assistant import Assistant

DUTY = "IV.E.12"


def _citing(assistant: Assistant, questions: Sequence[str]) -> set[str]:
    """Return the questions whose answer cites the duty to report."""
    return {one for one in questions if DUTY in {c.section for c in assistant.ask(one).citations}}


@pytest.mark.parametrize(
    ("wordings", "least"), [(TUNED_COLLEAGUE, 7), (HELD_BACK_COLLEAGUE, 7)], ids=["tuned", "held"]
)
def test_a_colleague_s_post_that_seems_to_break_the_order_has_the_duty_cited(
    assistant: Assistant, wordings: tuple[str, ...], least: int
) -> None:
    assert len(_citing(assistant, wordings)) >= least


@pytest.mark.parametrize("wordings", [TUNED_OTHER, HELD_BACK_OTHER], ids=["tuned", "held"])
def test_a_post_of_which_nothing_forbidden_is_told_calls_for_no_report(
    assistant: Assistant, wordings: tuple[str, ...]
) -> None:
    assert _citing(assistant, wordings) == set()


def test_what_is_asked_about_reporting_itself_has_the_duty_cited(assistant: Assistant) -> None:
    asked = (
        "my sergeant posted something, do I have to report it",
        "is it against the policy what my partner posted, who do I tell",
    )
    assert _citing(assistant, asked) == set(asked)
