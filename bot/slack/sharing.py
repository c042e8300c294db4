"""A private answer is shared by the one who asked, or kept: nothing is shown to others unasked."""

from contextlib import suppress
from datetime import datetime, timedelta

from pydantic import BaseModel, Field, ValidationError
from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.models.blocks import (
    CheckboxesElement,
    RichTextBlock,
    RichTextElementParts,
    RichTextSectionElement,
)
from slack_sdk.models.views import View
from slack_sdk.web.async_client import AsyncWebClient

from bot.answer import Answer
from bot.answers import Answers
from bot.bridge import Bridge
from bot.errors import QuestionRefused
from bot.slack import buttons, ids, wording
from bot.slack.blocks import Around, answered, said, under
from bot.slack.carried import Carried, read
from bot.slack.clicks import Click, clicked, values
from bot.slack.deliveries import Deliveries
from bot.slack.failures import PLACE
from bot.slack.parts import entry, modal, option
from bot.slack.parts import said as line
from bot.slack.places import (
    Conversation,
    Message,
    PlaceGone,
    PostRefused,
    Response,
    find,
    post,
    respond,
)
from bot.slack.points import Checkpoint, SharePoint, passing
from bot.slack.submitted import TICKED, ticked
from index.directive import FROZEN

LEASE = timedelta(minutes=1)  # after which what was begun and not ended is begun again
_SKEW = 300.0  # seconds by which this clock may run ahead of Slack's


class Sharing(BaseModel):
    """What the form that asks once more carries: the answer, and the private message it is in."""

    model_config = FROZEN

    carried: Carried
    channel: str
    address: str = Field(repr=False)


class Sharer:
    """Shows an answer to a channel once, without the asker's words unless they want them there."""

    def __init__(
        self,
        answers: Answers,
        deliveries: Deliveries,
        bridge: Bridge,
        checkpoint: Checkpoint = passing,
    ) -> None:
        self._answers = answers
        self._deliveries = deliveries
        self._bridge = bridge
        self._passed = checkpoint

    def register(self, app: AsyncApp) -> None:
        """Listen to the two buttons and to the form."""
        app.action(ids.Action.SHARE.value)(self.ask)
        app.action(ids.Action.KEEP.value)(self.keep)
        app.view(ids.View.SHARE.value)(self.share)

    async def ask(self, ack: AsyncAck, body: dict[str, object], client: AsyncWebClient) -> None:
        """Ask once more, and whether the question is to be shown too."""
        await ack()
        click = clicked(body)
        carried = read(click.value)
        if carried is None:
            await respond(click.address, said(wording.STALE), client)
            return
        sharing = Sharing(carried=carried, channel=click.channel, address=click.address)
        await client.views_open(trigger_id=click.trigger, view=share_form(sharing))

    async def keep(self, ack: AsyncAck, body: dict[str, object], client: AsyncWebClient) -> None:
        """Take the buttons for sharing away; the answer stays with whoever asked."""
        await ack()
        click = clicked(body)
        carried = read(click.value)
        answer = await self._again(carried)
        if carried is None or answer is None:
            await respond(click.address, said(wording.STALE), client)
            return
        await respond(click.address, self._private(answer, carried), client, replace=True)

    async def share(
        self,
        ack: AsyncAck,
        body: dict[str, object],
        client: AsyncWebClient,
        context: AsyncBoltContext,
    ) -> None:
        """Show the answer in the thread, or in the channel where a command was typed."""
        await ack()
        click = clicked(body)
        try:
            sharing = Sharing.model_validate_json(click.metadata)
        except ValidationError:
            alone = Conversation(channel=click.asker.user or "")
            await post(alone, said(wording.FORM_CHANGED), client)
            return
        context[PLACE] = Response(address=sharing.address, user=click.asker.user or "")
        carried = sharing.carried
        answer = await self._again(carried)
        if answer is None:
            await _tell(sharing, click, said(wording.STALE), client)
            return
        key = f"share:{carried.answer}"
        turn = await self._bridge.run(self._deliveries.begin, key, LEASE)
        if not turn.mine:
            line = wording.SHARED_BEFORE if turn.done else wording.SHARING_NOW
            await _tell(sharing, click, said(line), client)
            return
        self._passed(SharePoint.BEGUN)
        if turn.since is not None and await _stands(sharing, turn.since, client):
            self._passed(SharePoint.SOUGHT)
            await self._bridge.run(self._deliveries.done, key)
            await _tell(sharing, click, said(wording.SHARED_BEFORE), client)
            return
        asked = carried.question if ticked(values(body), ids.Field.INCLUDE) else None
        if not await self._post(sharing, self._public(answer, click, asked), client):
            await _tell(sharing, click, said(wording.NOT_SHARED), client)
            return
        self._passed(SharePoint.TAKEN)
        await self._bridge.run(self._deliveries.done, key)
        self._passed(SharePoint.RECORDED)
        done = under(wording.SHARED, self._private(answer, carried))
        with suppress(PlaceGone):  # the form was left open for long; the channel shows the answer
            await respond(sharing.address, done, client, replace=True)

    async def _post(self, sharing: Sharing, message: Message, client: AsyncWebClient) -> bool:
        """Whether Slack took it."""
        carried = sharing.carried
        try:
            if carried.thread is None:
                await respond(sharing.address, message, client, shown_to_all=True)
            else:
                place = Conversation(channel=sharing.channel, thread=carried.thread)
                await post(place, message, client, f"share:{carried.answer}")
        except PostRefused:
            await self._bridge.run(self._deliveries.forget, f"share:{carried.answer}")
            return False
        return True

    async def _again(self, carried: Carried | None) -> Answer | None:
        """Return the answer made anew, under the number that it was given first."""
        if carried is None or carried.question is None:
            return None
        try:
            return await self._bridge.run(
                self._answers.ask, carried.question, carried.history, identity=carried.answer
            )
        except QuestionRefused:
            return None

    def _private(self, answer: Answer, carried: Carried) -> Message:
        around = Around(
            before=(answer.warning,) if answer.warning else (),
            asked=answer.question if carried.thread is None else None,
            buttons=(buttons.right(carried), *buttons.telling(answer)),
        )
        return answered(answer, self._answers.library, around)

    def _public(self, answer: Answer, click: Click, asked: str | None) -> Message:
        """Return the answer as others see it: without the asker's words, or with them."""
        around = Around(asked=asked, asks=wording.SHARED_ASKED, start=False)
        message = answered(answer, self._answers.library, around)
        who = RichTextElementParts.User(user_id=click.asker.user or "")
        by = RichTextElementParts.Text(text=f" {wording.SHARED_BY}")
        first = RichTextBlock(elements=[RichTextSectionElement(elements=[who, by])])
        return Message(text=message.text, blocks=(first, *message.blocks))


async def _stands(sharing: Sharing, since: datetime, client: AsyncWebClient) -> bool:
    """Whether an answer whose sharing was begun and not ended stands in the thread.

    What a command's answer is shared as cannot be read back: it is not known to stand, and whoever
    clicks once more wants it shown.
    """
    carried = sharing.carried
    if carried.thread is None:
        return False
    place = Conversation(channel=sharing.channel, thread=carried.thread)
    key = f"share:{carried.answer}"
    return bool(await find(place, key, client, since.timestamp() - _SKEW))


async def _tell(sharing: Sharing, click: Click, message: Message, client: AsyncWebClient) -> None:
    """Tell the one who shares, as a direct message where the private one is too old."""
    try:
        await respond(sharing.address, message, client)
    except PlaceGone:
        await post(Conversation(channel=click.asker.user or ""), message, client)


def share_form(sharing: Sharing) -> View:
    """Return the form that asks once more before others read an answer."""
    box = CheckboxesElement(
        action_id=ids.Field.INCLUDE.value, options=[option(TICKED, wording.SHARE_WORDS)]
    )
    return modal(
        ids.View.SHARE,
        wording.SHARE_TITLE,
        [
            line(wording.SHARE_ABOUT),
            entry(ids.Field.INCLUDE, wording.INCLUDE, box, optional=True),
        ],
        submit=wording.SHARE_SUBMIT,
        close=wording.CANCEL,
        metadata=sharing.model_dump_json(by_alias=True, exclude_defaults=True),
    )
