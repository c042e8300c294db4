"""How a clause is read, corrected by the policy unit: the files of the corpus, checked and kept.

What is saved passes the same loader as at the start of the service; every other line of a file
stays byte for byte, and who changed what is a line of the record.
"""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, JsonValue

from bot.audit.store import AuditStore
from bot.policy.member import Member
from bot.policy.reading_file import (
    MOVED,
    AskedAt,
    CorrectionLate,
    CorrectionRefused,
    Fields,
    RuleAt,
    asked_at,
    asked_in,
    changed_alone,
    changes,
    difference,
    rule_at,
    rules_in,
    sha256,
)
from index.asked import FILE as QUESTIONS
from index.asked import Example, as_yaml, load_facts, read_examples
from index.directive import FROZEN, Directive
from index.drafting import draft
from index.errors import CorpusUnusable, ReadingRefused
from index.mending import entries, with_entry, with_fields, without
from index.rules import FILE as RULES
from index.rules import reading
from index.shelf import held, rewrite

CORRECTED, REVIEWED = "reading corrected", "reading reviewed"
ASKED, UNASKED = "question added", "question removed"
MOST_ASKED = 40
_NO_LIST = "Nothing of this kind stands in {file} yet. Write the first one by hand."


class ClauseReading(BaseModel):
    """How one clause is read: its rules and questions, and the sha256 of what holds them.

    ``asked_of`` is how many questions there are, of which ``asked`` are the first.
    ``drafted``: nobody wrote the rules down yet; saving one writes all of the draft.
    """

    model_config = FROZEN

    rules: tuple[RuleAt, ...]
    asked: tuple[AskedAt, ...]
    asked_of: int
    rules_sha256: str
    questions_sha256: str
    drafted: bool
    reviewed_by: str


@dataclass(frozen=True)
class Hand:
    """Who corrects which clause, and the sha256 of the file's text that they saw."""

    folder: Path
    directive: Directive
    section: str
    by: Member
    version: str


class Shelved(BaseModel):
    """How far a directive's rules are signed off; ``drafted``: nobody wrote them down yet."""

    model_config = FROZEN

    rules: int = 0
    unreviewed: int = 0
    drafted: bool = False


class Readings:
    """The readings of a corpus folder, as its files hold them now."""

    def __init__(self, audit: AuditStore, corpus: Path) -> None:
        self._audit = audit
        self._corpus = corpus
        self._shelved: dict[Path, tuple[tuple[int, int], Shelved]] = {}

    def of(
        self, folder: Path, directive: Directive, section: str, words: str = ""
    ) -> ClauseReading:
        """Return how a clause is read; raise CorrectionRefused, ReadingRefused.

        Of its questions those that hold some words, and no more than a page has room for.
        """
        text, asked = self._text(folder / RULES, directive), self._text(folder / QUESTIONS)
        rules = [RuleAt(place=at, rule=rule) for at, rule in rules_in(text, section)]
        found = asked_in(asked, section, words)
        return ClauseReading(
            rules=tuple(rules),
            asked=tuple(asked_at(*one) for one in found[:MOST_ASKED]),
            asked_of=len(found),
            rules_sha256=sha256(text),
            questions_sha256=sha256(asked),
            drafted=not (folder / RULES).is_file(),
            reviewed_by=self.reviewer(folder, directive),
        )

    def reviewer(self, folder: Path, directive: Directive) -> str:
        """Return who read the rules that do not say it themselves."""
        text = self._text(folder / RULES, directive)
        line = next((one for one in text.splitlines() if one.startswith("reviewed_by:")), "")
        return line.partition(":")[2].strip().strip("\"'")

    def shelved(self, folder: Path, directive: Directive) -> Shelved:
        """Return how far a directive's rules are signed off; a file is read when it changed."""
        path = folder / RULES
        if not path.is_file():
            return Shelved(drafted=True)
        stat = path.stat()
        state = (stat.st_mtime_ns, stat.st_size)
        known = self._shelved.get(path)
        if known is None or known[0] != state:
            left = self.unreviewed(folder, directive)
            rules = sum(1 for _ in rules_in(self._text(path)))
            known = (state, Shelved(rules=rules, unreviewed=sum(left.values())))
            self._shelved[path] = known
        return known[1]

    def unreviewed(self, folder: Path, directive: Directive) -> dict[str, int]:
        """Return how many rules of each clause nobody of the Department signed off."""
        whole = self.reviewer(folder, directive)
        found: dict[str, int] = {}
        for _, rule in rules_in(self._text(folder / RULES, directive)):
            left = not is_reviewed(rule.reviewed_by or whole)
            found[rule.section] = found.get(rule.section, 0) + left
        return found

    def correct(self, hand: Hand, place: int, fields: Fields, signed: str | None) -> None:
        """Save the fields of one rule; raise CorrectionRefused with the loader's own line.

        ``signed`` is who signs it off with that; a changed rule that nobody signs loses the name
        of whoever signed it before.
        """

        def change(text: str) -> str:
            entry, rule = rule_at(text, place)
            if rule.section != hand.section:
                raise CorrectionLate(MOVED)
            wanted = changes(rule, fields)
            if wanted or signed:
                wanted["reviewed_by"] = signed
            return with_fields(text, entry, wanted)

        self._save(hand, RULES, change, CORRECTED)

    def review(self, hand: Hand, name: str) -> None:
        """Note on every rule of a clause who signed it off; raise CorrectionRefused."""

        def change(text: str) -> str:
            for place, _ in reversed(list(rules_in(text, hand.section))):
                text = with_fields(text, entries(text, "rules")[place], {"reviewed_by": name})
            return text

        self._save(hand, RULES, change, REVIEWED)

    def ask(self, hand: Hand, example: Example) -> None:
        """Add a question by which a clause is found; raise CorrectionRefused."""
        data = example.model_dump(mode="json", exclude_defaults=True)
        self._save(hand, QUESTIONS, lambda text: with_entry(text, "questions", data), ASKED)

    def unask(self, hand: Hand, place: int) -> None:
        """Take a question out by its place; raise CorrectionRefused."""

        def change(text: str) -> str:
            found = entries(text, "questions")
            if not 0 <= place < len(found):
                raise CorrectionLate(MOVED)
            return without(text, found[place])

        self._save(hand, QUESTIONS, change, UNASKED)

    def _text(self, path: Path, drafted: Directive | None = None) -> str:
        """Return what a file holds, or the draft in its place, or nothing where there is none."""
        if not path.is_file():
            return as_yaml(draft(drafted)) if drafted is not None else ""
        try:
            return path.read_bytes().decode()
        except (OSError, UnicodeDecodeError) as error:
            raise CorrectionRefused(
                f"{str(path)!r} cannot be read ({type(error).__name__}). Check the file."
            ) from None

    def _save(self, hand: Hand, name: str, change: Callable[[str], str], kind: str) -> None:
        path = hand.folder / name
        with self._held():
            before = self._text(path, hand.directive if name == RULES else None)
            if sha256(before) != hand.version:
                raise CorrectionLate(MOVED)
            if not before:
                raise CorrectionRefused(_NO_LIST.format(file=name))
            try:
                after = change(before)
                self._check(path, after, before, hand.directive)
            except ReadingRefused as refused:
                raise CorrectionRefused(str(refused)) from None
            if after != before:
                told = difference(before, after)
                facts: dict[str, JsonValue] = {
                    "file": name,
                    "section": hand.section,
                    "sha256": sha256(after),
                }
                rewrite(path, after, self._recorded(hand, kind, facts, told))

    @contextmanager
    def _recorded(
        self, hand: Hand, kind: str, facts: dict[str, JsonValue], told: str
    ) -> Iterator[None]:
        """Put a line into the record, together with what is done within."""
        with self._audit.recording() as recording:
            subject = f"directive {hand.directive.number}"
            recording.add(subject, kind, actor=hand.by.key, facts=facts, words=told)
            yield

    @contextmanager
    def _held(self) -> Iterator[None]:
        """Hold the corpus against other writers; raise CorrectionRefused while there is one."""
        try:
            with held(self._corpus):
                yield
        except CorpusUnusable as refused:
            raise CorrectionRefused(f"{refused} Nothing was saved.") from None

    def _check(self, path: Path, after: str, before: str, directive: Directive) -> None:
        """Raise ReadingRefused as the start would; of the questions only what changed is read."""
        facts = load_facts(self._corpus)
        with tempfile.TemporaryDirectory() as made:
            folder = Path(made)
            text = after if path.name == RULES else changed_alone(before, after)
            (folder / path.name).write_bytes(text.encode())
            try:
                if path.name == RULES:
                    reading(folder, directive, facts)
                else:
                    read_examples(folder / path.name, directive, facts)
            except ReadingRefused as refused:
                said = str(refused).replace(str(folder), str(path.parent))
                raise ReadingRefused(said) from None


def is_reviewed(by: str) -> bool:
    """Whether somebody of the Department signed a reading off, by what it says of itself."""
    return bool(by) and "not yet" not in by and "nobody yet" not in by
