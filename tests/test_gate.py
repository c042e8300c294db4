"""The gate: only verbatim citations, supported verdicts and the order's own paths get through."""

from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.answer import Answer, AppliedRule, ApprovalKind, Verdict
from bot.draft import Draft, DraftApproval, DraftCitation
from bot.grounding import Gate, Ungrounded
from bot.links import Links
from bot.quoting import cite, sentences
from index.asked import load_facts
from index.directive import Clause, Directive, squeeze
from index.library import Library
from index.rules import Reading, load_readings
from index.verdict import bears

PATH = DraftApproval(
    kind=ApprovalKind.PERMISSION,
    decided_by="Chief of Police",
    form="express written permission",
    route="via the chain of command",
    basis="IV.F.1",
)


@pytest.fixture(scope="session")
def readings(library: Library, corpus: Path) -> dict[str, Reading]:
    return load_readings(library, load_facts(corpus))


@pytest.fixture(scope="session")
def gate(order: Directive, readings: dict[str, Reading]) -> Gate:
    links = Links("http://127.0.0.1:1", "k" * 40, sign_reading=False, clock=lambda: 0.0)
    return Gate({order.number: order}, readings, links)


def quote(order: Directive, of: str, **changes: str | None) -> DraftCitation:
    clause = order.clause(of)
    assert clause is not None
    return cite(order, clause).model_copy(update=changes)


def draft(*citations: DraftCitation, **changes: object) -> Draft:
    values: dict[str, object] = {
        "verdict": Verdict.INFORMATIONAL,
        "summary": "As quoted.",
        "citations": citations,
        "engine": "scripted",
        **changes,
    }
    return Draft.model_validate(values)


def refused(gate: Gate, given_: Draft) -> str:
    with pytest.raises(Ungrounded) as reason:
        gate.citations(given_)
    message = str(reason.value)
    assert message
    assert "\n" not in message
    assert len(message) < 120
    return message


def test_every_clause_may_be_quoted_whole(gate: Gate, order: Directive) -> None:
    for clause in order.clauses:
        citation = gate.citations(draft(quote(order, clause.section)))[0]
        assert citation.quote == clause.text
        assert citation.url.endswith(f"/directives/5.14?mark={clause.fragment}#{clause.fragment}")
        assert (citation.lead is None) is (clause.parent is None)


def test_every_run_of_whole_sentences_may_be_quoted(gate: Gate, order: Directive) -> None:
    for clause in order.clauses:
        parts = sentences(clause.text)
        assert " ".join(parts) == clause.text
        for part in parts:
            citation = gate.citations(draft(quote(order, clause.section, quote=part)))[0]
            assert citation.quote == part


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_white_space_alone_makes_no_difference(
    gate: Gate, order: Directive, data: st.DataObject
) -> None:
    clause = data.draw(st.sampled_from(order.clauses))
    spaces = st.text(" \n\t\u00a0", min_size=1, max_size=3)
    spread = "".join(data.draw(spaces) if c == " " else c for c in f" {clause.text} ")
    citation = gate.citations(draft(quote(order, clause.section, quote=spread)))[0]
    assert citation.quote == clause.text


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_other_edit_of_a_quote_is_refused(
    gate: Gate, order: Directive, data: st.DataObject
) -> None:
    clause = data.draw(st.sampled_from(order.clauses))
    start = data.draw(st.integers(0, len(clause.text)))
    end = data.draw(st.integers(start, min(len(clause.text), start + 12)))
    new = data.draw(st.text(max_size=8) | st.sampled_from(["not ", "may", "should", "shall"]))
    edited = clause.text[:start] + new + clause.text[end:]
    parts = sentences(clause.text)
    runs = {" ".join(parts[a:b]) for a in range(len(parts)) for b in range(a + 1, len(parts) + 1)}
    assume(squeeze(edited) not in runs)
    refused(gate, draft(quote(order, clause.section, quote=edited)))


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_cut_inside_a_sentence_is_refused(
    gate: Gate, order: Directive, data: st.DataObject
) -> None:
    clause = data.draw(st.sampled_from(order.clauses))
    words = clause.text.split(" ")
    start = data.draw(st.integers(0, len(words) - 1))
    end = data.draw(st.integers(start + 1, len(words)))
    cut = " ".join(words[start:end])
    parts = sentences(clause.text)
    runs = {" ".join(parts[a:b]) for a in range(len(parts)) for b in range(a + 1, len(parts) + 1)}
    assume(cut not in runs)
    refused(gate, draft(quote(order, clause.section, quote=cut)))


def test_changed_letters_that_look_the_same_are_refused(gate: Gate, order: Directive) -> None:
    text = quote(order, "IV.E.18").quote
    for old, new in (("a", "а"), ("shall not", "shall  noṫ"), ("be", "b\u200be"), ("P", "p")):
        refused(gate, draft(quote(order, "IV.E.18", quote=text.replace(old, new, 1))))
    typographic = quote(order, "I").quote.replace("’", "'")
    refused(gate, draft(quote(order, "I", quote=typographic)))


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_quote_of_another_section_is_refused(
    gate: Gate, order: Directive, data: st.DataObject
) -> None:
    one, other = data.draw(st.lists(st.sampled_from(order.clauses), min_size=2, max_size=2))
    assume(one.text not in other.text)
    refused(gate, draft(quote(order, other.section, quote=one.text)))


@pytest.mark.parametrize(
    ("directive", "section"),
    [("5.14", "IV.E.21"), ("5.14", "E.16"), ("5.14", "IV.E.19•5"), ("5.15", "IV.E.16"), ("", "")],
)
def test_unknown_ids_are_refused(
    gate: Gate, order: Directive, directive: str, section: str
) -> None:
    given_ = quote(order, "IV.E.16", directive=directive, section=section)
    assert "no clause on file" in refused(gate, draft(given_))


@pytest.mark.parametrize("text", ["", " ", "\n\t", "."])
def test_an_empty_quote_is_refused(gate: Gate, order: Directive, text: str) -> None:
    refused(gate, draft(quote(order, "IV.E.16", quote=text)))


def bullets(order: Directive) -> list[Clause]:
    return [clause for clause in order.clauses if clause.parent]


def test_a_bullet_without_the_words_it_completes_is_refused(gate: Gate, order: Directive) -> None:
    for bullet in bullets(order):
        assert "without the words" in refused(gate, draft(quote(order, bullet.section, lead=None)))


@pytest.mark.parametrize(
    "lead", ["", " ", "Employees may post:", "any of the following:", "shall not post", "W"]
)
def test_a_lead_that_is_not_the_order_s_sentence_is_refused(
    gate: Gate, order: Directive, lead: str
) -> None:
    refused(gate, draft(quote(order, "IV.E.19•3", lead=lead)))


def test_a_lead_of_another_item_is_refused(gate: Gate, order: Directive) -> None:
    lead = quote(order, "IV.E.20•1").lead
    refused(gate, draft(quote(order, "IV.E.19•1", lead=lead)))


def test_a_lead_on_what_is_no_bullet_is_refused(gate: Gate, order: Directive) -> None:
    refused(gate, draft(quote(order, "IV.E.16", lead="When engaging in")))


def test_more_than_five_citations_are_refused_unless_a_section_was_asked_for(
    gate: Gate, order: Directive
) -> None:
    six = [quote(order, f"IV.E.{n}") for n in range(13, 19)]
    assert "6 citations, 5 at most" in refused(gate, draft(*six))
    assert len(gate.citations(draft(*six[:5]))) == 5
    assert len(gate.citations(draft(*six, whole_section=True))) == 6


def test_a_verdict_without_a_citation_is_refused(gate: Gate) -> None:
    for verdict in Verdict:
        if verdict is not Verdict.NOT_COVERED:
            assert "without a citation" in refused(gate, draft(verdict=verdict))


def test_not_covered_cites_and_offers_nothing(gate: Gate, order: Directive) -> None:
    cited = quote(order, "IV.E.16")
    assert "not covered" in refused(gate, draft(cited, verdict=Verdict.NOT_COVERED))
    assert "not covered" in refused(gate, draft(verdict=Verdict.NOT_COVERED, approval=PATH))
    assert gate.citations(draft(verdict=Verdict.NOT_COVERED)) == ()


@pytest.mark.parametrize(
    ("verdict", "section"),
    [
        (Verdict.PROHIBITED, "IV.E.12"),
        (Verdict.PROHIBITED, "IV.E.2"),
        (Verdict.PROHIBITED, "III.Blog"),
        (Verdict.NEEDS_PERMISSION, "IV.E.15"),
        (Verdict.REQUIRED, "IV.E.19•1"),
        (Verdict.ALLOWED, "IV.E.18"),
        (Verdict.ALLOWED_WITH_CONDITIONS, "IV.E.20•3"),
        (Verdict.DEPENDS, "IV.E.9"),
    ],
)
def test_a_verdict_no_cited_clause_supports_is_refused(
    gate: Gate, order: Directive, verdict: Verdict, section: str
) -> None:
    reason = refused(gate, draft(quote(order, section), verdict=verdict))
    assert reason == f"no cited clause supports '{verdict.value}'"


def test_every_clause_supports_only_the_verdicts_of_its_rules(
    gate: Gate, order: Directive, readings: dict[str, Reading]
) -> None:
    decisive = set(Verdict) - {Verdict.INFORMATIONAL, Verdict.NOT_COVERED}
    for clause in order.clauses:
        rules = readings["5.14"].every(clause.section)
        for verdict in decisive:
            if not any(bears(verdict, rule) for rule in rules):
                refused(gate, draft(quote(order, clause.section), verdict=verdict))


def test_an_applied_rule_is_one_of_the_reading_s_on_a_cited_clause(
    gate: Gate, order: Directive, readings: dict[str, Reading]
) -> None:
    rule = readings["5.14"].of("IV.E.18")[0]
    by = rule.permission.by if rule.permission else None
    applied = AppliedRule(
        directive="5.14",
        section="IV.E.18",
        effect=rule.effect.value,
        force=rule.force,
        permission_from=by,
        exception=rule.exception,
    )
    cited = quote(order, "IV.E.18")
    assert gate.citations(draft(cited, rules=(applied,)))
    for changes in (
        {"effect": "required"},
        {"force": "should not"},
        {"permission_from": "the Mayor"},
        {"exception": "weekends"},
        {"applies_if": "it rains"},
        {"section": "IV.E.16"},
        {"directive": "5.15"},
    ):
        refused(gate, draft(cited, rules=(applied.model_copy(update=changes),)))


def with_path(order: Directive, **changes: str | None) -> Draft:
    path = PATH.model_copy(update=changes)
    cited = (quote(order, "II¶1"), quote(order, "IV.F.1"))
    return draft(*cited, verdict=Verdict.NEEDS_PERMISSION, approval=path)


def test_the_order_s_own_path_gets_through(gate: Gate, order: Directive) -> None:
    assert len(gate.citations(with_path(order))) == 2


def test_a_prohibition_offers_no_request(gate: Gate, order: Directive) -> None:
    banned = draft(
        quote(order, "IV.E.15"), quote(order, "IV.F.1"), verdict=Verdict.PROHIBITED, approval=PATH
    )
    assert "offered" in refused(gate, banned)


@pytest.mark.parametrize("basis", ["IV.E.15", "IV.E.5•1", "IV.E.19•3", "IV.E.13", "IV.F.9", ""])
def test_a_basis_that_opens_no_path_is_refused(gate: Gate, order: Directive, basis: str) -> None:
    assert "no path" in refused(gate, with_path(order, basis=basis))


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("decided_by", "the Mayor"),
        ("decided_by", "Chief of Police or the shift supervisor"),
        ("decided_by", "your sergeant"),
        ("decided_by", ""),
        ("form", "verbal permission"),
        ("form", "expressed written permission"),
        ("route", "via e-mail"),
    ],
)
def test_altered_words_of_an_authority_are_refused(
    gate: Gate, order: Directive, field: str, words: str
) -> None:
    refused(gate, with_path(order, **{field: words}))


@pytest.mark.parametrize(
    ("field", "words"),
    [("decided_by", "his or her designee"), ("decided_by", "Employees"), ("form", "photographs")],
)
def test_an_authority_another_clause_names_is_refused(
    gate: Gate, order: Directive, field: str, words: str
) -> None:
    """Chief, designee and form are each clause's own: none is lent to another (domain.md 6.2)."""
    refused(gate, with_path(order, **{field: words}))


SECRET = "my colleague Zachary Quillfeather"


def test_a_reason_never_repeats_what_an_engine_made_up(gate: Gate, order: Directive) -> None:
    given_ = [
        draft(quote(order, "IV.E.16", quote=SECRET)),
        draft(quote(order, "IV.E.19•3", lead=SECRET)),
        draft(quote(order, "IV.E.16", section=SECRET)),
        draft(quote(order, "IV.E.16", directive=SECRET)),
        with_path(order, basis=SECRET),
        with_path(order, decided_by=SECRET),
        with_path(order, form=SECRET),
        with_path(order, route=SECRET),
    ]
    for one in given_:
        assert "Quillfeather" not in refused(gate, one)


def test_every_draft_of_the_rules_engine_gets_through(dev_answers: dict[str, Answer]) -> None:
    """A refused draft of the last engine would have left a question without an answer."""
    assert len(dev_answers) > 100
    assert {answer.engine for answer in dev_answers.values()} == {"rules"}
