"""A permission as issued: a code made at random with the grant, and the line that granted it."""

import hmac
import secrets
from datetime import datetime

import sqlalchemy as sa
from pydantic import BaseModel

from bot.approvals.event import Event
from bot.audit.store import Recording
from bot.database import METADATA, Connection, Moment
from index.directive import FROZEN

SLIPS = sa.Table(
    "slips",
    METADATA,
    sa.Column("request", sa.String(20), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("code", sa.String(40), nullable=False),
    sa.Column("line", sa.Integer, nullable=False),
    sa.Column("made", Moment, nullable=False),
)
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
SIGNS = 20  # of 31 each: 99 bits
_NOBODY = b"-" * SIGNS


class Issued(BaseModel):
    """A permission's mark: the code of its check page, and the line that granted it."""

    model_config = FROZEN

    request: str
    version: int
    code: str
    line: int
    made: datetime


def issue(recording: Recording, granted: Event, line: int) -> None:
    """Make the code of a permission, in the transaction that grants it."""
    row = {
        "request": granted.request,
        "version": granted.version,
        "code": "".join(secrets.choice(ALPHABET) for _ in range(SIGNS)),
        "line": line,
        "made": recording.at,
    }
    recording.connection.execute(sa.insert(SLIPS).values(row))


def found(connection: Connection, number: str, code: str) -> Issued | None:
    """Return the permission of a number and its code, or None; a code is compared in constant time.

    Without a permission of that number a code is compared all the same.
    """
    rows = connection.execute(sa.select(SLIPS).where(SLIPS.c.request == number.upper())).all()
    given = code.upper().encode()
    codes = [row.code.encode() for row in rows] or [_NOBODY]
    same = [hmac.compare_digest(one, given) for one in codes]
    return next((_issued(row) for row, is_it in zip(rows, same, strict=False) if is_it), None)


def newest(connection: Connection, number: str) -> Issued | None:
    """Return the newest permission of a request, or None before one was granted."""
    chosen = sa.select(SLIPS).where(SLIPS.c.request == number.upper())
    row = connection.execute(chosen.order_by(SLIPS.c.version.desc()).limit(1)).first()
    return _issued(row) if row is not None else None


def _issued(row: sa.Row[tuple[object, ...]]) -> Issued:
    return Issued.model_validate(dict(row._mapping))
