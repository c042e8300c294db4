"""The stand-in's streams and message metadata, by clients that do it right and wrong."""

from collections.abc import AsyncIterator

import pytest
from slack_clients import actions, button, call, feedback, post_url, read, section
from slack_protocol import OFFICER, PARTNER, PATROL, TEAM, Payload
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_server import SlackServer

ANSWERED: Payload = {"event_type": "answered", "event_payload": {"key": "Ev1", "parts": [1, 2]}}


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    async with SlackServer() as server:
        yield server


def sdk(slack: SlackServer) -> AsyncWebClient:
    return AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)


async def begun(slack: SlackServer) -> Payload:
    """Starts a stream in a channel's thread; returns where it is."""
    root = slack.message_channel("a question")["event"]["ts"]
    recipient = {"recipient_team_id": TEAM, "recipient_user_id": OFFICER}
    answer = await call(
        slack, "chat.startStream", channel=PATROL, thread_ts=root, markdown_text="One", **recipient
    )
    return {"channel": PATROL, "ts": answer["ts"]}


async def test_the_sdks_helper_streams_into_a_direct_message(slack: SlackServer) -> None:
    root = slack.message_im("a question")["event"]["ts"]
    await call(
        slack,
        "assistant.threads.setStatus",
        channel_id=slack.im(),
        thread_ts=root,
        status="is reading",
    )
    stream = await sdk(slack).chat_stream(channel=slack.im(), thread_ts=root, buffer_size=1)
    await stream.append(markdown_text="**Not** ")
    assert slack.statuses == {}
    (message,) = slack.messages
    assert (message.via, message.streaming is not None) == ("stream", True)
    await stream.append(markdown_text="without permission.")
    block = {"type": "context_actions", "elements": [feedback()]}
    await stream.stop(blocks=[block], metadata=ANSWERED)
    assert (message.text, message.streaming) == ("**Not** without permission.", None)
    assert message.words.startswith("**Not** without permission.\n")
    assert (message.action_ids, message.metadata) == (["right"], ANSWERED)
    assert (len(slack.messages), slack.violations) == (1, [])


async def test_a_stream_ends_after_five_minutes(slack: SlackServer) -> None:
    where = await begun(slack)
    slack.advance(299)
    assert (await call(slack, "chat.appendStream", **where, markdown_text=" two"))["ok"]
    slack.advance(2)
    for method in ("chat.appendStream", "chat.stopStream"):
        answer = await call(slack, method, **where, markdown_text=" three")
        assert answer["error"] == "message_not_in_streaming_state"
    assert slack.messages[0].text == "One two"
    assert (await call(slack, "chat.update", **where, text="One two three"))["ok"]


async def test_streams_can_be_ended_at_once(slack: SlackServer) -> None:
    where = await begun(slack)
    slack.expire_streams()
    answer = await call(slack, "chat.stopStream", **where)
    assert answer["error"] == "message_not_in_streaming_state"


async def test_a_stream_is_neither_edited_nor_stopped_twice(slack: SlackServer) -> None:
    where = await begun(slack)
    answer = await call(slack, "chat.update", **where, text="other")
    assert answer["error"] == "streaming_state_conflict"
    assert (await call(slack, "chat.appendStream", **where))["error"] == "no_text"
    assert (await call(slack, "chat.stopStream", **where, blocks=[section()] * 51))["error"] == (
        "invalid_blocks"
    )
    assert (await call(slack, "chat.stopStream", **where))["ok"]
    assert (await call(slack, "chat.stopStream", **where))["error"] == (
        "message_not_in_streaming_state"
    )


async def test_a_posted_message_is_no_stream(slack: SlackServer) -> None:
    posted = await call(slack, "chat.postMessage", channel=PATROL, text="a")
    where = {"channel": PATROL, "ts": posted["ts"]}
    answer = await call(slack, "chat.appendStream", **where, markdown_text="b")
    assert answer["error"] == "message_not_in_streaming_state"


async def test_chunks_carry_text_and_progress(slack: SlackServer) -> None:
    where = await begun(slack)
    chunks = [
        {"type": "task_update", "id": "1", "title": "Reading", "status": "complete"},
        {"type": "markdown_text", "text": " two"},
    ]
    assert (await call(slack, "chat.appendStream", **where, chunks=chunks))["ok"]
    assert slack.messages[0].text == "One two"
    wrong = [{**chunks[0], "status": "nearly"}]
    answer = await call(slack, "chat.appendStream", **where, chunks=wrong)
    assert answer["error"] == "invalid_chunks"


# Metadata


async def test_metadata_comes_back_only_when_asked_for(slack: SlackServer) -> None:
    root = slack.message_im("a question")["event"]["ts"]
    client = sdk(slack)
    await client.chat_postMessage(channel=slack.im(), text="a", thread_ts=root, metadata=ANSWERED)
    await client.chat_postMessage(channel=slack.im(), text="b", metadata=ANSWERED)
    for method, more in (("conversations.replies", {"ts": root}), ("conversations.history", {})):
        silent = await read(slack, method, channel=slack.im(), **more)
        told = await read(slack, method, channel=slack.im(), include_all_metadata="true", **more)
        assert not any("metadata" in message for message in silent["messages"])
        found = [m["metadata"] for m in told["messages"] if "metadata" in m]
        assert found == [ANSWERED]


async def test_an_update_keeps_changes_or_removes_metadata(slack: SlackServer) -> None:
    client = sdk(slack)
    where: Payload = {"channel": slack.im()}
    where["ts"] = (await client.chat_postMessage(**where, text="a", metadata=ANSWERED))["ts"]
    (message,) = slack.messages
    await client.chat_update(**where, text="b")
    assert message.metadata == ANSWERED
    with pytest.raises(SlackApiError, match="invalid_metadata_format"):
        await client.chat_update(**where, text="c", metadata={"event_type": "a"})
    assert (message.text, message.metadata) == ("b", ANSWERED)
    other = {**ANSWERED, "event_type": "shared"}
    assert (await client.chat_update(**where, text="c", metadata=other))["message"]["metadata"]
    assert (await call(slack, "chat.update", **where, text="d", metadata={}))["ok"]
    assert message.metadata is None


async def test_an_ephemeral_message_cannot_be_read_back(slack: SlackServer) -> None:
    for user in (OFFICER, PARTNER):
        await call(slack, "chat.postEphemeral", channel=PATROL, user=user, text="hush")
    history = await read(slack, "conversations.history", channel=PATROL)
    assert history["messages"] == []
    answer = await call(slack, "chat.update", channel=PATROL, ts=slack.messages[0].ts, text="a")
    assert answer["error"] == "message_not_found"


async def test_a_response_url_keeps_metadata_only_for_all_to_see(slack: SlackServer) -> None:
    url = slack.slash_command("/policy")["response_url"]
    await post_url(url, {"text": "a", "metadata": ANSWERED})
    await post_url(url, {"text": "b", "metadata": ANSWERED, "response_type": "in_channel"})
    assert [message.metadata for message in slack.messages] == [None, ANSWERED]
    assert slack.violations == ["response_url: an ephemeral message keeps no metadata"]


async def test_a_link_leads_to_a_message_and_its_thread(slack: SlackServer) -> None:
    root = slack.message_channel("a question")["event"]["ts"]
    blocks = [actions(button())]
    posted = await call(
        slack, "chat.postMessage", channel=PATROL, blocks=blocks, text="a", thread_ts=root
    )
    answer = await read(slack, "chat.getPermalink", channel=PATROL, message_ts=posted["ts"])
    stamp = posted["ts"].replace(".", "")
    link = f"https://police.slack.com/archives/{PATROL}/p{stamp}?thread_ts={root}&cid={PATROL}"
    assert answer["permalink"] == link
    lost = await read(slack, "chat.getPermalink", channel=PATROL, message_ts="1700000000.000001")
    assert lost["error"] == "message_not_found"
