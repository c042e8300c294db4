"""The lists of somebody signed in: their requests, what waits for them, and for their people."""

from collections.abc import Callable

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.approvals.dossier import Dossier
from bot.asker import Asker
from bot.web import signin
from bot.web.pages import signed
from bot.web.personal import Personal
from bot.web.timeline import only_shown

_Find = Callable[[Asker], tuple[Dossier, ...]]


def routes(own: Personal) -> APIRouter:
    """Return the routes of both lists that are not one's own requests."""
    router = APIRouter()
    dossiers = own.bureau.dossiers

    async def waiting(request: Request) -> Response:
        return await _list(own, request, dossiers.waiting, "waiting")

    async def people(request: Request) -> Response:
        who = signed(request)
        if who is not None and not who.supervises:
            raise HTTPException(404, "Nobody on the roster reports to you.")
        return await _list(own, request, dossiers.of_people, "people")

    router.add_api_route("/waiting", waiting, methods=["GET", "HEAD"])
    router.add_api_route("/people", people, methods=["GET", "HEAD"])
    return router


async def mine(own: Personal, request: Request) -> Response:
    """Return the page of one's own requests."""
    return await _list(own, request, own.bureau.dossiers.own, "mine")


async def _list(own: Personal, request: Request, find: _Find, which: str) -> Response:
    who = signed(request)
    if who is None:
        return signin.to_sign_in(request.url.path)
    found = await own.site.bridge.run(find, who.asker)
    rows = [
        (one, "waits for your answer" if only_shown(one) else one.progress.state.value)
        for one in found
    ]
    return own.site.pages.show(request, "list.html", rows=rows, which=which)
