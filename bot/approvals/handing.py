"""Packets are handed out: what is asked for is gathered, written into a folder, and recorded."""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import BaseModel, JsonValue

from bot.approvals.account import Entry, account, images_of
from bot.approvals.deed import NoSuchRequest
from bot.approvals.images import Images
from bot.approvals.request import Request
from bot.approvals.store import RequestStore
from bot.audit.chain import FIRST, Sealed, Verified
from bot.audit.packet import EVENTS, IMAGES, Packet, files
from bot.audit.store import AuditStore, Recording, every_line, words_of
from bot.errors import AssistantError
from bot.roster.roster import Roster
from index.directive import FROZEN

SUBJECT = "export"
MADE = "packet made"


class Asked(BaseModel):
    """What a packet is about: one request, or the days from ``since`` to ``until``, both included.

    With none of them it is about everything.
    """

    model_config = FROZEN

    request: str | None = None
    since: date | None = None
    until: date | None = None

    @property
    def scope(self) -> str:
        """What was asked for, in words."""
        if self.request is not None:
            return f"Everything about request {self.request}."
        if self.since is None and self.until is None:
            return "Everything on record."
        first = f" from {self.since}" if self.since is not None else ""
        last = f" to {self.until}" if self.until is not None else ""
        return f"Everything on record{first}{last}."


class Handing(BaseModel):
    """A packet that was handed out: where, and how many lines it has."""

    model_config = FROZEN

    folder: Path
    lines: int
    files: tuple[str, ...]


def as_data(request: Request, entries: tuple[Entry, ...], *, held: bool) -> dict[str, JsonValue]:
    """Return a request with its timeline as JSON has it; the shape is fixed."""
    timeline: list[JsonValue] = [one.model_dump(mode="json") for one in entries]
    return {**request.model_dump(mode="json"), "held": held, "timeline": timeline}


def hand_out(
    asked: Asked,
    folder: Path,
    *,
    audit: AuditStore,
    store: RequestStore,
    images: Images,
    roster: Roster | None,
    held: frozenset[str],
    department: str,
    zone: ZoneInfo,
    verified: Verified,
) -> Handing:
    """Write a packet into a new or empty folder, and record that it was made, without words.

    Images are in it as they were sent; one that is missing or changed is a fault of ``verified``.

    Raise NoSuchRequest, and AssistantError where the folder holds something or cannot be written;
    then nothing is recorded.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise AssistantError(f"{str(folder)!r} holds something already. Name an empty folder.")
    with audit.recording() as recording:
        packet = _packet(recording, asked, store, roster, held, department, zone, verified)
        sent = dict(_images(recording, packet, store, images))
        packet = packet.model_copy(update={"images": sent})
        made = files(packet)
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if sent:
                (folder / IMAGES).mkdir(mode=0o700)
            for name, data in (*made.items(), *_read(images, sent)):
                (folder / name).touch(mode=0o600)
                (folder / name).write_bytes(data)
        except OSError as error:
            raise AssistantError(
                f"{str(folder)!r} cannot be written ({error.strerror}). Name another folder."
            ) from None
        facts: dict[str, JsonValue] = {
            **asked.model_dump(mode="json", exclude_none=True),
            "lines": len(packet.lines),
            "sha256": hashlib.sha256(made[EVENTS]).hexdigest(),
        }
        recording.add(SUBJECT, MADE, facts=facts)
    return Handing(folder=folder, lines=len(packet.lines), files=(*made, *sent))


def _packet(
    recording: Recording,
    asked: Asked,
    store: RequestStore,
    roster: Roster | None,
    held: frozenset[str],
    department: str,
    zone: ZoneInfo,
    verified: Verified,
) -> Packet:
    connection = recording.connection
    every = every_line(connection)
    before = {one.line.number: FIRST for one in every[:1]}
    before |= {one.line.number: last.seal for last, one in pairwise(every)}
    lines = tuple(one for one in every if _wanted(one, asked, zone))
    subjects = {one.line.subject for one in lines}
    requests = tuple(one for one in store.all() if one.reference in subjects)
    if asked.request is not None and not requests:
        raise NoSuchRequest(
            f"Request {asked.request!r} is not on file. See 'policybot requests list'."
        )
    numbers = {one.line.number for one in lines}
    written = {number: kept for number, kept in words_of(connection).items() if number in numbers}
    return Packet(
        department=department,
        scope=asked.scope,
        made=recording.at,
        lines=lines,
        before={number: before[number] for number in numbers},
        written=written,
        requests=tuple(
            as_data(one, account(connection, one, roster), held=one.reference in held)
            for one in requests
        ),
        verified=verified,
    )


def _images(
    recording: Recording, packet: Packet, store: RequestStore, images: Images
) -> Iterator[tuple[str, str]]:
    """Yield the name in the packet and the SHA-256 of each image that is on file as it was sent."""
    subjects = {one.line.subject for one in packet.lines}
    for request in store.all():
        if request.reference not in subjects:
            continue
        for version, sha256 in images_of(recording.connection, request):
            image = images.find(request.answer, sha256)
            if image is not None and images.whole(sha256):
                name = f"{IMAGES}/{request.reference}-{version}.{image.kind.ending}"
                yield name, sha256


def _read(images: Images, sent: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
    """Yield the images one by one: all of them may be more than the memory holds."""
    for name, sha256 in sent.items():
        yield name, images.data(sha256)


def _wanted(one: Sealed, asked: Asked, zone: ZoneInfo) -> bool:
    line = one.line
    if asked.request is not None:
        number = asked.request.upper()
        return line.subject == number or line.facts.get("request") == number
    on = line.at.astimezone(zone).date()
    early = asked.since is not None and on < asked.since
    late = asked.until is not None and on > asked.until
    return not (early or late)
