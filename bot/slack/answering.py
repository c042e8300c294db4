"""The life of an accepted question: answered, posted once, forgotten; taken up after a crash."""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import NamedTuple

from bot.bridge import Bridge
from bot.errors import AssistantError, DatabaseUnusable
from bot.slack.blocks import under
from bot.slack.failures import Failures
from bot.slack.ids import Counted
from bot.slack.inbox import GIVEN_UP, Inbox, Stage, Waiting
from bot.slack.incoming import Incoming
from bot.slack.people import People
from bot.slack.places import (
    Aside,
    Conversation,
    FindLater,
    Message,
    PlaceGone,
    PostLater,
    PostRefused,
    PostUnconfirmed,
    find,
    post,
)
from bot.slack.points import Checkpoint, Point, passing
from bot.slack.questions import Questions
from bot.slack.running import Running
from bot.slack.status import Status
from bot.slack.wording import MOVED
from bot.slack.workspace import Workspace

_log = logging.getLogger(__name__)
_LOOKS = 3  # at the inbox in the time of a lease
_WAIT = 2 / 3  # of a lease, until what Slack took nothing of is tried again
_SKEW = 300.0  # seconds by which this clock may run ahead of Slack's


class Answering:
    """Answers what is in the inbox, each question by one process at a time.

    An answer that can be read back is looked for before it is posted a second time. One that
    cannot (shown to one person alone) is posted a second time only if the process died between
    the record that it is being posted and the record that it was, and never a third time.
    """

    def __init__(
        self,
        *,
        inbox: Inbox,
        questions: Questions,
        people: People,
        status: Status,
        failures: Failures,
        running: Running,
        bridge: Bridge,
        counts: Counter[Counted],
        joined: Callable[[Incoming], Awaitable[Workspace | None]],
        clock: Callable[[], datetime],
        checkpoint: Checkpoint = passing,
    ) -> None:
        """``joined`` returns a question's workspace, or None where the assistant is no more."""
        self._inbox = inbox
        self._questions = questions
        self._people = people
        self._status = status
        self._failures = failures
        self._running = running
        self._bridge = bridge
        self._counts = counts
        self._joined = joined
        self._clock = clock
        self._passed = checkpoint
        self._at: set[str] = set()

    async def begin(self, waiting: Waiting) -> None:
        """Answer what this process has accepted and acknowledged."""
        self._passed(Point.ACKNOWLEDGED)
        await self.answer(waiting)

    async def answer(self, waiting: Waiting) -> None:
        """Bring one question to its end; whatever goes wrong, its asker is told if possible."""
        question = waiting.question
        if question.key in self._at:
            return
        self._at.add(question.key)
        try:
            joined = await self._joined(question)
            if joined is None:
                await self._end(question)
            else:
                await self._answer(waiting, joined)
        finally:
            self._at.discard(question.key)

    async def watch(self) -> None:
        """Renew what is being answered and take up what others left, until cancelled."""
        while True:
            try:
                await self._bridge.run(self._inbox.renew, sorted(self._at))
                for waiting in await self._bridge.run(self._inbox.claim):
                    self._counts[Counted.TAKEN_UP] += 1
                    self._passed(Point.TAKEN_UP)
                    self._running.start(self.answer(waiting))
            except Exception as error:  # the next look may do better, and nothing else would look
                _log.error("The inbox could not be read: %s", type(error).__name__)
            await asyncio.sleep(self._inbox.lease.total_seconds() / _LOOKS)

    async def _answer(self, waiting: Waiting, joined: Workspace) -> None:
        question = waiting.question
        try:
            end = await self._brought(waiting, joined)
        except _TakenOver:
            self._counts[Counted.TAKEN_OVER] += 1
        except PostLater:
            self._passed(Point.REFUSED)
            await self._postpone(question, unposted=True)
        except FindLater:
            await self._postpone(question, unposted=False)
        except Exception as error:
            await self._tell(error, question, joined)
        else:
            await self._finish(question, joined, end)

    async def _brought(self, waiting: Waiting, joined: Workspace) -> "_End":
        """Answer a question once; return whether an answer stands, posted now or before."""
        if self._clock() - waiting.accepted > GIVEN_UP:
            self._counts[Counted.GIVEN_UP] += 1
            return _End(stands=False)
        if waiting.stage is Stage.POSTING:
            there = await self._there(waiting, joined)
            if there is not None:
                return _End(stands=there)
        return await self._compose_and_post(waiting, joined)

    async def _there(self, waiting: Waiting, joined: Workspace) -> bool | None:
        """Whether the answer was posted before; None where it is to be posted now.

        One that cannot be read back may have been seen twice by now, or not at all: its asker is
        told so in a direct message, which can be read back.
        """
        question, client = waiting.question, joined.client
        since = waiting.accepted.timestamp() - _SKEW
        alone, found = _alone(question), await find(question.place, question.key, client, since)
        if not found and not _direct(question):
            found = await find(alone, question.key, client, since) or found
        self._passed(Point.SOUGHT)
        if found:
            return True
        if found is None and waiting.posts > 1:
            unsure = PostUnconfirmed("A private answer was begun twice and cannot be read back.")
            await self._failures.tell(unsure, alone, client, question.key)
            self._passed(Point.TOLD)
            return False
        return None

    async def _compose_and_post(self, waiting: Waiting, joined: Workspace) -> "_End":
        question = waiting.question
        shown = self._running.start(self._status.show(question, joined.client))
        message = await self._questions.message(question, joined)
        await shown
        if message is None:
            return _End(stands=False)
        if message.aside is not None and not question.warned:
            await self._warn(waiting, message.aside, joined)
            question = question.model_copy(update={"warned": True})
        await self._begin(question)
        await self._post(question, message, joined)
        self._passed(Point.POSTED)
        return _End(stands=True, greets=message.greets)

    async def _warn(self, waiting: Waiting, aside: Message, joined: Workspace) -> None:
        """Tell the asker alone what stands before an answer that everybody reads.

        It cannot be read back. Where it may have been shown before, and where Slack does not
        confirm it, it comes as a direct message, which can.
        """
        question, client = waiting.question, joined.client
        await self._begin(question, Stage.WARNING)
        try:
            if waiting.stage is Stage.WARNING:
                raise PostUnconfirmed("A warning was begun before and cannot be read back.")
            await post(beside(question), aside, client)
        except (PlaceGone, PostUnconfirmed):
            key, since = f"warning:{question.key}", waiting.accepted.timestamp() - _SKEW
            if not await find(_alone(question), key, client, since):
                await post(_alone(question), aside, client, key)
        self._passed(Point.WARNED)

    async def _begin(self, question: Incoming, stage: Stage = Stage.POSTING) -> None:
        """Record that a message is about to be posted; raise _TakenOver where that is another's."""
        if not await self._bridge.run(self._inbox.posting, question, stage):
            raise _TakenOver
        self._passed(Point.WARNING if stage is Stage.WARNING else Point.POSTING)

    async def _post(self, question: Incoming, message: Message, joined: Workspace) -> None:
        begun = self._clock().timestamp() - _SKEW
        try:
            await post(question.place, message, joined.client, question.key)
        except PlaceGone:
            self._passed(Point.REFUSED)
            if _direct(question):
                raise
            self._counts[Counted.MOVED] += 1
            await post(_alone(question), under(MOVED, message), joined.client, question.key)
        except PostUnconfirmed:
            found = await find(question.place, question.key, joined.client, begun)
            self._passed(Point.SOUGHT)
            if found is None:
                raise
            if not found:
                await post(question.place, message, joined.client, question.key)
        except PostRefused as refusal:
            if refusal.code != "invalid_blocks" or not self._questions.thumbs:
                raise
            self._passed(Point.REFUSED)
            self._questions.thumbs = False
            plainer = await self._questions.message(question, joined)
            await post(question.place, plainer or message, joined.client, question.key)

    async def _postpone(self, question: Incoming, *, unposted: bool) -> None:
        self._counts[Counted.POSTPONED] += 1
        wait = self._inbox.lease * _WAIT
        await self._bridge.run(self._inbox.postpone, question.key, wait, unposted=unposted)
        self._passed(Point.POSTPONED)

    async def _tell(self, error: Exception, question: Incoming, joined: Workspace) -> None:
        self._passed(Point.FAILED)
        try:
            await self._begin(question)
        except _TakenOver:
            self._counts[Counted.TAKEN_OVER] += 1
            return
        except DatabaseUnusable:  # what cannot be recorded can still be said
            _log.error("A failure could not be recorded.")
        await self._failures.tell(error, question.place, joined.client, question.key)
        self._passed(Point.TOLD)
        await self._finish(question, joined, _End(stands=False))

    async def _finish(self, question: Incoming, joined: Workspace, end: "_End") -> None:
        """Forget a question at once, so that its answer is not repeated; the rest may be lost."""
        try:
            await self._end(question)
            if end.greets:
                await self._bridge.run(self._people.greet, question.asker)
                self._passed(Point.GREETED)
        except DatabaseUnusable:  # the answer stands, and whoever claims the row will look for it
            _log.error("The end of a question could not be recorded.")
        if end.stands:
            await self._status.title(question, joined.client)

    async def _end(self, question: Incoming) -> None:
        await self._bridge.run(self._inbox.done, question.key)
        self._passed(Point.DONE)


class _End(NamedTuple):
    """How a question ended: whether an answer stands, and whether the notice stands in it."""

    stands: bool
    greets: bool = False


class _TakenOver(AssistantError):
    """Another process holds the question by now, since this one was silent for too long."""


def beside(question: Incoming) -> Aside:
    """Return where the asker alone reads what comes before an answer in a thread.

    An ephemeral message in a thread that nobody replied in is not shown ("chat.postEphemeral").
    """
    thread = question.thread.root if question.thread else None
    return Aside(channel=question.channel or "", user=question.asker.user or "", thread=thread)


def _direct(question: Incoming) -> bool:
    return isinstance(question.place, Conversation) and question.channel is None


def _alone(question: Incoming) -> Conversation:
    """Return the direct message with the asker: a user id opens it ("chat.postMessage")."""
    return Conversation(channel=question.asker.user or "")
