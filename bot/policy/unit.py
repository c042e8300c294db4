"""What the policy unit works with, put together over one database."""

from dataclasses import dataclass

from bot.audit.store import AuditStore
from bot.feedback import FeedbackStore
from bot.policy.pauses import Pauses


@dataclass(frozen=True)
class PolicyUnit:
    """Answers paused, and what people said of answers; what was done stands in the record."""

    pauses: Pauses
    feedback: FeedbackStore
    audit: AuditStore
