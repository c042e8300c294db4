"""Messages that tell of an own case: the officer is warned before writing more; others are not."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.asked import load_facts
from index.remarks import Remarks, load_remarks
from index.words import words

CORPUS = Path(__file__).resolve().parent.parent / "corpus"
MESSAGES = Path(__file__).parent / "data" / "own-cases.tsv"
REMARKS = load_remarks(CORPUS, load_facts(CORPUS))
OWN_CASE = REMARKS.remarks["own_case"]
[ACCOUNT] = [cue.told for cue in OWN_CASE.heard if cue.told is not None]


def warned(message: str, remarks: Remarks = REMARKS) -> bool:
    said = tuple(words(message))
    return OWN_CASE.text in remarks.called_for(said, frozenset(), message)


def _share_warned(kind: str) -> tuple[float, list[str]]:
    with MESSAGES.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    found = {row["message"]: warned(row["message"]) for row in rows if row["warned"] == kind}
    wrong = [message for message, is_warned in found.items() if is_warned is not (kind == "yes")]
    return sum(found.values()) / len(found), wrong


def test_most_messages_that_tell_of_an_own_case_are_warned_of() -> None:
    share, missed = _share_warned("yes")
    assert share >= 0.8, missed


def test_hardly_any_message_that_only_asks_is() -> None:
    share, wrong = _share_warned("no")
    assert share <= 0.02, wrong


@pytest.mark.parametrize(
    ("told", "asked"),
    [
        ("I tagged the department in a selfie", "if I tagged the department in a selfie"),
        ("yesterday I put it on my page", "can I put it on my page"),
        ("posted a pic of the crash", "posted limits on the highway"),
        ("we accidentally leaked the list", "what happens if we leaked the list"),
    ],
)
def test_a_deed_is_told_apart_from_a_question_about_it(told: str, asked: str) -> None:
    assert warned(told)
    assert not warned(asked)


@given(st.sampled_from(sorted(ACCOUNT.deeds)))
def test_no_deed_is_an_own_case_after_if(deed: str) -> None:
    assert ACCOUNT.told(("yesterday", "i", deed, "it"))
    assert not ACCOUNT.told(("if", "i", deed, "it"))
