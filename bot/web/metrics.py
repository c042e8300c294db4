"""/metrics for Prometheus: open on this machine, and elsewhere only with METRICS_TOKEN."""

import hmac
from collections.abc import Callable

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.web.door import METRICS
from bot.web.site import Site

_FORMAT = "text/plain; version=0.0.4; charset=utf-8"


def routes(site: Site, metrics: Callable[[], bytes], token: str | None) -> APIRouter:
    """Return the route; ``metrics`` is asked each time, off the event loop."""
    router = APIRouter()
    expected = f"Bearer {token}".encode() if token else None

    async def show(request: Request) -> Response:
        if site.pages.access(request).away:
            if expected is None:
                raise HTTPException(404)
            given = request.headers.get("authorization", "").encode()
            if not hmac.compare_digest(given, expected):
                return Response(status_code=401, headers={"WWW-Authenticate": "Bearer"})
        return Response(await site.bridge.run(metrics), media_type=_FORMAT)

    router.add_api_route(METRICS, show, methods=["GET"])
    return router
