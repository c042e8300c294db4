"""The demonstration: one person walks a request through as invented people, and nowhere else."""

import html
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from guides import posted, whole
from precinct import roster
from pypdf import PdfReader
from web_answers import RANGE
from web_people import words
from web_server import Web, serving

from bot.config import Settings
from bot.rehearsal import may_rehearse
from bot.roster.roster import Roster
from bot.roster.store import Filed

MARK = "Demonstration: sample roster, nobody is asked."
OFFICER, COLLEAGUE, SERGEANT = "1006", "1007", "1005"
LIEUTENANT, CAPTAIN, CHIEF = "1004", "1003", "1001"


class Trying:
    """A browser that tries the product; every page of the demonstration has to say what it is."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client

    def page(self, path: str) -> str:
        found = self.client.get(path)
        assert found.status_code == 200 and MARK in found.text, path
        return html.unescape(found.text)

    def as_(self, person: str) -> str:
        """Try it as somebody; return the page that they come to."""
        sent = self.client.post("/demonstration", data={"person": person})
        assert sent.status_code == 303
        return self.page(sent.headers["location"])

    def do(self, number: str, path: str, **data: str) -> str:
        """Send a form of a request's page, asked twice or not; return the page afterwards."""
        page = self.page(f"/requests/{number}")
        form = page.partition(f'action="/requests/{number}/{path}"')[2].partition("</form>")[0]
        hidden = dict(re.findall(r'name="(form|version|step)" value="(\w+)"', form))
        sent = self.client.post(
            f"/requests/{number}/{path}", data={**hidden, **data, "sure": "yes"}
        )
        assert sent.status_code == 303, words(sent.text)
        return self.page(sent.headers["location"])

    def send(self, **form: object) -> str:
        """Ask, fill in the request that the answer offers, and return its number."""
        answer = html.unescape(self.client.post("/", data={"question": RANGE}).text)
        link = re.search(r'href="[^"]*(/requests/new\?ref=[^"]+)"', answer)
        assert link is not None
        opened = self.page(link[1])
        assert "Asked by: <strong>Officer Jonas Applewhite</strong>" in opened
        filled = whole(uniform="yes").model_copy(update=form)
        sent = self.client.post(link[1], data={**posted(filled), "step": "send"})
        assert sent.status_code == 303, words(sent.text)
        return sent.headers["location"].partition("?")[0].rpartition("/")[2]


@contextmanager
def trying(web: Web, **headers: str) -> Iterator[Trying]:
    with httpx.Client(base_url=web.url, trust_env=False, timeout=20, headers=headers) as client:
        yield Trying(client)


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    with serving(tmp_path_factory.mktemp("stage"), demonstrates=True) as served:
        yield served


def test_the_whole_way_is_walked_as_people_of_the_sample_roster(web: Web) -> None:
    with trying(web) as one:
        assert "Marguerite Quillfeather" in one.page("/demonstration")
        one.as_(OFFICER)
        number = one.send(colleagues="Renske Dunmore", exact_text="Range day.")
        assert number in one.page("/requests")
        assert number in one.as_(COLLEAGUE)
        one.do(number, "consent", choice="agreed")
        for person in (SERGEANT, LIEUTENANT, CAPTAIN):
            assert number in one.as_(person)
            one.do(number, "endorse", choice="recommends it", words="Fine.")
        assert number in one.as_(CHIEF)
        one.do(number, "grant", words="Crop the badge.")
        one.as_(OFFICER)
        paper = one.page(f"/requests/{number}/slip")
        assert "Crop the badge." in paper and "Demonstration, no permission" in paper
        pdf = one.client.get(f"/requests/{number}/slip.pdf").content
        for page in PdfReader(io.BytesIO(pdf)).pages:
            assert "Demonstration, no permission" in page.extract_text()
        [check] = set(re.findall(r"/check/[A-Z0-9-]+", paper))
        assert "In effect" not in one.page(check) and "Valid" in one.page(check)
        one.as_(CHIEF)
        one.do(number, "revoke", words="The account changed hands.")
        assert "Revoked" in one.page(check)
        left = one.client.post("/sign-out", data={"form": form_of(one)})
        assert left.headers["location"] == "/demonstration"
        assert "Sign in" in one.page(check)
    assert web.store.all() == () and web.bureau.audit.lines() == ()


def form_of(one: Trying) -> str:
    found = re.search(r'name="form" value="(\w+)"', one.page("/requests"))
    assert found is not None
    return found[1]


def test_who_tries_nothing_asks_as_nobody_and_is_told_of_the_demonstration(web: Web) -> None:
    with trying(web) as one:
        page = html.unescape(one.client.post("/", data={"question": RANGE}).text)
        assert MARK not in page and "Walk a request through as these people" in page
        assert "Local console" in page and 'href="/demonstration"' in page
        for path in ("/waiting", "/people", "/requests/R-NONE2222/slip"):
            sent = one.client.get(path)
            assert sent.status_code == 303
            assert (
                one.client.get(sent.headers["location"])
                .headers["location"]
                .startswith("/demonstration")
            )
        for person in ("", "9999", "<script>"):
            assert one.client.post("/demonstration", data={"person": person}).status_code == 400
        key = web.links.sign_in("T0EXAMPLE", "U0QUILLFEA").partition("key=")[2]
        assert one.client.post("/sign-in", data={"key": key}).status_code == 405


def test_a_form_from_elsewhere_tries_nothing(web: Web) -> None:
    with trying(web, Origin="https://elsewhere.example") as one:
        assert one.client.post("/demonstration", data={"person": CHIEF}).status_code == 403


@pytest.mark.parametrize(
    "settings", [{"slack": True}, {"base_url": "https://policy.example"}], ids=["slack", "away"]
)
def test_there_is_none_beside_slack_or_for_other_machines(
    tmp_path: Path, settings: dict[str, object]
) -> None:
    with serving(tmp_path, demonstrates=True, **settings) as web, trying(web) as one:  # type: ignore[arg-type]
        assert web.stage is not None
        for host in (f"127.0.0.1:{web.port}", "policy.example"):
            for answer in (
                one.client.get("/demonstration", headers={"Host": host}),
                one.client.post("/demonstration", data={"person": CHIEF}, headers={"Host": host}),
            ):
                assert answer.status_code in {404, 405, 421} and "Quillfeather" not in answer.text
                assert "set-cookie" not in answer.headers


def test_there_is_none_through_a_proxy(web: Web) -> None:
    with trying(web) as one:
        one.as_(CHIEF)
        forwarded = {"X-Forwarded-For": "203.0.113.5"}
        assert one.client.get("/demonstration", headers=forwarded).status_code == 404
        seen = one.client.get("/requests", headers=forwarded)
        assert "Quillfeather" not in seen.text and seen.status_code != 200


def test_it_ends_when_a_roster_is_on_file(tmp_path: Path) -> None:
    filed: list[Roster] = []
    with (
        serving(tmp_path, demonstrates=True, on_file=lambda: filed[-1] if filed else None) as web,
        trying(web) as one,
    ):
        one.as_(CHIEF)
        filed.append(roster())
        assert "Trying it as" not in one.client.get("/").text
        gone = one.client.get("/demonstration")
        assert gone.status_code == 404 and "A roster is on file by now" in gone.text
        assert one.client.post("/demonstration", data={"person": CHIEF}).status_code == 404


def test_it_is_made_only_on_this_machine_without_slack_and_without_a_roster() -> None:
    here = Settings(_env_file=None)
    assert may_rehearse(here, None)
    there = Settings(_env_file=None, base_url="https://policy.example")
    beside = Settings(_env_file=None, slack_bot_token="xoxb-1", slack_signing_secret="s")
    filed = Filed(number=1, imported=datetime.now(UTC), sha256="0" * 64, roster=roster())
    for settings, known in ((there, None), (beside, None), (here, filed)):
        assert not may_rehearse(settings, known)
