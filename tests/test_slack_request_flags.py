"""The questions of a request in Slack: what is ticked, what is unsure, and what is "no" then."""

import json
from typing import Any

import pytest
from guides import FILLED, QUESTIONS, flags_submitted, replies, submitted, whole
from hypothesis import given
from hypothesis import strategies as st
from slack_payloads import state_of
from slack_protocol import OFFICER, Delivery, View
from slack_scenes import Scene, words

from bot.approvals.request import Answered, Reply
from bot.slack import request_wording, wording
from bot.slack.ids import Action
from bot.slack.request_flags import (
    NONE,
    UNSURE,
    applying,
    by_field,
    chosen_flags,
    flag_entries,
    flag_errors,
    told_flags,
    with_no,
)
from index.request import MOST_IN_GROUP, Questions

LABELS = {one.name: one.label for one in QUESTIONS.flags}
NOTHING: dict[str, object] = {applying(group): [] for group in QUESTIONS.groups}
NOTHING |= {UNSURE: [], NONE: []}
GIVEN = st.lists(
    st.builds(Answered, name=st.sampled_from(sorted(LABELS)), reply=st.sampled_from(list(Reply))),
    unique_by=lambda one: one.name,
).map(lambda found: tuple(sorted(found, key=lambda one: list(LABELS).index(one.name))))


def _blocks(flags: tuple[Answered, ...]) -> list[dict[str, Any]]:
    return [block.to_dict() for block in flag_entries(QUESTIONS, flags)]


def _state(values: dict[str, object], flags: tuple[Answered, ...] = ()) -> dict[str, Any]:
    return state_of(_blocks(flags), values)


async def _form(scene: Scene) -> View:
    answer = await scene.direct()
    return await scene.view(scene.slack.block_actions(answer, Action.FILL_REQUEST))


async def _submit(scene: Scene, form: View, **flags: object) -> Delivery:
    values = submitted(FILLED) | NOTHING | flags
    return await scene.give(scene.slack.view_submission(form, values))


def _answer(delivery: Delivery) -> dict[str, Any]:
    assert delivery.response is not None
    return delivery.response


def test_every_question_stands_open_as_a_tick_under_its_heading_and_in_the_menu() -> None:
    blocks = {b["block_id"]: b for b in _blocks(()) if b["type"] == "input"}
    assert [*blocks] == [*(applying(group) for group in QUESTIONS.groups), UNSURE, NONE]
    for group in QUESTIONS.groups:
        block = blocks[applying(group)]
        options = block["element"]["options"]
        assert len(options) <= MOST_IN_GROUP and group.title in block["label"]["text"]
        assert [one["text"]["text"] for one in options] == [
            one.label for one in QUESTIONS.under(group)
        ]
    groups = blocks[UNSURE]["element"]["option_groups"]
    offered = [one["value"] for group in groups for one in group["options"]]
    assert offered == [*LABELS] and len(blocks) <= 8
    assert all(block["optional"] for block in blocks.values())


def test_a_corpus_that_asks_nothing_has_no_fields_and_no_faults() -> None:
    assert [*flag_entries(Questions(), ())] == []
    assert chosen_flags({}, Questions()) == () and flag_errors({}, Questions()) == {}
    assert told_flags((), Questions()) == ()


@given(GIVEN)
def test_the_three_replies_of_a_saved_form_come_back_as_they_were(
    flags: tuple[Answered, ...],
) -> None:
    assert chosen_flags(_state({}, flags), QUESTIONS, flags) == flags


@given(GIVEN)
def test_what_is_sent_has_a_reply_to_every_question_and_no_other_yes(
    flags: tuple[Answered, ...],
) -> None:
    whole_ = with_no(flags, QUESTIONS)
    assert [one.name for one in whole_] == [*LABELS] and set(flags) <= set(whole_)
    assert {one.reply for one in set(whole_) - set(flags)} <= {Reply.NO}


def test_a_question_that_nobody_answered_is_left_out_until_the_request_is_sent() -> None:
    web = (Answered(name="rank", reply=Reply.NO), Answered(name="uniform", reply=Reply.YES))
    state = _state({"flags-shows": ["weapon"]}, web)
    assert chosen_flags(state, QUESTIONS, web) == (
        Answered(name="uniform", reply=Reply.NO),
        Answered(name="weapon", reply=Reply.YES),
        Answered(name="rank", reply=Reply.NO),
    )


def test_the_one_tick_answers_no_to_all_that_is_not_chosen() -> None:
    state = _state({"flags-shows": ["weapon"], UNSURE: ["scene"], NONE: ["yes"]})
    assert chosen_flags(state, QUESTIONS) == replies(weapon="yes", scene="not sure")


def test_what_is_in_both_fields_is_kept_as_not_sure_and_is_a_fault_when_it_is_sent() -> None:
    state = _state({"flags-shows": ["weapon", "uniform"], UNSURE: ["uniform", "rank"]})
    said = {one.name: one.reply for one in chosen_flags(state, QUESTIONS)}
    assert said == {"weapon": "yes", "uniform": "not sure", "rank": "not sure"}
    [(field, sentence)] = flag_errors(state, QUESTIONS).items()
    assert field == UNSURE and f"“{LABELS['uniform']}”" in sentence
    assert LABELS["weapon"] not in sentence and LABELS["rank"] not in sentence


def test_sentences_stand_once_at_each_field_of_their_replies_and_are_of_bearable_length() -> None:
    flags = replies(weapon="yes", drawn="yes", scene="not sure")
    both = {"weapon": ["One."], "drawn": ["One.", "Two."], "scene": ["x" * 9_000]}
    found = by_field(both, QUESTIONS, flags)
    assert set(found) == {"flags-shows", UNSURE}
    assert found["flags-shows"].count("One.") == 1 and "Two." in found["flags-shows"]
    assert len(found[UNSURE]) <= 1_500


def test_what_was_answered_is_told_before_it_is_sent() -> None:
    count = len(QUESTIONS.flags)
    assert told_flags(replies(), QUESTIONS) == (request_wording.ALL_NO.format(count=count),)
    lines = told_flags(replies(weapon="yes", scene="not sure"), QUESTIONS)
    assert LABELS["weapon"] in lines[0] and LABELS["scene"] in lines[1]
    assert lines[2] == request_wording.REST.format(count=count - 2)
    every = replies(**dict.fromkeys(LABELS, "yes"))
    assert len(told_flags(every, QUESTIONS)) == 1


async def test_a_form_with_nothing_chosen_is_no_silent_no_to_everything(scene: Scene) -> None:
    form = await _form(scene)
    answer = _answer(await _submit(scene, form))
    assert answer["errors"] == {NONE: request_wording.NOTHING_CHOSEN}
    assert _answer(await _submit(scene, form, **{NONE: ["yes"]}))["response_action"] == "push"
    check = scene.slack.views[-1]
    assert request_wording.ALL_NO.format(count=len(QUESTIONS.flags)) in words(check)
    await scene.give(scene.slack.view_submission(check, {}))
    [request] = scene.rig.store.all()
    assert request.content.flags == replies()


async def test_where_something_is_chosen_the_rest_is_no_and_the_check_says_so(
    scene: Scene,
) -> None:
    form = await _form(scene)
    await _submit(scene, form, **{"flags-shows": ["uniform"]})
    check = scene.slack.views[-1]
    assert f"“{LABELS['uniform']}”" in words(check)
    [draft] = scene.rig.store.drafts_of(scene.rig.asker(OFFICER))
    assert draft.filled is not None
    assert draft.filled.flags == (Answered(name="uniform", reply=Reply.YES),)
    await scene.give(scene.slack.view_submission(check, {}))
    [request] = scene.rig.store.all()
    assert request.content.flags == replies(uniform="yes")


async def test_one_question_in_both_fields_is_said_at_the_second_and_nothing_is_sent(
    scene: Scene,
) -> None:
    form = await _form(scene)
    given_ = {"flags-shows": ["uniform"], UNSURE: ["uniform"]}
    answer = _answer(await _submit(scene, form, **given_))
    assert [*answer["errors"]] == [UNSURE] and LABELS["uniform"] in answer["errors"][UNSURE]
    assert form.open and scene.rig.store.all() == ()


async def test_faults_of_fields_and_of_questions_are_said_at_once(scene: Scene) -> None:
    form = await _form(scene)
    answer = _answer(await _submit(scene, form, colleagues_named="x" * 101))
    assert set(answer["errors"]) == {"colleagues", NONE}


async def test_a_form_of_another_version_gets_a_sentence_and_not_an_error_nobody_sees(
    scene: Scene,
) -> None:
    form = await _form(scene)
    payload = scene.slack.view_submission(form, submitted(whole()))
    state = payload["view"]["state"]["values"]
    del state["flags-shows"]
    answer = _answer(await scene.give(payload))
    assert answer["response_action"] == "push" and wording.FORM_CHANGED in json.dumps(answer)


@pytest.mark.parametrize("said", ["yes", "not sure", "no"])
def test_the_tests_fill_in_a_form_as_people_do(said: str) -> None:
    flags = replies(uniform=said)
    state = _state(flags_submitted(flags))
    assert with_no(chosen_flags(state, QUESTIONS), QUESTIONS) == flags
