"""Everything that takes, records and shows requests, put together over one database."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.approvals.desk import Desk, Guiding
from bot.approvals.dossier import Dossiers
from bot.approvals.due import NO_TIMES, Times
from bot.approvals.images import Images
from bot.approvals.outbox import Outbox
from bot.approvals.progress import Progress
from bot.approvals.register import Register
from bot.approvals.sending import Sending, wording_hash
from bot.approvals.slips import Slips
from bot.approvals.store import RequestStore
from bot.audit.chain import audit_key
from bot.audit.checkpoints import Checkpoints
from bot.audit.refusals import Refusals
from bot.audit.store import AuditStore
from bot.database import Engine
from bot.links import Links
from bot.roster.roster import Roster
from index.library import Library

CHECKPOINTS = "audit-checkpoints.txt"


@dataclass(frozen=True)
class Bureau:
    """The desk takes requests, the register records what happens to them, dossiers show them."""

    store: RequestStore
    desk: Desk
    sending: Sending
    register: Register
    dossiers: Dossiers
    outbox: Outbox
    audit: AuditStore
    slips: Slips
    images: Images | None
    roster: Callable[[], Roster | None]


@dataclass(frozen=True)
class Rules:
    """What the Department set: its times, whether asking for consent is enough, its time zone.

    ``department`` is its name as papers have it; ``keep_questions``: the words of every question.
    """

    zone: ZoneInfo
    times: Times = NO_TIMES
    sought: bool = False
    department: str = "The Department"
    keep_questions: bool = False


def open_audit(
    engine: Engine, secret: str, folder: Path, clock: Callable[[], datetime]
) -> AuditStore:
    """Return the record over a database, with its checkpoints in ``folder``."""
    key = audit_key(secret)
    return AuditStore(engine, key, Checkpoints(folder / CHECKPOINTS, key), clock)


def open_bureau(
    *,
    engine: Engine,
    audit: AuditStore,
    library: Library,
    links: Links,
    guide: Guiding,
    roster: Callable[[], Roster | None],
    rules: Rules,
    clock: Callable[[], datetime],
    images: Images | None = None,
) -> Bureau:
    """Return the bureau over a migrated database; ``roster`` returns the one in force.

    Without ``images`` none is taken or shown.
    """

    def name(number: str) -> str:
        directive = library.get(number)
        return directive.name if directive is not None else number

    def wording(now: Progress) -> str:
        directive = library.get(now.directive)
        return wording_hash(directive, now.clauses) if directive is not None else ""

    store = RequestStore(engine, clock, keep_questions=rules.keep_questions)
    register = Register(
        audit=audit, roster=roster, name=name, wording=wording, zone=rules.zone, times=rules.times
    )
    sending = Sending(
        store=store,
        register=register,
        audit=audit,
        roster=roster,
        sought=rules.sought,
        images=images,
    )
    return Bureau(
        store=store,
        desk=Desk(store, links, library, guide, sending, Refusals(audit, clock), images),
        sending=sending,
        register=register,
        dossiers=Dossiers(
            engine=engine, store=store, roster=roster, name=name, clock=clock, zone=rules.zone
        ),
        outbox=Outbox(engine),
        audit=audit,
        slips=Slips(
            engine=engine,
            store=store,
            library=library,
            questions=guide.questions,
            roster=roster,
            address=links.address,
            department=rules.department,
            clock=clock,
            zone=rules.zone,
        ),
        images=images,
        roster=roster,
    )
