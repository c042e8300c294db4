"""A strict local Slack: Web API, response URLs, Socket Mode and signed HTTP on a loopback port.

The product connects to it with `SLACK_API_URL=slack.api_url` and cannot tell the difference. What
it accepts and refuses follows Slack's documents, named where each is used. A slip that Slack would
let pass in silence is noted in `violations`. The parts stand in `slack_*.py`: blocks, methods,
records, workspace, people, payloads, messaging, web_api, delivery; this one has the
port and the trouble.
"""

import asyncio
import inspect
import json
import time
from base64 import b64decode
from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Self

import aiohttp
from aiohttp import web
from slack_blocks import Payload
from slack_delivery import Deliveries
from slack_methods import ARGUMENTS, FORM_ONLY, JSON_ARGUMENTS, SCOPES, Refusal
from slack_records import Call, Cut, Fault, Message

Hook = Callable[[Call], object]
MOMENTS = BEFORE, AFTER = "before", "after"


class SlackServer(Deliveries):
    """The workspace behind real ports. Use as `async with SlackServer() as slack:`.

    `ack_timeout` is how long Slack waits for an acknowledgement or an HTTP answer; with
    `redeliver_after` an event unacknowledged for so long over a socket is sent again, up to three
    times; `retry_delays` are the waits before the repeats of a failed event over HTTP, short by
    default (Slack's own are `slack_protocol.SLACK_RETRY_DELAYS`). `scopes` are what the first
    workspace granted, by default every scope a method here asks for.

    `latency` is how many seconds every call and response URL waits, as over a slow network.
    `before_call` and `after_taken` are called (and awaited) with each call, before Slack takes it
    and after it took effect but before it is answered; a hook that raises `Cut` ends the connection
    there. Calls that are refused do not reach `after_taken`.
    """

    def __init__(
        self,
        *,
        bot_token: str = "xoxb-514-514-local",
        app_token: str = "xapp-1-A0POLICYBOT-514-local",
        signing_secret: str = "local-signing-secret",
        ack_timeout: float = 3.0,
        redeliver_after: float | None = None,
        retry_delays: tuple[float, ...] = (0.0, 0.05, 0.1),
        scopes: Iterable[str] | None = None,
    ) -> None:
        super().__init__(
            bot_token, scopes, app_token, signing_secret, ack_timeout, redeliver_after, retry_delays
        )
        self.calls: list[Call] = []
        self.latency = 0.0
        self.before_call: Hook | None = None
        self.after_taken: Hook | None = None
        self._faults: defaultdict[str, deque[Fault]] = defaultdict(deque)
        self._lasting: dict[str, Fault] = {}
        self._busy = 0

    @property
    def api_url(self) -> str:
        """The value of SLACK_API_URL, with its trailing slash."""
        return f"{self.origin}/api/"

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_route("*", "/api/{method}", self._api)
        app.router.add_post("/{kind:commands|actions}/{tail:.*}", self._respond)
        app.router.add_get("/link/", self._link)
        app.router.add_get("/files-pri/{tail:.*}", self._file)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        port = self._runner.addresses[0][1]
        self.origin = f"http://127.0.0.1:{port}"
        self._client = aiohttp.ClientSession(headers={"User-Agent": "Slackbot 1.0 (local)"})
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._client.close()
        for socket in list(self.sockets):
            await socket.ws.close()
        await self._runner.cleanup()

    async def _file(self, request: web.Request) -> web.Response:
        self.violations.append(f"an upload was fetched: {request.path}")
        return web.Response(body=b"what nobody should read")

    # What tests ask for

    def fail_next(
        self,
        method: str,
        *,
        error: str | None = None,
        status: int | None = None,
        retry_after: int = 1,
        delay: float = 0.0,
        cut: str = "",
        times: int | None = 1,
    ) -> None:
        """Spoils the next `times` calls of `method` (or of "response_url"); None: until `heal`.

        `error` answers {"ok": false}, `status` that HTTP status (429 with Retry-After, 5xx with a
        page that is not JSON); `cut` ends the connection without an answer, "before" the call is
        taken or "after" it took effect; `delay` alone answers late, with the others it delays the
        failure.
        """
        if cut and cut not in MOMENTS:
            raise ValueError(f"cut={cut!r}: before or after")
        fault = Fault(error, status, retry_after, delay, cut)
        if times is None:
            self._lasting[method] = fault
        else:
            self._faults[method].extend([fault] * times)

    def heal(self, method: str) -> None:
        """Ends whatever trouble `fail_next` made for a method."""
        self._lasting.pop(method, None)
        self._faults.pop(method, None)

    def kill_at(
        self, method: str, moment: str, kill: Callable[[], object], *, nth: int = 1
    ) -> None:
        """Calls `kill` at the `nth` call of `method` from now and cuts that connection.

        `moment` is "before" the call is taken or "after" it took effect, before it is answered. It
        uses the hook of that moment, which is free again afterwards. `kill` may be a coroutine.
        """
        if moment not in MOMENTS:
            raise ValueError(f"moment={moment!r}: before or after")
        name = "before_call" if moment == BEFORE else "after_taken"
        seen = 0

        async def strike(call: Call) -> None:
            nonlocal seen
            seen += call.method == method
            if call.method == method and seen == nth:
                setattr(self, name, None)
                if inspect.isawaitable(made := kill()):
                    await made
                raise Cut

        setattr(self, name, strike)

    async def wait_for(
        self, condition: Callable[[], object], timeout: float = 5.0, what: str = "a condition"
    ) -> None:
        """Returns when `condition()` is true; AssertionError with what happened if it never is."""
        deadline = time.monotonic() + timeout
        while not condition():
            if time.monotonic() > deadline:
                calls = [(call.method, call.error) for call in self.calls]
                said = [message.text for message in self.messages]
                raise AssertionError(f"no {what}: {calls=} {said=} {self.violations=}")
            await asyncio.sleep(0.005)

    async def wait_for_messages(self, n: int = 1, timeout: float = 5.0) -> list[Message]:
        """Returns the app's messages once there are `n` of them (see `messages`)."""
        await self.wait_for(lambda: len(self.messages) >= n, timeout, f"{n} messages")
        return self.messages

    async def settle(self, quiet: float = 0.2) -> None:
        """Returns when nothing has come in for `quiet` seconds, counted from now."""
        self._touched = time.monotonic()
        while self._busy or time.monotonic() - self._touched < quiet:
            await asyncio.sleep(0.005)

    # A call's way through the hooks and the trouble

    async def _pass(
        self, call: Call, request: web.Request, take: Callable[[], web.Response]
    ) -> web.StreamResponse:
        self.calls.append(call)
        self._busy += 1
        waiting = self._faults[call.method]
        fault = waiting.popleft() if waiting else self._lasting.get(call.method, Fault())
        try:
            await asyncio.sleep(self.latency + fault.delay)
            await self._at(self.before_call, call, fault.cut == BEFORE)
            if (spoilt := self._spoilt(call, fault)) is not None:
                return spoilt
            answer = take()
            if call.error is None:
                call.taken = True
                await self._at(self.after_taken, call, fault.cut == AFTER)
            return answer
        except Cut:
            call.error = "cut"
            if request.transport is not None:
                request.transport.abort()
            return web.Response()
        finally:
            self._busy -= 1
            self._touched = time.monotonic()

    async def _at(self, hook: Hook | None, call: Call, cut: bool) -> None:
        if hook is not None and inspect.isawaitable(made := hook(call)):
            await made
        if cut:
            raise Cut

    def _spoilt(self, call: Call, fault: Fault) -> web.Response | None:
        call.error = fault.error or (str(fault.status) if fault.status else None)
        if fault.status == 429:
            later, body = str(fault.retry_after), {"ok": False, "error": "ratelimited"}
            return web.json_response(body, status=429, headers={"Retry-After": later})
        if fault.status:
            page = "<html>trouble</html>"
            return web.Response(text=page, content_type="text/html", status=fault.status)
        return web.json_response({"ok": False, "error": fault.error}) if fault.error else None

    # Web API ("Using the Slack Web API")

    async def _api(self, request: web.Request) -> web.StreamResponse:
        call = Call(request.match_info["method"], {}, time.monotonic())
        token, unread = "", None
        try:
            call.arguments = await self._arguments(call.method, request)
            token = self._token(call, request)
        except Refusal as refusal:
            unread = refusal

        def take() -> web.Response:
            try:
                if unread is not None and call.method in self._methods:
                    raise unread
                answer = {"ok": True, **self._answer(call, token)}
            except Refusal as refusal:
                call.error = refusal.error
                answer = {"ok": False, "error": refusal.error, **refusal.more}
                if refusal.messages:
                    said = [f"[ERROR] {message}" for message in refusal.messages]
                    answer |= {"errors": refusal.messages, "response_metadata": {"messages": said}}
            return web.json_response(answer, headers=self._scope_headers(call.method, token))

        return await self._pass(call, request, take)

    def _token(self, call: Call, request: web.Request) -> str:
        scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
        if scheme == "Basic":
            try:
                client, _, secret = b64decode(bearer, validate=True).decode().partition(":")
            except ValueError as error:
                raise Refusal("invalid_client_id") from error
            call.arguments |= {"client_id": client, "client_secret": secret}
        return bearer if scheme == "Bearer" else str(call.arguments.pop("token", ""))

    def _scope_headers(self, method: str, token: str) -> dict[str, str]:
        held = [one.scopes for one in self.installations if one.token == token and not one.ended]
        if token == self.app_token:
            held = [{"connections:write"}]
        if not held:
            return {}
        accepted = ",".join(SCOPES.get(method, "").split())
        return {"x-oauth-scopes": ",".join(sorted(held[0])), "x-accepted-oauth-scopes": accepted}

    def _answer(self, call: Call, token: str) -> Payload:
        if call.method not in self._methods:
            raise Refusal("unknown_method")
        arguments = call.arguments
        installation = self._authorize(call.method, token)
        if installation is not None:
            self.caller, call.team = installation, installation.team
            self._permitted(call.method, arguments)
        known = {name.rstrip("!") for name in ARGUMENTS[call.method].split()} | {"token", "team_id"}
        for name in arguments.keys() - known:
            self.violations.append(f"{call.method}: no such argument: {name}")
        required = [n[:-1] for n in ARGUMENTS[call.method].split() if n.endswith("!")]
        if missing := [f"missing required field: {n}" for n in required if n not in arguments]:
            raise Refusal("invalid_arguments", *missing)
        return self._methods[call.method](arguments)

    async def _arguments(self, method: str, request: web.Request) -> Payload:
        """Returns query, form or JSON arguments; JSON text in blocks, view… is read on the way."""
        arguments: Payload = dict(request.query)
        if request.content_type == "application/json":
            try:
                body = await request.json()
            except ValueError as error:
                raise Refusal("invalid_json") from error
            if not isinstance(body, dict):
                raise Refusal("json_not_object")
            body.pop("token", None)  # "tokens must be sent in the Authorization header" with JSON
            arguments |= {} if method in FORM_ONLY else body
        elif request.can_read_body:
            arguments |= {k: v for k, v in (await request.post()).items() if isinstance(v, str)}
        for name in JSON_ARGUMENTS & arguments.keys():
            if isinstance(arguments[name], str):
                try:
                    arguments[name] = json.loads(arguments[name])
                except ValueError as error:
                    raise Refusal(_MALFORMED.get(name, "invalid_arguments"), name) from error
        return {name: value for name, value in arguments.items() if value is not None}

    # Response URLs ("Handling user interaction")

    async def _respond(self, request: web.Request) -> web.StreamResponse:
        call = Call("response_url", {}, time.monotonic())
        raw = await request.read()

        def take() -> web.Response:
            try:
                self._use(call, request.path, raw)
            except Refusal as refusal:
                call.error = refusal.error
                answer = {"ok": False, "error": refusal.error}
                return web.json_response(answer, status=refusal.status)
            return web.json_response({"ok": True})

        try:
            body = json.loads(raw)
            call.arguments = body if isinstance(body, dict) else {}
        except ValueError:
            pass
        return await self._pass(call, request, take)

    def _use(self, call: Call, path: str, raw: bytes) -> None:
        permit = self.response_urls.get(path)
        if permit is None:
            raise Refusal("no_service", status=404)
        if self.now() - permit.born > 30 * 60:
            raise Refusal("expired_url", status=404)
        if permit.uses >= 5:
            raise Refusal("used_url", status=404)
        try:
            body = json.loads(raw)
        except ValueError as error:
            raise Refusal("invalid_payload") from error
        self._reply(body, permit, "response_url")
        permit.uses += 1


_MALFORMED = {"blocks": "invalid_blocks_format", "metadata": "invalid_metadata_format"}
