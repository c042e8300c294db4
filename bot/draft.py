"""A draft answer, as an engine hands it to the gate: nothing in it is believed yet."""

from pydantic import BaseModel

from bot.answer import AppliedRule, ApprovalKind, Clarify, Verdict
from index.directive import FROZEN


class DraftCitation(BaseModel):
    """Words an engine says stand in a section."""

    model_config = FROZEN

    directive: str
    section: str
    quote: str
    lead: str | None = None


class DraftApproval(BaseModel):
    """The path an engine says the order opens; the link is made only after the gate."""

    model_config = FROZEN

    kind: ApprovalKind
    decided_by: str | None
    form: str | None
    route: str | None
    basis: str


class Draft(BaseModel):
    """What an engine would answer; ``prompt`` is the version a chat model was prompted with.

    ``shown``: it only shows words that were asked for by their number.
    """

    model_config = FROZEN

    verdict: Verdict
    summary: str
    rules: tuple[AppliedRule, ...] = ()
    citations: tuple[DraftCitation, ...] = ()
    approval: DraftApproval | None = None
    notices: tuple[str, ...] = ()
    warning: str | None = None
    clarify: Clarify | None = None
    whole_section: bool = False
    shown: bool = False
    engine: str
    prompt: str | None = None
