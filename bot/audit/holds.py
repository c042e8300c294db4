"""Legal holds: lines of the record; while one is set on a request, nothing of it is erased."""

from enum import StrEnum

from bot.audit.store import AuditStore, lines_of
from bot.database import Connection
from bot.errors import AssistantError

SUBJECT = "hold"


class Held(StrEnum):
    """What a line about a hold says."""

    SET = "hold set"
    LIFTED = "hold lifted"


class HoldRefused(AssistantError):
    """A hold that is set already, or none to lift; the message says which."""


def held(connection: Connection) -> frozenset[str]:
    """Return the numbers of the requests on which a hold is set."""
    found: set[str] = set()
    for one in lines_of(connection, SUBJECT):
        number = str(one.line.facts["request"])
        (found.add if one.line.kind == Held.SET else found.discard)(number)
    return frozenset(found)


def hold(audit: AuditStore, number: str, reason: str) -> None:
    """Set a hold; raise HoldRefused where one is set, or where no reason is given."""
    if not reason.strip():
        raise HoldRefused("A hold needs a reason. Give one with --reason.")
    with audit.recording() as recording:
        if number in held(recording.connection):
            raise HoldRefused(f"Request {number} is held already.")
        recording.add(SUBJECT, Held.SET, facts={"request": number}, words=reason.strip())


def release(audit: AuditStore, number: str, reason: str | None = None) -> None:
    """Lift a hold; raise HoldRefused where none is set."""
    with audit.recording() as recording:
        if number not in held(recording.connection):
            raise HoldRefused(f"Request {number} is not held.")
        recording.add(SUBJECT, Held.LIFTED, facts={"request": number}, words=reason)
