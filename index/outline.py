"""Units with their roles -> a tree of numbered items and headings, and clauses in the making."""

from index.directive import ClauseKind, fragment, squeeze
from index.nodes import Node, Record, joint
from index.numerals import Numeral
from index.placing import Placed, Role
from index.titles import ENDED, is_masthead, is_title, opens_section, part_label
from index.units import Unit

_NEAR = 6.0
_SAME = 3.0
_HEADER_LENGTH = 200
_LABEL = 60
_MERGED = 0.6


class Tree:
    """Takes units in order, keeps the open nodes, and gathers nodes and records.

    With ``romans_once`` a Roman numeral is cited without the names of headings above it.
    """

    def __init__(self, text: str, *, romans_once: bool = False) -> None:
        self.text = text
        self.romans_once = romans_once
        self.open: list[Node] = []
        self.nodes: list[Node] = []
        self.records: list[Record] = []
        self.trailing: Record | None = None
        self._fragments: set[str] = set()
        self._bodies: dict[tuple[str, int], float] = {}

    def take(self, unit: Unit, placed: Placed) -> None:
        """Take the next unit in the role it was given."""
        if placed.role is Role.HEAD:
            self._head(unit, placed.depth)
        elif placed.role is Role.ITEM and placed.numeral is not None:
            self._item(unit, placed.depth, placed.numeral, placed.second)
        elif unit.bullet:
            self._bullet(unit)
        elif not self.open:
            self._preamble(unit)
        else:
            self._paragraph(unit)

    def finish(self) -> None:
        """Settle what waited for the next unit: a paragraph at the very end closes."""
        if self.trailing is not None:
            self.records.append(self.trailing)
            self.trailing = None

    def _words(self, unit: Unit) -> str:
        return squeeze(self.text[unit.start : unit.end])

    def _head(self, unit: Unit, depth: int) -> None:
        words = self._words(unit)
        label = part_label(words) if unit.label else None
        named = label or squeeze(words.rstrip(":"))[:_LABEL].strip()
        last = self.open[-1] if self.open else None
        if last is not None and last.part and depth < len(self.open) and self._extends(last, unit):
            last.end = unit.end
            return
        node = self._node(unit, depth, named, unit.start, heading=True)
        node.part = label is not None

    def _extends(self, last: Node, unit: Unit) -> bool:
        """Whether a heading only goes on with the name of the part that was just opened."""
        return not (last.full or last.leads or unit.label) and unit.strength < 0.9

    def _item(self, unit: Unit, depth: int, numeral: Numeral, second: Numeral | None) -> None:
        start = self._skip_space(numeral.end, unit.end)
        if second is not None:
            above = self._node(unit, depth, numeral.label, start, heading=False, numeral=numeral)
            above.end = above.start
            depth, numeral = depth + 1, second
            start = self._skip_space(second.end, unit.end)
        heading = is_title(self.text[start : unit.end])
        node = self._node(unit, depth, numeral.label, start, heading=heading, numeral=numeral)
        if not heading:
            self._record(node.section, ClauseKind.ITEM, start, unit, node)

    def _node(
        self,
        unit: Unit,
        depth: int,
        label: str,
        start: int,
        *,
        heading: bool,
        numeral: Numeral | None = None,
    ) -> Node:
        self._absorb_trailing()
        del self.open[depth:]
        parent = self.open[-1] if self.open else None
        section = label
        if parent is not None and not (numeral and (numeral.path or self._alone(numeral))):
            section = parent.section + joint(parent, label) + label
        node = Node(
            section=self._unique(section),
            numeral=label if numeral else "",
            start=start,
            end=unit.end,
            heading=heading,
            above=tuple(squeeze(self.text[n.start : n.end]) for n in self.open if n.heading),
            parent=parent,
            style=numeral.style if numeral else "head",
            x=unit.x if numeral else None,
            body=self._body(unit, numeral.style) if numeral else None,
            page=unit.page,
        )
        if parent:
            parent.children += 1
        self.open.append(node)
        self.nodes.append(node)
        return node

    def _alone(self, numeral: Numeral) -> bool:
        """Whether a numeral names its place by itself, whatever heading it stands under."""
        headed = all(node.style == "head" and not node.part for node in self.open)
        return self.romans_once and headed and numeral.style == "roman"

    def _body(self, unit: Unit, style: str) -> float | None:
        """Return where the lines below a numeral's first begin, where they hang: here or so far."""
        if unit.x is None:
            return None
        column = (style, round(unit.x))
        if len(unit.lines) > 1:
            below = unit.lines[1].x
            if below is None or below <= unit.x + _NEAR:
                return None
            self._bodies[column] = below
        return self._bodies.get(column)

    def _unique(self, section: str) -> str:
        found, count = section, 1
        while fragment(found) in self._fragments:
            count += 1
            found = f"{section} ({count})"
        self._fragments.add(fragment(found))
        return found

    def _bullet(self, unit: Unit) -> None:
        self._absorb_trailing()
        if unit.start >= unit.end:
            return
        if not self.open:
            self._preamble(unit)
            return
        node = self._owner(unit) or self.open[-1]
        if node.full and node is not self.open[-1] and node.bullets == 0:
            node = self.open[-1]
        node.bullets += 1
        section = f"{node.section}•{node.bullets}"
        made = self._record(section, ClauseKind.BULLET, unit.start, unit, node)
        made.parent = node.section

    def _preamble(self, unit: Unit) -> None:
        words = self._words(unit)
        short = len(words) < _HEADER_LENGTH and (
            not ENDED.search(words) or words.endswith(":") or is_masthead(words)
        )
        only_header = all(record.kind is ClauseKind.HEADER for record in self.records)
        if only_header and (unit.tabular or short):
            if self.records:
                self.records[0].end = unit.end
            else:
                self._record("header", ClauseKind.HEADER, unit.start, unit, None)
        else:
            self._record("disclaimer", ClauseKind.DISCLAIMER, unit.start, unit, None)

    def _owner(self, unit: Unit) -> Node | None:
        """Return the open node a paragraph stands under by its indent; None for the margin."""
        node: Node | None = self.open[-1]
        if unit.x is None:
            return node
        while node is not None and node.style != "head" and node.x is not None:
            least = node.x + _NEAR if node.heading and node.full else node.x - _NEAR
            if node.body is not None and not node.heading:
                least = node.body - _NEAR
            led = any(lead.x is not None and abs(lead.x - unit.x) <= _SAME for lead in node.leads)
            if unit.x >= least or (led and node.heading):
                return node
            node = node.parent
        return node

    def _paragraph(self, unit: Unit) -> None:
        node = self.open[-1]
        last = self.trailing or (self.records[-1] if self.records else None)
        if unit.numerals and unit.fresh < _MERGED and self._goes_on(last, node, unit):
            return
        if self._names(node, unit):
            node.end = unit.end
            return
        titled = node.heading and not node.full and not self._left_of_list(node, unit)
        owner = node if titled else self._owner(unit)
        beside = last is not None and last.node is node and self._continues(last, unit, owner)
        if last is not None and (beside or self._cut(last, unit)):
            last.end = unit.end
        elif owner is not None and owner.heading and not owner.full:
            owner.leads.append(
                self._record(owner.section, ClauseKind.PARAGRAPH, unit.start, unit, owner)
            )
        elif owner is not None and self._ends_below(owner, unit):
            self._absorb_trailing()
            owner.tails.append(
                self._record(owner.section, ClauseKind.PARAGRAPH, unit.start, unit, owner)
            )
        elif self.trailing is not None:
            self.trailing.end = unit.end
        elif self._deeper(node, unit) and self.records:
            self.records[-1].end = unit.end
        else:
            kind = ClauseKind.CLOSING
            self.trailing = Record("closing", kind, unit.start, unit.end, node, page=unit.page)

    def _left_of_list(self, node: Node, unit: Unit) -> bool:
        """Whether a paragraph stands where the one above the list of short titles began."""
        if unit.x is None or node.x is None or node.parent is None:
            return False
        led = any(
            lead.x is not None and abs(lead.x - unit.x) <= _SAME for lead in node.parent.leads
        )
        return led and unit.x < node.x - _NEAR

    def _names(self, node: Node, unit: Unit) -> bool:
        """Whether a short line right below an appendix's head only says what is appended."""
        if not node.part or node.full or node.leads:
            return False
        words = self._words(unit)
        return len(words) <= _LABEL and (ENDED.search(words) is None or opens_section(words))

    def _goes_on(self, last: Record | None, node: Node, unit: Unit) -> bool:
        """Take what only looked like a numeral into the text it goes on with."""
        if last is not None and last.start >= node.start:
            last.end = unit.end
        elif node.heading and not node.full:
            node.end = unit.end
        else:
            return False
        return True

    def _ends_below(self, owner: Node, unit: Unit) -> bool:
        """Whether a paragraph after a list speaks for what the list stands under."""
        if owner.style == "head":
            return True
        if unit.x is None or not owner.full:
            return False
        return owner is not self.open[-1] or owner.heading

    def _deeper(self, node: Node, unit: Unit) -> bool:
        return unit.x is not None and node.x is not None and unit.x > node.x + _NEAR

    def _continues(self, last: Record, unit: Unit, owner: Node | None) -> bool:
        """Whether a page break cut ``last`` in two: its end or the unit's start is missing."""
        if last.kind is ClauseKind.BULLET and unit.x is not None and last.x is not None:
            if unit.x >= last.x - 1 and not unit.tabular:
                return True
        if self.text[unit.start].islower():
            return True
        unended = ENDED.search(squeeze(self.text[last.start : last.end])) is None
        return unended and (unit.x is None or owner is last.node) and last.x is None

    def _cut(self, last: Record, unit: Unit) -> bool:
        """Whether a sentence goes on after a page's end: neither an end nor a beginning shows."""
        ended = ENDED.search(squeeze(self.text[last.start : last.end])) is not None
        turned = last.page is not None and unit.page is not None and unit.page > last.page
        return turned and not ended and self.text[unit.start].islower()

    def _absorb_trailing(self) -> None:
        """A paragraph without a number belongs to the item before it; at the very end it closes."""
        if self.trailing is not None and self.records:
            self.records[-1].end = self.trailing.end
        self.trailing = None

    def _record(
        self, section: str, kind: ClauseKind, start: int, unit: Unit, node: Node | None
    ) -> Record:
        record = Record(section, kind, start, unit.end, node, page=unit.page, x=unit.x)
        if start < unit.end:
            self.records.append(record)
        return record

    def _skip_space(self, start: int, end: int) -> int:
        while start < end and self.text[start].isspace():
            start += 1
        return start
