"""Sign in with Slack: off to Slack's page, and back with a code for who somebody is.

Follows "Sign in with Slack" and "openid.connect.token". The id token comes from Slack itself over
TLS, where OpenID Connect (3.1.3.7) takes that for its signature; its claims are checked all the
same, and held against what "openid.connect.userInfo" says.
"""

import binascii
import json
import time
from base64 import urlsafe_b64decode
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urljoin

import aiohttp
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.config import Settings
from bot.errors import SignInRefused
from bot.signing_in import SIGN_IN_REDIRECT, Answer, Person
from bot.slack.identity import Identity

ISSUER = "https://slack.com"
SCOPE = "openid"
_SKEW = 60.0
_AGAIN = "Begin again on the sign-in page, or type /policy web in Slack."
_UNVOUCHED = f"What Slack says of this sign-in does not fit it. Nobody is signed in. {_AGAIN}"


class _Who(BaseModel):
    """Whom a token or an answer of Slack's is about; everything else in it is left unread."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    sub: str = Field(min_length=1)
    team: str = Field(alias="https://slack.com/team_id", pattern=r"^T[A-Z0-9]{1,30}$")
    user: str = Field(alias="https://slack.com/user_id", pattern=r"^[UW][A-Z0-9]{1,30}$")


class _Claims(_Who):
    """The claims of an id token that are checked; times are seconds since 1970."""

    iss: str
    aud: str
    exp: int
    iat: int
    nonce: str


class OpenId:
    """Asks Slack who somebody is; ``clock`` returns seconds since 1970."""

    def __init__(
        self,
        settings: Settings,
        client: AsyncWebClient,
        identity: Identity,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._client = client
        self._identity = identity
        self._clock = clock
        self._id = settings.slack_client_id or ""
        self._secret = settings.slack_client_secret or ""
        self._page = urljoin(settings.slack_api_url, "../openid/connect/authorize")
        self._redirect = settings.address + SIGN_IN_REDIRECT

    def page(self, state: str, nonce: str) -> str:
        """Return the address of Slack's page for one sign-in."""
        query = {
            "response_type": "code",
            "client_id": self._id,
            "scope": SCOPE,
            "redirect_uri": self._redirect,
            "state": state,
            "nonce": nonce,
        }
        return f"{self._page}?{urlencode(query)}"

    async def finish(self, answer: Answer) -> Person:
        """Return who signed in; raise SignInRefused, fit to show."""
        try:
            given = await self._client.openid_connect_token(
                client_id=self._id,
                client_secret=self._secret,
                code=answer.code,
                redirect_uri=self._redirect,
                grant_type="authorization_code",
            )
            claims = self._claims(given.get("id_token"), answer.nonce)
            token = str(given.get("access_token") or "")
            info = await self._client.openid_connect_userInfo(token=token)
            who = _Who.model_validate(info.data)
        except SlackApiError as error:
            code = str(error.response.get("error") or "")
            named = code if code.isidentifier() else "no reason given"
            raise SignInRefused(f"Slack refused the sign-in ({named}). {_AGAIN}") from None
        except (aiohttp.ClientError, OSError, TimeoutError):
            raise SignInRefused(f"Slack could not be reached. {_AGAIN}") from None
        except (ValidationError, ValueError):
            raise SignInRefused(_UNVOUCHED) from None
        if (who.sub, who.team, who.user) != (claims.sub, claims.team, claims.user):
            raise SignInRefused(_UNVOUCHED)
        enterprise = info.get("https://slack.com/enterprise_id")
        place = str(enterprise) if enterprise else None
        if await self._identity.find(who.team, place, org_wide=False) is None:
            raise SignInRefused("The assistant is not in this Slack workspace. Sign in with yours.")
        return Person(team=who.team, user=who.user)

    def _claims(self, token: object, nonce: str) -> _Claims:
        """Return the claims of an id token that was made for this app and this sign-in, now."""
        claims = _Claims.model_validate(_payload(token))
        now = self._clock()
        fits = (
            claims.iss == ISSUER
            and claims.aud == self._id
            and claims.nonce == nonce
            and claims.exp > now - _SKEW
            and claims.iat < now + _SKEW
        )
        if not fits:
            raise SignInRefused(_UNVOUCHED)
        return claims


def _payload(token: object) -> Any:  # noqa: ANN401 (JSON as Slack gives it)
    """Return the middle part of a JSON Web Token; raise ValueError."""
    parts = token.split(".") if isinstance(token, str) else []
    if len(parts) != 3:
        raise ValueError("This is no JSON Web Token.")
    try:
        return json.loads(urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (binascii.Error, UnicodeDecodeError) as error:
        raise ValueError("This is no JSON Web Token.") from error
