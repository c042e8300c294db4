"""Clauses -> where they send the reader: another clause, another directive, or the law.

Read from the words alone; what they name and nothing on file is, is kept as such.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum
from functools import cached_property

from pydantic import BaseModel

from index.directive import FROZEN, Clause, ClauseKind, Directive
from index.sections import Sections, parts
from index.words import plain, stem, words

_CAPITALS = r"[A-Z][\w’'&/-]*"
_PATH = (
    r"(?:[IVXLC]{1,5}|[A-Z]|\d{1,4})\b(?:\.?\(?\b(?:\d{1,3}|[A-Za-z]|[ivx]{1,4})\b\)?)*(?:•\d+)?"
)
_UNIT = r"(?:[Ss]ub)?(?:[Ss]ections?|[Pp]aragraphs?|[Pp]arts?|[Ii]tems?|[Cc]lauses?)|[Rr]ules?|§§?"
_KIND = (
    r"(?:General|Special|Operations?|Administrative|Training|Personnel|Standing)\s+Orders?|"
    r"G\.?O\.?|S\.?O\.?P?\.?|(?:Written\s+|Department(?:al)?\s+)?(?:Directives?|Polic(?:y|ies)|"
    r"Procedures?)|Standard\s+Operating\s+Procedures?|(?:Department(?:al)?\s+)?(?:Orders?|"
    r"Rules?\s+and\s+Regulations?)|(?:Training|Special)\s+Bulletins?|Chapters?"
)
_ID = r"(?:[A-Z]{1,3}-?)?\d{1,4}(?:[.\-]\d{1,4}){0,4}(?:-?[A-Z])?"
_NUMBERED = re.compile(
    rf"\b(?P<kind>{_KIND})\s*(?:[Nn]umbers?|[Nn]os?\.?|#)?\s*(?P<id>{_ID})\b(?![:/]\d|%)"
    rf"(?P<at>[\s,]*(?:§|[Ss]ection|[Pp]aragraph)\s*(?P<path>{_PATH}))?"
)
_SEE = re.compile(
    r"\b(?:[Ss]ee|[Rr]efer\s+to|[Pp]er|cf\.)\s+(?P<id>\d{1,3}\.\d{1,3}(?:\.\d{1,3})*)\b"
)
_OWN = re.compile(
    rf"(?<![\w.])(?:{_UNIT})\s*(?P<path>{_PATH})"
    r"(?P<outside>\s+of\s+(?:the|chapter|title)\b(?!\s+(?:order|policy|directive|procedure)))?"
)
_CODES = (
    r"U\.?\s?S\.?\s?C\.?(?:\s?A\.?)?|C\.?\s?F\.?\s?R\.?|ILCS|RSA|RCW|ORS|NRS|KRS|ORC|A\.?R\.?S\.?|"
    r"C\.?G\.?S\.?|M\.?G\.?L\.?|C\.?R\.?S\.?|N\.?J\.?S\.?A?\.?|Conn\.\s+Gen\.\s+Stat\.|"
    r"[A-Z][a-z]+\.?\s+Stat\.|(?:[A-Z][a-z]+\s+)?(?:General|Revised)\s+(?:Laws|Statutes)|"
    r"(?:[A-Z][a-z]+\s+){0,3}(?:(?:and|And)\s+[A-Z][a-z]+\s+)?Code(?!\s+of)"
)
_LAW = re.compile(
    rf"(?:\b\d+\s+)?\b(?:{_CODES})\s*(?:§§?|[Ss]ections?|[Cc]h(?:apters?|\.))?\s*"
    r"\d[\w:\-/]*(?:\.\d[\w\-]*)*(?:\([\w]+\))*"
    r"|(?:§§?|[Ss]ections?)\s*\d+[a-z]?-\d[\w-]*(?:\([\w]+\))*"
)
_HEAD = (
    r"(?:Codes?\s+of\s+(?:Conduct|Ethics)|Standards?\s+of\s+Conduct|Rules\s+of\s+Conduct|"
    r"Rules\s+and\s+Regulations|Manual|Handbook|Polic(?:y|ies)|Directive|Procedures?|"
    r"Guidelines)"
)
_TITLED = re.compile(
    rf"(?:{_CAPITALS}(?:,?\s+(?:(?:of|and|for|on|in|to|the|or)\s+){{0,2}}{_CAPITALS}){{0,7}}?\s+)?{_HEAD}\b(?!\s+Act\b)"
    r"(?:\s+(?:entitled|titled)\s+[“\"](?P<title>[^”\"]{3,80})[”\"])?"
)
_FIGURE = re.compile(r"\d")
# Words that say what sort of paper it is, or whose, and not what it is about.
_GENERIC = frozenset(
    stem(word)
    for word in "this the a an all any each every such its our general special written department "
    "departmental departments police policy policies order orders directive directives procedure "
    "procedures manual handbook guidelines plan city town village county bureau agency sheriff "
    "office state federal and or of for on in to operations operating standard standards current "
    "applicable existing existent entitled titled see refer per under no violation violations when "
    "where in".split()
)
_SENT = frozenset({ClauseKind.HEADER, ClauseKind.DISCLAIMER})

Version = tuple[str, date, str]


class Sort(StrEnum):
    """What a clause sends its reader to."""

    CLAUSE = "clause"
    DIRECTIVE = "directive"
    LAW = "law"


class Mention(BaseModel):
    """Words of a clause that send the reader on: [start, end) in code points of its text.

    ``directive`` and ``to`` are the number and the section they lead to; without a directive what
    they name is not on file.
    """

    model_config = FROZEN

    section: str
    start: int
    end: int
    words: str
    sort: Sort
    directive: str | None = None
    to: str | None = None

    @property
    def dangling(self) -> bool:
        """Whether what is named is not on file."""
        return self.directive is None


class Mentions:
    """Reads the clauses of directives in the light of all that is on file."""

    def __init__(self, directives: Sequence[Directive]) -> None:
        """``directives`` are those on file, one a number."""
        self._directives = {plain(directive.number): directive for directive in directives}
        self._sections: dict[Version, Sections] = {}

    def of(self, directive: Directive) -> tuple[Mention, ...]:
        """Return every mention in a directive, in the order of its text."""
        return tuple(found for clause in directive.clauses for found in self.at(directive, clause))

    def at(self, directive: Directive, clause: Clause) -> tuple[Mention, ...]:
        """Return the mentions of one clause, in order; none overlap."""
        if clause.kind in _SENT:
            return ()
        taken: list[Mention] = []
        for found in self._all(directive, clause):
            if all(found.end <= one.start or one.end <= found.start for one in taken):
                taken.append(found)
        own = (None, clause.section)
        ordered = sorted(taken, key=lambda one: one.start)
        return tuple(m for m in ordered if m.directive != directive.number or m.to not in own)

    def _all(self, directive: Directive, clause: Clause) -> Iterator[Mention]:
        """Yield what each kind of wording finds, the surest first."""
        if _FIGURE.search(clause.text):
            yield from self._figured(directive, clause)
        for match in _OWN.finditer(clause.text):
            yield from self._own(directive, clause, match)
        for match in _TITLED.finditer(clause.text):
            yield from self._titled(directive, clause, match)

    def _figured(self, directive: Directive, clause: Clause) -> Iterator[Mention]:
        """Yield what is named by a number: the law, a directive, or a section after "see"."""
        for match in _LAW.finditer(clause.text):
            yield _mention(clause, match, Sort.LAW)
        for match in _NUMBERED.finditer(clause.text):
            yield self._numbered(directive, clause, match)
        for match in _SEE.finditer(clause.text):
            section = self._of(directive).find(parts(match["id"]))
            if section is not None:
                yield _mention(clause, match, Sort.CLAUSE, directive.number, section, "id")
            else:
                yield self._numbered(directive, clause, match)

    def _of(self, directive: Directive) -> Sections:
        """Return a version's sections, read once."""
        version = (directive.number, directive.effective, directive.sha256)
        if version not in self._sections:
            self._sections[version] = directive.sections()
        return self._sections[version]

    def _own(self, directive: Directive, clause: Clause, match: re.Match[str]) -> Iterator[Mention]:
        """Yield a section of this directive; one that only might be its own is left out."""
        known, said = self._of(directive), parts(match["path"])
        if match["outside"] or not said:
            return
        to = known.find(said, clause.section)
        if to is not None:
            yield _mention(clause, match, Sort.CLAUSE, directive.number, to)
        elif len(said) > 1 and known.opens(said):
            yield _mention(clause, match, Sort.CLAUSE)

    def _numbered(self, directive: Directive, clause: Clause, match: re.Match[str]) -> Mention:
        target = self._directives.get(plain(match["id"]))
        if target is None:
            return _mention(clause, match, Sort.DIRECTIVE)
        path = match.groupdict().get("path")
        to = self._of(target).find(parts(path)) if path else None
        sort = Sort.CLAUSE if to else Sort.DIRECTIVE
        return _mention(clause, match, sort, target.number, to)

    def _titled(
        self, directive: Directive, clause: Clause, match: re.Match[str]
    ) -> Iterator[Mention]:
        subject = about(match["title"] or match.group())
        if not subject or subject == about(directive.title):
            return
        number = self._titles.get(subject)
        yield _mention(clause, match, Sort.DIRECTIVE, number)

    @cached_property
    def _titles(self) -> Mapping[frozenset[str], str]:
        return {about(one.title): one.number for one in self._directives.values()}


def about(title: str) -> frozenset[str]:
    """Return the stems of a title that say what it is about."""
    return frozenset(stemmed for word in words(title) if (stemmed := stem(word)) not in _GENERIC)


def _mention(
    clause: Clause,
    match: re.Match[str],
    sort: Sort,
    directive: str | None = None,
    to: str | None = None,
    group: str | int = 0,
) -> Mention:
    start, end = match.span(group)
    return Mention(
        section=clause.section,
        start=start,
        end=end,
        words=clause.text[start:end],
        sort=sort,
        directive=directive,
        to=to,
    )
