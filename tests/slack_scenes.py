"""Scenes in Slack for the tests of what people see: people, threads, answers and open views, and
everything the app put before somebody since a moment.
"""

import asyncio
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from slack_protocol import OFFICER, PARTNER, PATROL, Delivery, Message, Payload, View
from slack_rig import Rig, posted
from slack_server import SlackServer

from bot.slack.wording import SETTINGS_SAVED

QUESTION = "would a shot of my locker on a blog be fine?"
PUBLIC = {"place": "thread", "follow": "threads", "muted": [], "directives": []}
_PRODUCT = re.compile(r"/bot/slack/|/slack_bolt/listener/")
_SIGNS = ("assistant.threads.setStatus", "assistant.threads.setTitle")
_READS = ("auth.test", "apps.connections.open", "conversations.replies", "users.info")


class Shown(NamedTuple):
    """One thing put before people: by which method, where, and for whom alone.

    `what` is a view's callback id; `thread` is "own" for the message that asked, "root" for the
    thread it was asked in.
    """

    method: str
    channel: str | None = None
    thread: str | None = None
    only: str | None = None
    what: str | None = None


@dataclass
class Scene:
    """One rig and what stands in its Slack; `names` are messages that a cell speaks of."""

    slack: SlackServer
    rig: Rig
    names: dict[str, str] = field(default_factory=dict)
    _calls: int = 0
    _messages: list[Message] = field(default_factory=list)

    async def give(self, payload: Payload) -> Delivery:
        """Deliver a payload and wait until nothing comes of it any more."""
        delivery = await self.rig.give(payload)
        assert delivery.acknowledged, delivery.failure
        await self.quiet()
        return delivery

    async def quiet(self) -> None:
        """Wait until the product is at nothing any more and nothing comes."""
        await self.slack.settle(0.02)
        await self.slack.wait_for(lambda: not _at_work(), 10.0, "end of the work")
        await self.slack.wait_for(lambda: self.rig.surface.inbox.size() == 0, 5.0, "empty inbox")
        await self.slack.settle(0.02)

    def begin(self) -> None:
        """Let `shown` tell only of what comes from now on."""
        self._calls, self._messages = len(self.slack.calls), posted(self.slack)

    def shown(self, deliveries: list[Delivery]) -> list[Shown]:
        """Return what was put before people since `begin`, calls and answers to forms alike."""
        found = [*self._views(), *self._said(), *self._suggested()]
        for delivery in deliveries:
            view = (delivery.response or {}).get("view") if delivery.response else None
            if view:
                found.append(Shown("response_action", what=view["callback_id"]))
            elif delivery.response:
                found.append(Shown("response_action", what=delivery.response["response_action"]))
        return found

    def _made(self) -> Iterator[tuple[str, Payload]]:
        for call in self.slack.calls[self._calls :]:
            assert call.error is None, (call.method, call.error)
            yield call.method, call.arguments

    def _views(self) -> Iterator[Shown]:
        for method, said in self._made():
            if method.startswith("views."):
                what = said["view"]["callback_id"]
                yield Shown(method, only=self._whose(said), what=what)

    def _whose(self, said: Payload) -> str:
        if "user_id" in said:
            return str(said["user_id"])
        if "trigger_id" in said:
            return self.slack.triggers[said["trigger_id"]].user
        return next(view.user for view in self.slack.views if view.id == said["view_id"])

    def _suggested(self) -> Iterator[Shown]:
        for method, said in self._made():
            if method == "assistant.threads.setSuggestedPrompts":
                yield Shown(method, said["channel_id"])

    def _said(self) -> Iterator[Shown]:
        calls = [(method, said) for method, said in self._made() if not self._silent(method)]
        new = [one for one in posted(self.slack) if one not in self._messages]
        replaced = [said for _, said in calls if said.get("replace_original")]
        assert len(calls) == len(new) + len(replaced), calls
        for message in new:
            method = "chat.postEphemeral" if message.ephemeral else "chat.postMessage"
            method = "response_url" if message.via == "response_url" else method
            thread = {ts: name for name, ts in self.names.items()}.get(message.thread_ts or "")
            assert (thread is None) == (message.thread_ts is None), message
            yield Shown(method, message.channel, thread, message.ephemeral)
        for _ in replaced:
            yield Shown("response_url", what="replaced")

    def _silent(self, method: str) -> bool:
        return method.startswith(("views.", *_SIGNS, *_READS, "assistant.threads.setSugg"))

    # What stands there already

    def root(self) -> str:
        """Let colleagues begin a thread with a reply; its root is named "root"."""
        first = self.slack.message_channel("who is on tonight?", PARTNER)
        self.names["root"] = str(first["event"]["ts"])
        self.slack.message_channel("me", "U0CHIEF", thread_ts=self.names["root"])
        return self.names["root"]

    def own(self, payload: Payload) -> Payload:
        """Name the message of an event "own"."""
        self.names["own"] = str(payload["event"]["ts"])
        return payload

    async def called(self) -> str:
        """Let the officer call the assistant into a thread; return the thread's root."""
        root = self.root()
        await self.give(self.slack.mention(QUESTION, thread_ts=root)[0])
        return root

    async def private(self) -> Message:
        """Return the private answer to a mention in a thread."""
        await self.called()
        return self.last

    async def direct(self) -> Message:
        """Return the answer to a direct message."""
        await self.give(self.own(self.slack.message_im(QUESTION)))
        return self.last

    @property
    def last(self) -> Message:
        """The message the app posted last."""
        return posted(self.slack)[-1]

    async def view(self, payload: Payload) -> View:
        """Return the view that a payload opens."""
        before = len(self.slack.views)
        await self.give(payload)
        assert len(self.slack.views) == before + 1
        return self.slack.views[-1]

    async def home(self, user: str = OFFICER) -> View:
        """Return a person's App Home as it is published."""
        before = self._drawn(user)
        await self.give(self.slack.app_home_opened(user))
        await self.slack.wait_for(lambda: self._drawn(user) > before, 5.0, "App Home")
        return self.slack.homes[user]

    def _drawn(self, user: str) -> int:
        home = self.slack.homes.get(user)
        return 0 if home is None else 1 + len(home.revisions)

    def administrator(self, user: str = OFFICER) -> None:
        """Make somebody an administrator of the workspace."""
        self.slack.users[user].admin = True

    async def channel_form(self, user: str = OFFICER, channel: str = PATROL) -> View:
        """Return the open settings of a channel; whoever opens them is made an administrator."""
        self.administrator(user)
        return await self.view(self.slack.slash_command("/policy", "settings", user, channel))

    async def configure(self, **values: object) -> None:
        """Set the channel as an administrator does."""
        form = await self.channel_form("U0SERGEANT")
        await self.give(self.slack.view_submission(form, {**PUBLIC, "place": "private", **values}))
        assert not form.errors and SETTINGS_SAVED in words(form)


def _at_work() -> list[str]:
    """Return what the product is at: Bolt's listeners and its own tasks, but for its lookout."""
    codes = [getattr(task.get_coro(), "cr_code", None) for task in asyncio.all_tasks()]
    ours = [code for code in codes if code is not None and code.co_name != "watch"]
    return [code.co_name for code in ours if _PRODUCT.search(code.co_filename)]


def words(view: View) -> str:
    """Return a view as JSON text, to look for words in."""
    return json.dumps(view.content, ensure_ascii=False)
