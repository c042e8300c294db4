"""The core's one entry: a question in, an answer out. It keeps nothing that was asked."""

import logging
import time
import unicodedata
from collections.abc import Callable, Sequence
from datetime import date
from typing import Protocol

from bot.answer import Answer, Approval, Version
from bot.draft import Draft
from bot.errors import QuestionRefused
from bot.grounding import Gate, Ungrounded, approval
from bot.links import Links, RequestReference
from index.directive import Directive
from index.library import Library
from index.retrieve import Retrieval, Retriever

LONGEST = 4000
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
        """Return the answer; raise QuestionRefused (fit to show) when there is nothing to read."""
        started = time.perf_counter()
        asked = readable(question)
        before = [text for text in (readable(h, strict=False) for h in history[-6:]) if text]
        retrieval = self._retriever.search(asked, before)
        for engine in self._engines:
            draft = engine.draft(retrieval)
            try:
                citations = self._gate.citations(draft)
            except Ungrounded as reason:
                _LOG.warning("draft of engine %r refused: %s", engine.name, reason)
                continue
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
        raise RuntimeError("no engine made an answer that the gate let through")

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


def readable(question: str, *, strict: bool = True) -> str:
    """Return a question without control characters; raise QuestionRefused if nothing can be read.

    ``strict=False`` returns an empty text instead.
    """
    kept = "".join(
        " " if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Co", "Cn"} else c for c in question
    )
    text = " ".join(kept.split())
    fault = None
    if not text:
        fault = "There is no question to read. Type what you would like to know."
    elif len(text) > LONGEST:
        fault = (
            f"That is {len(text):,} characters; up to {LONGEST:,} can be read. "
            "Ask in a sentence or two, without case details."
        )
    if fault is None:
        return text
    if strict:
        raise QuestionRefused(fault)
    return ""


def _version(directive: Directive) -> Version:
    return Version(number=directive.number, effective=directive.effective, sha256=directive.sha256)
