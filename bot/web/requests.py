"""From the link in an answer to a sent request: the form, its guidance, saving and sending."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import NamedTuple, TypeVar
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.approvals import wording
from bot.approvals.desk import Opened, OrderChanged, RequestBarred, RequestSpent, RequestUnclear
from bot.approvals.fields import flag_field
from bot.approvals.filling import Filled, FormRefused
from bot.approvals.guidance import Guidance, Touched
from bot.approvals.request import Content
from bot.approvals.request import Request as Sent
from bot.web import attaching, form, reference, upload
from bot.web.outline import rows
from bot.web.pages import signed
from bot.web.paused import paused_on
from bot.web.personal import Personal, at
from bot.web.site import Site

T = TypeVar("T")
CONFIRMED = "confirmed"


class Step(StrEnum):
    """What a button of the form does; its value is sent under the name ``step``."""

    CHECK = "check"
    SAVE = "save"
    SEND = "send"


class Shown(NamedTuple):
    """What is shown with the form: its faults, the guidance, and what became of the last click."""

    filled: Filled
    errors: Mapping[str, str] = {}
    guidance: Guidance | None = None
    step: Step | None = None
    saved: bool = False
    status: int = 200


class Drawn(NamedTuple):
    """How the form is drawn: where it is sent, and which version of which request it changes.

    ``image`` is the address at which its image is shown.
    """

    action: str
    image: str
    changing: str | None = None
    version: int = 0


def routes(pages: Site, own: Personal | None = None) -> APIRouter:
    """Return the routes of the request form: opened by a link, sent with the same link."""
    router = APIRouter()

    async def new(request: Request) -> Response:
        site = at(pages, own, request)
        token, opened = await _open(site, request)
        if opened.sent is not None:
            return reference.to_sent(opened.sent, token)
        filled = await site.bridge.run(site.desk.begin, opened)
        return await _form(site, request, token, opened, Shown(filled))

    async def take(request: Request) -> Response:
        site = at(pages, own, request)
        came = await upload.sent(request, file=attaching.lets_in(site, request))
        token, opened = await _open(site, request)
        if opened.sent is not None:
            return reference.to_sent(opened.sent, token)
        sent = came.form
        filled = form.typed(sent, site.desk.questions)
        filled, unfit = await attaching.taken(site, request, opened, filled, came)
        step = sent.get("step", Step.SEND)
        if unfit or step == Step.CHECK:
            shown = await looked(site, opened, filled, unfit)
            return await _form(site, request, token, opened, shown)
        if step == Step.SAVE:
            saved = await site.bridge.run(site.desk.save, opened, filled)
            shown = Shown(filled, step=Step.SAVE, saved=saved, status=200 if saved else 409)
            return await _form(site, request, token, opened, shown)
        confirmed = str(sent.get(CONFIRMED, "")).split("|")
        faults = form.contradicted(sent, site.desk.questions)
        return await _send(site, request, token, opened, filled, tuple(confirmed), faults)

    router.add_api_route("/requests/new", new, methods=["GET", "HEAD"])
    router.add_api_route("/requests/new", take, methods=["POST"])
    return router


async def _open(site: Site, request: Request) -> tuple[str, Opened]:
    """Return the link's token and what it opens; raise HTTPException for what it cannot."""
    token = reference.token(request)
    nobody = not site.pages.access(request).away and signed(request) is None
    try:
        return token, await site.bridge.run(site.desk.open, token, anonymous=nobody)
    except RequestSpent as spent:
        raise HTTPException(410, str(spent)) from None
    except OrderChanged as changed:
        raise HTTPException(409, str(changed)) from None


async def _send(
    site: Site,
    request: Request,
    token: str,
    opened: Opened,
    filled: Filled,
    confirmed: tuple[str, ...],
    faults: Mapping[str, str],
) -> Response:
    """Send the form, or show it with its errors; ``faults`` are those known without reading it."""
    found = await tried(site, opened, filled, site.desk.send, confirmed, faults)
    if isinstance(found, Sent):
        return reference.to_sent(found, token)
    return await _form(site, request, token, opened, found)


async def looked(site: Site, opened: Opened, filled: Filled, unfit: Mapping[str, str]) -> Shown:
    """Return the form with its guidance, or with what is wrong with what came with it."""
    if unfit:
        return Shown(filled, unfit, step=Step.SEND, status=422)
    guidance = await site.bridge.run(site.desk.look, opened, filled)
    return Shown(filled, guidance=guidance, step=Step.CHECK)


async def tried(
    site: Site,
    opened: Opened,
    filled: Filled,
    send: Callable[[Opened, Content, tuple[str, ...]], T],
    confirmed: tuple[str, ...],
    faults: Mapping[str, str],
) -> T | Shown:
    """Return what sending a form gives, or the form with what is wrong with it.

    ``faults`` are those known without reading it.
    """
    errors: dict[str, str] = {}
    try:
        content = site.desk.read(opened, filled)
        if faults:
            raise FormRefused({})
        return await site.bridge.run(send, opened, content, confirmed)
    except FormRefused as refused:
        errors, guidance = {**refused.errors, **faults}, None
    except RequestBarred as barred:
        guidance = barred.guidance
        for clause in guidance.barred:
            for name in site.desk.fields_behind(clause):
                errors.setdefault(flag_field(name), wording.barred(clause))
    except RequestUnclear as unclear:
        guidance = unclear.guidance
    return Shown(filled, errors, guidance, Step.SEND, status=422)


async def _form(site: Site, request: Request, token: str, opened: Opened, shown: Shown) -> Response:
    linked = urlencode({"ref": token})
    drawn = Drawn(f"/requests/new?{linked}", f"/requests/new/image?{linked}")
    return await shown_form(site, request, drawn, opened, shown)


async def shown_form(
    site: Site, request: Request, drawn: Drawn, opened: Opened, shown: Shown
) -> Response:
    """Return the page of the form."""
    directive = opened.order
    image = attaching.attached(
        site, request, opened, shown.filled, drawn.image, shown.errors.get(attaching.FIELD)
    )
    fields = form.entries(shown.filled, shown.errors)
    if image is not None:
        fields = tuple(attaching.described(one) for one in fields)
    asked = form.asked(shown.filled, site.desk.questions, shown.errors)
    guidance, who = shown.guidance, signed(request)
    paused = await paused_on(site, directive.number)
    rests_on = opened.vouched.clauses
    unclear = guidance.unclear if guidance else ()

    def citing(clause: Touched) -> str:
        return site.links.clause(directive.number, clause.section)

    return site.pages.show(
        request,
        "request_new.html",
        status=shown.status,
        action=drawn.action,
        changing=drawn.changing,
        version=drawn.version,
        kind=opened.vouched.kind.value,
        way=opened.vouched,
        directive=directive,
        clauses=rows(directive, opened.vouched.clauses),
        paused=[one for one in paused if any(one.covers(directive.number, at) for at in rests_on)],
        question=opened.question,
        asker=who.name if who is not None and who.asker == opened.asker else opened.asker.label,
        entries=fields,
        asked=asked,
        image=image,
        advice=attaching.ADVICE,
        replies=form.REPLIES,
        replies_hint=form.HINT,
        nothing=form.NOTHING,
        wrong=[
            *((f"field-{one.field.name}", one.field.label) for one in fields if one.error),
            *(
                (f"field-{one.name}", one.ask)
                for heading in asked
                for one in heading.asked
                if one.error
            ),
            *attaching.wrong(image),
        ],
        guidance=guidance,
        step=shown.step.value if shown.step else "",
        saved=shown.saved,
        expires=opened.expires,
        forgets=[one.ask for one in site.desk.questions.flags if one.forget],
        resumed=opened.filled is not None and shown.step is None,
        confirmed="|".join(dict.fromkeys(one.section for one in unclear))
        if shown.step is Step.SEND and not (guidance and guidance.barred)
        else "",
        wording=wording,
        citing=citing,
        reading=lambda section: site.links.clause(directive.number, section),
    )
