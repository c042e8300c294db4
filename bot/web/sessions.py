"""Who is signed in on the web: a row a browser, found by the hash of its token, for 12 hours.

Signing in and what is refused of it are lines of the audit chain. A token is never kept.
"""

import hashlib
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

import sqlalchemy as sa

from bot.asker import Asker, Surface
from bot.audit.refusals import Refusals
from bot.audit.store import AuditStore
from bot.database import METADATA, Moment, reading, transaction
from bot.errors import LinkRefused
from bot.links import SIGN_IN_SECONDS, SignIn

SESSION_SECONDS = 12 * 3600
SUBJECT = "sign-in"
_SPENT = "This link was used already; each one is good for one sign-in. Ask for a fresh one."
_OTHER = (
    "This link is for another person than the one signed in here. Sign out first, or open it "
    "where that person is signed in."
)
_SESSIONS = sa.Table(
    "sessions",
    METADATA,
    sa.Column("token", sa.String(64), primary_key=True),
    sa.Column("team", sa.String(40), nullable=False),
    sa.Column("user", sa.String(40), nullable=False),
    sa.Column("begun", Moment, nullable=False),
    sa.Column("expires", Moment, nullable=False, index=True),
)
_SIGNINS = sa.Table(
    "signins",
    METADATA,
    sa.Column("link", sa.String(64), primary_key=True),
    sa.Column("team", sa.String(40), nullable=False),
    sa.Column("user", sa.String(40), nullable=False),
    sa.Column("used", Moment, nullable=False),
    sa.Column("expires", Moment, nullable=False, index=True),
)


class OtherPerson(LinkRefused):
    """A genuine sign-in of somebody else than who is signed in; it was not used up."""


class Sessions:
    """Keeps the sessions; ``clock`` returns the time with its zone."""

    def __init__(self, engine: sa.Engine, audit: AuditStore, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._audit = audit
        self._clock = clock
        self._refusals = Refusals(audit, clock)

    def begin(self, vouched: SignIn, before: str | None = None) -> str:
        """Sign somebody in by a link not used yet, and return the token of the new session.

        ``before`` is the token of the session this browser had: it ends. Raise LinkRefused where
        the link was used, OtherPerson where that session is somebody else's; both are recorded.
        """
        now = self._clock()
        who = Asker(surface=Surface.SLACK, team=vouched.team, user=vouched.user)
        held = self.find(before) if before else None
        if held is not None and held != who:
            self.refused("another person is signed in", who)
            raise OtherPerson(_OTHER)
        token = secrets.token_urlsafe(32)
        link = _hash(vouched.nonce)
        person = {"team": vouched.team, "user": vouched.user}
        with self._audit.recording() as recording:
            connection = recording.connection
            connection.execute(sa.delete(_SIGNINS).where(_SIGNINS.c.expires <= now))
            connection.execute(sa.delete(_SESSIONS).where(_SESSIONS.c.expires <= now))
            used = sa.select(_SIGNINS.c.link).where(_SIGNINS.c.link == link)
            spent = connection.execute(used).first() is not None
            if spent:
                recording.add(SUBJECT, "refused: used already", actor=_named(who))
            else:
                # Kept well beyond the time a link is good for, so that none outlives its row.
                until = now + timedelta(seconds=10 * SIGN_IN_SECONDS)
                row = {"link": link, **person, "used": now, "expires": until}
                connection.execute(sa.insert(_SIGNINS).values(row))
                ends = now + timedelta(seconds=SESSION_SECONDS)
                row = {"token": _hash(token), **person, "begun": now, "expires": ends}
                connection.execute(sa.insert(_SESSIONS).values(row))
                if before:
                    old = _SESSIONS.c.token == _hash(before)
                    connection.execute(sa.delete(_SESSIONS).where(old))
                recording.add(SUBJECT, "signed in", actor=_named(who))
        if spent:
            raise LinkRefused(_SPENT)
        return token

    def find(self, token: str) -> Asker | None:
        """Return who is signed in with a token, or None."""
        one = (_SESSIONS.c.token == _hash(token)) & (_SESSIONS.c.expires > self._clock())
        with reading(self._engine) as connection:
            row = connection.execute(sa.select(_SESSIONS).where(one)).first()
        if row is None:
            return None
        return Asker(surface=Surface.SLACK, team=row.team, user=row.user)

    def end(self, token: str) -> None:
        """Sign out."""
        with transaction(self._engine) as connection:
            connection.execute(sa.delete(_SESSIONS).where(_SESSIONS.c.token == _hash(token)))

    def refused(self, why: str, who: Asker | None = None) -> None:
        """Record a sign-in that was refused."""
        self._refusals.add(SUBJECT, why, who)


def _named(who: Asker) -> str:
    return f"{who.team}/{who.user}"


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
