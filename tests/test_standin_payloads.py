"""The stand-in's people and channels that come and go, and the payloads of what people do."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from slack_clients import actions, button, call, feedback, form, modal, post_url, read, section
from slack_protocol import (
    CHIEF,
    COMMAND,
    LOBBY,
    OFFICER,
    PARTNER,
    PATROL,
    SERGEANT,
    TEAM,
    Payload,
    View,
)
from slack_server import SlackServer


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    async with SlackServer() as server:
        yield server


async def opened(slack: SlackServer, view: Payload, user: str = OFFICER) -> View:
    trigger = slack.shortcut("ask", user=user)["trigger_id"]
    assert (await call(slack, "views.open", trigger_id=trigger, view=view))["ok"]
    return slack.views[-1]


# Channels that go


async def test_an_archived_channel_takes_nothing_and_can_be_read(slack: SlackServer) -> None:
    posted = await call(slack, "chat.postMessage", channel=PATROL, text="a")
    command = slack.slash_command("/policy")
    event = slack.archive(PATROL)["event"]
    assert (event["type"], event["channel"]) == ("channel_archive", PATROL)
    where = {"channel": PATROL, "text": "b"}
    said: list[tuple[str, Payload, str]] = [
        ("chat.postMessage", where, "is_archived"),
        ("chat.postEphemeral", {**where, "user": OFFICER}, "is_archived"),
        ("chat.update", {**where, "ts": posted["ts"]}, "is_inactive"),
        ("chat.startStream", {**where, "thread_ts": posted["ts"]}, "is_archived"),
    ]
    for method, arguments, error in said:
        assert (await call(slack, method, **arguments))["error"] == error
    assert await post_url(command["response_url"], {"text": "a"}) == (403, "is_archived")
    assert (await read(slack, "conversations.info", channel=PATROL))["channel"]["is_archived"]
    assert len((await read(slack, "conversations.history", channel=PATROL))["messages"]) == 1
    with pytest.raises(ValueError, match="cannot write there"):
        slack.mention("hello")


async def test_a_deleted_channel_is_gone(slack: SlackServer) -> None:
    posted = await call(slack, "chat.postMessage", channel=PATROL, text="a")
    url = slack.slash_command("/policy")["response_url"]
    assert slack.delete_channel(PATROL)["event"]["type"] == "channel_deleted"
    for method, more in (
        ("chat.postMessage", {}),
        ("chat.postEphemeral", {"user": OFFICER}),
        ("chat.update", {"ts": posted["ts"]}),
    ):
        answer = await call(slack, method, channel=PATROL, text="a", **more)
        assert answer["error"] == "channel_not_found"
    assert (await read(slack, "conversations.info", channel=PATROL))["error"] == (
        "channel_not_found"
    )
    assert await post_url(url, {"text": "a"}) == (404, "channel_not_found")


async def test_a_channel_without_the_bot_takes_nothing(slack: SlackServer) -> None:
    assert slack.leave(PATROL)["event"]["type"] == "channel_left"
    assert slack.leave(COMMAND)["event"]["type"] == "group_left"
    for channel, error in ((PATROL, "not_in_channel"), (COMMAND, "channel_not_found")):
        for method in ("chat.postMessage", "chat.postEphemeral", "chat.startStream"):
            more = {"user": CHIEF, "thread_ts": "1.1", "text": "a"}
            assert (await call(slack, method, channel=channel, **more))["error"] == error
    joined = slack.join(PATROL)["event"]
    assert (joined["type"], joined["user"]) == ("member_joined_channel", slack.bot_user_id)
    assert (joined["channel_type"], joined["team"], joined["inviter"]) == ("C", TEAM, OFFICER)
    assert (await call(slack, "chat.postMessage", channel=PATROL, text="a"))["ok"]


async def test_a_workspace_can_restrict_a_channel(slack: SlackServer) -> None:
    slack.restrict(PATROL)
    slack.restrict(COMMAND, "restricted_action_read_only_channel")
    for channel, error in (
        (PATROL, "restricted_action"),
        (COMMAND, "restricted_action_read_only_channel"),
    ):
        answer = await call(slack, "chat.postMessage", channel=channel, text="a")
        assert answer["error"] == error


async def test_the_tabs_of_the_manifest_count(slack: SlackServer) -> None:
    slack.messages_tab = slack.home_tab = False
    answer = await call(slack, "chat.postMessage", channel=slack.im(), text="a")
    assert answer["error"] == "messages_tab_disabled"
    home = {"type": "home", "blocks": []}
    assert (await call(slack, "views.publish", user_id=OFFICER, view=home))["error"] == (
        "not_enabled"
    )


# People


async def test_people_are_described_as_the_test_made_them(slack: SlackServer) -> None:
    slack.add_user("U0CAPTAIN", "captain", title="Captain", real_name="A. Captain", admin=True)
    slack.add_user("U0HELPER", "helper", bot=True)
    user = (await read(slack, "users.info", user="U0CAPTAIN"))["user"]
    assert (user["profile"]["title"], user["profile"]["real_name"]) == ("Captain", "A. Captain")
    assert (user["is_admin"], user["is_owner"], user["is_bot"], user["deleted"]) == (
        True,
        False,
        False,
        False,
    )
    assert user["tz"] == "America/Chicago"
    assert (await read(slack, "users.info", user=slack.bot_user_id))["user"]["is_bot"]
    assert (await read(slack, "users.info", user="U0HELPER"))["user"]["is_bot"]
    answer = await read(slack, "conversations.open", users="U0HELPER")
    assert answer["error"] == "cannot_dm_bot"
    members = (await read(slack, "conversations.members", channel=COMMAND))["members"]
    assert members == sorted([CHIEF, SERGEANT, slack.bot_user_id])


async def test_somebody_who_left_is_found_but_not_reached(slack: SlackServer) -> None:
    changed = slack.deactivate(PARTNER)["event"]
    assert (changed["type"], changed["user"]["deleted"]) == ("user_change", True)
    user = (await read(slack, "users.info", user=PARTNER))["user"]
    assert user["deleted"] and "tz" not in user
    answer = await call(slack, "chat.postEphemeral", channel=PATROL, user=PARTNER, text="a")
    assert answer["error"] == "user_not_in_channel"
    im = slack.im(PARTNER)
    answer = await call(slack, "chat.postEphemeral", channel=im, user=PARTNER, text="a")
    assert answer["error"] == "user_not_in_channel"
    assert (await read(slack, "conversations.open", users=PARTNER))["error"] == "user_disabled"
    home = {"type": "home", "blocks": []}
    assert (await call(slack, "views.publish", user_id=PARTNER, view=home))["error"] == (
        "invalid_arguments"
    )
    assert (await call(slack, "chat.postMessage", channel=PARTNER, text="a"))["ok"]
    assert (slack.messages, [m.text for m in slack.unseen]) == ([], ["a"])
    with pytest.raises(ValueError, match="cannot write there"):
        slack.message_im("hello", user=PARTNER)


# What people do


async def test_a_shared_file_is_told_of_and_its_reading_noted(slack: SlackServer) -> None:
    event = slack.upload("scene.jpg", "may I post this?")["event"]
    assert (event["subtype"], event["channel_type"], len(event["files"])) == ("file_share", "im", 1)
    assert slack.violations == []
    async with aiohttp.ClientSession() as session:
        await session.get(event["files"][0]["url_private"])
    assert slack.violations[0].startswith("an upload was fetched: /files-pri/")


def test_a_message_shortcut_brings_its_message_wherever_the_bot_is_not() -> None:
    slack = SlackServer()
    draft = slack.write("a draft", channel=LOBBY)
    used = slack.shortcut("check_draft", user=CHIEF, message=draft)
    assert (used["type"], used["callback_id"]) == ("message_action", "check_draft")
    assert (used["message"]["text"], used["message_ts"]) == ("a draft", draft.ts)
    assert (used["channel"], used["user"]["id"]) == ({"id": LOBBY, "name": "lobby"}, CHIEF)
    assert used["trigger_id"] and used["response_url"] and "container" not in used
    event = slack.message_channel("another")
    assert slack.shortcut("check_draft", message=event)["message"]["text"] == "another"
    with pytest.raises(ValueError, match="no menu"):
        slack.shortcut("check_draft", message=slack.write("a", user=CHIEF, channel=COMMAND))


async def test_an_ephemeral_message_has_no_menu(slack: SlackServer) -> None:
    await call(slack, "chat.postEphemeral", channel=PATROL, user=OFFICER, text="hush")
    with pytest.raises(ValueError, match="no menu"):
        slack.shortcut("check_draft", message=slack.messages[0])


def test_app_home_has_two_tabs() -> None:
    slack = SlackServer()
    for tab in ("home", "messages"):
        event = slack.app_home_opened(tab=tab)["event"]
        assert (event["tab"], event["channel"], "view" in event) == (tab, slack.im(), False)
    with pytest.raises(ValueError, match="no tab"):
        slack.app_home_opened(tab="about")


async def test_feedback_says_which_side_was_chosen(slack: SlackServer) -> None:
    blocks = [{"type": "context_actions", "elements": [feedback()]}]
    await call(slack, "chat.postMessage", channel=PATROL, text="a", blocks=blocks)
    (message,) = slack.messages
    for choose, value in (("positive", "right"), ("negative", "wrong"), ("wrong", "wrong")):
        (action,) = slack.block_actions(message, "right", choose=choose)["actions"]
        assert (action["type"], action["value"]) == ("feedback_buttons", value)
        assert action["text"] == {"type": "plain_text", "text": value}
    with pytest.raises(ValueError, match="no button"):
        slack.block_actions(message, "right")


async def test_a_click_says_where_it_was(slack: SlackServer) -> None:
    root = slack.message_channel("a question")["event"]["ts"]
    where = {"channel": PATROL, "text": "a", "thread_ts": root}
    await call(slack, "chat.postMessage", **where, blocks=[actions(button(value="7"))])
    await call(
        slack, "chat.postMessage", **where, attachments=[{}, {"blocks": [actions(button())]}]
    )
    await call(slack, "chat.postEphemeral", **where, user=OFFICER, blocks=[actions(button())])
    plain, attached, hushed = (slack.block_actions(m, "ask") for m in slack.messages)
    assert plain["container"] == {
        "type": "message",
        "message_ts": slack.messages[0].ts,
        "channel_id": PATROL,
        "is_ephemeral": False,
        "thread_ts": root,
    }
    assert plain["message"]["thread_ts"] == root and plain["actions"][0]["value"] == "7"
    assert plain["state"] == {"values": {}}
    assert (attached["container"]["type"], attached["container"]["attachment_id"]) == (
        "message_attachment",
        2,
    )
    assert hushed["container"]["is_ephemeral"] and "message" not in hushed
    assert await post_url(hushed["response_url"], {"delete_original": True}) == (200, "")
    late = {"text": "b", "replace_original": True}
    assert await post_url(hushed["response_url"], late) == (404, "message_not_found")


async def test_a_message_nobody_sees_is_clicked_by_nobody(slack: SlackServer) -> None:
    root = slack.message_channel("a question")["event"]["ts"]
    where = {"channel": PATROL, "user": OFFICER, "thread_ts": root, "text": "a"}
    await call(slack, "chat.postEphemeral", **where, blocks=[actions(button())])
    with pytest.raises(ValueError, match="sees no element"):
        slack.block_actions(slack.unseen[0], "ask")


async def test_a_click_in_a_message_carries_what_is_chosen_beside_it(slack: SlackServer) -> None:
    options = [{"text": {"type": "plain_text", "text": t}, "value": t} for t in ("a", "b")]
    boxes = {"type": "checkboxes", "action_id": "keep", "options": options}
    row = {**actions(boxes, button()), "block_id": "row"}
    await call(slack, "chat.postMessage", channel=PATROL, text="a", blocks=[row])
    click = slack.block_actions(slack.messages[0], "ask", values={"keep": ["b"]})
    kept = click["state"]["values"]["row"]["keep"]
    assert kept == {"type": "checkboxes", "selected_options": [options[1]]}


async def test_a_modal_keeps_its_private_metadata_and_values(slack: SlackServer) -> None:
    blocks = [*form()["blocks"], {**actions(button()), "block_id": "row"}]
    view = await opened(slack, form() | {"blocks": blocks, "private_metadata": "request 7"})
    click = slack.block_actions(view, "ask", values={"why": "training"})
    assert click["container"] == {"type": "view", "view_id": view.id}
    assert click["view"]["private_metadata"] == "request 7"
    assert click["view"]["state"]["values"]["why"]["why"]["value"] == "training"
    assert "channel" not in click and "response_url" not in click
    sent = slack.view_submission(view, {"why": "training"})
    assert (sent["view"]["private_metadata"], sent["view"]["hash"]) == ("request 7", view.hash)
    with pytest.raises(ValueError, match="there is no input"):
        slack.block_actions(view, "ask", values={"when": "now"})


async def test_a_home_view_is_clicked_by_its_person(slack: SlackServer) -> None:
    home = {"type": "home", "blocks": [actions(button())], "private_metadata": "7"}
    await call(slack, "views.publish", user_id=CHIEF, view=home)
    click = slack.block_actions(slack.homes[CHIEF], "ask")
    assert (click["user"]["id"], click["view"]["type"]) == (CHIEF, "home")
    assert click["view"]["private_metadata"] == "7"


async def test_closing_is_told_only_when_asked_for(slack: SlackServer) -> None:
    silent = await opened(slack, modal())
    with pytest.raises(ValueError, match="tells nobody"):
        slack.view_closed(silent)
    view = await opened(slack, modal(notify_on_close=True, private_metadata="7"))
    closed = slack.view_closed(view)
    assert (closed["type"], closed["is_cleared"]) == ("view_closed", False)
    assert closed["view"]["private_metadata"] == "7" and not view.open
    with pytest.raises(ValueError, match="closed"):
        slack.view_submission(view, {})
    with pytest.raises(ValueError, match="sees no element"):
        slack.block_actions(view, "ask")


async def test_views_are_pushed_up_to_three_high(slack: SlackServer) -> None:
    first = await opened(slack, modal(notify_on_close=True))
    for error in (None, None, "push_limit_reached"):
        trigger = slack.shortcut("ask")["trigger_id"]
        view = modal(notify_on_close=True)
        answer = await call(slack, "views.push", trigger_id=trigger, view=view)
        assert answer.get("error") == error
    top = slack.views[-1]
    assert (top.root, top.under) == (first, slack.views[1])
    shown = slack.view_closed(top, cleared=True)["view"]
    assert (shown["root_view_id"], shown["previous_view_id"]) == (first.id, slack.views[1].id)
    assert not any(view.open for view in slack.views)
    trigger = slack.shortcut("ask")["trigger_id"]
    answer = await call(slack, "views.push", trigger_id=trigger, view=modal())
    assert answer["error"] == "not_found"


# Threads with an assistant


async def test_prompts_in_a_thread_are_lost_on_an_agent(slack: SlackServer) -> None:
    root = slack.message_im("a question")["event"]["ts"]
    prompts = [{"title": "Photos", "message": "May I post a photo?"}]
    where: Payload = {"channel_id": slack.im(), "prompts": prompts}
    method = "assistant.threads.setSuggestedPrompts"
    assert (await call(slack, method, **where, thread_ts=root))["ok"]
    assert (slack.prompts, len(slack.violations)) == ({}, 1)
    slack.agent_view = False
    assert (await call(slack, method, **where))["error"] == "invalid_arguments"
    assert (await call(slack, method, **where, thread_ts=root))["ok"]
    assert list(slack.prompts) == [(slack.im(), root)]


async def test_a_status_goes_with_an_answer_or_after_two_minutes(slack: SlackServer) -> None:
    roots = [slack.message_im("a question")["event"]["ts"] for _ in range(3)]
    for root in roots:
        where = {"channel_id": slack.im(), "thread_ts": root}
        assert (await call(slack, "assistant.threads.setStatus", **where, status="reads"))["ok"]
    await call(slack, "chat.postMessage", channel=slack.im(), thread_ts=roots[0], text="a")
    await call(slack, "assistant.threads.setStatus", **where, status="")
    assert list(slack.statuses) == [(slack.im(), roots[1])]
    slack.advance(121)
    assert slack.statuses == {}


async def test_a_status_needs_a_thread(slack: SlackServer) -> None:
    root = slack.message_im("a question")["event"]["ts"]
    reply = slack.message_im("more", thread_ts=root)["event"]["ts"]
    for ts in (reply, "1700000000.000001", "now"):
        where = {"channel_id": slack.im(), "thread_ts": ts}
        answer = await call(slack, "assistant.threads.setStatus", **where, status="reads")
        assert answer["error"] == "invalid_thread_ts"
        answer = await call(slack, "assistant.threads.setTitle", **where, title="a")
        assert answer["error"] == "invalid_thread_ts"
    blocks = [section()]
    assert (await call(slack, "chat.postMessage", channel=slack.im(), blocks=blocks))["ok"]
