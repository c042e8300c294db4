"""What Slack says: Block Kit and view limits, argument tables, request signing, records of what
happened, and a workspace whose people cause the payloads that Slack sends. `slack_server.py` puts
it on the wire.
"""

import asyncio
import copy
import hashlib
import hmac
import html
import json
import re
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Payload = dict[str, Any]
Check = Callable[[object, str], Iterator[str]]
Shape = Mapping[str, Check]

SLACK_RETRY_DELAYS = (0.0, 60.0, 300.0)  # "Events API": at once, after a minute, after five
BLOCKS_PER_MESSAGE, BLOCKS_PER_VIEW = 50, 100
TEXT_IN_ALL_BLOCKS = 12_000  # slackapi/bolt-js#2509: this much text, with a buffer for containers:
JSON_OF_ALL_BLOCKS = 13_200  # #2867: 11,341 characters of text were refused, so both are bounds


# Checks: each yields what is wrong with a value, in Slack's words, naming where it stands.


def _at(problem: str, pointer: str) -> str:
    return f"{problem} [json-pointer:{pointer}]"


def _string(most: int, least: int = 1) -> Check:
    def check(value: object, at: str) -> Iterator[str]:
        if not isinstance(value, str):
            yield _at("must be a string", at)
        elif len(value) < least:
            yield _at(f"must be more than {least - 1} characters", at)
        elif len(value) > most:
            yield _at(f"must be less than {most + 1} characters", at)

    return check


def _url(value: object, at: str) -> Iterator[str]:
    yield from _string(3000)(value, at)
    if isinstance(value, str) and not re.match(r"[a-z][a-z0-9+.-]*:\S+$", value):
        yield _at("must be a valid url", at)


def _kind(kind: type) -> Check:
    def check(value: object, at: str) -> Iterator[str]:
        if type(value) is not kind:
            yield _at(f"must be of type {kind.__name__}", at)

    return check


def _choice(*allowed: str) -> Check:
    def check(value: object, at: str) -> Iterator[str]:
        if value not in allowed:
            yield _at(f"must be a valid enum value: {', '.join(allowed)}", at)

    return check


def _list(each: Check, most: int, least: int = 1) -> Check:
    def check(value: object, at: str) -> Iterator[str]:
        if not isinstance(value, list):
            yield _at("must provide an array", at)
            return
        if len(value) > most:
            yield _at(f"no more than {most} items allowed", at)
        if len(value) < least:
            yield _at(f"no fewer than {least} items allowed", at)
        for index, item in enumerate(value):
            yield from each(item, f"{at}/{index}")

    return check


def _object(shape: Shape) -> Check:
    names = {key.rstrip("*") for key in shape}

    def check(value: object, at: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield _at("must provide an object", at)
            return
        yield from (_at(f"invalid additional property: {k}", at) for k in value.keys() - names)
        for key, inner in shape.items():
            name = key.rstrip("*")
            if "|" in key or "^" in key:
                present = sum(one in value for one in re.split(r"[|^]", key))
                if not present or ("^" in key and present > 1):
                    yield _at(f"must provide one of: {key}", at)
            elif name in value:
                yield from inner(value[name], f"{at}/{name}")
            elif key != name:
                yield _at(f"missing required field: {name}", at)

    return check


def _typed(shapes: Mapping[str, Shape]) -> Check:
    def check(value: object, at: str) -> Iterator[str]:
        kind = value.get("type") if isinstance(value, dict) else None
        if not isinstance(value, dict):
            yield _at("must provide an object", at)
        elif not isinstance(kind, str) or kind not in shapes:
            yield _at(f"unsupported type: {kind}", f"{at}/type")
        else:
            yield from _object({"type": _any, **shapes[kind]})(value, at)

    return check


def _any(value: object, at: str) -> Iterator[str]:
    return iter(())


# Shapes, as in "Reference: Block Kit". Written "name:rule", "name*:rule" when required; "a|b" asks
# for at least one of two, "a^b" for exactly one. Rules: 255 is a string of 1 to 255 characters,
# 255? may be empty too, p75 a plain_text object, t75 one of either kind, rule[9] an array of up to
# 9 items, anything else a name in RULES.

RULES: dict[str, Check] = {
    "any": _any,
    "url": _url,
    "flag": _kind(bool),
    "count": _kind(int),
    "object": _kind(dict),
    "style": _choice("primary", "danger"),
    "list_style": _choice("bullet", "ordered"),
    "range": _choice("here", "channel", "everyone"),
    "icon": _choice("trash"),
}


def _rule(word: str) -> Check:
    if word in RULES:
        return RULES[word]
    if word.endswith("]"):
        each, most = word[:-1].rsplit("[", 1)
        return _list(_rule(each), int(most))
    if word[0] in "pt":
        kinds = {"plain_text": "emoji", **({} if word[0] == "p" else {"mrkdwn": "verbatim"})}
        return _typed({kind: _shape(f"text*:{word[1:]} {k}:flag") for kind, k in kinds.items()})
    return _string(int(word.rstrip("?")), 0 if word.endswith("?") else 1)


def _shape(text: str) -> Shape:
    pairs = (item.partition(":") for item in text.split())
    return {name: _rule(rule or "any") for name, _, rule in pairs}


def _shapes(**texts: str) -> dict[str, Shape]:
    return {name: _shape(text) for name, text in texts.items()}


for _name, _text in {
    "confirm": "title*:p100 text*:t300 confirm*:p30 deny*:p30 style:style",
    "option": "text*:p75 value*:150 description:p75",
    "free_option": "text*:t75 value*:150 description:t75",
    "link_option": "text*:p75 value*:150 description:p75 url:url",
    "group": "label*:p75 options*:option[100]",
    "feedback": "text*:p75 value*:2000 accessibility_label:75",
}.items():
    RULES[_name] = _object(_shape(_text))
_FOCUS = "action_id:255 placeholder:p150 focus_on_load:flag"
_PICK, _TYPE = f"{_FOCUS} confirm:confirm", f"{_FOCUS} dispatch_action_config:object"
_MANY = f"{_PICK} max_selected_items:count"
_OPTIONS = "options:option[100] option_groups:group[100] options^option_groups"
_BOXES = "action_id:255 options*:free_option[10] confirm:confirm focus_on_load:flag"
_IMAGE = "image_url:url slack_file:object image_url^slack_file alt_text*:2000"
ELEMENTS = _shapes(
    button="text*:p75 action_id:255 url:url value:2000? style:style confirm:confirm"
    " accessibility_label:75",
    static_select=f"{_PICK} {_OPTIONS} initial_option:option",
    multi_static_select=f"{_MANY} {_OPTIONS} initial_options:option[100]",
    external_select=f"{_PICK} min_query_length:count initial_option:option",
    users_select=f"{_PICK} initial_user:255",
    multi_users_select=f"{_MANY} initial_users:255[100]",
    conversations_select=f"{_PICK} initial_conversation:255 response_url_enabled:flag"
    " default_to_current_conversation:flag filter:object",
    channels_select=f"{_PICK} initial_channel:255 response_url_enabled:flag",
    overflow="action_id:255 options*:link_option[5] confirm:confirm",
    checkboxes=f"{_BOXES} initial_options:free_option[10]",
    radio_buttons=f"{_BOXES} initial_option:free_option",
    datepicker=f"{_PICK} initial_date:10",
    timepicker=f"{_PICK} initial_time:5 timezone:255",
    datetimepicker="action_id:255 initial_date_time:count confirm:confirm focus_on_load:flag",
    plain_text_input=f"{_TYPE} initial_value:3000? multiline:flag min_length:count"
    " max_length:count",
    email_text_input=f"{_TYPE} initial_value:3000?",
    url_text_input=f"{_TYPE} initial_value:3000?",
    number_input=f"{_TYPE} is_decimal_allowed*:flag initial_value:99 min_value:99 max_value:99",
    rich_text_input=f"{_TYPE} initial_value:object",
    file_input="action_id:255 filetypes:50[100] max_files:count",
    image=_IMAGE,
    feedback_buttons="action_id:255 positive_button*:feedback negative_button*:feedback",
    icon_button="icon*:icon text*:p75 action_id:255 value:2000? confirm:confirm"
    " accessibility_label:75 visible_to_user_ids:255[100]",
)
_USED = "static_select external_select users_select conversations_select channels_select"
_USED += " multi_static_select multi_users_select checkboxes radio_buttons datepicker timepicker"
for _name, _text in {
    "accessory": f"button image overflow {_USED}",
    "action": f"button overflow datetimepicker rich_text_input {_USED}",
    "context_action": "feedback_buttons icon_button",
    "field": "plain_text_input email_text_input url_text_input number_input rich_text_input"
    f" file_input datetimepicker {_USED}",
}.items():
    RULES[_name] = _typed({kind: ELEMENTS[kind] for kind in _text.split()})
RULES["mention"] = _typed(
    _shapes(image=_IMAGE, plain_text="text*:3000 emoji:flag", mrkdwn="text*:3000 verbatim:flag")
)
RULES["part"] = _typed(
    _shapes(
        text="text*:12000 style:object",
        link="url*:url text:3000 unsafe:flag style:object",
        user="user_id*:255 style:object",
        channel="channel_id*:255 style:object",
        usergroup="usergroup_id*:255 style:object",
        broadcast="range*:range style:object",
        emoji="name*:255 unicode:255 skin_tone:count style:object",
        date="timestamp*:count format*:255 url:url fallback:255 style:object",
        color="value*:255",
    )
)
_LINES = _shapes(
    rich_text_section="elements*:part[999]",
    rich_text_preformatted="elements*:part[999] border:count language:255",
    rich_text_quote="elements*:part[999] border:count",
)
RULES["item"] = _typed({"rich_text_section": _LINES["rich_text_section"]})
_LINES |= _shapes(
    rich_text_list="style*:list_style elements*:item[999] indent:count offset:count border:count"
)
RULES["line"] = _typed(_LINES)
RULES["cell"] = _typed(_shapes(raw_text="text*:3000", rich_text="elements*:line[999]"))
_ANYWHERE = _shapes(
    section="block_id:255 text:t3000 fields:t2000[10] text|fields accessory:accessory expand:flag",
    header="block_id:255 text*:p150",
    divider="block_id:255",
    image=f"block_id:255 {_IMAGE} title:p2000",
    context="block_id:255 elements*:mention[10]",
    actions="block_id:255 elements*:action[25]",
    input="block_id:255 label*:p2000 element*:field hint:p2000 optional:flag dispatch_action:flag",
    rich_text="block_id:255 elements*:line[999]",
)
_IN_MESSAGES = _shapes(
    markdown="block_id:255 text*:12000",
    context_actions="block_id:255 elements*:context_action[5]",
    table="block_id:255 rows*:cell[20][100] column_settings:any[20]",
)
_VIEW = "blocks* private_metadata:3000? callback_id:255? external_id:255?"
VIEWS = _shapes(
    home=_VIEW,
    modal=f"{_VIEW} title*:p24 submit:p24 close:p24 clear_on_close:flag notify_on_close:flag"
    " submit_disabled:flag",
)


def _repeats(values: Iterable[object], name: str, at: str) -> Iterator[str]:
    seen: set[str] = set()
    for value in values:
        if isinstance(value, str):
            if value in seen:
                yield _at(f"`{name}` already exists: {value}", at)
            seen.add(value)


def actionable(blocks: list[Payload]) -> Iterator[tuple[Payload, Payload]]:
    """Yields (block, element) for every element of `blocks` that a person can use."""
    for block in blocks:
        several = block.get("elements")
        found = [block.get("accessory"), block.get("element")]
        for element in found + (several if isinstance(several, list) else []):
            if isinstance(element, dict) and element.get("type") in ELEMENTS.keys() - {"image"}:
                yield block, element


def texts(value: object) -> Iterator[str]:
    """Yields every string under a `text` key of `value`, in reading order."""
    for key, inner in value.items() if isinstance(value, dict) else ():
        if key == "text" and isinstance(inner, str):
            yield inner
        else:
            yield from texts(inner)
    for inner in value if isinstance(value, list) else ():
        yield from texts(inner)


def check_blocks(blocks: object, surface: str = "message", at: str = "/blocks") -> list[str]:
    """Returns everything Slack would refuse in `blocks`, each naming its place; empty when fine.

    `surface` is message, modal or home. Follows "Reference: Block Kit": blocks, block elements and
    composition objects. Types that it does not know (video, card, …) are refused as unsupported.
    """
    message = surface == "message"
    allowed = {**_ANYWHERE, **(_IN_MESSAGES if message else {})}
    most = BLOCKS_PER_MESSAGE if message else BLOCKS_PER_VIEW
    problems = list(_list(_typed(allowed), most, 0)(blocks, at))
    shaped = [b for b in blocks if isinstance(b, dict)] if isinstance(blocks, list) else []
    problems += _repeats((block.get("block_id") for block in shaped), "block_id", at)
    for index, block in enumerate(shaped):
        ids = (element.get("action_id") for _, element in actionable([block]))
        problems += _repeats(ids, "action_id", f"{at}/{index}")
    if message and too_long(blocks):
        problems.append(_at(f"all blocks together are over {TEXT_IN_ALL_BLOCKS} characters", at))
    return problems


def too_long(blocks: object) -> bool:
    """Returns whether the blocks of one message are too much together (`msg_blocks_too_long`)."""
    compact = json.dumps(blocks, separators=(",", ":"), ensure_ascii=False)
    return sum(map(len, texts(blocks))) > TEXT_IN_ALL_BLOCKS or len(compact) > JSON_OF_ALL_BLOCKS


def check_view(view: object, *kinds: str) -> list[str]:
    """Returns everything Slack would refuse in `view`; `kinds` (modal, home) limits its type.

    Follows "Modal views" and "Home tab views".
    """
    allowed = {kind: VIEWS[kind] for kind in kinds or VIEWS}
    problems = list(_typed(allowed)(view, "/view"))
    if isinstance(view, dict) and view.get("type") in allowed:
        blocks = view.get("blocks", [])
        problems += check_blocks(blocks, view["type"], "/view/blocks")
        kinds_used = [b.get("type") for b in blocks if isinstance(b, dict)]
        if view["type"] == "modal" and "input" in kinds_used and "submit" not in view:
            problems.append(_at("must define `submit` to use an `input` block", "/view"))
    return problems


# The Web API's arguments: "name!" is required. Anything else is a slip Slack would not mention.

_POST = "text blocks attachments markdown_text metadata as_user icon_emoji icon_url link_names"
ARGUMENTS: dict[str, str] = {
    "auth.test": "",
    "apps.connections.open": "",
    "chat.postMessage": f"channel! {_POST} thread_ts reply_broadcast mrkdwn parse unfurl_links"
    " unfurl_media unfurl_app_links username",
    "chat.postEphemeral": f"channel! user! {_POST} thread_ts parse username",
    "chat.update": "channel! ts! text blocks attachments markdown_text metadata as_user link_names"
    " parse reply_broadcast file_ids unfurled_attachments",
    "chat.delete": "channel! ts! as_user",
    "conversations.info": "channel include_locale include_num_members",
    "conversations.open": "channel users return_im prevent_creation",
    "conversations.replies": "channel ts cursor inclusive include_all_metadata latest limit oldest",
    "conversations.history": "channel cursor inclusive include_all_metadata latest limit oldest",
    "users.info": "user include_locale",
    "views.open": "view! trigger_id interactivity_pointer",
    "views.update": "view! view_id external_id hash",
    "views.publish": "user_id! view! hash",
    "assistant.threads.setStatus": "channel_id! thread_ts! status! loading_messages icon_emoji"
    " icon_url username",
    "assistant.threads.setTitle": "channel_id! thread_ts! title!",
    "assistant.threads.setSuggestedPrompts": "channel_id! prompts! thread_ts title",
}
FORM_ONLY = {"conversations.info", "conversations.replies", "users.info"}  # JSON bodies unread
JSON_ARGUMENTS = {"blocks", "view", "attachments", "metadata", "prompts", "loading_messages"}


class Refusal(Exception):
    """Slack's `{"ok": false, "error": …}`; `messages` say why, `status` is for response URLs."""

    def __init__(self, error: str, *messages: str, status: int = 400) -> None:
        super().__init__(error)
        self.error, self.messages, self.status = error, list(messages), status


def sign(secret: str, timestamp: str, body: str) -> str:
    """Returns the X-Slack-Signature of a request, as in "Verifying requests from Slack"."""
    base = f"v0:{timestamp}:{body}".encode()
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


# Records of what happened. Times are seconds of time.monotonic().


@dataclass
class Call:
    """One call of a Web API method (or of `response_url`), with the error it was answered."""

    method: str
    arguments: Payload
    at: float
    error: str | None = None


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
    via: str = "api"  # or response_url, answer (in an acknowledgement), person, bot
    at: float = 0.0
    client_msg_id: str | None = None
    deleted: bool = False
    revisions: list[tuple[str, list[Payload]]] = field(default_factory=list)

    @property
    def action_ids(self) -> list[str]:
        """The action ids of its buttons and menus, in order."""
        return [str(element.get("action_id")) for _, element in actionable(self.blocks)]

    @property
    def words(self) -> str:
        """What a person reads: the text of its blocks, or its text when it has none."""
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
    """What the next call of a method meets instead of, or (a delay) before, its answer."""

    error: str | None = None
    status: int | None = None
    retry_after: int = 1
    delay: float = 0.0


def kind_of(payload: Payload) -> str:
    """Returns the Socket Mode envelope type for a payload ("Using Socket Mode")."""
    if "command" in payload:
        return "slash_commands"
    events = ("event_callback", "url_verification", None)
    return "events_api" if payload.get("type") in events else "interactive"


# The workspace: who is there, what was said, and what Slack tells the app about it.

OFFICER, PARTNER, SERGEANT, CHIEF = "U0OFFICER", "U0PARTNER", "U0SERGEANT", "U0CHIEF"
PATROL, COMMAND, LOBBY = "C0PATROL", "C0COMMAND", "C0LOBBY"  # public, private, without the bot
_NAMES = {"im": "directmessage", "group": "privategroup"}  # instead of the channel's own name
_SELECTED = {
    "users_select": "selected_user",
    "multi_users_select": "selected_users",
    "conversations_select": "selected_conversation",
    "channels_select": "selected_channel",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
}


@dataclass(eq=False)
class Channel:
    """A conversation: `kind` is channel (public), group (private), im or mpim."""

    id: str
    name: str
    kind: str
    members: set[str]
    history: list[Message] = field(default_factory=list)


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


def _escaped(typed: str) -> str:
    # "Formatting text": Slack escapes what people type, save its own <@user>, <#channel> and links.
    parts = re.split(r"(<(?:[@#!]|https?:)[^<>]*>)", typed)
    return "".join(part if n % 2 else html.escape(part, False) for n, part in enumerate(parts))


def _rich_text(text: str) -> list[Payload]:
    elements = [
        {"type": "user", "user_id": part[2:-1]}
        if part.startswith("<@")
        else {"type": "text", "text": html.unescape(part)}
        for part in re.split(r"(<@\w+>)", text)
        if part
    ]
    section = {"type": "rich_text_section", "elements": elements}
    return [{"type": "rich_text", "block_id": uuid.uuid4().hex[:5], "elements": [section]}]


def _chosen(element: Payload, value: object) -> Payload:
    """Returns the fields that say what a person entered or picked in `element`."""
    kind, options = element["type"], list(element.get("options", ()))
    for group in element.get("option_groups", ()):
        options += group["options"]
    by_value: dict[object, Payload] = {option["value"]: option for option in options}
    if kind in ("static_select", "radio_buttons", "overflow"):
        return {"selected_option": None if value is None else by_value[value]}
    if kind in ("checkboxes", "multi_static_select"):
        picked = value if isinstance(value, list | tuple) else ()
        return {"selected_options": [by_value[one] for one in picked]}
    if value is not None and len(str(value)) > element.get("max_length", 3000):
        raise ValueError(f"{element.get('action_id')!r}: Slack lets nobody type that much")
    return {_SELECTED.get(kind, "value"): value}


class Workspace:
    """A team with its people, channels and messages, and the payloads of what people do there."""

    def __init__(self) -> None:
        self.team_id, self.team_domain = "T0POLICE", "police"
        self.app_id, self.bot_id = "A0POLICYBOT", "B0POLICYBOT"
        self.bot_user_id, self.bot_name = "U0POLICYBOT", "policybot"
        self.origin = ""  # http://127.0.0.1:PORT while the server runs
        self.users: dict[str, str] = {}
        self.channels: dict[str, Channel] = {}
        self.messages: list[Message] = []
        self.unseen: list[Message] = []
        self.views: list[View] = []
        self.homes: dict[str, View] = {}
        self.triggers: dict[str, Permit] = {}
        self.response_urls: dict[str, Permit] = {}
        self._last_ts = 0.0
        self._skew = 0.0
        for user in (OFFICER, PARTNER, SERGEANT, CHIEF):
            self.add_user(user, user[2:].lower())
        everybody = set(self.users)
        self.add_channel(PATROL, "patrol", everybody | {self.bot_user_id})
        self.add_channel(COMMAND, "command", {SERGEANT, CHIEF, self.bot_user_id}, private=True)
        self.add_channel(LOBBY, "lobby", everybody)

    # The team

    def add_user(self, user: str, name: str) -> str:
        """Adds a person and their direct message channel with the app; returns the user id."""
        self.users[user] = name
        im = "D" + user[1:]
        self.channels[im] = Channel(im, "", "im", {user, self.bot_user_id})
        return user

    def add_channel(
        self, channel: str, name: str, members: Iterable[str], *, private: bool = False
    ) -> Channel:
        """Adds a public or private channel; the app is in it when `members` names the bot user."""
        made = Channel(channel, name, "group" if private else "channel", set(members))
        self.channels[channel] = made
        return made

    def im(self, user: str = OFFICER) -> str:
        """Returns the id of the direct message channel between `user` and the app."""
        return "D" + user[1:]

    def now(self) -> float:
        """Returns the monotonic time that triggers and response URLs age by, in seconds."""
        return time.monotonic() + self._skew

    def advance(self, seconds: float) -> None:
        """Lets triggers and response URLs grow older without waiting."""
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

    def _message_json(self, message: Message) -> Payload:
        body: Payload = {"type": "message", "ts": message.ts, "text": message.text}
        if message.via == "person":
            body |= {"client_msg_id": message.client_msg_id, "user": message.user}
            body |= {"blocks": _rich_text(message.text)}
        elif message.via == "bot":
            body |= {"subtype": "bot_message", "bot_id": message.user, "username": "dispatch"}
        else:
            profile = {"id": self.bot_id, "app_id": self.app_id, "name": self.bot_name}
            body |= {"user": self.bot_user_id, "bot_id": self.bot_id, "app_id": self.app_id}
            body |= {"bot_profile": {**profile, "team_id": self.team_id, "deleted": False}}
            body |= {"blocks": message.blocks or _rich_text(message.text)}
        body["team"] = self.team_id
        if message.thread_ts:
            root = self.find(message.channel, message.thread_ts)
            body |= {"thread_ts": message.thread_ts}
            body |= {"parent_user_id": root.user} if root and root is not message else {}
        elif replies := self.replies(message.channel, message.ts):
            body |= {"thread_ts": message.ts, "reply_count": len(replies)}
            body |= {"latest_reply": replies[-1].ts}
        return body

    # Events, as in "Events API", "message event" and "app_mention event"

    def _event(self, event: Payload) -> Payload:
        bot = {"user_id": self.bot_user_id, "is_bot": True, "is_enterprise_install": False}
        return {
            "token": "legacy-verification-token",
            "team_id": self.team_id,
            "context_team_id": self.team_id,
            "context_enterprise_id": None,
            "api_app_id": self.app_id,
            "event": event,
            "type": "event_callback",
            "event_id": unique("Ev"),
            "event_time": int(time.time()),
            "authorizations": [{"enterprise_id": None, "team_id": self.team_id, **bot}],
            "is_ext_shared_channel": False,
            "event_context": f"4-{uuid.uuid4().hex}",
        }

    def _say(self, user: str, channel: str, text: str, thread_ts: str | None) -> Message:
        place = self.channels[channel]
        if user not in place.members or self.bot_user_id not in place.members:
            raise ValueError(f"{channel}: {user} cannot write there, or the app does not hear it")
        if thread_ts is not None:
            root = self.find(channel, thread_ts)
            if root is None or root.thread_ts is not None:
                raise ValueError(f"{thread_ts!r} is no message that a thread can hang on")
        message = Message(channel, self._next_ts(), _escaped(text), user=user, thread_ts=thread_ts)
        message.via, message.client_msg_id = "person", str(uuid.uuid4())
        message.at = time.monotonic()
        place.history.append(message)
        return message

    def _message_event(self, message: Message) -> Payload:
        event = {**self._message_json(message), "channel": message.channel, "event_ts": message.ts}
        return {**event, "channel_type": self.channels[message.channel].kind}

    def mention(
        self, text: str, user: str = OFFICER, channel: str = PATROL, thread_ts: str | None = None
    ) -> tuple[Payload, Payload]:
        """Says `text` to the app; returns both events that Slack sends: app_mention, message.

        They differ in event id and share ts and client_msg_id. `<@bot>` is put in front of a text
        that lacks it. Not for direct messages: Slack sends no app_mention there.
        """
        if self.channels[channel].kind == "im":
            raise ValueError("Slack sends no app_mention in a direct message: use message_im")
        name = f"<@{self.bot_user_id}>"
        message = self._say(user, channel, text if name in text else f"{name} {text}", thread_ts)
        event = self._message_event(message)
        heard = {k: v for k, v in event.items() if k != "channel_type"} | {"type": "app_mention"}
        return self._event(heard), self._event(event)

    def message_im(self, text: str, user: str = OFFICER, thread_ts: str | None = None) -> Payload:
        """Says `text` to the app in a direct message; returns the message.im event."""
        return self.message_channel(text, user, self.im(user), thread_ts)

    def message_channel(
        self, text: str, user: str = OFFICER, channel: str = PATROL, thread_ts: str | None = None
    ) -> Payload:
        """Says `text` in a channel (a thread reply with `thread_ts`); returns the message event."""
        return self._event(self._message_event(self._say(user, channel, text, thread_ts)))

    def _original(self, original: Payload | Message) -> Message:
        if isinstance(original, Message):
            return original
        found = self.find(original["event"]["channel"], original["event"]["ts"])
        if found is None:
            raise ValueError("that message is no longer there")
        return found

    def message_changed(self, original: Payload | Message, text: str) -> Payload:
        """Edits a message (its event or its record); returns the message_changed event."""
        message = self._original(original)
        before = self._message_json(message)
        message.revisions.append((message.text, message.blocks))
        message.text, ts = _escaped(text), self._next_ts()
        after = {**self._message_json(message), "edited": {"user": message.user, "ts": ts}}
        return self._hidden("message_changed", message, ts, {"message": after}, before)

    def message_deleted(self, original: Payload | Message) -> Payload:
        """Deletes a message; returns the message_deleted event."""
        message = self._original(original)
        before, message.deleted = self._message_json(message), True
        ts = self._next_ts()
        return self._hidden("message_deleted", message, ts, {"deleted_ts": message.ts}, before)

    def _hidden(
        self, subtype: str, of: Message, ts: str, more: Payload, before: Payload
    ) -> Payload:
        place = {"channel": of.channel, "channel_type": self.channels[of.channel].kind}
        event = {"type": "message", "subtype": subtype, "hidden": True, "ts": ts, "event_ts": ts}
        return self._event({**event, **place, **more, "previous_message": before})

    def bot_message(self, text: str, channel: str = PATROL) -> Payload:
        """Lets another integration post; returns its bot_message event, which names no user."""
        message = Message(channel, self._next_ts(), text, user="B0DISPATCH", via="bot")
        self.channels[channel].history.append(message)
        return self._event(self._message_event(message))

    def own_message(self, message: Message) -> Payload:
        """Returns the message event that Slack sends the app for its own `message`."""
        return self._event(self._message_event(message))

    def app_home_opened(self, user: str = OFFICER, tab: str = "home") -> Payload:
        """Opens the app's Home or Messages tab; returns the app_home_opened event."""
        event: Payload = {"type": "app_home_opened", "user": user, "channel": self.im(user)}
        event |= {"tab": tab, "event_ts": self._next_ts()}
        if tab == "home" and user in self.homes:
            event["view"] = self._view_json(self.homes[user])
        return self._event(event)

    # Commands and interactions, as in "Slash commands" and "Interaction payloads"

    def _trigger(self, user: str) -> str:
        trigger = f"{uuid.uuid4().int % 10**12}.{uuid.uuid4().int % 10**9}.{uuid.uuid4().hex}"
        self.triggers[trigger] = Permit(user, self.now())
        return trigger

    def _response_url(
        self, kind: str, user: str, channel: str, original: Message | None = None
    ) -> str:
        path = f"/{kind}/{self.team_id}/{uuid.uuid4().int % 10**12}/{uuid.uuid4().hex}"
        self.response_urls[path] = Permit(user, self.now(), channel, original)
        return self.origin + path

    def slash_command(
        self, command: str, text: str = "", user: str = OFFICER, channel: str = PATROL
    ) -> Payload:
        """Types a slash command; returns its form fields, all of them strings as Slack sends."""
        place = self.channels[channel]
        if user not in place.members:
            raise ValueError(f"{user} is not in {channel}")
        return {
            "token": "legacy-verification-token",
            "team_id": self.team_id,
            "team_domain": self.team_domain,
            "channel_id": channel,
            "channel_name": _NAMES.get(place.kind, place.name),
            "user_id": user,
            "user_name": self.users[user],
            "command": command,
            "text": text,
            "api_app_id": self.app_id,
            "is_enterprise_install": "false",
            "response_url": self._response_url("commands", user, channel),
            "trigger_id": self._trigger(user),
        }

    def _interaction(self, kind: str, user: str, **more: object) -> Payload:
        name = self.users[user]
        who = {"id": user, "username": name, "name": name, "team_id": self.team_id}
        return {
            "type": kind,
            "user": who,
            "api_app_id": self.app_id,
            "token": "legacy-verification-token",
            "trigger_id": self._trigger(user),
            "team": {"id": self.team_id, "domain": self.team_domain},
            "enterprise": None,
            "is_enterprise_install": False,
            **more,
        }

    def block_actions(
        self, source: Message | View, action_id: str, user: str = OFFICER, choose: object = None
    ) -> Payload:
        """Clicks a button or picks `choose` (an option's value, a user…) in a message or view.

        ValueError when nobody could: the element is not there, or `user` does not see the message.
        """
        blocks = source.content["blocks"] if isinstance(source, View) else source.blocks
        found = [(b, e) for b, e in actionable(blocks) if e.get("action_id") == action_id]
        if not found or (isinstance(source, Message) and not self._sees(user, source)):
            raise ValueError(f"{user} sees no element {action_id!r} in {source!r}")
        block, element = found[0]
        action = {k: v for k, v in element.items() if k in ("type", "action_id", "text", "value")}
        action |= {"block_id": block["block_id"], "action_ts": self._next_ts()}
        action |= {} if element["type"] == "button" else _chosen(element, choose)
        if isinstance(source, View):
            shown = self._view_json(source)
            where = {"container": {"type": "view", "view_id": source.id}, "view": shown}
        else:
            where = {**self._in(source, user), "state": {"values": {}}}
        return self._interaction("block_actions", user, **where, actions=[action])

    def _sees(self, user: str, message: Message) -> bool:
        members = self.channels[message.channel].members
        return not message.deleted and user in members and message.ephemeral in (None, user)

    def _in(self, message: Message, user: str) -> Payload:
        place = self.channels[message.channel]
        container: Payload = {"type": "message", "message_ts": message.ts, "channel_id": place.id}
        container |= {"is_ephemeral": message.ephemeral is not None}
        container |= {"thread_ts": message.thread_ts} if message.thread_ts else {}
        channel = {"id": place.id, "name": _NAMES.get(place.kind, place.name)}
        where = {"container": container, "channel": channel}
        if message.ephemeral is None:  # Slack keeps no ephemeral message it could send along
            where["message"] = self._message_json(message)
        url = self._response_url("actions", user, place.id, message)
        return {**where, "response_url": url}

    def view_submission(
        self, view: View, values: Mapping[str, object], user: str | None = None
    ) -> Payload:
        """Submits a modal with `values` by action id; returns the view_submission payload.

        ValueError when Slack's client would not let it go: closed, unknown or missing input.
        """
        if not view.open:
            raise ValueError(f"view {view.id} is closed")
        state: Payload = {}
        inputs = [b for b in view.content["blocks"] if b["type"] in ("input", "actions", "section")]
        left = dict(values)
        for block, element in actionable(inputs):
            if element["type"] == "button":
                continue
            initial = element.get("initial_value", element.get("initial_option", {}).get("value"))
            value = left.pop(element["action_id"], initial)
            if value in (None, "") and block["type"] == "input" and not block.get("optional"):
                raise ValueError(f"{element['action_id']!r} must be filled in")
            answer = {"type": element["type"], **_chosen(element, value)}
            state.setdefault(block["block_id"], {})[element["action_id"]] = answer
        if left:
            raise ValueError(f"view {view.id} has no input {sorted(left)}")
        shown = {**self._view_json(view), "state": {"values": state}}
        person = user or view.user
        return self._interaction("view_submission", person, view=shown, response_urls=[])

    def shortcut(
        self, callback_id: str, user: str = OFFICER, message: Message | None = None
    ) -> Payload:
        """Uses a global shortcut, or the shortcut of a `message`; returns its payload."""
        stamp = {"callback_id": callback_id, "action_ts": self._next_ts()}
        if message is None:
            return self._interaction("shortcut", user, **stamp)
        where = self._in(message, user)
        del where["container"]
        more = {**stamp, "message_ts": message.ts, **where, "message": self._message_json(message)}
        return self._interaction("message_action", user, **more)

    def _view_json(self, view: View) -> Payload:
        defaults = {"private_metadata": "", "callback_id": "", "external_id": ""}
        return {
            **defaults,
            "state": {"values": {}},
            **view.content,
            "id": view.id,
            "hash": view.hash,
            "team_id": self.team_id,
            "app_id": self.app_id,
            "bot_id": self.bot_id,
            "root_view_id": view.id,
            "previous_view_id": None,
            "app_installed_team_id": self.team_id,
        }
