"""Backup and restore on the terminal."""

from pathlib import Path
from typing import Annotated

import typer

from bot import config
from bot.commands import show
from bot.errors import AssistantError

keeping_app = typer.Typer()


@keeping_app.command()
def backup(file: Annotated[Path, typer.Argument(help="The file to write.")]) -> None:
    """Back up database, images and the checkpoints of the record while it runs; not the key."""
    from bot import backup as backups
    from bot.approvals.bureau import CHECKPOINTS
    from bot.wiring import make_archive

    settings = config.load()
    archive = make_archive(settings)
    backups.back_up(archive.engine, settings.var_dir, file, archive.clock())
    key = "SECRET_KEY" if settings.secret_key else str(settings.var_dir / backups.KEY)
    show.plain(
        f"{file} holds the database, {CHECKPOINTS} and the images. It does not hold the key: keep "
        f"{key} too, apart from it. Without it the record cannot be checked.\n"
    )


@keeping_app.command()
def restore(file: Annotated[Path, typer.Argument(help="A file that backup wrote.")]) -> None:
    """Put a backup into an empty VAR_DIR and check its record; nothing is overwritten."""
    from bot import backup as backups
    from bot.audit.packet import condition
    from bot.wiring import make_archive

    settings = config.load()
    key = settings.var_dir / backups.KEY
    if not (settings.secret_key or key.exists()):
        raise AssistantError(f"The key is missing. Set SECRET_KEY, or put the key at {str(key)!r}.")
    backups.restore(file, settings.var_dir, settings.database)
    found = make_archive(settings).verify()
    if found.faults:
        raise AssistantError(f"The backup is put back. {condition(found)}")
    show.plain(f"The backup is put back. {condition(found)}\n")
