"""The written permission, for those who see the whole of a request: a page to print, and a PDF."""

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.approvals import letter
from bot.approvals.dossier import Dossier
from bot.approvals.slip import CAUTION, NoSlip, Slip
from bot.paper import scanned
from bot.web import record, signin
from bot.web.pages import Signed, signed
from bot.web.personal import Personal
from bot.web.timeline import only_shown

_NOT_YOURS = (
    "The written permission is for the requester and for those who act on the request. The page of "
    "the request says what is asked of you."
)


def routes(own: Personal) -> APIRouter:
    """Return both routes; what is no permission in effect has no paper, and its page says so."""
    router = APIRouter()
    site = own.site

    async def page(request: Request, number: str) -> Response:
        who = signed(request)
        if who is None:
            return signin.to_sign_in(request.url.path)
        dossier = await _whole(own, who, number)
        try:
            slip = await _slip(own, dossier)
        except NoSlip as none:
            return await record.page(own, request, dossier, status=409, refusal=str(none))
        return site.pages.show(
            request,
            "slip.html",
            slip=slip,
            sent=dossier.request,
            title=letter.TITLE,
            caution=CAUTION,
            code=_drawn(slip.address),
            side=len(scanned(slip.address)),
        )

    async def pdf(request: Request, number: str) -> Response:
        who = signed(request)
        if who is None:
            return signin.to_sign_in(request.url.path)
        dossier = await _whole(own, who, number)
        try:
            slip = await _slip(own, dossier)
        except NoSlip as none:
            return await record.page(own, request, dossier, status=409, refusal=str(none))
        paper = await site.bridge.run(letter.pdf, slip)
        name = f"{dossier.request.reference}-v{dossier.progress.version}.pdf"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(paper, media_type="application/pdf", headers=headers)

    router.add_api_route("/requests/{number}/slip", page, methods=["GET", "HEAD"])
    router.add_api_route("/requests/{number}/slip.pdf", pdf, methods=["GET", "HEAD"])
    return router


async def _whole(own: Personal, who: Signed, number: str) -> Dossier:
    """Return a request for somebody who sees all of it; raise HTTPException 404."""
    dossier = await record.find(own, who, number)
    if only_shown(dossier):
        raise HTTPException(404, _NOT_YOURS)
    return dossier


async def _slip(own: Personal, dossier: Dossier) -> Slip:
    slips, number = own.bureau.slips, dossier.request.reference
    return await own.site.bridge.run(lambda: slips.slip(number, named=dossier.own))


def _drawn(address: str) -> str:
    """Return the dark squares of an address's QR code as the path of a drawing."""
    rows = enumerate(scanned(address))
    return "".join(f"M{x} {y}h1v1h-1z" for y, row in rows for x, dark in enumerate(row) if dark)
