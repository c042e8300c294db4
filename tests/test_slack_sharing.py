"""Private answers, shared or kept: once, by the asker, without their words unless ticked."""

import asyncio
from pathlib import Path

import pytest
from slack_protocol import OFFICER, PATROL, Message, View
from slack_rig import Rig, joined, posted
from slack_scenes import QUESTION, Scene
from slack_server import SlackServer

from bot.slack import wording
from bot.slack.ids import Action
from bot.slack.points import Point, SharePoint
from bot.slack.sharing import LEASE

VERDICT = "Needs permission"


async def _form(scene: Scene, answer: Message) -> View:
    return await scene.view(scene.slack.block_actions(answer, Action.SHARE))


async def _share(scene: Scene, form: View, *ticks: str) -> None:
    await scene.give(scene.slack.view_submission(form, {"include": list(ticks)}))


async def _share_dying(scene: Scene, form: View) -> None:
    """Share while the work ends at a point; a death so soon may keep the acknowledgement back."""
    await scene.rig.give(scene.slack.view_submission(form, {"include": []}))
    await scene.quiet()


def _for_all(scene: Scene) -> list[Message]:
    return [one for one in posted(scene.slack) if one.ephemeral is None]


async def test_sharing_shows_the_clauses_and_who_shared_and_not_the_asker_s_words(
    scene: Scene,
) -> None:
    answer = await scene.private()
    await _share(scene, await _form(scene, answer))
    [shared] = _for_all(scene)
    assert (shared.channel, shared.thread_ts) == (PATROL, scene.names["root"])
    assert VERDICT in shared.words and wording.SHARED_BY in shared.words
    assert "any social networking sites" in shared.words or "§ IV.E.16" in shared.words
    everything = f"{shared.text} {shared.blocks} {shared.metadata}"
    assert OFFICER in everything
    assert QUESTION not in everything and "locker" not in everything and "ref=" not in everything


async def test_ticked_the_question_is_shown_with_it(scene: Scene) -> None:
    answer = await scene.private()
    await _share(scene, await _form(scene, answer), "yes")
    [shared] = _for_all(scene)
    assert f"{wording.SHARED_ASKED} “{QUESTION}”" in shared.words


async def test_nobody_else_can_press_what_only_the_asker_sees(scene: Scene) -> None:
    answer = await scene.private()
    assert {Action.SHARE, Action.KEEP} <= {*answer.action_ids}
    for action in (Action.SHARE, Action.KEEP):
        with pytest.raises(ValueError, match="sees no element"):
            scene.slack.block_actions(answer, action, "U0PARTNER")


async def test_a_shared_answer_has_nothing_to_start_in_the_asker_s_name(scene: Scene) -> None:
    await _share(scene, await _form(scene, await scene.private()))
    [shared] = _for_all(scene)
    assert shared.action_ids == [Action.OPEN_ORDER]


async def test_once_shared_the_buttons_for_it_are_gone_and_it_says_so(scene: Scene) -> None:
    answer = await scene.private()
    await _share(scene, await _form(scene, answer))
    assert answer.words.startswith(wording.SHARED) and VERDICT in answer.words
    assert not {Action.SHARE, Action.KEEP} & {*answer.action_ids}
    assert Action.FEEDBACK in answer.action_ids


async def test_a_second_click_on_share_shares_nothing(scene: Scene) -> None:
    answer = await scene.private()
    one, two = await _form(scene, answer), await _form(scene, answer)
    payloads = [scene.slack.view_submission(form, {}) for form in (one, two)]
    await asyncio.gather(*(scene.rig.give(payload) for payload in payloads))
    await scene.quiet()
    assert len(_for_all(scene)) == 1
    assert scene.last.ephemeral == OFFICER or answer.revisions
    told = {one.words for one in posted(scene.slack)}
    assert told & {wording.SHARED_BEFORE, wording.SHARING_NOW}


async def test_keeping_takes_the_buttons_away_and_leaves_the_answer(scene: Scene) -> None:
    answer = await scene.private()
    await scene.give(scene.slack.block_actions(answer, Action.KEEP))
    assert VERDICT in answer.words and _for_all(scene) == []
    assert not {Action.SHARE, Action.KEEP} & {*answer.action_ids}
    assert Action.START_REQUEST in answer.action_ids


async def test_the_buttons_of_a_message_from_before_a_restart_still_work(
    scene: Scene, slack: SlackServer, tmp_path: Path
) -> None:
    answer = await scene.private()
    form = await _form(scene, answer)
    await scene.rig.surface.stop()
    async with joined(slack, tmp_path) as rig:
        later = Scene(slack, rig, scene.names)
        await _share(later, form)
        assert len(_for_all(later)) == 1
        assert [question for question, _ in rig.answers.asked] == [QUESTION]


async def test_what_an_older_version_s_button_carried_gets_a_line_what_to_do(
    scene: Scene,
) -> None:
    answer = await scene.private()
    for action in (Action.SHARE, Action.KEEP, Action.FEEDBACK):
        click = scene.slack.block_actions(answer, action)
        click["actions"][0]["value"] = '{"from": "an older version"}'
        await scene.give(click)
        assert (scene.last.words, scene.last.ephemeral) == (wording.STALE, OFFICER)
    assert _for_all(scene) == []


async def test_where_slack_takes_nothing_the_asker_is_told_and_may_try_again(
    scene: Scene,
) -> None:
    answer = await scene.private()
    form, again = await _form(scene, answer), await _form(scene, answer)
    scene.slack.restrict(PATROL, "restricted_action_thread_locked")
    await _share(scene, form)
    assert _for_all(scene) == [] and scene.last.words == wording.NOT_SHARED
    scene.slack.restrict(PATROL, "")
    await _share(scene, again)
    assert len(_for_all(scene)) == 1


async def test_a_form_left_open_for_an_hour_still_shares_in_the_thread(scene: Scene) -> None:
    form = await _form(scene, await scene.private())
    scene.slack.advance(3600)
    await _share(scene, form)
    [shared] = _for_all(scene)
    assert shared.channel == PATROL and scene.rig.surface.counts["failed"] == 0  # type: ignore[index]


async def test_a_form_of_a_command_left_open_for_an_hour_says_that_nothing_was_shown(
    scene: Scene,
) -> None:
    await scene.give(scene.slack.slash_command("/policy", QUESTION))
    form = await _form(scene, scene.last)
    scene.slack.advance(3600)
    await _share(scene, form)
    [told] = _for_all(scene)
    assert (told.channel, told.words) == (scene.slack.im(), wording.NOT_SHARED)


async def test_a_click_whose_form_cannot_open_is_told_to_the_one_who_clicked(
    scene: Scene,
) -> None:
    answer = await scene.private()
    for action in (Action.SHARE, Action.FEEDBACK):
        click = scene.slack.block_actions(answer, action)
        scene.slack.advance(4)
        await scene.give(click)
        assert scene.last.ephemeral == OFFICER and "E-514" in scene.last.words


async def test_a_question_too_long_to_be_carried_has_no_buttons_to_share_it(
    slack: SlackServer, scene: Scene
) -> None:
    await scene.give(slack.mention("may I post this? " * 180, thread_ts=scene.root())[0])
    assert VERDICT in scene.last.words
    assert not {Action.SHARE, Action.KEEP} & {*scene.last.action_ids}
    await scene.give(slack.block_actions(scene.last, Action.FEEDBACK))
    assert "Include my question" not in str(slack.views[-1].content)


async def test_a_form_of_another_version_shares_nothing_and_says_so(scene: Scene) -> None:
    submission = scene.slack.view_submission(await _form(scene, await scene.private()), {})
    submission["view"]["private_metadata"] = '{"from": "an older version"}'
    await scene.give(submission)
    assert [one.words for one in _for_all(scene)] == [wording.FORM_CHANGED]
    assert scene.last.channel == scene.slack.im()


async def test_two_processes_share_once(slack: SlackServer, tmp_path: Path) -> None:
    async with joined(slack, tmp_path) as one, joined(slack, tmp_path) as two:
        await slack.wait_for_connections(2)
        scene = Scene(slack, one)
        answer = await scene.private()
        forms = [await _form(scene, answer) for _ in range(3)]
        payloads = [slack.view_submission(form, {}) for form in forms]
        rigs: list[Rig] = [one, two, one]
        await asyncio.gather(*(r.give(p) for r, p in zip(rigs, payloads, strict=True)))
        await scene.quiet()
        assert len(_for_all(scene)) == 1


# A process that dies while it shares: what the next click finds


class _Died(Exception):
    """Stands for the end of a process: nothing after the point is done."""


def _dying_at(rig: Rig, at: SharePoint) -> None:
    def checkpoint(point: Point | SharePoint) -> None:
        if point is at:
            raise _Died

    rig.checkpoint = checkpoint


DEATHS = {  # killed at: what the next click tells, at once and after the lease
    SharePoint.BEGUN: (wording.SHARING_NOW, None),
    SharePoint.TAKEN: (wording.SHARING_NOW, wording.SHARED_BEFORE),
    SharePoint.RECORDED: (wording.SHARED_BEFORE, wording.SHARED_BEFORE),
}


@pytest.mark.parametrize("at", DEATHS)
async def test_what_a_dead_process_began_to_share_is_in_the_thread_once(
    scene: Scene, slack: SlackServer, tmp_path: Path, at: SharePoint
) -> None:
    answer = await scene.private()
    forms = [await _form(scene, answer) for _ in range(3)]
    _dying_at(scene.rig, at)
    await _share_dying(scene, forms[0])
    await scene.rig.surface.stop()
    standing = len(_shared(scene))
    assert standing == (0 if at is SharePoint.BEGUN else 1)
    async with joined(slack, tmp_path) as rig:
        later = Scene(slack, rig, scene.names)
        await _share(later, forms[1])
        assert posted(slack)[-1].words == DEATHS[at][0] and len(_shared(later)) == standing
        rig.ahead = LEASE
        await _share(later, forms[2])
        assert len(_shared(later)) == 1
        if DEATHS[at][1] is not None:
            assert posted(slack)[-1].words == DEATHS[at][1]


async def test_one_who_dies_again_after_looking_leaves_it_to_the_next_click(
    scene: Scene, slack: SlackServer, tmp_path: Path
) -> None:
    answer = await scene.private()
    forms = [await _form(scene, answer) for _ in range(3)]
    for number, at in enumerate((SharePoint.TAKEN, SharePoint.SOUGHT)):
        scene.rig.ahead = LEASE * number
        _dying_at(scene.rig, at)
        await _share_dying(scene, forms[number])
    await scene.rig.surface.stop()
    async with joined(slack, tmp_path) as rig:
        rig.ahead = LEASE * 2
        await _share(Scene(slack, rig, scene.names), forms[2])
        assert len(_shared(scene)) == 1 and posted(slack)[-1].words == wording.SHARED_BEFORE


def _shared(scene: Scene) -> list[Message]:
    return [one for one in _for_all(scene) if wording.SHARED_BY in one.words]


def test_the_page_has_every_point_of_a_share() -> None:
    page = (Path(__file__).parent.parent / "docs" / "kill-points.md").read_text(encoding="utf-8")
    assert all(f"| {point.value} |" in page for point in SharePoint)
