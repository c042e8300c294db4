"""The reading of a directive as data: what each clause does, tied to its words (rules.yaml)."""

from enum import StrEnum
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from index.asked import Facts, read_yaml
from index.directive import Clause, ClauseKind, Directive, squeeze
from index.errors import ReadingRefused
from index.library import Library

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
    conditions: bool = False
    yields: str | None = None
    silent: str | None = None
    fallback: bool = False
    rank: int = 0


class Notice(BaseModel):
    """A standing line for answers that rest on clauses under ``section``, with its words' proof."""

    model_config = _CLOSED

    section: str
    says: str
    text: str


class Reading(BaseModel):
    """rules.yaml of one directive, checked against its text."""

    model_config = _CLOSED

    number: str
    sha256: str
    reviewed_by: str
    notices: dict[str, Notice] = {}
    rules: tuple[Rule, ...]

    def of(self, section: str) -> tuple[Rule, ...]:
        """Return the rules of one section."""
        return tuple(rule for rule in self.rules if rule.section == section)


def load_readings(library: Library, facts: Facts) -> dict[str, Reading]:
    """Return the readings of what is in force, by number; raise ReadingRefused at the first fault.

    A directive without rules.yaml has an empty reading: it is quoted, and decides nothing.
    """
    readings = {}
    for directive in library.in_force():
        path = library.folders[directive.sha256] / "rules.yaml"
        if path.is_file():
            readings[directive.number] = _checked(path, directive, facts)
        else:
            readings[directive.number] = Reading(
                number=directive.number,
                sha256=directive.sha256,
                reviewed_by="nobody yet",
                rules=_definitions(directive),
            )
    return readings


def _checked(path: Path, directive: Directive, facts: Facts) -> Reading:
    reading = read_yaml(path, Reading)
    if (reading.number, reading.sha256) != (directive.number, directive.sha256):
        raise ReadingRefused(
            f"{str(path)!r} reads {reading.number} {reading.sha256[:12]}…, the text on file is "
            f"{directive.number} {directive.sha256[:12]}…. Read the changed clauses again."
        )
    for place, rule in enumerate(reading.rules, 1):
        where = f"{str(path)!r} rule {place} ({rule.section})"
        _tie(rule, directive, where)
        named = [name for group in (*rule.when, *rule.may) for name in group]
        facts.refuse_unknown((*rule.acts, *named), where)
    for notice in reading.notices.values():
        clause = directive.clause(notice.section)
        if clause is None or squeeze(notice.says) not in clause.text:
            raise ReadingRefused(
                f"{str(path)!r} notice: {notice.says!r} is not in {notice.section!r}. Quote it."
            )
    rules = (*reading.rules, *_definitions(directive))
    return reading.model_copy(update={"rules": rules})


def _tie(rule: Rule, directive: Directive, where: str) -> None:
    clause = directive.clause(rule.section)
    if clause is None:
        raise ReadingRefused(
            f"{where}: {rule.section!r} is not in {directive.name}. Correct the section."
        )
    if squeeze(rule.says) not in clause.text:
        raise ReadingRefused(
            f"{where}: says {rule.says!r}, which the clause does not. Quote it word for word."
        )
    if not _has_verb(rule.force, clause, directive):
        raise ReadingRefused(
            f"{where}: the force {rule.force!r} is not in the clause or the sentence it completes. "
            "Use the order's own verb."
        )
    if rule.yields is not None and directive.clause(rule.yields) is None:
        raise ReadingRefused(f"{where}: {rule.yields!r} is not in {directive.name}. Correct it.")
    if rule.permission is not None:
        _tie_permission(rule.permission, clause, directive, where)


def _tie_permission(
    permission: Permission, clause: Clause, directive: Directive, where: str
) -> None:
    path = directive.clause(permission.path)
    if path is None:
        raise ReadingRefused(
            f"{where}: {permission.path!r} is not in {directive.name}. Correct it."
        )
    for words in (permission.by, permission.form, permission.route):
        if words is not None and words not in clause.text and words not in path.text:
            raise ReadingRefused(
                f"{where}: {words!r} stands in neither {clause.section} nor {path.section}. "
                "Use the order's own words, or null where it has none."
            )


def _has_verb(force: str, clause: Clause, directive: Directive) -> bool:
    lead = directive.clause(clause.parent) if clause.parent else None
    return any(force.lower() in part.text.lower() for part in (clause, lead) if part is not None)


def _definitions(directive: Directive) -> tuple[Rule, ...]:
    return tuple(
        Rule(section=c.section, says=c.text, force="definition", effect=Effect.DEFINES)
        for c in directive.clauses
        if c.kind is ClauseKind.DEFINITION
    )
