"""The policy unit's desk: feedback, pauses, what is on file, the last run, what was done lately."""

from pathlib import Path
from typing import NamedTuple

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.cited import exactly
from bot.errors import AssistantError
from bot.feedback import Given, Right
from bot.policy.lately import Done, done_lately
from bot.policy.pauses import LONGEST_REASON, Pause, PauseRefused
from bot.policy.reading_file import CorrectionRefused
from bot.policy.readings import Shelved
from bot.policy.runs import Run
from bot.web.pages import Signed
from bot.web.questions import STATES
from bot.web.unit import DESK, Office, after, at, enter, member, notice, number, sent, text
from bot.wording import VERDICTS
from index.directive import Directive, Status
from index.errors import IndexingError
from index.sheet import Sheet, sheets
from index.verdict import Verdict

_MOST_DONE = 20
_RIGHTS = {Right.YES: "right", Right.NO: "not right", Right.UNSURE: "not sure"}


class OnFile(NamedTuple):
    """A version on file, and how far its reading is signed off; None where it cannot be read."""

    directive: Directive
    shelved: Shelved | None
    address: str


class OnDesk(NamedTuple):
    """What lies on the desk; ``hindered`` says why the drafts cannot be told, if they cannot.

    ``run`` is the newest run of the questions, None before the first.
    """

    feedback: tuple[Given, ...]
    pauses: tuple[Pause, ...]
    on_file: tuple[OnFile, ...]
    drafts: tuple[Sheet, ...]
    hindered: str | None
    run: Run | None
    done: tuple[Done, ...]


class Typed(NamedTuple):
    """What came with a pause that was not made, and why it was not."""

    citation: str
    reason: str
    error: str


def routes(office: Office) -> APIRouter:
    """Return the desk and what is done on it."""
    router = APIRouter()
    site, unit = office.own.site, office.unit

    async def desk(request: Request) -> Response:
        who = enter(request)
        return who if isinstance(who, Response) else await _page(office, request, who)

    async def looked_at(request: Request) -> Response:
        who, form = await sent(office, request)
        if not await site.bridge.run(unit.feedback.looked_at, text(form, "number")):
            raise HTTPException(409, "Somebody has looked at it already.")
        return after(who, DESK, "looked-at")

    async def pause(request: Request) -> Response:
        who, form = await sent(office, request)
        citation, reason = text(form, "citation"), text(form, "reason")
        try:
            await site.bridge.run(_pause, office, who, citation, reason)
        except (AssistantError, IndexingError) as refused:
            typed = Typed(citation, reason, str(refused))
            return await _page(office, request, who, typed=typed)
        return after(who, DESK, "paused")

    async def resume(request: Request) -> Response:
        who, form = await sent(office, request)
        try:
            await site.bridge.run(unit.pauses.resume, number(form, "pause"), member(who))
        except PauseRefused as refused:
            raise HTTPException(409, str(refused)) from None
        return after(who, DESK, "resumed")

    router.add_api_route(DESK, desk, methods=["GET", "HEAD"])
    router.add_api_route(f"{DESK}/looked-at", looked_at, methods=["POST"])
    router.add_api_route(f"{DESK}/pause", pause, methods=["POST"])
    router.add_api_route(f"{DESK}/resume", resume, methods=["POST"])
    return router


def _pause(office: Office, who: Signed, citation: str, reason: str) -> None:
    directive, sections = exactly(office.own.site.answers.library, citation)
    for section in sections:
        office.unit.pauses.pause(directive, section, member(who), reason)


async def _page(
    office: Office, request: Request, who: Signed, *, typed: Typed | None = None
) -> Response:
    site = office.own.site
    return site.pages.show(
        request,
        "desk.html",
        status=422 if typed else 200,
        desk=await site.bridge.run(_on_desk, office),
        typed=typed,
        notice=notice(request, who),
        longest=LONGEST_REASON,
        rights=_RIGHTS,
        states=STATES,
        verdict=lambda name: VERDICTS[Verdict(name)] if name in set(Verdict) else name,
    )


def _on_desk(office: Office) -> OnDesk:
    unit, library = office.unit, office.own.site.answers.library
    drafts, hindered = _drafts(unit.intake.corpus)
    return OnDesk(
        feedback=unit.feedback.to_look_at(),
        pauses=unit.pauses.standing(),
        on_file=tuple(_on_file(office, directive) for directive in library.directives),
        drafts=drafts,
        hindered=hindered,
        run=next(iter(office.evaluating.runs.lately()), None),
        done=done_lately(unit, office.own.bureau.roster(), _MOST_DONE),
    )


def _drafts(corpus: Path) -> tuple[tuple[Sheet, ...], str | None]:
    """Return the drafts in the corpus folder now, or why they cannot be told."""
    try:
        found = sheets(corpus).values()
    except IndexingError as refused:
        return (), str(refused)
    return tuple(one for one in found if one.status is Status.DRAFT), None


def _on_file(office: Office, directive: Directive) -> OnFile:
    library = office.own.site.answers.library
    current = library.get(directive.number) is directive
    address = at(directive.number if current else f"{directive.number}@{directive.effective}")
    try:
        folder = library.folders[directive.sha256]
        return OnFile(directive, office.unit.readings.shelved(folder, directive), address)
    except (CorrectionRefused, IndexingError):
        return OnFile(directive, None, address)
