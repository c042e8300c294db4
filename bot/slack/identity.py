"""Who the assistant is in each workspace: the token a payload is answered with, or none at all."""

import time
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from slack_bolt.authorization import AuthorizeResult
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.response import BoltResponse
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.request import HttpRequest
from slack_sdk.http_retry.response import HttpResponse
from slack_sdk.http_retry.state import RetryState
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.bridge import Bridge
from bot.slack.ids import Counted, Event
from bot.slack.installs import Installation, Installs

CACHED_SECONDS = 60.0
_ADMITTED = "admitted"
_INVALID = ("token_revoked", "token_expired", "account_inactive", "invalid_auth")


class Identity:
    """Finds the installation a payload belongs to, first the kept ones, then SLACK_BOT_TOKEN's.

    An installation is remembered for a minute; ``clock`` gives seconds that only grow. ``bridge``
    is its own: an acknowledgement waits for it, and must not wait behind answers.
    """

    def __init__(
        self,
        installs: Installs | None,
        bridge: Bridge,
        counts: Counter[Counted],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._installs = installs
        self._bridge = bridge
        self._counts = counts
        self._clock = clock
        self._own: Installation | None = None
        self._cache: dict[tuple[str, ...], tuple[float, Installation]] = {}

    def close(self) -> None:
        """Look nothing up any more."""
        self._bridge.close()

    def introduce(self, token: str, test: AsyncSlackResponse) -> None:
        """Take what ``auth.test`` says of SLACK_BOT_TOKEN, asked once at the start."""
        self._own = installation(token, test, test.get("team") or "")

    async def find(
        self, team: str | None, enterprise: str | None, org_wide: bool
    ) -> Installation | None:
        """Return the installation of a workspace, or None where the assistant never was.

        A workspace without one of its own has that of its organisation.
        """
        wanted = (enterprise,) if org_wide else (team, enterprise)
        places = tuple(place for place in wanted if place)
        if self._installs is not None and places:
            until, known = self._cache.get(places, (0.0, None))
            if known is None or until <= self._clock():
                known = await self._bridge.run(self._installs.find, places)
                if known is None:
                    self._cache.pop(places, None)
                else:
                    self._cache[places] = (self._clock() + CACHED_SECONDS, known)
            if known is not None:
                return known
        own = self._own
        return own if own is not None and own.place in places else None

    async def admit(
        self,
        body: dict[str, Any],
        context: AsyncBoltContext,
        next_: Callable[[], Awaitable[None]],
    ) -> BoltResponse | None:
        """Let through what comes from an installed workspace; acknowledge and drop the rest.

        Stands before Bolt's own authorization, which would answer the rest in words of its own.
        """
        event = body.get("event") or {}
        unasked = body.get("type") in ("url_verification", "ssl_check")
        if not unasked and event.get("type") not in (Event.UNINSTALLED, Event.REVOKED):
            found = await self.find(
                context.team_id, context.enterprise_id, bool(context.is_enterprise_install)
            )
            if found is None:
                self._counts[Counted.ELSEWHERE] += 1
                return BoltResponse(status=200, body="")
            context[_ADMITTED] = found
        await next_()
        return None

    def authorize(self) -> Callable[[AsyncBoltContext], Awaitable[AuthorizeResult]]:
        """Return what Bolt asks for the token; ``admit`` has found it already.

        A function, since Bolt passes arguments by name and takes ``self`` for one of them.
        """

        async def admitted(context: AsyncBoltContext) -> AuthorizeResult:
            found: Installation = context[_ADMITTED]
            return AuthorizeResult(
                enterprise_id=context.enterprise_id,
                team_id=context.team_id,
                bot_id=found.bot_id,
                bot_user_id=found.bot_user,
                bot_token=found.bot_token,
            )

        return admitted

    async def uninstalled(self, body: dict[str, Any], context: AsyncBoltContext) -> None:
        """Forget an installation that was taken back ("app_uninstalled")."""
        await self._forget(body, context)

    async def revoked(self, body: dict[str, Any], context: AsyncBoltContext) -> None:
        """Forget an installation whose bot token was taken back ("tokens_revoked").

        Slack names the bot's user, never the token; tokens of people are none of ours.
        """
        tokens = (body.get("event") or {}).get("tokens") or {}
        if tokens.get("bot"):
            await self._forget(body, context)

    async def _forget(self, body: dict[str, Any], context: AsyncBoltContext) -> None:
        org_wide = bool(context.is_enterprise_install)
        place = context.enterprise_id if org_wide else context.team_id
        happened = datetime.fromtimestamp(float(body.get("event_time") or time.time()), UTC)
        if self._installs is None or not place:
            return
        await self._bridge.run(self._installs.remove, place, happened)
        self._drop(lambda known: known.place == place)

    def refused(self, token: str) -> None:
        """Count a bot token that Slack no longer takes, and look it up anew the next time."""
        self._counts[Counted.REVOKED] += 1
        self._drop(lambda known: known.bot_token == token)

    def _drop(self, gone: Callable[[Installation], bool]) -> None:
        self._cache = {key: kept for key, kept in self._cache.items() if not gone(kept[1])}


class Refusals(AsyncRetryHandler):
    """Retries nothing; it sees every answer of Slack, and tells which tokens are no longer good."""

    def __init__(self, identity: Identity) -> None:
        super().__init__()
        self._identity = identity

    async def can_retry_async(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> bool:
        """Return False."""
        answer = response.body if response is not None else None
        if isinstance(answer, dict) and answer.get("error") in _INVALID and error is None:
            for value in request.headers.get("Authorization", []):
                if value.startswith("Bearer xoxb-"):
                    self._identity.refused(value.removeprefix("Bearer "))
        return False


def installation(token: str, test: AsyncSlackResponse, name: str) -> Installation:
    """Return the installation that ``auth.test`` tells of for a bot token."""
    org_wide = bool(test.get("is_enterprise_install"))
    return Installation(
        place=str(test.get("enterprise_id") if org_wide else test.get("team_id")),
        enterprise=test.get("enterprise_id"),
        name=name[:200],
        bot_token=token,
        bot_user=str(test.get("user_id")),
        bot_id=test.get("bot_id"),
    )
