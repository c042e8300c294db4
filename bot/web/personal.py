"""What the pages of somebody signed in are made from, beside what every page has."""

from dataclasses import dataclass
from urllib.parse import quote

from starlette.requests import Request

from bot.approvals.bureau import Bureau
from bot.approvals.dossier import Viewer
from bot.asker import Asker, Surface
from bot.throttle import Throttle
from bot.web.pages import signed
from bot.web.sessions import Sessions
from bot.web.signed import Cookie
from bot.web.site import Site


@dataclass(frozen=True)
class Personal:
    """The bureau, the sessions, and what the Department set of times, in days.

    ``deeds`` is how often one session may act.
    """

    site: Site
    bureau: Bureau
    sessions: Sessions
    cookie: Cookie
    deeds: Throttle
    remind_after: int | None = None
    pass_on_after: int | None = None

    def viewer(self, team: str, user: str) -> Viewer:
        """Return somebody of Slack as the roster knows them."""
        who = Asker(surface=Surface.SLACK, team=team, user=user)
        return self.bureau.dossiers.viewer(who)


def at(site: Site, own: Personal | None, request: Request) -> Site:
    """Return where a request to the pages belongs: who is signed in is at the site of their own.

    That is another only in the demonstration, whose people are on a database of its own.
    """
    return own.site if own is not None and signed(request) is not None else site


def address(number: str) -> str:
    """Return the page of a request."""
    return f"/requests/{quote(number, safe='')}"
