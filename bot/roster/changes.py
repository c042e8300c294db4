"""What an import changes: the roster that was in force beside the one that is to be, in lines."""

from collections.abc import Iterator

from bot.roster.person import Person
from bot.roster.roster import Delegate, Post, Roster, RouteStep

_TOLD = {
    "name": "name",
    "rank": "rank",
    "title": "title",
    "unit": "unit",
    "shift": "shift",
    "supervisor": "supervisor",
    "sworn": "sworn",
    "active": "active",
    "slack": "Slack identities",
    "email": "e-mail",
}


def changes(before: Roster | None, after: Roster) -> tuple[str, ...]:
    """Return a line for each thing that differs; every entry is new where none was before."""
    old = before or Roster(ranks=(), people=(), posts=())
    return (
        *_people(old, after),
        *_posts(old, after),
        *_delegates(old, after),
        *_settings(old, after),
    )


def _people(old: Roster, new: Roster) -> Iterator[str]:
    was, now = {p.id: p for p in old.people}, {p.id: p for p in new.people}
    for person in new.people:
        if person.id not in was:
            yield f"Added: {_called(person)}"
    for person in old.people:
        if person.id not in now:
            yield f"Removed: {_called(person)}"
    for person in new.people:
        earlier = was.get(person.id)
        if earlier is not None and earlier != person:
            moved = "Moved" if (earlier.unit, earlier.rank) != (person.unit, person.rank) else ""
            told = "; ".join(_fields(earlier, person))
            yield f"{moved or 'Changed'}: {person.name} ({person.id}): {told}"


def _fields(was: Person, now: Person) -> Iterator[str]:
    for field, label in _TOLD.items():
        before, after = getattr(was, field), getattr(now, field)
        if before != after:
            yield f"{label} {_value(before)} -> {_value(after)}"


def _value(value: object) -> str:
    if isinstance(value, tuple):
        return " ".join(f"{one.team}/{one.user}" for one in value) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "none" if value is None else str(value)


def _called(person: Person) -> str:
    return f"{person.name} ({person.id}), {person.standing}, {person.unit}"


def _posts(old: Roster, new: Roster) -> Iterator[str]:
    was, now = {p.id: p for p in old.posts}, {p.id: p for p in new.posts}
    for post in new.posts:
        if post.id not in was:
            yield f"Post added: {_post(post, new)}"
        elif was[post.id] != post:
            yield f"Post changed: {_post(was[post.id], old)} -> {_post(post, new)}"
    for post in old.posts:
        if post.id not in now:
            yield f"Post removed: {_post(post, old)}"


def _post(post: Post, roster: Roster) -> str:
    held = f"held by {_name(roster, post.holder)}" if post.holder else "vacant"
    acting = f", acting {_name(roster, post.acting)}" if post.acting else ""
    above = f", under {post.supervisor}" if post.supervisor else ""
    words = f", answers to {', '.join(post.answers_to)}" if post.answers_to else ""
    marks = (", decides" * post.decides) + (", policy unit" * post.policy_unit)
    return f"{post.name} ({held}{acting}{above}{words}{marks})"


def _delegates(old: Roster, new: Roster) -> Iterator[str]:
    for one in new.delegates:
        if one not in old.delegates:
            yield f"Delegate added: {_delegate(one, new)}"
    for one in old.delegates:
        if one not in new.delegates:
            yield f"Delegate removed: {_delegate(one, old)}"


def _delegate(one: Delegate, roster: Roster) -> str:
    post = roster.post(one.post)
    words = f", under {', '.join(one.words)}" if one.words else ""
    called = post.name if post is not None else one.post
    return f"{_name(roster, one.person)} for {called}, {one.from_} to {one.until}{words}"


def _settings(old: Roster, new: Roster) -> Iterator[str]:
    if old.ranks != new.ranks:
        yield f"Ranks: {', '.join(new.ranks) or 'none'}"
    if old.route != new.route:
        steps = " -> ".join(described(step, new) for step in new.route)
        yield f"Route: {steps or 'straight to the decision'}"


def described(step: RouteStep, roster: Roster) -> str:
    """Return a step of the route in words."""
    if step.post is not None:
        post = roster.post(step.post)
        return post.name if post is not None else step.post
    return f"nearest {step.rank}" if step.rank is not None else "supervisor"


def _name(roster: Roster, id_: str | None) -> str:
    person = roster.person(id_)
    return f"{person.name} ({person.id})" if person is not None else str(id_)
