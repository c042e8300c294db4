"""From Slack to the web: a command answers its asker alone with a link that signs them in."""

import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from slack_rig import LINKS, joined, posted, wait_posted
from slack_server import SlackServer
from slack_workspace import OFFICER, TEAM

from bot.slack import wording


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
