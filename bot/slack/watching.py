"""“Tell me if this changes”: the clauses of an answer are watched for whoever presses it."""

from contextlib import suppress

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from bot.bridge import Bridge
from bot.slack import ids, watch_wording
from bot.slack.blocks import said
from bot.slack.carried import read_clauses
from bot.slack.clicks import Click, clicked
from bot.slack.places import Aside, PostRefused, PostUnconfirmed, post
from bot.slack.wording import STALE
from bot.watches import Watches
from index.directive import Directive
from index.library import Library


class Watching:
    """Watches clauses of versions in force; ``library`` is what answers are given from."""

    def __init__(self, watches: Watches, library: Library, bridge: Bridge) -> None:
        self._watches = watches
        self._library = library
        self._bridge = bridge

    def register(self, app: AsyncApp) -> None:
        """Listen to the button."""
        app.action(ids.Action.TELL_ME.value)(self.press)

    async def press(self, ack: AsyncAck, body: dict[str, object], client: AsyncWebClient) -> None:
        """Watch what the answer cites, and say to the one who pressed what will happen.

        It is watched even where that cannot be said.
        """
        await ack()
        click = clicked(body)
        line = await self._bridge.run(self._begin, click)
        place = Aside(channel=click.channel, user=click.asker.user or "", thread=click.thread)
        with suppress(PostRefused, PostUnconfirmed):
            await post(place, said(line), client)

    def _begin(self, click: Click) -> str:
        named = read_clauses(click.value)
        if named is None:
            return STALE
        there = [
            (directive, section)
            for number, sha256, section in named.cited
            if (directive := self._in_force(number, sha256, section)) is not None
        ]
        if not there:
            return watch_wording.NOT_IN_FORCE
        begun = [self._watches.begin(click.asker, *one) for one in there]
        line = watch_wording.WATCHING if any(begun) else watch_wording.WATCHED
        clauses = ", ".join(directive.citation(section) for directive, section in there)
        return line.format(clauses=clauses)

    def _in_force(self, number: str, sha256: str, section: str) -> Directive | None:
        """Return the version that a button names where it is in force and has the clause."""
        found = self._library.current(number)
        if found is None or not found.sha256.startswith(sha256) or found.clause(section) is None:
            return None
        return found
