"""The record on the terminal: checked, handed out, kept by legal hold, erased by a stated rule."""

from datetime import date, datetime
from typing import Annotated

import typer

from bot import config
from bot.commands import show, show_record
from bot.commands.requesting import Folder, Json, Number
from bot.errors import AssistantError, SettingRefused

audit_app = typer.Typer(help="The record: check it, hand it out.", no_args_is_help=True)
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="A day, included.")]


class RecordBroken(AssistantError):
    """The record does not hold; the message says where."""


@audit_app.command("verify")
def audit_verify(as_json: Json = False) -> None:
    """Check every line of the record, and say up to which checkpoint it vouches."""
    from bot.audit.packet import condition
    from bot.wiring import make_archive

    found = make_archive(config.load()).verify()
    if as_json:
        show.as_json({"ok": not found.faults, **found.model_dump(mode="json")})
    elif found.faults:
        show_record.faults(found)
    else:
        show.plain(condition(found) + "\n")
    if found.faults:
        raise RecordBroken(condition(found))


@audit_app.command("export")
def audit_export(
    out: Folder,
    request: Annotated[str | None, typer.Option(help="One request, by its number.")] = None,
    since: Day = None,
    until: Day = None,
) -> None:
    """Hand out a packet: one request, some days, or everything. This is recorded."""
    from bot.approvals.handing import Asked
    from bot.wiring import make_archive

    if request is not None and (since or until):
        raise typer.BadParameter("--request goes alone", param_hint="--request")
    archive = make_archive(config.load())
    number = archive.request(request).reference if request is not None else None
    asked = Asked(request=number, since=_day(since), until=_day(until))
    made = archive.hand_out(asked, out)
    show.plain(f"{made.lines} lines of the record were written to {made.folder}.\n")


@audit_app.command("hold")
def audit_hold(
    reference: Number, reason: Annotated[str, typer.Option(help="Why; kept with the record.")]
) -> None:
    """Set a legal hold on a request: nothing of it is erased until it is lifted."""
    from bot.audit.holds import hold
    from bot.wiring import make_archive

    archive = make_archive(config.load())
    number = archive.request(reference).reference
    hold(archive.audit, number, reason)
    show.plain(f"Request {number} is on hold.\n")


@audit_app.command("release")
def audit_release(
    reference: Number,
    reason: Annotated[str | None, typer.Option(help="Why; kept with the record.")] = None,
) -> None:
    """Lift the legal hold on a request."""
    from bot.audit.holds import release
    from bot.wiring import make_archive

    archive = make_archive(config.load())
    number = archive.request(reference).reference
    release(archive.audit, number, reason)
    show.plain(f"The hold on request {number} is lifted.\n")


@audit_app.command("erase")
def audit_erase(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only show what the rule would erase.")
    ] = False,
) -> None:
    """Erase what RETENTION_DAYS reaches: words and contents of requests that ended, and questions.

    Lines stay.
    """
    from bot.audit import retention
    from bot.database import empty_log, reading
    from bot.wiring import make_archive

    settings = config.load()
    days = settings.retention_days
    if days is None:
        raise SettingRefused(
            "RETENTION_DAYS is not set: nothing is erased without a stated rule. Set it first."
        )
    archive = make_archive(settings)
    if dry_run:
        with reading(archive.engine) as connection:
            found = retention.due(connection, archive.store, days, archive.clock())
    else:
        found = retention.erase(archive.audit, archive.store, archive.images, days)
        asked = retention.erase_asked(archive.audit, days)
        empty_log(archive.engine)
    show_record.erased(found, days, done=not dry_run)
    if not dry_run and asked:
        show.plain(f"The words of {asked} questions were erased.\n")


def _day(given: datetime | None) -> date | None:
    return given.date() if given is not None else None
