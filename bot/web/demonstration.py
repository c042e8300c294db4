"""The console's demonstration: whom a request would pass, on a roster of invented people."""

from collections.abc import Iterable
from datetime import date

from pydantic import BaseModel

from bot.answer import Answer
from bot.roster.deciding import Actor, Authority, Role, deciders
from bot.roster.person import Person
from bot.roster.roster import Roster
from bot.roster.route import route
from index.directive import FROZEN


class Demonstration(BaseModel):
    """The steps for an invented requester: each name of a step and who would act, or why nobody.

    ``says`` are what the page has to say of who decides.
    """

    model_config = FROZEN

    requester: str
    steps: tuple[tuple[str, str], ...]
    says: tuple[str, ...] = ()


def demonstration(
    answer: Answer, name: str, roster: Roster | None, on: date
) -> Demonstration | None:
    """Return whom the request that an answer offers would pass on a sample roster, if there is one.

    The requester is the first of the lowest rank; ``name`` is the directive's, as in "GO 5.14".
    """
    approval = answer.approval
    if roster is None or not approval.offered or approval.kind is None:
        return None
    requester = _lowest(roster)
    authority = Authority(directive=name, by=approval.decided_by, kind=approval.kind)
    found = deciders(roster, authority, requester, on)
    steps = [
        (step.name, _named(step.may) or step.skipped or "") for step in route(roster, requester, on)
    ]
    if not found.may:
        steps = []
    elif steps:
        steps[-1] = (f"{found.post}, who decides", _named(found.may))
    return Demonstration(
        requester=f"{requester.name}, {requester.standing}", steps=tuple(steps), says=found.says
    )


def _lowest(roster: Roster) -> Person:
    order = {rank: place for place, rank in enumerate(roster.ranks)}
    return min(roster.people, key=lambda p: order.get(p.rank or "", len(order)))


def _named(actors: Iterable[Actor]) -> str:
    return " or ".join(
        actor.person.name
        if actor.role in (Role.IN_PERSON, Role.HOLDER)
        else f"{actor.person.name} ({actor.role})"
        for actor in actors
    )
