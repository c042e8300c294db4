"""What people ask in Slack gets exactly one answer, in exactly the right place, or none at all."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from slack_answers import LONGEST, ScriptedAnswers
from slack_protocol import CHIEF, OFFICER, PARTNER, PATROL, Message, Payload
from slack_rig import SOCKET, TRANSPORTS, Rig, calls, joined, posted, served, wait_posted
from slack_server import SlackServer

from bot.asker import Asker, Surface
from bot.slack.ids import Counted

QUESTION = "would a shot of my locker on a blog be fine?"
VERDICT = "Needs permission"
Ask = Callable[[SlackServer], Payload]


def _threaded(slack: SlackServer) -> str:
    """Let a colleague start a thread in the channel that has a reply; return its root."""
    root: str = slack.message_channel("who is on tonight?", PARTNER)["event"]["ts"]
    slack.message_channel("me", CHIEF, thread_ts=root)
    return root


def _mention(slack: SlackServer) -> Payload:
    return slack.mention(QUESTION)[0]


def _mention_in_thread(slack: SlackServer) -> Payload:
    return slack.mention(QUESTION, thread_ts=_threaded(slack))[0]


def _direct(slack: SlackServer) -> Payload:
    return slack.message_im(QUESTION)


def _direct_in_thread(slack: SlackServer) -> Payload:
    root = slack.message_im("hello")["event"]["ts"]
    return slack.message_im(QUESTION, thread_ts=root)


def _command(slack: SlackServer) -> Payload:
    return slack.slash_command("/policy", QUESTION)


EVENTS: dict[str, Ask] = {
    "a mention": _mention,
    "a mention in a thread": _mention_in_thread,
    "a direct message": _direct,
    "a direct message in a thread": _direct_in_thread,
}


def _check_place(slack: SlackServer, payload: Payload, message: Message) -> None:
    """Assert that the answer stands where the question asks for it, for whom it is for."""
    if "command" in payload:
        assert (message.channel, message.ephemeral, message.thread_ts) == (PATROL, OFFICER, None)
        assert message.via == "response_url"
        return
    event = payload["event"]
    root = event.get("thread_ts")
    expected: tuple[str, str | None, str | None, str]
    if event["type"] == "app_mention":
        expected = (PATROL, OFFICER, root or event["ts"], "api")
    else:
        expected = (slack.im(OFFICER), None, root or event["ts"], "api")
    assert (message.channel, message.ephemeral, message.thread_ts, message.via) == expected


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("kind", EVENTS)
async def test_an_event_gets_one_answer_in_its_place(
    slack: SlackServer, tmp_path: Path, kind: str, transport: str
) -> None:
    async with joined(slack, tmp_path, transport) as rig:
        payload = EVENTS[kind](slack)
        assert (await rig.give(payload)).acknowledged
        [message] = await wait_posted(slack)
    _check_place(slack, payload, message)
    assert VERDICT in message.words
    assert [question for question, _ in rig.answers.asked] == [QUESTION]


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("kind", EVENTS)
async def test_an_event_delivered_up_to_four_times_more_gets_one_answer(
    slack: SlackServer, tmp_path: Path, kind: str, transport: str
) -> None:
    async with joined(slack, tmp_path, transport) as rig:
        rig.answers.gate.clear()
        delivery = await rig.give(EVENTS[kind](slack))
        for repeats in range(1, 5):
            delivery = await rig.again(delivery)
            assert delivery.acknowledged and delivery.retry_num == repeats
            rig.answers.gate.set()  # the first repeat comes during the work, the others after it
            assert len(await wait_posted(slack)) == 1
        assert rig.surface.counts == {"delivered again": 4}
    assert len(rig.answers.asked) == 1


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_a_command_gets_one_answer_through_its_response_address(
    slack: SlackServer, tmp_path: Path, transport: str
) -> None:
    async with joined(slack, tmp_path, transport) as rig:
        delivery = await rig.give(payload := _command(slack))
        assert delivery.acknowledged and not delivery.response
        [message] = await wait_posted(slack)
        assert calls(slack, "chat.postMessage") == calls(slack, "chat.postEphemeral") == []
    _check_place(slack, payload, message)
    assert VERDICT in message.words and QUESTION in message.words


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("mention_first", [True, False])
async def test_mention_and_message_of_one_post_are_one_question(
    slack: SlackServer, tmp_path: Path, mention_first: bool, transport: str
) -> None:
    async with joined(slack, tmp_path, transport) as rig:
        mention, message = slack.mention(QUESTION, thread_ts=_threaded(slack))
        pair = (mention, message) if mention_first else (message, mention)
        for payload in (*pair, *pair):
            assert (await rig.give(payload)).acknowledged
        [answer] = await wait_posted(slack)
    _check_place(slack, mention, answer)


@pytest.mark.parametrize("kind", EVENTS)
async def test_two_processes_on_one_database_give_one_answer(
    slack: SlackServer, tmp_path: Path, kind: str
) -> None:
    async with joined(slack, tmp_path) as one, joined(slack, tmp_path) as two:
        await slack.wait_for_connections(2)
        for _ in range(3):
            payload = EVENTS[kind](slack)
            tries = await asyncio.gather(*(rig.give(payload) for rig in (one, two, one, two)))
            assert all(delivery.acknowledged for delivery in tries)
        assert len(await wait_posted(slack, 3)) == 3
        assert len(one.answers.asked) + len(two.answers.asked) == 3


async def test_an_answer_outside_a_thread_can_stand_beside_the_mention(
    slack: SlackServer, tmp_path: Path
) -> None:
    async with joined(slack, tmp_path, start_threads=False) as rig:
        await rig.give(_mention(slack))
        [message] = await slack.wait_for_messages()
        assert (message.channel, message.ephemeral, message.thread_ts) == (PATROL, OFFICER, None)
        await rig.give(payload := _mention_in_thread(slack))
        await slack.wait_for_messages(2)
    _check_place(slack, payload, slack.messages[1])


def _edited(slack: SlackServer) -> Payload:
    return slack.message_changed(slack.message_im(QUESTION), "other words")


def _mention_by_edit(slack: SlackServer) -> Payload:
    payload = slack.mention(QUESTION)[0]
    payload["event"]["edited"] = {"user": OFFICER, "ts": "1790000000.000100"}
    return payload


def _deleted(slack: SlackServer) -> Payload:
    return slack.message_deleted(slack.message_im(QUESTION))


def _bot_mention(slack: SlackServer) -> Payload:
    payload = slack.mention(QUESTION)[0]
    payload["event"] |= {"bot_id": "B0DISPATCH"}
    return payload


def _own(slack: SlackServer) -> Payload:
    said = Message(slack.im(), "1790000000.000100", QUESTION)
    slack.channels[slack.im()].history.append(said)
    return slack.own_message(said)


def _own_mention(slack: SlackServer) -> Payload:
    payload = slack.mention(QUESTION)[0]
    payload["event"]["user"] = slack.bot_user_id
    return payload


def _subtype(subtype: str) -> Ask:
    def make(slack: SlackServer) -> Payload:
        payload = slack.message_im(QUESTION)
        payload["event"]["subtype"] = subtype
        return payload

    return make


def _other_event(kind: str) -> Ask:
    def make(slack: SlackServer) -> Payload:
        payload = slack.message_im(QUESTION)
        payload["event"] = {"type": kind, "user": OFFICER, "channel": PATROL, "event_ts": "1.2"}
        return payload

    return make


def _no_user(slack: SlackServer) -> Payload:
    payload = slack.message_im(QUESTION)
    del payload["event"]["user"]
    return payload


SILENT: dict[str, Ask] = {
    "a channel message without a mention": lambda s: s.message_channel(QUESTION),
    "a thread reply without a mention": lambda s: s.message_channel(
        QUESTION, thread_ts=_threaded(s)
    ),
    "the message half of a mention": lambda s: s.mention(QUESTION)[1],
    "an edit": _edited,
    "a mention that an edit added": _mention_by_edit,
    "a deletion": _deleted,
    "a bot's message": lambda s: s.bot_message(QUESTION),
    "a bot's mention": _bot_mention,
    "the app's own message": _own,
    "the app's own mention": _own_mention,
    "a message without a user": _no_user,
    "a join": _subtype("channel_join"),
    "a topic": _subtype("channel_topic"),
    "a reminder": _subtype("reminder_add"),
    "a subtype nobody knows": _subtype("something_new"),
    "the Home tab": lambda s: s.app_home_opened(),
    "a reaction": _other_event("reaction_added"),
    "a rename": _other_event("channel_rename"),
    "a member": _other_event("member_joined_channel"),
    "an event nobody knows": _other_event("something_new"),
    "a shortcut": lambda s: s.shortcut("unknown"),
    "another command": lambda s: s.slash_command("/weather", QUESTION),
}


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("kind", SILENT)
async def test_nothing_is_said_to(
    slack: SlackServer, tmp_path: Path, kind: str, transport: str
) -> None:
    async with joined(slack, tmp_path, transport) as rig:
        delivery = await rig.give(SILENT[kind](slack))
        assert delivery.acknowledged and not delivery.response
        await slack.settle(0.05)
        assert posted(slack) == [] and rig.answers.asked == []
        assert len(slack.deliveries) == 1  # not even redelivered


@pytest.mark.parametrize("action", ["start_request", "open_order"])
@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_a_button_that_opens_an_address_is_acknowledged(
    slack: SlackServer, tmp_path: Path, action: str, transport: str
) -> None:
    async with joined(slack, tmp_path, transport) as rig:
        await rig.give(_direct(slack))
        [message] = await wait_posted(slack)
        delivery = await rig.give(slack.block_actions(message, action))
        assert delivery.acknowledged and not delivery.response
        await slack.settle(0.05)
        assert posted(slack) == [message]


ASK_HOW: dict[str, Ask] = {
    "a bare command": lambda s: s.slash_command("/policy"),
    "a command for help": lambda s: s.slash_command("/policy", " HELP "),
    "a bare mention": lambda s: s.mention(f"<@{s.bot_user_id}>", thread_ts=_threaded(s))[0],
    "a message for help": lambda s: s.message_im("help"),
}


@pytest.mark.parametrize("kind", ASK_HOW)
async def test_somebody_who_asks_nothing_learns_how_to_ask(
    slack: SlackServer, tmp_path: Path, kind: str
) -> None:
    async with joined(slack, tmp_path) as rig:
        await rig.give(ASK_HOW[kind](slack))
        [message] = await wait_posted(slack)
        assert "Ask in your own words" in message.words and "not confidential" in message.words
        assert rig.answers.asked == []


async def test_a_file_is_left_alone_and_its_words_are_answered(
    slack: SlackServer, tmp_path: Path
) -> None:
    async with joined(slack, tmp_path) as rig:
        payload = slack.message_im(QUESTION)
        url = f"{slack.origin}/api/files.download"
        payload["event"] |= {"subtype": "file_share", "files": [{"url_private": url}]}
        await rig.give(payload)
        [message] = await wait_posted(slack)
    assert VERDICT in message.words and "not looked at" in message.words
    assert {call.method for call in slack.calls} == {
        "auth.test",
        "apps.connections.open",
        "assistant.threads.setStatus",
        "assistant.threads.setTitle",
        "chat.postMessage",
    }


async def test_a_file_without_words_gets_a_line_why_it_is_not_looked_at(
    slack: SlackServer, tmp_path: Path
) -> None:
    async with joined(slack, tmp_path) as rig:
        payload = slack.message_im(" ")
        payload["event"] |= {"subtype": "file_share", "files": [{"id": "F1"}]}
        await rig.give(payload)
        [message] = await wait_posted(slack)
    assert "not looked at" in message.words and "Ask in your own words" in message.words


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_a_refused_question_gets_the_reason(
    slack: SlackServer, tmp_path: Path, transport: str
) -> None:
    async with joined(slack, tmp_path, transport) as rig:
        await rig.give(slack.message_im("long " * 4_000))
        [message] = await wait_posted(slack)
        [(question, _)] = rig.answers.asked
    assert len(question) == 19_999
    assert message.words == f"19,999 characters are too many. Ask in {LONGEST:,}."


async def test_a_long_command_is_repeated_in_short(slack: SlackServer, tmp_path: Path) -> None:
    async with joined(slack, tmp_path) as rig:
        await rig.give(slack.slash_command("/policy", "word " * 700))
        [message] = await wait_posted(slack)
    assert "You asked: “word" in message.words and message.words.count("word") < 70


MARKUP = (
    "may <!channel> see <http://x.test|this>, <@U0PARTNER>? *b* `c` <#C0PATROL|patrol> &lt;i&gt;"
)


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_markup_in_a_question_reaches_the_core_as_words_and_comes_back_as_words(
    slack: SlackServer, tmp_path: Path, transport: str
) -> None:
    async with joined(slack, tmp_path, transport) as rig:
        await rig.give(slack.slash_command("/policy", MARKUP))
        [message] = await wait_posted(slack)
        [(question, _)] = rig.answers.asked
    assert question == "may @channel see this, @colleague? *b* `c` #patrol <i>"
    kinds = {
        element["type"]
        for block in message.blocks
        if block["type"] == "context"
        for element in block["elements"]
    }
    assert f"You asked: “{question}”" in message.words and kinds == {"plain_text"}
    assert "<" not in message.text


async def test_earlier_questions_of_the_asker_in_the_thread_come_along(
    slack: SlackServer, tmp_path: Path
) -> None:
    async with joined(slack, tmp_path) as rig:
        root = slack.mention("a first question")[0]["event"]["ts"]
        slack.message_channel("talk between people", OFFICER, thread_ts=root)
        slack.mention("a partner's question", PARTNER, thread_ts=root)
        for number in range(7):
            slack.mention(f"question {number}", thread_ts=root)
        slack.message_deleted(slack.mention("one taken back", thread_ts=root)[0])
        payload = slack.mention(QUESTION, thread_ts=root)[0]
        slack.mention("a later question", thread_ts=root)
        await rig.give(payload)
        await wait_posted(slack)
    assert rig.answers.asked == [(QUESTION, tuple(f"question {n}" for n in range(1, 7)))]


async def test_a_direct_message_has_a_history_only_in_its_thread(
    slack: SlackServer, tmp_path: Path
) -> None:
    async with joined(slack, tmp_path) as rig:
        await rig.give(unrelated := slack.message_im("an unrelated question"))
        [answer] = await wait_posted(slack)
        root = slack.message_im("a first question")["event"]["ts"]
        await rig.give(slack.message_im(QUESTION, thread_ts=root))
        await wait_posted(slack, 2)
    assert answer.thread_ts == unrelated["event"]["ts"]
    assert rig.answers.asked == [
        ("an unrelated question", ()),
        (QUESTION, ("a first question",)),
    ]


@pytest.mark.parametrize("trouble", [{"error": "missing_scope"}, {"status": 403}])
async def test_a_thread_that_cannot_be_read_costs_nothing_but_its_history(
    slack: SlackServer, tmp_path: Path, trouble: dict[str, str | int]
) -> None:
    async with joined(slack, tmp_path) as rig:
        slack.fail_next("conversations.replies", **trouble)  # type: ignore[arg-type]
        await rig.give(_mention_in_thread(slack))
        [message] = await wait_posted(slack)
        assert dict(rig.surface.counts) == {"thread could not be read": 1}
    assert VERDICT in message.words and rig.answers.asked == [(QUESTION, ())]


async def test_the_question_of_an_offered_request_is_kept_for_its_asker_before_it_is_posted(
    slack: SlackServer, tmp_path: Path
) -> None:
    async with joined(slack, tmp_path) as rig:
        slack.fail_next("chat.postMessage", delay=0.3)
        await rig.give(_direct(slack))
        await slack.wait_for(lambda: slack.calls[-1].method == "chat.postMessage")
        draft = rig.store.draft("answer-1")
        await wait_posted(slack)
        await rig.give(slack.message_im("which tyre for the boat?"))
        await wait_posted(slack, 2)
        assert rig.store.draft("answer-2") is None
    assert draft is not None and draft.question == QUESTION
    assert draft.asker == Asker(surface=Surface.SLACK, team=slack.team_id, user=OFFICER)


async def test_many_people_at_once_get_their_own_answers(
    slack: SlackServer, tmp_path: Path
) -> None:
    people = [slack.add_user(f"U0MANY{number}", f"many{number}") for number in range(12)]
    async with joined(slack, tmp_path) as rig:
        rig.answers.gate.clear()
        payloads = [slack.message_im(f"{QUESTION} {user}", user) for user in people]
        tries = await asyncio.gather(*map(rig.give, payloads))
        assert all(delivery.latency is not None and delivery.latency < 1 for delivery in tries)
        rig.answers.gate.set()
        messages = await wait_posted(slack, len(people))
    assert sorted(message.channel for message in messages) == sorted(map(slack.im, people))


@pytest.mark.parametrize(
    "trouble", [{"status": 500}, {"status": 429, "retry_after": 0}, {"cut": "before"}]
)
async def test_while_slack_cannot_be_read_an_answer_is_looked_for_later_and_not_repeated(
    slack: SlackServer, tmp_path: Path, trouble: dict[str, Any]
) -> None:
    rig = Rig(slack, tmp_path, ScriptedAnswers(), SOCKET)
    rig.surface = rig.build()
    rig.surface.inbox.lease = timedelta(seconds=0.6)
    await rig.surface.start()
    slack.fail_next("chat.postMessage", cut="after")
    slack.fail_next("conversations.replies", times=None, **trouble)
    await rig.give(_direct(slack))
    counts = rig.surface.counts
    await slack.wait_for(lambda: counts[Counted.POSTPONED] > 0, 10.0, "putting off")
    assert rig.surface.inbox.size() == 1 and counts[Counted.FAILED] == 0
    slack.heal("conversations.replies")
    await slack.wait_for(lambda: rig.surface.inbox.size() == 0, 10.0, "end")
    await rig.surface.stop()
    assert len(posted(slack)) == 1 and counts[Counted.TAKEN_UP] > 0
    rig.bridge.close()
    rig.engine.dispose()


async def test_both_transports_work_at_once(slack: SlackServer, tmp_path: Path) -> None:
    rig = Rig(slack, tmp_path, ScriptedAnswers(), SOCKET)
    surface = rig.build(slack_signing_secret=slack.signing_secret)
    await surface.start()
    async with served(surface) as url:
        payload = _direct(slack)
        over_http = await slack.deliver_http(url, payload)
        over_socket = await slack.deliver(payload)
        assert over_http.acknowledged and over_socket.acknowledged
        assert len(await wait_posted(slack)) == 1
        other = await slack.deliver_http(url, _command(slack))
        assert other.acknowledged and len(await wait_posted(slack, 2)) == 2
    await surface.stop()
    rig.bridge.close()
