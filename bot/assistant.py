"""The core's one entry: a question in, an answer out. It keeps nothing that was asked."""

import logging
import time
from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

from bot import wording
from bot.answer import Answer, Approval, Citation, Verdict, Version
from bot.draft import Draft
from bot.dropping import Drop, Dropped, Drops
from bot.grounding import Gate, Ungrounded, approval
from bot.links import Links, RequestReference
from bot.question import clean, unread
from index.directive import Directive
from index.library import Library
from index.retrieve import Retrieval, Retriever

_REMEMBERED = 6
_LOG = logging.getLogger(__name__)


class Engine(Protocol):
    """Decides: makes a draft from what was retrieved."""

    @property
    def name(self) -> str:
        """The engine's name in answers."""
        ...

    def draft(self, retrieval: Retrieval) -> Draft:
        """Return the draft answer."""
        ...


class Phraser(Protocol):
    """Puts a decided draft into better words, and never decides."""

    def phrase(self, retrieval: Retrieval, earlier: Sequence[str], draft: Draft) -> Draft:
        """Return the draft, phrased; raise Drop where it had better stay as it is."""
        ...


class Paused(Protocol):
    """Knows on which clauses the policy unit has paused answers."""

    def over(self, draft: Draft) -> Draft:
        """Return the draft itself, or what is said in its place."""
        ...


@dataclass(frozen=True)
class _Grounded:
    """A draft the gate let through, and why another one was dropped for it, if one was."""

    draft: Draft
    citations: tuple[Citation, ...] = ()
    dropped: Dropped | None = None


class Assistant:
    """Retrieval, the deciding engine, the gate; then a phraser if there is one, the gate again."""

    def __init__(
        self,
        library: Library,
        retriever: Retriever,
        engine: Engine,
        gate: Gate,
        links: Links,
        new_id: Callable[[], str],
        phraser: Phraser | None = None,
        elsewhen: "Callable[[date], Assistant] | None" = None,
        paused: Paused | None = None,
    ) -> None:
        """``engine`` decides every answer; what ``phraser`` makes of it is used if it passes.

        What rests on a clause that is ``paused`` gets no verdict, whoever worded it.
        It answers by what is in force on the library's day; ``elsewhen`` returns the assistant of
        a day on which something else was.
        """
        self.library = library
        self.drops = Drops()
        self._retriever = retriever
        self._engine = engine
        self._phraser = phraser
        self._gate = gate
        self._links = links
        self._new_id = new_id
        self._elsewhen = elsewhen
        self._paused = paused
        self._directives = {d.number: d for d in library.in_force()}
        self._versions = {d.number: _version(d) for d in self._directives.values()}

    def ask(
        self,
        question: str,
        history: Sequence[str] = (),
        as_of: date | None = None,
        identity: str | None = None,
    ) -> Answer:
        """Return the answer; raise QuestionRefused (fit to show) when there is nothing to read.

        What cannot be read, or a day whose text is not on file, is answered as not covered.
        """
        if as_of is not None and self._elsewhen is not None and not self._same(as_of):
            return self._elsewhen(as_of).ask(question, history, as_of, identity)
        started = time.perf_counter()
        asked = clean(question)
        reason = unread(asked) or self._not_on_file(as_of)
        if reason is not None:
            grounded = _Grounded(self._silent(reason))
        else:
            before = [text for text in history[-_REMEMBERED:] if unread(text) is None]
            grounded = self._grounded(self._retriever.search(asked, before), before)
        draft = grounded.draft
        identity = identity or self._new_id()
        rested = dict.fromkeys(citation.directive for citation in grounded.citations)
        return Answer(
            id=identity,
            question=question,
            verdict=draft.verdict,
            summary=draft.summary,
            rules=draft.rules,
            citations=grounded.citations,
            approval=self._approval(draft, identity),
            notices=draft.notices,
            warning=draft.warning,
            clarify=draft.clarify,
            engine=draft.engine,
            prompt=draft.prompt,
            dropped=grounded.dropped,
            directives=tuple(self._versions[n] for n in rested or self._versions),
            took_ms=round((time.perf_counter() - started) * 1000, 3),
        )

    def plain(self) -> "Assistant":
        """Return one over the same parts, for measuring: without pauses and without a phraser."""
        found = copy(self)
        found._paused = found._phraser = None
        return found

    def _grounded(self, retrieval: Retrieval, before: Sequence[str]) -> _Grounded:
        """Return the deciding engine's draft, phrased where its phrasing passes the gate too.

        Nothing is phrased where nothing is covered, and nothing that a paused clause is part of.
        """
        made = self._engine.draft(retrieval)
        draft = self._over(made)
        try:
            decided = _Grounded(draft, self._gate.citations(draft))
        except Ungrounded as fault:
            raise RuntimeError(f"draft of engine {self._engine.name!r} refused: {fault}") from fault
        if self._phraser is None or draft is not made or draft.verdict is Verdict.NOT_COVERED:
            return decided
        try:
            phrased = self._phraser.phrase(retrieval, before, draft)
            if self._over(phrased) is not phrased:
                raise Ungrounded("a clause on which answers are paused")
            return _Grounded(phrased, self._gate.citations(phrased))
        except Drop as drop:
            reason = drop.reason
        except Ungrounded:
            reason = Dropped.UNGROUNDED
        self.drops.add(reason)
        _LOG.warning("phrasing dropped: %s", reason.value)
        return replace(decided, dropped=reason)

    def _over(self, draft: Draft) -> Draft:
        return self._paused.over(draft) if self._paused is not None else draft

    def _silent(self, reason: str) -> Draft:
        return Draft(verdict=Verdict.NOT_COVERED, summary=reason, engine=self._engine.name)

    def _same(self, day: date) -> bool:
        """Whether nothing was in force on a day, or the same as what this one answers by."""
        then = self.library.in_force(day)
        return not then or then == tuple(self._directives.values())

    def _not_on_file(self, day: date | None) -> str | None:
        """Return why nothing can be said about a day before the oldest text in force."""
        if day is None or self.library.in_force(day):
            return None
        names = ", ".join(f"{d.name} of {d.effective}" for d in self.library.in_force())
        return wording.not_on_file(names, day)

    def _approval(self, draft: Draft, identity: str) -> Approval:
        if draft.approval is None:
            return Approval()
        number = draft.citations[0].directive
        reference = RequestReference(
            answer=identity,
            directive=number,
            sha256=self._directives[number].sha256,
            clauses=tuple(c.section for c in draft.citations if c.directive == number),
            **draft.approval.model_dump(),
        )
        return approval(draft.approval, self._links.request(reference))


def _version(directive: Directive) -> Version:
    return Version(number=directive.number, effective=directive.effective, sha256=directive.sha256)
