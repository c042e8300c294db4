"""What came in from Slack, read into a question with its place, or into nothing at all."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, Field

from bot.asker import Asker, Surface
from bot.slack.ids import Event
from bot.slack.places import Aside, Conversation, Place, Response
from bot.slack.text import mentions, mentions_others, readable
from index.directive import FROZEN

Payload = Mapping[str, Any]  # JSON as Slack sends it; it does not leave this module
_OWN_WORDS = (None, "file_share", "thread_broadcast")  # a person's own new words, of all subtypes
_HELP = ("", "help")


class Reply(StrEnum):
    """What a question gets: an answer, or a fixed line."""

    ANSWER = "answer"
    HELP = "help"
    MUTED = "muted"
    SWITCHED_OFF = "switched off"


class Thread(BaseModel):
    """The thread a question was asked in: where it is, and up to when it matters."""

    model_config = FROZEN

    channel: str
    root: str
    before: str


class Incoming(BaseModel):
    """One question: ``key`` is the same however often and in whatever form it is delivered.

    ``channel`` is null for what was not said in a channel of several people; ``untagged`` is a
    thread's message that names the assistant nowhere, ``to_others`` one that names somebody else.
    ``warned``: its asker was told alone what stands before an answer that everybody reads.
    """

    model_config = FROZEN

    key: str
    asker: Asker
    text: str
    place: Place = Field(discriminator="kind")
    enterprise: str | None = None
    channel: str | None = None
    ts: str | None = None
    thread: Thread | None = None
    reply: Reply = Reply.ANSWER
    files: bool = False
    shown: bool = True
    untagged: bool = False
    to_others: bool = False
    warned: bool = False

    @property
    def root(self) -> str | None:
        """The message under which a reply stands: the thread's first, or the question itself."""
        return self.thread.root if self.thread else self.ts


def heard(body: Payload, own_user: str | None, *, start_threads: bool) -> Incoming | None:
    """Return the question in a mention, a direct message or a thread, or None where there is none.

    A channel's message outside of a thread that is no mention is nobody's question; the twin of a
    mention is the mention. ``start_threads`` has a mention outside of a thread answered in the
    thread that it would open, else beside it: Slack documents that an ephemeral message in a thread
    is shown only if the thread has replies already ("chat.postEphemeral").
    """
    event: Payload = body.get("event") or {}
    channel, ts = event.get("channel"), event.get("ts")
    if not (channel and ts) or not _own_words(event, own_user):
        return None
    raw, root = event.get("text") or "", event.get("thread_ts")
    direct = event.get("channel_type") == "im" or channel.startswith("D")
    tagged = direct or event.get("type") == Event.MENTION
    if not tagged and (root is None or mentions(raw, own_user)):
        return None
    team, user = _team(body), event["user"]
    place: Place
    if direct:
        place = Conversation(channel=channel, thread=root or ts)
    else:
        place = Aside(channel=channel, user=user, thread=root or (ts if start_threads else None))
    text = readable(raw, own_user)
    return Incoming(
        key=f"{team}:{channel}:{ts}",
        asker=Asker(surface=Surface.SLACK, team=team, user=user),
        text=text,
        place=place,
        enterprise=_enterprise(body),
        channel=None if direct else channel,
        ts=ts,
        thread=Thread(channel=channel, root=root, before=ts) if root else None,
        reply=Reply.HELP if text.lower() in _HELP else Reply.ANSWER,
        files=bool(event.get("files")),
        untagged=not tagged,
        to_others=mentions_others(raw, own_user),
    )


def commanded(body: Payload, own_user: str | None) -> Incoming:
    """Return the question of a slash command; Slack shows it nowhere, so the answer repeats it."""
    team, user, channel = _team(body), body["user_id"], str(body.get("channel_id") or "")
    text = readable(body.get("text") or "", own_user)
    return Incoming(
        key=f"{team}:{body['trigger_id']}",
        asker=Asker(surface=Surface.SLACK, team=team, user=user),
        text=text,
        place=Response(address=body["response_url"], user=user),
        enterprise=_enterprise(body),
        channel=None if channel.startswith("D") or not channel else channel,
        reply=Reply.HELP if text.lower() in _HELP else Reply.ANSWER,
        shown=False,
    )


def submitted(body: Payload, text: str) -> Incoming:
    """Return the question of the ask form; its answer comes as a direct message."""
    team, user = _team(body), body["user"]["id"]
    return Incoming(
        key=f"{team}:{body['view']['id']}:{body['view']['hash']}",
        asker=Asker(surface=Surface.SLACK, team=team, user=user),
        text=readable(text, None),
        place=Conversation(channel=user),
        enterprise=_enterprise(body),
        reply=Reply.HELP if text.strip().lower() in _HELP else Reply.ANSWER,
        shown=False,
    )


def delivery(body: Payload) -> str | None:
    """Return the key of an event as delivered, the same for each redelivery."""
    event = body.get("event_id")
    return f"event:{_team(body)}:{event}" if event else None


def earlier(
    messages: list[Payload], question: Incoming, own_user: str | None, most: int
) -> tuple[str, ...]:
    """Return the asker's last ``most`` earlier questions among a thread's messages, oldest first.

    In a channel only what was said to the assistant counts; the rest is talk between people, unless
    the asker is followed in the thread.
    """
    if question.thread is None:
        return ()
    everything = question.channel is None or question.untagged
    said = [
        readable(message.get("text") or "", own_user)
        for message in messages
        if message.get("user") == question.asker.user
        and _own_words(message, own_user)
        and float(message.get("ts") or 0) < float(question.thread.before)
        and (everything or mentions(message.get("text") or "", own_user))
    ]
    return tuple(text for text in said if text.lower() not in _HELP)[-most:]


def _own_words(event: Payload, own_user: str | None) -> bool:
    user = event.get("user")
    return (
        event.get("subtype") in _OWN_WORDS
        and isinstance(user, str)
        and user not in (own_user, "USLACKBOT")
        and not event.get("bot_id")
        and not event.get("hidden")
        and not (event.get("type") == Event.MENTION and event.get("edited"))
    )


def _team(body: Payload) -> str:
    team = body.get("team_id") or (body.get("team") or {}).get("id")
    return str(team or body.get("enterprise_id") or "")


def _enterprise(body: Payload) -> str | None:
    found = body.get("enterprise_id") or (body.get("enterprise") or {}).get("id")
    return str(found) if found else None
