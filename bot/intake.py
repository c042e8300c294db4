"""Taking directives in and putting them in force, each with its line in the record."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.audit.store import AuditStore
from index.handed import Given
from index.intake import KIND, Outcome, take_in
from index.issuing import Issued, Proposed, issue, propose, remove, withdraw
from index.sheet import Sheet
from index.shelf import Deed, Recorder


@dataclass(frozen=True)
class Intake:
    """The policy unit's hand on the corpus; ``today`` returns the Department's day.

    ``actor`` is who does it where that is known, as at a page with sign-in. Every method raises as
    the function of its name in ``index`` does, and DatabaseUnusable; what cannot be recorded is
    not done.
    """

    corpus: Path
    audit: AuditStore
    today: Callable[[], date]

    def add(
        self,
        paths: Sequence[Path],
        *,
        given: Given | None = None,
        kind: str = KIND,
        dry_run: bool = False,
        progress: Callable[[int, int], None] = lambda done, total: None,
        actor: str | None = None,
    ) -> tuple[Outcome, ...]:
        """Put files on file as drafts, and return what became of each."""
        return take_in(
            paths,
            self.corpus,
            self.today(),
            given=given,
            kind=kind,
            dry_run=dry_run,
            progress=progress,
            recorded=self._recorder(actor),
        )

    def propose(
        self, number: str, *, effective: date | None = None, version: date | None = None
    ) -> Proposed:
        """Return what issuing a draft would change."""
        return propose(self.corpus, number, effective=effective, version=version)

    def issue(
        self,
        proposed: Proposed,
        reviewed_by: str,
        *,
        reading_reviewed: bool = False,
        actor: str | None = None,
    ) -> Issued:
        """Put a draft in force as it was proposed."""
        return issue(
            self.corpus,
            proposed,
            reviewed_by,
            reading_reviewed=reading_reviewed,
            recorded=self._recorder(actor),
        )

    def withdraw(
        self, number: str, *, version: date | None = None, actor: str | None = None
    ) -> Sheet:
        """Make an issued version a draft again before its day."""
        recorded = self._recorder(actor)
        return withdraw(self.corpus, number, self.today(), version=version, recorded=recorded)

    def remove(
        self, number: str, *, version: date | None = None, actor: str | None = None
    ) -> Sheet:
        """Delete a draft."""
        return remove(self.corpus, number, version=version, recorded=self._recorder(actor))

    def _recorder(self, actor: str | None) -> Recorder:
        def recorded(deed: Deed, sheet: Sheet) -> AbstractContextManager[object]:
            return self._line(deed, sheet, actor)

        return recorded

    @contextmanager
    def _line(self, deed: Deed, sheet: Sheet, actor: str | None) -> Iterator[None]:
        facts = {
            "number": sheet.number,
            "version": sheet.effective.isoformat(),
            "sha256": sheet.sha256,
            "reviewed_by": sheet.reviewed_by,
        }
        with self.audit.recording() as recording:
            recording.add(f"directive {sheet.number}", deed.value, actor=actor, facts=facts)
            yield
