"""Approval requests on the terminal, reading only: deciding needs a signed-in person."""

from pathlib import Path
from typing import Annotated

import typer

from bot import config
from bot.commands import show, show_record
from bot.errors import AssistantError

requests_app = typer.Typer(help="Approval requests, reading only.", no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
Number = Annotated[str, typer.Argument(help="The request's reference number.")]
Folder = Annotated[Path, typer.Option(help="A folder that is new or empty.")]


@requests_app.command("list")
def requests_list(as_json: Json = False) -> None:
    """List the approval requests, newest first, with state and version."""
    from bot.wiring import make_archive

    archive = make_archive(config.load())
    found = archive.store.all()
    if as_json:
        show.as_json({"requests": [request.model_dump(mode="json") for request in found]})
    else:
        show_record.requests(found, archive.held())


@requests_app.command("show")
def requests_show(reference: Number, as_json: Json = False) -> None:
    """Show one approval request, and what happened to it."""
    from bot.approvals.handing import as_data
    from bot.wiring import make_archive

    archive = make_archive(config.load())
    request = archive.request(reference)
    entries, held = archive.account(request), request.reference in archive.held()
    if as_json:
        show.as_json(as_data(request, entries, held=held))
    else:
        show_record.request(request, entries, archive.questions, held=held)


@requests_app.command("slip")
def requests_slip(
    reference: Number, out: Annotated[Path, typer.Option(help="The PDF to write.")]
) -> None:
    """Print the written permission of a request that is in effect, as PDF."""
    from bot.approvals import letter
    from bot.wiring import make_archive

    paper = letter.pdf(make_archive(config.load()).slips.slip(reference))
    try:
        with out.open("xb") as file:
            out.chmod(0o600)
            file.write(paper)
    except FileExistsError:
        raise AssistantError(f"{str(out)!r} is there already. Name another file.") from None
    except OSError as error:
        raise AssistantError(f"{str(out)!r} cannot be written ({error.strerror}).") from None
    show.plain(f"{out} was written. It is only as good as its check page says.\n")


@requests_app.command("export")
def requests_export(reference: Number, out: Folder) -> None:
    """Hand out a packet about one request; this is recorded."""
    from bot.approvals.handing import Asked
    from bot.wiring import make_archive

    archive = make_archive(config.load())
    asked = Asked(request=archive.request(reference).reference)
    made = archive.hand_out(asked, out)
    show.plain(f"{made.lines} lines of the record were written to {made.folder}.\n")
