"""Two versions of a directive on the terminal: what changed, and what rested on it."""

from datetime import date, datetime
from typing import Annotated

import typer

from bot import config
from bot.commands import show, show_versions

comparing_app = typer.Typer()

Number = Annotated[str, typer.Argument(help='The directive: "5.14".')]
Day = Annotated[
    datetime | None,
    typer.Argument(formats=["%Y-%m-%d"], help="The day it takes effect, or one it is in force on."),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]


@comparing_app.command("diff")
def diff(number: Number, from_: Day = None, to: Day = None, as_json: Json = False) -> None:
    """Compare two versions of a directive, clause by clause.

    Without days: what is in force and what is to come, or else what was before it.
    """
    from bot.wiring import find_touched

    found = find_touched(config.load(), number, _day(from_), _day(to))
    if as_json:
        show.as_json(show_versions.as_object(found))
    else:
        show_versions.redline(found)


@comparing_app.command("touched")
def touched(number: Number, from_: Day = None, to: Day = None, as_json: Json = False) -> None:
    """List the answers, requests and permissions that rested on clauses that changed."""
    from bot.wiring import find_touched

    found = find_touched(config.load(), number, _day(from_), _day(to))
    if as_json:
        show.as_json(show_versions.rested_object(found))
    else:
        show_versions.rested(found)


def _day(given: datetime | None) -> date | None:
    return given.date() if given is not None else None
