"""Every page in a real browser: axe-core finds no fault, it fits a phone, keys reach everything.

The pages are those of the application's own routes: a new one has to be put on the list here.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from importlib.resources import files
from typing import Literal

import pytest
from fastapi.routing import APIRoute
from playwright.sync_api import Browser, Page, expect
from precinct import asker, roster, with_policy_unit
from taken_in import bare
from taken_in import order as handed_in
from versioned import TWO_CLAUSES, beside, revised
from web_answers import DISCLOSED, RANGE, TWO_SIDES
from web_browser import chromium, needs_chromium, page
from web_people import EVERYBODY, act, send, up
from web_server import CORPUS, Web, serving

from bot.answer import Verdict
from bot.approvals.event import Consent, Happened
from bot.evaluation.own import Cited, Tally, Wrong
from bot.feedback import Feedback, Right
from bot.installing import INSTALL, REDIRECT, Begun, Installer, Returned
from bot.metrics import Metrics
from bot.policy.member import Member
from bot.policy.runs import Run, State
from bot.signing_in import Answer, Person, SlackSignIn
from bot.web.headers import ALWAYS
from index.library import Library, load

pytestmark = needs_chromium
AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
_RUN = """async () => (await axe.run(document, {resultTypes: ["violations"]})).violations
  .map((v) => v.id + ": " + v.nodes.map((n) => n.target.join(" ") + " " + n.failureSummary))"""
_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
_TURNED = "[...document.querySelectorAll('[tabindex]')].filter((e) => e.tabIndex > 0).length"
_REACHED = """() => {
  const shown = (e) => e.checkVisibility({visibilityProperty: true}) && !e.closest("[inert]");
  const all = "a[href], button, input:not([type=hidden]), select, textarea, summary";
  const found = [...document.querySelectorAll(all)].filter((e) => shown(e) && !e.disabled);
  window.order = found;
  return found.length;
}"""
_AT = "() => window.order.indexOf(document.activeElement)"
DEPUTY = Member(key="deputy", name="Deputy")
FEEDBACK = Feedback(
    answer="answer-1",
    version="5.14@e46dcba2",
    verdict="prohibited",
    right=Right.NO,
    reason="I was off duty.",
    question="May I post my locker?",
)
NO_PAGE = {
    "/healthz": "JSON",
    "/metrics": "text for Prometheus",
    "/requests/new/image": "an image",
    "/requests/{number}/image": "an image",
    "/requests/{number}/slip.pdf": "PDF",
    INSTALL: "leads to Slack",
    "/sign-in/slack": "leads on",
}


async def _begun() -> Begun:
    return Begun(address="https://slack.example/", browser="b", seconds=60)


async def _installed(returned: Returned) -> str:
    return "Town Police"


async def _nobody(answer: Answer) -> Person:
    raise AssertionError


INSTALLER = Installer(_begun, _installed)
SIGN_IN = SlackSignIn(page=lambda state, nonce: "https://slack.example/", finish=_nobody)


def _versions() -> Library:
    """Return the order on file and the version that is to come."""
    found = load(CORPUS)
    return beside(found, revised(found.directives[0], date(2040, 2, 2), TWO_CLAUSES))


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    with serving(
        tmp_path_factory.mktemp("axe"),
        slack=True,
        library=_versions(),
        corpus=bare(tmp_path_factory.mktemp("corpus")),
        roster=with_policy_unit(roster()),
        installer=INSTALLER,
        slack_sign_in=SIGN_IN,
        metrics=Metrics(),
    ) as served:
        yield served


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    with serving(tmp_path_factory.mktemp("console"), demonstrates=True) as served:
        yield served


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def pages(
    web: Web, tmp_path_factory: pytest.TempPathFactory
) -> Mapping[str, tuple[tuple[str, str], ...]]:
    """Return each route's pages: who looks at which address, "" for nobody signed in."""
    number = send(web, *EVERYBODY, description="A patrol car at the fair.")
    decided = send(web)
    up(web, decided)
    returned = send(web)
    act(web, returned, "sergeant", Happened.RETURNED, words="Which day?")
    effective = send(web, "partner")
    act(web, effective, "partner", Happened.CONSENT, consent=Consent.AGREED)
    up(web, effective)
    act(web, effective, "chief", Happened.GRANTED, words="Crop the badge.")
    revoked = send(web)
    up(web, revoked)
    act(web, revoked, "chief", Happened.GRANTED)
    act(web, revoked, "chief", Happened.REVOKED, words="The account changed hands.")
    checks = {}
    for one in (effective, revoked):
        issued = web.bureau.slips.issued(one)
        assert issued is not None
        checks[one] = f"/check/{issued.request}-{issued.code}"
    order = web.answers.order
    web.unit.pauses.pause(order, "IV.E.16", DEPUTY, "A grievance.")
    web.unit.feedback.give(FEEDBACK, asker("rookie"))
    cancelled = _runs(web)
    [taken] = web.unit.intake.add([handed_in(tmp_path_factory.mktemp("handed"))])
    link = web.links.sign_in("T1", "U1").removeprefix(web.links.address)
    form = web.answers.ask(RANGE).approval.url
    assert form is not None
    return {
        "/": (("", "/"), ("officer", "/")),
        "/directives": (("", "/directives"),),
        "/directives/graph": (("", "/directives/graph"), ("officer", "/directives/graph")),
        "/directives/{number}": (
            ("", "/directives/5.14?mark=IV-E-16"),
            ("officer", "/directives/5.14"),
            ("", "/directives/0.0"),
            ("", "/directives/5.14?version=2040-02-02"),
        ),
        "/directives/{number}/changes": (
            ("", "/directives/5.14/changes"),
            ("officer", "/directives/5.14/changes"),
        ),
        "/requests/new": (("", form.removeprefix(web.links.address)),),
        "/requests": (("officer", "/requests"), ("partner", "/requests")),
        "/requests/{number}": (
            *(("officer", f"/requests/{one}") for one in (number, returned, effective, revoked)),
            ("partner", f"/requests/{number}"),
            ("sergeant", f"/requests/{number}"),
            ("chief", f"/requests/{decided}"),
            ("chief", f"/requests/{effective}"),
            ("officer", "/requests/R-NONE2222"),
        ),
        "/requests/{number}/change": (("officer", f"/requests/{number}/change"),),
        "/requests/{number}/slip": (
            ("officer", f"/requests/{effective}/slip"),
            ("officer", f"/requests/{revoked}/slip"),
        ),
        "/waiting": (("chief", "/waiting"), ("officer", "/waiting"), ("", "/waiting")),
        "/desk": (("deputy", "/desk"), ("chief", "/desk")),
        "/desk/add": (("deputy", "/desk/add"),),
        "/desk/eval": (
            ("deputy", "/desk/eval"),
            ("deputy", f"/desk/eval?run={cancelled.number}"),
            ("chief", "/desk/eval"),
        ),
        "/desk/drafts/{named}": (
            ("deputy", f"/desk/drafts/{taken.number}@{taken.effective}"),
            ("deputy", "/desk/drafts/0.0@2020-01-01"),
        ),
        "/desk/{directive}": (("deputy", "/desk/5.14"),),
        "/desk/{directive}/{fragment}": (
            ("deputy", "/desk/5.14/IV-E-16"),
            ("deputy", "/desk/5.14/II-p1"),
            ("deputy", "/desk/5.14/III-Wall"),
            ("deputy", f"/desk/{taken.number}@{taken.effective}/II-B"),
        ),
        "/people": (("sergeant", "/people"),),
        "/sign-in": (("", "/sign-in"), ("", link), ("chief", "/sign-in")),
        "/check/{key}": (
            ("", checks[effective]),
            ("", checks[revoked]),
            ("officer", checks[effective]),
            ("stranger", checks[effective]),
            ("", "/check/R-NONE2222-NONE"),
        ),
        REDIRECT: (("", f"{REDIRECT}?state=s&code=c"),),
        "/nowhere": (("", "/nowhere"), ("officer", "/nowhere")),
    }


def _runs(web: Web) -> Run:
    """Leave a run that was cancelled with something wrong, and one that is under way."""
    runs, deputy = web.evaluating.runs, DEPUTY
    run = runs.begin(deputy, 40, web.answers.ask(RANGE).directives)
    tally = Tally(number="5.14", asked=3, judged=3, right=2, sought=3, found=2, false_allowed=1)
    wrong = Wrong(
        number="5.14",
        ask="May I post it?",
        history=("Is it mine?",),
        verdicts=(Verdict.PROHIBITED,),
        given=Verdict.ALLOWED,
        sections=("IV.E.16",),
        cited=(Cited(number="5.14", section="II¶1"),),
        false_allowed=True,
    )
    far = {"asked": 3, "tallies": (tally,), "wrong": (wrong,)}
    assert runs.go_on(run.model_copy(update=far))
    runs.cancel(run.number, deputy)
    runs.end(runs.begin(deputy, 40, ()), State.FINISHED)
    runs.begin(deputy, 40, ())
    return run


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


def _routes(routes: Iterable[object]) -> Iterator[str]:
    """Yield the addresses that something can be got from, those of included routers too."""
    for route in routes:
        if isinstance(route, APIRoute):
            yield from [route.path] if "GET" in route.methods else []
        else:
            within = getattr(route, "original_router", None)
            yield from _routes(within.routes) if within is not None else []


def _faults(opened: Page) -> list[str]:
    """Return what axe-core finds, and whether the page is wider than its window."""
    if not opened.evaluate("'axe' in window"):
        opened.evaluate(AXE)
    found: list[str] = opened.evaluate(_RUN)
    wide: int = opened.evaluate(_WIDE)
    turned: int = opened.evaluate(_TURNED)
    return [
        *found,
        *([f"{wide} px too wide"] if wide > 0 else []),
        *(["not in the order of the page"] if turned else []),
    ]


def _look(opened: Page, scheme: Literal["dark", "light"], width: int) -> None:
    opened.emulate_media(color_scheme=scheme)
    opened.set_viewport_size({"width": width, "height": 800})


def _got(opened: Page, address: str) -> list[str]:
    """Open a page and return its faults, those of its headers among them."""
    response = opened.goto(address)
    assert response is not None
    sent = response.headers
    loose = [name for name, value in ALWAYS.items() if sent.get(name.lower()) != value]
    kept = [] if sent.get("cache-control") == "no-store" else ["may be kept"]
    return [*_faults(opened), *(f"header {name}" for name in loose), *kept]


def test_every_address_that_gives_a_page_is_on_the_list(
    web: Web, console: Web, pages: Mapping[str, object]
) -> None:
    listed = {*pages, "/demonstration"} - {"/nowhere"}
    beside_slack, alone = ({*_routes(one.app.routes)} for one in (web, console))
    assert beside_slack | alone == listed | NO_PAGE.keys()
    assert alone - beside_slack == {"/demonstration"}


def test_no_page_has_a_fault_signed_in_or_not_narrow_and_dark_or_wide_and_light(
    web: Web, browser: Browser, pages: Mapping[str, tuple[tuple[str, str], ...]]
) -> None:
    faults = {}
    everywhere = [one for listed in pages.values() for one in listed]
    for name in dict.fromkeys(name for name, _ in everywhere):
        with signed_in(web, browser, name, javascript=True) if name else page(browser) as opened:
            for path in [path for who, path in everywhere if who == name]:
                _look(opened, "dark", 320)
                faults[name, path, "dark"] = _got(opened, web.url + path)
                _look(opened, "light", 1200)
                faults[name, path, "light"] = _faults(opened)
    assert {where: found for where, found in faults.items() if found} == {}


def test_no_answer_to_a_form_has_a_fault(web: Web, browser: Browser) -> None:
    decided = send(web)
    up(web, decided)
    faults = {}
    with signed_in(web, browser, "chief", javascript=True) as opened:
        opened.goto(f"{web.url}/requests/{decided}")
        opened.locator("#words-deny").fill("Not this one.")
        opened.get_by_role("button", name="Deny the permission").click()
        expect(opened.get_by_text("Not this one.")).to_be_visible()
        faults["sure"] = _faults(opened)
        opened.goto(f"{web.url}/requests/{decided}")
        opened.get_by_role("button", name="Deny the permission").click()
        faults["words are missing"] = _faults(opened)
        act(web, decided, "chief", Happened.DENIED, words="Denied in Slack.")
        opened.locator("#words-deny").fill("Late.")
        opened.get_by_role("button", name="Deny the permission").click()
        expect(opened.get_by_role("alert")).to_contain_text("decided already")
        faults["refused"] = _faults(opened)
    assert {where: found for where, found in faults.items() if found} == {}


def test_no_answer_to_a_form_of_the_desk_has_a_fault(web: Web, browser: Browser) -> None:
    faults = {}
    with signed_in(web, browser, "deputy", javascript=True) as opened:
        opened.goto(f"{web.url}/desk")
        opened.get_by_label("The clause, or the number").fill("5.14 E.99")
        opened.get_by_role("button", name="Pause answers").click()
        expect(opened.get_by_role("alert")).to_be_visible()
        faults["not paused"] = _faults(opened)
        opened.get_by_label("The clause, or the number").fill("5.14 E.19")
        opened.keyboard.press("Enter")
        expect(opened.get_by_role("status")).to_contain_text("Answers are paused")
        faults["paused"] = _faults(opened)
        opened.get_by_role("button", name="Resume answers on GO 5.14 § IV.E.19").press("Enter")
        expect(opened.get_by_role("status")).to_contain_text("given again")
        opened.goto(f"{web.url}/desk/5.14/II-p1")
        first = opened.locator("form.deed").first
        first.get_by_label("The order’s own verb").fill("strongly forbids")
        first.get_by_role("button", name="Save").click()
        expect(opened.get_by_role("alert")).to_contain_text("Nothing was saved")
        faults["not saved"] = _faults(opened)
        opened.goto(f"{web.url}/desk/add")
        opened.get_by_role("button", name="Take it in as a draft").press("Enter")
        expect(opened.get_by_role("alert")).to_contain_text("Choose a file")
        faults["not taken in"] = _faults(opened)
        opened.goto(f"{web.url}/desk")
        opened.get_by_role("link", name="Care of Horses").press("Enter")
        opened.get_by_role("button", name="Issue it").press("Enter")
        expect(opened.get_by_role("heading", level=1)).to_contain_text("Issue GO 7.21?")
        faults["asked once more"] = _faults(opened)
        web.evaluating.runs.cancel(web.evaluating.runs.lately()[0].number, DEPUTY)
        opened.goto(f"{web.url}/desk/eval")
        faults["no run under way"] = _faults(opened)
        opened.get_by_label("How many").select_option("all")
        opened.get_by_role("button", name="Run the questions").press("Enter")
        expect(opened.get_by_role("status").first).to_contain_text("are being run")
        faults["run"] = _faults(opened)
    assert {where: found for where, found in faults.items() if found} == {}


def test_no_page_of_the_console_and_its_demonstration_has_a_fault(
    console: Web, browser: Browser
) -> None:
    faults = {}
    with page(browser, width=320) as opened:
        faults["console"] = _got(opened, console.url)
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
        for path in ("/requests", "/directives", "/nowhere", "/demonstration"):
            faults[path] = _got(opened, console.url + path)
        opened.get_by_role("button", name="Try it as Jonas Applewhite").click()
        for path in ("/", "/requests", "/demonstration"):
            _look(opened, "dark", 320)
            faults[path, "dark"] = _got(opened, console.url + path)
            _look(opened, "light", 1200)
            faults[path, "light"] = _faults(opened)
            expect(opened.get_by_role("complementary")).to_contain_text("nobody is asked")
    assert {where: found for where, found in faults.items() if found} == {}


def test_the_tab_key_goes_through_a_page_in_its_order_and_leaves_nothing_out(
    web: Web, browser: Browser, pages: Mapping[str, tuple[tuple[str, str], ...]]
) -> None:
    chosen = (pages["/requests/{number}"][6], pages["/requests/{number}/slip"][0])
    for name, path in chosen:
        with signed_in(web, browser, name, width=1200) as opened:
            opened.goto(web.url + path)
            count: int = opened.evaluate(_REACHED)
            seen = []
            while len(seen) < count + 5:
                opened.keyboard.press("Tab")
                at: int = opened.evaluate(_AT)
                if seen and at == seen[-1]:
                    continue  # a date has three parts
                if at in seen or at < 0:
                    break
                seen.append(at)
            radios = opened.locator("input[type=radio]").count()
            assert seen == sorted(seen) and len(seen) >= count - radios, (path, seen, count)


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
