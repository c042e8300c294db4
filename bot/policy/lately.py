"""What was lately done to the directives and their readings, as the record has it."""

from datetime import datetime

from pydantic import BaseModel

from bot.audit.chain import Line
from bot.policy.unit import PolicyUnit
from bot.roster.roster import Roster
from index.directive import FROZEN

SUBJECT = "directive "
_LOCAL = "local:"


class Done(BaseModel):
    """One thing that was done: to which directive, where in it, and by whom."""

    model_config = FROZEN

    at: datetime
    directive: str
    section: str | None
    what: str
    who: str


def done_lately(unit: PolicyUnit, roster: Roster | None, most: int) -> tuple[Done, ...]:
    """Return what was done last, the newest first; raise DatabaseUnusable."""
    return tuple(_done(line, roster) for line in unit.audit.lately(SUBJECT, most))


def _done(line: Line, roster: Roster | None) -> Done:
    section = line.facts.get("section")
    return Done(
        at=line.at,
        directive=line.subject.removeprefix(SUBJECT),
        section=section if isinstance(section, str) else None,
        what=line.kind,
        who=_called(line.actor or "", roster),
    )


def _called(key: str, roster: Roster | None) -> str:
    """Return how to call whoever the record names: by the roster, or as they said they are."""
    if key.startswith(_LOCAL):
        return f"{key.removeprefix(_LOCAL)}, at the terminal"
    person = roster.person(key) if roster is not None else None
    return f"{person.standing} {person.name}" if person is not None else key or "nobody named"
