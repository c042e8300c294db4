"""Retention: what was written for requests that ended long enough ago is erased, by a stated rule.

The lines of the record stay, and with them who did what and when; the chain still holds. Without a
rule nothing is ever erased, and nothing of a request on hold is.
"""

from datetime import datetime, timedelta

from pydantic import BaseModel, JsonValue

from bot.answered import erase_questions
from bot.approvals.account import erased_content, is_erased
from bot.approvals.event import Happened
from bot.approvals.history import history
from bot.approvals.images import Images
from bot.approvals.progress import ENDED, progress
from bot.approvals.request import Request
from bot.approvals.store import RequestStore
from bot.audit.holds import held
from bot.audit.store import AuditStore, erase_words, lines_of, words_of
from bot.database import Connection
from index.directive import FROZEN

SUBJECT = "retention"
ERASED = "erased"
ASKED_ERASED = "questions erased"


class Due(BaseModel):
    """A request that the rule reaches: when it ended, and whether a hold keeps it."""

    model_config = FROZEN

    request: str
    ended: datetime
    held: bool
    words: int


def due(connection: Connection, store: RequestStore, days: int, at: datetime) -> tuple[Due, ...]:
    """Return what the rule reaches at a time and is not erased yet, the oldest first."""
    holds = held(connection)
    found = []
    for request in reversed(store.all()):
        one = _due(connection, request, request.reference in holds)
        if one is not None and at - one.ended > timedelta(days=days):
            found.append(one)
    return tuple(found)


def erase(audit: AuditStore, store: RequestStore, images: Images, days: int) -> tuple[Due, ...]:
    """Erase what the rule reaches, each request in a transaction of its own; return what was.

    Its images go with it, those of earlier versions too.
    """
    with audit.recording() as recording:
        waiting = due(recording.connection, store, days, recording.at)
    done = tuple(one for one in waiting if not one.held and _erase(audit, store, one, days))
    images.sweep()
    return done


def erase_asked(audit: AuditStore, days: int) -> int:
    """Erase the words of questions older than the rule lets them be, and return of how many.

    While a hold is set on any request none is: nobody knows which question it will turn on.
    """
    with audit.recording() as recording:
        connection = recording.connection
        if held(connection):
            return 0
        found = erase_questions(connection, recording.at - timedelta(days=days))
        if found:
            recording.add(SUBJECT, ASKED_ERASED, facts={"questions": found, "rule": days})
    return found


def _erase(audit: AuditStore, store: RequestStore, one: Due, days: int) -> bool:
    with audit.recording() as recording:
        connection = recording.connection
        request = store.by_reference(one.request)
        if request is None or one.request in held(connection):
            return False
        sha256 = progress(history(connection, one.request)).content
        words = erase_words(connection, _numbers(connection, one.request))
        Images.forget(connection, request.answer, recording.at)
        store.replace_content(connection, request, erased_content(request.content, sha256))
        facts: dict[str, JsonValue] = {
            "request": one.request,
            "days": days,
            "content": sha256,
            "words": words,
        }
        recording.add(SUBJECT, ERASED, facts=facts)
    return True


def _due(connection: Connection, request: Request, on_hold: bool) -> Due | None:
    events = history(connection, request.reference)
    if not events:
        return None
    now = progress(events)
    if now.ended not in ENDED:
        return None
    words = len(words_of(connection, _numbers(connection, request.reference)))
    if not words and is_erased(request.content, now.content):
        return None
    # After the end only refused attempts follow.
    moved = [event for event in events if event.kind is not Happened.REFUSED]
    return Due(request=request.reference, ended=moved[-1].at, held=on_hold, words=words)


def _numbers(connection: Connection, request: str) -> tuple[int, ...]:
    return tuple(one.line.number for one in lines_of(connection, request))
