"""When a call to Slack is made again: never where the first one may have put something there."""

import aiohttp
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.http_retry.request import HttpRequest
from slack_sdk.http_retry.response import HttpResponse
from slack_sdk.http_retry.state import RetryState

_HARMLESS = (
    "auth.test",
    "apps.connections.open",
    "chat.update",
    "conversations.history",
    "conversations.open",
    "conversations.replies",
    "users.info",
    "views.publish",
    "views.update",
)
_TROUBLE = (500, 502, 503, 504)


class UnsentRetries(AsyncRetryHandler):
    """Tries again what never left: no connection came about."""

    async def _can_retry_async(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> bool:
        return isinstance(error, aiohttp.ClientConnectorError)


class HarmlessRetries(AsyncRetryHandler):
    """Tries calls that do no more twice than once again: server errors, broken connections."""

    async def _can_retry_async(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> bool:
        if request.url.rsplit("/", 1)[-1] not in _HARMLESS:
            return False
        broken = isinstance(error, aiohttp.ClientConnectionError)
        return broken or (response is not None and response.status_code in _TROUBLE)


def posting() -> list[AsyncRetryHandler]:
    """Return what may repeat a post: Slack said "too many" (nothing was taken), or was not reached.

    Bolt posts nothing on 429 without such a handler, and the SDK's own handler for broken
    connections would post twice.
    """
    return [AsyncRateLimitErrorRetryHandler(max_retry_count=3), UnsentRetries(max_retry_count=2)]


def calling() -> list[AsyncRetryHandler]:
    """Return what may repeat any call of the Web API."""
    return [*posting(), HarmlessRetries(max_retry_count=2)]
