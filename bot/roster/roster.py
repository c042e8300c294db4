"""The roster: who belongs to the department, which posts there are, who stands above whom.

The directives name authorities; that a person holds a post, and by which steps a request travels,
is the department's own setting. ``bot/roster/reading.py`` makes a checked roster of files,
``bot/roster/store.py`` keeps it; ``bot/roster/deciding.py`` and ``bot/roster/route.py`` ask it.
"""

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from functools import cached_property

from pydantic import BaseModel, ConfigDict, Field

from bot.asker import Asker, Surface
from bot.roster.person import Id, Line, Person
from index.directive import FROZEN


class Post(BaseModel):
    """A post; ``answers_to`` are the directives' own words for who holds it.

    ``acting`` acts beside or instead of the holder. ``decides`` marks the one post that decides
    where a directive names nobody. ``supervisor`` is who stands above while the post is empty.
    ``policy_unit`` marks the posts of those who keep the directives and their readings.
    """

    model_config = FROZEN

    id: Id
    name: Line
    holder: Id | None = None
    acting: Id | None = None
    vacant: bool = False
    supervisor: Id | None = None
    answers_to: tuple[Line, ...] = ()
    decides: bool = False
    policy_unit: bool = False


class Delegate(BaseModel):
    """Who stands in for a post from one day until another, both included.

    With ``words`` only under clauses that say just that; without, under every clause that allows a
    designee, and on the way up. No delegate signs where a clause allows none.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    post: Id
    person: Id
    from_: date = Field(alias="from")
    until: date
    words: tuple[Line, ...] = ()

    def covers(self, day: date) -> bool:
        """Whether the delegation holds on a day."""
        return self.from_ <= day <= self.until


class StepKind(StrEnum):
    """How a step of the route finds who endorses."""

    SUPERVISOR = "supervisor"
    RANK = "rank"
    POST = "post"
    DECIDER = "decider"


class RouteStep(BaseModel):
    """One endorsing step: the nearest of a rank above, or a named post, or the supervisor."""

    model_config = FROZEN

    rank: Line | None = None
    post: Id | None = None
    supervisor: bool = False

    @property
    def kind(self) -> StepKind:
        """Which of the three it is."""
        if self.supervisor:
            return StepKind.SUPERVISOR
        return StepKind.RANK if self.rank is not None else StepKind.POST


class Roster(BaseModel):
    """A department's people, posts, delegates and route; ``ranks`` from the lowest up."""

    model_config = FROZEN

    ranks: tuple[Line, ...]
    people: tuple[Person, ...]
    posts: tuple[Post, ...]
    delegates: tuple[Delegate, ...] = ()
    route: tuple[RouteStep, ...] = ()

    def person(self, id_: str | None) -> Person | None:
        """Return a person by id, or None."""
        return self._people.get(id_) if id_ is not None else None

    def post(self, id_: str | None) -> Post | None:
        """Return a post by id, or None."""
        return self._posts.get(id_) if id_ is not None else None

    def active(self, id_: str | None) -> Person | None:
        """Return a person who may act, or None."""
        found = self.person(id_)
        return found if found is not None and found.active else None

    @property
    def decider(self) -> Post | None:
        """The post that decides where a directive names nobody; a checked roster has one."""
        return next((post for post in self.posts if post.decides), None)

    def person_of(self, asker: Asker) -> Person | None:
        """Return who asks, by workspace and user of Slack together, or None for whoever else.

        Text never makes anybody somebody: the terminal and the console are nobody here, and whoever
        is no longer active is not found.
        """
        if asker.surface is not Surface.SLACK or asker.team is None or asker.user is None:
            return None
        return self._slack.get((asker.team, asker.user))

    def above(self, person: Person) -> Iterator[Person]:
        """Yield who stands above a person, the nearest first, each once, and never the person.

        A vacant post, and somebody who is not active, are passed over to whoever stands above them;
        in a post that somebody acts in, that one comes.
        """
        seen, passed = {person.id}, set[str]()
        at = person.supervisor
        while at is not None and at not in passed:
            passed.add(at)
            post = self.post(at)
            if post is None:
                found = self.active(at)
                known = self.person(at)
                at = known.supervisor if known is not None else None
            else:
                found = next((p for p in self._held(post) if p.id not in seen), None)
                at = post.supervisor or (found.supervisor if found is not None else None)
            if found is not None and found.id not in seen:
                seen.add(found.id)
                yield found

    def supervisor_of(self, person: Person) -> Person | None:
        """Return the nearest person above who is there, or None at the top."""
        return next(self.above(person), None)

    def reports_to(self, supervisor: Person) -> tuple[Person, ...]:
        """Return the active people whose supervisor this is, vacancies passed over."""
        return self._reports.get(supervisor.id, ())

    def _held(self, post: Post) -> Iterator[Person]:
        """Yield who is in a post, whoever acts first."""
        for id_ in (post.acting, post.holder):
            if (found := self.active(id_)) is not None:
                yield found

    @cached_property
    def _people(self) -> dict[str, Person]:
        return {person.id: person for person in self.people}

    @cached_property
    def _posts(self) -> dict[str, Post]:
        return {post.id: post for post in self.posts}

    @cached_property
    def _slack(self) -> dict[tuple[str, str], Person]:
        return {(at.team, at.user): p for p in self.people if p.active for at in p.slack}

    @cached_property
    def _reports(self) -> dict[str, tuple[Person, ...]]:
        found: dict[str, list[Person]] = {}
        for person in self.people:
            above = self.supervisor_of(person) if person.active else None
            if above is not None:
                found.setdefault(above.id, []).append(person)
        return {id_: tuple(people) for id_, people in found.items()}
