"""Records of what happened between Slack and the app. Times are seconds of time.monotonic()."""

import asyncio
import copy
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from slack_blocks import Payload, actionable, texts


@dataclass
class Call:
    """One call of a Web API method (or of `response_url`), with the error it was answered.

    `taken` says whether Slack did what it asked, even when the answer never arrived.
    """

    method: str
    arguments: Payload
    at: float
    error: str | None = None
    taken: bool = False
    team: str | None = None  # of the token that was sent


@dataclass(eq=False)
class Message:
    """A message as people see it now; `revisions` are its earlier (text, blocks)."""

    channel: str
    ts: str
    text: str
    blocks: list[Payload] = field(default_factory=list)
    user: str | None = None
    thread_ts: str | None = None
    ephemeral: str | None = None
    via: str = "api"  # or stream, response_url, answer (in an acknowledgement), person, bot
    at: float = 0.0
    client_msg_id: str | None = None
    deleted: bool = False
    revisions: list[tuple[str, list[Payload]]] = field(default_factory=list)
    attachments: list[Payload] = field(default_factory=list)
    metadata: Payload | None = None
    streaming: float | None = None  # since when its text has been coming in; None once it is whole

    @property
    def elements(self) -> list[tuple[int | None, Payload, Payload]]:
        """What a person can use: (number of its attachment or None, block, element), in order."""
        found: list[tuple[int | None, Payload, Payload]] = []
        found += [(None, *pair) for pair in actionable(self.blocks)]
        for number, attachment in enumerate(self.attachments, start=1):
            found += [(number, *pair) for pair in actionable(attachment.get("blocks", []))]
        return found

    @property
    def action_ids(self) -> list[str]:
        """The action ids of its buttons and menus, in order."""
        return [str(element.get("action_id")) for _, _, element in self.elements]

    @property
    def words(self) -> str:
        """What a person reads: the text of its blocks, or its text when it has none."""
        if self.via == "stream":
            return "\n".join([self.text, *texts(self.blocks)])
        return "\n".join(texts(self.blocks)) if self.blocks else self.text


@dataclass(eq=False)
class View:
    """A modal or Home tab as it stands now; `errors` is what a submission was last refused for."""

    id: str
    user: str
    content: Payload
    hash: str
    open: bool = True
    errors: dict[str, str] = field(default_factory=dict)
    revisions: list[Payload] = field(default_factory=list)
    under: "View | None" = None  # the view that this one was pushed onto

    @property
    def root(self) -> "View":
        """The view at the bottom of its stack, itself when nothing is under it."""
        return self.under.root if self.under else self


@dataclass(eq=False)
class Delivery:
    """One try at handing a payload to the app, over a socket or by signed HTTP.

    `latency` is seconds until the answer, None while there is none; `response` is the payload of
    the acknowledgement or the body of the HTTP answer; `failure` is Slack's retry reason.
    """

    payload: Payload
    kind: str  # events_api, slash_commands, interactive
    at: float
    retry_num: int = 0
    retry_reason: str | None = None
    envelope_id: str | None = None
    accepts_response_payload: bool = False
    latency: float | None = None
    status: int | None = None
    response: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    failure: str | None = None
    answered: asyncio.Event = field(default_factory=asyncio.Event, repr=False)

    @property
    def acknowledged(self) -> bool:
        """Whether the app took it in time: an acknowledgement, or a 2xx answer."""
        return self.latency is not None and self.failure is None


@dataclass
class Fault:
    """What the next call of a method meets instead of, or (a delay) before, its answer.

    `cut` ends the connection without an answer: `before` the call is taken, or `after` it took
    effect.
    """

    error: str | None = None
    status: int | None = None
    retry_after: int = 1
    delay: float = 0.0
    cut: str = ""


class Cut(Exception):
    """Raised by a hook of the server: the connection ends here, without an answer."""


def kind_of(payload: Payload) -> str:
    """Returns the Socket Mode envelope type for a payload ("Using Socket Mode")."""
    if "command" in payload:
        return "slash_commands"
    events = ("event_callback", "url_verification", None)
    return "events_api" if payload.get("type") in events else "interactive"


@dataclass
class Person:
    """A member of a workspace, or a bot of somebody else's (`bot`)."""

    id: str
    name: str
    team: str
    title: str = ""
    real_name: str = ""
    admin: bool = False
    owner: bool = False
    bot: bool = False
    deleted: bool = False
    tz: str = "America/Chicago"


@dataclass
class Team:
    """A workspace; `enterprise` is the id of its Enterprise Grid organisation, if it is in one."""

    id: str
    domain: str
    enterprise: str | None = None


@dataclass(eq=False)
class Installation:
    """The app in one workspace, or (`team` None) in every workspace of an organisation.

    `ended` is what calls with its token are answered once it is over: token_revoked when the token
    was taken back, account_inactive when the app was uninstalled. Empty while it is in force.
    """

    team: str | None
    enterprise: str | None
    token: str
    bot_user: str
    bot: str
    scopes: set[str]
    ended: str = ""


@dataclass
class Grant:
    """What somebody allowed in the browser: worth one oauth.v2.access with the same redirect."""

    team: str
    user: str
    scopes: set[str]
    redirect_uri: str | None
    organisation: bool
    born: float
    uses: int = 0


@dataclass(eq=False)
class Channel:
    """A conversation: `kind` is channel (public), group (private), im or mpim.

    `restriction` is the refusal that a workspace's settings give whoever posts there.
    """

    id: str
    name: str
    kind: str
    members: set[str]
    history: list[Message] = field(default_factory=list)
    team: str = "T0POLICE"
    archived: bool = False
    restriction: str = ""


@dataclass
class Permit:
    """What an interaction hands out: a trigger (one use, 3 s) or response URL (5 uses, 30 min)."""

    user: str
    born: float
    channel: str = ""
    original: Message | None = None
    uses: int = 0


def unique(prefix: str) -> str:
    """Returns a new id such as Ev… or V…, never one of another server's."""
    return prefix + uuid.uuid4().hex[:10].upper()


def filled(blocks: Iterable[Payload]) -> list[Payload]:
    """Returns a copy with the block and action ids that Slack makes up for missing ones."""
    copied = copy.deepcopy(list(blocks))
    for block in copied:
        block.setdefault("block_id", uuid.uuid4().hex[:5])
    for _, element in actionable(copied):
        element.setdefault("action_id", uuid.uuid4().hex[:5])
    return copied
