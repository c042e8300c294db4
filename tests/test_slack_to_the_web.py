"""From Slack to the web: a command, and buttons, give one person a link that signs them in."""

import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from slack_precinct import station, user
from slack_protocol import View
from slack_rig import LINKS, joined, posted, wait_posted
from slack_server import SlackServer
from slack_workspace import OFFICER, TEAM

from bot.links import SignIn
from bot.slack import card_wording, wording
from bot.slack.ids import Action


async def test_the_command_answers_its_asker_alone_with_a_link_for_them(
    slack: SlackServer, tmp_path: Path
) -> None:
    async with joined(slack, tmp_path) as rig:
        await rig.give(slack.slash_command("/policy", "web"))
        [message] = await wait_posted(slack)
        assert message.ephemeral == OFFICER
        assert wording.ON_THE_WEB_HOW in message.words
        found = re.search(r"<(http[^|>]+)\|", str(message.blocks))
        assert found is not None
        link = urlsplit(found[1])
        vouched = LINKS.open_sign_in(parse_qs(link.query)["key"][0])
        assert (link.path, vouched.team, vouched.user) == ("/sign-in", TEAM, OFFICER)
        assert rig.answers.asked == []
        await rig.give(slack.slash_command("/policy", "web"))
        await wait_posted(slack, 2)
        first, second = (str(one.blocks) for one in posted(slack))
        assert first != second


def vouched_in(view: View) -> SignIn:
    """Return what the one link of a modal vouches for."""
    [link] = re.findall(r"'url': '([^']+)'", str(view.content))
    assert link.startswith("http://127.0.0.1:8514/sign-in?")
    return LINKS.open_sign_in(parse_qs(urlsplit(link).query)["key"][0])


async def test_a_card_leads_its_reader_to_the_page_by_a_fresh_link_and_holds_none_itself(
    slack: SlackServer, tmp_path: Path
) -> None:
    async with station(slack, tmp_path) as scene:
        request = await scene.sent()
        card = await scene.card("sergeant", card_wording.FORWARDED)
        assert "/sign-in" not in str(card.blocks) and request.reference in card.words
        seen = set()
        for _ in range(2):
            click = slack.block_actions(card, Action.OPEN_ON_WEB, user("sergeant"))
            vouched = vouched_in(await scene.view(click))
            assert (vouched.team, vouched.user) == (TEAM, user("sergeant"))
            assert vouched.to == f"/requests/{request.reference}"
            seen.add(vouched.nonce)
        assert len(seen) == 2
        assert len(scene.cards("sergeant")) == 1 and slack.unseen == []


async def test_the_whole_request_and_app_home_lead_there_too(
    slack: SlackServer, tmp_path: Path
) -> None:
    async with station(slack, tmp_path) as scene:
        request = await scene.sent()
        file = await scene.opened("officer", request)
        pushed = await scene.view(slack.block_actions(file, Action.OPEN_ON_WEB))
        assert vouched_in(pushed).to == f"/requests/{request.reference}"
        assert vouched_in(pushed).user == OFFICER
        home = await scene.home()
        opened = await scene.view(slack.block_actions(home, Action.OPEN_ON_WEB))
        assert vouched_in(opened).to == "/requests"
        assert wording.ON_THE_WEB_HOW in str(opened.content)
