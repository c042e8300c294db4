"""What people said of answers, on the terminal: the policy unit lists it and marks it as seen."""

from datetime import timedelta
from typing import Annotated

import typer

from bot import config
from bot.commands import show
from bot.errors import AssistantError

answers_app = typer.Typer(help="What was answered, never to whom.", no_args_is_help=True)
feedback_app = typer.Typer(help="What people said of answers.", no_args_is_help=True)


@answers_app.command("list")
def answers_list(
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object and nothing else.")
    ] = False,
    days: Annotated[int, typer.Option(min=1, help="How many days back.")] = 30,
) -> None:
    """List the answers given, newest first: verdict, clauses, and the question where it is kept."""
    from bot.wiring import make_given, utc_now

    found = make_given(config.load()).since(utc_now() - timedelta(days=days))
    if as_json:
        show.as_json({"answers": [given.model_dump(mode="json") for given in found]})
    else:
        show.given(found)


@feedback_app.command("list")
def feedback_list(
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object and nothing else.")
    ] = False,
) -> None:
    """List the feedback that nobody has looked at, newest first."""
    from bot.wiring import make_unit

    found = make_unit(config.load()).feedback.to_look_at()
    if as_json:
        show.as_json({"feedback": [given.model_dump(mode="json") for given in found]})
    else:
        show.feedback(found)


@feedback_app.command("looked-at")
def feedback_looked_at(
    number: Annotated[str, typer.Argument(help="Its number in the list.")],
) -> None:
    """Note that feedback was looked at; its reason and its question are erased."""
    from bot.wiring import make_unit

    store = make_unit(config.load()).feedback
    if not store.looked_at(number.strip().upper()):
        raise AssistantError(
            f"Feedback {number!r} does not wait to be looked at. See 'policybot feedback list'."
        )
    show.plain(f"Noted. Left to look at: {len(store.to_look_at())}\n")
