"""The roster on the terminal and in the database: checked, imported, kept, shown."""

import json
import threading
from datetime import UTC, datetime
from pathlib import Path

import command_line
import pytest
import rosters
import sqlalchemy as sa
from command_line import Ended, Run
from rosters import TOML, toml

from bot.config import Settings
from bot.database import open_database
from bot.errors import DatabaseUnusable
from bot.roster.reading import read
from bot.roster.store import Rosters


@pytest.fixture
def policybot(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> Run:
    """Run the command in this process, in an empty folder; returns exit code, stdout, stderr."""
    monkeypatch.setenv("VAR_DIR", str(tmp_path))

    def run(*arguments: str) -> Ended:
        return command_line.run(monkeypatch, capfd, "roster", *arguments)

    return run


def store(folder: Path, url: str | None = None) -> Rosters:
    engine = open_database(url or Settings(_env_file=None, var_dir=folder).database)
    return Rosters(engine, lambda: datetime(2026, 9, 1, 12, 0, tzinfo=UTC))


def test_nothing_is_on_file_before_the_first_import(policybot: Run) -> None:
    code, out, err = policybot("show")
    assert (code, err) == (0, "") and "No roster is on file" in out
    assert policybot("show", "--json") == (0, '{\n  "roster": null\n}\n', "")


def test_check_stores_nothing_and_import_says_what_changed(policybot: Run, tmp_path: Path) -> None:
    path = str(toml(tmp_path))
    code, out, err = policybot("check", path)
    assert (code, err) == (0, "") and "No fault found. People: 7, posts: 2" in out
    assert store(tmp_path).in_force() is None
    code, out, _ = policybot("import", path)
    assert code == 0 and "Roster 1 is in force" in out
    assert "Added: Officer Five (5), Officer, Patrol" in out
    toml(tmp_path, TOML.replace("Officer Five", "Officer Cinq"))
    code, out, _ = policybot("import", path)
    assert code == 0 and "Roster 2 is in force" in out
    assert "Changed: Officer Cinq (5): name Officer Five -> Officer Cinq" in out
    assert "Added" not in out
    assert "Nothing changed. Roster 2 is in force already." in policybot("import", path)[1]


def test_every_fault_is_a_line_on_stderr_and_nothing_is_stored(
    policybot: Run, tmp_path: Path
) -> None:
    path = str(
        toml(
            tmp_path,
            TOML.replace("decides = true", "").replace('"Chief executive"', '"Chief exective"'),
        )
    )
    for command in ("check", "import"):
        code, out, err = policybot(command, path)
        assert (code, out) == (1, "") and err.count("\n") == 2
        assert "decides = true" in err and "'Chief exective'" in err
    assert store(tmp_path).in_force() is None
    assert policybot("check")[0] == 2


def test_an_authority_that_no_post_answers_to_is_remarked(policybot: Run, tmp_path: Path) -> None:
    text = TOML.replace('["Chief of Police", "Chief executive"]', '["Chief of Police"]')
    code, out, _ = policybot("check", str(toml(tmp_path, text)))
    assert code == 0 and "No post answers to 'Chief executive or his or her designee'" in out


def test_show_has_people_posts_route_and_says_whose_setting_it_is(
    policybot: Run, tmp_path: Path
) -> None:
    policybot("import", str(toml(tmp_path)))
    _, out, _ = policybot("show")
    said = " ".join(out.split())
    assert "no order states them" in said
    assert (
        "Route: nearest Sergeant -> nearest Lieutenant -> Deputy Chief -> Chief of Police" in said
    )
    assert "Delegate: Captain Eight for Chief of Police, 2026-03-01 to 2026-03-31" in said
    found = json.loads(policybot("show", "--json")[1])
    assert found["number"] == 1 and len(found["sha256"]) == 64
    assert found["roster"]["people"][-1]["title"] == "Records Clerk"
    assert found["roster"]["delegates"][0]["from"] == "2026-03-01"


def test_names_cannot_steer_the_terminal(policybot: Run, tmp_path: Path) -> None:
    path = str(toml(tmp_path, TOML.replace("Officer Five", "[red]Five[/] :smile:")))
    assert "[red]Five[/] :smile:" in policybot("import", path)[1]
    code, _, err = policybot("check", str(toml(tmp_path, TOML.replace("Five", "\\u001b[2J"))))
    assert code == 1 and "\x1b" not in err


def test_the_newest_is_in_force_and_earlier_ones_stay(tmp_path: Path) -> None:
    kept, other = store(tmp_path), store(tmp_path)
    first = read([toml(tmp_path)])
    second = rosters.with_people(first, p5={"name": "Officer Cinq"})
    assert kept.in_force() is None
    assert kept.file(first).number == 1 and kept.file(first).number == 1
    assert other.file(second).number == 2
    found = kept.in_force()
    assert found is not None and found.roster == second  # another process imported it
    assert kept.file(first).number == 3
    assert [one.roster for n in (1, 2) if (one := kept.numbered(n))] == [first, second]
    assert kept.numbered(9) is None


def test_imports_at_the_same_moment_get_numbers_of_their_own(
    tmp_path: Path, database_url: str
) -> None:
    base = read([toml(tmp_path)])
    given = [rosters.with_people(base, p5={"name": f"Five {n}"}) for n in range(8)]
    stores = [store(tmp_path, database_url) for _ in given]
    work = [
        threading.Thread(target=one.file, args=(roster,))
        for one, roster in zip(stores, given, strict=True)
    ]
    for thread in work:
        thread.start()
    for thread in work:
        thread.join()
    kept = [stores[0].numbered(n) for n in range(1, 9)]
    assert {one.roster.people[5].name for one in kept if one} == {f"Five {n}" for n in range(8)}


def test_a_roster_that_was_changed_in_the_database_is_not_used(
    tmp_path: Path, database_url: str
) -> None:
    kept = store(tmp_path, database_url)
    kept.file(read([toml(tmp_path)]))
    engine = open_database(database_url)
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE rosters SET body = replace(body, 'Chief Ten', 'Me')"))
    with pytest.raises(DatabaseUnusable, match="not as it was imported"):
        store(tmp_path, database_url).in_force()
