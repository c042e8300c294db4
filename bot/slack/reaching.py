"""Where a person of a request is reached in Slack: by the roster, in a workspace that installed."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.asker import Asker, Surface
from bot.roster.person import SlackIdentity
from bot.roster.roster import Roster
from bot.slack.identity import Identity
from bot.slack.places import Message, PostLater, PostRefused, PostUnconfirmed, refused
from bot.slack.workspace import speaking

EVENT_TYPE = "policybot_request"  # of the metadata by which a posted card is found again
_SLACK = re.compile(r"(T[A-Z0-9]{2,20})/([UW][A-Z0-9]{2,20})")
_PAGES = 5


class Gone(PostRefused):
    """Slack knows of no way to this person: the account is closed, or was never there."""


_GONE = frozenset(
    {
        "cannot_dm_bot",
        "channel_not_found",
        "is_archived",
        "user_disabled",
        "user_not_found",
        "user_not_in_channel",
        "user_not_visible",
        "users_not_found",
    }
)


@dataclass(frozen=True)
class Mark:
    """What names a card in Slack: for whom, of which request, for which line of the chain."""

    request: str
    person: str
    line: int

    @property
    def metadata(self) -> dict[str, object]:
        """The metadata of the message ("Using message metadata")."""
        payload = {"request": self.request, "person": self.person, "line": self.line}
        return {"event_type": EVENT_TYPE, "event_payload": payload}


@dataclass(frozen=True)
class Reached:
    """A person in one workspace, and the client that speaks there."""

    asker: Asker
    client: AsyncWebClient

    async def conversation(self) -> str:
        """Return the channel of the direct message ("conversations.open"); raise Gone."""
        try:
            opened = await self.client.conversations_open(users=self.asker.user or "")
        except _TROUBLE as error:
            raise _why(error) from None
        return str(opened["channel"]["id"])

    async def find(self, channel: str, mark: Mark, since: float) -> str | None:
        """Return the message that carries a mark, posted after ``since``, or None."""
        cursor = None
        for _ in range(_PAGES):
            try:
                found = await self.client.conversations_history(
                    channel=channel,
                    oldest=f"{since:.6f}",
                    limit=200,
                    include_all_metadata=True,
                    cursor=cursor,
                )
            except _TROUBLE as error:
                raise _why(error) from None
            for one in found.get("messages") or []:
                if one.get("metadata") == mark.metadata:
                    return str(one["ts"])
            cursor = (found.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return None
        return None

    async def post(self, channel: str, message: Message, mark: Mark) -> str:
        """Post a card and return its place; raise Gone, PostLater or PostUnconfirmed."""
        try:
            posted = await self.client.chat_postMessage(
                channel=channel,
                text=message.text,
                blocks=message.plain,
                metadata=mark.metadata,
                unfurl_links=False,
                unfurl_media=False,
            )
        except _TROUBLE as error:
            raise _why(error) from None
        return str(posted["ts"])

    async def update(self, channel: str, ts: str, message: Message) -> bool:
        """Put other words into a card; return whether it stands there at all."""
        try:
            await self.client.chat_update(
                channel=channel, ts=ts, text=message.text, blocks=message.plain
            )
        except SlackApiError as error:
            if error.response.get("error") in _NO_CARD:
                return False
            raise _why(error) from None
        except _TROUBLE as error:
            raise _why(error) from None
        return True


_NO_CARD = frozenset(
    {"cant_update_message", "channel_not_found", "is_inactive", "message_not_found"}
)
_TROUBLE = (SlackApiError, aiohttp.ClientError, TimeoutError, OSError)


class Reaching:
    """Finds people: a key of the record is an id of the roster, or a workspace and a user."""

    def __init__(
        self, roster: Callable[[], Roster | None], identity: Identity, client: AsyncWebClient
    ) -> None:
        self.roster = roster
        self._identity = identity
        self._client = client

    async def person(self, key: str, roster: Roster | None) -> Reached | None:
        """Return where a person is reached, or None: left, not in Slack, or not on the roster."""
        for at in _identities(key, roster):
            found = await self._identity.find(at.team, None, org_wide=False)
            if found is not None:
                asker = Asker(surface=Surface.SLACK, team=at.team, user=at.user)
                return Reached(asker, speaking(self._client, found.bot_token))
        return None


def _identities(key: str, roster: Roster | None) -> Iterator[SlackIdentity]:
    person = roster.active(key) if roster is not None else None
    if person is not None:
        yield from person.slack
        return
    slack = _SLACK.fullmatch(key)
    if slack is not None:
        yield SlackIdentity(team=slack[1], user=slack[2])


def _why(error: Exception) -> Exception:
    """Return the error that says what is to be done about Slack's answer."""
    if isinstance(error, SlackApiError):
        code = error.response.get("error")
        if code in _GONE and error.response.status_code == 200:
            return Gone(f"Slack has no way to this person ({code}).", str(code))
        return refused(error.response.status_code, code)
    if isinstance(error, aiohttp.ClientConnectorError):
        return PostLater(f"Slack cannot be reached ({type(error).__name__}).")
    return PostUnconfirmed(f"Slack did not answer ({type(error).__name__}).")
