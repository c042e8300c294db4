"""A reading corrected by the policy unit: checked as at the start, kept in place, on record."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from corpora import ORDER, small
from image_files import little_room
from permits import Permits
from sqlalchemy import text

from bot.errors import DatabaseUnusable
from bot.policy.member import Member
from bot.policy.reading_file import CorrectionLate, CorrectionRefused, Fields
from bot.policy.readings import Hand, Readings, is_reviewed
from index.asked import Example, load_facts
from index.build import corpus_hash
from index.directive import Directive
from index.rules import reading

CAPTAIN = Member(key="1002", name="Captain Reyne")
SECTION = "II¶1"


class Unit:
    """The readings of a corpus of this test, beside a record of its own."""

    def __init__(self, folder: Path, order: Directive) -> None:
        self.permits = Permits(folder)
        self.corpus = small(folder)
        self.folder = self.corpus / ORDER
        self.readings = Readings(self.permits.audit, self.corpus)
        self.order = order

    def text(self, name: str = "rules.yaml") -> str:
        return (self.folder / name).read_bytes().decode()

    def version(self, name: str = "rules.yaml") -> str:
        return hashlib.sha256(self.text(name).encode()).hexdigest()

    def correct(self, place: int, signed: str | None = None, **changed: object) -> None:
        """Correct a rule of the clause."""
        rules = self.readings.of(self.folder, self.order, SECTION).rules
        rule = next(one.rule for one in rules if one.place == place)
        before = rule.model_dump(include=set(Fields.model_fields))
        fields = Fields.model_validate({**before, **changed})
        self.readings.correct(self.hand(), place, fields, signed)

    def hand(self, name: str = "rules.yaml", version: str | None = None) -> Hand:
        """Return the Captain's hand on the clause, as the file stands or stood."""
        version = version or self.version(name)
        return Hand(self.folder, self.order, SECTION, CAPTAIN, version)

    def lines(self) -> list[tuple[str, str | None]]:
        found = self.permits.audit.lines("directive 5.14")
        return [(one.line.kind, one.line.actor) for one in found]


@pytest.fixture
def unit(tmp_path: Path, order: Directive) -> Iterator[Unit]:
    made = Unit(tmp_path, order)
    yield made
    made.permits.close()


def differing(before: str, after: str) -> list[str]:
    """Return the lines of the text after that are not in the one before, in order."""
    known = before.splitlines()
    return [line for line in after.splitlines() if line not in known]


def test_a_clause_is_shown_with_its_rules_and_questions_as_the_files_have_them(unit: Unit) -> None:
    found = unit.readings.of(unit.folder, unit.order, SECTION)
    rules = yaml.safe_load(unit.text())["rules"]
    assert [(one.place, one.rule.says) for one in found.rules] == [
        (place, rule["says"]) for place, rule in enumerate(rules) if rule["section"] == SECTION
    ]
    asked = yaml.safe_load(unit.text("questions.yaml"))["questions"]
    wanted = {one["ask"] for one in asked if SECTION in one["sections"]}
    assert {one.example.ask for one in found.asked} == wanted != set()
    assert found.asked[0].example.sections[0] == SECTION
    assert not found.drafted and not is_reviewed(found.reviewed_by)


def test_one_field_changes_one_line_and_the_record_says_who_and_what(unit: Unit) -> None:
    before = unit.text()
    place = unit.readings.of(unit.folder, unit.order, SECTION).rules[1].place
    unit.correct(place, plain="A photo that identifies the Department: only with permission.")
    after = unit.text()
    changed = "    plain: 'A photo that identifies the Department: only with permission.'"
    assert differing(before, after) == [changed]
    assert len(before.splitlines()) == len(after.splitlines())
    assert unit.lines() == [("reading corrected", "1002")]
    [line] = unit.permits.audit.lines("directive 5.14")
    assert line.line.facts == {
        "file": "rules.yaml",
        "section": SECTION,
        "sha256": unit.version(),
    }
    words = unit.permits.audit.words()[line.line.number][1]
    assert f"+{changed}" in words and words.count("\n+") == 1
    unit.correct(place, plain="A photo that identifies the Department: only with permission.")
    assert unit.text() == after and len(unit.lines()) == 1


def test_authority_and_exception_are_set_and_taken_out(unit: Unit) -> None:
    place = unit.readings.of(unit.folder, unit.order, SECTION).rules[1].place
    unit.correct(place, exception="without express written permission of the Chief of Police")
    unit.correct(place, permission=None)
    facts = load_facts(unit.corpus)
    rule = reading(unit.folder, unit.order, facts).every(SECTION)[1]
    assert rule.permission is None and rule.exception is not None
    unit.correct(place, exception=None)
    assert reading(unit.folder, unit.order, facts).every(SECTION)[1].exception is None


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"force": "strongly forbids"}, "the force 'strongly forbids' is not in the clause"),
        ({"exception": "unless it rains"}, "'unless it rains' is not in II¶1"),
        (
            {"permission": {"by": "the Mayor", "form": None, "path": "IV.F.1"}},
            "'the Mayor' stands in neither II¶1 nor IV.F.1",
        ),
        ({"permission": {"by": None, "form": None, "path": "IX"}}, "'IX' is not in GO 5.14"),
    ],
)
def test_what_the_start_would_refuse_is_refused_in_its_own_line_and_nothing_is_saved(
    unit: Unit, changed: dict[str, object], said: str
) -> None:
    before = unit.text()
    place = unit.readings.of(unit.folder, unit.order, SECTION).rules[1].place
    with pytest.raises(CorrectionRefused) as refused:
        unit.correct(place, **changed)
    assert said in str(refused.value) and str(unit.folder / "rules.yaml") in str(refused.value)
    assert f"rule {place + 1} (II¶1)" in str(refused.value)
    assert unit.text() == before and unit.lines() == []
    assert [path.name for path in unit.folder.glob("*.yaml*")] == ["rules.yaml", "questions.yaml"]


def test_who_signs_a_clause_off_is_named_until_somebody_changes_it(unit: Unit) -> None:
    name = "Captain Reyne, 2030-01-31"
    left = unit.readings.unreviewed(unit.folder, unit.order)
    shelved = unit.readings.shelved(unit.folder, unit.order)
    assert shelved.rules == shelved.unreviewed == sum(left.values())
    rules = unit.readings.of(unit.folder, unit.order, SECTION).rules
    assert left[SECTION] == len(rules) > 1
    unit.readings.review(unit.hand(), name)
    assert unit.readings.unreviewed(unit.folder, unit.order) == {**left, SECTION: 0}
    assert differing(unit.text(), unit.text()) == []
    assert unit.readings.shelved(unit.folder, unit.order).unreviewed < shelved.unreviewed
    unit.correct(rules[0].place, plain="Computers are used responsibly.")
    unit.correct(rules[1].place, signed=name, plain="Ask first.")
    assert unit.readings.unreviewed(unit.folder, unit.order)[SECTION] == 1
    assert [kind for kind, _ in unit.lines()] == ["reading reviewed", *["reading corrected"] * 2]


def test_a_question_is_added_and_removed_and_the_index_is_stale_after_it(unit: Unit) -> None:
    before, hashed = unit.text("questions.yaml"), corpus_hash(unit.corpus)
    example = Example(ask="may the patrol car be in it?", sections=(SECTION,), facts=("post",))
    unit.readings.ask(unit.hand("questions.yaml"), example)
    assert len(differing(before, unit.text("questions.yaml"))) == 1
    assert corpus_hash(unit.corpus) != hashed
    found = unit.readings.of(unit.folder, unit.order, SECTION)
    place = next(one.place for one in found.asked if one.example == example)
    unit.readings.unask(unit.hand(version=found.questions_sha256), place)
    assert unit.text("questions.yaml") == before and corpus_hash(unit.corpus) == hashed
    assert [kind for kind, _ in unit.lines()] == ["question added", "question removed"]


def test_a_question_that_points_nowhere_is_refused_and_nothing_is_saved(unit: Unit) -> None:
    before = unit.text("questions.yaml")
    for example, said in (
        (Example(ask="why?", sections=("IX",)), "'IX' is not in GO 5.14"),
        (Example(ask="why?", sections=("I",), facts=("rain",)), "'rain' is no fact"),
    ):
        with pytest.raises(CorrectionRefused, match=said):
            unit.readings.ask(unit.hand("questions.yaml"), example)
    assert unit.text("questions.yaml") == before and unit.lines() == []


def test_whoever_opened_the_page_before_a_change_saves_nothing(unit: Unit) -> None:
    late = unit.version()
    place = unit.readings.of(unit.folder, unit.order, SECTION).rules[0].place
    unit.correct(place, plain="Computers are used responsibly.")
    after = unit.text()
    with pytest.raises(CorrectionLate, match="Nothing was saved"):
        unit.readings.review(unit.hand(version=late), "somebody")
    assert unit.text() == after and len(unit.lines()) == 1


def test_the_first_correction_of_a_drafted_reading_writes_the_draft_down(unit: Unit) -> None:
    (unit.folder / "rules.yaml").unlink()
    found = unit.readings.of(unit.folder, unit.order, SECTION)
    assert found.drafted and not is_reviewed(found.reviewed_by)
    name = "Captain Reyne, 2030-01-31"
    unit.readings.review(unit.hand(version=found.rules_sha256), name)
    assert not unit.readings.of(unit.folder, unit.order, SECTION).drafted
    read = reading(unit.folder, unit.order, load_facts(unit.corpus))
    assert {rule.reviewed_by for rule in read.every(SECTION)} == {name}
    assert {rule.reviewed_by for rule in read.every("I")} == {"nobody yet (drafted)"}


def test_on_a_full_disk_nothing_is_saved_and_nothing_is_recorded(unit: Unit) -> None:
    before, place = unit.text(), unit.readings.of(unit.folder, unit.order, SECTION).rules[1].place
    with little_room(1024), pytest.raises(CorrectionRefused, match=r"Nothing was saved\.$"):
        unit.correct(place, plain="A photo that identifies the Department.")
    assert unit.text() == before and unit.lines() == []
    assert [one.name for one in unit.folder.iterdir() if one.name.startswith(".")] == []


def test_a_correction_that_cannot_be_recorded_leaves_the_file_as_it_was(unit: Unit) -> None:
    before, place = unit.text(), unit.readings.of(unit.folder, unit.order, SECTION).rules[1].place
    with unit.permits.engine.begin() as connection:
        connection.execute(text("alter table audit rename to lost"))
    with pytest.raises(DatabaseUnusable):
        unit.correct(place, plain="A photo that identifies the Department.")
    assert unit.text() == before
