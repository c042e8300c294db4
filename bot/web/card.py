"""An answer laid out for the page: verdict in words, clauses with what each does, the way on."""

from datetime import date
from typing import NamedTuple

from pydantic import BaseModel

from bot.answer import Answer, AppliedRule, Citation, Verdict, Version
from bot.links import Links
from bot.web.demonstration import Demonstration
from bot.wording import KINDS, VERDICTS
from index.directive import FROZEN
from index.library import Library


class Badge(NamedTuple):
    """How a verdict looks: its words, its colour's name, its icon's name."""

    label: str
    tone: str
    icon: str


BADGES: dict[Verdict, Badge] = {
    Verdict.PROHIBITED: Badge(VERDICTS[Verdict.PROHIBITED], "red", "stop"),
    Verdict.NEEDS_PERMISSION: Badge(VERDICTS[Verdict.NEEDS_PERMISSION], "amber", "key"),
    Verdict.REQUIRED: Badge(VERDICTS[Verdict.REQUIRED], "blue", "duty"),
    Verdict.ALLOWED_WITH_CONDITIONS: Badge(
        VERDICTS[Verdict.ALLOWED_WITH_CONDITIONS], "teal", "conditions"
    ),
    Verdict.ALLOWED: Badge(VERDICTS[Verdict.ALLOWED], "green", "check"),
    Verdict.DEPENDS: Badge(VERDICTS[Verdict.DEPENDS], "violet", "fork"),
    Verdict.INFORMATIONAL: Badge(VERDICTS[Verdict.INFORMATIONAL], "slate", "book"),
    Verdict.NOT_COVERED: Badge(VERDICTS[Verdict.NOT_COVERED], "grey", "none"),
}


class Passage(BaseModel):
    """A cited clause: its full citation, its words, and what its rules say about the question."""

    model_config = FROZEN

    citation: str
    url: str
    lead: str | None = None
    quote: str
    rules: tuple[AppliedRule, ...] = ()


class Remark(BaseModel):
    """A rule that is not quoted: its citation, the link to its clause, and the rule."""

    model_config = FROZEN

    citation: str
    url: str
    rule: AppliedRule


class Edition(BaseModel):
    """The version of a directive an answer rests on, under the name officers know."""

    model_config = FROZEN

    name: str
    version: Version


class Card(BaseModel):
    """One answer, ready to render."""

    model_config = FROZEN

    answer: Answer
    badge: Badge
    branches: tuple[tuple[str, Badge], ...] = ()
    passages: tuple[Passage, ...] = ()
    remarks: tuple[Remark, ...] = ()
    editions: tuple[Edition, ...] = ()
    order: str | None = None
    kind: str | None = None
    basis: str | None = None
    demonstration: Demonstration | None = None


def card(answer: Answer, library: Library, links: Links) -> Card:
    """Return an answer's card; citations are written out as the directive names itself."""
    cited = {(citation.directive, citation.section) for citation in answer.citations}
    passages = tuple(_passage(citation, answer, library) for citation in answer.citations)
    remarks = tuple(
        Remark(
            citation=cite(library, rule.directive, rule.section),
            url=links.clause(
                rule.directive, rule.section, version=_dated(answer, library, rule.directive)
            ),
            rule=rule,
        )
        for rule in answer.rules
        if (rule.directive, rule.section) not in cited
    )
    numbers = [*(c.directive for c in answer.citations), *(v.number for v in answer.directives)]
    approval = answer.approval
    return Card(
        answer=answer,
        badge=BADGES[answer.verdict],
        branches=tuple(
            (branch.if_, BADGES[branch.verdict])
            for branch in (answer.clarify.branches if answer.clarify else ())
        ),
        passages=passages,
        remarks=remarks,
        editions=tuple(
            Edition(name=name(library, version.number), version=version)
            for version in answer.directives
        ),
        order=numbers[0] if numbers else None,
        kind=KINDS[approval.kind] if approval.kind else None,
        basis=cite(library, numbers[0], approval.basis) if approval.basis and numbers else None,
    )


def cite(library: Library, number: str, section: str) -> str:
    """Return the full citation: ``GO 5.14 § IV.E.19•3``."""
    return f"{name(library, number)} § {section}"


def name(library: Library, number: str) -> str:
    """Return how officers name a directive: ``GO 5.14``; its number if it is not on file."""
    directive = library.get(number)
    return directive.name if directive else number


def _dated(answer: Answer, library: Library, number: str) -> date | None:
    """Return the day by which links of an answer name their version, if they have to."""
    found = next((one for one in answer.directives if one.number == number), None)
    return library.dated(number, found.effective) if found is not None else None


def _passage(citation: Citation, answer: Answer, library: Library) -> Passage:
    here = (citation.directive, citation.section)
    return Passage(
        citation=cite(library, *here),
        url=citation.url,
        lead=citation.lead,
        quote=citation.quote,
        rules=tuple(r for r in answer.rules if (r.directive, r.section) == here),
    )
