"""Words of a line -> whether they read as a heading's title, and how surely without a numeral."""

import re

from index.days import DATE
from index.directive import squeeze

ENDED = re.compile(r"[.;:!?][”\"')\]]*(?:\s*[(\[][^()\[\]]{1,40}[)\]])*$")
_STOPPED = re.compile(r"[.;!,][”\"')\]]*$")
_LONG_WORD = re.compile(r"[^\W\d_]{4,}")
_PART = re.compile(
    r"(?P<kind>rule|section|article|chapter|part|appendix|attachment|annex|exhibit|addendum)\s+"
    r"(?P<n>\d{1,4}(?:\.\d{1,4})*|[IVXL]{1,6}|[A-Z])(?=\s*(?:[.:;,—–-]|$)|\s+[A-Z\"“(])",
    re.I,
)
_APPENDIX = re.compile(r"(?:^|[\s;,])app(?:endix)?\.\s*(?P<n>[A-Z]|\d{1,2})\s*$", re.I)
_SECTION = re.compile(r"(?:sec(?:tion|\.)|§)\s*\d[\w.-]*\.\s+[A-Z]", re.I)
_CITING = re.compile(r"\b(?:of|in|under|see|per|with|and|to|by)\s*$", re.I)
_KNOWN = re.compile(
    r"(?:(?:statement of )?(?:purpose|policy|scope)(?: (?:and|&) (?:purpose|policy|scope))?"
    r"|(?:purpose|policy) statement|definitions?(?: of terms)?|procedures?|background|discussion|"
    r"responsibilit(?:y|ies)|introduction|general|overview|guidelines|regulations?|applicability|"
    r"training|records|reporting|compliance|enforcement|glossary|philosophy|objectives?|"
    r"general (?:provisions|information|procedures?|guidelines)|statement)\s*:?$",
    re.I,
)
_BESIDE = re.compile(
    r"(?:note|exception|warning|caution|example|important|reminder|n\.?b)s?\b", re.I
)
_RUN_IN = re.compile(
    r"(?P<head>[A-Z][A-Z/&’' ,-]{2,40}[A-Z)]|(?:Purpose|Policy|Scope|Definitions))\s?:\s"
)
_MASTHEAD = re.compile(
    r"(?:subject|title|topic|number|no|date|effective|issued?|issue date|revis\w*|rescind\w*|"
    r"supersed\w*|replac\w*|amend\w*|references?|standards?|calea|accreditation|distribution|"
    r"authority|index|categor\w*|related|review\w*|approved|chief|sheriff|pages?|directive|order|"
    r"department|section|chapter|to|from|by order|cross|forms?|re-?evaluat\w*|"
    r"classification|cancel\w*|general order|special order|policy number|see also|state|topics?|"
    r"series|appendices|attachments|original|termination|expir\w*|review\w*)\b"
    r"(?:(?:\s+|\s*/\s*)(?:dates?|number|no\.?|title|standards?|by|to|orders?|categor\w+|"
    r"directives?|references?|effective|issued?|of|last|revis\w+))*"
    r"\s*(?:[:#\t.]|$|[A-Z]{0,3}-?\d)",
    re.I,
)
# "Revised October 20, 2015" under a heading tells of it, and is none.
_REMARK = re.compile(
    rf"\W*(?:(?:effective|revised|added|amended|issued|updated|reviewed|adopted)\W+"
    rf"(?:date\W+)?)?(?:{DATE.pattern})\W*$",
    re.I,
)
_UNDONE = re.compile(
    r"\b(?:shall|will|must|may|should|is|are|was|were|has|have|be)\b"
    r"|\b(?:and|or|of|the|a|an|to|in|for|with|by|on|at|from|that|his|her|their|its|any|as)$"
)
_ANSWERED = re.compile(r"\w\s*:\s+\S")
_MOST = 90
_FEW_WORDS = 8


def is_title(text: str) -> bool:
    """Whether the words read as a title: capitals on the long words, no verb, no stop behind."""
    text = squeeze(text)
    if text.endswith(":") and text.isupper() and len(text.split()) <= _FEW_WORDS:
        text = text[:-1].rstrip()
    if not text or text.endswith(",") or ENDED.search(text) or _UNDONE.search(text):
        return False
    words = _LONG_WORD.findall(text) or re.findall(r"[^\W\d_]+", text)
    return bool(words) and sum(word[0].isupper() for word in words) / len(words) >= 0.6


def part_label(words: str) -> str | None:
    """Return how a part such as ``RULE 2 - CONDUCT`` is cited, ``Rule 2``, or None if it is none.

    An appendix is cited as ``App.A``.
    """
    words = squeeze(words)
    if len(words) > _MOST or words.endswith((",", ";")):
        return None
    appended = _APPENDIX.search(words)
    if appended:
        return f"App.{appended.group('n').upper()}"
    found = _PART.match(words)
    rest = words[found.end() :] if found else ""
    if found is None or (
        rest and not (is_title(rest.lstrip(" .:;,—–-")) or rest.strip(" .:") == "")
    ):
        return None
    kind, number = found.group("kind").capitalize(), found.group("n")
    return f"App.{number.upper()}" if kind == "Appendix" else f"{kind} {number}"


def opens_section(words: str) -> bool:
    """Whether the words are a statute's section with its name: ``Sec. 10. Prohibited acts.``"""
    return _SECTION.match(squeeze(words)) is not None and len(words) <= _MOST


def is_known(words: str) -> bool:
    """Whether the words are what directives call their usual parts: Purpose, Policy, …"""
    return _KNOWN.fullmatch(squeeze(words)) is not None


def is_masthead(words: str) -> bool:
    """Whether the words open as a field of a directive's head does: Subject, Effective, …"""
    return _MASTHEAD.match(squeeze(words)) is not None


def run_in(text: str, start: int, end: int) -> int | None:
    """Return where a heading ends that runs into its own paragraph, or None."""
    found = _RUN_IN.match(text, start, end)
    if found is None or _BESIDE.match(found.group("head")) or is_masthead(found.group("head")):
        return None
    rest = squeeze(text[found.end() : end])
    return found.end("head") if len(rest) > 20 and not (rest.isupper() or is_title(rest)) else None


def _is_undone(words: str) -> bool:
    """Whether the words are part of a sentence; capitals and questions may hold a verb."""
    return not (words.isupper() or words.endswith("?")) and _UNDONE.search(words) is not None


def heading_strength(words: str, *, marked: bool, bold: bool, larger: bool, apart: bool) -> float:
    """Return how surely words without a numeral are a heading, 0 to 1, from their face and form."""
    bare = words.rstrip(":").rstrip()
    letters = re.findall(r"[^\W\d_]", bare)
    beside = _BESIDE.match(words) or _REMARK.match(words)
    if not letters or len(words) > _MOST or len(words.split()) > 14 or beside:
        return 0.0
    if is_masthead(words) and _ANSWERED.search(words):
        return 0.0
    if marked:
        return 1.0
    if len(letters) < (3 if bold or larger else 4) or _is_undone(bare):
        return 0.0
    asked = words.endswith("?") and not (bold or larger)
    if asked or _STOPPED.search(words) or not (words[0].isupper() or words[0].isdigit()):
        return 0.0
    if is_known(words):
        return 0.9
    if bare.isupper():
        return 0.85 if apart or bold or larger else 0.6
    if bold or larger:
        return 0.85 if not words.endswith(":") or is_title(bare) else 0.4
    return 0.3 if apart and is_title(bare) else 0.0
