"""What changed between two versions of an order, clause by clause, to read."""

from datetime import date
from itertools import pairwise

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.web.directives import opened
from bot.web.site import Site
from index.comparing import pair
from index.errors import VersionsMissing
from index.redline import Change, compare


def routes(site: Site) -> APIRouter:
    """Return the route of the page."""
    router = APIRouter()

    async def changes(request: Request, number: str) -> Response:
        library = opened(site, request, number)
        old, new = (_day(request, name) for name in ("from", "to"))
        try:
            found = compare(*pair(library, number, old, new))
        except VersionsMissing as error:
            raise HTTPException(404, str(error)) from None
        versions = library.versions(number)
        return site.pages.show(
            request,
            "changes.html",
            redline=found,
            directive=library.version(number, found.new),
            counts=[(change.value, found.count(change)) for change in Change],
            pairs=[(one.effective, other.effective) for one, other in pairwise(versions)],
            key=request.query_params.get("key", ""),
        )

    router.add_api_route("/directives/{number}/changes", changes, methods=["GET", "HEAD"])
    return router


def _day(request: Request, name: str) -> date | None:
    given = request.query_params.get(name)
    try:
        return date.fromisoformat(given) if given else None
    except ValueError:
        raise HTTPException(404, "Write the day as 2027-01-31.") from None
