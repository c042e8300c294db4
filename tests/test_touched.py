"""What rested on changed clauses: exactly those answers, requests and permissions, and no other."""

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from command_line import over
from corpora import small
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from permits import CHIEF_ONLY, CONTENT, LIBRARY, SECRET, Permits
from precinct import asker
from versioned import FIRST, TWO_CLAUSES, beside, revised, taken_in

from bot.answer import Answer, ApprovalKind, Citation, Verdict, Version
from bot.approvals.event import Happened
from bot.approvals.guidance import Guidance
from bot.approvals.progress import State
from bot.approvals.telling import About
from bot.asker import Asker, Surface
from bot.links import RequestReference
from bot.touched import Kind, Touched, touched
from index.directive import Directive
from index.library import Library

HERE = Asker(surface=Surface.CONSOLE)
ORDER = LIBRARY.directives[0]
TODAY = date(2030, 1, 31)
NEXT = date(2030, 6, 1)
SECTIONS = ("II¶1", "IV.E.4", "IV.E.4•1", "IV.E.16", "IV.E.18", "IV.E.19", "IV.E.19•3", "IV.F.2")
ALONE = CONTENT.model_copy(update={"colleagues": ()})


def held(*versions: Directive) -> Library:
    return beside(LIBRARY.at(TODAY), *versions)


def answered(permits: Permits, name: str, order: Directive, *sections: str) -> None:
    """Keep an answer of a version that cited these sections."""
    citations = tuple(
        Citation(
            directive=order.number,
            section=section,
            quote="words",
            lead=None,
            url="http://policy.test/",
            effective=order.effective,
        )
        for section in sections
    )
    version = Version(number=order.number, effective=order.effective, sha256=order.sha256)
    answer = Answer(
        id=name,
        question="?",
        verdict=Verdict.INFORMATIONAL,
        summary="said",
        citations=citations,
        engine="rules",
        directives=(version,),
        took_ms=1.0,
    )
    permits.bureau.store.keep_answer(answer, HERE)


def send(permits: Permits, name: str, *sections: str) -> str:
    """Send a request that rests on these sections and return its number."""
    vouched = RequestReference(
        answer=name,
        directive=ORDER.number,
        sha256=ORDER.sha256,
        clauses=sections,
        kind=ApprovalKind.PERMISSION,
        decided_by=CHIEF_ONLY,
    )
    sending = permits.bureau.sending
    return sending.send(vouched, ORDER, ALONE, asker("officer"), Guidance()).reference


def found(permits: Permits, new: Directive, old: Directive = ORDER, *more: Directive) -> Touched:
    library = held(*(one for one in (*more, old, new) if one is not ORDER))
    return touched(permits.engine, permits.bureau.store, library, old, new)


def edited(*sections: str) -> Directive:
    """Return the next version, with another word at the end of these clauses."""
    clauses = tuple(
        one.model_copy(update={"text": f"{one.text} Always."}) if one.section in sections else one
        for one in ORDER.clauses
    )
    changed = {"clauses": clauses, "effective": NEXT, "sha256": "9" * 64}
    return ORDER.model_copy(update=changed)


def near(section: str) -> set[str]:
    """Return a clause, the item of a bullet, the bullets of an item."""
    clause = ORDER.clause(section)
    assert clause is not None
    bullets = {one.section for one in ORDER.clauses if one.parent == section}
    return {section, *bullets, *({clause.parent} if clause.parent else ())}


RESTING = st.lists(st.frozensets(st.sampled_from(SECTIONS), min_size=1, max_size=3), max_size=4)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(RESTING, RESTING, RESTING, st.frozensets(st.sampled_from(SECTIONS), max_size=3))
def test_exactly_what_rested_on_changed_clauses_is_listed(
    answers: list[frozenset[str]],
    requests: list[frozenset[str]],
    permissions: list[frozenset[str]],
    changed: frozenset[str],
) -> None:
    touching = {one for section in changed for one in near(section)}
    with TemporaryDirectory() as folder:
        permits = Permits(Path(folder))
        expected: dict[Kind, dict[str, set[str]]] = {kind: {} for kind in Kind}
        for number, sections in enumerate(answers):
            answered(permits, f"a{number}", ORDER, *sections)
            expected[Kind.ANSWER][f"a{number}"] = touching & sections
        for number, sections in enumerate(requests):
            sent = send(permits, f"r{number}", *sections)
            expected[Kind.REQUEST][sent] = touching & sections
        for number, sections in enumerate(permissions):
            sent = send(permits, f"p{number}", *sections)
            permits.grant(sent)
            expected[Kind.PERMISSION][sent] = touching & sections
        listed = found(permits, edited(*changed))
        permits.close()
    for kind in Kind:
        assert {one.id: set(one.sections) for one in listed.of(kind)} == {
            name: sections for name, sections in expected[kind].items() if sections
        }


@pytest.fixture
def permits(tmp_path: Path) -> Permits:
    return Permits(tmp_path)


def test_what_has_ended_is_not_listed_and_what_the_change_ended_is(permits: Permits) -> None:
    denied, withdrawn, granted, expired = (send(permits, name, "IV.E.16") for name in "dwge")
    permits.act(withdrawn, "officer", Happened.WITHDRAWN)
    for by in ("sergeant", "lieutenant", "captain"):
        for one in (denied, expired):
            permits.act(one, by, Happened.ENDORSED, endorsement="has seen it")
    permits.act(denied, "chief", Happened.DENIED, words="No.")
    permits.act(expired, "chief", Happened.GRANTED, until=TODAY)
    permits.grant(granted)
    new = edited("IV.E.16")
    permits.now += timedelta(days=1)
    after = beside(LIBRARY.at(NEXT), new).at(NEXT)
    before = held(new).at(TODAY + timedelta(days=1))
    listed = touched(permits.engine, permits.bureau.store, before, ORDER, new)
    assert [(one.kind, one.id) for one in listed.rested] == [(Kind.PERMISSION, granted)]
    permits.now = datetime(2030, 6, 1, 12, tzinfo=permits.now.tzinfo)
    permits.open(after)
    permits.bureau.register.tend()
    [one] = touched(permits.engine, permits.bureau.store, after, ORDER, new).rested
    assert (one.id, one.kind, one.state) == (granted, Kind.PERMISSION, State.VOID)


def test_an_answer_of_an_earlier_version_counts_while_the_words_were_the_same(
    permits: Permits,
) -> None:
    second = revised(ORDER, date(2022, 1, 1), {"inside of the police building": "inside"})
    third = revised(second, NEXT, {**TWO_CLAUSES, "without consent": "without written consent"})
    answered(permits, "same words", ORDER, "IV.E.16")
    answered(permits, "other words", ORDER, "IV.E.18")
    answered(permits, "of the second", second, "IV.E.18")
    listed = found(permits, third, second)
    assert {one.id for one in listed.of(Kind.ANSWER)} == {"same words", "of the second"}


def test_the_terminal_shows_the_redline_with_its_counts_and_lists_what_rested_on_it(
    permits: Permits,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    corpus = small(tmp_path)
    taken_in(corpus, "5.14-2040", TWO_CLAUSES, date(2040, 2, 2))
    answered(permits, "a1", ORDER, "IV.E.16", "IV.E.18")
    send(permits, "r1", "IV.F.2")
    monkeypatch.setenv("CORPUS_DIR", str(corpus))
    url = str(permits.engine.url.render_as_string(hide_password=False))
    policybot = over(monkeypatch, capfd, tmp_path, url, SECRET, "directives")
    code, out, _ = policybot("diff", "5.14")
    assert code == 0
    assert f"the version of {FIRST} and that of 2040-02-02" in out
    assert "placed, [-photographs or depictions-]{+pictures+} of themselves" in out
    assert "Rested on clauses that changed: 1 answers, 1 requests, 0 permissions." in out
    code, out, _ = policybot("diff", "5.14", str(FIRST), "2040-02-02", "--json")
    shown = json.loads(out)
    assert (code, shown["counts"]["changed"]) == (0, 2)
    assert shown["touched"] == {"answers": 1, "requests": 1, "permissions": 0}
    code, out, _ = policybot("touched", "5.14", "--json")
    listed = json.loads(out)
    assert [(one["id"], one["sections"]) for one in listed["answers"]] == [("a1", ["IV.E.16"])]
    assert listed["clauses"] == ["IV.E.16", "IV.F.2"]
    code, out, _ = policybot("touched", "5.14")
    assert code == 0 and "a1" in out and "IV.E.18" not in out
    for wrong in (("diff", "9.9"), ("diff", "5.14", "2001-01-01")):
        code, out, err = policybot(*wrong)
        assert (code, out) == (1, "") and "on file" in err.lower()


def test_when_words_change_the_holder_and_whoever_decided_are_told_once(permits: Permits) -> None:
    number = send(permits, "p1", "IV.E.16")
    permits.grant(number)
    outbox = permits.bureau.outbox
    for letter in outbox.take(permits.now, most=99):
        outbox.done(letter)
    permits.open(held(edited("IV.E.16")).at(NEXT))
    for _ in range(2):
        permits.bureau.register.tend()
    told = [(one.person, one.about) for one in outbox.take(permits.now, most=99)]
    assert sorted(told) == [("chief", About.ENDED), ("officer", About.ENDED)]
