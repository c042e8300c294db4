"""The graph of references as a page: the drawing, the table, and what each box leads to."""

import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from web_server import CORPUS, Web, serving

from bot.web.drawing import MOST_BOXES, MOST_NAMED, Drawing, draw
from index.directive import Directive
from index.graph import Link, Place
from index.library import Library, load
from index.mentions import Sort

FORWARDED = {"X-Forwarded-For": "10.0.0.1"}
_PATH = re.compile(r"M(\d+) (\d+)H(\d+)q5 0 5 (-?5)V(\d+)q0 (-?5) -5 (-?5)H(\d+)")
_SAID = "See General Order 5.14 § IV.E.16, General Order 5.14, RSA 91-A:5 and General Order 7.77."


def _filed(number: int) -> Place:
    return Place(key=f"on file {number}", name=f"GO {number}", title="Towing", number=str(number))


def _place(number: int) -> Place:
    """Return a directive; a law for a number below zero, and above 99 what is not on file."""
    if number < 0:
        return Place(key=f"law {-number}", name=f"RSA {-number}", sort=Sort.LAW)
    return _filed(number) if number < 100 else Place(key=f"order {number}", name=f"Order {number}")


def _drawn(pairs: list[tuple[int, int]]) -> Drawing:
    links = [
        Link(source=_filed(source), target=_place(to), count=1, section="I")
        for source, to in dict.fromkeys(pairs)
    ]
    return draw(links, [str(number) for number in range(100)])


def _run(path: str) -> tuple[int, int, int]:
    """Return how far down a line begins and ends, and how far right it runs between."""
    match = _PATH.fullmatch(path)
    assert match is not None, path
    _, source, before, turn, after, *_ = (int(found) for found in match.groups())
    return source, after + turn, before + 5


@given(
    st.lists(
        st.tuples(st.integers(0, 99), st.integers(-30, 130)).filter(lambda two: two[0] != two[1]),
        min_size=1,
        max_size=150,
    )
)
@settings(max_examples=40, deadline=None)
def test_boxes_stand_apart_and_every_line_joins_two_in_a_lane_of_its_own(
    pairs: list[tuple[int, int]],
) -> None:
    drawing = _drawn(pairs)
    assert drawing == _drawn(pairs) and len(drawing.boxes) <= MOST_BOXES
    assert all(upper.y + upper.height < lower.y for upper, lower in pairwise(drawing.boxes))
    edge = drawing.boxes[0].x + drawing.boxes[0].width
    reach: dict[int, tuple[int, int, int]] = {}
    for line in drawing.lines:
        source, target, lane = _run(line.path)
        assert edge < lane < drawing.width
        for y in (source, target):
            assert any(box.y < y < box.y + box.height for box in drawing.boxes)
        low, high, _ = reach.get(target, (target, target, lane))
        reach[target] = (min(low, source), max(high, source), lane)
    for one, other in combinations(reach.values(), 2):
        assert one[2] != other[2] or one[1] < other[0] or other[1] < one[0]


def test_what_is_seldom_named_stands_in_one_box_and_few_directives_are_left_out() -> None:
    pairs = [(at, at + 1) for at in range(98)]
    pairs += [(at % 5, -1 - at % 25) for at in range(60)] + [(0, 100 + at) for at in range(12)]
    drawing = _drawn(pairs)
    more = {box.name: box.more for box in drawing.boxes if box.more}
    assert more == {"and 2 more": 2, "and 15 more": 15}
    laws = [box for box in drawing.boxes if box.place.sort is Sort.LAW]
    assert len(laws) == MOST_NAMED + 1 and len(drawing.boxes) <= MOST_BOXES
    assert [words for words, _ in drawing.captions] == ["Not on file", "The law"]
    filed = [box for box in drawing.boxes if box.place.number is not None]
    assert drawing.left_out == 99 - len(filed)


def _towing(order: Directive) -> Directive:
    first = order.clauses[2].model_copy(update={"text": _SAID})
    quiet = [one for one in order.clauses[3:] if one.section != "IV.E.5"]
    return order.model_copy(
        update={"number": "9.01", "title": "Towing & Storage", "clauses": (first, *quiet)}
    )


def _library() -> Library:
    found = load(CORPUS)
    order = found.directives[0]
    return replace(found, directives=(order, _towing(order)))


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    with serving(tmp_path_factory.mktemp("graph"), library=_library()) as served:
        yield served


def test_the_page_draws_what_refers_to_what_and_says_it_in_a_table(web: Web) -> None:
    text = unescape(web.get("/directives/graph").text)
    boxes = re.findall(r'<a class="(graph-box[^"]*)" href="([^"]+)" aria-label="([^"]+)"', text)
    section = _library().directives[1].clauses[0].fragment
    assert [(kind, href) for kind, href, _ in boxes] == [
        ("graph-box", "/directives/5.14"),
        ("graph-box", "/directives/9.01"),
        ("graph-box unfiled", f"/directives/9.01#{section}"),
        ("graph-box unfiled", "/directives/5.14#IV-E-5"),
        ("graph-box unfiled", f"/directives/9.01#{section}"),
    ]
    assert boxes[1][2] == "GO 9.01, Towing & Storage"
    assert text.count("<title>GO 9.01 to GO 5.14: 2</title>") == text.count(">2×</text>") == 1
    rows = re.findall(r"<tr><td>(.*?)</td></tr>", text, re.S)
    said = [" ".join(re.sub("<[^>]+>", " ", row).split()) for row in rows]
    assert said[0] == "GO 5.14 Department’s Code of Conduct (not on file) 1 § IV.E.5"
    assert any(row.startswith("GO 9.01 RSA 91-A:5 (law, not on file) 1") for row in said)
    assert any(row.startswith("GO 9.01 GO 5.14 Use of Social Media 2") for row in said)
    assert len(rows) == 4


def test_the_list_leads_to_the_graph_and_every_link_of_it_opens(web: Web) -> None:
    assert 'href="/directives/graph"' in web.get("/directives").text
    text = web.get("/directives/graph").text
    for href in dict.fromkeys(re.findall(r'href="(/directives/[^"]+)"', text)):
        path, _, anchor = unescape(href).partition("#")
        page = web.get(path)
        assert page.status_code == 200 and (not anchor or f'id="{anchor}"' in page.text)


@pytest.mark.parametrize("query", ["", "?key=x"])
def test_from_elsewhere_there_is_no_graph_as_there_is_no_list(web: Web, query: str) -> None:
    for path in ("/directives", "/directives/graph"):
        assert web.get(path + query, headers=FORWARDED).status_code == 404


def test_where_nothing_refers_to_anything_the_page_says_so(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    found = load(CORPUS)
    order = found.directives[0]
    said = tuple(one for one in order.clauses if one.section != "IV.E.5")
    quiet = order.model_copy(update={"clauses": said})
    alone = replace(found, directives=(quiet,))
    with serving(tmp_path_factory.mktemp("quiet"), library=alone) as web:
        text = web.get("/directives/graph").text
    assert "refers to another" in text and "<svg width" not in text and "<table" not in text
