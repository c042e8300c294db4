"""The directives on file, read from the corpus folder: directive.toml beside each issued text."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path

from pydantic import BaseModel

from index.clauses import Outline, parse
from index.directive import FROZEN, Clause, Directive, Heading, Status, kind_of
from index.errors import DirectiveRefused
from index.formats import read
from index.formats.document import Document
from index.graph import Graph
from index.kept import Kept
from index.sheet import Sheet, read_sheet, refuse_clashes, sheets
from index.versions import Key, Period, key, periods, status


class Parsed(BaseModel):
    """What a file holds once it is read and its structure is settled."""

    model_config = FROZEN

    text: str
    clauses: tuple[Clause, ...]
    headings: tuple[Heading, ...]


@dataclass(frozen=True)
class Library:
    """Every version on file, in the order of numbers and days, and the folder each was read from.

    ``today`` returns the day by which a version is in force, unless a day is given.
    """

    directives: tuple[Directive, ...]
    folders: Mapping[str, Path]
    today: Callable[[], date] = date.today
    kept: Kept = field(default_factory=Kept, compare=False)

    def at(self, day: date) -> "Library":
        """Return the same library as on a day."""
        return replace(self, directives=self._as_on(day), today=lambda: day)

    def _as_on(self, day: date) -> tuple[Directive, ...]:
        return tuple(d.model_copy(update={"status": self.status(d, day)}) for d in self.directives)

    def get(self, number: str) -> Directive | None:
        """Return the version of this number in force, else the newest that was, else any."""
        on = self.today()
        order = (Status.DRAFT, Status.TO_COME)
        found = [d for d in self.directives if d.number == number]
        found.sort(
            key=lambda d: (self.in_force_on(d, on), self.status(d, on) not in order, d.effective)
        )
        return found[-1] if found else None

    def current(self, number: str) -> Directive | None:
        """Return the version of this number in force, None where none is."""
        return next((d for d in self.in_force() if d.number == number), None)

    def named(self) -> tuple[Directive, ...]:
        """Return what each number on file stands for, by ``get``, in the order of numbers."""
        numbers = dict.fromkeys(directive.number for directive in self.directives)
        return tuple(found for number in numbers if (found := self.get(number)) is not None)

    def graph(self) -> Graph:
        """Return the references between what ``named`` gives, made once a day."""
        day = self.today()
        found = self._graphs.get(day)
        if found is None:
            found = Graph(self.named())
            self._graphs.clear()
            self._graphs[day] = found
        return found

    def in_force(self, on: date | None = None) -> tuple[Directive, ...]:
        """Return the directives in force, today if no day is given."""
        day = self.today() if on is None else on
        return tuple(d for d in self.directives if self.in_force_on(d, day))

    def in_force_on(self, directive: Directive, day: date) -> bool:
        """Whether a version is in force on a day."""
        period = self.period(directive)
        return period is not None and period.holds(day)

    def status(self, directive: Directive, on: date | None = None) -> Status:
        """Return what a version is on a day, today if none is given."""
        return status(directive, self.period(directive), self.today() if on is None else on)

    def period(self, directive: Directive) -> Period | None:
        """Return the days of a version, None for a draft."""
        return self._periods.get(key(directive))

    def version(self, number: str, effective: date) -> Directive | None:
        """Return the version of a number that took effect on a day, if it is on file."""
        return next((d for d in self.directives if key(d) == (number, effective)), None)

    def versions(self, number: str) -> tuple[Directive, ...]:
        """Return every version of a number, oldest first."""
        return tuple(d for d in self.directives if d.number == number)

    def dated(self, number: str, effective: date) -> date | None:
        """Return the day by which a link names a version; none for the one that needs no name."""
        plain = self.get(number)
        return None if plain is not None and plain.effective == effective else effective

    def issued(self) -> "Library":
        """Return the same library without its drafts."""
        issued = tuple(d for d in self.directives if self.period(d) is not None)
        return replace(self, directives=issued)

    def rescinding(self, number: str, on: date | None = None) -> Directive | None:
        """Return the directive in force that says it rescinds a number, if there is one."""
        return next((d for d in self.in_force(on) if number in d.rescinds), None)

    def since(self) -> date | None:
        """Return the day since which what is in force today is so, None before the first."""
        today = self.today()
        return max((day for day in self.turns() if day <= today), default=None)

    def absent(self) -> frozenset[Path]:
        """Return the folders of the versions that are not in force today."""
        live = {self.folders[d.sha256] for d in self.in_force()}
        return frozenset(self.folders.values()) - live

    def turns(self) -> tuple[date, ...]:
        """Return the days on which what is in force changes, oldest first."""
        found = self._periods.values()
        ended = {one.until for one in found if one.until is not None and one.until > one.since}
        begun = {one.since for one in found if one.until is None or one.until > one.since}
        return tuple(sorted(begun | ended))

    @cached_property
    def _periods(self) -> Mapping[Key, Period]:
        return periods(self.directives)

    @cached_property
    def _graphs(self) -> dict[date, Graph]:
        return {}

    @property
    def fingerprint(self) -> str:
        """A sha256 over what is on file; it changes when any issued text or status does."""
        lines = sorted(f"{d.number} {d.status} {d.effective} {d.sha256}" for d in self.directives)
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def load(
    corpus: Path,
    today: Callable[[], date] = date.today,
    kept: Kept | None = None,
    *,
    drafts: bool = True,
) -> Library:
    """Return the library in ``corpus``; raise DirectiveRefused naming the first file at fault.

    ``today`` returns the Department's day; ``kept`` is where parsed texts are kept from last time.
    Without ``drafts`` their texts are not read: what serves has none of them, and a draft at fault
    does not stop it.
    """
    kept = kept or Kept()
    found = sheets(corpus)
    if not found:
        raise DirectiveRefused(
            f"Corpus folder {str(corpus)!r} holds no directive. Set CORPUS_DIR to a folder with "
            "general-orders/NUMBER/directive.toml."
        )
    refuse_clashes(found)
    taken = [f for f, sheet in found.items() if drafts or sheet.status is not Status.DRAFT]
    directives = [load_directive(folder, kept) for folder in taken]
    ordered = sorted(directives, key=lambda d: (d.number, d.effective))
    folders = {sheet.sha256: folder for folder, sheet in found.items()}
    library = Library(tuple(ordered), folders, today, kept)
    return replace(library, directives=library.at(today()).directives)


def load_directive(folder: Path, kept: Kept | None = None) -> Directive:
    """Return the directive in ``folder``; raise DirectiveRefused if text and sheet disagree."""
    sheet = read_sheet(folder)
    path = folder / sheet.file
    parsed = _parsed(path, kept or Kept())
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if digest != sheet.sha256:
        raise DirectiveRefused(
            f"Directive {sheet.number!r}: {str(path)!r} has sha256 {digest[:12]}…, its sheet says "
            f"{sheet.sha256[:12]}…. Restore the issued file, or take the new version in."
        )
    if not parsed.clauses:
        raise DirectiveRefused(
            f"Directive {sheet.number!r}: no clause was found in {str(path)!r}. Check the file."
        )
    directive = assembled(sheet, parsed)
    for damage in directive.damage:
        if not directive.under(damage.section):
            raise DirectiveRefused(
                f"Directive {sheet.number!r}: damage is noted on {damage.section!r}, which is not "
                "in the text. Correct directive.toml."
            )
    return directive


def assembled(sheet: Sheet, parsed: Parsed) -> Directive:
    """Return the directive of a sheet and of its parsed text."""
    return Directive(
        number=sheet.number,
        prefix=sheet.prefix,
        title=sheet.title,
        part=sheet.section,
        issued=sheet.issued,
        effective=sheet.effective,
        rescinds=sheet.rescinds,
        amends=sheet.amends,
        standards=sheet.standards,
        status=sheet.status,
        kind=sheet.kind or kind_of(sheet.prefix),
        unit=sheet.unit,
        replaces=sheet.replaces,
        ended=sheet.ended,
        origin=sheet.source,
        sha256=sheet.sha256,
        damage=sheet.damage,
        source=parsed.text,
        clauses=parsed.clauses,
        headings=parsed.headings,
    )


def settled(document: Document, outline: Outline) -> Parsed:
    """Return what a file holds, by its text and the structure of it."""
    return Parsed(text=document.text, clauses=outline.clauses, headings=outline.headings)


def _parsed(path: Path, kept: Kept) -> Parsed:
    """Return a file's text and outline, which depend on its bytes and the format alone."""

    def parsed() -> Parsed:
        document = read(path)
        return settled(document, parse(document))

    if not path.is_file():
        return parsed()
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return kept.get(f"{digest}{path.suffix.lower()}", Parsed, parsed)
