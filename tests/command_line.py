"""The command run in this process: argv and stdin are what a shell gives, the rest is real."""

import io
import logging
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bot import cli

Ended = tuple[int, str, str]
Run = Callable[..., Ended]


def run(
    patch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    *arguments: str,
    stdin: bytes = b"",
) -> Ended:
    """Return exit code, stdout and stderr of ``policybot ARGUMENTS``; no traceback is let pass."""
    handlers = list(logging.getLogger().handlers)
    patch.setattr(sys, "argv", ["policybot", *arguments])
    patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
    code = 0
    capfd.readouterr()
    try:
        cli.main()
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 0
    finally:
        logging.getLogger().handlers[:] = handlers
    out, err = capfd.readouterr()
    assert "Traceback" not in err
    return code, out, err


def over(
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    folder: Path,
    url: str,
    secret: str,
    *family: str,
) -> Run:
    """Return the command, or a family of it, over a folder and a database."""
    for name, value in (("VAR_DIR", str(folder)), ("DATABASE_URL", url), ("SECRET_KEY", secret)):
        monkeypatch.setenv(name, value)
    return lambda *arguments: run(monkeypatch, capfd, *family, *arguments)
