"""The order over HTTP: every clause at its anchor, the asked words marked, nothing executed."""

import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from web_answers import MARKUP
from web_server import CORPUS, Web, serving

from bot.policy.member import Member
from index.directive import Status
from index.library import load

MEMBER = Member(key="1002", name="Captain Reyne")


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    with serving(tmp_path_factory.mktemp("directives")) as served:
        yield served


def _clause(text: str, fragment: str) -> str:
    match = re.search(rf'<p id="{re.escape(fragment)}" class="words[^>]*>(.*?)</p>', text, re.S)
    assert match is not None, fragment
    return match.group(1)


def _marked(text: str) -> list[str]:
    return [unescape(re.sub("<[^>]+>", "", m)) for m in re.findall("<mark>(.*?)</mark>", text)]


def test_every_clause_stands_at_its_anchor_word_for_word(web: Web) -> None:
    text = web.get("/directives/5.14").text
    for clause in web.answers.order.clauses:
        shown = _clause(text, clause.fragment)
        assert unescape(re.sub("</?(mark|b)[^>]*>", "", shown)) == clause.text


def test_ids_are_unique(web: Web) -> None:
    ids = re.findall(r'\sid="([^"]+)"', web.get("/directives/5.14").text)
    assert len(ids) == len(set(ids)) > 100


def test_every_heading_can_be_opened_by_its_section(web: Web) -> None:
    text = web.get("/directives/5.14").text
    for link in re.findall(r'<li class="level-\d"><a href="#([^"]+)"', text):
        assert f'id="{link}"' in text
    assert 'id="IV-F"' in text


def test_header_facts_stand_as_facts_and_its_markup_is_text(web: Web) -> None:
    text = web.get("/directives/5.14").text
    for fact in ("In force", "September 10, 2019", "May 21, 2019", "3.1.2", "POSTC 2.4.12"):
        assert fact.lower() in text.lower()
    assert "&lt;p style=" in text and "<p style=" not in text


def test_damage_that_is_shown_stands_beside_its_clause_and_no_other(web: Web) -> None:
    text = unescape(web.get("/directives/5.14").text)
    shown = [damage.what for damage in web.answers.order.damage if damage.shown]
    hidden = [damage.what for damage in web.answers.order.damage if not damage.shown]
    assert shown and all(what in text for what in shown)
    assert not any(what in text for what in hidden)


def test_a_mark_highlights_exactly_the_words_asked_for(web: Web) -> None:
    clause = web.answers.order.clause("IV.E.16")
    whole = web.answers.order.clause("II¶1")
    assert clause is not None and whole is not None
    text = web.get("/directives/5.14?mark=IV-E-16.10-40,IV-E-16.60-70,II-p1").text
    assert _marked(text) == [whole.text, clause.text[10:40], clause.text[60:70]]


def test_marks_that_overlap_lose_no_word(web: Web) -> None:
    clause = web.answers.order.clause("III.Blog")
    assert clause is not None
    text = web.get("/directives/5.14?mark=III-Blog.2-9,III-Blog.5-20&mark=III-Blog.8-30").text
    assert "".join(_marked(text)) == clause.text[2:30]
    shown = _clause(text, "III-Blog")
    assert unescape(re.sub("</?(mark|b)[^>]*>", "", shown)) == clause.text


@pytest.mark.parametrize(
    "mark",
    ["", "nowhere", "IV-E-16.9-5", "IV-E-16.0-99999", "IV-E-16.x-y", "IV-E-16.5-5", "..", "%3Cb%3E",
     "IV-E-16.-5-9", "IV-E-16.99999999999999999999-1"],
)  # fmt: skip
def test_a_mark_that_cannot_be_read_is_ignored(web: Web, mark: str) -> None:
    response = web.get(f"/directives/5.14?mark={mark}")
    assert response.status_code == 200
    assert _marked(response.text) == []


def test_every_citation_link_of_an_answer_marks_its_quote(web: Web) -> None:
    for citation in web.answers.ask("a photo").citations:
        text = web.get(citation.url.removeprefix(web.url).split("#")[0]).text
        assert _marked(text) == [citation.quote]


def test_an_order_that_is_not_on_file_gets_the_list_of_those_that_are(web: Web) -> None:
    response = web.get("/directives/9.99")
    assert response.status_code == 404
    assert "9.99 is not on file" in response.text and "/directives/5.14" in response.text
    assert "<script>" not in web.get(f"/directives/{MARKUP.replace('/', '')}").text


def test_the_list_shows_what_is_on_file(web: Web) -> None:
    assert "Use of Social Media" in web.get("/directives").text


def test_a_rescinded_order_says_so(tmp_path: Path) -> None:
    library = load(CORPUS)
    order = library.directives[0].model_copy(update={"status": Status.RESCINDED})
    changed = replace(library, directives=(order,))
    with serving(tmp_path, library=changed) as web:
        assert "not cited as current" in web.get("/directives/5.14").text


def test_a_paused_clause_says_so_with_its_bullets_and_a_paused_order_says_so_at_its_head(
    web: Web,
) -> None:
    order = web.answers.order
    item = web.unit.pauses.pause(order, "IV.E.19", MEMBER)
    text = web.get("/directives/5.14").text
    below = [clause.section for clause in order.under("IV.E.19")]
    assert text.count("<strong>Answers paused</strong>") == len(below) > 1
    assert text.count("with GO 5.14 § IV.E.19.") == len(below) - 1
    assert "paused answers on this directive" not in text
    whole = web.unit.pauses.pause(order, None, MEMBER)
    assert "paused answers on this directive" in web.get("/directives/5.14").text
    for pause in (item, whole):
        web.unit.pauses.resume(pause.number, MEMBER)
    assert "paused" not in web.get("/directives/5.14").text


def test_the_form_of_a_request_says_that_its_clause_was_paused_and_can_be_sent(web: Web) -> None:
    form = web.answers.ask("a photo").approval.url
    assert form is not None
    path = form.removeprefix(web.url)
    assert "paused" not in web.get(path).text
    pause = web.unit.pauses.pause(web.answers.order, "IV.E.16", MEMBER)
    text = web.get(path).text
    assert "paused answers on GO 5.14 § IV.E.16" in text and "Send the request" in text
    web.unit.pauses.resume(pause.number, MEMBER)


def test_words_that_send_the_reader_on_are_links_and_the_text_is_unchanged(tmp_path: Path) -> None:
    order = load(CORPUS).directives[0]
    said = "See General Order 5.14 § IV.E.16, section IV.A.4 and the Code of Conduct."
    first = order.clauses[2].model_copy(update={"text": said})
    towing = order.model_copy(
        update={"number": "9.01", "title": "Towing", "clauses": (first, *order.clauses[3:])}
    )
    library = replace(load(CORPUS), directives=(order, towing))
    with serving(tmp_path, library=library) as web:
        shown = _clause(web.get("/directives/9.01").text, first.fragment)
        assert unescape(re.sub("<[^>]+>", "", shown)) == said
        assert re.findall(r'<a class="mention" href="([^"]+)">([^<]+)</a>', shown) == [
            ("/directives/5.14#IV-E-16", "General Order 5.14 § IV.E.16"),
            ("#IV-A-4", "section IV.A.4"),
        ]
