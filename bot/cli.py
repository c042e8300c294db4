"""The command line: every command of the contracts, thin over the core."""

import io
import logging
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bot import config
from bot.commands import show
from bot.commands.auditing import audit_app
from bot.commands.comparing import comparing_app
from bot.commands.keeping import keeping_app
from bot.commands.pausing import pausing_app
from bot.commands.referring import referring_app
from bot.commands.requesting import requests_app
from bot.commands.reviewing import answers_app, feedback_app
from bot.commands.rostering import roster_app
from bot.commands.taking import taking_app
from bot.errors import AssistantError, QuestionRefused
from index.errors import IndexingError

app = typer.Typer(
    name="policybot",
    help="What the directives on file say, word for word.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
index_app = typer.Typer(help="Build and check the index.", no_args_is_help=True)
directives_app = typer.Typer(help="What is on file, and taking more in.", no_args_is_help=True)
slack_app = typer.Typer(help="The assistant in Slack workspaces.", no_args_is_help=True)
app.add_typer(index_app, name="index")
directives_app.add_typer(taking_app)
app.add_typer(directives_app, name="directives")
directives_app.add_typer(comparing_app)
app.add_typer(requests_app, name="requests")
app.add_typer(audit_app, name="audit")
app.add_typer(feedback_app, name="feedback")
app.add_typer(answers_app, name="answers")
app.add_typer(roster_app, name="roster")
app.add_typer(slack_app, name="slack")
app.add_typer(keeping_app)
directives_app.add_typer(pausing_app)
directives_app.add_typer(referring_app)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
AsOf = Annotated[
    datetime | None, typer.Option("--as-of", formats=["%Y-%m-%d"], help="The day asked about.")
]


def main() -> None:
    """Run the command line; faults are one line on stderr and exit code 1, wrong usage is 2."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        app(prog_name=app.info.name)
    except (AssistantError, IndexingError) as error:
        print(error, file=sys.stderr)  # noqa: T201
        sys.exit(2 if isinstance(error, QuestionRefused) else 1)
    except BrokenPipeError:
        sys.exit(0)


@app.command()
def ask(
    question: Annotated[str | None, typer.Argument(help="The question, in quotes.")] = None,
    as_json: Json = False,
    batch: Annotated[
        str | None, typer.Option(help="A file of JSON lines with id and q; '-' is stdin.")
    ] = None,
    as_of: AsOf = None,
) -> None:
    """Answer one question, or with --batch one a line."""
    if (question is None) == (batch is None):
        raise typer.BadParameter("give either a QUESTION or --batch FILE", param_hint="QUESTION")
    day = as_of.date() if as_of else None
    if batch is not None:
        _batch(batch, day)
    else:
        _ask(question or "", as_json, day)


def _ask(question: str, as_json: bool, day: date | None) -> None:
    from bot.asker import Asker, Surface
    from bot.question import clean
    from bot.wiring import make_assistant, make_paused, make_store

    clean(question)
    settings = config.load()
    with show.progress("Building the index") as progress:
        assistant = make_assistant(settings, progress, day, make_paused(settings))
    answer = assistant.ask(question, as_of=day)
    if answer.approval.offered:
        make_store(settings).keep_answer(answer, Asker(surface=Surface.TERMINAL))
    if as_json:
        show.as_json(answer.as_json())
    else:
        show.answer(answer, assistant.library)


def _batch(source: str, day: date | None) -> None:
    from bot.batch import answered, lines
    from bot.wiring import make_assistant, make_paused

    with lines(source) as given:
        settings = config.load()
        with show.progress("Building the index") as progress:
            assistant = make_assistant(settings, progress, day, make_paused(settings))
        for number, line in enumerate(given, 1):
            if line.strip():
                show.line(answered(number, line, lambda q, h: assistant.ask(q, h, day)))


@app.command("eval")
def evaluate(
    file: Annotated[Path | None, typer.Argument(help="Labelled questions, one a line.")] = None,
    as_json: Json = False,
    fail_under: Annotated[
        list[str] | None,
        typer.Option(help="NAME=VALUE: fail when a share is lower, or mistakes are more."),
    ] = None,
    retrieval: Annotated[
        Path | None,
        typer.Option(help="A folder of corpus.jsonl, queries.jsonl, qrels.tsv instead."),
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Ask only the first N queries of the folder.")
    ] = None,
) -> None:
    """Measure quality on labelled questions, or retrieval alone on a folder of documents."""
    if (file is None) == (retrieval is None):
        raise typer.BadParameter("give either FILE or --retrieval DIR", param_hint="FILE")
    if fail_under if file is None else limit:
        raise typer.BadParameter("--fail-under goes with FILE, --limit with --retrieval")
    from bot.evaluation import bars, quality, running, tables

    if retrieval is not None:
        measured = running.on_folder(retrieval, limit, config.load(), show.progress)
        sheets, data = tables.retrieval(measured), measured.as_json()
    elif file is not None:
        wanted = bars.parse(fail_under or [])
        report = quality.report(running.on_labelled(file, config.load(), show.progress))
        sheets, data = tables.quality(report), report.as_json()
    if as_json:
        show.as_json(data)
    else:
        show.sheets(sheets)
    if file is not None:
        bars.hold(report.all, wanted)


@app.command()
def serve() -> None:
    """Serve the web pages, and Slack when it is set up; what ``make run`` ends in."""
    from bot.serve import serve as run

    run(config.load())


@index_app.command("build")
def index_build(
    as_of: AsOf = None,
    afresh: Annotated[
        bool, typer.Option("--afresh", help="Use nothing of the builds before.")
    ] = False,
) -> None:
    """Build the index of what is in force today, and of what is to come; or of another day."""
    from bot.opening import coming, open_index

    settings = config.load()
    days = [as_of.date()] if as_of else [None, *coming(settings)]
    for day in days:
        with show.progress("Building the index") as progress:
            built = open_index(settings, progress, rebuild=True, afresh=afresh, day=day)
        since = f", in force from {built.manifest.since}" if day else ""
        entries = f"{built.manifest.entries} entries indexed by {built.manifest.encoder}"
        _out().print(f"{entries}, {built.manifest.embedded} texts embedded now{since}.")


@index_app.command("status")
def index_status(as_json: Json = False) -> None:
    """Say what is indexed and whether it is current."""
    from bot.opening import open_library
    from index.build import is_current
    from index.encoder import NAME, SHA256
    from index.manifest import read_manifest

    settings = config.load()
    manifest = read_manifest(settings.index_dir)
    encoder = settings.embedding_model or f"{NAME}@{SHA256[:12]}"
    absent = open_library(settings).absent()
    current = is_current(manifest, settings.corpus_dir, encoder, absent)
    if as_json:
        found = manifest.model_dump(mode="json") if manifest else None
        show.as_json({"current": current, "manifest": found})
    elif manifest is None:
        _out().print("There is no index yet. Run 'policybot index build'.")
    else:
        state = "current" if current else "stale; it is built anew before the next answer"
        _out().print(f"{manifest.entries} entries, built {manifest.built}: {state}.")


@index_app.command("check")
def index_check(file: Path, as_json: Json = False) -> None:
    """Parse a file and show its clauses without indexing it."""
    from index.report import check

    found = check(file)
    if as_json:
        show.as_json(found)
    else:
        show.checked(found)


@directives_app.command("list")
def directives_list(as_json: Json = False) -> None:
    """List the directives on file."""
    from bot.commands import filed
    from index.library import load

    library = load(config.load().corpus_dir)
    if as_json:
        show.as_json({"directives": filed.rows(library)})
    else:
        show.directives(library)


@directives_app.command("show")
def directives_show(
    citation: Annotated[str, typer.Argument(help='"5.14", or a clause: "5.14 E.16".')],
    as_json: Json = False,
) -> None:
    """Show a whole directive, or one clause by its citation."""
    from bot.commands import filed
    from index.library import load

    shown = filed.shown(load(config.load().corpus_dir), citation)
    if as_json:
        show.as_json(shown)
    else:
        show.clauses(shown)


@directives_app.command("draft")
def directives_draft(number: str, as_json: Json = False) -> None:
    """Draft the reading of a directive, as rules.yaml."""
    from bot.commands import filed
    from index.asked import as_yaml
    from index.library import load

    drafted = filed.drafted(load(config.load().corpus_dir), number)
    if as_json:
        show.as_json(drafted.model_dump(mode="json", by_alias=True))
    else:
        show.plain(as_yaml(drafted))


@directives_app.command("agreement")
def directives_agreement(number: str, as_json: Json = False) -> None:
    """Measure a drafted reading against the hand-made one."""
    from bot.commands import filed
    from index.asked import load_facts
    from index.library import load

    corpus = config.load().corpus_dir
    found = filed.agreement(load(corpus), load_facts(corpus), number)
    if as_json:
        show.as_json(found.model_dump(mode="json"))
    else:
        show.agreement(found)


@slack_app.command("install-link")
def slack_install_link() -> None:
    """Print a link that installs the assistant in a workspace; it is good for an hour."""
    from bot.composing import make_links

    settings = config.load()
    if not (settings.slack and settings.slack_client_id):
        raise AssistantError(
            "SLACK_CLIENT_ID: installing needs SLACK_CLIENT_ID, SLACK_CLIENT_SECRET, and "
            "SLACK_APP_TOKEN or SLACK_SIGNING_SECRET. Set them first."
        )
    show.plain(make_links(settings).install() + "\n")


def _out() -> Console:
    return Console()
