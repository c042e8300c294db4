"""The signed reference of a request link: what opens the form and, after sending, its page."""

from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.approvals.request import Request as Sent
from bot.links import RequestReference
from bot.web.site import Site


def opened(site: Site, request: Request) -> tuple[str, RequestReference]:
    """Return the token of ``ref=`` and what it vouches for; raise LinkRefused or LinkExpired."""
    found = token(request)
    return found, site.links.open_request(found)


def token(request: Request) -> str:
    """Return the token of ``ref=``, not looked at yet; raise HTTPException where there is none."""
    found = request.query_params.get("ref", "")
    if not found:
        raise HTTPException(404, "A request starts from the link in an answer. Ask first.")
    return found


def to_sent(sent: Sent, token: str) -> Response:
    """Return the way to a sent request's page, opened by the reference that started it."""
    return RedirectResponse(f"/requests/{sent.reference}?{urlencode({'ref': token})}", 303)
