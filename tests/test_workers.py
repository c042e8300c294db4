"""Two ``policybot serve`` side by side behind Slack's HTTP mode: one PostgreSQL, one Chroma server.

Each has a VAR_DIR of its own, as on two machines; they share nothing but the two servers and the
SECRET_KEY.
"""

import asyncio
import itertools
import re
import shutil
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from databases import PostgresDatabases, Server
from precinct import STAFF
from service import serving
from slack_answers import ScriptedAnswers
from slack_precinct import Station, roster, user
from slack_protocol import OFFICER, PARTNER, SERGEANT, Delivery, Message, Payload, View
from slack_rig import HTTP, LINKS, Rig, posted
from slack_server import SlackServer
from stores import ChromaServer

from bot.approvals.progress import State
from bot.config import Settings
from bot.slack import card_wording as wording
from bot.slack.ids import Counted, DeedAction
from bot.slack.ids import View as Shown
from bot.slack.inbox import Inbox
from bot.wiring import open_index

SECRET = "s" * 32  # also that of the rig which only reads what the two have written
# Of the few authored questions that the small index holds: one with a path to a permission.
QUESTION = "can I put a picture of my cruiser on facebook"
ASKED = (QUESTION, "show me 5.14 E.16", "what is the point of this social media order")
ASKERS = (OFFICER, PARTNER, SERGEANT)
_SECONDS = 30.0


@dataclass(frozen=True)
class Workers:
    """Where the two serve, and their database."""

    addresses: tuple[str, ...]
    database: str

    async def counted(self, name: str) -> list[int]:
        """Return what each counts under a metric's name, all labels together."""
        found = []
        async with httpx.AsyncClient(trust_env=False) as client:
            for address in self.addresses:
                text = (await client.get(f"{address}/metrics")).text
                values = re.findall(rf"(?m)^{re.escape(name)}\S* (\S+)$", text)
                found.append(int(sum(map(float, values))))
        return found


class Counters(Station):
    """The department in front of the two: what is given goes to one, then to the other."""

    def __init__(self, slack: SlackServer, rig: Rig, workers: Workers) -> None:
        super().__init__(slack, rig)
        self._turns = itertools.cycle(workers.addresses)
        self._inbox = Inbox(rig.engine, rig.now, "reads")

    async def give(self, payload: Payload) -> Delivery:
        """Deliver to whoever's turn it is, and wait until no question waits anywhere."""
        delivery = await tell(self.slack, next(self._turns), payload)
        assert delivery.acknowledged, delivery.failure
        await self.quiet()
        return delivery

    async def quiet(self) -> None:
        """Wait until no question waits and nothing comes."""
        await self.slack.wait_for(lambda: self._inbox.size() == 0, _SECONDS, "empty inbox")
        await self.slack.settle(0.3)

    async def direct(self) -> Message:
        """Return the answer to a direct message that a request may follow."""
        await self.give(self.own(self.slack.message_im(QUESTION)))
        [answer] = [one for one in posted(self.slack) if one.thread_ts == self.names["own"]]
        return answer

    async def view(self, payload: Payload) -> View:
        """Return the view that a payload opens, when it is drawn."""
        before = len(self.slack.views)
        await self.give(payload)
        await self.slack.wait_for(lambda: len(self.slack.views) > before, _SECONDS, "a view")
        shown = self.slack.views[-1]
        drawn = lambda: shown.content["callback_id"] != Shown.WORKING  # noqa: E731
        await self.slack.wait_for(drawn, _SECONDS, "what the view shows")
        return shown


async def tell(slack: SlackServer, address: str, payload: Payload, again: int = 0) -> Delivery:
    """Deliver a payload to one process, as the first or as a later try."""
    later = {"retry_num": again, "retry_reason": "http_timeout"} if again else {}
    return await slack.deliver_http(f"{address}/slack/events", payload, **later)  # type: ignore[arg-type]


@pytest.fixture
def database(postgres_server: Server) -> Iterator[PostgresDatabases]:
    made = PostgresDatabases(postgres_server)
    yield made
    made.close()


@pytest.fixture
async def workers(
    slack: SlackServer,
    small_settings: Settings,
    database: PostgresDatabases,
    chroma_server: ChromaServer,
    tmp_path: Path,
) -> AsyncIterator[Workers]:
    """Build the index on the Chroma server, copy its folder to a second place, start both."""
    url, folders = database.new(), [tmp_path / name for name in ("one", "other")]
    servers = {"database_url": url, "chroma_url": chroma_server.url}
    shutil.copytree(small_settings.var_dir, folders[0])
    open_index(small_settings.model_copy(update={**servers, "var_dir": folders[0]}))
    shutil.copytree(folders[0], folders[1], ignore=shutil.ignore_patterns("chroma-owner.json"))
    environment = {name.upper(): value for name, value in servers.items()} | {
        "EMBEDDING_MODEL": small_settings.embedding_model,
        "SECRET_KEY": SECRET,
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_SIGNING_SECRET": slack.signing_secret,
        "SLACK_API_URL": slack.api_url,
    }
    async with AsyncExitStack() as stack:
        starting = [
            stack.enter_async_context(
                serving(small_settings.model_copy(update={"var_dir": folder}), **environment)
            )
            for folder in folders
        ]
        started = await asyncio.gather(*starting)
        yield Workers(tuple(one.address for one in started), url)


async def asked_of_both(slack: SlackServer, workers: Workers) -> Counter[str | None]:
    """Ask in turn, let Slack deliver everything again to the other; return the asking messages.

    Every second repetition comes at the same time as the first try, every third event has a twin:
    the message that a mention is.
    """
    asked: Counter[str | None] = Counter()
    for number, (question, asker) in enumerate(itertools.product(ASKED, ASKERS)):
        one, other = workers.addresses if number % 2 else workers.addresses[::-1]
        if number % 3:
            payloads = (slack.message_im(question, asker),)
        else:
            payloads = slack.mention(question, asker)
        first, again = (
            [tell(slack, address, payload, at) for payload in payloads]
            for at, address in enumerate((one, other))
        )
        if number % 2:
            tried = await asyncio.gather(*first, *again)
        else:
            tried = [*await asyncio.gather(*first), *await asyncio.gather(*again)]
        assert all(delivery.acknowledged for delivery in tried)
        assert (await tell(slack, one, payloads[0], again=2)).acknowledged
        asked[payloads[0]["event"]["ts"]] += 1
    return asked


async def test_two_processes_answer_each_question_once_and_take_on_each_others_requests(
    slack: SlackServer, workers: Workers, tmp_path: Path
) -> None:
    for name in STAFF:
        if user(name) not in slack.users:
            slack.add_user(user(name), name)
    rig = Rig(slack, tmp_path, ScriptedAnswers(links=LINKS), HTTP, database=workers.database)
    rig.roster = roster()
    rig.rosters.file(rig.roster)
    scene = Counters(slack, rig, workers)
    asked = await asked_of_both(slack, workers)
    await scene.quiet()
    assert Counter(message.thread_ts for message in posted(slack)) == asked
    answered = await workers.counted("policybot_questions_total")
    assert sum(answered) == asked.total() and all(answered)
    repeated = await workers.counted(
        f'policybot_slack_total{{what="{Counted.REPEATED.name.lower()}"'
    )
    assert sum(repeated) >= 2 * asked.total()

    check = await scene.filled_in()
    await scene.give(slack.view_submission(check, {}))
    await slack.wait_for(rig.store.all, _SECONDS, "a request")
    [request] = rig.store.all()
    ranks = ("sergeant", "lieutenant", "captain")
    for name in ranks:
        card = await scene.card(name, wording.FORWARDED)
        await scene.press(name, card, DeedAction.RECOMMEND)
        await scene.card(name, wording.STANDS.split("{")[0])
    await scene.press("chief", await scene.card("chief", wording.TO_DECIDE), DeedAction.GRANT)
    await scene.until(request, State.IN_EFFECT)
    assert request.reference in (await scene.card("officer", "In effect.")).words
    assert [len(scene.cards(name)) for name in (*ranks, "chief")] == [1, 1, 1, 1]
    rig.bridge.close()
    rig.engine.dispose()
