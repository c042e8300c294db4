"""The core's one entry: a question in, an answer out. It keeps nothing that was asked."""

import logging
import time
from collections.abc import Callable, Sequence
from datetime import date
from typing import Protocol

from bot import wording
from bot.answer import Answer, Approval, Citation, Verdict, Version
from bot.draft import Draft
from bot.grounding import Gate, Ungrounded, approval
from bot.links import Links, RequestReference
from bot.question import clean, unread
from index.directive import Directive
from index.library import Library
from index.retrieve import Retrieval, Retriever

_REMEMBERED = 6
_LOG = logging.getLogger(__name__)


class Answers(Protocol):
    """What surfaces need of the assistant; tests may put a scripted one here."""

    library: Library

    def ask(self, question: str, history: Sequence[str] = (), as_of: date | None = None) -> Answer:
        """Return the answer; raise QuestionRefused (fit to show) when there is nothing to read."""
        ...


class Engine(Protocol):
    """Makes a draft from what was retrieved."""

    @property
    def name(self) -> str:
        """The engine's name in answers."""
        ...

    def draft(self, retrieval: Retrieval) -> Draft:
        """Return the draft answer."""
        ...


class Assistant:
    """Retrieval, then an engine, then the gate; the rules engine stands in for a refused draft."""

    def __init__(
        self,
        library: Library,
        retriever: Retriever,
        engines: Sequence[Engine],
        gate: Gate,
        links: Links,
        new_id: Callable[[], str],
    ) -> None:
        """``engines`` are tried in order; the last is the rules engine."""
        self.library = library
        self._retriever = retriever
        self._engines = engines
        self._gate = gate
        self._links = links
        self._new_id = new_id
        self._directives = {d.number: d for d in library.in_force()}

    def ask(self, question: str, history: Sequence[str] = (), as_of: date | None = None) -> Answer:
        """Return the answer; raise QuestionRefused (fit to show) when there is nothing to read.

        What cannot be read, or a day whose text is not on file, is answered as not covered.
        """
        started = time.perf_counter()
        asked = clean(question)
        reason = unread(asked) or self._not_on_file(as_of)
        citations: tuple[Citation, ...] = ()
        if reason is not None:
            draft = self._silent(reason)
        else:
            before = [text for text in history[-_REMEMBERED:] if unread(text) is None]
            draft, citations = self._draft(self._retriever.search(asked, before))
        identity = self._new_id()
        rested = dict.fromkeys(citation.directive for citation in citations)
        return Answer(
            id=identity,
            question=question,
            verdict=draft.verdict,
            summary=draft.summary,
            rules=draft.rules,
            citations=citations,
            approval=self._approval(draft, identity),
            notices=draft.notices,
            clarify=draft.clarify,
            engine=draft.engine,
            directives=tuple(_version(self._directives[n]) for n in rested or self._directives),
            took_ms=round((time.perf_counter() - started) * 1000, 3),
        )

    def _draft(self, retrieval: Retrieval) -> tuple[Draft, tuple[Citation, ...]]:
        """Return the first draft that the gate lets through, with its citations."""
        for engine in self._engines:
            draft = engine.draft(retrieval)
            try:
                return draft, self._gate.citations(draft)
            except Ungrounded as reason:
                _LOG.warning("draft of engine %r refused: %s", engine.name, reason)
        raise RuntimeError("no engine made an answer that the gate let through")

    def _silent(self, reason: str) -> Draft:
        name = self._engines[-1].name
        return Draft(verdict=Verdict.NOT_COVERED, summary=reason, engine=name)

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
