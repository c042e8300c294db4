"""The text of rules.yaml and questions.yaml, taken apart for correcting."""

import difflib
import hashlib
import re
from collections.abc import Iterator

from pydantic import BaseModel, JsonValue, ValidationError

from bot.errors import AssistantError
from index.asked import Example
from index.directive import FROZEN
from index.errors import ReadingRefused
from index.mending import Entry, entries, value_of
from index.rule import Effect, Permission, Rule

MOVED = "Somebody has changed this since you opened the page. Nothing was saved. Open it again."
_CONTEXT = 1


class CorrectionRefused(AssistantError):
    """A correction that is not saved; the message is fit to show to the policy unit."""


class CorrectionLate(CorrectionRefused):
    """Somebody else changed the file meanwhile."""


class RuleAt(BaseModel):
    """A rule as it stands in its file, at its place there, counted from 0."""

    model_config = FROZEN

    place: int
    rule: Rule


class AskedAt(BaseModel):
    """An indexed question as it stands in its file, at its place there, counted from 0."""

    model_config = FROZEN

    place: int
    example: Example


class Fields(BaseModel):
    """What may be corrected in a rule; None is left out of the file."""

    model_config = FROZEN

    force: str
    effect: Effect
    plain: str | None = None
    exception: str | None = None
    permission: Permission | None = None


def rules_in(text: str, section: str | None = None) -> Iterator[tuple[int, Rule]]:
    """Yield the rules of a file, or of one clause, each with its place."""
    for place, entry in enumerate(entries(text, "rules")):
        if section is None or section in entry.text:
            rule = _rule(entry)
            if section in (None, rule.section):
                yield place, rule


def asked_in(text: str, section: str, words: str = "") -> tuple[tuple[int, Entry], ...]:
    """Return the entries of the questions that a clause answers, those it answers best first.

    With ``words`` only those that hold them. Entries are not parsed: a file may have ten thousands.
    """
    named = re.compile(rf"""[\s,\["']{re.escape(section)}[\s,\]"']""")
    first = re.compile(rf"""\s*(?:\[|-)?\s*["']?{re.escape(section)}[\s,\]"']""")
    best: list[tuple[int, Entry]] = []
    others: list[tuple[int, Entry]] = []
    for place, entry in enumerate(entries(text, "questions")):
        sections = entry.text.partition("sections:")[2]
        if named.search(sections) and words.lower() in entry.text.lower():
            (best if first.match(sections) else others).append((place, entry))
    return (*best, *others)


def asked_at(place: int, entry: Entry) -> AskedAt:
    """Return a question; raise ReadingRefused where its entry is none."""
    return AskedAt(place=place, example=_example(entry))


def rule_at(text: str, place: int) -> tuple[Entry, Rule]:
    """Return a rule by its place; raise CorrectionLate where there is none."""
    found = entries(text, "rules")
    if not 0 <= place < len(found):
        raise CorrectionLate(MOVED)
    return found[place], _rule(found[place])


def changes(rule: Rule, fields: Fields) -> dict[str, JsonValue]:
    """Return what is to be written for the fields that differ from a rule's."""
    before = Fields.model_validate(rule.model_dump(include=set(Fields.model_fields)))
    wanted = fields.model_dump(mode="json", exclude={"permission"})
    if fields.permission is not None:
        named = fields.permission.model_dump(include={"by", "form"})
        more = fields.permission.model_dump(exclude_defaults=True, exclude={"by", "form"})
        wanted["permission"] = {**named, **more}
    return {
        name: wanted.get(name)
        for name in Fields.model_fields
        if getattr(before, name) != getattr(fields, name)
    }


def changed_alone(before: str, after: str) -> str:
    """Return the file with nothing but the questions that were not there before, or with one."""
    known = {one.text for one in entries(before, "questions")}
    found = entries(after, "questions")
    kept = [one for one in found if one.text not in known] or found[:1]
    head = after[: found[0].start] if found else after
    return head + "".join(one.text for one in kept)


def difference(before: str, after: str) -> str:
    """Return the lines that differ, as a unified diff with a line around."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=_CONTEXT)
    return "\n".join([*lines][2:])


def sha256(text: str) -> str:
    """Return the sha256 of a text."""
    return hashlib.sha256(text.encode()).hexdigest()


def _rule(entry: Entry) -> Rule:
    try:
        return Rule.model_validate(value_of(entry))
    except ValidationError:
        raise _unfit(entry) from None


def _example(entry: Entry) -> Example:
    try:
        return Example.model_validate(value_of(entry))
    except ValidationError:
        raise _unfit(entry) from None


def _unfit(entry: Entry) -> ReadingRefused:
    return ReadingRefused(f"The entry {entry.text.strip()[:60]!r} does not fit. Correct the file.")
