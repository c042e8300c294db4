"""The nouns of the corpus: a clause with its span in the source, and the directive that holds it.

A section is written in the directive's own numerals (``IV.E.19•3``, ``II¶1``, ``III.Post (verb)``).
"""

import re
from datetime import date
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from index.sections import Sections

FROZEN = ConfigDict(frozen=True, extra="forbid")


def squeeze(text: str) -> str:
    """Return ``text`` with each run of white space as one space and none at the ends."""
    return " ".join(text.split())


def named(prefix: str, number: str) -> str:
    """Return how officers name a directive: ``GO 5.14``; some numbers stand without a prefix."""
    return f"{prefix} {number}".strip()


def fragment(section: str) -> str:
    """Return the URL fragment and HTML id of a section: ``IV.E.19•3`` becomes ``IV-E-19-b3``."""
    marked = section.replace("¶", "-p").replace("•", "-b")
    return re.sub(r"[^A-Za-z0-9]+", "-", marked).strip("-")


class ClauseKind(StrEnum):
    """What a clause is in the structure of its directive."""

    HEADER = "header"
    DISCLAIMER = "disclaimer"
    PARAGRAPH = "paragraph"
    DEFINITION = "definition"
    LEAD = "lead"
    ITEM = "item"
    BULLET = "bullet"
    CLOSING = "closing"


class Status(StrEnum):
    """Whether a directive may be cited as current; one to come is issued for a later day."""

    DRAFT = "draft"
    TO_COME = "to come"
    IN_FORCE = "in force"
    SUPERSEDED = "superseded"
    RESCINDED = "rescinded"


class Kind(StrEnum):
    """What sort of directive it is; guidance explains and advises, the others bind."""

    ORDER = "order"
    RULE = "rule"
    POLICY = "policy"
    PROCEDURE = "procedure"
    GUIDANCE = "guidance"

    @property
    def binding(self) -> bool:
        """Whether it binds by itself."""
        return self is not Kind.GUIDANCE


_KINDS: tuple[tuple[re.Pattern[str], Kind], ...] = (
    (
        re.compile(r"\b(?:bulletins?|guid(?:e|ance|elines?)|advisor(?:y|ies)|t\.?b)\b", re.I),
        Kind.GUIDANCE,
    ),
    (re.compile(r"\b(?:procedures?|s\.?o\.?p)\b", re.I), Kind.PROCEDURE),
    (re.compile(r"\brules?\b", re.I), Kind.RULE),
    (re.compile(r"\bpolic(?:y|ies)\b", re.I), Kind.POLICY),
)


def kind_of(prefix: str) -> Kind:
    """Return what a prefix such as ``GO`` or ``Training Bulletin`` says of a directive's kind."""
    return next((kind for pattern, kind in _KINDS if pattern.search(prefix)), Kind.ORDER)


class Clause(BaseModel):
    """One citable unit: ``text`` is the source between ``span`` (code points), squeezed.

    ``headings`` are the headings above it, outermost first; ``lead`` is the section of the sentence
    it completes, if any; ``parent`` is the item a bullet belongs to; ``page`` is the page it begins
    on, counted from 1, None where the format has no pages.
    """

    model_config = FROZEN

    section: str
    kind: ClauseKind
    text: str
    span: tuple[int, int]
    headings: tuple[str, ...] = ()
    lead: str | None = None
    parent: str | None = None
    page: int | None = None

    @property
    def fragment(self) -> str:
        """The clause's URL fragment and HTML id."""
        return fragment(self.section)


class Heading(BaseModel):
    """A numbered heading: the section it opens, its numeral and its words."""

    model_config = FROZEN

    section: str
    numeral: str
    title: str
    span: tuple[int, int]


class Damage(BaseModel):
    """A known flaw of the text as issued; shown beside the clause, never repaired in the source."""

    model_config = FROZEN

    section: str
    what: str
    shown: bool = False


class Directive(BaseModel):
    """A directive as issued: what its header says, its source text, and its clauses in order.

    ``status`` is what it is on the library's day. ``replaces`` is the effective day of the version
    that this one is to replace, ``ended`` the first day on which it is in force no more, where its
    sheet gives one. ``unit`` is whom it binds, None for everybody.
    """

    model_config = FROZEN

    number: str
    prefix: str
    title: str
    part: str
    issued: date
    effective: date
    rescinds: tuple[str, ...] = ()
    amends: tuple[str, ...] = ()
    standards: tuple[str, ...] = ()
    status: Status
    kind: Kind = Kind.ORDER
    unit: str | None = None
    replaces: date | None = None
    ended: date | None = None
    origin: str
    sha256: str
    damage: tuple[Damage, ...] = ()
    source: str
    clauses: tuple[Clause, ...]
    headings: tuple[Heading, ...]

    @property
    def name(self) -> str:
        """How officers name it: ``GO 5.14``."""
        return named(self.prefix, self.number)

    def sections(self) -> Sections:
        """Return every section that can be named: of clauses, and headings with clauses below."""
        held = [clause.section for clause in self.clauses]
        return Sections((*held, *(h.section for h in self.headings if self.under(h.section))))

    def clause(self, section: str) -> Clause | None:
        """Return the clause of exactly this section, or None."""
        return next((clause for clause in self.clauses if clause.section == section), None)

    def under(self, section: str) -> tuple[Clause, ...]:
        """Return every clause at or below ``section``, in the directive's order."""
        below = tuple(section + mark for mark in ".•¶")
        return tuple(c for c in self.clauses if c.section == section or c.section.startswith(below))

    def citation(self, section: str) -> str:
        """Return the full citation: ``GO 5.14 § IV.E.19•3``."""
        return f"{self.name} § {section}"
