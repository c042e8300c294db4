"""What people write, and who and what comes and goes, as the Events API tells the app. Each maker
does the thing and returns the event to deliver; whether and when is the test's affair.
"""

import copy
import time
import uuid

from slack_blocks import Payload
from slack_records import Channel, Message, Person, unique
from slack_workspace import OFFICER, PATROL, Organisation, escaped


class People(Organisation):
    """People who write, edit and delete, join, leave and go."""

    # Messages, as in "message event" and "app_mention event"

    def write(
        self, text: str, user: str = OFFICER, channel: str = PATROL, thread_ts: str | None = None
    ) -> Message:
        """Says `text` where the app need not be; returns the message, of which Slack tells nobody.

        ValueError where the person could not: not a member, or a reply as root of a thread.
        """
        place = self.channels[channel]
        if user not in place.members or place.archived or self.users[user].deleted:
            raise ValueError(f"{channel}: {user} cannot write there")
        if thread_ts is not None:
            root = self.find(channel, thread_ts)
            if root is None or root.thread_ts is not None:
                raise ValueError(f"{thread_ts!r} is no message that a thread can hang on")
        message = Message(channel, self._next_ts(), escaped(text), user=user, thread_ts=thread_ts)
        message.via, message.client_msg_id = "person", str(uuid.uuid4())
        message.at = time.monotonic()
        place.history.append(message)
        return message

    def _say(self, user: str, channel: str, text: str, thread_ts: str | None) -> Message:
        if not self.bot_in(self.channels[channel]):
            raise ValueError(f"{channel}: {user} cannot write there so that the app hears it")
        return self.write(text, user, channel, thread_ts)

    def _message_event(self, message: Message) -> Payload:
        event = {**self._message_json(message), "channel": message.channel, "event_ts": message.ts}
        return {**event, "channel_type": self.channels[message.channel].kind}

    def _told(self, event: Payload, channel: str) -> Payload:
        return self._event(event, self.channels[channel].team)

    def mention(
        self, text: str, user: str = OFFICER, channel: str = PATROL, thread_ts: str | None = None
    ) -> tuple[Payload, Payload]:
        """Says `text` to the app; returns both events that Slack sends: app_mention, message.

        They differ in event id and share ts and client_msg_id. `<@bot>` is put in front of a text
        that lacks it. Not for direct messages: Slack sends no app_mention there.
        """
        place = self.channels[channel]
        if place.kind == "im":
            raise ValueError("Slack sends no app_mention in a direct message: use message_im")
        here = self.installation(place.team)
        name = f"<@{here.bot_user if here else self.bot_user_id}>"
        message = self._say(user, channel, text if name in text else f"{name} {text}", thread_ts)
        event = self._message_event(message)
        heard = {k: v for k, v in event.items() if k != "channel_type"} | {"type": "app_mention"}
        return self._told(heard, channel), self._told(event, channel)

    def message_im(self, text: str, user: str = OFFICER, thread_ts: str | None = None) -> Payload:
        """Says `text` to the app in a direct message; returns the message.im event."""
        return self.message_channel(text, user, self.im(user), thread_ts)

    def message_channel(
        self, text: str, user: str = OFFICER, channel: str = PATROL, thread_ts: str | None = None
    ) -> Payload:
        """Says `text` in a channel (a thread reply with `thread_ts`); returns the message event."""
        return self.own_message(self._say(user, channel, text, thread_ts))

    def upload(
        self, name: str, text: str = "", user: str = OFFICER, channel: str | None = None
    ) -> Payload:
        """Shares a file with the app (in the direct message); returns the file_share message event.

        Its addresses answer, and whoever fetches one is noted in `violations`.
        """
        message = self._say(user, channel or self.im(user), text, None)
        number = unique("F")
        link = f"{self.origin}/files-pri/{number}/{name}"
        file: Payload = {"id": number, "name": name, "title": name, "user": user, "mode": "hosted"}
        file |= {"url_private": link, "url_private_download": f"{link}?download", "size": 514}
        event = {**self._message_event(message), "subtype": "file_share", "files": [file]}
        return self._told(event, message.channel)

    def _original(self, original: Payload | Message) -> Message:
        if isinstance(original, Message):
            return original
        found = self.find(original["event"]["channel"], original["event"]["ts"])
        if found is None:
            raise ValueError("that message is no longer there")
        return found

    def message_changed(self, original: Payload | Message, text: str) -> Payload:
        """Edits a message (its event or its record); returns the message_changed event."""
        message = self._original(original)
        before = self._message_json(message)
        message.revisions.append((message.text, message.blocks))
        message.text, ts = escaped(text), self._next_ts()
        after = {**self._message_json(message), "edited": {"user": message.user, "ts": ts}}
        return self._hidden("message_changed", message, ts, {"message": after}, before)

    def message_deleted(self, original: Payload | Message) -> Payload:
        """Deletes a message; returns the message_deleted event."""
        message = self._original(original)
        before, message.deleted = self._message_json(message), True
        ts = self._next_ts()
        return self._hidden("message_deleted", message, ts, {"deleted_ts": message.ts}, before)

    def _hidden(
        self, subtype: str, of: Message, ts: str, more: Payload, before: Payload
    ) -> Payload:
        place = {"channel": of.channel, "channel_type": self.channels[of.channel].kind}
        event = {"type": "message", "subtype": subtype, "hidden": True, "ts": ts, "event_ts": ts}
        return self._told({**event, **place, **more, "previous_message": before}, of.channel)

    def bot_message(self, text: str, channel: str = PATROL) -> Payload:
        """Lets another integration post; returns its bot_message event, which names no user."""
        message = Message(channel, self._next_ts(), text, user="B0DISPATCH", via="bot")
        self.channels[channel].history.append(message)
        return self.own_message(message)

    def own_message(self, message: Message) -> Payload:
        """Returns the message event that Slack sends the app for its own `message`."""
        return self._told(self._message_event(message), message.channel)

    # People and channels that come and go ("member_joined_channel event" and its neighbours)

    def _moved(self, kind: str, place: Channel, **more: object) -> Payload:
        event = {"type": kind, "channel": place.id, **more, "event_ts": self._next_ts()}
        return self._event(event, place.team)

    def _bot_of(self, place: Channel) -> str:
        here = self.installation(place.team)
        return here.bot_user if here else self.bot_user_id

    def join(self, channel: str, user: str | None = None, inviter: str = OFFICER) -> Payload:
        """Lets a person (the app, without `user`) into a channel; returns member_joined_channel."""
        place = self.channels[channel]
        who = user or self._bot_of(place)
        place.members.add(who)
        letter = "C" if place.kind == "channel" else "G"
        more = {"user": who, "channel_type": letter, "team": place.team, "inviter": inviter}
        return self._moved("member_joined_channel", place, **more)

    def leave(self, channel: str, user: str | None = None, actor: str = OFFICER) -> Payload:
        """Takes a person (the app, without `user`) out of a channel; returns the event about it.

        That is channel_left or group_left for the app, else member_left_channel.
        """
        place = self.channels[channel]
        public = place.kind == "channel"
        place.members.discard(user or self._bot_of(place))
        if user is None:
            return self._moved("channel_left" if public else "group_left", place, actor_id=actor)
        more = {"user": user, "channel_type": "C" if public else "G", "team": place.team}
        return self._moved("member_left_channel", place, **more)

    def archive(self, channel: str, user: str = OFFICER) -> Payload:
        """Archives a channel; returns channel_archive or group_archive."""
        place = self.channels[channel]
        place.archived = True
        kind = "channel_archive" if place.kind == "channel" else "group_archive"
        return self._moved(kind, place, user=user)

    def delete_channel(self, channel: str) -> Payload:
        """Deletes a channel with all that was said in it; returns channel_deleted (group_…)."""
        place = self.channels.pop(channel)
        kind = "channel_deleted" if place.kind == "channel" else "group_deleted"
        return self._moved(kind, place)

    def restrict(self, channel: str, error: str = "restricted_action") -> None:
        """Lets a workspace's setting refuse whatever the app posts there with `error`."""
        self.channels[channel].restriction = error

    def deactivate(self, user: str) -> Payload:
        """Closes a person's account, which takes them out of every channel; returns user_change."""
        self.users[user].deleted = True
        for place in self.channels.values():
            if place.kind != "im":
                place.members.discard(user)
        changed = {"type": "user_change", "user": self._user_json(self.users[user])}
        return self._event({**changed, "event_ts": self._next_ts()}, self.users[user].team)

    def _user_json(self, person: Person) -> Payload:
        real = person.real_name or person.name.title()
        shown = {"title": person.title, "real_name": real, "display_name": person.name}
        body: Payload = {"id": person.id, "team_id": person.team, "name": person.name}
        body |= {"real_name": real, "profile": {**shown, "team": person.team}}
        body |= {"deleted": person.deleted, "is_bot": person.bot, "is_app_user": False}
        if person.deleted:
            return body  # "users.info" leaves the rest out for an account that is closed
        body |= {"tz": person.tz, "tz_label": "Central Time", "tz_offset": -21_600}
        body |= {"is_admin": person.admin or person.owner, "is_owner": person.owner}
        return body | {"is_primary_owner": False, "is_restricted": False}

    def stranger(
        self, payload: Payload, team: str = "T0STRANGER", enterprise: str | None = None
    ) -> Payload:
        """Returns the payload as it would come from another workspace, one never installed, say.

        Every mention of its own workspace is replaced, and an event gets a new event id.
        """
        own = payload.get("team_id") or (payload.get("team") or {}).get("id")
        made: Payload = _replaced(copy.deepcopy(payload), str(own), team)
        made |= {"event_id": unique("Ev")} if "event_id" in made else {}
        if enterprise and "event" in made:
            made |= {"enterprise_id": enterprise, "context_enterprise_id": enterprise}
        elif enterprise:
            made["enterprise"] = {"id": enterprise, "name": "Somebody else"}
        return made


def _replaced(value: object, old: str, new: str) -> Payload:
    def changed(inner: object) -> object:
        if isinstance(inner, dict):
            return {key: changed(one) for key, one in inner.items()}
        if isinstance(inner, list):
            return [changed(one) for one in inner]
        return new if inner == old else inner

    made = changed(value)
    return made if isinstance(made, dict) else {}
