"""A request filled in within Slack: the form, what is read before sending, and the sending.

What was filled in is kept in the draft between the two steps, so a restart loses nothing and the
web page shows the same. A sent request is changed by the same form.
"""

from collections.abc import Callable
from contextlib import suppress

from pydantic import ValidationError
from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.approvals.filling import FormRefused as Unfit
from bot.bridge import Bridge
from bot.slack import card_wording, ids, wording
from bot.slack.clicks import clicked, values
from bot.slack.deed_buttons import handle
from bot.slack.forms import working
from bot.slack.request_form import Carrying, in_form
from bot.slack.request_steps import RequestSteps, Unpermitted, unavailable
from bot.slack.submitted import FormRefused
from bot.slack.visiting import Visiting


class Requesting:
    """Opens the form from an answer or a card, checks it, and sends it once."""

    def __init__(
        self,
        *,
        steps: RequestSteps,
        visiting: Visiting,
        bridge: Bridge,
        sent: Callable[[], None],
    ) -> None:
        """``bridge`` is that of acknowledgements: Slack waits three seconds for a form's answer.

        ``sent`` is called when a request was sent: somebody may have to be told.
        """
        self._told = sent
        self._steps = steps
        self._visiting = visiting
        self._bridge = bridge

    def register(self, app: AsyncApp) -> None:
        """Listen to the buttons of answers and cards, the one that saves, and the two forms."""
        app.action(ids.Action.FILL_REQUEST.value)(self.open)
        app.action(ids.Action.CHANGE_REQUEST.value)(self.change)
        app.action(ids.Action.SAVE_REQUEST.value)(self.save)
        app.view(ids.View.REQUEST.value)(self.check)
        app.view(ids.View.REQUEST_CHECK.value)(self.send)

    async def open(self, ack: AsyncAck, body: dict[str, object], client: AsyncWebClient) -> None:
        """Open the form with what was saved, or what the question suggests."""
        await ack()
        click = clicked(body)
        opened = await client.views_open(trigger_id=click.trigger, view=working(wording.REQUEST))
        reference = click.value.removeprefix("ref=")
        view = await self._bridge.run(self._steps.shown, Carrying(reference=reference), click.asker)
        await client.views_update(view_id=opened["view"]["id"], view=view)

    async def change(self, ack: AsyncAck, body: dict[str, object], client: AsyncWebClient) -> None:
        """Open the form with the content that stands, over the whole request where that is open."""
        await ack()
        click = clicked(body)
        about = handle(click.value)
        show = client.views_push if click.modal else client.views_open
        opened = await show(trigger_id=click.trigger, view=working(wording.REQUEST))
        view = unavailable(card_wording.STALE)
        if about is not None:
            carrying = Carrying(reference=about.reference, version=about.version)
            view = await self._bridge.run(self._steps.shown, carrying, click.asker)
        await client.views_update(view_id=opened["view"]["id"], view=view)

    async def save(self, ack: AsyncAck, body: dict[str, object], client: AsyncWebClient) -> None:
        """Keep what the form holds, and say until when."""
        await ack()
        click = clicked(body)
        try:
            carrying = Carrying.model_validate_json(click.metadata)
            view = await self._bridge.run(self._steps.saved, carrying, click.asker, values(body))
        except (ValidationError, FormRefused):
            view = unavailable(wording.FORM_CHANGED)
        await client.views_update(view_id=click.view, view=view)

    async def check(self, ack: AsyncAck, body: dict[str, object]) -> None:
        """Show what the request touches and who decides; name what nobody can permit."""
        click = clicked(body)
        try:
            carrying = Carrying.model_validate_json(click.metadata)
            view = await self._bridge.run(self._steps.checked, carrying, click.asker, values(body))
        except FormRefused as refusal:
            if str(refusal.field) in values(body):
                await ack(response_action="errors", errors=refusal.errors)
            else:  # the form is of another version, and Slack shows an error at its fields alone
                await ack(response_action="push", view=unavailable(wording.FORM_CHANGED))
        except Unfit as unfit:
            await ack(response_action="errors", errors=in_form({**unfit.errors}))
        except Unpermitted as refusal:
            await ack(response_action="errors", errors=refusal.errors)
        except ValidationError:
            await ack(response_action="push", view=unavailable(wording.FORM_CHANGED))
        else:
            await ack(response_action="push", view=view)

    async def send(self, ack: AsyncAck, body: dict[str, object], client: AsyncWebClient) -> None:
        """Send what was read; a second sending shows the first request."""
        click = clicked(body)
        try:
            carrying = Carrying.model_validate_json(click.metadata)
        except ValidationError:
            await ack(response_action="update", view=unavailable(wording.FORM_CHANGED))
            return
        view = await self._bridge.run(self._steps.sent, carrying, click.asker)
        await ack(response_action="update", view=view)
        if view.callback_id == ids.View.REQUEST_SENT.value:
            self._told()
            with suppress(SlackApiError):  # the receipt is shown; App Home is drawn at each visit
                await self._visiting.publish(click.asker, client)
