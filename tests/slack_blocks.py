"""Block Kit as Slack checks it: blocks, views, message metadata and suggested prompts, each with
the limits that its page states. What is wrong comes back in Slack's words, naming the place.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

Payload = dict[str, Any]
Check = Callable[[object, str], Iterator[str]]
Shape = Mapping[str, Check]

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
    "progress": _choice("pending", "in_progress", "complete", "error"),
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


# What goes with a message or a thread besides blocks.

PROMPTS, PROMPT_TITLE, PROMPT_MESSAGE = 4, 75, 2000
METADATA = 8000


def check_prompts(prompts: object) -> list[str]:
    """Returns what Slack would refuse in suggested prompts: one to four, each with two texts.

    Follows "assistant.threads.setSuggestedPrompts". That page states no lengths; a button's label
    and value are what bounds them here.
    """
    each = _object({"title*": _string(PROMPT_TITLE), "message*": _string(PROMPT_MESSAGE)})
    return list(_list(each, PROMPTS)(prompts, "/prompts"))


def metadata_refusal(metadata: object) -> str | None:
    """Returns the error that Slack answers to this `metadata` of a message, None when it is fine.

    Follows "Using message metadata". The page states no size; 8,000 characters of JSON are allowed.
    """
    if not isinstance(metadata, dict) or set(metadata) != {"event_type", "event_payload"}:
        return "invalid_metadata_format"
    kind, payload = metadata["event_type"], metadata["event_payload"]
    if not isinstance(kind, str) or not re.fullmatch(r"\w{1,255}", kind):
        return "invalid_metadata_format"
    if not isinstance(payload, dict) or not all(map(_plain, payload.values())):
        return "invalid_metadata_format"
    return "metadata_too_large" if len(json.dumps(metadata)) > METADATA else None


def _plain(value: object) -> bool:
    if isinstance(value, list):
        return all(map(_plain, value))
    if isinstance(value, dict):
        return all(isinstance(one, str | int | float | bool) for one in value.values())
    return isinstance(value, str | int | float | bool)


def chunk_text(chunks: object) -> str:
    """Returns the markdown in the chunks of a stream; ValueError when one has a wrong shape.

    Follows "chat.appendStream": markdown_text, task_update and plan_update chunks.
    """
    if not isinstance(chunks, list) or not all(isinstance(chunk, dict) for chunk in chunks):
        raise ValueError("chunks must be an array of objects")
    shapes = _shapes(
        markdown_text="text*:12000",
        plan_update="title*:255",
        task_update="id*:255 title*:255 status*:progress details:2000 output:2000 sources:any[20]",
    )
    if problems := list(_list(_typed(shapes), 100, 0)(chunks, "/chunks")):
        raise ValueError("; ".join(problems))
    return "".join(chunk.get("text", "") for chunk in chunks)
