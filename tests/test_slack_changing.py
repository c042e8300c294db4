"""A sent request changed within Slack: by its requester, on the form it was filled in with."""

import asyncio
from pathlib import Path

from guides import submitted, whole
from slack_precinct import Station, station, user
from slack_protocol import Delivery, View
from slack_scenes import words
from slack_server import SlackServer

from bot.approvals.deed import Deed
from bot.approvals.event import Happened
from bot.approvals.filling import Filled
from bot.approvals.flow import SENTENCES, Why
from bot.approvals.progress import State
from bot.approvals.request import Request
from bot.approvals.wording import CAUTION
from bot.slack import card_wording, wording
from bot.slack.deed_buttons import Handle
from bot.slack.ids import Action, DeedAction

OTHER = whole(uniform="yes").model_copy(
    update={"description": "A target alone.", "colleagues": f"@{user('partner')}"}
)


async def _form(scene: Station, request: Request | None = None) -> View:
    """Return the form that the requester's newest card opens, or the whole view of a request."""
    source = scene.cards("officer")[-1] if request is None else None
    source = source or await scene.opened("officer", request)
    return await scene.view(
        scene.slack.block_actions(source, Action.CHANGE_REQUEST, user("officer"))
    )


async def _checked(scene: Station, form: View, filled: Filled) -> View:
    before = len(scene.slack.views)
    await scene.give(scene.slack.view_submission(form, submitted(filled)))
    assert len(scene.slack.views) == before + 1
    return scene.slack.views[-1]


async def _send(scene: Station, check: View) -> Delivery:
    return await scene.give(scene.slack.view_submission(check, {}))


def _field(view: View, name: str) -> object:
    blocks = view.content["blocks"]
    element = next(b["element"] for b in blocks if b.get("block_id") == name)
    return element.get("initial_value") or element.get("initial_users")


def _stored(scene: Station, request: Request) -> Request:
    found = scene.rig.store.by_reference(request.reference)
    assert found is not None
    return found


async def test_a_change_begins_with_what_stands_and_begins_everything_anew(
    slack: SlackServer, tmp_path: Path
) -> None:
    async with station(slack, tmp_path) as scene:
        request = await scene.sent("partner", "rookie")
        card = await scene.card("sergeant", card_wording.FORWARDED)
        form = await scene.form("sergeant", card, DeedAction.ASK)
        await scene.fill(form, words="Without the colleague?")
        await scene.card("officer", "Without the colleague?")
        form = await _form(scene)
        assert _field(form, "description") == "A target and my hands."
        assert _field(form, "colleagues") == [user("partner"), user("rookie")]
        assert f"This changes request {request.reference}, version 1." in words(form)
        check = await _checked(scene, form, OTHER)
        assert scene.standing(request).version == 1
        assert str(check.content["submit"]["text"]) == wording.CHANGE_SEND
        await _send(scene, check)
        assert CAUTION in words(check)
        assert f"{request.reference} is now version 2." in words(check)
        now = scene.standing(request)
        assert (now.version, now.state, [*now.consents]) == (2, State.ENDORSING, ["partner"])
        assert _stored(scene, request).content.description == "A target alone."
        assert scene.rig.store.drafts_of(scene.rig.asker(user("officer"))) == ()
        await scene.card("sergeant", "A target alone.")
        await scene.card("partner", "A target alone.")
        left = card_wording.NOT_WITH_YOU.format(reference=request.reference)
        await slack.wait_for(lambda: left in scene.seen("rookie")[-1], 8.0, "the rookie's card")


async def test_a_permission_that_was_granted_ends_with_a_change(
    slack: SlackServer, tmp_path: Path
) -> None:
    async with station(slack, tmp_path) as scene:
        request = await scene.sent()
        for name in ("sergeant", "lieutenant", "captain"):
            card = await scene.card(name, card_wording.FORWARDED)
            await scene.press(name, card, DeedAction.RECOMMEND)
        card = await scene.card("chief", card_wording.TO_DECIDE)
        await scene.press("chief", card, DeedAction.GRANT)
        await scene.card("officer", "In effect.")
        check = await _checked(scene, await _form(scene), OTHER)
        assert scene.standing(request).state is State.IN_EFFECT
        await _send(scene, check)
        assert scene.standing(request).state is State.ENDORSING


async def test_what_was_saved_of_a_change_is_there_again_here_and_on_the_page(
    slack: SlackServer, tmp_path: Path
) -> None:
    async with station(slack, tmp_path) as scene:
        request = await scene.sent()
        form = await _form(scene, request)
        await scene.give(slack.block_actions(form, Action.SAVE_REQUEST, values=submitted(OTHER)))
        assert "Saved, not sent." in words(form)
        again = await _form(scene, request)
        assert _field(again, "description") == "A target alone."
        desk, asker = scene.rig.bureau.desk, scene.rig.asker(user("officer"))
        opened = desk.reopen(_stored(scene, request), asker)
        assert desk.begin(opened).description == "A target alone."
        [draft] = scene.rig.store.drafts_of(asker)
        assert request.reference in draft.question
        assert _stored(scene, request).content.description == "A target and my hands."


async def test_a_change_of_an_earlier_version_or_after_the_end_gets_a_sentence(
    slack: SlackServer, tmp_path: Path
) -> None:
    async with station(slack, tmp_path) as scene:
        request = await scene.sent()
        early, late = await _form(scene, request), await _form(scene, request)
        check = await _checked(scene, early, OTHER)
        await _send(scene, check)
        await scene.quiet()
        stale = await _checked(scene, late, OTHER)
        assert SENTENCES[Why.OTHER_VERSION] in words(stale)
        form = await _form(scene, request)
        check = await _checked(scene, form, OTHER)
        act, asker = scene.rig.bureau.register.act, scene.rig.asker(user("officer"))
        withdraw = Deed(kind=Happened.WITHDRAWN, version=2)
        await asyncio.to_thread(act, request.reference, withdraw, asker)
        await _send(scene, check)
        assert SENTENCES[Why.ENDED] in words(check)
        assert scene.standing(request).version == 2


async def test_nobody_but_the_requester_changes_a_request(
    slack: SlackServer, tmp_path: Path
) -> None:
    async with station(slack, tmp_path) as scene:
        request = await scene.sent()
        await scene.card("sergeant", card_wording.FORWARDED)
        assert Action.CHANGE_REQUEST not in scene.cards("sergeant")[-1].action_ids
        file = await scene.opened("sergeant", request)
        forged = slack.block_actions(file, Action.OPEN_ON_WEB)
        about = Handle(reference=request.reference, version=1)
        forged["actions"][0] |= {"action_id": Action.CHANGE_REQUEST, "value": about.dump()}
        view = await scene.view(forged)
        assert SENTENCES[Why.NOT_REQUESTER] in words(view) and "A target" not in words(view)
        kinds = {one.kind for one in scene.rig.bureau.dossiers.open(
            request.reference, scene.rig.asker(user("officer"))).events}  # fmt: skip
        assert Happened.EDITED not in kinds


async def test_what_no_form_in_slack_holds_is_changed_on_the_page(
    slack: SlackServer, tmp_path: Path
) -> None:
    async with station(slack, tmp_path) as scene:
        request = await scene.sent()
        desk, asker = scene.rig.bureau.desk, scene.rig.asker(user("officer"))
        opened = desk.reopen(_stored(scene, request), asker)
        assert desk.save(opened, OTHER.model_copy(update={"description": "x" * 3_001}))
        assert wording.CHANGE_TOO_LONG in words(await _form(scene, request))
