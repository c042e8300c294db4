"""The figures as tables of plain text, for a terminal of eighty columns or any other page."""

from collections.abc import Mapping

from bot.answer import Verdict
from bot.evaluation.quality import Figures, Report
from bot.evaluation.retrieval import Measured, Ranked
from bot.evaluation.sheet import Sheet

_NONE = "–"
_SHORT = {
    Verdict.PROHIBITED: "proh.",
    Verdict.NEEDS_PERMISSION: "perm.",
    Verdict.REQUIRED: "req.",
    Verdict.ALLOWED_WITH_CONDITIONS: "cond.",
    Verdict.ALLOWED: "all.",
    Verdict.DEPENDS: "dep.",
    Verdict.INFORMATIONAL: "info.",
    Verdict.NOT_COVERED: "n.c.",
}
# What is said of a figure -> its share or figure, its count
_WHOLE: tuple[tuple[str, str | None, str | None], ...] = (
    ("hit@1", "hit_at_1", None),
    ("recall@5", "recall_at_5", None),
    ("citation precision", "citation_precision", None),
    ("verbatim", "verbatim", None),
    ("verdict accuracy", "verdict_accuracy", None),
    ("false allowed", "false_allowed_share", "false_allowed"),
    ("missed bans", "missed_bans_share", "missed_bans"),
    ("over-bans", "over_bans_share", "over_bans"),
    ("approval offered wrongly", "approval_offered_wrongly_share", "approval_offered_wrongly"),
    ("approval withheld wrongly", "approval_withheld_wrongly_share", "approval_withheld_wrongly"),
    ("not covered, of those out of scope", "out_of_scope_not_covered", None),
    ("answered though out of scope", None, "wrongly_answered"),
    ("wrongly not covered, of the others", "wrongly_not_covered_share", "wrongly_not_covered"),
    ("milliseconds, median", "took_ms_median", None),
    ("milliseconds, 95th percentile", "took_ms_p95", None),
    ("time over the bare embedding", "over_embedding", None),
)
_FOUND = {
    "asked": "questions",
    "hit@1": "hit_at_1",
    "recall@5": "recall_at_5",
    "precis.": "citation_precision",
    "verdict": "verdict_accuracy",
    "ms": "took_ms_median",
    "ms p95": "took_ms_p95",
}
_MISTAKES = {
    "false allow.": "false_allowed",
    "missed bans": "missed_bans",
    "over bans": "over_bans",
    "offer. wrong": "approval_offered_wrongly",
    "withh. wrong": "approval_withheld_wrongly",
    "wrongly n.c.": "wrongly_not_covered",
    "wrongly answ.": "wrongly_answered",
}
_RANKED = {
    "recall@1": "recall_at_1",
    "@5": "recall_at_5",
    "@10": "recall_at_10",
    "@100": "recall_at_100",
    "MAP@10": "map_at_10",
    "nDCG@10": "ndcg_at_10",
    "ms": "took_ms_median",
    "ms p95": "took_ms_p95",
}


def quality(report: Report) -> tuple[Sheet, ...]:
    """Return the figures of all questions, the confusion of verdicts, and each kind's figures."""
    whole = report.all
    return (
        Sheet(
            title=f"{whole.questions} questions",
            columns=("figure", "share", "count"),
            rows=tuple(
                (said, _cell(whole, share), _cell(whole, count)) for said, share, count in _WHOLE
            ),
        ),
        Sheet(
            title="Verdicts: the best accepted (rows), the one given (columns)",
            columns=("", *(_SHORT[verdict] for verdict in Verdict)),
            rows=tuple(
                (best.value, *(str(count or "·") for count in given.values()))
                for best, given in report.confusion.items()
            ),
            note="Off the diagonal stand mistakes, and verdicts that are accepted but not best.",
        ),
        _by_kind("By kind: citations, verdicts, time", report, _FOUND),
        _by_kind("By kind: mistakes, counted", report, _MISTAKES),
    )


def retrieval(found: Measured) -> tuple[Sheet, ...]:
    """Return each way of ranking side by side."""
    return (
        Sheet(
            title=f"{found.documents} documents, {found.queries} queries",
            columns=("", *_RANKED),
            rows=tuple(
                (name, *(_cell(ranked, field) for field in _RANKED.values()))
                for name, ranked in found.methods.items()
            ),
            note=(
                f"Indexed in {found.indexing_s:.1f} s ({found.documents_per_s:.0f} documents a "
                f"second). Embedding a query takes {found.embedding_ms_median:.1f} ms; fused takes "
                f"{found.over_embedding:.2f} times that."
            ),
        ),
    )


def _by_kind(title: str, report: Report, columns: Mapping[str, str]) -> Sheet:
    return Sheet(
        title=title,
        columns=("kind", *columns),
        rows=tuple(
            (kind, *(_cell(found, field) for field in columns.values()))
            for kind, found in {**report.kinds, "all": report.all}.items()
        ),
    )


def _cell(figures: Figures | Ranked, name: str | None) -> str:
    """Return a figure as it is shown; times with one digit, shares and ratios with three."""
    value = getattr(figures, name) if name else ""
    if value is None:
        return _NONE
    if isinstance(value, float):
        return f"{value:.1f}" if name and name.startswith("took_ms") else f"{value:.3f}"
    return str(value)
