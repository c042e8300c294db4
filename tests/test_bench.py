"""The comparison with plain pipelines: passages count fairly, the sweep finds the best."""

import json
import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from corpora import SmallEncoder
from langchain_text_splitters import RecursiveCharacterTextSplitter

from bench import beside, chart, machine, outcome, passages, plain, report, sweep
from bench.beside import OURS, PLAIN, Comparison, Row
from bench.outcome import Judge
from bench.sweep import Case
from bot.evaluation import quality
from bot.evaluation.labelled import Labelled
from index.asked import load_facts
from index.directive import Directive
from index.library import Library
from index.rules import load_readings


def asked(**label: object) -> Labelled:
    line = {
        "id": "a",
        "q": "may I run a blog?",
        "kind": "plain",
        "governing": [["III.Blog"]],
        "verdicts": ["informational"],
        "approval": False,
    }
    return Labelled.model_validate_json(json.dumps({**line, **label}))


QUESTIONS = (
    asked(),
    asked(q="what is a tweet of 280 characters", governing=[["III.Tweet"]]),
    asked(q="what is a wiki, a web page edited collaboratively", governing=[["III.Wiki"]]),
    asked(q="pension zebra", kind="out-of-scope", governing=[], verdicts=["not_covered"]),
)


@pytest.fixture(scope="module")
def judges(library: Library, order: Directive, corpus: Path) -> dict[str, Judge]:
    reading = load_readings(library, load_facts(corpus))["5.14"]
    shelves = (passages.passages(order, 300, 60), passages.clauses(order))
    return {shelf.name: Judge(shelf, reading, library) for shelf in shelves}


@pytest.fixture
def embeddings() -> plain.Packaged:
    return plain.Packaged(SmallEncoder())  # type: ignore[arg-type]


@pytest.mark.parametrize(("size", "overlap"), [(20, 0), (200, 40), (1000, 200)])
def test_a_split_text_is_whole_and_no_part_is_too_long(
    size: int, overlap: int, order: Directive
) -> None:
    spans = passages.split(order.source, size, overlap)
    held = {at for start, end in spans for at in range(start, end)}
    lost = [at for at in range(len(order.source)) if at not in held]
    assert not "".join(order.source[at] for at in lost).strip()
    assert all(0 < end - start <= size for start, end in spans)
    shared = [max(0, end - start) for (_, end), (start, _) in pairwise(spans)]
    assert max(shared) <= overlap


def test_paragraphs_stay_together_before_lines_and_lines_before_words() -> None:
    text = "one two\nthree\n\nfour five\n\nsix"
    assert [text[start:end] for start, end in passages.split(text, 17, 0)] == [
        "one two\nthree",
        "four five\n\nsix",
    ]
    assert [text[start:end] for start, end in passages.split(text, 9, 0)][:2] == [
        "one two",
        "three",
    ]


def test_a_passage_counts_for_every_clause_it_half_holds_or_lies_in(order: Directive) -> None:
    blog, forum = order.clause("III.Blog"), order.clause("III.Chat")
    assert blog is not None and forum is not None
    middle = (forum.span[0] + forum.span[1]) // 2
    assert passages.counted(order, blog.span) == ("III.Blog",)
    assert passages.counted(order, (blog.span[0], blog.span[0] + 5)) == ("III.Blog",)
    assert "III.Chat" in passages.counted(order, (blog.span[0], middle + 1))
    assert "III.Chat" not in passages.counted(order, (blog.span[0], middle - 2))


def test_a_bullet_counts_for_its_clause_too() -> None:
    chunk = passages.Chunk(text="words", sections=("IV.E.19•3",))
    assert outcome.counts(chunk) == {"IV.E.19•3", "IV.E.19"}


def test_a_passage_is_what_the_splitter_cut(order: Directive) -> None:
    splitter = RecursiveCharacterTextSplitter(chunk_size=300, chunk_overlap=60)
    cut = [order.source[start:end] for start, end in passages.split(order.source, 300, 60)]
    assert cut == splitter.split_text(order.source)


def test_equal_weights_put_first_what_both_lists_have(order: Directive) -> None:
    first, second, third = plain.documents(passages.clauses(order))[:3]
    dense, lexical = [first, second], [third, second]
    assert plain.places(plain.merged(dense, lexical, 0.5)) == [1, 0, 2]
    assert plain.places(plain.merged(dense, lexical, 0.1)) == [1, 2, 0]
    assert plain.places(plain.merged(dense, [], 0.5)) == [0, 1]


def test_texts_with_the_same_words_stay_two(order: Directive) -> None:
    text = passages.Text(text="may I run a blog?", chunks=(0,))
    shelf = passages.clauses(order).model_copy(update={"texts": (text, text)})
    first, second = plain.documents(shelf)
    assert plain.places(plain.merged([first], [second], 0.5)) == [0, 1]


def test_words_find_a_clause_and_unknown_words_score_nought(order: Directive) -> None:
    retriever = plain.by_words(passages.clauses(order), "stemmed", 5)
    asked = "microblogs of twitter, at most 280 characters"
    found = plain.search(retriever, asked)
    assert order.clauses[plain.places(found.documents)[0]].section == "III.Tweet"
    scores = retriever.vectorizer.get_scores(plain.TOKENS["stemmed"](asked))
    assert found.near == max(scores) > 0
    unknown = plain.search(retriever, "zebra")
    assert unknown.near == 0 and len(unknown.documents) == 5


def test_remembered_words_have_the_same_scores(order: Directive) -> None:
    shelf = passages.clauses(order)
    bare = plain.by_words(shelf, "stemmed", 5)
    remembers = plain.remembering(plain.by_words(shelf, "stemmed", 5))
    for asked in ["may a blog of a tweet be a blog?", "zebra blog", "zebra", "a tweet, a blog"]:
        cut = plain.TOKENS["stemmed"](asked)
        scores = bare.vectorizer.get_scores(cut)
        assert remembers.vectorizer.get_scores(cut).tolist() == scores.tolist()
        assert plain.search(remembers, asked) == plain.search(bare, asked)


def test_the_store_finds_a_clause_by_its_own_words(
    order: Directive, embeddings: plain.Packaged
) -> None:
    shelf = passages.clauses(order)
    store = plain.Store(shelf, embeddings)
    found = plain.search(store.nearest(3), shelf.texts[40].text)
    store.delete_collection()
    assert len(found.documents) == 3
    assert found.documents[0].page_content == shelf.texts[40].text
    assert found.near == pytest.approx(1, abs=1e-3)


def lists(
    judges: dict[str, Judge], embeddings: plain.Packaged, questions: Sequence[Labelled]
) -> dict[str, sweep.Lists]:
    put = [outcome.put(one) for one in questions]
    return {n: sweep.lists(j, embeddings, put, ("stemmed",)) for n, j in judges.items()}


def test_the_sweep_takes_the_setting_with_the_best_mean(
    judges: dict[str, Judge], embeddings: plain.Packaged
) -> None:
    shelves = tuple(judge.shelf for judge in judges.values())
    case = Case("words", shelves, (0.0, 0.5), ("stemmed",))
    of = lists(judges, embeddings, QUESTIONS)
    best = sweep.best(case, of, QUESTIONS, lambda: None)
    alone = [
        sweep.best(Case("one", (shelf,), (weight,), ("stemmed",)), of, QUESTIONS, lambda: None)
        for shelf in shelves
        for weight in case.weights
    ]
    assert best.score == max(one.score for one in alone)
    assert best.tried == sum(one.tried for one in alone)


@pytest.mark.parametrize("weight", [0.0, 0.25, 0.75, 1.0])
@pytest.mark.parametrize("depth", sweep.DEPTHS)
def test_what_is_swept_is_what_the_retrievers_find(
    weight: float, depth: int, judges: dict[str, Judge], embeddings: plain.Packaged
) -> None:
    judge = judges["clauses"]
    tokens = None if weight == 1 else "stemmed"
    setting = outcome.Setting(
        shelf=judge.shelf.name,
        weight=weight,
        tokens=tokens,
        depth=depth,
        cited=5,
        reading="vote",
        threshold=0,
    )
    pipeline = beside.Pipeline(judge, setting, embeddings)
    swept = lists(judges, embeddings, QUESTIONS)["clauses"].outcomes(weight, tokens, depth)
    assert swept == [pipeline.ask(outcome.put(one)) for one in QUESTIONS]


def test_the_best_settings_score_is_the_mean_of_what_is_shown(
    judges: dict[str, Judge], embeddings: plain.Packaged
) -> None:
    shelf = judges["clauses"].shelf
    of = lists(judges, embeddings, QUESTIONS)
    best = sweep.best(Case("words", (shelf,), (0.0,), ("stemmed",)), of, QUESTIONS, lambda: None)
    pipeline = beside.Pipeline(judges["clauses"], best.setting, embeddings)
    found = pipeline.figures(QUESTIONS)
    refused, seen = found.wrongly_not_covered_share, found.out_of_scope_not_covered
    assert refused is not None and seen is not None
    shares = [found.recall_at_5, found.hit_at_1, found.citation_precision, found.verdict_accuracy]
    assert best.score == pytest.approx((sum(filter(None, shares)) + (1 - refused + seen) / 2) / 5)
    assert found.out_of_scope_not_covered == 1


def compared(judges: dict[str, Judge]) -> Comparison:
    judged = quality.judge(QUESTIONS[0], None, judges["clauses"]._library)
    row = Row(
        title=f"{PLAIN}plain & simple",
        setting="k 5",
        tried=7,
        highest=dict.fromkeys(sweep.SHARES, 0.5),
        parts={"dev": quality.figures([judged])},
        shown=120,
        ratio=1.25,
        took_ms=9,
    )
    return Comparison(
        day=date(2026, 11, 22),
        code=None,
        machine=machine.describe(),
        timed=1,
        rows=tuple(row.model_copy(update={"title": t}) for t in (row.title, "lever", OURS)),
    )


def test_every_column_of_the_comparison_has_a_cell(judges: dict[str, Judge]) -> None:
    head, _, *rows = report.comparison_markdown(compared(judges), "dev").splitlines()
    for said in ("recall@5", "hit@1", "false allowed", "over-bans", "time over embedding"):
        assert said in head
    assert [row.count("|") for row in rows] == [head.count("|")] * 3
    assert OURS in rows[-1]
    table = report.comparison_table(compared(judges), "dev")
    assert len(table.columns) == head.count("|") - 1


def test_the_picture_is_sound_and_said_in_words(judges: dict[str, Judge]) -> None:
    drawn = ElementTree.fromstring(chart.svg(compared(judges), "dev"))
    words = chart.alt(compared(judges), "dev")
    assert drawn.findtext("{http://www.w3.org/2000/svg}title") == words
    assert OURS in words and "plain & simple" in words
    texts = [element.text for element in drawn.iter("{http://www.w3.org/2000/svg}text")]
    assert all(title in texts for title in chart.PANELS.values())


def test_the_folders_page_shows_the_picture_and_what_was_tried(
    judges: dict[str, Judge], tmp_path: Path
) -> None:
    page = tmp_path / "README.md"
    page.write_text("before\n<!-- beside -->\n<!-- /beside -->\nafter\n", encoding="utf-8")
    (tmp_path / "results").mkdir()
    report.write_comparison(page, tmp_path / "results/beside.svg", compared(judges), None)
    text = page.read_text(encoding="utf-8")
    assert (
        "](results/beside.svg)" in text and f"| {PLAIN}plain & simple | k 5 | 7 | 0.500 |" in text
    )
    assert (tmp_path / "results/beside.svg").read_text(encoding="utf-8").startswith("<svg")
