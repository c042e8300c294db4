"""What was refused before it reached a request: links, forms of others, files. A line each."""

import logging
from collections.abc import Callable
from datetime import datetime

from bot.asker import Asker
from bot.audit.store import AuditStore
from bot.errors import LinkExpired, LinkRefused
from bot.throttle import Throttle

LINK, IMAGE = "request link", "image"
_A_MINUTE = 30
_log = logging.getLogger(__name__)


class Refusals:
    """Adds them to the record, so that somebody who tries doors leaves a trace.

    Beyond 30 a minute only the log says so: nobody fills the record by trying.
    """

    def __init__(self, audit: AuditStore, clock: Callable[[], datetime]) -> None:
        self._audit = audit
        self._lets = Throttle(_A_MINUTE, 60, lambda: clock().timestamp())

    def add(self, subject: str, why: str, who: Asker | None = None) -> None:
        """Record that something was refused, to whom it is known; raise DatabaseUnusable."""
        if not self._lets.lets("all"):
            _log.warning("A refusal (%s) was not recorded: there were too many.", subject)
            return
        actor = f"{who.team}/{who.user}" if who is not None and who.user else None
        with self._audit.recording() as recording:
            recording.add(subject, f"refused: {why}", actor=actor)


def why(refused: LinkRefused) -> str:
    """Return what the record says of a link that did not open."""
    return "an expired link" if isinstance(refused, LinkExpired) else "a link that is not genuine"
