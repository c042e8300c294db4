"""The roster on the terminal: an administrator checks files, puts them in force, and reads it back.

Whoever sits at the terminal may import; nothing is decided from here.
"""

from pathlib import Path
from typing import Annotated

import typer

from bot import config
from bot.commands import show_roster
from bot.roster.roster import Roster

roster_app = typer.Typer(help="Who is who: people, posts, delegates, route.", no_args_is_help=True)
Files = Annotated[
    list[Path], typer.Argument(help="One .toml file, and .csv files of people if there are any.")
]


@roster_app.command("check")
def roster_check(files: Files) -> None:
    """Read the files of a roster and list every fault; nothing is stored."""
    settings = config.load()
    roster, remarks = _read(files, settings)
    show_roster.counted(roster, remarks)


@roster_app.command("import")
def roster_import(files: Files) -> None:
    """Put a roster in force, and say what changed; the earlier ones stay on record."""
    from bot.roster.changes import changes
    from bot.wiring import make_rosters

    settings = config.load()
    roster, remarks = _read(files, settings)
    rosters = make_rosters(settings)
    before = rosters.in_force()
    filed = rosters.file(roster)
    told = changes(before.roster if before is not None else None, roster)
    show_roster.imported(filed, told, remarks)


@roster_app.command("show")
def roster_show(
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object and nothing else.")
    ] = False,
) -> None:
    """Show the roster in force."""
    from bot.wiring import make_rosters

    filed = make_rosters(config.load()).in_force()
    if as_json:
        show_roster.as_json(filed)
    else:
        show_roster.shown(filed)


def _read(files: list[Path], settings: config.Settings) -> tuple[Roster, tuple[str, ...]]:
    """Return the roster and what is only remarked; raise RosterRefused with every fault."""
    from bot.opening import known_authorities
    from bot.roster.deciding import unanswered
    from bot.roster.reading import read

    known = known_authorities(settings)
    roster = read(files, known)
    return roster, tuple(
        f"No post answers to {words!r}; nobody can decide under it. Add it to a post's answers_to."
        for words in unanswered(roster, known)
    )
