"""Every page in a real browser: axe-core finds no fault, it fits a phone, keys reach everything."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from precinct import roster
from web_answers import DISCLOSED, RANGE, TWO_SIDES
from web_browser import chromium, needs_chromium, page
from web_people import EVERYBODY, act, send, up
from web_server import Web, serving

from bot.approvals.event import Happened

pytestmark = needs_chromium
AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
_RUN = """async () => (await axe.run(document, {resultTypes: ["violations"]})).violations
  .map((v) => v.id + ": " + v.nodes.map((n) => n.target.join(" ") + " " + n.failureSummary))"""


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    with serving(tmp_path_factory.mktemp("axe"), slack=True, roster=roster()) as served:
        yield served


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@contextmanager
def signed_in(
    web: Web, browser: Browser, name: str, *, width: int = 320, javascript: bool = False
) -> Iterator[Page]:
    """Yield a page of somebody who pressed the button of their link, on a phone, scripts off."""
    with page(browser, width=width, javascript=javascript) as opened:
        link = web.links.sign_in("T0PRECINCT", f"U0{name.upper()}")
        opened.goto(web.url + link.removeprefix(web.links.address))
        opened.get_by_role("button", name="Sign in").click()
        expect(opened.get_by_text("Signed in as")).to_be_visible()
        yield opened


def _faults(opened: Page) -> list[str]:
    """Return what axe-core finds, and whether the page is wider than its window."""
    opened.evaluate(AXE)
    found: list[str] = opened.evaluate(_RUN)
    wide: int = opened.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return [*found, *([f"{wide} px too wide"] if wide > 0 else [])]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_of_somebody_signed_in_has_a_fault(web: Web, browser: Browser, scheme: str) -> None:
    number = send(web, *EVERYBODY, description="A patrol car at the fair.")
    decided = send(web)
    up(web, decided)
    returned = send(web)
    act(web, returned, "sergeant", Happened.RETURNED, words="Which day?")
    effective = send(web)
    up(web, effective)
    act(web, effective, "chief", Happened.GRANTED, words="Crop the badge.")
    seen = {
        "officer": ("/requests", "/waiting", f"/requests/{number}", f"/requests/{returned}",
                    f"/requests/{effective}", f"/requests/{number}/change", "/requests/R-NONE2222",
                    "/directives/5.14"),
        "partner": ("/waiting", f"/requests/{number}"),
        "sergeant": ("/people", f"/requests/{number}"),
        "chief": ("/waiting", f"/requests/{decided}", f"/requests/{effective}", "/sign-in"),
    }  # fmt: skip
    faults = {}
    for name, paths in seen.items():
        with signed_in(web, browser, name, javascript=True) as opened:
            opened.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            for path in paths:
                opened.goto(web.url + path)
                faults[name, path] = _faults(opened)
            if name == "chief":
                opened.goto(f"{web.url}/requests/{decided}")
                opened.locator("#words-deny").fill("Not this one.")
                opened.get_by_role("button", name="Deny the permission").click()
                expect(opened.get_by_text("Not this one.")).to_be_visible()
                faults[name, "sure"] = _faults(opened)
                opened.goto(f"{web.url}/requests/{decided}")
                opened.get_by_role("button", name="Deny the permission").click()
                faults[name, "words are missing"] = _faults(opened)
                act(web, decided, "chief", Happened.DENIED, words="Denied in Slack.")
                opened.locator("#words-deny").fill("Late.")
                opened.get_by_role("button", name="Deny the permission").click()
                expect(opened.get_by_role("alert")).to_contain_text("decided already")
                faults[name, "refused"] = _faults(opened)
    assert {where: found for where, found in faults.items() if found} == {}


def test_no_page_of_nobody_in_particular_has_a_fault(
    web: Web, browser: Browser, tmp_path: Path
) -> None:
    faults = {}
    with page(browser, width=320) as opened:
        for path in ("/", "/sign-in", "/directives", "/directives/5.14", "/nowhere"):
            opened.goto(web.url + path)
            faults[path] = _faults(opened)
        opened.goto(web.url + web.links.sign_in("T1", "U1").removeprefix(web.links.address))
        faults["a link"] = _faults(opened)
    with serving(tmp_path) as console, page(browser, width=320) as opened:
        opened.goto(console.url)
        faults["console"] = _faults(opened)
        for count, question in enumerate((RANGE, TWO_SIDES, "tyre", DISCLOSED), start=1):
            opened.locator("#question").fill(question)
            opened.keyboard.press("Enter")
            expect(opened.locator(".turn")).to_have_count(count)
        faults["answers"] = _faults(opened)
        opened.get_by_role("link", name="Start a request").first.click()
        faults["form"] = _faults(opened)
        opened.get_by_role("button", name="Send the request").click()
        faults["form with faults"] = _faults(opened)
        opened.get_by_role("button", name="Check").click()
        faults["guidance"] = _faults(opened)
        opened.goto(f"{console.url}/requests")
        faults["list"] = _faults(opened)
    assert {where: found for where, found in faults.items() if found} == {}


def test_a_request_is_decided_by_keyboard_alone_on_a_phone_without_scripts(
    web: Web, browser: Browser
) -> None:
    number = send(web)
    up(web, number)
    with signed_in(web, browser, "chief") as opened:
        opened.goto(f"{web.url}/requests/{number}")
        keys = opened.keyboard
        for _ in range(40):
            keys.press("Tab")
            if opened.locator("#words-grant").evaluate("(e) => e === document.activeElement"):
                break
        keys.type("Crop the badge.")
        button = opened.get_by_role("button", name="Grant the permission")
        for _ in range(8):
            keys.press("Tab")
            if button.evaluate("(e) => e === document.activeElement"):
                break
        keys.press("Enter")
        expect(opened.get_by_role("heading", level=1)).to_contain_text("Grant this permission?")
        expect(opened.get_by_text("Crop the badge.")).to_be_visible()
        opened.get_by_role("button", name="Grant the permission").press("Enter")
        expect(opened.get_by_role("status")).to_have_text("You granted it.")
        expect(opened.locator(".receipt .status")).to_have_text("in effect")
        opened.get_by_role("button", name="Sign out").press("Enter")
        expect(opened.get_by_role("heading", name="Sign in")).to_be_visible()
        opened.goto(f"{web.url}/requests/{number}")
        expect(opened.get_by_role("heading", name="Sign in")).to_be_visible()
