"""Signed links and stored requests: what a link vouches for cannot be changed, nor sent twice."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from databases import Database
from guides import CORPUS, bureau
from hypothesis import assume, given
from hypothesis import settings as effort
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlalchemy.dialects.sqlite.base import SQLiteDialect

from bot.answer import Answer, Approval, ApprovalKind, Verdict
from bot.approvals.guidance import Guidance
from bot.approvals.request import Content, Material, Request
from bot.approvals.store import RequestStore
from bot.asker import Asker, Surface
from bot.database import Moment, open_database
from bot.errors import DatabaseUnusable, LinkExpired, LinkRefused
from bot.links import READING_SECONDS, REQUEST_SECONDS, Links, RequestReference
from index.library import load as load_library

KEY = "a key of the tests, long enough to sign with"
LIBRARY = load_library(CORPUS)
DAY = date(2019, 9, 10)
OFFICER = Asker(surface=Surface.SLACK, team="T1", user="U1")
OTHER = Asker(surface=Surface.SLACK, team="T1", user="U2")


class Clock:
    """A clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def seconds(self) -> float:
        return self.at.timestamp()

    def pass_by(self, **time: float) -> None:
        self.at += timedelta(**time)


@pytest.fixture
def clock() -> Clock:
    return Clock()


def links(clock: Clock, key: str = KEY, *, sign_reading: bool = True) -> Links:
    return Links("https://policy.test", key, sign_reading=sign_reading, clock=clock.seconds)


def reference(answer: str = "a1") -> RequestReference:
    return RequestReference(
        answer=answer,
        directive="5.14",
        sha256="e" * 64,
        clauses=("II¶1", "IV.F.1"),
        kind=ApprovalKind.PERMISSION,
    )


def token(link: str, name: str = "ref") -> str:
    return parse_qs(urlsplit(link).query)[name][0]


def test_a_request_link_carries_what_it_vouches_for_and_no_question(clock: Clock) -> None:
    link = links(clock).request(reference())
    assert link.startswith("https://policy.test/requests/new?ref=")
    assert links(clock).open_request(token(link)) == reference()
    assert not {"question", "text", "history"} & set(RequestReference.model_fields)


def test_a_request_link_lasts_24_hours_and_no_longer(clock: Clock) -> None:
    signed = token(links(clock).request(reference()))
    clock.pass_by(seconds=REQUEST_SECONDS)
    assert links(clock).open_request(signed) == reference()
    clock.pass_by(seconds=1)
    with pytest.raises(LinkExpired, match=r"expired\. Ask again for a fresh one\."):
        links(clock).open_request(signed)


def test_a_reading_link_opens_its_directive_for_thirty_days(clock: Clock) -> None:
    link = links(clock).clause("5.14", "IV.E.19•3", (0, 10))
    key = token(link, "key")
    assert token(link, "mark") == "IV-E-19-b3.0-10"
    assert urlsplit(link).fragment == "IV-E-19-b3"
    links(clock).open_reading(key, "5.14")
    with pytest.raises(LinkRefused, match="another directive"):
        links(clock).open_reading(key, "5.15")
    clock.pass_by(seconds=READING_SECONDS + 1)
    with pytest.raises(LinkExpired):
        links(clock).open_reading(key, "5.14")


def test_on_loopback_reading_links_are_not_signed(clock: Clock) -> None:
    link = links(clock, sign_reading=False).clause("5.14", "IV.E.16")
    assert link == "https://policy.test/directives/5.14?mark=IV-E-16#IV-E-16"


def test_a_link_by_another_key_is_refused(clock: Clock) -> None:
    signed = token(links(clock, KEY + "!").request(reference()))
    with pytest.raises(LinkRefused, match="not genuine"):
        links(clock).open_request(signed)


def test_a_link_for_another_purpose_is_refused(clock: Clock) -> None:
    made = links(clock)
    with pytest.raises(LinkRefused, match="not genuine"):
        made.open_request(token(made.clause("5.14", "IV.E.16"), "key"))
    with pytest.raises(LinkRefused, match="not genuine"):
        made.open_reading(token(made.request(reference())), "5.14")


def test_a_link_from_the_future_is_refused(clock: Clock) -> None:
    signed = token(links(clock).request(reference()))
    clock.pass_by(days=-2)
    with pytest.raises(LinkRefused):
        links(clock).open_request(signed)


@effort(max_examples=150, deadline=None)
@given(st.data())
def test_a_link_changed_anywhere_is_refused(data: st.DataObject) -> None:
    clock = Clock()
    signed = token(links(clock).request(reference()))
    at = data.draw(st.integers(0, len(signed) - 1))
    new = data.draw(st.sampled_from("ABCXYZabcxyz0189-_."))
    changed = signed[:at] + new + signed[at + 1 :]
    assume(changed != signed)
    try:
        opened = links(clock).open_request(changed)
    except LinkRefused as refused:
        assert signed not in str(refused)
    else:
        assert opened == reference()


@effort(max_examples=150, deadline=None)
@given(st.text(max_size=60))
def test_any_text_in_place_of_a_token_is_refused(text: str) -> None:
    clock = Clock()
    with pytest.raises(LinkRefused):
        links(clock).open_request(text)
    with pytest.raises(LinkRefused):
        links(clock).open_reading(text, "5.14")


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    opened = open_database(database_url)
    yield opened
    opened.dispose()


Sender = Callable[[RequestReference, Content, Asker], Request]


@pytest.fixture
def store(engine: Engine, clock: Clock) -> RequestStore:
    return RequestStore(engine, clock.now)


def sender(engine: Engine, now: Callable[[], datetime], folder: Path) -> Sender:
    """Return what sends requests as the desk does."""
    sending = bureau(engine, LIBRARY, links(Clock()), now, folder).sending
    order = LIBRARY.in_force()[0]
    return lambda vouched, said, asker: sending.send(vouched, order, said, asker, Guidance())


@pytest.fixture
def send(engine: Engine, clock: Clock, tmp_path: Path) -> Sender:
    return sender(engine, clock.now, tmp_path)


def content(description: str = "A target and my hands.") -> Content:
    return Content(material=Material.PHOTO, platform="Instagram", description=description)


def answer(identity: str = "a1", *, offered: bool = True) -> Answer:
    return Answer(
        id=identity,
        question="can I post it?",
        verdict=Verdict.NEEDS_PERMISSION,
        summary="Not without permission.",
        approval=Approval(offered=offered),
        engine="scripted",
    )


def test_a_request_is_kept_as_it_was_sent(send: Sender, store: RequestStore, clock: Clock) -> None:
    sent = send(reference(), content(), OFFICER)
    assert store.by_answer("a1") == store.by_reference(sent.reference) == sent
    assert (sent.asker, sent.created, sent.effective) == (OFFICER, clock.now(), DAY)
    assert (sent.directive, sent.sha256, sent.clauses) == ("5.14", "e" * 64, ("II¶1", "IV.F.1"))
    assert sent.content == content()
    assert sent.created.tzinfo is not None


def test_a_second_sending_changes_nothing(send: Sender, store: RequestStore, clock: Clock) -> None:
    first = send(reference(), content(), OFFICER)
    clock.pass_by(hours=1)
    again = send(reference(), content("Something else."), OTHER)
    assert again == first
    assert store.all() == (first,)


def test_two_links_make_two_requests_newest_first(
    send: Sender, store: RequestStore, clock: Clock
) -> None:
    first = send(reference("a1"), content(), OFFICER)
    clock.pass_by(seconds=1)
    second = send(reference("a2"), content(), OFFICER)
    assert first.reference != second.reference
    assert store.all() == (second, first)


def test_a_reference_number_is_found_in_lower_case(send: Sender, store: RequestStore) -> None:
    sent = send(reference(), content(), OFFICER)
    assert store.by_reference(sent.reference.lower()) == sent
    assert store.by_reference("R-NOTHING") is None
    assert store.by_answer("nothing") is None


def test_a_draft_is_kept_for_a_day_and_then_wiped(
    engine: Engine, store: RequestStore, clock: Clock
) -> None:
    store.keep_answer(answer("a1"), OFFICER)
    kept = store.draft("a1")
    assert kept is not None
    assert (kept.question, kept.asker) == ("can I post it?", OFFICER)
    clock.pass_by(seconds=REQUEST_SECONDS)
    assert store.draft("a1") is None
    store.keep_answer(answer("a2"), OFFICER)
    with engine.connect() as raw:
        assert raw.exec_driver_sql("select answer from drafts").fetchall() == [("a2",)]


def test_no_draft_is_kept_of_an_answer_that_offers_nothing(store: RequestStore) -> None:
    store.keep_answer(answer(offered=False), OFFICER)
    assert store.draft("a1") is None


def test_sending_wipes_the_draft(send: Sender, store: RequestStore) -> None:
    store.keep_answer(answer(), OFFICER)
    send(reference(), content(), OFFICER)
    assert store.draft("a1") is None


def test_times_come_back_in_utc_whatever_zone_they_were_given_in(
    engine: Engine, clock: Clock, tmp_path: Path
) -> None:
    east = clock.at.astimezone(timezone(timedelta(hours=-5)))
    sent = sender(engine, lambda: east, tmp_path)(reference(), content(), OFFICER)
    assert sent.created == clock.at
    assert sent.created.utcoffset() == timedelta(0)


def test_a_time_without_a_zone_is_refused(tmp_path: Path, engine: Engine) -> None:
    with pytest.raises((DatabaseUnusable, ValueError)):
        sender(engine, lambda: datetime(2026, 11, 22, 12, 0), tmp_path)(
            reference(), content(), OFFICER
        )
    assert RequestStore(engine, Clock().now).all() == ()


@effort(max_examples=40, deadline=None)
@given(st.datetimes(timezones=st.timezones() | st.just(UTC), allow_imaginary=False))
def test_any_zoned_time_is_read_back_as_the_same_moment(moment: datetime) -> None:
    dialect = SQLiteDialect()
    kept = Moment().process_bind_param(moment, dialect)
    assert kept is not None
    back = Moment().process_result_value(kept.replace(tzinfo=None), dialect)
    assert back is not None
    assert back.timestamp() == moment.timestamp()


def test_opening_a_database_again_changes_nothing(
    database: Database, tmp_path: Path, clock: Clock
) -> None:
    url = database.empty().replace("database-1", "a/b/policybot")
    sent = sender(open_database(url), clock.now, tmp_path)(reference(), content(), OFFICER)
    assert RequestStore(open_database(url), clock.now).all() == (sent,)


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:////proc/policybot/db.sqlite3",
        "sqlite:///{folder}",
        "sqlite:///{folder}/text.sqlite3",
        "sqlite:///{folder}/text.sqlite3/db.sqlite3",
        "not an address",
        "",
        "sqlite://user:hunter2@host/db",
    ],
)
def test_a_database_that_cannot_be_opened_gives_one_clear_line(url: str, tmp_path: Path) -> None:
    (tmp_path / "text.sqlite3").write_text("this is no database " * 100, encoding="utf-8")
    with pytest.raises(DatabaseUnusable) as refused:
        open_database(url.format(folder=tmp_path))
    message = str(refused.value)
    assert "\n" not in message
    assert message.startswith("DATABASE_URL: ")
    assert message.endswith("Check the address, the folder's permissions and the free space.")
    assert "hunter2" not in message


def test_a_missing_driver_gives_one_clear_line() -> None:
    with pytest.raises(DatabaseUnusable, match=r"^DATABASE_URL: the driver 'oracledb' is not inst"):
        open_database("oracle+oracledb://nowhere/db")


def test_a_database_that_breaks_while_in_use_gives_one_clear_line(
    engine: Engine, store: RequestStore
) -> None:
    with engine.begin() as raw:
        raw.exec_driver_sql("drop table requests")
    with pytest.raises(DatabaseUnusable) as refused:
        store.all()
    assert "\n" not in str(refused.value)
    assert "refused" in str(refused.value)


def test_a_database_of_a_newer_release_is_refused_with_the_remedy(
    engine: Engine, database_url: str
) -> None:
    with engine.begin() as raw:
        raw.exec_driver_sql("update alembic_version set version_num = '9999'")
    with pytest.raises(DatabaseUnusable, match="by a newer release"):
        open_database(database_url)
