"""A question becomes a message: the core's answer, or a fixed line, with what stands around it."""

import asyncio
from collections import Counter

from bot.answer import Answer
from bot.answers import Answers
from bot.approvals.store import RequestStore
from bot.bridge import Bridge
from bot.errors import QuestionRefused
from bot.slack import buttons
from bot.slack.blocks import Around, answered, listed, said
from bot.slack.carried import carried
from bot.slack.channels import Channels
from bot.slack.ids import Counted
from bot.slack.incoming import Incoming, Reply, earlier
from bot.slack.parts import Card
from bot.slack.people import People
from bot.slack.places import Conversation, Message
from bot.slack.points import Checkpoint, Point, passing
from bot.slack.reporting import Reporting
from bot.slack.wording import (
    EXAMPLES,
    FIRST_USE,
    LEFT_OUT,
    MUTED_NOW,
    NO_PICTURES,
    PRIVACY,
    QUESTIONS_KEPT,
    SWITCHED_OFF,
    USAGE,
)
from bot.slack.workspace import Workspace
from index.verdict import Verdict

_MOST_HISTORY = 6
_HISTORY_SECONDS = 3.0


class Questions:
    """Takes questions to the core and returns what is to be posted."""

    def __init__(
        self,
        *,
        answers: Answers,
        store: RequestStore,
        people: People,
        channels: Channels,
        bridge: Bridge,
        counts: Counter[Counted],
        reporting: Reporting,
        checkpoint: Checkpoint = passing,
    ) -> None:
        self._reporting = reporting
        self._notice = (*FIRST_USE, *((QUESTIONS_KEPT,) if store.keeps_questions else ()))
        self._answers = answers
        self._store = store
        self._people = people
        self._channels = channels
        self._bridge = bridge
        self._counts = counts
        self._passed = checkpoint
        self.thumbs = True  # until Slack refuses them

    async def message(self, question: Incoming, joined: Workspace) -> Message | None:
        """Return what answers a question, or None where nothing is to be said.

        What was said without a tag and is no question about the orders is left alone.
        """
        if question.reply is not Reply.ANSWER:
            return fixed(question)
        history = await self._history(question, joined)
        try:
            answer = await self._bridge.run(self._answers.ask, question.text, history)
        except QuestionRefused as refusal:
            self._counts[Counted.REFUSED] += 1
            return None if question.untagged else said(str(refusal))
        self._passed(Point.ANSWERED)
        if question.untagged and answer.verdict is Verdict.NOT_COVERED and "?" not in question.text:
            return None
        if left_out := await self._bridge.run(self._left_out, question, answer):
            return said(left_out)
        await self._bridge.run(self._store.keep_answer, answer, question.asker)
        self._passed(Point.DRAFT_KEPT)
        greeted = await self._bridge.run(self._people.greeted, question.asker)
        card = await self._bridge.run(self._reporting.card, answer, question.asker)
        return self.shown(question, answer, history, greet=not greeted, card=card)

    def shown(
        self,
        question: Incoming,
        answer: Answer,
        history: tuple[str, ...],
        *,
        greet: bool = False,
        card: Card | None = None,
    ) -> Message:
        """Return an answer as it stands at the question's place.

        Where everybody reads it, what stands above is for the asker alone, nobody's supervisor is
        named, and the buttons, which everybody can press, do not carry the words of the one who
        asked.
        """
        public = isinstance(question.place, Conversation) and question.channel is not None
        before = (*([answer.warning] if answer.warning else []), *(self._notice if greet else ()))
        carry = carried(answer, history, question.root if question.channel else None)
        if public:
            carry, card = carry.model_copy(update={"question": None, "history": ()}), None
        direct = isinstance(question.place, Conversation) and question.channel is None
        pressed = () if direct and self.thumbs else (buttons.right(carry),)
        if not isinstance(question.place, Conversation) and question.channel is not None:
            in_thread = question.root is not None
            pressed = (*pressed, *buttons.sharing(carry, in_thread=in_thread))
        pressed = (*pressed, *buttons.telling(answer))
        around = Around(
            before=() if public else before,
            asked=None if question.shown else question.text,
            remark=NO_PICTURES if question.files else None,
            card=card,
            buttons=pressed,
            foot=(buttons.thumbs(carry),) if direct and self.thumbs else (),
        )
        message = answered(answer, self._answers.library, around)
        aside = said(*before) if public and before else None
        return message.model_copy(update={"greets": greet, "aside": aside})

    def _left_out(self, question: Incoming, answer: Answer) -> str | None:
        """Return why a channel's settings leave the answer out, if they do."""
        if question.channel is None:
            return None
        kept = self._channels.of(question.asker.team or "", question.channel).directives
        cited = {citation.directive for citation in answer.citations}
        if not kept or not cited or cited & set(kept):
            return None
        named = [self._answers.library.get(number) for number in kept]
        return LEFT_OUT.format(kept=", ".join(one.name for one in named if one))

    async def _history(self, question: Incoming, joined: Workspace) -> tuple[str, ...]:
        """Return the asker's earlier questions in the thread; none where it cannot be read."""
        if question.thread is None:
            return ()
        try:
            async with asyncio.timeout(_HISTORY_SECONDS):
                page = await joined.client.conversations_replies(
                    channel=question.thread.channel,
                    ts=question.thread.root,
                    latest=question.thread.before,
                    limit=200,
                )
            return earlier(page.get("messages", []), question, joined.user, _MOST_HISTORY)
        except Exception:  # whatever it is, an answer without history is better than none
            self._counts[Counted.NO_HISTORY] += 1
            return ()
        finally:
            self._passed(Point.HISTORY_READ)


def fixed(question: Incoming) -> Message:
    """Return the line for what asks nothing about the orders."""
    match question.reply:
        case Reply.MUTED:
            return said(MUTED_NOW)
        case Reply.SWITCHED_OFF:
            return said(SWITCHED_OFF)
        case _:
            return usage(remark=NO_PICTURES if question.files else None)


def usage(remark: str | None = None) -> Message:
    """Return how to ask, with kinds of questions, and who may read them."""
    first = f"{remark} {USAGE}" if remark else USAGE
    return listed(first, EXAMPLES, PRIVACY)
