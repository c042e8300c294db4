"""Signing in on the web: a link once, for one person, for five minutes; sessions and their ends."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from databases import KINDS, databases
from precinct import roster
from web_people import Person, somebody, words
from web_server import Web, serving

from bot.links import Links
from bot.web.sessions import SUBJECT


@pytest.fixture(scope="module", params=KINDS)
def web(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    folder = tmp_path_factory.mktemp("sign-in")
    with databases(request, folder) as database:
        url = database.new()
        with serving(folder, slack=True, roster=roster(), database_url=url) as served:
            yield served


@pytest.fixture
def officer(web: Web) -> Iterator[Person]:
    with somebody(web, "officer", signed=False) as person:
        yield person


def _recorded(web: Web) -> list[str]:
    return [one.line.kind for one in web.bureau.audit.lines(SUBJECT)]


def test_a_link_names_its_person_and_signs_in_only_at_the_press_of_its_button(
    web: Web, officer: Person
) -> None:
    link = officer.link()
    page = officer.get(link)
    assert (page.status_code, "set-cookie" in page.headers) == (200, False)
    assert "Sign in as Officer Officer" in words(page.text)
    assert officer.get(link).status_code == 200
    done = officer.sign_in(link.partition("key=")[2])
    assert (done.status_code, done.headers["location"]) == (303, "/requests")
    cookie = done.headers["set-cookie"].lower()
    assert cookie.startswith("session=") and "max-age=43200" in cookie
    assert "httponly" in cookie and "samesite=lax" in cookie and "secure" not in cookie
    assert "Signed in as Officer Officer" in officer.text("/requests")
    assert _recorded(web)[-1] == "signed in"


def test_a_link_is_good_for_one_sign_in(web: Web, officer: Person) -> None:
    key = officer.key()
    assert officer.sign_in(key).status_code == 303
    with somebody(web, "officer", signed=False) as thief:
        refused = thief.sign_in(key)
        assert refused.status_code == 410
        assert "used already" in words(refused.text)
        assert "set-cookie" not in refused.headers
        assert thief.get("/requests").status_code == 303
    assert _recorded(web)[-1] == "refused: used already"


def test_an_expired_link_is_refused(web: Web, officer: Person) -> None:
    key = officer.key()
    web.clock.ahead += 301
    refused = officer.sign_in(key)
    assert (refused.status_code, "expired" in words(refused.text)) == (410, True)
    assert _recorded(web)[-1] == "refused: an expired link"


def test_a_link_of_another_key_or_changed_is_refused(web: Web, officer: Person) -> None:
    forged = Links(web.links.address, "x" * 40, sign_reading=False, clock=web.clock.seconds)
    key = forged.sign_in("T0PRECINCT", "U0CHIEF").partition("key=")[2]
    changed = officer.key()[:-2] + "xx"
    request = web.links.install().partition("key=")[2]
    for bad in (key, changed, request, "", "x" * 100_000):
        refused = officer.sign_in(bad or "none")
        assert (refused.status_code, "not genuine" in words(refused.text)) == (400, True)
    assert _recorded(web)[-1] == "refused: a link that is not genuine"


def test_a_link_for_another_person_than_the_one_signed_in_is_refused_and_not_used_up(
    web: Web, officer: Person
) -> None:
    officer.sign_in()
    with somebody(web, "chief", signed=False) as chief:
        key = chief.key()
        refused = officer.sign_in(key)
        assert refused.status_code == 409 and "another person" in words(refused.text)
        assert "Officer Officer" in officer.text("/requests")
        assert chief.sign_in(key).status_code == 303
    assert "refused: another person is signed in" in _recorded(web)


def test_a_new_sign_in_ends_the_session_that_the_browser_had(web: Web, officer: Person) -> None:
    officer.sign_in()
    before = officer.client.cookies["session"]
    officer.sign_in()
    assert officer.client.cookies["session"] != before
    old = web.get("/requests", headers={"cookie": f"session={before}"})
    assert (old.status_code, old.headers["location"]) == (303, "/sign-in")


def test_a_session_ends_by_signing_out_and_after_twelve_hours(web: Web, officer: Person) -> None:
    officer.sign_in()
    token = officer.client.cookies["session"]
    assert officer.client.post("/sign-out").status_code == 403
    assert officer.client.post("/sign-out", data={"form": officer.form()}).status_code == 303
    kept = web.get("/requests", headers={"cookie": f"session={token}"})
    assert kept.status_code == 303
    officer.sign_in()
    assert officer.get("/requests").status_code == 200
    web.clock.ahead += 12 * 3600 + 1
    assert officer.get("/requests").status_code == 303


def test_a_token_is_kept_nowhere_as_it_is(web: Web, officer: Person, tmp_path: Path) -> None:
    with serving(tmp_path, slack=True, roster=roster()) as fresh, somebody(fresh, "chief") as chief:
        token = chief.client.cookies["session"]
        assert chief.get("/requests").status_code == 200
        assert token not in chief.get("/requests").text
    assert token.encode() not in b"".join(p.read_bytes() for p in tmp_path.iterdir())


def test_a_sign_in_from_another_page_is_refused(web: Web, officer: Person) -> None:
    for headers in ({"origin": "https://elsewhere.example"}, {"sec-fetch-site": "cross-site"}):
        refused = officer.client.post("/sign-in", data={"key": officer.key()}, headers=headers)
        assert (refused.status_code, "set-cookie" in refused.headers) == (403, False)


def test_the_way_back_leads_only_to_own_pages(web: Web, officer: Person) -> None:
    for to, found in (
        ("/requests/R-ABCD2345", "/requests/R-ABCD2345"),
        ("/waiting", "/waiting"),
        ("https://elsewhere.example", "/requests"),
        ("//elsewhere.example", "/requests"),
        ("/requests/../sign-out", "/requests"),
    ):
        done = officer.sign_in(officer.link(to).partition("key=")[2])
        assert done.headers["location"] == found


def test_away_from_this_machine_the_cookie_is_secure_and_pages_need_a_session(
    tmp_path: Path,
) -> None:
    base = "https://policy.example"
    with serving(tmp_path, slack=True, roster=roster(), base_url=base) as web:
        host = {"host": "policy.example"}
        shut = web.get("/requests", headers=host)
        assert (shut.status_code, shut.headers["location"]) == (303, "/sign-in")
        assert web.get("/people", headers=host).headers["location"] == "/sign-in?to=%2Fpeople"
        link = web.links.sign_in("T0PRECINCT", "U0CHIEF")
        done = web.post("/sign-in", data={"key": link.partition("key=")[2]}, headers=host)
        cookie = done.headers["set-cookie"]
        assert cookie.startswith("__Host-session=")
        assert "Secure" in cookie and "Path=/;" in cookie and "Domain" not in cookie
        given = {**host, "cookie": cookie.partition(";")[0]}
        assert "Signed in as Chief Chief" in words(web.get("/requests", headers=given).text)


def test_without_slack_nobody_can_sign_in(tmp_path: Path) -> None:
    with serving(tmp_path) as web:
        assert web.get("/sign-in").status_code == 404
        assert web.get("/waiting").status_code == 404


def test_somebody_who_left_the_roster_is_told_so(web: Web) -> None:
    with somebody(web, "stranger") as stranger:
        page = stranger.text("/requests")
        assert "not on the roster" in page and "You sent no request yet." in page
        assert stranger.get("/people").status_code == 404


def test_refused_sign_ins_do_not_fill_the_record(web: Web) -> None:
    before = len(_recorded(web))
    with httpx.Client(base_url=web.url, trust_env=False) as client:
        for _ in range(40):
            assert client.post("/sign-in", data={"key": "none"}).status_code == 400
    assert len(_recorded(web)) - before <= 30
