"""Sign in with Slack in the local Slack: its page, openid.connect.token, openid.connect.userInfo.

Follows "Sign in with Slack", "openid.connect.token" and "openid.connect.userInfo".
"""

import json
import time
import uuid
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlencode, urlsplit

from slack_blocks import Payload
from slack_methods import Refusal

CODE_LIVES = 600.0
SCOPES = {"openid", "profile", "email"}


@dataclass
class Consented:
    """What somebody allowed in the browser: worth one exchange with the same redirect."""

    team: str
    user: str
    redirect_uri: str
    nonce: str
    born: float
    uses: int = 0


@dataclass
class OpenIdDesk:
    """The codes and the people's tokens of one app; ``spoil`` changes the claims it signs."""

    client_id: str
    client_secret: str
    codes: dict[str, Consented] = field(default_factory=dict)
    tokens: dict[str, Consented] = field(default_factory=dict)
    spoil: dict[str, object] = field(default_factory=dict)

    def follow(self, page: str, team: str, user: str) -> str:
        """Opens the app's link to Slack's page and allows it; returns the way back.

        ValueError where Slack's page shows an error, or where anybody could have made the link.
        """
        address = urlsplit(page)
        query = {name: values[0] for name, values in parse_qs(address.query).items()}
        scopes = set(query.get("scope", "").split())
        if not address.path.endswith("/openid/connect/authorize"):
            raise ValueError(f"{address.path!r} is not openid/connect/authorize")
        if query.get("client_id") != self.client_id or query.get("response_type") != "code":
            raise ValueError("no such app, or no response_type=code")
        if "openid" not in scopes or not scopes <= SCOPES:
            raise ValueError(f"invalid_scope: {scopes}")
        if not all(query.get(name) for name in ("state", "nonce", "redirect_uri")):
            raise ValueError("no state, nonce or redirect_uri")
        code = uuid.uuid4().hex
        self.codes[code] = Consented(
            team, user, query["redirect_uri"], query["nonce"], time.monotonic()
        )
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def token(self, arguments: Payload) -> Payload:
        """Exchanges a code, once."""
        if arguments.get("client_id") != self.client_id:
            raise Refusal("invalid_client_id")
        if arguments.get("client_secret") != self.client_secret:
            raise Refusal("bad_client_secret")
        if arguments.get("grant_type", "authorization_code") != "authorization_code":
            raise Refusal("invalid_grant_type")
        consented = self.codes.get(str(arguments.get("code")))
        if consented is None or time.monotonic() - consented.born > CODE_LIVES:
            raise Refusal("invalid_code")
        if consented.uses:
            raise Refusal("code_already_used")
        if arguments.get("redirect_uri") != consented.redirect_uri:
            raise Refusal("bad_redirect_uri")
        consented.uses += 1
        token, now = f"xoxp-{uuid.uuid4().hex}", int(time.time())
        self.tokens[token] = consented
        claims = {
            "iss": "https://slack.com",
            "aud": self.client_id,
            "exp": now + 300,
            "iat": now,
            "auth_time": now,
            "nonce": consented.nonce,
            **self.about(token),
            **self.spoil,
        }
        parts = ({"alg": "RS256", "typ": "JWT"}, claims)
        jwt = ".".join(_part(json.dumps(one).encode()) for one in parts)
        jwt = f"{jwt}.{_part(b'a signature of the local Slack')}"
        return {"access_token": token, "token_type": "Bearer", "id_token": jwt}

    def about(self, token: str) -> Payload:
        """Tells whose token it is."""
        consented = self.tokens.get(token)
        if consented is None:
            raise Refusal("invalid_auth" if token else "not_authed")
        return {
            "sub": consented.user,
            "https://slack.com/user_id": consented.user,
            "https://slack.com/team_id": consented.team,
        }


def _part(body: bytes) -> str:
    return urlsafe_b64encode(body).decode().rstrip("=")
