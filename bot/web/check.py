"""The check page: whether a written permission still holds, for whoever has its number and code.

It asks for no sign-in and never expires. It shows no content and no names; those who have a part in
the request get to its own page from here.
"""

import re
import time
from collections import deque
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from bot.approvals.deed import NoSuchRequest
from bot.approvals.slip import Stand
from bot.approvals.slips import CHECK, Slips
from bot.links import SIGN_IN
from bot.web.pages import signed
from bot.web.personal import Personal, address
from bot.web.site import Site

MISSES = 30
SECONDS = 60.0
_MOST_ADDRESSES = 10_000
_KEY = re.compile(r"(?P<number>R-[A-Z0-9]{1,18})-(?P<code>[A-Z0-9]{1,40})", re.IGNORECASE)
_NOTHING = (
    "No permission stands under this number and code. Check both against the paper. If they are "
    "as printed, do not rely on the paper."
)
_TOO_OFTEN = "Too many numbers or codes that do not exist were tried. Wait a minute."
SAID = {
    Stand.VALID: "This permission is in effect today.",
    Stand.LATER: "This permission is not in effect yet. Do not post.",
    Stand.HELD: "This permission is not in effect. Do not post.",
    Stand.VOID: "This permission is void. Do not post.",
    Stand.REVOKED: "This permission was revoked. Do not post.",
    Stand.EXPIRED: "This permission has expired. Do not post.",
    Stand.WITHDRAWN: "The request for this permission was withdrawn. Do not post.",
    Stand.REPLACED: "This permission is void: the request was changed after it. Do not post.",
}


_OPEN = "You have a part in this request, so you can see what is permitted."
_SIGN_IN = "Whoever has a part in the request can sign in and see what is permitted."
_NO_PART = "You have no part in this request, so its content is not shown to you."


class More(NamedTuple):
    """What is said of the content that this page does not show, and the way to it, if any."""

    said: str
    label: str = ""
    url: str | None = None


class Misses:
    """Counts what was looked for and not found, by the address that looked; ``clock`` in seconds.

    Behind a proxy all come from its address and share one count.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._of: dict[str, deque[float]] = {}

    def wait(self, address: str) -> int:
        """Return how many seconds an address has to wait, 0 for none."""
        found = self._of.get(address)
        if found is None:
            return 0
        since = self._clock() - SECONDS
        while found and found[0] <= since:
            found.popleft()
        if not found:
            del self._of[address]
        return int(found[0] - since) + 1 if len(found) >= MISSES else 0

    def add(self, address: str) -> None:
        """Count one."""
        if len(self._of) >= _MOST_ADDRESSES:
            self._of.pop(next(iter(self._of)))
        self._of.setdefault(address, deque(maxlen=MISSES)).append(self._clock())


def routes(
    site: Site, slips: Slips, own: Personal | None = None, sample: Slips | None = None
) -> APIRouter:
    """Return the route; ``own`` is there where somebody may sign in.

    ``sample`` has the permissions of the demonstration, which are called so.
    """
    router = APIRouter()
    misses = Misses()

    async def check(request: Request, key: str) -> Response:
        caller = request.client.host if request.client is not None else ""
        wait = misses.wait(caller)
        if wait:
            refused = _refused(site, request, 429, "Too many attempts", _TOO_OFTEN)
            refused.headers["Retry-After"] = str(wait)
            return refused
        named = _KEY.fullmatch(key)
        number, code = (named["number"], named["code"]) if named is not None else ("", "")
        found = await site.bridge.run(slips.check, number, code)
        tried = sample is not None and found is None and site.pages.access(request).console
        if tried and sample is not None:
            found = await site.bridge.run(sample.check, number, code)
        if found is None:
            misses.add(caller)
            return _refused(site, request, 404, "No such permission", _NOTHING)
        return site.pages.show(
            request,
            "check.html",
            found=found,
            said=SAID[found.stand],
            valid=found.stand is Stand.VALID,
            more=await _more(own, request, found.number),
            demonstrated=tried,
        )

    router.add_api_route(CHECK + "{key}", check, methods=["GET", "HEAD"])
    return router


async def _more(own: Personal | None, request: Request, number: str) -> More | None:
    """Return the way to the content for whoever has a part in it; None where nobody can sign in."""
    if own is None:
        return None
    who = signed(request)
    if who is None:
        to = urlencode({"to": address(number)})
        return More(_SIGN_IN, "Sign in", f"{SIGN_IN}?{to}")
    try:
        await own.site.bridge.run(own.bureau.dossiers.open, number, who.asker)
    except NoSuchRequest:
        return More(_NO_PART)
    return More(_OPEN, "Open the request", address(number))


def _refused(site: Site, request: Request, status: int, title: str, text: str) -> Response:
    """Return a page of its own: the standing words for pages from elsewhere do not fit here."""
    shown = {"title": title, "text": text, "reference": None, "at": None}
    return site.pages.show(request, "failure.html", status=status, **shown)
