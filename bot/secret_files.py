"""Secrets given as a file, NAME_FILE, the way Docker and systemd hand them over."""

from collections.abc import Mapping
from pathlib import Path

from bot.errors import SettingRefused

SECRETS = (
    "slack_bot_token",
    "slack_app_token",
    "slack_signing_secret",
    "slack_client_secret",
    "database_url",
    "chat_api_key",
    "secret_key",
    "metrics_token",
)


def held(name: str, given: Mapping[str, str | None]) -> str | None:
    """Return what the file of secret ``name`` holds, or None where ``given`` names no file.

    ``given`` is everything set, by lower-case name. White space around the secret is left out.
    Raise SettingRefused for a file that cannot be read, and where the secret itself is set too.
    """
    path, setting = given.get(f"{name}_file"), name.upper()
    if not path:
        return None
    if given.get(name):
        raise SettingRefused(f"{setting} and {setting}_FILE are both set. Remove one of them.")
    try:
        secret = Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SettingRefused(
            f"{setting}_FILE: {path!r} cannot be read ({error.strerror}). Correct the path, or let "
            "the service's account read the file."
        ) from None
    except ValueError:
        raise SettingRefused(f"{setting}_FILE: {path!r} is not text. Name another file.") from None
    if not secret:
        raise SettingRefused(f"{setting}_FILE: {path!r} is empty. Write the secret into it.")
    return secret
