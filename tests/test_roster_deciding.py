"""Who endorses and who decides, by the roster and by each clause's own words."""

from datetime import date
from pathlib import Path

import pytest
import rosters
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rosters import TOML, drawn, person, toml

from bot.answer import ApprovalKind
from bot.duties import authorities, duties, duty_in
from bot.roster.changes import changes
from bot.roster.deciding import Authority, Basis, Deciders, Role, answering, deciders, independent
from bot.roster.policy_unit import is_of_policy_unit
from bot.roster.reading import read, sample
from bot.roster.roster import Roster, StepKind
from bot.roster.route import Step, route
from index.asked import load_facts
from index.library import Library
from index.rules import load_readings

MARCH, MAY = date(2026, 3, 10), date(2026, 5, 10)
CHIEF = "Chief of Police"
DESIGNEE = "Chief of Police or his or her designee"
EXECUTIVE = "Chief executive or his or her designee"


@pytest.fixture
def roster(tmp_path: Path) -> Roster:
    return read([toml(tmp_path)])


def may(found: Deciders | Step) -> list[tuple[str, Role]]:
    return [(actor.person.id, actor.role) for actor in found.may]


def deciding(roster: Roster, by: str | None, who: str = "5", on: date = MARCH) -> Deciders:
    return deciders(roster, Authority(directive="GO 5.14", by=by), person(roster, who), on)


def walked(roster: Roster, who: str, on: date = MARCH) -> list[tuple[str, list[str], str | None]]:
    steps = route(roster, person(roster, who), on)
    return [(s.name, [a.person.id for a in s.may], s.skipped) for s in steps]


def test_an_officers_request_goes_up_by_the_steps_and_ends_at_the_decider(roster: Roster) -> None:
    assert walked(roster, "5") == [
        ("Sergeant", ["6"], None),
        ("Lieutenant", ["7"], None),
        ("Deputy Chief", ["9"], None),
        ("Chief of Police", ["10"], None),
    ]
    assert route(roster, person(roster, "5"), MARCH)[-1].kind is StepKind.DECIDER


def test_a_sergeants_request_passes_over_the_sergeants_and_says_so(roster: Roster) -> None:
    name, asked, why = walked(roster, "6")[0]
    assert (name, asked) == ("Sergeant", []) and why is not None and "Nobody of this rank" in why
    assert [name for name, asked, _ in walked(roster, "6") if asked] == [
        "Lieutenant",
        "Deputy Chief",
        "Chief of Police",
    ]


def test_a_civilians_request_takes_the_steps_there_are(roster: Roster) -> None:
    assert [asked for _, asked, _ in walked(roster, "4")] == [[], [], ["9"], ["10"]]


def test_a_vacant_post_is_passed_over_and_who_acts_is_asked(roster: Roster) -> None:
    vacant = rosters.with_post(roster, "deputy", holder=None, vacant=True)
    assert walked(vacant, "5")[2] == ("Deputy Chief", [], "The post is vacant.")
    acting = rosters.with_post(vacant, "deputy", acting="8")
    step = route(acting, person(acting, "5"), MARCH)[2]
    assert may(step) == [("8", Role.ACTING)] and step.may[0].post == "Deputy Chief"


def test_whoever_decides_does_not_endorse_and_nobody_is_asked_twice(roster: Roster) -> None:
    both = rosters.with_post(roster, "deputy", holder="10")
    assert walked(both, "5")[2] == ("Deputy Chief", [], "Chief Ten decides.")
    again = rosters.with_post(roster, "deputy", holder="7")
    name, asked, why = walked(again, "5")[2]
    assert (name, asked) == ("Deputy Chief", []) and why == (
        "Lieutenant Seven endorses at an earlier step."
    )


def test_a_request_is_never_endorsed_from_below(roster: Roster) -> None:
    assert walked(roster, "10")[2][1:] == ([], "Deputy Nine stands below the requester.")
    assert walked(roster, "9")[2][1:] == ([], "The requester would be asked here.")


def test_a_delegate_endorses_beside_the_holder_while_the_dates_hold(tmp_path: Path) -> None:
    more = '\n[[delegates]]\npost = "deputy"\nperson = "8"\nfrom = 2026-05-01\nuntil = 2026-05-31\n'
    roster = read([toml(tmp_path, TOML + more)])
    assert walked(roster, "5", MARCH)[2][1] == ["9"]
    assert walked(roster, "5", MAY)[2][1] == ["9", "8"]
    assert walked(roster, "8", MAY)[2][1] == ["9"]
    words = more + f'words = ["{DESIGNEE}"]\n'
    assert walked(read([toml(tmp_path, TOML + words)]), "5", MAY)[2][1] == ["9"]


def test_the_clauses_words_choose_the_post_and_whether_a_designee_may_sign(roster: Roster) -> None:
    alone = [("10", Role.HOLDER)]
    with_delegate = [*alone, ("8", Role.DELEGATE)]
    assert may(deciding(roster, CHIEF)) == may(deciding(roster, f"the {CHIEF}")) == alone
    for by in (DESIGNEE, f"the {DESIGNEE}", EXECUTIVE, "Chief of Police or designee"):
        assert may(deciding(roster, by)) == with_delegate, by
        assert may(deciding(roster, by, on=MAY)) == alone, by
        assert deciding(roster, by).basis is Basis.ORDER and deciding(roster, by).says == ()


def test_a_delegate_of_certain_words_signs_under_those_alone(tmp_path: Path) -> None:
    words = TOML.replace("until = 2026-03-31", f'until = 2026-03-31\nwords = ["{DESIGNEE}"]')
    roster = read([toml(tmp_path, words)])
    assert len(may(deciding(roster, DESIGNEE))) == 2
    assert len(may(deciding(roster, EXECUTIVE))) == 1


def test_who_acts_decides_as_the_holder_does(roster: Roster) -> None:
    acting = rosters.with_post(roster, "chief", acting="9")
    assert may(deciding(acting, CHIEF)) == [("10", Role.HOLDER), ("9", Role.ACTING)]
    assert may(deciding(acting, CHIEF, "9")) == [("10", Role.HOLDER)]
    alone = rosters.with_post(acting, "chief", holder=None, vacant=True)
    assert may(deciding(alone, CHIEF)) == [("9", Role.ACTING)]
    assert deciding(alone, CHIEF, "9").basis is Basis.NOBODY


def test_where_the_order_names_nobody_the_setting_decides_and_says_so(roster: Roster) -> None:
    found = deciding(roster, None)
    assert found.basis is Basis.SETTING and may(found) == [("10", Role.HOLDER)]
    assert found.says == (
        "GO 5.14 does not say who decides.",
        "That the Chief of Police decides here is a setting of the Department.",
    )


@pytest.mark.parametrize("by", [CHIEF, DESIGNEE, EXECUTIVE, None])
def test_the_chiefs_own_request_cannot_be_decided_here(roster: Roster, by: str | None) -> None:
    found = deciders(roster, Authority(directive="GO 9.99", by=by), person(roster, "10"), MARCH)
    assert (found.basis, found.may) == (Basis.NOBODY, ())
    assert found.says[0] == "GO 9.99 does not say who decides."
    last = route(roster, person(roster, "10"), MARCH)[-1]
    assert last.may == () and last.skipped is not None


def test_nobody_signs_their_own_request_as_a_designee(roster: Roster) -> None:
    assert may(deciding(roster, DESIGNEE, "8")) == [("10", Role.HOLDER)]


def test_words_that_nobody_answers_to_leave_nobody_and_never_the_chief(roster: Roster) -> None:
    for by in ("Superintendent", "Chief of Police and the Mayor", "Chief of Police or the Mayor"):
        found = deciding(roster, by)
        assert (found.basis, found.may) == (Basis.NOBODY, ()) and repr(by) in found.says[0]


def test_either_of_two_authorities_may_decide(roster: Roster) -> None:
    two = rosters.with_post(roster, "deputy", answers_to=("Deputy Chief",))
    assert [p.id for p in answering(two, "the Chief of Police or the Deputy Chief")] == [
        "chief",
        "deputy",
    ]
    assert may(deciding(two, "Chief of Police or Deputy Chief", "9")) == [("10", Role.HOLDER)]
    assert deciding(two, "Chief of Police or Deputy Chief", "10").may == ()


def test_consent_is_the_persons_own_and_no_posts(roster: Roster) -> None:
    own = Authority(directive="GO 5.14", by="the employee(s)", kind=ApprovalKind.CONSENT)
    found = deciders(roster, own, person(roster, "5"), MARCH)
    assert (found.basis, found.may) == (Basis.CONCERNED, ())


def test_who_is_shown_or_asks_is_no_endorser_by_themselves(roster: Roster) -> None:
    six, seven, five = (person(roster, id_) for id_ in "675")
    assert independent([six, seven, six, five], [six], five) == (seven,)
    assert independent([six], [six], five) == ()


DAYS = st.dates(min_value=date(2026, 1, 1), max_value=date(2027, 12, 31))


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(drawn(), DAYS, st.sampled_from([CHIEF, DESIGNEE, None, "Mayor"]))
def test_whatever_the_roster_nobody_stands_in_their_own_way(
    roster: Roster, on: date, by: str | None
) -> None:
    for one in roster.people:
        steps = route(roster, one, on)
        asked = [actor.person for step in steps for actor in step.may]
        assert one not in asked and len({p.id for p in asked}) == len(asked)
        assert all(p.active for p in asked)
        assert all(bool(step.may) != bool(step.skipped) for step in steps)
        assert steps[-1].kind is StepKind.DECIDER and len(steps) == len(roster.route) + 1
        assert not any(one in roster.above(step.may[0].person) for step in steps[:-1] if step.may)
        found = deciders(roster, Authority(directive="GO 1", by=by), one, on)
        assert found.actor(one) is None and all(actor.person.active for actor in found.may)
        assert found.may or found.says
        if by in (CHIEF, None):
            assert all(actor.role is not Role.DELEGATE for actor in found.may)
        for actor in found.may:
            if actor.role is Role.DELEGATE:
                assert actor.until is not None and actor.until >= on


def test_the_sample_answers_to_every_authority_of_the_directives_on_file(
    library: Library, corpus: Path
) -> None:
    known = authorities(library.in_force(), load_readings(library, load_facts(corpus)))
    assert {a.by for a in known if a.kind is ApprovalKind.PERMISSION} >= {CHIEF, DESIGNEE, None}
    roster = sample()
    officer = person(roster, "1006")
    for authority in known:
        found = deciders(roster, authority, officer, date(2026, 6, 1))
        assert found.may or found.basis is Basis.CONCERNED, authority


def test_the_duty_to_report_and_what_it_leaves_open_come_from_the_reading(
    library: Library, corpus: Path
) -> None:
    [duty] = duties(library.in_force(), load_readings(library, load_facts(corpus)))
    order = library.get(duty.directive)
    clause = order.clause(duty.section) if order else None
    assert clause is not None and "shall notify his or her supervisor" in clause.text
    assert duty.open is not None and "supervisor" in duty.open
    from slack_answers import ScriptedAnswers

    scripted = ScriptedAnswers()
    assert duty_in(scripted.ask("everything"), [duty]) == duty
    assert duty_in(scripted.ask("a photo"), [duty]) is None


def test_the_policy_unit_is_whoever_is_in_a_marked_post_and_nobody_else(tmp_path: Path) -> None:
    unit = """
[[posts]]
id = "policy"
name = "Policy Unit"
holder = "4"
acting = "6"
policy_unit = true
[[delegates]]
post = "policy"
person = "7"
from = 2026-03-01
until = 2026-03-31
"""
    unmarked = read([toml(tmp_path)])
    marked = read([toml(tmp_path, TOML + unit)])

    def unit_of(roster: Roster, on: date) -> set[str]:
        return {p.id for p in roster.people if is_of_policy_unit(roster, p, on)}

    assert unit_of(unmarked, date(2026, 3, 15)) == set()
    assert unit_of(marked, date(2026, 3, 15)) == {"4", "6", "7"}
    assert unit_of(marked, date(2026, 4, 1)) == {"4", "6"}
    gone = rosters.with_people(marked, p4={"active": False})
    assert unit_of(gone, date(2026, 4, 1)) == {"6"}
    assert changes(unmarked, marked)[0].endswith("acting Sergeant Six (6), policy unit)")
