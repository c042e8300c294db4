"""The image on the form of a request: taken with the form, shown there, and taken out again.

Only whoever is signed in as the one who asks adds one or sees it. A signed link alone opens the
form, and not the image in it.
"""

import hmac
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import urlencode

from starlette.requests import Request

from bot.approvals.desk import IMAGE_GONE, Opened
from bot.approvals.filling import Filled
from bot.approvals.image import IMAGE, LARGE, LARGEST_FILE, Holds, Image, ImageRefused
from bot.asker import Asker
from bot.audit.refusals import IMAGE as IMAGE_SUBJECT
from bot.web.form import Entry
from bot.web.pages import Signed, signed
from bot.web.signed import FORM
from bot.web.site import Site
from bot.web.upload import Sent

FIELD = "image"
OUT = "image-out"
DESCRIBE = (
    "What can be seen, heard or read, in words, with uniforms, badges, vehicles, equipment, places "
    "and anything else that can be recognised. It is needed with an image too."
)
ADVICE = {
    Holds.PLACE: "Whoever gets the file can read that place. To leave it out, save a copy without "
    "location, or make a screenshot, and choose that instead.",
    Holds.SECOND: "To leave it out, make a screenshot and choose that instead.",
}
_NOT_SIGNED = (
    "The image was not taken: you are not signed in as the one who asks. Sign in, then choose it "
    "again."
)
_BEFORE = "The image was not taken: this page was opened before you signed in. Choose it again."


class Attached(NamedTuple):
    """The part of a form that is about the image.

    ``may``: one can be added here. ``shown`` is the address of the one there is, for whoever may
    see it. ``most`` in bytes.
    """

    taking: bool
    may: bool
    image: Image | None = None
    shown: str | None = None
    error: str | None = None
    most: int = LARGEST_FILE


def owner(request: Request, asker: Asker) -> Signed | None:
    """Return who is signed in, if they are the one who asks."""
    who = signed(request)
    return who if who is not None and who.asker == asker else None


def lets_in(site: Site, request: Request) -> bool:
    """Whether a form may bring a file at all, before it is known whose form it is."""
    images = site.desk.images
    return images is not None and images.taking and signed(request) is not None


def attached(
    site: Site, request: Request, opened: Opened, filled: Filled, address: str, error: str | None
) -> Attached | None:
    """Return what the form says of the image, None where there is none and none is taken."""
    images = site.desk.images
    taking, image = images is not None and images.taking, filled.image
    if not (taking or image or error):
        return None
    who = owner(request, opened.asker)
    shown = None
    if image is not None and who is not None:
        shown = f"{address}{'&' if '?' in address else '?'}{urlencode({FIELD: image.sha256})}"
    return Attached(taking, taking and who is not None, image, shown, error)


def described(entry: Entry) -> Entry:
    """Return a field as it is asked for beside an image."""
    if entry.field.name != "description":
        return entry
    return entry.model_copy(update={"field": entry.field._replace(hint=DESCRIBE)})


def wrong(image: Attached | None) -> Iterator[tuple[str, str]]:
    """Yield the place and the label of what is wrong with the image."""
    if image is not None and image.error:
        yield f"field-{FIELD}", IMAGE


async def taken(
    site: Site, request: Request, opened: Opened, filled: Filled, came: Sent
) -> tuple[Filled, dict[str, str]]:
    """Return the form with the image that it names or brings, and what is wrong with that."""
    images, answer = site.desk.images, opened.vouched.answer
    if images is None:
        return filled, {}
    named, errors = str(came.form.get(FIELD, "")), {}
    image = await site.bridge.run(images.find, answer, named) if named else None
    if named and image is None:
        errors[FIELD] = IMAGE_GONE
    if came.form.get(OUT) == "yes":
        image, errors = None, {}
    if came.file is not None:
        who = owner(request, opened.asker)
        refusal = _refusal(who, came)
        try:
            if refusal is not None:
                raise ImageRefused(refusal)
            image = await site.bridge.run(images.take, answer, came.file, opened.expires)
            errors = {}
        except ImageRefused as refused:
            await site.bridge.run(
                site.desk.refusals.add, IMAGE_SUBJECT, "a file", who and who.asker
            )
            errors = {FIELD: str(refused)}
    return filled.model_copy(update={"image": image}), errors


def _refusal(who: Signed | None, came: Sent) -> str | None:
    """Return why a file is not even looked at, or None."""
    if who is None:
        return _NOT_SIGNED
    if came.cut:
        return LARGE
    form = str(came.form.get(FORM, ""))
    return None if hmac.compare_digest(form.encode(), who.form.encode()) else _BEFORE
