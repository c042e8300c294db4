"""Who the policy unit is: whoever is in a post that the department marked as one of it."""

from datetime import date

from bot.roster.deciding import Actor, in_post, once, stand_ins
from bot.roster.person import Person
from bot.roster.roster import Roster


def policy_unit(roster: Roster, on: date) -> tuple[Actor, ...]:
    """Return who may act for the policy unit on a day: holders, who acts, and who stands in.

    Which posts are of it is the department's own setting; where none is marked, it is nobody.
    """
    return once(
        actor
        for post in roster.posts
        if post.policy_unit
        for actor in (*in_post(roster, post), *stand_ins(roster, post, on))
    )


def is_of_policy_unit(roster: Roster, person: Person, on: date) -> bool:
    """Whether a person may act for the policy unit on a day."""
    return any(actor.person.id == person.id for actor in policy_unit(roster, on))
