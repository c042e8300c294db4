"""An authored YAML file changed in one entry: every other line stays as it was, comments too.

A list is cut into its entries by the column of its dashes, so that a long file is not read whole.
"""

import json
import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import NamedTuple

import yaml
from pydantic import JsonValue

from index.errors import ReadingRefused

_DASH = re.compile(r"(?P<indent> *)-(?: |\r?$)")
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_WIDE = 2**31 - 1


class Entry(NamedTuple):
    """An entry of a list: code points [start, end) of the file, from its line to the next one's.

    Comments and empty lines that follow it are inside.
    """

    start: int
    end: int
    text: str


def entries(text: str, key: str) -> tuple[Entry, ...]:
    """Return the entries of a list that stands under a key at the left margin, in their order."""
    starts: list[int] = []
    indent, inside, end = None, False, len(text)
    for at, line in _lines(text):
        if not inside:
            inside = line.rstrip() == f"{key}:"
            continue
        dash = _DASH.match(line)
        if dash is not None and indent in (None, len(dash["indent"])):
            indent = len(dash["indent"])
            starts.append(at)
        elif line[:1] not in ("", " ", "#", "\r", "\n"):
            end = at
            break
    bounds = pairwise([*starts, end]) if starts else ()
    return tuple(Entry(start, until, text[start:until]) for start, until in bounds)


def value_of(entry: Entry) -> JsonValue:
    """Return what an entry holds; raise ReadingRefused where it is no YAML."""
    try:
        [found] = yaml.load(entry.text, Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, TypeError, ValueError):
        raise ReadingRefused(f"The entry {entry.text.strip()[:60]!r} is no YAML.") from None
    value: JsonValue = found
    return value


def with_fields(text: str, entry: Entry, fields: Mapping[str, JsonValue]) -> str:
    """Return the file with fields of one entry set; one that is None is taken out.

    The first field, which stands beside the dash, is there in every entry and only ever set.
    """
    changed = entry.text
    for name, value in fields.items():
        changed = _with_field(changed, name, value)
    return text[: entry.start] + changed + text[entry.end :]


def with_entry(text: str, key: str, value: Mapping[str, JsonValue]) -> str:
    """Return the file with an entry added at the end of a list, on one line."""
    last = entries(text, key)[-1]
    indent = " " * (len(last.text) - len(last.text.lstrip(" ")))
    at = last.start + _end(_node(last.text), last.text)
    return f"{text[:at]}{_newline(text)}{indent}- {_flow(value)}{text[at:]}"


def without(text: str, entry: Entry) -> str:
    """Return the file without an entry; comments that follow it stay."""
    end = entry.start + _end(_node(entry.text), entry.text)
    past = text.find("\n", end)
    return text[: entry.start] + (text[past + 1 :] if past >= 0 else "")


def _with_field(text: str, name: str, value: JsonValue) -> str:
    node = _node(text)
    found = next(((k, v) for k, v in node.value if k.value == name), None)
    said = _flow({name: value})[1:-1]
    if found is None:
        if value is None:
            return text
        last = _end(node.value[-1][1], text)
        between = ", " if node.flow_style else _newline(text) + " " * node.start_mark.column
        return text[:last] + between + said + text[last:]
    start, end = found[0].start_mark.index, _end(found[1], text)
    if value is not None:
        return text[:start] + said + text[end:]
    if node.flow_style:
        before = max(_end(v, text) for _, v in node.value if v.start_mark.index < start)
        return text[:before] + text[end:]
    return text[: text.rindex("\n", 0, start) + 1] + text[text.find("\n", end) + 1 :]


def _node(text: str) -> yaml.MappingNode:
    """Return the mapping that an entry is; its marks are code points of the entry's text."""
    found = yaml.compose(text, Loader=yaml.SafeLoader)
    if isinstance(found, yaml.SequenceNode) and isinstance(found.value[0], yaml.MappingNode):
        return found.value[0]
    raise ReadingRefused(f"The entry {text.strip()[:60]!r} has no fields.")


def _end(node: yaml.Node, text: str) -> int:
    """Return where the last word of a node ends; a block's own mark lies behind what follows it."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _end(last[1] if isinstance(last, tuple) else last, text)
    end: int = node.end_mark.index
    return len(text[:end].rstrip())


def _flow(value: JsonValue | Mapping[str, JsonValue]) -> str:
    """Return a value on one line, as it may stand inside braces.

    Where it holds what breaks a line, or shows as nothing, it is written in escapes.
    """
    shows = json.dumps(value, ensure_ascii=False).isprintable()
    dumped = yaml.safe_dump(
        value, default_flow_style=True, allow_unicode=shows, sort_keys=False, width=_WIDE
    )
    return str(dumped).strip()


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _lines(text: str) -> Iterator[tuple[int, str]]:
    for line in _LINE.finditer(text):
        yield line.start(), line.group()
