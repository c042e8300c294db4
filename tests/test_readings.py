"""The reading of the order is tied to its words; what does not fit is refused, with its place."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from corpora import ORDER, change, small

from index.asked import load_authored, load_facts
from index.directive import Directive, squeeze
from index.errors import ReadingRefused
from index.library import load
from index.rules import Effect, Reading, load_readings
from index.vocabulary import Vocabulary

RULE = "says: shall include an introductory statement"


@pytest.fixture
def spoilt(tmp_path: Path) -> Path:
    return small(tmp_path)


def read_all(corpus: Path) -> None:
    """Read everything that is authored, as a start does."""
    library, facts = load(corpus), load_facts(corpus)
    load_readings(library, facts)
    load_authored(corpus, library, facts)
    Vocabulary(corpus, facts, ())


def refusal(corpus: Path) -> str:
    with pytest.raises(ReadingRefused) as refused:
        read_all(corpus)
    message = str(refused.value)
    assert "\n" not in message
    assert message.endswith(".")
    return message


def spoil(corpus: Path, name: str, old: str, new: str) -> str:
    change(corpus / name, old, new)
    message = refusal(corpus)
    assert Path(name).name in message
    return message


def test_what_is_on_file_is_read_without_a_fault(spoilt: Path) -> None:
    read_all(spoilt)


def test_every_clause_bullet_and_lead_sentence_has_a_rule(
    order: Directive, reading: Reading
) -> None:
    read = {rule.section for rule in reading.rules}
    assert [c.section for c in order.clauses if c.section not in read] == []


def test_a_limb_that_decides_nothing_does_not_stand_beside_those_that_do(reading: Reading) -> None:
    assert len([rule for rule in reading.rules if rule.section == "IV.E.6"]) == 2
    assert [rule.force for rule in reading.of("IV.E.6")] == ["may provide grounds"]
    assert len(reading.of("IV.E.19")) == 1


def test_what_follows_and_what_is_left_undefined_is_read(reading: Reading) -> None:
    follows = {rule.section for rule in reading.rules if rule.consequences}
    assert {"disclaimer", "IV.E.2", "IV.E.6", "IV.E.8"} <= follows
    undefined = {word.lower() for rule in reading.rules for word in rule.undefined}
    assert {"brandishing", "contraband", "chief executive", "designee", "on duty"} <= undefined


def test_every_rule_says_who_reviewed_it(reading: Reading) -> None:
    assert {rule.reviewed_by for rule in reading.rules} == {reading.reviewed_by}


def test_every_rule_s_words_and_verb_stand_in_its_clause(
    order: Directive, reading: Reading
) -> None:
    for rule in reading.rules:
        clause = order.clause(rule.section)
        assert clause is not None
        assert squeeze(rule.says) in clause.text
        above = order.clause(clause.parent) if clause.parent else None
        texts = (clause.text, above.text if above else "")
        defines = rule.effect is Effect.DEFINES
        assert defines or any(rule.force.lower() in text.lower() for text in texts)


def test_every_permission_leads_to_a_path_of_the_contract(reading: Reading) -> None:
    paths = {rule.permission.path for rule in reading.rules if rule.permission}
    told = {"II¶1", "IV.A.4", "IV.B.3", "IV.B.5", "IV.B.6", "IV.E.3", "IV.E.4", "IV.E.7"}
    assert paths <= told | {"IV.E.16", "IV.E.18", "IV.F.1", "IV.F.2"}


@pytest.mark.parametrize(
    "section", ["IV.E.5•1", "IV.E.5•2", "IV.E.15", "IV.E.20•1", "IV.E.20•3", "IV.E.20•5"]
)
def test_bans_without_a_path_have_none_in_the_reading(section: str, reading: Reading) -> None:
    rules = reading.of(section)
    assert rules
    assert {rule.effect for rule in rules} == {Effect.PROHIBITED}
    assert all(rule.permission is None and rule.yields is None for rule in rules)


def test_cautions_are_not_read_as_bans(reading: Reading) -> None:
    for rule in reading.rules:
        if rule.force in {"should", "cautioned", "should be aware", "may"}:
            assert rule.effect not in {Effect.PROHIBITED, Effect.PERMISSION, Effect.REQUIRED}


def test_the_reading_says_who_reviewed_it(reading: Reading) -> None:
    assert reading.reviewed_by == "read by the authors, not yet by the Department"


RULES = f"{ORDER}/rules.yaml"
QUESTIONS = f"{ORDER}/questions.yaml"


@pytest.mark.parametrize(
    ("old", "new", "said", "remedy"),
    [
        (RULE, "says: must include an introductory statement", "must include", "word for word"),
        ("force: shall include", "force: must include", "'must include'", "order's own verb"),
        ("section: IV.A.1\n", "section: IV.A.12\n", "'IV.A.12' is not in GO 5.14", "Correct"),
        ("effect: required", "effect: compelled", "effect", "Correct"),
        ("sha256: e46d", "sha256: 0000", "5.14 0000", "Read the changed clauses again"),
        ('number: "5.14"', 'number: "5.15"', "5.15", "Read the changed clauses again"),
        ("acts: [look]", "acts: [gaze]", "'gaze' is no fact", "corpus/facts.yaml"),
        ("when: [[conduct]]", "when: [[!dancing]]", "rules", "orrect"),
        ("when: [[conduct]]", 'when: [["!dancing"]]', "'!dancing' is no fact", "facts.yaml"),
        ("by: Chief of Police,", "by: the Mayor,", "'the Mayor'", "order's own words"),
        ("path: IV.F.1,", "path: IV.F.9,", "'IV.F.9' is not in GO 5.14", "Correct it"),
        ("says: Barring state law", "says: Unless state law", "notice: 'Unless", "Quote it"),
        ("rules:\n", "rules: [\n", "line ", "not YAML. Correct it"),
        ("rank: 1", "rank: first", "rank", "Correct it"),
        ("rank: 1", "colour: blue", "colour", "Correct it"),
    ],
)
def test_a_faulty_rule_is_refused_with_file_place_and_remedy(
    spoilt: Path, old: str, new: str, said: str, remedy: str
) -> None:
    message = spoil(spoilt, RULES, old, new)
    assert said in message
    assert remedy in message


def line_of(path: Path, part: str) -> int:
    lines = path.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if part in line)


E6 = "  - section: IV.E.6\n"


@pytest.mark.parametrize(
    ("old", "new", "said", "remedy"),
    [
        ("'thus sanctioned'", "'thus rewarded'", "undefined 'thus rewarded'", "word of the clause"),
        ("consequences: ['are subject", "consequences: ['are open", "consequence", "word for word"),
        ("exception: unless law", "exception: unless the law", "exception", "word for word"),
        ("exception: unless law", "exception: '' #", "the exception ''", "word for word"),
        ("    force: are subject to\n", "    force: ''\n", "the force ''", "order's own verb"),
        ("  - section: closing\n", "  - section: header\n", "says 'reserves", "word for word"),
    ],
)
def test_words_that_are_not_the_order_s_are_refused(
    spoilt: Path, old: str, new: str, said: str, remedy: str
) -> None:
    message = spoil(spoilt, RULES, old, new)
    assert said in message
    assert remedy in message


def test_a_reviewer_of_one_rule_stands_before_the_file_s(spoilt: Path) -> None:
    change(spoilt / RULES, E6, f"{E6}    reviewed_by: the Policy Unit\n")
    reading = load_readings(load(spoilt), load_facts(spoilt))["5.14"]
    reviewers = [rule.reviewed_by for rule in reading.rules if rule.section == "IV.E.6"]
    assert reviewers == ["the Policy Unit", reading.reviewed_by]


@pytest.mark.parametrize("section", ["IV.E.19", "closing", "header", "IV.E.20•4", "IV.C.3•1"])
def test_a_clause_without_a_rule_is_refused_by_name(spoilt: Path, section: str) -> None:
    path = spoilt / RULES
    head, *rules = re.split(r"(?m)^(?=  - )", path.read_text(encoding="utf-8"))
    kept = [rule for rule in rules if not re.match(rf"  - {{?section: {section}[,\n]", rule)]
    assert len(kept) < len(rules)
    path.write_text(head + "".join(kept), encoding="utf-8")
    message = refusal(spoilt)
    assert f"{section} of GO 5.14 has no rule" in message
    assert "policybot directives draft 5.14" in message


def test_a_rule_said_twice_is_refused_with_both_places(spoilt: Path) -> None:
    path = spoilt / RULES
    head, *rules = re.split(r"(?m)^(?=  - )", path.read_text(encoding="utf-8"))
    path.write_text(head + rules[0] + "".join(rules), encoding="utf-8")
    message = refusal(spoilt)
    assert "rule 2 (header): it says what rule 1 says. Take one out." in message
    assert f"line {line_of(path, '  - section: header') + len(rules[0].splitlines())} " in message


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("    force: shall include\n", "    force: must include\n"),
        ("    says: shall include an introductory", "    says: must include an introductory"),
    ],
)
def test_a_fault_in_a_rule_names_its_line(spoilt: Path, old: str, new: str) -> None:
    change(spoilt / RULES, old, new)
    line = line_of(spoilt / RULES, "  - section: IV.A.1")
    assert f"rules.yaml' line {line} rule " in refusal(spoilt)


def test_a_value_of_another_kind_names_its_line(spoilt: Path) -> None:
    change(spoilt / RULES, "rank: 1", "rank: first")
    assert f"line {line_of(spoilt / RULES, 'rank: first')} rules." in refusal(spoilt)


def test_a_question_that_points_nowhere_names_its_line(spoilt: Path) -> None:
    change(spoilt / QUESTIONS, "sections: [header]", "sections: [heading]")
    found = re.search(r"questions\.yaml' line (\d+) question 1 ", refusal(spoilt))
    assert found is not None
    assert abs(int(found[1]) - line_of(spoilt / QUESTIONS, "[heading]")) <= 1


def test_a_fault_in_a_rule_names_the_rule_by_place_and_section(spoilt: Path) -> None:
    change(spoilt / RULES, RULE, "says: shall have an introduction")
    assert "(IV.A.1)" in refusal(spoilt)


@pytest.mark.parametrize(
    ("name", "old", "new", "said", "remedy"),
    [
        (QUESTIONS, "sections: [header]", "sections: [heading]", "'heading' is not in", "Correct"),
        (QUESTIONS, "sections: [header]", "sections: []", "sections", "Correct"),
        (QUESTIONS, "facts: [meaning, when, order]", "facts: [why]", "'why' is no fact", "facts"),
        (QUESTIONS, 'number: "5.14"', 'number: "5.15"', "is about '5.15'", "Move it or correct"),
        (QUESTIONS, "questions:\n", "questions: ]\n", "line ", "not YAML"),
        ("elsewhere.yaml", "{ask: ", "{asked: ", "ask", "Correct it"),
        (QUESTIONS, "verdicts: [informational]", "verdicts: [maybe]", "verdicts", "Correct it"),
        ("vocabulary.yaml", "  look: [", "  gaze: [", "'gaze' is no fact", "facts.yaml"),
        ("vocabulary.yaml", "words:\n", "words: [}\n", "line ", "not YAML"),
        ("phrasing.yaml", "duty:", "duties:", "duty", "Correct it"),
        ("facts.yaml", "acts:", "deeds:", "acts", "Correct it"),
    ],
)
def test_other_authored_files_are_refused_with_file_place_and_remedy(
    spoilt: Path, name: str, old: str, new: str, said: str, remedy: str
) -> None:
    message = spoil(spoilt, name, old, new)
    assert said in message
    assert remedy in message


@pytest.mark.parametrize("name", ["facts.yaml", "vocabulary.yaml", "phrasing.yaml", RULES])
def test_a_file_that_is_not_text_is_refused(spoilt: Path, name: str) -> None:
    (spoilt / name).write_bytes(b"acts: \xff\xfe")
    assert f"{Path(name).name}' is not UTF-8. Save it as UTF-8." in refusal(spoilt)


@pytest.mark.parametrize("name", ["facts.yaml", "vocabulary.yaml", "phrasing.yaml"])
def test_a_file_that_is_missing_is_refused(spoilt: Path, name: str) -> None:
    (spoilt / name).unlink()
    assert f"{name}' cannot be read (No such file or directory)" in refusal(spoilt)


@pytest.mark.parametrize("content", ["", "just words", "- a\n- b\n", "a: !!python/none\n"])
def test_a_file_of_another_shape_is_refused(spoilt: Path, content: str) -> None:
    (spoilt / RULES).write_text(content, encoding="utf-8")
    assert "rules.yaml" in refusal(spoilt)


def spoil_text(corpus: Path, edit: Callable[[str], str]) -> None:
    path = corpus / RULES
    path.write_text(edit(path.read_text(encoding="utf-8")), encoding="utf-8")


def test_an_order_without_a_reading_is_on_file_and_decides_nothing(spoilt: Path) -> None:
    (spoilt / RULES).unlink()
    reading = load_readings(load(spoilt), load_facts(spoilt))["5.14"]
    assert reading.reviewed_by == "nobody yet (drafted)"
    assert sum(rule.effect is Effect.DEFINES for rule in reading.rules) == 18
    assert all(rule.when == rule.may == () for rule in reading.rules)


def test_an_unquoted_exclamation_mark_is_a_fault_and_no_crash(spoilt: Path) -> None:
    spoil_text(spoilt, lambda text: text.replace("[[conduct]]", "[[!conduct]]", 1))
    assert "rules.yaml" in refusal(spoilt)
