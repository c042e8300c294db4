"""Buttons and forms that do something to a request: by the one who clicks, once, or not at all.

What may be done is decided by the register as it is done; a button only says what is asked for.
"""

import logging
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.errors import SlackApiError
from slack_sdk.models.views import View
from slack_sdk.web.async_client import AsyncWebClient

from bot.approvals.deed import Deed, NoSuchRequest, NotDone
from bot.approvals.register import Register
from bot.asker import Asker
from bot.bridge import Bridge
from bot.slack import card_wording as wording
from bot.slack import ids
from bot.slack.blocks import said
from bot.slack.card_lines import when
from bot.slack.cards import card, not_with_you, request_file
from bot.slack.casefile import Casefiles
from bot.slack.clicks import Click, clicked, values
from bot.slack.deed_buttons import FORMS, Handle, handle
from bot.slack.deed_forms import deed, deed_done, deed_form, read_deed
from bot.slack.forms import notice, working
from bot.slack.ids import Counted, DeedAction
from bot.slack.places import Message, PostRefused, PostUnconfirmed, respond
from bot.slack.submitted import FormRefused
from bot.slack.visiting import Visiting

_log = logging.getLogger(__name__)


class Deeds:
    """Does what a person asks to a request, tells what became of it, and redraws the cards.

    ``redraw`` brings somebody's card up to date and returns whether one is known to stand;
    ``bridge`` is that of acknowledgements.
    """

    def __init__(
        self,
        *,
        register: Register,
        casefiles: Casefiles,
        visiting: Visiting,
        redraw: Callable[[str, Asker], Awaitable[bool]],
        bridge: Bridge,
        counts: Counter[Counted],
    ) -> None:
        self._register = register
        self._casefiles = casefiles
        self._visiting = visiting
        self._redraw = redraw
        self._bridge = bridge
        self._counts = counts

    def register(self, app: AsyncApp) -> None:
        """Listen to the buttons of cards and lists, and to the forms that they open."""
        for action in DeedAction:
            app.action(action.value)(self.form if action in FORMS else self.press)
        app.action(ids.Action.OPEN_REQUEST.value)(self.open)
        app.view(ids.View.DEED.value)(self.send)

    async def press(self, ack: AsyncAck, body: dict[str, object], client: AsyncWebClient) -> None:
        """Do what a button says, and show the clicker where the request stands now."""
        await ack()
        click = clicked(body)
        about = handle(click.value)
        if about is None:
            await self._tell(click, wording.STALE, None, client)
            return
        action = DeedAction(click.action)
        done, sentence = await self._act(about, action, deed(action, about), click.asker)
        if click.view or not done:
            await self._tell(click, sentence, about, client)
        if not await self._show(about.reference, click.asker, client) and not click.view:
            await self._replace(click, about.reference, client)

    async def form(self, ack: AsyncAck, body: dict[str, object], client: AsyncWebClient) -> None:
        """Open the form of a deed that takes words."""
        await ack()
        click = clicked(body)
        about = handle(click.value)
        if about is None:
            await self._tell(click, wording.STALE, None, client)
            return
        view = deed_form(DeedAction(click.action), about)
        if click.view:
            await client.views_push(trigger_id=click.trigger, view=view)
        else:
            await client.views_open(trigger_id=click.trigger, view=view)

    async def send(self, ack: AsyncAck, body: dict[str, object], client: AsyncWebClient) -> None:
        """Do what a form says."""
        click = clicked(body)
        about = handle(click.metadata)
        if about is None or about.action is None:
            await ack(response_action="update", view=deed_done(wording.STALE))
            return
        try:
            asked = read_deed(about.action, about, values(body))
        except FormRefused as refusal:
            await ack(response_action="errors", errors=refusal.errors)
            return
        _, sentence = await self._act(about, about.action, asked, click.asker)
        await ack(response_action="update", view=deed_done(sentence))
        await self._show(about.reference, click.asker, client)

    async def open(self, ack: AsyncAck, body: dict[str, object], client: AsyncWebClient) -> None:
        """Show a whole request, to somebody who has a part in it."""
        await ack()
        click = clicked(body)
        opened = await client.views_open(trigger_id=click.trigger, view=working(wording.FILE))
        view = await self._bridge.run(self._file, click.value, click.asker, None)
        await client.views_update(view_id=opened["view"]["id"], view=view)

    async def _act(
        self, about: Handle, action: DeedAction, asked: Deed, asker: Asker
    ) -> tuple[bool, str]:
        """Do it; return whether it was done, and what to say."""
        try:
            await self._bridge.run(self._register.act, about.reference, asked, asker)
        except NotDone as refused:
            self._counts[Counted.NOT_DONE] += 1
            return False, await self._bridge.run(self._refusal, about.reference, refused, asker)
        except NoSuchRequest:
            self._counts[Counted.NOT_DONE] += 1
            return False, wording.NO_SUCH
        return True, wording.DONE[action]

    def _refusal(self, reference: str, refused: NotDone, asker: Asker) -> str:
        """Return why nothing was done; of a decision also by whom, in which post and when."""
        decided = refused.decided
        if decided is None:
            return str(refused)
        try:
            file = self._casefiles.open(reference, asker)
        except NoSuchRequest:
            return str(refused)
        return wording.DECIDED_BY.format(
            sentence=refused,
            what=wording.DECISIONS[decided.kind],
            who=file.name(decided),
            when=when(file, decided.at),
        )

    async def _tell(
        self, click: Click, sentence: str, about: Handle | None, client: AsyncWebClient
    ) -> None:
        """Tell the clicker alone: in the view that was clicked in, or beside the card."""
        if click.view:
            view = notice(wording.FILE, sentence)
            if about is not None:
                view = await self._bridge.run(self._file, about.reference, click.asker, sentence)
            await client.views_update(view_id=click.view, view=view)
        elif click.address:
            try:
                await respond(click.address, said(sentence), client)
            except (PostRefused, PostUnconfirmed) as error:
                _log.error("A refusal could not be told: %s", error)

    def _file(self, reference: str, asker: Asker, sentence: str | None) -> View:
        try:
            return request_file(self._casefiles.open(reference, asker), sentence)
        except NoSuchRequest:
            return notice(wording.FILE, wording.NO_SUCH)

    def _card(self, reference: str, asker: Asker) -> Message:
        try:
            return card(self._casefiles.open(reference, asker))
        except NoSuchRequest:
            return not_with_you(reference)

    async def _replace(self, click: Click, reference: str, client: AsyncWebClient) -> None:
        """Draw the card that was clicked on anew, where nothing says which one stands."""
        shown = await self._bridge.run(self._card, reference, click.asker)
        with suppress(PostRefused, PostUnconfirmed):
            await respond(click.address, shown, client, replace=True)

    async def _show(self, reference: str, asker: Asker, client: AsyncWebClient) -> bool:
        stands = await self._redraw(reference, asker)
        with suppress(SlackApiError):  # App Home is drawn at each visit
            await self._visiting.publish(asker, client)
        return stands
