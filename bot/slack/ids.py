"""Names that Slack sends back: commands, actions and scopes; the manifest names the same ones."""

from enum import StrEnum


class Action(StrEnum):
    """A button; those that open an address are still reported when they are used."""

    START_REQUEST = "start_request"
    OPEN_ORDER = "open_order"


class Command(StrEnum):
    """A slash command."""

    POLICY = "/policy"


class Event(StrEnum):
    """An event type that a listener takes; every other one is acknowledged and left."""

    MENTION = "app_mention"
    MESSAGE = "message"


class Scope(StrEnum):
    """A permission of the bot token, each with what it is for."""

    HEAR_MENTIONS = "app_mentions:read"
    AGENT = "assistant:write"  # comes with the agent_view feature
    READ_THREADS = "channels:history"  # earlier questions of the asker in a thread
    READ_PRIVATE_THREADS = "groups:history"  # the same in a private channel
    ANSWER = "chat:write"
    TAKE_COMMANDS = "commands"
    HEAR_DIRECT_MESSAGES = "im:history"


class Counted(StrEnum):
    """What is counted and never told: nobody is named, no text is kept."""

    REPEATED = "delivered again"
    NO_HISTORY = "thread could not be read"
    FAILED = "failed"
