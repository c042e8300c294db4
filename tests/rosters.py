"""Rosters for tests: one town's, as TOML to be changed line by line, and as drawn by hypothesis."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from hypothesis import strategies as st

from bot.roster.person import Person, SlackIdentity
from bot.roster.roster import Delegate, Post, Roster, RouteStep

RANKS = ("Officer", "Sergeant", "Lieutenant", "Captain", "Deputy Chief", "Chief")
TEAM, OTHER_TEAM = "T0POLICE", "T0SECOND"

HEAD = """
ranks = ["Officer", "Sergeant", "Lieutenant", "Captain", "Deputy Chief", "Chief"]
"""
ROUTE = """
[[route]]
rank = "Sergeant"
[[route]]
rank = "Lieutenant"
[[route]]
post = "deputy"
"""
POSTS = """
[[posts]]
id = "chief"
name = "Chief of Police"
holder = "10"
answers_to = ["Chief of Police", "Chief executive"]
decides = true
[[posts]]
id = "deputy"
name = "Deputy Chief"
holder = "9"
supervisor = "chief"
"""
DELEGATES = """
[[delegates]]
post = "chief"
person = "8"
from = 2026-03-01
until = 2026-03-31
"""
PEOPLE = """
[[people]]
id = "10"
name = "Chief Ten"
rank = "Chief"
unit = "Command"
slack = ["T0POLICE/U0CHIEF"]
[[people]]
id = "9"
name = "Deputy Nine"
rank = "Deputy Chief"
unit = "Command"
supervisor = "chief"
[[people]]
id = "8"
name = "Captain Eight"
rank = "Captain"
unit = "Patrol"
supervisor = "deputy"
[[people]]
id = "7"
name = "Lieutenant Seven"
rank = "Lieutenant"
unit = "Patrol"
supervisor = "8"
[[people]]
id = "6"
name = "Sergeant Six"
rank = "Sergeant"
unit = "Patrol"
supervisor = "7"
slack = ["T0POLICE/U0SERGEANT", "T0SECOND/U0SIX"]
[[people]]
id = "5"
name = "Officer Five"
rank = "Officer"
unit = "Patrol"
shift = "B"
supervisor = "6"
slack = ["T0POLICE/U0OFFICER"]
[[people]]
id = "4"
name = "Clerk Four"
title = "Records Clerk"
unit = "Records"
sworn = false
supervisor = "9"
slack = ["T0POLICE/U0PARTNER"]
"""
TOML = HEAD + ROUTE + POSTS + DELEGATES + PEOPLE


def toml(folder: Path, text: str = TOML, name: str = "roster.toml") -> Path:
    """Write a file and return its path."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def person(roster: Roster, id_: str) -> Person:
    """Return somebody who is on a roster."""
    found = roster.person(id_)
    assert found is not None
    return found


def with_people(roster: Roster, **changed: dict[str, object]) -> Roster:
    """Return a roster with fields of people changed, by id written as ``p5``."""
    people = (p.model_copy(update=changed.get(f"p{p.id}", {})) for p in roster.people)
    return Roster(**{**dict(roster), "people": tuple(people)})


def with_post(roster: Roster, id_: str, **changed: object) -> Roster:
    """Return a roster with one post changed."""
    posts = (p.model_copy(update=changed) if p.id == id_ else p for p in roster.posts)
    return Roster(**{**dict(roster), "posts": tuple(posts)})


def _sparse(ids: Sequence[str]) -> st.SearchStrategy[str | None]:
    return st.none() | st.sampled_from(ids)


@st.composite
def drawn(draw: st.DrawFn) -> Roster:
    """Draw any roster of known ids, with circles, vacancies and people who are not active."""
    days = st.dates(min_value=date(2026, 1, 1), max_value=date(2027, 12, 31))
    ids = [str(number) for number in range(draw(st.integers(1, 8)))]
    names = [f"post-{number}" for number in range(draw(st.integers(1, 3)))]
    people = tuple(
        Person(
            id=id_,
            name=f"Person {id_}",
            rank=draw(st.sampled_from(RANKS)),
            unit="Patrol",
            supervisor=draw(_sparse([*ids, *names])),
            active=draw(st.booleans()),
            slack=(SlackIdentity(team=TEAM, user=f"U0{id_}0"),),
        )
        for id_ in ids
    )
    posts = tuple(
        Post(
            id=name,
            name=name.title(),
            holder=draw(_sparse(ids)),
            acting=draw(_sparse(ids)),
            supervisor=draw(_sparse([*ids, *names])),
            answers_to=("Chief of Police",) if place == 0 else (),
            decides=place == 0,
        )
        for place, name in enumerate(names)
    )
    delegates = draw(
        st.lists(
            st.builds(
                Delegate,
                post=st.sampled_from(names),
                person=st.sampled_from(ids),
                from_=days,
                until=days,
            ),
            max_size=3,
        )
    )
    steps = st.one_of(
        st.builds(RouteStep, rank=st.sampled_from(RANKS)),
        st.builds(RouteStep, post=st.sampled_from(names)),
        st.just(RouteStep(supervisor=True)),
    )
    return Roster(
        ranks=RANKS,
        people=people,
        posts=posts,
        delegates=tuple(delegates),
        route=tuple(draw(st.lists(steps, max_size=5))),
    )
