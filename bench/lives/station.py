"""A department at work: the real bureau over a database, at the time of a step."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from bench.lives.moments import Moments, WatchedCheckpoints
from bench.lives.paper import PaperSlack
from bench.lives.steps import Doing, Step, asker, content, roster
from bench.machine import ROOT
from bot.answer import Answer, Approval, Verdict
from bot.approvals.bureau import CHECKPOINTS, Bureau, Rules, open_bureau
from bot.approvals.due import Times
from bot.approvals.filling import Filled
from bot.approvals.guidance import Guidance
from bot.approvals.images import FOLDER, Images
from bot.approvals.outbox import Letter, Outbox
from bot.approvals.request import Content, Request
from bot.audit.chain import audit_key
from bot.audit.holds import hold, release
from bot.audit.retention import erase
from bot.audit.store import AuditStore
from bot.bridge import Bridge
from bot.links import Links, RequestReference
from bot.roster.roster import Roster
from bot.roster.store import Rosters
from bot.slack.casefile import Casefiles
from bot.slack.posting import Posting
from bot.slack.standing import Cards
from index.directive import Directive
from index.library import Library, load
from index.request import Questions

ORDER = "5.14"
KEPT_DAYS = 100
_UTC = ZoneInfo("UTC")
_SECRET = "a secret of these lives, not of a department"
_CLAUSES = ("II¶1", "IV.E.16", "IV.F.1")
_TIMES = Times(remind_after=timedelta(days=2), pass_on_after=timedelta(days=4))
_SLACK, _STRUCK = "slack.jsonl", "struck.jsonl"


class Guide:
    """A guide that asks nothing and finds nothing."""

    questions = Questions()

    def preset(self, question: str | None) -> Filled:
        """Return an empty form."""
        return Filled()

    def touches(self, directive: Directive, content: Content) -> Guidance:
        """Return that nothing is touched."""
        return Guidance()

    def flags_behind(self, facts: object) -> tuple[str, ...]:
        """Return that nothing is behind a fact."""
        return ()


class LedgeredOutbox(Outbox):
    """The outbox; what is to be struck out is written to a file before."""

    def __init__(self, engine: Engine, ledger: PaperSlack) -> None:
        super().__init__(engine)
        self._ledger = ledger

    def done(self, letter: Letter) -> None:
        """Strike a letter out."""
        self._ledger.write(letter.model_dump(include={"line", "person", "about"}))
        super().done(letter)


class Postman(Posting):
    """The posting of cards, for as long as something is due."""

    async def rounds(self) -> None:
        """Post what is due."""
        while await self._round():
            pass


@cache
def library(*, amended: bool = False) -> Library:
    """Return the directives on file, or with a clause that requests rest on reworded."""
    found = load(ROOT / "corpus")
    if not amended:
        return found
    order = found.get(ORDER)
    clauses = tuple(
        one.model_copy(update={"text": f"{one.text} Amended."}) if one.section in _CLAUSES else one
        for one in (order.clauses if order is not None else ())
    )
    changed = tuple(
        one.model_copy(update={"clauses": clauses}) if one is order else one
        for one in found.directives
    )
    return replace(found, directives=changed)


class Station:
    """The bureau at a time, over a migrated database; its files lie in ``folder``."""

    def __init__(
        self,
        engine: Engine,
        folder: Path,
        at: datetime,
        moments: Moments | None = None,
        *,
        amended: bool = False,
        busy: bool = False,
    ) -> None:
        moments = moments or Moments()
        key = audit_key(_SECRET)
        points = WatchedCheckpoints(folder / CHECKPOINTS, key).watched(moments)
        self.at = at
        self.engine = engine
        self.audit = AuditStore(engine, key, points, self.clock)
        self.rosters = Rosters(engine, self.clock, self.audit)
        self.library = library(amended=amended)
        links = Links("http://127.0.0.1:8514", _SECRET, sign_reading=False, clock=at.timestamp)
        images = Images(engine, self.audit, folder / FOLDER, self.clock)
        self.bureau: Bureau = open_bureau(
            engine=engine,
            audit=self.audit,
            library=self.library,
            links=links,
            guide=Guide(),
            roster=self.roster,
            rules=Rules(zone=_UTC, times=_TIMES),
            clock=self.clock,
            images=images,
        )
        self.slack = PaperSlack(folder / _SLACK, moments, self.roster, busy=busy)
        self.ledger = PaperSlack(folder / _STRUCK, Moments(), self.roster)
        self.outbox = LedgeredOutbox(engine, self.ledger)
        self._cards = Cards(engine)
        self._casefiles = Casefiles(self.bureau, self.library, links, self._cards, _UTC)
        store, filled = self.bureau.store, Filled(description="A target.")
        self._does: Mapping[Doing, Callable[[Step], object]] = {
            Doing.IMPORT: lambda step: self.rosters.file(roster(step.left)),
            Doing.DRAFT: lambda step: store.keep_answer(_answer(step.answer), asker(step.by)),
            Doing.SAVE: lambda step: store.save_draft(step.answer, filled),
            Doing.SEND: self._write,
            Doing.CHANGE: self._write,
            Doing.ACT: self._act,
            Doing.TEND: lambda step: self.bureau.register.tend(),
            Doing.HOLD: self._hold,
            Doing.RELEASE: self._hold,
            Doing.ERASE: lambda step: erase(self.audit, store, images, KEPT_DAYS),
            Doing.TELL: lambda step: asyncio.run(self._tell()),
        }

    def clock(self) -> datetime:
        """Return the time."""
        return self.at

    def roster(self) -> Roster | None:
        """Return the roster in force."""
        filed = self.rosters.in_force()
        return filed.roster if filed is not None else None

    def request(self, answer: str) -> Request:
        """Return the request that an answer led to."""
        found = self.bureau.store.by_answer(answer)
        assert found is not None, f"nothing was sent from {answer}"
        return found

    def do(self, step: Step) -> None:
        """Do a step; raise what the product raises."""
        self._does[step.doing](step)

    def _act(self, step: Step) -> None:
        assert step.deed is not None
        self.bureau.register.act(self.request(step.answer).reference, step.deed, asker(step.by))

    def _hold(self, step: Step) -> None:
        number = self.request(step.answer).reference
        if step.doing is Doing.HOLD:
            hold(self.audit, number, "A case is pending.")
        else:
            release(self.audit, number, "It is closed.")

    def _write(self, step: Step) -> None:
        order = self.library.get(ORDER)
        assert order is not None
        if step.doing is Doing.SEND:
            vouched = RequestReference(
                answer=step.answer,
                directive=ORDER,
                sha256=order.sha256,
                clauses=_CLAUSES,
                kind=step.kind,
                decided_by="the Chief of Police",
            )
            self.bureau.sending.send(vouched, order, content(step), asker(step.by), Guidance())
            return
        seen = self.request(step.answer).model_copy(update={"version": step.version})
        self.bureau.sending.change(seen, order, content(step), asker(step.by), Guidance())

    async def _tell(self) -> None:
        bridge = Bridge(threads=1)
        postman = Postman(
            bureau=self.bureau,
            outbox=self.outbox,
            cards=self._cards,
            casefiles=self._casefiles,
            reaching=self.slack,  # type: ignore[arg-type]
            bridge=bridge,
            counts=Counter(),
            clock=self.clock,
        )
        try:
            await postman.rounds()
        finally:
            bridge.close()


def _answer(id_: str) -> Answer:
    return Answer(
        id=id_,
        question="May I post a photo from the range?",
        verdict=Verdict.NEEDS_PERMISSION,
        summary="",
        approval=Approval(offered=True),
        engine="none",
    )
