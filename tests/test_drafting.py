"""The drafting reader: the force of any sentence in its own words, measured on labelled ones."""

import hashlib
import json
from datetime import date
from pathlib import Path

import command_line
import pytest
import yaml
from corpora import ORDER, copied, small, small_model
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from outlines import Invented, outlines
from pydantic import BaseModel, ConfigDict

from bot.answer import Verdict
from bot.assistant import Assistant
from bot.commands import filed
from bot.config import Settings
from bot.errors import AssistantError
from bot.wiring import make_assistant
from index.agreement import compare, same_force
from index.asked import as_yaml, load_authored, load_facts
from index.clauses import parse as outline
from index.directive import Directive, Status, squeeze
from index.drafting import REVIEWED_BY, Said, draft, read
from index.formats.markdown import parse
from index.library import Library, load
from index.rule import Effect, Reading, Scope
from index.rules import load_readings
from index.sentences import sentences
from index.tying import fault_of_rule, joined, unread

FORCES = Path(__file__).resolve().parent / "data/forces.jsonl"
FIELDS = ("force", "effect", "by", "form", "exception")


class Labelled(BaseModel):
    """A sentence (behind the words it completes), and what its limb does, read by a person."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sentence: str
    force: str
    effect: Effect
    by: str | None
    form: str | None
    exception: str | None
    source: str
    lead: str = ""
    limb: int = 1


def labelled() -> list[Labelled]:
    lines = FORCES.read_text(encoding="utf-8").splitlines()
    return [Labelled.model_validate_json(line) for line in lines]


def directive(text: str) -> Directive:
    """Return a parsed directive of this text."""
    document = parse(text)
    found = outline(document)
    return Directive(
        number="9.01",
        prefix="GO",
        title="Invented",
        part="9",
        issued=date(2020, 1, 1),
        effective=date(2020, 1, 1),
        status=Status.IN_FORCE,
        origin="a test",
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        source=document.text,
        clauses=found.clauses,
        headings=found.headings,
    )


def bare(words: str | None) -> str | None:
    return words.lower().removeprefix("the ") if words is not None else None


def agrees(row: Labelled, said: Said | None) -> dict[str, bool]:
    if said is None:
        return dict.fromkeys(FIELDS, False)
    found = said.authority
    return {
        "force": same_force(said.force, row.force),
        "effect": said.effect is row.effect,
        "by": bare(found.by if found else None) == bare(row.by),
        "form": bare(found.form if found else None) == bare(row.form),
        "exception": bare(said.exception) == bare(row.exception),
    }


def test_the_labelled_sentences_are_many_and_mostly_from_elsewhere() -> None:
    rows = labelled()
    assert len(rows) >= 120
    assert sum(row.source != "5.14" for row in rows) * 2 > len(rows)


@pytest.mark.parametrize("source", ["5.14", "own"])
def test_the_reader_agrees_with_the_labels_on_nine_of_ten(source: str) -> None:
    rows = [row for row in labelled() if row.source == source]
    marks = []
    for row in rows:
        said = read(row.sentence, row.lead)
        marks.append(agrees(row, said[row.limb - 1] if row.limb <= len(said) else None))
    for name in FIELDS:
        share = sum(mark[name] for mark in marks) / len(marks)
        print(f"{source}: {name} {share:.3f} of {len(marks)}")
        assert share >= 0.9, name


@pytest.mark.parametrize(
    "who", ["a sergeant or above", "a member of the rank of captain or higher", "the watch officer"]
)
def test_who_is_named_with_all_ranks_above_is_drafted_so(who: str) -> None:
    [said] = read(f"No horse shall be sold unless the sale is approved by {who}.")
    assert said.authority is not None and said.authority.by == who.removeprefix("the ")


def test_no_ban_among_the_labels_is_drafted_as_leave() -> None:
    banned = {Effect.PROHIBITED, Effect.PERMISSION}
    for row in labelled():
        if row.effect in banned:
            effects = {said.effect for said in read(row.sentence, row.lead)}
            assert effects & banned, row.sentence


def test_the_draft_agrees_with_the_hand_made_reading(order: Directive, library: Library) -> None:
    facts = load_facts(library.folders[order.sha256].parents[1])
    found = compare(load_readings(library, facts)[order.number], draft(order))
    for name, share in found.shares().items():
        print(f"{name}: {share.agree} of {share.of}, {share.share:.3f}")
    for share in (found.force_of_rules, found.force_of_clauses):
        assert share.share >= 0.9
    for share in (found.authority_of_rules, found.authority_of_clauses):
        assert share.share >= 0.9
    assert found.permissions.of >= 12


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("shall", "shall include", True),
        ("are prohibited from", "prohibited", True),
        ("shall", "shall not", False),
        ("may", "must", False),
        ("nor shall", "shall", False),
        ("", "shall", False),
    ],
)
def test_two_wordings_are_one_force_only_if_both_negate(one: str, other: str, same: bool) -> None:
    assert same_force(one, other) is same


def test_a_draft_reads_every_clause_in_words_of_its_own(order: Directive) -> None:
    drafted = draft(order)
    assert unread(drafted, order) == []
    assert [
        fault_of_rule(rule, order) for rule in drafted.rules if fault_of_rule(rule, order)
    ] == []
    assert drafted.reviewed_by == REVIEWED_BY


def test_no_rule_of_a_draft_can_decide(order: Directive) -> None:
    for rule in draft(order).rules:
        assert (rule.when, rule.may, rule.if_, rule.acts) == ((), (), None, ())


def test_a_draft_written_as_rules_yaml_is_taken(tmp_path: Path, order: Directive) -> None:
    corpus = copied(tmp_path)
    (corpus / ORDER / "rules.yaml").write_text(as_yaml(draft(order)), encoding="utf-8")
    found = load_readings(load(corpus), load_facts(corpus))["5.14"]
    assert found.rules[: len(draft(order).rules)] == tuple(
        rule.model_copy(update={"reviewed_by": REVIEWED_BY}) for rule in draft(order).rules
    )


NESTED = """# I. RADIOS

## A. Care

Members are prohibited from:

1. Lending a radio without the approval of the Quartermaster.
2. Opening the case, unless directed by a technician, or:
   - Painting it
   - Marking it
3. Portable radios shall be charged daily.

## B. Personal use

1. Supervisors will:
   - not reassign radios.
   - keep a list.
"""


def test_items_and_bullets_take_the_verb_of_the_words_they_complete() -> None:
    rules = {rule.section: rule for rule in draft(directive(NESTED)).rules}
    assert rules["I.A.1"].effect is Effect.PERMISSION
    assert rules["I.A.1"].permission is not None
    assert (rules["I.A.1"].permission.by, rules["I.A.1"].permission.path) == (
        "Quartermaster",
        "I.A.1",
    )
    assert (rules["I.A.2"].force, rules["I.A.2"].exception) == (
        "are prohibited from",
        "unless directed by a technician",
    )
    assert (rules["I.A.2•1"].force, rules["I.A.2•1"].effect) == (
        "are prohibited from",
        Effect.PROHIBITED,
    )
    assert (rules["I.A.3"].force, rules["I.A.3"].effect) == ("shall", Effect.REQUIRED)
    assert (rules["I.B.1•1"].force, rules["I.B.1•1"].effect) == ("will not", Effect.PROHIBITED)
    assert (rules["I.B.1•2"].force, rules["I.B.1•2"].scope) == ("will", Scope.PERSONAL)


LEXIPOL = """POLICY 450

450.3 ACTIVATION OF THE RECORDER

Members shall activate the recorder in the following situations:

(a) Traffic stops.

(b) Field interviews.

450.3.1 CESSATION OF RECORDING

(a) A member may stop recording to protect an informant.
"""


def test_a_letter_in_brackets_completes_the_number_it_stands_under_and_no_other() -> None:
    rules = {rule.section: rule for rule in draft(directive(LEXIPOL)).rules}
    assert rules["450.3(a)"].force == rules["450.3(b)"].force == "shall"
    assert rules["450.3.1(a)"].force == "may"


def test_the_plain_reading_of_an_item_says_the_words_it_completes() -> None:
    rules = {rule.section: rule for rule in draft(directive(NESTED)).rules}
    assert str(rules["I.A.1"].plain).startswith("Members are prohibited from: Lending a radio")


_PIECES = st.sampled_from(
    "shall not may must should no member nor unless except without the prior written approval "
    "permission of from by Chief of Police or designee , ; . : and that which if is are prohibited "
    "authorized with consent their his or her at discretion submit a request for to NOTE • “ ” "
    "5.14 i.e. will only need".split(" ")
)
TEXTS = st.one_of(st.text(max_size=300), st.lists(_PIECES, max_size=60).map(" ".join))


@given(text=TEXTS, lead=TEXTS)
@settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.too_slow])
def test_what_is_read_stands_word_for_word_in_any_text(text: str, lead: str) -> None:
    text, lead = squeeze(text), squeeze(lead)
    whole = f"{lead.rstrip(':–— ')} {text}"
    said = read(text, lead)
    assert said
    for one in said:
        assert one.says in text
        assert one.force.lower() in whole.lower()
        assert one.exception is None or one.exception in text or one.exception in lead
        if one.authority is not None:
            for words in (one.authority.by, one.authority.form):
                assert words is None or words in text or words in lead


@given(text=TEXTS)
@settings(deadline=None, max_examples=200)
def test_sentences_joined_are_the_text_again(text: str) -> None:
    assert " ".join(sentences(squeeze(text))) == squeeze(text)


def test_a_sentence_without_an_end_is_read_in_pieces() -> None:
    text = "members shall not smoke and " * 800
    assert all(len(one) <= 2_000 for one in sentences(squeeze(text)))
    assert {one.effect for one in read(squeeze(text))} >= {Effect.PROHIBITED}


@given(made=outlines())
@settings(deadline=None, max_examples=40)
def test_any_directive_gets_a_draft_that_the_schema_takes(made: Invented) -> None:
    found = directive(made.text)
    drafted = draft(found)
    assert unread(drafted, found) == []
    for rule in drafted.rules:
        assert fault_of_rule(rule, found) is None
        clause = found.clause(rule.section)
        assert clause is not None
        assert rule.force.lower() in joined(clause, found).lower()


TOWING = """# GENERAL ORDER 9.01

# I. TOWING

1. Members shall not release a towed vehicle without the written approval of the Traffic Sergeant.
2. Members may waive the storage fee.
3. Recommending a towing company is strictly prohibited.
"""

SHEET = """number = "9.01"
prefix = "GO"
title = "Towing"
section = "9"
issued = 2020-01-01
effective = 2020-01-01
status = "in force"
source = "a test"
file = "order.md"
sha256 = "{sha256}"
"""


@pytest.fixture(scope="module")
def beside(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """An assistant with a directive that nobody has read beside the one that was."""
    folder = tmp_path_factory.mktemp("towing")
    corpus = small(folder)
    towing = corpus / "general-orders/9.01"
    towing.mkdir()
    (towing / "order.md").write_text(TOWING, encoding="utf-8")
    digest = hashlib.sha256(TOWING.encode()).hexdigest()
    (towing / "directive.toml").write_text(SHEET.format(sha256=digest), encoding="utf-8")
    return make_assistant(
        Settings(
            _env_file=None,
            corpus_dir=corpus,
            var_dir=folder / "var",
            embedding_model=str(small_model(folder / "model")),
        )
    )


@pytest.mark.parametrize(
    ("section", "force"),
    [("I.1", "shall not release"), ("I.2", "may waive"), ("I.3", "is strictly prohibited")],
)
def test_a_directive_nobody_has_read_is_quoted_with_its_force(
    beside: Assistant, section: str, force: str
) -> None:
    answer = beside.ask(f"show me 9.01 {section}")
    assert answer.verdict is Verdict.INFORMATIONAL
    assert [c.section for c in answer.citations] == [section]
    assert force in answer.summary
    assert any(REVIEWED_BY in notice for notice in answer.notices)


def test_leave_in_a_draft_is_never_given_as_an_answer(beside: Assistant) -> None:
    for question in ("may I waive the storage fee?", "can members waive the storage fee 9.01 I.2"):
        answer = beside.ask(question)
        allowed = answer.verdict in {Verdict.ALLOWED, Verdict.ALLOWED_WITH_CONDITIONS}
        assert not (allowed and any(c.directive == "9.01" for c in answer.citations))


def test_what_an_unread_directive_treats_counts_as_treated(beside: Assistant) -> None:
    answer = beside.ask("may a towed vehicle be released without the traffic sergeant's approval")
    assert answer.verdict is Verdict.INFORMATIONAL
    assert (answer.citations[0].directive, answer.citations[0].section) == ("9.01", "I.1")


def test_a_directive_without_questions_of_somebodys_teaches_nothing(tmp_path: Path) -> None:
    corpus = copied(tmp_path)
    (corpus / ORDER / "questions.yaml").unlink()
    library = load(corpus)
    found = load_authored(corpus, library, load_facts(corpus))
    assert (found.unread, found.examples) == ({"5.14"}, {})


@pytest.mark.parametrize(
    "arguments", [("draft", "5.14"), ("draft", "5.14", "--json"), ("agreement", "5.14", "--json")]
)
def test_the_commands_print_what_other_programs_read(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    code, out, err = command_line.run(monkeypatch, capfd, "directives", *arguments)
    assert (code, err) == (0, "")
    assert Reading.model_validate(yaml.safe_load(out)) if "draft" in arguments else json.loads(out)


@pytest.mark.parametrize("command", ["draft", "agreement"])
def test_a_directive_that_is_not_on_file_is_refused(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    code, out, err = command_line.run(monkeypatch, capfd, "directives", command, "7.77")
    assert (code, out) == (1, "")
    assert err == "'7.77' is not on file. On file: 5.14. Name one by its number.\n"


def test_a_directive_without_a_reading_has_nothing_to_agree_with(
    tmp_path: Path,
) -> None:
    corpus = copied(tmp_path)
    (corpus / ORDER / "rules.yaml").unlink()
    with pytest.raises(AssistantError, match=r"has no hand-made reading .* Write rules.yaml"):
        filed.agreement(load(corpus), load_facts(corpus), "5.14")
