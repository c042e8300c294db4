"""The Socket Mode connection: Slack's frames in, Bolt's acknowledgements out."""

import asyncio
import time

from aiohttp import WSMessage
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app, send_async_response
from slack_bolt.async_app import AsyncApp
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

_PING_SECONDS = 5
_PATIENCE = 20.0


class Socket(SocketModeClient):
    """A connection that comes about again, however it ended.

    Slack's addresses are good for one connection. The SDK tries an address for ever once it has
    it; here a new one is asked for when none came about in ``patience`` seconds.
    """

    def __init__(self, app: AsyncApp, app_token: str, patience: float = _PATIENCE) -> None:
        self.heard: float | None = None
        self._pong: float | None = None
        super().__init__(
            app_token=app_token,
            logger=app.logger,
            web_client=app.client,
            ping_interval=_PING_SECONDS,
        )
        self._app = app
        self._patience = patience
        self.socket_mode_request_listeners.append(self._handle)
        self.on_message_listeners.append(self._message)

    @property
    def up(self) -> bool:
        """Whether there is a connection that answers pings."""
        session = self.current_session
        pong = self._pong
        answers = pong is None or time.time() - pong < 4 * _PING_SECONDS
        gone = self.closed or self.stale or session is None or session.closed
        return answers and not gone

    @property
    def last_ping_pong_time(self) -> float | None:
        """When Slack last answered a ping, in seconds since 1970, as the SDK keeps it."""
        return self._pong

    @last_ping_pong_time.setter
    def last_ping_pong_time(self, at: float | None) -> None:
        """Keep what the SDK forgets again when it finds a connection dead."""
        self._pong = at
        if at is not None:
            self.heard = max(at, self.heard or at)

    async def _message(self, _message: WSMessage) -> None:
        self.heard = time.time()

    async def connect(self) -> None:
        """Return when connected, or closed."""
        while not self.closed:
            try:
                async with asyncio.timeout(self._patience):
                    await super().connect()  # type: ignore[no-untyped-call]
                return
            except TimeoutError:
                self.wss_uri = None

    async def _handle(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        began = time.time()
        response = await run_async_bolt_app(self._app, request)
        await send_async_response(client, request, response, began)
