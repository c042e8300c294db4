"""An invented department, its register in a database, and the people who act in it."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from backends import ON_SERVERS, address
from databases import migrated_file

from bot.answer import ApprovalKind
from bot.approvals.deed import Deed
from bot.approvals.due import NO_TIMES, Times
from bot.approvals.event import Event, Happened
from bot.approvals.history import history
from bot.approvals.outbox import Outbox
from bot.approvals.progress import Progress, progress
from bot.approvals.register import Register
from bot.approvals.request import Content, Material
from bot.approvals.store import REQUESTS
from bot.asker import Asker, Surface
from bot.audit.chain import audit_key
from bot.audit.checkpoints import Checkpoints
from bot.audit.store import AuditStore
from bot.database import open_database, reading
from bot.roster.person import Person, SlackIdentity
from bot.roster.roster import Delegate, Post, Roster, RouteStep

TEAM = "T0PRECINCT"
CHIEF_ONLY = "the Chief of Police"
WITH_DESIGNEE = "the Chief of Police or his or her designee"
WORDS = "2" * 64
CONTENT = Content(material=Material.PHOTO, platform="a page", description="a picture")
START = datetime(2030, 1, 31, 8, 30, tzinfo=UTC)
RANKS = ("Officer", "Sergeant", "Lieutenant", "Captain", "Chief")
STAFF = {
    "officer": ("Officer", "sergeant"),
    "partner": ("Officer", "sergeant"),
    "rookie": ("Officer", "sergeant"),
    "sergeant": ("Sergeant", "lieutenant"),
    "lieutenant": ("Lieutenant", "captain"),
    "captain": ("Captain", "chief"),
    "deputy": ("Captain", "chief"),
    "chief": ("Chief", None),
}
PEOPLE = (*STAFF, "stranger")


def asker(name: str) -> Asker:
    """Return somebody as Slack names them."""
    return Asker(surface=Surface.SLACK, team=TEAM, user=f"U0{name.upper()}")


def roster(*, gone: tuple[str, ...] = (), delegate: bool = True) -> Roster:
    """Return the roster: a chief, a chain of three below, and the deputy as the designee."""
    people = tuple(
        Person(
            id=name,
            name=name.title(),
            rank=rank,
            unit="Patrol",
            supervisor="chief-post" if above == "chief" else above,
            active=name not in gone,
            slack=(SlackIdentity(team=TEAM, user=f"U0{name.upper()}"),),
        )
        for name, (rank, above) in STAFF.items()
    )
    chief = Post(
        id="chief-post",
        name="Chief of Police",
        holder="chief",
        answers_to=("Chief of Police", "Chief executive"),
        decides=True,
    )
    stands_in = Delegate.model_validate(
        {
            "post": "chief-post",
            "person": "deputy",
            "from": date(2029, 1, 1),
            "until": date(2039, 1, 1),
        }
    )
    route = tuple(RouteStep(rank=rank) for rank in ("Sergeant", "Lieutenant", "Captain"))
    return Roster(
        ranks=RANKS,
        people=people,
        posts=(chief,),
        delegates=(stands_in,) if delegate else (),
        route=route,
    )


def with_policy_unit(made: Roster, holder: str = "deputy") -> Roster:
    """Return a roster on which somebody is the policy unit."""
    unit = Post(id="policy", name="Policy Unit", holder=holder, policy_unit=True)
    return made.model_copy(update={"posts": (*made.posts, unit)})


def empty_database(folder: Path) -> str:
    """Return the address of a new database in a folder, with the newest schema."""
    path = folder / "precinct.sqlite3"
    if ON_SERVERS:
        return address(path)
    path.write_bytes(migrated_file())
    return f"sqlite:///{path}"


class Precinct:
    """A register over a database of its own; the clock moves only when told."""

    def __init__(self, url: str, folder: Path, times: Times = NO_TIMES) -> None:
        self.engine = open_database(url)
        self.now = START
        self.roster: Roster | None = roster()
        key = audit_key("a secret of this test")
        points = Checkpoints(folder / "checkpoints.txt", key)
        self.audit = AuditStore(self.engine, key, points, lambda: self.now)
        self.outbox = Outbox(self.engine)
        self.register = Register(
            audit=self.audit,
            roster=lambda: self.roster,
            name="GO {}".format,
            wording=lambda now: self.words,
            zone=ZoneInfo("UTC"),
            times=times,
        )
        self.words = WORDS
        self._sent = 0

    @property
    def today(self) -> date:
        """The department's date."""
        return self.now.date()

    def pass_days(self, days: int) -> None:
        """Let days pass, or jump back."""
        self.now += timedelta(days=days)

    def send(
        self,
        *,
        requester: str = "officer",
        people: tuple[str, ...] = ("partner", "rookie"),
        kind: ApprovalKind = ApprovalKind.BOTH,
        authority: str = CHIEF_ONLY,
        last_day: date | None = None,
        sought: bool = False,
    ) -> str:
        """Send a request and return its number."""
        self._sent += 1
        number = f"R-{self._sent:08}"
        event = Event(
            request=number,
            kind=Happened.SENT,
            at=self.now,
            version=1,
            actor=requester,
            approval=kind,
            content="1" * 64,
            directive="5.14",
            clauses=("IV.E.16",),
            wording=WORDS,
            authorities=(authority,),
            people=people,
            last_day=last_day,
            sought=sought,
        )
        with self.audit.recording() as recording:
            recording.connection.execute(sa.insert(REQUESTS).values(self._row(number, requester)))
            self.register.begin(recording, event)
        return number

    def edit(
        self,
        request: str,
        by: str,
        *,
        version: int,
        people: tuple[str, ...],
        last_day: date | None = None,
    ) -> Progress:
        """Change the content of a request."""
        now = self.standing(request)
        event = Event(
            request=request,
            kind=Happened.EDITED,
            at=self.now,
            version=version,
            actor=by,
            approval=now.approval,
            content=f"{version:064}",
            directive=now.directive,
            clauses=now.clauses,
            wording=now.wording,
            authorities=now.authorities,
            people=people,
            last_day=last_day,
            sought=now.sought,
        )
        with self.audit.recording() as recording:
            return self.register.revise(recording, event)

    def act(self, request: str, by: str, kind: Happened, **more: object) -> Progress:
        """Do something to the version that stands, or to another one that is named."""
        version = more.pop("version", None) or self.standing(request).version
        deed = Deed.model_validate({"kind": kind, "version": version, **more})
        return self.register.act(request, deed, asker(by))

    def events(self, request: str) -> tuple[Event, ...]:
        """Return what happened to a request."""
        with reading(self.engine) as connection:
            return history(connection, request)

    def standing(self, request: str) -> Progress:
        """Return where a request stands."""
        return progress(self.events(request))

    def row(self, request: str) -> sa.Row[tuple[object, ...]]:
        """Return what lists show of a request."""
        with reading(self.engine) as connection:
            return connection.execute(
                sa.select(REQUESTS).where(REQUESTS.c.reference == request)
            ).one()

    def told(self) -> list[tuple[str, str]]:
        """Return whom something is to be told, and what, the oldest first; nothing is kept."""
        letters = self.outbox.take(self.now, most=1000)
        for letter in letters:
            self.outbox.done(letter)
        return [(letter.person, letter.about.value) for letter in letters]

    def close(self) -> None:
        """Close the database."""
        self.engine.dispose()

    def _row(self, number: str, requester: str) -> dict[str, object]:
        who = asker(requester)
        return {
            "reference": number,
            "answer": f"answer of {number}",
            "created": self.now,
            "surface": who.surface.value,
            "team": who.team,
            "user": who.user,
            "directive": "5.14",
            "effective": date(2019, 9, 10),
            "sha256": "3" * 64,
            "clauses": ["IV.E.16"],
            "kind": "both",
            "content": CONTENT.model_dump(mode="json"),
            "state": "sent",
        }


Opened = Callable[[], Precinct]
