"""Who asked for it is told, once, that a clause they watch changed, or that its directive ended.

A message is begun, looked for where it may stand already, posted, and noted as done; only then are
the watches moved to the new version, or ended. Of several processes one is at it at a time.
"""

import asyncio
import hashlib
import logging
from datetime import timedelta

from bot.bridge import Bridge
from bot.errors import AssistantError
from bot.links import Links
from bot.news import News, Over, ends, news, over
from bot.slack.changed import changed, ended
from bot.slack.deliveries import Deliveries
from bot.slack.places import Conversation, Message, PostRefused, find, post
from bot.slack.reaching import Gone, Reached, Reaching
from bot.watches import Watches
from index.library import Library

EVERY = 60.0  # seconds between two looks
LEASE = timedelta(minutes=1)  # after which what was begun and not ended is begun again
_SKEW = 300.0  # seconds by which this clock may run ahead of Slack's
_log = logging.getLogger(__name__)


class Heralding:
    """Looks at the start and every minute, until it is stopped."""

    def __init__(
        self,
        watches: Watches,
        library: Library,
        links: Links,
        deliveries: Deliveries,
        reaching: Reaching,
        bridge: Bridge,
    ) -> None:
        self._watches = watches
        self._library = library
        self._links = links
        self._deliveries = deliveries
        self._reaching = reaching
        self._bridge = bridge
        self._closing = asyncio.Event()
        self._looking = asyncio.Lock()
        self._watch: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look."""
        self._watch = asyncio.create_task(self.watch())

    async def stop(self, grace: float) -> None:
        """Finish the message that is being posted, within ``grace`` seconds, and post no more."""
        self._closing.set()
        if self._watch is not None:
            _, late = await asyncio.wait([self._watch], timeout=grace)
            if late:
                self._watch.cancel()
                await asyncio.wait([self._watch])

    async def watch(self) -> None:
        """Tell whom it concerns, again and again, until stopped."""
        while not self._closing.is_set():
            try:
                await self.look()
            except Exception as error:  # the next look may do better, and nothing else would look
                _log.error("Who watches a clause was not told: %s", type(error).__name__)
            try:
                await asyncio.wait_for(self._closing.wait(), EVERY)
            except TimeoutError:
                continue

    async def look(self) -> None:
        """Tell everybody whose clauses changed or ended; what is watched then is in force."""
        async with self._looking:
            for one in await self._bridge.run(self._news):
                if self._closing.is_set():
                    return
                try:
                    await self._tell(one)
                except AssistantError as error:
                    _log.error("Who watches a clause was not told yet: %s", error)

    def _news(self) -> tuple[News | Over, ...]:
        library, watches = self._library, self._watches
        found = news(library, watches.behind(library.in_force()))
        return (*found, *over(library, watches.before(ends(library))))

    async def _tell(self, told: News | Over) -> None:
        if isinstance(told, News) and not told.told:
            await self._settle(told)
            return
        first = told.watches[0]
        reached = await self._reaching.person(f"{first.team}/{first.user}", None)
        if reached is None:
            return
        key = _key(told)
        turn = await self._bridge.run(self._deliveries.begin, key, LEASE)
        if turn.mine:
            since = turn.since.timestamp() - _SKEW if turn.since is not None else None
            if not await self._posted(told, key, since, reached):
                return
            await self._bridge.run(self._deliveries.done, key)
        if turn.mine or turn.done:
            await self._settle(told)

    async def _posted(
        self, told: News | Over, key: str, since: float | None, reached: Reached
    ) -> bool:
        """Post it unless it stands; return False where there is no way to the person any more.

        Raise PostRefused where Slack took nothing: it is begun anew. PostUnconfirmed and FindLater
        leave it begun, to be looked for.
        """
        try:
            place = Conversation(channel=await reached.conversation())
            if since is None or not await find(place, key, reached.client, since):
                await post(place, _message(told, self._links), reached.client, key)
        except Gone:
            await self._bridge.run(self._watches.drop, told.watches)
            return False
        except PostRefused:
            await self._bridge.run(self._deliveries.forget, key)
            raise
        return True

    async def _settle(self, told: News | Over) -> None:
        if isinstance(told, Over):
            await self._bridge.run(self._watches.drop, told.watches)
        else:
            await self._bridge.run(self._watches.move, told.watches, told.new, told.sections)


def _message(told: News | Over, links: Links) -> Message:
    return ended(told, links) if isinstance(told, Over) else changed(told, links)


def _key(told: News | Over) -> str:
    """Return what names a message, the same in every process; nobody can be read from it."""
    first = told.watches[0]
    if isinstance(told, Over):
        sections = sorted(one.section for one in told.watches)
        after = f"{told.ended.since} {told.ended.by}"
    else:
        sections, after = sorted(one.section for one in told.told), told.new.sha256
    parts = (first.team, first.user, first.directive, first.sha256, after, *sections)
    return f"watch:{hashlib.sha256(chr(0).join(parts).encode()).hexdigest()}"
