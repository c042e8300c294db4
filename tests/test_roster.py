"""A roster as it is read: what is taken, and every fault at once with place, value and remedy."""

import time
from pathlib import Path

import pytest
import rosters
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rosters import DELEGATES, HEAD, OTHER_TEAM, PEOPLE, POSTS, ROUTE, TEAM, TOML, drawn, toml

from bot.asker import Asker, Surface
from bot.errors import RosterRefused
from bot.roster.changes import changes
from bot.roster.deciding import Authority
from bot.roster.person import Person
from bot.roster.reading import SAMPLE, read, sample
from bot.roster.roster import Roster

KNOWN = (
    Authority(directive="GO 5.14", by="Chief of Police or his or her designee"),
    Authority(directive="GO 5.14", by="Chief executive or his or her designee"),
)


def refused(folder: Path, text: str, *others: Path) -> tuple[str, ...]:
    """Return the faults of a file."""
    with pytest.raises(RosterRefused) as error:
        read([toml(folder, text), *others], KNOWN)
    assert all(fault.endswith(".") and "\n" not in fault for fault in error.value.faults)
    return error.value.faults


def test_a_whole_roster_is_read_with_posts_delegates_and_route(tmp_path: Path) -> None:
    roster = read([toml(tmp_path)], KNOWN)
    assert [person.standing for person in roster.people][-2:] == ["Officer", "Records Clerk"]
    assert roster.decider is not None and roster.decider.name == "Chief of Police"
    assert [step.kind.value for step in roster.route] == ["rank", "rank", "post"]
    assert roster.delegates[0].from_.isoformat() == "2026-03-01"
    assert Roster.model_validate_json(roster.model_dump_json(by_alias=True)) == roster


def test_people_may_come_from_csv_as_a_spreadsheet_writes_it(tmp_path: Path) -> None:
    table = (
        "\ufeffID;Name;Rank;Title;Unit;Supervisor;Sworn;Slack\r\n"
        '10;"Ten; the Chief";Chief;;Command;;yes;T0POLICE/U0CHIEF T0SECOND/U0TEN\r\n'
        "9;Nine;Deputy Chief;;Command;chief;yes;\r\n"
        "8;Eight;Captain;;Patrol;deputy;true;\r\n"
        ";;;;;;;\r\n"
        "7;Seven;Lieutenant;;Patrol;8;;\r\n"
        "6;Six;Sergeant;;Patrol;7;;\r\n"
        "4;Four;;Clerk;Records;8;no;\r\n"
    )
    people = toml(tmp_path, table, "people.csv")
    roster = read([toml(tmp_path, HEAD + ROUTE + POSTS), people])
    assert [person.name for person in roster.people][:2] == ["Ten; the Chief", "Nine"]
    assert [one.team for one in roster.people[0].slack] == [TEAM, OTHER_TEAM]
    assert [person.sworn for person in roster.people] == [True] * 5 + [False]


FAULTS = {
    "an unknown supervisor": (
        TOML.replace('supervisor = "6"', 'supervisor = "66"'),
        ("line 60 person '5'", "supervisor '66'", "Write the id of a person or of a post"),
    ),
    "an unknown holder": (
        TOML.replace('holder = "9"', 'holder = "99"'),
        ("post 'deputy'", "holder '99'", "Write a person's id"),
    ),
    "an unknown post of a delegate": (
        TOML.replace('post = "chief"', 'post = "cheif"'),
        ("delegate", "post 'cheif' is unknown", "Known posts: chief, deputy"),
    ),
    "an unknown post in the route": (
        TOML.replace('post = "deputy"', 'post = "assistant"'),
        ("step", "post 'assistant' is unknown", "Known posts"),
    ),
    "an unknown rank": (
        TOML.replace('rank = "Captain"', 'rank = "Kaptain"'),
        ("person '8'", "rank 'Kaptain' is unknown", "Known ranks: Officer, Sergeant"),
    ),
    "a circle of supervisors": (
        TOML.replace('supervisor = "8"', 'supervisor = "5"'),
        ("circle", "7 -> 5 -> 6 -> 7", "Correct one"),
    ),
    "a holder under his own post": (
        TOML.replace('id = "9"', 'id = "9"\nsupervisor = "deputy"', 1)
        .replace('unit = "Command"\nsupervisor = "chief"', 'unit = "Command"')
        .replace('holder = "9"\nsupervisor = "chief"', 'holder = "9"'),
        ("circle", "deputy", "Correct one"),
    ),
    "no chief": (TOML.replace("decides = true", ""), ("posts", "decides = true", "Mark")),
    "two chiefs": (
        TOML.replace('[[route]]\npost = "deputy"\n', "").replace(
            'holder = "9"', 'holder = "9"\ndecides = true'
        ),
        ("post 'deputy'", "There is one chief", "mark one post"),
    ),
    "a chief's post that nobody fills": (
        TOML.replace('holder = "10"', "vacant = true"),
        ("post 'chief'", "vacant, and nobody acts", "acting ="),
    ),
    "two posts for the same words": (
        TOML.replace('holder = "9"', 'holder = "9"\nanswers_to = ["the chief of police"]'),
        ("post 'deputy'", "'the chief of police'", "one post"),
    ),
    "words of no directive": (
        TOML.replace('"Chief executive"', '"Chief exective"'),
        ("post 'chief'", "'Chief exective'", "no directive", "'Chief executive or his or her"),
    ),
    "the same Slack identity twice": (
        TOML.replace("T0SECOND/U0SIX", "T0POLICE/U0OFFICER"),
        ("person '5'", "'T0POLICE/U0OFFICER'", "person '6'", "take it out of one"),
    ),
    "a name for a Slack id": (
        TOML.replace("T0POLICE/U0OFFICER", "T0POLICE/@five"),
        ("person '5'", "'@five'", "Slack member", "T…/U…"),
    ),
    "an id taken twice": (
        TOML.replace('id = "5"', 'id = "6"'),
        ("person '6'", "the id '6' is taken by", "own id"),
    ),
    "a delegate's dates reversed": (
        TOML.replace("until = 2026-03-31", "until = 2026-02-01"),
        ("delegate", "ends on 2026-02-01", "2026-03-01", "Swap"),
    ),
    "a delegate under words that allow none": (
        TOML.replace("until = 2026-03-31", 'until = 2026-03-31\nwords = ["Chief of Police"]'),
        ("delegate", "'Chief of Police' allow no designee", "Quote"),
    ),
    "a step that nobody could fill": (
        TOML.replace('[[route]]\nrank = "Lieutenant"', '[[route]]\nrank = "Officer"').replace(
            'rank = "Officer"\nunit', 'rank = "Sergeant"\nunit'
        ),
        ("step", "nobody has the rank 'Officer'", "Take the step out"),
    ),
    "a step of two kinds": (
        TOML.replace('rank = "Lieutenant"\n[[', 'rank = "Lieutenant"\nsupervisor = true\n[['),
        ("step", "give one of", "a step for each"),
    ),
    "the decider as a step": (
        TOML.replace('[[route]]\npost = "deputy"', '[[route]]\npost = "chief"'),
        ("step", "'chief' decides", "Take the step out"),
    ),
    "a holder who is not active": (
        TOML.replace('name = "Deputy Nine"', 'name = "Deputy Nine"\nactive = false'),
        ("post 'deputy'", "'9' is not active", "Name somebody"),
    ),
    "a control character": (
        TOML.replace("Officer Five", "Officer\\u202eFive"),
        ("person '5'", "U+202E", "Take it out"),
    ),
    "an unknown field": (
        TOML.replace('shift = "B"', 'sift = "B"'),
        ("person '5'", "'sift' is unknown", "Known: id, name"),
    ),
    "an unknown table": (TOML + "[colours]\n", ("'colours' is unknown", "Known: ranks, people")),
    "a number for an id": (TOML.replace('id = "5"', "id = 5"), ("id 5 is not text", "quotes")),
    "a sworn person without a rank": (
        TOML.replace("sworn = false\n", ""),
        ("person '4'", "sworn and has no rank", "sworn = false"),
    ),
    "no toml at all": ("ranks = ?", ("roster.toml", "line 1", "Correct the file")),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_told_with_place_value_and_remedy(fault: str, tmp_path: Path) -> None:
    text, wanted = FAULTS[fault]
    assert text != TOML
    found = refused(tmp_path, text)
    assert len(found) == 1, found
    assert found[0].startswith("roster.toml")
    assert all(words in found[0] for words in wanted), found[0]


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    text = (
        TOML.replace('supervisor = "6"', 'supervisor = "66"')
        .replace("until = 2026-03-31", "until = 2026-02-01")
        .replace('rank = "Captain"', 'rank = "Kaptain"')
        .replace("T0POLICE/U0OFFICER", "@five")
        .replace("Clerk Four", "Clerk\\u0007Four")
        .replace("decides = true", "")
    )
    assert len(refused(tmp_path, text)) == 6


@pytest.mark.parametrize(
    ("table", "wanted"),
    [
        ("id,name,unit,rnak\n5,Five,Patrol,Officer\n", ("line 1", "'rnak' is unknown")),
        ("id,name\n5,Five\n", ("line 1", "'unit' is missing")),
        ("id,name,unit,rank\n5,Five,Patrol,Officer,more\n", ("line 2", "5 fields", "quotes")),
        ("id,name,unit,rank\n5,Five,Patrol,Offcer\n", ("line 2", "person '5'", "'Offcer'")),
        ('id,name,unit,rank\n5,"Five"x,Patrol,Officer\n', ("line 2", "Correct the line")),
        ("id,name,unit,rank\n5,,Patrol,Officer\n", ("line 2", "name is missing")),
        ("id,name,unit,rank\n5,F\u2028ive,Patrol,Officer\n", ("person '5'", "U+2028")),
    ],
)
def test_a_fault_in_a_table_names_the_line(
    table: str, wanted: tuple[str, ...], tmp_path: Path
) -> None:
    people = toml(tmp_path, table, "people.csv")
    rest = HEAD + ROUTE + POSTS + DELEGATES + PEOPLE.partition('[[people]]\nid = "5"')[0]
    [found] = refused(tmp_path, rest, people)
    assert found.startswith("people.csv") and all(words in found for words in wanted), found


def test_a_file_that_is_no_text_and_one_that_is_not_there_are_refused(tmp_path: Path) -> None:
    latin = tmp_path / "people.csv"
    latin.write_bytes("id,name,unit\n5,José,Patrol\n".encode("latin-1"))
    found = refused(tmp_path, TOML, latin, tmp_path / "gone.csv", tmp_path / "people.xlsx")
    assert "people.csv: byte 19 is not UTF-8. Save it as UTF-8." in found
    assert any("gone.csv" in fault and "No such file" in fault for fault in found)
    with pytest.raises(RosterRefused, match=r"no \.toml file"):
        read([toml(tmp_path, "id,name,unit\n", "only.csv")])


def test_ten_thousand_people_are_read_and_checked_in_seconds(tmp_path: Path) -> None:
    rows = ["id,name,unit,rank,supervisor,slack"]
    rows += [f"n{n},Name {n},Unit {n % 40},Officer,6,T0POLICE/U{n:08d}" for n in range(10_000)]
    chain = [f"c{n},Link {n},Chain,Officer,{f'c{n - 1}' if n else '6'}," for n in range(2_000)]
    people = toml(tmp_path, "\n".join([*rows, *chain]), "people.csv")
    begun = time.perf_counter()
    roster = read([toml(tmp_path), people], KNOWN)
    assert len(roster.people) == 12_007
    sergeant = roster.person("6")
    assert sergeant is not None and len(roster.reports_to(sergeant)) == 10_002
    assert time.perf_counter() - begun < 20


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(drawn())
def test_what_is_above_ends_and_never_holds_the_person_or_anybody_twice(roster: Roster) -> None:
    for person in roster.people:
        above = [one.id for one in roster.above(person)]
        assert len(above) == len(set(above)) and person.id not in above
        assert all(roster.active(id_) is not None for id_ in above)
        supervisor = roster.supervisor_of(person)
        assert [supervisor.id] == above[:1] if supervisor else not above
        assert all(roster.supervisor_of(one) == person for one in roster.reports_to(person))


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=400))
def test_any_text_is_read_or_refused_with_words(tmp_path_factory: object, text: str) -> None:
    assert isinstance(tmp_path_factory, pytest.TempPathFactory)
    folder = tmp_path_factory.mktemp("any")
    for name, kept in (("roster.toml", TOML + text), ("people.csv", text)):
        files = [toml(folder, kept, name)]
        try:
            read(files if name.endswith("toml") else [toml(folder), *files])
        except RosterRefused as error:
            assert error.faults and all(fault.strip() for fault in error.faults)
        except UnicodeEncodeError:
            pass


def test_a_person_is_known_by_workspace_and_user_together(tmp_path: Path) -> None:
    roster = read([toml(tmp_path)])

    def who(team: str | None, user: str | None, surface: Surface = Surface.SLACK) -> str | None:
        found = roster.person_of(Asker(surface=surface, team=team, user=user))
        return found.id if found is not None else None

    assert who(TEAM, "U0SERGEANT") == who(OTHER_TEAM, "U0SIX") == "6"
    assert who(OTHER_TEAM, "U0SERGEANT") is None and who(TEAM, "U0SIX") is None
    assert who(None, "U0SERGEANT") is None and who(TEAM, None) is None
    assert who(TEAM, "U0SERGEANT", Surface.CONSOLE) is None
    assert who(TEAM, "U0SERGEANT", Surface.TERMINAL) is None
    roster = rosters.with_people(roster, p6={"active": False})
    assert who(TEAM, "U0SERGEANT") is None


def test_the_supervisor_is_the_nearest_who_is_there(tmp_path: Path) -> None:
    roster = read([toml(tmp_path)])

    def above(id_: str, of: Roster) -> list[str]:
        person = of.person(id_)
        assert person is not None
        return [one.id for one in of.above(person)]

    assert above("5", roster) == ["6", "7", "8", "9", "10"]
    away = rosters.with_people(roster, p6={"active": False})
    assert above("5", away)[0] == "7"
    assert [p.id for p in away.reports_to(rosters.person(away, "7"))] == ["5"]
    vacant = rosters.with_post(roster, "deputy", holder=None, vacant=True)
    assert above("8", vacant) == ["10"]
    acting = rosters.with_post(vacant, "deputy", acting="8")
    assert above("7", acting) == ["8", "10"] and above("8", acting) == ["10"]
    assert above("10", roster) == []


def test_what_an_import_changes_is_told_a_line_each(tmp_path: Path) -> None:
    old = read([toml(tmp_path)])
    text = (
        TOML.replace('id = "5"', 'id = "15"')
        .replace('unit = "Patrol"\nsupervisor = "7"', 'unit = "Traffic"\nsupervisor = "8"')
        .replace('holder = "9"', "vacant = true")
        .replace("2026-03-31", "2026-04-30")
        .replace('[[route]]\nrank = "Sergeant"\n', "[[route]]\nsupervisor = true\n")
    )
    new = read([toml(tmp_path, text)])
    assert changes(old, new) == (
        "Added: Officer Five (15), Officer, Patrol",
        "Removed: Officer Five (5), Officer, Patrol",
        "Moved: Sergeant Six (6): unit Patrol -> Traffic; supervisor 7 -> 8",
        "Post changed: Deputy Chief (held by Deputy Nine (9), under chief) -> "
        "Deputy Chief (vacant, under chief)",
        "Delegate added: Captain Eight (8) for Chief of Police, 2026-03-01 to 2026-04-30",
        "Delegate removed: Captain Eight (8) for Chief of Police, 2026-03-01 to 2026-03-31",
        "Route: supervisor -> nearest Lieutenant -> Deputy Chief",
    )
    assert changes(new, new) == ()
    assert len(changes(None, old)) == 7 + 2 + 1 + 2


def test_the_example_in_the_documentation_is_a_roster(tmp_path: Path) -> None:
    page = Path(__file__).resolve().parent.parent / "docs/operations.md"
    example = page.read_text(encoding="utf-8").partition("<!-- roster example: toml -->")[2]
    blocks = example.partition("<!-- /roster example -->")[0].split("```")
    posts = toml(tmp_path, blocks[1].removeprefix("toml\n"))
    people = toml(tmp_path, blocks[3].removeprefix("csv\n"), "people.csv")
    roster = read([posts, people], KNOWN)
    assert len(roster.people) == 5 and len(roster.route) == 3
    assert set(blocks[3].splitlines()[1].split(",")) == set(Person.model_fields)


def test_the_sample_is_whole_says_what_it_is_and_no_authority_is_left_open() -> None:
    roster = read([SAMPLE], KNOWN)
    assert roster == sample()
    assert "invented" in SAMPLE.read_text(encoding="utf-8").partition("\n")[0]
    assert all(one.team == "T0EXAMPLE" for person in roster.people for one in person.slack)
