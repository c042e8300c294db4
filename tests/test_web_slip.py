"""The written permission on the web: who gets it, as page and PDF, and the way to it."""

import io
from collections.abc import Iterator

import pytest
from precinct import roster
from pypdf import PdfReader
from web_people import EVERYBODY, act, send, somebody, up
from web_server import Web, serving

from bot.approvals.event import Consent, Happened

EXACT = "<b>Range day</b> & friends"


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    with serving(tmp_path_factory.mktemp("slip"), slack=True, roster=roster()) as served:
        yield served


@pytest.fixture(scope="module")
def number(web: Web) -> str:
    """Return the number of a permission in effect that shows two colleagues."""
    sent = send(web, *EVERYBODY, exact_text=EXACT)
    for name in ("partner", "rookie"):
        act(web, sent, name, Happened.CONSENT, consent=Consent.AGREED)
    up(web, sent)
    act(web, sent, "chief", Happened.GRANTED, words="Crop the badge.")
    return sent


def paper(pdf: bytes) -> str:
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def check_page(web: Web, number: str) -> str:
    issued = web.bureau.slips.issued(number)
    assert issued is not None
    return web.bureau.slips.address(issued).removeprefix(web.links.address)


def test_the_requester_prints_what_was_granted_as_page_and_as_pdf(web: Web, number: str) -> None:
    with somebody(web, "officer") as officer:
        opened = officer.get(f"/requests/{number}").text
        assert f'href="/requests/{number}/slip"' in opened
        assert f'href="/requests/{number}/slip.pdf"' in opened
        page = officer.get(f"/requests/{number}/slip")
        assert page.status_code == 200 and EXACT not in page.text
        said = officer.text(f"/requests/{number}/slip")
        found = officer.get(f"/requests/{number}/slip.pdf")
        assert found.headers["content-type"] == "application/pdf"
        assert found.headers["content-disposition"] == f'attachment; filename="{number}-v1.pdf"'
        assert found.headers["cache-control"] == "no-store"
        printed = paper(found.content)
        for words in (
            "Crop the badge.", EXACT, "Officer Partner", "Chief Chief", check_page(web, number)
        ):  # fmt: skip
            assert words in said and words in " ".join(printed.split())
        assert found.content == officer.get(f"/requests/{number}/slip.pdf").content


def test_whoever_acts_on_it_reads_it_without_the_names_of_those_shown(
    web: Web, number: str
) -> None:
    for name in ("chief", "sergeant"):
        with somebody(web, name) as acting:
            said = acting.text(f"/requests/{number}/slip")
            assert "Crop the badge." in said and "A person shown agreed" in said
            assert "Officer Partner" not in said
            printed = acting.get(f"/requests/{number}/slip.pdf")
            assert "Officer Partner" not in paper(printed.content)


def test_a_person_shown_and_a_stranger_get_no_paper(web: Web, number: str) -> None:
    for name in ("partner", "stranger"):
        with somebody(web, name) as other:
            for path in ("slip", "slip.pdf"):
                refused = other.get(f"/requests/{number}/{path}")
                assert refused.status_code == 404 and "Crop the badge" not in refused.text
    with somebody(web, "partner") as partner:
        assert "written permission</h2>" not in partner.get(f"/requests/{number}").text


def test_who_is_not_signed_in_signs_in_first_and_comes_back(web: Web, number: str) -> None:
    with somebody(web, "officer", signed=False) as officer:
        for path in ("slip", "slip.pdf"):
            sent = officer.get(f"/requests/{number}/{path}")
            assert sent.status_code == 303 and sent.headers["location"].startswith("/sign-in?to=")
        back = officer.client.post("/sign-in", data={"key": key_to(officer.web, number)})
        assert back.headers["location"] == f"/requests/{number}/slip.pdf"


def key_to(web: Web, number: str) -> str:
    link = web.links.sign_in("T0PRECINCT", "U0OFFICER", f"/requests/{number}/slip.pdf")
    return link.partition("key=")[2]


def test_there_is_no_paper_before_the_decision_nor_after_the_end(web: Web) -> None:
    number = send(web)
    with somebody(web, "officer") as officer:
        assert "The written permission" not in officer.text(f"/requests/{number}")
        early = officer.get(f"/requests/{number}/slip")
        assert early.status_code == 409
        up(web, number)
        act(web, number, "chief", Happened.GRANTED)
        assert officer.get(f"/requests/{number}/slip").status_code == 200
        act(web, number, "chief", Happened.REVOKED, words="The account changed hands.")
        said = officer.text(f"/requests/{number}")
        assert "This permission was revoked. Do not post." in said
        assert "There is no paper of it now." in said and "Open it to print" not in said
        for path in ("slip", "slip.pdf"):
            late = officer.get(f"/requests/{number}/{path}")
            assert late.status_code == 409 and "There is nothing to print." in late.text


def test_the_check_page_leads_to_the_content_whoever_has_a_part_in_it(
    web: Web, number: str
) -> None:
    path = check_page(web, number)
    with somebody(web, "officer", signed=False) as nobody:
        page = nobody.get(path).text
        assert f'href="/sign-in?to=%2Frequests%2F{number}"' in page
    for name in ("officer", "partner", "chief"):
        with somebody(web, name) as party:
            assert f'href="/requests/{number}"' in party.get(path).text
    with somebody(web, "stranger") as stranger:
        page = stranger.get(path).text
        assert "You have no part in this request" in page
        assert f'href="/requests/{number}"' not in page
