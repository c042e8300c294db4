"""A draft on the policy unit's desk: what was read of its file, and issuing or removing it."""

import hashlib
from datetime import date
from pathlib import Path
from typing import NamedTuple

from fastapi import APIRouter
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.web.pages import Signed
from bot.web.questions import Stood, stood
from bot.web.unit import DESK, Office, after, at, enter, notice, sent, text
from index.directive import Directive, Status
from index.errors import IndexingError
from index.issuing import Proposed
from index.library import load_directive
from index.report import Examined, examine
from index.sheet import Sheet, sheets

_NO_DRAFT = "There is no such draft. It may be issued or removed by now."
_MOVED = "The draft was changed since you looked at it. Look again. Nothing was done."
_NO_DATE = "This is no date. Write it as YYYY-MM-DD. Nothing was done."
_DEEDS = {"issue": "issued", "remove": "removed"}


class Strip(NamedTuple):
    """A piece of the source beside the clause that was read of it; None where none was."""

    source: str
    section: str | None = None
    text: str | None = None


class Draft(NamedTuple):
    """A draft on file; ``proposed`` is what issuing it changes, else ``hindered`` says why not.

    ``stood`` is how the questions did when they were last run on this text, if they were.
    """

    sheet: Sheet
    directive: Directive
    examined: Examined
    proposed: Proposed | None
    hindered: str | None
    stood: Stood | None = None

    @property
    def seen(self) -> str:
        """A mark of all that is proposed, so that nothing is issued but what was looked at."""
        known = self.proposed.model_dump_json() if self.proposed is not None else ""
        return hashlib.sha256(f"{self.sheet.sha256}{known}".encode()).hexdigest()


def routes(office: Office) -> APIRouter:
    """Return the page of a draft and what is done to it; they stand before those of clauses."""
    router = APIRouter()
    run = office.own.site.bridge.run

    async def look(request: Request, named: str) -> Response:
        who = enter(request)
        if isinstance(who, Response):
            return who
        draft = await run(_draft, office, named)
        return _page(office, request, draft, notice=notice(request, who))

    async def do(request: Request, named: str, deed: str) -> Response:
        who, form = await sent(office, request)
        if deed not in _DEEDS:
            raise HTTPException(404)
        try:
            draft = await run(_draft, office, named, _day(form) if deed == "issue" else None)
        except ValueError:
            return _page(office, request, await run(_draft, office, named), refusal=_NO_DATE)
        if deed == "issue" and draft.proposed is None:
            return _page(office, request, draft, refusal=draft.hindered)
        reviewed = form.get("reviewed") == "yes"
        if form.get("sure") != "yes":
            return _sure(office, request, draft, deed, reviewed=reviewed)
        if text(form, "seen") != draft.seen:
            return _page(office, request, draft, refusal=_MOVED)
        try:
            await run(_do, office, who, draft, deed, reviewed)
        except IndexingError as refused:
            return _page(office, request, draft, refusal=str(refused))
        return after(who, DESK, _DEEDS[deed])

    router.add_api_route(f"{DESK}/drafts/{{named}}", look, methods=["GET", "HEAD"])
    router.add_api_route(f"{DESK}/drafts/{{named}}/{{deed}}", do, methods=["POST"])
    return router


def _draft(office: Office, named: str, day: date | None = None) -> Draft:
    """Return a draft by NUMBER@DATE; raise HTTPException 404, 409. Effective on ``day``, if any."""
    intake = office.unit.intake
    number, _, version = named.rpartition("@")
    try:
        folder, sheet = next(
            (folder, sheet)
            for folder, sheet in sheets(intake.corpus).items()
            if (sheet.number, sheet.effective.isoformat()) == (number, version)
            and sheet.status is Status.DRAFT
        )
        directive, examined = load_directive(folder), examine(folder / sheet.file)
    except StopIteration:
        raise HTTPException(404, _NO_DRAFT) from None
    except IndexingError as refused:
        raise HTTPException(409, str(refused)) from None
    last = stood(office.evaluating.runs.lately(), sheet.sha256)
    try:
        proposed = intake.propose(number, effective=day, version=sheet.effective)
    except IndexingError as refused:
        return Draft(sheet, directive, examined, None, str(refused), last)
    return Draft(sheet, directive, examined, proposed, None, last)


def _do(office: Office, who: Signed, draft: Draft, deed: str, reviewed: bool) -> None:
    intake, sheet = office.unit.intake, draft.sheet
    if deed == "remove":
        intake.remove(sheet.number, version=sheet.effective, actor=who.key)
    elif draft.proposed is not None:
        intake.issue(draft.proposed, who.name, reading_reviewed=reviewed, actor=who.key)


def _day(form: FormData) -> date | None:
    """Return the day that was chosen, if one was; raise ValueError for what is no date."""
    chosen = text(form, "effective")
    return date.fromisoformat(chosen) if chosen else None


def _page(
    office: Office,
    request: Request,
    draft: Draft,
    *,
    notice: str | None = None,
    refusal: str | None = None,
) -> Response:
    return office.own.site.pages.show(
        request,
        "desk_draft.html",
        status=422 if refusal else 200,
        draft=draft,
        sheet=draft.sheet,
        here=_here(draft),
        strips=_strips(draft),
        file=Path(draft.sheet.file).suffix,
        notice=notice,
        refusal=refusal,
    )


def _sure(office: Office, request: Request, draft: Draft, deed: str, *, reviewed: bool) -> Response:
    return office.own.site.pages.show(
        request,
        "desk_sure.html",
        draft=draft,
        sheet=draft.sheet,
        here=_here(draft),
        deed=deed,
        reviewed=reviewed,
    )


def _here(draft: Draft) -> str:
    return at("drafts", f"{draft.sheet.number}@{draft.sheet.effective}")


def _strips(draft: Draft) -> tuple[Strip, ...]:
    """Return the whole source in its order: clauses with what stands before, lines in none."""
    source, found, past = draft.directive.source, [], 0
    clauses = {one.span[0]: one for one in draft.directive.clauses}
    spans = {start: one.span[1] for start, one in clauses.items()}
    spans |= {one.start: one.end for one in draft.examined.lost}
    for start in sorted(spans):
        clause, words = clauses.get(start), source[past : spans[start]].strip("\n")
        past = max(past, spans[start])
        found.append(Strip(words, clause.section, clause.text) if clause else Strip(words))
    left = source[past:].strip()
    return (*found, Strip(left)) if left else tuple(found)
