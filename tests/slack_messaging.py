"""The chat.* methods, response URLs and streams: what the app may say, where, and to whom."""

import re
import time
from collections.abc import Iterable
from typing import Any

from slack_blocks import Payload, check_blocks, chunk_text, metadata_refusal, too_long
from slack_methods import Refusal
from slack_payloads import Workspace
from slack_records import Channel, Installation, Message, Permit, filled

TEXT, UPDATED_TEXT, MARKDOWN = 40_000, 4000, 12_000
STATUS_LASTS = 120.0  # "assistant.threads.setStatus": cleared after two minutes without a message


class Messaging(Workspace):
    """Posts, changes and streams messages for the installation whose token came with the call.

    A stream ends by itself `stream_seconds` after it began: Slack states no number, and
    slackapi/node-slack-sdk#2702 and slackapi/python-slack-sdk#1859 measured about five minutes.
    """

    def __init__(self, bot_token: str, scopes: Iterable[str] | None) -> None:
        super().__init__(bot_token, scopes)
        self.caller: Installation = self.installations[0]
        self.stream_seconds = 300.0
        self.messages_tab = True  # whether the manifest has the Messages tab, writable
        self.statuses: dict[tuple[str, str], str] = {}
        self.titles: dict[tuple[str, str], str] = {}
        self.prompts: dict[tuple[str, str | None], Payload] = {}
        self._status_since: dict[tuple[str, str], float] = {}

    def advance(self, seconds: float) -> None:
        """Lets triggers, response URLs, streams, statuses and OAuth codes grow older at once."""
        super().advance(seconds)
        for thread, since in list(self._status_since.items()):
            if self.now() - since > STATUS_LASTS:
                self._status_since.pop(thread)
                self.statuses.pop(thread, None)

    # Where

    def _reaches(self, team: str) -> bool:
        return self.caller in self._here(team)

    def _channel(self, channel: object, *, people: bool = False) -> Channel:
        if people and isinstance(channel, str) and channel in self.users:
            channel = self.im(channel)
        found = self.channels.get(channel) if isinstance(channel, str) else None
        if found is None or not self._reaches(found.team):
            raise Refusal("channel_not_found")
        if found.kind == "group" and self.caller.bot_user not in found.members:
            raise Refusal("channel_not_found")  # a private channel is not even admitted to exist
        return found

    def _inside(self, channel: object, *, people: bool = False) -> Channel:
        found = self._channel(channel, people=people)
        if self.caller.bot_user not in found.members:
            raise Refusal("not_in_channel")
        return found

    def _writable(self, channel: object, *, people: bool = False) -> Channel:
        found = self._inside(channel, people=people)
        if found.archived:
            raise Refusal("is_archived")
        if found.restriction:
            raise Refusal(found.restriction)
        if found.kind == "im" and not self.messages_tab:
            raise Refusal("messages_tab_disabled")
        return found

    def _root(self, channel: Channel, ts: object, error: str = "thread_not_found") -> str | None:
        if ts is None:
            return None
        if not isinstance(ts, str) or not re.fullmatch(r"\d{10}\.\d{6}", ts):
            raise Refusal("invalid_thread_ts", f"{ts} is not a valid thread_ts")
        root = self.find(channel.id, ts)
        if root is None or root.thread_ts not in (None, root.ts):
            raise Refusal(error)
        return ts

    # What

    def _content(self, arguments: Payload, most: int = TEXT) -> tuple[str, list[Payload]]:
        text, blocks = arguments.get("text") or "", arguments.get("blocks") or []
        markdown = arguments.get("markdown_text")
        if markdown is not None and (text or blocks):
            raise Refusal("markdown_text_conflict")
        if not isinstance(text, str) or not isinstance(markdown or "", str):
            raise Refusal("invalid_arguments", "must be a string [json-pointer:/text]")
        if not isinstance(blocks, list):
            raise Refusal("invalid_blocks_format")
        if not (text.strip() or blocks or markdown or arguments.get("attachments")):
            raise Refusal("no_text")
        if len(text) > most or len(markdown or "") > MARKDOWN:
            raise Refusal("msg_too_long")
        return markdown or text, self._blocks(blocks)

    def _blocks(self, blocks: object) -> list[Payload]:
        if problems := check_blocks(blocks):
            alone = too_long(blocks) and len(problems) == 1
            raise Refusal("msg_blocks_too_long" if alone else "invalid_blocks", *problems)
        return filled(blocks if isinstance(blocks, list) else [])

    def _attachments(self, arguments: Payload) -> list[Payload]:
        given = arguments.get("attachments") or []
        if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
            raise Refusal("invalid_attachments")
        if len(given) > 100:
            raise Refusal("too_many_attachments")
        for number, one in enumerate(given):
            problems = check_blocks(one.get("blocks", []), at=f"/attachments/{number}/blocks")
            if problems:
                raise Refusal("invalid_attachments", *problems)
        return [{**one, "blocks": filled(one.get("blocks", []))} for one in given]

    def _metadata(self, given: object) -> Payload | None:
        if given is not None and (error := metadata_refusal(given)):
            raise Refusal(error)
        return given if isinstance(given, dict) else None

    def _dressed(self, arguments: Payload, method: str) -> None:
        # "Customize authorship": without the scope, name and picture stay as they are
        worn = {"username", "icon_emoji", "icon_url"} & arguments.keys()
        if worn and "chat:write.customize" not in self.caller.scopes:
            self.violations.append(f"{method}: {sorted(worn)} need chat:write.customize")

    def _show(self, message: Message) -> None:
        message.user, message.at = self.caller.bot_user, time.monotonic()
        place = self.channels[message.channel]
        people = [self.users[one] for one in place.members if one in self.users]
        # slackapi/python-slack-sdk#1156: a closed account's messages are still taken
        gone = place.kind == "im" and all(person.deleted for person in people)
        (self.unseen if gone else self.messages).append(message)
        if message.ephemeral is None:
            place.history.append(message)
            thread = (message.channel, message.thread_ts or "")
            self.statuses.pop(thread, None)
            self._status_since.pop(thread, None)

    def _answer_with(self, message: Message) -> Payload:
        return {"channel": message.channel, "ts": message.ts}

    # chat.postMessage and its neighbours

    def _post_message(self, arguments: Payload) -> Payload:
        channel = self._writable(arguments["channel"], people=True)
        text, blocks = self._content(arguments)
        thread_ts = self._root(channel, arguments.get("thread_ts"))
        message = Message(channel.id, self._next_ts(), text, blocks, thread_ts=thread_ts)
        message.attachments = self._attachments(arguments)
        message.metadata = self._metadata(arguments.get("metadata"))
        self._dressed(arguments, "chat.postMessage")
        self._show(message)
        shown = self._message_json(message, metadata=True)
        return {**self._answer_with(message), "message": shown}

    def _post_ephemeral(self, arguments: Payload) -> Payload:
        channel = self._writable(arguments["channel"])
        user = arguments["user"]
        if user not in channel.members or (user in self.users and self.users[user].deleted):
            raise Refusal("user_not_in_channel")
        text, blocks = self._content(arguments)
        thread_ts = self._root(channel, arguments.get("thread_ts"))
        message = Message(channel.id, self._next_ts(), text, blocks, thread_ts=thread_ts)
        message.attachments = self._attachments(arguments)
        message.ephemeral = user
        self._dressed(arguments, "chat.postEphemeral")
        # "only shown if there is already an active thread": accepted, and yet nobody sees it
        if thread_ts and not self.replies(channel.id, thread_ts):
            self.unseen.append(message)
        else:
            self._show(message)
        return {"message_ts": message.ts}

    def _own(self, arguments: Payload, error: str) -> Message:
        channel = self._channel(arguments["channel"])
        message = self.find(channel.id, str(arguments["ts"]))
        if message is None:
            raise Refusal("message_not_found")
        if message.user != self.caller.bot_user:
            raise Refusal(error)
        return message

    def _update(self, arguments: Payload) -> Payload:
        message = self._own(arguments, "cant_update_message")
        if self.channels[message.channel].archived:
            raise Refusal("is_inactive")
        if self._streams(message):
            raise Refusal("streaming_state_conflict")
        text, blocks = self._content(arguments, UPDATED_TEXT)  # "text" alone removes the blocks
        attachments = self._attachments(arguments)
        if arguments.get("metadata") == {}:
            message.metadata = None
        elif "metadata" in arguments:
            message.metadata = self._metadata(arguments["metadata"])
        self._revise(message, text, blocks)
        message.attachments = attachments
        shown = self._message_json(message, metadata=True)
        return {**self._answer_with(message), "text": text, "message": shown}

    def _revise(self, message: Message, text: str, blocks: list[Payload]) -> None:
        message.revisions.append((message.text, message.blocks))
        message.text, message.blocks = text, blocks

    def _delete(self, arguments: Payload) -> Payload:
        message = self._own(arguments, "cant_delete_message")
        message.deleted = True
        return self._answer_with(message)

    def _permalink(self, arguments: Payload) -> Payload:
        channel, ts = self._channel(arguments["channel"]), str(arguments["message_ts"])
        message = self.find(channel.id, ts)
        if message is None:
            raise Refusal("message_not_found")
        domain = self.teams[channel.team].domain
        link = f"https://{domain}.slack.com/archives/{channel.id}/p{ts.replace('.', '')}"
        if message.thread_ts:
            link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
        return {"channel": channel.id, "permalink": link}

    # Streams ("chat.startStream", "chat.appendStream", "chat.stopStream")

    def _streams(self, message: Message) -> bool:
        began = message.streaming
        if began is not None and self.now() - began > self.stream_seconds:
            message.streaming = None
        return message.streaming is not None

    def expire_streams(self) -> None:
        """Ends every stream now, as Slack does when one has run for too long."""
        for message in self.messages:
            message.streaming = None

    def _streamed(self, arguments: Payload) -> str:
        markdown = arguments.get("markdown_text") or ""
        if not isinstance(markdown, str):
            raise Refusal("invalid_arguments", "must be a string [json-pointer:/markdown_text]")
        if len(markdown) > MARKDOWN:
            raise Refusal("msg_too_long")
        try:
            return markdown + chunk_text(arguments.get("chunks") or [])
        except ValueError as error:
            raise Refusal("invalid_chunks", str(error)) from error

    def _start_stream(self, arguments: Payload) -> Payload:
        channel = self._writable(arguments["channel"], people=True)
        text = self._streamed(arguments)
        for name in ("recipient_team_id", "recipient_user_id"):
            if channel.kind != "im" and not arguments.get(name):
                raise Refusal(f"missing_{name}")
        team, user = (arguments.get(f"recipient_{one}_id") for one in ("team", "user"))
        if team and (not isinstance(team, str) or not self._reaches(team)):
            raise Refusal("team_not_found")  # vercel/chat#313: an object instead of its id
        if user and user not in self.users:
            raise Refusal("user_not_found")
        thread_ts = self._root(channel, arguments["thread_ts"])
        message = Message(channel.id, self._next_ts(), text, via="stream", thread_ts=thread_ts)
        message.streaming = self.now()
        self._dressed(arguments, "chat.startStream")
        self._show(message)
        return self._answer_with(message)

    def _streaming(self, arguments: Payload) -> Message:
        channel = self._writable(arguments["channel"])
        message = self.find(channel.id, str(arguments["ts"]))
        if message is None:
            raise Refusal("message_not_found")
        if message.user != self.caller.bot_user:
            raise Refusal("message_not_owned_by_app")
        if not self._streams(message):
            raise Refusal("message_not_in_streaming_state")
        return message

    def _append_stream(self, arguments: Payload) -> Payload:
        message = self._streaming(arguments)
        text = self._streamed(arguments)
        if not text and not arguments.get("chunks"):
            raise Refusal("no_text")
        self._lengthen(message, text)
        return self._answer_with(message)

    def _stop_stream(self, arguments: Payload) -> Payload:
        message = self._streaming(arguments)
        text = self._streamed(arguments)
        blocks = self._blocks(arguments.get("blocks") or [])
        metadata = self._metadata(arguments.get("metadata"))
        if not (message.text + text).strip() and not blocks:
            raise Refusal("no_text")
        self._lengthen(message, text)
        message.blocks, message.streaming = blocks, None
        message.metadata = metadata or message.metadata
        shown = self._message_json(message, metadata=True)
        return {**self._answer_with(message), "message": shown}

    def _lengthen(self, message: Message, text: str) -> None:
        if len(message.text) + len(text) > TEXT:
            raise Refusal("msg_too_long")
        if text:
            self._revise(message, message.text + text, message.blocks)

    # Response URLs and answers in an acknowledgement ("Handling user interaction")

    def _reply(self, body: object, permit: Permit, via: str) -> None:
        kinds = ("ephemeral", "in_channel")
        if not isinstance(body, dict) or body.get("response_type", "ephemeral") not in kinds:
            raise Refusal("invalid_payload")
        known = "text blocks attachments response_type replace_original delete_original thread_ts"
        for name in body.keys() - {*known.split(), "unfurl_links", "unfurl_media", "metadata"}:
            self.violations.append(f"{via}: no such field: {name}")
        place = self.channels.get(permit.channel)
        if place is None:
            raise Refusal("channel_not_found", status=404)
        self.caller = self.installation(place.team) or self.caller
        if body.get("delete_original") and permit.original:
            permit.original.deleted = True
            return
        if place.archived:
            raise Refusal("is_archived", status=403)
        text, blocks = self._content(body)
        if body.get("replace_original") and permit.original:
            if permit.original.deleted:
                raise Refusal("message_not_found", status=404)
            self._revise(permit.original, text, blocks)
            permit.original.attachments = self._attachments(body)
            return
        self._show(self._replied(body, permit, Message(place.id, "", text, blocks, via=via)))

    def _replied(self, body: dict[str, Any], permit: Permit, message: Message) -> Message:
        place = self.channels[message.channel]
        message.ts = self._next_ts()
        message.attachments = self._attachments(body)
        message.thread_ts = self._root(place, body.get("thread_ts"))
        message.ephemeral = None if body.get("response_type") == "in_channel" else permit.user
        if message.ephemeral and "metadata" in body:
            self.violations.append(f"{message.via}: an ephemeral message keeps no metadata")
        else:
            message.metadata = self._metadata(body.get("metadata"))
        return message
