"""From the link in an answer to a sent request: the form, prefilled, and its checks."""

from typing import NamedTuple
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.approvals.request import Material
from bot.approvals.store import Draft
from bot.asker import Asker, Surface
from bot.links import RequestReference
from bot.web import form, reference
from bot.web.outline import rows
from bot.web.site import Site
from index.directive import Directive

_GONE = (
    "The question behind this link is no longer kept, so the request cannot be tied to who asked. "
    "Ask again for a fresh link."
)


class _Opened(NamedTuple):
    """What a request link opens: what it vouches for, the order as on file, and who asked what."""

    token: str
    vouched: RequestReference
    directive: Directive
    draft: Draft | None
    asker: Asker


def routes(site: Site) -> APIRouter:
    """Return the routes of the request form: opened by a link, sent with the same link."""
    router = APIRouter()

    async def new(request: Request) -> Response:
        opened = await _open(site, request)
        if isinstance(opened, Response):
            return opened
        values = form.prefill(opened.draft.question if opened.draft else None)
        return _form(site, request, opened, form.entries(values))

    async def send(request: Request) -> Response:
        opened = await _open(site, request)
        if isinstance(opened, Response):
            return opened
        values = form.typed(await request.form(max_files=0, max_fields=50))
        try:
            content = form.read(values)
        except form.FormRefused as refused:
            fields = form.entries(values, refused.errors)
            return _form(site, request, opened, fields, status=422)
        sent = await site.bridge.run(
            site.store.send, opened.vouched, opened.directive.effective, content, opened.asker
        )
        return reference.to_sent(sent, opened.token)

    router.add_api_route("/requests/new", new, methods=["GET", "HEAD"])
    router.add_api_route("/requests/new", send, methods=["POST"])
    return router


async def _open(site: Site, request: Request) -> _Opened | Response:
    """Return what the link opens, or the way to the request it already led to.

    The draft is read first: sending deletes it, so a link with neither draft nor request is spent.
    """
    token, vouched = reference.opened(site, request)
    draft = await site.bridge.run(site.store.draft, vouched.answer)
    sent = await site.bridge.run(site.store.by_answer, vouched.answer)
    if sent is not None:
        return reference.to_sent(sent, token)
    if draft is None and site.pages.access(request).away:
        raise HTTPException(410, _GONE)
    directive = site.answers.library.get(vouched.directive)
    if directive is None:
        raise HTTPException(410, "The order behind this link is no longer on file. Ask again.")
    if directive.sha256 != vouched.sha256:
        raise HTTPException(409, f"{directive.name} was changed since this answer. Ask again.")
    asker = draft.asker if draft else Asker(surface=Surface.CONSOLE)
    return _Opened(token, vouched, directive, draft, asker)


def _form(
    site: Site,
    request: Request,
    opened: _Opened,
    fields: tuple[form.Entry, ...],
    *,
    status: int = 200,
) -> Response:
    return site.pages.show(
        request,
        "request_new.html",
        status=status,
        action=f"/requests/new?{urlencode({'ref': opened.token})}",
        kind=opened.vouched.kind.value,
        way=opened.vouched,
        directive=opened.directive,
        clauses=rows(opened.directive, opened.vouched.clauses),
        question=opened.draft.question if opened.draft else None,
        asker=opened.asker.label,
        entries=fields,
        materials=tuple(Material),
        wrong=any(entry.error for entry in fields),
        reading=lambda section: site.links.clause(opened.directive.number, section),
    )
