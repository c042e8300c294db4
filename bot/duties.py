"""What the readings say that officers must do or ask of whom: duties to report, and authorities."""

from collections.abc import Iterable, Mapping

from pydantic import BaseModel

from bot.answer import Answer, ApprovalKind
from bot.roster.deciding import Authority
from index.directive import FROZEN, Directive
from index.rules import Reading, ReportTo, Rule, Silence


class Duty(BaseModel):
    """A clause that lays a duty to report to one's supervisor.

    ``open`` completes "GO 5.14 does not say …" where the directive leaves open whom to tell
    instead; null where it does not. ``directive`` is the number, ``name`` as in "GO 5.14".
    """

    model_config = FROZEN

    directive: str
    name: str
    section: str
    open: str | None = None


def duties(directives: Iterable[Directive], readings: Mapping[str, Reading]) -> tuple[Duty, ...]:
    """Return the duties to report to one's supervisor that the readings mark (``report_to``)."""
    return tuple(
        Duty(
            directive=directive.number,
            name=directive.name,
            section=rule.section,
            open=_open(rule, readings[directive.number]),
        )
        for directive in directives
        for rule in readings[directive.number].rules
        if rule.report_to is ReportTo.SUPERVISOR
    )


def duty_in(answer: Answer, known: Iterable[Duty]) -> Duty | None:
    """Return the first duty whose clause an answer cites, or None."""
    cited = {(citation.directive, citation.section) for citation in answer.citations}
    return next((duty for duty in known if (duty.directive, duty.section) in cited), None)


def authorities(
    directives: Iterable[Directive], readings: Mapping[str, Reading]
) -> tuple[Authority, ...]:
    """Return each authority that the readings name or leave unnamed, once, in their order."""
    found = [
        Authority(
            directive=directive.name,
            by=rule.permission.by,
            kind=ApprovalKind(rule.permission.kind),
        )
        for directive in directives
        for rule in readings[directive.number].rules
        if rule.permission is not None
    ]
    return tuple(dict.fromkeys(found))


def _open(rule: Rule, reading: Reading) -> str | None:
    silences: list[Silence] = [
        silence
        for silence in reading.silences.values()
        if rule.section in silence.sections and silence.report_to is ReportTo.NEXT_LEVEL
    ]
    return silences[0].says if silences else None
