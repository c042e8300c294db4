"""The steps that a request takes through the roster, from the requester up to who decides.

Which steps there are is the department's own setting; an order that says "via the chain of command"
names none. Endorsing steps recommend and pass on; only the last one decides.
"""

from collections.abc import Iterator
from datetime import date

from pydantic import BaseModel

from bot.roster.deciding import Actor, Role, in_post, once, stand_ins
from bot.roster.person import Person
from bot.roster.roster import Post, Roster, RouteStep, StepKind
from index.directive import FROZEN

SUPERVISOR = "Supervisor"
NONE_ABOVE = "Nobody of this rank stands above the requester."
NO_SUPERVISOR = "No supervisor is on the roster."
VACANT = "The post is vacant."
SAME = "{names} endorses at an earlier step."
OWN = "The requester would be asked here."
BELOW = "{names} stands below the requester."
DECIDES = "{names} decides."
NOBODY_DECIDES = "The requester holds this post; nobody decides their own request."


class Step(BaseModel):
    """One step: who may act now, or why it is passed over; at the last one somebody decides."""

    model_config = FROZEN

    kind: StepKind
    name: str
    may: tuple[Actor, ...] = ()
    skipped: str | None = None


def route(roster: Roster, person: Person, on: date) -> tuple[Step, ...]:
    """Return the steps for a person's request on a day, those passed over with the reason.

    The requester endorses nothing, nobody is asked twice, and whoever decides does not endorse.
    The last step is the post that decides; which of its people a clause lets sign, and whether a
    designee, is said by ``bot.roster.deciding.deciders``.
    """
    last = roster.decider
    final = tuple(in_post(roster, last)) if last is not None else ()
    deciding = {actor.person.id for actor in final} - {person.id}
    asked: set[str] = set()
    steps = []
    for step in roster.route:
        found = _step(roster, step, person, on, deciding, asked)
        asked |= {actor.person.id for actor in found.may}
        steps.append(found)
    if last is not None:
        steps.append(_last(last, final, person))
    return tuple(steps)


def _step(
    roster: Roster, step: RouteStep, person: Person, on: date, deciding: set[str], asked: set[str]
) -> Step:
    name, found, none = _found(roster, step, person, on)
    if not found:
        return Step(kind=step.kind, name=name, skipped=none)
    below = {a.person.id for a in found if person in roster.above(a.person)}
    out = {person.id: OWN}
    for ids, reason in ((below, BELOW), (deciding, DECIDES), (asked, SAME)):
        out.update({id_: reason for id_ in ids})
    may = once(actor for actor in found if actor.person.id not in out)
    main = [actor for actor in found if actor.role is not Role.DELEGATE]
    if may and not asked & {a.person.id for a in main} and (not main or {*may} & {*main}):
        return Step(kind=step.kind, name=name, may=may)
    why = next((a for a in main if a.person.id in asked), None) or next(
        a for a in (*main, *found) if a.person.id in out
    )
    return Step(kind=step.kind, name=name, skipped=out[why.person.id].format(names=why.person.name))


def _found(
    roster: Roster, step: RouteStep, person: Person, on: date
) -> tuple[str, tuple[Actor, ...], str]:
    """Return the step's name, who may act there at all, and what is said if nobody may."""
    if step.post is not None:
        post = roster.post(step.post)
        name = post.name if post is not None else step.post
        return name, _of_post(roster, post, on) if post is not None else (), VACANT
    if step.rank is not None:
        above = (p for p in roster.above(person) if p.rank == step.rank)
        return step.rank, _of_person(roster, next(above, None), on), NONE_ABOVE
    return SUPERVISOR, _of_person(roster, roster.supervisor_of(person), on), NO_SUPERVISOR


def _of_post(roster: Roster, post: Post, on: date) -> tuple[Actor, ...]:
    return (*in_post(roster, post), *stand_ins(roster, post, on))


def _of_person(roster: Roster, found: Person | None, on: date) -> tuple[Actor, ...]:
    """Return a person, and whoever acts or stands in for them in a post that they hold."""
    if found is None:
        return ()
    itself = Actor(person=found, role=Role.IN_PERSON)
    return (itself, *(a for a in _beside(roster, found, on) if a.person.id != found.id))


def _beside(roster: Roster, person: Person, on: date) -> Iterator[Actor]:
    for post in roster.posts:
        if post.holder == person.id:
            yield from _of_post(roster, post, on)


def _last(post: Post, final: tuple[Actor, ...], person: Person) -> Step:
    head = final[0].person.id if final else None
    if head == person.id:
        return Step(kind=StepKind.DECIDER, name=post.name, skipped=NOBODY_DECIDES)
    may = once(actor for actor in final if actor.person.id != person.id)
    skipped = None if may else VACANT
    return Step(kind=StepKind.DECIDER, name=post.name, may=may, skipped=skipped)
