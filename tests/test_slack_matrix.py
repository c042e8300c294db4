"""The table of what happens in Slack: how many messages or views, by which method, where, for whom.

Every cell runs over Socket Mode and over signed HTTP. An event is delivered once and then up to
four times more, and the table holds after each; commands and interactions Slack never repeats.
"""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from guides import submitted, whole
from rosters import HEAD, PEOPLE, POSTS, ROUTE, toml
from slack_protocol import (
    CHIEF,
    COMMAND,
    OFFICER,
    PARTNER,
    PATROL,
    SERGEANT,
    Message,
    Payload,
    kind_of,
)
from slack_protocol import View as View_
from slack_rig import TRANSPORTS, joined
from slack_scenes import PUBLIC, QUESTION, Scene, Shown
from slack_server import SlackServer

from bot.feedback import Feedback, Right
from bot.roster.reading import read
from bot.slack.ids import Action, Event, Shortcut, View

ASIDE, POST, RESPONSE = "chat.postEphemeral", "chat.postMessage", "response_url"
OPEN, UPDATE, PUBLISH = "views.open", "views.update", "views.publish"
PUSH = "views.push"
PROMPTS = "assistant.threads.setSuggestedPrompts"
DM = "D0OFFICER"
REPEATS = 4
Make = Callable[[Scene], Awaitable[tuple[Payload, ...]]]


class Row(NamedTuple):
    """What happens, what is then shown, and which name of the app it is about."""

    make: Make
    shown: tuple[Shown, ...] = ()
    name: str = ""


def at_once(make: Callable[[Scene], Payload | tuple[Payload, ...]]) -> Make:
    async def made(scene: Scene) -> tuple[Payload, ...]:
        payloads = make(scene)
        return payloads if isinstance(payloads, tuple) else (payloads,)

    return made


# Mentions and messages; a mention comes as app_mention and as message, in either order


def _mention(scene: Scene) -> tuple[Payload, ...]:
    twins = scene.slack.mention(QUESTION)
    scene.own(twins[0])
    return twins


def _mention_after_its_twin(scene: Scene) -> tuple[Payload, ...]:
    return _mention(scene)[::-1]


def _mention_in_private_channel(scene: Scene) -> tuple[Payload, ...]:
    twins = scene.slack.mention(QUESTION, SERGEANT, COMMAND)
    scene.own(twins[0])
    return twins


def _mention_in_thread(scene: Scene) -> tuple[Payload, ...]:
    return scene.slack.mention(QUESTION, thread_ts=scene.root())


async def _tagged_again(scene: Scene) -> tuple[Payload, ...]:
    return scene.slack.mention("and in uniform?", thread_ts=await scene.called())


async def _mention_where_everybody_reads(scene: Scene) -> tuple[Payload, ...]:
    await scene.configure(place="thread")
    return _mention(scene)


async def _second_mention_where_everybody_reads(scene: Scene) -> tuple[Payload, ...]:
    await scene.configure(place="thread")
    await scene.give(scene.slack.mention(QUESTION)[0])
    return _mention(scene)


async def _thread_where_everybody_reads(scene: Scene) -> tuple[Payload, ...]:
    await scene.configure(place="thread")
    return _mention_in_thread(scene)


async def _mention_where_it_is_muted(scene: Scene) -> tuple[Payload, ...]:
    await scene.configure(muted=["yes"])
    return _mention(scene)


async def _reply_where_it_is_muted(scene: Scene) -> tuple[Payload, ...]:
    root = await scene.called()
    await scene.configure(muted=["yes"])
    return (scene.slack.message_channel("and in uniform?", thread_ts=root),)


async def _reply_where_only_mentions_count(scene: Scene) -> tuple[Payload, ...]:
    root = await scene.called()
    await scene.configure(follow="mentions")
    return (scene.slack.message_channel("and in uniform?", thread_ts=root),)


def _direct(scene: Scene) -> Payload:
    return scene.own(scene.slack.message_im(QUESTION))


def _direct_in_thread(scene: Scene) -> Payload:
    scene.names["root"] = scene.slack.message_im("hello")["event"]["ts"]
    return scene.slack.message_im(QUESTION, thread_ts=scene.names["root"])


async def _followed(scene: Scene) -> tuple[Payload, ...]:
    root = await scene.called()
    return (scene.slack.message_channel("and in uniform?", thread_ts=root),)


async def _followed_under_the_mention(scene: Scene) -> tuple[Payload, ...]:
    mention = scene.slack.mention(QUESTION)[0]
    scene.names["root"] = mention["event"]["ts"]
    await scene.give(mention)
    scene.slack.message_channel("hm", PARTNER, thread_ts=scene.names["root"])
    return (scene.slack.message_channel("and in uniform?", thread_ts=scene.names["root"]),)


async def _not_called(scene: Scene) -> tuple[Payload, ...]:
    return (scene.slack.message_channel(QUESTION, thread_ts=scene.root()),)


async def _colleague_in_the_thread(scene: Scene) -> tuple[Payload, ...]:
    root = await scene.called()
    return (scene.slack.message_channel("and in uniform?", PARTNER, thread_ts=root),)


async def _after_somebody_else_spoke(scene: Scene) -> tuple[Payload, ...]:
    root = await scene.called()
    await scene.give(scene.slack.message_channel("ask the sergeant", PARTNER, thread_ts=root))
    return (scene.slack.message_channel("and in uniform?", thread_ts=root),)


async def _muting(scene: Scene) -> tuple[Payload, ...]:
    return (scene.slack.message_channel("Mute", PARTNER, thread_ts=await scene.called()),)


async def _after_mute(scene: Scene) -> tuple[Payload, ...]:
    root = await scene.called()
    await scene.give(scene.slack.message_channel("mute", thread_ts=root))
    return (scene.slack.message_channel("and in uniform?", thread_ts=root),)


async def _to_somebody_else(scene: Scene) -> tuple[Payload, ...]:
    root = await scene.called()
    return (scene.slack.message_channel(f"<@{CHIEF}> is it?", thread_ts=root),)


def _edited(scene: Scene) -> Payload:
    return scene.slack.message_changed(scene.slack.message_im(QUESTION), "and on a blog?")


def _mention_edited(scene: Scene) -> Payload:
    event, _ = scene.slack.mention(QUESTION)
    return scene.slack.message_changed(event, f"<@{scene.slack.bot_user_id}> and on a blog?")


def _deleted(scene: Scene) -> Payload:
    return scene.slack.message_deleted(scene.slack.message_im(QUESTION))


def _another_bot(scene: Scene) -> Payload:
    return scene.slack.bot_message(f"<@{scene.slack.bot_user_id}> {QUESTION}")


async def _own_message(scene: Scene) -> tuple[Payload, ...]:
    return (scene.slack.own_message(await scene.direct()),)


def _file_with_words(scene: Scene) -> Payload:
    return scene.own(scene.slack.upload("range.jpg", QUESTION))


def _file_alone(scene: Scene) -> Payload:
    return scene.own(scene.slack.upload("range.jpg"))


def _file_in_a_channel(scene: Scene) -> Payload:
    return scene.slack.upload("range.jpg", "look", channel=PATROL)


def _nobody_listens(scene: Scene) -> Payload:
    return scene.slack.archive(PATROL)


def _reaction(scene: Scene) -> Payload:
    payload = scene.slack.message_im(QUESTION)
    payload["event"] = {"type": "reaction_added", "user": OFFICER, "event_ts": "1.2"}
    return payload


def _uninstalled(scene: Scene) -> tuple[Payload, ...]:
    return scene.slack.uninstall()


def _revoked(scene: Scene) -> Payload:
    return scene.slack.revoke()


EVENTS = {
    "a mention": Row(at_once(_mention), (Shown(ASIDE, PATROL, "own", OFFICER),), Event.MENTION),
    "a mention whose twin comes first": Row(
        at_once(_mention_after_its_twin), (Shown(ASIDE, PATROL, "own", OFFICER),)
    ),
    "a mention in a private channel": Row(
        at_once(_mention_in_private_channel), (Shown(ASIDE, COMMAND, "own", SERGEANT),)
    ),
    "a mention in a thread": Row(
        at_once(_mention_in_thread), (Shown(ASIDE, PATROL, "root", OFFICER),)
    ),
    "a reply with a tag": Row(_tagged_again, (Shown(ASIDE, PATROL, "root", OFFICER),)),
    "a mention where answers are for everybody": Row(
        _mention_where_everybody_reads,
        (Shown(ASIDE, PATROL, None, OFFICER), Shown(POST, PATROL, "own")),
    ),
    "a thread where answers are for everybody": Row(
        _thread_where_everybody_reads,
        (Shown(ASIDE, PATROL, "root", OFFICER), Shown(POST, PATROL, "root")),
    ),
    "a second mention where answers are for everybody": Row(
        _second_mention_where_everybody_reads, (Shown(POST, PATROL, "own"),)
    ),
    "a mention in a muted channel": Row(
        _mention_where_it_is_muted, (Shown(ASIDE, PATROL, "own", OFFICER),)
    ),
    "a reply in a muted channel": Row(_reply_where_it_is_muted),
    "a reply where only mentions count": Row(_reply_where_only_mentions_count),
    "a direct message": Row(at_once(_direct), (Shown(POST, DM, "own"),), Event.MESSAGE),
    "a direct message in a thread": Row(at_once(_direct_in_thread), (Shown(POST, DM, "root"),)),
    "a reply in a followed thread": Row(_followed, (Shown(ASIDE, PATROL, "root", OFFICER),)),
    "a reply under the mention itself": Row(
        _followed_under_the_mention, (Shown(ASIDE, PATROL, "root", OFFICER),)
    ),
    "a reply in a thread it was never called into": Row(_not_called),
    "a colleague's reply": Row(_colleague_in_the_thread),
    "a reply after somebody else spoke": Row(_after_somebody_else_spoke),
    "mute": Row(_muting, (Shown(ASIDE, PATROL, "root", PARTNER),)),
    "a reply after mute": Row(_after_mute),
    "a reply to somebody else": Row(_to_somebody_else),
    "a channel message": Row(at_once(lambda s: s.slack.message_channel(QUESTION))),
    "an edit": Row(at_once(_edited)),
    "an edit of a mention": Row(at_once(_mention_edited)),
    "a deletion": Row(at_once(_deleted)),
    "another bot": Row(at_once(_another_bot)),
    "its own message": Row(_own_message),
    "a file with words": Row(at_once(_file_with_words), (Shown(POST, DM, "own"),)),
    "a file without words": Row(at_once(_file_alone), (Shown(POST, DM, "own"),)),
    "a file in a channel": Row(at_once(_file_in_a_channel)),
    "App Home": Row(
        at_once(lambda s: s.slack.app_home_opened()),
        (Shown(PUBLISH, only=OFFICER, what=View.HOME),),
        Event.HOME,
    ),
    "the Messages tab": Row(
        at_once(lambda s: s.slack.app_home_opened(tab="messages")), (Shown(PROMPTS, DM),)
    ),
    "an event that nobody listens to": Row(at_once(_nobody_listens)),
    "a reaction": Row(at_once(_reaction)),
    "the app uninstalled": Row(at_once(_uninstalled), (), Event.UNINSTALLED),
    "its token revoked": Row(at_once(_revoked), (), Event.REVOKED),
}


# Commands


def _command(text: str, channel: str = PATROL, user: str = OFFICER) -> Make:
    return at_once(lambda scene: scene.slack.slash_command("/policy", text, user, channel))


async def _settings_of_an_administrator(scene: Scene) -> tuple[Payload, ...]:
    scene.administrator()
    return (scene.slack.slash_command("/policy", "settings"),)


async def _settings_in_a_direct_message(scene: Scene) -> tuple[Payload, ...]:
    scene.administrator()
    return (scene.slack.slash_command("/policy", "settings", channel=DM),)


async def _command_where_it_is_muted(scene: Scene) -> tuple[Payload, ...]:
    await scene.configure(muted=["yes"])
    return (scene.slack.slash_command("/policy", QUESTION),)


COMMANDS = {
    "/policy with a question": Row(_command(QUESTION), (Shown(RESPONSE, PATROL, None, OFFICER),)),
    "/policy in a direct message": Row(
        _command(QUESTION, DM), (Shown(RESPONSE, DM, None, OFFICER),)
    ),
    "/policy in a muted channel": Row(
        _command_where_it_is_muted, (Shown(RESPONSE, PATROL, None, OFFICER),)
    ),
    "/policy help": Row(_command("help"), (Shown(RESPONSE, PATROL, None, OFFICER),)),
    "/policy alone": Row(_command(""), (Shown(RESPONSE, PATROL, None, OFFICER),)),
    "/policy define post": Row(_command("define post"), (Shown(RESPONSE, PATROL, None, OFFICER),)),
    "/policy 5.14 E.16": Row(_command("5.14 E.16"), (Shown(RESPONSE, PATROL, None, OFFICER),)),
    "/policy settings, an administrator": Row(
        _settings_of_an_administrator, (Shown(OPEN, only=OFFICER, what=View.CHANNEL),)
    ),
    "/policy settings in a direct message": Row(
        _settings_in_a_direct_message, (Shown(OPEN, only=OFFICER, what=View.CHANNEL_CHOICE),)
    ),
    "/policy settings, nobody special": Row(
        _command("settings"), (Shown(OPEN, only=OFFICER, what=View.NOTICE),)
    ),
    "/policy kept": Row(_command("kept"), (Shown(OPEN, only=OFFICER, what=View.KEPT),)),
}


# Clicks


def _on_private(action: Action) -> Make:
    async def click(scene: Scene) -> tuple[Payload, ...]:
        return (scene.slack.block_actions(await scene.private(), action),)

    return click


def _on_duty(action: Action) -> Make:
    async def click(scene: Scene) -> tuple[Payload, ...]:
        people = PEOPLE.replace('id = "7"', 'id = "7"\nslack = ["T0POLICE/U0LIEUTEN"]')
        scene.rig.rosters.file(read([toml(scene.rig.folder, HEAD + ROUTE + POSTS + people)]))
        await scene.give(scene.slack.message_im("everything on this"))
        return (scene.slack.block_actions(scene.last, action),)

    return click


def _on_direct(action: Action, choose: str | None = None) -> Make:
    async def click(scene: Scene) -> tuple[Payload, ...]:
        return (scene.slack.block_actions(await scene.direct(), action, choose=choose),)

    return click


def _at_home(action: Action, choose: str | None = None) -> Make:
    async def click(scene: Scene) -> tuple[Payload, ...]:
        scene.administrator()
        return (scene.slack.block_actions(await scene.home(), action, choose=choose),)

    return click


async def _own_request(scene: Scene) -> tuple[Payload, ...]:
    form = await _filling(scene)
    await scene.give(scene.slack.view_submission(form, submitted(whole(uniform="yes"))))
    await scene.give(scene.slack.view_submission(scene.slack.views[-1], {}))
    return (scene.slack.block_actions(await scene.home(), Action.OPEN_REQUEST),)


async def _change(scene: Scene) -> tuple[Payload, ...]:
    [click] = await _own_request(scene)
    file = await scene.view(click)
    return (scene.slack.block_actions(file, Action.CHANGE_REQUEST),)


async def _sign_in(scene: Scene) -> tuple[Payload, ...]:
    link = await scene.view(scene.slack.block_actions(await scene.home(), Action.OPEN_ON_WEB))
    return (scene.slack.block_actions(link, Action.SIGN_IN),)


async def _delete_drafts(scene: Scene) -> tuple[Payload, ...]:
    await scene.direct()
    kept = await scene.view(scene.slack.slash_command("/policy", "kept"))
    return (scene.slack.block_actions(kept, Action.DELETE_DRAFTS),)


async def _stop_telling(scene: Scene) -> tuple[Payload, ...]:
    await scene.give(scene.slack.block_actions(await scene.direct(), Action.TELL_ME))
    kept = await scene.view(scene.slack.slash_command("/policy", "kept"))
    return (scene.slack.block_actions(kept, Action.STOP_TELLING),)


async def _look_at(scene: Scene) -> tuple[Payload, ...]:
    scene.administrator()
    vote = Feedback(answer="a-1", version="v", verdict="prohibited", right=Right.NO)
    scene.rig.feedback.give(vote, scene.rig.asker(PARTNER))
    home = await scene.home()
    shown = await scene.view(scene.slack.block_actions(home, Action.SHOW_FEEDBACK))
    return (scene.slack.block_actions(shown, Action.LOOKED_AT),)


async def _on_public(scene: Scene) -> tuple[Payload, ...]:
    await scene.configure(place="thread")
    await scene.give(scene.slack.mention(QUESTION)[0])
    return (scene.slack.block_actions(scene.last, Action.FEEDBACK, PARTNER),)


async def _filling(scene: Scene) -> View_:
    answer = await scene.direct()
    return await scene.view(scene.slack.block_actions(answer, Action.FILL_REQUEST))


async def _save_request(scene: Scene) -> tuple[Payload, ...]:
    return (scene.slack.block_actions(await _filling(scene), Action.SAVE_REQUEST),)


CLICKS = {
    "Fill it in here": Row(
        _on_direct(Action.FILL_REQUEST),
        (
            Shown(OPEN, only=OFFICER, what=View.WORKING),
            Shown(UPDATE, only=OFFICER, what=View.REQUEST),
        ),
        Action.FILL_REQUEST,
    ),
    "Save and finish later": Row(
        _save_request, (Shown(UPDATE, only=OFFICER, what=View.REQUEST),), Action.SAVE_REQUEST
    ),
    "Open the request": Row(
        _own_request,
        (
            Shown(OPEN, only=OFFICER, what=View.WORKING),
            Shown(UPDATE, only=OFFICER, what=View.REQUEST_FILE),
        ),
        Action.OPEN_REQUEST,
    ),
    "Change it": Row(
        _change,
        (
            Shown(PUSH, only=OFFICER, what=View.WORKING),
            Shown(UPDATE, only=OFFICER, what=View.REQUEST),
        ),
        Action.CHANGE_REQUEST,
    ),
    "Open my requests on the web": Row(
        _at_home(Action.OPEN_ON_WEB),
        (Shown(OPEN, only=OFFICER, what=View.ON_THE_WEB),),
        Action.OPEN_ON_WEB,
    ),
    "Open and sign in": Row(_sign_in, (), Action.SIGN_IN),
    "Start a request": Row(_on_direct(Action.START_REQUEST), (), Action.START_REQUEST),
    "Write to the supervisor": Row(_on_duty(Action.WRITE_SUPERVISOR), (), Action.WRITE_SUPERVISOR),
    "Write to the next level": Row(_on_duty(Action.WRITE_NEXT), (), Action.WRITE_NEXT),
    "Open the order": Row(_on_private(Action.OPEN_ORDER), (), Action.OPEN_ORDER),
    "Was this right?": Row(
        _on_private(Action.FEEDBACK),
        (Shown(OPEN, only=OFFICER, what=View.FEEDBACK),),
        Action.FEEDBACK,
    ),
    "Was this right? by a colleague": Row(
        _on_public, (Shown(OPEN, only=PARTNER, what=View.FEEDBACK),)
    ),
    "thumbs up": Row(
        _on_direct(Action.THUMBS, "positive"), (Shown(ASIDE, DM, "own", OFFICER),), Action.THUMBS
    ),
    "thumbs down": Row(
        _on_direct(Action.THUMBS, "negative"), (Shown(OPEN, only=OFFICER, what=View.FEEDBACK),)
    ),
    "Share": Row(
        _on_private(Action.SHARE), (Shown(OPEN, only=OFFICER, what=View.SHARE),), Action.SHARE
    ),
    "Keep to myself": Row(
        _on_private(Action.KEEP), (Shown(RESPONSE, what="replaced"),), Action.KEEP
    ),
    "Ask a question": Row(
        _at_home(Action.ASK), (Shown(OPEN, only=OFFICER, what=View.ASK),), Action.ASK
    ),
    "a role": Row(
        _at_home(Action.ROLE, "recruit"),
        (Shown(PUBLISH, only=OFFICER, what=View.HOME),),
        Action.ROLE,
    ),
    "What is kept about me": Row(
        _at_home(Action.SHOW_KEPT),
        (Shown(OPEN, only=OFFICER, what=View.KEPT),),
        Action.SHOW_KEPT,
    ),
    "Delete my drafts": Row(
        _delete_drafts, (Shown(UPDATE, only=OFFICER, what=View.KEPT),), Action.DELETE_DRAFTS
    ),
    "Tell me if this changes": Row(
        _on_private(Action.TELL_ME), (Shown(ASIDE, PATROL, "root", OFFICER),), Action.TELL_ME
    ),
    "Do not tell me": Row(
        _stop_telling, (Shown(UPDATE, only=OFFICER, what=View.KEPT),), Action.STOP_TELLING
    ),
    "Channel settings": Row(
        _at_home(Action.CHANNEL_SETTINGS),
        (Shown(OPEN, only=OFFICER, what=View.CHANNEL_CHOICE),),
        Action.CHANNEL_SETTINGS,
    ),
    "To look at": Row(
        _at_home(Action.SHOW_FEEDBACK),
        (Shown(OPEN, only=OFFICER, what=View.FEEDBACK_LIST),),
        Action.SHOW_FEEDBACK,
    ),
    "Looked at": Row(
        _look_at, (Shown(UPDATE, only=OFFICER, what=View.FEEDBACK_LIST),), Action.LOOKED_AT
    ),
}


# Shortcuts and forms


async def _draft(scene: Scene) -> tuple[Payload, ...]:
    message: Message = scene.slack.write("my new profile picture", PARTNER)
    return (scene.slack.shortcut(Shortcut.CHECK_DRAFT, message=message),)


async def _ask(scene: Scene) -> tuple[Payload, ...]:
    form = await scene.view(scene.slack.shortcut(Shortcut.ASK))
    return (scene.slack.view_submission(form, {"question": QUESTION}),)


async def _feedback(scene: Scene) -> tuple[Payload, ...]:
    answer = await scene.private()
    form = await scene.view(scene.slack.block_actions(answer, Action.FEEDBACK))
    return (scene.slack.view_submission(form, {"right": "no", "reason": "It is old."}),)


async def _share_in_thread(scene: Scene) -> tuple[Payload, ...]:
    answer = await scene.private()
    form = await scene.view(scene.slack.block_actions(answer, Action.SHARE))
    return (scene.slack.view_submission(form, {}),)


async def _share_in_channel(scene: Scene) -> tuple[Payload, ...]:
    await scene.give(scene.slack.slash_command("/policy", QUESTION))
    form = await scene.view(scene.slack.block_actions(scene.last, Action.SHARE))
    return (scene.slack.view_submission(form, {}),)


async def _channel_choice(scene: Scene) -> tuple[Payload, ...]:
    scene.administrator()
    form = await scene.view(scene.slack.slash_command("/policy", "settings", channel=DM))
    return (scene.slack.view_submission(form, {"channel": PATROL}),)


async def _channel(scene: Scene) -> tuple[Payload, ...]:
    return (scene.slack.view_submission(await scene.channel_form(), PUBLIC),)


async def _channel_by_nobody_special(scene: Scene) -> tuple[Payload, ...]:
    form = await scene.channel_form()
    scene.slack.users[OFFICER].admin = False
    return (scene.slack.view_submission(form, PUBLIC),)


async def _request(scene: Scene) -> tuple[Payload, ...]:
    return (scene.slack.view_submission(await _filling(scene), submitted(whole())),)


async def _request_read(scene: Scene) -> tuple[Payload, ...]:
    await scene.give((await _request(scene))[0])
    return (scene.slack.view_submission(scene.slack.views[-1], {}),)


FORMS = {
    "a request filled in": Row(
        _request, (Shown("response_action", what=View.REQUEST_CHECK),), View.REQUEST
    ),
    "a request sent": Row(
        _request_read,
        (
            Shown(PUBLISH, only=OFFICER, what=View.HOME),
            Shown("response_action", what=View.REQUEST_SENT),
        ),
        View.REQUEST_CHECK,
    ),
    "the shortcut that asks": Row(
        at_once(lambda s: s.slack.shortcut(Shortcut.ASK)),
        (Shown(OPEN, only=OFFICER, what=View.ASK),),
        Shortcut.ASK,
    ),
    "the shortcut that checks a draft": Row(
        _draft,
        (
            Shown(OPEN, only=OFFICER, what=View.WORKING),
            Shown(UPDATE, only=OFFICER, what=View.DRAFT),
        ),
        Shortcut.CHECK_DRAFT,
    ),
    "a question sent": Row(_ask, (Shown(POST, DM),), View.ASK),
    "feedback sent": Row(_feedback, (Shown("response_action", what=View.NOTICE),), View.FEEDBACK),
    "an answer shared in the thread": Row(
        _share_in_thread,
        (Shown(POST, PATROL, "root"), Shown(RESPONSE, what="replaced")),
        View.SHARE,
    ),
    "an answer shared in the channel": Row(
        _share_in_channel, (Shown(RESPONSE, PATROL), Shown(RESPONSE, what="replaced"))
    ),
    "a channel chosen": Row(
        _channel_choice, (Shown("response_action", what=View.CHANNEL),), View.CHANNEL_CHOICE
    ),
    "a channel set": Row(_channel, (Shown("response_action", what=View.NOTICE),), View.CHANNEL),
    "a channel set by nobody special": Row(
        _channel_by_nobody_special, (Shown("response_action", what=View.NOTICE),)
    ),
}

MATRIX = EVENTS | COMMANDS | CLICKS | FORMS


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("happens", MATRIX)
async def test_exactly_this_is_shown_however_often_it_is_delivered(
    slack: SlackServer, tmp_path: Path, happens: str, transport: str
) -> None:
    row = MATRIX[happens]
    async with joined(slack, tmp_path, transport) as rig:
        scene = Scene(slack, rig)
        payloads = await row.make(scene)
        scene.begin()
        deliveries = [await scene.give(payload) for payload in payloads]
        assert scene.shown(deliveries) == [*row.shown]
        repeated = REPEATS if kind_of(payloads[0]) == "events_api" else 0
        for _ in range(repeated):
            deliveries = [await rig.again(delivery) for delivery in deliveries]
            assert all(delivery.acknowledged for delivery in deliveries)
        await scene.quiet()
        assert scene.shown(deliveries if repeated else []) == [
            one for one in row.shown if not (one.method == "response_action" and not repeated)
        ]


def test_every_name_that_slack_sends_back_has_a_row() -> None:
    named = {row.name for row in MATRIX.values()} - {""}
    returning = {View.ASK, View.FEEDBACK, View.SHARE, View.CHANNEL_CHOICE, View.CHANNEL}
    returning |= {View.REQUEST, View.REQUEST_CHECK}
    assert named == {*Action, *Event, *Shortcut, *returning}
