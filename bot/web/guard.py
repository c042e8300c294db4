"""Stands before every page: host, own POSTs, size of the body, and what is open from elsewhere.

A form that may bring a file is not read here: its page does, once it knows who sends it.
"""

import re
from urllib.parse import parse_qs

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.installing import INSTALL, REDIRECT
from bot.web.door import METRICS, Access, Door
from bot.web.failures import Failures
from bot.web.upload import LARGEST_BODY, streams

_DRAINED = 8 * 1024 * 1024
_FOR_PROGRAMS = ("/healthz", "/slack/events", METRICS)
_OWN = re.compile(
    r"/requests(/(?!new$)[^/]+(/[a-z-]+(\.pdf)?)?)?|/waiting|/people|/desk(/[^/]+){0,3}|/sign-in(/[a-z]+)?|/sign-out"
)
_SIGNED = (
    (re.compile(r"/requests/new"), b"ref"),
    (re.compile(r"/directives/[^/]+(/changes)?"), b"key"),
    (re.compile(INSTALL), b"key"),
    (re.compile(REDIRECT), b"state"),
)
_CODED = re.compile(r"/check/[A-Za-z0-9-]{1,64}")


class Guard:
    """Lets a request through, or answers it with the page that says why not."""

    def __init__(self, app: ASGIApp, door: Door, failures: Failures) -> None:
        self._app = app
        self._door = door
        self._failures = failures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        path: str = scope["path"]
        request = Request(scope)
        request.state.access = Access()
        status = None if self._door.unhosted(path) else self._refuse(request, headers)
        if status is None:
            request.state.access = self._door.access(headers)
            if request.state.access.away and not _open_from_elsewhere(scope):
                status = 404
        if status is None and streams(request.method, path, headers):
            await self._app(scope, receive, send)
            return
        body = b""
        if status is None:
            taken = await _body(headers, receive)
            status = 413 if taken is None else None
            body = taken or b""
        if status is not None:
            response = self._failures.page(request, status)
            await response(scope, receive, send)
            return
        await self._app(scope, _replay(body, receive), send)

    def _refuse(self, request: Request, headers: Headers) -> int | None:
        hosts = headers.getlist("host")
        if len(hosts) != 1 or not hosts[0]:
            return 400
        if not self._door.knows_host(hosts[0]):
            return 421
        if request.method not in {"GET", "HEAD", "OPTIONS"} and not self._door.own_post(headers):
            return 403
        return None


def _open_from_elsewhere(scope: Scope) -> bool:
    """Whether a path may be tried from elsewhere; its page checks signature or session itself."""
    path: str = scope["path"]
    if _OWN.fullmatch(path):
        return True
    if path in {*_FOR_PROGRAMS, "/", "/api/ask"} or path.startswith("/static/"):
        return True
    if _CODED.fullmatch(path):
        return True
    named = parse_qs(scope["query_string"])
    return any(form.fullmatch(path) and name in named for form, name in _SIGNED)


async def _body(headers: Headers, receive: Receive) -> bytes | None:
    """Return the whole body, or None if it is too large (then read off, so the answer is seen)."""
    length = headers.get("content-length", "0")
    if length.isdecimal() and int(length) > _DRAINED:
        return None
    body, size, more = bytearray(), 0, True
    while more and size <= _DRAINED:
        message = await receive()
        if message["type"] == "http.disconnect":
            break
        chunk: bytes = message.get("body", b"")
        size += len(chunk)
        if size <= LARGEST_BODY:
            body += chunk
        more = message.get("more_body", False)
    return bytes(body) if size <= LARGEST_BODY else None


def _replay(body: bytes, receive: Receive) -> Receive:
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again
