"""The nouns of a reading: a rule, what it does, whom it binds, who may permit (rules.yaml)."""

from enum import StrEnum
from functools import cached_property

from pydantic import BaseModel, ConfigDict, Field

from index.cue import Cue

_CLOSED = ConfigDict(frozen=True, extra="forbid")


class Effect(StrEnum):
    """What a rule does to the conduct it is about."""

    PROHIBITED = "prohibited"
    PERMISSION = "permission"
    REQUIRED = "required"
    ADVISED = "advised"
    ALLOWED = "allowed"
    DEFINES = "defines"
    INFORMS = "informs"


class Scope(StrEnum):
    """Whom a rule binds, by the heading it stands under."""

    EVERYONE = "everyone"
    DEPARTMENT = "department"
    PERSONAL = "personal"
    SCREENING = "screening"


class ReportTo(StrEnum):
    """To whom a duty to report leads: one's supervisor, or, where that is left open, the next."""

    SUPERVISOR = "supervisor"
    NEXT_LEVEL = "next level"


class Permission(BaseModel):
    """Who may permit, in what form, and the clause whose path leads there: the order's words."""

    model_config = _CLOSED

    by: str | None
    form: str | None
    path: str
    route: str | None = None
    kind: str = "permission"


class Rule(BaseModel):
    """One sentence or limb of a clause with its own force; the fields are told in rules.yaml.

    ``when`` and ``may`` are alternatives; each is a group of facts that must all be said, where
    ``!fact`` must not be. A rule without groups is known and never applies by itself.
    ``reviewed_by`` is None only in the file; a loaded rule has the file's.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    section: str
    says: str
    force: str
    effect: Effect
    scope: Scope = Scope.EVERYONE
    acts: tuple[str, ...] = ()
    when: tuple[tuple[str, ...], ...] = ()
    may: tuple[tuple[str, ...], ...] = ()
    if_: str | None = Field(None, alias="if")
    plain: str | None = None
    permission: Permission | None = None
    exception: str | None = None
    consequences: tuple[str, ...] = ()
    undefined: tuple[str, ...] = ()
    reviewed_by: str | None = None
    conditions: bool = False
    yields: str | None = None
    silent: str | None = None
    fallback: bool = False
    rank: int = 0
    report_to: ReportTo | None = None


class Notice(BaseModel):
    """A standing line for answers that rest on clauses under ``section``, with its words' proof.

    With ``heard`` it is shown where a question meets one of the cues instead, whatever is cited.
    With ``cites`` too, such a question has the clause cited if what it tells of is forbidden, and
    the line is shown wherever the clause is cited. ``idle`` are cues of a question that tells of
    somebody's post and of nothing forbidden in it: then the clause is not cited, and no duty by it.
    """

    model_config = _CLOSED

    section: str
    says: str
    text: str
    heard: tuple[Cue, ...] = ()
    cites: bool = False
    idle: tuple[Cue, ...] = ()


class Silence(BaseModel):
    """One point the directive leaves open.

    ``says`` completes "GO 5.14 does not say …". ``sections`` are the clauses nearest to the point,
    the best first. ``heard`` are the cues that a question asks for it; one is enough. ``absent``
    are words that would have to stand in the directive if it did say it, and do not.
    ``suggests`` is where to turn instead; it is shown as not from the directive. ``report_to`` says
    that it is left open whom to report to when the one named cannot be told.
    """

    model_config = _CLOSED

    says: str = Field(min_length=1)
    sections: tuple[str, ...] = ()
    heard: tuple[Cue, ...] = ()
    absent: tuple[str, ...] = ()
    suggests: str | None = None
    report_to: ReportTo | None = None


class Reading(BaseModel):
    """rules.yaml of one directive, checked against its text."""

    model_config = _CLOSED

    number: str
    sha256: str
    reviewed_by: str
    notices: dict[str, Notice] = {}
    silences: dict[str, Silence] = {}
    rules: tuple[Rule, ...]

    @cached_property
    def decides(self) -> bool:
        """Whether a question can meet a rule of it; a drafted one only quotes."""
        return any(rule.when or rule.may or rule.if_ is not None for rule in self.rules)

    @cached_property
    def speaks(self) -> bool:
        """Whether it has a line of its own for what a question says or asks for."""
        undefined = any(rule.undefined for rule in self.rules)
        return undefined or bool(self.notices or self.silences)

    def every(self, section: str) -> tuple[Rule, ...]:
        """Return all rules of one section, those that no question can meet too."""
        return tuple(rule for rule in self.rules if rule.section == section)

    def of(self, section: str) -> tuple[Rule, ...]:
        """Return the rules of one section that a question can meet; all of them where none can.

        A rule without conditions stands for words that no question is decided by; where others of
        its clause have some, it must not change what they do.
        """
        return self._sections.get(section, ())

    @cached_property
    def _sections(self) -> dict[str, tuple[Rule, ...]]:
        found: dict[str, list[Rule]] = {}
        for rule in self.rules:
            found.setdefault(rule.section, []).append(rule)
        return {
            section: tuple(r for r in rules if r.when or r.may) or tuple(rules)
            for section, rules in found.items()
        }
