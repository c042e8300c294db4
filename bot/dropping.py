"""Why a chat model's phrasing was dropped for the rules' answer: a closed list, and its counts."""

from collections import Counter
from enum import StrEnum
from threading import Lock

from bot.errors import AssistantError


class Dropped(StrEnum):
    """The reason; the call first, then the form of the reply, its clauses, and its words."""

    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    RATE_LIMITED = "rate_limited"
    CALL_REFUSED = "call_refused"
    SERVER_ERROR = "server_error"
    CALL_FAILED = "call_failed"
    EMPTY = "empty"
    NOT_JSON = "not_json"
    WRONG_SHAPE = "wrong_shape"
    UNKNOWN_CLAUSE = "unknown_clause"
    LOST_CLAUSE = "lost_clause"
    UNGROUNDED = "ungrounded"
    TOO_LONG = "too_long"
    MARKUP = "markup"
    LANGUAGE = "language"
    ALTERED_QUOTE = "altered_quote"
    UNCITED_CLAUSE = "uncited_clause"
    LEAKED_PROMPT = "leaked_prompt"
    INSTRUCTED = "instructed"
    LEGAL_ADVICE = "legal_advice"
    CLAIMS_PERMISSION = "claims_permission"
    CONTRADICTS = "contradicts"
    INVENTS = "invents"
    STRAYS = "strays"


class Drop(AssistantError):
    """A reply that is not used; it holds the reason and nothing of the reply or the question."""

    def __init__(self, reason: Dropped) -> None:
        super().__init__(reason.value)
        self.reason = reason


class Drops:
    """How often each reason came up since the start; nothing else is remembered."""

    def __init__(self) -> None:
        self._counts: Counter[Dropped] = Counter()
        self._lock = Lock()

    def add(self, reason: Dropped) -> None:
        """Count one."""
        with self._lock:
            self._counts[reason] += 1

    def counts(self) -> dict[Dropped, int]:
        """Return the reasons that came up, each with its count."""
        with self._lock:
            return dict(self._counts)
