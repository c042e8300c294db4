"""The listeners: a mention, a direct message, a command; each question is answered once."""

import asyncio
from collections import Counter
from typing import Any

from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

from bot.approvals.store import RequestStore
from bot.assistant import Answers
from bot.bridge import Bridge
from bot.errors import QuestionRefused
from bot.slack.blocks import answered, listed, said
from bot.slack.deliveries import Deliveries
from bot.slack.ids import Counted
from bot.slack.incoming import Incoming, commanded, earlier, heard
from bot.slack.places import Message, post
from bot.slack.running import Running
from bot.slack.wording import EXAMPLES, NO_PICTURES, PRIVACY, USAGE

PLACE = "place"  # where, in Bolt's context, a failure finds the asker
_MOST_HISTORY = 6
_HISTORY_SECONDS = 3.0


class Questions:
    """Takes questions from Slack to the core and brings answers back to where they were asked."""

    def __init__(
        self,
        *,
        answers: Answers,
        store: RequestStore,
        deliveries: Deliveries,
        bridge: Bridge,
        running: Running,
        counts: Counter[Counted],
        start_threads: bool,
    ) -> None:
        self._answers = answers
        self._store = store
        self._deliveries = deliveries
        self._bridge = bridge
        self._running = running
        self._counts = counts
        self._start_threads = start_threads

    async def hear(
        self, body: dict[str, Any], client: AsyncWebClient, context: AsyncBoltContext
    ) -> None:
        """Answer a mention or a direct message, which Bolt has acknowledged already."""
        self._running.hold()
        question = heard(body, context.bot_user_id, start_threads=self._start_threads)
        if question is not None:
            await self._take(question, client, context)

    async def command(
        self, body: dict[str, Any], client: AsyncWebClient, context: AsyncBoltContext
    ) -> None:
        """Answer a command, acknowledged already, through its response address."""
        self._running.hold()
        await self._take(commanded(body, context.bot_user_id), client, context)

    async def _take(
        self, question: Incoming, client: AsyncWebClient, context: AsyncBoltContext
    ) -> None:
        context[PLACE] = question.place
        if not await self._bridge.run(self._deliveries.first, question.key):
            self._counts[Counted.REPEATED] += 1
            return
        if question.wants_help:
            message = usage(remark=NO_PICTURES if question.files else None)
        else:
            message = await self._answer(question, client, context.bot_user_id)
        await post(question.place, message, client)

    async def _answer(
        self, question: Incoming, client: AsyncWebClient, own_user: str | None
    ) -> Message:
        history = await self._history(question, client, own_user)
        try:
            answer = await self._bridge.run(self._answers.ask, question.text, history)
        except QuestionRefused as refusal:
            return said(str(refusal))
        await self._bridge.run(self._store.keep_draft, answer, question.asker)
        return answered(
            answer,
            self._answers.library,
            asked=None if question.shown else question.text,
            remark=NO_PICTURES if question.files else None,
        )

    async def _history(
        self, question: Incoming, client: AsyncWebClient, own_user: str | None
    ) -> tuple[str, ...]:
        """Return the asker's earlier questions in the thread; none where it cannot be read."""
        if question.thread is None:
            return ()
        try:
            async with asyncio.timeout(_HISTORY_SECONDS):
                page = await client.conversations_replies(
                    channel=question.thread.channel,
                    ts=question.thread.root,
                    latest=question.thread.before,
                    limit=200,
                )
            return earlier(page.get("messages", []), question, own_user, _MOST_HISTORY)
        except Exception:  # whatever it is, an answer without history is better than none
            self._counts[Counted.NO_HISTORY] += 1
            return ()


def usage(remark: str | None = None) -> Message:
    """Return how to ask, with kinds of questions, and who may read them."""
    first = f"{remark} {USAGE}" if remark else USAGE
    return listed(first, EXAMPLES, PRIVACY)
