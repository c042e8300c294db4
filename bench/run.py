"""``make bench``: quality on the labelled questions, speed beside the bare embedding, as tables.

``--test-part`` measures the held-back questions too, and logs their figures in bench/README.md.
"""

import os
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from pydantic import BaseModel, ValidationError
from rich.console import Console
from rich.progress import Progress

from bench import asking, beside, machine, report, slacking, speed
from bench.beside import Comparison
from bench.report import Measured, Quality
from bot import config, wiring
from bot.assistant import Assistant
from bot.errors import AssistantError
from bot.evaluation import labelled, quality
from index.asked import load_authored, load_facts
from index.errors import IndexingError

_HERE = Path(__file__).resolve().parent
RESULTS = _HERE / "results"
_SETS = ("dev", "rewordings")
_TEST = "test"
_TEST_RESULT = RESULTS / "quality-test.json"
_TEST_BESIDE = RESULTS / "beside-test.json"
_BESIDE = ("dev", _TEST)
ResultT = TypeVar("ResultT", bound=BaseModel)


def main(
    test_part: Annotated[
        bool, typer.Option("--test-part", help="Measure the held-back part too, and log it.")
    ] = False,
) -> None:
    """Measure, print and write; exit code 1 when a bar of speed is missed."""
    out = Console(width=None if sys.stdout.isatty() else 200)
    settings = config.load()
    parts = wiring.assemble(settings)
    timed = speed.measure(
        parts.assistant,
        parts.index.encoder,
        [
            clause.text
            for directive in parts.index.library.in_force()
            for clause in directive.clauses
        ],
        [asked for name in _SETS for asked in labelled.load(_file(name))],
    )
    authored = load_authored(
        settings.corpus_dir, parts.index.library, load_facts(settings.corpus_dir)
    )
    texts = asking.questions(
        parts.index.library,
        authored,
        [asked.q for name in _SETS for asked in labelled.load(_file(name))],
    )
    crowd = asking.measure(parts.assistant, parts.index.encoder, texts)
    in_slack = slacking.measure(parts.assistant, settings, texts)
    with Progress(console=Console(stderr=True), disable=not sys.stderr.isatty()) as bar:
        judged = {name: _judge(parts.assistant, name, bar) for name in _SETS}
        if test_part:
            held_back = _quality(parts, {_TEST: _judge(parts.assistant, _TEST, bar)})
    found = _quality(parts, judged)
    with Progress(console=Console(stderr=True), disable=not sys.stderr.isatty()) as bar:
        sets = judged | (held_back.sets if test_part else {})
        compared = _compare(parts, settings.corpus_dir, sets, bar)
    _write(RESULTS / "quality.json", found.model_dump_json(indent=1))
    _write(RESULTS / "speed.json", timed.model_dump_json(indent=1))
    _write(RESULTS / "asking.json", crowd.model_dump_json(indent=1))
    _write(RESULTS / "measured.md", report.as_markdown(found, timed, crowd))
    _write(RESULTS / "beside.json", compared.model_dump_json(indent=1))
    if test_part:
        _write(_TEST_BESIDE, compared.model_dump_json(indent=1))
        _write(_TEST_RESULT, held_back.model_dump_json(indent=1))
        report.append_log(_HERE / "README.md", held_back)
        judged |= held_back.sets
    last = _last(_TEST_RESULT, Quality)
    report.write_readme(machine.ROOT / "README.md", found, timed, crowd, last)
    slacking.write(in_slack, machine.ROOT / "README.md")
    before = _last(_TEST_BESIDE, Comparison)
    report.write_comparison(_HERE / "README.md", RESULTS / "beside.svg", compared, before)
    for name, measured in judged.items():
        out.print(report.quality_table(name, measured))
    out.print(report.speed_table(timed))
    out.print(report.asking_table(crowd))
    out.print(slacking.table(in_slack))
    for part in compared.rows[0].parts:
        out.print(report.comparison_table(compared, part))
    out.print(f"{found.machine.line}; written to bench/results/")
    missed = [*timed.missed, *crowd.missed, *in_slack.missed]
    if missed:
        print(f"Speed: {'; '.join(missed)}.", file=sys.stderr)
        raise typer.Exit(1)


def _judge(assistant: Assistant, name: str, bar: Progress) -> Measured:
    questions = labelled.load(_file(name))
    task = bar.add_task(f"Quality: {name}", total=len(questions))
    judged = quality.measure(assistant, questions, lambda done: bar.update(task, completed=done))
    return Measured(
        file=labelled.digest(_file(name)),
        all=quality.figures(judged),
        kinds=quality.per_kind(judged),
    )


def _compare(
    parts: wiring.Parts, corpus: Path, sets: Mapping[str, Measured], bar: Progress
) -> Comparison:
    task = bar.add_task("Beside plain pipelines", total=None)
    shown = [name for name in _BESIDE if name in sets]
    return beside.compare(
        parts.assistant,
        parts.index,
        corpus,
        {name: labelled.load(_file(name)) for name in shown},
        {name: sets[name].all for name in shown},
        lambda done, count: bar.update(task, completed=done, total=count),
    )


def _file(name: str) -> Path:
    return Path(__file__).resolve().parent / "questions" / f"{name}.jsonl"


def _quality(parts: wiring.Parts, judged: dict[str, Measured]) -> Quality:
    return Quality(
        day=datetime.now(UTC).date(),
        code=machine.commit(),
        corpus=parts.index.manifest.corpus[:12],
        encoder=_named(parts.index.manifest.encoder),
        machine=machine.describe(),
        sets=judged,
    )


def _named(encoder: str) -> str:
    """Return an encoder's name; of a path its last part alone, so that no machine shows."""
    return encoder.rstrip(os.sep).rsplit(os.sep, 1)[-1]


def _last(path: Path, model: type[ResultT]) -> ResultT | None:
    """Return the last measurement that had the test part, if there is one."""
    try:
        return model.model_validate_json(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValidationError):
        return None


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text.rstrip("\n") + "\n", encoding="utf-8")


def _run(arguments: Sequence[str]) -> int:
    """Return the exit code; faults are one line on stderr."""
    command = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    command.command()(main)
    try:
        command(list(arguments), standalone_mode=True)
    except (AssistantError, IndexingError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(_run(sys.argv[1:]))
