"""The measured figures as tables: on the terminal, as Markdown, in the README and in the log."""

from datetime import date
from pathlib import Path

from pydantic import BaseModel, ConfigDict
from rich.table import Table

from bench.blocks import replace
from bench.machine import Machine
from bench.speed import Quartiles, Speed
from bot.evaluation.quality import Figures

_CLOSED = ConfigDict(frozen=True, extra="forbid")
_COLUMNS = (
    ("questions", "questions"),
    ("recall_at_5", "recall@5"),
    ("hit_at_1", "hit@1"),
    ("citation_precision", "citation precision"),
    ("verdict_accuracy", "verdict"),
    ("false_allowed", "false allowed"),
    ("missed_bans", "missed bans"),
    ("over_bans", "over-bans"),
    ("approval_wrong", "approval wrong"),
    ("wrongly_not_covered", "wrongly not covered"),
    ("wrongly_answered", "wrongly answered"),
    ("verbatim", "verbatim"),
)


class Measured(BaseModel):
    """A set of questions: the hash of its file, the figures of all of it and of each kind."""

    model_config = _CLOSED

    file: str
    all: Figures
    kinds: dict[str, Figures]


class Quality(BaseModel):
    """What was measured when, on which code, corpus and machine."""

    model_config = _CLOSED

    day: date
    code: str | None
    corpus: str
    encoder: str
    machine: Machine
    sets: dict[str, Measured]


def quality_table(name: str, measured: Measured) -> Table:
    """Return the terminal's table of one set: a row a figure, all and then each kind."""
    table = Table(title=f"Quality: {name}", title_justify="left")
    table.add_column("kind")
    for _, title in _COLUMNS:
        table.add_column(title, justify="right")
    for kind, found in {"all": measured.all, **measured.kinds}.items():
        table.add_row(kind, *_row(found), end_section=kind == "all")
    return table


def speed_table(speed: Speed) -> Table:
    """Return the terminal's table of speed: quartiles, and then the median of each stage."""
    table = Table(title=f"Speed: {speed.questions} one-part questions", title_justify="left")
    for title in ("what", "lower quartile", "median", "upper quartile"):
        table.add_column(title, justify="left" if title == "what" else "right")
    for what, unit, found in _timed(speed):
        table.add_row(what, *(f"{value:.2f}{unit}" for value in _three(found)))
    table.add_section()
    for stage, took in speed.stages.items():
        table.add_row(f"stage: {stage}", "", f"{took:.2f} ms", "")
    return table


def as_markdown(quality: Quality, speed: Speed) -> str:
    """Return everything that was measured, as a page of its own."""
    parts = [
        "# Measured",
        f"On {quality.day}, code {quality.code or 'unknown'}, corpus {quality.corpus}, "
        f"encoder {quality.encoder}. {quality.machine.line}. "
        "What each figure means is in [the folder's README](../README.md).",
    ]
    for name, measured in quality.sets.items():
        rows = {"all": measured.all, **measured.kinds}
        parts.append(f"## Quality: {name}\n\n{_quality_rows(rows, 'kind')}")
    stages = ["| stage | median ms |", "|---|---:|"]
    stages += [f"| {stage} | {took:.2f} |" for stage, took in speed.stages.items()]
    parts.append(f"## Speed\n\n{_speed_rows(speed)}\n\n" + "\n".join(stages))
    return "\n\n".join(parts) + "\n"


def write_readme(path: Path, quality: Quality, speed: Speed, test: Quality | None) -> None:
    """Put the short figures into the README's marked place."""
    rows = {name: measured.all for name, measured in quality.sets.items()}
    if test is not None:
        rows = rows | {f"{name} ({test.day})": found.all for name, found in test.sets.items()}
    text = (
        f"Measured on {quality.day}: {quality.machine.line}.\n\n"
        f"{_columns(rows)}\n\n{_speed_rows(speed)}"
    )
    replace(path, "figures", text)


def append_log(path: Path, quality: Quality) -> None:
    """Add one line to the log of measurements on the test part."""
    found = quality.sets["test"].all
    cells = (
        str(quality.day),
        quality.code or "unknown",
        quality.corpus,
        *(_cell(found, name) for name, _ in _COLUMNS[1:]),
    )
    with path.open("a", encoding="utf-8") as file:
        file.write(f"| {' | '.join(cells)} |\n")


def _quality_rows(rows: dict[str, Figures], first: str) -> str:
    titles = [first, *(title for _, title in _COLUMNS)]
    lines = [f"| {' | '.join(titles)} |", "|---|" + "---:|" * len(_COLUMNS)]
    lines += [f"| {name} | {' | '.join(_row(found))} |" for name, found in rows.items()]
    return "\n".join(lines)


def _columns(sets: dict[str, Figures]) -> str:
    """Return a table with a column a set, which fits on the README's page."""
    lines = [f"| figure | {' | '.join(sets)} |", "|---|" + "---:|" * len(sets)]
    for name, title in _COLUMNS:
        cells = " | ".join(_cell(found, name) for found in sets.values())
        lines.append(f"| {title} | {cells} |")
    return "\n".join(lines)


def _speed_rows(speed: Speed) -> str:
    lines = [
        f"| {speed.questions} one-part questions | lower quartile | median | upper quartile |",
        "|---|---:|---:|---:|",
    ]
    for what, unit, found in _timed(speed):
        values = " | ".join(f"{value:.2f}{unit}" for value in _three(found))
        lines.append(f"| {what} | {values} |")
    return "\n".join(lines)


def _timed(speed: Speed) -> tuple[tuple[str, str, Quartiles], ...]:
    return (
        ("embedding the question", " ms", speed.embedding),
        ("the whole answer", " ms", speed.answer),
        (f"answer over embedding (bar: {speed.bar})", "", speed.ratio),
    )


def _three(found: Quartiles) -> tuple[float, float, float]:
    return found.lower, found.median, found.upper


def _row(found: Figures) -> list[str]:
    return [_cell(found, name) for name, _ in _COLUMNS]


def _cell(found: Figures, name: str) -> str:
    value = getattr(found, name)
    if value is None:
        return "–"
    return f"{value:.3f}" if isinstance(value, float) else str(value)
