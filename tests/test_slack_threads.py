"""Threads: whom the assistant follows, when it falls silent, what it remembers of what was said."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from slack_protocol import CHIEF, OFFICER, PARTNER, PATROL
from slack_rig import joined, posted
from slack_scenes import QUESTION, Scene
from slack_server import SlackServer

from bot.slack.wording import MUTED_NOW

MORE = "and in uniform?"


@pytest.fixture
async def scene(tmp_path: Path, database_url: str) -> AsyncIterator[Scene]:
    async with SlackServer() as slack:
        async with joined(slack, tmp_path, database=database_url) as rig:
            yield Scene(slack, rig)
        assert slack.violations == []


async def _say(scene: Scene, root: str, text: str = MORE, user: str = OFFICER) -> int:
    """Say something in a thread; return how many messages that brought."""
    before = len(posted(scene.slack))
    await scene.give(scene.slack.message_channel(text, user, thread_ts=root))
    return len(posted(scene.slack)) - before


async def _tag(scene: Scene, root: str, text: str = MORE, user: str = OFFICER) -> int:
    """Say something to the assistant in a thread; return how many messages that brought."""
    before = len(posted(scene.slack))
    await scene.give(scene.slack.mention(text, user, thread_ts=root)[0])
    return len(posted(scene.slack)) - before


async def test_a_follow_up_is_read_with_what_its_asker_said_before(scene: Scene) -> None:
    root = await scene.called()
    await _say(scene, root)
    await _say(scene, root, "and off duty?")
    assert scene.rig.answers.asked[-1] == ("and off duty?", (QUESTION, MORE))


async def test_after_somebody_else_spoke_only_a_tag_brings_it_back(scene: Scene) -> None:
    root = await scene.called()
    assert await _say(scene, root, "you coming to the range?", PARTNER) == 0
    assert await _say(scene, root) == 0
    assert await _tag(scene, root) == 1
    assert await _say(scene, root, "and off duty?") == 1


async def test_a_word_to_a_third_person_ends_the_following_too(scene: Scene) -> None:
    root = await scene.called()
    for text in (f"<@{CHIEF}> is that so?", "<!here> anybody?"):
        assert await _say(scene, root, text) == 0
        assert await _say(scene, root) == 0
        assert await _tag(scene, root) == 1


async def test_whoever_tags_it_last_is_the_one_it_follows(scene: Scene) -> None:
    root = await scene.called()
    assert await _tag(scene, root, user=PARTNER) == 1
    assert await _say(scene, root, user=PARTNER) == 1
    assert await _say(scene, root, user=OFFICER) == 0


@pytest.mark.parametrize("text", ["mute", "Mute.", " MUTE! "])
async def test_anybody_in_the_thread_can_mute_it_and_is_told_so_alone(
    scene: Scene, text: str
) -> None:
    root = await scene.called()
    assert await _say(scene, root, text, PARTNER) == 1
    assert (scene.last.ephemeral, scene.last.thread_ts) == (PARTNER, root)
    assert scene.last.words == MUTED_NOW
    assert await _say(scene, root) == await _say(scene, root, "mute") == 0
    assert await _tag(scene, root) == 1
    assert await _say(scene, root) == 1


async def test_stop_is_taken_from_the_one_it_answers_and_not_from_others(scene: Scene) -> None:
    root = await scene.called()
    assert await _say(scene, root, "stop", PARTNER) == 0
    assert await _tag(scene, root) == 1
    assert await _say(scene, root, "stop") == 1
    assert scene.last.words == MUTED_NOW


async def test_mute_in_a_thread_it_is_not_in_gets_nothing(scene: Scene) -> None:
    assert await _say(scene, scene.root(), "mute") == 0


async def test_small_talk_after_an_answer_gets_nothing(scene: Scene) -> None:
    root = await scene.called()
    assert await _say(scene, root, "thanks, nice boat picture") == 0
    assert await _say(scene, root, "which tyre for the boat?") == 1


async def test_one_thread_s_state_is_not_another_s(scene: Scene) -> None:
    muted, other = await scene.called(), await scene.called()
    await _say(scene, muted, "mute")
    assert await _say(scene, other) == 1
    assert await _say(scene, muted) == 0


async def test_a_thread_is_still_followed_after_a_restart(
    scene: Scene, tmp_path: Path, database_url: str
) -> None:
    root = await scene.called()
    await scene.rig.surface.stop()
    async with joined(scene.slack, tmp_path, database=database_url) as rig:
        later = Scene(scene.slack, rig)
        assert await _say(later, root) == 1
        assert await _say(later, root, "mute") == 1
        assert await _say(later, root) == 0


async def test_in_a_followed_thread_another_s_words_are_never_history(scene: Scene) -> None:
    root = await scene.called()
    await _say(scene, root, "I was at the Elm Street call", PARTNER)
    await _tag(scene, root, user=OFFICER)
    assert scene.rig.answers.asked[-1] == (MORE, (QUESTION,))
    assert all(message.channel == PATROL for message in posted(scene.slack))
