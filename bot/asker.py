"""Who asks: known from Slack or the signed-in session, never from text."""

from enum import StrEnum

from pydantic import BaseModel

from index.directive import FROZEN


class Surface(StrEnum):
    """Where a question came from."""

    SLACK = "slack"
    CONSOLE = "console"
    TERMINAL = "terminal"


class Asker(BaseModel):
    """The person behind a question; ``team`` and ``user`` are Slack ids and null elsewhere."""

    model_config = FROZEN

    surface: Surface
    team: str | None = None
    user: str | None = None

    @property
    def label(self) -> str:
        """How a record names the asker."""
        if self.surface is Surface.SLACK:
            return f"Slack user {self.user} of workspace {self.team}"
        return f"local {self.surface.value}, not identified"
