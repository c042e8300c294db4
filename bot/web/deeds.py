"""What somebody signed in does to a request: a form of its page, asked twice where it is final."""

import contextlib
from datetime import date
from urllib.parse import quote

from fastapi import APIRouter
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.approvals.deed import MOST_WORDS, Deed, NoSuchRequest, NotDone
from bot.approvals.dossier import Dossier
from bot.approvals.event import Consent, Endorsement, Happened
from bot.approvals.flow import Why
from bot.approvals.request import cleaned
from bot.web import record
from bot.web.pages import Signed
from bot.web.personal import Personal
from bot.web.record import NO_SUCH, Typed
from bot.web.signed import own_form
from bot.web.timeline import who as named
from bot.web.ways import WAYS, Way

_TOO_OFTEN = "That is too often. Wait a minute, then try again. Nothing was done."
_UNREADABLE = "This form cannot be read. Open the request again. Nothing was done."


def routes(own: Personal) -> APIRouter:
    """Return the one route of all deeds."""
    router = APIRouter()

    async def do(request: Request, number: str, path: str) -> Response:
        form = await request.form(max_files=0, max_fields=12)
        who = own_form(request, form)
        way = WAYS.get(path)
        if way is None:
            raise HTTPException(404)
        if not own.deeds.lets(who.session):
            raise HTTPException(429, _TOO_OFTEN)
        typed = _typed(path, form)
        dossier = await _dossier(own, who, number, way, form)
        fault = _fault(way, typed)
        if fault is not None:
            typed = typed._replace(error=fault)
            return await record.page(own, request, dossier, status=422, typed=typed)
        if way.kind in dossier.may and _asks(way, typed) and form.get("sure") != "yes":
            return _sure(own, request, dossier, way, typed, form)
        return await _act(own, request, who, dossier, _deed(way, typed, form), typed)

    router.add_api_route("/requests/{number}/{path}", do, methods=["POST"])
    return router


async def _dossier(own: Personal, who: Signed, number: str, way: Way, form: FormData) -> Dossier:
    """Return the request; an attempt at one they have no part in is recorded, and gets a 404."""
    try:
        return await own.site.bridge.run(own.bureau.dossiers.open, number, who.asker)
    except NoSuchRequest:
        deed = Deed(kind=way.kind, version=_number(form, "version"))
        with contextlib.suppress(NotDone, NoSuchRequest):
            await own.site.bridge.run(own.bureau.register.act, number.upper(), deed, who.asker)
        raise HTTPException(404, NO_SUCH) from None


async def _act(
    own: Personal, request: Request, who: Signed, dossier: Dossier, deed: Deed, typed: Typed
) -> Response:
    number = dossier.request.reference
    try:
        await own.site.bridge.run(own.bureau.register.act, number, deed, who.asker)
    except NoSuchRequest:
        raise HTTPException(404, NO_SUCH) from None
    except NotDone as refused:
        said = str(refused)
        now = await record.find(own, who, number)
        if refused.decided is not None:
            event = refused.decided
            at = own.site.pages.moment(event.at)
            said = f"{said} {named(now, event)}: {event.kind.value}, {at}."
        status = 422 if refused.why in {Why.NO_WORDS, Why.DAY_PASSED} else 409
        return await record.page(own, request, now, status=status, refusal=said, typed=typed)
    return RedirectResponse(record.after(who, number, quote(typed.path)), 303)


def _sure(
    own: Personal, request: Request, dossier: Dossier, way: Way, typed: Typed, form: FormData
) -> Response:
    """Return the page that asks once more, with exactly what will be recorded."""
    return own.site.pages.show(
        request,
        "sure.html",
        sent=dossier.request,
        way=way,
        typed=typed,
        until=_day(typed.day),
        chosen=dict(way.choices).get(typed.choice),
        version=_number(form, "version"),
        step=_number(form, "step", least=0),
    )


def _typed(path: str, form: FormData) -> Typed:
    words = cleaned(str(form.get("words", "")))
    day, choice = str(form.get("day", "")), str(form.get("choice", ""))
    return Typed(path, str(words), day[:20].strip(), choice[:60])


def _fault(way: Way, typed: Typed) -> str | None:
    """Return what is wrong with a form, in a sentence, or None."""
    if way.choices and typed.choice not in dict(way.choices):
        return "Choose one."
    if way.needed and not typed.words:
        return "Write a few words."
    if len(typed.words) > MOST_WORDS:
        return f"At most {MOST_WORDS:,} characters; this has {len(typed.words):,}."
    if way.day and typed.day and _day(typed.day) is None:
        return "This is no date. Write it as YYYY-MM-DD."
    return None


def _asks(way: Way, typed: Typed) -> bool:
    return way.sure is not None and (not way.choices or typed.choice in way.final)


def _deed(way: Way, typed: Typed, form: FormData) -> Deed:
    return Deed(
        kind=way.kind,
        version=_number(form, "version"),
        step=_number(form, "step", least=0),
        endorsement=Endorsement(typed.choice) if way.kind is Happened.ENDORSED else None,
        consent=Consent(typed.choice) if way.kind is Happened.CONSENT else None,
        until=_day(typed.day) if way.day else None,
        words=typed.words or None if way.words else None,
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _number(form: FormData, name: str, least: int = 1) -> int:
    text = str(form.get(name, ""))
    if not text.isascii() or not text.isdecimal() or len(text) > 6 or int(text) < least:
        raise HTTPException(400, _UNREADABLE)
    return int(text)
