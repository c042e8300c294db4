"""Putting a draft in force: what changes, who says so, and the ways back."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
from taken_in import BODY, CORPUS, NUMBER, ORDER, bare, everything, one, order

from index.asked import load_authored, load_facts
from index.directive import Status
from index.drafting import REVIEWED_BY
from index.errors import DirectiveRefused, ReadingRefused
from index.handed import Given
from index.intake import take_in
from index.issuing import Issued, issue, propose, remove, withdraw
from index.library import Library, load
from index.rules import load_readings
from index.sheet import Sheet, read_sheet
from index.shelf import Deed

TODAY = date(2026, 11, 23)
WHO = "Lt. Dana Reyes, policy unit"


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Return a corpus with GO 5.14 in force and GO 7.21 taken in as a draft."""
    made = bare(tmp_path)
    one(take_in([order(tmp_path)], made, TODAY))
    return made


def library(corpus: Path, today: date = TODAY) -> Library:
    return load(corpus, lambda: today)


def in_force(corpus: Path, day: date) -> list[tuple[str, date]]:
    return [(d.number, d.effective) for d in library(corpus).in_force(day)]


def put(corpus: Path, number: str = NUMBER, *, reading_reviewed: bool = False) -> Issued:
    return issue(corpus, propose(corpus, number), WHO, reading_reviewed=reading_reviewed)


def next_version(folder: Path, corpus: Path, day: str = "01/01/2027") -> None:
    """Take a new version of GO 7.21 in."""
    path = order(folder, "Distribution: all", name=f"{day.replace('/', '-')}.txt", effective=day)
    path.write_text(
        path.read_text(encoding="utf-8").replace("every morning", f"before {day}"),
        encoding="utf-8",
    )
    assert one(take_in([path], corpus, TODAY)).folder is not None


def refused(match: str) -> "pytest.RaisesExc[DirectiveRefused]":
    return pytest.raises(DirectiveRefused, match=match)


def test_a_draft_is_nowhere_until_it_is_issued_and_then_in_force(corpus: Path) -> None:
    authored = load_authored(CORPUS, library(corpus), load_facts(corpus))
    assert NUMBER not in {*authored.examples, *authored.unread}
    assert NUMBER not in load_readings(library(corpus), load_facts(corpus))
    assert in_force(corpus, TODAY) == [("5.14", date(2019, 9, 10))]
    put(corpus)
    assert in_force(corpus, TODAY) == [("5.14", date(2019, 9, 10)), (NUMBER, date(2021, 2, 1))]
    assert NUMBER in load_authored(CORPUS, library(corpus), load_facts(corpus)).unread
    assert load_readings(library(corpus), load_facts(corpus))[NUMBER].reviewed_by == REVIEWED_BY


def test_what_serves_never_holds_a_draft_nor_stumbles_over_one(corpus: Path) -> None:
    folder = corpus / "general-orders" / NUMBER
    (folder / "order.txt").write_text("spoiled", encoding="utf-8")
    served = load(corpus, lambda: TODAY, drafts=False)
    assert [d.number for d in served.directives] == ["5.14"]
    assert served.get(NUMBER) is None
    assert served.absent() == {folder}
    with refused("sha256"):
        load(corpus)


def test_issuing_writes_four_fields_and_leaves_everything_else_as_it_is(corpus: Path) -> None:
    folder = corpus / "general-orders" / NUMBER
    sheet = folder / "directive.toml"
    sheet.write_text(
        "# Taken from the shared drive.\n" + sheet.read_text(encoding="utf-8") + "# end\n",
        encoding="utf-8",
    )
    before = everything(corpus)
    issued = issue(corpus, propose(corpus, NUMBER, effective=date(2027, 3, 1)), WHO)
    after = everything(corpus)
    assert {name for name in after if before.get(name) != after[name]} == {
        f"general-orders/{NUMBER}/directive.toml"
    }
    assert before.keys() == after.keys()
    text = sheet.read_text(encoding="utf-8")
    assert text.startswith("# Taken from the shared drive.\n") and "# end\n" in text
    written = read_sheet(folder)
    assert (written.status, written.effective) == (Status.IN_FORCE, date(2027, 3, 1))
    assert (written.reviewed_by, issued.reviewed_by) == (WHO, WHO)
    found = library(corpus).get(NUMBER)
    assert found is not None and found.status is Status.TO_COME


def test_who_issues_an_order_has_not_reviewed_its_reading_unless_they_say_so(
    corpus: Path, tmp_path: Path
) -> None:
    assert put(corpus).reading_by == REVIEWED_BY
    other = order(tmp_path, "Distribution: all", name="other.txt")
    one(take_in([other], corpus, TODAY, given=Given(number="7.22")))
    rules = corpus / "general-orders/7.22/rules.yaml"
    remark = "# Read with the mounted unit.\n"
    rules.write_text(remark + rules.read_text(encoding="utf-8"), encoding="utf-8")
    assert put(corpus, "7.22", reading_reviewed=True).reading_by == WHO
    assert rules.read_text(encoding="utf-8").startswith(remark)
    readings = load_readings(library(corpus), load_facts(corpus))
    assert (readings[NUMBER].reviewed_by, readings["7.22"].reviewed_by) == (REVIEWED_BY, WHO)


def test_what_would_change_is_shown_before(corpus: Path, tmp_path: Path) -> None:
    path = order(tmp_path, "Rescinds: GO 5.14", "Amends: GO 1.1", name="b.txt")
    one(take_in([path], corpus, TODAY, given=Given(number="7.30", title="Horses")))
    before = everything(corpus)
    shown = propose(corpus, "7.30", effective=date(2027, 1, 1))
    assert everything(corpus) == before
    assert (shown.version, shown.effective) == (date(2021, 2, 1), date(2027, 1, 1))
    assert (shown.rescinds, shown.amends) == (("5.14",), ("1.1",))
    assert shown.ends == ("GO 5.14 of 2019-09-10",)
    assert shown.replaces is None
    assert shown.rules == shown.unreviewed > 2
    assert shown.reading_by == REVIEWED_BY


def test_a_new_version_replaces_the_one_before_from_its_day(corpus: Path, tmp_path: Path) -> None:
    put(corpus)
    next_version(tmp_path, corpus)
    assert propose(corpus, NUMBER).replaces == date(2021, 2, 1)
    put(corpus)
    assert in_force(corpus, date(2026, 12, 31))[1:] == [(NUMBER, date(2021, 2, 1))]
    assert in_force(corpus, date(2027, 1, 1))[1:] == [(NUMBER, date(2027, 1, 1))]
    assert read_sheet(corpus / "general-orders" / NUMBER).status is Status.IN_FORCE


def test_of_several_drafts_one_has_to_be_named(corpus: Path, tmp_path: Path) -> None:
    next_version(tmp_path, corpus)
    with refused(r"the version of 2021-02-01, 2027-01-01\. Say which one with --version\."):
        propose(corpus, NUMBER)
    chosen = propose(corpus, NUMBER, version=date(2027, 1, 1))
    assert chosen.version == date(2027, 1, 1)
    with refused("--version"):
        propose(corpus, NUMBER, version=date(2020, 1, 1))


def test_two_versions_are_never_in_force_at_once(corpus: Path, tmp_path: Path) -> None:
    next_version(tmp_path, corpus)
    issue(corpus, propose(corpus, NUMBER, version=date(2027, 1, 1)), WHO)
    with refused(r"issued from 2027-01-01 on already: .* withdraw 7\.21 --version 2027-01-01'\."):
        propose(corpus, NUMBER)
    with refused("has a version of 2027-01-01 already"):
        propose(corpus, NUMBER, effective=date(2027, 1, 1))
    assert propose(corpus, NUMBER, effective=date(2027, 2, 1)).replaces == date(2027, 1, 1)


@pytest.mark.parametrize("number", ["9.9", "5.14", ""])
def test_what_is_no_draft_cannot_be_issued(corpus: Path, number: str) -> None:
    with refused(r"has no draft on file\. Drafts: 7\.21 of 2021-02-01\. Take its file in"):
        propose(corpus, number)


def test_no_order_takes_effect_before_it_was_issued(corpus: Path) -> None:
    with refused(r"issued on 2021-01-05; .* before, on 2021-01-04\. .* --effective\."):
        propose(corpus, NUMBER, effective=date(2021, 1, 4))


@pytest.mark.parametrize("by", ["", "  ", "\n", "a\x1b[2Jb", "x" * 101])
def test_somebody_with_a_name_issues_it(corpus: Path, by: str) -> None:
    proposed, before = propose(corpus, NUMBER), everything(corpus)
    with refused(r"is no name\. .* --reviewed-by NAME"):
        issue(corpus, proposed, by)
    assert everything(corpus) == before


def test_a_draft_whose_file_was_changed_is_refused(corpus: Path) -> None:
    path = corpus / "general-orders" / NUMBER / "order.txt"
    path.write_text(path.read_text(encoding="utf-8") + BODY, encoding="utf-8")
    with refused("Restore the issued file, or take the new version in"):
        propose(corpus, NUMBER)


def test_what_changed_since_it_was_shown_is_not_issued(corpus: Path) -> None:
    proposed = propose(corpus, NUMBER)
    sheet = corpus / "general-orders" / NUMBER / "directive.toml"
    text = sheet.read_text(encoding="utf-8")
    sheet.write_text(text.replace("amends", "rescinds") + 'rescinds = ["5.14"]\n', encoding="utf-8")
    before = everything(corpus)
    with refused(r"was changed since it was looked at\. Look at it again\."):
        issue(corpus, proposed, WHO)
    assert everything(corpus) == before


def test_a_reading_that_would_stop_a_start_stops_the_issuing(corpus: Path) -> None:
    folder = corpus / "general-orders" / NUMBER
    rules = folder / "rules.yaml"
    good = rules.read_text(encoding="utf-8")
    rules.write_text(good.replace("feed the horses", "wash the horses", 1), encoding="utf-8")
    with pytest.raises(ReadingRefused, match=r"rules\.yaml"):
        propose(corpus, NUMBER)
    rules.write_text(good, encoding="utf-8")
    asked = folder / "questions.yaml"
    asked.write_text(asked.read_text(encoding="utf-8").replace("II.A", "IX.A"), encoding="utf-8")
    with pytest.raises(ReadingRefused, match=r"'IX\.A' is not in GO 7\.21"):
        propose(corpus, NUMBER)


def test_a_sheet_that_cannot_be_changed_safely_is_left_alone(corpus: Path) -> None:
    sheet = corpus / "general-orders" / NUMBER / "directive.toml"
    text = sheet.read_text(encoding="utf-8")
    odd = text.replace('title = "Care of Horses"', 'title = """\nstatus = "draft"\n"""')
    lines = odd.splitlines()
    sheet.write_text("\n".join(lines), encoding="utf-8")
    proposed, before = propose(corpus, NUMBER), everything(corpus)
    with refused(r"cannot be changed safely\. Write by hand: "):
        issue(corpus, proposed, WHO)
    assert everything(corpus) == before


def test_an_issued_order_can_be_withdrawn_until_its_day_comes(corpus: Path) -> None:
    issue(corpus, propose(corpus, NUMBER, effective=TODAY.replace(day=24)), WHO)
    before = everything(corpus)
    sheet = withdraw(corpus, NUMBER, TODAY)
    assert (sheet.status, sheet.reviewed_by, sheet.replaces) == (Status.DRAFT, None, None)
    assert read_sheet(corpus / "general-orders" / NUMBER) == sheet
    issue(corpus, propose(corpus, NUMBER), WHO)
    assert everything(corpus).keys() == before.keys()
    with refused(r"in force since 2026-11-24: there is nothing to withdraw\."):
        withdraw(corpus, NUMBER, TODAY.replace(day=24))
    with refused(r"not issued: there is nothing to withdraw\."):
        withdraw(corpus, "9.9", TODAY)


def test_what_another_version_replaces_is_not_withdrawn_under_it(
    corpus: Path, tmp_path: Path
) -> None:
    put(corpus)
    for day in ("01/01/2027", "02/01/2027"):
        next_version(tmp_path, corpus, day)
        put(corpus)
    with refused("--version"):
        withdraw(corpus, NUMBER, TODAY)
    with refused(r"GO 7\.21 is in force twice"):
        withdraw(corpus, NUMBER, TODAY, version=date(2027, 1, 1))
    withdraw(corpus, NUMBER, TODAY, version=date(2027, 2, 1))
    withdraw(corpus, NUMBER, TODAY)
    assert in_force(corpus, date(2028, 1, 1))[1:] == [(NUMBER, date(2021, 2, 1))]


def test_a_draft_can_be_removed_also_one_at_fault_and_nothing_else(corpus: Path) -> None:
    (corpus / "general-orders" / NUMBER / "order.txt").write_text("spoiled", encoding="utf-8")
    assert remove(corpus, NUMBER).number == NUMBER
    assert {path.name for path in (corpus / "general-orders").iterdir()} == {"5.14"}
    with refused("has no draft"):
        remove(corpus, "5.14")
    assert (corpus / ORDER / "order.md").is_file()


def test_each_deed_is_recorded_around_the_step_that_does_it(corpus: Path) -> None:
    deeds: list[tuple[Deed, Status, str | None]] = []

    @contextmanager
    def recorded(deed: Deed, sheet: Sheet) -> Iterator[None]:
        yield
        deeds.append((deed, sheet.status, sheet.reviewed_by))

    proposed = propose(corpus, NUMBER, effective=date(2027, 1, 1))
    issue(corpus, proposed, WHO, recorded=recorded)
    withdraw(corpus, NUMBER, TODAY, recorded=recorded)
    remove(corpus, NUMBER, recorded=recorded)
    assert deeds == [
        (Deed.ISSUED, Status.IN_FORCE, WHO),
        (Deed.WITHDRAWN, Status.DRAFT, None),
        (Deed.REMOVED, Status.DRAFT, None),
    ]


def test_what_cannot_be_recorded_is_not_done(corpus: Path) -> None:
    @contextmanager
    def recorded(deed: Deed, sheet: Sheet) -> Iterator[None]:
        yield
        raise RuntimeError("the database is gone")

    before = everything(corpus)
    with pytest.raises(RuntimeError):
        issue(corpus, propose(corpus, NUMBER), WHO, recorded=recorded)
    assert everything(corpus) == before
    with pytest.raises(RuntimeError):
        remove(corpus, NUMBER, recorded=recorded)
    assert everything(corpus) == before
