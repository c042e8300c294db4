"""What an outline is made of: nodes that sections are named after, and clauses in the making."""

from dataclasses import dataclass, field

from index.directive import ClauseKind


@dataclass
class Node:
    """A numbered line or a heading: what stands below it is named after its section."""

    section: str
    numeral: str
    start: int
    end: int
    heading: bool
    above: tuple[str, ...]
    parent: "Node | None"
    style: str = "head"
    x: float | None = None
    body: float | None = None
    page: int | None = None
    part: bool = False
    leads: list["Record"] = field(default_factory=list)
    tails: list["Record"] = field(default_factory=list)
    bullets: int = 0
    children: int = 0

    @property
    def full(self) -> bool:
        """Whether anything counts below it."""
        return bool(self.children or self.bullets)


@dataclass
class Record:
    """A clause in the making; its end moves when a page break turns out to have cut it."""

    section: str
    kind: ClauseKind
    start: int
    end: int
    node: Node | None
    parent: str | None = None
    page: int | None = None
    x: float | None = None


def joint(parent: Node, label: str) -> str:
    """Return what stands between a section and the numeral below it: ``(b)(1)``, ``Rule 2: A``."""
    if parent.part and not parent.section.startswith("App."):
        return ": "
    if label.startswith("(") and (parent.style == "path" or parent.numeral.startswith("(")):
        return ""
    return "."
