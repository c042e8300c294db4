"""Where an answer goes in Slack, and the one way of putting it there: once, or with an error."""

from typing import Literal

import aiohttp
from pydantic import BaseModel, ConfigDict, Field
from slack_sdk.errors import SlackApiError
from slack_sdk.models.blocks import Block
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.errors import AssistantError
from bot.slack.retries import posting
from index.directive import FROZEN

EVENT_TYPE = "policybot_answer"  # of the metadata by which a posted answer is found again
_GONE = frozenset(
    {
        "channel_not_found",
        "is_archived",
        "messages_tab_disabled",
        "no_permission",
        "not_in_channel",
        "restricted_action",
        "restricted_action_read_only_channel",
        "restricted_action_thread_locked",
        "thread_not_found",
        "user_not_in_channel",
    }
)


class PostRefused(AssistantError):
    """Slack did not take a message: nothing was shown. ``code`` is Slack's word for it."""

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        self.code = code


class PlaceGone(PostRefused):
    """Slack does not take a message there, and would elsewhere: the channel went, or its people."""


class PostLater(PostRefused):
    """Slack took nothing and may take it later: too many calls, or it was not reached."""


class PostUnconfirmed(AssistantError):
    """Slack may have taken a message and did not say so: it must not be sent again unread."""


class FindLater(AssistantError):
    """Slack cannot be read now: whether a message stands there is not known yet."""


class Conversation(BaseModel):
    """A direct message, or a thread of a channel that everybody there reads."""

    model_config = FROZEN

    kind: Literal["conversation"] = "conversation"
    channel: str
    thread: str | None = None


class Aside(BaseModel):
    """A channel, where only the asker sees the message."""

    model_config = FROZEN

    kind: Literal["aside"] = "aside"
    channel: str
    user: str
    thread: str | None = None


class Response(BaseModel):
    """The response address of a command; only the asker sees the message."""

    model_config = FROZEN

    kind: Literal["response"] = "response"
    address: str = Field(repr=False)
    user: str


Place = Conversation | Aside | Response


class Message(BaseModel):
    """What is posted: blocks for the eye, ``text`` for screen readers and notifications.

    ``greets``: the first-use notice is in it, or in ``aside``: what its asker alone is told before
    it, where everybody reads it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    text: str
    blocks: tuple[Block, ...]
    greets: bool = False
    aside: "Message | None" = None

    @property
    def plain(self) -> list[dict[str, object]]:
        """The blocks as Slack takes them."""
        return [block.to_dict() for block in self.blocks]


async def post(
    place: Place, message: Message, client: AsyncWebClient, key: str | None = None
) -> None:
    """Put ``message`` at ``place`` once; raise PostRefused or PostUnconfirmed.

    ``key`` goes along as metadata where Slack keeps it, so that ``find`` can tell whether it is
    there ("Message metadata"; an ephemeral message takes none).
    """
    try:
        match place:
            case Conversation():
                await client.chat_postMessage(
                    channel=place.channel,
                    thread_ts=place.thread,
                    text=message.text,
                    blocks=message.plain,
                    metadata=_metadata(key) if key else None,
                    unfurl_links=False,
                    unfurl_media=False,
                )
            case Aside():
                await client.chat_postEphemeral(
                    channel=place.channel,
                    user=place.user,
                    thread_ts=place.thread,
                    text=message.text,
                    blocks=message.plain,
                )
            case Response():
                await respond(place.address, message, client)
    except SlackApiError as error:
        raise refused(error.response.status_code, error.response.get("error")) from None
    except aiohttp.ClientConnectorError as error:
        raise PostLater(f"Slack cannot be reached ({type(error).__name__}).") from None
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise PostUnconfirmed(f"Slack did not answer ({type(error).__name__}).") from None


async def find(place: Place, key: str, client: AsyncWebClient, since: float) -> bool | None:
    """Whether the message with ``key`` stands at ``place``; None where nothing can be read back.

    ``since`` is a time in seconds before which it cannot have been posted. Raise FindLater.
    """
    if not isinstance(place, Conversation):
        return None
    oldest, most = f"{since:.6f}", 200
    try:
        channel = await _conversation(place.channel, client)
        if place.thread is None:
            found = await client.conversations_history(
                channel=channel, oldest=oldest, limit=most, include_all_metadata=True
            )
        else:
            found = await client.conversations_replies(
                channel=channel,
                ts=place.thread,
                oldest=oldest,
                limit=most,
                include_all_metadata=True,
            )
    except SlackApiError as error:
        reason = refused(error.response.status_code, error.response.get("error"))
        if isinstance(reason, PostLater | PostUnconfirmed):
            raise FindLater(str(reason)) from None
        return None
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise FindLater(f"Slack cannot be read ({type(error).__name__}).") from None
    messages = found.get("messages") or []
    return any(one.get("metadata") == _metadata(key) for one in messages)


async def _conversation(channel: str, client: AsyncWebClient) -> str:
    """Return the channel of a direct message that is named by its person's id.

    A post takes the person's id ("chat.postMessage"), reading needs the channel's
    ("conversations.open" returns the one that is there).
    """
    if channel.startswith(("C", "D", "G")):
        return channel
    opened = await client.conversations_open(users=channel)
    return str(opened["channel"]["id"])


async def respond(
    address: str,
    message: Message,
    client: AsyncWebClient,
    *,
    shown_to_all: bool = False,
    replace: bool = False,
) -> None:
    """Answer through a response address, in private unless ``shown_to_all``."""
    webhook = AsyncWebhookClient(
        address,
        session=client.session,
        proxy=client.proxy,
        ssl=client.ssl,
        logger=client.logger,
        retry_handlers=posting(),
    )
    answer = await webhook.send(
        text=message.text,
        blocks=message.blocks,
        response_type="in_channel" if shown_to_all else "ephemeral",
        replace_original=replace,
    )
    if answer.status_code in (404, 410):
        raise PlaceGone("The response address has expired.", "expired_url")
    if answer.status_code != 200:
        raise refused(answer.status_code, None)


def refused(status: int, error: object) -> AssistantError:
    """Return the error that stands for Slack's answer to a call."""
    code = error if isinstance(error, str) and error.replace("_", "").isalnum() else "no reason"
    if status == 429 or code in ("ratelimited", "rate_limited"):
        return PostLater(f"Slack takes no more messages now ({code}).", code)
    if status >= 500:
        return PostUnconfirmed(f"Slack answered with status {status}.")
    kind = PlaceGone if code in _GONE else PostRefused
    return kind(f"Slack refused a message ({code}, status {status}).", code)


def _metadata(key: str) -> dict[str, object]:
    return {"event_type": EVENT_TYPE, "event_payload": {"key": key}}
