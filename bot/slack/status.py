"""The signs of work in a direct message: a status while reading, a title for the thread.

They are the agent experience of a workspace's plan. Where Slack refuses one it is left out from
then on, and the answer comes all the same.
"""

import asyncio
from collections import Counter

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.ids import Counted
from bot.slack.incoming import Incoming, Reply
from bot.slack.points import Checkpoint, Point, passing
from bot.slack.text import shortened
from bot.slack.wording import STATUS

_SECONDS = 2.0  # the answer does not wait longer for its sign
_TITLE = 60


class Status:
    """Shows that a question is being read, and names its thread."""

    def __init__(self, counts: Counter[Counted], checkpoint: Checkpoint = passing) -> None:
        self._counts = counts
        self._passed = checkpoint
        self._offered = True

    async def show(self, question: Incoming, client: AsyncWebClient) -> None:
        """Show the status under a direct message; Slack takes it away when the answer comes."""
        if self._offered and question.channel is None and question.root is not None:
            await self._quietly(
                client.assistant_threads_setStatus(
                    channel_id=_channel(question), thread_ts=question.root, status=STATUS
                )
            )
            self._passed(Point.STATUS_SHOWN)

    async def title(self, question: Incoming, client: AsyncWebClient) -> None:
        """Name the thread that a direct message began by its question."""
        begins = question.thread is None and question.channel is None
        if self._offered and begins and question.ts and question.reply is Reply.ANSWER:
            await self._quietly(
                client.assistant_threads_setTitle(
                    channel_id=_channel(question),
                    thread_ts=question.ts,
                    title=shortened(question.text, _TITLE),
                )
            )
            self._passed(Point.TITLED)

    async def _quietly(self, call: "asyncio.Future[object] | object") -> None:
        try:
            async with asyncio.timeout(_SECONDS):
                await call  # type: ignore[misc]
        except SlackApiError as error:
            self._counts[Counted.NO_STATUS] += 1
            self._offered = error.response.status_code != 200
        except Exception:  # a sign is never worth an answer
            self._counts[Counted.NO_STATUS] += 1


def _channel(question: Incoming) -> str:
    return getattr(question.place, "channel", "")
