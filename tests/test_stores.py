"""The index and what answers from it, on the embedded store with SQLite and on two servers."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from corpora import CORPUS, SmallEncoder, change, small_model
from databases import POSTGRESQL, SQLITE, Database, databases
from stores import EMBEDDED, SERVER, ChromaServer

from bench.generated import change_one_clause, write_corpus
from bot.config import Settings
from bot.wiring import assemble, make_assistant, make_store
from index.build import build
from index.errors import IndexUnusable
from index.library import load
from index.manifest import Manifest, editions, read_manifest
from index.store import Entry, Store
from index.verdict import Verdict

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
NUMBER = "10.02"


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two made-up directives and the order, without any question: nothing has to be learnt."""
    folder = tmp_path_factory.mktemp("stores")
    write_corpus(folder / "corpus", CORPUS, 200, 514)
    for name in ("remarks.yaml", "request.yaml"):
        shutil.copy(CORPUS / name, folder / "corpus" / name)
    return folder / "corpus"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_model(tmp_path_factory.mktemp("model") / "model")


@dataclass(frozen=True)
class Both:
    """A store and a database for a test, and the settings that name them."""

    settings: Settings
    database: Database


@pytest.fixture(params=[SQLITE, POSTGRESQL], ids=[f"{EMBEDDED}-{SQLITE}", f"{SERVER}-{POSTGRESQL}"])
def both(
    request: pytest.FixtureRequest, tmp_path: Path, corpus: Path, model: Path
) -> Iterator[Both]:
    """The embedded store with SQLite, and then a Chroma server with PostgreSQL."""
    shutil.copytree(corpus, tmp_path / "corpus")
    url = None
    if request.param == POSTGRESQL:
        url = request.getfixturevalue("chroma_server").url
    with databases(request, tmp_path) as made:
        settings = Settings(
            _env_file=None,
            corpus_dir=tmp_path / "corpus",
            var_dir=tmp_path / "var",
            embedding_model=str(model),
            chroma_url=url,
            database_url=made.new(),
        )
        yield Both(settings, made)


def test_an_index_is_built_answers_and_is_built_again_after_a_change(both: Both) -> None:
    settings = both.settings
    assistant = make_assistant(settings)
    answer = assistant.ask("show me 5.14 E.16")
    assert [citation.section for citation in answer.citations] == ["IV.E.16"]
    text = assistant.library.directives[1].clauses[20]
    asked = assistant.ask(text.text)
    assert (asked.verdict, asked.citations[0].section) == (Verdict.INFORMATIONAL, text.section)
    change_one_clause(settings.corpus_dir, NUMBER)
    again = make_assistant(settings)
    manifest = read_manifest(settings.index_dir)
    assert manifest is not None and (manifest.embedded, manifest.trained) == (1, False)
    assert again.ask("show me 5.14 E.16").citations == answer.citations


def test_each_day_has_its_edition(both: Both) -> None:
    settings = both.settings
    make_assistant(settings)
    before = read_manifest(settings.index_dir)
    sheet = settings.corpus_dir / "general-orders" / NUMBER / "directive.toml"
    change(sheet, "effective = 2020-02-03", "effective = 2022-02-03")
    now = make_assistant(settings)
    then = now.ask(f"show me {NUMBER} IV.A.1", as_of=date(2021, 1, 1))
    assert NUMBER not in {citation.directive for citation in then.citations}
    today = now.ask(f"show me {NUMBER} IV.A.1")
    assert {citation.directive for citation in today.citations} == {NUMBER}
    held = editions(settings.index_dir)
    assert before is not None and len({one.collection for one in held}) == len(held) == 2


def test_everything_that_serving_needs_stands_on_them(both: Both) -> None:
    parts = assemble(both.settings)
    answer = parts.assistant.ask("show me 5.14 E.16")
    assert answer.citations and parts.engine.dialect.name == both.database.kind
    assert make_store(both.settings).all() == ()


def indexed(corpus: Path, folder: Path, url: str | None, day: int = 1) -> Manifest:
    now = NOW.replace(day=day)
    encoder = SmallEncoder()
    return build(corpus, load(corpus), folder, Store(folder, url), encoder, now)  # type: ignore[arg-type]


def finds(folder: Path, url: str | None, collection: str) -> bool:
    store = Store(folder, url)
    store.open(collection)
    return len(store.nearest(SmallEncoder().encode(["an impound lot"]), 5)) == 5


def test_the_index_before_is_kept_and_older_ones_are_dropped(
    corpus: Path, chroma_url: str | None, tmp_path: Path
) -> None:
    made = [indexed(corpus, tmp_path, chroma_url, day).collection for day in (1, 2, 3)]
    assert finds(tmp_path, chroma_url, made[1]) and finds(tmp_path, chroma_url, made[2])
    with pytest.raises(IndexUnusable):
        Store(tmp_path, chroma_url).open(made[0])


def test_a_reader_goes_on_while_the_index_is_built_anew(
    corpus: Path, chroma_url: str | None, tmp_path: Path
) -> None:
    first = indexed(corpus, tmp_path, chroma_url)
    store = Store(tmp_path, chroma_url)
    store.open(first.collection)
    indexed(corpus, tmp_path, chroma_url, day=2)
    assert len(store.nearest(SmallEncoder().encode(["an impound lot"]), 5)) == 5


def test_no_index_on_a_shared_server_takes_away_what_is_anothers(
    corpus: Path, chroma_server: ChromaServer, tmp_path: Path
) -> None:
    one, other, copied = (tmp_path / name for name in ("one", "other", "copied"))
    kept = indexed(corpus, one, chroma_server.url).collection
    shutil.copytree(one, copied)
    for folder in (other, copied):
        for day in (2, 3, 4):
            indexed(corpus, folder, chroma_server.url, day)
    assert finds(one, chroma_server.url, kept)


def test_a_server_that_is_not_there_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(IndexUnusable, match=r"^Index 'http://127\.0\.0\.1:9' cannot be used"):
        Store(tmp_path, "http://127.0.0.1:9")


@pytest.mark.parametrize("count", [1, 1_000, 2_500])
def test_every_entry_of_a_large_collection_is_found(
    count: int, chroma_url: str | None, tmp_path: Path
) -> None:
    store = Store(tmp_path, chroma_url)
    name = store.name(f"many-{count}")
    store.create(name)
    texts = [f"clause {number} of many" for number in range(count)]
    entries = [
        Entry(id=str(n), directive="1.1", sections=(f"I.{n}",), text=text)
        for n, text in enumerate(texts)
    ]
    store.add(name, entries, SmallEncoder().encode(texts))
    store.open(name)
    [near] = store.nearest(SmallEncoder().encode([texts[-1]]), 1)
    assert near.directive == "1.1" and near.similarity > 0.99
