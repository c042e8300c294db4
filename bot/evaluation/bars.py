"""Bars on figures: shares must reach them; mistakes and times must not pass them."""

from collections.abc import Sequence
from math import isfinite

from bot.errors import AssistantError
from bot.evaluation.quality import Figures

# Every figure but these is the better the lower it is.
_REACHED = frozenset(
    {
        "questions",
        "hit_at_1",
        "recall_at_5",
        "citation_precision",
        "verdict_accuracy",
        "out_of_scope_not_covered",
        "verbatim",
    }
)


class BarMissed(AssistantError):
    """One or more figures missed their bars."""


def parse(bars: Sequence[str]) -> dict[str, float]:
    """Return NAME=VALUE pairs; raise AssistantError for a name or value that cannot be."""
    found: dict[str, float] = {}
    for bar in bars:
        name, _, value = bar.partition("=")
        try:
            number = float(value)
        except ValueError:
            number = float("nan")
        if not isfinite(number):
            raise AssistantError(f"--fail-under {bar!r}: write NAME=VALUE with a number.")
        if name not in Figures.model_fields:
            known = ", ".join(Figures.model_fields)
            raise AssistantError(f"--fail-under {name!r} is no figure. Known: {known}.")
        if name in found:
            raise AssistantError(f"--fail-under {name!r} is given twice. Leave one.")
        found[name] = number
    return found


def hold(figures: Figures, bars: dict[str, float]) -> None:
    """Raise BarMissed naming every figure that misses its bar, or that could not be taken."""
    missed = []
    for name, bar in bars.items():
        value = getattr(figures, name)
        if value is None:
            missed.append(f"{name} cannot be taken on these questions, the bar is {bar:.4g}")
        elif value < bar if name in _REACHED else value > bar:
            missed.append(f"{name} is {value:.4g}, the bar is {bar:.4g}")
    if missed:
        raise BarMissed("; ".join(missed) + ".")
