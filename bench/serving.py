"""The real ``policybot``, started as a person would start it, in a folder of its own."""

import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from bot.config import Settings

COMMAND = Path(sys.executable).with_name("policybot")
RANGE = "can I post a photo from the range?"
_START_SECONDS = 1800.0
_REPLY_SECONDS = 60.0
_STOP_SECONDS = 30.0
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class StepFailed(Exception):
    """A step did not do what it should; the message is the one line to show."""


@dataclass(frozen=True)
class Serving:
    """A serving product: its address, and the first line it wrote."""

    address: str
    line: str

    def get(self, url: str) -> str:
        """Return the page at ``url`` (a path, or a whole address); raise StepFailed if not 200."""
        return _read(url if "://" in url else self.address + url, None)

    def post(self, path: str, fields: Mapping[str, str]) -> str:
        """Return the page that answers a form; raise StepFailed if not 200."""
        return _read(self.address + path, urlencode(fields).encode())


def environment(var: Path, **settings: str) -> dict[str, str]:
    """Return this process's environment with no setting of the product but ``var`` and these."""
    ours = {name.upper() for name in Settings.model_fields}
    left = {k: v for k, v in os.environ.items() if k.upper() not in ours and "MAKE" not in k}
    return left | {"VAR_DIR": str(var), "HOST": "127.0.0.1"} | settings


def run(var: Path, *arguments: str) -> str:
    """Return what ``policybot`` prints; raise StepFailed unless it ends well.

    It runs in ``var``, so that no ``.env`` of the checkout is read.
    """
    done = subprocess.run(
        [str(COMMAND), *arguments],
        cwd=var,
        env=environment(var),
        capture_output=True,
        text=True,
        check=False,
        timeout=_START_SECONDS,
    )
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["nothing on stderr"])[-1]
        raise StepFailed(f"policybot {arguments[0]}: exit code {done.returncode}: {last}")
    return done.stdout


def run_json(var: Path, *arguments: str) -> dict[str, Any]:
    """Return the one JSON object that ``policybot`` prints; raise StepFailed if there is none."""
    printed = run(var, *arguments)
    try:
        found: dict[str, Any] = json.loads(printed)
    except ValueError:
        raise StepFailed(f"policybot {arguments[0]}: stdout is not one JSON object") from None
    return found


@contextmanager
def serving(var: Path, **settings: str) -> Iterator[Serving]:
    """Yield the product serving on a free port; stop it as Ctrl-C does, and see that it stops.

    ``settings`` go into its environment beside ``VAR_DIR``.
    """
    port = _free_port()
    with (var / "serve.log").open("w", encoding="utf-8") as log:
        process = subprocess.Popen(
            [str(COMMAND), "serve"],
            cwd=var,
            env=environment(var, PORT=str(port), **settings),
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        try:
            line = _first_line(process, var / "serve.log")
            yield Serving(f"http://127.0.0.1:{port}", line)
            process.send_signal(signal.SIGINT)
            if process.wait(_STOP_SECONDS) != 0:
                raise StepFailed(f"policybot serve: exit code {process.returncode} on Ctrl-C")
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()


def _first_line(process: subprocess.Popen[str], log: Path) -> str:
    stdout = process.stdout
    assert stdout is not None
    ends = time.monotonic() + _START_SECONDS
    while time.monotonic() < ends and process.poll() is None:
        if select.select([stdout], [], [], 0.5)[0]:
            line = stdout.readline().strip()
            if line:
                return line
    said = (log.read_text(encoding="utf-8").strip().splitlines() or ["no reason given"])[-1]
    raise StepFailed(f"policybot serve did not start: {said}")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
    return port


def _read(url: str, body: bytes | None) -> str:
    try:
        with _OPENER.open(url, body, timeout=_REPLY_SECONDS) as response:
            page: str = response.read().decode("utf-8")
    except urllib.error.HTTPError as error:
        raise StepFailed(f"{_path(url)}: status {error.code}, not 200") from None
    except OSError as error:
        raise StepFailed(f"{_path(url)}: no answer ({error})") from None
    return page


def _path(url: str) -> str:
    return url.partition("?")[0].partition("#")[0]
