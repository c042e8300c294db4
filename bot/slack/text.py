"""Text from and for Slack: markup into plain words, words made safe for markup, words shortened."""

import re

_TOKEN = re.compile(r"<([^<>]*)>")
_SENTENCE_END = re.compile(r"[.;:!?][\"'”’)]*(?=\s)")
COLLEAGUE = "@colleague"


def readable(raw: str, own_user: str | None) -> str:
    """Return what a person typed as plain words, without the assistant's own mention.

    Anybody else who is mentioned becomes ``@colleague``: the reading needs to know that somebody
    of the workspace is meant, and nobody needs to know who. See "Formatting text".
    """
    text = _TOKEN.sub(lambda found: _spoken(found[1], own_user), raw)
    for written, sign in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        text = text.replace(written, sign)
    return re.sub(r"[ \t]{2,}", " ", text).strip()


def mentions(raw: str, user: str | None) -> bool:
    """Whether ``user`` is mentioned in what a person typed."""
    return user is not None and (f"<@{user}>" in raw or f"<@{user}|" in raw)


def mentions_others(raw: str, own_user: str | None) -> bool:
    """Whether somebody else than the assistant is mentioned, or everybody is."""
    tokens = [found[1] for found in _TOKEN.finditer(raw)]
    return any(
        (token[:1] == "@" and token[1:].partition("|")[0] != own_user) or token[:1] == "!"
        for token in tokens
    )


def _spoken(token: str, own_user: str | None) -> str:
    target, _, label = token.partition("|")
    kind, name = target[:1], target[1:]
    if kind == "@":
        return " " if name == own_user else COLLEAGUE
    if kind == "#":
        return f"#{label or 'channel'}"
    if kind != "!":
        return label or target.removeprefix("mailto:").removeprefix("tel:")
    if name.startswith("subteam^"):
        return "@group"
    return label or f"@{name.partition('^')[0]}"


def escaped(text: str) -> str:
    """Return ``text`` as Slack's markup takes it for words: ``&``, ``<`` and ``>`` written out."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def beginning(text: str, most: int) -> tuple[str, bool]:
    """Return a beginning of ``text`` of at most ``most`` characters, and whether it is all of it.

    It ends with a sentence where one ends in time, else with a word.
    """
    if len(text) <= most:
        return text, True
    ends = [found.end() for found in _SENTENCE_END.finditer(text) if found.end() <= most]
    if ends:
        return text[: ends[-1]], False
    words = text[: most + 1].rsplit(maxsplit=1)
    return (words[0] if len(words) > 1 else text[:most])[:most], False


def shortened(text: str, most: int) -> str:
    """Return ``text``, or its beginning with an ellipsis, at most ``most`` characters."""
    if len(text) <= most:
        return text
    return f"{beginning(text, most - 2)[0]} …"
