"""What a request's form shows at each step: opened, saved, read before sending, sent.

A new request is known by its signed link, a change by the request's number and version. Each step
runs outside of the event loop.
"""

import hashlib
from zoneinfo import ZoneInfo

from slack_sdk.models.views import View

from bot.approvals.deed import NoSuchRequest
from bot.approvals.desk import (
    Desk,
    Opened,
    OrderChanged,
    RequestBarred,
    RequestSpent,
    RequestUnclear,
)
from bot.approvals.dossier import Dossiers
from bot.approvals.event import Happened
from bot.approvals.filling import Filled
from bot.approvals.filling import FormRefused as Unfit
from bot.approvals.flow import FlowRefused, Why
from bot.approvals.guidance import Guidance
from bot.approvals.wording import barred
from bot.asker import Asker
from bot.audit.refusals import LINK
from bot.errors import AssistantError, LinkRefused, RequestRefused
from bot.slack import wording
from bot.slack.forms import notice
from bot.slack.request_flags import by_field, flag_errors, with_no
from bot.slack.request_form import (
    About,
    Carrying,
    fits,
    in_form,
    read_request,
    request_changed,
    request_check,
    request_form,
    request_sent,
)
from bot.slack.submitted import Values

_SPENT = (LinkRefused, RequestSpent, OrderChanged, NoSuchRequest, FlowRefused, RequestRefused)


class Unpermitted(AssistantError):
    """Nobody can permit some of it; ``errors`` says so by field."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__("The order states no permission for some of this.")
        self.errors = errors


class RequestSteps:
    """Makes the view of each step; who asks is known from the draft or the record alone."""

    def __init__(self, desk: Desk, dossiers: Dossiers, zone: ZoneInfo) -> None:
        self._desk = desk
        self._dossiers = dossiers
        self._zone = zone

    def shown(self, carrying: Carrying, asker: Asker) -> View:
        """Return the form with what was saved, what stands, or what the question suggests."""
        try:
            opened = self._open(carrying, asker)
        except _SPENT as spent:
            return unavailable(str(spent))
        if opened.sent is not None:
            return self._receipt(opened)
        filled = self._desk.begin(opened)
        if not fits(filled):
            long = wording.REQUEST_TOO_LONG.format(start=wording.START)
            return unavailable(long if opened.changes is None else wording.CHANGE_TOO_LONG)
        resumed = {"resumed": opened.filled is not None}
        about = self._about(carrying, opened).model_copy(update=resumed)
        return request_form(carrying, about, filled, self._desk.questions)

    def saved(self, carrying: Carrying, asker: Asker, values: Values) -> View:
        """Return the form with what is kept of it now; raise FormRefused."""
        try:
            opened = self._open(carrying, asker)
        except _SPENT as spent:
            return unavailable(str(spent))
        if opened.sent is not None:
            return self._receipt(opened)
        filled = self._given(opened, values)
        if not self._desk.save(opened, filled):
            return unavailable(wording.REQUEST_NOT_SAVED)
        about = self._about(carrying, opened).model_copy(update={"saved": True})
        return request_form(carrying, about, filled, self._desk.questions)

    def checked(self, carrying: Carrying, asker: Asker, values: Values) -> View:
        """Return the view to read before sending; raise FormRefused, Unfit or Unpermitted.

        The draft keeps the replies that were given; the rest is "no" in what is sent alone.
        """
        try:
            opened = self._open(carrying, asker)
        except _SPENT as spent:
            return unavailable(str(spent))
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
            raise Unpermitted(self._barred(guidance, filled))
        if not self._desk.save(opened, given):
            return unavailable(wording.REQUEST_NOT_SAVED)
        return self._to_read(carrying, opened, filled, guidance)

    def sent(self, carrying: Carrying, asker: Asker) -> View:
        """Return the receipt of a request or a change, or what has to be read first."""
        try:
            opened = self._open(carrying, asker)
            if opened.sent is not None:
                return self._receipt(opened)
            if opened.filled is None:
                return unavailable(wording.FORM_CHANGED)
            filled = self._whole(_with(opened.filled, carrying))
            content = self._desk.read(opened, filled)
            if _name(filled) != carrying.content:
                guidance = self._desk.weigh(opened, content)
                return self._to_read(carrying, opened, filled, guidance)
            if opened.changes is not None:
                now = self._desk.change(opened.changes, opened, content, carrying.confirmed)
                return request_changed(now.request, now.version)
            request = self._desk.send(opened, content, carrying.confirmed)
        except _SPENT as spent:
            return unavailable(str(spent))
        except (Unfit, RequestBarred):
            return unavailable(wording.FORM_CHANGED)
        except RequestUnclear as unclear:
            return self._to_read(carrying, opened, filled, unclear.guidance)
        return request_sent(request, request.created.astimezone(self._zone))

    def _open(self, carrying: Carrying, asker: Asker) -> Opened:
        if carrying.version is not None:
            return self._reopened(carrying.reference, carrying.version, asker)
        opened = self._desk.open(carrying.reference)
        if opened.asker != asker:
            self._desk.refusals.add(LINK, "of another person", asker)
            raise RequestSpent(wording.REQUEST_NOT_YOURS)
        return opened

    def _reopened(self, number: str, version: int, asker: Asker) -> Opened:
        """Return a sent request as a form to change; raise one of ``_SPENT``."""
        dossier = self._dossiers.open(number, asker)
        if not dossier.own:
            raise FlowRefused(Why.NOT_REQUESTER)
        if Happened.EDITED not in dossier.may:
            raise FlowRefused(Why.ENDED)
        if dossier.progress.version != version:
            raise FlowRefused(Why.OTHER_VERSION)
        return self._desk.reopen(dossier.request, asker)

    def _receipt(self, opened: Opened) -> View:
        if opened.sent is None:
            raise ValueError("This link has led to no request yet.")
        return request_sent(opened.sent, opened.sent.created.astimezone(self._zone))

    def _to_read(
        self, carrying: Carrying, opened: Opened, filled: Filled, guidance: Guidance
    ) -> View:
        carried = Carrying(
            reference=carrying.reference,
            version=carrying.version,
            answers=filled.forgotten(self._desk.questions),
            confirmed=guidance.open,
            content=_name(filled),
        )
        questions = self._desk.questions
        name, image = opened.order.name, filled.image
        return request_check(carried, guidance, name, filled.flags, questions, image)

    def _about(self, carrying: Carrying, opened: Opened) -> About:
        expires = opened.expires.astimezone(self._zone) if opened.expires else None
        order = opened.order
        changes = None
        if opened.changes is not None:
            number, version = opened.changes.reference, opened.changes.version
            changes = wording.CHANGING.format(reference=number, version=version)
        return About(
            name=order.name,
            clauses=opened.vouched.clauses,
            expires=expires,
            changes=changes,
            page=self._desk.page(opened, carrying.reference),
        )

    def _given(self, opened: Opened, values: Values) -> Filled:
        """Return what somebody filled in; raise FormRefused."""
        began = opened.filled if opened.changes is None else self._desk.begin(opened)
        before = began.flags if began is not None else ()
        given = read_request(values, self._desk.questions, before)
        image = began.image if began is not None else None  # it comes by the page alone
        return given.model_copy(update={"image": image})

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


def _with(kept: Filled, carrying: Carrying) -> Filled:
    return kept.model_copy(update={"flags": (*kept.flags, *carrying.answers)})


def _name(filled: Filled) -> str:
    """Return a short name of what is filled in: the same for the same, in whatever order."""
    flags = tuple(sorted(filled.flags, key=lambda one: one.name))
    written = filled.model_copy(update={"flags": flags}).model_dump_json()
    return hashlib.sha256(written.encode()).hexdigest()[:16]


def unavailable(sentence: str) -> View:
    """Return what is shown in place of a step that cannot be taken, with why."""
    return notice(wording.REQUEST, sentence)
