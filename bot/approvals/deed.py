"""What a person asks to be done to a request, as a surface hands it in."""

from datetime import date

from pydantic import BaseModel, Field

from bot.approvals.event import Consent, Endorsement, Event, Happened
from bot.approvals.flow import SENTENCES, Why
from bot.approvals.request import Text
from bot.errors import AssistantError
from index.directive import FROZEN

MOST_WORDS = 2_000


class Deed(BaseModel):
    """One thing to do to one version of a request; who does it comes from Slack or the session.

    ``step`` is the step that was shown, where it matters which; ``words`` are at most 2,000
    characters.
    """

    model_config = FROZEN

    kind: Happened
    version: int = Field(ge=1)
    step: int | None = None
    endorsement: Endorsement | None = None
    consent: Consent | None = None
    until: date | None = None
    words: Text | None = Field(None, max_length=MOST_WORDS)


class NotDone(AssistantError):
    """A deed that was refused and recorded as refused; the message is fit to show.

    ``decided`` is the decision that came first, where there is one.
    """

    def __init__(self, why: Why, decided: Event | None = None) -> None:
        super().__init__(SENTENCES[why])
        self.why = why
        self.decided = decided


class NoSuchRequest(AssistantError):
    """There is no request of that number, or the person may not know of it."""
