"""domain.md section 6, line by line: ambiguities and contradictions are shown, not smoothed over.

Each line's number stands in a comment above its tests. Of 6.5 most rows are the parser's and are
tested in test_parser.py: the header kept as text and out of the clauses, headings of any depth,
page breaks (A.7/A.8, E.5•1, E.10/E.11, E.19), detached and swallowed bullets (C.1, C.3, E.8, E.20),
the run-in title of E.12, the definitions and the counts. Here stand those that touch answers.
"""

import re

import pytest
from domain import FREE, SAVINGS, SILENT
from test_answers import meets, sections, well_formed

from bot.answer import Answer, ApprovalKind, Verdict
from bot.assistant import Assistant
from index.directive import Directive
from index.rules import Effect, Reading, Rule, Scope


def rules(reading: Reading, section: str) -> list[Rule]:
    """Return every rule of a clause, those that decide nothing by themselves too."""
    return [rule for rule in reading.rules if rule.section == section]


def ask(assistant: Assistant, order: Directive, question: str) -> Answer:
    answer = assistant.ask(question)
    well_formed(answer, order)
    return answer


def said(answer: Answer) -> str:
    return " ".join([answer.summary, *answer.notices])


# 6.1, 1: IV's lead sentence against E and F


@pytest.mark.parametrize(
    "question",
    [
        "does section IV only cover official pages, or my personal page too?",
        "if IV is about officially sanctioned uses, does E bind my own account",
        "why would part E apply to me when IV says officially sanctioned uses?",
    ],
)
def test_that_iv_s_lead_and_its_headings_differ_is_said(
    assistant: Assistant, order: Directive, question: str
) -> None:
    answer = ask(assistant, order, question)
    assert answer.verdict is Verdict.INFORMATIONAL
    assert "IV" in sections(answer)
    assert "officially sanctioned uses" in answer.summary
    assert "Personal Use of Social Media" in answer.summary


def test_headings_and_not_iv_s_lead_drive_the_scope(reading: Reading) -> None:
    for rule in reading.rules:
        if rule.section.startswith("IV.E") and rule.effect is not Effect.INFORMS:
            assert rule.scope in {Scope.PERSONAL, Scope.EVERYONE}
        if rule.section.startswith(("IV.A", "IV.B")) and rule.effect is not Effect.INFORMS:
            assert rule.scope is Scope.DEPARTMENT


# 6.1, 2: I reaches off duty "when identified as members"; E.5, E.15, E.19, E.20 have no such limit


@pytest.mark.parametrize(
    ("question", "section"),
    [
        ("nobody knows I'm a cop on that account: can I post a racist meme off duty?", "IV.E.5"),
        ("from an anonymous account, can I post about a case we are investigating", "IV.E.19"),
        ("on a fake name account can I put up a mugshot?", "IV.E.20"),
        ("anonymous account, off duty: can I bash the department", "IV.E.15"),
    ],
)
def test_an_anonymous_account_does_not_lift_a_ban_that_has_no_such_limit(
    assistant: Assistant, order: Directive, question: str, section: str
) -> None:
    answer = ask(assistant, order, question)
    assert answer.verdict is Verdict.PROHIBITED
    assert meets(sections(answer), [section])


@pytest.mark.parametrize(
    "question",
    [
        "does the order reach me off duty if I'm not identified as a cop?",
        "off duty and on an anonymous account, does this order apply to me",
    ],
)
def test_the_purpose_s_limit_off_duty_is_quoted_as_it_stands(
    assistant: Assistant, order: Directive, question: str
) -> None:
    answer = ask(assistant, order, question)
    assert "I" in sections(answer)
    assert "off duty when identified as members of the organization" in answer.summary


# 6.1, 3: E.20 against C.1 and C.2 (wanted posters)


@pytest.mark.parametrize(
    "question",
    [
        "can I put a wanted poster with the suspect's picture on my own facebook?",
        "may I share a mugshot on my page to get tips",
    ],
)
def test_a_wanted_poster_on_one_s_own_page_stays_prohibited(
    assistant: Assistant, order: Directive, question: str
) -> None:
    answer = ask(assistant, order, question)
    assert answer.verdict is Verdict.PROHIBITED
    assert meets(sections(answer), ["IV.E.20"])


@pytest.mark.parametrize(
    "question",
    [
        "can we put a wanted person on the department's official page to get tips?",
        "may the department account ask the public for tips about an unsolved crime",
        "can our official page ask people to help find a wanted man",
    ],
)
def test_an_official_call_for_tips_is_answered_by_the_uses_the_order_recognizes(
    assistant: Assistant, order: Directive, question: str
) -> None:
    answer = ask(assistant, order, question)
    assert meets(sections(answer), ["IV.C.1", "IV.C.2"])
    assert answer.verdict is not Verdict.PROHIBITED


# 6.1, 4: six venues; private accounts and group chats fall inside some only


@pytest.mark.parametrize(
    "question",
    [
        "can I bash the department in a private group chat?",
        "can I trash my captain in a closed facebook group with friends",
    ],
)
def test_e_15_reaches_private_forums(assistant: Assistant, order: Directive, question: str) -> None:
    answer = ask(assistant, order, question)
    assert answer.verdict is Verdict.PROHIBITED
    assert meets(sections(answer), ["IV.E.15"])
    assert "public or private" in answer.summary


@pytest.mark.parametrize(
    "question",
    [
        "my account is private, can I have a picture in uniform there?",
        "only my friends see my page. is a uniform selfie ok then",
    ],
)
def test_whether_a_private_page_is_accessed_by_the_public_is_left_open(
    assistant: Assistant, order: Directive, question: str
) -> None:
    answer = ask(assistant, order, question)
    assert answer.verdict is Verdict.NEEDS_PERMISSION
    assert 'whether a private account or a closed group "can be accessed by the public"' in said(
        answer
    )


def test_that_privacy_is_not_to_be_expected_is_advice_and_no_ban(
    assistant: Assistant, order: Directive
) -> None:
    answer = ask(assistant, order, "is what I write in a private group really private?")
    assert meets(sections(answer), ["IV.E.9", "IV.E.10"])
    assert answer.verdict is Verdict.INFORMATIONAL


# 6.1, 5: who is bound


@pytest.mark.parametrize(
    "question",
    [
        "does this order apply to civilian dispatchers?",
        "are recruits covered by the social media order",
        "do volunteers have to follow this order?",
        "does 'employees' include retired officers",
    ],
)
def test_civilians_recruits_volunteers_and_retirees_are_not_stated(
    assistant: Assistant, order: Directive, question: str
) -> None:
    answer = ask(assistant, order, question)
    assert f"{SILENT} whether civilians, recruits, volunteers or retired members" in answer.summary
    assert answer.verdict is Verdict.INFORMATIONAL


# 6.2, the table: authority and form in the order's words, or null


@pytest.mark.parametrize(
    ("question", "clause", "by", "form", "basis", "route"),
    [
        (
            "can I post a picture of my cruiser?",
            "II¶1",
            "Chief of Police",
            "express written permission",
            "IV.F.1",
            "via the chain of command",
        ),
        (
            "who has to approve a new official page?",
            "IV.A.4",
            "Chief of Police or his or her designee",
            "approved",
            "IV.A.4",
            None,
        ),
        (
            "can I put confidential training material on the department's page?",
            "IV.B.3",
            None,
            "express written permission",
            "IV.B.3",
            None,
        ),
        (
            "can I use the desk computer for the department's official twitter?",
            "IV.B.5",
            None,
            "authorization",
            "IV.B.5",
            None,
        ),
        (
            "may I run the department's instagram from my own phone?",
            "IV.B.6",
            None,
            "express written permission",
            "IV.B.6",
            None,
        ),
        (
            "can I post something I know from an incident report?",
            "IV.E.3",
            "Chief executive or his or her designee",
            "written permission",
            "IV.E.3",
            None,
        ),
        (
            "can I give a podcast interview speaking for the department?",
            "IV.E.7",
            None,
            "express authorization",
            "IV.E.7",
            None,
        ),
        (
            "can I say on my page that I'm a cop here?",
            "IV.E.16",
            "Chief of Police",
            "approval as indicated in this policy",
            "IV.F.1",
            "via the chain of command",
        ),
        (
            "can I post a photo of the roll call room?",
            "IV.E.18",
            "Chief of Police",
            "consent",
            "IV.E.18",
            None,
        ),
        (
            "how do I ask to mention the department on my website?",
            "IV.F.1",
            "Chief of Police",
            "request for approval",
            "IV.F.1",
            "via the chain of command",
        ),
    ],
    ids=lambda value: str(value) if str(value).startswith(("II", "IV")) else None,
)
def test_who_permits_and_how_is_in_the_words_of_the_clause(
    assistant: Assistant,
    order: Directive,
    question: str,
    clause: str,
    by: str | None,
    form: str | None,
    basis: str,
    route: str | None,
) -> None:
    answer = ask(assistant, order, question)
    assert clause in sections(answer)
    approval = answer.approval
    assert approval.offered
    assert (approval.decided_by, approval.form) == (by, form)
    assert (approval.basis, approval.route) == (basis, route)
    if by is None:
        assert f"{SILENT} who gives it." in answer.notices
    if route is None:
        assert any("states no route" in notice for notice in answer.notices)


@pytest.mark.parametrize(
    "question",
    [
        "can I post a picture of a coworker at a barbecue?",
        "may I write about my partner's retirement party on facebook",
    ],
)
def test_a_colleague_gives_his_own_permission_in_no_stated_form(
    assistant: Assistant, order: Directive, question: str
) -> None:
    approval = ask(assistant, order, question).approval
    assert approval.offered
    assert approval.kind is ApprovalKind.CONSENT
    assert approval.decided_by in {"the employee(s)", "any other member of the Department"}
    assert approval.route is None


@pytest.mark.parametrize(
    ("section", "by", "form"),
    [
        ("II¶1", "Chief of Police", "express written permission"),
        ("IV.A.4", "Chief of Police or his or her designee", "approved"),
        ("IV.B.3", None, "express written permission"),
        ("IV.B.5", None, "authorization"),
        ("IV.B.6", None, "express written permission"),
        ("IV.E.3", "Chief executive or his or her designee", "written permission"),
        ("IV.E.4", "any other member of the Department", "their permission"),
        ("IV.E.7", None, "express authorization"),
        ("IV.E.16", "Chief of Police", "approval as indicated in this policy"),
        ("IV.E.18", "Chief of Police", "consent"),
        ("IV.F.1", "Chief of Police", "request for approval"),
    ],
)
def test_the_reading_holds_each_row_of_the_table(
    reading: Reading, section: str, by: str | None, form: str
) -> None:
    stated = {(r.permission.by, r.permission.form) for r in rules(reading, section) if r.permission}
    assert stated == {(by, form)}


def test_an_authorized_duty_is_an_exception_and_no_request_path(reading: Reading) -> None:
    for section in ("IV.E.13", "IV.E.14", "IV.E.15"):
        assert all(rule.permission is None for rule in rules(reading, section))
        assert any(
            rule.exception == "Except in the performance of an authorized duty"
            for rule in rules(reading, section)
        )


@pytest.mark.parametrize(
    "question", ['what is an "authorized duty"?', "who authorizes an authorized duty"]
)
def test_by_whom_a_duty_is_authorized_is_not_stated(
    assistant: Assistant, order: Directive, question: str
) -> None:
    answer = ask(assistant, order, question)
    assert f'{SILENT} who gives an "authorized duty" its authority.' in answer.summary


# 6.2, 6: F.1 covers "references" only


@pytest.mark.parametrize(
    "question",
    [
        'is a uniform photo one of the "references" in F.1?',
        "does a logo count as a reference under F.1",
    ],
)
def test_whether_a_logo_or_a_uniform_photo_is_a_reference_is_left_open(
    assistant: Assistant, order: Directive, question: str
) -> None:
    answer = ask(assistant, order, question)
    assert "IV.F.1" in sections(answer)
    assert "IV.E.16" in sections(answer)
    assert f"{SILENT} whether a logo, a badge or a photo in uniform is one of the" in answer.summary


@pytest.mark.parametrize(
    ("question", "clause"),
    [
        ("how do I get the okay to post a photo inside the station?", "IV.E.18"),
        ("what's the procedure for permission to share information from work", "IV.E.3"),
        ("how do I get permission to use my own phone for the department's page?", "IV.B.6"),
    ],
)
def test_no_procedure_is_made_up_where_f_1_does_not_apply(
    assistant: Assistant, order: Directive, question: str, clause: str
) -> None:
    answer = ask(assistant, order, question)
    assert clause in sections(answer)
    assert answer.approval.basis == clause
    assert answer.approval.route is None
    assert "GO 5.14 states no route for this permission." in answer.notices


# 6.2, 7: a designee for F.1


@pytest.mark.parametrize(
    "question",
    [
        "can a designee answer my F.1 request?",
        "can a deputy chief approve my uniform picture instead of the chief",
        "who is the chief's designee?",
    ],
)
def test_whether_a_designee_may_answer_is_not_stated(
    assistant: Assistant, order: Directive, question: str
) -> None:
    answer = ask(assistant, order, question)
    assert answer.verdict not in FREE
    assert f"{SILENT} whether a designee may decide" in answer.summary
    assert "designee" not in (answer.approval.decided_by or "")


# 6.2, 8: no deadline, criteria, conditions, expiry, revocation, record-keeping, appeal


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("by when does the chief have to answer me?", "how long a decision"),
        ("what criteria are used to approve a request?", "by what criteria"),
        ("can the chief put conditions on my approval?", "whether conditions may be put"),
        ("when does my approval expire?", "how long an approval lasts"),
        ("can my approval be revoked", "how long an approval lasts"),
        ("who keeps a record of approvals?", "who keeps a record of it"),
        ("can I appeal a denial of my request", "whether a denial can be appealed"),
    ],
)
def test_what_the_approval_process_leaves_out_is_said_to_be_left_out(
    assistant: Assistant, order: Directive, question: str, says: str
) -> None:
    answer = ask(assistant, order, question)
    assert f"{SILENT} " in answer.summary
    assert says in answer.summary
    assert "IV.F.1" in sections(answer)


def test_a_denial_is_sent_to_no_made_up_appeal(assistant: Assistant, order: Directive) -> None:
    answer = ask(assistant, order, "the chief denied my photo request, can I appeal?")
    aside = [notice for notice in answer.notices if notice.startswith("Not from the order:")]
    assert aside == [
        "Not from the order: the chain of command or your union representative is where to turn."
    ]


# 6.3, 9: II's blanket ban against E.1


@pytest.mark.parametrize(
    "question",
    [
        "section II seems to ban any photo at all, am I still free to post as a private citizen?",
        "II bans all photographs but E.1 says I'm free to express myself. which is it?",
    ],
)
def test_ii_against_e_1_is_shown_and_not_smoothed_over(
    assistant: Assistant, order: Directive, question: str
) -> None:
    answer = ask(assistant, order, question)
    assert {"II¶1", "IV.E.1"} <= set(sections(answer))
    assert any("broken as issued" in notice for notice in answer.notices)


@pytest.mark.parametrize(
    "question",
    ["can I post holiday photos of my kids?", "may I share a picture of my dog on instagram"],
)
def test_ii_read_literally_does_not_ban_a_private_picture(
    assistant: Assistant, order: Directive, question: str
) -> None:
    answer = ask(assistant, order, question)
    assert answer.verdict in FREE
    assert "IV.E.1" in sections(answer)


# 6.3, 10: E.4 absolute against II and E.16 conditional


@pytest.mark.parametrize(
    "question",
    [
        "can I use the department patch as my profile picture?",
        "can I have a photo in my uniform on my personal page",
        "is my class A portrait okay on my own facebook?",
    ],
)
def test_e_4_against_e_16_is_shown_with_both_clauses(
    assistant: Assistant, order: Directive, question: str
) -> None:
    answer = ask(assistant, order, question)
    assert answer.verdict is Verdict.NEEDS_PERMISSION
    assert "IV.E.4•1" in sections(answer)
    assert meets(sections(answer), ["II¶1", "IV.E.16"])
    assert "states no permission; II and E.16 forbid it only without" in answer.summary
    assert answer.approval.basis == "IV.F.1"


def test_the_caution_of_e_4_is_read_as_a_caution(reading: Reading) -> None:
    caution = next(r for r in rules(reading, "IV.E.4") if r.force == "cautioned")
    assert caution.effect is Effect.ADVISED
    assert "cautioned" in (caution.plain or "")


# 6.3, 11: E.4 "without their permission" against F.2 "inform and seek approval"


@pytest.mark.parametrize(
    "question",
    [
        "does my coworker have to actually agree, or is it enough to ask?",
        "F.2 says seek approval. do I have to get a yes from the colleague?",
        "can I post my partner's picture if he never answers me",
    ],
)
def test_whether_a_colleague_s_approval_must_be_obtained_is_left_open_with_both_clauses(
    assistant: Assistant, order: Directive, question: str
) -> None:
    answer = ask(assistant, order, question)
    assert meets(sections(answer), ["IV.E.4"])
    assert "IV.F.2" in sections(answer)
    assert f"{SILENT} whether" in answer.summary
    assert "must be given or only sought" in answer.summary


@pytest.mark.parametrize(
    "question",
    ["does a coworker's ok have to be in writing?", "is a text from my partner enough as his ok"],
)
def test_a_colleague_s_permission_has_no_stated_form(
    assistant: Assistant, order: Directive, question: str
) -> None:
    answer = ask(assistant, order, question)
    assert f"{SILENT} whether a colleague's permission has to be in writing." in answer.summary


# 6.3, 12: E.14 against B.6, E.13 against B.5, breaks


@pytest.mark.parametrize(
    ("question", "verdict", "section"),
    [
        (
            "on duty, can I use my own phone for the department's page?",
            "needs_permission",
            "IV.B.6",
        ),
        ("can I be on facebook on my own phone on duty", "prohibited", "IV.E.14"),
        (
            "may I update the department's page from the station computer?",
            "needs_permission",
            "IV.B.5",
        ),
        ("can I look at my own instagram on the station computer", "prohibited", "IV.E.13"),
        ("off duty, is facebook on a work laptop ok", "prohibited", "IV.E.13"),
        ("can I be on facebook on my own phone off duty?", "allowed", "IV.E.14"),
    ],
)
def test_whose_device_whose_account_and_duty_lead_to_different_clauses(
    assistant: Assistant, order: Directive, question: str, verdict: str, section: str
) -> None:
    answer = ask(assistant, order, question)
    assert answer.verdict.value == verdict
    assert meets(sections(answer), [section])


@pytest.mark.parametrize(
    "question",
    ["can I check instagram on my meal break?", "is facebook ok during my lunch on shift"],
)
def test_breaks_and_meal_periods_are_said_not_to_be_stated(
    assistant: Assistant, order: Directive, question: str
) -> None:
    answer = ask(assistant, order, question)
    assert answer.verdict not in FREE
    assert "IV.E.14" in sections(answer)
    assert f"{SILENT} whether a break or a meal period counts as on duty." in answer.summary


@pytest.mark.parametrize(
    "question",
    ["can I look at facebook on the MDT for a case I'm assigned?"],
)
def test_the_exception_for_an_authorized_duty_is_shown(
    assistant: Assistant, order: Directive, question: str
) -> None:
    answer = ask(assistant, order, question)
    assert answer.verdict is not Verdict.PROHIBITED
    assert meets(sections(answer), ["IV.E.13"])


# 6.3, 13: E.18 against E.19 and E.20


@pytest.mark.parametrize(
    "question",
    [
        "can I post a picture of a crash scene if the chief consents?",
        "with the chief's consent, may I put up a crime scene photo",
        "does E.18 consent also cover what E.19 and E.20 ban at a crime scene?",
    ],
)
def test_e_18_is_shown_with_the_bans_its_consent_may_not_lift(
    assistant: Assistant, order: Directive, question: str
) -> None:
    answer = ask(assistant, order, question)
    assert answer.verdict not in FREE
    assert "IV.E.18" in sections(answer)
    assert meets(sections(answer), ["IV.E.19", "IV.E.20"])
    assert SILENT in answer.summary


@pytest.mark.parametrize(
    "question",
    [
        "the chief consented: can I post a crime scene photo that shows the evidence?",
        "chief said ok, can I post the suspect lying at the crash scene",
    ],
)
def test_consent_does_not_cure_a_ban_without_a_path(
    assistant: Assistant, order: Directive, question: str
) -> None:
    answer = ask(assistant, order, question)
    assert answer.verdict is Verdict.PROHIBITED
    assert meets(sections(answer), ["IV.E.20"])
    assert sections(answer)[0] != "IV.E.18"
    assert not answer.approval.offered


# 6.3, 14: E.19•3 and •4, "brandishing"


@pytest.mark.parametrize(
    "question",
    [
        "can I post a shot of me aiming my rifle at deer camp?",
        "may I post a clip of me waving a toy gun",
        "can I post me holding my gun up for the camera",
    ],
)
def test_brandishing_has_no_exception_no_path_and_no_definition(
    assistant: Assistant, order: Directive, question: str
) -> None:
    answer = ask(assistant, order, question)
    assert answer.verdict is Verdict.PROHIBITED
    assert meets(sections(answer), ["IV.E.19•3"])
    assert "gives no exception" in answer.summary
    assert SILENT in answer.summary
    assert not answer.approval.offered


@pytest.mark.parametrize(
    "question",
    [
        "can I post a picture of my hunting rifle?",
        "is a photo of a toy gun on the shelf ok",
        "may I post a picture with my shotgun from a hunt",
    ],
)
def test_a_weapon_that_is_only_there_depends_on_the_undefined_word(
    assistant: Assistant, order: Directive, question: str
) -> None:
    answer = ask(assistant, order, question)
    assert answer.verdict is Verdict.DEPENDS
    assert answer.clarify is not None
    assert "brandish" in answer.clarify.ask
    assert {Verdict.PROHIBITED} < {branch.verdict for branch in answer.clarify.branches}


def test_the_range_question_claims_neither_that_approval_lifts_e_19_nor_that_it_does_not(
    assistant: Assistant, order: Directive
) -> None:
    for question in ("can I post a photo from the range?", "range day pics on insta, ok?"):
        answer = ask(assistant, order, question)
        assert answer.verdict is Verdict.NEEDS_PERMISSION
        assert f"{SILENT} that approval lifts it" in answer.summary


# 6.3, 15: E.19•2 and one's own proceedings


@pytest.mark.parametrize(
    "question",
    [
        "can I post about my own lawsuit against the city?",
        "may I write on facebook about the misconduct complaint against me",
        "can I tweet about my hearing for alleged misconduct?",
    ],
)
def test_one_s_own_proceeding_is_banned_and_the_lead_of_e_is_shown(
    assistant: Assistant, order: Directive, question: str
) -> None:
    answer = ask(assistant, order, question)
    assert answer.verdict is Verdict.PROHIBITED
    assert "IV.E.19•2" in sections(answer)
    assert any(SAVINGS in notice for notice in answer.notices)


# 6.3, 16: E.1's test against E.15's lower one


@pytest.mark.parametrize(
    "question",
    [
        "can I criticize how the department is run?",
        "am I free to complain about my captain on facebook",
    ],
)
def test_e_1_and_e_15_are_cited_together_where_speech_is_critical(
    assistant: Assistant, order: Directive, question: str
) -> None:
    answer = ask(assistant, order, question)
    assert answer.verdict not in FREE
    assert {"IV.E.1", "IV.E.15"} <= set(sections(answer))


@pytest.mark.parametrize(
    "question",
    [
        "who decides if my speech is deemed detrimental?",
        "deemed detrimental to the Department by whom",
    ],
)
def test_who_deems_speech_detrimental_is_not_stated(
    assistant: Assistant, order: Directive, question: str
) -> None:
    answer = ask(assistant, order, question)
    assert "IV.E.2" in sections(answer)
    assert f"{SILENT} who deems speech detrimental." in answer.summary


# 6.3, 17: B.2 against E.4 and E.16 (the clarifying question itself: test_domain_traps.py)


@pytest.mark.parametrize(
    ("question", "verdict"),
    [
        ("running the department page, must I say who I am?", {Verdict.REQUIRED}),
        ("on my own page may I say I'm a police officer here?", {Verdict.NEEDS_PERMISSION}),
        ("do I have to say I'm a cop when I comment?", {Verdict.DEPENDS}),
    ],
)
def test_identifying_oneself_turns_on_the_account(
    assistant: Assistant, order: Directive, question: str, verdict: set[Verdict]
) -> None:
    assert ask(assistant, order, question).verdict in verdict


# 6.3, 18: the limb of B.3 that permission reaches


@pytest.mark.parametrize(
    "question",
    [
        "on the department's page, can I say the guy we arrested is guilty?",
        "may our official account comment on a pending prosecution",
    ],
)
def test_statements_on_guilt_for_the_department_are_banned_without_a_path(
    assistant: Assistant, order: Directive, question: str
) -> None:
    answer = ask(assistant, order, question)
    assert answer.verdict is Verdict.PROHIBITED
    assert "IV.B.3" in sections(answer)
    assert not answer.approval.offered


@pytest.mark.parametrize(
    "question",
    ["with written permission, can I post on the official page that a suspect is guilty?"],
)
def test_whether_b_3_s_permission_reaches_guilt_is_left_open(
    assistant: Assistant, order: Directive, question: str
) -> None:
    answer = ask(assistant, order, question)
    assert "IV.B.3" in sections(answer)
    assert f"{SILENT} whether the written permission of B.3 also reaches" in answer.summary


@pytest.mark.parametrize(
    "question",
    ["on my own page can I say that the suspect is guilty?", "can I comment on a pending case"],
)
def test_prosecution_comments_of_one_s_own_stand_under_e_20(
    assistant: Assistant, order: Directive, question: str
) -> None:
    answer = ask(assistant, order, question)
    assert answer.verdict is Verdict.PROHIBITED
    assert meets(sections(answer), ["IV.E.20•5"])
    assert "IV.B.3" not in sections(answer)


# 6.3, 19: politics


@pytest.mark.parametrize(
    ("question", "verdicts", "section"),
    [
        ("can I campaign for a mayor on the department's page?", {"prohibited"}, "IV.B.4"),
        ("can I advertise my business from the official account", {"prohibited"}, "IV.B.4"),
        (
            "may I support a candidate on my own page as a private citizen?",
            {"allowed", "allowed_with_conditions"},
            "IV.E.1",
        ),
        (
            "can I endorse a candidate as a Bridgeport officer?",
            {"needs_permission"},
            "IV.E.7",
        ),
    ],
)
def test_politics_are_banned_for_the_department_only(
    assistant: Assistant, order: Directive, question: str, verdicts: set[str], section: str
) -> None:
    answer = ask(assistant, order, question)
    assert answer.verdict.value in verdicts
    assert section in sections(answer)


# 6.3, 20: "prohibited speech noted herein", sanctions


@pytest.mark.parametrize(
    "question",
    [
        'what is "prohibited speech noted herein" in E.6?',
        "which speech is prohibited speech noted herein",
    ],
)
def test_what_e_6_calls_prohibited_speech_is_left_open(
    assistant: Assistant, order: Directive, question: str
) -> None:
    answer = ask(assistant, order, question)
    assert "IV.E.6" in sections(answer)
    assert f'{SILENT} whether "prohibited speech noted herein"' in answer.summary


@pytest.mark.parametrize(
    "question",
    ["what can happen to me for a bad post?", "what discipline is there for breaking this order"],
)
def test_consequences_are_those_the_order_states(
    assistant: Assistant, order: Directive, question: str
) -> None:
    answer = ask(assistant, order, question)
    assert answer.verdict is Verdict.INFORMATIONAL
    assert meets(sections(answer), ["IV.E.6", "disclaimer"])


# 6.3, 21: E.12 has no exception and no channel around a supervisor (more in test_domain_traps.py)


def test_e_12_is_read_without_exception_and_without_path(reading: Reading) -> None:
    for rule in rules(reading, "IV.E.12"):
        assert (rule.exception, rule.permission, rule.yields) == (None, None, None)
        assert rule.effect is Effect.REQUIRED


@pytest.mark.parametrize(
    "question",
    ["is a cop protected who reports a colleague's post?", "can they retaliate if I report a post"],
)
def test_protection_of_who_reports_is_not_stated(
    assistant: Assistant, order: Directive, question: str
) -> None:
    answer = ask(assistant, order, question)
    assert "IV.E.12" in sections(answer)
    assert "how whoever reports is protected" in answer.summary


# 6.3, 22: "allow to be placed"


@pytest.mark.parametrize(
    "question",
    [
        "my wife tagged me in uniform, do I have to remove the tag?",
        "a buddy tagged me in a picture with my badge. must I untag myself",
    ],
)
def test_a_tag_by_others_is_met_by_e_16_and_removal_is_not_stated(
    assistant: Assistant, order: Directive, question: str
) -> None:
    answer = ask(assistant, order, question)
    assert "IV.E.16" in sections(answer)
    assert "allow to be placed" in said(answer)
    assert f"{SILENT} whether a tag or a post by somebody else has to be removed." in said(answer)


# 6.3, 23: E.17 against E.16


@pytest.mark.parametrize(
    "question",
    [
        "can I call myself Sergeant on my facebook?",
        "is my rank allowed in my instagram name",
        "can I put detective in my bio?",
    ],
)
def test_rank_is_met_by_e_16_and_e_17_together(
    assistant: Assistant, order: Directive, question: str
) -> None:
    answer = ask(assistant, order, question)
    assert answer.verdict is Verdict.NEEDS_PERMISSION
    assert {"IV.E.16", "IV.E.17"} <= set(sections(answer))


# 6.3, 24: three strengths on public records


@pytest.mark.parametrize(
    ("section", "verb"),
    [
        ("IV.A.7", "may be subject"),
        ("IV.A.8", "must be managed"),
        ("IV.A.11", "subject to public disclosure"),
    ],
)
def test_public_records_keep_their_three_strengths(
    assistant: Assistant, order: Directive, reading: Reading, section: str, verb: str
) -> None:
    plain = [rule.plain or "" for rule in rules(reading, section)]
    assert any(verb in text for text in plain)
    answer = ask(assistant, order, "are posts on the department's page public records?")
    assert section in sections(answer)


@pytest.mark.parametrize("section", ["IV.A.1", "IV.A.5", "IV.A.9"])
def test_where_possible_is_not_dropped(reading: Reading, section: str) -> None:
    plain = next(rule.plain for rule in rules(reading, section) if rule.plain)
    assert plain.startswith("Where possible")


@pytest.mark.parametrize("section", ["IV.A.10", "IV.A.11"])
def test_where_possible_is_not_added(reading: Reading, section: str) -> None:
    assert not any("possible" in (rule.plain or "") for rule in rules(reading, section))


# 6.3, 25: A.4 "or as otherwise determined"


@pytest.mark.parametrize(
    "question",
    [
        "what does 'or as otherwise determined' mean in A.4?",
        "who determines otherwise who administers a page under A.4",
    ],
)
def test_by_whom_it_is_otherwise_determined_is_not_stated(
    assistant: Assistant, order: Directive, question: str
) -> None:
    answer = ask(assistant, order, question)
    assert "IV.A.4" in sections(answer)
    assert f'{SILENT} by whom it is "otherwise determined"' in answer.summary


# 6.3, 26: should, shall and must in D


@pytest.mark.parametrize(
    ("question", "section", "verb", "verdicts"),
    [
        (
            "must a non-decision maker run the search on applicants?",
            "IV.D.2",
            "should",
            {"informational", "allowed_with_conditions"},
        ),
        (
            "do we have to vet all candidates the same way?",
            "IV.D.5",
            "shall",
            {"required"},
        ),
        (
            "do I have to check whether what I found on an applicant is true?",
            "IV.D.6",
            "must",
            {"required"},
        ),
        (
            "may I use illegal tricks to search an applicant's page?",
            "IV.D.4",
            "shall not",
            {"prohibited"},
        ),
    ],
)
def test_d_keeps_should_shall_and_must_apart(
    assistant: Assistant,
    order: Directive,
    question: str,
    section: str,
    verb: str,
    verdicts: set[str],
) -> None:
    answer = ask(assistant, order, question)
    assert section in sections(answer)
    assert answer.verdict.value in verdicts
    assert re.search(rf"\b{verb}\b", answer.summary)


# 6.3, 27: the disclaimer against E.6, E.8, E.9


@pytest.mark.parametrize(
    "question",
    [
        "does this order create liability in a civil suit?",
        "can somebody suing me use this order as a legal standard",
    ],
)
def test_the_order_is_not_said_to_create_liability(
    assistant: Assistant, order: Directive, question: str
) -> None:
    answer = ask(assistant, order, question)
    assert answer.verdict is Verdict.INFORMATIONAL
    assert sections(answer)[0] == "disclaimer"
    assert "does not apply in any criminal or civil proceeding" in answer.summary


@pytest.mark.parametrize(
    "question",
    ["can my posts be used in court?", "could what I post end up in a trial"],
)
def test_what_the_order_says_of_posts_in_court_is_information_and_no_ban(
    assistant: Assistant, order: Directive, question: str
) -> None:
    answer = ask(assistant, order, question)
    assert answer.verdict is Verdict.INFORMATIONAL
    assert meets(sections(answer), ["IV.E.9", "IV.E.6", "IV.E.8"])


# 6.3, 28: the closing paragraph is its own part, about equipment


@pytest.mark.parametrize(
    "question",
    [
        "can the department read what I do on a work computer?",
        "are keystrokes logged on department machines",
        "can they audit my department phone?",
    ],
)
def test_the_closing_paragraph_is_cited_as_such_and_is_no_part_of_f(
    assistant: Assistant, order: Directive, question: str
) -> None:
    answer = ask(assistant, order, question)
    assert sections(answer)[0] == "closing"
    assert "for whatever reason" in answer.citations[0].quote
    assert not answer.approval.offered
    assert "F.3" not in said(answer)


# 6.4, 29: overlapping and missing definitions


@pytest.mark.parametrize(
    ("question", "terms"),
    [
        ("what is social media?", ["III.Social Media"]),
        ("what counts as a social network", ["III.Social Networks"]),
        (
            "is a news site social media or a social network?",
            ["III.Social Media", "III.Social Networks"],
        ),
        ("what is a post", ["III.Post (noun)", "III.Post (verb)"]),
        ("what does speech mean here?", ["III.Speech"]),
    ],
)
def test_definitions_are_shown_in_their_own_words(
    assistant: Assistant, order: Directive, question: str, terms: list[str]
) -> None:
    answer = ask(assistant, order, question)
    assert answer.verdict is Verdict.INFORMATIONAL
    assert set(terms) <= set(sections(answer))
    assert terms[0].split(".")[1].split(" (")[0] in answer.summary


@pytest.mark.parametrize(
    "question",
    [
        "is a like a post?",
        "does sharing somebody else's post count as posting",
        "is a retweet posting?",
        "is a story a post",
        "does a DM count as a post?",
        "is a message in a group chat a post",
    ],
)
def test_likes_shares_tags_stories_and_messages_are_said_to_be_undefined(
    assistant: Assistant, order: Directive, question: str
) -> None:
    answer = ask(assistant, order, question)
    assert answer.verdict is Verdict.INFORMATIONAL
    assert f"{SILENT} whether a like, a share, a tag, a story, a direct message" in answer.summary
    assert meets(sections(answer), ["III.Post (verb)", "III.Post (noun)"])


# 6.4, 30: sites the order does not name


@pytest.mark.parametrize(
    "question",
    [
        "does this order mention tiktok?",
        "is discord covered",
        "does whatsapp count under this order",
    ],
)
def test_a_site_the_order_does_not_name_is_said_not_to_be_limited_out(
    assistant: Assistant, order: Directive, question: str
) -> None:
    answer = ask(assistant, order, question)
    assert meets(sections(answer), ["III.Social Media", "III.Social Networks"])
    assert f"{SILENT} by name whether TikTok" in answer.summary
    assert '"includes, but is not limited to"' in answer.summary


@pytest.mark.parametrize("site", ["tiktok", "snapchat", "facebook", "instagram"])
def test_the_site_changes_no_verdict(assistant: Assistant, order: Directive, site: str) -> None:
    for question in ("can I post a mugshot on {}?", "a selfie in uniform on {}, ok?"):
        answer = ask(assistant, order, question.format(site))
        assert answer.verdict is ask(assistant, order, question.format("my page")).verdict


# 6.4, 31: an unidentified document


@pytest.mark.parametrize(
    "question",
    [
        "what is the Code of Conduct in E.5?",
        "which standards of conduct does B.1 mean",
        "where do I find the code of conduct",
    ],
)
def test_which_document_the_code_of_conduct_is_is_not_stated(
    assistant: Assistant, order: Directive, question: str
) -> None:
    answer = ask(assistant, order, question)
    assert answer.verdict is Verdict.INFORMATIONAL
    assert f'{SILENT} which document the "Code of Conduct"' in answer.summary
    assert "1.01" not in said(answer)


# 6.5: damage that touches answers (the parse: test_parser.py, see above)


def test_the_broken_sentence_of_ii_is_quoted_and_flagged_whenever_it_is_cited(
    assistant: Assistant, order: Directive
) -> None:
    for question in ("can I post a picture of my cruiser?", "show me II paragraph 1"):
        answer = ask(assistant, order, question)
        quote = next(c.quote for c in answer.citations if c.section == "II¶1")
        assert "identifies the Department, or any personal or social networking website" in quote
        assert any(n.startswith("II¶1: the sentence is broken") for n in answer.notices)


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("show me II paragraph 2", "conduct associates with"),
        ("show me the definition of Wall", "The users own profile page"),
        ("show me the definition of Social Networks", "on-line bulletins boards"),
        ("show me the definition of Feed", "user’s recent tweets"),
        ("show me II paragraph 1", "Bridgeport’s Police Department policy"),
        ("show me E.5 bullet 1", "ridicule, malign, disparage, or otherwise"),
        ("show me E.12", "Reporting violations – Any employee"),
    ],
)
def test_a_flaw_of_the_text_is_quoted_as_it_is(
    assistant: Assistant, order: Directive, question: str, words: str
) -> None:
    answer = ask(assistant, order, question)
    assert any(words in citation.quote for citation in answer.citations)


@pytest.mark.parametrize(
    ("question", "count"),
    [("show me E.20", 5), ("show me E.8", 4), ("show me C.3", 4), ("show me E.19", 4)],
)
def test_detached_bullets_are_shown_with_the_sentence_they_complete(
    assistant: Assistant, order: Directive, question: str, count: int
) -> None:
    answer = ask(assistant, order, question)
    bullets = [c for c in answer.citations if "•" in c.section]
    assert len(bullets) == count
    assert all(bullet.lead for bullet in bullets)
