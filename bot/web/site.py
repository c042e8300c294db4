"""What the pages are made from, handed to each of them as one value."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from bot.answers import Answers
from bot.approvals.desk import Desk
from bot.approvals.store import RequestStore
from bot.bridge import Bridge
from bot.department import Department
from bot.links import Links
from bot.policy.pauses import Pauses
from bot.roster.roster import Roster
from bot.web.failures import Failures
from bot.web.pages import Pages


@dataclass(frozen=True)
class Site:
    """The assistant, its store and links, and the means to render pages.

    ``sample`` is a roster of invented people for the console's demonstration, on the day ``today``.
    ``pauses`` tells which clauses no verdict is given on.
    """

    answers: Answers
    store: RequestStore
    links: Links
    bridge: Bridge
    department: Department
    pages: Pages
    failures: Failures
    desk: Desk
    today: Callable[[], date]
    sample: Roster | None = None
    pauses: Pauses | None = None
