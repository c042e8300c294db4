"""Behind an outgoing proxy: Slack's Web API, Socket Mode and response addresses go through it."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from slack_rig import joined, wait_posted
from slack_server import SlackServer


class Proxy:
    """A proxy that passes everything on, and notes what was asked of it."""

    def __init__(self) -> None:
        self.sent = bytearray()  # everything on its way to Slack
        self.url = ""
        self._pipes: set[asyncio.Task[None]] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        method, target = head.decode().split(" ", 2)[:2]
        self.sent += head
        address = urlsplit(target if "//" in target else f"//{target}")
        there, onward = await asyncio.open_connection(address.hostname, address.port)
        if method == "CONNECT":
            writer.write(b"HTTP/1.1 200 Connected\r\n\r\n")
        else:
            onward.write(head)
        for one, other, noted in ((reader, onward, self.sent), (there, writer, bytearray())):
            self._pipes.add(asyncio.create_task(self._pipe(one, other, noted)))

    @property
    def asked(self) -> list[str]:
        """The path of every request so far, those of a kept-alive connection included."""
        lines = re.findall(rb"(?:GET|POST) (?:http|ws)://[0-9.:]+(/[^ ?]*)", self.sent)
        return [line.decode() for line in lines]

    async def _pipe(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, noted: bytearray
    ) -> None:
        with suppress(OSError):
            while data := await reader.read(65_536):
                noted += data
                writer.write(data)
                await writer.drain()
        writer.close()

    async def stop(self) -> None:
        for pipe in self._pipes:
            pipe.cancel()
        await asyncio.gather(*self._pipes, return_exceptions=True)


@asynccontextmanager
async def proxy() -> AsyncIterator[Proxy]:
    made = Proxy()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield made
    finally:
        server.close()
        await made.stop()


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy"])
async def test_everything_that_goes_to_slack_goes_through_the_proxy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    async with proxy() as between, SlackServer() as slack:
        monkeypatch.setenv(name, between.url)
        async with joined(slack, tmp_path) as rig:
            await rig.give(slack.message_im("may I post this"))
            await wait_posted(slack)
            await rig.give(slack.slash_command("/policy", "may I post this"))
            await wait_posted(slack, 2)
        methods = [path.removeprefix("/api/") for path in between.asked if "/api/" in path]
        assert methods == [call.method for call in slack.calls if call.method != "response_url"]
        assert {"auth.test", "apps.connections.open", "chat.postMessage"} <= set(methods)
        beside = " ".join(path for path in between.asked if "/api/" not in path)
        assert "/link/" in beside and "/commands/" in beside
        assert slack.violations == []


async def test_a_proxy_that_is_not_there_is_said_at_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    async with SlackServer() as slack:
        with pytest.raises(Exception, match="the network and the proxy"):
            async with joined(slack, tmp_path):
                pass
