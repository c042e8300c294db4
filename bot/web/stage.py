"""The demonstration: whoever tries the product walks through it as people of a sample roster.

It stands beside the console alone, on a database of its own, and every page of it says what it is.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.approvals.bureau import Bureau
from bot.asker import Asker, Surface
from bot.links import SIGN_IN, SignIn
from bot.roster.person import Person
from bot.roster.roster import Roster
from bot.web.pages import STAGE, signed
from bot.web.personal import Personal
from bot.web.sessions import Sessions
from bot.web.signed import own_form
from bot.web.signin import HOME, safe

_OVER = "A roster is on file by now, so there is no demonstration any more."


@dataclass(frozen=True)
class Stage:
    """What the demonstration stands on; ``closed``: a roster is on file, so nobody may try it."""

    bureau: Bureau
    sessions: Sessions
    roster: Roster
    closed: Callable[[], bool]


class Part(NamedTuple):
    """Somebody of the sample roster, with how much waits for them and how much they sent."""

    person: Person
    waiting: int
    sent: int


def routes(own: Personal, stage: Stage) -> APIRouter:
    """Return the page that chooses whom to try it as, and the way out of it."""
    router = APIRouter()
    site = own.site

    async def choose(request: Request) -> Response:
        await _open(own, stage, request)
        to = safe(request.query_params.get("to", ""), "")
        parts = await site.bridge.run(_parts, stage)
        return site.pages.show(request, "stage.html", parts=parts, to=to, demonstrated=True)

    async def begin(request: Request) -> Response:
        await _open(own, stage, request)
        form = await request.form(max_files=0, max_fields=5)
        person = stage.roster.active(str(form.get("person", "")))
        if person is None:
            raise HTTPException(400, "There is nobody of that number on the sample roster.")
        to = safe(str(form.get("to", "")), "")
        token, waits = await site.bridge.run(_begin, own, stage, request, person)
        response = RedirectResponse(to or ("/waiting" if waits else "/"), 303)
        own.cookie.give(response, token)
        return response

    async def leave(request: Request) -> Response:
        own_form(request, await request.form(max_files=0, max_fields=5))
        token = own.cookie.token(request)
        if token is not None:
            await site.bridge.run(own.sessions.end, token)
        response = RedirectResponse(STAGE, 303)
        own.cookie.take(response)
        return response

    async def sign_in(request: Request) -> Response:
        to = safe(request.query_params.get("to", ""), "")
        query = f"?{urlencode({'to': to})}" if to not in {"", HOME} else ""
        return RedirectResponse(STAGE + query, 303)

    router.add_api_route(STAGE, choose, methods=["GET", "HEAD"])
    router.add_api_route(STAGE, begin, methods=["POST"])
    router.add_api_route("/sign-out", leave, methods=["POST"])
    router.add_api_route(SIGN_IN, sign_in, methods=["GET", "HEAD"])
    return router


async def _open(own: Personal, stage: Stage, request: Request) -> None:
    """Raise HTTPException 404 unless the demonstration may be used from here, now."""
    if not own.site.pages.access(request).console:
        raise HTTPException(404)
    if await own.site.bridge.run(stage.closed):
        raise HTTPException(404, _OVER)


def _begin(own: Personal, stage: Stage, request: Request, person: Person) -> tuple[str, bool]:
    """Return the token of a session as somebody, in place of the one before; whether any waits."""
    before = own.cookie.token(request)
    if before is not None and signed(request) is not None:
        own.sessions.end(before)
    who = _asker(person)
    vouched = SignIn(nonce=secrets.token_urlsafe(16), team=who.team or "", user=who.user or "")
    return own.sessions.begin(vouched), bool(stage.bureau.dossiers.waiting(who))


def _parts(stage: Stage) -> tuple[Part, ...]:
    """Return the people, from the lowest rank to the highest, as a request goes up."""
    order = {rank: place for place, rank in enumerate(stage.roster.ranks)}
    people = sorted(
        (one for one in stage.roster.people if one.active and one.slack),
        key=lambda one: order.get(one.rank or "", len(order)),
    )
    dossiers = stage.bureau.dossiers
    return tuple(
        Part(one, len(dossiers.waiting(_asker(one))), len(dossiers.own(_asker(one))))
        for one in people
    )


def _asker(person: Person) -> Asker:
    at = person.slack[0]
    return Asker(surface=Surface.SLACK, team=at.team, user=at.user)
