"""A scripted assistant for the pages: fixed answers over the real library, by the real seam."""

import itertools
from collections.abc import Sequence
from datetime import date

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
from index.library import Library

RANGE = "Could a range-day snapshot go on Instagram?"
OWN_WORDS = 'My "uniform" <b>photo</b> & me'
TWO_SIDES = "Must my name be on it, which account?"
NOTHING = "Which tyre pressure for the boat trailer?"
MEANING = "What is a wall?"
DISCLOSED = "I already posted it, what now?"
WARNING = "This may be reviewed. Speak to somebody before writing more."
BROKEN = "break the engine: secret words"
MARKUP = "<script>document.title='x'</script><img src=x onerror=alert(1)>"


class ScriptedAnswers:
    """Answers by a word of the question; remembers the history it was given."""

    def __init__(self, library: Library, links: Links) -> None:
        self.library = library
        self.histories: list[tuple[str, ...]] = []
        self._links = links
        self._numbers = itertools.count(1)

    def ask(
        self,
        question: str,
        history: Sequence[str] = (),
        as_of: date | None = None,
        identity: str | None = None,
    ) -> Answer:
        if not question.strip():
            raise QuestionRefused("There is no question. Write one in a few words.")
        if len(question) > 4000:
            raise QuestionRefused(f"{len(question):,} characters are too many. Ask in 4,000.")
        self.histories.append(tuple(history))
        if question == BROKEN:
            raise RuntimeError(f"cannot read {question!r}")
        words = question.lower()
        if "tyre" in words:
            return self._not_covered(question)
        if "wall" in words:
            return self._meaning(question)
        if "which account" in words:
            return self._depends(question)
        if "already posted" in words:
            return self._permission(question).model_copy(
                update={"warning": WARNING, "notices": (WARNING,)}
            )
        return self._permission(question)

    @property
    def order(self) -> Directive:
        directive = self.library.get("5.14")
        assert directive is not None
        return directive

    def _id(self) -> str:
        return f"answer-{next(self._numbers)}"

    def _cite(self, section: str, start: int = 0, end: int | None = None) -> Citation:
        clause = self.order.clause(section)
        assert clause is not None
        end = end or len(clause.text)
        lead = self.order.clause(clause.lead or "") if "•" in section else None
        return Citation(
            directive=self.order.number,
            section=section,
            quote=clause.text[start:end],
            lead=lead.text if lead else None,
            url=self._links.clause(self.order.number, section, (start, end)),
            effective=self.order.effective,
        )

    def _version(self) -> Version:
        order = self.order
        return Version(number=order.number, effective=order.effective, sha256=order.sha256)

    def _approval(self, answer: str, clauses: tuple[str, ...], kind: ApprovalKind) -> Approval:
        reference = RequestReference(
            answer=answer,
            directive=self.order.number,
            sha256=self.order.sha256,
            clauses=clauses,
            kind=kind,
        )
        return Approval(
            offered=True,
            url=self._links.request(reference),
            kind=kind,
            decided_by="Chief of Police",
            form="express written permission",
            route="via the chain of command",
            basis="IV.F.1",
        )

    def _rule(self, section: str, force: str, **more: str) -> AppliedRule:
        return AppliedRule(
            directive=self.order.number, section=section, effect="prohibited", force=force, **more
        )

    def _permission(self, question: str) -> Answer:
        answer = self._id()
        return Answer(
            id=answer,
            question=question,
            verdict=Verdict.NEEDS_PERMISSION,
            summary=(
                "Not without express written permission of the Chief of Police. "
                "If the photo shows anyone brandishing a weapon, the order forbids it and states "
                "no permission; it does not say what brandishing means."
            ),
            rules=(
                self._rule("II¶1", "are prohibited", permission_from="the Chief of Police"),
                self._rule("IV.E.16", "shall not", applies_if="the photo shows you in uniform"),
                self._rule(
                    "IV.E.19•3",
                    "shall not",
                    applies_if="the photo shows anyone brandishing a weapon",
                ),
                self._rule(
                    "IV.F.2", "must inform", applies_if="a colleague can be recognised in it"
                ),
            ),
            citations=(
                self._cite("II¶1", 182),
                self._cite("IV.E.19•3"),
                self._cite("IV.E.16"),
                self._cite("IV.F.1"),
            ),
            approval=self._approval(answer, ("II¶1", "IV.E.16", "IV.F.1"), ApprovalKind.BOTH),
            notices=(
                "Section E begins: “Barring state law or binding employment contracts to the "
                "contrary”.",
                "This reading was made by the authors and is not yet signed off by the Department.",
            ),
            engine="scripted",
            directives=(self._version(),),
            took_ms=1.5,
        )

    def _depends(self, question: str) -> Answer:
        return Answer(
            id=self._id(),
            question=question,
            verdict=Verdict.DEPENDS,
            summary="On a Department page the order requires it; on your own page it forbids it.",
            citations=(self._cite("IV.B.2"), self._cite("IV.E.16")),
            clarify=Clarify(
                ask="Is this on a Department account or on your own?",
                branches=(
                    Branch(if_="a Department account", verdict=Verdict.REQUIRED),
                    Branch(if_="your own account", verdict=Verdict.NEEDS_PERMISSION),
                ),
            ),
            engine="scripted",
            directives=(self._version(),),
        )

    def _meaning(self, question: str) -> Answer:
        return Answer(
            id=self._id(),
            question=question,
            verdict=Verdict.INFORMATIONAL,
            summary="The order defines it among its definitions.",
            citations=(self._cite("III.Wall"),),
            engine="scripted",
            directives=(self._version(),),
        )

    def _not_covered(self, question: str) -> Answer:
        return Answer(
            id=self._id(),
            question=question,
            verdict=Verdict.NOT_COVERED,
            summary="The orders on file do not treat this. Ask your supervisor.",
            engine="scripted",
        )
