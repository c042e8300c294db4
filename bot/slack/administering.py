"""What administrators of a workspace may do: set how channels are answered, look at feedback."""

from collections import Counter
from datetime import datetime
from zoneinfo import ZoneInfo

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.errors import SlackApiError
from slack_sdk.models.views import View
from slack_sdk.web.async_client import AsyncWebClient

from bot.asker import Asker
from bot.bridge import Bridge
from bot.feedback import FeedbackStore, Given
from bot.slack import ids
from bot.slack.channels import Channels
from bot.slack.clicks import clicked, values
from bot.slack.feedback import FeedbackItem, feedback_list
from bot.slack.forms import channel_form, notice, read_channel
from bot.slack.home import OnFile
from bot.slack.ids import Counted
from bot.slack.incoming import Payload
from bot.slack.profiles import profile
from bot.slack.settings import read
from bot.slack.submitted import FormRefused
from bot.slack.wording import CHANNEL, FEEDBACK_LIST, NOT_FOR_YOU, SETTINGS_SAVED


class Administering:
    """Opens and takes the forms of administrators; who is one, Slack says each time anew."""

    def __init__(
        self,
        *,
        channels: Channels,
        feedback: FeedbackStore,
        directives: tuple[OnFile, ...],
        zone: ZoneInfo,
        bridge: Bridge,
        counts: Counter[Counted],
    ) -> None:
        self._channels = channels
        self._feedback = feedback
        self._directives = directives
        self._zone = zone
        self._bridge = bridge
        self._counts = counts

    def register(self, app: AsyncApp) -> None:
        """Listen to the administrators' buttons and forms."""
        app.action(ids.Action.CHANNEL_SETTINGS.value)(self.choose_channel)
        app.view(ids.View.CHANNEL_CHOICE.value)(self.open_channel)
        app.view(ids.View.CHANNEL.value)(self.change_channel)
        app.action(ids.Action.SHOW_FEEDBACK.value)(self.show_feedback)
        app.action(ids.Action.LOOKED_AT.value)(self.look_at)

    async def choose_channel(self, ack: AsyncAck, body: Payload, client: AsyncWebClient) -> None:
        """Ask which channel is meant."""
        await ack()
        click = clicked(body)
        await self.open(click.asker, None, click.trigger, client)

    async def open(
        self, asker: Asker, channel: str | None, trigger: str, client: AsyncWebClient
    ) -> None:
        """Open a channel's settings, or the question which channel, for an administrator."""
        if await administers(asker, client, self._counts):
            view = await self._form(asker, channel)
        else:
            view = notice(CHANNEL, NOT_FOR_YOU)
        await client.views_open(trigger_id=trigger, view=view)

    async def open_channel(self, ack: AsyncAck, body: Payload, client: AsyncWebClient) -> None:
        """Show the settings of the channel that was chosen, in the same form."""
        click = clicked(body)
        try:
            channel = read_channel(values(body))
        except FormRefused as refusal:
            await ack(response_action="errors", errors=refusal.errors)
            return
        allowed = await administers(click.asker, client, self._counts)
        view = await self._form(click.asker, channel) if allowed else notice(CHANNEL, NOT_FOR_YOU)
        await ack(response_action="update", view=view)

    async def change_channel(self, ack: AsyncAck, body: Payload, client: AsyncWebClient) -> None:
        """Keep a channel's settings."""
        click = clicked(body)
        try:
            settings = read(values(body))
        except FormRefused as refusal:
            await ack(response_action="errors", errors=refusal.errors)
            return
        if not await administers(click.asker, client, self._counts):
            await ack(response_action="update", view=notice(CHANNEL, NOT_FOR_YOU))
            return
        team, user = click.asker.team or "", click.asker.user or ""
        await self._bridge.run(self._channels.change, team, click.metadata, settings, user)
        await ack(response_action="update", view=notice(CHANNEL, SETTINGS_SAVED))

    async def show_feedback(self, ack: AsyncAck, body: Payload, client: AsyncWebClient) -> None:
        """Show what people said of answers and nobody has looked at."""
        await ack()
        click = clicked(body)
        allowed = await administers(click.asker, client, self._counts)
        view = await self._list() if allowed else notice(FEEDBACK_LIST, NOT_FOR_YOU)
        await client.views_open(trigger_id=click.trigger, view=view)

    async def look_at(self, ack: AsyncAck, body: Payload, client: AsyncWebClient) -> None:
        """Note that a piece was looked at, and show what is left."""
        await ack()
        click = clicked(body)
        if await administers(click.asker, client, self._counts):
            await self._bridge.run(self._feedback.looked_at, click.value)
            await client.views_update(view_id=click.view, view=await self._list())

    async def _form(self, asker: Asker, channel: str | None) -> View:
        of = self._channels.of
        settings = await self._bridge.run(of, asker.team or "", channel or "")
        return channel_form(channel, settings, self._directives)

    async def _list(self) -> View:
        given = await self._bridge.run(self._feedback.to_look_at)
        return feedback_list([_item(one, self._zone) for one in given])


async def administers(asker: Asker, client: AsyncWebClient, counts: Counter[Counted]) -> bool:
    """Whether Slack says that a person is an administrator or owner of the workspace.

    Nobody is one where Slack does not say, as without the scope ``users:read``; that is counted.
    """
    try:
        found = await profile(asker, client)
    except SlackApiError:
        counts[Counted.NO_PROFILE] += 1
        return False
    return found.admin


def _item(given: Given, zone: ZoneInfo) -> FeedbackItem:
    when: datetime = given.given.astimezone(zone)
    return FeedbackItem(
        id=given.number,
        when=when,
        verdict=given.verdict,
        version=given.version,
        right=given.right,
        reason=given.reason,
        question=given.question,
    )
