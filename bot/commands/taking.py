"""Directives taken in, put in force, withdrawn and removed, on the terminal."""

import sys
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from bot import config
from bot.commands import show, show_taking
from bot.errors import AssistantError
from index.handed import Given
from index.intake import KIND, Fate

taking_app = typer.Typer()
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
Number = Annotated[str, typer.Argument(help="Its number, such as 5.14.")]
Effective = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d"], help="The day on which it takes effect."),
]
Version = Annotated[
    datetime | None,
    typer.Option(
        "--version",
        formats=["%Y-%m-%d"],
        help="The effective day of the one that is meant, where there are several.",
    ),
]


class NotAllTaken(AssistantError):
    """Some of the files were refused; the summary says which and why."""


@taking_app.command("add")
def directives_add(
    paths: Annotated[
        list[Path], typer.Argument(metavar="FILE|FOLDER...", help="Files, or folders of them.")
    ],
    number: Annotated[str | None, typer.Option(help="Its number, for one file.")] = None,
    title: Annotated[str | None, typer.Option(help="Its title, for one file.")] = None,
    effective: Effective = None,
    issued: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day of its issue.")
    ] = None,
    prefix: Annotated[
        str | None, typer.Option(help="What stands before its number, such as GO.")
    ] = None,
    section: Annotated[
        str | None, typer.Option(help="The part of the manual that it stands in.")
    ] = None,
    replaces: Annotated[
        bool,
        typer.Option("--replaces", help="It is a version of the one on file under another title."),
    ] = False,
    kind: Annotated[
        str, typer.Option(help="The folder of the corpus, such as special-orders.")
    ] = KIND,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only show what would become of each file.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Take files in as drafts, and say what became of each. Nothing is in force by that.

    The number, the title, the dates and what is rescinded come from the head of each file. Options
    correct them for a single file.
    """
    from bot.wiring import make_intake

    said = Given(number, title, prefix, section, _date(issued), _date(effective), replaces)
    given = said if said != Given() else None
    with show.progress("Taking in") as progress:
        outcomes = make_intake(config.load()).add(
            paths, given=given, kind=kind, dry_run=dry_run, progress=progress
        )
    refused = sum(one.fate is Fate.REFUSED for one in outcomes)
    if as_json:
        told = [one.model_dump(mode="json") for one in outcomes]
        show.as_json({"dry_run": dry_run, "refused": refused, "files": told})
    else:
        show_taking.outcomes(outcomes, dry_run=dry_run)
    if refused or not outcomes:
        raise NotAllTaken(
            f"{refused} of {len(outcomes)} files were refused. The summary says why."
            if outcomes
            else "There is no file in what was handed in. Name a file, or a folder with some."
        )


@taking_app.command("issue")
def directives_issue(
    number: Number,
    reviewed_by: Annotated[str, typer.Option(metavar="NAME", help="Who puts it in force.")],
    effective: Effective = None,
    version: Version = None,
    reading_reviewed: Annotated[
        bool,
        typer.Option("--reading-reviewed", help="NAME has reviewed its reading, rules.yaml, too."),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask again.")] = False,
    as_json: Json = False,
) -> None:
    """Put a draft in force from its effective day, after showing what changes by that."""
    from bot.wiring import make_intake

    if not yes and (as_json or not sys.stdin.isatty()):
        raise typer.BadParameter("nobody can be asked here; add --yes", param_hint="--yes")
    intake = make_intake(config.load())
    proposed = intake.propose(number, effective=_date(effective), version=_date(version))
    if not as_json:
        show_taking.proposed(proposed)
    if not yes and not typer.confirm("Put it in force?"):
        raise AssistantError("Nothing was changed.")
    issued = intake.issue(proposed, reviewed_by, reading_reviewed=reading_reviewed)
    if as_json:
        show.as_json(
            {"proposed": proposed.model_dump(mode="json"), **issued.model_dump(mode="json")}
        )
    else:
        show.plain(
            f"{issued.name} is in force from {issued.effective}, issued by {issued.reviewed_by}. "
            f"Its reading: {issued.reading_by}.\nWhat serves takes it up by itself; "
            "'policybot index build' builds the index at once.\n"
        )


@taking_app.command("withdraw")
def directives_withdraw(number: Number, version: Version = None) -> None:
    """Make an issued directive a draft again, as long as its day has not come."""
    from bot.wiring import make_intake

    sheet = make_intake(config.load()).withdraw(number, version=_date(version))
    show.plain(f"{sheet.name} of {sheet.effective} is a draft again.\n")


@taking_app.command("remove")
def directives_remove(number: Number, version: Version = None) -> None:
    """Delete a draft, with its reading and its questions."""
    from bot.wiring import make_intake

    sheet = make_intake(config.load()).remove(number, version=_date(version))
    show.plain(f"The draft of {sheet.name} of {sheet.effective} is removed.\n")


def _date(given: datetime | None) -> date | None:
    return given.date() if given is not None else None
