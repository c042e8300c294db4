"""The measured figures as tables: on the terminal, as Markdown, in the README and in the log."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from pydantic import BaseModel, ConfigDict
from rich.table import Table

from bench import chart
from bench.asking import Asking
from bench.beside import OURS, PLAIN, Comparison
from bench.blocks import replace
from bench.machine import Machine
from bench.speed import Quartiles, Speed
from bench.sweep import SHARES
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

_BESIDE = (
    ("recall_at_5", "recall@5"),
    ("hit_at_1", "hit@1"),
    ("citation_precision", "citation precision"),
    ("verdict_accuracy", "verdict"),
    ("false_allowed", "false allowed"),
    ("missed_bans", "missed bans"),
    ("over_bans", "over-bans"),
    ("approval_wrong", "approval wrong"),
    ("out_of_scope_not_covered", "out of scope seen"),
    ("wrongly_not_covered_share", "wrongly refused"),
)
_COST = ("characters cited", "time over embedding")


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


def comparison_table(comparison: Comparison, part: str) -> Table:
    """Return the terminal's table of the assistant beside the plain pipelines, on one part."""
    table = Table(title=f"Beside plain pipelines: {part}", title_justify="left")
    table.add_column("pipeline")
    for title in (*(title for _, title in _BESIDE), *_COST):
        table.add_column(title, justify="right")
    for cells in _rows_beside(comparison, part):
        table.add_row(*cells, style="bold" if cells[0] == OURS else None)
    return table


def comparison_markdown(comparison: Comparison, part: str) -> str:
    """Return the same table as Markdown."""
    titles = ["pipeline", *(title for _, title in _BESIDE), *_COST]
    lines = [f"| {' | '.join(titles)} |", "|---|" + "---:|" * (len(titles) - 1)]
    for cells in _rows_beside(comparison, part):
        marked = [f"**{cell}**" for cell in cells] if cells[0] == OURS else cells
        lines.append(f"| {' | '.join(marked)} |")
    return "\n".join(lines)


def write_comparison(
    page: Path, picture: Path, comparison: Comparison, test: Comparison | None
) -> None:
    """Draw the picture, and put it and the tables into the marked place of the folder's README.

    ``test`` is the last comparison that had the held-back part; the picture then shows that part.
    """
    shown = [(comparison, "dev"), *([(test, "test")] if test is not None else [])]
    last, part = shown[-1]
    picture.write_text(chart.svg(last, part), encoding="utf-8")
    text = [f"![{chart.alt(last, part)}]({picture.parent.name}/{picture.name})"]
    text.append(_said(last, part))
    for measured, name in shown:
        count = measured.rows[0].parts[name].questions
        text.append(
            f"`{name}`, {count} questions, on {measured.day}; times on {measured.timed} questions. "
            f"{measured.machine.line}.\n\n{comparison_markdown(measured, name)}"
        )
    text.append(_settings(comparison))
    replace(page, "beside", "\n\n".join(text))


def asking_table(asking: Asking) -> Table:
    """Return the terminal's table of many askers at once: figures, and the bars they have."""
    table = Table(title=f"Many askers: {asking.questions} questions", title_justify="left")
    for title in ("what", "figure", "bar"):
        table.add_column(title, justify="left" if title == "what" else "right")
    for cells in asking.rows:
        table.add_row(*cells)
    return table


def _asking_rows(asking: Asking) -> str:
    lines = [f"| {asking.questions} different questions | figure | bar |", "|---|---:|---:|"]
    lines += [f"| {' | '.join(cells)} |" for cells in asking.rows]
    return "\n".join(lines)


def as_markdown(quality: Quality, speed: Speed, asking: Asking) -> str:
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
    parts.append(f"## Many askers\n\n{_asking_rows(asking)}")
    return "\n\n".join(parts) + "\n"


def write_readme(
    path: Path, quality: Quality, speed: Speed, asking: Asking, test: Quality | None
) -> None:
    """Put the short figures into the README's marked place."""
    rows = {name: measured.all for name, measured in quality.sets.items()}
    if test is not None:
        rows = rows | {f"{name} ({test.day})": found.all for name, found in test.sets.items()}
    text = (
        f"Measured on {quality.day}: {quality.machine.line}.\n\n"
        f"{_columns(rows)}\n\n{_speed_rows(speed)}\n\n{_asking_rows(asking)}"
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


def _settings(comparison: Comparison) -> str:
    """Return what won on the development part, and the most any setting reached of each share."""
    titles = ("pipeline", "best settings on `dev`", "tried", *(f"most {name}" for name in SHARES))
    lines = [f"| {' | '.join(titles)} |", "|---|---|" + "---:|" * (len(titles) - 2)]
    for row in comparison.rows:
        if row.title != OURS:
            most = (f"{row.highest[name]:.3f}" for name in SHARES)
            cells = (row.title, row.setting, f"{row.tried:,}", *most)
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _said(comparison: Comparison, part: str) -> str:
    """Return the picture's message in two sentences, from the figures themselves."""
    ours = comparison.rows[-1].parts[part]
    levers = [row.parts[part] for row in comparison.rows[:-1] if not row.title.startswith(PLAIN)]
    plain = [row.parts[part] for row in comparison.rows if row.title.startswith(PLAIN)]
    return (
        f"On `{part}` the assistant meets {ours.recall_at_5 or 0:.0%} of what must be cited with "
        f"its first five citations and gives an accepted verdict to {ours.verdict_accuracy:.0%}, "
        f"with {ours.false_allowed} false allowed; the best that any plain pipeline reaches is "
        f"{_highest(plain, 'recall_at_5'):.0%} and {_highest(plain, 'verdict_accuracy'):.0%}, and "
        f"the fewest false allowed are {min(found.false_allowed for found in plain)}. With every "
        "lever that this repository's own data offers, one clause a passage, the authored "
        f"questions and their verdicts, it is {_highest(levers, 'recall_at_5'):.0%}, "
        f"{_highest(levers, 'verdict_accuracy'):.0%} and "
        f"{min(found.false_allowed for found in levers)}."
    )


def _highest(found: Sequence[Figures], name: str) -> float:
    return max(float(getattr(one, name) or 0.0) for one in found)


def _rows_beside(comparison: Comparison, part: str) -> list[list[str]]:
    return [
        [
            row.title,
            *(_cell(row.parts[part], name) for name, _ in _BESIDE),
            f"{row.shown:.0f}",
            f"{row.ratio:.2f}",
        ]
        for row in comparison.rows
    ]


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
        (f"the same over all {speed.asked} (bar: {speed.overall_bar})", "", speed.overall),
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
