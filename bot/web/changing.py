"""Changing a sent request: the form of a new one, filled with the content that stands."""

from collections.abc import Mapping

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.approvals.desk import Opened, RequestSpent
from bot.approvals.dossier import Dossier
from bot.approvals.event import Happened
from bot.approvals.filling import Filled
from bot.approvals.flow import SENTENCES, FlowRefused, Why
from bot.approvals.progress import Progress
from bot.approvals.request import Content
from bot.errors import RequestRefused
from bot.web import attaching, form, record, signin, upload
from bot.web.pages import Signed, signed
from bot.web.personal import Personal, address
from bot.web.requests import CONFIRMED, Drawn, Shown, Step, looked, shown_form, tried
from bot.web.signed import own_form
from bot.web.ways import CHANGED


def routes(own: Personal) -> APIRouter:
    """Return both routes of changing a request; they stand before those of the deeds."""
    router = APIRouter()
    site = own.site

    async def open_(request: Request, number: str) -> Response:
        who = signed(request)
        if who is None:
            return signin.to_sign_in(request.url.path)
        dossier = await _changeable(own, who, number)
        opened = await _opened(own, dossier, who)
        return await _form(own, request, dossier, opened, Shown(site.desk.begin(opened)))

    async def take(request: Request, number: str) -> Response:
        came = await upload.sent(request, file=attaching.lets_in(site, request))
        sent = came.form
        who = own_form(request, sent)
        dossier = await _changeable(own, who, number)
        if not own.deeds.lets(who.session):
            raise HTTPException(429, "That is too often. Wait a minute. Nothing was done.")
        if sent.get("version") != str(dossier.progress.version):
            said = SENTENCES[Why.OTHER_VERSION]
            return await record.page(own, request, dossier, status=409, refusal=said)
        opened = await _opened(own, dossier, who)
        filled = form.typed(sent, site.desk.questions)
        filled, unfit = await attaching.taken(site, request, opened, filled, came)
        step = str(sent.get("step", ""))
        shown = await _kept_back(own, opened, filled, unfit, step)
        if shown is not None:
            return await _form(own, request, dossier, opened, shown)

        def change(opened: Opened, content: Content, confirmed: tuple[str, ...]) -> Progress:
            return site.desk.change(dossier.request, opened, content, confirmed)

        confirmed = tuple(str(sent.get(CONFIRMED, "")).split("|"))
        try:
            faults = form.contradicted(sent, site.desk.questions)
            found = await tried(site, opened, filled, change, confirmed, faults)
        except (FlowRefused, RequestRefused) as refused:
            now = await record.find(own, who, number)
            return await record.page(own, request, now, status=409, refusal=str(refused))
        if isinstance(found, Shown):
            return await _form(own, request, dossier, opened, found)
        return RedirectResponse(record.after(who, dossier.request.reference, CHANGED), 303)

    router.add_api_route("/requests/{number}/change", open_, methods=["GET", "HEAD"])
    router.add_api_route("/requests/{number}/change", take, methods=["POST"])
    return router


async def _changeable(own: Personal, who: Signed, number: str) -> Dossier:
    dossier = await record.find(own, who, number)
    if not dossier.own:
        raise HTTPException(404, record.NO_SUCH)
    if Happened.EDITED not in dossier.may:
        raise HTTPException(409, SENTENCES[Why.ENDED])
    return dossier


async def _opened(own: Personal, dossier: Dossier, who: Signed) -> Opened:
    try:
        return await own.site.bridge.run(own.site.desk.reopen, dossier.request, who.asker)
    except RequestSpent as spent:
        raise HTTPException(410, str(spent)) from None


async def _kept_back(
    own: Personal, opened: Opened, filled: Filled, unfit: Mapping[str, str], step: str
) -> Shown | None:
    """Return the form again where it was checked or saved, None where it is to be sent."""
    site = own.site
    if unfit or step == Step.CHECK:
        return await looked(site, opened, filled, unfit)
    if step == Step.SAVE:
        saved = await site.bridge.run(site.desk.save, opened, filled)
        return Shown(filled, step=Step.SAVE, saved=saved)
    return None


async def _form(
    own: Personal, request: Request, dossier: Dossier, opened: Opened, shown: Shown
) -> Response:
    number = dossier.request.reference
    here = address(number)
    drawn = Drawn(f"{here}/change", f"{here}/image", number, dossier.progress.version)
    return await shown_form(own.site, request, drawn, opened, shown)
