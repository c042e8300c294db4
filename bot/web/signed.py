"""The session's cookie: who sends a request, and that a form was on a page of that session."""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.approvals.dossier import Dossiers
from bot.bridge import Bridge
from bot.web.pages import Pages, Signed, signed
from bot.web.sessions import SESSION_SECONDS, Sessions

FORM = "form"
_LONGEST = 200
_NOT_SIGNED = "You are not signed in any more. Nothing was done. Sign in, then open the page again."


@dataclass(frozen=True)
class Cookie:
    """The cookie that holds a session's token; ``secure`` away from this machine."""

    secure: bool

    @property
    def name(self) -> str:
        """Its name; a browser takes one with ``__Host-`` from this host alone, over HTTPS."""
        return "__Host-session" if self.secure else "session"

    def token(self, request: Request) -> str | None:
        """Return the token that a browser sent, if it can be one."""
        found = request.cookies.get(self.name)
        return found if found and len(found) <= _LONGEST and found.isascii() else None

    def give(self, response: Response, token: str) -> None:
        """Have a browser keep a token."""
        response.set_cookie(
            self.name,
            token,
            max_age=SESSION_SECONDS,
            path="/",
            secure=self.secure,
            httponly=True,
            samesite="lax",  # links in Slack's messages lead here
        )

    def take(self, response: Response) -> None:
        """Have a browser forget its token."""
        response.delete_cookie(
            self.name, path="/", secure=self.secure, httponly=True, samesite="lax"
        )


class Knowing:
    """Stands before the pages and finds out who is signed in.

    ``closed`` is there in the demonstration: it is for the console alone, and until it is closed.
    """

    def __init__(
        self,
        app: ASGIApp,
        sessions: Sessions,
        dossiers: Dossiers,
        cookie: Cookie,
        bridge: Bridge,
        closed: Callable[[], bool] | None = None,
    ) -> None:
        self._app = app
        self._sessions = sessions
        self._dossiers = dossiers
        self._cookie = cookie
        self._bridge = bridge
        self._closed = closed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http" and not scope["path"].startswith("/static/"):
            request = Request(scope)
            token = self._cookie.token(request)
            here = self._closed is None or Pages.access(request).console
            if token is not None and here:
                request.state.signed = await self._bridge.run(self._known, token)
        await self._app(scope, receive, send)

    def _known(self, token: str) -> Signed | None:
        asker = self._sessions.find(token)
        if asker is None or (self._closed is not None and self._closed()):
            return None
        viewer = self._dossiers.viewer(asker)
        return Signed(
            asker=asker,
            name=viewer.name,
            listed=viewer.listed,
            supervises=viewer.supervises,
            policy_unit=viewer.policy_unit,
            key=viewer.key,
            form=_derived(token, "form"),
            session=_derived(token, "session"),
            sample=self._closed is not None,
        )


def own_form(request: Request, form: FormData) -> Signed:
    """Return whose form it is; raise HTTPException 403 where it is of no page of the session."""
    who = signed(request)
    if who is None:
        raise HTTPException(403, _NOT_SIGNED)
    given = form.get(FORM)
    if not isinstance(given, str) or not hmac.compare_digest(given.encode(), who.form.encode()):
        raise HTTPException(403)
    return who


def sealed(who: Signed, *said: str) -> str:
    """Return a seal over words that only a page of this session can have made."""
    return hmac.new(who.session.encode(), "\0".join(said).encode(), hashlib.sha256).hexdigest()[:32]


def _derived(token: str, what: str) -> str:
    return hmac.new(token.encode(), what.encode(), hashlib.sha256).hexdigest()
