"""Forms that ask: a question from anywhere in Slack, and a draft held against the orders."""

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.models.blocks import ActionsBlock, Block, ContextActionsBlock
from slack_sdk.web.async_client import AsyncWebClient

from bot.answers import Answers
from bot.bridge import Bridge
from bot.errors import QuestionRefused
from bot.slack import ids
from bot.slack.accepting import Accepting
from bot.slack.answering import Answering
from bot.slack.blocks import Around, answered, said
from bot.slack.clicks import clicked, values
from bot.slack.forms import ask_form, draft_check, read_ask, working
from bot.slack.incoming import submitted
from bot.slack.submitted import FormRefused
from bot.slack.text import readable
from bot.slack.wording import DRAFT, DRAFT_ASKED, DRAFT_EMPTY


class Asking:
    """The shortcuts, the ask form, and the check of a draft, which sends nothing anywhere."""

    def __init__(
        self,
        *,
        answers: Answers,
        accepting: Accepting,
        answering: Answering,
        bridge: Bridge,
    ) -> None:
        self._answers = answers
        self._accepting = accepting
        self._answering = answering
        self._bridge = bridge

    def register(self, app: AsyncApp) -> None:
        """Listen to the two shortcuts, the button that opens the form, and the form."""
        app.shortcut(ids.Shortcut.ASK.value)(self.open)
        app.shortcut(ids.Shortcut.CHECK_DRAFT.value)(self.check)
        app.action(ids.Action.ASK.value)(self.open)
        app.view(ids.View.ASK.value)(self.take)

    async def open(self, ack: AsyncAck, body: dict[str, object], client: AsyncWebClient) -> None:
        """Open the form, with an example in it where one was chosen."""
        await ack()
        click = clicked(body)
        await client.views_open(trigger_id=click.trigger, view=ask_form(click.value))

    async def take(self, ack: AsyncAck, body: dict[str, object]) -> None:
        """Accept the question, then close the form; the answer comes as a direct message."""
        try:
            text = read_ask(values(body))
        except FormRefused as refusal:
            await ack(response_action="errors", errors=refusal.errors)
            return
        waiting = await self._accepting.accept(submitted(body, text))
        await ack()
        if waiting is not None:
            await self._answering.begin(waiting)

    async def check(self, ack: AsyncAck, body: dict[str, object], client: AsyncWebClient) -> None:
        """Show, to whoever asked and in a form of theirs, which clauses a draft touches."""
        await ack()
        click = clicked(body)
        opened = await client.views_open(trigger_id=click.trigger, view=working(DRAFT))
        blocks, warned = await self._bridge.run(self._blocks, readable(click.message, None))
        view = draft_check(blocks, warned)
        await client.views_update(view_id=opened["view"]["id"], view=view)

    def _blocks(self, draft: str) -> tuple[tuple[Block, ...], int]:
        """Return the answer to a draft without its buttons, and how many first blocks warn.

        There is nothing to do from a form.
        """
        if not draft:
            return said(DRAFT_EMPTY).blocks, 0
        try:
            answer = self._answers.ask(DRAFT_ASKED.format(draft=draft))
        except QuestionRefused as refusal:
            return said(str(refusal)).blocks, 0
        before = (answer.warning,) if answer.warning else ()
        around = Around(before=before, asked=draft, start=False)
        blocks = answered(answer, self._answers.library, around).blocks
        shown = (b for b in blocks if not isinstance(b, ActionsBlock | ContextActionsBlock))
        return tuple(shown), len(before)
