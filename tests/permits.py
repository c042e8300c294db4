"""The bureau of an invented department over the real order, and one request's way through it."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from guides import CORPUS, QUESTIONS, NoGuide
from precinct import CHIEF_ONLY, asker, empty_database
from precinct import roster as precinct_roster

from bot.answer import ApprovalKind
from bot.approvals.bureau import Rules, open_audit, open_bureau
from bot.approvals.deed import Deed
from bot.approvals.event import Consent, Endorsement, Happened
from bot.approvals.guidance import Guidance
from bot.approvals.images import FOLDER, Images
from bot.approvals.progress import Progress
from bot.approvals.request import Colleague, Content
from bot.audit.chain import Sealed
from bot.database import open_database
from bot.links import Links, RequestReference
from bot.roster.roster import Roster
from index.library import Library, load

_UTC = ZoneInfo("UTC")
SECRET = "s" * 32
ADDRESS = "http://127.0.0.1:8514"
START = datetime(2030, 1, 31, 14, 30, tzinfo=UTC)
CLAUSES = ("II¶1", "IV.E.16", "IV.F.1")
CONTENT = Content.model_validate(
    {
        "material": "photo",
        "page": "my own",
        "platform": "Instagram",
        "account": "@range.days, public",
        "description": "Two officers beside a paper target. No weapon can be seen.",
        "exact_text": "Range day with the best partner.\nSee you all there!",
        "colleagues": (Colleague(name="Partner"), Colleague(name="Rookie")),
        "purpose": "To show a day at work.",
    }
)
LIBRARY = load(CORPUS)


class Asking(NoGuide):
    """A guide with the questions of the corpus, which finds nothing."""

    questions = QUESTIONS


class Permits:
    """A bureau over a database in a folder; the clock moves only when told."""

    def __init__(
        self, folder: Path, url: str | None = None, address: str = ADDRESS, sought: bool = False
    ) -> None:
        self.engine = open_database(url or empty_database(folder))
        self.now = START
        self.roster: Roster | None = precinct_roster()
        self.folder = folder
        self.library: Library = LIBRARY
        self.audit = open_audit(self.engine, SECRET, folder, self.clock)
        self.address = address
        self.sought = sought
        self.open()
        self._sent = 0

    def clock(self) -> datetime:
        """Return the time."""
        return self.now

    def open(self, library: Library | None = None) -> None:
        """Open the bureau, over other orders if some are given, as a restart does."""
        self.library = library or self.library
        seconds = self.now.timestamp()
        links = Links(self.address, SECRET, sign_reading=False, clock=lambda: seconds)
        self.bureau = open_bureau(
            engine=self.engine,
            audit=self.audit,
            library=self.library,
            links=links,
            guide=Asking(),
            roster=lambda: self.roster,
            rules=Rules(zone=_UTC, sought=self.sought, department="Invented Police Department"),
            clock=self.clock,
            images=Images(self.engine, self.audit, self.folder / FOLDER, self.clock, taking=True),
        )

    def send(
        self,
        content: Content = CONTENT,
        *,
        kind: ApprovalKind = ApprovalKind.BOTH,
        by: str = "officer",
    ) -> str:
        """Send a request and return its number."""
        self._sent += 1
        order = self.library.get("5.14")
        assert order is not None
        vouched = RequestReference(
            answer=f"answer {self._sent}",
            directive="5.14",
            sha256=order.sha256,
            clauses=CLAUSES,
            kind=kind,
            decided_by=CHIEF_ONLY,
            form=None,
            route=None,
        )
        sent = self.bureau.sending.send(vouched, order, content, asker(by), Guidance())
        return sent.reference

    def edit(self, number: str, content: Content) -> None:
        """Change the content of the officer's request."""
        request = self.bureau.store.by_reference(number)
        order = self.library.get("5.14")
        assert request is not None and order is not None
        self.bureau.sending.change(request, order, content, asker("officer"), Guidance())

    def act(self, number: str, by: str, kind: Happened, **more: object) -> Progress:
        """Do something to the version that stands."""
        request = self.bureau.store.by_reference(number)
        assert request is not None
        deed = Deed.model_validate({"kind": kind, "version": request.version, **more})
        return self.bureau.register.act(number, deed, asker(by))

    def grant(self, number: str, *, words: str | None = None, until: date | None = None) -> None:
        """Endorse it step by step, and grant it."""
        for by in ("sergeant", "lieutenant", "captain"):
            self.act(number, by, Happened.ENDORSED, endorsement=Endorsement.RECOMMENDED)
        self.act(number, "chief", Happened.GRANTED, words=words, until=until)

    def agree(self, number: str, *people: str) -> None:
        """Let people who are shown agree."""
        for by in people or ("partner", "rookie"):
            self.act(number, by, Happened.CONSENT, consent=Consent.AGREED)

    def granted(self, content: Content = CONTENT, **more: object) -> str:
        """Return the number of a request whose permission is in effect."""
        number = self.send(content)
        self.agree(number)
        self.grant(number, **more)  # type: ignore[arg-type]
        return number

    def path(self, number: str) -> str:
        """Return the path of the check page of a request's newest permission."""
        issued = self.bureau.slips.issued(number)
        assert issued is not None
        return self.bureau.slips.address(issued).removeprefix(self.address)

    def lines(self, subject: str | None = None) -> tuple[Sealed, ...]:
        """Return the lines of the record."""
        return self.audit.lines(subject)

    def pass_days(self, days: int) -> None:
        """Let days pass."""
        self.now += timedelta(days=days)

    def close(self) -> None:
        """Close the database."""
        self.engine.dispose()
