"""``python -m bench.retrieval FOLDER``: retrieval on a public folder, recorded with its sha256.

The folder is never part of the project; without one nothing is measured, and that is said.
"""

import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer
from pydantic import BaseModel, ConfigDict
from rich.console import Console

from bench import machine
from bot import config
from bot.commands import show
from bot.errors import AssistantError
from bot.evaluation import running, tables
from bot.evaluation.folder import digest
from bot.evaluation.retrieval import Measured
from index.errors import IndexingError

RESULT = Path(__file__).resolve().parent / "results" / "retrieval.json"
TABLE = RESULT.with_suffix(".md")
_JUDGED = ("recall_at_10", "map_at_10")
_SHOWN = ("recall_at_1", "recall_at_5", *_JUDGED, "ndcg_at_10", "recall_at_100")


class Recorded(BaseModel):
    """One folder measured: its sha256 over the files that were read, and where it came from."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    day: date
    code: str | None
    machine: machine.Machine
    folder: str
    source: str
    measured: Measured

    @property
    def missed(self) -> list[str]:
        """The figures in which another way of ranking is as good or better, each in words."""
        ours = self.measured.methods["fused"]
        return [
            f"{name} of {way} is {theirs:.3f}, fused has {own:.3f}"
            for name in _JUDGED
            for way in ("dense", "bm25")
            if (theirs := getattr(self.measured.methods[way], name)) >= (own := getattr(ours, name))
        ]

    def as_markdown(self) -> str:
        """Return the figures as a table, with what they were measured on."""
        found = self.measured
        lines = [
            f"Measured on {self.day}, code {self.code}, {self.machine.line}.",
            "",
            f"{self.source} Folder sha256 {self.folder}: {found.documents:,} documents, "
            f"{found.queries:,} queries.",
            "",
            f"| way | {' | '.join(name.replace('_at_', '@') for name in _SHOWN)} | ms a query |",
            f"|---|{'---:|' * (len(_SHOWN) + 1)}",
        ]
        for way, ranked in found.methods.items():
            figures = [f"{getattr(ranked, name):.3f}" for name in _SHOWN]
            lines.append(f"| {way} | {' | '.join(figures)} | {ranked.took_ms_median:.1f} |")
        return "\n".join(lines) + "\n"


def main(
    folder: Annotated[Path | None, typer.Argument(help="corpus.jsonl, queries.jsonl, …")] = None,
    source: Annotated[str, typer.Option(help="What it is, from where, under which licence.")] = "",
    limit: Annotated[int | None, typer.Option(min=1, help="Ask the first N queries.")] = None,
) -> None:
    """Measure and record; exit code 1 when fused is not ahead of both other ways."""
    out = Console(width=None if sys.stdout.isatty() else 160)
    if folder is None:
        out.print("Retrieval outside the directives was left out: no folder was named.")
        return
    measured = running.on_folder(folder, limit, config.load(), show.progress)
    recorded = Recorded(
        day=datetime.now(UTC).date(),
        code=machine.commit(),
        machine=machine.describe(),
        folder=digest(folder),
        source=source,
        measured=measured,
    )
    RESULT.write_text(recorded.model_dump_json(indent=1) + "\n", encoding="utf-8")
    TABLE.write_text(recorded.as_markdown(), encoding="utf-8")
    show.sheets(tables.retrieval(measured))
    out.print(f"Folder {recorded.folder[:12]}; written to bench/results/{RESULT.name}")
    if recorded.missed:
        print(f"Retrieval: {'; '.join(recorded.missed)}.", file=sys.stderr)
        raise typer.Exit(1)


def _run() -> int:
    command = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    command.command()(main)
    try:
        command()
    except (AssistantError, IndexingError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(_run())
