"""Which directives send their readers where: a drawing, and the same in a table."""

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.web.drawing import MOST_BOXES, MOST_NAMED, Drawing, draw
from bot.web.site import Site
from index.graph import Link
from index.library import Library

ADDRESS = "/directives/graph"


def routes(site: Site) -> APIRouter:
    """Return the route of the page; it must stand before that of a directive by its number."""
    router = APIRouter()

    async def graph(request: Request) -> Response:
        if site.pages.access(request).away:
            raise HTTPException(404)
        links, drawing = await site.bridge.run(_read, site.answers.library)
        return site.pages.show(
            request,
            "graph.html",
            links=links,
            drawing=drawing,
            most_boxes=MOST_BOXES,
            most_named=MOST_NAMED,
        )

    router.add_api_route(ADDRESS, graph, methods=["GET", "HEAD"])
    return router


def _read(library: Library) -> tuple[tuple[Link, ...], Drawing]:
    found = library.graph()
    return found.links, draw(found.links, found.numbers)
