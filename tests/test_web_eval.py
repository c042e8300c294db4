"""The policy unit runs the questions on its desk: how far it is, what came of it, who and when."""

import json
import re
import threading
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from corpora import ORDER, small
from playwright.sync_api import Browser, expect
from precinct import roster, with_policy_unit
from web_answers import ScriptedAnswers
from web_browser import chromium, needs_chromium, page
from web_people import Person, somebody, words
from web_server import SECRET, Web, serving

from bot.answer import Answer, Verdict
from bot.approvals.bureau import open_audit
from bot.database import open_database
from bot.errors import AssistantError
from bot.evaluation.own import Tally, batches
from bot.links import Links
from bot.policy.evaluating import Evaluating
from bot.policy.member import Member
from bot.policy.runs import KEPT, SILENT, Run, RunRefused, Runs, State
from index.drafting import REVIEWED_BY
from index.errors import ReadingRefused
from index.library import Library, load

UNIT = "deputy"
CAPTAIN = Member(key="T0PRECINCT/U0DEPUTY", name="Captain Deputy")
OTHER = Member(key="local:M. Reyne", name="M. Reyne")
START = datetime(2030, 1, 31, 8, 30, tzinfo=UTC)
LABELLED = {
    "id": "tyres",
    "q": "Which tyre pressure?",
    "kind": "direct",
    "governing": [],
    "verdicts": ["not_covered"],
    "approval": None,
}
MISSED = {
    **LABELLED,
    "id": "trailer",
    "q": "May the tyre & <trailer> go online?",
    "governing": [["IV.E.16"]],
    "verdicts": ["prohibited"],
}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = small(tmp_path_factory.mktemp("corpus"))
    lines = [json.dumps(LABELLED), json.dumps(MISSED)]
    (made / "eval.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def library(corpus: Path) -> Library:
    return load(corpus)


class Held(ScriptedAnswers):
    """Answers as scripted, each when ``go`` is set; ``count`` were asked."""

    def __init__(self, library: Library) -> None:
        links = Links("http://127.0.0.1", SECRET, sign_reading=False, clock=time.time)
        super().__init__(library, links)
        self.go = threading.Event()
        self.count = 0

    def ask(
        self,
        question: str,
        history: Sequence[str] = (),
        as_of: date | None = None,
        identity: str | None = None,
    ) -> Answer:
        self.count += 1
        assert self.go.wait(10)
        return super().ask(question, history, as_of, identity)


class Clock:
    """A time that a test moves."""

    def __init__(self) -> None:
        self.time = START

    def now(self) -> datetime:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def runs(database_url: str, tmp_path: Path, clock: Clock) -> Iterator[Runs]:
    engine = open_database(database_url)
    audit = open_audit(engine, SECRET, tmp_path, clock.now)
    yield Runs(engine, audit, clock.now)
    engine.dispose()


def ended(runs: Runs) -> Run:
    """Return the newest run once it has ended."""
    for _ in range(1000):
        found = runs.lately()[0]
        if found.state is not State.RUNNING:
            return found
        time.sleep(0.01)
    raise AssertionError(found)


def test_a_run_tells_what_was_right_found_and_allowed_and_each_question_that_was_not(
    runs: Runs, library: Library, corpus: Path
) -> None:
    answers = Held(library)
    answers.go.set()
    evaluating = Evaluating(runs, answers, corpus)
    evaluating.begin(CAPTAIN, None)
    run = ended(runs)
    assert (run.state, run.asked, run.total) == (State.FINISHED, 42, 42)
    assert run.started_by == "Captain Deputy" and run.ended == START
    [version] = run.versions
    assert (version.number, version.sha256) == ("5.14", answers.order.sha256)
    own, file = run.tallies
    assert file == Tally(number=None, asked=2, judged=2, right=1, sought=1)
    assert own.number == "5.14" and own.asked == own.judged == own.sought == 40
    missed = next(one for one in run.wrong if one.number is None)
    assert missed.ask == MISSED["q"] and missed.verdicts == (Verdict.PROHIBITED,)
    assert missed.given is Verdict.NOT_COVERED and missed.sections == ("IV.E.16",)
    assert missed.cited == () and not missed.false_allowed
    others = [one for one in run.wrong if one.number == "5.14"]
    assert len([one for one in others if one.given not in one.verdicts]) == 40 - own.right
    assert len([one for one in others if not one.sections]) == 0


def test_one_run_is_under_way_at_a_time_and_whoever_cancels_it_is_named(
    runs: Runs, library: Library, corpus: Path, clock: Clock
) -> None:
    answers = Held(library)
    seconds = iter(range(10_000))
    first = Evaluating(runs, answers, corpus, lambda: float(next(seconds)))
    second = Evaluating(runs, answers, corpus)
    run = first.begin(CAPTAIN, 3)
    with pytest.raises(RunRefused, match="already, for Captain Deputy"):
        second.begin(OTHER, 3)
    runs.cancel(run.number, OTHER)
    with pytest.raises(RunRefused, match="ended already"):
        runs.cancel(run.number, OTHER)
    answers.go.set()
    first.close()
    found = runs.lately()[0]
    assert (found.state, found.ended_by, found.asked) == (State.CANCELLED, "M. Reyne", 0)
    assert answers.count == 1
    assert second.begin(OTHER, 3).number == run.number + 1
    assert ended(runs).asked == 5


def test_a_service_that_stops_says_so_and_one_that_is_gone_is_known_by_its_silence(
    runs: Runs, library: Library, corpus: Path, clock: Clock
) -> None:
    answers = Held(library)
    evaluating = Evaluating(runs, answers, corpus)
    evaluating.begin(CAPTAIN, None)
    threading.Timer(0.05, answers.go.set).start()
    evaluating.close()
    stopped = runs.lately()[0]
    assert stopped.state in {State.STOPPED, State.FINISHED} and stopped.ended is not None
    left = runs.begin(CAPTAIN, 40, ())
    clock.time += SILENT
    assert runs.lately()[0].state is State.RUNNING
    clock.time += timedelta(seconds=1)
    silent = runs.lately()[0]
    assert (silent.state, silent.ended) == (State.STOPPED, START)
    after = runs.begin(OTHER, 40, ())
    assert [one.state for one in runs.lately()[:2]] == [State.RUNNING, State.STOPPED]
    assert not runs.go_on(left) and runs.go_on(after)


def test_the_last_runs_are_kept_and_no_more(runs: Runs) -> None:
    for _ in range(KEPT + 3):
        runs.end(runs.begin(CAPTAIN, 1, ()), State.FINISHED)
    found = runs.lately()
    assert [one.number for one in found] == list(range(KEPT + 3, 3, -1))


def test_a_run_that_cannot_be_made_says_why_and_logs_no_question(
    runs: Runs, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    own = small(tmp_path)
    answers = Held(load(own))
    answers.go.set()
    questions = own / ORDER / "questions.yaml"
    text = questions.read_text(encoding="utf-8")
    questions.write_text(text + '\n  - {ask: "break the engine: secret words"}\n', encoding="utf-8")
    with pytest.raises(ReadingRefused):
        list(batches(answers.library, own)[0].questions())
    Evaluating(runs, answers, own).begin(CAPTAIN, None)
    failed = ended(runs)
    assert failed.state is State.FAILED and "does not fit" in str(failed.why)
    whole = '\n  - {ask: "break the engine: secret words", sections: [II¶1]}\n'
    questions.write_text(text + whole, encoding="utf-8")
    Evaluating(runs, answers, own).begin(CAPTAIN, None)
    failed = ended(runs)
    assert failed.state is State.FAILED and "the log says" in str(failed.why)
    assert "RuntimeError" in caplog.text and "secret" not in caplog.text
    nobody = text.replace("read by the authors, not yet by the Department", REVIEWED_BY, 1)
    questions.write_text(nobody, encoding="utf-8")
    with pytest.raises(RunRefused, match="no question to run"):
        Evaluating(runs, answers, own).begin(CAPTAIN, None)
    (own / "eval.jsonl").write_text("{", encoding="utf-8")
    with pytest.raises(AssistantError, match="line 1"):
        Evaluating(runs, answers, own).begin(CAPTAIN, None)


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory, corpus: Path) -> Iterator[Web]:
    folder, staffed = tmp_path_factory.mktemp("eval"), with_policy_unit(roster(), UNIT)
    with serving(folder, slack=True, roster=staffed, corpus=corpus) as served:
        yield served


@pytest.fixture(scope="module")
def captain(web: Web) -> Iterator[Person]:
    with somebody(web, UNIT) as person:
        yield person


def sent(person: Person, path: str, **fields: str) -> str:
    """Send a form and return the page that it leads to, in words."""
    answer = person.client.post(path, data={"form": person.form(), **fields})
    if answer.status_code != 303:
        return f"{answer.status_code} {words(answer.text)}"
    return person.text(answer.headers["location"])


def test_the_run_is_the_policy_units_alone_and_needs_the_form_of_the_session(
    web: Web, captain: Person
) -> None:
    with somebody(web, "chief") as chief:
        assert chief.get("/desk/eval").status_code == 403
        for path in ("run", "cancel"):
            assert sent(chief, f"/desk/eval/{path}", how="all", run="1").startswith("403")
    with somebody(web, UNIT, signed=False) as nobody:
        assert nobody.get("/desk/eval").headers["location"].startswith("/sign-in")
        assert nobody.client.post("/desk/eval/run", data={"how": "all"}).status_code == 403
    strange = captain.client.post("/desk/eval/run", data={"form": "0" * 64, "how": "all"})
    assert strange.status_code == 403
    assert sent(captain, "/desk/eval/run", how="every").startswith("400")
    assert sent(captain, "/desk/eval/cancel", run="7").startswith("409")
    assert web.evaluating.runs.lately() == ()
    assert "They were not run yet" in captain.text("/desk")


def test_the_page_runs_them_and_leads_from_what_is_wrong_to_where_it_is_corrected(
    web: Web, captain: Person
) -> None:
    said = sent(captain, "/desk/eval/run", how="all")
    assert "The questions are being run." in said
    run = ended(web.evaluating.runs)
    html = captain.get("/desk/eval").text
    said = words(html)
    assert f"Run {run.number}: finished" in said and "by Captain Deputy" in said
    assert "GO 5.14 of September 10, 2019" in said
    assert "May the tyre &amp; &lt;trailer&gt; go online?" in html
    wrong = next(one for one in run.wrong if one.number == "5.14")
    address = re.search(r'href="(/desk/5\.14/[^"]*\?find=[^"]*)"', html)
    assert address is not None
    assert words(wrong.ask) in captain.text(address[1].replace("&amp;", "&"))
    assert f"Run {run.number} of" in captain.text("/desk")
    assert "Run 99" not in captain.text("/desk/eval?run=99")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@needs_chromium
@pytest.mark.parametrize("javascript", [False, True])
def test_how_far_it_is_shows_on_a_phone_and_it_is_cancelled_there(
    web: Web, browser: Browser, javascript: bool
) -> None:
    link = web.links.sign_in("T0PRECINCT", f"U0{UNIT.upper()}")
    with page(browser, width=320, javascript=javascript) as opened:
        opened.goto(web.url + link.removeprefix(web.links.address))
        opened.get_by_role("button", name="Sign in").click()
        expect(opened.get_by_text("Signed in as")).to_be_visible()
        run = web.evaluating.runs.begin(CAPTAIN, 40, ())
        opened.goto(f"{web.url}/desk/eval")
        expect(opened.get_by_text("0 of 40 questions asked.")).to_be_visible()
        tally = Tally(number="5.14", asked=20, judged=20, right=19, sought=20, found=18)
        web.evaluating.runs.go_on(run.model_copy(update={"asked": 20, "tallies": (tally,)}))
        if javascript:
            expect(opened.get_by_role("status")).to_have_text("20 of 40 questions asked.")
        else:
            opened.get_by_role("link", name="Look again").click()
        expect(opened.locator("[data-now]")).to_contain_text("20 of 40 questions asked.")
        wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert opened.evaluate(wide) <= 0
        if javascript:
            web.evaluating.runs.cancel(run.number, CAPTAIN)
        else:
            opened.get_by_role("button", name="Cancel the run").click()
        heading = opened.get_by_role("heading", name=f"Run {run.number}: cancelled")
        expect(heading).to_be_visible()
        expect(opened.locator("#run-result ~ p").first).to_contain_text("by Captain Deputy")
        expect(opened.get_by_text("19 of 20 (95.0 %)")).to_be_visible()
