"""A bureau to try the product with: invented people, in a database that goes with the process."""

import secrets
from dataclasses import dataclass
from pathlib import Path

from bot.approvals.bureau import Bureau, open_audit
from bot.config import Settings
from bot.database import Engine, open_database
from bot.roster.reading import sample
from bot.roster.roster import Roster
from bot.roster.store import Filed
from bot.wiring import Parts, make_bureau, utc_now

NAME = "Demonstration, no permission"
_FILE = "demonstration.sqlite3"


@dataclass(frozen=True)
class Rehearsal:
    """The bureau over the sample roster, and the database that it alone uses."""

    bureau: Bureau
    engine: Engine
    roster: Roster


def may_rehearse(settings: Settings, filed: Filed | None) -> bool:
    """Whether there is a demonstration: on this machine alone, without Slack and without a roster.

    ``filed`` is the roster in force. Where people are known, nobody may act as somebody else, not
    even as somebody invented.
    """
    return settings.loopback and not settings.slack and filed is None


def new_key() -> str:
    """Return a key to seal a demonstration's record with; it is kept nowhere."""
    return secrets.token_hex(32)


def rehearse(settings: Settings, parts: Parts, folder: Path, key: str) -> Rehearsal:
    """Return a bureau of its own in ``folder``, which is to be removed afterwards.

    Its papers call themselves a demonstration. Nothing of it is in the Department's record.
    """
    engine = open_database(f"sqlite:///{folder / _FILE}")
    roster = sample()
    audit = open_audit(engine, key, folder, utc_now)
    bureau = make_bureau(
        settings, parts.index, parts.links, engine, audit, lambda: roster, folder, NAME
    )
    return Rehearsal(bureau, engine, roster)
