"""A request's page for each who has a part in it: what they see, what they do, what is refused."""

import html
import re
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from guides import QUESTIONS
from precinct import roster
from web_people import EVERYBODY, Person, act, refusals, send, somebody, standing, up, words
from web_server import Web, serving

from bot.approvals.deed import NotDone
from bot.approvals.event import Consent, Happened
from bot.approvals.progress import State

MARKUP = "<script>document.title='x'</script>\u202e<b>naïve</b> 許可"
LONG = "許" * 100_000


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    with serving(tmp_path_factory.mktemp("deeds"), slack=True, roster=roster()) as served:
        yield served


@pytest.fixture
def people(web: Web) -> Iterator[dict[str, Person]]:
    names = ("officer", "partner", "rookie", "sergeant", "lieutenant", "captain", "chief")
    opened = {name: somebody(web, name) for name in names}
    yield {name: each.__enter__() for name, each in opened.items()}
    for each in opened.values():
        each.__exit__(None, None, None)
    web.clock.ahead += 61  # so that nobody's minute is full


def test_the_whole_way_is_gone_on_the_web(web: Web, people: dict[str, Person]) -> None:
    number = send(web, *EVERYBODY)
    officer, chief = people["officer"], people["chief"]
    for name in ("partner", "rookie"):
        assert number in people[name].text("/waiting")
        done = people[name].do(number, "consent", choice="agreed")
        assert done.status_code == 303
        page = people[name].text(done.headers["location"])
        assert "Your answer is recorded." in page and "You agreed." in page
    assert number in officer.text("/requests") and number not in officer.text("/waiting")
    assert number in people["sergeant"].text("/people")
    said = "recommends it"
    for rank in ("sergeant", "lieutenant", "captain"):
        assert number in people[rank].text("/waiting")
        assert people[rank].do(number, "endorse", choice=said, words="Fine.").status_code == 303
        assert number not in people[rank].text("/waiting")
    until = str((web.clock.now() + timedelta(days=30)).date())
    done = chief.do(number, "grant", words="Crop the badge.", day=until)
    page = chief.text(done.headers["location"])
    assert "You granted it." in page and "Crop the badge." in page
    now = standing(web, number)
    assert now.state is State.IN_EFFECT and str(now.last_day) == until
    assert "granted it with conditions" in officer.text(f"/requests/{number}")
    assert officer.do(number, "posted").status_code == 303
    done = chief.do(number, "revoke", words="The account changed hands.")
    page = officer.text(f"/requests/{number}")
    assert "The account changed hands." in page and "revoked the permission" in page
    assert standing(web, number).state is State.REVOKED
    assert web.bureau.audit.verify().faults == ()


def test_what_is_final_is_asked_twice_with_exactly_what_will_be_recorded(
    web: Web, people: dict[str, Person]
) -> None:
    number = send(web)
    up(web, number)
    chief = people["chief"]
    asked = chief.do(number, "deny", words=f"No. {MARKUP}", sure=None)
    assert asked.status_code == 200 and standing(web, number).state is State.DECIDING
    assert "<script>document" not in asked.text
    page = words(asked.text)
    assert "Deny this request? That ends it." in page and "naïve" in page
    assert "Chief Chief" in page
    assert chief.do(number, "deny", words="No.").status_code == 303
    assert standing(web, number).state is State.DENIED
    for path, kind in (("withdraw", State.WITHDRAWN),):
        other = send(web)
        assert people["officer"].do(other, path, sure=None).status_code == 200
        assert people["officer"].do(other, path).status_code == 303
        assert standing(web, other).state is kind


def test_a_decline_is_told_without_who_and_without_why(web: Web, people: dict[str, Person]) -> None:
    number = send(web, *EVERYBODY)
    assert people["partner"].do(number, "consent", choice="agreed").status_code == 303
    assert people["rookie"].do(number, "consent", choice="declined", sure=None).status_code == 200
    assert people["rookie"].do(number, "consent", choice="declined").status_code == 303
    told = people["officer"].text(f"/requests/{number}")
    assert "A person shown has not agreed." in told and "declined" not in told
    assert "Agreed: 1 of 2" not in told
    assert number in people["officer"].text("/waiting")
    other = people["partner"].text(f"/requests/{number}")
    for secret in ("has not agreed", "Rookie Officer", "declined"):
        assert secret not in other


def test_a_person_shown_sees_the_content_and_their_own_consent_alone(
    web: Web, people: dict[str, Person]
) -> None:
    number = send(web, *EVERYBODY, description="A patrol car at the fair.")
    act(web, number, "rookie", Happened.CONSENT, consent=Consent.AGREED)
    act(web, number, "sergeant", Happened.ENDORSED, endorsement="recommends it", words="Mind it.")
    page = people["partner"].text(f"/requests/{number}")
    assert "A patrol car at the fair." in page and "I agree to exactly this content" in page
    for secret in ("Mind it.", "Sergeant Sergeant", "A person shown agreed", "Agreed:"):
        assert secret not in page
    whole = people["officer"].text(f"/requests/{number}")
    assert "Mind it." in whole and "Agreed: 1 of 2. Not answered: 1." in whole
    assert "Asked: Officer Partner; Officer Rookie." in whole
    for read in (page, whole):  # what was answered "no" is part of the content, folded together
        assert f"Answered “no”: {len(QUESTIONS.flags)} questions" in read
        assert all(one.ask in read for one in QUESTIONS.flags)


def test_the_page_says_whose_the_settings_are_beside_the_words_of_the_order(
    web: Web, people: dict[str, Person]
) -> None:
    number = send(web, *EVERYBODY)
    page = people["officer"].text(f"/requests/{number}")
    clause = web.answers.order.clause("IV.F.2")
    assert clause is not None and clause.text.split("\n")[0] in page
    assert "The Department’s setting: consent has to be obtained from everybody shown." in page
    assert "GO 5.14 does not set a deadline for a decision. Silence decides nothing." in page


def test_returned_it_is_sent_on_unchanged_or_changed(web: Web, people: dict[str, Person]) -> None:
    number = send(web)
    assert people["sergeant"].do(number, "return", words="Which day?").status_code == 303
    officer = people["officer"]
    assert number in officer.text("/waiting") and "Which day?" in officer.text(
        f"/requests/{number}"
    )
    assert officer.do(number, "send-on", words="Sunday.").status_code == 303
    assert standing(web, number).state is State.ENDORSING and standing(web, number).at == 1
    page = officer.get(f"/requests/{number}/change")
    assert page.status_code == 200 and f"Change request {number}" in words(page.text)
    fields = _filled(page.text)
    same = officer.client.post(f"/requests/{number}/change", data=fields)
    assert same.status_code == 409 and "nothing was changed" in words(same.text)
    changed = officer.client.post(
        f"/requests/{number}/change", data={**fields, "description": f"Only my hands. {MARKUP}"}
    )
    assert changed.status_code == 303
    page = officer.text(changed.headers["location"])
    assert "Changed. Consents and endorsements begin anew." in page and "version 2" in page
    assert standing(web, number).version == 2 and standing(web, number).at == 0
    late = officer.client.post(f"/requests/{number}/change", data=fields)
    assert late.status_code == 409 and "was changed since this was shown" in words(late.text)
    assert people["sergeant"].get(f"/requests/{number}/change").status_code == 404


@pytest.mark.parametrize(
    ("name", "path", "data", "said"),
    [
        ("lieutenant", "endorse", {"choice": "recommends it"}, "The request is not with you."),
        ("officer", "endorse", {"choice": "recommends it"}, "of their own"),
        ("captain", "grant", {}, "Who decides is as the clause says"),
        ("chief", "grant", {}, "has not come that far"),
        ("sergeant", "withdraw", {}, "Only the person who made the request"),
        ("sergeant", "consent", {"choice": "agreed"}, "Your consent was not asked for."),
        ("officer", "posted", {}, "has not come that far"),
    ],
)
def test_who_may_not_is_told_why_and_the_attempt_is_recorded(
    web: Web, people: dict[str, Person], name: str, path: str, data: dict[str, str], said: str
) -> None:
    number = send(web, "Partner")
    refused = people[name].do(number, path, **data)
    assert refused.status_code == 409
    assert f"Not done. {said}" in words(refused.text) or said in words(refused.text)
    assert len(refusals(web, number)) == 1
    assert standing(web, number).state is State.ENDORSING
    assert "attempt" not in people["officer"].text(f"/requests/{number}")


def test_a_request_of_others_is_not_there_and_an_attempt_at_it_is_recorded(
    web: Web, people: dict[str, Person]
) -> None:
    number = send(web, "Partner")
    for other in (people["rookie"],):
        assert other.get(f"/requests/{number}").status_code == 404
        assert other.get("/requests/R-NOSUCH22").status_code == 404
        assert other.get(f"/requests/{number}").text.replace(number, "") == other.get(
            "/requests/R-NOSUCH22"
        ).text.replace("R-NOSUCH22", "")
        assert other.do(number, "withdraw").status_code == 404
    assert refusals(web, number) == ["withdrawn: not the requester"]


def test_a_form_of_another_session_or_of_none_does_nothing(
    web: Web, people: dict[str, Person]
) -> None:
    number = send(web)
    officer, sergeant = people["officer"], people["sergeant"]
    for form in (None, "", "0" * 64, "ü", sergeant.form()):
        assert officer.do(number, "withdraw", form=form).status_code == 403
    with somebody(web, "officer") as elsewhere:
        assert officer.do(number, "withdraw", form=elsewhere.form()).status_code == 403
    sent = {"form": officer.form(), "version": "1", "step": "0", "sure": "yes"}
    for headers in ({"origin": "https://elsewhere.example"}, {"sec-fetch-site": "same-site"}):
        refused = officer.client.post(f"/requests/{number}/withdraw", data=sent, headers=headers)
        assert refused.status_code == 403
    assert web.post(f"/requests/{number}/withdraw", data=sent).status_code == 403
    assert officer.get(f"/requests/{number}/withdraw").status_code in (404, 405)
    assert standing(web, number).ended is None


def test_a_change_is_saved_and_found_again_and_sent_to_nobody(
    web: Web, people: dict[str, Person]
) -> None:
    number, officer = send(web), people["officer"]
    page = officer.get(f"/requests/{number}/change")
    assert "This is what you saved." not in page.text
    fields = {**_filled(page.text), "description": f"Only my hands. {MARKUP}", "step": "save"}
    saved = officer.client.post(f"/requests/{number}/change", data=fields)
    assert saved.status_code == 200 and "Saved, not sent. It is kept until" in words(saved.text)
    again = officer.get(f"/requests/{number}/change").text
    assert "This is what you saved." in again and "naïve" in html.unescape(again)
    now = standing(web, number)
    assert now.version == 1 and "naïve" not in people["sergeant"].text(f"/requests/{number}")
    sent = officer.client.post(f"/requests/{number}/change", data={**fields, "step": "send"})
    assert sent.status_code == 303 and standing(web, number).version == 2
    assert "This is what you saved." not in officer.get(f"/requests/{number}/change").text


def test_a_second_click_and_an_old_page_change_nothing(web: Web, people: dict[str, Person]) -> None:
    number = send(web)
    sergeant = people["sergeant"]
    assert sergeant.do(number, "endorse", choice="has seen it", step=0).status_code == 303
    again = sergeant.do(number, "endorse", choice="has seen it", step=0)
    assert again.status_code == 409 and standing(web, number).at == 1
    old = people["officer"].do(number, "withdraw", version=7)
    assert old.status_code == 409 and "was changed since" in words(old.text)
    for bad in ("0", "x", "", "9" * 50, "１"):
        assert people["officer"].do(number, "withdraw", version=bad).status_code == 400
    assert people["officer"].do(number, "no-such-deed").status_code == 404


def test_what_was_typed_is_shown_again_where_it_was_not_taken(
    web: Web, people: dict[str, Person]
) -> None:
    number = send(web)
    sergeant, officer = people["sergeant"], people["officer"]
    for path in ("endorse", "return"):
        refused = sergeant.do(number, path, words="a" * 100_000, choice="has seen it")
        assert refused.status_code == 422
        assert "At most 2,000 characters; this has 100,000." in words(refused.text)
        assert "a" * 100_000 in refused.text
    assert sergeant.do(number, "return", words=" \u202e ").status_code == 422
    assert sergeant.do(number, "endorse", choice="likes it").status_code == 422
    assert sergeant.do(number, "return", words=LONG).status_code == 413
    for name in ("version", "step", "choice", "day", "form", "sure"):
        refused = sergeant.do(number, "return", **{"words": "x", name: "9" * 100_000})
        assert refused.status_code < 500
    assert standing(web, number).returned
    assert officer.do(number, "send-on", words=MARKUP).status_code in (303, 409)
    page = officer.get(f"/requests/{number}")
    assert "<script>document" not in page.text
    up_to = send(web)
    up(web, up_to)
    chief = people["chief"]
    assert chief.do(up_to, "grant", day="tomorrow").status_code == 422
    passed = chief.do(up_to, "grant", day="2001-01-01", words="Only once.")
    assert passed.status_code == 422
    assert "That day has passed." in words(passed.text) and "Only once." in words(passed.text)


def test_of_two_decisions_at_the_same_moment_one_wins_and_the_other_is_told_who_decided(
    web: Web, people: dict[str, Person]
) -> None:
    told = 0
    for _ in range(5):
        number = send(web)
        up(web, number)
        outcomes: list[object] = []

        def in_slack(number: str = number, outcomes: list[object] = outcomes) -> None:
            try:
                act(web, number, "chief", Happened.DENIED, words="Not now.")
                outcomes.append("denied")
            except NotDone as refused:
                outcomes.append(refused.decided)

        thread = threading.Thread(target=in_slack)
        form = people["chief"].form()
        thread.start()
        answer = people["chief"].do(number, "grant", form=form)
        thread.join()
        events = [one.line.kind for one in web.bureau.audit.lines(number)]
        assert events.count("granted") + events.count("denied") == 1
        if answer.status_code == 303:
            assert outcomes != ["denied"]
        else:
            assert (answer.status_code, outcomes) == (409, ["denied"])
            assert "Chief Chief" in words(answer.text) and "denied," in words(answer.text)
            told += 1
    number = send(web)
    up(web, number)
    act(web, number, "chief", Happened.DENIED, words="Not now.")
    late = people["chief"].do(number, "grant")
    assert late.status_code == 409
    said = words(late.text)
    assert "The request has been decided already." in said and "denied," in said


def test_a_notice_cannot_be_put_on_a_page_by_a_link(web: Web, people: dict[str, Person]) -> None:
    number = send(web)
    page = people["officer"].text(f"/requests/{number}?done=grant&seal={'0' * 32}")
    assert "You granted it." not in page


def test_too_many_deeds_in_a_minute_are_refused(web: Web) -> None:
    number = send(web)
    with somebody(web, "officer") as officer:
        form = officer.form()
        found = {officer.do(number, "posted", form=form).status_code for _ in range(31)}
    assert found == {409, 429}


def _filled(page: str) -> dict[str, object]:
    """Return the fields of the form as a browser would send them unchanged."""
    fields: dict[str, object] = {"step": "send"}
    for tag in re.findall(r"<input [^>]+>", page):
        named = re.search(r'name="([^"]+)"', tag)
        value = re.search(r'value="([^"]*)"', tag)
        kind = re.search(r'type="(\w+)"', tag)
        if named is None or (kind and kind[1] in ("radio", "checkbox") and " checked" not in tag):
            continue
        fields.setdefault(named[1], html.unescape(value[1] if value else ""))
    for name, text in re.findall(r'<textarea [^>]*name="([^"]+)"[^>]*>([^<]*)</textarea>', page):
        fields[name] = html.unescape(text)
    for name, choices in re.findall(r'<select [^>]*name="([^"]+)"[^>]*>(.*?)</select>', page, re.S):
        chosen = re.search(r'value="([^"]*)" selected', choices)
        fields[name] = html.unescape(chosen[1]) if chosen else ""
    return fields
