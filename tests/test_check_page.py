"""The check page: found by number and code alone, open to everybody, and true at that moment."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from backends import address
from permits import CONTENT, Permits
from web_server import Web, serving

from bot.approvals.event import Happened
from bot.approvals.slip import Stand
from bot.web.check import MISSES, SECONDS, Misses


class Place:
    """The pages and a bureau over one database."""

    def __init__(self, folder: Path, stack: ExitStack, **settings: object) -> None:
        self.web: Web = stack.enter_context(serving(folder, **settings))  # type: ignore[arg-type]
        url = address(folder / "web.sqlite3")
        self.permits = Permits(folder, url, address=self.web.url)
        self.permits.now = datetime.now(UTC)
        stack.callback(self.permits.close)

    def said(self, path: str, **options: object) -> str:
        response = self.web.get(path, **options)
        assert response.status_code == 200, response.text
        return " ".join(response.text.split())


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with ExitStack() as stack:
        yield Place(tmp_path, stack)


def heading(stand: Stand) -> str:
    return f'<h1 class="reference">{stand.value.capitalize()}</h1>'


def test_a_permission_is_shown_with_its_dates_and_clauses_and_without_content(
    place: Place,
) -> None:
    last = place.permits.now.date() + timedelta(days=30)
    number = place.permits.granted(words="Cover the badge.", until=last)
    said = place.said(place.permits.path(number))
    assert heading(Stand.VALID) in said and number in said
    assert f"{last:%B} {last.day}, {last.year}" in said
    assert "II¶1, IV.E.16, IV.F.1" in said and "September 10, 2019" in said
    issued = place.permits.bureau.slips.issued(number)
    assert issued is not None
    assert place.permits.lines()[issued.line - 1].seal[:16] in said
    private = ("Officer", "Partner", "Chief Chief", "Instagram", "Range day", "Cover the badge")
    assert not [words for words in private if words in said]


def test_a_wrong_code_and_a_wrong_number_get_the_same_page(place: Place) -> None:
    number = place.permits.granted()
    path = place.permits.path(number)
    code = path.rsplit("-", 1)[1]
    wrong = [
        place.web.get(f"/check/{number}-{'2' * 20}"),
        place.web.get(f"/check/R-ABCDEFGH-{code}"),
        place.web.get(f"/check/{number}"),
        place.web.get(f"/check/{number}-{code[:-1]}"),
        place.web.get("/check/%3Cscript%3E"),
    ]
    assert {answer.status_code for answer in wrong} == {404}
    assert len({answer.text for answer in wrong}) == 1
    assert "do not rely on the paper" in wrong[0].text
    assert place.web.get(path.lower().replace("/check/r-", "/check/R-")).status_code == 200


def test_the_page_opens_from_elsewhere_and_beside_slack(tmp_path: Path) -> None:
    for name, settings in {
        "away": {"base_url": "https://policy.example"},
        "slack": {"slack": True},
    }.items():
        folder = tmp_path / name
        folder.mkdir()
        with ExitStack() as stack:
            place = Place(folder, stack, **settings)
            path = place.permits.path(place.permits.granted())
            host = {"Host": "policy.example"} if name == "away" else {}
            assert heading(Stand.VALID) in place.said(path, headers=host)
            forwarded = {**host, "X-Forwarded-For": "203.0.113.5"}
            assert heading(Stand.VALID) in place.said(path, headers=forwarded)
            missing = place.web.get("/check/R-ABCDEFGH-ABCDEFGH", headers=forwarded)
            assert missing.status_code == 404 and "No such permission" in missing.text


def revoke(permits: Permits, number: str) -> None:
    permits.act(number, "chief", Happened.REVOKED, words="It was posted with the badge.")


def change(permits: Permits, number: str) -> None:
    permits.edit(number, CONTENT.model_copy(update={"exact_text": "Something else."}))


def withdraw(permits: Permits, number: str) -> None:
    permits.act(number, "officer", Happened.WITHDRAWN)


def take_back(permits: Permits, number: str) -> None:
    permits.act(number, "partner", Happened.CONSENT_WITHDRAWN)


@pytest.mark.parametrize(
    ("deed", "stand"),
    [
        (revoke, Stand.REVOKED),
        (change, Stand.REPLACED),
        (withdraw, Stand.WITHDRAWN),
        (take_back, Stand.HELD),
    ],
)
def test_a_change_is_visible_at_once(
    place: Place, deed: Callable[[Permits, str], None], stand: Stand
) -> None:
    number = place.permits.granted()
    path = place.permits.path(number)
    assert heading(Stand.VALID) in place.said(path)
    deed(place.permits, number)
    said = place.said(path)
    assert heading(stand) in said and "Do not post." in said
    assert "badge" not in said


def test_it_is_not_in_effect_before_consent_nor_before_its_first_day(place: Place) -> None:
    number = place.permits.send()
    place.permits.grant(number)
    path = place.permits.path(number)
    assert heading(Stand.LATER) in place.said(path)
    place.permits.agree(number)
    assert heading(Stand.VALID) in place.said(path)
    first = place.permits.now.date() + timedelta(days=9)
    later = place.permits.granted(CONTENT.model_copy(update={"posting_from": first}))
    assert heading(Stand.LATER) in place.said(place.permits.path(later))


def test_the_page_never_expires_though_the_permission_does(place: Place) -> None:
    number = place.permits.granted(until=place.permits.now.date())
    path = place.permits.path(number)
    place.web.clock.ahead = timedelta(days=4000).total_seconds()
    assert heading(Stand.EXPIRED) in place.said(path)


def test_a_permission_is_void_as_soon_as_its_clauses_have_other_words(tmp_path: Path) -> None:
    permits = Permits(tmp_path)
    number = permits.granted()
    code = permits.path(number).rsplit("-", 1)[1]
    order = permits.library.get("5.14")
    assert order is not None
    clauses = tuple(
        clause.model_copy(update={"text": clause.text.replace("approval", "leave")})
        if clause.section == "IV.E.16"
        else clause
        for clause in order.clauses
    )
    changed = order.model_copy(update={"clauses": clauses})
    permits.open(replace(permits.library, directives=(changed,)))
    found = permits.bureau.slips.check(number, code)
    assert found is not None and found.stand is Stand.VOID and found.since is None
    permits.bureau.register.tend()
    found = permits.bureau.slips.check(number, code)
    assert found is not None and found.stand is Stand.VOID and found.since == permits.now
    permits.close()


def test_who_tries_too_many_codes_waits(place: Place) -> None:
    path = place.permits.path(place.permits.granted())
    for _ in range(MISSES):
        assert place.web.get(f"/check/R-ABCDEFGH-{'2' * 20}").status_code == 404
    refused = place.web.get(path)
    assert refused.status_code == 429 and 0 < int(refused.headers["retry-after"]) <= SECONDS + 1


def test_misses_are_forgotten_after_a_minute_and_counted_by_address() -> None:
    now = 0.0
    misses = Misses(lambda: now)
    for _ in range(MISSES):
        misses.add("one")
    assert misses.wait("one") and not misses.wait("two")
    now = SECONDS + 1
    assert not misses.wait("one")


def test_a_permission_without_a_last_day_says_that_none_was_set(place: Place) -> None:
    said = place.said(place.permits.path(place.permits.granted()))
    assert "None was set." in said
    assert date.today().strftime("%Y") in said
