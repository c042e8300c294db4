"""Who may act on a request today: the roster beside where the request stands."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from pydantic import BaseModel

from bot.answer import ApprovalKind
from bot.approvals.event import Step
from bot.approvals.flow import Standing
from bot.approvals.progress import Progress, State
from bot.asker import Asker, Surface
from bot.roster.deciding import Actor, Authority, Basis, Deciders, deciders
from bot.roster.person import Person
from bot.roster.roster import Roster, StepKind
from bot.roster.route import Step as RosterStep
from bot.roster.route import route
from index.directive import FROZEN


class Office(BaseModel):
    """Who may act on a request as it stands, and sentences on why nobody may, if so."""

    model_config = FROZEN

    may: tuple[Actor, ...] = ()
    says: tuple[str, ...] = ()

    def actor(self, key: str | None) -> Actor | None:
        """Return in what part a person may act, or None."""
        return next((one for one in self.may if one.person.id == key), None)


def key_of(roster: Roster | None, asker: Asker, among: Iterable[str] = ()) -> str:
    """Return how the record names a person: by the roster's id, or by Slack's two ids.

    ``among`` are keys that a request knows already: a person who left the roster, or came onto it,
    stays the same person to their own requests. Who is neither on the roster nor known from Slack
    is the one local person of the console.
    """
    keys = keys_of(roster, asker)
    known = set(among)
    return next((key for key in keys if key in known), keys[0])


def keys_of(roster: Roster | None, asker: Asker) -> tuple[str, ...]:
    """Return every key by which a request may know a person, the present one first."""
    return tuple(_keys(roster, asker))


def _keys(roster: Roster | None, asker: Asker) -> Iterator[str]:
    if not asker.team or not asker.user:
        yield f"local:{asker.surface.value}"
        return
    if roster is not None:
        person = roster.person_of(asker)
        if person is not None:
            yield person.id
        left = (one for one in roster.people if not one.active)
        yield from (one.id for one in left if _is(one, asker))
    yield f"{asker.team}/{asker.user}"


def _is(person: Person, asker: Asker) -> bool:
    return any((at.team, at.user) == (asker.team, asker.user) for at in person.slack)


def keys_in(person: Person) -> tuple[str, ...]:
    """Return every key by which requests may know somebody who is on the roster."""
    return person.id, *(f"{at.team}/{at.user}" for at in person.slack)


def known(roster: Roster, key: str | None) -> Person | None:
    """Return the person behind a key, or None.

    Who came onto the roster after a request was sent is known to it by Slack's two ids.
    """
    team, _, user = (key or "").partition("/")
    asker = Asker(surface=Surface.SLACK, team=team, user=user or None)
    return roster.person(key) or roster.person_of(asker)


def steps_of(roster: Roster, requester: Person, on: date) -> tuple[Step, ...]:
    """Return the endorsing steps of a person's request, in order, vacant ones included."""
    return tuple(step for step, _ in _steps(roster, requester, on))


def at_step(roster: Roster, now: Progress, on: date) -> Office:
    """Return who may endorse at the step a request is with: not the requester, nobody shown."""
    requester = known(roster, now.requester)
    if requester is None or now.steps is None or now.at >= len(now.steps):
        return Office()
    wanted = now.steps[now.at].key
    found = next((one for step, one in _steps(roster, requester, on) if step.key == wanted), None)
    if found is None:
        return Office(says=("The route has no such step any more.",))
    parties = {one.id for key in (now.requester, *now.consents) if (one := known(roster, key))}
    may = tuple(actor for actor in found.may if actor.person.id not in parties)
    return Office(may=may, says=(found.skipped,) if found.skipped else ())


def at_decision(roster: Roster, now: Progress, name: str, on: date) -> Office:
    """Return who may decide under every clause that asks for permission; ``name`` is the order's.

    Several clauses may name several authorities: whoever decides must be one under each.
    """
    requester = known(roster, now.requester)
    if requester is None:
        return Office()
    found = deciding(roster, now.authorities, requester, name, on)
    return Office(may=_in_all(found), says=_says(found))


def deciding(
    roster: Roster, authorities: Sequence[str], requester: Person, name: str, on: date
) -> tuple[Deciders, ...]:
    """Return who may decide under each authority's words; "" is that the order names nobody."""
    kind = ApprovalKind.PERMISSION
    return tuple(
        deciders(roster, Authority(directive=name, by=words or None, kind=kind), requester, on)
        for words in dict.fromkeys(authorities or ("",))
    )


def undecidable(found: Iterable[Deciders]) -> tuple[str, ...]:
    """Return why a request cannot be decided here at all, or nothing where it can."""
    return _says(one for one in found if one.basis is Basis.NOBODY)


def standing(
    roster: Roster | None, now: Progress, actor: str | None, name: str, on: date
) -> tuple[Standing, str | None]:
    """Return what an actor may do with a request on a day, and in which capacity."""
    if roster is None:
        return Standing(), None
    step, last = at_step(roster, now, on), at_decision(roster, now, name, on)
    person = known(roster, actor)
    key = person.id if person is not None else actor
    endorsing, decides = step.actor(key), last.actor(key)
    acts = endorsing if now.state is State.ENDORSING else decides
    return (
        Standing(
            endorses=endorsing is not None, decides=decides is not None, somebody=bool(step.may)
        ),
        None if acts is None else capacity(acts),
    )


def capacity(actor: Actor) -> str:
    """Return the part in which somebody acts, as the record and the slip say it."""
    if actor.post is None:
        return actor.person.standing
    return f"{actor.post} ({actor.role.value})"


def _steps(roster: Roster, requester: Person, on: date) -> list[tuple[Step, RosterStep]]:
    """Return the endorsing steps, each with a key that is its own within the route."""
    counted: dict[str, int] = {}
    found = []
    for one in route(roster, requester, on):
        if one.kind is StepKind.DECIDER:
            continue
        name = f"{one.kind.value}:{one.name}"
        counted[name] = counted.get(name, 0) + 1
        key = name if counted[name] == 1 else f"{name}#{counted[name]}"
        found.append((Step(key=key, title=one.name), one))
    return found


def _in_all(found: Sequence[Deciders]) -> tuple[Actor, ...]:
    first, *others = found
    return tuple(actor for actor in first.may if all(one.actor(actor.person) for one in others))


def _says(found: Iterable[Deciders]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(sentence for one in found for sentence in one.says))
