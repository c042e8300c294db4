"""What the tests of the core stand on: corpus, library, one assistant, a clean environment."""

import json
import os
import shutil
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from datetime import date
from pathlib import Path

# Two workers have two cores: threads that wait for each other must not keep one busy with it.
os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ["OMP_WAIT_POLICY"] = "PASSIVE"

import pytest
from backends import ON_SERVERS, leave_out, on_server
from backends import backends as backends
from backends import pytest_addoption as pytest_addoption
from backends import pytest_configure as pytest_configure
from backends import pytest_terminal_summary as pytest_terminal_summary
from corpora import small, small_model
from databases import database as database
from databases import database_url as database_url
from databases import postgres_server as postgres_server
from databases import short_waits as short_waits
from filelock import FileLock
from slack_rig import joined
from slack_scenes import Scene
from slack_server import SlackServer
from stores import chroma_server as chroma_server
from stores import chroma_url as chroma_url
from stores import transplant
from versioned import AHEAD, TWO_CLAUSES, copied_settings, set_zone, taken_in

from bot.answer import Answer
from bot.assistant import Assistant
from bot.config import Settings
from bot.wiring import make_assistant, open_index
from index.asked import Authored, load_authored, load_facts
from index.build import is_current
from index.directive import Directive
from index.encoder import Encoder
from index.library import Library
from index.library import load as load_library
from index.manifest import read_manifest
from index.rules import Reading, load_readings

ROOT = Path(__file__).resolve().parent.parent
# Files that start processes or make indexes. A worker takes a whole file; one of these begun last
# would leave the other worker without work.
FIRST = {
    "test_product",
    "test_renewing",
    "test_workers",
    "test_slack_generated",
    "test_request_decisions",
    "test_retrieval_eval",
    "test_web_accessibility",
    "test_web_browser",
}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what does not belong to this run; the files that take longest come first."""
    leave_out(config, items)
    tests = Counter(item.path for item in items)
    items.sort(key=lambda item: (item.path.stem not in FIRST, -tests[item.path]))


@pytest.fixture(scope="session", autouse=True)
def clean_environment(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """No setting of the machine and no ``.env`` reaches a test.

    Where the suite is on servers, everything it starts is told of the Chroma server.
    """
    with pytest.MonkeyPatch.context() as patch:
        for name in Settings.model_fields:
            patch.delenv(name.upper(), raising=False)
            patch.delenv(name, raising=False)
            patch.delenv(f"{name.upper()}_FILE", raising=False)
        patch.chdir(tmp_path_factory.mktemp("elsewhere"))
        if ON_SERVERS:
            request.getfixturevalue("postgres_server")
            patch.setenv("CHROMA_URL", request.getfixturevalue("chroma_server").url)
        yield


@pytest.fixture(scope="session")
def corpus() -> Path:
    return ROOT / "corpus"


@pytest.fixture(scope="session")
def library(corpus: Path) -> Library:
    return load_library(corpus)


@pytest.fixture(scope="session")
def order(library: Library) -> Directive:
    found = library.get("5.14")
    assert found is not None
    return found


@pytest.fixture(scope="session")
def reading(library: Library, corpus: Path) -> Reading:
    """The reading of GO 5.14."""
    return load_readings(library, load_facts(corpus))["5.14"]


@pytest.fixture(scope="session")
def authored(library: Library, corpus: Path) -> Authored:
    """Every authored question; reading them takes seconds."""
    return load_authored(corpus, library, load_facts(corpus))


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory, clean_environment: None) -> Settings:
    """The corpus, indexed once, each worker with a copy of its own.

    What ``policybot index build`` left in the working copy serves where it is up to date. Otherwise
    it is built here, and workers side by side wait for the first.
    """
    ready = Settings(_env_file=None, var_dir=ROOT / "var", chroma_url=None)
    manifest = read_manifest(ready.index_dir)
    if not is_current(manifest, ready.corpus_dir, Encoder(ready.embedding_model).identity):
        common = in_common(tmp_path_factory)
        ready = Settings(_env_file=None, var_dir=common / "built", chroma_url=None)
        with FileLock(common / "built.lock"):
            open_index(ready)
    folder = tmp_path_factory.mktemp("var")
    made = Settings(_env_file=None, var_dir=folder, database_url=on_server(folder))
    shutil.copytree(ready.index_dir, made.index_dir)
    if made.chroma_url:
        transplant(made.index_dir, made.chroma_url)
    return made


@pytest.fixture(scope="session")
def assistant(settings: Settings) -> Assistant:
    return make_assistant(settings)


@pytest.fixture(scope="session")
def dev_answers(assistant: Assistant) -> dict[str, Answer]:
    """The answer to every question of the development set, by its id."""
    lines = (ROOT / "bench/questions/dev.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    return {row["id"]: assistant.ask(row["q"], row.get("history", [])) for row in rows}


@pytest.fixture(scope="session")
def small_settings(tmp_path_factory: pytest.TempPathFactory, clean_environment: None) -> Settings:
    """A small corpus and a small model, indexed: for what does not depend on good answers."""
    return _own(_small(in_common(tmp_path_factory)), tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="session")
def two_versions(
    tmp_path_factory: pytest.TempPathFactory, clean_environment: None
) -> tuple[Settings, date]:
    """The small corpus with a version of the order that is in force from a day, both indexed.

    The day is today's in the zone ``AHEAD`` and to come in ``BEHIND``: the zone is in
    department.toml, which no index holds, and moves the Department's day.
    """
    common = in_common(tmp_path_factory)
    before, folder = _small(common), common / "versions"
    built, noted = _below(folder, before.embedding_model), folder / "day"
    with FileLock(common / "versions.lock"):
        if not noted.exists():
            shutil.copytree(before.corpus_dir, built.corpus_dir)
            shutil.copytree(before.var_dir, built.var_dir)
            day = set_zone(built, AHEAD)
            taken_in(built.corpus_dir, "5.14-next", TWO_CLAUSES, day)
            open_index(built, day=day)
            noted.write_text(day.isoformat(), encoding="utf-8")
    own = _own(built, tmp_path_factory.mktemp("versions"))
    return own, date.fromisoformat(noted.read_text(encoding="utf-8"))


def in_common(factory: pytest.TempPathFactory) -> Path:
    """Return the folder of this run that all workers have in common."""
    folder = factory.getbasetemp()
    return folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder


def _small(common: Path) -> Settings:
    """Return the small corpus indexed in the embedded store, by the first worker that asks."""
    folder = common / "small"
    built = _below(folder, str(folder / "model"))
    with FileLock(common / "small.lock"):
        if not built.corpus_dir.exists():
            small_model(folder / "model")
            small(folder)
        open_index(built)
    return built


def _below(folder: Path, model: str | None) -> Settings:
    return Settings(
        _env_file=None,
        corpus_dir=folder / "corpus",
        var_dir=folder / "var",
        embedding_model=model,
        chroma_url=None,
    )


def _own(built: Settings, folder: Path) -> Settings:
    """Return settings over a copy for this worker, whose collections stand where the suite does."""
    own = copied_settings(built, folder)
    url = Settings(_env_file=None).chroma_url
    if url is None:
        return own
    transplant(own.index_dir, url)
    return own.model_copy(update={"chroma_url": url})


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    """A Slack on this machine that the app gave no cause for complaint."""
    async with SlackServer() as server:
        yield server
        assert server.violations == []


@pytest.fixture
async def scene(slack: SlackServer, tmp_path: Path) -> AsyncIterator[Scene]:
    """The surface joined to it, and what people see there."""
    async with joined(slack, tmp_path) as rig:
        yield Scene(slack, rig)
