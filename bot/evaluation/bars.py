"""Bars on figures: shares must reach them, counts of mistakes must not pass them."""

from collections.abc import Sequence

from bot.errors import AssistantError
from bot.evaluation.quality import Figures


class BarMissed(AssistantError):
    """A figure did not reach its bar."""


def parse(bars: Sequence[str]) -> dict[str, float]:
    """Return NAME=VALUE pairs; raise AssistantError for a name or value that cannot be."""
    found = {}
    for bar in bars:
        name, _, value = bar.partition("=")
        try:
            found[name] = float(value)
        except ValueError:
            raise AssistantError(f"--fail-under {bar!r}: write NAME=VALUE with a number.") from None
        if name not in Figures.model_fields:
            known = ", ".join(Figures.model_fields)
            raise AssistantError(f"--fail-under {name!r} is no figure. Known: {known}.")
    return found


def hold(figures: Figures, bars: dict[str, float]) -> None:
    """Raise BarMissed for the first figure that misses its bar."""
    for name, bar in bars.items():
        value = getattr(figures, name)
        mistakes = isinstance(value, int) and name != "questions"
        if value is not None and (value > bar if mistakes else value < bar):
            raise BarMissed(f"{name} is {value:.4g}, the bar is {bar:.4g}.")
