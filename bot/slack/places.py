"""Where an answer goes in Slack, and the one way of putting it there: once, or with an error."""

from collections.abc import Sequence

import aiohttp
from pydantic import BaseModel, ConfigDict, Field
from slack_sdk.errors import SlackApiError
from slack_sdk.models.blocks import Block
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.errors import AssistantError
from bot.slack.retries import posting
from index.directive import FROZEN


class PostRefused(AssistantError):
    """Slack did not take a message: nothing was shown."""


class PostUnconfirmed(AssistantError):
    """Slack may have taken a message and did not say so: it must not be sent again."""


class Conversation(BaseModel):
    """A direct message; in its thread only if the person wrote there."""

    model_config = FROZEN

    channel: str
    thread: str | None = None


class Aside(BaseModel):
    """A channel, where only the asker sees the message."""

    model_config = FROZEN

    channel: str
    user: str
    thread: str | None = None


class Response(BaseModel):
    """The response address of a command; only the asker sees the message."""

    model_config = FROZEN

    address: str = Field(repr=False)


Place = Conversation | Aside | Response


class Message(BaseModel):
    """What is posted: blocks for the eye, ``text`` for screen readers and notifications."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    text: str
    blocks: tuple[Block, ...]

    @property
    def plain(self) -> list[dict[str, object]]:
        """The blocks as Slack takes them."""
        return [block.to_dict() for block in self.blocks]


async def post(place: Place, message: Message, client: AsyncWebClient) -> None:
    """Put ``message`` at ``place`` once; raise PostRefused or PostUnconfirmed."""
    try:
        match place:
            case Conversation():
                await client.chat_postMessage(
                    channel=place.channel,
                    thread_ts=place.thread,
                    text=message.text,
                    blocks=message.plain,
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
                await _respond(place.address, message.text, message.blocks, client)
    except SlackApiError as error:
        raise _refused(error.response.status_code, error.response.get("error")) from None
    except aiohttp.ClientConnectorError as error:
        raise PostRefused(f"Slack cannot be reached ({type(error).__name__}).") from None
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise PostUnconfirmed(f"Slack did not answer ({type(error).__name__}).") from None


async def _respond(
    address: str, text: str, blocks: Sequence[Block], client: AsyncWebClient
) -> None:
    webhook = AsyncWebhookClient(
        address,
        session=client.session,
        proxy=client.proxy,
        ssl=client.ssl,
        logger=client.logger,
        retry_handlers=posting(),
    )
    answer = await webhook.send(text=text, blocks=blocks, response_type="ephemeral")
    if answer.status_code != 200:
        raise _refused(answer.status_code, None)


def _refused(status: int, error: object) -> AssistantError:
    if status >= 500:
        return PostUnconfirmed(f"Slack answered with status {status}.")
    code = error if isinstance(error, str) and error.replace("_", "").isalnum() else "no reason"
    return PostRefused(f"Slack refused a message ({code}, status {status}).")
