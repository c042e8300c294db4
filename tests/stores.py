"""Where a test's vectors may stand: embedded in a folder, or on a Chroma server of this session.

A test asks for ``chroma_url`` and runs once on each. The server is started on loopback by the first
test that needs it, one a worker, in a folder of its own, and ends with the worker.
"""

import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest

EMBEDDED, SERVER = "embedded", "server"
STORES = (EMBEDDED, SERVER)
_START_SECONDS = 120.0
_BATCH = 2_000


class ChromaServer:
    """``chroma run`` on a free port of loopback."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="policybot-chroma-"))
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        program = Path(sys.executable).parent / "chroma"
        words = ["run", "--path", self._folder / "data", "--host", "127.0.0.1", "--port", str(port)]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen([program, *words], stdout=log, stderr=log)
        self._wait()

    def _wait(self) -> None:
        end = time.monotonic() + _START_SECONDS
        while True:
            try:
                urlopen(f"{self.url}/api/v2/heartbeat", timeout=5).close()
                return
            except (URLError, OSError):
                if self._process.poll() is not None or time.monotonic() > end:
                    said = self._log.read_text("utf-8", "replace")
                    self.close()
                    raise AssertionError(said) from None
                time.sleep(0.1)

    def close(self) -> None:
        """Stop the server and remove its folder."""
        self._process.terminate()
        self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def _log(self) -> Path:
        return self._folder / "log"


def transplant(folder: Path, url: str) -> None:
    """Copy the collections of an embedded store to a server, but those whose names it has."""
    import chromadb
    from chromadb.config import Settings

    settings = Settings(anonymized_telemetry=False)
    at = urlsplit(url)
    old = chromadb.PersistentClient(str(folder), settings=settings)
    new = chromadb.HttpClient(host=str(at.hostname), port=at.port or 80, settings=settings)
    there = {one.name for one in new.list_collections()}
    for named in old.list_collections():
        if named.name in there:
            continue
        source = old.get_collection(named.name, embedding_function=None)
        target = new.create_collection(
            named.name, embedding_function=None, metadata={"hnsw:space": "cosine"}
        )
        for start in range(0, source.count(), _BATCH):
            part = source.get(
                limit=_BATCH, offset=start, include=["embeddings", "documents", "metadatas"]
            )
            target.add(
                ids=part["ids"],
                embeddings=part["embeddings"],
                documents=part["documents"],
                metadatas=part["metadatas"],
            )


@pytest.fixture(scope="session")
def chroma_server() -> Iterator[ChromaServer]:
    """The server of this worker."""
    server = ChromaServer()
    yield server
    server.close()


@pytest.fixture(params=STORES)
def chroma_url(request: pytest.FixtureRequest) -> str | None:
    """None for the embedded store, then the address of the server."""
    if request.param == EMBEDDED:
        return None
    server: ChromaServer = request.getfixturevalue("chroma_server")
    return server.url
