"""The chain: each line's seal covers the line and the seal before it, under the Department's key.

HMAC-SHA-256 as in RFC 2104. What somebody wrote is not in a line; its salted hash is, so that the
words can be erased under a retention rule and the chain still holds.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from datetime import datetime

from pydantic import BaseModel, JsonValue

from index.directive import FROZEN

FIRST = "0" * 64
_PURPOSE = b"policybot audit chain 1"


class Line(BaseModel):
    """One line of the record, without its seal; ``number`` counts from 1 without gaps.

    ``subject`` is the number of a request or the name of what was changed, ``facts`` hold no words
    that people wrote, ``words`` is the hash of those words with their salt, or null.
    """

    model_config = FROZEN

    number: int
    at: datetime
    subject: str
    kind: str
    actor: str | None
    facts: Mapping[str, JsonValue]
    words: str | None

    def canonical(self) -> bytes:
        """Return the one spelling of the line that is sealed: JSON, keys in order, UTF-8."""
        return json.dumps(
            self.model_dump(mode="json"), ensure_ascii=False, sort_keys=True, separators=(",", ":")
        ).encode()


class Sealed(BaseModel):
    """A line as it is kept, with its seal."""

    model_config = FROZEN

    line: Line
    seal: str


class Head(BaseModel):
    """How long the chain is, and its last seal."""

    model_config = FROZEN

    number: int
    seal: str


class Fault(BaseModel):
    """Something that is not as it was written; ``number`` is the line it shows at."""

    model_config = FROZEN

    number: int
    what: str


class Verified(BaseModel):
    """What a check of the chain found; it vouches up to line ``vouched``, by a checkpoint.

    Lines after the last checkpoint are only as good as their seals: a tail cut off behind it would
    not show.
    """

    model_config = FROZEN

    lines: int
    vouched: int
    faults: tuple[Fault, ...]


def audit_key(secret: str) -> bytes:
    """Return the key of the chain, which is not the key of anything else."""
    return hmac.new(secret.encode(), _PURPOSE, hashlib.sha256).digest()


def seal(key: bytes, before: str, line: Line) -> str:
    """Return the seal of a line that follows one sealed ``before``: 64 hexadecimal digits."""
    return hmac.new(key, before.encode() + line.canonical(), hashlib.sha256).hexdigest()


def words_hash(salt: str, words: str) -> str:
    """Return the hash that stands for words in a line; without the salt it cannot be guessed at."""
    return hashlib.sha256(f"{salt}\n{words}".encode()).hexdigest()


def verify(
    key: bytes,
    lines: Iterable[Sealed],
    written: Mapping[int, tuple[str, str]],
    checkpoints: Iterable[Head],
) -> Verified:
    """Return what a check of lines, in the order of their numbers, finds.

    ``written`` holds salt and words that are still kept, by line number. Every checkpoint must name
    a line that is there with that seal.
    """
    faults: list[Fault] = []
    before, number = FIRST, 0
    seals = {number: before}
    for one in lines:
        line = one.line
        if line.number != number + 1:
            faults.append(Fault(number=line.number, what=_gap(number, line.number)))
        elif not hmac.compare_digest(seal(key, before, line), one.seal):
            faults.append(
                Fault(number=line.number, what="the line or the one before it was changed")
            )
        if line.number in written:
            salt, words = written[line.number]
            if words_hash(salt, words) != line.words:
                faults.append(Fault(number=line.number, what="the words kept with it were changed"))
        before, number = one.seal, line.number
        seals[line.number] = one.seal
    vouched = 0
    for point in checkpoints:
        if point.number > number:
            faults.append(
                Fault(number=point.number, what=f"the record ends at {number}: its tail was cut")
            )
        elif seals.get(point.number) != point.seal:
            faults.append(Fault(number=point.number, what="not the line that a checkpoint saw"))
        else:
            vouched = max(vouched, point.number)
    unvouched = min((fault.number for fault in faults), default=vouched + 1)
    return Verified(lines=len(seals) - 1, vouched=min(vouched, unvouched - 1), faults=tuple(faults))


def _gap(before: int, number: int) -> str:
    if number <= before:
        return "the line stands there twice"
    missing = number - before - 1
    return f"{missing} {'line is' if missing == 1 else 'lines are'} missing before it"
