"""What Slack says of a person: title and rights in the workspace, asked anew each time."""

from pydantic import BaseModel
from slack_sdk.web.async_client import AsyncWebClient

from bot.asker import Asker
from index.directive import FROZEN


class Profile(BaseModel):
    """A person's title, and whether they are an administrator or owner ("users.info")."""

    model_config = FROZEN

    title: str = ""
    admin: bool = False


async def profile(asker: Asker, client: AsyncWebClient) -> Profile:
    """Return what Slack says of a person; raise SlackApiError where it says nothing."""
    found = await client.users_info(user=asker.user or "")
    person = found.get("user") or {}
    flags = ("is_admin", "is_owner", "is_primary_owner")
    return Profile(
        title=str((person.get("profile") or {}).get("title") or ""),
        admin=not person.get("deleted") and any(person.get(flag) for flag in flags),
    )
