"""The directives on file, read from the corpus folder: directive.toml beside each issued text."""

import hashlib
import tomllib
from datetime import date
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from index.clauses import parse
from index.directive import FROZEN, Damage, Directive, Status
from index.errors import DirectiveRefused
from index.formats import read


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
    standards: tuple[str, ...] = ()
    status: Status
    source: str
    file: str = Field(pattern=r"^[^/\\]+$")
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    damage: tuple[Damage, ...] = ()


class Library(BaseModel):
    """Every directive on file, in the order of their numbers, and the folder each was read from."""

    model_config = FROZEN

    directives: tuple[Directive, ...]
    folders: dict[str, Path]

    def get(self, number: str) -> Directive | None:
        """Return the directive of this number in force, else the newest on file, else None."""
        found = [d for d in self.directives if d.number == number]
        found.sort(key=lambda d: (d.status is Status.IN_FORCE, d.effective))
        return found[-1] if found else None

    def in_force(self, on: date | None = None) -> tuple[Directive, ...]:
        """Return the directives in force, on a day if one is given."""
        return tuple(
            d
            for d in self.directives
            if d.status is Status.IN_FORCE and (on is None or d.effective <= on)
        )

    @property
    def fingerprint(self) -> str:
        """A sha256 over what is on file; it changes when any issued text or status does."""
        lines = sorted(f"{d.number} {d.status} {d.effective} {d.sha256}" for d in self.directives)
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def load(corpus: Path) -> Library:
    """Return the library in ``corpus``; raise DirectiveRefused naming the first file at fault."""
    sheets = sorted(corpus.glob("*/*/directive.toml"))
    if not sheets:
        raise DirectiveRefused(
            f"Corpus folder {str(corpus)!r} holds no directive. Set CORPUS_DIR to a folder with "
            "general-orders/NUMBER/directive.toml."
        )
    directives = {sheet.parent: load_directive(sheet.parent) for sheet in sheets}
    _refuse_two_live_versions(directives)
    ordered = sorted(directives.values(), key=lambda d: (d.number, d.effective))
    folders = {directive.sha256: folder for folder, directive in directives.items()}
    return Library(directives=tuple(ordered), folders=folders)


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
        standards=sheet.standards,
        status=sheet.status,
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
    live: dict[str, Path] = {}
    for folder, directive in directives.items():
        if directive.status is not Status.IN_FORCE:
            continue
        other = live.setdefault(directive.number, folder)
        if other != folder:
            raise DirectiveRefused(
                f"{directive.name} is in force twice: {str(other)!r} and {str(folder)!r}. "
                "Set the status of one to 'superseded'."
            )
