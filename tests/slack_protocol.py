"""What tests take from the stand-in for Slack: its constants, its records and its checks. The parts
stand in `slack_*.py`; `slack_server.py` puts them on the wire.
"""

from slack_blocks import Payload, actionable, check_blocks, check_view, texts, too_long
from slack_methods import ALL_SCOPES, ARGUMENTS, SCOPES, Refusal, sign
from slack_payloads import Workspace
from slack_records import (
    Call,
    Channel,
    Cut,
    Delivery,
    Fault,
    Installation,
    Message,
    Permit,
    Person,
    Team,
    View,
    filled,
    kind_of,
    unique,
)
from slack_workspace import CHIEF, COMMAND, LOBBY, OFFICER, PARTNER, PATROL, SERGEANT, TEAM

SLACK_RETRY_DELAYS = (0.0, 60.0, 300.0)  # "Events API": at once, after a minute, after five

__all__ = [
    "ALL_SCOPES",
    "ARGUMENTS",
    "CHIEF",
    "COMMAND",
    "LOBBY",
    "OFFICER",
    "PARTNER",
    "PATROL",
    "SCOPES",
    "SERGEANT",
    "SLACK_RETRY_DELAYS",
    "TEAM",
    "Call",
    "Channel",
    "Cut",
    "Delivery",
    "Fault",
    "Installation",
    "Message",
    "Payload",
    "Permit",
    "Person",
    "Refusal",
    "Team",
    "View",
    "Workspace",
    "actionable",
    "check_blocks",
    "check_view",
    "filled",
    "kind_of",
    "sign",
    "texts",
    "too_long",
    "unique",
]
