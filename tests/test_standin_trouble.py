"""The stand-in's trouble on demand: faults, cut connections, kill points, sockets and restarts."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import aiohttp
import pytest
from aiohttp import web
from slack_clients import actions, button, call, form, plugged, post_url, served
from slack_protocol import OFFICER, PATROL, Call, Cut, Delivery, Payload
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_server import SlackServer

POSTS = """
import sys, urllib.request
request = urllib.request.Request(
    sys.argv[1] + "chat.postMessage",
    data=b"channel=C0PATROL&text=from+a+process",
    headers={"Authorization": "Bearer " + sys.argv[2]},
)
urllib.request.urlopen(request)
"""


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    async with SlackServer() as server:
        yield server


async def post(slack: SlackServer, text: str = "a") -> Payload:
    return await call(slack, "chat.postMessage", channel=PATROL, text=text)


# Faults


@pytest.mark.parametrize(("cut", "posted"), [("before", 0), ("after", 1)])
async def test_a_connection_ends_before_or_after_the_call_is_taken(
    slack: SlackServer, cut: str, posted: int
) -> None:
    slack.fail_next("chat.postMessage", cut=cut)
    with pytest.raises(aiohttp.ClientError):
        await post(slack)
    (seen,) = slack.calls
    assert (len(slack.messages), seen.taken, seen.error) == (posted, bool(posted), "cut")
    assert seen.arguments["text"] == "a"
    assert (await post(slack))["ok"] and len(slack.messages) == posted + 1


@pytest.mark.parametrize(("cut", "posted"), [("before", 0), ("after", 1)])
async def test_a_response_url_can_be_cut_off_too(slack: SlackServer, cut: str, posted: int) -> None:
    url = slack.slash_command("/policy")["response_url"]
    slack.fail_next("response_url", cut=cut)
    with pytest.raises(aiohttp.ClientError):
        await post_url(url, {"text": "a"})
    assert len(slack.messages) == posted


async def test_a_refused_call_is_not_taken_and_not_cut(slack: SlackServer) -> None:
    slack.fail_next("chat.postMessage", cut="after")
    answer = await call(slack, "chat.postMessage", channel=PATROL)
    assert (answer["error"], slack.calls[0].taken) == ("no_text", False)
    with pytest.raises(ValueError, match="before or after"):
        slack.fail_next("chat.postMessage", cut="during")


async def test_trouble_lasts_until_it_is_healed(slack: SlackServer) -> None:
    client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
    slack.fail_next("chat.startStream", error="access_denied", times=None)
    slack.fail_next("chat.postMessage", status=503, times=None)
    for _ in range(3):
        assert (await call(slack, "chat.startStream"))["error"] == "access_denied"
        with pytest.raises(SlackApiError, match="503"):
            await client.chat_postMessage(channel=PATROL, text="a")
    slack.heal("chat.postMessage")
    assert (await post(slack))["ok"]


async def test_a_slow_network_delays_every_call(slack: SlackServer) -> None:
    slack.latency = 0.05
    url = slack.slash_command("/policy")["response_url"]
    started = time.monotonic()
    await post(slack)
    await post_url(url, {"text": "a"})
    assert time.monotonic() - started >= 0.1


# Hooks and kill points


async def test_hooks_see_a_call_before_and_after_it_is_taken(slack: SlackServer) -> None:
    seen: list[tuple[str, str, int]] = []

    def before(call: Call) -> None:
        seen.append(("before", call.method, len(slack.messages)))

    async def after(call: Call) -> None:
        await asyncio.sleep(0)
        seen.append(("after", call.method, len(slack.messages)))

    slack.before_call, slack.after_taken = before, after
    await post(slack)
    await call(slack, "chat.postMessage", channel="C0NOWHERE", text="a")
    await post_url(slack.slash_command("/policy")["response_url"], {"text": "a"})
    assert seen == [
        ("before", "chat.postMessage", 0),
        ("after", "chat.postMessage", 1),
        ("before", "chat.postMessage", 1),
        ("before", "response_url", 1),
        ("after", "response_url", 2),
    ]


async def test_a_hook_can_cut_the_connection(slack: SlackServer) -> None:
    def before(call: Call) -> None:
        raise Cut

    slack.before_call = before
    with pytest.raises(aiohttp.ClientError):
        await post(slack)
    assert slack.messages == []


@pytest.mark.parametrize(("moment", "posted"), [("before", 1), ("after", 2)])
async def test_a_kill_point_strikes_once_at_the_call_it_names(
    slack: SlackServer, moment: str, posted: int
) -> None:
    killed: list[int] = []
    slack.kill_at("chat.postMessage", moment, lambda: killed.append(len(slack.messages)), nth=2)
    await call(slack, "auth.test")
    await post(slack)
    with pytest.raises(aiohttp.ClientError):
        await post(slack)
    assert (killed, len(slack.messages)) == ([posted], posted)
    assert (await post(slack))["ok"]
    with pytest.raises(ValueError, match="before or after"):
        slack.kill_at("chat.postMessage", "during", lambda: None)


@pytest.mark.parametrize(("moment", "posted"), [("before", 0), ("after", 1)])
async def test_a_process_is_killed_at_a_call(slack: SlackServer, moment: str, posted: int) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", POSTS, slack.api_url, slack.bot_token
    )

    async def kill() -> None:
        process.kill()
        await process.wait()

    slack.kill_at("chat.postMessage", moment, kill)
    await asyncio.wait_for(process.wait(), 20)
    await slack.settle(0.05)
    assert process.returncode == -9
    assert len(slack.messages) == posted


# Sockets


async def test_an_eleventh_socket_is_turned_away(slack: SlackServer) -> None:
    async with AsyncExitStack() as stack:
        for _ in range(10):
            await stack.enter_async_context(plugged(slack))
        url = (await call(slack, "apps.connections.open", token=slack.app_token))["url"]
        session = await stack.enter_async_context(aiohttp.ClientSession())
        ws = await stack.enter_async_context(session.ws_connect(url))
        frame = await ws.receive_json()
        assert (frame["type"], frame["reason"]) == ("disconnect", "too_many_websockets")
        assert (await ws.receive()).type == aiohttp.WSMsgType.CLOSE
        assert len(slack.sockets) == 10


async def test_turning_socket_mode_off_closes_every_socket(slack: SlackServer) -> None:
    async with plugged(slack) as one, plugged(slack) as two:
        going = asyncio.create_task(slack.disconnect("link_disabled", grace=0.05))
        for ws in (one, two):
            assert (await ws.receive_json())["reason"] == "link_disabled"
            assert (await ws.receive()).type == aiohttp.WSMsgType.CLOSE
        await going
    with pytest.raises(ValueError, match="no reason"):
        await slack.disconnect("tired")


async def test_an_acknowledgement_can_be_watched(slack: SlackServer) -> None:
    seen: list[Delivery] = []
    slack.on_acknowledged = seen.append
    async with plugged(slack) as ws:
        sending = asyncio.create_task(slack.deliver(slack.message_im("hello")))
        await ws.send_json({"envelope_id": (await ws.receive_json())["envelope_id"]})
        assert [await sending] == seen


async def test_a_frozen_socket_takes_and_brings_nothing() -> None:
    async with SlackServer(ack_timeout=0.1) as slack, plugged(slack) as ws:
        await slack.ping()
        slack.freeze()
        await ws.send_json({"envelope_id": "made-up"})
        delivery = await slack.deliver(slack.message_im("hello"))
        assert (delivery.acknowledged, slack.violations) == (False, [])
        with pytest.raises(TimeoutError):
            await ws.receive_json(timeout=0.05)
        async with plugged(slack) as fresh:
            slack.sockets[0].frozen = False
            await slack.ping()
            sending = asyncio.create_task(slack.deliver(slack.message_im("again"), wait=False))
            await sending
            tasks = [asyncio.create_task(one.receive_json()) for one in (ws, fresh)]
            done, left = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            assert len(done) == 1
            for task in left:
                task.cancel()


# Redelivery and restarts


async def test_an_event_comes_again_as_often_as_a_test_wants(slack: SlackServer) -> None:
    tries: list[tuple[str, str]] = []

    async def receive(request: web.Request) -> web.Response:
        headers = request.headers
        tries.append((headers["X-Slack-Retry-Num"], headers["X-Slack-Retry-Reason"]))
        return web.Response()

    event = slack.message_im("hello")
    app = web.Application()
    app.router.add_post("/slack/events", receive)
    async with served(app) as url:
        for number in range(1, 5):
            await slack.deliver_http(url, event, retry_num=number, retry_reason="http_timeout")
    assert tries == [(str(number), "http_timeout") for number in range(1, 5)]
    async with plugged(slack) as ws:
        delivery = await slack.deliver(event, wait=False)
        await ws.receive_json()
        for number in range(1, 5):
            again = asyncio.create_task(slack.redeliver(delivery))
            envelope = await ws.receive_json()
            assert (envelope["retry_attempt"], envelope["retry_reason"]) == (number, "timeout")
            await ws.send_json({"envelope_id": envelope["envelope_id"]})
            delivery = await again
            assert delivery.payload["event_id"] == event["event_id"]


async def test_a_modal_and_a_button_outlive_the_app(slack: SlackServer) -> None:
    async with plugged(slack):
        trigger = slack.shortcut("ask")["trigger_id"]
        await call(slack, "views.open", trigger_id=trigger, view=form())
        blocks = [actions(button(value="7"))]
        said: Payload = {"channel": PATROL, "user": OFFICER, "text": "a", "blocks": blocks}
        await call(slack, "chat.postEphemeral", **said)
    (view,), (message,) = slack.views, slack.messages
    async with plugged(slack) as ws:
        for payload in (
            slack.view_submission(view, {"why": "training"}),
            slack.block_actions(message, "ask"),
        ):
            sending = asyncio.create_task(slack.deliver(payload))
            envelope = await ws.receive_json()
            assert envelope["payload"] == payload
            await ws.send_json({"envelope_id": envelope["envelope_id"]})
            assert (await sending).acknowledged
    assert not view.open
    done = {"text": "done", "replace_original": True}
    assert await post_url(payload["response_url"], done) == (200, "")
    assert (message.text, slack.violations) == ("done", [])
