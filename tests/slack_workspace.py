"""Who and what is in Slack: workspaces and their organisation, people, channels, what was said, and
where the app is installed. `slack_payloads.py` lets the people do things.
"""

import html
import re
import time
import uuid
from collections.abc import Iterable
from urllib.parse import parse_qs, urlencode, urlsplit

from slack_blocks import Payload
from slack_methods import ALL_SCOPES
from slack_openid import OpenIdDesk
from slack_records import (
    Channel,
    Grant,
    Installation,
    Message,
    Permit,
    Person,
    Team,
    View,
    unique,
)

TEAM = "T0POLICE"
OFFICER, PARTNER, SERGEANT, CHIEF = "U0OFFICER", "U0PARTNER", "U0SERGEANT", "U0CHIEF"
PATROL, COMMAND, LOBBY = "C0PATROL", "C0COMMAND", "C0LOBBY"  # public, private, without the bot
OAUTH_CODE_LIVES = 600.0  # "Installing with OAuth": a code is good for ten minutes


def escaped(typed: str) -> str:
    """Returns typed text as "Formatting text" says Slack escapes it, its own <…> left alone."""
    parts = re.split(r"(<(?:[@#!]|https?:)[^<>]*>)", typed)
    return "".join(part if n % 2 else html.escape(part, False) for n, part in enumerate(parts))


def rich_text(text: str) -> list[Payload]:
    """Returns the one block that Slack makes of text that was typed."""
    elements = [
        {"type": "user", "user_id": part[2:-1]}
        if part.startswith("<@")
        else {"type": "text", "text": html.unescape(part)}
        for part in re.split(r"(<@\w+>)", text)
        if part
    ]
    section = {"type": "rich_text_section", "elements": elements}
    return [{"type": "rich_text", "block_id": uuid.uuid4().hex[:5], "elements": [section]}]


class Organisation:
    """Workspaces with people, channels and messages. The first one has the app installed."""

    def __init__(
        self, bot_token: str = "xoxb-514-514-local", scopes: Iterable[str] | None = None
    ) -> None:
        self.team_id, self.team_domain = TEAM, "police"
        self.app_id, self.bot_id = "A0POLICYBOT", "B0POLICYBOT"
        self.bot_user_id, self.bot_name = "U0POLICYBOT", "policybot"
        self.client_id, self.client_secret = "514.514", "local-client-secret"
        self.origin = ""  # http://127.0.0.1:PORT while the server runs
        self.violations: list[str] = []
        self.teams: dict[str, Team] = {TEAM: Team(TEAM, "police")}
        self.users: dict[str, Person] = {}
        self.channels: dict[str, Channel] = {}
        self.messages: list[Message] = []
        self.unseen: list[Message] = []
        self.views: list[View] = []
        self.homes: dict[str, View] = {}
        self.triggers: dict[str, Permit] = {}
        self.response_urls: dict[str, Permit] = {}
        self.grants: dict[str, Grant] = {}
        self.openid = OpenIdDesk(self.client_id, self.client_secret)
        granted = set(ALL_SCOPES if scopes is None else scopes)
        first = Installation(TEAM, None, bot_token, self.bot_user_id, self.bot_id, granted)
        self.installations: list[Installation] = [first]
        self._last_ts = 0.0
        self._skew = 0.0
        for user in (OFFICER, PARTNER, SERGEANT, CHIEF):
            self.add_user(user, user[2:].lower())
        everybody = set(self.users)
        self.add_channel(PATROL, "patrol", everybody | {self.bot_user_id})
        self.add_channel(COMMAND, "command", {SERGEANT, CHIEF, self.bot_user_id}, private=True)
        self.add_channel(LOBBY, "lobby", everybody)

    # Workspaces, people and channels

    def add_team(self, team: str, domain: str, *, enterprise: str | None = None) -> Team:
        """Adds a workspace, in an organisation with `enterprise`, without the app."""
        self.teams[team] = Team(team, domain, enterprise)
        return self.teams[team]

    def add_user(
        self,
        user: str,
        name: str,
        *,
        title: str = "",
        real_name: str = "",
        admin: bool = False,
        owner: bool = False,
        bot: bool = False,
        tz: str = "America/Chicago",
        team: str = TEAM,
    ) -> str:
        """Adds a person and their direct message channel with the app; returns the user id."""
        self.users[user] = Person(user, name, team, title, real_name, admin, owner, bot, tz=tz)
        im = "D" + user[1:]
        here = self.installation(team)
        members = {user, here.bot_user} if here else {user}
        self.channels[im] = Channel(im, "", "im", members, team=team)
        return user

    def add_channel(
        self,
        channel: str,
        name: str,
        members: Iterable[str],
        *,
        private: bool = False,
        team: str = TEAM,
    ) -> Channel:
        """Adds a public or private channel; the app is in it when `members` names the bot user."""
        made = Channel(channel, name, "group" if private else "channel", set(members), team=team)
        self.channels[channel] = made
        return made

    def im(self, user: str = OFFICER) -> str:
        """Returns the id of the direct message channel between `user` and the app."""
        return "D" + user[1:]

    def bot_in(self, channel: Channel) -> bool:
        """Returns whether the app, as installed in the channel's workspace, is a member of it."""
        return any(one.bot_user in channel.members for one in self._here(channel.team))

    # Installations ("Installing with OAuth", "Developing apps for Enterprise orgs")

    def _here(self, team: str) -> list[Installation]:
        enterprise = self.teams[team].enterprise if team in self.teams else None
        return [
            one
            for one in self.installations
            if one.team == team or (one.team is None and one.enterprise == enterprise)
        ]

    def installation(self, team: str = TEAM) -> Installation | None:
        """Returns the app's installation that acts in `team`; None where it is not installed."""
        return next((one for one in reversed(self._here(team)) if not one.ended), None)

    def install(self, team: str, *, scopes: Iterable[str] | None = None) -> Installation:
        """Installs the app in one workspace; what is there already keeps its token.

        The bot user is the same as before when the app had been there.
        """
        there = self.installation(team)
        granted = set(ALL_SCOPES if scopes is None else scopes)
        if there is not None and there.team is not None:
            there.scopes |= granted
            return there
        return self._installed(team, self.teams[team].enterprise, granted)

    def install_organisation(
        self, enterprise: str, *, scopes: Iterable[str] | None = None
    ) -> Installation:
        """Installs the app once for every workspace of an Enterprise Grid organisation."""
        granted = set(ALL_SCOPES if scopes is None else scopes)
        return self._installed(None, enterprise, granted)

    def _installed(
        self, team: str | None, enterprise: str | None, scopes: set[str]
    ) -> Installation:
        before = [o for o in self.installations if (o.team, o.enterprise) == (team, enterprise)]
        bot_user = before[-1].bot_user if before else unique("U")
        bot = before[-1].bot if before else unique("B")
        token = f"xoxb-{uuid.uuid4().int % 10**12}-{uuid.uuid4().hex}"
        made = Installation(team, enterprise, token, bot_user, bot, scopes)
        self.installations.append(made)
        for channel in self.channels.values():
            if channel.kind == "im" and made in self._here(channel.team):
                channel.members.add(bot_user)
        return made

    @property
    def scopes(self) -> set[str]:
        """The scopes of the first workspace's token; take some out to see `missing_scope`."""
        return self.installations[0].scopes

    def revoke(self, installation: Installation | None = None) -> Payload:
        """Takes a bot token back (the first workspace's); returns the tokens_revoked event."""
        ended = installation or self.installations[0]
        ended.ended = "token_revoked"
        return self._goodbye(ended, {"oauth": [], "bot": [ended.bot_user]})

    def uninstall(self, installation: Installation | None = None) -> tuple[Payload, Payload]:
        """Uninstalls the app; returns tokens_revoked and app_uninstalled (in any order)."""
        ended = installation or self.installations[0]
        ended.ended = "account_inactive"
        tokens = self._goodbye(ended, {"oauth": [], "bot": [ended.bot_user]})
        return tokens, self._goodbye(ended, None)

    def _goodbye(self, ended: Installation, tokens: Payload | None) -> Payload:
        # "tokens_revoked event" and "app_uninstalled event" show no authorizations
        said: Payload = {"type": "app_uninstalled"}
        if tokens is not None:
            said = {"type": "tokens_revoked", "tokens": tokens}
        envelope = self._envelope(said, ended.team)
        return envelope | {"enterprise_id": ended.enterprise}

    def authorize(
        self,
        state: str,
        redirect_uri: str | None = None,
        *,
        team: str = TEAM,
        user: str = CHIEF,
        scopes: Iterable[str] | None = None,
        organisation: bool = False,
    ) -> str:
        """Lets `user` allow the app in the browser; returns the code of the address they return to.

        An empty `state` is noted: anybody could have made the request.
        """
        if not state:
            self.violations.append("oauth/v2/authorize: no state")
        granted = set(ALL_SCOPES if scopes is None else scopes)
        code = f"{uuid.uuid4().int % 10**10}.{uuid.uuid4().int % 10**13}.{uuid.uuid4().hex}"
        self.grants[code] = Grant(team, user, granted, redirect_uri, organisation, self.now())
        return code

    def follow(
        self,
        authorize_url: str,
        *,
        team: str = TEAM,
        user: str = CHIEF,
        organisation: bool = False,
    ) -> str:
        """Opens the app's link to oauth/v2/authorize and allows it; returns the way back.

        The scopes are those that the link asks for. ValueError where Slack's page shows an error.
        """
        address = urlsplit(authorize_url)
        query = {name: values[0] for name, values in parse_qs(address.query).items()}
        if not address.path.endswith("/oauth/v2/authorize"):
            raise ValueError(f"{address.path!r} is not oauth/v2/authorize")
        if query.get("client_id") != self.client_id or not query.get("scope"):
            raise ValueError(f"no such app, or no scopes: {authorize_url}")
        back, state = query.get("redirect_uri"), query.get("state", "")
        wanted = re.split(r"[ ,]", query["scope"])
        code = self.authorize(
            state, back, team=team, user=user, scopes=wanted, organisation=organisation
        )
        return f"{back or ''}?{urlencode({'code': code, 'state': state})}"

    # Time and messages

    def now(self) -> float:
        """Returns the monotonic time that triggers, streams and codes age by, in seconds."""
        return time.monotonic() + self._skew

    def advance(self, seconds: float) -> None:
        """Lets triggers, response URLs, streams and OAuth codes grow older without waiting."""
        self._skew += seconds

    def find(self, channel: str, ts: str) -> Message | None:
        """Returns the message of `channel` at `ts` that is still there, ephemeral ones excluded."""
        history = self.channels[channel].history
        return next((m for m in history if m.ts == ts and not m.deleted), None)

    def replies(self, channel: str, ts: str) -> list[Message]:
        """Returns the replies in a thread, oldest first."""
        history = self.channels[channel].history
        return [m for m in history if m.thread_ts == ts and m.ts != ts and not m.deleted]

    def _next_ts(self) -> str:
        self._last_ts = max(time.time(), self._last_ts + 0.00001)
        return f"{self._last_ts:.6f}"

    def _message_json(self, message: Message, *, metadata: bool = False) -> Payload:
        team = self.channels[message.channel].team
        body: Payload = {"type": "message", "ts": message.ts, "text": message.text}
        if message.via == "person":
            body |= {"client_msg_id": message.client_msg_id, "user": message.user}
            body |= {"blocks": rich_text(message.text)}
        elif message.via == "bot":
            body |= {"subtype": "bot_message", "bot_id": message.user, "username": "dispatch"}
        else:
            bot = next((o.bot for o in self._here(team) if o.bot_user == message.user), self.bot_id)
            profile = {"id": bot, "app_id": self.app_id, "name": self.bot_name}
            body |= {"user": message.user, "bot_id": bot, "app_id": self.app_id}
            body |= {"bot_profile": {**profile, "team_id": team, "deleted": False}}
            body |= {"blocks": message.blocks or rich_text(message.text)}
            body |= {"attachments": message.attachments} if message.attachments else {}
        body["team"] = team
        if metadata and message.metadata:
            body["metadata"] = message.metadata
        if message.thread_ts:
            root = self.find(message.channel, message.thread_ts)
            body |= {"thread_ts": message.thread_ts}
            body |= {"parent_user_id": root.user} if root and root is not message else {}
        elif replies := self.replies(message.channel, message.ts):
            body |= {"thread_ts": message.ts, "reply_count": len(replies)}
            body |= {"latest_reply": replies[-1].ts}
        return body

    # Events ("Events API")

    def _envelope(self, event: Payload, team: str | None) -> Payload:
        return {
            "token": "legacy-verification-token",
            "team_id": team,
            "api_app_id": self.app_id,
            "event": event,
            "type": "event_callback",
            "event_id": unique("Ev"),
            "event_time": int(time.time()),
        }

    def _event(self, event: Payload, team: str = TEAM) -> Payload:
        here = self.installation(team)
        enterprise = self.teams[team].enterprise if team in self.teams else None
        allowed: list[Payload] = []
        if here is not None:
            whose = {"enterprise_id": enterprise, "team_id": team, "user_id": here.bot_user}
            allowed = [{**whose, "is_bot": True, "is_enterprise_install": here.team is None}]
        body = self._envelope(event, team)
        body |= {"enterprise_id": enterprise} if enterprise else {}
        return body | {
            "context_team_id": team,
            "context_enterprise_id": enterprise,
            "authorizations": allowed,
            "is_ext_shared_channel": False,
            "event_context": f"4-{uuid.uuid4().hex}",
        }
