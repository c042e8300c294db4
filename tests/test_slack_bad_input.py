"""Bad input in Slack: each gets what a careful colleague would say or a refusal, and a count."""

import asyncio
import time
from pathlib import Path

import pytest
from slack_protocol import LOBBY, OFFICER, PATROL
from slack_rig import HTTP, TRANSPORTS, joined, posted
from slack_scenes import QUESTION, Scene
from slack_server import SlackServer

from bot.slack.ids import Action, Counted
from bot.slack.wording import MOVED

VERDICT = "Needs permission"
UNSIGNED = {"request that Slack did not sign just now": 1}


def _counts(scene: Scene) -> dict[str, int]:
    return {str(name): number for name, number in scene.rig.surface.counts.items()}


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_forty_thousand_characters_get_one_line_how_long_a_question_may_be(
    slack: SlackServer, tmp_path: Path, transport: str
) -> None:
    async with joined(slack, tmp_path, transport) as rig:
        scene = Scene(slack, rig)
        text = "<!channel> &amp; " + "x" * 40_000
        await scene.give(slack.message_im(text[:40_000]))
        [message] = posted(slack)
        assert "are too many" in message.words and len(message.words) < 200
        assert _counts(scene) == {"question that could not be taken": 1}


async def test_two_hundred_links_reach_the_core_as_words_and_none_is_opened(
    scene: Scene, slack: SlackServer
) -> None:
    links = " ".join(f"<{slack.origin}/files-pri/{n}|p{n}>" for n in range(200))
    await scene.give(slack.slash_command("/policy", f"may I post {links}?"))
    [(question, _)] = scene.rig.answers.asked
    assert "http" not in question and question.endswith("p198 p199?")
    assert VERDICT in scene.last.words and "files-pri" not in str(scene.last.blocks)


@pytest.mark.parametrize(
    "text",
    [
        "<!channel> <!here> <!everyone> may I?",
        "*_~`may I?`~_* > ```<@U0PARTNER|x> <<@U0PARTNER>>``` &lt;!channel&gt;",
        "<<<<a|b>|c>|d> <!date^1^{date}|<!channel>> <#C0PATROL> <!subteam^S1>",
        "may I? \u202e\u0000\u200b" + "<" * 500,
    ],
)
async def test_markup_and_calls_to_everybody_come_back_as_words_that_call_nobody(
    scene: Scene, slack: SlackServer, text: str
) -> None:
    await scene.give(slack.slash_command("/policy", text))
    written = f"{scene.last.text} {scene.last.blocks}"
    assert VERDICT in scene.last.words
    assert "<!" not in scene.last.text and "<@" not in scene.last.text
    assert "'broadcast'" not in written and "'mrkdwn'" not in written


@pytest.mark.parametrize("kind", ["event", "command", "interaction"])
@pytest.mark.parametrize(
    ("secret", "timestamp"),
    [("forged", None), (None, str(int(time.time()) - 4_000)), (None, "yesterday")],
    ids=["forged", "old", "not a number"],
)
async def test_what_slack_did_not_sign_just_now_is_refused_and_counted(
    slack: SlackServer, tmp_path: Path, secret: str | None, timestamp: str | None, kind: str
) -> None:
    async with joined(slack, tmp_path, HTTP) as rig:
        payload = {
            "event": lambda: slack.message_im(QUESTION),
            "command": lambda: slack.slash_command("/policy", QUESTION),
            "interaction": lambda: slack.shortcut("ask"),
        }[kind]()
        delivery = await slack.deliver_http(
            rig.url, payload, secret=secret, timestamp=timestamp, retry_num=0
        )
        await slack.settle(0.05)
        assert (delivery.status, delivery.response) == (401, "")
        assert posted(slack) == [] and slack.views == [] and rig.answers.asked == []
        assert _counts(Scene(slack, rig)) == UNSIGNED


async def test_what_cannot_be_read_is_refused_and_counted(
    slack: SlackServer, tmp_path: Path
) -> None:
    async with joined(slack, tmp_path, HTTP) as rig:
        for body, status in (("{", 400), ("x" * 1_000_001, 413)):
            delivery = await slack.deliver_http(rig.url, body, retry_num=0)
            assert delivery.status == status
        assert _counts(Scene(slack, rig)) == {"request that could not be read": 2}


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_a_workspace_that_never_installed_is_acknowledged_and_gets_nothing(
    slack: SlackServer, tmp_path: Path, transport: str
) -> None:
    async with joined(slack, tmp_path, transport) as rig:
        scene = Scene(slack, rig)
        for payload in (
            slack.message_im(QUESTION),
            slack.mention(QUESTION)[0],
            slack.slash_command("/policy", QUESTION),
            slack.shortcut("ask"),
            slack.app_home_opened(),
        ):
            await scene.give(slack.stranger(payload))
        assert posted(slack) == [] and slack.views == [] and slack.homes == {}
        assert _counts(scene) == {"came from a workspace that never installed": 5}


async def test_a_button_that_two_people_press_at_once_opens_a_form_for_each(
    scene: Scene, slack: SlackServer
) -> None:
    await scene.configure(place="thread")
    await scene.give(slack.mention(QUESTION)[0])
    before = len(slack.views)
    people = (OFFICER, "U0PARTNER")
    clicks = [slack.block_actions(scene.last, Action.FEEDBACK, user) for user in people]
    await asyncio.gather(*(scene.rig.give(click) for click in (*clicks,)))
    await scene.quiet()
    assert sorted(view.user for view in slack.views[before:]) == sorted(people)
    assert len([one for one in posted(slack) if one.ephemeral is None]) == 1


@pytest.mark.parametrize("trouble", ["deleted", "archived", "left", "app left", "read-only"])
@pytest.mark.parametrize("place", ["private", "thread"])
async def test_where_the_channel_takes_nothing_the_answer_comes_as_a_direct_message(
    scene: Scene, slack: SlackServer, place: str, trouble: str
) -> None:
    if place == "thread":
        await scene.configure(place="thread")
    mention = slack.mention(QUESTION)[0]
    scene.rig.answers.gate.clear()
    await scene.rig.give(mention)
    await slack.wait_for(lambda: scene.rig.answers.asked)
    match trouble:
        case "deleted":
            slack.delete_channel(PATROL)
        case "archived":
            slack.archive(PATROL)
        case "left":
            slack.leave(PATROL, OFFICER)
        case "app left":
            slack.leave(PATROL)
        case _:
            slack.restrict(PATROL)
    scene.rig.answers.gate.set()
    await scene.quiet()
    *notices, message = posted(slack)
    assert [one.channel for one in notices] == ([slack.im()] if place == "thread" else [])
    if (place, trouble) == ("thread", "left"):
        assert message.channel == PATROL
        return
    assert (message.channel, message.ephemeral) == (slack.im(), None)
    assert message.words.startswith(MOVED) and VERDICT in message.words
    assert _counts(scene) == {"answered in a direct message, since the channel took nothing": 1}


async def test_a_failure_in_a_channel_that_is_gone_is_told_in_a_direct_message(
    scene: Scene, slack: SlackServer
) -> None:
    scene.rig.answers.gate.clear()
    await scene.rig.give(slack.mention("break this")[0])
    await slack.wait_for(lambda: scene.rig.answers.asked)
    slack.archive(PATROL)
    scene.rig.answers.gate.set()
    await scene.quiet()
    [message] = posted(slack)
    assert message.channel == slack.im() and "E-514" in message.words


async def test_somebody_who_left_is_shown_nothing_and_nothing_waits(
    scene: Scene, slack: SlackServer
) -> None:
    mention = slack.mention(QUESTION, thread_ts=scene.root())[0]
    scene.rig.answers.gate.clear()
    await scene.rig.give(mention)
    await slack.wait_for(lambda: scene.rig.answers.asked)
    await scene.rig.give(slack.deactivate(OFFICER))
    scene.rig.answers.gate.set()
    await scene.quiet()
    assert slack.messages == [] and len(slack.unseen) == 1
    assert scene.rig.surface.inbox.size() == 0
    assert _counts(scene) == {str(Counted.MOVED): 1, str(Counted.UNHANDLED): 1}


@pytest.mark.parametrize(
    ("scope", "count"),
    [
        ("channels:history", "thread could not be read"),
        ("assistant:write", "status could not be shown"),
    ],
)
async def test_a_missing_scope_that_an_answer_can_do_without_costs_no_answer(
    scene: Scene, slack: SlackServer, scope: str, count: str
) -> None:
    slack.scopes.discard(scope)
    await scene.give(slack.mention(QUESTION, thread_ts=scene.root())[0])
    await scene.give(slack.message_im(QUESTION))
    assert len(posted(slack)) == 2 and _counts(scene) == {count: 1}


async def test_without_the_scope_to_write_the_log_has_the_reason_and_a_command_still_works(
    scene: Scene, slack: SlackServer, caplog: pytest.LogCaptureFixture
) -> None:
    slack.scopes.discard("chat:write")
    await scene.give(slack.message_im(QUESTION))
    assert posted(slack) == [] and "missing_scope" in caplog.text
    assert QUESTION not in caplog.text and _counts(scene)["failed"] == 1
    await scene.give(slack.slash_command("/policy", QUESTION))
    assert VERDICT in scene.last.words


async def test_a_revoked_token_is_counted_and_nothing_waits_for_it(
    scene: Scene, slack: SlackServer, caplog: pytest.LogCaptureFixture
) -> None:
    slack.revoke()
    await scene.give(slack.message_im(QUESTION))
    assert posted(slack) == [] and "token_revoked" in caplog.text
    assert _counts(scene)["token was no longer good"] > 0
    assert scene.rig.surface.inbox.size() == 0
    assert slack.bot_token not in caplog.text


async def test_a_command_in_a_channel_without_the_assistant_is_answered(
    scene: Scene, slack: SlackServer
) -> None:
    await scene.give(slack.slash_command("/policy", QUESTION, channel=LOBBY))
    assert (scene.last.channel, scene.last.ephemeral) == (LOBBY, OFFICER)
    assert VERDICT in scene.last.words
