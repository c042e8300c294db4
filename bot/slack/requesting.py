"""A request filled in within Slack: the form, what is read before sending, and the sending.

What was filled in is kept in the draft between the two steps, so a restart loses nothing and the
web page shows the same; who may send is known from the draft alone.
"""

import hashlib
from collections.abc import Callable
from contextlib import suppress
from zoneinfo import ZoneInfo

from pydantic import ValidationError
from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.errors import SlackApiError
from slack_sdk.models.views import View
from slack_sdk.web.async_client import AsyncWebClient

from bot.approvals.desk import (
    Desk,
    Opened,
    OrderChanged,
    RequestBarred,
    RequestSpent,
    RequestUnclear,
)
from bot.approvals.filling import Filled
from bot.approvals.filling import FormRefused as Unfit
from bot.approvals.guidance import Guidance
from bot.approvals.wording import barred
from bot.asker import Asker
from bot.bridge import Bridge
from bot.errors import AssistantError, LinkRefused
from bot.slack import ids, wording
from bot.slack.clicks import clicked, values
from bot.slack.forms import notice, working
from bot.slack.request_flags import by_field, flag_errors, with_no
from bot.slack.request_form import (
    About,
    Carrying,
    fits,
    in_form,
    read_request,
    request_check,
    request_form,
    request_sent,
)
from bot.slack.submitted import FormRefused, Values
from bot.slack.visiting import Visiting

_SPENT = (LinkRefused, RequestSpent, OrderChanged)


class Requesting:
    """Opens the form from an answer, checks it, and sends it once."""

    def __init__(
        self,
        *,
        desk: Desk,
        visiting: Visiting,
        bridge: Bridge,
        zone: ZoneInfo,
        sent: Callable[[], None],
    ) -> None:
        """``bridge`` is that of acknowledgements: Slack waits three seconds for a form's answer.

        ``sent`` is called when a request was sent: somebody may have to be told.
        """
        self._told = sent
        self._desk = desk
        self._visiting = visiting
        self._bridge = bridge
        self._zone = zone

    def register(self, app: AsyncApp) -> None:
        """Listen to the button of answers, the button that saves, and the two forms."""
        app.action(ids.Action.FILL_REQUEST.value)(self.open)
        app.action(ids.Action.SAVE_REQUEST.value)(self.save)
        app.view(ids.View.REQUEST.value)(self.check)
        app.view(ids.View.REQUEST_CHECK.value)(self.send)

    async def open(self, ack: AsyncAck, body: dict[str, object], client: AsyncWebClient) -> None:
        """Open the form with what was saved, or what the question suggests."""
        await ack()
        click = clicked(body)
        opened = await client.views_open(trigger_id=click.trigger, view=working(wording.REQUEST))
        reference = click.value.removeprefix("ref=")
        view = await self._bridge.run(self._shown, Carrying(reference=reference), click.asker)
        await client.views_update(view_id=opened["view"]["id"], view=view)

    async def save(self, ack: AsyncAck, body: dict[str, object], client: AsyncWebClient) -> None:
        """Keep what the form holds, and say until when."""
        await ack()
        click = clicked(body)
        try:
            carrying = Carrying.model_validate_json(click.metadata)
            view = await self._bridge.run(self._saved, carrying, click.asker, values(body))
        except (ValidationError, FormRefused):
            view = _unavailable(wording.FORM_CHANGED)
        await client.views_update(view_id=click.view, view=view)

    async def check(self, ack: AsyncAck, body: dict[str, object]) -> None:
        """Show what the request touches and who decides; name what nobody can permit."""
        click = clicked(body)
        try:
            carrying = Carrying.model_validate_json(click.metadata)
            view = await self._bridge.run(self._checked, carrying, click.asker, values(body))
        except FormRefused as refusal:
            if str(refusal.field) in values(body):
                await ack(response_action="errors", errors=refusal.errors)
            else:  # the form is of another version, and Slack shows an error at its fields alone
                await ack(response_action="push", view=_unavailable(wording.FORM_CHANGED))
        except Unfit as unfit:
            await ack(response_action="errors", errors=in_form({**unfit.errors}))
        except _Unpermitted as refusal:
            await ack(response_action="errors", errors=refusal.errors)
        except ValidationError:
            await ack(response_action="push", view=_unavailable(wording.FORM_CHANGED))
        else:
            await ack(response_action="push", view=view)

    async def send(self, ack: AsyncAck, body: dict[str, object], client: AsyncWebClient) -> None:
        """Send what was read; a second sending shows the first request."""
        click = clicked(body)
        try:
            carrying = Carrying.model_validate_json(click.metadata)
        except ValidationError:
            await ack(response_action="update", view=_unavailable(wording.FORM_CHANGED))
            return
        view = await self._bridge.run(self._sent, carrying, click.asker)
        await ack(response_action="update", view=view)
        if view.callback_id == ids.View.REQUEST_SENT.value:
            self._told()
            with suppress(SlackApiError):  # the receipt is shown; App Home is drawn at each visit
                await self._visiting.publish(click.asker, client)

    # What is shown; each runs outside of the event loop

    def _shown(self, carrying: Carrying, asker: Asker) -> View:
        try:
            opened = self._open(carrying, asker)
        except _SPENT as spent:
            return _unavailable(str(spent))
        if opened.sent is not None:
            return self._receipt(opened)
        filled = self._desk.begin(opened)
        if not fits(filled):
            return _unavailable(wording.REQUEST_TOO_LONG.format(start=wording.START))
        about = self._about(opened).model_copy(update={"resumed": opened.filled is not None})
        return request_form(carrying, about, filled, self._desk.questions)

    def _saved(self, carrying: Carrying, asker: Asker, values: Values) -> View:
        try:
            opened = self._open(carrying, asker)
        except _SPENT as spent:
            return _unavailable(str(spent))
        if opened.sent is not None:
            return self._receipt(opened)
        filled = self._given(opened, values)
        if not self._desk.save(opened, filled):
            return _unavailable(wording.REQUEST_NOT_SAVED)
        about = self._about(opened).model_copy(update={"saved": True})
        return request_form(carrying, about, filled, self._desk.questions)

    def _checked(self, carrying: Carrying, asker: Asker, values: Values) -> View:
        """Return the view to read before sending; raise FormRefused, Unfit or _Unpermitted.

        The draft keeps the replies that were given; the rest is "no" in what is sent alone.
        """
        try:
            opened = self._open(carrying, asker)
        except _SPENT as spent:
            return _unavailable(str(spent))
        if opened.sent is not None:
            return self._receipt(opened)
        given = self._given(opened, values)
        faults = flag_errors(values, self._desk.questions)
        filled = self._whole(given)
        try:
            content = self._desk.read(opened, filled)
        except Unfit as unfit:
            raise Unfit({**unfit.errors, **faults}) from None
        if faults:
            raise Unfit(faults)
        guidance = self._desk.weigh(opened, content)
        if guidance.barred:
            raise _Unpermitted(self._barred(guidance, filled))
        if not self._desk.save(opened, given):
            return _unavailable(wording.REQUEST_NOT_SAVED)
        return self._to_read(carrying, opened, filled, guidance)

    def _sent(self, carrying: Carrying, asker: Asker) -> View:
        try:
            opened = self._open(carrying, asker)
            if opened.sent is not None:
                return self._receipt(opened)
            if opened.filled is None:
                return _unavailable(wording.FORM_CHANGED)
            filled = self._whole(_with(opened.filled, carrying))
            content = self._desk.read(opened, filled)
            if _name(filled) != carrying.content:
                guidance = self._desk.weigh(opened, content)
                return self._to_read(carrying, opened, filled, guidance)
            request = self._desk.send(opened, content, carrying.confirmed)
        except _SPENT as spent:
            return _unavailable(str(spent))
        except (Unfit, RequestBarred):
            return _unavailable(wording.FORM_CHANGED)
        except RequestUnclear as unclear:
            return self._to_read(carrying, opened, filled, unclear.guidance)
        return request_sent(request, request.created.astimezone(self._zone))

    def _open(self, carrying: Carrying, asker: Asker) -> Opened:
        opened = self._desk.open(carrying.reference)
        if opened.asker != asker:
            raise RequestSpent(wording.REQUEST_NOT_YOURS)
        return opened

    def _receipt(self, opened: Opened) -> View:
        if opened.sent is None:
            raise ValueError("This link has led to no request yet.")
        return request_sent(opened.sent, opened.sent.created.astimezone(self._zone))

    def _to_read(
        self, carrying: Carrying, opened: Opened, filled: Filled, guidance: Guidance
    ) -> View:
        carried = Carrying(
            reference=carrying.reference,
            answers=filled.forgotten(self._desk.questions),
            confirmed=guidance.open,
            content=_name(filled),
        )
        questions = self._desk.questions
        return request_check(carried, guidance, opened.order.name, filled.flags, questions)

    def _about(self, opened: Opened) -> About:
        expires = opened.expires.astimezone(self._zone) if opened.expires else None
        order = opened.order
        return About(name=order.name, clauses=opened.vouched.clauses, expires=expires)

    def _given(self, opened: Opened, values: Values) -> Filled:
        """Return what somebody filled in; raise FormRefused."""
        before = opened.filled.flags if opened.filled else ()
        return read_request(values, self._desk.questions, before)

    def _whole(self, filled: Filled) -> Filled:
        """Return what is sent: "no" to every question without a reply."""
        return filled.model_copy(update={"flags": with_no(filled.flags, self._desk.questions)})

    def _barred(self, guidance: Guidance, filled: Filled) -> dict[str, str]:
        """Return the clauses that nobody can permit, each at a question it applies by."""
        sentences: dict[str, list[str]] = {}
        for clause in guidance.barred:
            for name in self._desk.fields_behind(clause):
                sentences.setdefault(name, []).append(barred(clause))
        errors = by_field(sentences, self._desk.questions, filled.flags)
        return in_form(errors or {"description": barred(guidance.barred[0])}, guidance)


class _Unpermitted(AssistantError):
    """Nobody can permit some of it; ``errors`` says so by field."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__("The order states no permission for some of this.")
        self.errors = errors


def _with(kept: Filled, carrying: Carrying) -> Filled:
    return kept.model_copy(update={"flags": (*kept.flags, *carrying.answers)})


def _name(filled: Filled) -> str:
    """Return a short name of what is filled in: the same for the same, in whatever order."""
    flags = tuple(sorted(filled.flags, key=lambda one: one.name))
    written = filled.model_copy(update={"flags": flags}).model_dump_json()
    return hashlib.sha256(written.encode()).hexdigest()[:16]


def _unavailable(sentence: str) -> View:
    return notice(wording.REQUEST, sentence)
