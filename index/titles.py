"""Words of a line -> whether they read as a heading's title; its marks are not believed."""

import re

from index.directive import squeeze

ENDED = re.compile(r"[.;:!?][”\"')\]]*$")
_LONG_WORD = re.compile(r"[^\W\d_]{4,}")


def is_title(text: str) -> bool:
    """Whether the words read as a title: capitals on the long words, no full stop at the end."""
    text = squeeze(text)
    if not text or text.endswith(",") or ENDED.search(text):
        return False
    words = _LONG_WORD.findall(text) or re.findall(r"[^\W\d_]+", text)
    return bool(words) and sum(word[0].isupper() for word in words) / len(words) >= 0.6
