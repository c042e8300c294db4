"""``policybot serve`` as a process of its own: where it serves, what it said, how it ends."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.config import Settings

ROOT = Path(__file__).resolve().parents[1]
SERVE = (sys.executable, "-m", "bot", "serve")


@dataclass
class Service:
    """A running ``policybot serve``: its address, its process, what it wrote to stderr."""

    address: str
    process: asyncio.subprocess.Process
    errors: list[str]

    def hint(self) -> None:
        """Let it look at what is on file now, in place of within a minute."""
        self.process.send_signal(signal.SIGHUP)

    async def said(self, words: str, times: int = 1) -> None:
        """Return when it wrote these words to stderr, as often as that."""
        async with asyncio.timeout(500):
            while sum(words in line for line in self.errors) < times:
                assert self.process.returncode is None, self.errors
                await asyncio.sleep(0.05)


def free_port() -> int:
    """Return a port of loopback on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def environment(settings: Settings, **more: str) -> dict[str, str]:
    """Return what a process with these settings is started with; nothing of Slack but ``more``."""
    given = {
        "VAR_DIR": str(settings.var_dir),
        "CORPUS_DIR": str(settings.corpus_dir),
        "EMBEDDING_MODEL": settings.embedding_model,
        "DATABASE_URL": settings.database_url,
        "PYTHONPATH": str(ROOT),
    }
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("SLACK_")},
        **{name: value for name, value in given.items() if value},
        **more,
    }


@asynccontextmanager
async def serving(settings: Settings, **more: str) -> AsyncIterator[Service]:
    """Yield the service when it serves; it must end cleanly when interrupted."""
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        *SERVE,
        cwd=settings.var_dir,
        env=environment(settings, PORT=str(port), **more),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None and process.stderr is not None
    errors: list[str] = []

    async def read(stream: asyncio.StreamReader) -> None:
        async for line in stream:
            errors.append(line.decode())

    reading = asyncio.create_task(read(process.stderr))
    try:
        async with asyncio.timeout(240):
            line = (await process.stdout.readline()).decode()
        assert f"http://127.0.0.1:{port}/" in line, errors
        yield Service(f"http://127.0.0.1:{port}", process, errors)
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGINT)
        async with asyncio.timeout(60):
            await process.wait()
            await reading
    assert process.returncode == 0, errors
    assert "Traceback" not in "".join(errors)
