"""What the policy unit works with, put together over one database and one corpus."""

from dataclasses import dataclass

from bot.audit.store import AuditStore
from bot.feedback import FeedbackStore
from bot.intake import Intake
from bot.policy.pauses import Pauses
from bot.policy.readings import Readings


@dataclass(frozen=True)
class PolicyUnit:
    """Answers paused, feedback, how clauses are read, what is taken in; all of it on record."""

    pauses: Pauses
    feedback: FeedbackStore
    readings: Readings
    intake: Intake
    audit: AuditStore
