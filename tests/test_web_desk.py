"""The policy unit's desk: theirs alone, what lies on it, and what is done there, on record."""

import re
from pathlib import Path

import pytest
from corpora import ORDER, small
from policy_desk import UNIT
from policy_desk import captain as captain
from policy_desk import web as web
from precinct import asker
from web_people import Person, somebody, words
from web_server import Web, serving

from bot.feedback import Feedback, Right
from bot.policy.member import Member

TERMINAL = Member(key="local:M. Reyne", name="M. Reyne")
CLAUSE = "/desk/5.14/II-p1"


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small(tmp_path_factory.mktemp("corpus"))


def posted(person: Person, path: str, /, **data: object) -> str:
    """Send a form of the desk and return the page it leads to, in words."""
    fields = {"form": person.form(), **{name: str(value) for name, value in data.items()}}
    sent = person.client.post(path, data=fields)
    if sent.status_code != 303:
        return f"{sent.status_code} {words(sent.text)}"
    return person.text(sent.headers["location"])


def hidden(page: str, name: str, form: str = "") -> str:
    """Return a hidden field of a page, of the first form behind some words."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page[page.index(form) :])
    assert found is not None
    return found[1]


def test_the_desk_is_the_policy_units_and_nobody_elses(web: Web, captain: Person) -> None:
    pages = ("/desk", "/desk/5.14", CLAUSE)
    assert [captain.get(path).status_code for path in pages] == [200, 200, 200]
    assert "Policy desk" in captain.text("/requests")
    with somebody(web, "chief") as chief:
        for path in pages:
            refused = chief.get(path)
            assert refused.status_code == 403 and "for the policy unit" in words(refused.text)
        assert "Policy desk" not in chief.text("/requests")
        for path in ("/desk/pause", "/desk/resume", "/desk/looked-at", f"{CLAUSE}/sign"):
            assert posted(chief, path, citation="5.14", version="x").startswith("403")
    with somebody(web, UNIT, signed=False) as nobody:
        for path in pages:
            sent = nobody.get(path)
            assert sent.status_code == 303 and sent.headers["location"].startswith("/sign-in")
        assert nobody.client.post("/desk/pause", data={"citation": "5.14"}).status_code == 403
    assert web.unit.pauses.standing() == ()


def test_without_sign_in_and_in_the_demonstration_there_is_no_desk(tmp_path: Path) -> None:
    with serving(tmp_path, demonstrates=True) as console:
        assert console.get("/desk").status_code == 404
        client = console.post("/demonstration", data={"person": "1002"})
        cookie = {"headers": {"Cookie": f"session={client.cookies['session']}"}}
        assert "Anselm Overbrook" in console.get("/requests", **cookie).text
        assert console.get("/desk", **cookie).status_code == 404
        assert "Policy desk" not in console.get("/requests", **cookie).text


def test_a_form_of_another_page_does_nothing(web: Web, captain: Person) -> None:
    for path in ("/desk/pause", f"{CLAUSE}/sign"):
        sent = captain.client.post(path, data={"form": "0" * 64, "citation": "5.14"})
        assert sent.status_code == 403
    assert web.unit.pauses.standing() == ()


def test_an_empty_desk_says_what_comes_there(captain: Person) -> None:
    said = captain.text("/desk")
    for words_ in ("Nothing waits", "No answers are paused", "Nothing yet", "Use of Social Media"):
        assert words_ in said
    assert re.search(r"(\d+) of \1 rules are not signed off", said)


def test_feedback_is_looked_at_once_and_its_words_are_gone(web: Web, captain: Person) -> None:
    web.unit.feedback.give(
        Feedback(
            answer="answer-1",
            version="5.14@e46dcba2",
            verdict="prohibited",
            right=Right.NO,
            reason="It missed <b>that</b> I was off duty.",
        ),
        asker("rookie"),
    )
    page = captain.get("/desk").text
    assert "It missed &lt;b&gt;that&lt;/b&gt; I was off duty." in page
    assert "U0ROOKIE" not in page and "Rookie" not in page
    number = hidden(page, "number")
    said = posted(captain, "/desk/looked-at", number=number)
    assert "Looked at." in said and "off duty" not in said and "Nothing waits" in said
    assert posted(captain, "/desk/looked-at", number=number).startswith("409")


def test_answers_are_paused_and_resumed_in_the_name_of_who_is_signed_in(
    web: Web, captain: Person
) -> None:
    said = posted(captain, "/desk/pause", citation="5.14 E.16", reason="a grievance")
    assert "Answers are paused" in said and "GO 5.14 § IV.E.16" in said
    assert "by Captain Deputy" in said and "a grievance" in said
    [pause] = web.unit.pauses.standing()
    assert pause.section == "IV.E.16" and pause.paused_by == "Captain Deputy"
    again = posted(captain, "/desk/pause", citation="5.14 E.16", reason="<i>")
    assert again.startswith("422") and "are paused since" in again
    lost = posted(captain, "/desk/pause", citation="9.99 E.16")
    assert lost.startswith("422") and "is not on file" in lost
    assert "answers paused" in captain.text("/desk/5.14")
    assert "Resume them on the desk" in captain.text("/desk/5.14/IV-E-16")
    said = posted(captain, "/desk/resume", pause=pause.number)
    assert "Answers are given again" in said and web.unit.pauses.standing() == ()
    assert posted(captain, "/desk/resume", pause=pause.number).startswith("409")
    web.unit.pauses.resume(
        web.unit.pauses.pause(web.answers.order, None, TERMINAL).number, TERMINAL
    )
    lately = captain.text("/desk")
    assert "5.14 § IV.E.16: answers paused, by Captain Deputy" in lately
    assert "5.14: answers resumed, by M. Reyne, at the terminal" in lately


def test_a_notice_that_no_form_of_the_session_led_to_is_not_shown(captain: Person) -> None:
    assert "Answers are paused" not in captain.text("/desk?done=paused&seal=0")
    assert "Answers are paused" not in captain.text("/desk?done=paused")


def test_a_rule_is_corrected_and_signed_off_on_its_page(
    web: Web, captain: Person, corpus: Path
) -> None:
    path = corpus / ORDER / "rules.yaml"
    before = path.read_text(encoding="utf-8")
    page = captain.get(CLAUSE).text
    assert page.count("not signed off</span>") == before.count("section: II¶1")
    start = page.index("Department employees are prohibited from posting")
    given = {
        name: hidden(page[start:], name)
        for name in ("version", "place", "kind", "force", "by", "permit", "route", "path")
    }
    sent = {**given, "effect": "permission", "plain": "Ask the <Chief> first.", "signed": "yes"}
    said = posted(captain, f"{CLAUSE}/rule", **sent)
    assert "Saved. What serves takes it up within a minute." in said
    after = path.read_text(encoding="utf-8")
    changed = [line for line in after.splitlines() if line not in before.splitlines()]
    assert changed[0] == "    plain: Ask the <Chief> first." and len(changed) == 2
    assert re.fullmatch(r"    reviewed_by: .?Captain Deputy, \d{4}-\d\d-\d\d.?", changed[1])
    assert "Ask the &lt;Chief&gt; first." in captain.get(CLAUSE).text
    late = posted(captain, f"{CLAUSE}/rule", **sent)
    assert late.startswith("422") and "Somebody has changed this" in late
    said = posted(captain, f"{CLAUSE}/sign", version=hidden(captain.get(CLAUSE).text, "version"))
    assert "Signed off." in said and "not signed off" not in said
    assert "II¶1 Department employees" not in said
    assert "5.14 § II¶1: reading reviewed, by Captain Deputy" in captain.text("/desk")


def test_what_the_loader_refuses_is_said_in_its_line_and_what_was_typed_is_still_there(
    captain: Person, corpus: Path
) -> None:
    path = corpus / ORDER / "rules.yaml"
    before = path.read_text(encoding="utf-8")
    page = captain.get(CLAUSE).text
    sent = {"version": hidden(page, "version"), "place": hidden(page, "place")}
    sent |= {"force": "strongly forbids", "effect": "prohibited", "plain": "No & never."}
    fields = {"form": captain.form(), **sent}
    refused = captain.client.post(f"{CLAUSE}/rule", data=fields)
    assert refused.status_code == 422
    assert "the force &#39;strongly forbids&#39; is not in the clause" in refused.text
    assert 'value="strongly forbids"' in refused.text and "No &amp; never." in refused.text
    for missing, said in (
        ({"force": ""}, "verb is missing"),
        ({"by": "the Chief of Police"}, "opens the way is missing"),
    ):
        assert said in posted(captain, f"{CLAUSE}/rule", **{**sent, **missing})
    for odd in ({"place": "-1"}, {"place": "9" * 12}, {"effect": "rewarded", "force": "use"}):
        assert posted(captain, f"{CLAUSE}/rule", **{**sent, **odd}).startswith("400")
    assert posted(captain, f"{CLAUSE}/rule", **{**sent, "place": "999"}).startswith("422")
    assert path.read_text(encoding="utf-8") == before


def test_a_question_is_added_and_taken_out(captain: Person, corpus: Path) -> None:
    path = corpus / ORDER / "questions.yaml"
    before = path.read_text(encoding="utf-8")

    def version() -> str:
        page = captain.get(CLAUSE).text
        return hidden(page, "version", "Add a question")

    ask = "may the patrol car <be> in it, and who says so?"
    added = posted(
        captain,
        f"{CLAUSE}/ask",
        version=version(),
        ask=ask,
        facts="post, photo",
        verdict="needs_permission",
        offers="yes",
    )
    assert "Added." in added and "index is built anew" in added and ask in added
    assert "verdicts: [needs_permission], path: true" in path.read_text(encoding="utf-8")
    refused = posted(captain, f"{CLAUSE}/ask", version=version(), ask="why?", facts="rain")
    assert refused.startswith("422") and "'rain' is no fact" in refused
    assert "question is missing" in posted(captain, f"{CLAUSE}/ask", version=version(), ask=" ")
    page = captain.get(f"{CLAUSE}?find=patrol+car+<be>").text
    assert "1 question with “patrol car &lt;be&gt;”" in page
    place = hidden(page, "place", "1 question with")
    out = posted(captain, f"{CLAUSE}/unask", version=version(), place=place)
    assert "Taken out." in out and path.read_text(encoding="utf-8") == before


def test_a_page_shows_no_more_questions_than_it_has_room_for(captain: Person) -> None:
    page = captain.get("/desk/5.14/header").text
    told = re.search(r"([\d,]+) questions?( with|, of which|\.)", words(page))
    assert told is not None and page.count("Take out") <= 40
    assert "0 questions with “zzz”." in captain.text(f"{CLAUSE}?find=zzz")


def test_a_clause_that_is_not_there_is_not_found_and_a_definition_is_only_shown(
    captain: Person,
) -> None:
    for path in ("/desk/9.99", "/desk/5.14/IX", "/desk/9.99/I", "/desk/5.14/II-p1/what"):
        assert captain.get(path).status_code in {404, 405}
    said = captain.text("/desk/5.14/III-Wall")
    assert "read as one" in said and "Sign off" not in said
    assert posted(captain, f"{CLAUSE}/what", version="x").startswith("404")
