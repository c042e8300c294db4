"""The text of a question before anything is read from it: cleaned, and fit to be read at all."""

import re
import unicodedata

from bot.errors import QuestionRefused

LONGEST = 4000
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_LINK = re.compile(r"<?\b(?:https?://|www\.)\S+", re.IGNORECASE)


def clean(question: str) -> str:
    """Return a question without control characters; raise QuestionRefused if nothing is left."""
    seen = "".join(" " if unicodedata.category(c) in _UNSEEN else c for c in question)
    text = " ".join(seen.split())
    if not text:
        raise QuestionRefused("There is no question to read. Type what you would like to know.")
    return text


def unread(text: str) -> str | None:
    """Return why a cleaned question is not read, fit to show with what to do, or None."""
    if len(text) > LONGEST:
        return (
            f"That is {len(text):,} characters; up to {LONGEST:,} can be read. "
            "Ask in a sentence or two, without case details."
        )
    if _LINK.search(text) and not any(c.isalnum() for c in _LINK.sub("", text)):
        return "That is only a link, and links are not opened. Say in words what you want to know."
    if not any(c.isalnum() for c in text):
        return "There are no words in that. Say in words what you want to know."
    return None
