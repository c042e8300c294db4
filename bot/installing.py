"""What the pages and Slack's surface hand each other while the assistant is installed by OAuth."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from pydantic import BaseModel, Field

from index.directive import FROZEN

INSTALL = "/slack/install"
REDIRECT = "/slack/oauth_redirect"


class Begun(BaseModel):
    """Where to send the browser, and the secret it keeps for ``seconds`` and brings back."""

    model_config = FROZEN

    address: str
    browser: str = Field(repr=False)
    seconds: int


class Returned(BaseModel):
    """What a browser brought back from Slack; ``code`` is null where consent was not given."""

    model_config = FROZEN

    state: str = Field(repr=False)
    browser: str = Field(repr=False)
    code: str | None = Field(repr=False)


@dataclass(frozen=True)
class Installer:
    """Begins an installation, and finishes one: the name of the place, or InstallRefused."""

    begin: Callable[[], Awaitable[Begun]]
    finish: Callable[[Returned], Awaitable[str]]
