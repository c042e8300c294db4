"""The events of a request, as lines of the audit chain: written there and read from there only."""

from bot.approvals.event import Event, Happened
from bot.audit.chain import Head
from bot.audit.store import Recording, lines_of, words_of
from bot.database import Connection

_OF_THE_LINE = frozenset({"request", "kind", "at", "actor", "words"})


def record(recording: Recording, event: Event) -> Head:
    """Add an event to the chain and return the head after it; the line has the event's time."""
    facts = event.model_dump(mode="json", exclude=set(_OF_THE_LINE), exclude_defaults=True)
    return recording.add(
        event.request, event.kind.value, actor=event.actor, facts=facts, words=event.words
    )


def history(connection: Connection, request: str) -> tuple[Event, ...]:
    """Return what happened to a request, in order; words that were erased are null."""
    lines = lines_of(connection, request)
    written = words_of(connection, tuple(one.line.number for one in lines))
    return tuple(
        Event(
            request=request,
            kind=Happened(one.line.kind),
            at=one.line.at,
            actor=one.line.actor,
            words=written.get(one.line.number, ("", None))[1],
            **one.line.facts,
        )
        for one in lines
    )
