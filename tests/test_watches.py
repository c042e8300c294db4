"""Watched clauses: kept once a person, moved by one process, told of by the redline alone."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_answers import LIBRARY, ScriptedAnswers
from slack_protocol import check_blocks
from slack_rig import LINKS
from versioned import beside, revised

from bot.asker import Asker, Surface
from bot.database import Engine, open_database
from bot.news import Became, News, Over, became_of, news
from bot.slack.blocks import fits
from bot.slack.changed import changed, ended
from bot.watches import Watch, Watches
from index.directive import Directive
from index.ended import Ended
from index.redline import compare

ORDER = ScriptedAnswers().order
NEW = date(2024, 3, 1)
AT = datetime(2024, 1, 31, 8, 30, 15, tzinfo=UTC)
PICTURES = {"photographs or depictions of themselves": "pictures of themselves"}
OFFICER = Asker(surface=Surface.SLACK, team="T1", user="U1")
PARTNER = Asker(surface=Surface.SLACK, team="T1", user="U2")
SECTIONS = [clause.section for clause in ORDER.clauses]


@pytest.fixture
def engines(database_url: str) -> Iterator[list[Engine]]:
    """The engines of two processes on one database."""
    opened = [open_database(database_url) for _ in range(2)]
    yield opened
    for engine in opened:
        engine.dispose()


def test_a_clause_is_watched_once_a_person_and_taken_away_by_them_alone(
    engines: list[Engine],
) -> None:
    one, other = (Watches(engine, lambda: AT) for engine in engines)
    assert one.begin(OFFICER, ORDER, "IV.E.16") and one.begin(OFFICER, ORDER, "II¶1")
    before = other.of(OFFICER)
    assert not other.begin(OFFICER, ORDER, "IV.E.16") and one.of(OFFICER) == before
    assert other.begin(PARTNER, ORDER, "IV.E.16")
    other.end(OFFICER, "5.14", "IV.E.16")
    assert [watch.section for watch in one.of(OFFICER)] == ["II¶1"]
    [left] = one.of(PARTNER)
    assert (left.effective, left.sha256, left.at) == (ORDER.effective, ORDER.sha256, AT)


def test_a_watch_moves_once_and_what_was_taken_away_meanwhile_does_not_come_back(
    engines: list[Engine],
) -> None:
    one, other = (Watches(engine, lambda: AT) for engine in engines)
    new = revised(ORDER, NEW, PICTURES)
    for section in ("IV.E.16", "IV.E.17", "IV.E.18", "II¶1"):
        one.begin(OFFICER, ORDER, section)
    behind = other.behind([new])
    assert len(behind) == 4 and one.behind([ORDER]) == ()
    other.end(OFFICER, "5.14", "II¶1")
    there = {"IV.E.16": "IV.E.17", "IV.E.17": "IV.E.16", "II¶1": "II¶1"}
    for watches in (one, other):
        watches.move(behind, new, there)
    assert [watch.section for watch in one.of(OFFICER)] == ["IV.E.16", "IV.E.17"]
    assert {watch.sha256 for watch in other.of(OFFICER)} == {new.sha256}
    assert one.behind([new]) == one.behind([ORDER]) == ()


def became(new: Directive, section: str) -> Became:
    return became_of(section, ORDER, new, compare(ORDER, new))


def test_a_clause_that_says_what_it_said_is_no_news_under_another_number_either() -> None:
    new = revised(ORDER, NEW, PICTURES)
    assert became(new, "II¶1") == Became(section="II¶1", now="II¶1")
    moved = ORDER.model_copy(
        update={
            "clauses": tuple(
                one.model_copy(update={"section": "IV.E.99"}) if one.section == "IV.E.16" else one
                for one in ORDER.clauses
            )
        }
    )
    assert became(moved, "IV.E.16") == Became(section="IV.E.16", now="IV.E.99")


def test_a_clause_that_is_gone_or_whose_bullet_or_lead_changed_is_told_with_the_words() -> None:
    gone = ORDER.model_copy(
        update={"clauses": tuple(one for one in ORDER.clauses if one.section != "IV.E.19•3")}
    )
    found = became(gone, "IV.E.19•3")
    assert found.now is None and [row.old for row in found.rows] == ["IV.E.19•3"]
    item = became(gone, "IV.E.19")
    assert item.now == "IV.E.19" and [row.old for row in item.rows] == ["IV.E.19•3"]
    bullet = ORDER.clause("IV.E.19•1")
    assert bullet is not None and bullet.parent == "IV.E.19"
    assert became(gone, "IV.E.19•1").rows == ()


@given(st.sampled_from(SECTIONS), st.sampled_from(SECTIONS))
def test_who_watches_a_clause_is_told_exactly_where_the_redline_says_it_is_affected(
    watched: str, edited: str
) -> None:
    clauses = tuple(
        one.model_copy(update={"text": f"{one.text} Always."}) if one.section == edited else one
        for one in ORDER.clauses
    )
    new = ORDER.model_copy(update={"clauses": clauses, "effective": NEW})
    redline = compare(ORDER, new)
    found = became_of(watched, ORDER, new, redline)
    assert bool(found.rows) is (watched in redline.affected)
    assert {row.old for row in found.rows} <= {edited}


def told(new: Directive, *sections: str) -> News:
    watches = tuple(_watch(section) for section in sections)
    [found] = news(beside(LIBRARY, new), watches)
    return found


def _watch(section: str) -> Watch:
    return Watch(
        team="T1",
        user="U1",
        directive="5.14",
        section=section,
        effective=ORDER.effective,
        sha256=ORDER.sha256,
        at=AT,
    )


@pytest.mark.parametrize("count", [1, 10, 11, len(SECTIONS)])
def test_slack_takes_the_message_that_all_of_it_ended(count: int) -> None:
    gone = Ended(number="5.14", since=NEW, by="6.01", by_name="GO 6.01", filed=True)
    watches = tuple(_watch(section) for section in SECTIONS[:count])
    message = ended(Over(watches=watches, name="GO 5.14", ended=gone), LINKS)
    assert check_blocks(message.plain) == [] and fits(list(message.blocks))
    assert (f"{count - 10} more clauses" in str(message.plain)) is (count > 10)
    assert "/directives/6.01" in str(message.plain)


@pytest.mark.parametrize("count", [1, 10, len(SECTIONS)])
@pytest.mark.parametrize("edits", [{"the": "each"}, {" ": " or "}, {"e": "3 "}])
def test_slack_takes_the_message_however_much_changed(count: int, edits: dict[str, str]) -> None:
    found = told(revised(ORDER, NEW, edits), *SECTIONS[-count:])
    message = changed(found, LINKS)
    assert check_blocks(message.plain) == [] and fits(list(message.blocks))
    assert len(message.text) <= 4_000


def test_where_the_words_are_no_longer_on_file_that_is_said() -> None:
    new = revised(ORDER, NEW, PICTURES)
    lost = _watch("IV.E.16").model_copy(update={"sha256": "0" * 64})
    [found] = news(beside(LIBRARY, new), (lost,))
    assert found.old is None and found.sections == {"IV.E.16": "IV.E.16"}
    message = changed(found, LINKS)
    assert check_blocks(message.plain) == [] and "no longer on file" in message.text
