"""“Tell me if this changes”: pressed, listed, taken away, and told once, in a direct message."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from slack_answers import LIBRARY, ScriptedAnswers
from slack_protocol import OFFICER, PARTNER, Message
from slack_rig import LINKS, Rig, joined, posted
from slack_scenes import QUESTION, Scene, words
from slack_server import SlackServer
from versioned import beside, revised

from bot.slack import watch_wording, wording
from bot.slack.ids import Action
from bot.watches import Watches
from index.directive import Directive, Status

ORDER = ScriptedAnswers().order
CITED = ("IV.E.16", "II¶1", "IV.E.19•3", "IV.F.1")
DAY = date(2024, 3, 1)
NEW = revised(ORDER, DAY, {"photographs or depictions of themselves": "pictures of themselves"})
OTHER = revised(ORDER, DAY, {"viewable by all your friends": "viewable by anyone"})


def after(new: Directive) -> ScriptedAnswers:
    """Return the core of a process that has read another version."""
    return ScriptedAnswers(beside(LIBRARY, new), LINKS)


def watched(rig: Rig, user: str = OFFICER) -> dict[str, str]:
    """Return what somebody watches, each with the hash of its version."""
    found = Watches(rig.engine, rig.now).of(rig.asker(user))
    return {one.section: one.sha256 for one in found}


def heralded(slack: SlackServer) -> list[Message]:
    return [one for one in posted(slack) if "You asked to be told if this changes" in one.words]


async def press(scene: Scene, user: str = OFFICER) -> None:
    await scene.give(scene.slack.block_actions(scene.last, Action.TELL_ME, user))


async def test_whoever_presses_it_watches_what_the_answer_cites_and_pressing_again_changes_nothing(
    scene: Scene,
) -> None:
    answer = await scene.private()
    await press(scene)
    assert set(watched(scene.rig)) == set(CITED)
    assert scene.last.ephemeral == OFFICER and "GO 5.14 § IV.E.19•3" in scene.last.words
    kept = Watches(scene.rig.engine, scene.rig.now).of(scene.rig.asker(OFFICER))
    await scene.give(scene.slack.block_actions(answer, Action.TELL_ME))
    assert "nothing was changed" in scene.last.words
    assert Watches(scene.rig.engine, scene.rig.now).of(scene.rig.asker(OFFICER)) == kept
    assert watched(scene.rig, PARTNER) == {}


async def test_under_an_answer_that_everybody_reads_it_is_for_the_one_who_presses(
    scene: Scene,
) -> None:
    await scene.configure(place="thread")
    await scene.give(scene.slack.mention(QUESTION)[0])
    await press(scene, PARTNER)
    assert watched(scene.rig, PARTNER) and watched(scene.rig) == {}
    assert scene.last.ephemeral == PARTNER


async def test_an_answer_without_a_clause_has_no_such_button(scene: Scene) -> None:
    await scene.give(scene.slack.message_im("a boat?"))
    assert Action.TELL_ME not in scene.last.action_ids


async def test_what_is_watched_is_listed_and_each_can_be_taken_away(scene: Scene) -> None:
    await scene.direct()
    await press(scene)
    kept = await scene.view(scene.slack.slash_command("/policy", "kept"))
    assert all(f"GO 5.14 § {section}, version of 2019-09-10" in words(kept) for section in CITED)
    for left in (3, 2, 1, 0):
        await scene.give(scene.slack.block_actions(kept, Action.STOP_TELLING))
        assert len(watched(scene.rig)) == left
        await scene.slack.wait_for(
            lambda left=left: words(kept).count(f'"{watch_wording.STOP}"') == left, 5.0, "the rest"
        )
    assert watch_wording.KEPT_WATCHES not in words(kept)
    other = await scene.view(scene.slack.slash_command("/policy", "kept", PARTNER))
    assert wording.KEPT_NOTHING in words(other)


async def test_an_answer_of_a_version_that_was_replaced_is_not_watched(
    scene: Scene, slack: SlackServer, tmp_path: Path
) -> None:
    answer = await scene.direct()
    await scene.rig.surface.stop()
    async with joined(slack, tmp_path, answers=after(NEW)) as rig:
        later = Scene(slack, rig)
        await later.give(slack.block_actions(answer, Action.TELL_ME))
        assert watch_wording.NOT_IN_FORCE in later.last.words and watched(rig) == {}


async def test_a_change_is_told_once_over_two_processes_and_a_restart(
    slack: SlackServer, tmp_path: Path, database_url: str
) -> None:
    async with joined(slack, tmp_path, database=database_url) as rig:
        scene = Scene(slack, rig)
        await scene.direct()
        await press(scene)
    assert heralded(slack) == []
    async with (
        joined(slack, tmp_path, answers=after(NEW), database=database_url) as rig,
        joined(slack, tmp_path, answers=after(NEW), database=database_url) as beside_it,
    ):
        looks = [one.surface.heralding.look() for one in (rig, beside_it)]
        await asyncio.gather(*looks)
        await Scene(slack, rig).quiet()
        assert set(watched(rig).values()) == {NEW.sha256} and set(watched(rig)) == set(CITED)
    async with joined(slack, tmp_path, answers=after(NEW), database=database_url) as rig:
        await rig.surface.heralding.look()
    [told] = heralded(slack)
    assert (told.channel, told.ephemeral) == (slack.im(), None)
    assert "GO 5.14 § IV.E.16: changed" in told.text and "II¶1" not in told.words
    assert "2019-09-10" in told.text and "2024-03-01" in told.text
    assert "/directives/5.14/changes?from=2019-09-10&to=2024-03-01" in str(told.blocks)
    marked = [
        (part["text"], part["style"])
        for block in told.blocks
        for line in block["elements"]
        if line["type"] == "rich_text_quote"
        for part in line["elements"]
        if "style" in part
    ]
    assert ("photographs or depictions", {"strike": True}) in marked
    assert ("pictures", {"bold": True}) in marked


def without(**ending: object) -> ScriptedAnswers:
    """Return the core of a process that has read that the order ended, and nothing followed it."""
    over = ORDER.model_copy(update={"status": Status.RESCINDED, **ending})
    return ScriptedAnswers(beside(replace(LIBRARY, directives=()), over), LINKS)


def rescinding() -> ScriptedAnswers:
    """Return the core of a process that has read an order of another number that rescinds ours."""
    more = revised(ORDER, DAY, {}).model_copy(
        update={"number": "6.01", "title": "Another Order", "rescinds": ("5.14",)}
    )
    return ScriptedAnswers(beside(LIBRARY, more), LINKS)


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (lambda: without(ended=DAY), "GO 5.14 is in force no more since 2024-03-01."),
        (without, "GO 5.14 is in force no more."),
        (rescinding, "GO 5.14 is in force no more since 2024-03-01: GO 6.01 rescinds it."),
    ],
)
async def test_that_a_directive_ended_with_nothing_in_its_place_is_told_once_and_watched_no_more(
    slack: SlackServer,
    tmp_path: Path,
    database_url: str,
    made: Callable[[], ScriptedAnswers],
    said: str,
) -> None:
    async with joined(slack, tmp_path, database=database_url) as rig:
        scene = Scene(slack, rig)
        await scene.direct()
        await press(scene)
        await rig.surface.heralding.look()
        assert set(watched(rig)) == set(CITED)
    async with (
        joined(slack, tmp_path, answers=made(), database=database_url) as rig,
        joined(slack, tmp_path, answers=made(), database=database_url) as beside_it,
    ):
        looks = [one.surface.heralding.look() for one in (rig, beside_it)]
        await asyncio.gather(*looks)
        await Scene(slack, rig).quiet()
        await rig.surface.heralding.look()
        assert watched(rig) == {}
    [told] = heralded(slack)
    assert (told.channel, told.ephemeral) == (slack.im(), None)
    assert said in told.text and all(f"GO 5.14 § {one}" in told.words for one in CITED)
    assert watch_wording.NO_MORE in told.words


async def test_what_is_watched_in_a_version_that_others_have_read_does_not_end_with_an_older_one(
    scene: Scene, slack: SlackServer, tmp_path: Path
) -> None:
    await scene.rig.surface.stop()
    async with joined(slack, tmp_path, answers=after(NEW)) as rig:
        later = Scene(slack, rig)
        await later.direct()
        await press(later)
    async with joined(slack, tmp_path, answers=without(ended=DAY)) as rig:
        await rig.surface.heralding.look()
        assert set(watched(rig).values()) == {NEW.sha256}
    assert heralded(slack) == []


async def test_a_change_elsewhere_is_told_to_nobody_and_the_watch_goes_along(
    scene: Scene, slack: SlackServer, tmp_path: Path
) -> None:
    await scene.direct()
    await press(scene)
    await scene.rig.surface.stop()
    async with joined(slack, tmp_path, answers=after(OTHER)) as rig:
        await rig.surface.heralding.look()
        assert set(watched(rig).values()) == {OTHER.sha256}
    assert heralded(slack) == []


async def test_a_process_that_has_not_read_the_new_version_tells_nothing_of_the_old_one(
    scene: Scene, slack: SlackServer, tmp_path: Path
) -> None:
    await scene.direct()
    await press(scene)
    async with joined(slack, tmp_path, answers=after(NEW)) as rig:
        await rig.surface.heralding.look()
        await scene.rig.surface.heralding.look()
        assert set(watched(rig).values()) == {NEW.sha256}
    assert len(heralded(slack)) == 1


@pytest.mark.parametrize("trouble", [{"cut": "after"}, {"cut": "before"}, {"error": "fatal_error"}])
async def test_what_slack_did_not_confirm_is_looked_for_and_what_it_refused_is_posted_again(
    scene: Scene, slack: SlackServer, tmp_path: Path, trouble: dict[str, str]
) -> None:
    await scene.direct()
    await press(scene)
    await scene.rig.surface.stop()
    slack.fail_next("chat.postMessage", **trouble)  # type: ignore[arg-type]
    async with joined(slack, tmp_path, answers=after(NEW)) as rig:
        await rig.surface.heralding.look()
        rig.ahead = timedelta(minutes=2)
        await rig.surface.heralding.look()
        await rig.surface.heralding.look()
        assert set(watched(rig).values()) == {NEW.sha256}
    assert len(heralded(slack)) == 1


async def test_who_cannot_be_reached_any_more_is_forgotten(
    scene: Scene, slack: SlackServer, tmp_path: Path
) -> None:
    await scene.direct()
    await press(scene)
    await scene.rig.surface.stop()
    slack.fail_next("conversations.open", error="user_disabled", times=None)
    async with joined(slack, tmp_path, answers=after(NEW)) as rig:
        await Scene(slack, rig).quiet()
        await rig.surface.heralding.look()
        assert watched(rig) == {}
    assert heralded(slack) == []
