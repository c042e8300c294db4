"""The events of a request, as lines of the audit chain: written there and read from there only."""

from collections.abc import Iterator, Mapping, Sequence

from bot.approvals.event import Event, Happened
from bot.audit.chain import Head
from bot.audit.store import Recording, lines_of, words_of
from bot.database import Connection

_AT_ONCE = 100  # requests a query; databases bound how many values one may name
_OF_THE_LINE = frozenset({"request", "kind", "at", "actor", "words"})


def record(recording: Recording, event: Event) -> Head:
    """Add an event to the chain and return the head after it; the line has the event's time."""
    facts = event.model_dump(mode="json", exclude=set(_OF_THE_LINE), exclude_defaults=True)
    return recording.add(
        event.request, event.kind.value, actor=event.actor, facts=facts, words=event.words
    )


def history(connection: Connection, request: str) -> tuple[Event, ...]:
    """Return what happened to a request, in order; words that were erased are null."""
    return tuple(_events(connection, (request,)))


def histories(connection: Connection, requests: Sequence[str]) -> Mapping[str, tuple[Event, ...]]:
    """Return what happened to each of many requests, in order, by their numbers."""
    found: dict[str, list[Event]] = {request: [] for request in requests}
    for start in range(0, len(requests), _AT_ONCE):
        for event in _events(connection, requests[start : start + _AT_ONCE]):
            found[event.request].append(event)
    return {request: tuple(events) for request, events in found.items()}


def _events(connection: Connection, requests: Sequence[str]) -> Iterator[Event]:
    lines = lines_of(connection, *requests)
    written = words_of(connection, tuple(one.line.number for one in lines))
    for one in lines:
        yield Event(
            request=one.line.subject,
            kind=Happened(one.line.kind),
            at=one.line.at,
            actor=one.line.actor,
            words=written.get(one.line.number, ("", None))[1],
            **one.line.facts,
        )
