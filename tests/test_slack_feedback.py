"""What people say of answers: without the question unless ticked, once each, until looked at."""

import asyncio
from pathlib import Path

import pytest
from slack_protocol import OFFICER, PARTNER, SERGEANT, Message, View
from slack_rig import joined
from slack_scenes import QUESTION, Scene, words
from slack_server import SlackServer

from bot.feedback import Right
from bot.slack import wording
from bot.slack.ids import Action
from bot.slack.ids import View as Callback


async def _form(scene: Scene, answer: Message, user: str = OFFICER) -> View:
    return await scene.view(scene.slack.block_actions(answer, Action.FEEDBACK, user))


async def _list(scene: Scene) -> View:
    scene.administrator(SERGEANT)
    home = await scene.home(SERGEANT)
    return await scene.view(scene.slack.block_actions(home, Action.SHOW_FEEDBACK))


@pytest.mark.parametrize("ticked", [True, False])
async def test_the_question_is_kept_only_where_it_was_ticked(scene: Scene, ticked: bool) -> None:
    form = await _form(scene, await scene.private())
    values = {"right": "no", "reason": "off duty", "include": ["yes"] if ticked else []}
    await scene.give(scene.slack.view_submission(form, values))
    [given] = scene.rig.feedback.to_look_at()
    assert (given.question, given.reason) == (QUESTION if ticked else None, "off duty")
    assert given.answer == "answer-1" and given.version.startswith("5.14@")
    with scene.rig.engine.connect() as connection:
        rows = str(connection.exec_driver_sql("SELECT * FROM feedback").all())
    assert OFFICER not in rows and (QUESTION in rows) == ticked


async def test_a_later_word_stands_in_place_of_an_earlier_one(scene: Scene) -> None:
    answer = await scene.direct()
    await scene.give(scene.slack.block_actions(answer, Action.THUMBS, choose="negative"))
    assert [one.right for one in scene.rig.feedback.to_look_at()] == [Right.NO]
    [form] = scene.slack.views
    await scene.give(scene.slack.view_submission(form, {"right": "unsure", "reason": "hm"}))
    assert [one.right for one in scene.rig.feedback.to_look_at()] == [Right.UNSURE]
    await scene.give(scene.slack.block_actions(answer, Action.THUMBS, choose="positive"))
    assert scene.rig.feedback.to_look_at() == ()
    assert scene.rig.feedback.of(scene.rig.asker(OFFICER)) == 1


async def test_thumbs_down_is_kept_at_once_and_chosen_in_the_form(scene: Scene) -> None:
    answer = await scene.direct()
    await scene.give(scene.slack.block_actions(answer, Action.THUMBS, choose="negative"))
    assert len(scene.rig.feedback.to_look_at()) == 1
    [form] = scene.slack.views
    await scene.give(scene.slack.view_submission(form, {}))
    assert [one.right for one in scene.rig.feedback.to_look_at()] == [Right.NO]


async def test_two_people_who_click_at_once_are_two_voices(scene: Scene) -> None:
    await scene.configure(place="thread")
    await scene.give(scene.slack.mention(QUESTION)[0])
    answer, people = scene.last, (OFFICER, PARTNER)
    clicks = [scene.slack.block_actions(answer, Action.FEEDBACK, user) for user in people]
    await asyncio.gather(*(scene.rig.give(click) for click in clicks))
    await scene.quiet()
    forms = [one for one in scene.slack.views if one.content["callback_id"] == Callback.FEEDBACK]
    assert {form.user for form in forms} == {*people}
    sent = [scene.slack.view_submission(form, {"right": "no"}) for form in forms]
    await asyncio.gather(*(scene.rig.give(payload) for payload in sent))
    assert len(scene.rig.feedback.to_look_at()) == 2


async def test_where_everybody_can_press_it_nobody_can_include_another_s_question(
    scene: Scene,
) -> None:
    await scene.configure(place="thread")
    await scene.give(scene.slack.mention(QUESTION)[0])
    form = await _form(scene, scene.last, PARTNER)
    assert wording.INCLUDE_TICK not in words(form) and "locker" not in words(form)
    assert "locker" not in str(scene.last.blocks)


async def test_the_list_names_nobody_and_a_look_erases_the_text(scene: Scene) -> None:
    form = await _form(scene, await scene.private())
    values = {"right": "no", "reason": "I was off duty", "include": ["yes"]}
    await scene.give(scene.slack.view_submission(form, values))
    shown = await _list(scene)
    assert QUESTION in words(shown) and "I was off duty" in words(shown)
    assert OFFICER not in words(shown)
    await scene.give(scene.slack.block_actions(shown, Action.LOOKED_AT))
    await scene.slack.wait_for(lambda: shown.revisions, 5.0, "what is left")
    assert wording.FEEDBACK_NONE in words(shown) and scene.rig.feedback.to_look_at() == ()
    with scene.rig.engine.connect() as connection:
        rows = str(connection.exec_driver_sql("SELECT * FROM feedback").all())
    assert "off duty" not in rows and "locker" not in rows


async def test_two_administrators_who_look_at_once_change_nothing_twice(scene: Scene) -> None:
    form = await _form(scene, await scene.private())
    await scene.give(scene.slack.view_submission(form, {"right": "no"}))
    lists = [await _list(scene), await _list(scene)]
    clicks = [scene.slack.block_actions(one, Action.LOOKED_AT) for one in lists]
    await asyncio.gather(*(scene.rig.give(click) for click in clicks))
    await scene.slack.wait_for(lambda: all(one.revisions for one in lists), 5.0, "two lists")
    assert all(wording.FEEDBACK_NONE in words(one) for one in lists)
    assert scene.rig.surface.counts["failed"] == 0  # type: ignore[index]


async def test_nobody_but_an_administrator_sees_or_closes_feedback(scene: Scene) -> None:
    form = await _form(scene, await scene.private())
    await scene.give(scene.slack.view_submission(form, {"right": "no", "reason": "secret"}))
    shown = await _list(scene)
    scene.slack.users[SERGEANT].admin = False
    await scene.give(scene.slack.block_actions(shown, Action.LOOKED_AT))
    assert len(scene.rig.feedback.to_look_at()) == 1
    home = scene.slack.homes[SERGEANT]
    again = await scene.view(scene.slack.block_actions(home, Action.SHOW_FEEDBACK))
    assert wording.NOT_FOR_YOU in words(again) and "secret" not in words(again)


async def test_a_form_sent_after_a_restart_is_kept(
    scene: Scene, slack: SlackServer, tmp_path: Path
) -> None:
    form = await _form(scene, await scene.private())
    await scene.rig.surface.stop()
    async with joined(slack, tmp_path) as rig:
        await Scene(slack, rig).give(slack.view_submission(form, {"right": "no"}))
        assert len(rig.feedback.to_look_at()) == 1


async def test_a_form_of_an_older_version_is_closed_and_keeps_nothing(scene: Scene) -> None:
    form = await _form(scene, await scene.private())
    payload = scene.slack.view_submission(form, {"right": "no"})
    payload["view"]["private_metadata"] = '{"answer": 7}'
    await scene.give(payload)
    assert scene.rig.feedback.to_look_at() == () and not form.open
