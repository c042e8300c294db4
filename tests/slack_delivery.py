"""How payloads reach the app: Socket Mode with its envelopes and acknowledgements, and signed HTTP
with its retries.
"""

import asyncio
import json
import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlencode

import aiohttp
from aiohttp import web
from slack_blocks import Payload
from slack_methods import Refusal, sign
from slack_records import Delivery, Permit, kind_of
from slack_web_api import WebApi

SOCKETS = 10  # "Using Socket Mode": an app may have this many open at once
REASONS = ("warning", "refresh_requested", "link_disabled", "too_many_websockets")


@dataclass(eq=False)
class Socket:
    """One WebSocket that the app opened."""

    ws: web.WebSocketResponse
    request: web.Request
    frozen: bool = False


class Deliveries(WebApi):
    """Payloads on their way to the app, every try of them in `deliveries`.

    The arguments are those of `slack_server.SlackServer`. `on_acknowledged` is called with each
    delivery whose acknowledgement has just come in over a socket.
    """

    def __init__(
        self,
        bot_token: str,
        scopes: Iterable[str] | None,
        app_token: str,
        signing_secret: str,
        ack_timeout: float,
        redeliver_after: float | None,
        retry_delays: tuple[float, ...],
    ) -> None:
        super().__init__(bot_token, scopes, app_token)
        self.signing_secret = signing_secret
        self.ack_timeout, self.redeliver_after = ack_timeout, redeliver_after
        self.retry_delays = retry_delays
        self.deliveries: list[Delivery] = []
        self.sockets: list[Socket] = []
        self.connections = 0  # sockets opened so far, closed ones included
        self.on_acknowledged: Callable[[Delivery], object] | None = None
        self._methods["apps.connections.open"] = self._connections_open
        self._tickets: set[str] = set()
        self._envelopes: dict[str, Delivery] = {}
        self._turn = 0
        self._touched = 0.0
        self._client: aiohttp.ClientSession

    def _absorb(self, delivery: Delivery) -> None:
        """Lets an answer take effect: a command's message, a submission's response_action."""
        payload, response = delivery.payload, delivery.response
        if delivery.failure or delivery.kind == "events_api":
            return
        try:
            if payload.get("type") == "view_submission":
                self._submitted(payload, response or {})
            elif response and delivery.kind == "slash_commands":
                permit = Permit(payload["user_id"], self.now(), payload["channel_id"])
                body = {"text": response} if isinstance(response, str) else response
                self._reply(body, permit, "answer")
            elif response:
                raise Refusal("nobody reads an answer to this")
        except Refusal as refusal:
            problem = f"answer to {payload.get('command') or payload['type']}: {refusal.error}"
            self.violations.append(" ".join([problem, *refusal.messages]))

    def _submitted(self, payload: Payload, response: object) -> None:
        view = next(v for v in self.views if v.id == payload["view"]["id"])
        answer: Payload = response if isinstance(response, dict) else {"response_action": "?"}
        action = answer.get("response_action")
        if action == "errors":
            errors = answer.get("errors") or {}
            inputs = [b["block_id"] for b in view.content["blocks"] if b["type"] == "input"]
            if not errors or not set(errors) <= set(inputs):
                raise Refusal(f"errors must name input blocks of the view, not {sorted(errors)}")
            view.errors = dict(errors)
        elif action == "update":
            self._redraw(view, self._checked(answer.get("view"), "modal"))
        elif action == "push":
            self._push(view, self._checked(answer.get("view"), "modal"))
        elif action == "clear" or answer == {}:
            for closed in self.views if action else [view]:
                closed.open = closed.open and closed.user != view.user
        else:
            raise Refusal(f"unknown response_action {action!r}")

    # Socket Mode ("Using Socket Mode")

    def _connections_open(self, arguments: Payload) -> Payload:
        ticket = uuid.uuid4().hex
        self._tickets.add(ticket)
        origin = self.origin.replace("http", "ws", 1)
        return {"url": f"{origin}/link/?ticket={ticket}&app_id={self.app_id}"}

    def _open_sockets(self) -> list[Socket]:
        return [socket for socket in self.sockets if not socket.ws.closed]

    async def wait_for_connections(self, n: int = 1, timeout: float = 5.0) -> None:
        """Returns once `n` sockets are open at the same time; AssertionError when never."""
        deadline = time.monotonic() + timeout
        while len(self._open_sockets()) < n:
            if time.monotonic() > deadline:
                raise AssertionError(f"no {n} sockets: {len(self.sockets)} of {self.connections}")
            await asyncio.sleep(0.005)

    async def _link(self, request: web.Request) -> web.StreamResponse:
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            return web.Response(status=403, text="ticket used or unknown")
        self._tickets.discard(ticket)
        socket = Socket(web.WebSocketResponse(timeout=0.5, autoping=False), request)
        await socket.ws.prepare(request)
        if len(self._open_sockets()) >= SOCKETS:
            # slackapi/node-slack-sdk#1654: one too many is told so and closed, without a hello
            await self._dismiss(socket, "too_many_websockets")
            await socket.ws.close()
            return socket.ws
        self.sockets.append(socket)
        self.connections += 1
        debug = {"host": "applink-local", "build_number": 1, "approximate_connection_time": 18060}
        hello = {"type": "hello", "num_connections": len(self.sockets), "debug_info": debug}
        try:
            await socket.ws.send_json({**hello, "connection_info": {"app_id": self.app_id}})
            await socket.ws.ping(b"Ping from applink-local")
            async for frame in socket.ws:
                if frame.type == aiohttp.WSMsgType.TEXT and not socket.frozen:
                    self._acknowledge(str(frame.data))
                elif frame.type == aiohttp.WSMsgType.PING and not socket.frozen:
                    await socket.ws.pong(frame.data)
        finally:
            self.sockets.remove(socket)
        return socket.ws

    def _acknowledge(self, text: str) -> None:
        self._touched = time.monotonic()
        try:
            answer = json.loads(text)
            delivery = self._envelopes[answer["envelope_id"]]
        except (ValueError, KeyError, TypeError):
            self.violations.append(f"acknowledgement of no known envelope: {text}")
            return
        if delivery.latency is not None:
            self.violations.append(f"second acknowledgement of {delivery.envelope_id}")
            return
        delivery.latency = time.monotonic() - delivery.at
        delivery.response = answer.get("payload")
        if delivery.latency > self.ack_timeout:
            delivery.failure = "timeout"
        if "payload" in answer and not delivery.accepts_response_payload:
            self.violations.append(f"{delivery.envelope_id} accepts no response payload: {text}")
        else:
            self._absorb(delivery)
        if self.on_acknowledged is not None:
            self.on_acknowledged(delivery)
        delivery.answered.set()

    async def deliver(self, payload: Payload, *, wait: bool = True) -> Delivery:
        """Sends `payload` over one of the open sockets; returns the last try at it.

        Waits for a socket and then, unless `wait` is false, for the acknowledgement: `ack_timeout`
        seconds, or `redeliver_after` with up to three repeats of an event.
        """
        delivery = await self._send(payload, 0, "")
        patience = self.redeliver_after if delivery.kind == "events_api" else None
        while wait and not await self._answered(delivery, patience or self.ack_timeout):
            if patience is None or delivery.retry_num >= 3:
                break
            delivery = await self._send(payload, delivery.retry_num + 1, "timeout")
        return delivery

    async def redeliver(self, delivery: Delivery, reason: str = "timeout") -> Delivery:
        """Sends an event once more with the next retry_attempt; returns that try when answered.

        ValueError for commands and interactions, which Slack never repeats.
        """
        if delivery.kind != "events_api":
            raise ValueError("Slack repeats only events")
        again = await self._send(delivery.payload, delivery.retry_num + 1, reason)
        await self._answered(again, self.ack_timeout)
        return again

    async def _answered(self, delivery: Delivery, patience: float) -> bool:
        try:
            await asyncio.wait_for(delivery.answered.wait(), patience)
        except TimeoutError:
            delivery.failure = "timeout"
        return delivery.acknowledged

    async def _send(self, payload: Payload, attempt: int, reason: str) -> Delivery:
        await self.wait_for_connections()
        kind = kind_of(payload)
        delivery = Delivery(payload, kind, time.monotonic(), attempt, reason or None)
        delivery.envelope_id = str(uuid.uuid4())
        answerable = kind == "slash_commands" or payload.get("type") == "view_submission"
        delivery.accepts_response_payload = answerable
        self._envelopes[delivery.envelope_id] = delivery
        self.deliveries.append(delivery)
        envelope: Payload = {"envelope_id": delivery.envelope_id, "payload": payload, "type": kind}
        envelope["accepts_response_payload"] = answerable
        if kind == "events_api":
            envelope |= {"retry_attempt": attempt, "retry_reason": reason}
        self._turn += 1
        with suppress(ConnectionError):  # lost with the socket, as anything unacknowledged may be
            ready = self._open_sockets()
            chosen = ready[self._turn % len(ready)]
            if not chosen.frozen:
                await chosen.ws.send_json(envelope)
        return delivery

    async def _dismiss(self, socket: Socket, reason: str) -> None:
        debug = {"host": "applink-local"}
        frame = {"type": "disconnect", "reason": reason, "debug_info": debug}
        with suppress(ConnectionError):
            await socket.ws.send_json(frame)

    async def disconnect(self, reason: str = "refresh_requested", grace: float = 0.2) -> None:
        """Asks the oldest socket to go for one of REASONS, then closes it; ValueError for others.

        The client has `grace` seconds to leave by itself, as Slack gives it about ten. With
        link_disabled, Socket Mode was turned off: every socket goes.
        """
        if reason not in REASONS:
            raise ValueError(f"no reason {reason!r}: {', '.join(REASONS)}")
        going = list(self.sockets) if reason == "link_disabled" else self.sockets[:1]
        for socket in going:
            await self._dismiss(socket, reason)
        deadline = time.monotonic() + grace
        while time.monotonic() < deadline and not all(socket.ws.closed for socket in going):
            await asyncio.sleep(0.005)
        for socket in going:
            await socket.ws.close()

    def drop(self) -> None:
        """Cuts the oldest socket off without a word, as a failing network does."""
        transport = self.sockets[0].request.transport
        if transport is not None:
            transport.abort()

    def freeze(self) -> None:
        """Leaves the open sockets standing while nothing passes them any more, not even pings."""
        for socket in self.sockets:
            socket.frozen = True

    async def ping(self) -> None:
        """Pings every open socket, as Slack does every few seconds."""
        for socket in self._open_sockets():
            if not socket.frozen:
                await socket.ws.ping(b"Ping from applink-local")

    # Signed HTTP ("Verifying requests from Slack", "Events API")

    async def deliver_http(
        self,
        url: str,
        body: Payload | str,
        *,
        retry_num: int | None = None,
        retry_reason: str | None = None,
        secret: str | None = None,
        timestamp: str | None = None,
    ) -> Delivery:
        """Posts a payload signed as Slack does; returns the last try, with status and body.

        A failed event (no 2xx within `ack_timeout`) is repeated after each of `retry_delays`,
        unless the answer says X-Slack-No-Retry or one of the options makes it a single, possibly
        forged, request. A string is sent as it is. Every try is in `deliveries`.
        """
        options = (retry_num, secret, timestamp)
        single = isinstance(body, str) or any(option is not None for option in options)
        key = secret or self.signing_secret
        delivery = await self._post(url, body, key, timestamp, retry_num or 0, retry_reason)
        event = delivery.kind == "events_api" and not single
        for number, delay in enumerate(self.retry_delays if event else (), start=1):
            if delivery.failure is None or delivery.headers.get("X-Slack-No-Retry") == "1":
                break
            await asyncio.sleep(delay)
            delivery = await self._post(url, body, key, None, number, delivery.failure)
        return delivery

    async def url_verification(self, url: str) -> bool:
        """Returns whether `url` echoes a signed challenge, as "url_verification event" asks."""
        challenge = uuid.uuid4().hex
        body = {"token": "legacy-verification-token", "challenge": challenge}
        delivery = await self.deliver_http(url, {**body, "type": "url_verification"}, retry_num=0)
        echoed = delivery.response
        said = echoed.get("challenge") if isinstance(echoed, dict) else echoed
        return delivery.acknowledged and said == challenge

    async def _post(
        self,
        url: str,
        body: Payload | str,
        secret: str,
        timestamp: str | None,
        retry_num: int,
        retry_reason: str | None,
    ) -> Delivery:
        payload = body if isinstance(body, dict) else {}
        kind = kind_of(payload)
        media = "application/json" if kind == "events_api" else "application/x-www-form-urlencoded"
        text = body if isinstance(body, str) else json.dumps(body)
        if kind != "events_api":
            text = urlencode(payload if kind == "slash_commands" else {"payload": text})
        stamp = timestamp or str(int(time.time()))
        headers = {"Content-Type": media, "X-Slack-Request-Timestamp": stamp}
        headers["X-Slack-Signature"] = sign(secret, stamp, text)
        if retry_num:
            headers |= {"X-Slack-Retry-Num": str(retry_num)}
            headers |= {"X-Slack-Retry-Reason": retry_reason or "http_error"}
        delivery = Delivery(payload, kind, time.monotonic(), retry_num, retry_reason)
        self.deliveries.append(delivery)
        await self._exchange(delivery, url, text, headers)
        self._touched = time.monotonic()
        self._absorb(delivery)
        delivery.answered.set()
        return delivery

    async def _exchange(
        self, delivery: Delivery, url: str, text: str, headers: Mapping[str, str]
    ) -> None:
        timeout = aiohttp.ClientTimeout(total=self.ack_timeout)
        try:
            async with self._client.post(
                url, data=text.encode(), headers=headers, timeout=timeout, allow_redirects=False
            ) as answer:
                body = await answer.text()
        except TimeoutError:
            delivery.failure = "http_timeout"
            return
        except aiohttp.ClientError:
            delivery.failure = "connection_failed"
            return
        delivery.latency = time.monotonic() - delivery.at
        delivery.status, delivery.headers = answer.status, answer.headers
        delivery.failure = None if 200 <= answer.status < 300 else "http_error"
        is_json = answer.content_type == "application/json" and body
        delivery.response = json.loads(body) if is_json else body
