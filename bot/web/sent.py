"""What was sent: the page with a request's reference number, and the list of requests."""

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.approvals.fields import told
from bot.approvals.request import Request as Sent
from bot.web import lists, record, reference, signin
from bot.web.outline import rows
from bot.web.pages import signed
from bot.web.personal import Personal
from bot.web.site import Site


def routes(site: Site, own: Personal | None) -> APIRouter:
    """Return the routes of sent requests; elsewhere the sender's link opens one, or signing in."""
    router = APIRouter()

    async def one(request: Request, number: str) -> Response:
        if own is not None and signed(request) is not None:
            return await record.show(own, request, number)
        console, linked = site.pages.access(request).console, "ref" in request.query_params
        if own is not None and not console and not linked:
            return signin.to_sign_in(request.url.path)
        sent = await site.bridge.run(site.store.by_reference, number)
        if not site.pages.access(request).console:
            _, vouched = reference.opened(site, request)
            sent = sent if sent is not None and sent.answer == vouched.answer else None
        if sent is None:
            raise HTTPException(404, "There is no request with this number.")
        return _page(site, request, sent)

    async def listing(request: Request) -> Response:
        console = site.pages.access(request).console
        if own is not None and (signed(request) is not None or not console):
            return await lists.mine(own, request)
        if not site.pages.access(request).console:
            raise HTTPException(404)
        sent = await site.bridge.run(site.store.all)
        return site.pages.show(request, "requests.html", requests=sent)

    router.add_api_route("/requests", listing, methods=["GET", "HEAD"])
    router.add_api_route("/requests/{number}", one, methods=["GET", "HEAD"])
    return router


def _page(site: Site, request: Request, sent: Sent) -> Response:
    library = site.answers.library
    version = next((d for d in library.directives if d.sha256 == sent.sha256), None)
    current = library.get(sent.directive)
    return site.pages.show(
        request,
        "request_sent.html",
        sent=sent,
        name=current.name if current else sent.directive,
        changed=current is None or current.sha256 != sent.sha256,
        clauses=rows(version, sent.clauses) if version else (),
        content=told(sent.content, site.desk.questions),
        reading=lambda section: site.links.clause(
            sent.directive, section, version=library.dated(sent.directive, sent.effective)
        ),
    )
