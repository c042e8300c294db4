"""The local Slack stand-in refuses what Slack refuses, and serves a correct Bolt app."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond, AsyncSay
from slack_clients import (
    actions,
    button,
    call,
    feedback,
    form,
    modal,
    plugged,
    post_url,
    section,
    served,
)
from slack_protocol import (
    CHIEF,
    COMMAND,
    LOBBY,
    OFFICER,
    PARTNER,
    PATROL,
    TEAM,
    Delivery,
    Payload,
    check_blocks,
    check_view,
)
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.models import blocks as kit
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient
from slack_server import SlackServer

AT_ROOT, AT_REPLY = "<the ts of a message>", "<the ts of a reply>"


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    async with SlackServer() as server:
        yield server


# Tokens, methods and arguments


@pytest.mark.parametrize(
    ("method", "token", "error"),
    [
        ("auth.test", "", "not_authed"),
        ("auth.test", "xoxb-somebody-else", "invalid_auth"),
        ("chat.postMessage", "app", "not_allowed_token_type"),
        ("apps.connections.open", "bot", "not_allowed_token_type"),
        ("apps.connections.open", "", "not_authed"),
        ("chat.postMassage", "bot", "unknown_method"),
    ],
)
async def test_a_wrong_token_or_method_is_refused(
    slack: SlackServer, method: str, token: str, error: str
) -> None:
    tokens = {"app": slack.app_token, "bot": slack.bot_token}
    answer = await call(slack, method, token=tokens.get(token, token))
    assert answer == {"ok": False, "error": error}
    assert [c.error for c in slack.calls] == [error]


async def test_a_token_counts_in_a_form_but_not_in_a_json_body(slack: SlackServer) -> None:
    async with aiohttp.ClientSession() as session:
        url, token = slack.api_url + "auth.test", {"token": slack.bot_token}
        async with session.post(url, data=token) as answer:
            assert (await answer.json())["user_id"] == slack.bot_user_id
        async with session.post(url, json=token) as answer:
            assert (await answer.json())["error"] == "not_authed"
        async with session.post(url, headers={"Authorization": slack.bot_token}) as answer:
            assert (await answer.json())["error"] == "not_authed"
        headers = {"Content-Type": "application/json"}
        async with session.post(url, data="{", headers=headers) as answer:
            assert (await answer.json())["error"] == "invalid_json"


HERE, THREAD = {"channel": PATROL, "text": "hi"}, {"channel_id": "D0OFFICER", "thread_ts": AT_ROOT}
NEVER = "1700000000.000001"
HERE_STREAM: Payload = {
    "channel": PATROL,
    "thread_ts": AT_ROOT,
    "recipient_team_id": TEAM,
    "recipient_user_id": OFFICER,
}
REFUSED: dict[str, list[tuple[Payload, str]]] = {
    "chat.postMessage": [
        ({"text": "hi"}, "invalid_arguments"),
        ({"channel": "C0NOWHERE", "text": "hi"}, "channel_not_found"),
        ({"channel": "C0HIDDEN", "text": "hi"}, "channel_not_found"),
        ({"channel": LOBBY, "text": "hi"}, "not_in_channel"),
        ({"channel": PATROL}, "no_text"),
        ({"channel": PATROL, "text": " ", "blocks": []}, "no_text"),
        ({"channel": PATROL, "text": "x" * 40_001}, "msg_too_long"),
        ({"channel": PATROL, "text": 7}, "invalid_arguments"),
        ({"channel": PATROL, "blocks": "{"}, "invalid_blocks_format"),
        ({"channel": PATROL, "blocks": {"a": 1}}, "invalid_blocks_format"),
        ({"channel": PATROL, "blocks": [{"type": "box"}]}, "invalid_blocks"),
        ({"channel": PATROL, "blocks": [section("x" * 2500)] * 5}, "msg_blocks_too_long"),
        ({**HERE, "markdown_text": "b"}, "markdown_text_conflict"),
        ({**HERE, "thread_ts": NEVER}, "thread_not_found"),
        ({**HERE, "thread_ts": AT_REPLY}, "thread_not_found"),
        ({**HERE, "thread_ts": AT_ROOT, "channel": COMMAND}, "thread_not_found"),
        ({**HERE, "thread_ts": 1.5}, "invalid_thread_ts"),
        ({"channel": PATROL, "markdown_text": "x" * 12_001}, "msg_too_long"),
        ({"channel": PATROL, "blocks": [{"type": "divider"}] * 51}, "invalid_blocks"),
        ({"channel": PATROL, "blocks": [actions(feedback())]}, "invalid_blocks"),
        ({"channel": PATROL, "blocks": [actions(button(), button())]}, "invalid_blocks"),
        ({"channel": PATROL, "blocks": [section(block_id="a")] * 2}, "invalid_blocks"),
        ({**HERE, "attachments": "none"}, "invalid_arguments"),
        ({**HERE, "attachments": [{"blocks": [{"type": "box"}]}]}, "invalid_attachments"),
        ({**HERE, "attachments": [{}] * 101}, "too_many_attachments"),
        ({**HERE, "metadata": "{"}, "invalid_metadata_format"),
        ({**HERE, "metadata": {"event_type": "answered"}}, "invalid_metadata_format"),
        (
            {**HERE, "metadata": {"event_type": "an answer", "event_payload": {}}},
            "invalid_metadata_format",
        ),
        (
            {**HERE, "metadata": {"event_type": "answered", "event_payload": {"a": None}}},
            "invalid_metadata_format",
        ),
        (
            {**HERE, "metadata": {"event_type": "answered", "event_payload": {"a": "x" * 8000}}},
            "metadata_too_large",
        ),
    ],
    "chat.startStream": [
        (HERE_STREAM | {"thread_ts": None}, "invalid_arguments"),
        (HERE_STREAM | {"recipient_team_id": None}, "missing_recipient_team_id"),
        (HERE_STREAM | {"recipient_user_id": None}, "missing_recipient_user_id"),
        (HERE_STREAM | {"recipient_team_id": {"id": "T0POLICE"}}, "team_not_found"),
        (HERE_STREAM | {"recipient_user_id": "U0NOBODY"}, "user_not_found"),
        (HERE_STREAM | {"thread_ts": AT_REPLY}, "thread_not_found"),
        (HERE_STREAM | {"markdown_text": "x" * 12_001}, "msg_too_long"),
        (HERE_STREAM | {"chunks": [{"type": "task_update", "id": "1"}]}, "invalid_chunks"),
        (HERE_STREAM | {"chunks": "words"}, "invalid_arguments"),
        (HERE_STREAM | {"channel": LOBBY}, "not_in_channel"),
    ],
    "chat.appendStream": [
        ({"channel": PATROL, "ts": NEVER, "markdown_text": "a"}, "message_not_found"),
        ({"channel": PATROL, "ts": AT_ROOT, "markdown_text": "a"}, "message_not_owned_by_app"),
        ({"channel": PATROL, "markdown_text": "a"}, "invalid_arguments"),
    ],
    "chat.stopStream": [({"channel": PATROL, "ts": NEVER}, "message_not_found")],
    "chat.getPermalink": [({"channel": PATROL}, "invalid_arguments")],  # reads no JSON body
    "chat.postEphemeral": [
        (HERE, "invalid_arguments"),
        ({"channel": COMMAND, "user": OFFICER, "text": "hi"}, "user_not_in_channel"),
        ({"channel": LOBBY, "user": OFFICER, "text": "hi"}, "not_in_channel"),
        ({"channel": PATROL, "user": OFFICER}, "no_text"),
        ({"channel": PATROL, "user": "U0NOBODY", "text": "hi"}, "user_not_in_channel"),
        ({**HERE, "user": OFFICER, "thread_ts": AT_REPLY}, "thread_not_found"),
    ],
    "chat.update": [
        ({**HERE, "ts": AT_ROOT}, "cant_update_message"),
        ({**HERE, "ts": NEVER}, "message_not_found"),
        ({**HERE, "ts": AT_ROOT, "channel": OFFICER}, "channel_not_found"),
    ],
    "chat.delete": [({"channel": PATROL, "ts": AT_ROOT}, "cant_delete_message")],
    "conversations.open": [
        ({}, "users_list_not_supplied"),
        ({"users": "U0NOBODY"}, "user_not_found"),
        ({"users": [OFFICER] * 9}, "too_many_users"),
        ({"channel": PATROL}, "method_not_supported_for_channel_type"),
    ],
    "conversations.history": [
        ({"channel": LOBBY}, "not_in_channel"),
        ({"channel": PATROL, "cursor": "?"}, "invalid_cursor"),
    ],
    "conversations.info": [({"channel": PATROL}, "channel_not_found")],  # reads no JSON body
    "users.info": [({"user": OFFICER}, "user_not_found")],  # likewise
    "views.open": [
        ({"trigger_id": "1.2.made-up", "view": modal()}, "invalid_trigger_id"),
        ({"trigger_id": "1.2.made-up"}, "invalid_arguments"),
    ],
    "views.push": [({"trigger_id": "1.2.made-up", "view": modal()}, "invalid_trigger_id")],
    "views.update": [({"view_id": "V0NONE", "view": modal()}, "not_found")],
    "views.publish": [
        ({"user_id": OFFICER, "view": modal()}, "invalid_arguments"),
        ({"user_id": OFFICER, "view": "{"}, "invalid_arguments"),
        ({"user_id": "U0NOBODY", "view": {"type": "home", "blocks": []}}, "invalid_arguments"),
        (
            {
                "user_id": OFFICER,
                "view": {"type": "home", "blocks": [{"type": "markdown", "text": "a"}]},
            },
            "invalid_arguments",
        ),
        (
            {
                "user_id": OFFICER,
                "view": {"type": "home", "blocks": [], "private_metadata": "x" * 3001},
            },
            "invalid_arguments",
        ),
    ],
    "assistant.threads.setStatus": [
        ({**THREAD, "thread_ts": NEVER, "status": "…"}, "invalid_thread_ts"),
        ({**THREAD, "channel_id": PATROL}, "invalid_arguments"),
        ({"channel_id": "D0OFFICER", "status": "…"}, "invalid_arguments"),
    ],
    "assistant.threads.setTitle": [
        ({**THREAD, "channel_id": "D0NOBODY", "title": "…"}, "channel_not_found")
    ],
    "assistant.threads.setSuggestedPrompts": [
        ({**THREAD, "thread_ts": NEVER, "prompts": []}, "invalid_thread_ts"),
        ({"channel_id": "D0OFFICER", "prompts": [{"title": "a"}]}, "invalid_arguments"),
        (
            {"channel_id": "D0OFFICER", "prompts": [{"title": "a", "message": "b"}] * 5},
            "invalid_arguments",
        ),
        (
            {"channel_id": "D0OFFICER", "prompts": [{"title": "x" * 76, "message": "b"}]},
            "invalid_arguments",
        ),
        (
            {"channel_id": "D0OFFICER", "prompts": [{"title": "a", "message": "x" * 2001}]},
            "invalid_arguments",
        ),
    ],
}


@pytest.mark.parametrize(
    ("method", "arguments", "error"),
    [(method, *case) for method, cases in REFUSED.items() for case in cases],
)
async def test_wrong_arguments_are_refused(
    slack: SlackServer, method: str, arguments: Payload, error: str
) -> None:
    slack.add_channel("C0HIDDEN", "hidden", {CHIEF}, private=True)
    root = slack.message_channel("a question")["event"]["ts"]
    reply = slack.message_channel("a reply", thread_ts=root)["event"]["ts"]
    stamps = {AT_ROOT: root, AT_REPLY: reply}
    given = {k: stamps.get(v, v) if isinstance(v, str) else v for k, v in arguments.items()}
    given = {name: value for name, value in given.items() if value is not None}
    answer = await call(slack, method, **given)
    assert (answer["ok"], answer["error"]) == (False, error)
    assert slack.messages == []


@pytest.mark.parametrize(
    ("said", "note"),
    [
        ({"metadata": {"event_type": "a", "event_payload": {}}}, "no such argument: metadata"),
        ({"username": "The Chief"}, "['username'] need chat:write.customize"),
    ],
)
async def test_what_an_ephemeral_message_cannot_have_is_noted(
    slack: SlackServer, said: Payload, note: str
) -> None:
    assert (await call(slack, "chat.postEphemeral", **HERE, user=OFFICER, **said))["ok"]
    assert slack.violations == [f"chat.postEphemeral: {note}"]
    assert slack.messages[0].metadata is None


async def test_refused_blocks_are_named_one_by_one(slack: SlackServer) -> None:
    answer = await call(slack, "chat.postMessage", channel=PATROL, blocks=[section("x" * 3001)])
    problem = "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"
    assert answer["errors"] == [problem]
    assert answer["response_metadata"] == {"messages": [f"[ERROR] {problem}"]}


async def test_an_argument_slack_would_ignore_is_noted(slack: SlackServer) -> None:
    assert (await call(slack, "chat.postMessage", channel=PATROL, text="a", thread="b"))["ok"]
    assert slack.violations == ["chat.postMessage: no such argument: thread"]


# Block Kit


OPTION = {"text": {"type": "plain_text", "text": "One"}, "value": "1"}
PLAIN, LONG = {"type": "plain_text", "text": "a"}, {"type": "plain_text", "text": "x" * 76}
WRONG_BLOCKS: list[tuple[object, str]] = [
    ("no list", "must provide an array [json-pointer:/blocks]"),
    ([{"type": "divider"}] * 51, "no more than 50 items allowed [json-pointer:/blocks]"),
    (["text"], "must provide an object [json-pointer:/blocks/0]"),
    ([{"type": "box"}], "unsupported type: box [json-pointer:/blocks/0/type]"),
    ([{}], "unsupported type: None [json-pointer:/blocks/0/type]"),
    ([{"type": "section"}], "must provide one of: text|fields [json-pointer:/blocks/0]"),
    ([section("x" * 3001)], "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"),
    ([section("")], "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
    ([section(emoji=True)], "invalid additional property: emoji [json-pointer:/blocks/0]"),
    (
        [{"type": "section", "text": {"type": "mrkdwn", "text": "a", "emoji": True}}],
        "invalid additional property: emoji [json-pointer:/blocks/0/text]",
    ),
    ([{"type": "section", "text": "a"}], "must provide an object [json-pointer:/blocks/0/text]"),
    ([{"type": "section", "text": {"type": "markdown", "text": "a"}}], "unsupported type"),
    ([{"type": "section", "fields": [PLAIN] * 11}], "no more than 10 items allowed"),
    (
        [{"type": "section", "fields": [{"type": "mrkdwn", "text": "x" * 2001}]}],
        "must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]",
    ),
    ([section(accessory=PLAIN)], "unsupported type: plain_text"),
    ([section(block_id="x" * 256)], "must be less than 256 characters"),
    ([section(block_id="a"), section(block_id="a")], "`block_id` already exists: a"),
    ([{"type": "header", "text": {"type": "mrkdwn", "text": "a"}}], "unsupported type: mrkdwn"),
    ([{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}], "less than 151"),
    ([{"type": "context", "elements": [PLAIN] * 11}], "no more than 10 items allowed"),
    ([{"type": "context", "elements": []}], "no fewer than 1 items allowed"),
    ([{"type": "context", "elements": [button()]}], "unsupported type: button"),
    ([actions(*(button(action_id=str(n)) for n in range(26)))], "no more than 25 items allowed"),
    ([actions(button(), button())], "`action_id` already exists: ask"),
    ([actions(button(text=LONG))], "must be less than 76 characters"),
    ([actions(button(text={"type": "mrkdwn", "text": "a"}))], "unsupported type: mrkdwn"),
    ([actions(button(value="x" * 2001))], "must be less than 2001 characters"),
    ([actions(button(url="https://" + "x" * 3000))], "must be less than 3001 characters"),
    ([actions(button(url="/directives/5.14"))], "must be a valid url"),
    ([actions(button(action_id="x" * 256))], "must be less than 256 characters"),
    ([actions(button(style="loud"))], "must be a valid enum value: primary, danger"),
    ([actions(button(confirm={"title": PLAIN}))], "missing required field: text"),
    ([actions({"type": "knob"})], "unsupported type: knob"),
    ([actions(feedback())], "unsupported type: feedback_buttons"),
    ([section(accessory=feedback())], "unsupported type: feedback_buttons"),
    (
        [{"type": "context_actions", "elements": [feedback(positive_button={"text": PLAIN})]}],
        "missing required field: value",
    ),
    ([actions({"type": "button", "action_id": "a"})], "missing required field: text"),
    ([actions({"type": "overflow", "options": [OPTION] * 6})], "no more than 5 items allowed"),
    ([actions({"type": "static_select"})], "must provide one of: options^option_groups"),
    (
        [actions({"type": "static_select", "options": [{**OPTION, "value": "x" * 151}]})],
        "must be less than 151 characters [json-pointer:/blocks/0/elements/0/options/0/value]",
    ),
    ([{"type": "image", "alt_text": "a"}], "must provide one of: image_url^slack_file"),
    ([{"type": "markdown", "text": "x" * 12_001}], "must be less than 12001 characters"),
    ([section("x" * 3000) for _ in range(5)], "all blocks together are over 12000 characters"),
    ([section("é" * 240) for _ in range(45)], "all blocks together are over 12000 characters"),
]


@pytest.mark.parametrize(("blocks", "problem"), WRONG_BLOCKS)
def test_blocks_over_a_limit_are_found(blocks: object, problem: str) -> None:
    assert any(problem in found for found in check_blocks(blocks)), check_blocks(blocks)


def test_what_the_sdk_builds_is_accepted() -> None:
    option = kit.Option(value="1", text="One", description="first")
    link = kit.LinkButtonElement(text="Read", url="http://127.0.0.1/x", action_id="read")
    confirm = kit.ConfirmObject(title="Sure?", text="It is final.", confirm="Yes", deny="No")
    built = [
        kit.HeaderBlock(text="Photos from the range"),
        kit.SectionBlock(text="*Needs permission*", accessory=link, block_id="verdict"),
        kit.SectionBlock(fields=["*Who*", "the Chief"], expand=True),
        kit.DividerBlock(),
        kit.ImageBlock(image_url="http://127.0.0.1/a.png", alt_text="a", title="A"),
        kit.ContextBlock(elements=[kit.MarkdownTextObject(text="_in force_", verbatim=True)]),
        kit.ActionsBlock(
            elements=[
                kit.ButtonElement(
                    text="Ask", action_id="a", value="1", style="danger", confirm=confirm
                ),
                kit.StaticSelectElement(placeholder="p", action_id="b", options=[option]),
                kit.OverflowMenuElement(action_id="c", options=[option]),
                kit.UserSelectElement(placeholder="p", action_id="d"),
                kit.DatePickerElement(action_id="e", initial_date="2019-09-10"),
                kit.CheckboxesElement(action_id="f", options=[option]),
                kit.RadioButtonsElement(action_id="g", options=[option], initial_option=option),
            ]
        ),
        kit.MarkdownBlock(text="**bold**"),
        kit.InputBlock(
            label="Why",
            hint="One line",
            optional=True,
            element=kit.PlainTextInputElement(action_id="why", multiline=True, max_length=500),
        ),
        kit.RichTextBlock(
            elements=[
                kit.RichTextListElement(
                    style="bullet",
                    elements=[
                        kit.RichTextSectionElement(
                            elements=[kit.RichTextElementParts.Text(text="a", style={"bold": True})]
                        )
                    ],
                )
            ]
        ),
    ]
    assert check_blocks([block.to_dict() for block in built]) == []


@pytest.mark.parametrize(
    ("view", "problem"),
    [
        ("text", "must provide an object"),
        ({"type": "modal", "blocks": []}, "missing required field: title"),
        (modal(title={"type": "plain_text", "text": "x" * 25}), "must be less than 25 characters"),
        (modal(private_metadata="x" * 3001), "must be less than 3001 characters"),
        (modal(callback_id="x" * 256), "must be less than 256 characters"),
        (modal(blocks=[{"type": "divider"}] * 101), "no more than 100 items allowed"),
        (modal(blocks=[{"type": "markdown", "text": "a"}]), "unsupported type: markdown"),
        (modal(blocks=form()["blocks"]), "must define `submit`"),
        ({"type": "home", "title": PLAIN, "blocks": []}, "invalid additional property: title"),
        ({"type": "home"}, "missing required field: blocks"),
    ],
)
def test_views_over_a_limit_are_found(view: object, problem: str) -> None:
    assert any(problem in found for found in check_view(view)), check_view(view)


def test_a_view_may_hold_more_than_a_message() -> None:
    assert check_view(modal(blocks=[section("x" * 3000)] * 60)) == []


# Messages


async def test_the_sdk_posts_updates_reads_and_deletes(slack: SlackServer) -> None:
    client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
    root = slack.message_channel("a question")["event"]["ts"]
    posted = await client.chat_postMessage(
        channel=PATROL, text="an answer", blocks=[actions(button())], thread_ts=root
    )
    (message,) = slack.messages
    assert (message.text, message.thread_ts, message.via) == ("an answer", root, "api")
    assert (message.action_ids, message.words) == (["ask"], "Ask")
    assert posted["message"]["blocks"][0]["block_id"]
    await client.chat_update(channel=PATROL, ts=posted["ts"], text="a better answer")
    assert (message.text, message.blocks) == ("a better answer", [])  # text alone removes blocks
    assert message.revisions[0][0] == "an answer"
    thread = await client.conversations_replies(channel=PATROL, ts=root)
    assert [m["text"] for m in thread["messages"]] == ["a question", "a better answer"]
    assert thread["messages"][0]["reply_count"] == 1
    history = await client.conversations_history(channel=PATROL)
    assert [m["text"] for m in history["messages"]] == ["a question"]
    await client.chat_delete(channel=PATROL, ts=posted["ts"])
    assert message.deleted
    with pytest.raises(SlackApiError, match="message_not_found"):
        await client.chat_update(channel=PATROL, ts=posted["ts"], text="again")
    assert slack.violations == []


async def test_an_update_takes_4000_characters(slack: SlackServer) -> None:
    client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
    posted = await client.chat_postMessage(channel=OFFICER, text="x" * 5000)
    assert posted["channel"] == slack.im()
    with pytest.raises(SlackApiError, match="msg_too_long"):
        await client.chat_update(channel=slack.im(), ts=posted["ts"], text="x" * 4001)


async def test_an_ephemeral_message_in_a_thread_without_replies_is_seen_by_nobody(
    slack: SlackServer,
) -> None:
    client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
    root = slack.message_channel("a question")["event"]["ts"]
    for _ in range(2):
        await client.chat_postEphemeral(channel=PATROL, user=OFFICER, text="hush", thread_ts=root)
        slack.message_channel("a reply", thread_ts=root)
    assert (len(slack.unseen), len(slack.messages)) == (1, 1)
    assert slack.messages[0].ephemeral == OFFICER
    assert slack.find(PATROL, slack.messages[0].ts) is None


async def test_the_sdk_reads_people_and_channels(slack: SlackServer) -> None:
    client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
    assert (await client.users_info(user=CHIEF))["user"]["name"] == "chief"
    assert (await client.conversations_info(channel=COMMAND))["channel"]["is_private"]
    assert (await client.conversations_info(channel=LOBBY))["channel"]["is_member"] is False
    assert (await client.conversations_open(users=[CHIEF]))["channel"]["id"] == slack.im(CHIEF)
    group = (await client.conversations_open(users=[CHIEF, OFFICER]))["channel"]
    assert group["is_mpim"] and (
        await call(slack, "chat.postMessage", channel=group["id"], text="a")
    )


async def test_a_long_thread_comes_in_pages(slack: SlackServer) -> None:
    client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
    root = slack.message_channel("0")["event"]["ts"]
    for number in range(1, 5):
        slack.message_channel(str(number), thread_ts=root)
    texts: list[str] = []
    async for page in await client.conversations_replies(channel=PATROL, ts=root, limit=2):
        texts += [message["text"] for message in page["messages"]]
    assert texts == ["0", "1", "2", "3", "4"]


async def test_the_assistant_methods_set_status_title_and_prompts(slack: SlackServer) -> None:
    client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
    im, ts = slack.im(), slack.message_im("a question")["event"]["ts"]
    await client.assistant_threads_setStatus(channel_id=im, thread_ts=ts, status="is reading…")
    await client.assistant_threads_setTitle(channel_id=im, thread_ts=ts, title="Photos")
    prompts = [{"title": "Photos", "message": "May I post a photo?"}]
    await client.assistant_threads_setSuggestedPrompts(channel_id=im, prompts=prompts)
    assert slack.statuses == {(im, ts): "is reading…"}
    assert slack.titles == {(im, ts): "Photos"}
    assert slack.prompts == {(im, None): {"title": None, "prompts": prompts}}
    await client.chat_postMessage(channel=im, thread_ts=ts, text="an answer")
    assert slack.statuses == {}
    assert slack.violations == []


# Views


async def test_a_trigger_opens_one_view_and_only_for_three_seconds(slack: SlackServer) -> None:
    client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
    used, stale = (slack.slash_command("/policy")["trigger_id"] for _ in range(2))
    opened = await client.views_open(trigger_id=used, view=form())
    assert opened["view"]["id"] == slack.views[0].id and slack.views[0].user == OFFICER
    with pytest.raises(SlackApiError, match="exchanged_trigger_id"):
        await client.views_open(trigger_id=used, view=form())
    slack.advance(3.1)
    with pytest.raises(SlackApiError, match="expired_trigger_id"):
        await client.views_open(trigger_id=stale, view=form())
    assert len(slack.views) == 1


async def test_a_view_is_updated_only_from_its_present_state(slack: SlackServer) -> None:
    client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
    trigger = slack.shortcut("request")["trigger_id"]
    view = (await client.views_open(trigger_id=trigger, view=modal(external_id="e")))["view"]
    await client.views_update(view_id=view["id"], hash=view["hash"], view=form())
    with pytest.raises(SlackApiError, match="hash_conflict"):
        await client.views_update(view_id=view["id"], hash=view["hash"], view=form())
    published = await client.views_publish(
        user_id=OFFICER, view={"type": "home", "blocks": [actions(button())]}
    )
    assert slack.app_home_opened()["event"]["view"]["hash"] == published["view"]["hash"]
    with pytest.raises(SlackApiError, match="hash_conflict"):
        home = {"type": "home", "blocks": []}
        await client.views_publish(user_id=OFFICER, view=home, hash="stale")
    assert slack.block_actions(slack.homes[OFFICER], "ask")["view"]["type"] == "home"


async def test_a_form_goes_only_when_slack_would_let_it_go(slack: SlackServer) -> None:
    await call(slack, "views.open", trigger_id=slack.shortcut("request")["trigger_id"], view=form())
    (view,) = slack.views
    sent = slack.view_submission(view, {"why": "for training"})
    answer = {"type": "plain_text_input", "value": "for training"}
    assert sent["view"]["state"]["values"] == {"why": {"why": answer}}
    for values in ({}, {"why": ""}, {"why": "x" * 21}, {"why": "a", "when": "now"}):
        with pytest.raises(ValueError):
            slack.view_submission(view, values)


# Response URLs


async def test_a_response_url_works_five_times(slack: SlackServer) -> None:
    url = slack.slash_command("/policy", channel=LOBBY)["response_url"]
    for _ in range(5):
        assert await post_url(url, {"text": "here"}) == (200, "")
    assert await post_url(url, {"text": "here"}) == (404, "used_url")
    assert {(m.channel, m.ephemeral, m.via) for m in slack.messages} == {
        (LOBBY, OFFICER, "response_url")
    }


async def test_a_response_url_ends_after_half_an_hour(slack: SlackServer) -> None:
    url = slack.slash_command("/policy")["response_url"]
    slack.advance(30 * 60 + 1)
    assert await post_url(url, {"text": "late"}) == (404, "expired_url")
    assert await post_url(url + "x", {"text": "lost"}) == (404, "no_service")


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("not json", "invalid_payload"),
        ([], "invalid_payload"),
        ({"text": "a", "response_type": "private"}, "invalid_payload"),
        ({}, "no_text"),
        ({"blocks": [{"type": "box"}]}, "invalid_blocks"),
        ({"text": "a", "thread_ts": "1700000000.000001"}, "thread_not_found"),
    ],
)
async def test_a_response_url_refuses_wrong_content(
    slack: SlackServer, body: object, error: str
) -> None:
    url = slack.slash_command("/policy")["response_url"]
    assert await post_url(url, body) == (400, error)
    assert slack.messages == []


async def test_a_click_can_replace_and_delete_its_message(slack: SlackServer) -> None:
    await call(
        slack, "chat.postEphemeral", channel=PATROL, user=OFFICER, blocks=[actions(button())]
    )
    (message,) = slack.messages
    click = slack.block_actions(message, "ask")
    assert click["container"]["is_ephemeral"] and "message" not in click
    with pytest.raises(ValueError, match="sees no element"):
        slack.block_actions(message, "ask", user=PARTNER)
    await post_url(click["response_url"], {"text": "done", "replace_original": True})
    assert (message.text, message.blocks, len(slack.messages)) == ("done", [], 1)
    with pytest.raises(ValueError, match="sees no element"):
        slack.block_actions(message, "ask")
    await post_url(click["response_url"], {"text": "for all", "response_type": "in_channel"})
    assert slack.messages[1].ephemeral is None
    await post_url(click["response_url"], {"delete_original": True})
    assert message.deleted


# Trouble on demand


async def test_failures_come_when_asked_for_and_only_then(slack: SlackServer) -> None:
    client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
    slack.fail_next("chat.postMessage", error="is_archived")
    slack.fail_next("chat.postMessage", status=500)
    slack.fail_next("chat.postMessage", status=429, retry_after=7)
    slack.fail_next("chat.postMessage", delay=0.05)
    with pytest.raises(SlackApiError, match="is_archived"):
        await client.chat_postMessage(channel=PATROL, text="a")
    with pytest.raises(SlackApiError, match="500"):
        await client.chat_postMessage(channel=PATROL, text="a")
    with pytest.raises(SlackApiError, match="ratelimited") as limited:
        await client.chat_postMessage(channel=PATROL, text="a")
    assert limited.value.response.headers["Retry-After"] == "7"
    assert slack.messages == []
    before = asyncio.get_running_loop().time()
    await client.chat_postMessage(channel=PATROL, text="a")
    assert asyncio.get_running_loop().time() - before >= 0.05
    assert [c.error for c in slack.calls] == ["is_archived", "500", "429", None]
    slack.fail_next("response_url", error="channel_not_found")
    url = slack.slash_command("/policy")["response_url"]
    answers = [await post_url(url, {"text": "here"}) for _ in range(2)]
    assert [error for _, error in answers] == ["channel_not_found", ""]


async def test_a_rate_limited_call_is_repeated_by_the_sdks_handler(slack: SlackServer) -> None:
    client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
    client.retry_handlers.append(AsyncRateLimitErrorRetryHandler())
    slack.fail_next("chat.postMessage", status=429, retry_after=0)
    await client.chat_postMessage(channel=PATROL, text="a")
    assert [c.error for c in slack.calls] == ["429", None]


async def test_waiting_in_vain_says_what_did_happen(slack: SlackServer) -> None:
    await call(slack, "chat.postMessage", channel=LOBBY, text="a")
    with pytest.raises(AssertionError, match="not_in_channel"):
        await slack.wait_for_messages(1, timeout=0.05)
    await slack.settle(0.05)


# Payloads of what people do


def test_one_mention_is_two_events_about_one_message() -> None:
    slack = SlackServer()
    heard, said = slack.mention("may I post <b>this</b>?")
    assert (heard["event"]["type"], said["event"]["type"]) == ("app_mention", "message")
    assert said["event"]["channel_type"] == "channel" and "channel_type" not in heard["event"]
    for name in ("ts", "client_msg_id", "text", "user", "blocks"):
        assert heard["event"][name] == said["event"][name]
    assert heard["event_id"] != said["event_id"]
    assert heard["event"]["text"].endswith("may I post &lt;b&gt;this&lt;/b&gt;?")
    assert heard["authorizations"][0]["user_id"] == slack.bot_user_id
    assert slack.find(PATROL, heard["event"]["ts"]) is not None


def test_people_speak_only_where_they_are_and_the_app_hears() -> None:
    slack = SlackServer()
    for where in (LOBBY, COMMAND):
        with pytest.raises(ValueError, match="cannot write there"):
            slack.mention("hello", channel=where)
    with pytest.raises(ValueError, match="message_im"):
        slack.mention("hello", channel=slack.im())
    with pytest.raises(ValueError, match="thread"):
        slack.message_channel("hello", thread_ts="1700000000.000001")


def test_replies_edits_deletions_and_other_bots_are_told_as_slack_tells_them() -> None:
    slack = SlackServer()
    root = slack.message_im("first")
    reply = slack.message_im("second", thread_ts=root["event"]["ts"])["event"]
    assert (reply["channel_type"], reply["parent_user_id"]) == ("im", OFFICER)
    changed = slack.message_changed(root, "first, mended")["event"]
    assert (changed["subtype"], changed["hidden"]) == ("message_changed", True)
    assert changed["previous_message"]["text"] == "first"
    assert changed["message"]["text"] == "first, mended" and "user" not in changed
    gone = slack.message_deleted(root)["event"]
    assert gone["deleted_ts"] == root["event"]["ts"] and "message" not in gone
    other = slack.bot_message("a call for service")["event"]
    assert (other["subtype"], "user" in other) == ("bot_message", False)


def test_commands_say_where_they_were_typed() -> None:
    slack = SlackServer()
    assert slack.slash_command("/policy", "photos")["channel_name"] == "patrol"
    assert slack.slash_command("/policy", channel=slack.im())["channel_name"] == "directmessage"
    typed = slack.slash_command("/policy", user=CHIEF, channel=COMMAND)
    assert typed["channel_name"] == "privategroup"
    assert all(isinstance(value, str) for value in typed.values())
    with pytest.raises(ValueError, match="not in"):
        slack.slash_command("/policy", channel=COMMAND)


# Socket Mode, with a client that makes every mistake


async def test_a_ticket_opens_one_socket(slack: SlackServer) -> None:
    url = (await call(slack, "apps.connections.open", token=slack.app_token))["url"]
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(url):
            for refused in (url, url.replace("ticket=", "ticket=x")):
                with pytest.raises(aiohttp.WSServerHandshakeError):
                    await session.ws_connect(refused)
    assert slack.connections == 1


async def test_acknowledgements_are_counted_and_checked(slack: SlackServer) -> None:
    async with plugged(slack) as ws:
        sending = asyncio.create_task(slack.deliver(slack.message_im("hello")))
        envelope = await ws.receive_json()
        assert (envelope["type"], envelope["retry_attempt"]) == ("events_api", 0)
        assert envelope["accepts_response_payload"] is False
        await ws.send_json({"envelope_id": envelope["envelope_id"]})
        delivery = await sending
        assert delivery.acknowledged and delivery.latency is not None and delivery.latency < 1
        await ws.send_json({"envelope_id": envelope["envelope_id"]})
        await ws.send_json({"envelope_id": "made-up"})
        await ws.send_str("thanks")
        await slack.wait_for(lambda: len(slack.violations) == 3)
        sending = asyncio.create_task(slack.deliver(slack.message_im("again")))
        envelope = await ws.receive_json()
        await ws.send_json({"envelope_id": envelope["envelope_id"], "payload": {"text": "hi"}})
        await sending
    found = [violation.split(":")[0] for violation in slack.violations]
    assert found == [
        f"second acknowledgement of {delivery.envelope_id}",
        "acknowledgement of no known envelope",
        "acknowledgement of no known envelope",
        f"{envelope['envelope_id']} accepts no response payload",
    ]


async def test_an_unacknowledged_event_comes_again() -> None:
    async with SlackServer(ack_timeout=0.3, redeliver_after=0.2) as slack, plugged(slack) as ws:
        sending = asyncio.create_task(slack.deliver(slack.message_im("hello")))
        tries = [await ws.receive_json() for _ in range(2)]
        await ws.send_json({"envelope_id": tries[1]["envelope_id"]})
        assert (await sending).retry_num == 1
        assert [(t["retry_attempt"], t["retry_reason"]) for t in tries] == [(0, ""), (1, "timeout")]
        assert tries[0]["payload"]["event_id"] == tries[1]["payload"]["event_id"]
        first = slack.deliveries[0]
        assert (first.acknowledged, first.failure) == (False, "timeout")
        again = asyncio.create_task(slack.redeliver(first))
        assert (await ws.receive_json())["retry_attempt"] == 1
        assert (await again).acknowledged is False
        command = await slack.deliver(slack.slash_command("/policy"))
        assert (command.failure, command.retry_num) == ("timeout", 0)
        with pytest.raises(ValueError, match="only events"):
            await slack.redeliver(command)


async def test_answers_in_acknowledgements_take_effect_or_are_noted(slack: SlackServer) -> None:
    async def exchange(payload: Payload, answer: object) -> None:
        sending = asyncio.create_task(slack.deliver(payload))
        envelope = await ws.receive_json()
        await ws.send_json({"envelope_id": envelope["envelope_id"], "payload": answer})
        await sending

    async with plugged(slack) as ws:
        trigger = slack.shortcut("request")["trigger_id"]
        await call(slack, "views.open", trigger_id=trigger, view=form())
        (view,) = slack.views
        await exchange(slack.slash_command("/policy"), {"text": "one moment"})
        assert [(m.text, m.via) for m in slack.messages] == [("one moment", "answer")]
        sent = slack.view_submission(view, {"why": "a"})
        wrong = {"response_action": "errors", "errors": {"reason": "too short"}}
        await exchange(sent, wrong)
        await exchange(sent, {"response_action": "vanish"})
        await exchange(sent, {"response_action": "update", "view": {"type": "home"}})
        assert len(slack.violations) == 3 and view.open
        await exchange(sent, {"response_action": "errors", "errors": {"why": "too short"}})
        assert view.errors == {"why": "too short"}
        await exchange(sent, {"response_action": "update", "view": modal()})
        assert view.open and view.content["blocks"][0]["type"] == "section"
        await exchange(sent, {})
        assert not view.open
        with pytest.raises(ValueError, match="closed"):
            slack.view_submission(view, {})


# Signed HTTP, with a receiver that can be slow, wrong or right


async def test_http_requests_are_signed_and_form_encoded_as_slack_does(slack: SlackServer) -> None:
    seen: list[tuple[bool, str, str]] = []

    async def receive(request: web.Request) -> web.Response:
        verifier, body = SignatureVerifier(slack.signing_secret), await request.text()
        valid = verifier.is_valid_request(body, dict(request.headers))
        seen.append((valid, request.content_type, body))
        return web.Response()

    app = web.Application()
    app.router.add_post("/slack/events", receive)
    async with served(app) as url:
        await slack.deliver_http(url, slack.message_im("hello"))
        await slack.deliver_http(url, slack.slash_command("/policy", "a&b"))
        await slack.deliver_http(url, slack.shortcut("request"))
        await slack.deliver_http(url, slack.message_im("hello"), secret="somebody else's")
        await slack.deliver_http(url, slack.message_im("hello"), timestamp="1500000000")
        assert await slack.url_verification(url) is False
    form_encoded = "application/x-www-form-urlencoded"
    assert [valid for valid, _, _ in seen] == [True, True, True, False, False, True]
    kinds = [kind for _, kind, _ in seen]
    assert kinds[:3] == ["application/json", form_encoded, form_encoded]
    assert "text=a%26b" in seen[1][2] and seen[2][2].startswith("payload=%7B")


async def test_a_failed_event_is_repeated_three_times_with_its_reason() -> None:
    seen: list[tuple[str | None, str | None]] = []
    answers = [500, 0, 404, 200]

    async def receive(request: web.Request) -> web.Response:
        headers = request.headers
        seen.append((headers.get("X-Slack-Retry-Num"), headers.get("X-Slack-Retry-Reason")))
        status = answers[len(seen) - 1]
        if not status:
            await asyncio.sleep(0.6)
        return web.Response(status=status or 200)

    app = web.Application()
    app.router.add_post("/slack/events", receive)
    async with SlackServer(ack_timeout=0.3) as slack, served(app) as url:
        last = await slack.deliver_http(url, slack.message_im("hello"))
        assert last.acknowledged and last.retry_num == 3
        assert seen == [
            (None, None),
            ("1", "http_error"),
            ("2", "http_timeout"),
            ("3", "http_error"),
        ]
        assert [d.status for d in slack.deliveries] == [500, None, 404, 200]
        answers.append(500)
        command = await slack.deliver_http(url, slack.slash_command("/policy"))
        assert (command.failure, len(seen)) == ("http_error", 5)
        gone = await slack.deliver_http(
            "http://127.0.0.1:9/", slack.message_im("a"), retry_num=2, retry_reason="http_error"
        )
        assert (gone.failure, gone.retry_num) == ("connection_failed", 2)


async def test_an_answer_can_forbid_the_repeats(slack: SlackServer) -> None:
    async def receive(request: web.Request) -> web.Response:
        return web.Response(status=500, headers={"X-Slack-No-Retry": "1"})

    app = web.Application()
    app.router.add_post("/slack/events", receive)
    async with served(app) as url:
        await slack.deliver_http(url, slack.message_im("hello"))
    assert len(slack.deliveries) == 1


# A real Bolt app


def bolt_app(slack: SlackServer) -> AsyncApp:
    client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
    app = AsyncApp(client=client, signing_secret=slack.signing_secret)

    @app.event("app_mention")
    async def answer(event: Payload, say: AsyncSay) -> None:
        await say("an answer", blocks=[actions(button())], thread_ts=event["ts"])

    @app.event("message")
    async def overhear() -> None:
        pass

    @app.command("/policy")
    async def command(ack: AsyncAck, respond: AsyncRespond, command: Payload) -> None:
        await ack("one moment")
        await respond(f"about {command['text']}")

    @app.action("ask")
    async def ask(ack: AsyncAck, body: Payload, client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=form() | {"callback_id": "ask"})

    @app.view("ask")
    async def submit(ack: AsyncAck, view: Payload) -> None:
        if len(view["state"]["values"]["why"]["why"]["value"]) < 3:
            await ack(response_action="errors", errors={"why": "too short"})
        else:
            await ack()

    return app


async def hand_over(slack: SlackServer, url: str | None, payload: Payload) -> Delivery:
    delivery = await (slack.deliver_http(url, payload) if url else slack.deliver(payload))
    assert delivery.acknowledged
    return delivery


async def use_the_app(slack: SlackServer, url: str | None) -> None:
    """One officer's way through mention, button, form and command, by socket or by HTTP."""
    heard, said = slack.mention("may I?")
    for payload in (heard, said):
        await hand_over(slack, url, payload)
    (answer,) = await slack.wait_for_messages(1)
    assert (answer.channel, answer.thread_ts) == (PATROL, heard["event"]["ts"])
    await hand_over(slack, url, slack.block_actions(answer, "ask"))
    await slack.wait_for(lambda: slack.views, what="view")
    (view,) = slack.views
    await hand_over(slack, url, slack.view_submission(view, {"why": "x"}))
    assert view.open and view.errors == {"why": "too short"}
    await hand_over(slack, url, slack.view_submission(view, {"why": "training"}))
    assert not view.open
    await hand_over(slack, url, slack.slash_command("/policy", "photos"))
    messages = await slack.wait_for_messages(3)
    answers = {(message.text, message.via) for message in messages[1:]}
    assert answers == {("one moment", "answer"), ("about photos", "response_url")}
    await hand_over(slack, url, slack.own_message(answer))
    await slack.settle(0.1)
    assert (len(slack.messages), slack.violations) == (3, [])


@asynccontextmanager
async def connected(slack: SlackServer, ping_interval: float = 10) -> AsyncIterator[None]:
    handler = AsyncSocketModeHandler(bolt_app(slack), slack.app_token, ping_interval=ping_interval)
    await handler.connect_async()  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]


async def test_a_bolt_app_works_over_socket_mode(slack: SlackServer) -> None:
    async with connected(slack):
        await use_the_app(slack, None)


async def test_a_bolt_app_works_over_signed_http(slack: SlackServer) -> None:
    async with served(bolt_app(slack).web_app()) as url:
        assert await slack.url_verification(url)
        await use_the_app(slack, url)
        forged = await slack.deliver_http(url, slack.message_im("hello"), secret="wrong")
        assert (forged.status, forged.failure) == (401, "http_error")


@pytest.mark.parametrize("ending", ["refresh_requested", "warning", "drop", "freeze"])
async def test_a_bolt_app_comes_back_after_losing_its_socket(
    slack: SlackServer, ending: str
) -> None:
    async with connected(slack, ping_interval=0.1):
        await slack.wait_for_connections()
        if ending == "drop":
            slack.drop()
        elif ending == "freeze":
            slack.freeze()
        else:
            await slack.disconnect(ending)
        await slack.wait_for(lambda: slack.connections >= 2 and slack.sockets, what="new socket")
        await slack.settle(0.3)
        await hand_over(slack, None, slack.mention("still there?")[0])
        await slack.wait_for_messages(1)


async def test_several_sockets_share_the_envelopes(slack: SlackServer) -> None:
    async with connected(slack), connected(slack):
        await slack.wait_for_connections(2)
        for _ in range(4):
            await hand_over(slack, None, slack.mention("hello")[0])
        await slack.wait_for_messages(4)
    assert slack.violations == []
