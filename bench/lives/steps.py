"""What one process does at one time to a request, in a department of invented people."""

from datetime import datetime
from enum import StrEnum
from functools import cache

from pydantic import BaseModel

from bot.answer import ApprovalKind
from bot.approvals.deed import Deed
from bot.approvals.event import Happened
from bot.approvals.request import Colleague, Content
from bot.asker import Asker, Surface
from bot.roster.reading import sample
from bot.roster.roster import Roster
from index.directive import FROZEN

OFFICER, PARTNER, CLERK = "1006", "1007", "1008"
SERGEANT, LIEUTENANT, CAPTAIN, DEPUTY, CHIEF = "1005", "1004", "1003", "1003", "1001"
NOBODY = "somebody not on the roster"


class Doing(StrEnum):
    """What a process does."""

    IMPORT = "imports a roster"
    DRAFT = "keeps a draft"
    SAVE = "saves a form"
    SEND = "sends a request"
    CHANGE = "changes a request"
    ACT = "acts on a request"
    TEND = "tends the requests"
    HOLD = "sets a hold"
    RELEASE = "lifts a hold"
    ERASE = "erases by the rule of retention"
    TELL = "posts the letters"


class Step(BaseModel):
    """What one process does at a time; requests are named by the answer that they came from.

    ``people`` are shown in it. ``left``: ids of people whom an imported roster holds no more.
    ``amended``: the order's words are others than before. ``busy``: Slack takes nothing.
    """

    model_config = FROZEN

    doing: Doing
    at: datetime
    answer: str = "a-1"
    by: str = OFFICER
    version: int = 1
    deed: Deed | None = None
    people: tuple[str, ...] = ()
    kind: ApprovalKind = ApprovalKind.BOTH
    last_day: datetime | None = None
    left: tuple[str, ...] = ()
    amended: bool = False
    busy: bool = False


@cache
def roster(left: tuple[str, ...] = ()) -> Roster:
    """Return the sample roster, without some of its people."""
    found = sample()
    people = tuple(
        one.model_copy(update={"active": False}) if one.id in left else one for one in found.people
    )
    return found.model_copy(update={"people": people})


def asker(person: str) -> Asker:
    """Return somebody of the roster as Slack names them."""
    found = roster().person(person)
    if found is None:
        return Asker(surface=Surface.SLACK, team="T0EXAMPLE", user="U0STRANGER")
    at = found.slack[0]
    return Asker(surface=Surface.SLACK, team=at.team, user=at.user)


def content(step: Step) -> Content:
    """Return what a step sends: another text for each version of a request."""
    people = ((one, asker(one)) for one in step.people)
    return Content.model_validate(
        {
            "material": "photo",
            "page": "my own",
            "platform": "Instagram",
            "description": "Two officers beside a paper target.",
            "exact_text": f"Range day, picture {step.version}.",
            "colleagues": tuple(
                Colleague(name=key)
                if key == NOBODY
                else Colleague(name="", team=one.team, user=one.user)
                for key, one in people
            ),
            "posting_until": step.last_day.date() if step.last_day is not None else None,
        }
    )


def act(
    kind: Happened, by: str, at: datetime, *, answer: str = "a-1", version: int = 1, **more: object
) -> Step:
    """Return the step of a person who does something to a request."""
    deed = Deed.model_validate({"kind": kind, "version": version, **more})
    return Step(doing=Doing.ACT, at=at, answer=answer, by=by, deed=deed)
