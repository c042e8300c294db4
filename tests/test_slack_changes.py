"""What App Home tells of the directives on file: each opens at its page, changes are told."""

import time
from datetime import date
from pathlib import Path

import pytest
from slack_answers import LIBRARY, ScriptedAnswers
from slack_protocol import OFFICER, texts
from slack_rig import LINKS, joined
from slack_server import SlackServer

from bot.links import Links
from bot.slack.changes import changes
from bot.slack.home import Change
from bot.slack.visiting import on_file
from index.directive import Directive, Status
from index.library import Library

ORDER = ScriptedAnswers().order
TODAY = date(2026, 11, 22)


def version(effective: date, status: Status = Status.IN_FORCE, **more: object) -> Directive:
    return ORDER.model_copy(
        update={"effective": effective, "status": status, "rescinds": (), **more}
    )


def told(*directives: Directive) -> list[str]:
    library = Library(directives=directives, folders={})
    return [f"{one.day}: {one.line}" for one in changes(library, TODAY)]


def test_every_version_on_file_is_told_newest_first_with_what_it_replaced() -> None:
    older = version(date(2017, 1, 2), Status.SUPERSEDED)
    old = version(date(2018, 3, 4), Status.SUPERSEDED)
    other = version(date(2020, 5, 6), number="2.08", rescinds=("3.1.2", "3.1.3"))
    assert told(other, older, old, version(date(2019, 9, 10))) == [
        "2020-05-06: GO 2.08 took effect. It rescinds 3.1.2, 3.1.3.",
        "2019-09-10: GO 5.14 took effect. It replaced the version of 2018-03-04.",
        "2018-03-04: GO 5.14 took effect in a version that has been superseded since. "
        "It replaced the version of 2017-01-02.",
        "2017-01-02: GO 5.14 took effect in a version that has been superseded since.",
    ]


def test_a_day_to_come_is_told_as_one() -> None:
    assert told(version(date(2027, 1, 1))) == ["2027-01-01: GO 5.14 takes effect on this day."]
    assert told(version(TODAY)) == [f"{TODAY}: GO 5.14 took effect."]


@pytest.mark.parametrize("status", [Status.DRAFT, Status.RESCINDED])
def test_neither_a_draft_nor_a_directive_without_a_date_of_its_end_is_told(status: Status) -> None:
    assert told(version(date(2019, 9, 10), status)) == []


def test_a_directive_opens_at_its_beginning_with_a_key_that_opens_it_alone() -> None:
    assert [one.url for one in on_file(LIBRARY, LINKS)] == [f"{LINKS.address}/directives/5.14"]
    signing = Links("https://policy.test", "k" * 40, sign_reading=True, clock=time.time)
    [one] = on_file(LIBRARY, signing)
    address, _, key = one.url.partition("?key=")
    assert address == "https://policy.test/directives/5.14"
    signing.open_reading(key, "5.14")


async def test_a_visit_shows_what_is_on_file_and_what_changed(tmp_path: Path) -> None:
    async with SlackServer() as slack, joined(slack, tmp_path) as rig:
        await rig.give(slack.app_home_opened())
        await slack.wait_for(lambda: OFFICER in slack.homes, 5.0, "App Home")
        words = [*texts(slack.homes[OFFICER].content["blocks"])]
    assert f"{ORDER.name}, {ORDER.title}" in words
    [change] = changes(LIBRARY, TODAY)
    assert change == Change(day=ORDER.effective, line="GO 5.14 took effect. It rescinds 3.1.2.")
    assert f"{change.day}: {change.line}" in words
    assert slack.violations == []
