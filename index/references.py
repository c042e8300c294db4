"""References in a question -> the clauses themselves, without any search.

Read as officers write them: "5.14 E.16", "E19", "section F", "sec E #19 third bullet",
"number twelve under personal use".
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from pydantic import BaseModel

from index.directive import FROZEN, ClauseKind, Directive
from index.numbered import MARK, directives_named
from index.paths import written, written_off
from index.spelled import in_figures
from index.words import plain

_BEFORE = re.compile(r"\bb4(?=\s+(?:i|we|u|you|he|she|they|it|the|my|our|a|an|\w+ing)\b)")
_ROMAN = ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x")

_UNIT = r"(?:section|sect|sec|subsection|part|letter|chapter|art|article|§)"
_COUNT = r"(?:number|num|no\.?|nr\.?|#|item|clause|paragraph|para|par|subsection|sub|point|rule)"
_FULL = re.compile(
    rf"(?<![\w'])(?:(?:roman\s+(?:numeral\s+)?)?(?P<roman>x|ix|viii|vii|vi|v|iv|iii|ii|i|[1-9])\b[\s.,\-()]*)?"
    rf"(?P<unit>{_UNIT}\s*[\"']?)?(?<![\w'])(?P<letter>[a-z])[\"']?(?P<gap>[\s.,\-()]*(?:dash\s+|dot\s+)?)"
    rf"(?P<count>{_COUNT}?)[\s.#]*(?P<number>\d{{1,2}})\b(?![%:/])"
    r"(?:[\s.,)]*•\s*(?P<bullet>\d{1,2}))?"
)
_REVERSED = re.compile(
    rf"(?:{_COUNT}[\s#]*(?P<number>\d{{1,2}})\b|\b(?P<nth>\d{{1,2}})(?:st|nd|rd|th)?\s+{_COUNT})"
    rf"[\s,]*(?:(?:of|in|under|from|,)?\s*(?:the\s+)?{_UNIT}\s*[\"']?(?P<letter>[a-z])\b"
    r"|(?:of|in|under|from)\s+(?P<bare>[b-hj-z])\b)"
)
_ROMAN_LETTER = re.compile(
    r"(?<![\w'])(?P<roman>x|ix|viii|vii|vi|v|iv|iii|ii|i)[.,\-()\s]+(?P<letter>[a-z])\b(?!')"
)
_NO_WORD = (
    r"(?!\s+(?!(?:in|say|says|mean|means|and|or|para|paragraph|please|pls)\b"
    r"|of\s+(?:the\s+|this\s+|our\s+)?(?:order|policy|directive|general|social|go|\x1f))[a-z])"
)
_RULES = r"(?:bans?|allows?|covers?|prohibits?|forbids?|permits?|requires?|applies)\b"
_LETTER = re.compile(rf"{_UNIT}\s*[\"']?(?P<letter>[b-hj-z]\b|[ai]\b{_NO_WORD})(?!')")
_PART = re.compile(
    rf"(?:{_UNIT}|roman(?:\s+numeral)?)\s*(?:roman\s+)?(?:numeral\s+)?"
    rf"(?P<part>[ivx]{{2,}}\b|[vx]\b|i\b{_NO_WORD}|\d{{1,2}}\b{_NO_WORD})"
    r"|(?:^|\x1f|\b(?:show me|read|read me|quote|pull up|what is in|what's in|does|see))\s*"
    rf"(?P<bare>ii|iii|iv)\b(?:{_NO_WORD}|(?=\s+{_RULES}))"
)
_BULLET = re.compile(
    r"bullet(?:\s+point)?(?:\s+(?:number|no\.?))?\s*#?\s*(?P<after>\d{1,2})\b"
    r"|(?:(?P<before>\d{1,2})(?:st|nd|rd|th)?|(?P<last>last))\s+bullet(?!\W*(?:point|number|no)?\W*\d)"
)
_PARAGRAPH = re.compile(
    r"¶\s*(?P<a>\d)|(?P<b>\d)(?:st|nd|rd|th)?\s+para|para(?:graph)?\s*(?P<c>\d)"
)
_COUNTED = re.compile(rf"{_COUNT}\s*(?P<number>\d{{1,2}})\b|(?P<nth>\d{{1,2}})(?:st|nd|rd|th)")
_OTHER = re.compile(
    r"(?:\b(?:general\s+orders?|g\.?\s?o\.?)\s*#?\s*|(?<![\w.]))\d{1,2}\.\d{1,2}(?![\w%.])"
    rf"[\s,§\-(]*(?:{_UNIT}\s*)?(?:[ivx]+[\s.]+)?[a-z][\s.\-(]*\d"
)
_ALONE = re.compile(rf"{MARK}[\s§]*(?:{_UNIT}\s*)?[\"']?(?P<letter>[a-z])[\"']?[\s.?!]*$")
_ADDRESS = re.compile(
    r"\b(?:apartment|apt|unit|room|gate|lot|building|bldg|floor|suite|ste|terminal|zone|sector|"
    r"district|car|class|type|vitamin|grade|row|seat|exit|route|highway|street|glock|model)\.?\s*#?$"
)
_MANY = 24
_NAMED = {"closing paragraph": "closing", "last paragraph": "closing", "disclaimer": "disclaimer"}


class Reference(BaseModel):
    """A clause or a whole section that a question names; an invented one does not exist."""

    model_config = FROZEN

    directive: str
    section: str
    exists: bool = True


class Referred(BaseModel):
    """What a question refers to, and the question without those words."""

    model_config = FROZEN

    references: tuple[Reference, ...]
    rest: str
    named: tuple[str, ...] = ()


def refer(question: str, directives: Sequence[Directive]) -> Referred:
    """Return the clauses that ``question`` names among ``directives``, in its order.

    Where many directives are in force, a clause is one of a directive that is named with it.
    """
    text = _BEFORE.sub("before", plain(question))
    text = in_figures(text)
    text, named = directives_named(text, directives)
    if not named and (len(directives) > _MANY or _OTHER.search(text)):
        return Referred(references=(), rest=text)
    among = [d for d in directives if d.number in named] if named else list(directives)
    found: list[Reference] = []
    for directive in among:
        here = list(dict.fromkeys(_in_one(text, directive, bool(named))))
        if any(reference.exists for reference in here):
            found = here
            break
        found = found or here
    rest = _without_references(text, among) if found else text
    return Referred(references=tuple(found), rest=rest, named=tuple(named))


def _without_references(text: str, directives: Sequence[Directive]) -> str:
    for directive in directives:
        text = written_off(text, directive)
    for pattern in (_FULL, _REVERSED, _ROMAN_LETTER, _LETTER, _BULLET, _PARAGRAPH, _PART, _COUNTED):
        text = pattern.sub(" ", text)
    for heading in (heading for directive in directives for heading in directive.headings):
        for word in re.findall(r"\w{3,}", plain(heading.title)):
            text = re.sub(rf"\b{word}\b", " ", text)
    return re.sub(rf"\b(?:{_UNIT}|{_COUNT}|bullet|point)\b", " ", text)


def _in_one(text: str, directive: Directive, named: bool) -> Iterator[Reference]:
    exact = _exact(text, directive)
    if exact is not None:
        yield exact
        return
    paths = written(text, directive) if named else ()
    if paths:
        for path in paths:
            yield _with_bullet(directive, path.section, text, path.bullet)
        yield from _numbered(written_off(text, directive), directive, named)
        return
    full = [*_numbered(text, directive, named)]
    if full:
        yield from full
        return
    headed = [*_by_heading(text, directive)]
    if headed:
        yield from headed
        return
    yield from _whole(text, directive)


def _exact(text: str, directive: Directive) -> Reference | None:
    """A definition written as a section, or nothing but a section: "III.Wall", "5.14 § header"."""
    alone = text.strip(f" {MARK}§.?!")
    for clause in directive.clauses:
        section = _plain(clause.section)
        defined = clause.kind is ClauseKind.DEFINITION
        if section == alone or (defined and re.search(rf"\b{re.escape(section)}(?!\w)", text)):
            return Reference(directive=directive.number, section=clause.section)
    return None


@lru_cache(maxsize=10_000)
def _plain(section: str) -> str:
    return plain(section)


def _numbered(text: str, directive: Directive, named: bool) -> Iterator[Reference]:
    for pattern in (_FULL, _REVERSED):
        for match in pattern.finditer(text):
            groups = match.groupdict()
            if not _is_meant(match, text):
                continue
            number = groups["number"] or groups["nth"]
            letter = groups["letter"] or groups["bare"]
            section = _locate(directive, groups.get("roman"), letter, number)
            if section is None:
                if named or (pattern is _FULL and (groups["unit"] or _written_tight(match))):
                    label = f"{letter.upper()}.{number}"
                    yield Reference(directive=directive.number, section=label, exists=False)
                continue
            yield _with_bullet(directive, section, text, groups.get("bullet"))


def _is_meant(match: re.Match[str], text: str) -> bool:
    """Whether "a 5" is a clause and not an article before a number, or an address."""
    groups = match.groupdict()
    if "gap" not in groups or groups["unit"] or groups["count"] or groups["roman"]:
        return True
    before = text[: match.start()].rstrip(" ,§")
    if before.endswith(MARK):
        return True
    if _ADDRESS.search(before):
        return False
    return groups["gap"].strip() != "" or groups["gap"] == "" or groups["letter"] not in "ais"


def _written_tight(match: re.Match[str]) -> bool:
    return "." in match.group("gap") and " " not in match.group("gap")


def _locate(directive: Directive, roman: str | None, letter: str, number: str) -> str | None:
    tail = f"{letter.upper()}.{number}"
    if roman is not None and roman.isdigit():
        roman = _ROMAN[int(roman)]
    for clause in directive.clauses:
        whole = clause.section.split("•")[0]
        if whole == tail or whole.endswith(f".{tail}"):
            if roman is None or whole.lower().startswith(f"{roman}."):
                return whole
    return None


def _with_bullet(
    directive: Directive, section: str, text: str, bullet: str | None = None
) -> Reference:
    if bullet is None and (match := _BULLET.search(text)) is not None:
        bullet = match.group("after") or match.group("before")
        if match.group("last"):
            bullet = str(sum(clause.parent == section for clause in directive.clauses))
    if bullet is not None and directive.clause(f"{section}•{bullet}") is not None:
        section = f"{section}•{bullet}"
    return Reference(directive=directive.number, section=section)


def _by_heading(text: str, directive: Directive) -> Iterator[Reference]:
    """A number beside a heading's own words: "item 16 under personal use"."""
    counted = _COUNTED.search(text)
    if counted is None:
        return
    number = counted.group("number") or counted.group("nth")
    for heading in directive.headings:
        title = plain(heading.title)
        pairs = re.findall(r"(?=\b(\w{3,} \w{3,})\b)", title)
        if any(pair in text for pair in pairs):
            section = f"{heading.section}.{number}"
            if directive.clause(section) is not None:
                yield _with_bullet(directive, section, text)
                return


def _whole(text: str, directive: Directive) -> Iterator[Reference]:
    sections = {heading.section for heading in directive.headings}
    for match in _ROMAN_LETTER.finditer(text):
        section = f"{match.group('roman')}.{match.group('letter')}".upper()
        if section in sections:
            yield Reference(directive=directive.number, section=section)
            return
    for match in _LETTER.finditer(text):
        letter = match.group("letter").upper()
        found = [s for s in sections if s == letter or s.endswith(f".{letter}")]
        deep = sorted(found, key=len)[-1:]
        for section in deep:
            yield Reference(directive=directive.number, section=section)
    yield from _alone(text, directive, sections)
    for section in _titled(text, directive):
        yield Reference(directive=directive.number, section=section)
    for match in _PART.finditer(text):
        yield from _part(match.group("part") or match.group("bare"), text, directive, sections)
    for words, section in _NAMED.items():
        if words in text and directive.under(section):
            yield Reference(directive=directive.number, section=section)


def _alone(text: str, directive: Directive, sections: set[str]) -> Iterator[Reference]:
    """A letter that ends what follows a directive's number: "5.14 F"."""
    match = _ALONE.search(text)
    if match is None or match.group("letter") in "ivx":
        return
    letter = match.group("letter").upper()
    found = [section for section in sections if section.endswith(f".{letter}")]
    for section in found or [letter]:
        yield Reference(directive=directive.number, section=section, exists=bool(found))


def _titled(text: str, directive: Directive) -> Iterator[str]:
    """A heading by its name: "the definitions section", "the section on personal use"."""
    titles = {heading.section: plain(heading.title) for heading in directive.headings}
    for section, title in titles.items():
        pairs = re.findall(r"(?=\b(\w{3,} \w{3,})\b)", title)
        names = [n for n in pairs or [title] if sum(n in other for other in titles.values()) == 1]
        by_name = "|".join(re.escape(name) for name in names)
        if names and re.search(
            rf"\b(?:{by_name})\s+(?:section|part)\b"
            rf"|\b(?:section|part)\s+(?:on|about|called|titled|headed)\s+[\"']?(?:{by_name})\b",
            text,
        ):
            yield section


def _part(part: str, text: str, directive: Directive, sections: set[str]) -> Iterator[Reference]:
    if part.isdigit():
        part = _ROMAN[int(part)] if int(part) < len(_ROMAN) else part
    section = part.upper()
    if section not in sections:
        return
    match = _PARAGRAPH.search(text)
    if match is not None:
        number = match.group("a") or match.group("b") or match.group("c")
        if directive.clause(f"{section}¶{number}") is not None:
            section = f"{section}¶{number}"
    yield Reference(directive=directive.number, section=section)
