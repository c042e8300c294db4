"""“Was this right?”: a vote on an answer, with a reason and the question if a person adds them."""

from contextlib import suppress

from pydantic import ValidationError
from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from bot.bridge import Bridge
from bot.feedback import Feedback, FeedbackStore, Right
from bot.slack import ids
from bot.slack.blocks import said
from bot.slack.carried import Carried, read
from bot.slack.clicks import Click, clicked, values
from bot.slack.feedback import FeedbackAbout, feedback_form, read_feedback
from bot.slack.forms import notice
from bot.slack.places import Aside, PostRefused, PostUnconfirmed, post, respond
from bot.slack.submitted import FormRefused
from bot.slack.wording import FEEDBACK, KEPT_YES, STALE, THANKS
from bot.wording import VERDICTS
from index.verdict import Verdict


class Voting:
    """Keeps what people say of answers; the question is kept only where they tick it."""

    def __init__(self, feedback: FeedbackStore, bridge: Bridge) -> None:
        self._feedback = feedback
        self._bridge = bridge

    def register(self, app: AsyncApp) -> None:
        """Listen to the button, the thumbs and the form."""
        app.action(ids.Action.FEEDBACK.value)(self.ask)
        app.action(ids.Action.THUMBS.value)(self.thumb)
        app.view(ids.View.FEEDBACK.value)(self.take)

    async def ask(self, ack: AsyncAck, body: dict[str, object], client: AsyncWebClient) -> None:
        """Open the form."""
        await ack()
        click = clicked(body)
        await self._open(click, read(click.value), None, client)

    async def thumb(self, ack: AsyncAck, body: dict[str, object], client: AsyncWebClient) -> None:
        """Keep the vote at once, and say so; a vote against asks for the reason too."""
        await ack()
        click = clicked(body)
        right = Right.YES if click.value.startswith("+") else Right.NO
        carried = read(click.value[1:])
        if right is Right.NO or carried is None:
            await self._open(click, carried, right, client)
        if carried is not None:
            vote = Feedback(
                answer=carried.answer,
                version=carried.version,
                verdict=carried.verdict,
                right=right,
            )
            await self._bridge.run(self._feedback.give, vote, click.asker)
            if right is Right.YES:
                await _thank(click, client)

    async def take(self, ack: AsyncAck, body: dict[str, object]) -> None:
        """Keep what the form says."""
        click = clicked(body)
        try:
            filled = read_feedback(values(body))
            about = FeedbackAbout.load(click.metadata)
        except FormRefused as refusal:
            await ack(response_action="errors", errors=refusal.errors)
            return
        except ValidationError:
            await ack()
            return
        vote = Feedback(
            answer=about.answer,
            version=about.version,
            verdict=about.verdict,
            right=filled.right,
            reason=filled.reason,
            question=about.question if filled.include_question else None,
        )
        await self._bridge.run(self._feedback.give, vote, click.asker)
        await ack(response_action="update", view=notice(FEEDBACK, THANKS))

    async def _open(
        self, click: Click, carried: Carried | None, right: Right | None, client: AsyncWebClient
    ) -> None:
        if carried is None:
            await respond(click.address, said(STALE), client)
            return
        about = FeedbackAbout(
            answer=carried.answer,
            version=carried.version,
            verdict=carried.verdict,
            question=carried.question,
        )
        words = _words(carried.verdict)
        await client.views_open(trigger_id=click.trigger, view=feedback_form(about, words, right))


async def _thank(click: Click, client: AsyncWebClient) -> None:
    """Say under the answer that a vote is kept; it is, even where that cannot be said."""
    place = Aside(channel=click.channel, user=click.asker.user or "", thread=click.thread)
    with suppress(PostRefused, PostUnconfirmed):
        await post(place, said(KEPT_YES), client)


def _words(verdict: str) -> str:
    try:
        return VERDICTS[Verdict(verdict)]
    except ValueError:
        return verdict
