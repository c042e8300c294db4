"""The moments of a question's life, and of a letter's, at which a process may die, by name.

Between two of them nothing is written and Slack is not called. The tests kill a process at each.
"""

from collections.abc import Callable
from enum import StrEnum


class Point(StrEnum):
    """Before and after every write and every call to Slack, in the order in which they come.

    One is within a transaction, to show that none of it is left.

    The status is shown beside the work on the answer, so that its point may come later.
    """

    RECEIVED = "received, nothing written"
    HEARD = "decided and being written, not committed"
    ACCEPTED = "in the inbox, not acknowledged"
    ACKNOWLEDGED = "acknowledged, nothing done"
    TAKEN_UP = "taken over from a process that died"
    SOUGHT = "looked whether an answer stands"
    STATUS_SHOWN = "status shown"
    HISTORY_READ = "earlier questions read"
    ANSWERED = "answered in memory"
    DRAFT_KEPT = "draft kept"
    WARNING = "about to warn the asker alone, and recorded as such"
    WARNED = "Slack took the warning, not recorded"
    POSTING = "about to post, and recorded as such"
    REFUSED = "Slack took nothing, not recorded"
    POSTPONED = "put off, and recorded as such"
    POSTED = "Slack took the answer, not recorded"
    FAILED = "failed, nobody told"
    TOLD = "asker told of the failure, not recorded"
    DONE = "inbox row deleted"
    GREETED = "first-use notice recorded"
    TITLED = "thread named"


class LetterPoint(StrEnum):
    """The moments of a letter: the news of a request that one person is told."""

    CARD_TAKEN = "taken, nothing posted"
    CARD_SOUGHT = "looked whether the card stands"
    CARD_POSTED = "Slack took the card, not recorded"
    CARD_RECORDED = "card recorded, letter not struck out"
    CARD_DONE = "letter struck out"


class SharePoint(StrEnum):
    """Before and after every write and every call to Slack while a private answer is shared."""

    BEGUN = "about to be shared, and recorded as such"
    SOUGHT = "looked whether it was shared before"
    TAKEN = "Slack took the shared answer, not recorded"
    RECORDED = "recorded as shared, its asker not told"


Checkpoint = Callable[[Point | LetterPoint | SharePoint], None]


def passing(point: Point | LetterPoint | SharePoint) -> None:
    """Let the moment pass."""
