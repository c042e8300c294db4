"""The Slack surface: a Bolt app that listens over Socket Mode, signed HTTP, or both."""

import asyncio
import logging
import re
import secrets
from collections import Counter
from collections.abc import Awaitable, Callable

import aiohttp
from slack_bolt.adapter.starlette.async_handler import to_async_bolt_request, to_starlette_response
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse
from starlette.requests import Request
from starlette.responses import Response

from bot.approvals.store import RequestStore
from bot.assistant import Answers
from bot.bridge import Bridge
from bot.config import Settings
from bot.department import Department
from bot.errors import ServiceRefused
from bot.slack.deliveries import Deliveries
from bot.slack.failures import Failures
from bot.slack.ids import Action, Command, Counted, Event
from bot.slack.logs import quiet
from bot.slack.questions import Questions
from bot.slack.retries import calling
from bot.slack.running import Running
from bot.slack.socket import Socket

_TIMEOUT = aiohttp.ClientTimeout(total=30)
_CONNECT_SECONDS = 45.0
_MOST_BODY = 1_000_000
_STAMP = re.compile(r"[0-9]{1,12}")
_BOT_REMEDY = "Copy the Bot User OAuth Token from 'OAuth & Permissions' again, or reinstall the app"
_APP_REMEDY = "Make an App-Level Token with 'connections:write' under 'Basic Information'"


class SlackSurface:
    """The assistant in Slack. Start it once, stop it once."""

    def __init__(
        self,
        settings: Settings,
        app: AsyncApp,
        client: AsyncWebClient,
        running: Running,
        counts: Counter[Counted],
        identity: "Identity",
    ) -> None:
        self.counts = counts
        self._settings = settings
        self._app = app
        self._client = client
        self._running = running
        self._identity = identity
        secret = settings.slack_signing_secret
        self._verifier = SignatureVerifier(secret) if secret else None
        self._socket: Socket | None = None
        self._open = False

    async def start(self) -> None:
        """Join Slack; raise ServiceRefused naming the setting that Slack does not accept."""
        connector = aiohttp.TCPConnector(keepalive_timeout=10)
        self._client.session = aiohttp.ClientSession(timeout=_TIMEOUT, connector=connector)
        try:
            bot = self._settings.slack_bot_token
            test = await self._ask("SLACK_BOT_TOKEN", _BOT_REMEDY, bot)
            self._identity.result = AuthorizeResult.from_auth_test_response(
                bot_token=bot, auth_test_response=test
            )
            if self._settings.slack_app_token:
                await self._connect(self._settings.slack_app_token)
        except BaseException:
            await self.stop(grace=0)
            raise
        self._open = True

    async def stop(self, grace: float = 20.0) -> None:
        """Take no more questions, finish those that began (``grace`` seconds), and leave."""
        self._open = False
        if self._socket is not None:
            await self._socket.close()  # type: ignore[no-untyped-call]
            self._socket = None
        await self._running.finish(grace)
        if self._client.session is not None:
            await self._client.session.close()

    async def events(self, request: Request) -> Response:
        """Answer what Slack posts to ``/slack/events``; 401 for whatever Slack did not sign."""
        if self._verifier is None:
            return Response(status_code=404)
        body = await _body(request)
        if body is None:
            return Response(status_code=413)
        if not _signed(request, body, self._verifier):
            return Response(status_code=401)
        if not self._open:
            return Response(status_code=503)  # Slack delivers it again
        try:
            parsed = to_async_bolt_request(request, body)
        except (ValueError, AttributeError, TypeError):
            return Response(status_code=400)
        return to_starlette_response(await self._app.async_dispatch(parsed))

    async def _connect(self, token: str) -> None:
        opened = await self._ask("SLACK_APP_TOKEN", _APP_REMEDY, token)
        self._socket = Socket(self._app, token)
        self._socket.wss_uri = opened["url"]
        try:
            async with asyncio.timeout(_CONNECT_SECONDS):
                await self._socket.connect()
        except TimeoutError:
            raise ServiceRefused(
                "SLACK_APP_TOKEN: Slack gives an address for Socket Mode, but no connection comes "
                "about. Let wss:// out through proxy and firewall, or use SLACK_SIGNING_SECRET."
            ) from None

    async def _ask(self, setting: str, remedy: str, token: str | None) -> AsyncSlackResponse:
        try:
            if setting == "SLACK_APP_TOKEN":
                return await self._client.apps_connections_open(app_token=token or "")
            return await self._client.auth_test(token=token)
        except SlackApiError as error:
            code = error.response.get("error") or f"status {error.response.status_code}"
            if error.response.status_code != 200:
                raise self._unreachable(str(code)) from None
            raise ServiceRefused(
                f"{setting}: Slack refused the token ({code!r}). {remedy}."
            ) from None
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise self._unreachable(type(error).__name__) from None

    def _unreachable(self, why: str) -> ServiceRefused:
        return ServiceRefused(
            f"SLACK_API_URL: {self._settings.slack_api_url!r} gives no answer ({why}). "
            "Check the address, the network and the proxy."
        )


class Identity:
    """Who the assistant is in Slack: asked once at the start, not before each acknowledgement."""

    def __init__(self) -> None:
        self.result: AuthorizeResult | None = None

    def authorize(self) -> Callable[[], Awaitable[AuthorizeResult]]:
        """Return what Bolt asks; here installations of several workspaces will be looked up.

        A function, since Bolt passes arguments by name and takes ``self`` for one of them.
        """

        async def known() -> AuthorizeResult:
            if self.result is None:
                raise ServiceRefused("Slack sent something before the start. Start it first.")
            return self.result

        return known


def build_slack(
    *,
    answers: Answers,
    store: RequestStore,
    deliveries: Deliveries,
    settings: Settings,
    department: Department,
    bridge: Bridge,
    reference: Callable[[], str] = lambda: "E-" + secrets.token_hex(4).upper(),
    start_threads: bool = True,
) -> SlackSurface:
    """Return the surface, not started.

    ``start_threads`` answers a mention outside a thread in the thread it would open; without it
    beside the mention. Slack documents that people see an ephemeral message in a thread only if
    the thread has replies already ("chat.postEphemeral").
    """
    logger = quiet()
    client = AsyncWebClient(
        base_url=settings.slack_api_url, logger=logger, retry_handlers=calling()
    )
    identity, running, counts = Identity(), Running(), Counter[Counted]()
    before = logger.level
    logger.setLevel(logging.ERROR)  # Bolt finds SLACK_BOT_TOKEN for itself and warns of the second
    app = AsyncApp(
        name="policybot",
        logger=logger,
        client=client,
        authorize=identity.authorize(),
        signing_secret=settings.slack_signing_secret or "",
        raise_error_for_unhandled_request=True,
        attaching_conversation_kwargs_enabled=False,
    )
    logger.setLevel(before)
    questions = Questions(
        answers=answers,
        store=store,
        deliveries=deliveries,
        bridge=bridge,
        running=running,
        counts=counts,
        start_threads=start_threads,
    )
    app.event(Event.MENTION.value)(questions.hear)
    app.event(Event.MESSAGE.value)(questions.hear)
    app.command(Command.POLICY.value, middleware=[_acknowledge_first])(questions.command)
    for action in Action:
        app.action(action.value)(_acknowledge)
    app.error(Failures(department, reference, counts).handle)
    return SlackSurface(settings, app, client, running, counts, identity)


async def _acknowledge_first(ack: AsyncAck, next_: Callable[[], Awaitable[None]]) -> None:
    """Acknowledge before the listener starts, as Bolt does for events.

    A listener that acknowledges by itself and then fails within Bolt's next look (10 ms) loses the
    acknowledgement again: Bolt puts nothing in its place.
    """
    await ack()
    await next_()


async def _acknowledge(ack: AsyncAck) -> None:
    """A button that opens an address needs nothing else."""
    await ack()


def _signed(request: Request, body: bytes, verifier: SignatureVerifier) -> bool:
    """Whether Slack signed the request in the last five minutes; Bolt fails on odd headers."""
    stamp = request.headers.get("x-slack-request-timestamp", "")
    signature = request.headers.get("x-slack-signature", "")
    if not _STAMP.fullmatch(stamp) or not signature.isascii():
        return False
    try:
        return verifier.is_valid(body, stamp, signature)
    except UnicodeDecodeError:
        return False


async def _body(request: Request) -> bytes | None:
    """Return the body, or None when it is longer than anything Slack sends."""
    parts, length = [], 0
    async for part in request.stream():
        length += len(part)
        if length > _MOST_BODY:
            return None
        parts.append(part)
    return b"".join(parts)
