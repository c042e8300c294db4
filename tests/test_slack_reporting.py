"""The duty to report in Slack: the supervisor on file, to the asker alone, and nothing sent."""

import asyncio
import json
from pathlib import Path

import pytest
import rosters
from rosters import toml
from slack_protocol import OFFICER, PARTNER, PATROL, SERGEANT
from slack_rig import joined, posted
from slack_scenes import Scene, words
from slack_server import SlackServer

from bot.assistant import Assistant
from bot.roster.reading import read
from bot.roster.roster import Roster
from bot.slack import wording
from bot.slack.ids import Action

DUTY = "everything about it"  # the scripted answer cites the whole section
REPORT = "my partner posted a photo of an arrestee, do I have to report it?"
ON_FILE = "Your supervisor on file: Sergeant Six (Sergeant)."
NEXT = "The next level on file: Lieutenant Seven (Lieutenant)."


@pytest.fixture
def roster(tmp_path: Path) -> Roster:
    return read([toml(tmp_path)])


def _urls(scene: Scene) -> list[str]:
    blocks = json.dumps(scene.last.blocks)
    return [part.partition('"')[0] for part in blocks.split('"url": "') if part[:8] == "slack://"]


async def test_the_supervisor_on_file_is_named_with_a_way_to_write_to_them(
    scene: Scene, slack: SlackServer, roster: Roster
) -> None:
    scene.rig.rosters.file(roster)
    await scene.give(slack.message_im(DUTY))
    answer = scene.last
    assert ON_FILE in answer.words and ON_FILE in answer.text
    assert Action.WRITE_SUPERVISOR in answer.action_ids
    assert _urls(scene) == ["slack://user?team=T0POLICE&id=U0SERGEANT"]
    assert "<@" not in f"{answer.text} {answer.words}"
    assert {message.channel for message in posted(slack)} == {slack.im(OFFICER)}


async def test_the_next_level_is_a_suggestion_and_not_from_the_order(
    scene: Scene, slack: SlackServer, roster: Roster
) -> None:
    scene.rig.rosters.file(roster)
    await scene.give(slack.message_im(DUTY))
    line = (
        "GO 5.14 does not say whom to notify when the supervisor made the posting. "
        f"{NEXT} That is a suggestion, not from the order."
    )
    assert line in scene.last.words
    assert Action.WRITE_NEXT not in scene.last.action_ids  # has no Slack identity on file


async def test_without_a_roster_a_duty_or_a_supervisor_nothing_of_it_is_shown(
    scene: Scene, slack: SlackServer, roster: Roster
) -> None:
    async def shown(text: str, user: str = OFFICER) -> bool:
        await scene.give(slack.message_im(text, user))
        return "on file:" in scene.last.words

    assert not await shown(DUTY)
    scene.rig.rosters.file(roster)
    assert await shown(DUTY)
    assert not await shown("may I post a photo of my locker?")
    assert not await shown(DUTY, "U0CHIEF")  # nobody stands above
    scene.rig.rosters.file(rosters.with_people(roster, p5={"active": False}))
    assert not await shown(DUTY)


async def test_in_a_channel_it_is_in_a_private_answer_alone(
    scene: Scene, slack: SlackServer, roster: Roster
) -> None:
    scene.rig.rosters.file(roster)
    await scene.give(slack.mention(DUTY, thread_ts=scene.root())[0])
    assert scene.last.ephemeral == OFFICER and ON_FILE in scene.last.words
    await scene.give(slack.slash_command("/policy", DUTY))
    assert scene.last.ephemeral == OFFICER and ON_FILE in scene.last.words
    await scene.configure(place="thread")
    await scene.give(slack.mention(DUTY, thread_ts=scene.root())[0])
    assert (scene.last.channel, scene.last.ephemeral) == (PATROL, None)
    assert "on file:" not in scene.last.words and "on file:" not in scene.last.text


async def test_a_shared_answer_names_nobodys_supervisor(
    scene: Scene, slack: SlackServer, roster: Roster
) -> None:
    scene.rig.rosters.file(roster)
    await scene.give(slack.mention(DUTY, thread_ts=scene.root())[0])
    form = await scene.view(slack.block_actions(scene.last, Action.SHARE))
    await scene.give(slack.view_submission(form, {}))
    [shared] = [one for one in posted(slack) if one.ephemeral is None]
    assert "on file:" not in shared.words and "Sergeant Six" not in shared.text


async def test_somebody_of_another_workspace_is_named_without_a_button(
    scene: Scene, slack: SlackServer, roster: Roster
) -> None:
    elsewhere = rosters.with_people(roster, p6={"slack": (rosters.person(roster, "6").slack[1],)})
    scene.rig.rosters.file(elsewhere)
    await scene.give(slack.message_im(DUTY))
    assert ON_FILE in scene.last.words and _urls(scene) == []


async def test_a_new_roster_counts_at_once(
    scene: Scene, slack: SlackServer, roster: Roster
) -> None:
    scene.rig.rosters.file(roster)
    await scene.give(slack.message_im(DUTY))
    moved = rosters.with_people(roster, p5={"supervisor": "7"})
    scene.rig.rosters.file(moved)
    await scene.give(slack.message_im(DUTY))
    assert "Your supervisor on file: Lieutenant Seven (Lieutenant)." in scene.last.words


async def test_the_longest_names_still_make_a_message_that_slack_takes(
    scene: Scene, slack: SlackServer, roster: Roster
) -> None:
    long = "<!channel> & *Long* " * 7
    changed = {"name": long.strip(), "title": long.strip()}
    scene.rig.rosters.file(rosters.with_people(roster, p6=changed, p7=changed))
    await scene.give(slack.message_im(DUTY))
    assert "on file:" in scene.last.words and "<!channel>" not in scene.last.text
    assert len(posted(slack)) == 1


async def test_app_home_says_who_is_on_the_roster(
    scene: Scene, slack: SlackServer, roster: Roster
) -> None:
    assert "roster" not in words(await scene.home())
    scene.rig.rosters.file(roster)
    assert "You are on the roster as Officer Five, Officer, Patrol." in words(await scene.home())
    clerk = "You are on the roster as Clerk Four, Records Clerk, Records."
    assert clerk in words(await scene.home(PARTNER))
    scene.rig.rosters.file(rosters.with_people(roster, p6={"active": False}))
    assert wording.OFF_ROSTER in words(await scene.home(SERGEANT))


async def test_the_real_assistant_leads_from_the_duty_to_the_supervisor(
    slack: SlackServer, tmp_path: Path, assistant: Assistant, roster: Roster
) -> None:
    async with joined(slack, tmp_path, core=assistant) as rig:
        scene = Scene(slack, rig)
        await asyncio.to_thread(rig.rosters.file, roster)
        await scene.give(slack.message_im(REPORT))
        said = scene.last.words
        assert "shall notify his or her supervisor immediately" in said
        assert said.index("Asking here is not a report") < said.index(ON_FILE)
