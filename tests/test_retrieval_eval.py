"""Retrieval measured on a folder of documents, queries and judgements."""

import json
import shutil
from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from math import log2
from pathlib import Path

import command_line
import numpy as np
import pytest
from command_line import Ended, Run
from corpora import SmallEncoder
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from bench import machine
from bench.retrieval import Recorded
from bot.config import Settings
from bot.errors import AssistantError
from bot.evaluation import folder, ranking, retrieval, tables
from index.encoder import Encoder, Vectors
from index.fusion import fused
from index.lexical import Bm25, terms
from index.store import Entry, Store
from index.words import words

SAMPLE = Path(__file__).resolve().parent / "data/retrieval"
FILES = {
    "corpus.jsonl": '{"_id": "a", "text": "red"}\n{"_id": "b", "title": "T", "text": "blue"}\n',
    "queries.jsonl": '{"_id": "1", "text": "red?"}\n{"_id": "2", "text": "blue?"}\n',
    "qrels.tsv": "query-id\tcorpus-id\tscore\n1\ta\t1\n2\tb\t2\n",
}


def written(place: Path, **changed: str | None) -> Path:
    """Return a folder of the three small files; a changed one has other text, or is left out."""
    place.mkdir(exist_ok=True)
    for name, text in {**FILES, **changed}.items():
        if text is not None:
            path = place / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(text.encode("utf-8", "surrogateescape"))
    return place


def test_a_ranked_list_is_worth_what_trec_eval_says() -> None:
    relevant = {"a": 2.0, "b": 1.0, "c": 1.0}
    ranked = ["x", "a", "y", "b"]
    assert ranking.recall(ranked, relevant, 2) == pytest.approx(1 / 3)
    assert ranking.recall(ranked, relevant, 10) == pytest.approx(2 / 3)
    assert ranking.average_precision(ranked, relevant, 10) == pytest.approx((1 / 2 + 2 / 4) / 3)
    best = 2 + 1 / log2(3) + 1 / log2(4)
    assert ranking.ndcg(ranked, relevant, 10) == pytest.approx((2 / log2(3) + 1 / log2(5)) / best)
    assert ranking.ndcg(["a", "c", "b"], relevant, 10) == pytest.approx(1)
    assert ranking.average_precision([], relevant, 10) == ranking.ndcg([], relevant, 10) == 0


@pytest.mark.parametrize(
    ("file", "text", "line", "said"),
    [
        ("corpus.jsonl", '{"_id": "a", "text": "x"}\nnot json\n', 2, "not JSON"),
        ("corpus.jsonl", '["a"]\n', 1, "not a JSON object"),
        ("corpus.jsonl", '{"_id": "a"}\n', 1, "text is missing"),
        ("corpus.jsonl", '{"text": "a"}\n', 1, "_id is missing"),
        ("corpus.jsonl", '{"_id": "", "text": "a"}\n', 1, "_id"),
        ("corpus.jsonl", '{"_id": "a", "text": null}\n', 1, "text"),
        ("corpus.jsonl", '{"_id": "a", "text": "a"}\n' * 2, 2, "that of line 1"),
        ("corpus.jsonl", '{"_id": "a", "text": "\udcff"}\n', 1, "not UTF-8"),
        ("corpus.jsonl", "\n", None, "is empty"),
        ("corpus.jsonl", None, None, "cannot be read"),
        ("queries.jsonl", '{"_id": "1", "text": " "}\n', 1, "text"),
        ("queries.jsonl", '{"_id": "1", "text": "a"}\n' * 2, 2, "that of line 1"),
        ("queries.jsonl", None, None, "cannot be read"),
        ("qrels.tsv", "1\ta\n", 1, "2 columns"),
        ("qrels.tsv", "1 a 1\n", 1, "1 columns"),
        ("qrels.tsv", "1\t0\ta\t1\n", 1, "4 columns"),
        ("qrels.tsv", "1\ta\t1\n2\tb\tmuch\n", 2, "is no number"),
        ("qrels.tsv", "1\ta\tnan\n1\ta\tnan\n", 2, "is no number"),
        ("qrels.tsv", "1\ta\t1\n9\tb\t1\n", 2, "'9' is not in queries.jsonl"),
        ("qrels.tsv", "1\tz\t1\n", 1, "'z' is not in corpus.jsonl"),
        ("qrels.tsv", "1\ta\t1\n1\ta\t0\n", 2, "graded differently"),
        ("qrels.tsv", "1\ta\t0\n", None, "no document relevant"),
        ("qrels.tsv", "", None, "no document relevant"),
        ("qrels.tsv", None, None, "neither qrels.tsv nor qrels/test.tsv"),
    ],
)
def test_a_broken_folder_is_refused_with_file_line_and_remedy(
    file: str, text: str | None, line: int | None, said: str, tmp_path: Path
) -> None:
    with pytest.raises(AssistantError) as refused:
        folder.load(written(tmp_path / "set", **{file: text}))
    message = str(refused.value)
    assert said in message and "\n" not in message and message.endswith(".")
    assert file in message or text is None
    assert (f"line {line}:" in message) if line else "line" not in message.replace("a line", "")


@pytest.mark.parametrize(
    "changed",
    [
        {"qrels.tsv": "1\ta\t1\n2\tb\t2\n"},
        {"qrels.tsv": None, "qrels/test.tsv": FILES["qrels.tsv"]},
        {"qrels.tsv": FILES["qrels.tsv"].replace("\n", "\r\n") + "\n2\ta\t0\n1\ta\t1\n"},
        {"qrels.tsv": FILES["qrels.tsv"].replace("\t2\n", "\t2.0\n")},
        {"queries.jsonl": "\ufeff" + FILES["queries.jsonl"].replace('"1"', "1")},
        {"queries.jsonl": FILES["queries.jsonl"] + '{"_id": "3", "text": "c", "metadata": {}}\n'},
        {"corpus.jsonl": FILES["corpus.jsonl"].replace("}", ', "metadata": {"title": 1}}')},
    ],
    ids=["no header", "in qrels/", "windows", "decimal", "mark and number", "unjudged", "more"],
)
def test_a_folder_may_be_written_in_each_usual_way(
    changed: dict[str, str | None], tmp_path: Path
) -> None:
    found = folder.load(written(tmp_path / "set", **changed))
    assert found.ids == ("a", "b")
    assert found.queries == {"1": "red?", "2": "blue?"}
    assert found.relevant == {"1": {"a": 1.0}, "2": {"b": 2.0}}
    assert list(found.texts()) == ["red", "T blue"]


def test_separators_inside_a_text_do_not_end_its_line(tmp_path: Path) -> None:
    text = FILES["corpus.jsonl"].replace("red", "red\u2028\u0085dusk")
    found = folder.load(written(tmp_path / "set", **{"corpus.jsonl": text}))
    assert next(found.texts()) == "red\u2028\u0085dusk"


def test_a_limit_takes_the_first_judged_queries_and_every_document(tmp_path: Path) -> None:
    found = folder.load(written(tmp_path / "set", **{"qrels.tsv": "2\tb\t1\n"}), limit=1)
    assert (list(found.queries), len(found.ids)) == (["2"], 2)


def test_a_word_that_no_text_holds_lowers_every_share_and_a_rare_one_counts_most() -> None:
    bm25 = Bm25(iter(["the range is closed", "the range is open", "a closed door", ""]))
    alone = bm25.shares(words("closed door"))
    slang = bm25.shares(words("closed door zzyzx"))
    assert alone is not None and slang is not None
    assert alone.argmax() == 2 and 0 < slang[2] < alone[2] < 1
    assert alone[3] == 0 and bm25.shares(words("zzyzx")) is None


TEXTS = ["a closed range", "an open range", "the range is closed", "a door", "closed, a door range"]


def shared(bm25: Bm25, said: list[str]) -> NDArray[np.float32]:
    """Return each text's share, which is nought where no text holds a word."""
    shares = bm25.shares(said)
    return np.zeros(len(TEXTS), dtype=np.float32) if shares is None else shares


def test_fusing_keeps_what_one_search_alone_found_and_scores_it_by_the_other_too() -> None:
    bm25, said = Bm25(TEXTS), words("closed range")
    scores = fused({1: 0.9, 3: 0.4}, shared(bm25, said), bm25, said, 5)
    assert set(scores) == {0, 1, 2, 3, 4}
    assert scores[1] > scores[3] > 0
    few = fused({1: 0.9, 3: 0.4}, shared(bm25, said), bm25, said, 1)
    assert len(few) == 3 and {1, 3} < set(few) and few[1] == scores[1]
    assert fused({}, shared(bm25, ["zzyzx"]), bm25, ["zzyzx"], 5) == {}


def test_words_side_by_side_as_in_the_question_weigh_more_than_the_same_words_apart() -> None:
    bm25, said = Bm25(TEXTS), words("the closed range")
    found = bm25.paired(said, np.arange(5))
    assert found is not None and found.tolist() == [1, 0, 0, 0, 0]
    scores = fused({}, shared(bm25, said), bm25, said, 5)
    assert scores[0] > scores[2]
    assert bm25.paired(words("range"), np.arange(5)) is None
    alone = fused({}, shared(bm25, ["range"]), bm25, ["range"], 5)
    assert alone[1] > scores[1]


def test_a_question_without_a_known_word_is_ranked_by_its_meaning() -> None:
    bm25, said = Bm25(TEXTS), words("xyzzy plugh")
    scores = fused({0: 0.3, 4: 0.5, 2: 0.4}, shared(bm25, said), bm25, said, 5)
    assert sorted(scores, key=lambda place: -scores[place]) == [4, 2, 0]


WORD = st.sampled_from("closed range door open zzyzx the".split())


@given(st.lists(st.lists(WORD, max_size=6), min_size=1, max_size=6), st.lists(WORD, max_size=6))
@settings(max_examples=100, deadline=None)
def test_pairs_are_counted_as_they_would_be_one_by_one(
    written: list[list[str]], said: list[str]
) -> None:
    bm25 = Bm25([" ".join(text) for text in written])
    places = np.arange(len(written))[::-1]
    asked = set(pairwise(terms(said)))
    found = bm25.paired(said, places)
    assert (found is None) == (not asked)
    if found is not None:
        for place, share in zip(places.tolist(), found.tolist(), strict=True):
            held = asked & set(pairwise(terms(written[place])))
            assert (share > 0) == bool(held) and (abs(share - 1) < 1e-6) == (held == asked)


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> retrieval.Measured:
    """The sample measured with the packaged model."""
    found = folder.load(SAMPLE)
    store = Store(tmp_path_factory.mktemp("chroma"))
    searcher = retrieval.Searcher(found, Encoder(), store, lambda done, total: None)
    return retrieval.measure(found, searcher, lambda done, total: None)


@pytest.mark.parametrize("figure", ["recall_at_5", "recall_at_100", "map_at_10", "ndcg_at_10"])
def test_fused_is_not_worse_than_the_better_of_both(
    measured: retrieval.Measured, figure: str
) -> None:
    dense, bm25, both = (getattr(measured.methods[name], figure) for name in retrieval.METHODS)
    assert both >= max(dense, bm25)


def test_the_two_searches_differ_on_the_sample_so_that_fusing_has_something_to_do(
    measured: retrieval.Measured,
) -> None:
    dense, bm25, both = (measured.methods[name].map_at_10 for name in retrieval.METHODS)
    assert len({dense, bm25, both}) == 3
    assert measured.methods["dense"].recall_at_100 == 1


class Recording(Store):
    """A store that notes how many entries it was handed at a time."""

    def __init__(self, place: Path) -> None:
        super().__init__(place)
        self.parts: list[int] = []

    def add(self, collection: str, entries: Sequence[Entry], vectors: Vectors) -> None:
        self.parts.append(len(entries))
        super().add(collection, entries, vectors)


def test_documents_pass_through_in_batches_and_the_figures_are_the_same(tmp_path: Path) -> None:
    found = folder.load(SAMPLE)
    told: list[tuple[int, int]] = []
    figures = []
    for size in (8, 512):
        store = Recording(tmp_path / str(size))
        searcher = retrieval.Searcher(
            found, SmallEncoder(), store, lambda *at: told.append(at), batch=size
        )
        ranked = [searcher.rank(text)[0] for text in found.queries.values()]
        figures.append(ranked)
        assert max(store.parts) <= size and sum(store.parts) == len(found.ids)
    assert figures[0] == figures[1]
    assert told == [(8, 21), (16, 21), (21, 21), (21, 21)]


def test_a_query_without_a_known_word_is_left_to_dense_search(tmp_path: Path) -> None:
    found = folder.load(SAMPLE)
    searcher = retrieval.Searcher(found, SmallEncoder(), Store(tmp_path), lambda *at: None)
    ranked, _ = searcher.rank("xyzzy")
    assert ranked["bm25"] == []
    assert ranked["fused"] == ranked["dense"] != []


def test_the_table_shows_the_three_ways_side_by_side(measured: retrieval.Measured) -> None:
    (sheet,) = tables.retrieval(measured)
    assert [row[0] for row in sheet.rows] == ["dense", "bm25", "fused"]
    assert {"recall@1", "@5", "@10", "@100", "MAP@10", "nDCG@10", "ms"} <= set(sheet.columns)


@pytest.fixture
def policybot(
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    small_settings: Settings,
    tmp_path: Path,
) -> Run:
    """Run the command with a folder of its own for what it writes, and a small model."""
    monkeypatch.setenv("VAR_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("EMBEDDING_MODEL", str(small_settings.embedding_model))

    def run(*arguments: str) -> Ended:
        return command_line.run(monkeypatch, capfd, "eval", *arguments)

    return run


def test_the_command_prints_one_object_and_leaves_nothing_behind(
    policybot: Run, tmp_path: Path
) -> None:
    code, out, _ = policybot("--retrieval", str(SAMPLE), "--limit", "5", "--json")
    found = json.loads(out)
    assert code == 0
    assert (found["documents"], found["queries"]) == (21, 5)
    assert found["methods"]["fused"]["ndcg_at_10"] == found["ndcg_at_10"]
    assert {"recall_at_1", "recall_at_100", "map_at_10", "took_ms_median"} <= set(found)
    assert list((tmp_path / "var").iterdir()) == []


def test_the_command_shows_a_table_to_be_read(policybot: Run) -> None:
    code, out, _ = policybot("--retrieval", str(SAMPLE), "--limit", "5")
    assert code == 0
    assert all(said in out for said in ("21 documents, 5 queries", "dense", "bm25", "fused"))


def test_the_command_refuses_a_broken_folder_in_one_line(policybot: Run, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(SAMPLE, broken)
    with (broken / "qrels.tsv").open("a", encoding="utf-8") as file:
        file.write("1\tnowhere\t1\n")
    code, out, err = policybot("--retrieval", str(broken), "--json")
    assert (code, out, len(err.splitlines())) == (1, "", 1)
    assert "line 22" in err and "'nowhere' is not in corpus.jsonl" in err


def test_the_command_refuses_a_place_that_cannot_be_written(
    policybot: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VAR_DIR", "/proc/policybot")
    code, out, err = policybot("--retrieval", str(SAMPLE))
    assert (code, out, len(err.splitlines())) == (1, "", 1)
    assert "VAR_DIR" in err


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("questions.jsonl", "--retrieval", "folder"),
        ("questions.jsonl", "--limit", "3"),
        ("--retrieval", "folder", "--fail-under", "recall_at_5=1"),
        ("--retrieval", "folder", "--limit", "0"),
    ],
)
def test_what_does_not_go_together_is_wrong_usage(
    policybot: Run, arguments: tuple[str, ...]
) -> None:
    code, out, err = policybot(*arguments)
    assert (code, out) == (2, "")
    assert "Traceback" not in err


def test_what_is_recorded_names_the_folder_and_the_figures_that_others_reach(
    measured: retrieval.Measured, tmp_path: Path
) -> None:
    recorded = Recorded(
        day=date(2026, 11, 23),
        code="abc",
        machine=machine.describe(),
        folder=folder.digest(written(tmp_path / "a")),
        source="Made up.",
        measured=measured,
    )
    ways = measured.methods
    level = measured.model_copy(update={"methods": dict.fromkeys(ways, ways["fused"])})
    assert len(recorded.model_copy(update={"measured": level}).missed) == 4
    text = recorded.as_markdown()
    assert recorded.folder in text and f"| fused | {ways['fused'].recall_at_1:.3f} |" in text


def test_a_folder_has_another_digest_as_soon_as_a_file_of_it_changes(tmp_path: Path) -> None:
    one = folder.digest(written(tmp_path / "a"))
    assert folder.digest(written(tmp_path / "b")) == one
    assert folder.digest(written(tmp_path / "b", **{"queries.jsonl": "{}\n"})) != one
