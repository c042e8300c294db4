"""The switch on the terminal: answers on a clause are paused, listed, and resumed."""

from typing import Annotated

import typer
from pydantic import ValidationError

from bot import config
from bot.commands import show
from bot.errors import AssistantError
from bot.policy.member import Member

pausing_app = typer.Typer(no_args_is_help=True)
Citation = Annotated[str, typer.Argument(help='A clause: "5.14 E.16"; or a whole directive: 5.14.')]
By = Annotated[str, typer.Option("--by", help="Who does it; kept with the record.")]


@pausing_app.command("pause")
def directives_pause(
    citation: Citation,
    by: By,
    reason: Annotated[str | None, typer.Option(help="Why; kept with the record.")] = None,
) -> None:
    """Pause answers on a clause at once, in every process; its words can still be read."""
    from bot.cited import exactly
    from bot.opening import open_library
    from bot.wiring import make_unit

    settings = config.load()
    who = _member(by)
    directive, sections = exactly(open_library(settings), citation)
    pauses = make_unit(settings).pauses
    for section in sections:
        made = pauses.pause(directive, section, who, reason)
        show.plain(f"Answers on {made.citation} are paused.\n")


@pausing_app.command("resume")
def directives_resume(citation: Citation, by: By) -> None:
    """Resume answers on a clause that was paused."""
    from bot.cited import exactly
    from bot.opening import open_library
    from bot.wiring import make_unit

    settings = config.load()
    who = _member(by)
    directive, sections = exactly(open_library(settings), citation)
    pauses = make_unit(settings).pauses
    for section in sections:
        pause = pauses.on(directive.number, section)
        if pause is None:
            named = directive.citation(section) if section else directive.name
            raise AssistantError(
                f"Answers on exactly {named} are not paused. See 'policybot directives paused'."
            )
        pauses.resume(pause.number, who)
        show.plain(f"Answers on {pause.citation} are given again.\n")


@pausing_app.command("paused")
def directives_paused(
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object and nothing else.")
    ] = False,
) -> None:
    """List the clauses on which answers are paused, the oldest first."""
    from bot.wiring import make_unit

    found = make_unit(config.load()).pauses.standing()
    if as_json:
        show.as_json({"paused": [pause.model_dump(mode="json") for pause in found]})
        return
    for pause in found:
        why = f": {pause.reason}" if pause.reason else ""
        show.plain(f"{pause.citation}, since {pause.since:%Y-%m-%d}, by {pause.paused_by}{why}\n")
    if not found:
        show.plain("No answers are paused.\n")


def _member(name: str) -> Member:
    from bot.policy.member import at_terminal

    try:
        return at_terminal(name)
    except ValidationError:
        raise AssistantError(f"--by {name!r} is no name. Give one line of text.") from None
