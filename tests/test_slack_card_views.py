"""The cards and the whole view of a request: golden files, Slack's limits, who reads what."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from guides import QUESTIONS, whole
from hypothesis import given, settings
from hypothesis import strategies as st
from precinct import CHIEF_ONLY, TEAM, WORDS, roster
from slack_protocol import actionable, check_blocks, check_view, texts
from slack_sdk.models.views import View

from bot.answer import ApprovalKind
from bot.approvals.dossier import Dossier, Viewer, called, possible
from bot.approvals.event import Consent, Endorsement, Event, Happened
from bot.approvals.fields import FIELDS, told
from bot.approvals.filling import read as read_filled
from bot.approvals.offices import standing, steps_of
from bot.approvals.progress import progress
from bot.approvals.register import office
from bot.approvals.request import Request
from bot.approvals.telling import About
from bot.asker import Asker, Surface
from bot.slack import card_wording as wording
from bot.slack.blocks import fits
from bot.slack.cards import card, digest, moved, not_with_you, request_file
from bot.slack.casefile import Casefile, Cited
from bot.slack.deed_buttons import FORMS, Handle, handle
from bot.slack.deed_forms import deed_done, deed_form
from bot.slack.ids import Action, DeedAction
from bot.slack.ids import View as Callback
from bot.slack.places import Message

DATA = Path(__file__).resolve().parent / "data"
START = datetime(2030, 1, 31, 8, 30, tzinfo=UTC)
TODAY = START.date()
NUMBER = "R-23456789"
ROSTER = roster()
OFFICER = ROSTER.person("officer")
CITED = (
    Cited(label="GO 5.14 § II¶1", url="http://127.0.0.1:8514/x#1", quote="Permission is needed."),
    Cited(
        label="GO 5.14 § IV.F.2", url="http://127.0.0.1:8514/x#2", quote="Ask them.", consent=True
    ),
)
SHOWN = {"platform", "description", "exact_text", "material", "page", "account"}


def _sent(people: tuple[str, ...] = ("partner", "rookie"), **more: object) -> list[Event]:
    assert OFFICER is not None
    facts: dict[str, Any] = {
        "approval": ApprovalKind.BOTH,
        "content": "1" * 64,
        "directive": "5.14",
        "clauses": ("II¶1", "IV.F.2"),
        "wording": WORDS,
        "authorities": (CHIEF_ONLY,),
        "people": people,
        **more,
    }
    sent = _event(0, Happened.SENT, "officer", **facts)
    return [sent, _event(1, Happened.ROUTED, steps=steps_of(ROSTER, OFFICER, TODAY))]


def _event(minute: int, kind: Happened, actor: str | None = None, **more: object) -> Event:
    base = {"request": NUMBER, "kind": kind, "version": 1, "actor": actor}
    return Event.model_validate({**base, "at": START + timedelta(minutes=minute), **more})


def _endorsed(minute: int, who: str, step: int, said: Endorsement, words: str = "") -> Event:
    return _event(
        minute,
        Happened.ENDORSED,
        who,
        step=step,
        endorsement=said,
        words=words or None,
        capacity=who.title(),
    )


def _up() -> list[Event]:
    return [
        _endorsed(2, "sergeant", 0, Endorsement.RECOMMENDED),
        _endorsed(3, "lieutenant", 1, Endorsement.NOT_RECOMMENDED, "The unit can be told."),
        _endorsed(4, "captain", 2, Endorsement.ACKNOWLEDGED),
    ]


def _consent(minute: int, who: str, said: Consent = Consent.AGREED) -> Event:
    return _event(minute, Happened.CONSENT, who, consent=said)


def _granted(**more: object) -> Event:
    return _event(9, Happened.GRANTED, "chief", capacity="Chief of Police (holder)", **more)


def _file(
    events: list[Event], viewer: str, *, unreached: tuple[str, ...] = (), **content: str
) -> Casefile:
    filled = whole(uniform="yes").model_copy(update=content)
    now = progress(events)
    may, _ = standing(ROSTER, now, viewer, "GO 5.14", TODAY)
    request = Request(
        reference=NUMBER,
        answer="answer-1",
        created=START,
        asker=Asker(surface=Surface.SLACK, team=TEAM, user="U0OFFICER"),
        directive="5.14",
        effective=date(2019, 9, 10),
        sha256="e" * 64,
        clauses=now.clauses,
        kind=ApprovalKind.BOTH,
        content=read_filled(filled, QUESTIONS, TEAM),
        updated=START,
    )
    acting = office(ROSTER, now, "GO 5.14", TODAY)
    people = {now.requester, viewer, *now.consents, *(e.actor for e in events if e.actor)}
    people |= {one.person.id for one in acting.may}
    names = {person: called(ROSTER, request, person) for person in people}
    dossier = Dossier(
        request=request,
        progress=now,
        events=tuple(events),
        office=acting,
        viewer=Viewer(key=viewer, name=names[viewer]),
        may=possible(now, may, viewer, START, TODAY),
        names=names,
        today=TODAY,
    )
    all_ = told(request.content, QUESTIONS)
    labels = {field.label for field in FIELDS if field.name in SHOWN}
    no = {one.ask for one in QUESTIONS.flags}
    return Casefile(
        dossier=dossier,
        cited=CITED,
        told=all_,
        brief=tuple(one for one in all_ if one[0] not in no or one[1] != "no"),
        shown=tuple(one for one in all_ if one[0] in labels),
        page=f"http://127.0.0.1:8514/requests/{NUMBER}",
        zone=ZoneInfo("UTC"),
        unreached=frozenset(unreached),
    )


RETURNED = _event(2, Happened.RETURNED, "sergeant", step=0, words="Who took it?", capacity="Sgt")
BOTH = [_consent(6, "partner"), _consent(7, "rookie")]
CONDITIONS = _granted(words="Without the unit's number.", until=date(2030, 6, 30))
REVOKED = _event(20, Happened.REVOKED, "chief", words="It can be read.", capacity="Chief of Police")
STORIES: dict[About, tuple[list[Event], str]] = {
    About.CONSENT: (_sent(), "partner"),
    About.ENDORSE: ([*_sent(), _consent(2, "partner")], "sergeant"),
    About.DECIDE: ([*_sent(), *_up(), *BOTH], "chief"),
    About.RETURNED: ([*_sent(), RETURNED], "officer"),
    About.STOPPED: ([*_sent(), _consent(2, "partner", Consent.DECLINED)], "officer"),
    About.ENDORSED: ([*_sent(), *_up()[:1]], "officer"),
    About.GRANTED: ([*_sent(), *_up(), BOTH[0], CONDITIONS], "officer"),
    About.IN_EFFECT: ([*_sent(), *_up(), *BOTH, CONDITIONS], "officer"),
    About.CONSENTED: ([*_sent(approval=ApprovalKind.CONSENT)[:1], *BOTH], "officer"),
    About.ENDED: ([*_sent(), *_up(), *BOTH, CONDITIONS, REVOKED], "officer"),
    About.REMINDER: ([*_sent(), *_up()], "rookie"),
    About.PENDING: ([*_sent(), *_up()[:2]], "officer"),
}
GOLDEN: dict[str, Callable[[], Message]] = {
    **{
        about.name.lower(): (lambda about=about: card(_file(*STORIES[about]), about))
        for about in About
    },
    "agreed": lambda: card(_file([*_sent(), BOTH[0]], "partner")),
    "forwarded": lambda: card(_file([*_sent(), *_up()[:1]], "sergeant")),
    "decided": lambda: card(_file([*_sent(), *_up(), *BOTH, CONDITIONS], "chief")),
    "unreached": lambda: card(_file(_sent(), "officer", unreached=("rookie", "sergeant"))),
    "cut": lambda: card(
        _file(_sent(), "partner", exact_text="word " * 999, description="x" * 5000)
    ),
    "moved": lambda: moved(NUMBER),
    "not_with_you": lambda: not_with_you(NUMBER),
}
VIEWS: dict[str, Callable[[], View]] = {
    "file_officer": lambda: request_file(_file(*STORIES[About.ENDED])),
    "file_chief": lambda: request_file(_file(*STORIES[About.DECIDE]), "That is done already."),
    "file_partner": lambda: request_file(_file([*_sent(), *_up(), BOTH[0]], "partner")),
    "deed_done": lambda: deed_done(wording.DONE[DeedAction.DENY]),
    **{
        f"deed_{action.name.lower()}": (
            lambda action=action: deed_form(action, Handle(reference=NUMBER, version=1, step=0))
        )
        for action in sorted(FORMS)
    },
}


def _plain(name: str) -> dict[str, Any]:
    if name in VIEWS:
        return dict(VIEWS[name]().to_dict())
    message = GOLDEN[name]()
    return {"text": message.text, "blocks": message.plain}


def _path(name: str) -> Path:
    return DATA / f"slack_card_{name}.json"


def _spoken(blocks: list[dict[str, Any]]) -> list[str]:
    found = [element for block, element in actionable(blocks) if block["type"] == "actions"]
    return [one.get("accessibility_label", one["text"]["text"]) for one in found]


@pytest.mark.parametrize("name", [*GOLDEN, *VIEWS])
def test_people_see_the_card_that_the_golden_file_shows(name: str) -> None:
    assert _plain(name) == json.loads(_path(name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", GOLDEN)
def test_slack_takes_every_card_and_it_can_be_heard(name: str) -> None:
    message = GOLDEN[name]()
    assert check_blocks(message.plain) == [] and fits([*message.blocks])
    assert 0 < len(message.text) <= 4_000
    spoken = _spoken(message.plain)
    assert len(spoken) == len(set(spoken)) and all(NUMBER in one for one in spoken)
    ids = {element["action_id"] for _, element in actionable(message.plain)}
    ways = {Action.OPEN_REQUEST, Action.OPEN_ON_WEB, Action.CHANGE_REQUEST}
    assert ids <= {*DeedAction, *ways}


@pytest.mark.parametrize("name", VIEWS)
def test_slack_takes_every_view_of_a_request(name: str) -> None:
    view = VIEWS[name]().to_dict()
    assert check_view(view) == [] and view["callback_id"] in {*Callback}
    shown = [view[key]["text"] for key in ("title", "submit", "close") if key in view]
    assert all(0 < len(text) <= 24 and "…" not in text for text in shown)


@pytest.mark.parametrize("name", GOLDEN)
def test_no_card_but_their_own_says_who_declined_or_that_somebody_declined(name: str) -> None:
    read = _read(GOLDEN[name]()).replace(wording.MEANS[1], "")
    assert "declined" not in read


def test_a_person_shown_reads_nothing_of_the_others_nor_of_the_chain() -> None:
    events = [*_sent(), *_up(), _consent(6, "rookie", Consent.DECLINED), BOTH[0]]
    for shown in (card(_file(events, "partner")).plain, request_file(_file(events, "partner"))):
        blocks = shown if isinstance(shown, list) else shown.to_dict()["blocks"]
        read = " ".join(texts(blocks))
        for word in ("Rookie", "Sergeant", "Lieutenant", "Captain", "recommend", "The unit can"):
            assert word not in read, word
        assert "A target and my hands." in read


def test_whoever_acts_reads_numbers_and_never_who_has_not_agreed() -> None:
    events = [*_sent(), _consent(2, "partner", Consent.NOT_ME)]
    for viewer in ("sergeant", "chief", "officer"):
        for blocks in (
            card(_file(events, viewer)).plain,
            request_file(_file(events, viewer)).to_dict()["blocks"],
        ):
            read = " ".join(texts(blocks))
            assert "Partner" not in read and wording.NOT_AGREED.rstrip(".").lower() in read.lower()


def test_refused_attempts_are_not_in_the_timeline() -> None:
    tried = _event(3, Happened.REFUSED, "rookie", refused="granted: not the one who decides")
    for viewer in ("officer", "chief"):
        read = " ".join(texts(request_file(_file([*_sent(), tried], viewer)).to_dict()["blocks"]))
        assert "refused" not in read and "Rookie" not in read


def test_the_consent_setting_is_the_departments_and_stands_beside_the_orders_words() -> None:
    read = _read(card(_file(_sent(), "partner"), About.CONSENT))
    assert wording.OBTAINED in read and "“Ask them.”" in read
    assert "Permission is needed." not in read
    asked = _read(card(_file(_sent(sought=True), "partner"), About.CONSENT))
    assert wording.SOUGHT in asked


def test_what_is_cut_has_its_buttons_in_the_whole_view_alone() -> None:
    long = {"exact_text": "word " * 999, "description": "x" * 5_000}
    for viewer, needed in (("partner", DeedAction.AGREE), ("sergeant", DeedAction.RECOMMEND)):
        file = _file(_sent(), viewer, **long)
        shown = card(file).plain
        ways = [Action.OPEN_REQUEST, Action.OPEN_ON_WEB]
        assert [one["action_id"] for _, one in actionable(shown)] == ways
        view = request_file(file).to_dict()
        assert needed in [one["action_id"] for _, one in actionable(view["blocks"])]
        read = "".join(texts(view["blocks"]))
        assert "x" * 5_000 in read.replace(wording.CONTENT, "") and read.count("word ") >= 998


def test_a_button_of_another_version_of_the_assistant_is_known_as_one() -> None:
    about = Handle(reference=NUMBER, version=2, step=1)
    assert handle(about.dump()) == about
    assert [handle(bad) for bad in ("", "x", "{}", '{"r":"R-1","v":0}', '{"r":1,"x":2}')] == [
        None
    ] * 5


def test_a_card_is_drawn_the_same_for_the_same() -> None:
    one, two = (card(_file(*STORIES[About.DECIDE])) for _ in range(2))
    assert digest(one) == digest(two) != digest(card(_file(*STORIES[About.ENDORSE])))


TEXTS = st.sampled_from(
    [
        "<!channel> *b* <@U1> &amp; `x`",
        "שלום 👮🏽‍♀️" * 400,
        "word " * 900,
        "y" * 4_900,
        "“quoted” \\",
    ]
) | st.text(st.characters(codec="utf-8"), min_size=1, max_size=300)


@settings(max_examples=60, deadline=None)
@given(
    story=st.sampled_from([*STORIES.values()]),
    description=TEXTS,
    exact=TEXTS,
    words=TEXTS,
    where=TEXTS,
)
def test_slack_takes_any_request_and_nothing_in_it_is_markup(
    story: tuple[list[Event], str], description: str, exact: str, words: str, where: str
) -> None:
    events = [e.model_copy(update={"words": words[:2_000]}) if e.words else e for e in story[0]]
    long = {"description": f"d{description}", "exact_text": exact, "where_and_when": where[:900]}
    file = _file(events, story[1], **long)
    message, view = card(file, About.PENDING), request_file(file).to_dict()
    assert check_blocks(message.plain) == [] and fits([*message.blocks])
    assert len(message.text) <= 4_000 and "<!channel>" not in message.text
    assert check_view(view) == [] and len(json.dumps(view)) < 250_000
    assert "mrkdwn" not in json.dumps([message.plain, view])


def _read(message: Message) -> str:
    return " ".join(texts(message.plain)) + message.text


def write() -> None:
    """Write the golden files anew; read them."""
    for name in (*GOLDEN, *VIEWS):
        plain = json.dumps(_plain(name), ensure_ascii=False, indent=1)
        _path(name).write_text(plain + "\n", encoding="utf-8")


if __name__ == "__main__":
    write()
