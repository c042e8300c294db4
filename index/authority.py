"""A limb of a sentence -> who may permit, in what form, and what is excepted: its own words."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

_ADJECTIVES = (
    "express|expressed|explicit|specific|prior|written|advance|advanced|verbal|oral|supervisory|"
    "proper|official|appropriate|formal|departmental|command|informed|signed|documented|direct|"
    "full|final|necessary|required|valid|supervisor|management|administrative"
)
_NOUNS = "permission|authori[sz]ation|approval|consent|clearance|concurrence"
_ADJECTIVE = rf"(?:(?:{_ADJECTIVES})(?:,|,? and|,? or| and/or)? )"
_FORM = (
    rf"(?P<form>(?:(?:requests?) for (?:the )?)?{_ADJECTIVE}*"
    rf"(?:requests? for (?:the )?{_ADJECTIVE}*|knowledge and |"
    rf"(?:{_NOUNS}) (?:and|or|and/or) {_ADJECTIVE}*)?"
    rf"(?:{_NOUNS})\b(?: in (?:writing|advance))?"
    r"(?: as (?:indicated|provided|described|outlined|specified|set forth|required) in th(?:is|e) "
    r"(?:policy|order|directive|section|procedure|manual))?)"
)
_DONE = (
    r"(?P<form>(?:\w+ly )?(?:pre-?)?(?:authori[sz]ed|approved|permitted|sanctioned|cleared)"
    r"(?: in (?:writing|advance))?)"
)
_STOP = (
    "before|prior|via|through|when|where|if|to|that|who|whom|which|shall|must|will|may|should|can|"
    "is|are|was|were|has|have|for|in|on|at|as|with|without|unless|except|during|after|within|and|"
    "or|by|only|regarding|concerning|under|pursuant|while|whose|upon|of|from|not|until|related|"
    "relating|using|then|since|because|based|and/or|specifically|into|about|per"
)
_DET = r"(?:the|an?|his or her|his/her|their|any|another|that|each|such|every)"
_WORD = rf"(?!(?:{_STOP})(?![\w-]))[A-Za-z][\w'’&/-]*(?:\(s\))?"
_CORE = rf"(?:{_DET} )?{_WORD}(?: (?!{_DET}\b){_WORD}){{0,5}}"
_PART = rf"(?: of (?:{_DET} )?{_WORD}(?: {_WORD}){{0,4}})"
_JOINED = (
    rf"(?:,? (?:or|and|and/or) (?:{_DET} (?:{_WORD})(?: {_WORD}){{0,4}}|"
    rf"(?-i:[A-Z]){_WORD}(?: {_WORD}){{0,4}}|designee|above|higher){_PART}{{0,2}})"
)
_OFFICE = (
    r"(?:, (?-i:(?:Bureau|Division|Office|Unit|Section|Department|District) of [A-Z]\w+"
    r"(?: [A-Z]\w+)*))"
)
_WHO = rf"(?P<by>{_CORE}{_PART}{{0,2}}{_OFFICE}?{_JOINED}{{0,3}})"
_WHOSE = rf"(?P<by>{_CORE}{_PART}?)(?:['’]s|(?<=s)['’])"
_GOT = r"(?:(?:first |ever )?(?:having |being )?(?:obtain|receiv|secur|seek|gett|gain|grant)\w* )?"
_ART = r"(?:the |any |an? )?"
_GIVEN = (
    r"(?: (?:is|has been|was|have been|had been) (?:\w+ly )?(?:granted|given|obtained|received))?"
)


class Way(StrEnum):
    """How a permission is put: as what a ban ends without, excepts, goes with, or asks to get."""

    WITHOUT = "without"
    EXCEPTING = "excepting"
    WITH = "with"
    DUTY = "duty"


@dataclass(frozen=True)
class Authority:
    """Who may permit and in what form, verbatim or None, and how the text puts it."""

    by: str | None
    form: str | None
    kind: str
    way: Way


_WAYS: tuple[tuple[str, Way], ...] = (
    (rf"(?:without|absent) {_GOT}{_ART}{_FORM}(?:,? (?:from|of|by) {_WHO})?", Way.WITHOUT),
    (
        rf"(?:without|absent) {_GOT}(?P<form>(?:their|his or her|his/her|your) (?:{_NOUNS}))",
        Way.WITHOUT,
    ),
    (rf"(?:without|absent) {_GOT}{_WHOSE} {_FORM}", Way.WITHOUT),
    (rf"(?:without|absent)\b[^,;.]{{0,60}}? and {_ART}{_FORM} (?:from|of|by) {_WHO}", Way.WITHOUT),
    (
        rf"(?:unless|until|except|only)\b[^,;.]{{0,120}}?\b{_FORM}{_GIVEN}"
        rf"(?: (?:from|of|by) {_WHO})?",
        Way.EXCEPTING,
    ),
    (rf"barring\b[^;.]{{0,120}}?\b{_FORM}(?: (?:from|of|by) {_WHO})?", Way.EXCEPTING),
    (
        rf"(?:unless|until|except (?:as|when|where|if)|only (?:as|when|if))\b"
        rf"[^,;.]{{0,120}}?\b{_DONE}"
        rf"(?: by {_WHO}(?: (?P<after>in writing))?)?",
        Way.EXCEPTING,
    ),
    (
        rf"(?:with|upon|after|following|by|subject to|under) {_ART}{_FORM} (?:of|from|by) {_WHO}",
        Way.WITH,
    ),
    (rf"(?:only )?(?:with|upon|subject to) {_ART}{_FORM}", Way.WITH),
    (rf"at the (?:\w+ )?(?P<form>discretion) of {_WHO}", Way.DUTY),
    (rf"(?:be|been|is|are) (?:\w+ly )?{_DONE} by {_WHO}", Way.DUTY),
    (
        rf"(?:obtain|receiv|secur|seek|request|get|gain|requir|need)\w* {_ART}{_FORM}"
        rf"(?: (?:from|of|by) {_WHO})?",
        Way.DUTY,
    ),
    (rf"(?:obtain|receiv|secur|seek|request|get|gain|requir)\w* {_WHOSE} {_FORM}", Way.DUTY),
    (rf"(?:submit|make|forward|send|direct)\w* {_ART}{_FORM} to {_WHO}", Way.DUTY),
    (rf"{_FORM} (?:of|from|by) {_WHO} (?:is|are|shall be|must be) (?:required|obtained)", Way.DUTY),
    (
        rf"{_FORM} (?:is|are|shall be|must be) (?:required|obtained)(?: (?:from|by) {_WHO})?",
        Way.DUTY,
    ),
)
_PATTERNS = tuple((re.compile(rf"\b{text}", re.IGNORECASE), way) for text, way in _WAYS)
# What authorizes and is nobody: a leave of the law is an exception, and no request leads to it.
_NOBODY = re.compile(
    r"\b(?:law|laws|statute|policy|order|directive|procedure|court|section|rule|rules|regulation|"
    r"regulations|ordinance|contract|agreement|code|duty|chapter|manual|warrant|subsection)$",
    re.I,
)
_PERSON = re.compile(
    r"^(?:that|another|(?:any )?other|such|someone)\b|"
    r"\b(?:person|individual|owner|victim|employee|colleague)(?:s|\(s\))?$",
    re.I,
)
_PRONOUN = re.compile(r"^(?:their|his or her|his/her|your)\b", re.I)
_ANTECEDENT = re.compile(
    r"\b(?P<by>(?:any other|another|any|each|every|other|someone|anyone|a|an)(?: \w+){0,3}?"
    r"(?: of (?:the|this|that) \w+)?) $",
    re.I,
)
_EXCEPTION = re.compile(
    r"\b(?:except(?:ing)?|unless|other than|with the exception of|barring|save (?:for|as|when)|"
    r"absent)\b[^,;:.]*(?:\.(?=\w)[^,;:.]*)*",
    re.I,
)
_ONLY_LEAVE = re.compile(rf"^absent {_GOT}{_ART}{_FORM}", re.I)


def authority(text: str) -> Authority | None:
    """Return who may permit what a limb forbids or asks for, or None; all words are verbatim.

    A way that names somebody goes before one that does not, then the first one written.
    """
    found = sorted(_found(text), key=lambda pair: (pair[1].by is None, pair[0]))
    return found[0][1] if found else None


def exception(text: str) -> str | None:
    """Return the first phrase that excepts something, verbatim, or None."""
    for match in _EXCEPTION.finditer(text):
        said = match.group().rstrip()
        if len(said.split()) > 1 and not _ONLY_LEAVE.match(said):
            return said
    return None


def masked(text: str) -> str:
    """Return ``text``, equally long, with every exception blanked: its verbs carry no force."""
    return _EXCEPTION.sub(lambda match: "\0" * len(match.group()), text)


def _found(text: str) -> Iterator[tuple[int, Authority]]:
    for pattern, way in _PATTERNS:
        match = pattern.search(text)
        if match is None:
            continue
        groups = match.groupdict()
        by, form = groups.get("by"), groups["form"]
        if by is not None and _NOBODY.search(by):
            continue
        if by is None and _PRONOUN.match(form):
            before = _ANTECEDENT.search(text[: match.start()])
            by = before["by"] if before else None
            yield match.start(), Authority(by, form, "consent", way)
            continue
        if by is not None:
            by = re.sub(r"^the (?=[A-Za-z])", "", by, flags=re.I)
        kind = "consent" if by is not None and _PERSON.search(by) else "permission"
        yield match.start(), Authority(by, form, kind, way)
