"""Who of those signed in may open the policy unit's pages, and what those pages are made from."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlencode

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.policy.evaluating import Evaluating
from bot.policy.member import Member
from bot.policy.unit import PolicyUnit
from bot.web import signin
from bot.web.pages import Signed, signed
from bot.web.personal import Personal
from bot.web.signed import own_form, sealed

DESK = "/desk"
MOST_FIELDS = 20
_NOT_OF_UNIT = (
    "This page is for the policy unit. Who that is stands on the Department's roster; whoever "
    "keeps the roster can add you."
)
_TOO_OFTEN = "That is too often. Wait a minute, then try again. Nothing was done."
_AT_START = "What serves takes it up within a minute."
_INDEXED = "The index is built anew, which takes some minutes; what serves takes it up then."
DONE: Mapping[str, str] = {
    "looked-at": "Looked at. Its reason and its question are erased.",
    "paused": "Answers are paused, from now on and in every process.",
    "resumed": "Answers are given again.",
    "corrected": f"Saved. {_AT_START}",
    "reviewed": f"Signed off. {_AT_START}",
    "asked": f"Added. {_INDEXED}",
    "taken": "Taken in as a draft. Nobody gets answers from it before it is issued.",
    "issued": "Issued. It is answered from its day on, once the index is built, which takes some "
    "minutes.",
    "removed": "The draft is removed.",
    "unasked": f"Taken out. {_INDEXED}",
    "run": "The questions are being run. Answers are given meanwhile.",
    "cancelled": "The run is cancelled. What came of it so far stands here.",
}


@dataclass(frozen=True)
class Office:
    """What the pages of the policy unit are made from."""

    own: Personal
    unit: PolicyUnit
    evaluating: Evaluating


def enter(request: Request) -> Signed | Response:
    """Return who of the policy unit opens a page, or the way to sign in.

    Raise HTTPException 403 for anybody else.
    """
    who = signed(request)
    if who is None:
        return signin.to_sign_in(request.url.path)
    if not who.policy_unit:
        raise HTTPException(403, _NOT_OF_UNIT)
    return who


async def sent(office: Office, request: Request) -> tuple[Signed, FormData]:
    """Return who of the policy unit sends a form, and the form; raise HTTPException 403, 429."""
    form = await request.form(max_files=0, max_fields=MOST_FIELDS)
    return of_unit(office, request, form), form


def of_unit(office: Office, request: Request, form: FormData) -> Signed:
    """Return who of the policy unit sends a form; raise HTTPException 403, 429."""
    who = own_form(request, form)
    if not who.policy_unit:
        raise HTTPException(403, _NOT_OF_UNIT)
    if not office.own.deeds.lets(who.session):
        raise HTTPException(429, _TOO_OFTEN)
    return who


def member(who: Signed) -> Member:
    """Return somebody signed in as the record names them."""
    return Member(key=who.key, name=who.name)


def text(form: FormData, name: str) -> str:
    """Return a field of a form as one line of text, empty where it is not there."""
    found = form.get(name, "")
    return " ".join(found.split()) if isinstance(found, str) else ""


def number(form: FormData, name: str) -> int:
    """Return a field that counts; raise HTTPException 400."""
    found = text(form, name)
    if not (found.isascii() and found.isdecimal() and len(found) <= 9):
        raise HTTPException(400, "This form cannot be read. Open the page again.")
    return int(found)


def at(*parts: str) -> str:
    """Return the address of a page of the desk."""
    return "/".join((DESK, *(quote(part, safe="@") for part in parts)))


def after(who: Signed, path: str, done: str) -> Response:
    """Return the way back to a page, which says what was done; only this session can say it."""
    said = urlencode({"done": done, "seal": sealed(who, unquote(path), done)})
    return RedirectResponse(f"{path}?{said}", 303)


def notice(request: Request, who: Signed) -> str | None:
    """Return what a page says was done, where this session did it."""
    done, seal = (request.query_params.get(name, "") for name in ("done", "seal"))
    genuine = sealed(who, unquote(request.url.path), done)
    return DONE.get(done) if hmac.compare_digest(seal.encode(), genuine.encode()) else None
