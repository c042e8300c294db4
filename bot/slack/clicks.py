"""What a click, a form or a shortcut says: who, where and with what; JSON as Slack sends it.

See "Interaction payloads". The rest of the surface sees only what is read here.
"""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, Field

from bot.asker import Asker, Surface
from bot.slack.places import Conversation, Place, Response
from index.directive import FROZEN

Payload = Mapping[str, Any]


class Click(BaseModel):
    """One interaction; fields are empty where that kind of interaction has none.

    ``modal``: it was made in a modal, on which another can be pushed; App Home is a view too.
    """

    model_config = FROZEN

    asker: Asker
    action: str = ""
    value: str = ""
    trigger: str = ""
    channel: str = ""
    thread: str | None = None
    address: str = Field("", repr=False)
    view: str = ""
    modal: bool = False
    hash: str | None = None
    metadata: str = ""
    message: str = Field("", repr=False)


def clicked(body: Payload) -> Click:
    """Return what an interaction says; a menu's value is that of its chosen option."""
    team = (body.get("team") or {}).get("id") or (body.get("user") or {}).get("team_id")
    view, container = body.get("view") or {}, body.get("container") or {}
    action: Payload = (body.get("actions") or [{}])[0]
    chosen = action.get("selected_option") or {}
    return Click(
        asker=Asker(
            surface=Surface.SLACK,
            team=str(team or (body.get("enterprise") or {}).get("id") or ""),
            user=str((body.get("user") or {}).get("id") or ""),
        ),
        action=str(action.get("action_id") or ""),
        value=str(action.get("value") or chosen.get("value") or ""),
        trigger=str(body.get("trigger_id") or ""),
        channel=str((body.get("channel") or {}).get("id") or container.get("channel_id") or ""),
        thread=container.get("thread_ts") or (body.get("message") or {}).get("thread_ts"),
        address=str(body.get("response_url") or ""),
        view=str(view.get("id") or ""),
        modal=view.get("type") == "modal",
        hash=view.get("hash"),
        metadata=str(view.get("private_metadata") or ""),
        message=str((body.get("message") or {}).get("text") or ""),
    )


def reachable(body: Payload) -> Place | None:
    """Return where whoever clicked, or sent a form, can be told something; None for an event."""
    click = clicked(body)
    user = click.asker.user or ""
    if "event" in body or not user:
        return None
    if click.address:
        return Response(address=click.address, user=user)
    return Conversation(channel=user)


def values(body: Payload) -> Mapping[str, Any]:
    """Return the ``state.values`` of a submitted form."""
    found = ((body.get("view") or {}).get("state") or {}).get("values")
    return found if isinstance(found, Mapping) else {}
