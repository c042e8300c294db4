"""App Home and the forms: golden files, Slack's limits, labels, and what comes back."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from guides import QUESTIONS, replies, the_guide, whole
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_answers import LIBRARY, ScriptedAnswers
from slack_payloads import state_of
from slack_protocol import actionable, check_view, texts
from slack_sdk.models.blocks import ActionsBlock, Block, MarkdownBlock
from slack_sdk.models.views import View

from bot.answer import ApprovalKind
from bot.approvals.fields import FIELDS
from bot.approvals.filling import Filled
from bot.approvals.filling import read as read_filled
from bot.approvals.guidance import Guidance
from bot.approvals.request import Reply, Request
from bot.asker import Asker, Surface
from bot.feedback import Right
from bot.slack import ids, wording
from bot.slack.blocks import answered
from bot.slack.carried import MOST
from bot.slack.feedback import (
    Feedback,
    FeedbackAbout,
    FeedbackItem,
    feedback_form,
    feedback_list,
    read_feedback,
)
from bot.slack.forms import (
    ask_form,
    channel_form,
    draft_check,
    read_ask,
    read_channel,
    working,
)
from bot.slack.home import Change, HomePage, OnFile, RequestLine, home
from bot.slack.ids import Action, Field, Following, Placement, Role
from bot.slack.kept import Kept, KeptDraft, KeptWatch, kept_form
from bot.slack.prompts import guess, prompts
from bot.slack.request_flags import NONE, UNSURE, applying
from bot.slack.request_form import (
    About,
    Carrying,
    read_request,
    request_check,
    request_form,
    request_sent,
)
from bot.slack.settings import ChannelSettings, read
from bot.slack.submitted import FormRefused

DATA = Path(__file__).resolve().parent / "data"
WHEN = datetime(2026, 9, 20, 14, 5, tzinfo=UTC)
ORDER = OnFile(
    number="5.14",
    name="GO 5.14",
    title="Use of Social Media",
    effective=date(2019, 9, 10),
    url="http://127.0.0.1:8514/directives/5.14",
)
WAITING = RequestLine(
    reference="R-12",
    title="Photo from the range",
    state="waits for the Chief",
    updated=WHEN,
)
PAGE = HomePage(
    role=Role.OFFICER,
    assistant="Policy Assistant",
    contacts="your supervisor or the policy unit",
    directives=(ORDER,),
)
FULL = PAGE.model_copy(
    update={
        "role": Role.SUPERVISOR,
        "directives": (ORDER.model_copy(update={"changed": date(2026, 9, 1)}),),
        "changes": (Change(day=date(2026, 9, 1), line="GO 5.14 was put in force."),),
        "requests": (WAITING, WAITING.model_copy(update={"reference": "R-9"})),
        "waiting": (WAITING,),
        "of_people": tuple(
            WAITING.model_copy(update={"reference": f"R-{number}"}) for number in range(20, 27)
        ),
        "roster": "You are on the roster as Della Marsh, Sergeant, Patrol.",
        "is_admin": True,
        "to_look_at": 3,
    }
)
KEPT = Kept(
    drafts=(KeptDraft(question="May I post a picture of my locker?", expires=WHEN),),
    role=Role.RECRUIT,
    noticed=True,
    questions=1,
    feedback=2,
    requests=3,
)
PIECE = FeedbackItem(
    id="f-1", when=WHEN, verdict="Prohibited", version="GO 5.14, text e46dcba2", right=Right.YES
)
DOUBTED = PIECE.model_copy(
    update={
        "id": "f-2",
        "right": Right.NO,
        "reason": "It missed that I was off duty.",
        "question": "May I post a picture of my locker?",
    }
)
ABOUT = FeedbackAbout(
    answer="answer-1",
    version="GO 5.14, text e46dcba2",
    verdict="prohibited",
    question="May I post a shot of my locker?",
)
REQUEST_FIELDS = {
    "colleagues_named",
    *(field.name for field in FIELDS),
    *(applying(group) for group in QUESTIONS.groups),
    NONE,
    UNSURE,
}
CHOSEN = ChannelSettings(
    place=Placement.THREAD, follow=False, muted=True, directives=("5.14", "9.99")
)


def _blocks(question: str) -> tuple[Block, ...]:
    return answered(ScriptedAnswers().ask(question), LIBRARY).blocks


REQUEST = About(name="GO 5.14", clauses=("II¶1", "IV.F.1"), expires=WHEN)
FILLED = whole(uniform="yes", scene="yes", suspect="not sure").model_copy(
    update={"colleagues": "@U0PARTNER\nAna Example", "posting_from": "2030-01-31"}
)
SENT = Request(
    reference="R-23456789",
    answer="answer-1",
    created=WHEN,
    asker=Asker(surface=Surface.SLACK, team="T1", user="U1"),
    directive="5.14",
    effective=date(2019, 9, 10),
    sha256="e" * 64,
    clauses=("II¶1",),
    kind=ApprovalKind.PERMISSION,
    content=read_filled(FILLED, QUESTIONS, "T1"),
)


def _guidance(filled: Filled) -> Guidance:
    order = LIBRARY.get("5.14")
    assert order is not None
    return the_guide().touches(order, read_filled(filled, QUESTIONS, "T1"))


def _request(filled: Filled = FILLED, **more: bool) -> View:
    about = REQUEST.model_copy(update=more)
    return request_form(Carrying(reference="ref"), about, filled, QUESTIONS)


GOLDEN: dict[str, Callable[[], View]] = {
    "home_empty": lambda: home(PAGE.model_copy(update={"role": Role.RECRUIT, "directives": ()})),
    "home_officer": lambda: home(PAGE),
    "home_supervisor_admin": lambda: home(FULL),
    "ask": ask_form,
    "ask_prefilled": lambda: ask_form("May I post *this* <!channel>?"),
    "working": lambda: working(wording.DRAFT),
    "draft": lambda: draft_check(_blocks("a shot of my locker")),
    "feedback": lambda: feedback_form(ABOUT, "Prohibited"),
    "channel_choice": lambda: channel_form(None, ChannelSettings()),
    "channel": lambda: channel_form("C0PATROL", CHOSEN, (ORDER,)),
    "kept": lambda: kept_form(KEPT),
    "kept_nothing": lambda: kept_form(Kept()),
    "feedback_list": lambda: feedback_list((PIECE, DOUBTED)),
    "request": lambda: _request(the_guide().preset("May I post a photo of my uniform?")),
    "request_saved": lambda: _request(saved=True),
    "request_check": lambda: request_check(
        Carrying(reference="ref", confirmed=("IV.E.20•3",)),
        _guidance(FILLED),
        "GO 5.14",
        FILLED.flags,
        QUESTIONS,
    ),
    "request_sent": lambda: request_sent(SENT, WHEN),
    "feedback_list_empty": lambda: feedback_list(()),
}


def _plain(view: View) -> dict[str, Any]:
    """The view as Slack takes it; a signed reference is no more than its place."""
    written = json.dumps(view.to_dict(), ensure_ascii=False)
    plain: dict[str, Any] = json.loads(re.sub(r"ref=[\w.\-]+", "ref=SIGNED", written))
    return plain


def _literal(value: object) -> Iterator[str]:
    """Yield the types of all text objects that hold words."""
    for inner in value.values() if isinstance(value, dict) else ():
        yield from _literal(inner)
    for inner in value if isinstance(value, list) else ():
        yield from _literal(inner)
    if isinstance(value, dict) and isinstance(value.get("text"), str):
        yield str(value.get("type"))


def _elements(view: Mapping[str, Any]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    yield from actionable(view["blocks"])


def _usable(view: View) -> None:
    """Assert what holds for every view: Slack takes it, it is literal, and it can be heard."""
    plain = view.to_dict()
    assert check_view(plain) == []
    assert len(json.dumps(plain)) < 250_000
    assert {*_literal(plain)} <= {"plain_text", "text", "link"}
    spoken = []
    for block, element in _elements(plain):
        if block["type"] == "input":
            assert block["label"]["text"].strip()
        else:
            assert element["type"] == "button", "a menu without a label"
            spoken.append(element.get("accessibility_label", element["text"]["text"]))
    assert all(name.strip() for name in spoken) and len(spoken) == len(set(spoken))


@pytest.mark.parametrize("name", GOLDEN)
def test_people_see_the_view_that_the_golden_file_shows(name: str) -> None:
    golden = json.loads((DATA / f"slack_view_{name}.json").read_text(encoding="utf-8"))
    assert _plain(GOLDEN[name]()) == golden


@pytest.mark.parametrize("name", GOLDEN)
def test_slack_takes_every_golden_view_and_a_screen_reader_names_its_parts(name: str) -> None:
    _usable(GOLDEN[name]())


@pytest.mark.parametrize("name", GOLDEN)
def test_every_title_and_every_button_of_a_form_fits_and_says_where_it_comes_back(
    name: str,
) -> None:
    view = _plain(GOLDEN[name]())
    assert view["callback_id"] in {*ids.View}
    if view["type"] == "modal":
        shown = [view[key]["text"] for key in ("title", "submit", "close") if key in view]
        assert all(0 < len(text) <= 24 and "…" not in text for text in shown)
    fields = [(block, element) for block, element in _elements(view) if block["type"] == "input"]
    for block, element in fields:
        if view["type"] == "modal":
            assert block["block_id"] == element["action_id"]
            assert block["block_id"] in {*Field, *REQUEST_FIELDS}
    assert {e["action_id"] for b, e in _elements(view) if b["type"] != "input"} <= {*Action}


# Anything that people, orders or the database may hold

MARKS = st.sampled_from(
    [
        "<!channel> *bold* _it_ ~no~ `code` <https://x.test|y> :smile: > quote",
        "@channel @here #general <@U0OFFICER>",
        "שלום עולם \u202eabc\u202c مرحبا",
        "👮🏽‍♀️👮🏽‍♀️" * 40,
        "{0} {count} %s \\ \" '",
        " \n\t ",
        "",
        "word " * 2_000,
        "x" * 5_000,
        "\x00\x1f&<>",
    ]
)
TEXTS = MARKS | st.text(max_size=200)
URLS = st.sampled_from(["http://127.0.0.1:8514/x", "javascript:x", "", "http://x y"]) | st.integers(
    0, 4_000
).map(lambda count: "https://x.test/" + "x" * count)
WHENS = st.datetimes(min_value=datetime(1990, 1, 1), timezones=st.just(UTC))
DAYS = st.dates(min_value=date(1990, 1, 1))
REQUESTS = st.builds(RequestLine, reference=TEXTS, title=TEXTS, state=TEXTS, updated=WHENS)


@st.composite
def _many(draw: st.DrawFn, one: st.SearchStrategy[Any], most: int = 300) -> tuple[Any, ...]:
    """Draw a few things and repeat them: long lists without long waits."""
    few = draw(st.lists(one, max_size=3))
    return tuple(few * draw(st.integers(1, most // 3)))


@st.composite
def _orders(draw: st.DrawFn) -> tuple[OnFile, ...]:
    few = draw(
        st.lists(
            st.builds(
                OnFile,
                number=st.just("0"),
                name=TEXTS,
                title=TEXTS,
                effective=DAYS,
                url=URLS,
                changed=st.none() | DAYS,
            ),
            max_size=3,
        )
    )
    many = few * draw(st.integers(1, 100))
    return tuple(one.model_copy(update={"number": f"{n}.{n}"}) for n, one in enumerate(many))


@settings(max_examples=60, deadline=None)
@given(
    st.builds(
        HomePage,
        role=st.sampled_from(Role),
        assistant=TEXTS,
        contacts=TEXTS,
        directives=_orders(),
        changes=_many(st.builds(Change, day=DAYS, line=TEXTS)),
        requests=_many(REQUESTS),
        waiting=_many(REQUESTS),
        of_people=st.none() | _many(REQUESTS),
        is_admin=st.booleans(),
        to_look_at=st.none() | st.integers(0, 10**6),
        directives_url=st.none() | URLS,
    )
)
def test_slack_takes_any_app_home(page: HomePage) -> None:
    view = home(page)
    _usable(view)
    assert len(view.blocks or ()) <= 60


@settings(max_examples=60, deadline=None)
@given(
    question=TEXTS,
    title=TEXTS,
    answer=st.text(min_size=1, max_size=150),
    version=st.text(max_size=150),
    verdict=TEXTS,
    right=st.none() | st.sampled_from(Right),
    orders=_orders(),
    muted=st.booleans(),
)
def test_slack_takes_any_form(
    question: str,
    title: str,
    answer: str,
    version: str,
    verdict: str,
    right: Right | None,
    orders: tuple[OnFile, ...],
    muted: bool,
) -> None:
    about = FeedbackAbout(
        answer=answer, version=version, verdict="x", question=question[:MOST] or None
    )
    form = feedback_form(about, verdict, right)
    chosen = ChannelSettings(muted=muted, directives=tuple(o.number for o in orders))
    for view in (ask_form(question), working(title), form, channel_form("C1", chosen, orders)):
        _usable(view)
    assert FeedbackAbout.load(form.private_metadata or "") == about


PIECES = st.builds(
    FeedbackItem,
    id=st.text(min_size=1, max_size=60),
    when=WHENS,
    verdict=TEXTS,
    version=TEXTS,
    right=st.sampled_from(Right),
    reason=st.none() | TEXTS,
    question=st.none() | TEXTS,
)


@settings(max_examples=60, deadline=None)
@given(
    kept=st.builds(
        Kept,
        drafts=_many(st.builds(KeptDraft, question=TEXTS, expires=WHENS), 60),
        role=st.none() | st.sampled_from(Role),
        noticed=st.booleans(),
        questions=st.integers(0, 10**6),
        watches=_many(
            st.builds(
                KeptWatch,
                clause=TEXTS,
                effective=st.dates(),
                day=st.dates(),
                value=st.text(min_size=1, max_size=500),
            ),
            90,
        ),
    ),
    pieces=_many(PIECES),
)
def test_slack_takes_any_list_of_what_is_kept_and_of_feedback(
    kept: Kept, pieces: tuple[FeedbackItem, ...]
) -> None:
    for view in (kept_form(kept), feedback_list(pieces)):
        _usable(view)
    shown = sum(e["action_id"] == Action.LOOKED_AT for _, e in _elements(_plain(view)))
    said = "\n".join(texts(_plain(view)))
    more = wording.FEEDBACK_MORE.format(count=len(pieces) - shown)
    assert (more in said) == (shown < len(pieces)) and (shown or not pieces)


@pytest.mark.parametrize("question", ["a shot of my locker", "everything", "boat", "which account"])
@pytest.mark.parametrize("times", [1, 3, 30])
def test_a_draft_s_check_quotes_the_clauses_and_has_nothing_to_press(
    question: str, times: int
) -> None:
    blocks = _blocks(question)
    view = draft_check(blocks * times)
    _usable(view)
    said = [*texts(_plain(view))]
    assert said[1 if said[0] == wording.DRAFT else 0] == wording.DRAFT_NOTHING_SENT
    assert not [*_elements(_plain(view))]
    kept = [block.to_dict() for block in blocks if not isinstance(block, ActionsBlock)]
    assert _plain(view)["blocks"][1 : 1 + len(kept)] == json.loads(
        re.sub(r"ref=[\w.\-]+", "ref=SIGNED", json.dumps(kept))
    )
    if len(kept) * times > 98:
        assert wording.DRAFT_CUT in said


def test_what_a_modal_does_not_know_is_left_out_of_a_draft_s_check() -> None:
    _usable(draft_check([MarkdownBlock(text="*x*"), *_blocks("wall")]))


# What stands where


def _order_of(view: View) -> list[str]:
    return [str(element["action_id"]) for _, element in _elements(_plain(view))]


def test_the_keyboard_reaches_asking_first_and_settings_last() -> None:
    assert _order_of(home(FULL)) == [
        *[Action.ASK] * 5,
        *[Action.OPEN_REQUEST] * 8,
        Action.OPEN_ON_WEB,
        Action.ROLE,
        Action.SHOW_KEPT,
        Action.CHANNEL_SETTINGS,
        Action.SHOW_FEEDBACK,
    ]
    assert _order_of(feedback_form(ABOUT, "w")) == [Field.RIGHT, Field.REASON, Field.INCLUDE]
    assert _order_of(channel_form("C1", CHOSEN, (ORDER,))) == [
        Field.PLACE,
        Field.FOLLOW,
        Field.MUTED,
        Field.DIRECTIVES,
    ]


def test_only_administrators_see_the_buttons_for_administrators() -> None:
    page = FULL.model_copy(update={"is_admin": False})
    assert _order_of(home(page))[-2:] == [Action.ROLE, Action.SHOW_KEPT]
    unknown = FULL.model_copy(update={"to_look_at": None})
    assert _order_of(home(unknown))[-1] == Action.CHANNEL_SETTINGS
    assert "To look at: 3" in [*texts(_plain(home(FULL)))]


def test_an_example_s_button_opens_the_form_with_that_question() -> None:
    buttons = [e for _, e in _elements(_plain(home(PAGE))) if e["action_id"] == Action.ASK]
    assert "value" not in buttons[0]
    assert [e["value"] for e in buttons[1:]] == [p.message for p in prompts(Role.OFFICER)]
    [(_, element)] = _elements(_plain(ask_form(buttons[1]["value"])))
    assert element["initial_value"] == buttons[1]["value"]


def test_lists_on_app_home_are_cut_with_a_line_that_says_how_many_more_and_where() -> None:
    page = FULL.model_copy(
        update={
            "directives": (ORDER,) * 45,
            "changes": FULL.changes * 41,
            "requests": (WAITING,) * 42,
            "waiting": (WAITING,) * 43,
            "directives_url": "http://127.0.0.1:8514/directives",
        }
    )
    said = [*texts(_plain(home(page)))]
    who = PAGE.contacts
    for line in (
        wording.MORE_ON_FILE.format(count=5, contacts=who),
        wording.ALL_ON_FILE,
        wording.MORE_CHANGES.format(count=1, contacts=who),
        wording.MORE_REQUESTS.format(count=2, contacts=who),
        wording.MORE_WAITING.format(count=3),
    ):
        assert line in said


def test_drafts_are_deleted_only_after_a_second_question_and_only_where_there_are_some() -> None:
    [(_, element)] = _elements(_plain(kept_form(KEPT)))
    assert element["action_id"] == Action.DELETE_DRAFTS and element["style"] == "danger"
    assert element["confirm"]["style"] == "danger"
    assert _order_of(kept_form(KEPT.model_copy(update={"drafts": ()}))) == []
    assert wording.KEPT_NOTHING in [*texts(_plain(kept_form(Kept())))]
    assert wording.KEPT_NOTHING not in [*texts(_plain(kept_form(Kept(noticed=True))))]


def test_the_question_is_not_included_unless_somebody_ticks_it() -> None:
    view = _plain(feedback_form(ABOUT, "w", Right.NO))
    [include] = [e for _, e in _elements(view) if e["action_id"] == Field.INCLUDE]
    assert "initial_options" not in include
    [right] = [e for _, e in _elements(view) if e["action_id"] == Field.RIGHT]
    assert right["initial_option"]["value"] == Right.NO


def test_the_channel_is_chosen_among_channels_and_never_among_direct_messages() -> None:
    [(_, element)] = _elements(_plain(channel_form(None, CHOSEN)))
    assert element["filter"] == {"include": ["public", "private"]}
    view = _plain(channel_form("C0PATROL", CHOSEN, (ORDER,)))
    assert view["private_metadata"] == "C0PATROL"
    assert view["blocks"][0]["elements"][0]["elements"][1] == {
        "type": "channel",
        "channel_id": "C0PATROL",
    }


def test_a_directive_that_is_no_longer_on_file_is_not_shown_as_chosen() -> None:
    view = _plain(channel_form("C1", CHOSEN, (ORDER,)))
    [menu] = [e for _, e in _elements(view) if e["action_id"] == Field.DIRECTIVES]
    assert [one["value"] for one in menu["initial_options"]] == ["5.14"]


def test_the_first_use_notice_says_who_reads_how_long_and_what_asking_is_not() -> None:
    notice = " ".join(wording.FIRST_USE)
    for words in ("not confidential", "24 hours", "until it is answered", "neither approval nor a"):
        assert words in notice


# What comes back


def _radio(value: str | None) -> dict[str, Any]:
    chosen = None if value is None else {"value": value, "text": {"type": "plain_text"}}
    return {"type": "radio_buttons", "selected_option": chosen}


def _boxes(*values: str, kind: str = "checkboxes") -> dict[str, Any]:
    return {"type": kind, "selected_options": [{"value": value} for value in values]}


def _typed(value: str | None) -> dict[str, Any]:
    return {"type": "plain_text_input", "value": value}


def _state(**elements: dict[str, Any]) -> dict[str, Any]:
    return {name: {name: element} for name, element in elements.items()}


CHANNEL_STATE = _state(
    place=_radio("thread"),
    follow=_radio("mentions"),
    muted=_boxes("yes"),
    directives=_boxes("5.14", "5.14", kind="multi_static_select"),
)
FEEDBACK_STATE = _state(right=_radio("no"), reason=_typed(None), include=_boxes())


def test_what_a_form_was_opened_with_is_what_comes_back() -> None:
    assert read(CHANNEL_STATE) == CHOSEN.model_copy(update={"directives": ("5.14",)})
    unset = {**CHANNEL_STATE, **_state(muted=_boxes(), follow=_radio("threads"))}
    del unset["directives"]
    assert read(unset) == ChannelSettings(place=Placement.THREAD)
    for values, choices in ((Placement, wording.PLACES), (Following, wording.FOLLOWS)):
        assert {*values} == {*choices}


def test_feedback_comes_back_with_its_reason_and_without_the_question() -> None:
    assert read_feedback(FEEDBACK_STATE) == Feedback(right=Right.NO)
    full = _state(right=_radio("unsure"), reason=_typed(" It was. "), include=_boxes("yes"))
    assert read_feedback(full) == Feedback(
        right=Right.UNSURE, reason="It was.", include_question=True
    )


def test_a_question_and_a_channel_come_back_as_they_were_given() -> None:
    assert read_ask(_state(question=_typed(" May I?\nNow? "))) == "May I?\nNow?"
    chosen = {"type": "conversations_select", "selected_conversation": "C0PATROL"}
    assert read_channel(_state(channel=chosen)) == "C0PATROL"


@pytest.mark.parametrize(
    ("reader", "values", "field", "sentence"),
    [
        (read_ask, {}, "question", wording.FORM_CHANGED),
        (read_ask, _state(question=_typed(" \n ")), "question", wording.WRITE_QUESTION),
        (read_ask, _state(question=_typed(None)), "question", wording.WRITE_QUESTION),
        (read_ask, _state(question=_typed("x" * 3_001)), "question", "3,000"),
        (read_ask, _state(question=_radio("yes")), "question", wording.FORM_CHANGED),
        (read_ask, {"question": "May I?"}, "question", wording.FORM_CHANGED),
        (read_feedback, {**FEEDBACK_STATE, **_state(right=_radio(None))}, "right", wording.CHOOSE),
        (
            read_feedback,
            {**FEEDBACK_STATE, **_state(right=_radio("maybe"))},
            "right",
            wording.FORM_CHANGED,
        ),
        (read_feedback, {**FEEDBACK_STATE, **_state(reason=_typed("x" * 2_001))}, "reason", "2,0"),
        (
            read_feedback,
            {**FEEDBACK_STATE, **_state(include=_boxes("all"))},
            "include",
            wording.FORM_CHANGED,
        ),
        (
            read,
            {**CHANNEL_STATE, **_state(place=_radio("everywhere"))},
            "place",
            wording.FORM_CHANGED,
        ),
        (read, {**CHANNEL_STATE, "follow": {}}, "follow", wording.FORM_CHANGED),
        (read, {**CHANNEL_STATE, **_state(muted=_typed("x"))}, "muted", wording.FORM_CHANGED),
        (
            read,
            {**CHANNEL_STATE, "directives": {"directives": {"type": "multi_static_select"}}},
            "directives",
            wording.FORM_CHANGED,
        ),
        (
            read_channel,
            _state(channel={"type": "conversations_select", "selected_conversation": "D0ME"}),
            "channel",
            wording.CHOOSE_CHANNEL,
        ),
    ],
)
def test_what_cannot_be_taken_is_refused_by_the_name_of_its_field(
    reader: Callable[[Any], object], values: dict[str, Any], field: str, sentence: str
) -> None:
    with pytest.raises(ValueError, match=field) as refused:
        reader(values)
    assert isinstance(refused.value, FormRefused) and refused.value.field == field
    [(block, words)] = refused.value.errors.items()
    assert block == field and sentence in words and "xxx" not in words


@pytest.mark.parametrize("metadata", ["", "{}", '{"answer": ""}', "[]", "x", '{"answer": 1}'])
def test_metadata_that_is_not_ours_is_refused(metadata: str) -> None:
    with pytest.raises(ValueError, match="FeedbackAbout"):
        FeedbackAbout.load(metadata)


# Prompts


@pytest.mark.parametrize("role", Role)
def test_each_role_gets_four_suggestions_of_its_own(role: Role) -> None:
    found = prompts(role)
    assert len(found) == len({one.title for one in found}) == 4
    assert all(len(one.title) <= 30 and len(one.message) <= 100 for one in found)
    others = {one.message for other in Role if other != role for one in prompts(other)}
    assert not others & {one.message for one in found}


@pytest.mark.parametrize(
    ("title", "role"),
    [
        (None, Role.OFFICER),
        ("", Role.OFFICER),
        ("Police Officer", Role.OFFICER),
        ("Detective", Role.OFFICER),
        ("Field Training Officer", Role.OFFICER),
        ("Recruit Training Officer", Role.OFFICER),
        ("Recruiting", Role.OFFICER),
        ("Executive Assistant to the Chief", Role.OFFICER),
        ("Sgt.", Role.SUPERVISOR),
        ("Patrol SGT", Role.SUPERVISOR),
        ("Detective Sergeant, Recruit Training", Role.SUPERVISOR),
        ("Lieutenant", Role.SUPERVISOR),
        ("Lt. - Midnights", Role.SUPERVISOR),
        ("Capt", Role.SUPERVISOR),
        ("Deputy Chief", Role.SUPERVISOR),
        ("Records supervisor", Role.SUPERVISOR),
        ("Recruit", Role.RECRUIT),
        ("Police Cadet", Role.RECRUIT),
        ("Probationary Officer", Role.RECRUIT),
        ("Officer in training", Role.RECRUIT),
    ],
)
def test_a_profile_s_title_suggests_a_role(title: str | None, role: Role) -> None:
    assert guess(title) is role


@given(st.text())
def test_any_title_suggests_some_role(title: str) -> None:
    assert guess(title) in Role


def write_golden() -> None:
    """Write the golden files anew (PYTHONPATH=. python tests/test_slack_views.py); read them."""
    for name, make in GOLDEN.items():
        plain = json.dumps(_plain(make()), indent=1, ensure_ascii=False)
        (DATA / f"slack_view_{name}.json").write_text(plain + "\n", encoding="utf-8")


if __name__ == "__main__":
    write_golden()


@settings(max_examples=60, deadline=None)
@given(
    texts_=st.lists(TEXTS, min_size=len(FIELDS), max_size=len(FIELDS)),
    said=st.sampled_from(list(Reply)),
    name=TEXTS,
)
def test_slack_takes_any_form_of_a_request(texts_: list[str], said: Reply, name: str) -> None:
    flags = replies(**{one.name: said for one in QUESTIONS.flags})
    values = {f.name: t for f, t in zip(FIELDS, texts_, strict=True) if f.name != "others"}
    filled = Filled.model_validate({**values, "flags": flags})
    about = About(name=name, clauses=tuple(texts_))
    _usable(request_form(Carrying(reference="r" * 1_800), about, filled, QUESTIONS))
    carrying = Carrying(reference="r" * 1_800, confirmed=("IV.E.20•3",) * 40, content="x" * 16)
    plain = whole(**{one.name: said for one in QUESTIONS.flags})
    _usable(request_check(carrying, _guidance(plain), name, plain.flags, QUESTIONS))


def _returned(filled: Filled) -> dict[str, Any]:
    """What Slack sends back of the form with this in it, untouched."""
    return state_of(_plain(_request(filled))["blocks"], {})


def test_what_a_request_s_form_shows_comes_back_as_it_was() -> None:
    assert read_request(_returned(FILLED), QUESTIONS, FILLED.flags) == FILLED
    empty = the_guide().preset(None)
    assert read_request(_returned(empty), QUESTIONS) == empty


@settings(max_examples=100, deadline=None)
@given(
    st.recursive(st.none() | st.text(max_size=5), lambda o: st.dictionaries(TEXTS, o), max_leaves=9)
)
def test_a_request_s_form_that_was_tampered_with_is_refused_in_words(values: object) -> None:
    with pytest.raises(FormRefused):
        read_request(values if isinstance(values, dict) else {}, QUESTIONS)
    fields = ("material", "others", "colleagues", "posting_from", "description", UNSURE, NONE)
    for name in (*fields, "flags-shows"):
        state = {**_returned(FILLED), name: {name: values}}
        with pytest.raises(FormRefused) as refused:
            read_request(state, QUESTIONS)
        assert [*refused.value.errors] == [name]
