"""Lines -> clauses: the outline is read from the numerals, never from heading marks.

A paragraph that a page break cut in two is joined here, in the parsed form only.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from index.directive import Clause, ClauseKind, Heading, squeeze
from index.formats.document import Document, Line
from index.numerals import Level, Numeral, place, readings
from index.titles import ENDED, is_title

_TERM = re.compile(r"(?P<term>[A-Z][\w.\-/’' ]{0,40}(?: \([a-z ]+\))?):\s")
_HEADER_LENGTH = 200


@dataclass
class _Block:
    """A run of lines that belong together: a paragraph, a numbered line or a bullet."""

    start: int
    end: int
    bullet: bool = False
    tabular: bool = False
    numerals: tuple[Numeral, ...] = ()


@dataclass
class _Node:
    """A numbered line: a heading with paragraphs below it, or an item that may carry bullets."""

    section: str
    numeral: Numeral
    start: int
    end: int
    heading: bool
    above: tuple[str, ...]
    parent: "_Node | None"
    paragraphs: list["_Record"] = field(default_factory=list)
    bullets: int = 0
    children: int = 0


@dataclass
class _Record:
    """A clause in the making; its end moves when a page break turns out to have cut it."""

    section: str
    kind: ClauseKind
    start: int
    end: int
    node: _Node | None
    parent: str | None = None


@dataclass(frozen=True)
class Outline:
    """A parsed document: its clauses and its headings, in the order of the text."""

    clauses: tuple[Clause, ...]
    headings: tuple[Heading, ...]


def parse(document: Document) -> Outline:
    """Return the clauses and headings of a document; the same document gives the same outline."""
    reader = _Reader(document.text)
    for block in _blocks(document):
        reader.take(block)
    return reader.finish()


def _blocks(document: Document) -> list[_Block]:
    blocks: list[_Block] = []
    joined = False
    for line in document.lines:
        if line.blank and not line.bullet:
            joined = False
            continue
        numerals = readings(document.text, line.start, line.end)
        if (
            joined
            and not line.bullet
            and not numerals
            and _runs_on(document.text, blocks[-1], line)
        ):
            blocks[-1].end = line.end
            blocks[-1].tabular |= line.tabular
        else:
            blocks.append(_Block(line.start, line.end, line.bullet, line.tabular, numerals))
        joined = True
    return blocks


def _runs_on(text: str, block: _Block, line: Line) -> bool:
    if not block.numerals:
        return True
    title = text[block.numerals[0].end : block.end]
    return not (is_title(title) and text[line.start].isupper())


class _Reader:
    """Takes blocks in order, keeps the open levels, and gathers clauses in the making."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.open: list[_Node] = []
        self.nodes: list[_Node] = []
        self.records: list[_Record] = []
        self.trailing: _Record | None = None

    def take(self, block: _Block) -> None:
        if block.bullet:
            self._bullet(block)
            return
        placed = place(block.numerals, [Level(n.numeral.style, n.numeral.value) for n in self.open])
        if placed is not None:
            self._numbered(block, *placed)
        elif not self.open:
            self._preamble(block)
        else:
            self._paragraph(block)

    def _numbered(self, block: _Block, numeral: Numeral, depth: int) -> None:
        self._absorb_trailing()
        del self.open[depth:]
        parent = self.open[-1] if self.open else None
        start = _skip_space(self.text, numeral.end, block.end)
        node = _Node(
            section=f"{parent.section}.{numeral.label}" if parent else numeral.label,
            numeral=numeral,
            start=start,
            end=block.end,
            heading=is_title(self.text[start : block.end]),
            above=self._titles(),
            parent=parent,
        )
        if parent:
            parent.children += 1
        self.open.append(node)
        self.nodes.append(node)
        if not node.heading:
            self._record(node.section, ClauseKind.ITEM, start, block.end, node)

    def _titles(self) -> tuple[str, ...]:
        return tuple(squeeze(self.text[n.start : n.end]) for n in self.open if n.heading)

    def _bullet(self, block: _Block) -> None:
        self._absorb_trailing()
        if block.start >= block.end:
            return
        if not self.open:
            self._preamble(block)
            return
        node = self.open[-1]
        node.bullets += 1
        section = f"{node.section}•{node.bullets}"
        self._record(section, ClauseKind.BULLET, block.start, block.end, node, node.section)

    def _preamble(self, block: _Block) -> None:
        words = squeeze(self.text[block.start : block.end])
        short = len(words) < _HEADER_LENGTH and not ENDED.search(words)
        only_header = all(record.kind is ClauseKind.HEADER for record in self.records)
        if only_header and (block.tabular or short):
            if self.records:
                self.records[0].end = block.end
            else:
                self._record("header", ClauseKind.HEADER, block.start, block.end, None)
        else:
            self._record("disclaimer", ClauseKind.DISCLAIMER, block.start, block.end, None)

    def _paragraph(self, block: _Block) -> None:
        last = self.trailing or (self.records[-1] if self.records else None)
        if last is not None and last.node is self.open[-1] and self._continues(last, block):
            last.end = block.end
        elif self.open[-1].heading and self.open[-1].bullets == 0:
            node = self.open[-1]
            kind = ClauseKind.PARAGRAPH
            node.paragraphs.append(self._record(node.section, kind, block.start, block.end, node))
        elif self.trailing is not None:
            self.trailing.end = block.end
        else:
            node = self.open[-1]
            kind = ClauseKind.CLOSING
            self.trailing = _Record("closing", kind, block.start, block.end, node)

    def _continues(self, last: _Record, block: _Block) -> bool:
        """Whether a page break cut ``last`` in two: its end or the block's start is missing."""
        unended = ENDED.search(squeeze(self.text[last.start : last.end])) is None
        return unended or self.text[block.start].islower()

    def _absorb_trailing(self) -> None:
        """A paragraph without a number belongs to the item before it; at the very end it closes."""
        if self.trailing is not None and self.records:
            self.records[-1].end = self.trailing.end
        self.trailing = None

    def _record(
        self,
        section: str,
        kind: ClauseKind,
        start: int,
        end: int,
        node: _Node | None,
        parent: str | None = None,
    ) -> _Record:
        record = _Record(section, kind, start, end, node, parent)
        if start < end:
            self.records.append(record)
        return record

    def finish(self) -> Outline:
        if self.trailing is not None:
            self.records.append(self.trailing)
        self._settle_bare_headings()
        disclaimers = [r for r in self.records if r.kind is ClauseKind.DISCLAIMER]
        _number(disclaimers, "disclaimer")
        for node in self.nodes:
            self._settle_paragraphs(node)
        self.records.sort(key=lambda record: record.start)
        return Outline(tuple(self._clauses()), tuple(self._headings()))

    def _settle_bare_headings(self) -> None:
        """A title with nothing below it is an item, unless its neighbours are headings."""
        full = {
            (id(n.parent), n.numeral.style)
            for n in self.nodes
            if n.heading and (n.children or n.bullets or n.paragraphs)
        }
        for node in self.nodes:
            bare = node.heading and not (node.children or node.bullets or node.paragraphs)
            if bare and (id(node.parent), node.numeral.style) not in full:
                node.heading = False
                self._record(node.section, ClauseKind.ITEM, node.start, node.end, node)

    def _settle_paragraphs(self, node: _Node) -> None:
        """Name a heading's paragraphs: lead sentences, definitions, or numbered paragraphs."""
        if node.children or node.bullets:
            for record in node.paragraphs:
                record.kind = ClauseKind.LEAD
            _number(node.paragraphs, node.section)
            return
        terms = [_TERM.match(squeeze(self.text[r.start : r.end])) for r in node.paragraphs]
        found = [term for term in terms if term is not None]
        if len(found) >= 3 and len(found) * 2 > len(terms):
            for record, term in zip(node.paragraphs, terms, strict=True):
                if term is not None:
                    record.section = f"{node.section}.{term.group('term')}"
                    record.kind = ClauseKind.DEFINITION
            _number([r for r in node.paragraphs if r.kind is ClauseKind.PARAGRAPH], node.section)
            _tell_apart(node.paragraphs)
        else:
            _number(node.paragraphs, node.section)

    def _clauses(self) -> Iterable[Clause]:
        for record in self.records:
            yield Clause(
                section=record.section,
                kind=record.kind,
                text=squeeze(self.text[record.start : record.end]),
                span=(record.start, record.end),
                headings=self._headings_above(record),
                lead=_lead(record),
                parent=record.parent,
            )

    def _headings_above(self, record: _Record) -> tuple[str, ...]:
        node = record.node
        if node is None or record.kind is ClauseKind.CLOSING:
            return ()
        own = (squeeze(self.text[node.start : node.end]),) if node.heading else ()
        return node.above + own

    def _headings(self) -> Iterable[Heading]:
        for node in self.nodes:
            if node.heading:
                yield Heading(
                    section=node.section,
                    numeral=node.numeral.label,
                    title=squeeze(self.text[node.start : node.end]),
                    span=(node.start, node.end),
                )


def _lead(record: _Record) -> str | None:
    """Return the section of the sentence a clause completes: its item, or its heading's lead."""
    if record.kind is ClauseKind.BULLET:
        return record.parent
    if record.kind is not ClauseKind.ITEM or record.node is None:
        return None
    above = record.node.parent
    while above is not None:
        if above.paragraphs:
            return above.paragraphs[-1].section
        above = above.parent
    return None


def _number(records: list[_Record], section: str) -> None:
    for place_, record in enumerate(records, 1):
        record.section = section if len(records) == 1 else f"{section}¶{place_}"


def _tell_apart(records: list[_Record]) -> None:
    seen: dict[str, int] = {}
    for record in records:
        seen[record.section] = seen.get(record.section, 0) + 1
        if seen[record.section] > 1:
            record.section = f"{record.section} ({seen[record.section]})"


def _skip_space(text: str, start: int, end: int) -> int:
    while start < end and text[start].isspace():
        start += 1
    return start
