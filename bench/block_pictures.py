"""Block Kit as HTML, for the README's pictures: the block types that the assistant sends, pure.

It draws what "Reference: Block Kit" says a block shows, and nothing of Slack's own window. A type
or a field that it does not know is refused, so that no picture leaves anything out.
"""

from collections.abc import Callable, Iterable, Mapping
from html import escape
from pathlib import Path
from typing import Any

Shape = Mapping[str, Any]  # a block, an element or a view, as JSON
Draw = Callable[[Shape], str]
_SILENT = frozenset(
    "type block_id action_id value url multiline max_length focus_on_load style initial_option "
    "initial_options dispatch_action filter max_selected_items emoji confirm".split()
)  # what Slack shows elsewhere, later, or not at all


class BlockUnknown(Exception):
    """There is no drawing for a type of block, or for one of its fields."""


def message(blocks: Iterable[Shape], caption: str) -> str:
    """Return a page that shows a message's blocks under ``caption``."""
    return _page(f'<section class="message">{_all(blocks, BLOCKS)}</section>', caption)


def view(shown: Shape, caption: str) -> str:
    """Return a page that shows a view, a modal or App Home, under ``caption``."""
    body = _all(shown["blocks"], BLOCKS)
    if shown["type"] == "home":
        return _page(f'<section class="home">{body}</section>', caption)
    submit = (
        f'<button class="primary">{_plain(shown["submit"])}</button>' if "submit" in shown else ""
    )
    close = f"<button>{_plain(shown['close'])}</button>" if "close" in shown else ""
    head = f"<h1>{_plain(shown['title'])}</h1>"
    foot = f"<footer>{close}{submit}</footer>"
    return _page(f'<section class="modal">{head}{body}{foot}</section>', caption)


def _page(body: str, caption: str) -> str:
    style = Path(__file__).with_suffix(".css").read_text(encoding="utf-8")
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f"<title>{escape(caption)}</title><style>{style}</style></head>"
        f'<body><p class="caption">{escape(caption)}</p>{body}</body></html>'
    )


def _all(shapes: Iterable[Shape], table: Mapping[str, Draw]) -> str:
    return "".join(_one(shape, table) for shape in shapes)


def _one(shape: Shape, table: Mapping[str, Draw]) -> str:
    draw = table.get(shape.get("type", ""))
    if draw is None:
        known = ", ".join(sorted(table))
        raise BlockUnknown(f"Type {shape.get('type')!r} has no drawing here. Known: {known}.")
    return draw(shape)


def _only(shape: Shape, *drawn: str) -> None:
    """Raise BlockUnknown for a field that is neither drawn nor known to show nothing."""
    left = shape.keys() - _SILENT - {*drawn}
    if left:
        raise BlockUnknown(f"{shape.get('type')!r} has {sorted(left)}, which are not drawn.")


def _plain(text: Shape) -> str:
    _only(text, "text")
    if text["type"] != "plain_text":
        raise BlockUnknown(f"Text of type {text['type']!r} is not drawn: it holds Slack's markup.")
    return escape(text["text"])


def _header(block: Shape) -> str:
    _only(block, "text")
    return f"<h2>{_plain(block['text'])}</h2>"


def _rich_text(block: Shape) -> str:
    _only(block, "elements")
    return f'<div class="rich">{_all(block["elements"], LINES)}</div>'


def _line(block: Shape) -> str:
    _only(block, "elements")
    return f"<p>{_all(block['elements'], PARTS)}</p>"


def _quote(block: Shape) -> str:
    _only(block, "elements")
    return f"<blockquote>{_all(block['elements'], PARTS)}</blockquote>"


def _list(block: Shape) -> str:
    _only(block, "elements")
    tag = "ol" if block["style"] == "ordered" else "ul"
    items = "".join(f"<li>{_all(item['elements'], PARTS)}</li>" for item in block["elements"])
    return f"<{tag}>{items}</{tag}>"


def _text(part: Shape) -> str:
    _only(part, "text")
    return _styled(escape(part["text"]), part)


def _link(part: Shape) -> str:
    _only(part, "text")
    return _styled(f"<a>{escape(part.get('text') or part['url'])}</a>", part)


def _person(part: Shape) -> str:
    _only(part, "user_id")
    return '<span class="mention">@colleague</span>'


def _channel(part: Shape) -> str:
    _only(part, "channel_id")
    return '<span class="mention">#channel</span>'


def _styled(inner: str, part: Shape) -> str:
    tags = {"bold": "b", "italic": "i", "strike": "s", "code": "code"}
    for style, wanted in part.get("style", {}).items():
        if style not in tags:
            raise BlockUnknown(f"Style {style!r} is not drawn.")
        inner = f"<{tags[style]}>{inner}</{tags[style]}>" if wanted else inner
    return inner


def _section(block: Shape) -> str:
    _only(block, "text", "fields", "accessory")
    words = "".join(
        f"<p>{_plain(one)}</p>" for one in [block.get("text"), *block.get("fields", ())] if one
    )
    beside = _one(block["accessory"], ELEMENTS) if "accessory" in block else ""
    return f'<div class="section"><div>{words}</div>{beside}</div>'


def _context(block: Shape) -> str:
    _only(block, "elements")
    return "".join(f'<p class="context">{_plain(one)}</p>' for one in block["elements"])


def _actions(block: Shape) -> str:
    _only(block, "elements")
    return f'<div class="actions">{_all(block["elements"], ELEMENTS)}</div>'


def _divider(block: Shape) -> str:
    _only(block)
    return "<hr>"


def _input(block: Shape) -> str:
    _only(block, "label", "element", "hint", "optional")
    optional = ' <span class="soft">(optional)</span>' if block.get("optional") else ""
    hint = f'<p class="hint">{_plain(block["hint"])}</p>' if "hint" in block else ""
    label = f"<p><b>{_plain(block['label'])}</b>{optional}</p>"
    return f'<div class="input">{label}{_one(block["element"], ELEMENTS)}{hint}</div>'


def _button(element: Shape) -> str:
    _only(element, "text", "accessibility_label")
    spoken = element.get("accessibility_label")
    name = f' aria-label="{escape(spoken)}"' if spoken else ""
    return f'<button class="{element.get("style", "")}"{name}>{_plain(element["text"])}</button>'


def _feedback(element: Shape) -> str:
    _only(element, "positive_button", "negative_button")
    sides = (element["positive_button"], element["negative_button"])
    return "".join(_button({"type": "button", **side}) for side in sides)


def _options(element: Shape) -> list[Shape]:
    groups = element.get("option_groups", ())
    return [*element.get("options", ()), *(one for group in groups for one in group["options"])]


def _chosen(element: Shape) -> list[str]:
    first = element.get("initial_option")
    return [
        one["value"] for one in (*element.get("initial_options", ()), *([first] if first else ()))
    ]


def _boxes(kind: str) -> Draw:
    def draw(element: Shape) -> str:
        _only(element, "options")
        rows = []
        for option in element["options"]:
            _only(option, "text")
            mark = " checked" if option["value"] in _chosen(element) else ""
            rows.append(f'<label><input type="{kind}"{mark}> {_plain(option["text"])}</label>')
        return f'<div class="boxes">{"".join(rows)}</div>'

    return draw


def _menu(element: Shape) -> str:
    """A closed menu shows what is chosen; what else may be chosen is in the page all the same."""
    _only(element, "options", "option_groups", "placeholder")
    rows = (
        [f"<option>{_plain(element['placeholder'])}</option>"] if "placeholder" in element else []
    )
    for option in _options(element):
        _only(option, "text")
        mark = " selected" if option["value"] in _chosen(element) else ""
        rows.append(f"<option{mark}>{_plain(option['text'])}</option>")
    for group in element.get("option_groups", ()):
        rows.append(f"<option disabled>{_plain(group['label'])}</option>")
    return f"<select>{''.join(rows)}</select>"


def _field(element: Shape) -> str:
    _only(element, "placeholder", "initial_value")
    hint = f' placeholder="{_plain(element["placeholder"])}"' if "placeholder" in element else ""
    rows = 4 if element.get("multiline") else 1
    return f'<textarea rows="{rows}"{hint}>{escape(element.get("initial_value") or "")}</textarea>'


def _people(element: Shape) -> str:
    """A closed menu shows who is picked; Slack puts the names in."""
    _only(element, "placeholder", "initial_users")
    picked = "".join("<option>@colleague</option>" for _ in element.get("initial_users", ()))
    return f"<select>{picked}</select>"


def _date(element: Shape) -> str:
    _only(element, "initial_date")
    return f'<input type="date" value="{escape(element.get("initial_date") or "")}">'


BLOCKS: dict[str, Draw] = {
    "header": _header,
    "rich_text": _rich_text,
    "section": _section,
    "context": _context,
    "actions": _actions,
    "context_actions": _actions,
    "divider": _divider,
    "input": _input,
}
LINES: dict[str, Draw] = {
    "rich_text_section": _line,
    "rich_text_quote": _quote,
    "rich_text_list": _list,
}
PARTS: dict[str, Draw] = {"text": _text, "link": _link, "user": _person, "channel": _channel}
ELEMENTS: dict[str, Draw] = {
    "button": _button,
    "feedback_buttons": _feedback,
    "radio_buttons": _boxes("radio"),
    "checkboxes": _boxes("checkbox"),
    "static_select": _menu,
    "multi_static_select": _menu,
    "conversations_select": _menu,
    "multi_users_select": _people,
    "datepicker": _date,
    "plain_text_input": _field,
}
