"""The account of a request: every event with its line of the record, and whether its content is as
it was sent.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime

from pydantic import BaseModel, ValidationError

from bot.approvals.dossier import called
from bot.approvals.event import Consent, Endorsement, Event, Happened
from bot.approvals.history import history
from bot.approvals.progress import progress
from bot.approvals.request import Content, Request
from bot.approvals.sending import content_hash
from bot.audit.chain import Fault, Line
from bot.audit.store import lines_of
from bot.database import Connection
from bot.roster.roster import Roster
from index.directive import FROZEN

ERASED = "erased"
_CONTENTS = {Happened.SENT, Happened.EDITED}


class Entry(BaseModel):
    """One event as it is read back: ``line`` is its number in the record.

    ``name`` is how to call who acted, null for the assistant itself. ``words`` are null where none
    were written and where they were erased, which ``erased`` tells apart.
    """

    model_config = FROZEN

    line: int
    at: datetime
    kind: Happened
    version: int
    actor: str | None
    name: str | None
    capacity: str | None
    step: int | None
    endorsement: Endorsement | None
    consent: Consent | None
    until: date | None
    refused: str | None
    words: str | None
    erased: bool


def account(connection: Connection, request: Request, roster: Roster | None) -> tuple[Entry, ...]:
    """Return what happened to a request, in order."""
    lines = lines_of(connection, request.reference)
    events = history(connection, request.reference)
    return tuple(
        _entry(one.line.number, one.line.words is not None, event, request, roster)
        for one, event in zip(lines, events, strict=True)
    )


def _entry(line: int, worded: bool, event: Event, request: Request, roster: Roster | None) -> Entry:
    return Entry(
        line=line,
        at=event.at,
        kind=event.kind,
        version=event.version,
        actor=event.actor,
        name=called(roster, request, event.actor) if event.actor is not None else None,
        capacity=event.capacity,
        step=event.step,
        endorsement=event.endorsement,
        consent=event.consent,
        until=event.until,
        refused=event.refused,
        words=event.words,
        erased=worded and event.words is None,
    )


def changed_contents(connection: Connection, requests: tuple[Request, ...]) -> Iterator[Fault]:
    """Yield a fault for each content on file that is not the one that its events name."""
    for request in requests:
        lines = lines_of(connection, request.reference)
        if not lines:
            continue  # sent before there was a record
        now = progress(history(connection, request.reference))
        if is_erased(request.content, now.content) or content_hash(request.content) == now.content:
            continue
        last = [one.line.number for one in lines if one.line.kind in {k.value for k in _CONTENTS}]
        what = f"the content of {request.reference} on file is not the one recorded"
        yield Fault(number=last[-1], what=what)


def changed_images(
    connection: Connection, requests: tuple[Request, ...], whole: Callable[[str], bool]
) -> Iterator[Fault]:
    """Yield a fault for each image that the events name and that is not on file as it was sent.

    ``whole`` says so of an image by its SHA-256. Those of what was erased are gone rightly.
    """
    for request in requests:
        lines = lines_of(connection, request.reference)
        named = [one.line for one in lines if one.line.kind in _CONTENTS and _image(one.line)]
        if not named or _erased(connection, request):
            continue
        for line in named:
            if not whole(_image(line)):
                version = line.facts.get("version")
                what = f"the image of {request.reference}, version {version}, is missing or another"
                yield Fault(number=line.number, what=what)


def images_of(connection: Connection, request: Request) -> Iterator[tuple[int, str]]:
    """Yield the versions of a request that have an image, each with its SHA-256."""
    for event in history(connection, request.reference):
        if event.kind in _CONTENTS and event.image is not None:
            yield event.version, event.image


def _image(line: Line) -> str:
    return str(line.facts.get("image", ""))


def _erased(connection: Connection, request: Request) -> bool:
    now = progress(history(connection, request.reference))
    return is_erased(request.content, now.content)


def erased_content(before: Content, sha256: str) -> Content:
    """Return what stands in place of a content that was erased: a mark with its hash, and days."""
    mark = f"Erased under the Department's retention rule. SHA-256 of what stood here: {sha256}."
    return Content(
        material=before.material,
        platform=ERASED,
        description=mark,
        posting_from=before.posting_from,
        posting_until=before.posting_until,
    )


def is_erased(content: Content, sha256: str) -> bool:
    """Whether a content is the mark of one that was erased, with this hash."""
    try:
        return content == erased_content(content, sha256)
    except ValidationError:
        return False
