"""A build embeds what is new and nothing else, and trains only where what is learnt has changed."""

import shutil
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from corpora import CORPUS, ORDER, SmallEncoder, change, small

from bench.generated import change_one_clause, write_corpus
from index.asked import load_authored, load_facts
from index.build import VECTORS, build, known
from index.conversation import Listener
from index.encoder import Vectors
from index.filling import missing, write_vectors
from index.lessons import taught_by, told
from index.library import load
from index.manifest import Manifest
from index.store import Store
from index.vectors import VectorFile, VectorWriter, digest
from index.vocabulary import Vocabulary

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
NUMBER = "10.02"


class Counting(SmallEncoder):
    """Remembers what it was given, call by call."""

    def __init__(self, identity: str = "hashed words") -> None:
        super().__init__(identity)
        self.calls: list[list[str]] = []

    def encode(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> Vectors:
        self.calls.append(list(texts))
        return super().encode(texts, progress)

    @property
    def texts(self) -> list[str]:
        return [text for call in self.calls for text in call]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two made-up directives and the order without its questions, indexed."""
    folder = tmp_path_factory.mktemp("made")
    write_corpus(folder / "corpus", CORPUS, 200, 514)
    indexed(folder)
    return folder


@pytest.fixture
def own(made: Path, tmp_path: Path) -> Path:
    """A copy that a test may change."""
    return shutil.copytree(made, tmp_path / "own")


def indexed(folder: Path, encoder: SmallEncoder | None = None, **how: bool) -> Manifest:
    corpus, index = folder / "corpus", folder / "index"
    used = encoder or SmallEncoder()
    return build(corpus, load(corpus), index, Store(index), used, NOW, **how)  # type: ignore[arg-type]


def found(folder: Path, manifest: Manifest) -> list[list[tuple[str, tuple[str, ...], float]]]:
    """What a few questions find, to the fifth figure of the cosine."""
    store = Store(folder / "index")
    store.open(manifest.collection)
    vectors = SmallEncoder().encode(["who may tow a car", "a photo of the scene", "as was meant"])
    return [
        sorted((n.directive, n.sections, round(n.similarity, 5)) for n in store.nearest(v[None], 5))
        for v in vectors
    ]


def test_a_library_without_a_change_embeds_nothing_again(own: Path) -> None:
    encoder = Counting()
    manifest = indexed(own, encoder)
    assert (encoder.texts, manifest.embedded, manifest.trained) == ([], 0, False)


def test_a_changed_clause_is_the_only_text_embedded_again(own: Path) -> None:
    change_one_clause(own / "corpus", NUMBER)
    encoder = Counting()
    manifest = indexed(own, encoder)
    assert len(encoder.texts) == manifest.embedded == 1
    assert "as was always meant" in encoder.texts[0]
    assert not manifest.trained


def test_an_index_with_a_change_finds_what_one_made_afresh_finds(own: Path) -> None:
    change_one_clause(own / "corpus", NUMBER)
    changed = found(own, indexed(own))
    encoder = Counting()
    afresh = indexed(own, encoder, afresh=True)
    assert found(own, afresh) == changed
    assert afresh.embedded == len(encoder.texts) == len(set(encoder.texts)) > 290


def test_vectors_of_another_encoder_are_not_used(own: Path) -> None:
    encoder = Counting("another one")
    manifest = indexed(own, encoder)
    assert manifest.embedded == len(encoder.texts) > 290


@pytest.mark.parametrize("content", [b"", b"no array", None])
def test_a_spoilt_file_of_vectors_costs_time_and_nothing_else(
    own: Path, content: bytes | None
) -> None:
    [path] = (own / "index").glob(VECTORS.format(collection="*"))
    path.write_bytes(path.read_bytes()[:-100] if content is None else content)
    encoder = Counting()
    manifest = indexed(own, encoder)
    assert manifest.embedded == len(encoder.texts) > 290
    assert found(own, manifest) == found(own, indexed(own))


def test_texts_are_embedded_in_parts_and_the_shortest_come_first(tmp_path: Path) -> None:
    texts = [f"{'word ' * (n % 7)}{n}" for n in range(5_000)]
    new = missing(texts, [], {texts[0]})
    encoder = Counting()
    given = {texts[0]: SmallEncoder().encode([texts[0]])[0]}
    told: list[int] = []
    path = tmp_path / "vectors.npy"
    file = write_vectors(path, texts, [], given, new, encoder, told.append)  # type: ignore[arg-type]
    lengths = [len(text) for text in encoder.texts]
    assert lengths == sorted(lengths)
    assert max(len(call) for call in encoder.calls) <= 2_048
    assert told[-1] == len(new) == len(encoder.texts) == 4_999
    wanted = SmallEncoder().encode(texts[:50])
    assert np.array_equal(file.of([digest(text) for text in texts[:50]]), wanted)


def test_a_file_of_vectors_gives_back_what_was_written(tmp_path: Path) -> None:
    keys = [digest(str(number)) for number in range(100)]
    vectors = np.random.default_rng(514).normal(size=(100, 7)).astype(np.float32)
    with VectorWriter(tmp_path / "some.npy", 100) as file:
        file.add(keys[:30], vectors[:30])
        file.add(keys[30:], vectors[30:])
    read = VectorFile(tmp_path / "some.npy")
    assert np.array_equal(read.of(keys[::-1]), vectors[::-1])
    assert (read.dimension, digest("100") in read, keys[9] in read) == (7, False, True)


def test_no_two_texts_of_a_made_library_are_equal(tmp_path: Path) -> None:
    asked = write_corpus(tmp_path / "corpus", CORPUS, 1_000, 1)
    library = load(tmp_path / "corpus")
    texts = [clause.text for directive in library.directives for clause in directive.clauses]
    assert len(texts) == len(set(texts)) >= 1_000
    for one in asked:
        directive = library.get(one.directive)
        assert directive is not None and directive.clause(one.section) is not None


@pytest.fixture(scope="module")
def learnt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The order with some of its questions beside a directive that nobody has read."""
    folder = tmp_path_factory.mktemp("learnt")
    corpus = small(folder)
    write_corpus(folder / "made", CORPUS, 100, 514)
    shutil.copytree(folder / "made/general-orders/10.01", corpus / "general-orders/10.01")
    return corpus


def learns_from(corpus: Path, encoder: str = "one") -> tuple[int, str]:
    """Return how many lessons a corpus holds, and the digest of what a head learns from."""
    library, facts = load(corpus), load_facts(corpus)
    authored = load_authored(corpus, library, facts)
    vocabulary = Vocabulary(corpus, facts, known(library, authored))
    lessons = told(library, authored, Listener(vocabulary, library.in_force(), facts))
    return len(lessons), taught_by(lessons, facts, encoder)


def drafted(corpus: Path) -> None:
    """Put questions beside the made directive that nobody has read."""
    (corpus / "general-orders/10.01/questions.yaml").write_text(
        'number: "10.01"\nreviewed_by: nobody yet (drafted)\n'
        "questions:\n  - {ask: who may winch it, sections: [IV.A.1]}\n",
        encoding="utf-8",
    )


@pytest.mark.parametrize(
    ("spoil", "same"),
    [
        (lambda corpus: change_one_clause(corpus, "10.01"), True),
        (lambda corpus: shutil.rmtree(corpus / "general-orders/10.01"), True),
        (drafted, True),
        (lambda corpus: change(corpus / "elsewhere.yaml", "ask: ", "ask: the other "), False),
        (lambda corpus: change(corpus / ORDER / "questions.yaml", "ask: ", "ask: so "), False),
        (lambda corpus: change(corpus / "facts.yaml", "acts:", "acts:\n  wave: to wave"), False),
    ],
    ids=["a clause", "a directive less", "a draft", "elsewhere", "a question", "a fact"],
)
def test_a_head_learns_anew_only_where_what_somebody_has_read_changes(
    learnt: Path, tmp_path: Path, spoil: Callable[[Path], object], same: bool
) -> None:
    before = learns_from(learnt)
    own = shutil.copytree(learnt, tmp_path / "corpus")
    spoil(own)
    assert (learns_from(own) == before) is same
    assert learns_from(learnt, "another encoder") != before
