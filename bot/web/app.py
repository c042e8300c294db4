"""The web application: pages in front of the core, behind one guard; wiring gives what it needs."""

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

from bot.answers import Answers
from bot.approvals.bureau import Bureau
from bot.bridge import Bridge
from bot.config import Settings
from bot.connection import Connection
from bot.department import Department
from bot.errors import LinkExpired, LinkRefused, RequestRefused
from bot.installing import Installer
from bot.links import Links
from bot.policy.evaluating import Evaluating
from bot.policy.unit import PolicyUnit
from bot.roster.roster import Roster
from bot.signing_in import SlackSignIn
from bot.throttle import Throttle
from bot.web import (
    adding,
    changes,
    changing,
    check,
    console,
    correcting,
    deeds,
    directives,
    drafts,
    graph,
    health,
    image,
    install,
    lists,
    metrics,
    questions,
    requests,
    sent,
    signin,
    slip,
)
from bot.web import desk as desk_pages
from bot.web.door import Door
from bot.web.failures import Catch, Failures
from bot.web.guard import Guard
from bot.web.headers import Headers
from bot.web.health import IndexState
from bot.web.pages import STATIC, Pages
from bot.web.personal import Personal
from bot.web.sessions import Sessions
from bot.web.signed import Cookie, Knowing
from bot.web.site import Site
from bot.web.stage import Stage
from bot.web.stage import routes as stage_routes
from bot.web.unit import Office

_DEEDS_A_MINUTE = 30
SlackEvents = Callable[[Request], Awaitable[Response]]


def build_app(
    *,
    answers: Answers,
    bureau: Bureau,
    links: Links,
    settings: Settings,
    department: Department,
    bridge: Bridge,
    slack_events: SlackEvents | None = None,
    installer: Installer | None = None,
    index: Callable[[], IndexState] | None = None,
    slack: Callable[[], Connection] | None = None,
    metrics_text: Callable[[], bytes] | None = None,
    sessions: Sessions | None = None,
    slack_sign_in: SlackSignIn | None = None,
    sample: Roster | None = None,
    stage: Stage | None = None,
    unit: PolicyUnit | None = None,
    evaluating: Evaluating | None = None,
    rested: changes.Rested | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    new_id: Callable[[], str] = lambda: secrets.token_hex(4).upper(),
) -> FastAPI:
    """Return the application.

    ``bureau`` takes requests and records what becomes of them.
    ``slack_events`` answers POST /slack/events (Slack's signed HTTP mode); ``installer`` installs
    the assistant in workspaces by OAuth; ``index`` and ``slack`` are what /healthz tells of
    them; ``metrics_text`` is what /metrics says; ``sessions`` keeps who is signed in, without it
    nobody can; ``slack_sign_in`` is set where Slack may vouch for somebody; ``sample`` is the
    roster that the console demonstrates with, ``stage`` lets somebody try it as people of that; it
    is left out unless only this machine is served, without Slack and sessions; ``unit`` is what
    the policy unit works with, ``evaluating`` runs the questions for it; both or none are given;
    ``rested`` finds what rested on what a version changes; ``clock`` and ``new_id`` date and number
    failures.
    """
    zone = ZoneInfo(settings.timezone or department.time_zone)
    if sessions is not None or settings.slack or not settings.loopback:
        stage = None
    pages = Pages(department, zone, sign_in=sessions is not None, stage=stage is not None)
    failures = Failures(pages, new_id, clock)
    store, desk = bureau.store, bureau.desk

    def today() -> date:
        return clock().astimezone(zone).date()

    site = Site(
        answers=answers,
        store=store,
        links=links,
        bridge=bridge,
        department=department,
        pages=pages,
        failures=failures,
        desk=desk,
        today=today,
        sample=sample,
        pauses=unit.pauses if unit is not None else None,
    )
    app = FastAPI(
        title=department.assistant,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    own = _personal(site, bureau, sessions, settings, clock) if sessions is not None else None
    if stage is not None:
        store, desk = stage.bureau.store, stage.bureau.desk
        apart = replace(site, store=store, desk=desk)
        own = _personal(apart, stage.bureau, stage.sessions, settings, clock)
    app.include_router(console.routes(site, own))
    app.include_router(graph.routes(site))
    app.include_router(directives.routes(site))
    app.include_router(changes.routes(site, rested))
    app.include_router(requests.routes(site, own))
    if own is not None:
        app.include_router(
            signin.routes(own, slack_sign_in) if stage is None else stage_routes(own, stage)
        )
        app.include_router(image.routes(own))
        app.include_router(lists.routes(own))
        app.include_router(changing.routes(own))
        app.include_router(slip.routes(own))
        app.include_router(deeds.routes(own))
    if own is not None and unit is not None and evaluating is not None and stage is None:
        office = Office(own, unit, evaluating)
        app.include_router(desk_pages.routes(office))
        app.include_router(adding.routes(office))
        app.include_router(questions.routes(office))
        app.include_router(drafts.routes(office))
        app.include_router(correcting.routes(office))
    app.include_router(sent.routes(site, own))
    app.include_router(check.routes(site, bureau.slips, own, stage.bureau.slips if stage else None))
    app.include_router(health.routes(site, index, slack))
    if metrics_text is not None:
        app.include_router(metrics.routes(site, metrics_text, settings.metrics_token))
    if slack_events is not None:
        app.add_api_route("/slack/events", _passed_on(slack_events), methods=["POST"])
    if installer is not None:
        app.include_router(install.routes(site, installer))
    app.mount("/static", StaticFiles(directory=STATIC))
    _handle_failures(app, failures)
    if own is not None:
        app.add_middleware(
            Knowing,
            sessions=own.sessions,
            dossiers=own.bureau.dossiers,
            cookie=own.cookie,
            bridge=bridge,
            closed=stage.closed if stage is not None else None,
        )
    app.add_middleware(Guard, door=Door(settings), failures=failures)
    app.add_middleware(Catch, failures=failures)
    app.add_middleware(Headers)
    return app


def _personal(
    site: Site,
    bureau: Bureau,
    sessions: Sessions,
    settings: Settings,
    clock: Callable[[], datetime],
) -> Personal:
    return Personal(
        site=site,
        bureau=bureau,
        sessions=sessions,
        cookie=Cookie(secure=not settings.loopback),
        deeds=Throttle(_DEEDS_A_MINUTE, 60, lambda: clock().timestamp()),
        remind_after=settings.remind_after_days,
        pass_on_after=settings.pass_on_after_days,
    )


def _passed_on(slack_events: SlackEvents) -> SlackEvents:
    async def events(request: Request) -> Response:
        return await slack_events(request)

    return events


def _handle_failures(app: FastAPI, failures: Failures) -> None:
    async def refused(request: Request, error: Exception) -> Response:
        status = 410 if isinstance(error, LinkExpired) else 400
        return failures.page(request, status, str(error))

    async def http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        own = error.detail if error.detail != _standing(error.status_code) else None
        return failures.page(request, error.status_code, own, error.headers)

    async def undecidable(request: Request, error: Exception) -> Response:
        return failures.page(request, 409, str(error))

    app.add_exception_handler(LinkRefused, refused)
    app.add_exception_handler(RequestRefused, undecidable)
    app.add_exception_handler(HTTPException, http)


def _standing(status: int) -> str:
    """Return the phrase Starlette fills in when an exception was raised without one."""
    return HTTPException(status).detail
