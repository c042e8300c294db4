"""The answer as every surface receives it; its JSON form is fixed (contracts: "An answer")."""

from datetime import date
from enum import StrEnum

from pydantic import BaseModel

from bot.dropping import Dropped
from index.directive import FROZEN
from index.verdict import Verdict as Verdict


class Citation(BaseModel):
    """Words of a directive, verbatim, with the link that opens at them.

    ``lead`` holds the verbatim words that a bullet completes, otherwise null.
    """

    model_config = FROZEN

    directive: str
    section: str
    quote: str
    lead: str | None = None
    url: str
    effective: date


class AppliedRule(BaseModel):
    """A rule that decided, or that would if ``applies_if`` holds."""

    model_config = FROZEN

    directive: str
    section: str
    effect: str
    force: str
    applies_if: str | None = None
    permission_from: str | None = None
    exception: str | None = None


class ApprovalKind(StrEnum):
    """Whose agreement the order asks for."""

    PERMISSION = "permission"
    CONSENT = "consent"
    BOTH = "both"


class Approval(BaseModel):
    """The path the order opens, in its own words; every field but ``offered`` is null if none."""

    model_config = FROZEN

    offered: bool = False
    url: str | None = None
    kind: ApprovalKind | None = None
    decided_by: str | None = None
    form: str | None = None
    route: str | None = None
    basis: str | None = None


class Branch(BaseModel):
    """One reply to the clarifying question and the verdict it leads to."""

    model_config = FROZEN

    if_: str
    verdict: Verdict


class Clarify(BaseModel):
    """The one missing fact that decides, with every branch given at once."""

    model_config = FROZEN

    ask: str
    branches: tuple[Branch, ...]


class Version(BaseModel):
    """The version of a directive an answer rests on."""

    model_config = FROZEN

    number: str
    effective: date
    sha256: str


class Answer(BaseModel):
    """One answer to one question; ``took_ms`` is milliseconds from question to finished answer.

    ``warning`` is the one of ``notices`` that stands before everything else, if one does.
    ``prompt`` is the version of the prompt where a chat model's words stand in the summary, and
    ``dropped`` says why they do not, where a model was asked in vain. Otherwise both are null.
    """

    model_config = FROZEN

    id: str
    question: str
    verdict: Verdict
    summary: str
    rules: tuple[AppliedRule, ...] = ()
    citations: tuple[Citation, ...] = ()
    approval: Approval = Approval()
    notices: tuple[str, ...] = ()
    clarify: Clarify | None = None
    engine: str
    prompt: str | None = None
    dropped: Dropped | None = None
    warning: str | None = None
    directives: tuple[Version, ...] = ()
    took_ms: float = 0.0

    def as_json(self) -> dict[str, object]:
        """Return the fixed JSON form as plain values (``if_`` is written ``if``)."""
        data: dict[str, object] = self.model_dump(mode="json")
        if self.clarify is not None:
            data["clarify"] = {
                "ask": self.clarify.ask,
                "branches": [{"if": b.if_, "verdict": b.verdict} for b in self.clarify.branches],
            }
        return data


def unasked(question: str, reason: str) -> Answer:
    """Return the answer to a line that holds no question: nothing is covered, and why."""
    return Answer(
        id="", question=question, verdict=Verdict.NOT_COVERED, summary=reason, engine="rules"
    )
