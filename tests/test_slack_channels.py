"""Channel settings: who may set them, and what each one does to mentions, replies and commands."""

from pathlib import Path

import pytest
from slack_protocol import COMMAND, OFFICER, PARTNER, PATROL, SERGEANT, TEAM
from slack_rig import TRANSPORTS, calls, joined, posted
from slack_scenes import PUBLIC, QUESTION, Scene, words
from slack_server import SlackServer

from bot.slack import wording
from bot.slack.channels import Channels
from bot.slack.settings import ChannelSettings, Placement

VERDICT = "Needs permission"


def _kept(scene: Scene, channel: str = PATROL) -> ChannelSettings:
    return Channels(scene.rig.engine, scene.rig.now).of(TEAM, channel)


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_a_forged_form_of_somebody_who_is_no_administrator_changes_nothing(
    slack: SlackServer, tmp_path: Path, transport: str
) -> None:
    async with joined(slack, tmp_path, transport) as rig:
        scene = Scene(slack, rig)
        form = await scene.channel_form(SERGEANT)
        forged = slack.view_submission(form, {**PUBLIC, "muted": ["yes"]}, user=PARTNER)
        delivery = await scene.give(forged)
        assert wording.NOT_FOR_YOU in str(delivery.response)
        assert _kept(scene) == ChannelSettings()


async def test_rights_are_asked_anew_when_the_form_comes_back(scene: Scene) -> None:
    form = await scene.channel_form()
    scene.slack.users[OFFICER].admin = False
    delivery = await scene.give(scene.slack.view_submission(form, PUBLIC))
    assert wording.NOT_FOR_YOU in str(delivery.response) and _kept(scene) == ChannelSettings()


async def test_an_owner_may_set_a_channel_and_finds_it_as_it_was_set(scene: Scene) -> None:
    scene.slack.users[SERGEANT].owner = True
    command = scene.slack.slash_command("/policy", "settings", SERGEANT)
    form = await scene.view(command)
    values = {"place": "thread", "follow": "mentions", "muted": ["yes"], "directives": ["5.14"]}
    await scene.give(scene.slack.view_submission(form, values))
    assert _kept(scene) == ChannelSettings(
        place=Placement.THREAD, follow=False, muted=True, directives=("5.14",)
    )
    again = await scene.view(scene.slack.slash_command("/policy", "settings", SERGEANT))
    await scene.give(scene.slack.view_submission(again, {}))
    assert _kept(scene).directives == ("5.14",) and _kept(scene).muted


async def test_a_form_sent_after_a_restart_is_kept(
    scene: Scene, slack: SlackServer, tmp_path: Path
) -> None:
    form = await scene.channel_form()
    await scene.rig.surface.stop()
    async with joined(slack, tmp_path) as rig:
        later = Scene(slack, rig)
        await later.give(slack.view_submission(form, PUBLIC))
        assert _kept(later).place is Placement.THREAD


async def test_without_the_scope_to_ask_nobody_is_an_administrator_and_that_is_counted(
    scene: Scene, slack: SlackServer
) -> None:
    scene.administrator()
    slack.scopes.discard("users:read")
    form = await scene.view(slack.slash_command("/policy", "settings"))
    assert wording.NOT_FOR_YOU in words(form)
    assert dict(scene.rig.surface.counts) == {"who administers could not be asked": 1}


async def test_a_muted_channel_answers_a_mention_with_one_private_line(
    scene: Scene, slack: SlackServer
) -> None:
    await scene.configure(muted=["yes"])
    await scene.give(slack.mention(QUESTION, thread_ts=scene.root())[0])
    [line] = posted(slack)
    assert (line.ephemeral, line.words) == (OFFICER, wording.SWITCHED_OFF)
    assert scene.rig.answers.asked == []


async def test_mute_leaves_direct_messages_commands_and_other_channels_alone(
    scene: Scene, slack: SlackServer
) -> None:
    await scene.configure(muted=["yes"])
    for number, payload in enumerate(
        (
            slack.message_im(QUESTION),
            slack.slash_command("/policy", QUESTION),
            slack.mention(QUESTION, SERGEANT, COMMAND)[0],
        ),
        start=1,
    ):
        await scene.give(payload)
        assert len(posted(slack)) == number and VERDICT in scene.last.words


async def test_in_the_thread_an_answer_is_for_everybody_and_can_be_found_again(
    scene: Scene, slack: SlackServer
) -> None:
    await scene.configure(place="thread")
    mention = slack.mention(QUESTION)[0]
    await scene.give(mention)
    notice, answer = posted(slack)
    assert (notice.ephemeral, wording.FIRST_USE[0] in notice.words) == (OFFICER, True)
    assert (answer.ephemeral, answer.thread_ts) == (None, mention["event"]["ts"])
    key = f"{TEAM}:{PATROL}:{mention['event']['ts']}"
    assert answer.metadata == {"event_type": "policybot_answer", "event_payload": {"key": key}}
    assert "share" not in answer.action_ids and "keep" not in answer.action_ids
    await scene.give(slack.mention(QUESTION)[0])
    assert len(calls(slack, "chat.postEphemeral")) == 1


async def test_a_follow_up_there_is_for_everybody_too_and_mute_is_told_to_one(
    scene: Scene, slack: SlackServer
) -> None:
    await scene.configure(place="thread")
    root = await scene.called()
    await scene.give(slack.message_channel("and in uniform?", thread_ts=root))
    assert (scene.last.ephemeral, scene.last.thread_ts) == (None, root)
    await scene.give(slack.message_channel("mute", PARTNER, thread_ts=root))
    assert (scene.last.ephemeral, scene.last.words) == (PARTNER, wording.MUTED_NOW)


async def test_set_back_to_private_the_next_answer_is_private(scene: Scene) -> None:
    await scene.configure(place="thread")
    await scene.configure(place="private")
    await scene.called()
    assert scene.last.ephemeral == OFFICER


async def test_an_answer_about_another_directive_is_left_out_with_the_reason(
    scene: Scene, slack: SlackServer
) -> None:
    await scene.configure(directives=["5.14"])
    await scene.called()
    assert VERDICT in scene.last.words
    other = ChannelSettings(directives=("9.99",))
    channels = Channels(scene.rig.engine, scene.rig.now)
    channels.change(TEAM, PATROL, other, SERGEANT)
    await scene.give(slack.mention(QUESTION, thread_ts=scene.root())[0])
    assert "another directive" in scene.last.words and VERDICT not in scene.last.words
    assert scene.last.ephemeral == OFFICER
    await scene.give(slack.message_im(QUESTION))
    assert VERDICT in scene.last.words


async def test_a_channel_s_settings_belong_to_its_own_workspace(scene: Scene) -> None:
    await scene.configure(muted=["yes"])
    elsewhere = Channels(scene.rig.engine, scene.rig.now)
    assert elsewhere.of("T0ELSEWHERE", PATROL) == ChannelSettings()
    assert elsewhere.of(TEAM, COMMAND) == ChannelSettings()
