"""A request's content: cleaned, limited, kept as it was, and read from forms strictly."""

import json
import sqlite3
import unicodedata
from datetime import UTC, datetime
from pathlib import Path

import pytest
from guides import FILLED, QUESTIONS, whole
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.approvals.fields import FIELDS, Control, told
from bot.approvals.filling import Filled, FormRefused, picked, read, read_leniently
from bot.approvals.request import MOST_COLLEAGUES, Colleague, Content, Material, Others
from bot.approvals.store import RequestStore
from bot.asker import Asker, Surface
from bot.database import open_database

WILD = st.text(max_size=80) | st.sampled_from(
    ["\x00\x1b[31m", "e\u0301", "\u202eabc\u202c", "<b>x</b>", "a\r\nb\u2028c", "\ud800", " "]
)


@settings(max_examples=200, deadline=None)
@given(WILD, WILD, WILD)
def test_text_is_one_form_of_unicode_without_controls_and_stays_text(
    line: str, words: str, name: str
) -> None:
    try:
        made = Content(
            material=Material.TEXT,
            platform=f"x{line}",
            description=f"x{words}",
            colleagues=(Colleague(name=f"x{name}"),),
        )
    except ValidationError:
        return
    for text in (made.platform, made.description, made.colleagues[0].name):
        assert unicodedata.is_normalized("NFC", text)
        assert not [c for c in text if unicodedata.category(c) in {"Cc", "Cs"} and c not in "\n\t"]
        assert "\u202e" not in text and text == text.strip()
        text.encode("utf-8")
    assert "\n" not in made.platform and "\n" not in made.colleagues[0].name
    assert Content.model_validate_json(made.model_dump_json()) == made


def test_markup_is_kept_as_the_characters_it_is() -> None:
    made = Content(material=Material.TEXT, platform="x", description="<b>*bold*</b> &amp;")
    assert made.description == "<b>*bold*</b> &amp;"


def test_a_colleague_has_a_name_or_an_identity() -> None:
    assert Colleague(team="T1", user="U1").label == "Slack user U1 of workspace T1"
    for nobody in ({}, {"name": " \x00"}, {"user": "u1; drop"}):
        with pytest.raises(ValidationError):
            Colleague.model_validate(nobody)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_any_form_is_read_or_refused_field_by_field(data: st.DataObject) -> None:
    values: dict[str, object] = {}
    for field in FIELDS:
        wild = st.sampled_from(["", "x" * 6000, "2030-01-31", "photo", "my own"]) | WILD
        values[field.name] = (
            tuple(data.draw(st.lists(st.sampled_from(["children", "dogs"]), max_size=2)))
            if field.control is Control.TICKS
            else data.draw(wild)
        )
    filled = Filled.model_validate({**values, "flags": whole().flags})
    names = {field.name for field in FIELDS}
    try:
        assert read(filled, QUESTIONS, None).material in Material
    except FormRefused as refused:
        assert refused.errors and set(refused.errors) <= names
    assert isinstance(read_leniently(filled, QUESTIONS, None), Content)


def test_every_question_wants_a_reply_and_not_sure_is_one() -> None:
    with pytest.raises(FormRefused) as refused:
        read(FILLED, QUESTIONS, None)
    assert [*refused.value.errors] == [f"flag-{one.name}" for one in QUESTIONS.flags]
    unsure = whole(**{one.name: "not sure" for one in QUESTIONS.flags})
    assert len(read(unsure, QUESTIONS, None).flags) == len(QUESTIONS.flags)


def test_colleagues_are_a_line_each_and_those_picked_in_slack_are_known_by_their_id() -> None:
    filled = whole().model_copy(update={"colleagues": " Ana \n\n@U0PARTNER\nAna\n"})
    assert read(filled, QUESTIONS, "T1").colleagues == (
        Colleague(name="Ana"),
        Colleague(team="T1", user="U0PARTNER"),
    )
    assert read(filled, QUESTIONS, None).colleagues[1] == Colleague(name="@U0PARTNER")
    assert picked(filled.colleagues) == (("U0PARTNER",), "Ana\nAna")
    for many in ("\n".join(f"n{n}" for n in range(MOST_COLLEAGUES + 1)), "x" * 101):
        with pytest.raises(FormRefused) as refused:
            read(filled.model_copy(update={"colleagues": many}), QUESTIONS, None)
        assert [*refused.value.errors] == ["colleagues"]


def test_what_a_request_says_is_told_without_what_was_left_empty() -> None:
    filled = whole(scene="yes").model_copy(update={"others": ("children",)})
    content = read(filled, QUESTIONS, None)
    assert content.others == (Others.CHILDREN,)
    said = dict(told(content, QUESTIONS))
    assert said["Who else can be seen or heard?"] == "children"
    assert said["Is it from a crime scene or an accident scene?"] == "yes"
    assert "What is it for?" not in said


@pytest.mark.embedded("an old SQLite file")
def test_a_request_and_a_draft_from_before_this_form_still_load(tmp_path: Path) -> None:
    path = tmp_path / "old.sqlite3"
    _at_0003(path)
    store = RequestStore(open_database(f"sqlite:///{path}"), lambda: datetime.now(UTC))
    [request] = store.all()
    assert request.content.people == "two colleagues" and request.unclear == ()
    assert dict(told(request.content, QUESTIONS))["Who can be seen or is named?"]
    draft = store.draft("a2")
    assert draft is not None and (draft.question, draft.filled) == ("may I?", None)


def _at_0003(path: Path) -> None:
    """Make a database as the release before left it, with a request and a draft in it."""
    from alembic import command
    from alembic.config import Config
    from sqlalchemy import create_engine

    import bot.migrations

    engine = create_engine(f"sqlite:///{path}")
    config = Config()
    config.set_main_option("script_location", str(Path(*bot.migrations.__path__)))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0003")
    engine.dispose()
    content = {
        "material": "photo", "platform": "Instagram", "exact_text": "", "description": "Hands.",
        "people": "two colleagues", "where_and_when": "", "posting_from": None,
        "posting_until": "2030-01-31", "purpose": "",
    }  # fmt: skip
    with sqlite3.connect(path) as raw:
        raw.execute(
            "insert into requests values ('R-2', 'a1', '2026-09-01', 'slack', 'T1', 'U1', '5.14',"
            " '2019-09-10', ?, '[\"II\"]', 'both', ?, 'sent')",
            ("e" * 64, json.dumps(content)),
        )
        raw.execute("insert into drafts values ('a2', 'slack', 'T1', 'U1', 'may I?', '2999-01-01')")


@pytest.mark.embedded("an SQLite file written by hand")
def test_a_saved_form_of_another_version_is_filled_in_anew(tmp_path: Path) -> None:
    path = tmp_path / "later.sqlite3"
    engine = open_database(f"sqlite:///{path}")
    store = RequestStore(engine, lambda: datetime.now(UTC))
    with sqlite3.connect(path) as raw:
        raw.execute(
            "insert into drafts values ('a2', 'slack', 'T1', 'U1', 'may I?', '2999-01-01', ?)",
            ('{"from": "another version"}',),
        )
    draft = store.draft("a2")
    assert draft is not None and draft.filled is None
    assert store.save_draft("a2", whole()) and not store.save_draft("a3", whole())
    saved = store.draft("a2")
    assert saved is not None and saved.filled == whole()
    assert store.drafts_of(Asker(surface=Surface.SLACK, team="T1", user="U1")) == (saved,)
