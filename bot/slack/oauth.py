"""Installing by OAuth: off to Slack's page with a fresh state, and back with a code for a token."""

from typing import Any
from urllib.parse import urlencode, urljoin

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.bridge import Bridge
from bot.config import Settings
from bot.errors import InstallRefused
from bot.installing import REDIRECT, Begun, Returned
from bot.slack.identity import installation
from bot.slack.ids import Scope
from bot.slack.installs import STATE_SECONDS, Installation, Installs

_AGAIN = "Open the installation link again."
_REASONS = {
    "invalid_code": f"Slack does not know the code of this installation any more. {_AGAIN}",
    "code_already_used": f"The code of this installation was used already. {_AGAIN}",
    "bad_redirect_uri": (
        "Slack does not know {redirect}. Add it to the app under 'OAuth & Permissions', 'Redirect "
        "URLs', and open the installation link again."
    ),
}
_UNKNOWN_APP = (
    "Slack does not accept SLACK_CLIENT_ID with SLACK_CLIENT_SECRET. Copy both again from 'Basic "
    "Information', start the assistant anew, and open the installation link again."
)


class Installing:
    """Slack's authorization page, and what comes back from it ("Installing with OAuth").

    ``client`` calls the Web API; ``client_id`` and ``client_secret`` are the app's own.
    """

    def __init__(
        self, settings: Settings, client: AsyncWebClient, installs: Installs, bridge: Bridge
    ) -> None:
        self._client = client
        self._installs = installs
        self._bridge = bridge
        self._id = settings.slack_client_id or ""
        self._secret = settings.slack_client_secret or ""
        self._page = urljoin(settings.slack_api_url, "../oauth/v2/authorize")
        self._redirect = settings.address + REDIRECT

    async def begin(self) -> Begun:
        """Return where to send the browser, and what it must bring back."""
        state, browser = await self._bridge.run(self._installs.begin)
        query = {
            "client_id": self._id,
            "scope": ",".join(sorted(Scope)),
            "redirect_uri": self._redirect,
            "state": state,
        }
        address = f"{self._page}?{urlencode(query)}"
        return Begun(address=address, browser=browser, seconds=STATE_SECONDS)

    async def finish(self, returned: Returned) -> str:
        """Keep the installation and return where it is; raise InstallRefused, fit to show."""
        known = await self._bridge.run(self._installs.finish, returned.state, returned.browser)
        if not known:
            raise InstallRefused(
                "This installation was not begun in this browser, is more than ten minutes old, or "
                f"was finished already. {_AGAIN}"
            )
        if not returned.code:
            raise InstallRefused(f"Nothing was installed: Slack was not given consent. {_AGAIN}")
        try:
            made = await self._exchange(returned.code)
        except SlackApiError as error:
            raise self._refused(error) from None
        except (aiohttp.ClientError, OSError, TimeoutError):
            raise InstallRefused(f"Slack could not be reached. {_AGAIN}") from None
        await self._bridge.run(self._installs.keep, made)
        return made.name

    async def _exchange(self, code: str) -> Installation:
        answer = await self._client.oauth_v2_access(
            client_id=self._id,
            client_secret=self._secret,
            code=code,
            redirect_uri=self._redirect,
        )
        given: dict[str, Any] = answer.data if isinstance(answer.data, dict) else {}
        token = given.get("access_token")
        if given.get("token_type") != "bot" or not isinstance(token, str):
            raise InstallRefused(
                "Slack gave no token for a bot. Create the app from the manifest, then open the "
                "installation link again."
            )
        if given.get("refresh_token"):
            raise InstallRefused(
                "Token rotation is on in the app, and tokens that expire are not supported. Create "
                "the app anew from the manifest, which leaves it off."
            )
        if not set(str(given.get("scope", "")).split(",")).issuperset(Scope):
            raise InstallRefused(f"Slack did not grant every permission that was asked. {_AGAIN}")
        test = await self._client.auth_test(token=token)
        place = given.get("enterprise" if given.get("is_enterprise_install") else "team") or {}
        return installation(token, test, str(place.get("name") or test.get("team") or "Slack"))

    def _refused(self, error: SlackApiError) -> InstallRefused:
        code = str(error.response.get("error") or "")
        if code in ("invalid_client_id", "bad_client_secret"):
            return InstallRefused(_UNKNOWN_APP)
        if code in _REASONS:
            return InstallRefused(_REASONS[code].format(redirect=self._redirect))
        named = code if code.isidentifier() else "no reason given"
        return InstallRefused(f"Slack refused the installation ({named}). {_AGAIN}")
