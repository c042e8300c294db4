"""What a directive does not say, and what the assistant says of itself: cues, and their files."""

from pathlib import Path

import pytest
from corpora import ORDER, change, copied
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.assistant import Assistant
from index.asked import load_facts
from index.cue import Cue, pattern, spoken, stands
from index.directive import Directive
from index.errors import ReadingRefused
from index.library import load
from index.remarks import Remarks, load_remarks
from index.rules import Reading, Silence, load_readings
from index.silence import asked
from index.words import words

FIRST = "    says: how long a decision on a request may take\n"


def said(phrase: str, text: str) -> bool:
    heard = words(text)
    return stands(pattern(phrase), heard, frozenset(heard))


@pytest.mark.parametrize(
    ("phrase", "text", "met"),
    [
        ("how long", "how long?", True),
        ("how long", "how very, very, very, very long", True),
        ("how long", "how can it be that it takes so long", False),
        ("how long", "long how", False),
        ("how+long", "how very long", False),
        ("how long/soon", "and how soon is that", True),
        ("my+own boss", "it was my own, well, boss", True),
        ("how how", "how", False),
        ("a b c", "a b x a b c", True),
    ],
)
def test_a_phrase_is_words_in_order_with_few_between(phrase: str, text: str, met: bool) -> None:
    assert said(phrase, text) is met


@given(st.lists(st.sampled_from("abcd"), min_size=1, max_size=5), st.text(max_size=60))
def test_a_phrase_is_met_by_its_own_words_wherever_they_stand(run: list[str], around: str) -> None:
    phrase = " ".join(run)
    assert said(phrase, f"{around} {phrase} {around}")


def test_a_cue_needs_its_words_and_its_facts_and_not_what_it_excludes() -> None:
    cue = Cue(words=("how long",), unless=("how long good",), when=(("post", "!official"),))
    assert cue.met(["how", "long"], {"post"})
    assert not cue.met(["how", "long"], {"post", "official"})
    assert not cue.met(["how"], {"post"})
    assert not cue.met(["how", "long", "is", "it", "good"], {"post"})


@pytest.mark.parametrize(
    "given", [{}, {"words": ("?!",)}, {"words": ("e.18 lifts",)}, {"unless": ("never",)}]
)
def test_a_cue_that_would_meet_everything_or_nothing_is_refused(
    given: dict[str, tuple[str, ...]],
) -> None:
    with pytest.raises(ValidationError):
        Cue.model_validate(given)


def test_cues_are_looked_for_as_mended_and_as_written() -> None:
    assert spoken(["how", "long"], "how long?") == ("how", "long")
    both = spoken(["the", "chief", "consent"], "the chief consented")
    assert stands(pattern("chief consented"), both, frozenset(both))
    assert stands(pattern("chief+consent"), both, frozenset(both))
    assert not stands(pattern("consent the"), both, frozenset(both))


def test_a_question_for_the_meaning_of_an_undefined_word_is_a_silence(reading: Reading) -> None:
    (found,) = asked(reading, words("what does brandishing mean"), frozenset({"meaning"}))
    assert found.says == 'what "brandishing" means'
    assert found.sections == ("IV.E.19•3", "IV.E.19•4")
    assert asked(reading, words("what does brandishing mean"), frozenset()) == ()
    assert asked(reading, words("what does wiki mean"), frozenset({"meaning"})) == ()


def test_every_silence_completes_the_fixed_phrase_and_points_at_clauses(
    order: Directive, reading: Reading
) -> None:
    assert len(reading.silences) > 30
    for silence in reading.silences.values():
        assert silence.says.split()[0] in {
            *("how", "on", "whether", "by", "what", "which", "whom", "in", "who", "that")
        }
        assert not silence.says.endswith(".")
        assert all(order.clause(section) for section in silence.sections)


def test_a_directive_without_silences_says_nothing_of_itself() -> None:
    bare = Reading(number="9.9", sha256="0", reviewed_by="nobody", rules=())
    assert asked(bare, words("how long does it take"), frozenset({"meaning"})) == ()


def test_a_silence_of_any_directive_has_its_own_cues() -> None:
    silence = Silence(says="who pays", heard=(Cue(words=("who pays",)),))
    other = Reading(number="9.9", sha256="0", reviewed_by="x", silences={"pay": silence}, rules=())
    assert asked(other, words("and who pays?"), frozenset()) == (silence,)
    assert asked(other, words("and who decides?"), frozenset()) == ()


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("    absent: [deadline, days]\n", "    absent: [chain]\n", "'chain' is in GO 5.14"),
        (f"{FIRST}    sections: [IV.F.1]\n", f"{FIRST}    sections: [IV.F.9]\n", "'IV.F.9' is not"),
        (
            "      - when: [[get_permission]]\n",
            "      - when: [[begging]]\n",
            "'begging' is no fact",
        ),
        ("silences:\n", "silences:\n  empty: {says: what}\n", "silence 'empty': no cue says when"),
        ("reserves the right to remove obscenities, off", "removes obscenities, off", "Quote it"),
    ],
)
def test_a_faulty_silence_or_notice_is_refused_with_file_and_line(
    tmp_path: Path, old: str, new: str, reason: str
) -> None:
    corpus = copied(tmp_path)
    change(corpus / ORDER / "rules.yaml", old, new)
    with pytest.raises(ReadingRefused) as refused:
        load_readings(load(corpus), load_facts(corpus))
    assert reason in str(refused.value)
    assert "rules.yaml' line " in str(refused.value)
    assert "\n" not in str(refused.value)


def test_remarks_are_called_for_by_their_cues(corpus: Path) -> None:
    remarks = load_remarks(corpus, load_facts(corpus))
    called = remarks.called_for(tuple(words("does your answer count as permission")), frozenset())
    assert [line for line in called if "not approval" in line]
    assert remarks.called_for(tuple(words("can I post my badge")), frozenset({"post"})) == []


OWN_CASE = "This is a Department system and may be reviewed."


@pytest.mark.parametrize(
    "question",
    [
        "I deleted my post after the chief saw it, does that matter?",
        "last week I went live from a call, is that a problem",
        "I have an IA interview on Thursday about my tweets",
        "Sgt. Rivera posted a picture of me, is that allowed",
        "I got suspended over a story, which section is that",
        "a comment I made is all over the news",
    ],
)
def test_a_question_that_tells_of_an_own_case_or_names_somebody_is_warned_of(
    question: str, assistant: Assistant
) -> None:
    assert (assistant.ask(question).warning or "").startswith(OWN_CASE)


@pytest.mark.parametrize(
    "question",
    [
        "can I post about my case load",
        "Can I post photos I took at the academy graduation",
        "what if I posted something and was caught",
        "Can a Sergeant Post About Training",
        "may the Detective Bureau ask for tips on the page",
        "what happens to an officer who got suspended for a post",
    ],
)
def test_a_question_that_only_asks_is_not(question: str, assistant: Assistant) -> None:
    assert assistant.ask(question).warning is None


@pytest.mark.parametrize(
    "question",
    [
        "my buddy posted a pic of an arrestee",
        "my partner shared a photo from the crash scene on facebook",
        "a fellow officer is posting drunk selfies in uniform",
        "somebody on my shift put bodycam footage on youtube",
        "my lieutenant posts pictures of victims",
        "a colleague tweeted the name of a victim",
        "the sergeant next to me put crime scene pics in a facebook group",
        "my squad mate has a youtube where he talks about open cases",
        "dispatcher shared a screenshot of a 911 call on snapchat",
    ],
)
def test_a_colleague_s_forbidden_post_has_the_duty_cited_and_asking_is_no_report(
    question: str, assistant: Assistant
) -> None:
    answer = assistant.ask(question)
    assert "IV.E.12" in [citation.section for citation in answer.citations]
    assert "Asking here is not a report." in f"{answer.summary} {' '.join(answer.notices)}"
    assert f"{answer.summary} {' '.join(answer.notices)}".count("Asking here is not") == 1


def test_what_a_colleague_may_do_is_no_matter_for_a_report(assistant: Assistant) -> None:
    answer = assistant.ask("can my partner post a photo of us")
    assert "IV.E.12" not in [citation.section for citation in answer.citations]


def test_a_corpus_without_remarks_has_none_and_a_faulty_one_is_refused(tmp_path: Path) -> None:
    corpus = copied(tmp_path)
    facts = load_facts(corpus)
    change(corpus / "remarks.yaml", "when: [[legal]]", "when: [[lawful]]")
    with pytest.raises(ReadingRefused, match=r"remarks\.yaml' line \d+ remark 'legal'.*lawful"):
        load_remarks(corpus, facts)
    (corpus / "remarks.yaml").unlink()
    assert load_remarks(corpus, facts) == Remarks()
