"""A strict local Slack: Web API, response URLs, Socket Mode and signed HTTP on a loopback port.

The product connects to it with `SLACK_API_URL=slack.api_url` and cannot tell the difference. What
it accepts and refuses follows Slack's documents, named where each is used; shapes and limits are in
`slack_protocol.py`. A slip that Slack would let pass in silence is noted in `violations`.
"""

import asyncio
import json
import re
import time
import uuid
from base64 import b64decode, b64encode
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Self
from urllib.parse import urlencode

import aiohttp
from aiohttp import web
from slack_protocol import (
    ARGUMENTS,
    FORM_ONLY,
    JSON_ARGUMENTS,
    Call,
    Channel,
    Delivery,
    Fault,
    Message,
    Payload,
    Permit,
    Refusal,
    View,
    Workspace,
    check_blocks,
    check_view,
    filled,
    kind_of,
    sign,
    too_long,
    unique,
)


@dataclass(eq=False)
class _Socket:
    ws: web.WebSocketResponse
    request: web.Request


class SlackServer(Workspace):
    """The workspace behind real ports. Use as `async with SlackServer() as slack:`.

    `ack_timeout` is how long Slack waits for an acknowledgement or an HTTP answer; with
    `redeliver_after` an event unacknowledged for so long over a socket is sent again, up to three
    times; `retry_delays` are the waits before the repeats of a failed event over HTTP, short by
    default (Slack's own are `slack_protocol.SLACK_RETRY_DELAYS`).
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
    ) -> None:
        super().__init__()
        self.bot_token, self.app_token = bot_token, app_token
        self.signing_secret = signing_secret
        self.ack_timeout, self.redeliver_after = ack_timeout, redeliver_after
        self.retry_delays = retry_delays
        self.calls: list[Call] = []
        self.deliveries: list[Delivery] = []
        self.violations: list[str] = []
        self.sockets: list[_Socket] = []
        self.connections = 0  # sockets opened so far, closed ones included
        self.statuses: dict[tuple[str, str], str] = {}
        self.titles: dict[tuple[str, str], str] = {}
        self.prompts: dict[tuple[str, str | None], Payload] = {}
        self._tickets: set[str] = set()
        self._envelopes: dict[str, Delivery] = {}
        self._faults: defaultdict[str, deque[Fault]] = defaultdict(deque)
        self._turn = 0
        self._busy = 0
        self._touched = 0.0
        self._methods: dict[str, Callable[[Payload], Payload]] = {
            "auth.test": self._auth_test,
            "apps.connections.open": self._connections_open,
            "chat.postMessage": self._post_message,
            "chat.postEphemeral": self._post_ephemeral,
            "chat.update": self._update,
            "chat.delete": self._delete,
            "conversations.info": self._info,
            "conversations.open": self._open,
            "conversations.replies": self._replies,
            "conversations.history": self._history,
            "users.info": self._user,
            "views.open": self._views_open,
            "views.update": self._views_update,
            "views.publish": self._views_publish,
            "assistant.threads.setStatus": self._set_status,
            "assistant.threads.setTitle": self._set_title,
            "assistant.threads.setSuggestedPrompts": self._set_prompts,
        }

    @property
    def api_url(self) -> str:
        """The value of SLACK_API_URL, with its trailing slash."""
        return f"{self.origin}/api/"

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_route("*", "/api/{method}", self._api)
        app.router.add_post("/{kind:commands|actions}/{tail:.*}", self._respond)
        app.router.add_get("/link/", self._link)
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

    # What tests ask for

    def fail_next(
        self,
        method: str,
        *,
        error: str | None = None,
        status: int | None = None,
        retry_after: int = 1,
        delay: float = 0.0,
        times: int = 1,
    ) -> None:
        """Spoils the next `times` calls of `method` (or of "response_url").

        `error` answers {"ok": false}, `status` that HTTP status (429 with Retry-After, 5xx with a
        page that is not JSON); `delay` alone answers late, with either it delays the failure.
        """
        fault = Fault(error, status, retry_after, delay)
        self._faults[method].extend([fault] * times)

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

    async def wait_for_connections(self, n: int = 1, timeout: float = 5.0) -> None:
        """Returns once `n` sockets are open at the same time."""
        await self.wait_for(lambda: len(self._open_sockets()) >= n, timeout, f"{n} sockets")

    def _open_sockets(self) -> list[_Socket]:
        return [socket for socket in self.sockets if not socket.ws.closed]

    async def settle(self, quiet: float = 0.2) -> None:
        """Returns when nothing has come in for `quiet` seconds, counted from now."""
        self._touched = time.monotonic()
        while self._busy or time.monotonic() - self._touched < quiet:
            await asyncio.sleep(0.005)

    # Web API ("Using the Slack Web API")

    async def _api(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        self._busy += 1
        try:
            call = Call(method, {}, time.monotonic())
            self.calls.append(call)
            if (spoilt := await self._spoil(call)) is not None:
                return spoilt
            try:
                answer = {"ok": True, **await self._answer(call, request)}
            except Refusal as refusal:
                call.error = refusal.error
                answer = {"ok": False, "error": refusal.error}
                if refusal.messages:
                    said = [f"[ERROR] {message}" for message in refusal.messages]
                    answer |= {"errors": refusal.messages, "response_metadata": {"messages": said}}
            return web.json_response(answer, headers={"x-oauth-scopes": "chat:write,im:history"})
        finally:
            self._busy -= 1
            self._touched = time.monotonic()

    async def _spoil(self, call: Call) -> web.Response | None:
        if not self._faults[call.method]:
            return None
        fault = self._faults[call.method].popleft()
        await asyncio.sleep(fault.delay)
        call.error = fault.error or (str(fault.status) if fault.status else None)
        if fault.status == 429:
            later, body = str(fault.retry_after), {"ok": False, "error": "ratelimited"}
            return web.json_response(body, status=429, headers={"Retry-After": later})
        if fault.status:
            page = "<html>trouble</html>"
            return web.Response(text=page, content_type="text/html", status=fault.status)
        return web.json_response({"ok": False, "error": fault.error}) if fault.error else None

    async def _answer(self, call: Call, request: web.Request) -> Payload:
        if call.method not in self._methods:
            raise Refusal("unknown_method")
        arguments = await self._arguments(call.method, request)
        scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
        token = bearer if scheme == "Bearer" else str(arguments.pop("token", ""))
        call.arguments = arguments
        self._authorize(call.method, token)
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
                    word = "invalid_blocks_format" if name == "blocks" else "invalid_arguments"
                    raise Refusal(word, f"{name} is not JSON") from error
        return {name: value for name, value in arguments.items() if value is not None}

    def _authorize(self, method: str, token: str) -> None:
        wants_app = method == "apps.connections.open"
        if not token:
            raise Refusal("not_authed")
        if token not in (self.bot_token, self.app_token):
            raise Refusal("invalid_auth")
        if (token == self.app_token) != wants_app:
            raise Refusal("not_allowed_token_type")

    def _auth_test(self, arguments: Payload) -> Payload:
        return {
            "url": f"https://{self.team_domain}.slack.com/",
            "team": self.team_domain,
            "user": self.bot_name,
            "team_id": self.team_id,
            "user_id": self.bot_user_id,
            "bot_id": self.bot_id,
            "is_enterprise_install": False,
        }

    def _connections_open(self, arguments: Payload) -> Payload:
        ticket = uuid.uuid4().hex
        self._tickets.add(ticket)
        origin = self.origin.replace("http", "ws", 1)
        return {"url": f"{origin}/link/?ticket={ticket}&app_id={self.app_id}"}

    # chat.*

    def _channel(self, channel: object, *, people: bool = False) -> Channel:
        if people and channel in self.users:
            channel = self.im(str(channel))
        found = self.channels.get(channel) if isinstance(channel, str) else None
        if found is None or (found.kind == "group" and self.bot_user_id not in found.members):
            raise Refusal("channel_not_found")  # a private channel is not even admitted to exist
        return found

    def _inside(self, channel: object, *, people: bool = False) -> Channel:
        found = self._channel(channel, people=people)
        if self.bot_user_id not in found.members:
            raise Refusal("not_in_channel")
        return found

    def _root(self, channel: Channel, ts: object, error: str = "thread_not_found") -> str | None:
        if ts is None:
            return None
        if not isinstance(ts, str) or not re.fullmatch(r"\d{10}\.\d{6}", ts):
            raise Refusal("invalid_thread_ts", f"{ts} is not a valid thread_ts")
        root = self.find(channel.id, ts)
        if root is None or root.thread_ts not in (None, root.ts):
            raise Refusal(error)
        return ts

    def _content(self, arguments: Payload, most: int = 40_000) -> tuple[str, list[Payload]]:
        text, blocks = arguments.get("text") or "", arguments.get("blocks") or []
        markdown = arguments.get("markdown_text")
        if markdown is not None and (text or blocks):
            raise Refusal("markdown_text_conflict")
        if not isinstance(text, str) or not isinstance(markdown or "", str):
            raise Refusal("invalid_arguments", "must be a string [json-pointer:/text]")
        if not isinstance(blocks, list):
            raise Refusal("invalid_blocks_format")
        if not (text.strip() or blocks or markdown or arguments.get("attachments")):
            raise Refusal("no_text")
        if len(text) > most or len(markdown or "") > 12_000:
            raise Refusal("msg_too_long")
        if problems := check_blocks(blocks):
            alone = too_long(blocks) and len(problems) == 1
            raise Refusal("msg_blocks_too_long" if alone else "invalid_blocks", *problems)
        return markdown or text, filled(blocks)

    def _show(self, message: Message) -> None:
        message.user, message.at = self.bot_user_id, time.monotonic()
        self.messages.append(message)
        if message.ephemeral is None:
            self.channels[message.channel].history.append(message)
            self.statuses.pop((message.channel, message.thread_ts or ""), None)

    def _post_message(self, arguments: Payload) -> Payload:
        channel = self._inside(arguments["channel"], people=True)
        text, blocks = self._content(arguments)
        thread_ts = self._root(channel, arguments.get("thread_ts"))
        message = Message(channel.id, self._next_ts(), text, blocks, thread_ts=thread_ts)
        self._show(message)
        return {"channel": channel.id, "ts": message.ts, "message": self._message_json(message)}

    def _post_ephemeral(self, arguments: Payload) -> Payload:
        channel = self._inside(arguments["channel"])
        if arguments["user"] not in channel.members:
            raise Refusal("user_not_in_channel")
        text, blocks = self._content(arguments)
        thread_ts = self._root(channel, arguments.get("thread_ts"))
        message = Message(channel.id, self._next_ts(), text, blocks, thread_ts=thread_ts)
        message.ephemeral = arguments["user"]
        # "only shown if there is already an active thread": accepted, and yet nobody sees it
        if thread_ts and not self.replies(channel.id, thread_ts):
            self.unseen.append(message)
        else:
            self._show(message)
        return {"message_ts": message.ts}

    def _own(self, arguments: Payload, error: str) -> Message:
        channel = self._channel(arguments["channel"])
        message = self.find(channel.id, str(arguments["ts"]))
        if message is None:
            raise Refusal("message_not_found")
        if message.user != self.bot_user_id:
            raise Refusal(error)
        return message

    def _update(self, arguments: Payload) -> Payload:
        message = self._own(arguments, "cant_update_message")
        text, blocks = self._content(arguments, 4000)  # "text" alone removes the blocks
        self._revise(message, text, blocks)
        answer = {"channel": message.channel, "ts": message.ts, "text": text}
        return {**answer, "message": self._message_json(message)}

    def _revise(self, message: Message, text: str, blocks: list[Payload]) -> None:
        message.revisions.append((message.text, message.blocks))
        message.text, message.blocks = text, blocks

    def _delete(self, arguments: Payload) -> Payload:
        message = self._own(arguments, "cant_delete_message")
        message.deleted = True
        return {"channel": message.channel, "ts": message.ts}

    # conversations.* and users.info

    def _channel_json(self, channel: Channel) -> Payload:
        body: Payload = {"id": channel.id, "created": 1_700_000_000, "is_archived": False}
        body |= {"is_im": channel.kind == "im", "is_mpim": channel.kind == "mpim"}
        if channel.kind == "im":
            return body | {"user": next(iter(channel.members - {self.bot_user_id}))}
        private = channel.kind != "channel"
        body |= {"is_channel": not private, "is_group": private, "is_private": private}
        body |= {"name": channel.name, "num_members": len(channel.members)}
        return body | {"is_member": self.bot_user_id in channel.members}

    def _info(self, arguments: Payload) -> Payload:
        return {"channel": self._channel_json(self._channel(arguments.get("channel")))}

    def _open(self, arguments: Payload) -> Payload:
        if "channel" in arguments:
            channel = self._channel(arguments["channel"])
            if channel.kind not in ("im", "mpim"):
                raise Refusal("method_not_supported_for_channel_type")
            return {"channel": self._channel_json(channel)}
        given = arguments.get("users") or ""
        users = given.split(",") if isinstance(given, str) else list(given)
        if not given:
            raise Refusal("users_list_not_supplied")
        if not self.users.keys() >= set(users):
            raise Refusal("user_not_found")
        if len(users) > 8:
            raise Refusal("too_many_users")
        if len(users) == 1:
            return {"channel": self._channel_json(self.channels[self.im(users[0])])}
        key = "G" + "".join(user[2:5] for user in sorted(users))
        group = Channel(key, f"mpdm-{key.lower()}", "mpim", {*users, self.bot_user_id})
        return {"channel": self._channel_json(self.channels.setdefault(key, group))}

    def _page(self, messages: list[Message], arguments: Payload) -> Payload:
        oldest, latest = (float(arguments.get(name) or 0) for name in ("oldest", "latest"))
        edges = str(arguments.get("inclusive", "")).lower() in ("1", "true")
        limit = int(arguments.get("limit") or 100)
        try:
            start = int(b64decode(arguments.get("cursor") or "", validate=True) or 0)
        except ValueError as error:
            raise Refusal("invalid_cursor") from error

        def wanted(message: Message) -> bool:
            ts = float(message.ts)
            inside = oldest < ts and (not latest or ts < latest)
            return inside or (edges and ts in (oldest, latest))

        kept = [message for message in messages if wanted(message)]
        more = len(kept) > start + limit
        cursor = b64encode(str(start + limit).encode()).decode() if more else ""
        page = [self._message_json(message) for message in kept[start : start + limit]]
        return {"messages": page, "has_more": more, "response_metadata": {"next_cursor": cursor}}

    def _replies(self, arguments: Payload) -> Payload:
        channel = self._inside(arguments.get("channel"))
        found = self.find(channel.id, str(arguments.get("ts")))
        if found is None:
            raise Refusal("thread_not_found")
        return self._page([found, *self.replies(channel.id, found.ts)], arguments)

    def _history(self, arguments: Payload) -> Payload:
        channel = self._inside(arguments.get("channel"))
        roots = [m for m in channel.history if not m.deleted and m.thread_ts in (None, m.ts)]
        return self._page(roots[::-1], arguments)

    def _user(self, arguments: Payload) -> Payload:
        user = arguments.get("user")
        bot = user == self.bot_user_id
        if not bot and user not in self.users:
            raise Refusal("user_not_found")
        name = self.bot_name if bot else self.users[str(user)]
        real = {"real_name": name.title(), "display_name": name}
        body = {"id": user, "team_id": self.team_id, "name": name, "deleted": False}
        body |= {"real_name": name.title(), "profile": {**real, "team": self.team_id}}
        zone = {"tz": "America/Chicago", "tz_label": "Central Time", "tz_offset": -21_600}
        return {"user": {**body, **zone, "is_bot": bot, "is_app_user": False}}

    # views.* ("views.open", "Modals", "Home tab")

    def _checked(self, view: object, *kinds: str) -> Payload:
        if problems := check_view(view, *kinds):
            raise Refusal("invalid_arguments", *problems)
        content = dict(view) if isinstance(view, dict) else {}
        if len(json.dumps(content)) > 250_000:
            raise Refusal("view_too_large")
        return {**content, "blocks": filled(content["blocks"])}

    def _views_open(self, arguments: Payload) -> Payload:
        permit = self.triggers.get(str(arguments.get("trigger_id")))
        if permit is None:
            raise Refusal("invalid_trigger_id")
        if permit.uses:
            raise Refusal("exchanged_trigger_id")
        if self.now() - permit.born > 3.0:
            raise Refusal("expired_trigger_id")
        content = self._checked(arguments["view"], "modal")
        external = content.get("external_id")
        if external and external in [view.content.get("external_id") for view in self.views]:
            raise Refusal("duplicate_external_id")
        permit.uses += 1
        return {"view": self._view_json(self._present(permit.user, content))}

    def _present(self, user: str, content: Payload) -> View:
        view = View(unique("V"), user, content, self._next_ts())
        self.views.append(view)
        return view

    def _redraw(self, view: View, content: Payload) -> None:
        view.revisions.append(view.content)
        view.content, view.hash = content, self._next_ts()

    def _views_update(self, arguments: Payload) -> Payload:
        for view in self.views:
            names = (view.id, view.content.get("external_id") or None)
            if view.open and (arguments.get("view_id") or arguments.get("external_id")) in names:
                break
        else:
            raise Refusal("not_found")
        if arguments.get("hash") not in (None, view.hash):
            raise Refusal("hash_conflict")
        self._redraw(view, self._checked(arguments["view"], "modal"))
        return {"view": self._view_json(view)}

    def _views_publish(self, arguments: Payload) -> Payload:
        user = str(arguments["user_id"])
        content = self._checked(arguments["view"], "home")
        if user not in self.users:
            raise Refusal("invalid_arguments", "user_not_found [json-pointer:/user_id]")
        home = self.homes.get(user)
        if home is not None and arguments.get("hash") not in (None, home.hash):
            raise Refusal("hash_conflict")
        if home is None:
            home = self.homes[user] = View(unique("V"), user, content, self._next_ts())
        else:
            self._redraw(home, content)
        return {"view": self._view_json(home)}

    # assistant.threads.* ("AI in Slack")

    def _thread(self, arguments: Payload) -> tuple[str, str]:
        channel = self._inside(arguments["channel_id"])
        ts = self._root(channel, arguments["thread_ts"], "invalid_thread_ts")
        return channel.id, str(ts)

    def _set_status(self, arguments: Payload) -> Payload:
        thread = self._thread(arguments)
        loading = arguments.get("loading_messages") or []
        if not isinstance(loading, list) or len(loading) > 10:
            raise Refusal("invalid_arguments", "no more than 10 items allowed")
        self.statuses[thread] = str(arguments["status"])
        if not arguments["status"]:
            del self.statuses[thread]  # an empty status clears it, as the app's next message does
        return {}

    def _set_title(self, arguments: Payload) -> Payload:
        self.titles[self._thread(arguments)] = str(arguments["title"])
        return {}

    def _set_prompts(self, arguments: Payload) -> Payload:
        channel = self._inside(arguments["channel_id"])
        thread_ts = self._root(channel, arguments.get("thread_ts"), "invalid_thread_ts")
        prompts = arguments["prompts"]
        shaped = isinstance(prompts, list) and 1 <= len(prompts) <= 4
        if not shaped or any(set(prompt) != {"title", "message"} for prompt in prompts):
            raise Refusal("invalid_arguments", "one to four prompts with title and message")
        kept = {"title": arguments.get("title"), "prompts": prompts}
        self.prompts[channel.id, thread_ts] = kept
        return {}

    # Response URLs and answers in an acknowledgement ("Handling user interaction")

    async def _respond(self, request: web.Request) -> web.StreamResponse:
        call = Call("response_url", {}, time.monotonic())
        self.calls.append(call)
        self._busy += 1
        try:
            if (spoilt := await self._spoil(call)) is not None:
                return spoilt
            permit = self.response_urls.get(request.path)
            if permit is None:
                raise Refusal("no_service", status=404)
            if self.now() - permit.born > 30 * 60:
                raise Refusal("expired_url", status=404)
            if permit.uses >= 5:
                raise Refusal("used_url", status=404)
            try:
                body = json.loads(await request.read())
            except ValueError as error:
                raise Refusal("invalid_payload") from error
            call.arguments = body if isinstance(body, dict) else {}
            self._reply(body, permit, "response_url")
            permit.uses += 1
        except Refusal as refusal:
            call.error = refusal.error
            answer = {"ok": False, "error": refusal.error}
            return web.json_response(answer, status=refusal.status)
        finally:
            self._busy -= 1
            self._touched = time.monotonic()
        return web.json_response({"ok": True})

    def _reply(self, body: object, permit: Permit, via: str) -> None:
        kinds = ("ephemeral", "in_channel")
        if not isinstance(body, dict) or body.get("response_type", "ephemeral") not in kinds:
            raise Refusal("invalid_payload")
        known = "text blocks attachments response_type replace_original delete_original thread_ts"
        for name in body.keys() - {*known.split(), "unfurl_links", "unfurl_media", "metadata"}:
            self.violations.append(f"{via}: no such field: {name}")
        if body.get("delete_original") and permit.original:
            permit.original.deleted = True
            return
        text, blocks = self._content(body)
        if body.get("replace_original") and permit.original:
            self._revise(permit.original, text, blocks)
            return
        message = Message(permit.channel, self._next_ts(), text, blocks, via=via)
        message.thread_ts = self._root(self.channels[permit.channel], body.get("thread_ts"))
        message.ephemeral = None if body.get("response_type") == "in_channel" else permit.user
        self._show(message)

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
            self._present(view.user, self._checked(answer.get("view"), "modal"))
        elif action == "clear" or answer == {}:
            for closed in self.views if action else [view]:
                closed.open = closed.open and closed.user != view.user
        else:
            raise Refusal(f"unknown response_action {action!r}")

    # Socket Mode ("Using Socket Mode")

    async def _link(self, request: web.Request) -> web.StreamResponse:
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            return web.Response(status=403, text="ticket used or unknown")
        self._tickets.discard(ticket)
        socket = _Socket(web.WebSocketResponse(timeout=0.5), request)
        await socket.ws.prepare(request)
        self.sockets.append(socket)
        self.connections += 1
        debug = {"host": "applink-local", "build_number": 1, "approximate_connection_time": 18060}
        hello = {"type": "hello", "num_connections": len(self.sockets), "debug_info": debug}
        try:
            await socket.ws.send_json({**hello, "connection_info": {"app_id": self.app_id}})
            await socket.ws.ping(b"Ping from applink-local")
            async for frame in socket.ws:
                self._acknowledge(str(frame.data))
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
            await ready[self._turn % len(ready)].ws.send_json(envelope)
        return delivery

    async def disconnect(self, reason: str = "refresh_requested", grace: float = 0.2) -> None:
        """Asks the oldest socket to go (`warning`, `refresh_requested`), then closes it.

        The client has `grace` seconds to leave by itself, as Slack gives it about ten.
        """
        socket = self.sockets[0]
        debug = {"host": "applink-local"}
        await socket.ws.send_json({"type": "disconnect", "reason": reason, "debug_info": debug})
        deadline = time.monotonic() + grace
        while not socket.ws.closed and time.monotonic() < deadline:
            await asyncio.sleep(0.005)
        await socket.ws.close()

    def drop(self) -> None:
        """Cuts the oldest socket off without a word, as a failing network does."""
        transport = self.sockets[0].request.transport
        if transport is not None:
            transport.abort()

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
