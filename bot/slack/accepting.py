"""What Slack hands over is read, decided upon and written down before it is acknowledged."""

from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.bridge import Bridge
from bot.database import Transaction
from bot.errors import DatabaseUnusable
from bot.slack.channels import Channels
from bot.slack.failures import Failures
from bot.slack.ids import Counted
from bot.slack.inbox import Inbox, SeenBefore, Waiting
from bot.slack.incoming import Incoming, Reply, commanded, delivery, heard
from bot.slack.places import Conversation
from bot.slack.points import Checkpoint, Point, passing
from bot.slack.running import Running
from bot.slack.settings import ChannelSettings, Placement
from bot.slack.threads import Heard, Threads

WAITING = "waiting"  # where, in Bolt's context, the accepted question stands
Next = Callable[[], Awaitable[None]]


class Accepting:
    """Listener middleware: afterwards the context holds a question to answer, or None."""

    def __init__(
        self,
        *,
        inbox: Inbox,
        threads: Threads,
        channels: Channels,
        failures: Failures,
        running: Running,
        bridge: Bridge,
        counts: Counter[Counted],
        start_threads: bool,
        checkpoint: Checkpoint = passing,
    ) -> None:
        self._inbox = inbox
        self._threads = threads
        self._channels = channels
        self._failures = failures
        self._running = running
        self._bridge = bridge
        self._counts = counts
        self._start_threads = start_threads
        self._passed = checkpoint

    async def event(self, body: dict[str, Any], context: AsyncBoltContext, next_: Next) -> None:
        """Accept a mention, a direct message, or a message in a thread that is followed."""
        question = heard(body, context.bot_user_id, start_threads=self._start_threads)
        await self._take(question, delivery(body), context, next_)

    async def command(
        self, body: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient, next_: Next
    ) -> BoltResponse | None:
        """Accept a command's question; tell at once if that fails, since Slack does not repeat it.

        An event that cannot be written down is not acknowledged, and Slack repeats it.
        """
        question = commanded(body, context.bot_user_id)
        try:
            await self._take(question, None, context, next_)
        except DatabaseUnusable as error:
            self._running.start(self._failures.tell(error, question.place, client))
            return BoltResponse(status=200, body="")
        return None

    async def accept(self, question: Incoming) -> Waiting | None:
        """Write a question down; None for one that was before."""
        self._passed(Point.RECEIVED)
        waiting = await self._bridge.run(self._accepted, question, None)
        self._passed(Point.ACCEPTED)
        return waiting

    async def _take(
        self, question: Incoming | None, event: str | None, context: AsyncBoltContext, next_: Next
    ) -> None:
        context[WAITING] = None
        if question is not None:
            self._passed(Point.RECEIVED)
            with self._running.receiving():
                context[WAITING] = await self._bridge.run(self._accepted, question, event)
            self._passed(Point.ACCEPTED)
        await next_()

    def _accepted(self, question: Incoming, event: str | None) -> Waiting | None:
        """Return what was written down; nothing changes for what was handed over before."""
        also = [event] if event else []
        try:
            return self._inbox.accept(question, *also, decide=self._decided)
        except SeenBefore:
            self._counts[Counted.REPEATED] += 1
            return None

    def _decided(self, connection: Transaction, question: Incoming) -> Incoming | None:
        """Return a question as its channel's settings and its thread's state have it answered."""
        decided = self._answerable(connection, question)
        if decided is not None and decided.channel is not None:
            self._passed(Point.HEARD)
        return decided

    def _answerable(self, connection: Transaction, question: Incoming) -> Incoming | None:
        if question.channel is None or not question.shown:
            return question
        team = question.asker.team or ""
        settings = self._channels.within(connection, team, question.channel)
        if settings.muted:
            off = {"reply": Reply.SWITCHED_OFF}
            return None if question.untagged else question.model_copy(update=off)
        match self._threads.hear(connection, question, follow=settings.follow):
            case Heard.NOTHING:
                return None
            case Heard.MUTE:
                return question.model_copy(update={"reply": Reply.MUTED})
        if settings.follow and question.thread is None and question.ts:
            self._threads.called(connection, question, question.ts)
        return _placed(question, settings)


def _placed(question: Incoming, settings: ChannelSettings) -> Incoming:
    if settings.place is Placement.PRIVATE or question.channel is None:
        return question
    place = Conversation(channel=question.channel, thread=question.root)
    return question.model_copy(update={"place": place})
