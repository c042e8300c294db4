"""The index: never one of another corpus or encoder, and never lost by a rebuild that fails."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from corpora import ORDER, SmallEncoder, change

from bot.config import Settings
from bot.wiring import make_assistant, open_index
from index.build import build, corpus_hash, is_current
from index.encoder import SHA256, Encoder, packaged_model, verify
from index.errors import EncoderRefused, IndexingError, IndexUnusable
from index.library import load
from index.manifest import SCHEMA, Manifest, read_manifest
from index.store import Store

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
TESTS = Path(__file__).resolve().parent


@pytest.fixture
def own(small_settings: Settings, tmp_path: Path) -> Settings:
    """Settings over a copy of the built index, which a test may spoil."""
    shutil.copytree(small_settings.var_dir, tmp_path / "var")
    shutil.copytree(small_settings.corpus_dir, tmp_path / "corpus")
    return small_settings.model_copy(
        update={"var_dir": tmp_path / "var", "corpus_dir": tmp_path / "corpus"}
    )


def manifest(settings: Settings) -> Manifest:
    found = read_manifest(settings.index_dir)
    assert found is not None
    return found


def answers(settings: Settings) -> bool:
    """Whether an assistant over these settings answers from the order."""
    answer = make_assistant(settings).ask("show me 5.14 E.16")
    return [citation.section for citation in answer.citations] == ["IV.E.16"]


def one_line(error: IndexingError, *said: str) -> None:
    message = str(error)
    assert "\n" not in message
    assert message.endswith(".")
    for words in said:
        assert words in message


def test_a_built_index_knows_what_it_was_built_from(small_settings: Settings) -> None:
    found = manifest(small_settings)
    assert found.schema_version == SCHEMA
    assert found.encoder == small_settings.embedding_model
    assert found.corpus == corpus_hash(small_settings.corpus_dir)
    assert found.entries > 106
    assert is_current(found, small_settings.corpus_dir, found.encoder)
    assert answers(small_settings)


def test_a_current_index_is_used_as_it_is(own: Settings) -> None:
    before = manifest(own)
    assert answers(own)
    assert manifest(own) == before


@pytest.mark.parametrize(
    "name",
    [
        "vocabulary.yaml",
        "elsewhere.yaml",
        "facts.yaml",
        "phrasing.yaml",
        f"{ORDER}/questions.yaml",
        f"{ORDER}/directive.toml",
        f"{ORDER}/order.md",
    ],
)
def test_a_changed_corpus_file_makes_the_index_stale(own: Settings, name: str) -> None:
    found = manifest(own)
    with (own.corpus_dir / name).open("a", encoding="utf-8") as file:
        file.write("\n")
    assert not is_current(found, own.corpus_dir, found.encoder)


@pytest.mark.parametrize(
    "name",
    ["README.md", "department.toml", "remarks.yaml", "request.yaml", f"{ORDER}/rules.yaml"],
)
def test_what_is_read_at_each_start_leaves_the_index_current(own: Settings, name: str) -> None:
    found = manifest(own)
    with (own.corpus_dir / name).open("a", encoding="utf-8") as file:
        file.write("\n")
    assert is_current(found, own.corpus_dir, found.encoder)


def test_a_new_and_a_missing_corpus_file_make_the_index_stale(own: Settings) -> None:
    found = manifest(own)
    (own.corpus_dir / "more.yaml").write_text("", encoding="utf-8")
    assert not is_current(found, own.corpus_dir, found.encoder)
    (own.corpus_dir / "more.yaml").unlink()
    assert is_current(found, own.corpus_dir, found.encoder)
    (own.corpus_dir / "elsewhere.yaml").unlink()
    assert not is_current(found, own.corpus_dir, found.encoder)


def test_a_stale_index_is_rebuilt_into_a_new_collection(own: Settings) -> None:
    before = manifest(own)
    change(own.corpus_dir / "elsewhere.yaml", "questions:", "questions:  # changed")
    assert answers(own)
    after = manifest(own)
    assert after.corpus != before.corpus
    assert after.collection != before.collection
    assert after.previous == before.collection


def test_an_index_of_another_encoder_is_not_current(small_settings: Settings) -> None:
    found = manifest(small_settings)
    assert not is_current(found, small_settings.corpus_dir, "another model")


def test_an_index_of_another_schema_is_not_current(small_settings: Settings) -> None:
    found = manifest(small_settings).model_copy(update={"schema_version": SCHEMA + 1})
    assert not is_current(found, small_settings.corpus_dir, found.encoder)


@pytest.mark.parametrize(
    "content", [b"", b"{", b"\xff\xfe", b"[]", b'{"schema_version": 0}', b"null"]
)
def test_a_corrupt_manifest_counts_as_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "manifest.json").write_bytes(content)
    assert read_manifest(tmp_path) is None


def test_a_manifest_with_unknown_fields_is_of_another_version(own: Settings) -> None:
    path = own.index_dir / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"shards": 3}), encoding="utf-8")
    assert read_manifest(own.index_dir) is None


def test_an_index_with_a_corrupt_manifest_is_rebuilt(own: Settings) -> None:
    (own.index_dir / "manifest.json").write_bytes(b'{"schema_version": 1, "enc')
    assert answers(own)
    assert manifest(own).schema_version == SCHEMA


def test_a_collection_that_is_gone_is_rebuilt(own: Settings) -> None:
    path = own.index_dir / "manifest.json"
    change(path, manifest(own).collection, "in-force-gone")
    (own.index_dir / f"head-{manifest(own).collection}.npz").write_bytes(b"")
    assert answers(own)


@pytest.mark.embedded("the file of the embedded store")
def test_a_corrupt_chroma_file_gives_one_clear_line(own: Settings) -> None:
    (own.index_dir / "chroma.sqlite3").write_bytes(b"this is no database" * 1000)
    with pytest.raises(IndexUnusable) as refused:
        make_assistant(own)
    one_line(refused.value, repr(str(own.index_dir)), "delete the folder and build again")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 nothing", b"\x93NUMPY"])
def test_a_corrupt_head_is_rebuilt_or_gives_one_clear_line(own: Settings, content: bytes) -> None:
    path = own.index_dir / f"head-{manifest(own).collection}.npz"
    path.write_bytes(content)
    try:
        assert answers(own)
    except IndexUnusable as refused:
        one_line(refused, path.name, "policybot index build")


def test_a_missing_head_is_rebuilt_or_gives_one_clear_line(own: Settings) -> None:
    path = own.index_dir / f"head-{manifest(own).collection}.npz"
    path.unlink()
    try:
        assert answers(own)
    except IndexUnusable as refused:
        one_line(refused, path.name, "policybot index build")


def test_missing_vectors_are_rebuilt_or_give_one_clear_line(own: Settings) -> None:
    for folder in own.index_dir.iterdir():
        if folder.is_dir():
            shutil.rmtree(folder)
    try:
        assert answers(own)
    except IndexUnusable as refused:
        one_line(refused, repr(str(own.index_dir)), "build again")


def test_a_file_in_place_of_the_folder_gives_one_clear_line(
    small_settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "var").mkdir()
    (tmp_path / "var/index").write_text("in the way", encoding="utf-8")
    with pytest.raises(IndexUnusable) as refused:
        open_index(small_settings.model_copy(update={"var_dir": tmp_path / "var"}))
    one_line(refused.value, repr(str(tmp_path / "var/index")))


@pytest.mark.parametrize("folder", ["/proc/policybot", "/proc/1/policybot"])
def test_a_folder_that_cannot_be_made_gives_one_clear_line(
    small_settings: Settings, folder: str
) -> None:
    with pytest.raises(IndexUnusable) as refused:
        open_index(small_settings.model_copy(update={"var_dir": Path(folder)}))
    one_line(refused.value, folder, "permissions")


@pytest.fixture
def read_only(own: Settings) -> Iterator[Settings]:
    """The index in a folder that cannot be written: mounted so where root could write otherwise."""
    folder = str(own.index_dir)
    mounted = subprocess.run(["mount", "--bind", folder, folder], capture_output=True).returncode
    if mounted == 0:
        subprocess.run(["mount", "-o", "remount,ro,bind", folder], check=True)
    else:
        own.index_dir.chmod(0o555)
    try:
        yield own
    finally:
        if mounted == 0:
            subprocess.run(["umount", "--lazy", folder], check=True)  # vectors may be open still
        else:
            own.index_dir.chmod(0o755)


def test_a_read_only_index_answers_or_gives_one_clear_line(read_only: Settings) -> None:
    try:
        assert answers(read_only)
    except IndexUnusable as refused:
        one_line(refused, repr(str(read_only.index_dir)), "permissions")


def test_rebuilding_a_read_only_index_gives_one_clear_line(read_only: Settings) -> None:
    change(read_only.corpus_dir / "elsewhere.yaml", "questions:", "questions:  # changed")
    before = manifest(read_only)
    with pytest.raises(IndexUnusable) as refused:
        open_index(read_only)
    one_line(refused.value, repr(str(read_only.index_dir)))
    assert manifest(read_only) == before


class Interrupted(Exception):
    """What stops a build in the middle."""


def test_a_build_that_stops_in_the_middle_leaves_the_old_index_answering(own: Settings) -> None:
    before = manifest(own)
    change(own.corpus_dir / "elsewhere.yaml", "questions:", "questions:  # changed")

    def stop(done: int, total: int) -> None:
        raise Interrupted

    with pytest.raises(Interrupted):
        open_index(own, stop)
    assert manifest(own) == before
    store = Store(own.index_dir, own.chroma_url)
    store.open(before.collection)
    vector = Encoder(own.embedding_model).encode(["photographs of the inside of the building"])
    assert len(store.nearest(vector, 5)) == 5


def test_rebuilding_keeps_the_index_before_and_drops_older_ones(own: Settings) -> None:
    """The first that it was given is a copy's: on a shared server that is not its own to drop."""
    collections = [manifest(own).collection]
    told: list[tuple[int, int]] = []
    for _ in range(3):
        open_index(own, lambda done, total: told.append((done, total)), rebuild=True)
        collections.append(manifest(own).collection)
    store = Store(own.index_dir, own.chroma_url)
    for kept in collections[2:]:
        store.open(kept)
    with pytest.raises(IndexUnusable):
        store.open(collections[1])
    assert told[-1][0] == told[-1][1] == manifest(own).entries
    heads = {path.name for path in own.index_dir.glob("head-*.npz")}
    assert heads == {f"head-{name}.npz" for name in collections[2:]}


KILLED = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
sys.path.insert(0, {tests!r})
from corpora import SmallEncoder
from index.build import build
from index.library import load
from index.store import Store

class Killed(Store):
    def add(self, collection, entries, vectors):
        super().add(collection, entries, vectors)
        {after}

corpus, folder = Path({corpus!r}), Path({folder!r})
{before}
build(corpus, load(corpus), folder, Killed(folder), SmallEncoder(), datetime.now(UTC))
"""


def run(
    corpus: Path, folder: Path, before: str = "", after: str = ""
) -> subprocess.CompletedProcess[str]:
    """Rebuild an index in a process of its own."""
    script = KILLED.format(
        tests=str(TESTS), corpus=str(corpus), folder=str(folder), before=before, after=after
    )
    return subprocess.run(
        [sys.executable, "-c", script],
        cwd=TESTS.parent,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.fixture(scope="module")
def once_hashed(small_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hashed") / "index"
    corpus = small_settings.corpus_dir
    build(corpus, load(corpus), folder, Store(folder), SmallEncoder(), NOW)
    return folder


@pytest.fixture
def hashed(once_hashed: Path, tmp_path: Path) -> Path:
    """An index by the small encoder, which a process of its own can rebuild without a model."""
    return shutil.copytree(once_hashed, tmp_path / "hashed")


def finds(folder: Path) -> bool:
    """Whether the index of the manifest is there and finds something."""
    found = read_manifest(folder)
    assert found is not None
    store = Store(folder)
    store.open(found.collection)
    vector = SmallEncoder().encode(["photographs of the inside of the police building"])
    return "IV.E.18" in {section for near in store.nearest(vector, 10) for section in near.sections}


def test_a_killed_build_leaves_the_old_index(own: Settings, hashed: Path) -> None:
    before = read_manifest(hashed)
    killed = run(own.corpus_dir, hashed, after="os.kill(os.getpid(), signal.SIGKILL)")
    assert killed.returncode == -9
    assert read_manifest(hashed) == before
    assert finds(hashed)


@pytest.mark.embedded("the file of the embedded store")
def test_a_full_disk_leaves_the_old_index_and_gives_one_clear_line(
    own: Settings, hashed: Path
) -> None:
    before = read_manifest(hashed)
    limit = (hashed / "chroma.sqlite3").stat().st_size + 8192
    full = run(
        own.corpus_dir,
        hashed,
        before=f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))",
    )
    assert full.returncode == 1
    last = full.stderr.strip().splitlines()[-1]
    assert last.startswith("index.errors.IndexUnusable: Index ")
    assert "free space" in last
    assert read_manifest(hashed) == before
    assert finds(hashed)


def test_a_full_disk_while_the_head_is_written_leaves_the_old_index(
    own: Settings, hashed: Path
) -> None:
    before = read_manifest(hashed)
    full = run(
        own.corpus_dir,
        hashed,
        after="import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))",
    )
    assert full.returncode == 1
    assert "free some space" in full.stderr.strip().splitlines()[-1]
    assert read_manifest(hashed) == before
    assert finds(hashed)
    assert len(list(hashed.glob("head-*"))) == 1


def test_the_packaged_weights_are_the_pinned_ones() -> None:
    verify(packaged_model() / "model.safetensors")


def test_weights_with_one_byte_changed_stop_the_start(tmp_path: Path) -> None:
    weights = tmp_path / "model.safetensors"
    shutil.copy(packaged_model() / "model.safetensors", weights)
    with weights.open("r+b") as file:
        file.seek(-1, 2)
        last = file.read(1)
        file.seek(-1, 2)
        file.write(bytes([last[0] ^ 1]))
    with pytest.raises(EncoderRefused) as refused:
        verify(weights)
    weights.unlink()
    one_line(refused.value, repr(str(weights)), SHA256[:12], "install the package again")


def test_missing_weights_stop_the_start(tmp_path: Path) -> None:
    with pytest.raises(EncoderRefused) as refused:
        verify(tmp_path / "model.safetensors")
    one_line(refused.value, "cannot be read", "Install the package again")


@pytest.mark.parametrize("model", ["no-such-model", "/nowhere/model", ""])
def test_a_model_that_is_not_there_stops_the_start(model: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(EncoderRefused) as refused:
        Encoder(model or str(tmp_path / "empty"))
    one_line(refused.value, "EMBEDDING_MODEL", "leave it unset")


def test_vectors_have_unit_length(small_settings: Settings) -> None:
    encoder = Encoder(small_settings.embedding_model)
    vectors = encoder.encode(["a photo from the range", "the chief of police"])
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)
