"""Signing in: by the one-time link that the bot sent, or with Slack; and signing out."""

import hashlib
import re
import secrets
from urllib.parse import urlencode, urlsplit

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.audit.refusals import why
from bot.errors import LinkExpired, LinkRefused, SignInRefused
from bot.links import SIGN_IN, STATE_SECONDS, SignIn
from bot.signing_in import SIGN_IN_REDIRECT, Answer, SlackSignIn
from bot.web.pages import signed
from bot.web.personal import Personal
from bot.web.sessions import OtherPerson
from bot.web.signed import own_form

HOME = "/requests"
_PAGES = re.compile(
    r"/(requests(/R-[A-Z0-9-]{1,20}(/change|/slip(\.pdf)?)?)?|waiting|people"
    r"|desk(/[A-Za-z0-9.@-]{1,80}(/[A-Za-z0-9.@-]{1,120})?)?)"
)
_LONGEST = 4096
_BROWSER = "signing-in"


def to_sign_in(to: str) -> Response:
    """Return the way to the sign-in page, and back to a page of one's own afterwards."""
    query = f"?{urlencode({'to': to})}" if to != HOME and _PAGES.fullmatch(to) else ""
    return RedirectResponse(f"{SIGN_IN}{query}", 303)


def routes(own: Personal, slack: SlackSignIn | None) -> APIRouter:
    """Return the routes of signing in and out; ``slack`` is there where Slack may vouch."""
    router = APIRouter()
    site = own.site

    async def ask(request: Request) -> Response:
        key = request.query_params.get("key", "")[:_LONGEST]
        if not key:
            to = safe(request.query_params.get("to", ""))
            return site.pages.show(request, "sign_in.html", key="", who=None, to=to, slack=slack)
        vouched = await _vouched(own, key)
        viewer = await site.bridge.run(own.viewer, vouched.team, vouched.user)
        return site.pages.show(
            request, "sign_in.html", key=key, who=viewer.name, to=vouched.to, slack=None
        )

    async def take(request: Request) -> Response:
        form = await request.form(max_files=0, max_fields=5)
        vouched = await _vouched(own, str(form.get("key", ""))[:_LONGEST])
        return await _begin(own, request, vouched)

    async def leave(request: Request) -> Response:
        own_form(request, await request.form(max_files=0, max_fields=5))
        token = own.cookie.token(request)
        if token is not None:
            await site.bridge.run(own.sessions.end, token)
        response = RedirectResponse(SIGN_IN, 303)
        own.cookie.take(response)
        return response

    router.add_api_route(SIGN_IN, ask, methods=["GET", "HEAD"])
    router.add_api_route(SIGN_IN, take, methods=["POST"])
    router.add_api_route("/sign-out", leave, methods=["POST"])
    if slack is not None:
        _with_slack(router, own, slack)
    return router


def _with_slack(router: APIRouter, own: Personal, slack: SlackSignIn) -> None:
    """Add the way to Slack's page and back; the browser keeps a secret of its own meanwhile."""
    address = urlsplit(own.site.links.address)
    path = address.path + SIGN_IN_REDIRECT

    async def begin(request: Request) -> Response:
        form = await request.form(max_files=0, max_fields=5)
        browser = secrets.token_urlsafe(32)
        state = own.site.links.state(_mark(browser, "state"), safe(str(form.get("to", ""))))
        response = RedirectResponse(slack.page(state, _mark(browser, "nonce")), 303)
        response.set_cookie(
            _BROWSER,
            browser,
            max_age=STATE_SECONDS,
            path=path,
            secure=own.cookie.secure,
            httponly=True,
            samesite="lax",  # Slack leads back by a link of its own page
        )
        return response

    async def back(request: Request) -> Response:
        given, browser = request.query_params, request.cookies.get(_BROWSER, "")[:_LONGEST]
        try:
            state = given.get("state", "")[:_LONGEST]
            to = own.site.links.open_state(state, _mark(browser, "state"))
            code = given.get("code", "")[:_LONGEST]
            if not code:
                raise SignInRefused("Slack was not given consent, so nobody is signed in.")
            who = await slack.finish(Answer(code=code, nonce=_mark(browser, "nonce")))
        except (LinkRefused, SignInRefused) as refusal:
            not_taken = "Slack's answer was not taken"
            await own.site.bridge.run(own.sessions.refused, not_taken)
            status = 410 if isinstance(refusal, LinkExpired) else 400
            raise HTTPException(status, str(refusal)) from None
        # The state is used up as a link is: neither is good twice.
        vouched = SignIn(nonce=f"slack {state}", team=who.team, user=who.user, to=to)
        response = await _begin(own, request, vouched)
        response.delete_cookie(_BROWSER, path=path)
        return response

    router.add_api_route(SIGN_IN_REDIRECT, begin, methods=["POST"])
    router.add_api_route(SIGN_IN_REDIRECT, back, methods=["GET"])


async def _vouched(own: Personal, key: str) -> SignIn:
    try:
        return own.site.links.open_sign_in(key)
    except LinkRefused as refusal:
        await own.site.bridge.run(own.sessions.refused, why(refusal))
        raise


async def _begin(own: Personal, request: Request, vouched: SignIn) -> Response:
    # A token that opens nothing any more is no session: whoever comes with it is nobody.
    before = own.cookie.token(request) if signed(request) is not None else None
    try:
        token = await own.site.bridge.run(own.sessions.begin, vouched, before)
    except OtherPerson as refusal:
        raise HTTPException(409, str(refusal)) from None
    except LinkRefused as refusal:
        raise HTTPException(410, str(refusal)) from None
    response = RedirectResponse(safe(vouched.to), 303)
    own.cookie.give(response, token)
    return response


def safe(to: str, otherwise: str = HOME) -> str:
    """Return a page to go to, if it is one of those of somebody signed in."""
    return to if _PAGES.fullmatch(to) else otherwise


def _mark(browser: str, what: str) -> str:
    return hashlib.sha256(f"{what} {browser}".encode()).hexdigest()
