"""``python -m bench.scale --clauses 10000``: a library of that size, made up, indexed and asked.

Each part runs in a process of its own, one after the other. The model's memory is that of a process
which has loaded it and embedded one batch of a build.
"""

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer
from pydantic import BaseModel, ConfigDict, ValidationError

from bench import machine
from bench.generated import write_corpus
from bench.machine import ROOT

RESULT = Path(__file__).resolve().parent / "results" / "scale.json"
TABLE = RESULT.with_suffix(".md")
BUILD_BAR, RATIO_BAR, MEMORY_BAR_MB = 1.35, 2.2, 1536.0
_SEED = 514
_CLOSED = ConfigDict(frozen=True, extra="forbid")


class Scale(BaseModel):
    """One size of library; seconds by the clock, milliseconds a question, memory in MiB.

    ``build_cpu`` is ``build`` by time of computing, which other programs on the machine change
    less; ``load`` is how many were running, on average, when the run began and when it ended.
    """

    model_config = _CLOSED

    day: date
    code: str | None
    machine: machine.Machine
    load: tuple[float, float]
    directives: int
    texts: int
    bare_s: float
    build_s: float
    build: float
    build_cpu: float
    again_embedded: int
    again_s: float
    start_s: float
    questions: int
    embedding_ms: float
    answer_ms: float
    ratio: float
    right: float
    model_mb: float
    build_mb: float
    answer_mb: float

    @property
    def missed(self) -> list[str]:
        """The bars that are missed, each in a few words."""
        above = max(self.build_mb, self.answer_mb) - self.model_mb
        bars = (
            (self.build, BUILD_BAR, "times the bare encoder's time to build"),
            (self.again_embedded, 1, "texts embedded for one changed clause"),
            (self.ratio, RATIO_BAR, "times the embedding of a question to answer it"),
            (above, MEMORY_BAR_MB, "MiB above the model's"),
        )
        return [f"{found:.2f} {what}, the bar {bar}" for found, bar, what in bars if found > bar]


class Results(BaseModel):
    """The last run of each size, by the number of clauses that was asked for."""

    model_config = _CLOSED

    sizes: dict[int, Scale] = {}


def measure(clauses: int, folder: Path) -> Scale:
    """Return the figures of a library of about so many clauses, made in an empty folder."""
    before = os.getloadavg()[0]
    asked = write_corpus(folder / "corpus", ROOT / "corpus", clauses, _SEED)
    rows = json.dumps([asdict(one) for one in asked])
    (folder / "asked.json").write_text(rows, encoding="utf-8")
    parts = ("bare", "built", "changed", "answered")
    bare, built, changed, answered = (_part(name, folder) for name in parts)
    return Scale(
        day=datetime.now(UTC).date(),
        code=machine.commit(),
        machine=machine.describe(),
        load=(before, os.getloadavg()[0]),
        directives=int(built["directives"]),
        texts=int(built["embedded"]),
        bare_s=bare["seconds"],
        build_s=built["seconds"],
        build=built["seconds"] / bare["seconds"],
        build_cpu=built["cpu_seconds"] / bare["cpu_seconds"],
        again_embedded=int(changed["embedded"]),
        again_s=changed["seconds"],
        start_s=answered["start"],
        questions=int(answered["questions"]),
        embedding_ms=answered["embedding_ms"],
        answer_ms=answered["answer_ms"],
        ratio=answered["ratio"],
        right=answered["right"],
        model_mb=bare["model_mb"],
        build_mb=built["peak_mb"],
        answer_mb=answered["peak_mb"],
    )


def _part(name: str, folder: Path) -> dict[str, float]:
    print(f"{name} …", file=sys.stderr, flush=True)
    done = subprocess.run(
        [sys.executable, "-m", "bench.scaling", name, str(folder)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


def table(results: Results) -> str:
    """Return the figures as Markdown, a column for each size."""
    sizes = [results.sizes[size] for size in sorted(results.sizes)]
    lines = ["| | " + " | ".join(f"{size:,} clauses" for size in sorted(results.sizes)) + " |"]
    lines.append("|---|" + "---:|" * len(sizes))
    rows = (
        ("measured on", [f"{s.day}" for s in sizes]),
        ("programs running meanwhile", [f"{s.load[0]:.1f} to {s.load[1]:.1f}" for s in sizes]),
        ("directives", [f"{s.directives:,}" for s in sizes]),
        ("texts embedded", [f"{s.texts:,}" for s in sizes]),
        ("bare encoder", [f"{s.bare_s:.0f} s" for s in sizes]),
        ("build, nothing reused", [f"{s.build_s:.0f} s" for s in sizes]),
        (f"build over bare encoder (bar {BUILD_BAR})", [f"{s.build:.2f}" for s in sizes]),
        ("the same by time of computing", [f"{s.build_cpu:.2f}" for s in sizes]),
        ("texts embedded after one change (bar 1)", [f"{s.again_embedded}" for s in sizes]),
        ("build after one change", [f"{s.again_s:.1f} s" for s in sizes]),
        ("start, up to the first answer", [f"{s.start_s:.1f} s" for s in sizes]),
        ("embedding of a question", [f"{s.embedding_ms:.1f} ms" for s in sizes]),
        ("warm answer", [f"{s.answer_ms:.1f} ms" for s in sizes]),
        (f"answer over embedding (bar {RATIO_BAR})", [f"{s.ratio:.2f}" for s in sizes]),
        ("the directive asked about is cited", [f"{s.right:.2f}" for s in sizes]),
        ("memory of the model", [f"{s.model_mb:.0f} MiB" for s in sizes]),
        ("more than that while building", [f"{s.build_mb - s.model_mb:.0f} MiB" for s in sizes]),
        ("more than that while answering", [f"{s.answer_mb - s.model_mb:.0f} MiB" for s in sizes]),
    )
    lines += [f"| {name} | {' | '.join(values)} |" for name, values in rows]
    return "\n".join(lines) + "\n"


def run(clauses: int) -> Scale:
    """Measure one size, and put it beside the others that were measured."""
    with tempfile.TemporaryDirectory(prefix="policybot-scale-") as folder:
        found = measure(clauses, Path(folder))
    results = _results()
    results = Results(sizes={**results.sizes, clauses: found})
    RESULT.write_text(results.model_dump_json(indent=1) + "\n", encoding="utf-8")
    TABLE.write_text(table(results), encoding="utf-8")
    return found


def _results() -> Results:
    try:
        return Results.model_validate_json(RESULT.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValidationError):
        return Results()


def main(
    clauses: Annotated[int, typer.Option(min=100, help="How many clauses, about.")] = 10_000,
) -> None:
    """Measure a made-up library of this size; exit code 1 when a bar is missed."""
    found = run(clauses)
    print(TABLE.read_text(encoding="utf-8"), end="")
    if found.missed:
        print(f"Scale: {'; '.join(found.missed)}.", file=sys.stderr)
        raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(main)
