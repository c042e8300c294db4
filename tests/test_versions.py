"""Versions of a directive: on each day exactly what was in force on it, and nothing else."""

import hashlib
import re
import shutil
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from permits import Permits
from versioned import AHEAD, BEHIND, TWO_CLAUSES, copied_settings, set_zone

from bot.answer import Answer
from bot.asker import Asker, Surface
from bot.assistant import Assistant
from bot.config import Settings
from bot.touched import Kind
from bot.wiring import find_touched, make_assistant
from index.directive import Directive, Status
from index.errors import DirectiveRefused
from index.library import Library, load
from index.manifest import editions
from index.redline import Change
from index.verdict import Verdict
from index.versions import periods

FOLDER = "general-orders/5.14"
FIRST = date(2019, 9, 10)


def version(corpus: Path, name: str, added: str, **changed: str) -> Path:
    """Put another version of the order beside the first, with words added and its sheet changed."""
    folder = corpus / "general-orders" / name
    shutil.copytree(corpus / FOLDER, folder)
    content = (folder / "order.md").read_bytes() + f"\n{added}\n".encode()
    (folder / "order.md").write_bytes(content)
    sheet = folder / "directive.toml"
    text = sheet.read_text(encoding="utf-8")
    digest = hashlib.sha256(content).hexdigest()
    head, damage, rest = text.partition("\n[[damage]]")
    head = re.sub(r'sha256 = "\w+"', f'sha256 = "{digest}"', head)
    for field, value in changed.items():
        line = f"{field} = {value}"
        found = re.search(rf"(?m)^{field} = .*$", head)
        head = head.replace(found[0], line) if found else f"{head.rstrip()}\n{line}\n"
    sheet.write_text(head + damage + rest, encoding="utf-8")
    return folder


@pytest.fixture
def copied(tmp_path: Path, corpus: Path) -> Path:
    shutil.copytree(corpus / FOLDER, tmp_path / "corpus" / FOLDER)
    return tmp_path / "corpus"


def on(library: Library, day: date) -> list[tuple[str, date]]:
    return [(d.number, d.effective) for d in library.in_force(day)]


def test_a_new_version_is_in_force_from_its_day_and_the_old_one_until_then(copied: Path) -> None:
    version(copied, "5.14-2027", "More.", effective="2027-01-01", replaces="2019-09-10")
    library = load(copied, lambda: date(2026, 11, 23))
    assert on(library, date(2026, 12, 31)) == [("5.14", FIRST)]
    assert on(library, date(2027, 1, 1)) == [("5.14", date(2027, 1, 1))]
    assert on(library, date(2019, 9, 9)) == []
    old, new = library.directives
    assert (old.status, new.status) == (Status.IN_FORCE, Status.TO_COME)
    assert [d.status for d in library.at(date(2027, 6, 1)).directives] == [
        Status.SUPERSEDED,
        Status.IN_FORCE,
    ]
    assert library.turns() == (FIRST, date(2027, 1, 1))
    current = library.get("5.14")
    later = library.at(date(2027, 6, 1)).get("5.14")
    assert current is not None and later is not None
    assert (current.effective, later.effective) == (FIRST, date(2027, 1, 1))


def test_the_day_passes_without_loading_anew(copied: Path) -> None:
    version(copied, "5.14-2027", "More.", effective="2027-01-01", replaces="2019-09-10")
    today = [date(2026, 12, 31)]
    library = load(copied, lambda: today[0])
    assert [d.effective for d in library.in_force()] == [FIRST]
    today[0] += timedelta(days=1)
    assert [d.effective for d in library.in_force()] == [date(2027, 1, 1)]


def test_two_live_versions_are_refused_unless_the_newer_says_that_it_replaces_the_older(
    copied: Path,
) -> None:
    folder = version(copied, "5.14-2027", "More.", effective="2027-01-01")
    with pytest.raises(DirectiveRefused, match=r"is in force twice: .* 'replaces = 2019-09-10'"):
        load(copied)
    shutil.rmtree(folder)
    version(copied, "5.14-2027", "More.", effective="2027-01-01", replaces="2018-01-01")
    with pytest.raises(DirectiveRefused, match=r"is in force twice"):
        load(copied)


def test_the_same_day_twice_is_refused(copied: Path) -> None:
    version(copied, "5.14-b", "More.", status='"superseded"')
    with pytest.raises(DirectiveRefused, match=r"GO 5\.14 of 2019-09-10 is on file twice"):
        load(copied)


def test_an_order_ends_when_another_rescinds_it(copied: Path) -> None:
    version(
        copied,
        "6.1",
        "More.",
        number='"6.1"',
        effective="2027-01-01",
        rescinds='["5.14"]',
    )
    library = load(copied, lambda: date(2027, 2, 1))
    assert on(library, date(2026, 12, 31)) == [("5.14", FIRST)]
    assert on(library, date(2027, 1, 1)) == [("6.1", date(2027, 1, 1))]
    gone = library.get("5.14")
    by = library.rescinding("5.14")
    assert gone is not None and by is not None
    assert (gone.status, by.number) == (Status.RESCINDED, "6.1")
    assert library.rescinding("5.14", date(2026, 12, 31)) is None


def test_a_draft_is_never_in_force_and_ends_nothing(copied: Path) -> None:
    version(copied, "5.14-new", "More.", effective="2020-01-01", status='"draft"')
    library = load(copied)
    assert on(library, date(2026, 1, 1)) == [("5.14", FIRST)]
    assert [d.status for d in library.directives] == [Status.IN_FORCE, Status.DRAFT]


def test_an_order_may_end_by_the_day_of_its_own_sheet(copied: Path) -> None:
    sheet = copied / FOLDER / "directive.toml"
    text = sheet.read_text(encoding="utf-8").replace(
        'status = "in force"', 'status = "rescinded"\nended = 2025-03-01'
    )
    sheet.write_text(text, encoding="utf-8")
    library = load(copied, lambda: date(2026, 1, 1))
    assert on(library, date(2025, 2, 28)) == [("5.14", FIRST)]
    assert on(library, date(2025, 3, 1)) == []
    assert [d.status for d in library.directives] == [Status.RESCINDED]


def test_to_come_is_nothing_that_a_sheet_can_say(copied: Path) -> None:
    sheet = copied / FOLDER / "directive.toml"
    text = sheet.read_text(encoding="utf-8").replace('"in force"', '"to come"')
    sheet.write_text(text, encoding="utf-8")
    with pytest.raises(DirectiveRefused, match="status"):
        load(copied)


ASKED = ("show me 5.14 E.16", "show me 5.14 F.2", "5.14 E.18", "can I post a photo in uniform")


@dataclass(frozen=True)
class TakenIn:
    """What was answered the day before another version came into force, and who answers now."""

    settings: Settings
    day: date
    before: tuple[Answer, ...]
    after: Assistant


@pytest.fixture(scope="module")
def taken(two_versions: tuple[Settings, date], tmp_path_factory: pytest.TempPathFactory) -> TakenIn:
    settings, day = two_versions
    own = copied_settings(settings, tmp_path_factory.mktemp("taken"))
    assert set_zone(own, BEHIND) < day
    assistant = make_assistant(own)
    before = tuple(assistant.ask(question) for question in ASKED)
    assert set_zone(own, AHEAD) >= day
    return TakenIn(own, day, before, make_assistant(own))


def undated(answer: Answer) -> Answer:
    """Return an answer without what differs each time: its number, its time, its links."""
    plain = [
        one.model_copy(update={"url": one.url.replace(f"version={FIRST}&", "")})
        for one in answer.citations
    ]
    approval = answer.approval.model_copy(update={"url": None})
    changed = {"id": "", "took_ms": 0, "citations": tuple(plain), "approval": approval}
    return answer.model_copy(update=changed)


def test_no_answer_cites_the_old_text_once_another_version_is_in_force(taken: TakenIn) -> None:
    old = [*TWO_CLAUSES]
    held = taken.after.library.in_force()[0]
    for answer in (taken.after.ask(question) for question in ASKED):
        for citation in answer.citations:
            clause = held.clause(citation.section)
            assert clause is not None and citation.quote in clause.text
            assert citation.effective == taken.day
            assert not any(words in citation.quote for words in old)
            assert "version" not in citation.url
    shown = taken.after.ask(ASKED[0])
    assert "pictures of themselves" in shown.citations[0].quote


def test_yesterdays_answers_are_given_again_as_of_their_day(taken: TakenIn) -> None:
    yesterday = taken.day - timedelta(days=1)
    assistant = make_assistant(taken.settings, day=yesterday)
    for before in taken.before:
        then = assistant.ask(before.question, as_of=yesterday)
        assert undated(then) == undated(before)
        assert all(f"version={FIRST}&" in citation.url for citation in then.citations)
    assert {one.since for one in editions(taken.settings.index_dir)} == {FIRST, taken.day}


def test_before_the_first_version_nothing_is_cited(taken: TakenIn) -> None:
    never = taken.after.ask(ASKED[0], as_of=date(2019, 9, 9))
    assert (never.verdict, never.citations) == (Verdict.NOT_COVERED, ())


def test_the_redline_is_of_the_two_clauses_and_what_rested_on_them_is_listed(
    taken: TakenIn,
) -> None:
    permits = Permits(taken.settings.var_dir)
    for answer in taken.before:
        permits.bureau.store.keep_answer(answer, Asker(surface=Surface.CONSOLE))
    permission = permits.granted()
    url = permits.engine.url.render_as_string(hide_password=False)
    found = find_touched(taken.settings.model_copy(update={"database_url": url}), "5.14")
    permits.close()
    assert [(row.change, row.section) for row in found.redline.touched] == [
        (Change.CHANGED, "IV.E.16"),
        (Change.CHANGED, "IV.F.2"),
    ]
    changed = {"IV.E.16", "IV.F.2"}
    assert {one.id: set(one.sections) for one in found.of(Kind.ANSWER)} == {
        answer.id: cited
        for answer in taken.before
        if (cited := changed & {citation.section for citation in answer.citations})
    }
    assert {one.id: one.sections for one in found.of(Kind.PERMISSION)} == {permission: ("IV.E.16",)}
    assert found.of(Kind.REQUEST) == ()


DAYS = st.dates(date(2000, 1, 1), date(2010, 12, 31))


@given(
    st.lists(
        st.tuples(
            st.sampled_from("ABC"),
            DAYS,
            st.sampled_from([Status.DRAFT, Status.IN_FORCE, Status.SUPERSEDED, Status.RESCINDED]),
            st.frozensets(st.sampled_from("ABC"), max_size=1),
            st.none() | DAYS,
        ),
        max_size=8,
        unique_by=lambda one: one[:2],
    ),
    DAYS,
)
def test_on_any_day_a_number_has_at_most_one_version_in_force(
    drawn: list[tuple[str, date, Status, frozenset[str], date | None]], day: date
) -> None:
    directives = [
        Directive.model_construct(
            number=number,
            effective=effective,
            status=status,
            rescinds=tuple(rescinds - {number}),
            ended=ended,
        )
        for number, effective, status, rescinds, ended in drawn
    ]
    held = [key for key, period in periods(directives).items() if period.holds(day)]
    assert len({number for number, _ in held}) == len(held)
    for number, effective in held:
        assert effective <= day
        assert not [
            d
            for d in directives
            if effective < d.effective <= day
            and d.status is not Status.DRAFT
            and (d.number == number or number in d.rescinds)
        ]
