"""What goes wrong becomes a plain page: what happened and what to do, never a traceback."""

import logging
import traceback
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.errors import DatabaseUnusable
from bot.web.pages import Pages

_LOG = logging.getLogger(__name__)


class Wording(NamedTuple):
    """What a failure page says."""

    title: str
    text: str


_WORDINGS = {
    400: Wording("This request cannot be read", "Go back and try again."),
    403: Wording("Not from here", "This form must be sent from its own page. Open the page again."),
    404: Wording("There is no such page", "Check the address, or go back to where the link was."),
    405: Wording("This page does not work that way", "Open it from a link instead."),
    409: Wording(
        "That cannot be done now", "Ask again, so that the request rests on today's text."
    ),
    410: Wording("This link has expired", "Ask again for a fresh one."),
    413: Wording("That is too much at once", "At most 256 KB can be sent. Shorten the text."),
    421: Wording(
        "Wrong address",
        "This service does not answer to the host name in your address bar. "
        "Use the address it printed when it started.",
    ),
    422: Wording("Something is missing", "Check what was sent."),
    429: Wording("That is too often", "Wait a minute, then try again."),
    500: Wording("Something went wrong here", "It was not your question. Try again in a moment."),
    503: Wording(
        "The store cannot be reached",
        "Nothing was saved. Try again in a moment; what you typed is still on the page before.",
    ),
}
_AWAY = Wording(
    "Nothing here without a link",
    "Asking happens in Slack: send the assistant a direct message, mention it in a channel, or use "
    "/policy. Pages open from the links in its answers, and to whoever is signed in.",
)


class Failures:
    """Renders failure pages; ``new_id`` returns a fresh reference, ``clock`` the time."""

    def __init__(
        self, pages: Pages, new_id: Callable[[], str], clock: Callable[[], datetime]
    ) -> None:
        self._pages = pages
        self._new_id = new_id
        self._clock = clock

    def page(
        self,
        request: Request,
        status: int,
        text: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """Return the page for a status; ``text`` (fit to show) replaces the standing sentence."""
        wording = _WORDINGS.get(status, _WORDINGS[500 if status >= 500 else 400])
        if status == 404 and self._pages.access(request).away:
            wording = _AWAY
        return self._render(request, status, wording.title, text or wording.text, headers=headers)

    def broken(self, request: Request, error: BaseException) -> Response:
        """Log an exception under a fresh reference and return the page that names the reference."""
        reference = f"E-{self._new_id()}"
        _LOG.error(
            "%s: %s %s failed: %s", reference, request.method, request.url.path, _trace(error)
        )
        status = 503 if isinstance(error, DatabaseUnusable) else 500
        wording = _WORDINGS[status]
        return self._render(request, status, wording.title, wording.text, reference=reference)

    def _render(
        self,
        request: Request,
        status: int,
        title: str,
        text: str,
        *,
        reference: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        fragment = request.url.path.startswith("/api/")
        response = self._pages.show(
            request,
            "_refusal.html" if fragment else "failure.html",
            status=status,
            title=title,
            text=text,
            reference=reference,
            at=self._clock() if reference else None,
        )
        response.headers.update(headers or {})
        return response


class Catch:
    """Turns an exception that nobody handled into the page with a reference."""

    def __init__(self, app: ASGIApp, failures: Failures) -> None:
        self._app = app
        self._failures = failures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        started = False

        async def watch(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watch)
        except Exception as error:
            if scope["type"] != "http" or started:
                raise
            response = self._failures.broken(Request(scope), error)
            await response(scope, receive, send)


def _trace(error: BaseException) -> str:
    """Return where an exception came from, without its message: it may hold a question's words."""
    lines: list[str] = []
    at: BaseException | None = error
    while at is not None and len(lines) < 20:
        frames = "".join(traceback.format_tb(at.__traceback__))
        lines.append(f"{type(at).__name__}\n{frames}")
        at = at.__cause__ or at.__context__
    return "caused by ".join(lines)
