"""Whether the service is well, for whoever watches it: a status, versions, and nothing else."""

from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.connection import Connection
from bot.web.site import Site
from index.directive import FROZEN
from index.errors import IndexingError


class IndexState(BaseModel):
    """The index that serves: how many clauses it holds, by which encoder, made when."""

    model_config = FROZEN

    clauses: int
    encoder: str
    built: str | None = None


class OnFile(BaseModel):
    """A directive in force."""

    model_config = FROZEN

    number: str
    effective: str
    sha256: str


class Health(BaseModel):
    """What /healthz says."""

    model_config = FROZEN

    status: Literal["ok", "unavailable"]
    version: str
    corpus: str
    directives: tuple[OnFile, ...] = ()
    index: IndexState | None = None
    slack: Connection | None = None


def routes(
    site: Site,
    index: Callable[[], IndexState] | None,
    slack: Callable[[], Connection] | None = None,
) -> APIRouter:
    """Return the route of /healthz; ``index`` is asked each time, off the event loop.

    ``slack`` tells of the connection; without Slack there is none.
    """
    router = APIRouter()

    async def healthz(request: Request) -> Response:
        library = site.answers.library
        status: Literal["ok", "unavailable"] = "ok"
        state: IndexState | None = None
        try:
            state = await site.bridge.run(index) if index else None
        except IndexingError:
            status = "unavailable"
        connection = slack() if slack else None
        if connection is not None and connection.lost:
            status = "unavailable"
        health = Health(
            status=status,
            version=_version(),
            corpus=library.fingerprint[:12],
            directives=tuple(
                OnFile(number=d.number, effective=d.effective.isoformat(), sha256=d.sha256)
                for d in library.in_force()
            ),
            index=state,
            slack=connection,
        )
        return JSONResponse(health.model_dump(mode="json"), 200 if status == "ok" else 503)

    router.add_api_route("/healthz", healthz, methods=["GET", "HEAD"])
    return router


def _version() -> str:
    try:
        return version("policybot")
    except PackageNotFoundError:
        return "not installed"
