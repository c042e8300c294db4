"""Directives that nobody has read: the right clause first, in its own verb, and no verdict."""

import hashlib
from pathlib import Path

import numpy as np
import pytest
from corpora import change, copied
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.answer import Verdict
from bot.assistant import Assistant
from bot.draft import Draft
from bot.engines.rules import RulesEngine
from bot.grounding import Gate
from bot.links import Links
from index.asked import load_authored, load_facts
from index.build import entries, placed
from index.encoder import Encoder
from index.lexical import Bm25
from index.library import load
from index.references import refer
from index.rules import load_readings
from index.store import Entry, Near
from index.synonyms import Synonyms, load_synonyms
from index.texts import Texts
from index.unread import Unread
from index.words import stem, tokens

SHEET = """number = "{number}"
prefix = "{prefix}"
title = "{title}"
section = "9"
issued = 2020-01-01
effective = 2020-01-01
status = "in force"
source = "a test"
file = "order.md"
sha256 = "{sha256}"
{more}"""

PURSUITS = """# I. PURSUITS

## A. Initiation

1. Officers shall not initiate a pursuit of a stolen vehicle.
2. An officer may pursue when an occupant has committed a violent felony.

## B. Reporting

1. Each officer who took part shall complete a report before the end of the tour of duty, as \
General Order 7.77 requires.
2. The shift commander should review the recording of the pursuit.
"""
CAMERAS = """POLICY 450

450.3 ACTIVATION OF THE RECORDER

Members shall activate the body-worn recorder in the following situations:

(a) Traffic stops.

(b) Field interviews.

450.4 RETENTION

Recordings of a use of force must be kept for five years.
"""
SOFTER = PURSUITS.replace("shall not", "should not").replace("shall complete", "should complete")


def put(corpus: Path, number: str, text: str, prefix: str = "GO", more: str = "") -> None:
    """Put a directive that nobody has read on file."""
    folder = corpus / "general-orders" / number
    folder.mkdir()
    (folder / "order.md").write_text(text, encoding="utf-8")
    digest = hashlib.sha256(text.encode()).hexdigest()
    sheet = SHEET.format(number=number, prefix=prefix, title="Orders", sha256=digest, more=more)
    (folder / "directive.toml").write_text(sheet, encoding="utf-8")


class Beside:
    """5.14 as it is indexed, and beside it directives that nobody has read, searched as served."""

    def __init__(self, corpus: Path, assistant: Assistant) -> None:
        library = load(corpus)
        facts = load_facts(corpus)
        unread = [d for d in library.in_force() if d.number != "5.14"]
        self._directives = {d.number: d for d in library.in_force()}
        readings = load_readings(library, facts)
        entries = [
            Entry(
                id=f"{d.number}|{clause.section}",
                directive=d.number,
                sections=(clause.section,),
                text=placed(d, clause),
            )
            for d in unread
            for clause in d.clauses
        ]
        self._encoder = Encoder()
        self._vectors = self._encoder.encode([entry.text for entry in entries])
        self._entries = entries
        self._unread = Unread(unread, entries, load_synonyms(corpus))
        self._search = assistant._retriever.search
        self._engine = RulesEngine(self._directives, readings, facts, "the policy unit")
        links = Links("http://127.0.0.1", "key", sign_reading=False, clock=lambda: 0.0)
        self._gate = Gate(self._directives, readings, links)

    def ask(self, question: str) -> Draft:
        """Return the draft of the rules, past the gate."""
        retrieval = self._search(question)
        [vector] = self._encoder.encode([question])
        near = [
            Near(entry.directive, entry.sections, float(cosine))
            for entry, cosine in zip(self._entries, self._vectors @ vector, strict=True)
        ]
        draft = self._engine.draft(
            retrieval.model_copy(
                update={
                    "unread": self._unread.find(near, retrieval.heard.words),
                    "referred": refer(question, tuple(self._directives.values())),
                }
            )
        )
        self._gate.citations(draft)
        return draft


@pytest.fixture(scope="module")
def beside(tmp_path_factory: pytest.TempPathFactory, assistant: Assistant) -> Beside:
    """5.14, two directives that nobody has read, a softer copy of one, and guidance."""
    corpus = copied(tmp_path_factory.mktemp("unread"))
    put(corpus, "3.07", PURSUITS)
    put(corpus, "450", CAMERAS, "Policy")
    put(corpus, "2.99", SOFTER)
    put(corpus, "1", PURSUITS.replace("shall", "must"), "Training Bulletin")
    return Beside(corpus, assistant)


def first(answer: Draft) -> tuple[str, str]:
    assert answer.citations, answer.summary
    return answer.citations[0].directive, answer.citations[0].section


@pytest.mark.parametrize(
    ("question", "number", "section", "force"),
    [
        ("can I chase a stolen car?", "3.07", "I.A.1", "shall not"),
        ("do I have to turn on the bodycam at a traffic stop", "450", "450.3(a)", "shall"),
        ("how long are recordings of a use of force kept?", "450", "450.4", "must"),
        ("who reviews the recording of a pursuit", "2.99", "I.B.2", "should"),
    ],
)
def test_the_right_clause_comes_first_in_its_own_verb(
    beside: Beside, question: str, number: str, section: str, force: str
) -> None:
    answer = beside.ask(question)
    assert (answer.verdict, first(answer)) == (Verdict.INFORMATIONAL, (number, section))
    assert answer.rules[0].section == section and answer.rules[0].force == force
    assert force in answer.summary and answer.approval is None
    assert any("nobody yet" in line for line in answer.notices)


def test_what_no_directive_treats_is_not_covered_and_no_long_list_is_named(
    beside: Beside,
) -> None:
    answer = beside.ask("who won the game last night?")
    assert answer.verdict is Verdict.NOT_COVERED
    assert answer.summary.startswith("None of the 5 directives on file covers this.")


def test_a_directive_named_by_its_number_is_the_one_that_answers(beside: Beside) -> None:
    assert first(beside.ask("what does GO 2.99 say about a stolen vehicle?"))[0] == "2.99"


def test_the_copy_with_another_verb_is_named_and_the_governing_one_given(
    beside: Beside,
) -> None:
    answer = beside.ask("can I chase a stolen car?")
    assert {c.directive for c in answer.citations} == {"3.07"}
    [line] = [line for line in answer.notices if "nearly the same words" in line]
    assert line == (
        "GO 2.99 § I.A.1 has nearly the same words with “should not”, GO 3.07 § I.A.1 with "
        "“shall not”. GO 3.07 is given, being stricter."
    )


def test_what_a_quoted_clause_refers_to_and_is_not_on_file_is_said(beside: Beside) -> None:
    answer = beside.ask("which report do I complete before the end of the tour after a pursuit?")
    assert first(answer) == ("3.07", "I.B.1")
    assert any("“General Order 7.77”, which is not on file" in line for line in answer.notices)


def test_what_an_order_with_a_reading_treats_stays_its_own(beside: Beside) -> None:
    answer = beside.ask("can I post a photo of my patrol car on my own facebook page?")
    assert answer.verdict is Verdict.NEEDS_PERMISSION
    assert {citation.directive for citation in answer.citations} == {"5.14"}


def test_an_index_knows_what_nobody_has_read_and_learns_nothing_of_it(tmp_path: Path) -> None:
    corpus = copied(tmp_path)
    put(corpus, "450", CAMERAS, "Policy")
    library, facts = load(corpus), load_facts(corpus)
    authored = load_authored(corpus, library, facts)
    assert authored.unread == {"450"}
    [entry] = [e for e in entries(library, authored) if e.id == "450|450.3(a)"]
    assert entry.text.startswith("Orders. ") and entry.text.endswith("Traffic stops.")
    texts = Texts([entry], {"a"}, authored.unread)
    texts.save(tmp_path / "texts.json")
    assert Texts.load(tmp_path / "texts.json").unread == {"450"}


def test_guidance_may_be_said_of_a_directive_by_its_sheet(tmp_path: Path) -> None:
    corpus = copied(tmp_path)
    put(corpus, "3.07", PURSUITS, more='kind = "guidance"\nunit = "Traffic Division"\n')
    found = load(corpus).get("3.07")
    assert found is not None
    assert (found.kind.binding, found.unit) == (False, "Traffic Division")
    change(corpus / "general-orders/3.07/directive.toml", "guidance", "hint")
    with pytest.raises(Exception, match="kind"):
        load(corpus)


@given(st.lists(st.sampled_from("chase a stolen car body camera zzyzx the of".split()), max_size=8))
@settings(max_examples=100, deadline=None)
def test_a_share_is_never_more_than_all_and_synonyms_never_lower_it(said: list[str]) -> None:
    bm25 = Bm25(["a pursuit of a stolen vehicle", "a body worn recorder", "a car chase"])
    alone = bm25.alike(Synonyms().ways(said))
    wide = bm25.alike(Synonyms([["chase", "pursuit"], ["body camera", "recorder"]]).ways(said))
    assert np.all(alone >= 0) and np.all(wide <= 1 + 1e-6)
    assert np.isfinite(wide).all()


def test_a_phrase_is_known_by_its_longest_way_and_has_every_other() -> None:
    known = Synonyms([["body camera", "recorder"], ["body", "corpse"]])
    ways = known.ways(["body", "cameras", "policy"])
    assert ways == [(("bodi", "camera"), (stem("recorder"),)), ((stem("policy"),),)]


def test_the_number_of_a_clause_or_a_statute_is_one_word_and_several() -> None:
    found = tokens("RSA 91-A:5, 1026.4.1(g) and IV.E.16")
    assert {"91-a:5", "1026.4.1(g)", "iv.e.16", "1026", "g", "rsa", "16"} <= set(found)
    assert tokens("on-duty, e.g. here") == ["on", "duty", "e", "g", "here"]
