"""The Socket Mode connection: Slack's frames in, Bolt's acknowledgements out."""

import asyncio
import time

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
        super().__init__(
            app_token=app_token,
            logger=app.logger,
            web_client=app.client,
            ping_interval=_PING_SECONDS,
        )
        self._app = app
        self._patience = patience
        self.socket_mode_request_listeners.append(self._handle)

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
