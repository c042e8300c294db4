"""Links in answers: to the words of a clause, and to the form that starts a request.

What opens or changes something is signed and expires; a link never carries question text.
"""

import secrets
from collections.abc import Callable
from datetime import date
from hmac import compare_digest
from urllib.parse import parse_qs, urlencode, urlsplit

from itsdangerous import BadSignature, SignatureExpired, TimestampSigner, URLSafeTimedSerializer
from pydantic import BaseModel, Field, ValidationError

from bot.answer import ApprovalKind
from bot.errors import LinkExpired, LinkRefused
from bot.installing import INSTALL
from index.directive import FROZEN, fragment

REQUEST_SECONDS = 24 * 3600
READING_SECONDS = 30 * 24 * 3600
INSTALL_SECONDS = 3600
SIGN_IN_SECONDS = 300
STATE_SECONDS = 600
SIGN_IN = "/sign-in"


def reference_in(url: str | None) -> str | None:
    """Return the signed reference that a request's link carries, None where it carries none."""
    found = parse_qs(urlsplit(url or "").query).get("ref", [])
    return found[0] if len(found) == 1 else None


class RequestReference(BaseModel):
    """What a request link vouches for: the answer, the order's version, the clauses and the path.

    ``decided_by``, ``form`` and ``route`` are the order's words, null where it has none.
    """

    model_config = FROZEN

    answer: str
    directive: str
    sha256: str
    clauses: tuple[str, ...]
    kind: ApprovalKind
    decided_by: str | None = None
    form: str | None = None
    route: str | None = None
    basis: str | None = None


class SignIn(BaseModel):
    """Whom a sign-in link was made for, and the page it leads to; ``nonce`` makes it one of a kind.

    ``team`` and ``user`` are Slack ids.
    """

    model_config = FROZEN

    nonce: str = Field(repr=False)
    team: str
    user: str
    to: str = "/requests"


class Links:
    """Makes and opens links under one address; ``clock`` returns seconds since 1970."""

    def __init__(
        self, address: str, secret: str, *, sign_reading: bool, clock: Callable[[], float]
    ) -> None:
        class Signer(TimestampSigner):
            def get_timestamp(self) -> int:
                return int(clock())

        self.address = address
        self._sign_reading = sign_reading
        self._request = URLSafeTimedSerializer(secret, salt="request", signer=Signer)
        self._reading = URLSafeTimedSerializer(secret, salt="reading", signer=Signer)
        self._sign_in = URLSafeTimedSerializer(secret, salt="sign-in", signer=Signer)
        self._state = URLSafeTimedSerializer(secret, salt="sign-in state", signer=Signer)
        self._install = URLSafeTimedSerializer(secret, salt="install", signer=Signer)

    def clause(
        self,
        number: str,
        section: str,
        words: tuple[int, int] | None = None,
        *,
        version: date | None = None,
    ) -> str:
        """Return the link that opens a directive at a clause and highlights it.

        ``words`` narrows the highlight to code points [start, end) of the clause's text.
        ``version`` is the effective day of one that is not in force now.
        """
        mark = fragment(section) + (f".{words[0]}-{words[1]}" if words else "")
        query = ({"version": version.isoformat()} if version else {}) | {"mark": mark}
        if self._sign_reading:
            query["key"] = self._reading.dumps(number)
        return f"{self.address}/directives/{number}?{urlencode(query)}#{fragment(section)}"

    def order(self, number: str) -> str:
        """Return the link that opens a directive at its beginning, with nothing highlighted."""
        query = f"?{urlencode({'key': self._reading.dumps(number)})}" if self._sign_reading else ""
        return f"{self.address}/directives/{number}{query}"

    def changes(self, number: str, old: date, new: date) -> str:
        """Return the link that opens what changed between the versions of two days."""
        query = {"from": old.isoformat(), "to": new.isoformat()}
        if self._sign_reading:
            query["key"] = self._reading.dumps(number)
        return f"{self.address}/directives/{number}/changes?{urlencode(query)}"

    def open_reading(self, key: str, number: str) -> None:
        """Raise LinkRefused or LinkExpired unless ``key`` opens directive ``number``."""
        if self._open(self._reading, key, READING_SECONDS) != number:
            raise LinkRefused("This link belongs to another directive.")

    def request(self, reference: RequestReference) -> str:
        """Return the link that opens the request form, good for 24 hours."""
        return self.form(self._request.dumps(reference.model_dump(mode="json")))

    def form(self, token: str) -> str:
        """Return the link that opens the request form by a token of its own."""
        return f"{self.address}/requests/new?{urlencode({'ref': token})}"

    def change(self, number: str) -> str:
        """Return the page on which whoever made a request changes it, signed in."""
        return f"{self.address}/requests/{number}/change"

    def open_request(self, token: str) -> RequestReference:
        """Return what a request link vouches for; raise LinkRefused or LinkExpired."""
        data = self._open(self._request, token, REQUEST_SECONDS)
        try:
            return RequestReference.model_validate(data)
        except ValidationError:
            raise LinkRefused("This link was made by another version. Ask again.") from None

    def install(self) -> str:
        """Return the link that begins an installation in a Slack workspace, good for an hour."""
        return f"{self.address}{INSTALL}?{urlencode({'key': self._install.dumps(INSTALL)})}"

    def open_install(self, key: str) -> None:
        """Raise LinkRefused or LinkExpired unless ``key`` was made by ``install``."""
        fresh = "Run 'policybot slack install-link' for a fresh one."
        try:
            self._open(self._install, key, INSTALL_SECONDS)
        except LinkExpired:
            raise LinkExpired(f"This link has expired. {fresh}") from None
        except LinkRefused:
            raise LinkRefused(f"This link is not genuine. {fresh}") from None

    def sign_in(self, team: str, user: str, to: str = "/requests") -> str:
        """Return a link that signs one person in on the web, once, within five minutes."""
        made = SignIn(nonce=secrets.token_urlsafe(16), team=team, user=user, to=to)
        key = self._sign_in.dumps(made.model_dump(mode="json"))
        return f"{self.address}{SIGN_IN}?{urlencode({'key': key})}"

    def open_sign_in(self, key: str) -> SignIn:
        """Return whom a sign-in link was made for; raise LinkRefused or LinkExpired."""
        fresh = "Ask the assistant in Slack for a fresh one."
        try:
            return SignIn.model_validate(self._open(self._sign_in, key, SIGN_IN_SECONDS))
        except LinkExpired:
            raise LinkExpired(f"This link has expired. {fresh}") from None
        except (LinkRefused, ValidationError):
            raise LinkRefused(f"This link is not genuine. {fresh}") from None

    def state(self, browser: str, to: str) -> str:
        """Return the state that Slack gives back: of which browser, and where to go afterwards."""
        return self._state.dumps([browser, to])

    def open_state(self, state: str, browser: str) -> str:
        """Return where to go; raise LinkRefused for a state of another browser, LinkExpired."""
        again = "Begin again on the sign-in page."
        try:
            match self._open(self._state, state, STATE_SECONDS):
                case [str() as made_for, str() as to] if compare_digest(made_for, browser):
                    return to
        except LinkExpired:
            raise LinkExpired(f"This sign-in took more than ten minutes. {again}") from None
        except LinkRefused:
            pass
        raise LinkRefused(f"This sign-in was not begun in this browser. {again}")

    @staticmethod
    def _open(serializer: URLSafeTimedSerializer, token: str, seconds: int) -> object:
        try:
            data: object = serializer.loads(token, max_age=seconds)
        except SignatureExpired:
            raise LinkExpired("This link has expired. Ask again for a fresh one.") from None
        except BadSignature:
            raise LinkRefused("This link is not genuine. Ask again for a fresh one.") from None
        return data
