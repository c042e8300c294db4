"""From Slack to the web: a link that signs its asker in once, made as they click, shown to them.

No card holds such a link: what stays in a conversation must not be a key. See "Opening modals".
"""

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.models.blocks import ActionsBlock, ButtonElement, SectionBlock
from slack_sdk.models.views import View
from slack_sdk.web.async_client import AsyncWebClient

from bot.asker import Asker
from bot.links import Links
from bot.slack import card_wording, ids, wording
from bot.slack.clicks import clicked
from bot.slack.parts import modal, plain, said
from bot.slack.places import Message

_LIST = "/requests"


class Crossing:
    """Answers buttons of cards, of whole requests and of App Home with a fresh link."""

    def __init__(self, links: Links) -> None:
        self._links = links

    def register(self, app: AsyncApp) -> None:
        """Listen to the buttons."""
        app.action(ids.Action.OPEN_ON_WEB.value)(self.open)
        app.action(ids.Action.SIGN_IN.value)(self.opened)

    async def open(self, ack: AsyncAck, body: dict[str, object], client: AsyncWebClient) -> None:
        """Show the link in a modal, which leaves nothing in the conversation."""
        await ack()
        click = clicked(body)
        show = client.views_push if click.modal else client.views_open
        await show(trigger_id=click.trigger, view=self.view(click.asker, click.value))

    async def opened(self, ack: AsyncAck) -> None:
        """Acknowledge the press of a link, which Slack reports beside opening it."""
        await ack()

    def view(self, asker: Asker, number: str = "") -> View:
        """Return the modal that leads to a request's page, or to one's requests."""
        link = self._link(asker, f"{_LIST}/{number}" if number else _LIST)
        lines = [wording.ON_THE_WEB_HOW]
        if number:
            lines.insert(0, card_wording.TITLE.format(reference=number))
        button = ButtonElement(
            text=plain(wording.ON_THE_WEB_OPEN, 75),
            action_id=ids.Action.SIGN_IN.value,
            url=link,
            style="primary",
        )
        blocks = [said(*lines), ActionsBlock(elements=[button])]
        return modal(ids.View.ON_THE_WEB, wording.ON_THE_WEB_TITLE, blocks)

    def message(self, asker: Asker) -> Message:
        """Return the message with the link that signs its reader in, once."""
        words = f"<{self._link(asker, _LIST)}|{wording.ON_THE_WEB}>\n{wording.ON_THE_WEB_HOW}"
        return Message(text=wording.ON_THE_WEB_HOW, blocks=(SectionBlock(text=words),))

    def _link(self, asker: Asker, to: str) -> str:
        return self._links.sign_in(asker.team or "", asker.user or "", to)
