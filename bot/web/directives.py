"""The orders on file, to read: each clause at its own anchor, the cited words highlighted."""

from datetime import date
from urllib.parse import quote

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.web.outline import Way, Ways, parse_marks, parts, row
from bot.web.paused import by_section, paused_on
from bot.web.site import Site
from index.directive import ClauseKind, Directive, fragment
from index.library import Library
from index.mentions import Mention


def routes(site: Site) -> APIRouter:
    """Return the routes of the reading pages."""
    router = APIRouter()

    async def listing(request: Request) -> Response:
        return site.pages.show(request, "directives.html", versions=_versions(site.answers.library))

    async def directive(request: Request, number: str) -> Response:
        library = opened(site, request, number)
        named = request.query_params.get("version")
        found = library.get(number) if named is None else _version(library, number, named)
        if found is None:
            away = site.pages.access(request).away
            return site.pages.show(
                request,
                "directive_missing.html",
                status=404,
                number=number[:80],
                version=(named or "")[:20],
                versions=() if away else _versions(library),
            )
        return await _page(site, request, library, found)

    router.add_api_route("/directives", listing, methods=["GET", "HEAD"])
    router.add_api_route("/directives/{number}", directive, methods=["GET", "HEAD"])
    return router


def opened(site: Site, request: Request, number: str) -> Library:
    """Return what may be read of a directive: drafts on this machine alone.

    Raise LinkRefused, LinkExpired or 404 where only a signed link opens it, and this is none.
    """
    access = site.pages.access(request)
    if access.away:
        key = request.query_params.get("key")
        if not key:
            raise HTTPException(404)
        site.links.open_reading(key, number)
    library = site.answers.library
    return library if access.console else library.issued()


def _version(library: Library, number: str, named: str) -> Directive | None:
    try:
        return library.version(number, date.fromisoformat(named))
    except ValueError:
        return None


def _versions(library: Library) -> tuple[tuple[Directive, bool], ...]:
    """Return every version on file, and whether its link needs to name it."""
    return tuple((one, library.get(one.number) is not one) for one in library.directives)


async def _page(site: Site, request: Request, library: Library, directive: Directive) -> Response:
    paused = await paused_on(site, directive.number)
    marks = parse_marks(request.query_params.getlist("mark"))
    headers = [c for c in directive.clauses if c.kind is ClauseKind.HEADER]
    period = library.period(directive)
    by = period.ended_by if period is not None else None
    return site.pages.show(
        request,
        "directive.html",
        directive=directive,
        standing=library.status(directive).value,
        until=period.until if period is not None else None,
        ended_by=library.version(*by) if by is not None else None,
        versions=library.versions(directive.number),
        current=library.current(directive.number),
        key=request.query_params.get("key", ""),
        parts=parts(directive, marks, _ways(site, request, directive)),
        headers=[row(directive, clause, marks) for clause in headers],
        header_marked=any(clause.fragment in marks for clause in headers),
        marked=bool(marks),
        paused=next((pause for pause in paused if pause.section is None), None),
        paused_at=by_section(directive, paused),
    )


def _ways(site: Site, request: Request, directive: Directive) -> Ways:
    """Return the links of a directive's words; who holds a key to it alone gets those within it."""
    ways: dict[str, list[Way]] = {}
    for mention in site.answers.library.graph().mentions.of(directive):
        within = mention.directive == directive.number
        if mention.dangling or (not within and site.pages.access(request).away):
            continue
        way = Way(start=mention.start, end=mention.end, href=_href(mention, within))
        ways.setdefault(mention.section, []).append(way)
    return ways


def _href(mention: Mention, within: bool) -> str:
    page = "" if within else f"/directives/{quote(mention.directive or '', safe='')}"
    return page + (f"#{fragment(mention.to)}" if mention.to else "")
