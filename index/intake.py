"""A file that somebody hands in -> a draft on file, with its reading drafted and unreviewed."""

import hashlib
import logging
import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

from pydantic import BaseModel

from index.asked import FILE as QUESTIONS
from index.asked import Examples, Facts, as_yaml, drafted
from index.directive import FROZEN, Directive, squeeze
from index.drafting import REVIEWED_BY, draft
from index.errors import DirectiveRefused, IndexingError, ReadingRefused
from index.handed import Given, doubts, refuse_another, sheet_of
from index.library import assembled, settled
from index.report import Examined, examine
from index.rules import FILE as RULES
from index.rules import reading
from index.sheet import FILE as SHEET
from index.sheet import Sheet, as_toml, sheets
from index.shelf import Deed, Recorder, held, place, staging, unrecorded, write

KIND = "general-orders"
_FOLDER = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_NO_FACTS = Facts(acts={}, asks={}, where={}, things={})
_log = logging.getLogger(__name__)


class Fate(StrEnum):
    """What became of a file."""

    TAKEN_IN = "taken in"
    NEW_VERSION = "taken in as a new version"
    ON_FILE = "on file already"
    REFUSED = "refused"


class Outcome(BaseModel):
    """What happened to one file, and why where it was refused.

    ``folder`` is where it lies, ``replaces`` the effective day of the version that it is to
    replace. ``unrecognised`` are lines that lie in no clause; ``doubts`` and ``confidence`` (0..1)
    are those of the parse.
    """

    model_config = FROZEN

    file: str
    fate: Fate
    why: str | None = None
    number: str | None = None
    name: str | None = None
    title: str | None = None
    issued: date | None = None
    effective: date | None = None
    rescinds: tuple[str, ...] = ()
    amends: tuple[str, ...] = ()
    replaces: date | None = None
    sha256: str | None = None
    folder: str | None = None
    clauses: int = 0
    rules: int = 0
    confidence: float | None = None
    unrecognised: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


def files(paths: Sequence[Path]) -> tuple[Path, ...]:
    """Return the files among some paths, and those in their folders and below, by name.

    What begins with a dot is left out of a folder, and so is a link to another folder.
    """
    found: dict[Path, None] = {}
    for path in paths:
        found.update(dict.fromkeys(_below(path) if path.is_dir() else (path,)))
    return tuple(found)


def take_in(
    paths: Sequence[Path],
    corpus: Path,
    today: date,
    *,
    given: Given | None = None,
    kind: str = KIND,
    dry_run: bool = False,
    progress: Callable[[int, int], None] = lambda done, total: None,
    recorded: Recorder = unrecorded,
) -> tuple[Outcome, ...]:
    """Put files, and those in folders, on file as drafts; return what became of each, in order.

    One that cannot be taken is refused with its remedy, and the others go on. ``given`` goes with
    a single file; ``kind`` is the folder of the corpus. With ``dry_run`` nothing is written.
    Raises CorpusUnusable where the corpus cannot be written.
    """
    if not _FOLDER.fullmatch(kind):
        raise DirectiveRefused(
            f"Kind {kind!r} is no name of a folder. Use small letters, figures and '-'."
        )
    handed = files(paths)
    if given is not None and len(handed) != 1:
        raise DirectiveRefused(
            f"{len(handed)} files were handed in. Correct one at a time: hand it in alone."
        )
    with nullcontext() if dry_run else held(corpus):
        intake = _Intake(corpus, corpus / kind, today, given or Given(), recorded)
        take = intake.shown if dry_run else intake.put
        return tuple(intake.each(handed, progress, take))


@dataclass(frozen=True)
class _Looked:
    """A file that can be taken in: its sheet, its parse, its drafted reading and questions."""

    path: Path
    sheet: Sheet
    examined: Examined
    versions: tuple[Sheet, ...]

    @property
    def directive(self) -> Directive:
        return assembled(self.sheet, settled(self.examined.document, self.examined.outline))

    def outcome(self, folder: Path, rules: int, *more: str) -> Outcome:
        sheet, examined = self.sheet, self.examined
        text = examined.document.text
        older = (v.effective for v in self.versions if v.live and v.effective < sheet.effective)
        return Outcome(
            file=_name(self.path),
            fate=Fate.NEW_VERSION if self.versions else Fate.TAKEN_IN,
            number=sheet.number,
            name=sheet.name,
            title=sheet.title,
            issued=sheet.issued,
            effective=sheet.effective,
            rescinds=sheet.rescinds,
            amends=sheet.amends,
            replaces=max(older, default=None),
            sha256=sheet.sha256,
            folder=str(folder),
            clauses=len(examined.outline.clauses),
            rules=rules,
            confidence=examined.confidence,
            unrecognised=tuple(squeeze(text[one.start : one.end]) for one in examined.lost),
            doubts=(*examined.doubts, *doubts(examined, sheet), *more),
        )


class _Intake:
    """One handing-in; ``_known`` is what is on file, with what it added."""

    def __init__(
        self, corpus: Path, kind: Path, today: date, given: Given, recorded: Recorder
    ) -> None:
        self._kind = kind
        self._today = today
        self._given = given
        self._recorded = recorded
        self._known = sheets(corpus)

    def each(
        self,
        handed: Sequence[Path],
        progress: Callable[[int, int], None],
        take: Callable[[_Looked], Outcome],
    ) -> Iterator[Outcome]:
        for done, path in enumerate(handed):
            progress(done, len(handed))
            looked = self._looked(path)
            yield looked if isinstance(looked, Outcome) else take(looked)
            progress(done + 1, len(handed))

    def shown(self, looked: _Looked) -> Outcome:
        """Return what would become of a file."""
        folder = self._folder(looked.sheet)
        self._known[folder] = looked.sheet
        return looked.outcome(folder, len(draft(looked.directive).rules))

    def put(self, looked: _Looked) -> Outcome:
        """Put a file into a folder of its own, which is there as a whole or not at all."""
        sheet, directive = looked.sheet, looked.directive
        rules = draft(directive)
        asked = Examples(
            number=sheet.number,
            reviewed_by=REVIEWED_BY,
            questions=drafted(directive, rules.rules),
        )
        folder = self._folder(sheet)
        content = looked.path.read_bytes()
        if hashlib.sha256(content).hexdigest() != sheet.sha256:
            return _refused(looked.path, "it was changed while it was read. Hand it in again.")
        with staging(self._kind) as staged:
            write(staged / sheet.file, content)
            write(staged / SHEET, as_toml(sheet).encode())
            write(staged / RULES, as_yaml(rules).encode())
            write(staged / QUESTIONS, as_yaml(asked).encode())
            more = _tied(staged, directive)
            place(staged, folder, self._recorded(Deed.ADDED, sheet))
        self._known[folder] = sheet
        return looked.outcome(folder, len(rules.rules), *more)

    def _looked(self, path: Path) -> "_Looked | Outcome":
        try:
            examined = examine(path)
            same = next((s for s in self._known.items() if s[1].sha256 == examined.sha256), None)
            if same is not None:
                return _on_file(path, *same)
            sheet = sheet_of(path, examined, self._given, self._today)
            versions = tuple(s for s in self._known.values() if s.number == sheet.number)
            refuse_another(path, sheet, versions, self._given)
        except IndexingError as error:
            return Outcome(file=_name(path), fate=Fate.REFUSED, why=str(error))
        except OSError as error:
            return _refused(path, f"{error.strerror or 'it cannot be read'}. Check the file.")
        except Exception as error:  # whatever a reader stumbles over, the other files go on
            _log.warning("A reader failed: %s", type(error).__name__)
            return _refused(path, "it cannot be read. Save it anew, or in another format.")
        return _Looked(path, sheet, examined, versions)

    def _folder(self, sheet: Sheet) -> Path:
        """Return a folder that is free: the number, and its day where that is taken."""
        names = (
            sheet.number,
            f"{sheet.number}-{sheet.effective}",
            f"{sheet.number}-{sheet.effective}-{sheet.sha256[:12]}",
        )
        free = [self._kind / name for name in names]
        return next((f for f in free if f not in self._known and not f.exists()), free[-1])


def _tied(staged: Path, directive: Directive) -> tuple[str, ...]:
    """Check the drafted reading as a start would; one that would stop it is not written."""
    try:
        reading(staged, directive, _NO_FACTS)
    except ReadingRefused:
        (staged / RULES).unlink()
        return ("Its reading could not be drafted into rules.yaml: it is quoted as it stands.",)
    return ()


def _on_file(path: Path, folder: Path, sheet: Sheet) -> Outcome:
    return Outcome(
        file=_name(path),
        fate=Fate.ON_FILE,
        why=f"The same file is on file as {sheet.name} of {sheet.effective}: nothing to do.",
        number=sheet.number,
        name=sheet.name,
        title=sheet.title,
        issued=sheet.issued,
        effective=sheet.effective,
        sha256=sheet.sha256,
        folder=str(folder),
    )


def _name(path: Path) -> str:
    """Return a path as text; a byte that is no character is shown as such."""
    return os.fsencode(path).decode("utf-8", "replace")


def _refused(path: Path, why: str) -> Outcome:
    return Outcome(file=_name(path), fate=Fate.REFUSED, why=f"Directive {path.name!r}: {why}")


def _below(folder: Path) -> Iterator[Path]:
    try:
        found = sorted(folder.iterdir())
    except OSError:
        found = []
        yield folder  # it is refused by name, as a file that cannot be read
    for path in found:
        if path.name.startswith("."):
            continue
        if not path.is_dir():
            yield path
        elif not path.is_symlink():
            yield from _below(path)
