"""The console over HTTP: what an answer shows, what is refused, and when there is no console."""

import html
from collections.abc import Iterator
from pathlib import Path

import pytest
from web_answers import BROKEN, MARKUP, MEANING, NOTHING, RANGE, TWO_SIDES
from web_server import Web, serving

from bot.answer import Verdict
from bot.asker import Surface
from bot.web.card import BADGES


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    with serving(tmp_path_factory.mktemp("console")) as served:
        yield served


def _ref(text: str) -> str:
    return html.unescape(text).split("/requests/new?ref=")[1].split('"')[0]


def test_every_verdict_has_words_a_colour_and_an_icon_of_its_own() -> None:
    assert set(BADGES) == set(Verdict)
    assert len({badge.label for badge in BADGES.values()}) == len(Verdict)
    assert len({badge.icon for badge in BADGES.values()}) == len(Verdict)


def test_the_console_says_who_it_is_for_and_offers_four_examples(web: Web) -> None:
    response = web.get("/")
    assert response.status_code == 200
    assert "not identified; nothing you type is kept" in response.text
    assert response.text.count('class="example"') == 4


def test_an_answer_shows_verdict_quotes_conditions_path_and_version(web: Web) -> None:
    text = html.unescape(web.post("/", data={"question": RANGE}).text)
    order = web.answers.order
    bullet = order.clause("IV.E.19•3")
    item = order.clause("IV.E.19")
    assert bullet is not None and item is not None
    for shown in (
        'data-verdict="needs_permission"',
        "Needs permission",
        "GO 5.14 § IV.E.19•3",
        bullet.text,
        item.text,
        "the photo shows anyone brandishing a weapon",
        "a colleague can be recognised in it",
        "express written permission",
        "via the chain of command",
        "GO 5.14 § IV.F.1",
        "Barring state law",
        "Start a request",
        "This answer is not approval.",
        order.sha256[:12],
        "September 10, 2019",
    ):
        assert shown in text
    assert "Get approved" not in text


def test_the_console_demonstrates_the_route_with_a_sample_roster_and_says_so(web: Web) -> None:
    text = html.unescape(web.post("/", data={"question": RANGE}).text)
    demonstration = text.partition("on a sample roster</summary>")[2].partition("</details>")[0]
    assert "These people are invented" in demonstration
    assert "no order states them" in demonstration
    for step, who in (
        ("Supervisor", "Bettina Crowhurst"),
        ("Lieutenant", "Lucius Penhallow"),
        ("Captain", "Ottilie Farrowgate"),
        ("Deputy Chief", "Ottilie Farrowgate endorses at an earlier step."),
        ("Chief of Police, who decides", "Marguerite Quillfeather"),
    ):
        assert f"<dt>{step}</dt><dd>{who}</dd>" in demonstration
    assert "sample roster" not in web.post("/", data={"question": MEANING}).text


def test_the_page_and_the_fragment_show_the_same_answer(web: Web) -> None:
    page = web.post("/", data={"question": MEANING}).text
    fragment = web.post("/api/ask", data={"question": MEANING}).text
    assert fragment.strip() in page


def test_a_question_that_depends_shows_every_branch(web: Web) -> None:
    text = web.post("/", data={"question": TWO_SIDES}).text
    assert "Is this on a Department account or on your own?" in text
    assert text.count('class="branch-if"') == 2


def test_what_is_not_covered_has_no_quote_and_no_request(web: Web) -> None:
    text = web.post("/api/ask", data={"question": NOTHING}).text
    assert "Not covered" in text
    assert "<blockquote" not in text and "Start a request" not in text


def test_the_question_behind_an_offered_request_is_kept_and_no_other(web: Web) -> None:
    offered = web.post("/api/ask", data={"question": RANGE}).text
    draft = web.store.draft(web.links.open_request(_ref(offered)).answer)
    assert draft is not None
    assert (draft.question, draft.asker.surface) == (RANGE, Surface.CONSOLE)
    before = len(web.answers.histories)
    web.post("/api/ask", data={"question": MEANING})
    assert web.store.draft(f"answer-{before + 1}") is None


def test_a_follow_up_carries_the_last_six_questions(web: Web) -> None:
    earlier = [f"question {number}" for number in range(9)]
    text = web.post("/", data={"question": MEANING, "earlier": earlier}).text
    assert web.answers.histories[-1] == tuple(earlier[-6:])
    carried = [f'name="earlier" value="{each}"' for each in (*earlier[-5:], MEANING)]
    assert all(field in text for field in carried)
    assert text.count('name="earlier"') == 6


@pytest.mark.parametrize("question", ["", "  \r\n ", "x" * 20_000])
def test_a_refused_question_is_said_in_place_and_stays_in_the_box(web: Web, question: str) -> None:
    page = web.post("/", data={"question": question, "earlier": ["before"]})
    assert page.status_code == 422
    assert "This cannot be answered." in page.text
    assert question.replace("\r\n", "\n") + "</textarea>" in page.text
    assert 'name="earlier" value="before"' in page.text
    fragment = web.post("/api/ask", data={"question": question})
    assert fragment.status_code == 422
    assert "data-refusal" in fragment.text


def test_markup_in_a_question_is_shown_as_text(web: Web) -> None:
    text = web.post("/", data={"question": MARKUP, "earlier": [MARKUP]}).text
    assert MARKUP not in text and "onerror=alert" in text
    assert html.escape(MARKUP, quote=False)[:20] in text


def test_a_fault_becomes_a_reference_and_the_question_is_not_logged(
    web: Web, caplog: pytest.LogCaptureFixture
) -> None:
    response = web.post("/", data={"question": BROKEN})
    assert response.status_code == 500
    reference = response.text.split("<code>")[1].split("</code>")[0]
    assert "Traceback" not in response.text and BROKEN not in response.text
    assert reference in caplog.text and "RuntimeError" in caplog.text
    assert "secret words" not in caplog.text
    fragment = web.post("/api/ask", data={"question": BROKEN})
    assert fragment.status_code == 500 and "data-refusal" in fragment.text


@pytest.mark.parametrize(
    "header",
    ["Forwarded", "X-Forwarded-For", "X-Forwarded-Proto", "X-Real-IP", "Via", "X-Forwarded"],
)
def test_a_forwarding_header_closes_the_console(web: Web, header: str) -> None:
    headers = {header: "203.0.113.7"}
    page = web.get("/", headers=headers)
    assert page.status_code == 403 and "proxy" in page.text
    assert "<textarea" not in page.text
    assert web.post("/", data={"question": RANGE}, headers=headers).status_code == 403
    assert web.post("/api/ask", data={"question": RANGE}, headers=headers).status_code == 403
    assert web.get("/requests", headers=headers).status_code == 404
    assert web.get("/directives/5.14", headers=headers).status_code == 404


def test_with_slack_configured_the_console_points_to_slack(tmp_path: Path) -> None:
    with serving(tmp_path, slack=True) as web:
        page = web.get("/")
        assert page.status_code == 200
        assert "Asking happens in Slack" in page.text and "<textarea" not in page.text
        assert web.post("/", data={"question": RANGE}).status_code == 403
        assert web.post("/api/ask", data={"question": RANGE}).status_code == 403
        assert web.get("/requests").headers["location"] == "/sign-in"
        assert web.get("/directives/5.14").status_code == 200
        assert web.answers.histories == []
