"""The image of a request as a page shows it, to whoever asks, is asked or acts on it, signed in."""

import time
from collections.abc import Mapping

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.approvals.desk import OrderChanged, RequestSpent
from bot.approvals.image import Image, ImageGone
from bot.throttle import Throttle
from bot.web import record, reference
from bot.web.attaching import FIELD
from bot.web.pages import Signed, signed
from bot.web.personal import Personal

_LOOKS_A_MINUTE = 60
_NO_IMAGE = "There is no image here that you may see."
_ALONE: Mapping[str, str] = {
    "Cache-Control": "private, no-store",
    "Content-Disposition": "inline",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
}


def routes(own: Personal) -> APIRouter:
    """Return the routes: of the form that is being filled in, and of a request that was sent."""
    router = APIRouter()
    looks = Throttle(_LOOKS_A_MINUTE, 60, time.monotonic)

    async def drafted(request: Request) -> Response:
        _let(looks, request)
        return await _shown(own, await _unsent(own, request, await _drafted(own, request)))

    async def filed(request: Request, number: str) -> Response:
        dossier = await record.find(own, _let(looks, request), number)
        if dossier.own and FIELD in request.query_params:
            return await _shown(own, await _unsent(own, request, dossier.request.answer))
        return await _shown(own, dossier.request.content.image if dossier.sees_image else None)

    router.add_api_route("/requests/new/image", drafted, methods=["GET", "HEAD"])
    router.add_api_route("/requests/{number}/image", filed, methods=["GET", "HEAD"])
    return router


async def _drafted(own: Personal, request: Request) -> str:
    """Return the answer behind a request's link, for the one whose request it would be."""
    who, (token, _) = _who(request), reference.opened(own.site, request)
    try:
        opened = await own.site.bridge.run(own.site.desk.open, token)
    except (RequestSpent, OrderChanged):
        raise HTTPException(404, _NO_IMAGE) from None
    if opened.asker != who.asker:
        raise HTTPException(404, _NO_IMAGE)
    return opened.vouched.answer


async def _unsent(own: Personal, request: Request, answer: str) -> Image | None:
    named, images = request.query_params.get(FIELD, ""), own.bureau.images
    return None if images is None else await own.site.bridge.run(images.find, answer, named)


async def _shown(own: Personal, image: Image | None) -> Response:
    images = own.bureau.images
    if images is None or image is None:
        raise HTTPException(404, _NO_IMAGE)
    try:
        kind, data = await own.site.bridge.run(images.shown, image.sha256)
    except ImageGone as gone:
        raise HTTPException(404, str(gone)) from None
    return Response(data, media_type=kind, headers=_ALONE)


def _let(looks: Throttle, request: Request) -> Signed:
    """Return who is signed in; each look draws the image anew, so there is an end to them."""
    who = _who(request)
    if not looks.lets(who.session):
        raise HTTPException(429)
    return who


def _who(request: Request) -> Signed:
    who = signed(request)
    if who is None:
        raise HTTPException(404, _NO_IMAGE)
    return who
