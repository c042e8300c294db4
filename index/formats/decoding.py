"""Bytes -> text: a byte order mark is believed, then UTF-8, then what a format allows besides."""

import codecs

from index.errors import DirectiveRefused

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def decode(raw: bytes, name: str, declared: str | None = None) -> str:
    """Return the text of a file; raise DirectiveRefused when it is no text in a known encoding."""
    for codec in _codecs(raw, declared):
        try:
            text = raw.decode(codec)
        except (UnicodeDecodeError, LookupError):
            continue
        if _is_text(text):
            return text.replace("\r\n", "\n").replace("\r", "\n")
    raise DirectiveRefused(f"Directive {name!r} is not text in a known encoding. Save it as UTF-8.")


def _codecs(raw: bytes, declared: str | None) -> list[str]:
    for mark, codec in _MARKS:
        if raw.startswith(mark):
            return [codec]
    head = raw[:4000]
    if len(head) > 3 and head[1::2].count(0) > len(head) // 4:
        return ["utf-16-le"]
    if len(head) > 3 and head[0::2].count(0) > len(head) // 4:
        return ["utf-16-be"]
    return ["utf-8", *([declared] if declared else []), "cp1252"]


def _is_text(text: str) -> bool:
    odd = sum(1 for char in text if (char < " " and char not in "\t\n\r\f\v") or char == "\x7f")
    return odd * 1000 <= len(text)
