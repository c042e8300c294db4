"""What Slack says about shapes and limits: Block Kit and view validation, argument tables, request
signing, and the records that the local Slack stand-in (`slack_server.py`) keeps of what happened.
"""

import asyncio
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Payload = dict[str, Any]
Check = Callable[[Any, str], Iterator[str]]
Shape = Mapping[str, Check]

SLACK_RETRY_DELAYS = (0.0, 60.0, 300.0)  # "Events API": at once, after a minute, after five
BLOCKS_PER_MESSAGE, BLOCKS_PER_VIEW = 50, 100
TEXT_IN_ALL_BLOCKS = 12_000  # slackapi/bolt-js#2509: this much text, with a buffer for containers:
JSON_OF_ALL_BLOCKS = 13_200  # #2867: 11,341 characters of text were refused, so both are bounds


# Checks: each yields what is wrong with a value, in Slack's words, naming where it stands.


def _at(problem: str, pointer: str) -> str:
    return f"{problem} [json-pointer:{pointer}]"


def _string(most: int, least: int = 1) -> Check:
    def check(value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, str):
            yield _at("must be a string", at)
        elif len(value) < least:
            yield _at(f"must be more than {least - 1} characters", at)
        elif len(value) > most:
            yield _at(f"must be less than {most + 1} characters", at)

    return check


def _kind(*kinds: type) -> Check:
    def check(value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
            yield _at(f"must be of type {' or '.join(kind.__name__ for kind in kinds)}", at)

    return check


def _choice(*allowed: str) -> Check:
    def check(value: Any, at: str) -> Iterator[str]:
        if value not in allowed:
            yield _at(f"must be a valid enum value: {', '.join(allowed)}", at)

    return check


def _list(each: Check, most: int, least: int = 1) -> Check:
    def check(value: Any, at: str) -> Iterator[str]:
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


def _fields(value: Payload, shape: Shape, at: str) -> Iterator[str]:
    # "name*" is required, "a|b" asks for at least one of the two, "a^b" for exactly one.
    names = {key.rstrip("*") for key in shape}
    yield from (_at(f"invalid additional property: {key}", at) for key in value if key not in names)
    for key, check in shape.items():
        name = key.rstrip("*")
        if "|" in key or "^" in key:
            present = sum(one in value for one in key.replace("^", "|").split("|"))
            if not present or ("^" in key and present > 1):
                yield _at(f"must provide one of: {key}", at)
        elif name in value:
            yield from check(value[name], f"{at}/{name}")
        elif key.endswith("*"):
            yield _at(f"missing required field: {name}", at)


def _object(shape: Shape) -> Check:
    def check(value: Any, at: str) -> Iterator[str]:
        if isinstance(value, dict):
            yield from _fields(value, shape, at)
        else:
            yield _at("must provide an object", at)

    return check


def _typed(shapes: Mapping[str, Shape]) -> Check:
    def check(value: Any, at: str) -> Iterator[str]:
        kind = value.get("type") if isinstance(value, dict) else None
        if not isinstance(value, dict):
            yield _at("must provide an object", at)
        elif not isinstance(kind, str) or kind not in shapes:
            yield _at(f"unsupported type: {kind}", f"{at}/type")
        else:
            yield from _fields(value, {"type": _ANY, **shapes[kind]}, at)

    return check


def _text(most: int, *kinds: str) -> Check:
    extra = {"plain_text": "emoji", "mrkdwn": "verbatim"}
    return _typed(
        {kind: {"text*": _string(most), extra[kind]: _FLAG} for kind in kinds or tuple(extra)}
    )


def _option(kind: str = "plain_text", **more: Check) -> Check:
    text = _text(75, kind) if kind == "plain_text" else _text(75)
    described = _text(75, "plain_text") if kind == "plain_text" else _text(75)
    return _object({"text*": text, "value*": _string(150), "description": described, **more})


# Block elements, as in "Reference: Block Kit" (composition objects, block elements, blocks).

_ANY: Check = lambda value, at: iter(())  # noqa: E731
_FLAG, _ID, _URL = _kind(bool), _string(255), _string(3000)
_COUNT, _PLAIN_75, _DATE = _kind(int), _text(75, "plain_text"), _string(25)
_STYLE = _choice("primary", "danger")
_CONFIRM = _object(
    {
        "title*": _text(100, "plain_text"),
        "text*": _text(300),
        "confirm*": _text(30, "plain_text"),
        "deny*": _text(30, "plain_text"),
        "style": _STYLE,
    }
)
_FOCUS: Shape = {
    "action_id": _ID,
    "placeholder": _text(150, "plain_text"),
    "focus_on_load": _FLAG,
}
_PICK: Shape = {**_FOCUS, "confirm": _CONFIRM}
_MANY: Shape = {**_PICK, "max_selected_items": _COUNT}
_TYPE: Shape = {**_FOCUS, "dispatch_action_config": _kind(dict)}
_IDS = _list(_ID, 100)
_OPTIONS: Shape = {
    "options": _list(_option(), 100),
    "option_groups": _list(
        _object({"label*": _PLAIN_75, "options*": _list(_option(), 100)}),
        100,
    ),
    "options^option_groups": _ANY,
}
_BOXES: Shape = {
    "action_id": _ID,
    "options*": _list(_option("mrkdwn"), 10),
    "confirm": _CONFIRM,
    "focus_on_load": _FLAG,
}
_IMAGE: Shape = {
    "image_url": _URL,
    "slack_file": _kind(dict),
    "image_url^slack_file": _ANY,
    "alt_text*": _string(2000),
}
_FEEDBACK = _object(
    {"text*": _PLAIN_75, "value*": _string(2000), "accessibility_label": _string(75)}
)

ELEMENTS: dict[str, Shape] = {
    "button": {
        "text*": _PLAIN_75,
        "action_id": _ID,
        "url": _URL,
        "value": _string(2000, 0),
        "style": _STYLE,
        "confirm": _CONFIRM,
        "accessibility_label": _string(75),
    },
    "static_select": {**_PICK, **_OPTIONS, "initial_option": _option()},
    "multi_static_select": {**_MANY, **_OPTIONS, "initial_options": _list(_option(), 100)},
    "external_select": {**_PICK, "min_query_length": _COUNT, "initial_option": _option()},
    "users_select": {**_PICK, "initial_user": _ID},
    "multi_users_select": {**_MANY, "initial_users": _IDS},
    "conversations_select": {
        **_PICK,
        "initial_conversation": _ID,
        "default_to_current_conversation": _FLAG,
        "response_url_enabled": _FLAG,
        "filter": _kind(dict),
    },
    "channels_select": {**_PICK, "initial_channel": _ID, "response_url_enabled": _FLAG},
    "overflow": {
        "action_id": _ID,
        "options*": _list(_option(url=_URL), 5),
        "confirm": _CONFIRM,
    },
    "checkboxes": {**_BOXES, "initial_options": _list(_option("mrkdwn"), 10)},
    "radio_buttons": {**_BOXES, "initial_option": _option("mrkdwn")},
    "datepicker": {**_PICK, "initial_date": _DATE},
    "timepicker": {**_PICK, "initial_time": _DATE, "timezone": _string(255)},
    "datetimepicker": {
        "action_id": _ID,
        "initial_date_time": _COUNT,
        "confirm": _CONFIRM,
        "focus_on_load": _FLAG,
    },
    "plain_text_input": {
        **_TYPE,
        "initial_value": _string(3000, 0),
        "multiline": _FLAG,
        "min_length": _COUNT,
        "max_length": _COUNT,
    },
    "email_text_input": {**_TYPE, "initial_value": _string(3000, 0)},
    "url_text_input": {**_TYPE, "initial_value": _string(3000, 0)},
    "number_input": {
        **_TYPE,
        "is_decimal_allowed*": _FLAG,
        "initial_value": _string(100),
        "min_value": _string(100),
        "max_value": _string(100),
    },
    "rich_text_input": {**_TYPE, "initial_value": _kind(dict)},
    "file_input": {
        "action_id": _ID,
        "filetypes": _list(_string(50), 100),
        "max_files": _COUNT,
    },
    "image": _IMAGE,
    "feedback_buttons": {
        "action_id": _ID,
        "positive_button*": _FEEDBACK,
        "negative_button*": _FEEDBACK,
    },
    "icon_button": {
        "icon*": _choice("trash"),
        "text*": _PLAIN_75,
        "action_id": _ID,
        "value": _string(2000, 0),
        "confirm": _CONFIRM,
        "accessibility_label": _string(75),
        "visible_to_user_ids": _IDS,
    },
}


def _elements(kinds: str) -> Check:
    return _typed({kind: ELEMENTS[kind] for kind in kinds.split()})


_CHOOSERS = """static_select multi_static_select external_select users_select multi_users_select
 conversations_select channels_select checkboxes radio_buttons datepicker timepicker"""
_TEXTS: dict[str, Shape] = {
    "plain_text": {"text*": _string(3000), "emoji": _FLAG},
    "mrkdwn": {"text*": _string(3000), "verbatim": _FLAG},
}
_RICH_PARTS: dict[str, Shape] = {
    "text": {"text*": _string(40_000), "style": _kind(dict)},
    "link": {"url*": _URL, "text": _string(3000), "unsafe": _FLAG, "style": _kind(dict)},
    "user": {"user_id*": _ID, "style": _kind(dict)},
    "channel": {"channel_id*": _ID, "style": _kind(dict)},
    "usergroup": {"usergroup_id*": _ID, "style": _kind(dict)},
    "broadcast": {"range*": _choice("here", "channel", "everyone")},
    "emoji": {"name*": _ID, "unicode": _ID, "skin_tone": _COUNT, "style": _kind(dict)},
    "date": {"timestamp*": _COUNT, "format*": _ID, "url": _URL, "fallback": _ID},
    "color": {"value*": _ID},
}
_RICH_LINES: dict[str, Shape] = {
    "rich_text_section": {"elements*": _list(_typed(_RICH_PARTS), 1000, 0)},
    "rich_text_preformatted": {
        "elements*": _list(_typed(_RICH_PARTS), 1000, 0),
        "border": _COUNT,
        "language": _ID,
    },
    "rich_text_quote": {"elements*": _list(_typed(_RICH_PARTS), 1000, 0), "border": _COUNT},
}
_RICH_TEXT: Shape = {
    "elements*": _list(
        _typed(
            {
                **_RICH_LINES,
                "rich_text_list": {
                    "style*": _choice("bullet", "ordered"),
                    "elements*": _list(
                        _typed({"rich_text_section": _RICH_LINES["rich_text_section"]}), 1000
                    ),
                    "indent": _COUNT,
                    "offset": _COUNT,
                    "border": _COUNT,
                },
            }
        ),
        1000,
    )
}
BLOCKS: dict[str, Shape] = {
    "section": {
        "text": _text(3000),
        "fields": _list(_text(2000), 10),
        "text|fields": _ANY,
        "accessory": _elements(f"button image overflow {_CHOOSERS}"),
        "expand": _FLAG,
    },
    "header": {"text*": _text(150, "plain_text")},
    "divider": {},
    "image": {**_IMAGE, "title": _text(2000, "plain_text")},
    "context": {"elements*": _list(_typed({**_TEXTS, "image": _IMAGE}), 10)},
    "actions": {
        "elements*": _list(
            _elements(f"button overflow datetimepicker rich_text_input {_CHOOSERS}"), 25
        )
    },
    "context_actions": {"elements*": _list(_elements("feedback_buttons icon_button"), 5)},
    "input": {
        "label*": _text(2000, "plain_text"),
        "element*": _elements(
            "plain_text_input email_text_input url_text_input number_input rich_text_input"
            f" file_input datetimepicker {_CHOOSERS}"
        ),
        "hint": _text(2000, "plain_text"),
        "optional": _FLAG,
        "dispatch_action": _FLAG,
    },
    "markdown": {"text*": _string(12_000)},
    "rich_text": _RICH_TEXT,
    "table": {
        "rows*": _list(
            _list(
                _typed({"raw_text": {"text*": _string(3000)}, "rich_text": _RICH_TEXT}),
                20,
            ),
            100,
        ),
        "column_settings": _list(_ANY, 20),
    },
}
_ONLY_IN_MESSAGES = {"markdown", "context_actions", "table"}
_MODAL: Shape = {
    "title*": _text(24, "plain_text"),
    "submit": _text(24, "plain_text"),
    "close": _text(24, "plain_text"),
    "clear_on_close": _FLAG,
    "notify_on_close": _FLAG,
    "submit_disabled": _FLAG,
}
_VIEW: Shape = {
    "blocks*": _ANY,
    "private_metadata": _string(3000, 0),
    "callback_id": _string(255, 0),
    "external_id": _string(255, 0),
}


def _with_id(shape: Shape) -> Shape:
    return {**shape, "block_id": _ID}


def _repeats(values: list[object], name: str, at: str) -> Iterator[str]:
    seen: set[object] = set()
    for value in values:
        if value is not None and value in seen:
            yield _at(f"`{name}` already exists: {value}", at)
        seen.add(value)


def actionable(blocks: list[Payload]) -> Iterator[tuple[Payload, Payload]]:
    """Yields (block, element) for every element of `blocks` that a person can use."""
    for block in blocks:
        found = [block.get("accessory"), block.get("element"), *block.get("elements", ())]
        for element in found:
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
    allowed = {k: _with_id(s) for k, s in BLOCKS.items()}
    if surface != "message":
        allowed = {k: s for k, s in allowed.items() if k not in _ONLY_IN_MESSAGES}
    most = BLOCKS_PER_MESSAGE if surface == "message" else BLOCKS_PER_VIEW
    problems = list(_list(_typed(allowed), most, 0)(blocks, at))
    shaped = [b for b in blocks if isinstance(b, dict)] if isinstance(blocks, list) else []
    problems += _repeats([b.get("block_id") for b in shaped], "block_id", at)
    for index, block in enumerate(shaped):
        ids = [element.get("action_id") for _, element in actionable([block])]
        problems += _repeats(list(ids), "action_id", f"{at}/{index}")
    if surface == "message" and too_long(blocks):
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
    shapes = {"modal": {**_VIEW, **_MODAL}, "home": _VIEW}
    allowed = {kind: shapes[kind] for kind in kinds or tuple(shapes)}
    problems = list(_typed(allowed)(view, "/view"))
    if isinstance(view, dict) and view.get("type") in allowed:
        blocks = view.get("blocks")
        problems += check_blocks(blocks, view["type"], "/view/blocks") if "blocks" in view else []
        inputs = [b for b in blocks or () if isinstance(b, dict) and b.get("type") == "input"]
        if view["type"] == "modal" and inputs and "submit" not in view:
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


# Records of what happened. Times are seconds of the running event loop's monotonic clock.


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
    if payload.get("type") == "event_callback":
        return "events_api"
    return "slash_commands" if "command" in payload else "interactive"
