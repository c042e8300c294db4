"""What people do with the app, and the payloads that Slack sends about it: App Home, commands,
clicks, shortcuts and modals. Each maker does the thing and returns what to deliver.
"""

import uuid
from collections.abc import Iterable, Mapping

from slack_blocks import Payload, actionable
from slack_people import People
from slack_records import Message, Permit, View
from slack_workspace import OFFICER, PATROL

_NAMES = {"im": "directmessage", "group": "privategroup"}  # instead of the channel's own name
_SELECTED = {
    "users_select": "selected_user",
    "multi_users_select": "selected_users",
    "conversations_select": "selected_conversation",
    "channels_select": "selected_channel",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
}
_STATELESS = {"button", "overflow", "feedback_buttons", "icon_button"}
_INITIAL = ("value", "date", "time", "date_time", "user", "users", "conversation", "channel")


def _chosen(element: Payload, value: object) -> Payload:
    """Returns the fields that say what a person entered or picked in `element`."""
    kind, options = element["type"], list(element.get("options", ()))
    for group in element.get("option_groups", ()):
        options += group["options"]
    by_value: dict[object, Payload] = {option["value"]: option for option in options}
    if kind in ("static_select", "radio_buttons", "overflow"):
        return {"selected_option": None if value is None else by_value[value]}
    if kind in ("checkboxes", "multi_static_select"):
        picked = value if isinstance(value, list | tuple) else ()
        return {"selected_options": [by_value[one] for one in picked]}
    if value is not None and len(str(value)) > element.get("max_length", 3000):
        raise ValueError(f"{element.get('action_id')!r}: Slack lets nobody type that much")
    return {_SELECTED.get(kind, "value"): value}


def _clicked(element: Payload, choose: object) -> Payload:
    """Returns what one entry of `actions` says beside its ids ("block_actions payload")."""
    kind = element["type"]
    said = {k: v for k, v in element.items() if k in ("type", "action_id")}
    if kind == "feedback_buttons":
        sides = {side: element[f"{side}_button"] for side in ("positive", "negative")}
        sides |= {button["value"]: button for button in sides.values()}
        if choose not in sides:
            raise ValueError(f"{element['action_id']!r} has no button {choose!r}")
        button = sides[str(choose)]
        return {**said, "text": button["text"], "value": button["value"]}
    if kind in ("button", "icon_button"):
        return said | {k: v for k, v in element.items() if k in ("text", "value")}
    return said | _chosen(element, choose)


def _initial(element: Payload) -> object:
    if option := element.get("initial_option"):
        return option["value"]
    if options := element.get("initial_options"):
        return [option["value"] for option in options]
    return next((element[f"initial_{n}"] for n in _INITIAL if f"initial_{n}" in element), None)


def state_of(blocks: Iterable[Payload], values: Mapping[str, object]) -> Payload:
    """Returns `state.values`: what `values` says by action id, else what was there from the start.

    ValueError for an action id that no input has, and for more text than it takes.
    """
    state: Payload = {}
    left = dict(values)
    inputs = [b for b in blocks if b["type"] in ("input", "actions", "section")]
    for block, element in actionable(inputs):
        if element["type"] not in _STATELESS:
            value = left.pop(element["action_id"], _initial(element))
            answer = {"type": element["type"], **_chosen(element, value)}
            state.setdefault(block["block_id"], {})[element["action_id"]] = answer
    if left:
        raise ValueError(f"there is no input {sorted(left)}")
    return state


class Workspace(People):
    """People who open, click, type commands and submit."""

    def app_home_opened(self, user: str = OFFICER, tab: str = "home") -> Payload:
        """Opens the app's Home or Messages tab; returns the app_home_opened event.

        `view` is there on the Home tab once one was published ("app_home_opened event").
        """
        if tab not in ("home", "messages"):
            raise ValueError(f"no tab {tab!r}: home or messages")
        event: Payload = {"type": "app_home_opened", "user": user, "channel": self.im(user)}
        event |= {"tab": tab, "event_ts": self._next_ts()}
        if tab == "home" and user in self.homes:
            event["view"] = self._view_json(self.homes[user])
        return self._event(event, self.users[user].team)

    # Commands and interactions, as in "Slash commands" and "Interaction payloads"

    def _trigger(self, user: str) -> str:
        trigger = f"{uuid.uuid4().int % 10**12}.{uuid.uuid4().int % 10**9}.{uuid.uuid4().hex}"
        self.triggers[trigger] = Permit(user, self.now())
        return trigger

    def _response_url(
        self, kind: str, user: str, channel: str, original: Message | None = None
    ) -> str:
        team = self.channels[channel].team
        path = f"/{kind}/{team}/{uuid.uuid4().int % 10**12}/{uuid.uuid4().hex}"
        self.response_urls[path] = Permit(user, self.now(), channel, original)
        return self.origin + path

    def _installed_widely(self, team: str) -> bool:
        here = self.installation(team)
        return here is not None and here.team is None

    def slash_command(
        self, command: str, text: str = "", user: str = OFFICER, channel: str = PATROL
    ) -> Payload:
        """Types a slash command; returns its form fields, all of them strings as Slack sends."""
        place = self.channels[channel]
        if user not in place.members:
            raise ValueError(f"{user} is not in {channel}")
        team = self.teams[place.team]
        fields = {
            "token": "legacy-verification-token",
            "team_id": team.id,
            "team_domain": team.domain,
            "channel_id": channel,
            "channel_name": _NAMES.get(place.kind, place.name),
            "user_id": user,
            "user_name": self.users[user].name,
            "command": command,
            "text": text,
            "api_app_id": self.app_id,
            "is_enterprise_install": str(self._installed_widely(team.id)).lower(),
            "response_url": self._response_url("commands", user, channel),
            "trigger_id": self._trigger(user),
        }
        if team.enterprise:
            fields |= {"enterprise_id": team.enterprise, "enterprise_name": "The organisation"}
        return fields

    def _interaction(
        self, kind: str, user: str, team_id: str | None = None, **more: object
    ) -> Payload:
        name = self.users[user].name
        team = self.teams[team_id or self.users[user].team]
        place = {"id": team.id, "domain": team.domain}
        organisation = None
        if team.enterprise:
            organisation = {"id": team.enterprise, "name": "The organisation"}
            place |= {"enterprise_id": team.enterprise, "enterprise_name": "The organisation"}
        return {
            "type": kind,
            "user": {"id": user, "username": name, "name": name, "team_id": team.id},
            "api_app_id": self.app_id,
            "token": "legacy-verification-token",
            "trigger_id": self._trigger(user),
            "team": place,
            "enterprise": organisation,
            "is_enterprise_install": self._installed_widely(team.id),
            **more,
        }

    def block_actions(
        self,
        source: Message | View,
        action_id: str,
        user: str | None = None,
        choose: object = None,
        values: Mapping[str, object] | None = None,
    ) -> Payload:
        """Clicks a button or picks `choose` (an option's value, a user…) in a message or view.

        `choose` is positive, negative or a value for feedback buttons; `values` by action id are
        what is filled in elsewhere. The one who clicks is the view's person, else OFFICER.
        ValueError when nobody could: the element is not there, or `user` does not see the message.
        """
        if isinstance(source, View):
            return self._in_view(source, action_id, user or source.user, choose, values or {})
        user = user or OFFICER
        found = [one for one in source.elements if one[2].get("action_id") == action_id]
        if not found or not self._sees(user, source):
            raise ValueError(f"{user} sees no element {action_id!r} in {source!r}")
        attachment, block, element = found[0]
        where = self._in(source, user, attachment)
        where["state"] = {"values": state_of(source.blocks, values or {})}
        team = self.channels[source.channel].team
        actions = [self._action(block, element, choose)]
        return self._interaction("block_actions", user, team, **where, actions=actions)

    def _action(self, block: Payload, element: Payload, choose: object) -> Payload:
        said = {"block_id": block["block_id"], "action_ts": self._next_ts()}
        return _clicked(element, choose) | said

    def _in_view(
        self, view: View, action_id: str, user: str, choose: object, values: Mapping[str, object]
    ) -> Payload:
        blocks = view.content["blocks"]
        found = [pair for pair in actionable(blocks) if pair[1].get("action_id") == action_id]
        if not found or not view.open:
            raise ValueError(f"{user} sees no element {action_id!r} in {view!r}")
        shown = {**self._view_json(view), "state": {"values": state_of(blocks, values)}}
        container = {"type": "view", "view_id": view.id}
        actions = [self._action(*found[0], choose)]
        return self._interaction(
            "block_actions", user, container=container, view=shown, actions=actions
        )

    def _sees(self, user: str, message: Message) -> bool:
        place = self.channels.get(message.channel)
        there = place is not None and user in place.members and message not in self.unseen
        return there and not message.deleted and message.ephemeral in (None, user)

    def _in(self, message: Message, user: str, attachment: int | None = None) -> Payload:
        place = self.channels[message.channel]
        container: Payload = {"type": "message", "message_ts": message.ts, "channel_id": place.id}
        if attachment is not None:
            container |= {"type": "message_attachment", "attachment_id": attachment}
            container |= {"is_app_unfurl": False}
        container |= {"is_ephemeral": message.ephemeral is not None}
        container |= {"thread_ts": message.thread_ts} if message.thread_ts else {}
        channel = {"id": place.id, "name": _NAMES.get(place.kind, place.name)}
        where = {"container": container, "channel": channel}
        if message.ephemeral is None:  # Slack keeps no ephemeral message it could send along
            where["message"] = self._message_json(message)
        url = self._response_url("actions", user, place.id, message)
        return {**where, "response_url": url}

    def view_submission(
        self, view: View, values: Mapping[str, object], user: str | None = None
    ) -> Payload:
        """Submits a modal with `values` by action id; returns the view_submission payload.

        ValueError when Slack's client would not let it go: closed, unknown or missing input.
        """
        if not view.open:
            raise ValueError(f"view {view.id} is closed")
        blocks = view.content["blocks"]
        state = state_of(blocks, values)
        for block in blocks:
            if block["type"] == "input" and not block.get("optional"):
                element = block["element"]
                answer = dict(state[block["block_id"]][element["action_id"]])
                if all(given in (None, "", []) for k, given in answer.items() if k != "type"):
                    raise ValueError(f"{element['action_id']!r} must be filled in")
        shown = {**self._view_json(view), "state": {"values": state}}
        person = user or view.user
        return self._interaction("view_submission", person, view=shown, response_urls=[])

    def view_closed(self, view: View, *, cleared: bool = False) -> Payload:
        """Closes a modal by its Cancel or (`cleared`) by leaving its whole stack.

        ValueError when Slack tells nobody: it is closed, or lacks notify_on_close.
        """
        if not view.open or not view.content.get("notify_on_close"):
            raise ValueError(f"Slack tells nobody that view {view.id} was closed")
        stack = [v for v in self.views if v.root is view.root] if cleared else [view]
        for one in stack:
            one.open = False
        shown = self._view_json(view)
        return self._interaction("view_closed", view.user, view=shown, is_cleared=cleared)

    def shortcut(
        self,
        callback_id: str,
        user: str = OFFICER,
        message: Message | Payload | None = None,
    ) -> Payload:
        """Uses a global shortcut, or the shortcut of a `message` (or its event).

        ValueError for a message that has no menu: an ephemeral one, or one `user` does not see.
        """
        stamp = {"callback_id": callback_id, "action_ts": self._next_ts()}
        if message is None:
            return self._interaction("shortcut", user, **stamp)
        about = self._original(message)
        if about.ephemeral is not None or not self._sees(user, about):
            raise ValueError(f"{user} has no menu at {about!r}")
        where = self._in(about, user)
        del where["container"]
        team = self.channels[about.channel].team
        more = {**stamp, "message_ts": about.ts, **where}
        return self._interaction("message_action", user, team, **more)

    def _view_json(self, view: View) -> Payload:
        defaults = {"private_metadata": "", "callback_id": "", "external_id": ""}
        team = self.users[view.user].team
        here = self.installation(team)
        return {
            **defaults,
            "state": {"values": {}},
            **view.content,
            "id": view.id,
            "hash": view.hash,
            "team_id": team,
            "app_id": self.app_id,
            "bot_id": here.bot if here else self.bot_id,
            "root_view_id": view.root.id,
            "previous_view_id": view.under.id if view.under else None,
            "app_installed_team_id": here.enterprise if here and here.team is None else team,
        }
