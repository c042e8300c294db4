"""The pages in a real browser: the whole way by mouse, by keyboard, on a phone, without scripts."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from web_answers import BROKEN, DISCLOSED, MARKUP, MEANING, RANGE, TWO_SIDES, WARNING
from web_browser import chromium, needs_chromium, page
from web_server import Web, serving

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    with serving(tmp_path_factory.mktemp("browser")) as served:
        yield served


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


def _wide(opened: Page) -> int:
    """Return by how many pixels the page is wider than its window."""
    wide: int = opened.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return wide


def _ask(opened: Page, question: str, turns: int = 1) -> None:
    opened.get_by_label(re.compile("Your question|Ask a follow-up")).fill(question)
    opened.keyboard.press("Enter")
    expect(opened.locator(".turn")).to_have_count(turns)


def _contrasts(opened: Page, selector: str) -> list[float]:
    """Return the contrast of text and ground for each element, by the formula of WCAG."""
    found: list[float] = opened.locator(selector).evaluate_all(
        """(all) => all.map((e) => {
          const rgb = (c) => c.match(/[\\d.]+/g).map(Number);
          let at = e, ground = [0, 0, 0, 0];
          while (at && (ground.length === 4 && ground[3] === 0)) {
            ground = rgb(getComputedStyle(at).backgroundColor); at = at.parentElement;
          }
          const light = (c) => c.slice(0, 3).map((v) => v / 255)
            .map((v) => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
            .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
          const two = [light(rgb(getComputedStyle(e).color)), light(ground)].sort((a, b) => b - a);
          return (two[0] + 0.05) / (two[1] + 0.05);
        })"""
    )
    return found


def _fill(opened: Page) -> None:
    """Choose what has to be chosen: whose page it is, and "none of these" under each heading."""
    opened.locator("#field-page").select_option("my own")
    for none in opened.get_by_label("None of these").all():
        none.check()


def test_none_of_these_chooses_no_under_its_heading_until_something_else_is_chosen(
    web: Web, browser: Browser
) -> None:
    with page(browser) as opened:
        opened.goto(web.url)
        _ask(opened, RANGE)
        opened.locator(".turn").get_by_role("link", name="Start a request").click()
        group = opened.locator(".group").first
        none, no = group.get_by_label("None of these"), group.locator("[value=no]")
        group.locator("[value=yes][type=radio]").first.check()
        none.check()
        assert [one.is_checked() for one in no.all()] == [True] * no.count()
        group.locator("[value='not sure']").last.check()
        assert not none.is_checked() and sum(one.is_checked() for one in no.all()) == no.count() - 1
        none.check()
        none.uncheck()
        assert not any(one.is_checked() for one in group.locator("[type=radio]").all())
        others = opened.locator(".group").nth(1).locator("[type=radio]")
        assert not any(one.is_checked() for one in others.all())


def test_a_question_leads_to_verdict_quotes_form_and_reference(web: Web, browser: Browser) -> None:
    with page(browser) as opened:
        opened.goto(web.url)
        _ask(opened, RANGE)
        turn = opened.locator(".turn")
        expect(turn).to_have_attribute("data-verdict", "needs_permission")
        expect(turn.locator(".badge")).to_contain_text("Needs permission")
        expect(turn.locator(".badge svg")).to_be_visible()
        clause = web.answers.order.clause("IV.E.16")
        assert clause is not None
        assert clause.text in turn.locator("blockquote .quote").all_text_contents()
        assert "secret" not in opened.url and "?" not in opened.url
        turn.get_by_role("link", name="Start a request").click()
        expect(opened.get_by_label("Describe it")).to_have_value(RANGE)
        _fill(opened)
        opened.get_by_role("button", name="Send the request").click()
        number = opened.locator("h1.reference").inner_text()
        assert web.store.by_reference(number) is not None
        opened.go_back()
        opened.reload()
        expect(opened.locator("h1.reference")).to_have_text(number)


def test_the_way_can_be_gone_by_keyboard_alone(web: Web, browser: Browser) -> None:
    with page(browser) as opened:
        keys = opened.keyboard
        opened.goto(web.url)
        expect(opened.locator("#question")).to_be_focused()
        keys.type("May a")
        keys.press("Shift+Enter")
        keys.type("photo go up?")
        keys.press("Enter")
        expect(opened.locator(".turn")).to_have_count(1)
        assert web.answers.ask("x") and opened.locator(".bubble").inner_text().endswith(
            "May a\nphoto go up?"
        )
        expect(opened.locator("#question")).to_be_focused()
        expect(opened.locator("#question")).to_have_value("")
        for _ in range(3):
            keys.press("Shift+Tab")
        expect(opened.get_by_role("link", name="Start a request")).to_be_focused()
        keys.press("Enter")
        expect(opened.get_by_role("heading", name="Start a request")).to_be_visible()
        keys.press("Tab")
        expect(opened.locator(".skip")).to_be_focused()
        keys.press("Enter")
        for _ in range(100):
            keys.press("Tab")
            kind, name = opened.evaluate(
                "[document.activeElement.type, document.activeElement.name]"
            )
            if name == "platform":
                keys.type("Facebook")
            elif name == "page":
                keys.type("My")
            elif kind == "radio":
                keys.press("ArrowDown")
            elif kind == "submit" and opened.evaluate("document.activeElement.value") == "send":
                break
        keys.press("Enter")
        expect(opened.locator("h1.reference")).to_be_visible()


def test_progress_and_verdict_are_told_to_a_screen_reader(web: Web, browser: Browser) -> None:
    with page(browser) as opened:
        opened.goto(web.url)
        told = opened.locator("#progress")
        expect(told).to_have_attribute("aria-live", "polite")

        held: list[Route] = []
        opened.route("**/api/ask", lambda route: held.append(route))
        opened.locator("#question").fill(MEANING)
        with opened.expect_request("**/api/ask"):
            opened.keyboard.press("Enter")
        expect(told).to_have_text("Reading the order…")
        held[0].continue_()
        expect(told).to_contain_text("What the order says. The order defines it")


def test_a_conversation_goes_on_and_can_start_over(web: Web, browser: Browser) -> None:
    with page(browser) as opened:
        opened.goto(web.url)
        opened.locator(".example").first.click()
        expect(opened.locator(".turn")).to_have_count(1)
        _ask(opened, TWO_SIDES, turns=2)
        expect(opened.locator(".branches li")).to_have_count(2)
        assert len(web.answers.histories[-1]) == 1
        for number in range(7):
            _ask(opened, f"{MEANING} {number}", turns=3 + number)
        assert len(web.answers.histories[-1]) == 6
        opened.get_by_role("link", name="Start over").click()
        expect(opened.locator(".welcome")).to_be_visible()
        _ask(opened, MEANING)
        assert web.answers.histories[-1] == ()


def test_what_cannot_be_answered_keeps_the_question(web: Web, browser: Browser) -> None:
    with page(browser) as opened:
        opened.goto(web.url)
        for question, said in (("x" * 4001, "too many"), (BROKEN, "Reference E-")):
            opened.locator("#question").fill(question)
            opened.keyboard.press("Enter")
            expect(opened.locator("#refusal")).to_contain_text(said)
            expect(opened.locator("#question")).to_have_value(question)
        opened.route("**/api/ask", lambda route: route.abort())
        opened.locator("#question").fill("still here")
        opened.keyboard.press("Enter")
        expect(opened.locator("#refusal")).to_contain_text("cannot be reached")
        expect(opened.locator("#question")).to_have_value("still here")
        expect(opened.locator(".turn")).to_have_count(0)


def test_everything_works_without_scripts(web: Web, browser: Browser) -> None:
    with page(browser, javascript=False) as opened:
        opened.goto(web.url)
        opened.locator(".example").nth(1).click()
        expect(opened.locator(".turn")).to_have_count(1)
        opened.locator("#question").fill(RANGE)
        opened.get_by_role("button", name="Ask", exact=True).click()
        expect(opened.locator(".bubble")).to_contain_text(RANGE)
        expect(opened.locator(".before li")).to_have_count(1)
        assert len(web.answers.histories[-1]) == 1
        opened.get_by_role("link", name="Start a request").click()
        _fill(opened)
        opened.locator("#field-platform").fill("")
        opened.get_by_role("button", name="Send the request").click()
        expect(opened.locator("#error-platform")).to_be_visible()
        opened.locator("#field-platform").fill("Instagram")
        opened.get_by_role("button", name="Send the request").click()
        expect(opened.locator("h1.reference")).to_be_visible()


@pytest.mark.parametrize("width", [360, 390])
def test_a_phone_never_scrolls_sideways(web: Web, browser: Browser, width: int) -> None:
    with page(browser, width=width, height=780) as opened:
        opened.goto(web.url)
        assert _wide(opened) <= 0
        _ask(opened, f"{RANGE} {'w' * 300}")
        assert _wide(opened) <= 0
        _ask(opened, TWO_SIDES, turns=2)
        assert _wide(opened) <= 0
        opened.get_by_role("link", name="Start a request").first.click()
        assert _wide(opened) <= 0
        _fill(opened)
        opened.locator("#field-platform").fill("w" * 200)
        opened.get_by_role("button", name="Send the request").click()
        expect(opened.locator("h1.reference")).to_be_visible()
        assert _wide(opened) <= 0
        for path in ("/directives/5.14?mark=header", "/directives", "/requests", "/nowhere"):
            opened.goto(web.url + path)
            assert _wide(opened) <= 0, path


def test_the_text_of_every_clause_reads_back_exactly(web: Web, browser: Browser) -> None:
    with page(browser) as opened:
        opened.goto(f"{web.url}/directives/5.14?mark=IV-E-19-b3.5-30,III-Wall")
        read: dict[str, str] = opened.locator(".words").evaluate_all(
            "(all) => Object.fromEntries(all.map((e) => [e.id, e.textContent]))"
        )
        assert read == {c.fragment: c.text for c in web.answers.order.clauses}


def test_a_citation_opens_the_order_at_its_words(web: Web, browser: Browser) -> None:
    with page(browser) as opened:
        opened.goto(web.url)
        _ask(opened, RANGE)
        quote = opened.locator("blockquote .quote").nth(2).text_content()
        opened.locator(".cite a").nth(2).click()
        expect(opened.locator("mark")).to_have_text(quote or "")
        expect(opened.locator("#IV-E-16")).to_be_in_viewport()
        assert opened.evaluate("document.querySelector(':target').id") == "IV-E-16"
        opened.goto(f"{web.url}/directives/5.14?mark=header#header")
        expect(opened.locator("#header")).to_be_in_viewport()


def test_markup_is_never_run(web: Web, browser: Browser) -> None:
    with page(browser) as opened:
        opened.goto(web.url)
        _ask(opened, MARKUP)
        expect(opened.locator(".bubble")).to_contain_text(MARKUP)
        opened.get_by_role("link", name="Start a request").click()
        expect(opened.get_by_label("Describe it")).to_have_value(MARKUP)
        _fill(opened)
        opened.locator("#field-platform").fill(MARKUP)
        opened.locator("#field-material").select_option("text")
        opened.get_by_role("button", name="Send the request").click()
        expect(opened.locator(".content")).to_contain_text(MARKUP)
        assert opened.title().startswith("Request R-")
        assert opened.locator("main img, main script").count() == 0


def test_the_guidance_is_shown_and_read_before_the_form_on_a_phone_without_scripts(
    web: Web, browser: Browser
) -> None:
    with page(browser, javascript=False, width=360) as opened:
        opened.goto(web.url)
        opened.locator("#question").fill(RANGE)
        opened.get_by_role("button", name="Ask", exact=True).click()
        opened.get_by_role("link", name="Start a request").click()
        _fill(opened)
        drawn = opened.get_by_role("group", name="drawn, held up or pointed")
        drawn.get_by_label("Yes").check()
        opened.get_by_role("group", name="Is a weapon or").get_by_label("Yes").check()
        opened.get_by_role("button", name="Check").click()
        expect(opened.locator("#guidance")).to_contain_text("IV.E.19•3 states no permission")
        assert _wide(opened) <= 0
        opened.get_by_role("button", name="Send the request").click()
        expect(drawn).to_contain_text("Take it out, or correct your answer.")
        expect(opened.locator("h1.reference")).to_have_count(0)
        assert _wide(opened) <= 0
        drawn.get_by_label("No", exact=True).check()
        opened.get_by_role("button", name="Send the request").click()
        expect(opened.locator("h1.reference")).to_be_visible()
        assert _wide(opened) <= 0


def test_a_second_click_sends_nothing_more(web: Web, browser: Browser) -> None:
    with page(browser) as opened:
        opened.goto(web.url)
        _ask(opened, RANGE)
        opened.get_by_role("link", name="Start a request").click()
        _fill(opened)
        before = len(web.store.all())
        opened.get_by_role("button", name="Send the request").dblclick()
        expect(opened.locator("h1.reference")).to_be_visible()
        assert len(web.store.all()) == before + 1


def test_pages_have_landmarks_a_language_one_heading_and_labels(web: Web, browser: Browser) -> None:
    with page(browser) as opened:
        opened.goto(web.url)
        _ask(opened, RANGE)
        link = opened.get_by_role("link", name="Start a request").get_attribute("href") or ""
        for path in ("/", "/directives/5.14", "/requests", "/nowhere", link):
            opened.goto(path if path.startswith("http") else web.url + path)
            assert opened.locator("html").get_attribute("lang") == "en"
            assert opened.locator("main").count() == 1
            assert opened.locator("h1").count() == 1
            unlabelled = opened.locator("input:not([type=hidden]), textarea, select").evaluate_all(
                "(all) => all.filter((e) => !e.labels.length).map((e) => e.name)"
            )
            assert unlabelled == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground_in_light_and_dark(
    web: Web, browser: Browser, scheme: str
) -> None:
    with page(browser) as opened:
        opened.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        opened.goto(web.url)
        assert min(_contrasts(opened, ".example span, .welcome-text, .hint, .menu a")) >= 4.5
        for number, question in enumerate((RANGE, TWO_SIDES, MEANING, "tyre", DISCLOSED), 1):
            _ask(opened, question, turns=number)
        parts = ".badge, .chip, .bubble, .quote, .lead, .force, .stamp, .button, .applies-word"
        assert min(_contrasts(opened, parts)) >= 4.5
        assert min(_contrasts(opened, ".warning")) >= 4.5
        opened.get_by_role("link", name="Start a request").first.click()
        opened.get_by_role("button", name="Save and finish later").click()
        assert min(_contrasts(opened, ".saved, .caution, .hint, legend, .replies label")) >= 4.5
        opened.get_by_role("button", name="Check").click()
        assert min(_contrasts(opened, ".guidance :is(h2, h3, p, a), .button")) >= 4.5
        opened.goto(f"{web.url}/directives/5.14?mark=IV-E-16")
        assert min(_contrasts(opened, ".words, .numeral, mark, .contents a, .status")) >= 4.5


def test_a_warning_is_a_box_above_the_verdict_in_the_tone_of_caution(
    web: Web, browser: Browser
) -> None:
    with page(browser) as opened:
        opened.goto(web.url)
        _ask(opened, DISCLOSED)
        warning = opened.locator(".turn .warning")
        expect(warning).to_have_text(WARNING)
        above = warning.bounding_box()
        verdict = opened.locator(".turn .badge").bounding_box()
        assert above and verdict and above["y"] + above["height"] <= verdict["y"]
        ground = "(e) => getComputedStyle(e).backgroundColor"
        assert warning.evaluate(ground) != opened.locator(".card").evaluate(ground)


def test_an_order_can_be_printed_without_its_surroundings(web: Web, browser: Browser) -> None:
    with page(browser) as opened:
        opened.goto(f"{web.url}/directives/5.14")
        opened.emulate_media(media="print")
        expect(opened.locator(".contents")).to_be_hidden()
        expect(opened.locator("#IV-E-16")).to_be_visible()


def test_the_closed_console_says_where_to_ask(browser: Browser, tmp_path: Path) -> None:
    with serving(tmp_path, slack=True) as web, page(browser, width=390) as opened:
        opened.goto(web.url)
        expect(opened.get_by_role("heading", name="Asking happens in Slack")).to_be_visible()
        assert opened.locator("textarea, form").count() == 0
        assert _wide(opened) <= 0
