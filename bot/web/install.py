"""Installing the assistant in a workspace: a signed link leads to Slack, and Slack leads back."""

from urllib.parse import urlsplit

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.errors import InstallRefused
from bot.installing import INSTALL, REDIRECT, Installer, Returned
from bot.web.site import Site

COOKIE = "installing"
_LONGEST = 1024


def routes(site: Site, installer: Installer) -> APIRouter:
    """Return both routes. A link of ``policybot slack install-link`` opens the first everywhere."""
    router = APIRouter()
    address = urlsplit(site.links.address)
    path, secure = address.path + REDIRECT, address.scheme == "https"

    async def install(request: Request) -> Response:
        site.links.open_install(request.query_params.get("key", ""))
        begun = await installer.begin()
        response = RedirectResponse(begun.address, status_code=302)
        response.set_cookie(
            COOKIE,
            begun.browser,
            max_age=begun.seconds,
            path=path,
            secure=secure,
            httponly=True,
            samesite="lax",  # Slack leads back by a link of its own page
        )
        return response

    async def redirected(request: Request) -> Response:
        given = request.query_params
        returned = Returned(
            state=given.get("state", "")[:_LONGEST],
            browser=request.cookies.get(COOKIE, "")[:_LONGEST],
            code=given.get("code", "")[:_LONGEST] or None,
        )
        try:
            name = await installer.finish(returned)
        except InstallRefused as refusal:
            return site.pages.show(
                request, "installed.html", status=400, title="Not installed", text=str(refusal)
            )
        text = "Close this page. In Slack, send the assistant a direct message to try it."
        response = site.pages.show(
            request, "installed.html", title=f"Installed in {name}", text=text
        )
        response.delete_cookie(COOKIE, path=path, secure=secure, httponly=True, samesite="lax")
        return response

    router.add_api_route(INSTALL, install, methods=["GET"])
    router.add_api_route(REDIRECT, redirected, methods=["GET"])
    return router
