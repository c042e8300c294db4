"""How good answers are, measured on labelled questions; what each figure means is in README.md."""

from collections.abc import Callable, Sequence

from pydantic import BaseModel, ConfigDict

from bot.answer import Answer, Citation, Verdict
from bot.assistant import Answers
from bot.errors import QuestionRefused
from bot.evaluation.labelled import Labelled
from index.directive import squeeze
from index.library import Library

FIRST = 5
_CLOSED = ConfigDict(frozen=True, extra="forbid")
_FREE = frozenset({Verdict.ALLOWED, Verdict.ALLOWED_WITH_CONDITIONS})
_BANS = frozenset({Verdict.PROHIBITED, Verdict.NEEDS_PERMISSION})
_SILENT = frozenset({Verdict.INFORMATIONAL, Verdict.NOT_COVERED})


class Judged(BaseModel):
    """One answer held against its label; shares are None where the label sets nothing to find."""

    model_config = _CLOSED

    kind: str
    recall: float | None
    hit: bool | None
    cited: int
    fitting: int
    verbatim: int
    verdict: bool
    false_allowed: bool
    missed_ban: bool
    over_ban: bool
    approval_wrong: bool
    wrongly_not_covered: bool
    wrongly_answered: bool


class Figures(BaseModel):
    """The figures of a set of questions; shares lie between 0 and 1, the others are counts."""

    model_config = _CLOSED

    questions: int
    recall_at_5: float | None
    hit_at_1: float | None
    citation_precision: float | None
    verdict_accuracy: float
    false_allowed: int
    missed_bans: int
    over_bans: int
    approval_wrong: int
    wrongly_not_covered: int
    wrongly_answered: int
    verbatim: float | None


def measure(
    assistant: Answers, questions: Sequence[Labelled], done: Callable[[int], None]
) -> tuple[Judged, ...]:
    """Return every answer judged; ``done`` is called with the number of questions asked so far."""
    found = []
    for count, asked in enumerate(questions, 1):
        try:
            answer = assistant.ask(asked.q, asked.history)
        except QuestionRefused:
            answer = None
        found.append(judge(asked, answer, assistant.library))
        done(count)
    return tuple(found)


def judge(asked: Labelled, answer: Answer | None, library: Library) -> Judged:
    """Return one answer held against its label; a refused question counts as not covered."""
    verdict = answer.verdict if answer else Verdict.NOT_COVERED
    citations = answer.citations if answer else ()
    offered = answer.approval.offered if answer else False
    sections = [citation.section for citation in citations]
    accepted = set(asked.verdicts)
    governing = {section for group in asked.governing for section in group}
    fitting = governing | set(asked.acceptable)
    return Judged(
        kind=asked.kind,
        recall=_recall(asked, sections[:FIRST]) if asked.governing else None,
        hit=any(_counts(s, governing) for s in sections[:1]) if asked.governing else None,
        cited=len(sections),
        fitting=sum(_counts(section, fitting) for section in sections),
        verbatim=sum(is_verbatim(citation, library) for citation in citations),
        verdict=verdict in accepted,
        false_allowed=verdict in _FREE and not accepted & _FREE,
        missed_ban=verdict in _SILENT and accepted <= _BANS,
        over_ban=verdict in _BANS and not accepted & _BANS,
        approval_wrong=asked.approval is not None and asked.approval != offered,
        wrongly_not_covered=verdict is Verdict.NOT_COVERED and verdict not in accepted,
        wrongly_answered=verdict is not Verdict.NOT_COVERED and accepted == {Verdict.NOT_COVERED},
    )


def figures(judged: Sequence[Judged]) -> Figures:
    """Return the figures of one or more judged answers."""
    cited = sum(one.cited for one in judged)
    return Figures(
        questions=len(judged),
        recall_at_5=_mean([one.recall for one in judged if one.recall is not None]),
        hit_at_1=_mean([float(one.hit) for one in judged if one.hit is not None]),
        citation_precision=sum(one.fitting for one in judged) / cited if cited else None,
        verdict_accuracy=sum(one.verdict for one in judged) / len(judged),
        false_allowed=sum(one.false_allowed for one in judged),
        missed_bans=sum(one.missed_ban for one in judged),
        over_bans=sum(one.over_ban for one in judged),
        approval_wrong=sum(one.approval_wrong for one in judged),
        wrongly_not_covered=sum(one.wrongly_not_covered for one in judged),
        wrongly_answered=sum(one.wrongly_answered for one in judged),
        verbatim=sum(one.verbatim for one in judged) / cited if cited else None,
    )


def per_kind(judged: Sequence[Judged]) -> dict[str, Figures]:
    """Return the figures of each kind of question, by name."""
    kinds = sorted({one.kind for one in judged})
    return {kind: figures([one for one in judged if one.kind == kind]) for kind in kinds}


def is_verbatim(citation: Citation, library: Library) -> bool:
    """Whether a quote stands in the source between its clause's ends, white space squeezed."""
    directive = library.get(citation.directive)
    clause = directive.clause(citation.section) if directive else None
    if directive is None or clause is None or not citation.quote.strip():
        return False
    lead = squeeze(citation.lead or "")
    said = squeeze(directive.source[slice(*clause.span)])
    return squeeze(citation.quote) in said and lead in squeeze(directive.source)


def _recall(asked: Labelled, sections: Sequence[str]) -> float:
    met = [any(_counts(s, set(group)) for s in sections) for group in asked.governing]
    return sum(met) / len(met)


def _counts(section: str, wanted: set[str]) -> bool:
    """Whether a cited section is wanted; a bullet counts for its clause, not the reverse."""
    return section in wanted or section.split("•")[0] in wanted


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
