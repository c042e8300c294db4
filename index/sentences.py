"""A clause's text -> its sentences, each verbatim; abbreviations and initials end none."""

import re

_LONGEST = 2_000
_END = re.compile(r"(?<=[.?!])[”\"’')]*\s+(?=[“\"‘'(]?[A-Z0-9])|(?<=[.:;])\s+(?=NOTE\b)")
_ABBREVIATED = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|no|nos|sgt|lt|capt|det|ofc|dr|mr|mrs|ms|st|dept|vs|art|sec|par|dir|"
    r"[a-z])|\.[a-z])\.$",
    re.I,
)


def sentences(text: str) -> tuple[str, ...]:
    """Return the sentences of a squeezed text; joined by single spaces they are the text again."""
    parts: list[str] = []
    start = 0
    for gap in _END.finditer(text):
        said = text[start : gap.end()].rstrip()
        if not _ABBREVIATED.search(said):
            parts.append(said)
            start = gap.end()
    return tuple(piece for part in (*parts, text[start:]) for piece in _pieces(part))


def _pieces(sentence: str) -> list[str]:
    """Cut what nobody wrote as one sentence at white space, so that reading takes linear time."""
    pieces = []
    while len(sentence) > _LONGEST:
        cut = sentence.rfind(" ", 1, _LONGEST)
        cut = cut if cut > 0 else sentence.find(" ", _LONGEST)
        if cut < 0:
            break
        pieces.append(sentence[:cut])
        sentence = sentence[cut + 1 :]
    return [*pieces, sentence]
