"""The cards of requests, put before people: each letter of the outbox once, each card kept true.

A person has one card a request. What asks something of them, or settles their own request, comes
as a new message at the end of their conversation, since Slack tells nobody of an edited one; the
earlier card becomes one line. Everything else changes the card that stands.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

from bot.approvals.bureau import Bureau
from bot.approvals.deed import NoSuchRequest
from bot.approvals.event import Happened
from bot.approvals.outbox import Letter, Outbox
from bot.approvals.progress import State
from bot.approvals.telling import About
from bot.asker import Asker
from bot.bridge import Bridge
from bot.errors import AssistantError
from bot.slack.cards import card, digest, moved, not_with_you
from bot.slack.casefile import Casefile, Casefiles
from bot.slack.ids import Counted
from bot.slack.places import PostLater, PostRefused, PostUnconfirmed
from bot.slack.points import Checkpoint, LetterPoint, passing
from bot.slack.reaching import Gone, Mark, Reached, Reaching
from bot.slack.standing import NEVER, Cards, Standing

EVERY = 2.0  # seconds between two looks at the outbox, unless something is known to be there
_MOST = 5  # letters at a time: as many as are posted well before their lease runs out
_LONGEST = timedelta(minutes=10)  # between two tries
_SKEW = 300.0  # seconds by which this clock may run ahead of Slack's
_ASKING = frozenset({About.CONSENT, About.ENDORSE, About.DECIDE, About.REMINDER})
_QUIET = frozenset({About.ENDORSED})
_log = logging.getLogger(__name__)


class Posting:
    """Takes letters and posts them, until it is stopped; several processes may do so at once."""

    def __init__(
        self,
        *,
        bureau: Bureau,
        outbox: Outbox,
        cards: Cards,
        casefiles: Casefiles,
        reaching: Reaching,
        bridge: Bridge,
        counts: Counter[Counted],
        clock: Callable[[], datetime],
        checkpoint: Checkpoint = passing,
    ) -> None:
        self._bureau = bureau
        self._outbox = outbox
        self._cards = cards
        self._casefiles = casefiles
        self._reaching = reaching
        self._bridge = bridge
        self._counts = counts
        self._clock = clock
        self._passed = checkpoint
        self._poked = asyncio.Event()
        self._closing = False
        self._watch: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to post."""
        self._watch = asyncio.create_task(self.watch())

    async def stop(self, grace: float) -> None:
        """Finish the letter that is being posted, within ``grace`` seconds, and post no more."""
        self._closing = True
        self.poke()
        if self._watch is not None:
            _, late = await asyncio.wait([self._watch], timeout=grace)
            if late:
                self._watch.cancel()
                await asyncio.wait([self._watch])

    def poke(self) -> None:
        """Look at once: something was done that somebody is to be told."""
        self._poked.set()

    async def watch(self) -> None:
        """Post what is to be told and keep the cards true, until stopped."""
        while not self._closing:
            self._poked.clear()
            more = False
            try:
                more = await self._round()
            except Exception as error:  # the next look may do better, and nothing else would look
                _log.error("The cards of requests could not be posted: %s", type(error).__name__)
            if not more and not self._closing:
                try:
                    await asyncio.wait_for(self._poked.wait(), EVERY)
                except TimeoutError:
                    continue

    async def redraw(self, reference: str, asker: Asker) -> bool:
        """Bring somebody's own card up to date; return whether one stands."""
        self.poke()
        file = await self._file(reference, asker)
        key = file.dossier.viewer.key if file is not None else None
        standing = await self._bridge.run(self._cards.of, reference, key) if key else None
        if standing is None or standing.ts is None:
            return False
        try:
            await self._refresh(standing)
        except AssistantError as error:  # it is stale, and the next look draws it again
            _log.error("A card could not be brought up to date: %s", error)
        return True

    async def _round(self) -> bool:
        """Take some letters and tell them, then redraw what changed; whether there may be more."""
        now = self._clock()
        letters: tuple[Letter, ...] = ()
        if await self._bridge.run(self._outbox.due, now):
            letters = await self._bridge.run(self._outbox.take, now, _MOST)
        for letter in letters:
            if self._closing or self._clock() - now > self._outbox.lease / 3:
                await self._bridge.run(self._outbox.later, letter, self._clock())
            else:
                await self._letter(letter)
        for stale in await self._bridge.run(self._cards.stale):
            if self._closing:
                break
            try:
                await self._refresh(stale)
            except AssistantError as error:
                _log.error("A card could not be brought up to date: %s", error)
        return bool(letters)

    async def _letter(self, letter: Letter) -> None:
        self._passed(LetterPoint.CARD_TAKEN)
        try:
            await self._tell(letter)
        except Gone:
            await self._unreached(letter)
        except (PostLater, PostRefused, PostUnconfirmed) as error:
            self._counts[Counted.CARD_LATER] += 1
            _log.error("A card is put off: %s", error)
            wait = min(self._outbox.lease * 2 ** min(letter.tries, 10), _LONGEST)
            await self._bridge.run(self._outbox.later, letter, self._clock() + wait)
            return
        await self._bridge.run(self._outbox.done, letter)
        self._passed(LetterPoint.CARD_DONE)

    async def _tell(self, letter: Letter) -> None:
        """Put one letter before its person, unless it was before, or has nothing more to say."""
        roster = await self._bridge.run(self._reaching.roster)
        reached = await self._reaching.person(letter.person, roster)
        if reached is None:
            raise Gone("Nobody of this request is known there.")
        standing = await self._bridge.run(self._cards.of, letter.request, letter.person)
        there = standing is not None and standing.ts is not None
        if there and standing is not None and standing.line >= letter.line:
            return
        file = await self._file(letter.request, reached.asker)
        if file is None or _moot(letter.about, file):
            self._counts[Counted.CARD_MOOT] += 1
            return
        if there and _quiet(letter.about, file):
            return
        await self._post(letter, reached, file, standing)

    async def _post(
        self, letter: Letter, reached: Reached, file: Casefile, before: Standing | None
    ) -> None:
        mark = Mark(letter.request, letter.person, letter.line)
        channel, ts = await reached.conversation(), None
        if letter.tries:
            ts = await reached.find(channel, mark, letter.created.timestamp() - _SKEW)
            self._passed(LetterPoint.CARD_SOUGHT)
        if ts is None:
            try:
                async with asyncio.timeout(self._outbox.lease.total_seconds() / 2):
                    ts = await reached.post(channel, card(file, letter.about), mark)
            except TimeoutError:
                raise PostUnconfirmed("Slack did not answer in time.") from None
            self._counts[Counted.CARD_POSTED] += 1
            self._passed(LetterPoint.CARD_POSTED)
        else:
            self._counts[Counted.CARD_FOUND] += 1
        await self._reduce(before, ts, letter.request, reached)
        now = Standing(
            request=letter.request,
            person=letter.person,
            team=reached.asker.team,
            channel=channel,
            ts=ts,
            version=file.dossier.progress.version,
            line=letter.line,
            digest=digest(card(file)),
            shown=_updated(file),
        )
        await self._bridge.run(self._cards.keep, now)
        self._passed(LetterPoint.CARD_RECORDED)

    async def _reduce(
        self, before: Standing | None, ts: str, request: str, reached: Reached
    ) -> None:
        """Leave one line of the earlier card; where Slack does not let it, it stays as it is."""
        if before is None or before.ts in (None, ts) or before.team != reached.asker.team:
            return
        try:
            await reached.update(before.channel or "", before.ts or "", moved(request))
        except AssistantError as error:
            _log.error("An earlier card was left as it was: %s", error)

    async def _refresh(self, standing: Standing) -> None:
        """Draw a standing card as its request is now, where that says something else."""
        roster = await self._bridge.run(self._reaching.roster)
        request = await self._bridge.run(self._bureau.store.by_reference, standing.request)
        reached = await self._reaching.person(standing.person, roster)
        drawn = standing.model_copy(update={"shown": self._clock()})
        if reached is not None and request is not None:
            file = await self._file(standing.request, reached.asker)
            shown = not_with_you(standing.request) if file is None else card(file)
            drawn = drawn.model_copy(
                update={
                    "shown": request.updated or request.created,
                    "digest": digest(shown),
                    "version": request.version,
                }
            )
            if drawn.digest != standing.digest:
                if not await reached.update(standing.channel or "", standing.ts or "", shown):
                    await self._bridge.run(self._cards.drop, standing)
                    return
                self._counts[Counted.CARD_UPDATED] += 1
        await self._bridge.run(self._cards.redrawn, standing, drawn)

    async def _unreached(self, letter: Letter) -> None:
        """Note that somebody cannot be told, so that the requester is told that."""
        self._counts[Counted.UNREACHED] += 1
        if letter.about not in _ASKING:
            return
        nowhere = Standing(
            request=letter.request,
            person=letter.person,
            version=letter.version,
            line=letter.line,
        )
        await self._bridge.run(self._cards.keep, nowhere)
        await self._bridge.run(self._cards.redraw, letter.request)

    async def _file(self, reference: str, asker: Asker) -> Casefile | None:
        try:
            return await self._bridge.run(self._casefiles.open, reference, asker)
        except NoSuchRequest:
            return None


def _quiet(about: About, file: Casefile) -> bool:
    """Whether news only change the card that stands: nothing is asked, and nothing is settled."""
    return about in _QUIET or (about is About.ENDED and not file.dossier.own)


def _moot(about: About, file: Casefile) -> bool:
    """Whether a letter has nothing more to say: it was done meanwhile, or is with somebody else."""
    may, state = file.dossier.may, file.dossier.progress.state
    match about:
        case About.CONSENT:
            return Happened.CONSENT not in may
        case About.ENDORSE:
            return Happened.ENDORSED not in may
        case About.DECIDE:
            return Happened.GRANTED not in may
        case About.REMINDER:
            return may.isdisjoint({Happened.CONSENT, Happened.ENDORSED, Happened.GRANTED})
        case About.RETURNED:
            return state is not State.RETURNED
        case About.STOPPED:
            return state is not State.STOPPED
    return False


def _updated(file: Casefile) -> datetime:
    return file.dossier.request.updated or NEVER
