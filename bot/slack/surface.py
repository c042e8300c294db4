"""The Slack surface in service: it joins, listens over Socket Mode or signed HTTP, and leaves."""

import asyncio
import re
from collections import Counter

import aiohttp
from slack_bolt.adapter.starlette.async_handler import to_async_bolt_request, to_starlette_response
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse
from starlette.requests import Request
from starlette.responses import Response

from bot.bridge import Bridge
from bot.config import Settings
from bot.connection import Connection, Mode
from bot.errors import ServiceRefused
from bot.installing import Installer
from bot.signing_in import SlackSignIn
from bot.slack.answering import Answering
from bot.slack.heralding import Heralding
from bot.slack.identity import Identity
from bot.slack.ids import Counted
from bot.slack.inbox import Inbox
from bot.slack.oauth import Installing
from bot.slack.openid import OpenId
from bot.slack.posting import Posting
from bot.slack.pulse import Pulse
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
        identity: Identity,
        answering: Answering,
        posting: Posting,
        heralding: Heralding,
        inbox: Inbox,
        running: Running,
        ledger: Bridge,
        counts: Counter[Counted],
        installing: Installing | None = None,
        openid: OpenId | None = None,
    ) -> None:
        self.counts = counts
        self.inbox = inbox
        self.installer = Installer(installing.begin, installing.finish) if installing else None
        self.sign_in = SlackSignIn(openid.page, openid.finish) if openid else None
        self._settings = settings
        self._app = app
        self._client = client
        self._identity = identity
        self._answering = answering
        self._posting = posting
        self.heralding = heralding
        self._running = running
        self._ledger = ledger
        self._watch: asyncio.Task[None] | None = None
        secret = settings.slack_signing_secret
        self._verifier = SignatureVerifier(secret) if secret else None
        self._socket: Socket | None = None
        self._pulse = Pulse(_mode(settings))
        self._open = False
        self._stopped = False

    async def start(self) -> None:
        """Join Slack; raise ServiceRefused naming the setting that Slack does not accept."""
        connector = aiohttp.TCPConnector(keepalive_timeout=10)
        self._client.session = aiohttp.ClientSession(timeout=_TIMEOUT, connector=connector)
        try:
            bot = self._settings.slack_bot_token
            if bot:
                test = await self._ask("SLACK_BOT_TOKEN", _BOT_REMEDY, bot)
                self._identity.introduce(bot, test)
            if self._settings.slack_app_token:
                await self._connect(self._settings.slack_app_token)
        except BaseException:
            await self.stop(grace=0)
            raise
        self._watch = asyncio.create_task(self._answering.watch())
        self._posting.start()
        self.heralding.start()
        self._open = True

    async def stop(self, grace: float = 20.0) -> None:
        """Take no more questions, finish those that began (``grace`` seconds), and leave.

        What is not finished by then stays in the inbox, for the next start.
        """
        self._open = False
        if self._stopped:
            return
        self._stopped = True
        if self._socket is not None:
            await self._socket.close()  # type: ignore[no-untyped-call]
            self._socket = None
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.wait([self._watch])
            await self._running.finish(grace)
            await self._posting.stop(grace)
            await self.heralding.stop(grace)
            await self._ledger.run(self.inbox.release)
        self._ledger.close()
        self._identity.close()
        if self._client.session is not None:
            await self._client.session.close()

    def connection(self) -> Connection:
        """Return how well Slack is connected."""
        return self._pulse.connection(self._open)

    async def events(self, request: Request) -> Response:
        """Answer what Slack posts to ``/slack/events``; 401 for whatever Slack did not sign."""
        if self._verifier is None:
            return Response(status_code=404)
        body = await _body(request)
        if body is None:
            self.counts[Counted.UNREADABLE] += 1
            return Response(status_code=413)
        if not _signed(request, body, self._verifier):
            self.counts[Counted.UNSIGNED] += 1
            return Response(status_code=401)
        self._pulse.beat()
        if not self._open:
            return Response(status_code=503)  # Slack delivers it again
        try:
            parsed = to_async_bolt_request(request, body)
        except (ValueError, AttributeError, TypeError):
            self.counts[Counted.UNREADABLE] += 1
            return Response(status_code=400)
        return to_starlette_response(await self._app.async_dispatch(parsed))

    async def _connect(self, token: str) -> None:
        opened = await self._ask("SLACK_APP_TOKEN", _APP_REMEDY, token)
        self._socket = self._pulse.socket = Socket(self._app, token)
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


def _mode(settings: Settings) -> Mode:
    if settings.slack_app_token is None:
        return Mode.HTTP
    return Mode.BOTH if settings.slack_signing_secret else Mode.SOCKET


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
