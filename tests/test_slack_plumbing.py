"""Joining, acknowledging, failing and leaving: what Slack and the network do to the surface."""

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import aiohttp
import pytest
from backends import ON_SERVERS
from slack_answers import ScriptedAnswers
from slack_bolt.async_app import AsyncApp
from slack_protocol import OFFICER, PARTNER, PATROL, Payload, sign
from slack_rig import (
    HTTP,
    SOCKET,
    TRANSPORTS,
    Rig,
    calls,
    joined,
    posted,
    served,
    wait_asked,
    wait_posted,
)
from slack_scenes import Scene
from slack_sdk.web.async_client import AsyncWebClient
from slack_server import SlackServer
from sqlalchemy import event

from bot.errors import ServiceRefused
from bot.slack.ids import Action
from bot.slack.logs import quiet
from bot.slack.socket import Socket

QUESTION = "would a shot of my locker on a blog be fine?"
SECRET = "SECRETWORD"


def _asks(slack: SlackServer, text: str = QUESTION) -> dict[str, Payload]:
    root = slack.message_channel("who is on tonight?")["event"]["ts"]
    slack.message_channel("me", thread_ts=root)
    return {
        "mention": slack.mention(text, thread_ts=root)[0],
        "direct": slack.message_im(text),
        "command": slack.slash_command("/policy", text),
    }


METHODS = {
    "mention": "chat.postEphemeral",
    "direct": "chat.postMessage",
    "command": "response_url",
}


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("kind", METHODS)
async def test_acknowledgement_comes_before_the_work(
    slack: SlackServer, tmp_path: Path, kind: str, transport: str
) -> None:
    async with joined(slack, tmp_path, transport) as rig:
        rig.answers.gate.clear()
        delivery = await rig.give(_asks(slack)[kind])
        assert delivery.latency is not None and delivery.latency < 0.5
        await wait_asked(slack, rig.answers)
        assert posted(slack) == []
        rig.answers.gate.set()
        assert len(await wait_posted(slack)) == 1


@pytest.mark.embedded("the one writer that SQLite lets in")
async def test_what_cannot_be_written_down_is_not_acknowledged_and_comes_again(
    slack: SlackServer, tmp_path: Path
) -> None:
    slack.redeliver_after = 0.3
    async with joined(slack, tmp_path) as rig:
        with rig.engine.begin():  # the one writer that SQLite lets in
            given = asyncio.create_task(rig.give(slack.message_im(QUESTION)))
            await asyncio.sleep(0.2)
            assert {call.method for call in slack.calls} == {"auth.test", "apps.connections.open"}
            assert not any(delivery.acknowledged for delivery in slack.deliveries)
        await given
        assert slack.deliveries[-1].acknowledged
        assert len(await wait_posted(slack)) == 1


# Joining


@pytest.mark.parametrize(
    ("method", "code", "setting"),
    [
        ("auth.test", "invalid_auth", "SLACK_BOT_TOKEN"),
        ("auth.test", "account_inactive", "SLACK_BOT_TOKEN"),
        ("auth.test", "token_revoked", "SLACK_BOT_TOKEN"),
        ("apps.connections.open", "invalid_auth", "SLACK_APP_TOKEN"),
        ("apps.connections.open", "missing_scope", "SLACK_APP_TOKEN"),
    ],
)
async def test_a_refused_token_stops_the_start_with_one_line(
    slack: SlackServer, tmp_path: Path, method: str, code: str, setting: str
) -> None:
    slack.fail_next(method, error=code)
    rig = Rig(slack, tmp_path, ScriptedAnswers(), SOCKET)
    with pytest.raises(ServiceRefused) as refused:
        await rig.build().start()
    line = str(refused.value)
    assert line.startswith(f"{setting}: Slack refused the token ('{code}'). ") and "\n" not in line
    assert slack.bot_token not in line and slack.app_token not in line
    assert slack.connections == 0


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_a_token_that_slack_never_gave_out_is_refused(
    slack: SlackServer, tmp_path: Path, transport: str
) -> None:
    rig = Rig(slack, tmp_path, ScriptedAnswers(), transport)
    with pytest.raises(ServiceRefused, match="SLACK_BOT_TOKEN"):
        await rig.build(slack_bot_token="xoxb-wrong").start()


async def test_an_address_without_slack_stops_the_start_with_one_line(
    slack: SlackServer, tmp_path: Path, unused_tcp_port: int
) -> None:
    rig = Rig(slack, tmp_path, ScriptedAnswers(), HTTP)
    nowhere = f"http://127.0.0.1:{unused_tcp_port}/api/"
    with pytest.raises(ServiceRefused) as refused:
        await rig.build(slack_api_url=nowhere).start()
    assert str(refused.value).startswith(f"SLACK_API_URL: '{nowhere}' gives no answer (")


async def test_trouble_at_slack_while_joining_is_got_over(
    slack: SlackServer, tmp_path: Path
) -> None:
    slack.fail_next("auth.test", status=503)
    slack.fail_next("apps.connections.open", status=429, retry_after=0)
    async with joined(slack, tmp_path) as rig:
        await rig.give(slack.message_im(QUESTION))
        assert len(await wait_posted(slack)) == 1


async def test_tokens_of_the_environment_that_bolt_reads_by_itself_change_nothing(
    slack: SlackServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-of-somebody-else")
    monkeypatch.setenv("SLACK_SIGNING_SECRET", "somebody-else")
    monkeypatch.setenv("SLACK_CLIENT_ID", "1.2")
    monkeypatch.setenv("SLACK_CLIENT_SECRET", "hidden")
    async with joined(slack, tmp_path, HTTP) as rig:
        await rig.give(slack.message_im(QUESTION))
        assert len(await wait_posted(slack)) == 1


# Signed HTTP


async def test_the_address_is_verified(slack: SlackServer, tmp_path: Path) -> None:
    async with joined(slack, tmp_path, HTTP) as rig:
        assert await slack.url_verification(rig.url)


def _now(shift: int = 0) -> str:
    return str(int(time.time()) + shift)


@pytest.mark.parametrize(
    ("secret", "timestamp"),
    [
        ("forged", None),
        (None, -301),
        (None, +600),
        (None, "yesterday"),
        (None, "-1"),
        (None, "1e9"),
        (None, "９９９"),
        (None, "9" * 400),
    ],
)
async def test_a_request_that_slack_did_not_sign_just_now_is_refused(
    slack: SlackServer, tmp_path: Path, secret: str | None, timestamp: str | int | None
) -> None:
    """A number is so many seconds from now."""
    at = _now(timestamp) if isinstance(timestamp, int) else timestamp
    async with joined(slack, tmp_path, HTTP) as rig:
        delivery = await slack.deliver_http(
            rig.url, slack.message_im(QUESTION), secret=secret, timestamp=at, retry_num=0
        )
        assert (delivery.status, delivery.response) == (401, "")
        await slack.settle(0.1)
        assert posted(slack) == [] and rig.answers.asked == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("{", 400),
        ("[]", 400),
        ('"words"', 400),
        ("", 200),
        ("{}", 200),
        ("not=json", 200),
        ("payload=%7B", 400),
        ("x" * 1_000_001, 413),
    ],
)
async def test_a_strange_body_is_refused_or_left(
    slack: SlackServer, tmp_path: Path, body: str, status: int
) -> None:
    async with joined(slack, tmp_path, HTTP) as rig:
        stamp = _now()
        headers = {
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": sign(slack.signing_secret, stamp, body),
            "Content-Type": "application/x-www-form-urlencoded"
            if "=" in body
            else "application/json",
        }
        async with (
            aiohttp.ClientSession() as session,
            session.post(rig.url, data=body, headers=headers) as answer,
        ):
            assert answer.status == status and await answer.text() == ""


@pytest.mark.parametrize(("body", "signature"), [(b"\xff", "v0=00"), (b"{}", "v0=\u00e9")])
async def test_bytes_that_are_no_text_are_refused(
    slack: SlackServer, tmp_path: Path, body: bytes, signature: str
) -> None:
    async with joined(slack, tmp_path, HTTP) as rig, aiohttp.ClientSession() as session:
        headers = {"X-Slack-Request-Timestamp": _now(), "X-Slack-Signature": signature}
        async with session.post(rig.url, data=body, headers=headers) as answer:
            assert answer.status == 401


async def test_without_a_signing_secret_there_is_no_http(
    slack: SlackServer, tmp_path: Path
) -> None:
    async with joined(slack, tmp_path, SOCKET) as rig, served(rig.surface) as url:
        delivery = await slack.deliver_http(url, slack.message_im(QUESTION), retry_num=0)
        assert delivery.status == 404


async def test_before_the_start_and_after_the_stop_slack_is_told_to_come_again(
    slack: SlackServer, tmp_path: Path
) -> None:
    rig = Rig(slack, tmp_path, ScriptedAnswers(), HTTP)
    surface = rig.build()
    async with served(surface) as url:
        early = await slack.deliver_http(url, slack.message_im(QUESTION), retry_num=0)
        await surface.start()
        taken = await slack.deliver_http(url, slack.message_im(QUESTION), retry_num=0)
        await surface.stop()
        late = await slack.deliver_http(url, slack.message_im(QUESTION), retry_num=0)
    assert (early.status, taken.status, late.status) == (503, 200, 503)
    assert len(posted(slack)) == 1


# Posting


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("kind", METHODS)
async def test_too_many_calls_are_waited_out_and_the_answer_is_posted_once(
    slack: SlackServer, tmp_path: Path, kind: str, transport: str
) -> None:
    async with joined(slack, tmp_path, transport) as rig:
        slack.fail_next(METHODS[kind], status=429, retry_after=0)
        await rig.give(_asks(slack)[kind])
        [message] = await wait_posted(slack)
        tries = [call.error for call in slack.calls if call.method == METHODS[kind]]
    assert tries == ["429", None] and "Needs permission" in message.words


@pytest.mark.parametrize("status", [500, 502, 503])
@pytest.mark.parametrize("kind", METHODS)
async def test_a_post_that_may_have_been_taken_is_not_repeated(
    slack: SlackServer, tmp_path: Path, kind: str, status: int
) -> None:
    async with joined(slack, tmp_path) as rig:
        slack.fail_next(METHODS[kind], status=status)
        await rig.give(_asks(slack)[kind])
        [message] = await wait_posted(slack)
        tries = [call.error for call in slack.calls if call.method == METHODS[kind]]
    assert tries == [str(status), None]
    if kind == "direct":  # it was looked for, and is not there
        assert "Needs permission" in message.words
    else:
        assert "did not confirm it" in message.words and "E-514" in message.words
        assert "Needs permission" not in message.words


async def test_a_connection_that_breaks_after_a_post_does_not_double_the_answer(
    slack: SlackServer, tmp_path: Path
) -> None:
    async with joined(slack, tmp_path) as rig:
        slack.fail_next("chat.postMessage", cut="after")
        await rig.give(slack.message_im(QUESTION))
        [message] = await wait_posted(slack)
        await slack.wait_for(lambda: rig.surface.inbox.size() == 0)
    assert "Needs permission" in message.words


async def test_a_private_answer_that_may_have_been_seen_is_not_doubled_either(
    slack: SlackServer, tmp_path: Path
) -> None:
    async with joined(slack, tmp_path) as rig:
        slack.fail_next("chat.postEphemeral", cut="after")
        await rig.give(_asks(slack)["mention"])
        messages = await wait_posted(slack, 2)
    assert ["Needs permission" in message.words for message in messages] == [True, False]
    assert "did not confirm it" in messages[1].words


@pytest.mark.parametrize("kind", METHODS)
async def test_a_failure_is_told_in_private_with_its_reference_and_no_details(
    slack: SlackServer, tmp_path: Path, kind: str
) -> None:
    async with joined(slack, tmp_path) as rig:
        payload = _asks(slack, f"break {SECRET}")[kind]
        assert (await rig.give(payload)).acknowledged
        [message] = await wait_posted(slack)
        again = slack.message_im(f"break {SECRET} again")
        await rig.give(again)
        await wait_posted(slack, 2)
    assert message.ephemeral is not None or message.channel == slack.im()
    assert message.words == (
        "Something went wrong, and your question has no answer. Please ask again. If it happens "
        "again, give the policy unit this reference: E-514"
    )


async def test_a_message_that_slack_refuses_is_told_and_logged_by_its_code(
    slack: SlackServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with joined(slack, tmp_path) as rig:
        slack.fail_next("chat.postMessage", error="team_access_not_granted")
        await rig.give(slack.message_im(QUESTION))
        [message] = await wait_posted(slack)
    assert "E-514" in message.words
    assert (
        "reference E-514: PostRefused Slack refused a message (team_access_not_granted"
        in caplog.text
    )


async def test_somebody_who_cannot_be_told_is_at_least_in_the_log(
    slack: SlackServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with joined(slack, tmp_path) as rig:
        slack.fail_next("chat.postMessage", error="channel_not_found", times=2)
        await rig.give(slack.message_im(QUESTION))
        await slack.wait_for(lambda: "Nobody could be told of E-514: PlaceGone" in caplog.text)
        await slack.settle(0.1)
    assert posted(slack) == []


async def test_the_answer_to_an_expired_response_address_comes_as_a_direct_message(
    slack: SlackServer, tmp_path: Path
) -> None:
    async with joined(slack, tmp_path) as rig:
        payload = slack.slash_command("/policy", QUESTION)
        slack.advance(3600)
        await rig.give(payload)
        [message] = await wait_posted(slack)
    assert message.channel == slack.im(OFFICER) and message.ephemeral is None
    assert message.words.startswith("This could not be shown where you asked")


# The socket


async def test_after_a_disconnect_the_next_question_is_answered(
    slack: SlackServer, tmp_path: Path
) -> None:
    async with joined(slack, tmp_path) as rig:
        for number in range(1, 4):
            await rig.give(slack.message_im(QUESTION))
            await wait_posted(slack, number)
            await slack.disconnect()
            await slack.wait_for(lambda n=number: slack.connections == n + 1)  # type: ignore[misc]
        await rig.give(slack.message_im(QUESTION))
        assert len(await wait_posted(slack, 4)) == 4


async def test_a_disconnect_during_an_answer_loses_nothing(
    slack: SlackServer, tmp_path: Path
) -> None:
    async with joined(slack, tmp_path) as rig:
        rig.answers.gate.clear()
        await rig.give(slack.message_im(QUESTION))
        await wait_asked(slack, rig.answers)
        await slack.disconnect()
        rig.answers.gate.set()
        assert len(await wait_posted(slack)) == 1


async def test_a_cut_line_is_mended(slack: SlackServer, tmp_path: Path) -> None:
    async with joined(slack, tmp_path) as rig:
        slack.drop()
        await slack.wait_for(lambda: slack.connections == 2, 15.0)
        await rig.give(slack.message_im(QUESTION))
        assert len(await wait_posted(slack)) == 1


async def test_a_used_address_is_given_up_for_a_new_one_and_never_logged(
    slack: SlackServer, caplog: pytest.LogCaptureFixture
) -> None:
    client = AsyncWebClient(slack.bot_token, base_url=slack.api_url, logger=quiet())
    app = AsyncApp(client=client, signing_secret="", logger=quiet())
    socket = Socket(app, slack.app_token, patience=0.3)
    socket.wss_uri = slack.origin.replace("http", "ws") + "/link/?ticket=used"
    await socket.connect()
    assert slack.connections == 1
    await socket.close()  # type: ignore[no-untyped-call]
    assert "connect, line" in caplog.text and "WSServerHandshakeError" in caplog.text
    assert "ticket" not in caplog.text


# Leaving


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("kind", METHODS)
async def test_a_stop_finishes_what_began(
    slack: SlackServer, tmp_path: Path, kind: str, transport: str
) -> None:
    async with joined(slack, tmp_path, transport) as rig:
        rig.answers.gate.clear()
        await rig.give(_asks(slack)[kind])
        await wait_asked(slack, rig.answers)
        stopping = asyncio.create_task(rig.surface.stop())
        await asyncio.sleep(0.1)
        assert not stopping.done() and posted(slack) == [] and slack.sockets == []
        rig.answers.gate.set()
        await stopping
        assert len(posted(slack)) == 1


async def _share(scene: Scene) -> Payload:
    form = await scene.view(scene.slack.block_actions(await scene.private(), Action.SHARE))
    return scene.slack.view_submission(form, {})


async def _keep(scene: Scene) -> Payload:
    return scene.slack.block_actions(await scene.private(), Action.KEEP)


async def _vote(scene: Scene) -> Payload:
    answer = await scene.direct()
    return scene.slack.block_actions(answer, Action.THUMBS, choose="positive")


async def _reason(scene: Scene) -> Payload:
    answer = await scene.direct()
    return scene.slack.block_actions(answer, Action.THUMBS, choose="negative")


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize(
    ("click", "slow", "taken"),
    [
        (_share, "chat.postMessage", 2),
        (_keep, "response_url", 1),
        (_vote, "chat.postEphemeral", 2),
        (_reason, "views.open", 1),
    ],
)
async def test_a_stop_waits_for_a_click_under_way(
    slack: SlackServer,
    tmp_path: Path,
    click: Callable[[Scene], Awaitable[Payload]],
    slow: str,
    taken: int,
    transport: str,
) -> None:
    async with joined(slack, tmp_path, transport) as rig:
        payload = await click(Scene(slack, rig))
        before = len(slack.views)
        slack.fail_next(slow, delay=0.4)
        await rig.give(payload)
        await rig.surface.stop()
        assert [call.error for call in slack.calls if call.error] == []
        assert slack.calls[-1].method in (slow, "response_url")
        assert len(posted(slack)) == taken
        assert len(slack.views) - before == (click is _reason)


async def test_a_stop_right_after_an_acknowledgement_still_answers(
    slack: SlackServer, tmp_path: Path
) -> None:
    for number in range(1, 6):
        async with joined(slack, tmp_path, HTTP) as rig:
            await slack.deliver_http(rig.url, slack.message_im(QUESTION))
            await rig.surface.stop()
            assert len(posted(slack)) == number


async def test_a_stop_does_not_wait_for_ever(
    slack: SlackServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with joined(slack, tmp_path) as rig:
        rig.answers.gate.clear()
        await rig.give(slack.message_im(QUESTION))
        await wait_asked(slack, rig.answers)
        await rig.surface.stop(grace=0.1)
        assert "1 answers were not finished" in caplog.text


# What is written down


@pytest.mark.parametrize("happens", ["a mention", "a mention again", "a direct message", "talk"])
async def test_what_is_handed_over_is_read_and_written_in_one_transaction(
    slack: SlackServer, tmp_path: Path, happens: str
) -> None:
    async with joined(slack, tmp_path) as rig:
        mention = slack.mention(QUESTION)[0]
        root = mention["event"]["ts"]
        if happens in ("a mention again", "talk"):
            await Scene(slack, rig).give(mention)
        rig.answers.gate.clear()
        payloads = {
            "a direct message": slack.message_im(QUESTION),
            "talk": slack.message_channel("you coming?", PARTNER, thread_ts=root),
        }
        # The first look at the inbox is over, the next is 5 seconds away.
        await slack.settle(0.3 if ON_SERVERS else 0.05)
        begun: list[object] = []
        event.listen(rig.engine, "begin", begun.append)
        await rig.give(payloads.get(happens, mention))
        await slack.settle(0.05)
        assert len(begun) == 1


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_no_log_holds_words_tokens_or_addresses_even_at_debug_level(
    slack: SlackServer,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    transport: str,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    before = {name: logging.getLogger(name).level for name in ("slack_bolt", "slack_sdk")}
    for name in before:
        logging.getLogger(name).setLevel(logging.DEBUG)
    async with joined(slack, tmp_path, transport) as rig:
        for text in (SECRET, f"break {SECRET}"):
            for payload in _asks(slack, text).values():
                await rig.give(payload)
        await wait_posted(slack, 6)
        if transport == SOCKET:
            slack.fail_next("apps.connections.open", error="internal_error")
            await slack.disconnect()
            await slack.wait_for_connections()
            frame = json.dumps({"type": "events_api", "payload": [SECRET]})
            await slack.sockets[0].ws.send_str(frame)
            await slack.sockets[0].ws.send_str("{" + SECRET)
        else:
            await slack.deliver_http(rig.url, slack.message_im(SECRET), secret="x", retry_num=0)
            broken = slack.message_im(SECRET)
            broken["event"] = {"type": "message", "channel": 7, "ts": SECRET, "user": SECRET}
            await slack.deliver_http(rig.url, broken, retry_num=0)
        slack.fail_next("chat.postMessage", status=500)
        await rig.give(slack.message_im(SECRET))
        await slack.settle(0.3)
    captured = capfd.readouterr()
    lines = [
        record.getMessage() + str(record.exc_info) + str(record.exc_text)
        for record in caplog.records
        if not record.name.startswith(("asyncio", "aiosqlite"))
    ]
    everything = "\n".join([*lines, captured.out, captured.err])
    assert any("reference E-514: RuntimeError" in line for line in lines)
    hidden = (
        SECRET,
        "ticket=",
        slack.bot_token,
        slack.app_token,
        slack.signing_secret,
        "/commands/",
    )
    assert [word for word in hidden if word in everything] == []


async def test_calls_go_where_the_setting_says_and_links_are_not_unfurled(
    slack: SlackServer, tmp_path: Path
) -> None:
    async with joined(slack, tmp_path) as rig:
        await rig.give(slack.message_im(QUESTION))
        await wait_posted(slack)
    [arguments] = calls(slack, "chat.postMessage")
    assert arguments["unfurl_links"] is False and arguments["unfurl_media"] is False
    assert PATROL not in str(arguments)


async def test_a_command_that_fails_at_once_is_acknowledged_all_the_same(
    slack: SlackServer, tmp_path: Path
) -> None:
    async with joined(slack, tmp_path) as rig:
        with rig.engine.begin() as connection:
            connection.exec_driver_sql("DROP TABLE deliveries")
        for number in range(1, 11):
            delivery = await rig.give(slack.slash_command("/policy", QUESTION))
            assert delivery.latency is not None and delivery.latency < 1
            messages = await wait_posted(slack, number)
    assert all("E-514" in message.words for message in messages)
