"""Where the clauses on file send their readers, and what of it is not on file."""

from collections.abc import Sequence
from typing import Annotated

import typer
from pydantic import BaseModel

from bot import config
from bot.commands import show
from bot.errors import AssistantError
from bot.evaluation.sheet import Sheet
from index.directive import FROZEN, Status
from index.library import Library
from index.mentions import Mentions, Sort

referring_app = typer.Typer()


class Target(BaseModel):
    """What a reference leads to; ``section`` is None for the whole directive."""

    model_config = FROZEN

    directive: str
    section: str | None
    status: Status


class Reference(BaseModel):
    """Words of a clause that send the reader on; ``to`` is None where that is not on file."""

    model_config = FROZEN

    directive: str
    section: str
    words: str
    sort: Sort
    to: Target | None


@referring_app.command("references")
def references(
    number: Annotated[str | None, typer.Argument(help="Only this directive's.")] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object and nothing else.")
    ] = False,
) -> None:
    """List what the clauses refer to, what is not on file first."""
    from index.library import load

    found = read(load(config.load().corpus_dir), number)
    if as_json:
        show.as_json({"references": [one.model_dump(mode="json") for one in found]})
    else:
        show.sheets([sheet(found)])


def read(library: Library, number: str | None = None) -> tuple[Reference, ...]:
    """Return every reference in the order of the texts, those that lead nowhere first.

    Raises AssistantError for a number that is not on file.
    """
    on_file = {directive.number: directive for directive in library.named()}
    if number is not None and number.strip() not in on_file:
        raise AssistantError(
            f"{number!r} is not on file. On file: {', '.join(on_file)}. Name one by its number."
        )
    mentions = Mentions(tuple(on_file.values()))
    found = [
        Reference(
            directive=one.number,
            section=mention.section,
            words=mention.words,
            sort=mention.sort,
            to=Target(
                directive=mention.directive,
                section=mention.to,
                status=on_file[mention.directive].status,
            )
            if mention.directive is not None
            else None,
        )
        for one in on_file.values()
        if number is None or one.number == number.strip()
        for mention in mentions.of(one)
    ]
    return tuple(sorted(found, key=lambda one: one.to is not None))


def sheet(found: Sequence[Reference]) -> Sheet:
    """Return references as a table."""
    missing = sum(one.to is None for one in found)
    return Sheet(
        title="References",
        columns=("clause", "words", "leads to"),
        rows=tuple((f"{r.directive} § {r.section}", r.words, _leads(r)) for r in found),
        note=f"{len(found)} in all, {missing} to what is not on file.",
    )


def _leads(reference: Reference) -> str:
    if reference.to is None:
        return "not on file" + (" (law)" if reference.sort is Sort.LAW else "")
    section = f" § {reference.to.section}" if reference.to.section else ""
    status = reference.to.status
    known = "" if status is Status.IN_FORCE else f" ({status.value})"
    return f"{reference.to.directive}{section}{known}"
