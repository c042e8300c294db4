"""A request with an image in Slack: its hash goes along, the image never, and saying yes is done
where it is seen.
"""

import json
from pathlib import Path

from guides import submitted, whole
from image_files import image
from slack_precinct import Station, station, user
from slack_protocol import OFFICER, Message
from slack_server import SlackServer

from bot.approvals.image import Image
from bot.approvals.images import Images
from bot.approvals.request import Request
from bot.slack import card_wording, wording
from bot.slack.ids import Action, DeedAction
from bot.slack.request_form import in_form


def images(scene: Station) -> Images:
    found = scene.rig.bureau.images
    assert found is not None
    found.taking = True
    return found


async def sent(scene: Station, *shown: str) -> tuple[Request, Image]:
    """Let the officer ask, add an image on the page, and send the request in Slack."""
    keeping = images(scene)
    answer = await scene.direct()
    [draft] = scene.rig.store.drafts_of(scene.rig.asker(OFFICER))
    taken = keeping.take(draft.answer, image(place=True), draft.expires)
    picked = "\n".join(f"@{user(one)}" for one in shown)
    filled = whole(uniform="yes").model_copy(update={"colleagues": picked})
    scene.rig.store.save_draft(draft.answer, filled.model_copy(update={"image": taken}))
    form = await scene.view(scene.slack.block_actions(answer, Action.FILL_REQUEST, OFFICER))
    assert taken.sha256 in str(form.content) and "/requests/new?ref=" in str(form.content)
    await scene.give(scene.slack.view_submission(form, submitted(filled)))
    check = scene.slack.views[-1]
    assert taken.sha256 in str(check.content)
    await scene.give(scene.slack.view_submission(check, {}))
    return scene.rig.store.all()[0], taken


async def test_the_form_says_where_an_image_is_added_and_that_none_is_fetched(
    slack: SlackServer, tmp_path: Path
) -> None:
    async with station(slack, tmp_path) as scene:
        answer = await scene.direct()
        form = await scene.view(slack.block_actions(answer, Action.FILL_REQUEST, OFFICER))
        assert wording.REQUEST_PAGE not in str(form.content)
        images(scene)
        form = await scene.view(slack.block_actions(answer, Action.FILL_REQUEST, OFFICER))
        assert wording.REQUEST_IMAGE in str(form.content)
        assert wording.REQUEST_PAGE in str(form.content)


async def test_cards_name_the_hash_lead_to_the_page_and_say_yes_only_there(
    slack: SlackServer, tmp_path: Path
) -> None:
    async with station(slack, tmp_path) as scene:
        request, taken = await sent(scene, "partner")
        assert request.content.image == taken
        page = f"/requests/{request.reference}"
        shown = await scene.card("partner", taken.sha256)
        assert page in shown.words and card_wording.IMAGE_FIRST in shown.words
        assert "The file also holds the place where it was taken." in shown.words
        assert DeedAction.AGREE not in actions(shown)
        assert {DeedAction.DECLINE, DeedAction.NOT_ME} <= actions(shown)
        step = await scene.card("sergeant", taken.sha256)
        assert {DeedAction.RECOMMEND, DeedAction.SEEN} <= actions(step)
        for name in ("sergeant", "lieutenant", "captain"):
            await scene.press(name, await scene.card(name, "It is with you"), DeedAction.SEEN)
        decider = await scene.card("chief", taken.sha256)
        assert card_wording.IMAGE_FIRST in decider.words
        assert not {DeedAction.GRANT, DeedAction.GRANT_WITH} & actions(decider)
        assert DeedAction.DENY in actions(decider)
        whole_view = await scene.opened("partner", request)
        assert taken.sha256 in str(whole_view.content) and page in str(whole_view.content)
        told = json.dumps([one.blocks for one in slack.messages])
        assert "image_url" not in told and "slack_file" not in told


def actions(card: Message) -> set[str]:
    return set(card.action_ids)


def test_a_fault_of_the_image_stands_at_a_field_that_slack_has() -> None:
    assert in_form({"image": "Gone."}) == {"description": "Gone."}
