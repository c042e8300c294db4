"""What came in from Slack, read into a question with its place, or into nothing at all."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from bot.asker import Asker, Surface
from bot.slack.ids import Event
from bot.slack.places import Aside, Conversation, Place, Response
from bot.slack.text import mentions, readable
from index.directive import FROZEN

Payload = Mapping[str, Any]  # JSON as Slack sends it; it does not leave this module
_OWN_WORDS = (None, "file_share", "thread_broadcast")  # a person's own new words, of all subtypes
_HELP = ("", "help")


class Thread(BaseModel):
    """The thread a question was asked in: where it is, and up to when it matters."""

    model_config = FROZEN

    channel: str
    root: str
    before: str


class Incoming(BaseModel):
    """One question: ``key`` is the same however often and in whatever form it is delivered."""

    model_config = FROZEN

    key: str
    asker: Asker
    text: str
    place: Place
    thread: Thread | None = None
    files: bool = False
    shown: bool = True

    @property
    def wants_help(self) -> bool:
        """Whether there is nothing to answer but how to ask."""
        return self.text.lower() in _HELP


def heard(body: Payload, own_user: str | None, *, start_threads: bool) -> Incoming | None:
    """Return the question in a mention or a direct message, or None where nothing is to be said.

    A channel message that is no mention is nobody's question; the twin of a mention is the mention.
    """
    event: Payload = body.get("event") or {}
    channel, ts = event.get("channel"), event.get("ts")
    if not (channel and ts) or not _own_words(event, own_user):
        return None
    direct = event.get("channel_type") == "im" or channel.startswith("D")
    if not direct and event.get("type") != Event.MENTION:
        return None
    root = event.get("thread_ts")
    team, user = _team(body), event["user"]
    place: Place
    if direct:
        place = Conversation(channel=channel, thread=root)
    else:
        place = Aside(channel=channel, user=user, thread=root or (ts if start_threads else None))
    return Incoming(
        key=f"{team}:{channel}:{ts}",
        asker=Asker(surface=Surface.SLACK, team=team, user=user),
        text=readable(event.get("text") or "", own_user),
        place=place,
        thread=Thread(channel=channel, root=root, before=ts) if root else None,
        files=bool(event.get("files")),
    )


def commanded(body: Payload, own_user: str | None) -> Incoming:
    """Return the question of a slash command; Slack shows it nowhere, so the answer repeats it."""
    team = _team(body)
    return Incoming(
        key=f"{team}:{body['trigger_id']}",
        asker=Asker(surface=Surface.SLACK, team=team, user=body["user_id"]),
        text=readable(body.get("text") or "", own_user),
        place=Response(address=body["response_url"]),
        shown=False,
    )


def earlier(
    messages: list[Payload], question: Incoming, own_user: str | None, most: int
) -> tuple[str, ...]:
    """Return the asker's last ``most`` earlier questions among a thread's messages, oldest first.

    In a channel only what was said to the assistant counts; the rest is talk between people.
    """
    if question.thread is None:
        return ()
    everything = isinstance(question.place, Conversation)
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
    return str(body.get("team_id") or body.get("enterprise_id") or "")
