"""A parsed directive -> a drafted reading: the force of each limb of each sentence, unreviewed.

A draft quotes and states; no rule of it has a condition, so none of it decides an answer.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from index.authority import Authority, Way, authority, exception
from index.directive import Clause, ClauseKind, Directive
from index.forces import limbs
from index.rule import Effect, Permission, Reading, Rule, Scope
from index.sections import stands_under
from index.sentences import sentences

REVIEWED_BY = "nobody yet (drafted)"
_FIRST_WORDS = 3
_SCOPES: tuple[tuple[re.Pattern[str], Scope], ...] = (
    (
        re.compile(r"employment screening|background (?:check|investigation)|hiring", re.I),
        Scope.SCREENING,
    ),
    (re.compile(r"\bpersonal\b|\bprivate use\b", re.I), Scope.PERSONAL),
    (
        re.compile(
            r"(?:department|agency)[- ](?:sanctioned|authorized|approved)|\bofficial use", re.I
        ),
        Scope.DEPARTMENT,
    ),
)
_CONSEQUENCE = re.compile(
    r"(?:(?:may|shall|will|can) )?(?:only )?(?:form the basis (?:for|of)|provide grounds for|"
    r"result in|(?:(?:is|are|be) )?subject to (?=[\w, ]*(?:disciplin|sanction|litigation|terminat|"
    r"penalt|prosecut))|lead to (?=[\w, ]*(?:disciplin|terminat)))[^;.]*",
    re.I,
)


@dataclass(frozen=True)
class Said:
    """What one limb does: words of its sentence, the verb as written, who may permit, exceptions.

    ``path`` is True where the authority stands in the limb itself, and not in the words it
    completes; ``weak`` where the verb is no modal and no ban.
    """

    says: str
    sentence: str
    force: str
    effect: Effect
    authority: Authority | None
    exception: str | None
    weak: bool
    path: bool = True


def read(text: str, lead: str = "") -> tuple[Said, ...]:
    """Return what each limb of a squeezed text does; ``lead`` are the words that it completes."""
    above = read(lead)[-1] if lead else None
    return tuple(_read(text, above))


def draft(directive: Directive) -> Reading:
    """Return the drafted reading of a directive: one rule a limb, at least one a clause.

    Definitions are left to the loader, which reads them by itself.
    """
    clauses = {clause.section: clause for clause in directive.clauses}
    read_so_far: dict[str, tuple[Said, ...]] = {}
    rules: list[Rule] = []
    for clause in directive.clauses:
        lead = lead_of(clause, clauses)
        above = read_so_far[lead.section][-1] if lead and lead.section in read_so_far else None
        read_so_far[clause.section] = tuple(_read(clause.text, above))
        if clause.kind is not ClauseKind.DEFINITION:
            rules += _rules(clause, read_so_far[clause.section], lead, above)
    return Reading(
        number=directive.number,
        sha256=directive.sha256,
        reviewed_by=REVIEWED_BY,
        rules=tuple(rules),
    )


def lead_of(clause: Clause, clauses: Mapping[str, Clause]) -> Clause | None:
    """Return the clause whose last sentence this one completes, by its numeral or bullet.

    A sentence that opens a section is completed by that section's own items, not by those that
    stand under further headings inside it.
    """
    if clause.kind not in {ClauseKind.ITEM, ClauseKind.BULLET}:
        return None
    direct = stands_under(clause.section.partition("•")[0])
    lead = clause.lead if (clause.lead or "").partition("¶")[0] == direct else None
    for section in (clause.parent, direct, lead):
        above = clauses.get(section) if section else None
        if above is not None and _open(above.text):
            return above
    return None


def _open(text: str) -> bool:
    """Whether a text ends without having said its say."""
    return not text.endswith((".", "!", "?", ";", "”", '"')) or "following" in text[-80:]


def _read(text: str, above: Said | None) -> Iterator[Said]:
    for place, sentence in enumerate(sentences(text)):
        for number, limb in enumerate(limbs(sentence)):
            says = sentence[limb.start : limb.end]
            said = Said(
                says=says,
                sentence=sentence,
                force=limb.force,
                effect=limb.effect,
                authority=authority(says),
                exception=exception(says),
                weak=limb.weak,
            )
            if above is not None and place == 0 and number == 0 and _completes(said, above):
                yield _completed(said, above)
            else:
                yield _settled(said)


def _completes(said: Said, above: Said) -> bool:
    """Whether a limb takes its verb from the words above: it has none that carries a sentence."""
    return bool(above.force) and said.weak and (not above.weak or not said.force)


def _completed(said: Said, above: Said) -> Said:
    force, effect = above.force, above.effect
    if re.match(r"not\b", said.says, re.I) and effect is Effect.REQUIRED:
        force, effect = f"{force} not", Effect.PROHIBITED
    own = _settled(replace(said, force=force, effect=effect, weak=above.weak))
    if own.authority is None and above.authority is not None and effect is above.effect:
        own = replace(own, authority=above.authority, path=False)
    return replace(own, exception=own.exception or above.exception)


def _settled(said: Said) -> Said:
    """Weigh the force against a permission: what one lifts, asks for or goes with needs it."""
    found = said.authority
    if found is None:
        return said
    lifted = {
        Effect.PROHIBITED: (Way.WITHOUT, Way.EXCEPTING, Way.WITH),
        Effect.REQUIRED: (Way.DUTY,),
        Effect.ALLOWED: (Way.EXCEPTING, Way.WITH, Way.DUTY),
        Effect.PERMISSION: tuple(Way),
    }.get(said.effect, ())
    if found.way in lifted:
        return replace(said, effect=Effect.PERMISSION)
    kept = said.effect is Effect.REQUIRED and found.way is Way.EXCEPTING
    kept |= said.effect is Effect.ADVISED and found.way in {Way.DUTY, Way.EXCEPTING}
    return said if kept else replace(said, authority=None)


def _rules(
    clause: Clause, read_: Iterable[Said], lead: Clause | None, above: Said | None
) -> Iterator[Rule]:
    seen: set[tuple[str, Effect]] = set()
    for said in read_:
        if (said.says, said.effect) in seen:
            continue
        seen.add((said.says, said.effect))
        completing = above is not None and lead is not None and clause.text.startswith(said.says)
        yield Rule(
            section=clause.section,
            says=said.says,
            force=said.force or _opening(said.says),
            effect=said.effect,
            scope=_scope(clause.headings),
            plain=f"{above.sentence} {said.sentence}" if completing and above else said.sentence,
            permission=_permission(said, clause, lead),
            exception=said.exception,
            consequences=tuple(m.group().rstrip() for m in _CONSEQUENCE.finditer(said.says)),
        )


def _permission(said: Said, clause: Clause, lead: Clause | None) -> Permission | None:
    found = said.authority
    if found is None:
        return None
    path = clause.section if said.path or lead is None else lead.section
    return Permission(by=found.by, form=found.form, path=path, kind=found.kind)


def _opening(says: str) -> str:
    """Return the first words of a limb without a verb: a title, a date, an item of a list."""
    return " ".join(says.split()[:_FIRST_WORDS])


def _scope(headings: Iterable[str]) -> Scope:
    """Return the scope that the innermost telling heading gives."""
    for heading in reversed(tuple(headings)):
        for pattern, scope in _SCOPES:
            if pattern.search(heading):
                return scope
    return Scope.EVERYONE
