"""What rested on clauses that another version changes: answers, requests, permissions."""

from collections.abc import Iterator
from datetime import date, datetime
from enum import StrEnum

from pydantic import BaseModel

from bot.answered import Answered, AnswersGiven
from bot.approvals.history import histories
from bot.approvals.progress import Progress, State, progress
from bot.approvals.request import Request
from bot.approvals.sending import wording_hash
from bot.approvals.store import RequestStore
from bot.database import Engine, reading
from index.directive import FROZEN, Directive
from index.library import Library
from index.redline import Redline, compare


class Kind(StrEnum):
    """What rested on a clause."""

    ANSWER = "answer"
    REQUEST = "request"
    PERMISSION = "permission"


class Rested(BaseModel):
    """One of them: its id or number, when it was given or sent, and the sections it rested on.

    ``sections`` are those of its own version that another one touches; ``state`` is where a request
    stands, None for an answer.
    """

    model_config = FROZEN

    kind: Kind
    id: str
    at: datetime
    effective: date
    sections: tuple[str, ...]
    state: State | None = None


class Touched(BaseModel):
    """Everything that rested on what a redline touches, the newest first."""

    model_config = FROZEN

    redline: Redline
    rested: tuple[Rested, ...]

    def of(self, kind: Kind) -> tuple[Rested, ...]:
        """Return what is of one kind."""
        return tuple(one for one in self.rested if one.kind is kind)


def touched(
    engine: Engine, store: RequestStore, library: Library, old: Directive, new: Directive
) -> Touched:
    """Return what rested on clauses of ``old`` that are not in ``new`` as they were.

    An answer of an earlier version counts where the clause had the same words in it. Of requests
    those that are open count, and permissions in effect on the library's day, with those that the
    change has ended. They name their clauses by sections, so another section ends them too.
    """
    found = compare(old, new)
    given = AnswersGiven(engine).since()
    requests = [one for one in store.all() if one.directive == old.number]
    with reading(engine) as connection:
        events = histories(connection, [one.reference for one in requests])
    today = library.today()
    rested = [
        *(one for answer in given for one in _answer(answer, library, old, found)),
        *(
            one
            for request in requests
            if events[request.reference]
            for one in _request(
                request, progress(events[request.reference]), (old, new), found, today
            )
        ),
    ]
    return Touched(
        redline=found, rested=tuple(sorted(rested, key=lambda one: one.at, reverse=True))
    )


def _answer(answer: Answered, library: Library, old: Directive, found: Redline) -> Iterator[Rested]:
    own = next((one for one in answer.directives if one.number == old.number), None)
    version = library.version(own.number, own.effective) if own is not None else None
    if version is None:
        return
    head = f"{old.number} § "
    cited = [one.removeprefix(head) for one in answer.sections if one.startswith(head)]
    sections = tuple(s for s in cited if s in found.affected and _same(version, old, s))
    if sections:
        yield Rested(
            kind=Kind.ANSWER,
            id=answer.id,
            at=answer.at,
            effective=version.effective,
            sections=sections,
        )


def _request(
    request: Request,
    now: Progress,
    versions: tuple[Directive, Directive],
    found: Redline,
    today: date,
) -> Iterator[Rested]:
    old, new = versions
    if now.wording != wording_hash(old, now.clauses):
        return
    gone = {one for one in now.clauses if not _same(old, new, one)}
    sections = tuple(one for one in now.clauses if one in found.affected | gone)
    alive = now.ended is None or now.ended is State.VOID
    before = now.model_copy(update={"ended": None})
    if not alive or not sections or (now.last_day is not None and now.last_day < today):
        return
    yield Rested(
        kind=Kind.PERMISSION if before.state is State.IN_EFFECT else Kind.REQUEST,
        id=request.reference,
        at=request.created,
        effective=request.effective,
        sections=sections,
        state=now.state,
    )


def _same(one: Directive, other: Directive, section: str) -> bool:
    """Whether a section has the same words in two versions."""
    if one is other:
        return True
    clause, there = one.clause(section), other.clause(section)
    return clause is not None and there is not None and clause.text == there.text
