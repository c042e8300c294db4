"""The record in the database: a line is added in the transaction of the change that it tells of."""

import logging
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime

import sqlalchemy as sa
from pydantic import JsonValue

from bot.audit.chain import FIRST, Fault, Head, Line, Sealed, Verified, seal, verify, words_hash
from bot.audit.checkpoints import Checkpoints
from bot.database import METADATA, Moment, reading, transaction
from bot.errors import DatabaseUnusable

AUDIT = sa.Table(
    "audit",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("subject", sa.String(80), nullable=False, index=True),
    sa.Column("kind", sa.String(80), nullable=False),
    sa.Column("actor", sa.String(200)),
    sa.Column("facts", sa.JSON, nullable=False),
    sa.Column("words", sa.String(64)),
    sa.Column("seal", sa.String(64), nullable=False),
)
WORDS = sa.Table(
    "audit_words",
    METADATA,
    sa.Column("number", sa.Integer, sa.ForeignKey("audit.number"), primary_key=True),
    sa.Column("salt", sa.String(64), nullable=False),
    sa.Column("words", sa.Text, nullable=False),
)
HEAD = sa.Table(
    "audit_head",
    METADATA,
    sa.Column("one", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("seal", sa.String(64), nullable=False),
)
_log = logging.getLogger(__name__)


class Recording:
    """One transaction that changes something and adds its lines; see ``AuditStore.recording``."""

    def __init__(
        self, connection: sa.Connection, key: bytes, head: Head, clock: Callable[[], datetime]
    ) -> None:
        self.connection = connection
        self.head = head
        self.at = clock().astimezone(UTC)
        self._key = key

    def add(
        self,
        subject: str,
        kind: str,
        *,
        actor: str | None = None,
        facts: Mapping[str, JsonValue] | None = None,
        words: str | None = None,
    ) -> Head:
        """Add a line and return the head after it; ``words`` are kept beside the chain."""
        salt = secrets.token_hex(16)
        line = Line(
            number=self.head.number + 1,
            at=self.at,
            subject=subject,
            kind=kind,
            actor=actor,
            facts=facts or {},
            words=None if words is None else words_hash(salt, words),
        )
        self.head = Head(number=line.number, seal=seal(self._key, self.head.seal, line))
        row = {**line.model_dump(), "seal": self.head.seal}
        self.connection.execute(sa.insert(AUDIT).values(row))
        if words is not None:
            kept = {"number": line.number, "salt": salt, "words": words}
            self.connection.execute(sa.insert(WORDS).values(kept))
        return self.head


class AuditStore:
    """The chain in the database and its checkpoints beside it; ``clock`` has its zone."""

    def __init__(
        self,
        engine: sa.Engine,
        key: bytes,
        checkpoints: Checkpoints,
        clock: Callable[[], datetime],
    ) -> None:
        self._engine = engine
        self._key = key
        self._checkpoints = checkpoints
        self._clock = clock

    @contextmanager
    def recording(self) -> Iterator[Recording]:
        """Yield a transaction that may add lines; one at a time writes, in every process.

        Nothing is kept if it raises. After it the head stands in the file of checkpoints; if that
        cannot be written, the change stays and the log says so. Before the first line the file says
        that there is none, so that no record is without checkpoints. Raises DatabaseUnusable.
        """
        with transaction(self._engine) as connection:
            before = self._locked(connection)
            recording = Recording(connection, self._key, before, self._clock)
            yield recording
            if recording.head != before:
                if not before.number:
                    self._point(before)
                changed = sa.update(HEAD).values(recording.head.model_dump())
                connection.execute(changed)
        if recording.head != before:
            self._point(recording.head)

    @contextmanager
    def reading(self) -> Iterator[tuple[sa.Connection, datetime]]:
        """Yield a transaction that only reads, and its time; raise DatabaseUnusable."""
        with reading(self._engine) as connection:
            yield connection, self._clock().astimezone(UTC)

    def lines(self, subject: str | None = None) -> tuple[Sealed, ...]:
        """Return the lines about one subject, or all, in their order."""
        with reading(self._engine) as connection:
            return every_line(connection) if subject is None else lines_of(connection, subject)

    def lately(self, about: str, most: int) -> tuple[Line, ...]:
        """Return the newest lines about subjects that begin with a word, the newest first."""
        begins = AUDIT.c.subject.startswith(about, autoescape=True)
        chosen = sa.select(AUDIT).where(begins).order_by(AUDIT.c.number.desc()).limit(most)
        with reading(self._engine) as connection:
            rows = connection.execute(chosen).all()
        return tuple(_sealed(dict(row._mapping)).line for row in rows)

    def words(self) -> dict[int, tuple[str, str]]:
        """Return salt and words that are kept, by line number."""
        with reading(self._engine) as connection:
            return words_of(connection)

    def verify(self) -> Verified:
        """Return what a check of the whole chain finds; raise CheckpointsUnreadable.

        Its head in the database must be its last line, and a record has checkpoints.
        """
        points = self._checkpoints.read()
        with reading(self._engine) as connection:
            lines, written = every_line(connection), words_of(connection)
            head = connection.execute(sa.select(HEAD)).first()
        found = verify(self._key, lines, written, points)
        last = lines[-1] if lines else None
        ended = (last.line.number, last.seal) if last is not None else (0, FIRST)
        faults = [*found.faults]
        if head is None or (head.number, head.seal) != ended:
            what = "the record's head in the database is not its last line"
            faults.append(Fault(number=ended[0], what=what))
        if lines and not points:
            faults.append(Fault(number=0, what="there are no checkpoints; compare the backup"))
        return found.model_copy(update={"faults": tuple(faults)})

    def _locked(self, connection: sa.Connection) -> Head:
        """Return the head, which nobody else can move until this transaction ends."""
        row = connection.execute(sa.select(HEAD).with_for_update()).first()
        if row is None:
            raise DatabaseUnusable(
                "The audit record has lost its head. Restore the database from its backup, then "
                "run 'policybot audit verify'."
            )
        return Head(number=row.number, seal=row.seal)

    def _point(self, head: Head) -> None:
        try:
            self._checkpoints.add(head, self._clock())
        except OSError as error:
            _log.error(
                "The audit checkpoint %d was not written (%s). Check the folder and its space.",
                head.number,
                type(error).__name__,
            )


def lines_of(connection: sa.Connection, *subjects: str) -> tuple[Sealed, ...]:
    """Return the lines about some subjects in their order, as this transaction sees them."""
    chosen = sa.select(AUDIT).where(AUDIT.c.subject.in_(subjects))
    return _lines(connection, chosen)


def every_line(connection: sa.Connection) -> tuple[Sealed, ...]:
    """Return the whole chain, as this transaction sees it."""
    return _lines(connection, sa.select(AUDIT))


def words_of(
    connection: sa.Connection, numbers: tuple[int, ...] | None = None
) -> dict[int, tuple[str, str]]:
    """Return salt and words that are kept, of some lines or of all, by line number."""
    chosen = sa.select(WORDS)
    if numbers is not None:
        chosen = chosen.where(WORDS.c.number.in_(numbers))
    rows = connection.execute(chosen)
    return {row.number: (row.salt, row.words) for row in rows}


def erase_words(connection: sa.Connection, numbers: tuple[int, ...]) -> int:
    """Erase what was written beside some lines and return how many had words; the lines stay."""
    gone = sa.delete(WORDS).where(WORDS.c.number.in_(numbers))
    return connection.execute(gone).rowcount


def _lines(connection: sa.Connection, chosen: sa.Select[tuple[object, ...]]) -> tuple[Sealed, ...]:
    rows = connection.execute(chosen.order_by(AUDIT.c.number))
    return tuple(_sealed(dict(row._mapping)) for row in rows)


def _sealed(row: dict[str, object]) -> Sealed:
    mark = str(row.pop("seal"))
    return Sealed(line=Line.model_validate(row), seal=mark)
