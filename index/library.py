"""The directives on file, read from the corpus folder: directive.toml beside each issued text."""

import hashlib
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from index.clauses import parse
from index.directive import Damage, Directive, Status
from index.errors import DirectiveRefused
from index.formats import read
from index.versions import Key, Period, key, periods, status


class _Sheet(BaseModel):
    """directive.toml: what the header says, where the text came from, and its known damage."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: str = Field(min_length=1)
    prefix: str
    title: str
    section: str
    issued: date
    effective: date
    rescinds: tuple[str, ...] = ()
    amends: tuple[str, ...] = ()
    standards: tuple[str, ...] = ()
    status: Literal[Status.DRAFT, Status.IN_FORCE, Status.SUPERSEDED, Status.RESCINDED]
    replaces: date | None = None
    ended: date | None = None
    source: str
    file: str = Field(pattern=r"^[^/\\]+$")
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    damage: tuple[Damage, ...] = ()


@dataclass(frozen=True)
class Library:
    """Every version on file, in the order of numbers and days, and the folder each was read from.

    ``today`` returns the day by which a version is in force, unless a day is given.
    """

    directives: tuple[Directive, ...]
    folders: Mapping[str, Path]
    today: Callable[[], date] = date.today

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

    @property
    def fingerprint(self) -> str:
        """A sha256 over what is on file; it changes when any issued text or status does."""
        lines = sorted(f"{d.number} {d.status} {d.effective} {d.sha256}" for d in self.directives)
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def load(corpus: Path, today: Callable[[], date] = date.today) -> Library:
    """Return the library in ``corpus``; raise DirectiveRefused naming the first file at fault.

    ``today`` returns the Department's day.
    """
    sheets = sorted(corpus.glob("*/*/directive.toml"))
    if not sheets:
        raise DirectiveRefused(
            f"Corpus folder {str(corpus)!r} holds no directive. Set CORPUS_DIR to a folder with "
            "general-orders/NUMBER/directive.toml."
        )
    directives = {sheet.parent: load_directive(sheet.parent) for sheet in sheets}
    _refuse_two_live_versions(directives)
    _refuse_the_same_version_twice(directives)
    ordered = sorted(directives.values(), key=lambda d: (d.number, d.effective))
    folders = {directive.sha256: folder for folder, directive in directives.items()}
    found = Library(tuple(ordered), folders, today)
    return replace(found, directives=found.at(today()).directives)


def load_directive(folder: Path) -> Directive:
    """Return the directive in ``folder``; raise DirectiveRefused if text and sheet disagree."""
    sheet = _sheet(folder / "directive.toml")
    path = folder / sheet.file
    document = read(path)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if digest != sheet.sha256:
        raise DirectiveRefused(
            f"Directive {sheet.number!r}: {str(path)!r} has sha256 {digest[:12]}…, its sheet says "
            f"{sheet.sha256[:12]}…. Restore the issued file, or take the new version in."
        )
    outline = parse(document)
    if not outline.clauses:
        raise DirectiveRefused(
            f"Directive {sheet.number!r}: no clause was found in {str(path)!r}. Check the file."
        )
    directive = Directive(
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
        replaces=sheet.replaces,
        ended=sheet.ended,
        origin=sheet.source,
        sha256=digest,
        damage=sheet.damage,
        source=document.text,
        clauses=outline.clauses,
        headings=outline.headings,
    )
    for damage in directive.damage:
        if not directive.under(damage.section):
            raise DirectiveRefused(
                f"Directive {sheet.number!r}: damage is noted on {damage.section!r}, which is not "
                "in the text. Correct directive.toml."
            )
    return directive


def _sheet(path: Path) -> _Sheet:
    try:
        return _Sheet.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except tomllib.TOMLDecodeError as error:
        raise DirectiveRefused(f"{str(path)!r}: {error}. Correct the file.") from None
    except UnicodeDecodeError:
        raise DirectiveRefused(f"{str(path)!r} is not UTF-8. Save it as UTF-8.") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise DirectiveRefused(f"{str(path)!r}: {where}: {first['msg']}. Correct it.") from None


def _refuse_two_live_versions(directives: dict[Path, Directive]) -> None:
    """Refuse a version in force beside another, unless it says that it replaces that one."""
    for versions in _by_number(directives).values():
        live = [(f, d) for f, d in versions if d.status is Status.IN_FORCE]
        for (folder, one), (other_folder, other) in pairwise(live):
            same = one.effective == other.effective
            replaced = any(
                d.replaces == one.effective and one.effective < d.effective <= other.effective
                for _, d in versions
            )
            if same or not replaced:
                raise DirectiveRefused(
                    f"{one.name} is in force twice: {str(folder)!r} and {str(other_folder)!r}. "
                    f"Set the status of one to 'superseded', or 'replaces = {one.effective}' in "
                    "the sheet of the newer."
                )


def _refuse_the_same_version_twice(directives: dict[Path, Directive]) -> None:
    for versions in _by_number(directives).values():
        for (folder, one), (other_folder, other) in pairwise(versions):
            if one.effective == other.effective:
                raise DirectiveRefused(
                    f"{one.name} of {one.effective} is on file twice: {str(folder)!r} and "
                    f"{str(other_folder)!r}. Correct the effective date of one, or take it away."
                )


def _by_number(directives: dict[Path, Directive]) -> Mapping[str, list[tuple[Path, Directive]]]:
    """Return the versions of each number, oldest first, with their folders."""
    found: dict[str, list[tuple[Path, Directive]]] = {}
    for folder, directive in sorted(directives.items(), key=lambda item: item[1].effective):
        found.setdefault(directive.number, []).append((folder, directive))
    return found
