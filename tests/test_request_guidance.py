"""What a request touches in GO 5.14: who decides, whose consent, and what nobody can permit."""

from pathlib import Path

import pytest
from corpora import change, copied
from guides import QUESTIONS, replies, the_guide
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.answer import ApprovalKind
from bot.approvals.guidance import Guidance, Touched
from bot.approvals.request import Answered, Colleague, Content, Material, Page, Reply
from index.asked import load_facts
from index.directive import Directive
from index.errors import ReadingRefused
from index.request import Questions, load_questions
from index.rules import Effect, Reading

ANA = (Colleague(name="Ana Example"),)
UNSURE = "not sure"


def content(
    words: str = "A picture.",
    text: str = "",
    material: Material = Material.PHOTO,
    page: Page = Page.OWN,
    colleagues: tuple[Colleague, ...] = (),
    **said: str,
) -> Content:
    return Content(
        material=material,
        page=page,
        platform="Instagram",
        description=words,
        exact_text=text,
        colleagues=colleagues,
        flags=replies(**said),
    )


def sections(clauses: tuple[Touched, ...]) -> set[str]:
    return {one.section for one in clauses}


def deciding(found: Guidance, section: str) -> Touched:
    return next(one for one in found.touched if one.section == section and one.kind)


def test_a_range_photo_with_a_weapon_shown_needs_permission_and_is_barred_by_nothing(
    order: Directive,
) -> None:
    found = the_guide().touches(
        order,
        content("Me at the range with my rifle", recognisable="yes", uniform="yes", weapon="yes"),
    )
    assert {"II¶1", "IV.E.16", "IV.F.1", "IV.E.4•1"} <= sections(found.touched)
    assert (found.barred, found.unclear) == ((), ())
    assert deciding(found, "II¶1").form == "express written permission"
    assert deciding(found, "IV.E.16").decided_by == "Chief of Police"


def test_a_weapon_drawn_is_what_no_one_can_permit(order: Directive) -> None:
    found = the_guide().touches(order, content(uniform="yes", weapon="yes", drawn="yes"))
    assert sections(found.barred) == {"IV.E.19•3", "IV.E.19•4"}
    assert not found.lifts_nothing and the_guide().flags_behind(found.barred[0].facts)
    alone = the_guide().touches(order, content(weapon="yes", drawn="yes"))
    assert alone.lifts_nothing


def test_not_sure_whether_it_is_drawn_leaves_it_open_with_the_fact_that_decides(
    order: Directive,
) -> None:
    found = the_guide().touches(order, content(uniform="yes", weapon="yes", drawn=UNSURE))
    assert sections(found.unclear) == {"IV.E.19•3", "IV.E.19•4"} and found.barred == ()
    assert {one.applies_if for one in found.unclear} == {
        "the photo shows anyone brandishing a weapon",
        "the photo shows anyone brandishing a firearm or other tactical instrument",
    }
    assert {"IV.E.19•3", "IV.E.19•4"} <= set(found.sections)


def test_a_scene_needs_the_consent_of_the_chief_and_may_be_barred_besides(
    order: Directive,
) -> None:
    found = the_guide().touches(order, content(scene="yes", investigation=UNSURE, suspect=UNSURE))
    consent = deciding(found, "IV.E.18")
    assert (consent.decided_by, consent.form) == ("Chief of Police", "consent")
    assert sections(found.unclear) == {"IV.E.19•1", "IV.E.20•2", "IV.E.20•3"}
    assert the_guide().touches(order, content(scene="yes")).unclear == ()


def test_a_colleague_is_asked_and_that_is_a_consent(order: Directive) -> None:
    found = the_guide().touches(order, content(colleagues=ANA, uniform="yes"))
    consents = {one.section for one in found.touched if one.kind is ApprovalKind.CONSENT}
    assert consents == {"IV.E.4", "IV.F.2"}
    assert found.kind(ApprovalKind.PERMISSION) is ApprovalKind.BOTH
    assert deciding(found, "IV.E.4").form == "their permission"


def test_an_official_page_is_decided_by_the_chief_or_a_designee_and_e_does_not_hold(
    order: Directive,
) -> None:
    found = the_guide().touches(order, content(page=Page.DEPARTMENT, uniform="yes", suspect="yes"))
    assert deciding(found, "IV.A.4").decided_by == "Chief of Police or his or her designee"
    everything = (*found.touched, *found.barred, *found.unclear)
    assert not [one for one in everything if one.section.startswith("IV.E")]
    guilt = the_guide().touches(order, content(page=Page.DEPARTMENT, prosecution="yes"))
    assert sections(guilt.barred) == {"IV.B.3"}


def test_training_on_an_official_page_names_nobody(order: Directive) -> None:
    found = the_guide().touches(order, content(page=Page.DEPARTMENT, training="yes"))
    assert deciding(found, "IV.B.3").decided_by is None


def test_an_employer_on_a_profile_is_cautioned_about_and_needs_approval(order: Directive) -> None:
    found = the_guide().touches(order, content(material=Material.PROFILE, employer="yes"))
    caution = next(one for one in found.touched if one.effect is Effect.ADVISED)
    assert (caution.section, caution.force) == ("IV.E.4", "cautioned")
    assert deciding(found, "IV.E.16").route == "via the chain of command"
    assert found.barred == ()


def test_what_discredits_is_barred_by_a_yes_and_open_by_mere_words(order: Directive) -> None:
    rant = "This department is a joke and the chief is corrupt"
    yes = the_guide().touches(order, content(text=rant, material=Material.TEXT, discredit="yes"))
    assert sections(yes.barred) == {"IV.E.15"} and yes.lifts_nothing
    no = the_guide().touches(order, content(text=rant, material=Material.TEXT))
    assert no.barred == () and sections(no.unclear) == {"IV.E.15"}


def test_undercover_bars_what_identifies_and_nobody_is_named(order: Directive) -> None:
    found = the_guide().touches(order, content(undercover="yes"))
    assert sections(found.barred) == {"IV.E.4•2"}
    asked = next(one for one in QUESTIONS.flags if one.name == "undercover")
    assert asked.forget


@pytest.mark.parametrize("prefix", ["IV.E.5", "IV.E.15", "IV.E.19", "IV.E.20", "IV.E.4•2"])
def test_each_clause_without_a_permission_can_be_reached_by_a_question(
    order: Directive, prefix: str
) -> None:
    yes = {one.name: "yes" for one in QUESTIONS.flags}
    found = the_guide().touches(order, content(**yes))
    assert [one for one in found.barred if one.section.startswith(prefix)]


def test_every_ban_without_a_permission_is_asked_for(order: Directive, reading: Reading) -> None:
    """A ban of personal posting that no question can bring up would never be shown."""
    yes = {one.name: "yes" for one in QUESTIONS.flags}
    found = the_guide().touches(order, content(**yes))
    final = {
        rule.section
        for rule in reading.rules
        if rule.effect is Effect.PROHIBITED
        and rule.yields is None
        and rule.when
        and rule.scope.value == "personal"
        and "post" in rule.acts
    }
    devices = {"IV.E.13", "IV.E.14"}
    assert final - devices <= sections(found.barred)


@settings(max_examples=120, deadline=None)
@given(
    said=st.fixed_dictionaries({one.name: st.sampled_from(list(Reply)) for one in QUESTIONS.flags}),
    material=st.sampled_from(list(Material)),
    page=st.sampled_from(list(Page)),
    colleague=st.booleans(),
)
def test_only_a_yes_bars_and_all_that_is_said_is_verbatim(
    order: Directive,
    said: dict[str, Reply],
    material: Material,
    page: Page,
    colleague: bool,
) -> None:
    filled = Content(
        material=material,
        page=page,
        platform="x",
        description="x",
        colleagues=ANA if colleague else (),
        flags=tuple(Answered(name=name, reply=reply) for name, reply in said.items()),
    )
    found = the_guide().touches(order, filled)
    yes = {name for name, reply in said.items() if reply is Reply.YES}
    for one in found.barred:
        assert set(the_guide().flags_behind(one.facts)) & yes
    assert not sections(found.barred) & sections(found.unclear)
    if all(reply is Reply.NO for reply in said.values()) and material is not Material.DEVICE:
        assert found.barred == found.unclear == ()
    for one in (*found.touched, *found.barred, *found.unclear):
        clause = order.clause(one.section)
        assert clause is not None and one.quote == clause.text


def test_mere_words_preset_yes_and_never_no() -> None:
    filled = the_guide().preset("may I post a video of my cruiser at a crash scene on my own page?")
    assert (filled.material, filled.page) == ("video", "my own")
    said = {one.name: one.reply for one in filled.flags}
    assert said and set(said.values()) == {Reply.YES} and {"equipment", "scene"} <= set(said)
    assert the_guide().preset(None).flags == ()
    assert "undercover" not in {
        f.name for f in the_guide().preset("I work undercover, a pic?").flags
    }


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("states: [me]", "states: [myself]", "'myself' is no fact"),
        ("states: [me]", "states: [post]", "'post' is nothing shown or said"),
        ("states: [me]", "states: [uniform]", "'uniform' is asked for before"),
        ("name: uniform", "name: recognisable", "the name is there before"),
        ("states: [me]", "states: []", "flags.0.states"),
        ("flags:", "flag:", "flag: "),
        ("group: shows", "group: seen", "'seen' is no group of the file"),
        ("  - {name: speaks", "  - {name: shows, title: A}\n  - {name: speaks", "there before"),
        ("name: shows,", "name: hides,", "'shows' is no group of the file"),
        ("  - {name: speaks", "  - {name: none, title: None}\n  - {name: speaks", "put one to 10"),
        ("label: 'Somebody in uniform", f"label: '{'x' * 76}", "flags.1.label"),
    ],
)
def test_a_faulty_file_of_questions_is_refused_with_its_line(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    corpus = copied(tmp_path)
    change(corpus / "request.yaml", old, new)
    with pytest.raises(ReadingRefused, match=r"request\.yaml' line \d+") as refused:
        load_questions(corpus, load_facts(corpus))
    assert said in str(refused.value)


def test_a_corpus_without_the_file_asks_nothing(tmp_path: Path) -> None:
    corpus = copied(tmp_path)
    (corpus / "request.yaml").unlink()
    assert load_questions(corpus, load_facts(corpus)) == Questions()
