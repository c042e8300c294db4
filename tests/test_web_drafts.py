"""A directive taken in on the policy unit's pages: a draft, looked at, issued or removed."""

import re
from datetime import date
from pathlib import Path

import httpx
import pytest
from policy_desk import UNIT
from policy_desk import captain as captain
from policy_desk import web as web
from taken_in import NUMBER, TITLE, bare, everything, order
from web_people import Person, somebody, words
from web_server import Web

from bot.answer import Version
from bot.evaluation.own import Tally
from bot.policy.member import Member
from bot.policy.runs import State
from bot.web.adding import LARGEST
from index.directive import Directive, Status
from index.library import load

DRAFT = f"/desk/drafts/{NUMBER}@2021-02-01"


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return bare(tmp_path_factory.mktemp("corpus"))


@pytest.fixture
def handed(tmp_path: Path) -> bytes:
    return order(tmp_path).read_bytes()


def hand_in(
    person: Person, content: bytes, name: str = "horses.txt", **fields: str
) -> httpx.Response:
    """Send a file as the page does."""
    data = {"form": person.form(), **fields}
    return person.client.post("/desk/add", data=data, files={"file": (name, content)})


def post(person: Person, path: str, **fields: str) -> httpx.Response:
    return person.client.post(path, data={"form": person.form(), **fields})


def seen(page: str) -> str:
    found = re.search(r'name="seen" value="(\w+)"', page)
    assert found is not None
    return found[1]


def _run(web: Web, directive: Directive) -> None:
    """Leave a run of the questions on a text, and a later one that was cancelled."""
    runs, by = web.evaluating.runs, Member(key="local:M. Reyne", name="M. Reyne")
    version = Version(
        number=directive.number, effective=directive.effective, sha256=directive.sha256
    )
    tally = Tally(number=NUMBER, asked=10, judged=10, right=9, sought=10, found=10, false_allowed=1)
    begun = runs.begin(by, 10, [version])
    runs.end(begun.model_copy(update={"asked": 10, "tallies": (tally,)}), State.FINISHED)
    runs.cancel(runs.begin(by, 10, [version]).number, by)


def test_only_the_policy_unit_takes_a_directive_in(
    web: Web, captain: Person, corpus: Path, handed: bytes
) -> None:
    before = everything(corpus)
    assert "Take it in as a draft" in captain.text("/desk/add")
    with somebody(web, "chief") as chief:
        assert chief.get("/desk/add").status_code == 403
        assert chief.get(DRAFT).status_code == 403
        assert hand_in(chief, handed).status_code == 403
    with somebody(web, UNIT, signed=False) as nobody:
        assert nobody.get("/desk/add").status_code == 303
        sent = nobody.client.post("/desk/add", files={"file": ("horses.txt", handed)})
        assert sent.status_code == 403
    other = captain.client.post(
        "/desk/add", data={"form": "0" * 64}, files={"file": ("horses.txt", handed)}
    )
    assert other.status_code == 403 and everything(corpus) == before


def test_a_file_becomes_a_draft_is_looked_at_and_issued_once_it_is_confirmed(
    web: Web, captain: Person, corpus: Path, handed: bytes
) -> None:
    taken = hand_in(captain, handed, "..\\..\\etc\\<horses>.txt")
    assert taken.status_code == 303 and taken.headers["location"].startswith(DRAFT)
    said = words(captain.get(taken.headers["location"]).text)
    assert "Taken in as a draft" in said and TITLE in said
    assert "B. Officers shall not ride a horse" in said and "II.B Officers shall not ride" in said
    assert TITLE in captain.text("/desk")
    kept = load(corpus).get(NUMBER)
    assert kept is not None and kept.status is Status.DRAFT and "<" not in kept.origin
    twice = hand_in(captain, handed)
    assert twice.status_code == 422 and "on file" in words(twice.text)
    clause = f"/desk/{NUMBER}@2021-02-01/II-B"
    version = re.search(r'name="version" value="(\w+)"', captain.get(clause).text)
    assert version is not None
    signed = post(captain, f"{clause}/sign", version=version[1])
    assert "Signed off." in words(captain.get(signed.headers["location"]).text)
    assert "Its questions: not run on this text" in captain.text(DRAFT)
    _run(web, kept)
    stood = "verdict right in 9 of 10 (90.0 %), clause found in 10 of 10 (100.0 %), false allowed 1"
    assert stood in captain.text(DRAFT) and "by M. Reyne" in captain.text(DRAFT)
    sure = post(captain, f"{DRAFT}/issue", effective="2021-03-01")
    assert stood in words(sure.text)
    assert "Issue" in words(sure.text) and "March 1, 2021" in sure.text
    assert load(corpus).get(NUMBER) == kept
    stale = {"effective": "2021-03-02", "sure": "yes", "seen": seen(sure.text)}
    assert post(captain, f"{DRAFT}/issue", **stale).status_code == 422
    issued = post(captain, f"{DRAFT}/issue", **{**stale, "effective": "2021-03-01"})
    assert issued.status_code == 303
    said = words(captain.get(issued.headers["location"]).text)
    assert "Issued. It is answered from its day on" in said
    assert f"{NUMBER}: directive issued, by Captain Deputy" in said
    now = load(corpus).get(NUMBER)
    assert now is not None and (now.status, now.effective) == (Status.IN_FORCE, date(2021, 3, 1))
    assert captain.get(DRAFT).status_code == 404
    assert post(captain, f"{DRAFT}/remove").status_code == 404
    lines = web.unit.audit.lines(f"directive {NUMBER}")
    assert [(one.line.kind, one.line.actor) for one in lines] == [
        ("directive added", "deputy"),
        ("reading reviewed", "deputy"),
        ("directive issued", "deputy"),
    ]


def test_a_draft_is_removed_once_it_is_confirmed(
    captain: Person, corpus: Path, tmp_path: Path
) -> None:
    before = everything(corpus)
    content = order(tmp_path).read_bytes().replace(b"7.21", b"7.22")
    assert hand_in(captain, content).status_code == 303
    here = DRAFT.replace(NUMBER, "7.22")
    sure = post(captain, f"{here}/remove")
    assert "Remove this draft?" in sure.text and everything(corpus) != before
    gone = post(captain, f"{here}/remove", sure="yes", seen=seen(sure.text))
    assert gone.status_code == 303 and everything(corpus) == before
    assert post(captain, f"{here}/what").status_code == 404


def test_what_cannot_be_taken_in_is_refused_with_its_remedy_and_nothing_typed_is_lost(
    captain: Person, corpus: Path, tmp_path: Path
) -> None:
    before = everything(corpus)
    undated = order(tmp_path, effective="").read_bytes().replace(b"Issued: 01/05/2021\n", b"")
    undated = undated.replace(b"7.21", b"7.23")
    refused = hand_in(captain, undated, title='The "Horse" & Rider')
    assert refused.status_code == 422 and "--effective" in refused.text
    assert "The &#34;Horse&#34; &amp; Rider" in refused.text and "/tmp" not in refused.text
    for content, name, said in (
        (b"", "horses.txt", "Choose a file"),
        (b"MZ\x00", "horses.exe", "no reader"),
        (b"x" * (LARGEST + 300_000), "horses.txt", "more than 25 MB"),
    ):
        refused = hand_in(captain, content, name)
        assert refused.status_code == 422 and said in words(refused.text), name
    refused = hand_in(captain, undated, effective="someday")
    assert refused.status_code == 422 and "no date" in refused.text
    assert everything(corpus) == before
    assert hand_in(captain, undated, effective="2022-01-02", number="7.24").status_code == 303
    assert captain.get("/desk/drafts/7.24@2022-01-02").status_code == 200


def test_a_draft_that_cannot_be_issued_so_says_why(captain: Person) -> None:
    here = "/desk/drafts/7.24@2022-01-02"
    for day, said in (("2000-01-01", "cannot take effect before"), ("someday", "is no date")):
        refused = post(captain, f"{here}/issue", effective=day)
        assert refused.status_code == 422 and said in words(refused.text)
    assert captain.get("/desk/drafts/7.24@someday").status_code == 404
    assert captain.get("/desk/drafts/what").status_code == 404
