"""Images on the Department's own disk: each file whole, under its SHA-256, beside the database.

A row says for which answer's request a file is kept. One that was never sent is kept until its
draft expires, one that was sent as long as the words of its request. The row comes before the file
and goes after it, so none is left over; a file that no row names is not ours to remove.
"""

import hashlib
import logging
import os
import re
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from bot.approvals.image import Image, ImageGone, ImageRefused
from bot.approvals.store import DRAFTS, REQUESTS
from bot.audit.store import AuditStore
from bot.database import METADATA, Connection, Engine, Moment, reading
from bot.links import REQUEST_SECONDS

FOLDER = "attachments"
MOST_UNSENT = 5  # for one answer; the oldest makes room
_NAME = re.compile(r"[0-9a-f]{64}")
_PART = ".part"
_GONE = "The image is missing on the Department's disk, or is not the one that was sent."
_NO_ROOM = (
    "The image could not be written to the Department's disk. Nothing else is lost. Tell whoever "
    "runs the assistant, and try again later."
)
_IMAGES = sa.Table(
    "images",
    METADATA,
    sa.Column("answer", sa.String(40), primary_key=True),
    sa.Column("sha256", sa.String(64), primary_key=True),
    sa.Column("image", sa.JSON, nullable=False),
    sa.Column("taken", Moment, nullable=False),
    sa.Column("expires", Moment, index=True),
)
_log = logging.getLogger(__name__)


class Images:
    """Keeps the files; ``taking``: new ones are taken. What is on file is shown and kept anyway.

    Files are written and removed under the one lock of the record, so that none goes while it
    comes: in every process.
    """

    def __init__(
        self,
        engine: Engine,
        audit: AuditStore,
        folder: Path,
        clock: Callable[[], datetime],
        *,
        taking: bool = False,
    ) -> None:
        self.taking = taking
        self._engine = engine
        self._audit = audit
        self._folder = folder
        self._clock = clock
        self._decoding = threading.Lock()

    def take(self, answer: str, data: bytes, until: datetime | None = None) -> Image:
        """Keep a file for an answer's request, and return what it is.

        It goes at ``until``, or in a day, unless the request is sent with it. Raise ImageRefused.
        """
        from bot.approvals import pixels

        if not self.taking:
            raise ImageRefused("No image is taken here.")
        with self._decoding:
            seen = pixels.look(data)
        sha256 = hashlib.sha256(data).hexdigest()
        image = Image(sha256=sha256, size=len(data), **seen._asdict())
        with self._audit.recording() as recording:
            self._note(recording.connection, answer, image, until)
        try:
            with self._audit.recording():
                self._write(data, self._folder / sha256)
        except OSError as error:
            _log.error("An image was not written: %s. Check the disk.", type(error).__name__)
            raise ImageRefused(_NO_ROOM) from error
        return image

    def find(self, answer: str, sha256: str) -> Image | None:
        """Return the image of an answer's request, None where it is not kept for it."""
        if not _NAME.fullmatch(sha256):
            return None
        unexpired = _IMAGES.c.expires.is_(None) | (_IMAGES.c.expires > self._clock())
        chosen = sa.select(_IMAGES.c.image).where(_of(answer, sha256), unexpired)
        with reading(self._engine) as connection:
            found = connection.execute(chosen).scalar()
        there = found is not None and self._path(sha256).is_file()
        return Image.model_validate(found) if there else None

    def keep(self, connection: Connection, answer: str, image: Image) -> None:
        """Keep an image with the request that is sent in this transaction; raise ImageGone.

        Other images of it that were never sent go.
        """
        kept = sa.update(_IMAGES).where(_of(answer, image.sha256)).values(expires=None)
        if connection.execute(kept).rowcount != 1 or not self._path(image.sha256).is_file():
            raise ImageGone("The image is not kept any more. Add it again.")
        unsent = (_IMAGES.c.answer == answer) & _IMAGES.c.expires.is_not(None)
        connection.execute(sa.update(_IMAGES).where(unsent).values(expires=self._clock()))

    def data(self, sha256: str) -> bytes:
        """Return a file as it was sent; raise ImageGone where it is missing or another."""
        try:
            data = self._path(sha256).read_bytes()
        except OSError as error:
            raise ImageGone(_GONE) from error
        if hashlib.sha256(data).hexdigest() != sha256:
            raise ImageGone(_GONE)
        return data

    def whole(self, sha256: str) -> bool:
        """Whether a file is there as it was sent."""
        try:
            self.data(sha256)
        except ImageGone:
            return False
        return True

    def shown(self, sha256: str) -> tuple[str, bytes]:
        """Return an image as a page shows it: its media type and its bytes; raise ImageGone."""
        from bot.approvals import pixels

        data = self.data(sha256)
        try:
            with self._decoding:
                found = pixels.drawn(data)
        except ImageRefused as error:
            raise ImageGone(_GONE) from error
        return found.kind.value, found.data

    @staticmethod
    def forget(connection: Connection, answer: str, at: datetime) -> None:
        """Keep nothing for an answer's request any more; ``sweep`` removes the files afterwards."""
        its = _IMAGES.c.answer == answer
        connection.execute(sa.update(_IMAGES).where(its).values(expires=at))

    def sweep(self) -> int:
        """Remove what is kept for nothing any more, and return how many files that were."""
        unwanted = self._unwanted()
        gone = sa.select(_IMAGES.c.sha256).where(unwanted)
        with reading(self._engine) as connection:
            if connection.execute(gone).first() is None:
                return 0
        with self._audit.recording() as recording:
            connection = recording.connection
            kept = sa.select(_IMAGES.c.sha256).where(~unwanted)
            found = {*connection.execute(gone).scalars()} - {*connection.execute(kept).scalars()}
            for sha256 in found:
                self._path(sha256).unlink(missing_ok=True)
                self._path(sha256).with_suffix(_PART).unlink(missing_ok=True)
            if found and self._folder.is_dir():
                self._settle()
            connection.execute(sa.delete(_IMAGES).where(unwanted))
        return len(found)

    def _unwanted(self) -> sa.ColumnElement[bool]:
        """Rows that expired, and those never sent whose draft was deleted."""
        drafted = sa.exists().where(DRAFTS.c.answer == _IMAGES.c.answer)
        requested = sa.exists().where(REQUESTS.c.answer == _IMAGES.c.answer)
        expired = _IMAGES.c.expires <= self._clock()
        left = ~(drafted | requested)
        return sa.and_(_IMAGES.c.expires.is_not(None), expired | left)

    def _note(
        self, connection: Connection, answer: str, image: Image, until: datetime | None
    ) -> None:
        there = sa.select(_IMAGES.c.expires).where(_of(answer, image.sha256))
        found = connection.execute(there).first()
        if found is not None and found.expires is None:
            return  # it is the image of the request as it was sent
        now = self._clock()
        row = {
            "answer": answer,
            "sha256": image.sha256,
            "image": image.model_dump(mode="json"),
            "taken": now,
            "expires": until or now + timedelta(seconds=REQUEST_SECONDS),
        }
        connection.execute(sa.delete(_IMAGES).where(_of(answer, image.sha256)))
        connection.execute(sa.insert(_IMAGES).values(row))
        unsent = (_IMAGES.c.answer == answer) & _IMAGES.c.expires.is_not(None)
        chosen = sa.select(_IMAGES.c.sha256).where(unsent, _IMAGES.c.sha256 != image.sha256)
        older = connection.execute(chosen.order_by(_IMAGES.c.taken.desc())).scalars().all()
        for sha256 in older[MOST_UNSENT - 1 :]:
            connection.execute(sa.update(_IMAGES).where(_of(answer, sha256)).values(expires=now))

    def _write(self, data: bytes, path: Path) -> None:
        """Write a file, for its owner alone; it is there whole, on the disk, or not at all."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = path.with_suffix(_PART)
        part.unlink(missing_ok=True)
        try:
            with os.fdopen(
                os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb"
            ) as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
            self._settle()
        finally:
            part.unlink(missing_ok=True)

    def _settle(self) -> None:
        """Have the folder itself on the disk: which files there are."""
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _path(self, sha256: str) -> Path:
        if not _NAME.fullmatch(sha256):
            raise ImageGone(_GONE)
        return self._folder / sha256


def _of(answer: str, sha256: str) -> sa.ColumnElement[bool]:
    return (_IMAGES.c.answer == answer) & (_IMAGES.c.sha256 == sha256)
