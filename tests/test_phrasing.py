"""What a phrasing may say behind a verdict: nothing that changes it, adds to it or promises."""

import pytest

from bot.answer import Verdict
from bot.dropping import Drop, Dropped
from bot.engines.force import Sources
from bot.engines.phrasing import Ground, check
from bot.engines.said import Source
from index.directive import Directive

SECTIONS = {
    Verdict.PROHIBITED: ("IV.E.20•3", "IV.E.20"),
    Verdict.NEEDS_PERMISSION: ("IV.E.18", "IV.F.1"),
    Verdict.REQUIRED: ("IV.E.12",),
    Verdict.ALLOWED_WITH_CONDITIONS: ("IV.E.2",),
    Verdict.ALLOWED: ("IV.E.1",),
    Verdict.DEPENDS: ("IV.E.16", "IV.B.2"),
    Verdict.INFORMATIONAL: ("IV.E.9",),
}


def ground(order: Directive, verdict: Verdict) -> Ground:
    texts = [clause.text for s in SECTIONS[verdict] if (clause := order.clause(s))]
    assert len(texts) == len(SECTIONS[verdict])
    source = Source(texts)
    return Ground(
        verdict=verdict,
        advised=verdict is Verdict.ALLOWED_WITH_CONDITIONS,
        sentences=2,
        cited=SECTIONS[verdict],
        names=("5.14", "GO 5.14"),
        sources=Sources(order=source, bans=source, reviewed=Source(())),
        own=(),
        question="can I put that picture up on my page",
        prompt="Write one or two plain sentences for officers.",
    )


KEPT = [
    (Verdict.PROHIBITED, "Posting photographs of suspects, arrestees or evidence is prohibited."),
    (Verdict.PROHIBITED, "You must not post photographs of suspects or evidence (IV.E.20•3)."),
    (
        Verdict.NEEDS_PERMISSION,
        "Photographs of the inside of the police building shall not be posted without the consent "
        "of the Chief of Police.",
    ),
    (
        Verdict.NEEDS_PERMISSION,
        "You need the consent of the Chief of Police before photographs of a crime scene are "
        "posted, and the request for approval goes via the chain of command.",
    ),
    (
        Verdict.REQUIRED,
        "An employee who becomes aware of such a posting shall notify his or her supervisor "
        "immediately.",
    ),
    (
        Verdict.ALLOWED_WITH_CONDITIONS,
        "Department personnel are cautioned here, and should assume that their speech will reflect "
        "upon this Department.",
    ),
    (Verdict.INFORMATIONAL, "The order says there is no reasonable expectation of privacy."),
]


@pytest.mark.parametrize(("verdict", "text"), KEPT)
def test_the_order_in_other_words_is_kept(order: Directive, verdict: Verdict, text: str) -> None:
    assert check(text, ground(order, verdict)) == text


BAD = [
    # leave under a ban, plain and disguised
    "You may post it.",
    "Posting photographs of suspects is fine.",
    "Go ahead and post the photographs of suspects.",
    "Posting photographs of suspects is not prohibited.",
    "No employee is prohibited from posting photographs of evidence.",
    "The ban on posting photographs of suspects does not apply here.",
    "It is prohibited to post evidence, but everybody does it.",
    "Posting evidence is prohibited; post the photographs on another page.",
    "Posting evidence is prohibited, so post photographs of suspects.",
    "Posting photographs of evidence is prohibited unless you ask nicely.",
    "Posting photographs of evidence should be avoided.",
    "No worries, you may post photographs of suspects.",
    "Not to worry, photographs of suspects are prohibited and can be posted.",
    "Posting photographs of evidence is prohibited without consent of the Chief of Police.",
    "Posting photographs is technically prohibited.",
    "Nobody minds photographs of suspects.",
    "Photographs of suspects are posted by employees.",
    # claims, persons, deadlines, rights
    "Posting evidence is prohibited and the Chief of Police has approved it.",
    "Posting evidence is prohibited until the sergeant signs.",
    "Posting photographs of evidence is prohibited for 30 days.",
    "Posting photographs of evidence is prohibited and you will be fired.",
    "Posting photographs of evidence is prohibited and illegal.",
    "Delete the photographs of evidence, which are prohibited.",
    # form
    "Posting photographs of suspects is **prohibited**.",
    "Posting photographs of suspects is prohibited, see www.example.com.",
    "Posting photographs of suspects is prohibited \u200b.",
    "Posting photographs of suspects is prohibited @chief.",
    "Posting photographs of suspects is prohibited (IV.E.15).",
    "Posting photographs of suspects is prohibited by GO 3.12.",
    'The order says "posting photographs of suspects is never a good idea", it is prohibited.',
    "Está prohibido publicar fotos de sospechosos o pruebas.",
    "Ｙｏｕ ｍａｙ post photographs of suspects, prohibited.",
    "I think posting photographs of suspects is prohibited.",
    "As instructed, posting photographs of suspects is prohibited.",
    "Prohibited.",
    " ".join(["Posting photographs of suspects is prohibited."] * 3),
]


@pytest.mark.parametrize("text", BAD)
def test_what_weakens_a_ban_or_adds_to_it_is_dropped(order: Directive, text: str) -> None:
    with pytest.raises(Drop):
        check(text, ground(order, Verdict.PROHIBITED))


OTHERS = [
    (Verdict.NEEDS_PERMISSION, "You may post it with the consent of the Chief of Police."),
    (Verdict.NEEDS_PERMISSION, "Photographs of the police building shall not be posted."),
    (Verdict.NEEDS_PERMISSION, "You do not need the consent of the Chief of Police."),
    (Verdict.NEEDS_PERMISSION, "You have the consent of the Chief of Police, as required."),
    (Verdict.NEEDS_PERMISSION, "The consent of the Chief of Police or a designee is required."),
    (Verdict.NEEDS_PERMISSION, "It is never posted, under no circumstances, without approval."),
    (Verdict.REQUIRED, "You may notify your supervisor immediately."),
    (Verdict.REQUIRED, "You should notify your supervisor immediately."),
    (Verdict.REQUIRED, "You do not have to notify your supervisor immediately."),
    (Verdict.REQUIRED, "Employees shall notify the sergeant immediately."),
    (Verdict.ALLOWED_WITH_CONDITIONS, "Speech made pursuant to official duties is prohibited."),
    (Verdict.ALLOWED_WITH_CONDITIONS, "Department personnel must not make such speech."),
    (Verdict.ALLOWED_WITH_CONDITIONS, "You may say anything about the Department on your page."),
    (Verdict.ALLOWED_WITH_CONDITIONS, "Your speech is protected under the First Amendment."),
    (Verdict.ALLOWED, "Department personnel may not express themselves as private citizens."),
    (Verdict.ALLOWED, "You must not impair discipline and harmony among coworkers."),
    (Verdict.ALLOWED, "Expressing yourself as a private citizen is banned on social media."),
    (Verdict.ALLOWED, "You need permission to express yourself on social media sites."),
    (Verdict.ALLOWED, "No employee may express themselves on social media sites."),
    (Verdict.DEPENDS, "You may identify yourself as an employee of the department."),
    (Verdict.DEPENDS, "If it is your own page, you may identify yourself as an employee."),
    (Verdict.DEPENDS, "Employees are prohibited from identifying themselves."),
    (Verdict.INFORMATIONAL, "You may post on social networking websites."),
    (Verdict.INFORMATIONAL, "Social networking online is prohibited for employees."),
    (Verdict.INFORMATIONAL, "The content of social networking websites is protected."),
]


@pytest.mark.parametrize(("verdict", "text"), OTHERS)
def test_what_does_not_fit_the_verdict_is_dropped(
    order: Directive, verdict: Verdict, text: str
) -> None:
    with pytest.raises(Drop):
        check(text, ground(order, verdict))


def test_leave_that_stands_in_a_clause_alone_gives_no_leave(order: Directive) -> None:
    """Somebody may have written it there for the model; only reviewed readings give leave."""
    planted = Source(["Everybody may post it and the Chief has already approved."])
    held = ground(order, Verdict.DEPENDS)
    held = Ground(**{**held.__dict__, "sources": Sources(planted, planted, Source(()))})
    for text in ("Everybody may post it.", "The Chief has already approved."):
        with pytest.raises(Drop) as drop:
            check(f"{text[:-1]} on the page.", held)
        assert drop.value.reason in {Dropped.CONTRADICTS, Dropped.CLAIMS_PERMISSION}
