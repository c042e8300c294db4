"""The orders on file, to read: each clause at its own anchor, the cited words highlighted."""

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.web.outline import parse_marks, parts, row
from bot.web.paused import by_section, paused_on
from bot.web.site import Site
from index.directive import ClauseKind, Directive


def routes(site: Site) -> APIRouter:
    """Return the routes of the reading pages."""
    router = APIRouter()

    async def listing(request: Request) -> Response:
        return site.pages.show(
            request, "directives.html", directives=site.answers.library.directives
        )

    async def directive(request: Request, number: str) -> Response:
        if site.pages.access(request).away:
            key = request.query_params.get("key")
            if not key:
                raise HTTPException(404)
            site.links.open_reading(key, number)
        found = site.answers.library.get(number)
        if found is None:
            return site.pages.show(
                request,
                "directive_missing.html",
                status=404,
                number=number[:80],
                directives=() if _away(site, request) else site.answers.library.directives,
            )
        return await _page(site, request, found)

    router.add_api_route("/directives", listing, methods=["GET", "HEAD"])
    router.add_api_route("/directives/{number}", directive, methods=["GET", "HEAD"])
    return router


def _away(site: Site, request: Request) -> bool:
    return site.pages.access(request).away


async def _page(site: Site, request: Request, directive: Directive) -> Response:
    paused = await paused_on(site, directive.number)
    marks = parse_marks(request.query_params.getlist("mark"))
    headers = [c for c in directive.clauses if c.kind is ClauseKind.HEADER]
    return site.pages.show(
        request,
        "directive.html",
        directive=directive,
        parts=parts(directive, marks),
        headers=[row(directive, clause, marks) for clause in headers],
        header_marked=any(clause.fragment in marks for clause in headers),
        marked=bool(marks),
        paused=next((pause for pause in paused if pause.section is None), None),
        paused_at=by_section(directive, paused),
    )
