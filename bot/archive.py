"""What the commands read and keep: requests, record, rosters, permissions; it needs no index."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.approvals.account import Entry, account, changed_contents, changed_images
from bot.approvals.deed import NoSuchRequest
from bot.approvals.handing import Asked, Handing, hand_out
from bot.approvals.images import Images
from bot.approvals.request import Request
from bot.approvals.slips import Slips
from bot.approvals.store import RequestStore
from bot.audit.chain import Verified
from bot.audit.holds import held
from bot.audit.store import AuditStore
from bot.database import Engine, reading
from bot.errors import AssistantError
from bot.roster.roster import Roster
from bot.roster.store import Rosters
from index.request import Questions


class RecordUnreadable(AssistantError):
    """The record holds rows that were not written by the assistant."""


@dataclass(frozen=True)
class Archive:
    """The parts, over one migrated database; ``department`` and ``zone`` are the Department's."""

    engine: Engine
    store: RequestStore
    audit: AuditStore
    rosters: Rosters
    slips: Slips
    images: Images
    questions: Questions
    department: str
    zone: ZoneInfo
    clock: Callable[[], datetime]

    def roster(self) -> Roster | None:
        """Return the roster in force."""
        filed = self.rosters.in_force()
        return filed.roster if filed is not None else None

    def request(self, number: str) -> Request:
        """Return a request; raise NoSuchRequest."""
        found = self.store.by_reference(number)
        if found is None:
            raise NoSuchRequest(
                f"Request {number!r} is not on file. See 'policybot requests list'."
            )
        return found

    def account(self, request: Request) -> tuple[Entry, ...]:
        """Return what happened to a request."""
        with reading(self.engine) as connection:
            return account(connection, request, self.roster())

    def held(self) -> frozenset[str]:
        """Return the numbers of the requests on hold."""
        with reading(self.engine) as connection:
            return held(connection)

    def verify(self) -> Verified:
        """Return what a check of the record finds, and of the contents that it names.

        Raise RecordUnreadable where a row is not of its form at all.
        """
        try:
            found = self.audit.verify()
            if found.faults:
                return found
            with reading(self.engine) as connection:
                requests = self.store.all()
                changed = (
                    *changed_contents(connection, requests),
                    *changed_images(connection, requests, self.images.whole),
                )
        except (ValueError, TypeError, LookupError) as error:
            raise RecordUnreadable(
                "The record cannot be read: a row is not of its form. Compare it with a backup."
            ) from error
        vouched = min((found.vouched, *(fault.number - 1 for fault in changed)))
        return found.model_copy(update={"faults": changed, "vouched": vouched})

    def hand_out(self, asked: Asked, folder: Path) -> Handing:
        """Write a packet into a folder and record that it was made; raise as ``hand_out``."""
        holds = self.held()
        return hand_out(
            asked,
            folder,
            audit=self.audit,
            store=self.store,
            images=self.images,
            roster=self.roster(),
            held=holds,
            department=self.department,
            zone=self.zone,
            verified=self.verify(),
        )
