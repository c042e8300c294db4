"""App Home and what is kept: the notice once, a role for the examples, drafts shown and deleted."""

import asyncio
from pathlib import Path

import pytest
from slack_protocol import OFFICER, PARTNER, SERGEANT
from slack_rig import calls, joined, posted
from slack_scenes import QUESTION, Scene, words
from slack_server import SlackServer

from bot.slack import wording
from bot.slack.ids import Action, Role
from bot.slack.prompts import prompts

NOTICE = wording.FIRST_USE[1][:40]


def _noticed(scene: Scene) -> list[bool]:
    return [NOTICE in message.words for message in posted(scene.slack)]


async def test_the_first_use_notice_comes_once_to_each_person(
    scene: Scene, slack: SlackServer
) -> None:
    for payload in (
        slack.message_im(QUESTION),
        slack.message_im(QUESTION),
        slack.slash_command("/policy", QUESTION),
        slack.message_im(QUESTION, PARTNER),
        slack.mention(QUESTION, PARTNER, thread_ts=scene.root())[0],
    ):
        await scene.give(payload)
    assert _noticed(scene) == [True, False, False, True, False]


async def test_whoever_begins_with_help_has_not_seen_the_notice_yet(
    scene: Scene, slack: SlackServer
) -> None:
    for text in ("help", "x" * 5_000, QUESTION, QUESTION):
        await scene.give(slack.message_im(text))
    assert _noticed(scene) == [False, False, True, False]


async def test_the_notice_does_not_come_again_after_a_restart(
    scene: Scene, slack: SlackServer, tmp_path: Path
) -> None:
    await scene.direct()
    await scene.rig.surface.stop()
    async with joined(slack, tmp_path) as rig:
        await Scene(slack, rig).direct()
    assert _noticed(scene) == [True, False]


@pytest.mark.parametrize("role", Role)
async def test_a_role_changes_the_examples_and_nothing_else(
    scene: Scene, slack: SlackServer, role: Role
) -> None:
    home = await scene.home()
    await scene.give(slack.block_actions(home, Action.ROLE, choose=role.value))
    first = prompts(role)[0].message
    await slack.wait_for(lambda: first in words(slack.homes[OFFICER]), 5.0, "examples")
    for other in Role:
        shown = [one.message in words(slack.homes[OFFICER]) for one in prompts(other)]
        assert all(shown) if other is role else not any(shown)
    await scene.give(slack.app_home_opened(tab="messages"))
    suggested = slack.prompts[slack.im(), None]["prompts"]
    assert [one["message"] for one in suggested] == [one.message for one in prompts(role)]
    assert Action.CHANNEL_SETTINGS not in words(slack.homes[OFFICER])


async def test_a_title_chooses_the_examples_until_the_person_does(
    scene: Scene, slack: SlackServer
) -> None:
    slack.users[SERGEANT].title = "Patrol Sergeant"
    await scene.give(slack.app_home_opened(SERGEANT, "messages"))
    suggested = slack.prompts[slack.im(SERGEANT), None]["prompts"]
    assert suggested[0]["message"] == prompts(Role.SUPERVISOR)[0].message


async def test_a_plan_without_prompts_or_status_costs_neither_home_nor_answer(
    scene: Scene, slack: SlackServer
) -> None:
    for method in ("setSuggestedPrompts", "setStatus", "setTitle"):
        slack.fail_next(f"assistant.threads.{method}", error="not_allowed", times=None)
    await scene.give(slack.app_home_opened(tab="messages"))
    answer = await scene.direct()
    assert "Needs permission" in answer.words
    assert dict(scene.rig.surface.counts) == {
        "prompts could not be suggested": 1,
        "status could not be shown": 1,
    }


async def test_an_example_opens_the_form_with_it_and_its_answer_comes_directly(
    scene: Scene, slack: SlackServer
) -> None:
    home = await scene.home()
    click = slack.block_actions(home, Action.ASK)
    example = prompts(Role.OFFICER)[0].message
    click["actions"][0]["value"] = example
    form = await scene.view(click)
    assert example in words(form)
    await scene.give(slack.view_submission(form, {}))
    assert scene.rig.answers.asked == [(example, ())]
    assert (scene.last.channel, scene.last.ephemeral) == (slack.im(), None)
    assert f"{wording.ASKED} “{example}”" in scene.last.words


async def test_an_ask_form_sent_after_a_restart_or_twice_is_answered_once(
    scene: Scene, slack: SlackServer, tmp_path: Path
) -> None:
    form = await scene.view(slack.shortcut("ask"))
    payload = slack.view_submission(form, {"question": QUESTION})
    await scene.rig.surface.stop()
    async with joined(slack, tmp_path) as rig:
        later = Scene(slack, rig)
        await later.give(payload)
        await later.give(payload)
        assert len(posted(slack)) == 1


async def test_what_is_kept_about_me_shows_my_drafts_and_deletes_them(
    scene: Scene, slack: SlackServer
) -> None:
    await scene.direct()
    await scene.give(slack.message_im("a colleague's question", PARTNER))
    kept = await scene.view(slack.slash_command("/policy", "What is kept about me?"))
    assert QUESTION in words(kept) and "colleague" not in words(kept)
    assert wording.KEPT_NOTICE in words(kept)
    await scene.give(slack.block_actions(kept, Action.DELETE_DRAFTS))
    await slack.wait_for(lambda: kept.revisions, 5.0, "what is left")
    assert QUESTION not in words(kept) and Action.DELETE_DRAFTS not in words(kept)
    store = scene.rig.store
    assert store.draft("answer-1") is None and store.draft("answer-2") is not None


async def test_drafts_can_be_deleted_after_a_restart(
    scene: Scene, slack: SlackServer, tmp_path: Path
) -> None:
    await scene.direct()
    kept = await scene.view(slack.slash_command("/policy", "kept"))
    await scene.rig.surface.stop()
    async with joined(slack, tmp_path) as rig:
        await Scene(slack, rig).give(slack.block_actions(kept, Action.DELETE_DRAFTS))
        assert rig.store.draft("answer-1") is None


async def test_nobody_sees_another_s_drafts(scene: Scene, slack: SlackServer) -> None:
    await scene.direct()
    kept = await scene.view(slack.slash_command("/policy", "kept", PARTNER))
    assert wording.KEPT_NOTHING in words(kept) and "locker" not in words(kept)


async def test_a_home_that_cannot_be_published_is_tried_at_the_next_visit(
    scene: Scene, slack: SlackServer
) -> None:
    slack.fail_next("views.publish", error="internal_error")
    await scene.give(slack.app_home_opened())
    assert slack.homes == {} and posted(slack) == []
    await scene.give(slack.app_home_opened())
    assert OFFICER in slack.homes


@pytest.mark.parametrize("trouble", [{"cut": "before"}, {"cut": "after"}, {"status": 503}])
@pytest.mark.parametrize("method", ["views.publish", "users.info"])
async def test_a_call_that_does_no_more_twice_than_once_is_tried_again(
    scene: Scene, slack: SlackServer, method: str, trouble: dict[str, str | int]
) -> None:
    slack.fail_next(method, **trouble)  # type: ignore[arg-type]
    await scene.home()
    assert scene.rig.surface.counts["failed"] == 0  # type: ignore[index]


async def test_a_draft_is_checked_in_private_and_nothing_is_sent(
    scene: Scene, slack: SlackServer
) -> None:
    caption = slack.write("finally on nights, <!channel> *look* at me", PARTNER)
    form = await scene.view(slack.shortcut("check_draft", message=caption))
    assert wording.DRAFT_NOTHING_SENT in words(form) and "§ IV.E.16" in words(form)
    assert posted(slack) == [] and form.user == OFFICER
    assert scene.rig.answers.asked[0][0].endswith("finally on nights, @channel *look* at me")
    assert scene.rig.store.draft("answer-1") is None


async def test_a_draft_without_words_gets_a_line_why(scene: Scene, slack: SlackServer) -> None:
    picture = slack.find(slack.im(), slack.upload("range.jpg")["event"]["ts"])
    form = await scene.view(slack.shortcut("check_draft", message=picture))
    assert wording.DRAFT_EMPTY in words(form) and scene.rig.answers.asked == []


async def test_a_form_that_opens_too_late_is_told_in_private(
    scene: Scene, slack: SlackServer
) -> None:
    for text in ("kept", "settings"):
        payload = slack.slash_command("/policy", text)
        slack.advance(4)
        await scene.give(payload)
        assert scene.last.ephemeral == OFFICER and "E-514" in scene.last.words
    home = await scene.home()
    click = slack.block_actions(home, Action.SHOW_KEPT)
    slack.advance(4)
    await scene.give(click)
    assert scene.last.channel == slack.im() and "E-514" in scene.last.words
    assert [call["user_id"] for call in calls(slack, "views.publish")] == [OFFICER]


async def test_many_first_questions_of_one_person_all_get_answers(
    scene: Scene, slack: SlackServer
) -> None:
    payloads = [slack.message_im(f"{QUESTION} {number}") for number in range(5)]
    await asyncio.gather(*(scene.rig.give(payload) for payload in payloads))
    await scene.quiet()
    assert len(posted(slack)) == 5 and any(_noticed(scene))
