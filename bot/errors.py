"""What can go wrong in the assistant; a message says what, which value, and what to do."""


class AssistantError(Exception):
    """Base of this package's errors; ``str(error)`` is one line for the person at the terminal."""


class SettingRefused(AssistantError):
    """A setting has a value that cannot be used; the message names the setting and the remedy."""


class QuestionRefused(AssistantError):
    """A question that cannot be read at all; the message is fit to show to the asker."""


class LinkRefused(AssistantError):
    """A signed link that was changed, is too old, or was made by another key."""


class LinkExpired(LinkRefused):
    """A signed link that was genuine and is too old."""


class RequestRefused(AssistantError):
    """An approval request that cannot be stored as sent; the message says which field and why."""


class DatabaseUnusable(AssistantError):
    """The database cannot be opened, read or written."""


class InstallRefused(AssistantError):
    """An installation in Slack that did not come about; the message is fit to show."""


class SignInRefused(AssistantError):
    """A sign-in with Slack that did not come about; the message is fit to show."""


class RosterRefused(AssistantError):
    """A roster that is not taken; ``faults`` are one line each: where, what value, what to do."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class ServiceRefused(AssistantError):
    """The service cannot start or join: a port in use, a token that is refused."""
