"""A scripted assistant for Slack: real answers over the real library, slow or failing if asked."""

import itertools
import threading
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from bot.answer import (
    Answer,
    AppliedRule,
    Approval,
    ApprovalKind,
    Branch,
    Citation,
    Clarify,
    Verdict,
    Version,
)
from bot.errors import QuestionRefused
from bot.links import Links, RequestReference
from index.directive import Directive
from index.library import Library, load

LIBRARY = load(Path(__file__).resolve().parent.parent / "corpus")
NOW = 1_790_000_000.0
LINKS = Links("http://127.0.0.1:8514", "s" * 40, sign_reading=False, clock=lambda: NOW)
LONGEST = 4_000


class ScriptedAnswers:
    """Answers by a word of the question, and remembers what it was asked.

    Cleared, ``gate`` holds every answer back until it is set again. Answers are numbered from
    ``first`` on.
    """

    def __init__(self, library: Library = LIBRARY, links: Links = LINKS, first: int = 1) -> None:
        self.library = library
        self.asked: list[tuple[str, tuple[str, ...]]] = []
        self.gate = threading.Event()
        self.gate.set()
        self._links = links
        self._numbers = itertools.count(first)
        self._lock = threading.Lock()

    def ask(
        self,
        question: str,
        history: Sequence[str] = (),
        as_of: date | None = None,
        identity: str | None = None,
    ) -> Answer:
        with self._lock:
            self.asked.append((question, tuple(history)))
            number = next(self._numbers)
        assert self.gate.wait(20), "the test forgot to open the gate"
        if len(question) > LONGEST:
            raise QuestionRefused(f"{len(question):,} characters are too many. Ask in {LONGEST:,}.")
        if "break" in question:
            raise RuntimeError(f"cannot read {question!r}")
        for word, make in (
            ("boat", self._not_covered),
            ("account", self._depends),
            ("everything", self._everything),
            ("wall", self._meaning),
        ):
            if word in question:
                return make(identity or f"answer-{number}", question)
        return self._permission(identity or f"answer-{number}", question)

    @property
    def order(self) -> Directive:
        directive = self.library.get("5.14")
        assert directive is not None
        return directive

    def cite(self, section: str) -> Citation:
        """Return a citation of a whole clause, with its lead."""
        clause = self.order.clause(section)
        assert clause is not None
        lead = self.order.clause(clause.parent) if clause.parent else None
        return Citation(
            directive=self.order.number,
            section=section,
            quote=clause.text,
            lead=lead.text if lead else None,
            url=self._links.clause(self.order.number, section),
            effective=self.order.effective,
        )

    def _made(self, answer: str, question: str, verdict: Verdict, summary: str) -> Answer:
        order = self.order
        version = Version(number=order.number, effective=order.effective, sha256=order.sha256)
        return Answer(
            id=answer,
            question=question,
            verdict=verdict,
            summary=summary,
            engine="scripted",
            directives=(version,),
        )

    def _rule(self, section: str, applies_if: str | None) -> AppliedRule:
        return AppliedRule(
            directive=self.order.number,
            section=section,
            effect="prohibited",
            force="shall not",
            applies_if=applies_if,
        )

    def _approval(self, answer: str) -> Approval:
        reference = RequestReference(
            answer=answer,
            directive=self.order.number,
            sha256=self.order.sha256,
            clauses=("II¶1", "IV.E.16", "IV.F.1"),
            kind=ApprovalKind.BOTH,
        )
        return Approval(
            offered=True,
            url=self._links.request(reference),
            kind=ApprovalKind.BOTH,
            decided_by="Chief of Police",
            form=None,
            route="via the chain of command",
            basis="IV.F.1",
        )

    def _permission(self, answer: str, question: str) -> Answer:
        made = self._made(
            answer,
            question,
            Verdict.NEEDS_PERMISSION,
            "Not without permission. If the photo shows anyone brandishing a weapon, IV.E.19•3 "
            "prohibits it, and GO 5.14 does not say that approval lifts it.",
        )
        more = {
            "rules": (
                self._rule("IV.E.16", None),
                self._rule("IV.E.19•3", "the photo shows anyone brandishing a weapon"),
                self._rule("IV.F.2", "a colleague is shown"),
            ),
            "citations": tuple(self.cite(s) for s in ("IV.E.16", "II¶1", "IV.E.19•3", "IV.F.1")),
            "approval": self._approval(answer),
            "notices": (
                "E begins “Barring state law or binding employment contracts to the contrary”.",
            ),
        }
        return made.model_copy(update=more)

    def _depends(self, answer: str, question: str) -> Answer:
        made = self._made(
            answer, question, Verdict.DEPENDS, "It depends on one fact you did not give."
        )
        clarify = Clarify(
            ask="Is this on a Department account, or on your own?",
            branches=(
                Branch(if_="a Department account", verdict=Verdict.REQUIRED),
                Branch(if_="your own", verdict=Verdict.NEEDS_PERMISSION),
            ),
        )
        cited = (self.cite("IV.B.2"), self.cite("IV.E.16"))
        return made.model_copy(update={"clarify": clarify, "citations": cited})

    def _meaning(self, answer: str, question: str) -> Answer:
        made = self._made(answer, question, Verdict.INFORMATIONAL, "This is what the order says.")
        return made.model_copy(update={"citations": (self.cite("III.Wall"),)})

    def _everything(self, answer: str, question: str) -> Answer:
        made = self._made(answer, question, Verdict.INFORMATIONAL, "This is section IV.")
        sections = [clause.section for clause in self.order.under("IV")]
        return made.model_copy(update={"citations": tuple(self.cite(s) for s in sections)})

    def _not_covered(self, answer: str, question: str) -> Answer:
        return self._made(
            answer,
            question,
            Verdict.NOT_COVERED,
            "GO 5.14 does not cover this. Ask your supervisor.",
        )
