"""One request for one person signed in: its content, who is asked, what happened, what to do."""

import hmac
from collections import Counter
from typing import NamedTuple

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.approvals.deed import MOST_WORDS, NoSuchRequest
from bot.approvals.dossier import Dossier
from bot.approvals.event import Consent, Happened
from bot.approvals.fields import FIELDS, told
from bot.approvals.request import Reply
from bot.approvals.slip import NoSlip, Stand
from bot.approvals.slips import CHECK, Checked
from bot.web.check import SAID
from bot.web.outline import Row, rows
from bot.web.pages import Signed, signed
from bot.web.personal import Personal, address
from bot.web.signed import sealed
from bot.web.timeline import only_shown, timeline
from bot.web.ways import WAYS, done
from index.directive import Directive

_LABELS = frozenset(field.label for field in FIELDS)
NO_SUCH = "There is no request of this number that you have a part in."


class Typed(NamedTuple):
    """What came with a form that was not carried out, so that nothing typed is lost."""

    path: str
    words: str = ""
    day: str = ""
    choice: str = ""
    error: str | None = None


class Permission(NamedTuple):
    """The newest permission of a request: how it stands, its check page, whether it is printed."""

    found: Checked
    said: str
    valid: bool
    check: str
    printed: bool


async def find(own: Personal, who: Signed, number: str) -> Dossier:
    """Return a request for somebody signed in; raise HTTPException 404 for others' too."""
    try:
        return await own.site.bridge.run(own.bureau.dossiers.open, number, who.asker)
    except NoSuchRequest:
        raise HTTPException(404, NO_SUCH) from None


async def show(own: Personal, request: Request, number: str) -> Response:
    """Return the page of a request, for somebody signed in."""
    who = signed(request)
    if who is None:
        raise HTTPException(404, NO_SUCH)
    dossier = await find(own, who, number)
    path = request.query_params.get("done", "")
    seal = sealed(who, dossier.request.reference, path)
    genuine = hmac.compare_digest(request.query_params.get("seal", "").encode(), seal.encode())
    return await page(own, request, dossier, notice=done(path) if genuine else None)


def after(who: Signed, number: str, path: str) -> str:
    """Return the address of a request's page that says what was done; only its session can."""
    return f"{address(number)}?done={path}&seal={sealed(who, number, path)}"


async def page(
    own: Personal,
    request: Request,
    dossier: Dossier,
    *,
    status: int = 200,
    notice: str | None = None,
    refusal: str | None = None,
    typed: Typed | None = None,
) -> Response:
    """Return a request's page; ``refusal`` says why something was not done."""
    site, sent, now = own.site, dossier.request, dossier.progress
    library = site.answers.library
    order = library.get(sent.directive)
    version = next((d for d in library.directives if d.sha256 == sent.sha256), order)
    narrow = only_shown(dossier)
    consenting = await site.bridge.run(_consenting, own, library.current(sent.directive), dossier)
    permission = None if narrow else await site.bridge.run(_permission, own, dossier)
    shown_in = dossier.viewer.key in now.consents
    counted = Counter(now.consents.values())
    content = told(sent.content, site.desk.questions) if not narrow or shown_in else ()
    image = await site.bridge.run(_image, own, dossier) if content else None
    noes = [label for label, value in content if value == Reply.NO and label not in _LABELS]
    return site.pages.show(
        request,
        "record.html",
        status=status,
        notice=notice,
        refusal=refusal,
        typed=typed,
        sent=sent,
        one=dossier,
        now=now,
        narrow=narrow,
        shown_in=shown_in,
        answer=now.consents.get(dossier.viewer.key),
        name=order.name if order else sent.directive,
        changed=order is None or order.sha256 != sent.sha256,
        clauses=rows(version, sent.clauses) if version else (),
        consenting=consenting,
        image=image,
        content=[(label, value) for label, value in content if label not in noes],
        noes=noes,
        asked=[dossier.names[key] for key in now.consents],
        agreed=counted[Consent.AGREED],
        open_=counted[Consent.ASKED],
        permission=permission,
        timeline=timeline(dossier),
        ways=[(path, way) for path, way in WAYS.items() if way.kind in dossier.may],
        change=Happened.EDITED in dossier.may,
        most=MOST_WORDS,
        remind_after=own.remind_after,
        pass_on_after=own.pass_on_after,
        reading=lambda section: site.links.clause(
            sent.directive, section, version=library.dated(sent.directive, sent.effective)
        ),
    )


def _permission(own: Personal, dossier: Dossier) -> Permission | None:
    """Return the newest permission, None where none was granted yet."""
    slips, number = own.bureau.slips, dossier.request.reference
    issued = slips.issued(number)
    found = slips.check(issued.request, issued.code) if issued is not None else None
    if issued is None or found is None:
        return None
    try:
        slips.slip(number, named=dossier.own)
    except NoSlip:
        printed = False
    else:
        printed = True
    check = f"{CHECK}{issued.request}-{issued.code}"
    return Permission(found, SAID[found.stand], found.stand is Stand.VALID, check, printed)


def _image(own: Personal, dossier: Dossier) -> bool | None:
    """Return whether the image is on file as it was sent; None for whoever may not see one."""
    image, images = dossier.request.content.image, own.bureau.images
    if image is None or images is None or not dossier.sees_image:
        return None
    return images.whole(image.sha256)


def _consenting(own: Personal, order: Directive | None, dossier: Dossier) -> tuple[Row, ...]:
    """Return the clauses by which the consent of those shown is sought, as the order words it."""
    if order is None or not dossier.progress.consents:
        return ()
    sections = own.site.desk.consent_sections(order, dossier.request.content)
    return rows(order, sections)
