"""What changed between two versions of an order, clause by clause, to read."""

from collections.abc import Callable
from datetime import date
from itertools import pairwise

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.touched import Kind, Touched
from bot.web.directives import opened
from bot.web.pages import signed
from bot.web.site import Site
from index.comparing import pair
from index.directive import Directive
from index.errors import VersionsMissing
from index.redline import Change, compare

Rested = Callable[[Directive, Directive], Touched]


def routes(site: Site, rested: Rested | None = None) -> APIRouter:
    """Return the route of the page; how much ``rested`` on changed clauses the unit alone sees."""
    router = APIRouter()

    async def changes(request: Request, number: str) -> Response:
        library = opened(site, request, number)
        old, new = (_day(request, name) for name in ("from", "to"))
        try:
            versions = pair(library, number, old, new)
        except VersionsMissing as error:
            raise HTTPException(404, str(error)) from None
        found, who = compare(*versions), signed(request)
        counted = None
        if rested is not None and who is not None and who.policy_unit:
            counted = await site.bridge.run(rested, *versions)
        return site.pages.show(
            request,
            "changes.html",
            redline=found,
            directive=library.version(number, found.new),
            counts=[(change.value, found.count(change)) for change in Change],
            pairs=[*pairwise(one.effective for one in library.versions(number))],
            rested=[(kind.value, len(counted.of(kind))) for kind in Kind] if counted else (),
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
