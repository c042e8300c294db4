"""rules.yaml -> Reading: the rules of each directive in force, checked; drafted where none is."""

from pathlib import Path

from index.asked import Facts, named, read_yaml
from index.directive import ClauseKind, Directive
from index.drafting import draft
from index.errors import ReadingRefused
from index.kept import Kept
from index.library import Library
from index.rule import Effect, Notice, Permission, Reading, ReportTo, Rule, Scope, Silence
from index.silence import fault_of_silence
from index.tying import fault_of_notice, fault_of_rule, unread

__all__ = [
    "Effect",
    "Notice",
    "Permission",
    "Reading",
    "ReportTo",
    "Rule",
    "Scope",
    "Silence",
    "load_readings",
    "reading",
]

FILE = "rules.yaml"


def load_readings(library: Library, facts: Facts) -> dict[str, Reading]:
    """Return the readings of what is in force, by number; raise ReadingRefused at the first fault.

    A directive without rules.yaml has a drafted reading: it is quoted, its force is stated, and
    it decides nothing.
    """
    return {
        directive.number: reading(library.folders[directive.sha256], directive, facts, library.kept)
        for directive in library.in_force()
    }


def reading(folder: Path, directive: Directive, facts: Facts, kept: Kept | None = None) -> Reading:
    """Return the reading of one directive, from its folder or drafted; raise ReadingRefused.

    ``kept`` is where drafts are kept from last time.
    """
    path = folder / FILE
    if path.is_file():
        found = _checked(path, directive, facts)
    else:
        name = f"{directive.number} {directive.sha256}"
        found = (kept or Kept()).get(name, Reading, lambda: draft(directive))
    rules = (*found.rules, *_definitions(directive))
    by = found.reviewed_by
    signed = (r if r.reviewed_by else r.model_copy(update={"reviewed_by": by}) for r in rules)
    return found.model_copy(update={"rules": tuple(signed)})


def _checked(path: Path, directive: Directive, facts: Facts) -> Reading:
    found = read_yaml(path, Reading)
    if (found.number, found.sha256) != (directive.number, directive.sha256):
        raise ReadingRefused(
            f"{str(path)!r} reads {found.number} {found.sha256[:12]}…, the text on file is "
            f"{directive.number} {directive.sha256[:12]}…. Read the changed clauses again."
        )
    seen: dict[object, int] = {}
    for place, rule in enumerate(found.rules, 1):
        used = (*rule.acts, *(name for group in (*rule.when, *rule.may) for name in group))
        fault = fault_of_rule(rule, directive)
        first = seen.setdefault((rule.section, rule.says, rule.effect, rule.when, rule.may), place)
        if first != place:
            fault = f"it says what rule {first} says. Take one out."
        if fault or not facts.knows(used):
            where = f"{named(path, ('rules', place - 1))} rule {place} ({rule.section})"
            facts.refuse_unknown(used, where)
            raise ReadingRefused(f"{where}: {fault}")
    _check_lines(path, found, directive, facts)
    missing = unread(found, directive)
    if missing:
        more = f" and {len(missing) - 3} more" if len(missing) > 3 else ""
        raise ReadingRefused(
            f"{named(path, ('rules',))}: {', '.join(missing[:3])}{more} of {directive.name} has no "
            f"rule. Add one; 'policybot directives draft {directive.number}' proposes it."
        )
    return found


def _check_lines(path: Path, found: Reading, directive: Directive, facts: Facts) -> None:
    """Refuse a notice or a silence that is not tied to the text, or that uses no known fact."""
    for name, notice in found.notices.items():
        fault = fault_of_notice(notice, directive)
        cued = [used for cue in (*notice.heard, *notice.idle) for used in cue.facts]
        if fault or not facts.knows(cued):
            where = f"{named(path, ('notices', name))} notice"
            facts.refuse_unknown(cued, where)
            raise ReadingRefused(f"{where}: {fault}")
    for name, silence in found.silences.items():
        fault = fault_of_silence(silence, directive)
        if fault or not facts.knows(used for cue in silence.heard for used in cue.facts):
            where = f"{named(path, ('silences', name))} silence {name!r}"
            facts.refuse_unknown((used for cue in silence.heard for used in cue.facts), where)
            raise ReadingRefused(f"{where}: {fault}")


def _definitions(directive: Directive) -> tuple[Rule, ...]:
    return tuple(
        Rule(section=c.section, says=c.text, force="definition", effect=Effect.DEFINES)
        for c in directive.clauses
        if c.kind is ClauseKind.DEFINITION
    )
