"""From the link in an answer to a reference number: the form, its links, and what is kept."""

import html
import re
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from guides import QUESTIONS, posted, replies, whole
from web_answers import MARKUP, OWN_WORDS, RANGE
from web_server import SECRET, Web, serving

from bot.answer import ApprovalKind
from bot.approvals.request import Colleague
from bot.asker import Asker, Surface
from bot.audit.refusals import LINK
from bot.links import Links, RequestReference

GOOD: dict[str, object] = posted(whole())


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    with serving(tmp_path_factory.mktemp("requests")) as served:
        yield served


def _link(web: Web, question: str = RANGE) -> str:
    """Ask at the console and return the path of the answer's request link."""
    text = html.unescape(web.post("/api/ask", data={"question": question}).text)
    return re.findall(r'href="(?:http://[^/]+)?(/requests/new\?ref=[^"]+)"', text)[0]


def _reference(web: Web, **changes: object) -> RequestReference:
    values: dict[str, object] = {
        "answer": "unheard-of",
        "directive": "5.14",
        "sha256": web.answers.order.sha256,
        "clauses": ("IV.F.1",),
        "kind": ApprovalKind.PERMISSION,
    }
    return RequestReference.model_validate(values | changes)


def _path(web: Web, reference: RequestReference) -> str:
    return web.links.request(reference).removeprefix(web.links.address)


def _sent_to(response: httpx.Response) -> str:
    assert response.status_code == 303
    return response.headers["location"].split("/")[-1].split("?")[0]


def test_the_form_shows_the_question_the_clauses_and_the_cautions(web: Web) -> None:
    response = web.get(_link(web))
    text = html.unescape(response.text)
    order = web.answers.order
    for section in ("II¶1", "IV.E.16", "IV.F.1"):
        clause = order.clause(section)
        assert clause is not None
        assert clause.text in text and f"GO 5.14 § {section}" in text
    for shown in (
        RANGE,
        "Sending a request is not permission.",
        "Do not post until you have the written answer.",
        "GO 5.14 does not set a deadline for a decision",
        "No image is uploaded here: describe it",
        "local console, not identified",
        order.sha256[:12],
    ):
        assert shown in text
    assert response.headers["cache-control"] == "no-store"


def test_the_form_is_filled_in_from_the_question(web: Web) -> None:
    text = web.get(_link(web, "May my selfie go on Facebook?")).text
    assert ">May my selfie go on Facebook?</textarea>" in text
    assert '<option value="photo" selected>' in text
    assert 'value="Facebook"' in text


def test_a_sent_request_has_a_number_and_rests_on_its_clauses_and_version(web: Web) -> None:
    link = _link(web)
    sent = web.post(link, data=GOOD)
    request = web.store.by_reference(_sent_to(sent))
    assert request is not None
    assert request.content.platform == GOOD["platform"]
    assert request.clauses == ("II¶1", "IV.E.16", "IV.F.1")
    assert request.sha256 == web.answers.order.sha256
    assert request.asker == Asker(surface=Surface.CONSOLE)
    page = web.get(sent.headers["location"]).text
    assert f'<h1 class="reference">{request.reference}</h1>' in page
    assert "does not set a deadline" in page and GOOD["description"] in page
    assert web.store.draft(request.answer) is None
    assert request.reference in web.get("/requests").text


def test_sending_twice_gives_the_same_reference(web: Web) -> None:
    link = _link(web)
    first = _sent_to(web.post(link, data=GOOD))
    assert _sent_to(web.post(link, data=GOOD | {"description": "another"})) == first
    assert _sent_to(web.get(link)) == first


def test_two_sendings_at_once_give_the_same_reference(web: Web) -> None:
    link = _link(web)
    with ThreadPoolExecutor(6) as pool:
        sent = list(pool.map(lambda _: _sent_to(web.post(link, data=GOOD)), range(6)))
    assert len(set(sent)) == 1
    assert len([r for r in web.store.all() if r.reference == sent[0]]) == 1


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("material", "", "Choose one."),
        ("material", "tank", "Choose one of the list."),
        ("platform", "  ", "This is needed."),
        ("platform", "p" * 201, "At most 200 characters; this has 201."),
        ("description", "", "This is needed."),
        ("exact_text", "e" * 5001, "At most 5,000 characters; this has 5,001."),
        ("posting_from", "soon", "This is no date."),
        ("posting_until", "2020-01-01", "The last day is before the first day."),
    ],
)
def test_a_field_at_fault_is_said_beside_it_and_nothing_is_lost(
    web: Web, field: str, value: str, said: str
) -> None:
    link = _link(web)
    typed = GOOD | {"purpose": "two colleagues", "posting_from": "2030-01-01", field: value}
    response = web.post(link, data=typed)
    assert response.status_code == 422
    text = html.unescape(response.text)
    error = re.search(rf'id="error-{field}">.*?<span>(.*?)</span>', text, re.S)
    assert error is not None and said in error.group(1)
    assert f'href="#field-{field}"' in text
    assert "two colleagues</textarea>" in text
    if value.strip() and value != "tank":
        assert value in text
    assert web.get(link).status_code == 200


def test_line_ends_count_once_and_unprintable_characters_are_dropped(web: Web) -> None:
    text = "a\r\n" * 2500
    sent = web.post(_link(web), data=GOOD | {"exact_text": text[:-2], "purpose": "A\x00B\x1bC"})
    request = web.store.by_reference(_sent_to(sent))
    assert request is not None
    assert len(request.content.exact_text) == 4999
    assert request.content.purpose == "ABC"


def test_markup_in_fields_is_shown_as_text(web: Web) -> None:
    link = _link(web, OWN_WORDS)
    form = web.get(link).text
    assert "<b>" not in form and OWN_WORDS in html.unescape(form)
    wrong = web.post(link, data={name: MARKUP for name in GOOD} | {"purpose": "</textarea><b>"})
    assert wrong.status_code == 422
    sent = web.post(link, data=GOOD | {"platform": MARKUP, "description": MARKUP})
    page = web.get(sent.headers["location"])
    for text in (wrong.text, page.text, web.get("/requests").text):
        assert "<script>document" not in text and "<img" not in text
        assert "&lt;script&gt;" in text
    assert "</textarea><b>" not in wrong.text


def test_no_name_can_be_typed(web: Web) -> None:
    sent = web.post(_link(web), data=GOOD | {"asker": "Chief", "user": "U1", "name": "X"})
    request = web.store.by_reference(_sent_to(sent))
    assert request is not None and request.asker.user is None


def test_a_link_that_was_tampered_with_opens_nothing(web: Web) -> None:
    link = _link(web)
    foreign = Links(web.url, "another secret entirely", sign_reading=False, clock=lambda: 2e9)
    other = foreign.request(_reference(web)).removeprefix(web.url)
    start = link.index("ref=") + 4
    changed = link[:start] + ("A" if link[start] != "A" else "B") + link[start + 1 :]
    reading = Links(web.url, SECRET, sign_reading=True, clock=web.clock.seconds)
    key = reading.clause("5.14", "IV.F.1").split("key=")[1].split("#")[0]
    for path in (changed, other, link[:-3], f"/requests/new?ref={key}", "/requests/new?ref=x"):
        for response in (web.get(path), web.post(path, data=GOOD)):
            assert response.status_code == 400
            assert "Ask again" in response.text
    assert web.get("/requests/new").status_code == 404


def test_an_expired_link_says_what_to_do(tmp_path: Path) -> None:
    with serving(tmp_path) as web:
        link = _link(web)
        web.clock.ahead = 24 * 3600 + 60
        for response in (web.get(link), web.post(link, data=GOOD)):
            assert response.status_code == 410
            assert "Ask again for a fresh one." in response.text
        assert web.store.all() == ()


def test_a_link_that_opens_nothing_leaves_a_line_in_the_record_and_a_flood_of_them_thirty(
    tmp_path: Path,
) -> None:
    with serving(tmp_path) as web:
        link, audit = _link(web), web.bureau.audit
        web.get(f"{link}x")
        web.clock.ahead = 24 * 3600 + 60
        web.get(link)
        lines = [one.line for one in audit.lines(LINK)]
        assert [one.kind for one in lines] == [
            "refused: a link that is not genuine",
            "refused: an expired link",
        ]
        assert all((one.actor, one.facts, one.words) == (None, {}, None) for one in lines)
        web.clock.ahead += 120
        for _ in range(40):
            assert web.get("/requests/new?ref=x").status_code == 400
        assert len(audit.lines(LINK)) == len(lines) + 30
        assert audit.verify().faults == ()


def test_an_order_that_changed_since_asks_to_ask_again(web: Web) -> None:
    path = _path(web, _reference(web, sha256="0" * 64))
    for response in (web.get(path), web.post(path, data=GOOD)):
        assert response.status_code == 409
        assert "changed since" in html.unescape(response.text)
    gone = web.get(_path(web, _reference(web, directive="9.9")))
    assert gone.status_code == 410


def test_a_link_without_a_kept_question_opens_a_form_to_fill_in(web: Web) -> None:
    """The links of a batch carry clauses and no text."""
    text = web.get(_path(web, _reference(web))).text
    assert "was not kept" in text and "GO 5.14 § IV.F.1" in text


@pytest.mark.parametrize("kind", list(ApprovalKind))
def test_who_decides_is_said_as_far_as_the_kind_goes(web: Web, kind: ApprovalKind) -> None:
    text = web.get(_path(web, _reference(web, kind=kind))).text
    assert ("consent of the person concerned" in text) == (kind is not ApprovalKind.PERMISSION)
    assert ("<strong>permission</strong>" in text) == (kind is not ApprovalKind.CONSENT)


def test_a_bullet_stands_with_the_sentence_it_completes(web: Web) -> None:
    text = html.unescape(web.get(_path(web, _reference(web, clauses=("IV.E.19•3",)))).text)
    for section in ("IV.E.19", "IV.E.19•3"):
        clause = web.answers.order.clause(section)
        assert clause is not None and clause.text in text


@pytest.mark.embedded("an SQLite file changed by hand")
def test_a_store_that_cannot_be_reached_says_so_and_answers_still_come(tmp_path: Path) -> None:
    with serving(tmp_path) as web:
        link = _link(web)
        with sqlite3.connect(tmp_path / "web.sqlite3") as database:
            database.execute("ALTER TABLE requests RENAME TO gone")
            database.execute("ALTER TABLE drafts RENAME TO lost")
        database.close()
        response = web.post(link, data=GOOD)
        assert response.status_code == 503
        assert "Nothing was saved" in response.text and "Reference <code>E-" in response.text
        assert "sqlite" not in response.text.lower()
        assert web.post("/", data={"question": RANGE}).status_code == 200


def _checked(web: Web, link: str, **said: str) -> str:
    """Press Check on a form with these replies and return what the page says."""
    data = posted(whole(**said)) | {"step": "check"}
    return html.unescape(web.post(link, data=data).text)


def _clause(web: Web, section: str) -> str:
    clause = web.answers.order.clause(section)
    assert clause is not None
    return clause.text


def test_no_answer_is_chosen_but_those_that_the_question_states(web: Web) -> None:
    text = web.get(_link(web, "May I show a photo of my gun drawn?")).text
    chosen = re.findall(r'name="flag-(\w+)" value="(\w+)" checked', text)
    assert chosen == [("weapon", "yes"), ("drawn", "yes")]
    assert 'value="no" checked' not in text


def test_every_question_of_the_corpus_is_a_group_with_its_words_and_three_replies(
    web: Web,
) -> None:
    text = html.unescape(web.get(_link(web)).text)
    for one in QUESTIONS.flags:
        assert f"<legend>{one.ask}</legend>" in text
        assert len(re.findall(rf'type="radio" name="flag-{one.name}"', text)) == 3


def test_the_questions_stand_under_headings_with_none_of_these_at_their_head(web: Web) -> None:
    text = html.unescape(web.get(_link(web)).text)
    places = [text.index(f">{group.title}</h3>") for group in QUESTIONS.groups]
    assert places == sorted(places) and text.count("> None of these</label>") == len(places)
    for one in QUESTIONS.flags:
        place = [group.name for group in QUESTIONS.groups].index(one.group)
        after = [*places, len(text)][place + 1]
        assert places[place] < text.index(f"<legend>{one.ask}</legend>") < after
    ticks = re.findall(r'<input type="checkbox" name="none-\w+" value="yes"[^>]*>', text)
    assert len(ticks) == len(places) and not any("checked" in tick for tick in ticks)


def test_a_plain_request_takes_one_tick_for_each_heading_without_scripts(web: Web) -> None:
    ticks = {f"none-{group.name}": "yes" for group in QUESTIONS.groups}
    data = posted(whole().model_copy(update={"flags": ()})) | ticks
    sent = web.store.by_reference(_sent_to(web.post(_link(web), data=data)))
    assert sent is not None and sent.content.flags == replies()


def test_none_of_these_answers_its_own_heading_alone(web: Web) -> None:
    link = _link(web)
    data = posted(whole().model_copy(update={"flags": ()})) | {"none-cases": "yes"}
    text = html.unescape(web.post(link, data=data).text)
    answered = set(re.findall(r'name="flag-(\w+)" value="no" checked', text))
    assert answered == {one.name for one in QUESTIONS.flags if one.group == "cases"}
    marked = set(re.findall(r'id="error-flag-(\w+)"', text))
    assert marked == {one.name for one in QUESTIONS.flags} - answered


@pytest.mark.parametrize("said", ["yes", "not sure"])
def test_none_of_these_beside_another_reply_is_said_there_and_the_reply_stands(
    web: Web, said: str
) -> None:
    link, before = _link(web), len(web.store.all())
    data = posted(whole(uniform=said)) | {"none-shows": "yes"}
    response = web.post(link, data=data)
    text = html.unescape(response.text)
    assert response.status_code == 422 and len(web.store.all()) == before
    assert re.findall(r'id="error-([\w-]+)"', text) == ["flag-uniform"]
    assert f"“{said}” is chosen here" in text
    assert f'name="flag-uniform" value="{said}" checked' in text
    assert 'value="yes" aria-describedby="heading-none-shows" checked' not in text
    assert _sent_to(web.post(link, data=posted(whole(uniform="yes"))))


def test_none_of_these_is_kept_in_a_draft_as_no_and_never_for_what_drafts_forget(
    web: Web,
) -> None:
    link = _link(web)
    web.post(link, data={"step": "save", "none-inside": "yes"})
    text = web.get(link).text
    assert 'name="flag-building" value="no" checked' in text
    assert 'name="flag-undercover" value="no" checked' not in text


def test_a_question_without_a_reply_is_marked_and_nothing_is_sent(web: Web) -> None:
    link = _link(web)
    data = {k: v for k, v in GOOD.items() if k not in {"flag-scene", "page"}}
    response = web.post(link, data=data)
    text = html.unescape(response.text)
    assert response.status_code == 422
    assert 'href="#field-flag-scene"' in text and 'href="#field-page"' in text
    assert text.count('class="error"') == 2


def test_check_shows_the_guidance_above_the_form_and_sends_nothing(web: Web) -> None:
    link = _link(web)
    before = len(web.store.all())
    text = _checked(web, link, uniform="yes", recognisable="yes")
    assert "Decided by: “Chief of Police”. Form: “express written permission”." in text
    assert "Route: “via the chain of command”." in text
    assert text.index('id="guidance"') < text.index('class="request-form"')
    assert len(web.store.all()) == before
    assert web.get(link).status_code == 200


def test_check_takes_a_form_that_is_not_filled_in_yet(web: Web) -> None:
    response = web.post(_link(web), data={"step": "check", "posting_from": "soon"})
    assert response.status_code == 200
    assert 'value="soon"' in response.text and 'class="error"' not in response.text


def test_a_colleague_is_asked_for_consent_beside_the_permission(web: Web) -> None:
    link = _link(web)
    filled = whole(uniform="yes").model_copy(update={"colleagues": "Ana Example"})
    text = html.unescape(web.post(link, data=posted(filled) | {"step": "check"}).text)
    assert "Consent of: “the employee(s)”." in text
    assert "neither replaces the other" in text
    sent = web.store.by_reference(_sent_to(web.post(link, data=posted(filled))))
    assert sent is not None
    assert sent.content.colleagues == (Colleague(name="Ana Example"),)
    assert {"IV.F.2", "IV.E.4"} <= set(sent.clauses) and sent.kind is ApprovalKind.BOTH


def test_what_no_one_can_permit_is_not_sent_and_nothing_is_lost(web: Web) -> None:
    link = _link(web)
    before = len(web.store.all())
    filled = whole(uniform="yes", weapon="yes", drawn="yes")
    response = web.post(link, data=posted(filled))
    text = html.unescape(response.text)
    assert response.status_code == 422 and len(web.store.all()) == before
    assert "GO 5.14 § IV.E.19•3 states no permission for this." in text
    assert _clause(web, "IV.E.19•3") in text and "Take it out, or correct your answer." in text
    assert 'id="error-flag-drawn"' in text and 'name="flag-drawn" value="yes" checked' in text
    assert "No request can lift this" not in text
    assert "A target and my hands." in text
    assert _sent_to(web.post(link, data=posted(whole(uniform="yes", weapon="yes"))))


def test_where_all_of_it_is_barred_no_request_can_lift_it(web: Web) -> None:
    assert "No request can lift this" in _checked(web, _link(web), discredit="yes")


def test_unclear_points_are_shown_once_and_then_sent_along(web: Web) -> None:
    link = _link(web)
    filled = posted(whole(scene="yes", suspect="not sure"))
    shown = web.post(link, data=filled)
    text = html.unescape(shown.text)
    assert shown.status_code == 422
    assert _clause(web, "IV.E.20•3") in text and "It applies if it shows a suspect" in text
    [confirmed] = re.findall(r'name="confirmed" value="([^"]+)"', text)
    sent = web.store.by_reference(_sent_to(web.post(link, data=filled | {"confirmed": confirmed})))
    assert sent is not None
    assert sent.unclear == ("IV.E.20•3",) and "IV.E.20•3" in sent.clauses
    page = html.unescape(web.get(f"/requests/{sent.reference}").text)
    assert "Sent with these points open" in page and "not sure" in page


def test_what_was_confirmed_does_not_cover_another_point(web: Web) -> None:
    link = _link(web)
    filled = posted(whole(scene="yes", suspect="not sure", force="not sure"))
    response = web.post(link, data=filled | {"confirmed": "IV.E.20•3"})
    assert response.status_code == 422


def test_the_request_keeps_the_answers_and_the_clauses_they_touch(web: Web) -> None:
    sent = web.store.by_reference(
        _sent_to(web.post(_link(web), data=posted(whole(building="yes"))))
    )
    assert sent is not None
    assert sent.clauses[:3] == ("II¶1", "IV.E.16", "IV.F.1") and "IV.E.18" in sent.clauses
    assert sent.content.flags == replies(building="yes")


def test_a_saved_form_is_there_after_a_restart_until_its_link_expires(tmp_path: Path) -> None:
    filled = whole(uniform="yes").model_copy(update={"exact_text": "Back on the line."})
    with serving(tmp_path) as web:
        link = _link(web)
        kept = web.post(link, data=posted(filled) | {"step": "save"})
        assert kept.status_code == 200 and "Saved, not sent." in kept.text
        assert "This link opens it until " in kept.text and web.store.all() == ()
    path = link
    with serving(tmp_path) as web:
        text = html.unescape(web.get(path).text)
        assert "Back on the line.</textarea>" in text and "This is what you saved." in text
        assert 'name="flag-uniform" value="yes" checked' in text
        web.clock.ahead = 24 * 3600 + 60
        assert web.get(path).status_code == 410


def test_a_form_is_saved_as_it_is_and_an_answer_to_be_forgotten_is_not(web: Web) -> None:
    link = _link(web)
    half = {"step": "save", "purpose": "x" * 9000, "flag-undercover": "yes", "flag-rank": "no"}
    assert web.post(link, data=half).status_code == 200
    text = web.get(link).text
    assert "x" * 9000 in text and 'name="flag-rank" value="no" checked' in text
    assert not re.search(r'name="flag-undercover" value="\w+( \w+)?" checked', text)


def test_a_link_without_a_kept_question_has_nothing_to_save_in(web: Web) -> None:
    path = _path(web, _reference(web, answer="of a batch"))
    assert "Save and finish later" not in web.get(path).text
    assert web.post(path, data=posted(whole()) | {"step": "save"}).status_code == 409


def test_an_unknown_number_is_not_found(web: Web) -> None:
    assert web.get("/requests/R-NOTHING1").status_code == 404


def test_away_from_this_machine_only_signed_links_open_pages(tmp_path: Path) -> None:
    with serving(tmp_path, base_url="https://policy.example", slack=True) as web:
        here = {"Host": "policy.example", "X-Forwarded-For": "10.0.0.1"}
        for path in ("/requests", "/requests/R-X"):
            assert web.get(path, headers=here).headers["location"].startswith("/sign-in")
        for path in ("/", "/directives", "/directives/5.14", "/nowhere", "/requests/new"):
            response = web.get(path, headers=here)
            assert response.status_code == 404
            assert "Slack" in response.text and "5.14" not in response.text
        for path in ("/", "/api/ask"):
            assert web.post(path, data={"question": RANGE}, headers=here).status_code == 403
        assert web.get("/static/app.css", headers=here).status_code == 200
        reading = web.links.clause("5.14", "IV.F.1").removeprefix("https://policy.example")
        opened = web.get(reading, headers=here)
        assert opened.status_code == 200 and "<mark>" in opened.text
        assert 'href="/requests"' not in opened.text and 'href="/directives"' not in opened.text
        assert web.get(reading.replace("5.14?", "1.1?"), headers=here).status_code == 400
        assert web.get("/directives/5.14?key=x", headers=here).status_code == 400
        web.clock.ahead = 31 * 24 * 3600
        assert web.get(reading, headers=here).status_code == 410


def test_a_slack_user_sends_with_the_link_and_opens_only_that_request(tmp_path: Path) -> None:
    with serving(tmp_path, base_url="https://policy.example", slack=True) as web:
        here = {"Host": "policy.example", "Origin": "https://policy.example"}
        sent: list[httpx.Response] = []
        for user in ("U1", "U2"):
            answer = web.answers.ask(RANGE)
            web.store.keep_answer(answer, Asker(surface=Surface.SLACK, team="T1", user=user))
            assert answer.approval.url is not None
            link = answer.approval.url.removeprefix("https://policy.example")
            assert f"Slack user {user} of workspace T1" in web.get(link, headers=here).text
            sent.append(web.post(link, data=GOOD, headers=here))
        first, second = (web.store.by_reference(_sent_to(each)) for each in sent)
        assert first is not None and second is not None
        assert (first.asker.user, second.asker.user) == ("U1", "U2")
        own = sent[0].headers["location"]
        assert web.get(own, headers=here).status_code == 200
        other = own.replace(first.reference, second.reference)
        assert web.get(other, headers=here).status_code == 404
        bare = web.get(own.split("?")[0], headers=here)
        assert bare.headers["location"].startswith("/sign-in?to=%2Frequests%2FR-")


def test_away_a_link_without_its_asker_is_spent(tmp_path: Path) -> None:
    with serving(tmp_path, base_url="https://policy.example", slack=True) as web:
        link = web.links.request(_reference(web)).removeprefix("https://policy.example")
        response = web.get(link, headers={"Host": "policy.example"})
        assert response.status_code == 410
        assert "Ask again" in response.text
