"""Lines -> clauses: the outline is read from the numerals; heading marks help where none stand.

A paragraph that a page break cut in two is joined here, in the parsed form only.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from index.directive import Clause, ClauseKind, Heading, fragment, squeeze
from index.formats.document import Document
from index.nodes import Node, Record
from index.outline import Tree
from index.placing import Placed, Role, settle
from index.titles import ENDED, is_known, is_masthead, is_title
from index.units import Unit, units

_TERM = re.compile(
    r"(?P<term>[A-Z“\"][\w.\-/’'“”\" ]{0,40}?(?: \([A-Za-z ]+\))?)(?::\s|\s?[—–]\s?|\s-\s)"
)
_SENTENCE = 40
_HEADED = 2


@dataclass(frozen=True)
class Outline:
    """A parsed document: its clauses and its headings, in the order of the text."""

    clauses: tuple[Clause, ...]
    headings: tuple[Heading, ...]


def parse(document: Document) -> Outline:
    """Return the clauses and headings of a document; the same document gives the same outline."""
    found = units(document)
    _forget_lone_paths(found)
    titles = [_titled(document.text, unit) for unit in found]
    body = _body(document.text, found)
    roles = _ended(settle(found, titles, body))
    tree = Tree(document.text, romans_once=_romans_once(roles))
    for unit, placed in zip(found, roles, strict=True):
        tree.take(unit, placed)
    tree.finish()
    return _Finisher(document.text, tree).finish()


def _ended(placed: list[Placed]) -> list[Placed]:
    """Return the roles with no heading at the end: a name and a rank in capitals sign an order."""
    last = len(placed)
    while last > 0 and placed[last - 1].role is Role.HEAD:
        last -= 1
    return placed[:last] + [Placed(Role.TEXT)] * (len(placed) - last)


def _romans_once(placed: Sequence[Placed]) -> bool:
    """Whether Roman numerals count through the directive once: they need no heading's name."""
    firsts = [p.numeral for p in placed if p.numeral and p.numeral.style == "roman"]
    return sum(numeral.value == 1 for numeral in firsts) == 1


def _titled(text: str, unit: Unit) -> bool:
    start = unit.numerals[0].end if unit.numerals else unit.start
    return is_title(text[start : unit.end])


def _forget_lone_paths(found: Sequence[Unit]) -> None:
    """A number such as 5.14 that no other continues is the directive's own, or an amount.

    So is the first one where all that come after it begin with it: 2-52 before 2-52-1 and 2-52-2.
    """
    firsts = Counter(n.path[0] for unit in found for n in unit.numerals if n.path)
    plain = {n.label for unit in found for n in unit.numerals if not n.path}
    first = next((unit for unit in found if unit.numerals), None)
    for unit in found:
        path = unit.numerals[0].path if unit.numerals else ()
        if path and firsts[path[0]] == 1 and (path[0] not in plain or unit is first):
            unit.numerals = ()
        elif path and unit is first and _heads_all(path, found):
            unit.numerals = ()


def _heads_all(path: tuple[str, ...], found: Sequence[Unit]) -> bool:
    others = [n.path for unit in found for n in unit.numerals if n.path][1:]
    return len(others) > 1 and all(
        len(other) > len(path) and other[: len(path)] == path for other in others
    )


def _body(text: str, found: Sequence[Unit]) -> int:
    """Return the index of the first unit after the directive's head."""
    opens = next((at for at, unit in enumerate(found) if _opens_body(text, unit)), len(found))
    said = next((at for at, unit in enumerate(found) if _is_sentence(text, unit)), len(found))
    headed = sum(_may_open(text, unit) for unit in found[said:opens])
    if said < opens and (opens == len(found) or headed >= _HEADED):
        return _first_heading(text, found, said)
    return opens


def _is_sentence(text: str, unit: Unit) -> bool:
    words = squeeze(text[unit.start : unit.end])
    return unit.strength == 0 and len(words) >= _SENTENCE and ENDED.search(words) is not None


def _opens_body(text: str, unit: Unit) -> bool:
    if unit.bullet or unit.fresh < 0.7:
        return False
    words = squeeze(text[unit.start : unit.end])
    if unit.numerals:
        opening = any(n.value == 1 for n in unit.numerals) or bool(unit.numerals[0].path)
        return opening and len(re.findall(r"[^\W\d_]", words)) > 2
    if unit.strength < 0.6 or unit.tabular:
        return False
    if unit.label is not None:
        return not is_masthead(words) or unit.label.endswith((" 1", " I"))
    return is_known(words) or (unit.strength == 0.95 and not is_masthead(words))


def _first_heading(text: str, found: Sequence[Unit], sentence: int) -> int:
    """Return where the headings above the first sentence start; a title of its own is no part."""
    at = sentence
    while at > 0 and _may_open(text, found[at - 1]) and (at == sentence or _nested(found, at)):
        at -= 1
    unit = found[at]
    if at == 0 and unit.level is not None and unit.strength > 0:
        alone = sum(other.level == unit.level for other in found) == 1
        if alone and any(other.level is not None for other in found[1:]):
            return 1
    return at


def _nested(found: Sequence[Unit], at: int) -> bool:
    level, above = found[at].level, found[at - 1].level
    return level is not None and above is not None and above < level


def _may_open(text: str, unit: Unit) -> bool:
    words = squeeze(text[unit.start : unit.end])
    return unit.strength >= 0.6 and not unit.tabular and not is_masthead(words)


class _Finisher:
    """Names the paragraphs of a finished tree and gives out its clauses and headings."""

    def __init__(self, text: str, tree: Tree) -> None:
        self.text = text
        self.nodes = tree.nodes
        self.records = tree.records

    def finish(self) -> Outline:
        self._settle_bare_headings()
        preamble = [r for r in self.records if r.kind is ClauseKind.DISCLAIMER]
        _number(preamble, "disclaimer")
        for node in self.nodes:
            self._settle_paragraphs(node)
        self.records.sort(key=lambda record: record.start)
        _tell_apart(self.records)
        return Outline(tuple(self._clauses()), tuple(self._headings()))

    def _settle_bare_headings(self) -> None:
        """A title with nothing below it is an item, unless its neighbours are headings."""
        full = {(id(n.parent), n.style) for n in self.nodes if n.heading and (n.full or n.leads)}
        for node in self.nodes:
            bare = node.heading and not (node.full or node.leads or node.tails)
            if bare and node.style != "head" and (id(node.parent), node.style) not in full:
                node.heading = False
                if node.start < node.end:
                    self.records.append(
                        Record(
                            node.section,
                            ClauseKind.ITEM,
                            node.start,
                            node.end,
                            node,
                            page=node.page,
                        )
                    )

    def _settle_paragraphs(self, node: Node) -> None:
        """Name a heading's paragraphs: lead sentences, definitions, or numbered paragraphs."""
        if node.full:
            for record in node.leads:
                record.kind = ClauseKind.LEAD
            _number(node.leads, node.section)
            before = len(node.leads) if len(node.leads) > 1 else 0
            for place, record in enumerate(node.tails, before + 1):
                record.section = f"{node.section}¶{place}"
            return
        terms = [_TERM.match(squeeze(self.text[r.start : r.end])) for r in node.leads]
        found = [term for term in terms if term is not None]
        if len(found) >= 3 and len(found) * 2 > len(terms):
            for record, term in zip(node.leads, terms, strict=True):
                if term is not None:
                    named = term.group("term").strip('“”" ')
                    record.section = f"{node.section}.{named}"
                    record.kind = ClauseKind.DEFINITION
            _number([r for r in node.leads if r.kind is ClauseKind.PARAGRAPH], node.section)
        else:
            _number([*node.leads, *node.tails], node.section)

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
                page=record.page,
            )

    def _headings_above(self, record: Record) -> tuple[str, ...]:
        node = record.node
        if node is None or record.kind is ClauseKind.CLOSING:
            return ()
        own = (squeeze(self.text[node.start : node.end]),) if node.heading else ()
        return node.above + own

    def _headings(self) -> Iterator[Heading]:
        for node in self.nodes:
            if node.heading and node.start < node.end:
                yield Heading(
                    section=node.section,
                    numeral=node.numeral,
                    title=squeeze(self.text[node.start : node.end]),
                    span=(node.start, node.end),
                )


def _lead(record: Record) -> str | None:
    """Return the section of the sentence a clause completes: its item, or its heading's lead."""
    if record.kind is ClauseKind.BULLET:
        return record.parent
    if record.kind is not ClauseKind.ITEM or record.node is None:
        return None
    above = record.node.parent
    while above is not None:
        if above.leads:
            return above.leads[-1].section
        above = above.parent
    return None


def _number(records: list[Record], section: str) -> None:
    for place, record in enumerate(records, 1):
        record.section = section if len(records) == 1 else f"{section}¶{place}"


def _tell_apart(records: list[Record]) -> None:
    """Give every clause a citation of its own; addresses are made of it, so those count."""
    seen: set[str] = set()
    for record in records:
        found, count = record.section, 1
        while fragment(found) in seen:
            count += 1
            found = f"{record.section} ({count})"
        record.section = found
        seen.add(fragment(found))
