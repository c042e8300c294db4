"""How good answers are, measured on labelled questions; each figure is explained in bench/README.

The figures' names are those of ``policybot eval --json`` and of ``--fail-under``.
"""

import time
from collections.abc import Callable, Sequence
from math import ceil
from statistics import median

from pydantic import BaseModel, ConfigDict

from bot.answer import Answer, Citation, Verdict
from bot.answers import Answers
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
    """One answer held against its label; shares are None where the label sets nothing to find.

    ``best`` is the first of the accepted verdicts, ``given`` the answer's. ``took_ms`` is None for
    a question that was refused, ``over_embedding`` where the bare embedding was not timed.
    """

    model_config = _CLOSED

    kind: str
    recall: float | None
    hit: bool | None
    cited: int
    fitting: int
    verbatim: int
    best: Verdict
    given: Verdict
    verdict: bool
    false_allowed: bool
    missed_ban: bool
    over_ban: bool
    approval_set: bool
    approval_offered_wrongly: bool
    approval_withheld_wrongly: bool
    out_of_scope: bool
    in_scope: bool
    took_ms: float | None
    over_embedding: float | None


class Figures(BaseModel):
    """The figures of a set of questions: counts, shares between 0 and 1, milliseconds.

    The shares of false allowed, missed bans and over-bans are of all questions; those of approvals
    of the questions whose label settles it; ``wrongly_not_covered_share`` of the questions for
    which not_covered is not accepted, ``out_of_scope_not_covered`` of those for which nothing else
    is. A share is None where there is nothing to take it of.
    """

    model_config = _CLOSED

    questions: int
    hit_at_1: float | None
    recall_at_5: float | None
    citation_precision: float | None
    verdict_accuracy: float
    false_allowed: int
    false_allowed_share: float
    missed_bans: int
    missed_bans_share: float
    over_bans: int
    over_bans_share: float
    approval_wrong: int
    approval_offered_wrongly: int
    approval_offered_wrongly_share: float | None
    approval_withheld_wrongly: int
    approval_withheld_wrongly_share: float | None
    wrongly_not_covered: int
    wrongly_not_covered_share: float | None
    wrongly_answered: int
    out_of_scope_not_covered: float | None
    verbatim: float | None
    took_ms_median: float | None
    took_ms_p95: float | None
    over_embedding: float | None


class Report(BaseModel):
    """The figures of all questions and of each kind, and the confusion of verdicts.

    ``confusion`` counts how often each verdict was given (inner) where each was best (outer).
    """

    model_config = _CLOSED

    all: Figures
    confusion: dict[Verdict, dict[Verdict, int]]
    kinds: dict[str, Figures]

    def as_json(self) -> dict[str, object]:
        """Return plain values, the figures of all questions first."""
        data = self.model_dump(mode="json")
        return {**data.pop("all"), **data}


def measure(
    assistant: Answers,
    questions: Sequence[Labelled],
    done: Callable[[int], None],
    embed: Callable[[str], object] | None = None,
) -> tuple[Judged, ...]:
    """Return every answer judged; ``done`` is called with the number of questions asked so far.

    With ``embed``, the bare embedding of each question is timed beside its answer; which of the
    two comes first alternates.
    """
    found = []
    for count, asked in enumerate(questions, 1):
        bare = _timed(embed, asked.q) if embed and count % 2 else None
        try:
            answer = assistant.ask(asked.q, asked.history)
        except QuestionRefused:
            answer = None
        if embed and bare is None:
            bare = _timed(embed, asked.q)
        found.append(judge(asked, answer, assistant.library, bare))
        done(count)
    return tuple(found)


def judge(
    asked: Labelled, answer: Answer | None, library: Library, bare_ms: float | None = None
) -> Judged:
    """Return one answer held against its label; a refused question counts as not covered.

    ``bare_ms`` is what the bare embedding of the question took.
    """
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
        best=asked.verdicts[0],
        given=verdict,
        verdict=verdict in accepted,
        false_allowed=verdict in _FREE and not accepted & _FREE,
        missed_ban=verdict in _SILENT and accepted <= _BANS,
        over_ban=verdict in _BANS and not accepted & _BANS,
        approval_set=asked.approval is not None,
        approval_offered_wrongly=asked.approval is False and offered,
        approval_withheld_wrongly=asked.approval is True and not offered,
        out_of_scope=accepted == {Verdict.NOT_COVERED},
        in_scope=Verdict.NOT_COVERED not in accepted,
        took_ms=answer.took_ms if answer else None,
        over_embedding=answer.took_ms / bare_ms if answer and bare_ms else None,
    )


def figures(judged: Sequence[Judged]) -> Figures:
    """Return the figures of one or more judged answers."""
    cited = sum(one.cited for one in judged)
    approvals = sum(one.approval_set for one in judged)
    offered = sum(one.approval_offered_wrongly for one in judged)
    withheld = sum(one.approval_withheld_wrongly for one in judged)
    false_allowed = sum(one.false_allowed for one in judged)
    missed_bans = sum(one.missed_ban for one in judged)
    over_bans = sum(one.over_ban for one in judged)
    silent = [one for one in judged if one.given is Verdict.NOT_COVERED]
    outside = sum(one.out_of_scope for one in judged)
    inside = sum(one.in_scope for one in judged)
    abstained = sum(one.out_of_scope for one in silent)
    unanswered = sum(one.in_scope for one in silent)
    took = sorted(one.took_ms for one in judged if one.took_ms is not None)
    over = [one.over_embedding for one in judged if one.over_embedding is not None]
    return Figures(
        questions=len(judged),
        hit_at_1=_mean([float(one.hit) for one in judged if one.hit is not None]),
        recall_at_5=_mean([one.recall for one in judged if one.recall is not None]),
        citation_precision=_share(sum(one.fitting for one in judged), cited),
        verdict_accuracy=sum(one.verdict for one in judged) / len(judged),
        false_allowed=false_allowed,
        false_allowed_share=false_allowed / len(judged),
        missed_bans=missed_bans,
        missed_bans_share=missed_bans / len(judged),
        over_bans=over_bans,
        over_bans_share=over_bans / len(judged),
        approval_wrong=offered + withheld,
        approval_offered_wrongly=offered,
        approval_offered_wrongly_share=_share(offered, approvals),
        approval_withheld_wrongly=withheld,
        approval_withheld_wrongly_share=_share(withheld, approvals),
        wrongly_not_covered=unanswered,
        wrongly_not_covered_share=_share(unanswered, inside),
        wrongly_answered=outside - abstained,
        out_of_scope_not_covered=_share(abstained, outside),
        verbatim=_share(sum(one.verbatim for one in judged), cited),
        took_ms_median=median(took) if took else None,
        took_ms_p95=took[ceil(0.95 * len(took)) - 1] if took else None,
        over_embedding=median(over) if over else None,
    )


def per_kind(judged: Sequence[Judged]) -> dict[str, Figures]:
    """Return the figures of each kind of question, by name."""
    kinds = sorted({one.kind for one in judged})
    return {kind: figures([one for one in judged if one.kind == kind]) for kind in kinds}


def report(judged: Sequence[Judged]) -> Report:
    """Return everything that is said of one or more judged answers."""
    confusion = {best: dict.fromkeys(Verdict, 0) for best in Verdict}
    for one in judged:
        confusion[one.best][one.given] += 1
    return Report(all=figures(judged), confusion=confusion, kinds=per_kind(judged))


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


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _timed(call: Callable[[str], object], text: str) -> float:
    started = time.perf_counter()
    call(text)
    return (time.perf_counter() - started) * 1000
