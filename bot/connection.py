"""How well the assistant is connected to Slack: what /healthz and /metrics tell of it."""

from enum import StrEnum

from pydantic import BaseModel

from index.directive import FROZEN

LOST_SECONDS = 60.0


class Mode(StrEnum):
    """How Slack's events come in."""

    SOCKET = "socket"
    HTTP = "http"
    BOTH = "both"


class Connection(BaseModel):
    """The connection at one moment.

    ``connected`` is that of Socket Mode where there is one, otherwise whether requests are taken.
    ``seconds_since_frame`` is null until Slack is heard for the first time.
    """

    model_config = FROZEN

    mode: Mode
    connected: bool
    seconds_since_frame: float | None = None

    @property
    def lost(self) -> bool:
        """Whether Socket Mode has been away for more than a minute.

        While it is connected Slack is heard every few seconds, so the last frame tells since when.
        """
        since = self.seconds_since_frame
        away = self.mode is not Mode.HTTP and not self.connected
        return away and (since is None or since > LOST_SECONDS)
