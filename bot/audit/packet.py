"""A packet for a records request: the lines asked for, what is still kept of their words, the seals
that hold them together, a summary to print, and how to check it.
"""

import csv
import hashlib
import io
import json
from collections.abc import Iterator, Mapping
from datetime import datetime

from pydantic import BaseModel, JsonValue

from bot.audit.chain import Sealed, Verified
from index.directive import FROZEN

EVENTS, TABLE, REQUESTS, SEALS, SUMMARY, HOW, IMAGES = (
    "events.json",
    "events.csv",
    "requests.json",
    "seals.csv",
    "summary.pdf",
    "README.txt",
    "images",
)
_FORMULAS = ("=", "+", "-", "@", "\t", "\r")
_HOW = """\
What this folder holds

{events}    the lines of the record that were asked for, each as it is sealed, with what people
             wrote as far as it is kept ("written"; null where none was or where it was erased)
{table}     the same as a table
{requests}  the requests as they are on file; null where none was asked for
{seals}      for each line its seal and the seal of the line before it
{summary}    the same to read
{images}      where requests have images: each file as it was sent, by request and version; "image"
             in its line is its SHA-256
SHA256SUMS   the SHA-256 of each file

How to check it

1. The files: sha256sum -c SHA256SUMS
2. What people wrote: "line"."words" must be the SHA-256 of salt, one LF, and the words, in UTF-8.
3. The seals: seal = HMAC-SHA-256(key, before + line). "before" is the seal of the line before, as
   64 hexadecimal digits (64 zeros before line 1). "line" is the object "line" as JSON in UTF-8, its
   keys in order, no spaces between, letters outside ASCII as they are. Only the Department has the
   key, so only it can do this: 'policybot audit verify' checks the whole record on its machine.
4. That nothing is missing between the lines: their numbers count from 1 without gaps over the whole
   record. A packet about one request or some days leaves out the others.

Times are in UTC. Nothing in this folder is changed or left out by hand.
"""


class Packet(BaseModel):
    """What goes into a packet.

    ``scope`` says what was asked for, ``before`` is the seal before each line by its number,
    ``written`` salt and words that are kept, ``requests`` what is on file of them, ``images`` the
    SHA-256 of each image by its name in the folder.
    """

    model_config = FROZEN

    department: str
    scope: str
    made: datetime
    lines: tuple[Sealed, ...]
    before: Mapping[int, str]
    written: Mapping[int, tuple[str, str]]
    requests: tuple[dict[str, JsonValue], ...]
    images: Mapping[str, str] = {}
    verified: Verified


def files(packet: Packet) -> dict[str, bytes]:
    """Return the packet's files by their names, but for the images."""
    made = {
        EVENTS: _json({"scope": packet.scope, "lines": [*_lines(packet)]}),
        TABLE: _csv(_HEADINGS, _rows(packet)),
        REQUESTS: _json({"requests": [*packet.requests]}),
        SEALS: _csv(("number", "before", "seal"), _seals(packet)),
        SUMMARY: _summary(packet),
        HOW: _HOW.format(
            events=EVENTS,
            table=TABLE,
            requests=REQUESTS,
            seals=SEALS,
            summary=SUMMARY,
            images=IMAGES,
        ).encode(),
    }
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in made.items()}
    sums = "".join(f"{sha256}  {name}\n" for name, sha256 in {**hashes, **packet.images}.items())
    return {**made, "SHA256SUMS": sums.encode()}


def condition(found: Verified) -> str:
    """Return in a sentence what a check of the record found."""
    if found.faults:
        at = ", ".join(str(number) for number in sorted({one.number for one in found.faults}))
        return (
            f"The record does not hold: something is wrong at line {at}. "
            f"It vouches up to line {found.vouched} of {found.lines}."
        )
    behind = found.lines - found.vouched
    more = f" {behind} after it are as good as their seals." if behind else ""
    return (
        f"The record holds: {found.lines} lines, no fault. "
        f"A checkpoint vouches up to line {found.vouched}.{more}"
    )


_HEADINGS = ("number", "at", "subject", "kind", "actor", "facts", "words", "seal")


def _lines(packet: Packet) -> Iterator[dict[str, JsonValue]]:
    for one in packet.lines:
        salt, words = packet.written.get(one.line.number, (None, None))
        line: JsonValue = one.line.model_dump(mode="json")
        written: JsonValue = None if words is None else {"salt": salt, "words": words}
        yield {"line": line, "seal": one.seal, "written": written}


def _rows(packet: Packet) -> Iterator[tuple[str, ...]]:
    for one in packet.lines:
        line = one.line
        yield (
            str(line.number),
            line.at.isoformat(),
            line.subject,
            line.kind,
            line.actor or "",
            json.dumps(dict(line.facts), ensure_ascii=False, sort_keys=True),
            packet.written.get(line.number, ("", ""))[1],
            one.seal,
        )


def _seals(packet: Packet) -> Iterator[tuple[str, ...]]:
    for one in packet.lines:
        yield str(one.line.number), packet.before[one.line.number], one.seal


def _summary(packet: Packet) -> bytes:
    from bot.paper import Block, Document, Style, typeset

    blocks = [
        Block(style=Style.SMALL, text=packet.department),
        Block(style=Style.TITLE, text="From the record"),
        Block(style=Style.WORDS, text=packet.scope),
        Block(style=Style.WORDS, text=f"Made {_time(packet.made)}. {condition(packet.verified)}"),
        Block(style=Style.WORDS, text=f"Lines in this packet: {len(packet.lines)}."),
        Block(style=Style.HEADING, text="What happened"),
    ]
    for one in packet.lines:
        line = one.line
        by = f", by {line.actor}" if line.actor else ""
        label = f"{line.number}   {_time(line.at)}   seal {one.seal[:16]}"
        blocks.append(Block(style=Style.LABEL, text=label))
        blocks.append(Block(style=Style.WORDS, text=f"{line.subject}: {line.kind}{by}"))
        if line.words is not None:
            words = packet.written.get(line.number, ("", "Erased."))[1]
            blocks.append(Block(style=Style.QUOTE, text=words))
    title = f"From the record of {packet.department}"
    foot = f"{title}."
    return typeset(Document(title=title, author=packet.department, foot=foot, blocks=tuple(blocks)))


def _time(value: datetime) -> str:
    return f"{value:%Y-%m-%d %H:%M} UTC"


def _json(data: object) -> bytes:
    return (json.dumps(data, ensure_ascii=False, indent=2) + "\n").encode()


def _csv(headings: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> bytes:
    """Return a table; what a spreadsheet would take for a formula begins with an apostrophe."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(headings)
    for row in rows:
        writer.writerow([f"'{cell}" if cell.startswith(_FORMULAS) else cell for cell in row])
    return buffer.getvalue().encode()
