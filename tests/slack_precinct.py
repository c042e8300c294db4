"""The invented department of ``precinct`` in the local Slack: people, requests, and their cards."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from guides import submitted, whole
from precinct import STAFF
from precinct import roster as precinct_roster
from slack_protocol import OFFICER, TEAM, Delivery, Message, Payload, View
from slack_rig import Rig, joined
from slack_scenes import Scene
from slack_server import SlackServer

from bot.approvals.progress import Progress, State, progress
from bot.approvals.request import Request
from bot.roster.person import SlackIdentity
from bot.roster.roster import Roster
from bot.slack.ids import Action, DeedAction
from bot.slack.reaching import EVENT_TYPE


def user(name: str) -> str:
    """Return somebody's user id in the local Slack."""
    return f"U0{name.upper()}"


def roster(*, gone: tuple[str, ...] = (), without: tuple[str, ...] = ()) -> Roster:
    """Return the roster; ``gone`` are there no more, ``without`` are not in Slack."""
    found = precinct_roster(gone=gone)
    people = tuple(
        one.model_copy(
            update={
                "slack": () if one.id in without else (SlackIdentity(team=TEAM, user=user(one.id)),)
            }
        )
        for one in found.people
    )
    return Roster.model_validate({**found.model_dump(by_alias=True), "people": people})


class Station(Scene):
    """A scene with the department's people: each has cards in their own direct message."""

    def cards(self, name: str) -> list[Message]:
        """Return the messages with a request's metadata that somebody has, the oldest first."""
        place = self.slack.im(user(name))
        return [
            one
            for one in self.slack.messages
            if one.channel == place and (one.metadata or {}).get("event_type") == EVENT_TYPE
        ]

    async def card(self, name: str, words: str) -> Message:
        """Wait until somebody's newest card says something; return it."""

        def there() -> bool:
            found = self.cards(name)
            return bool(found) and words in found[-1].words

        await self.slack.wait_for(there, 8.0, f"{name}'s card with {words!r}: {self.seen(name)}")
        return self.cards(name)[-1]

    def seen(self, name: str) -> list[str]:
        """Return what somebody's cards say."""
        return [one.words for one in self.cards(name)]

    async def press(self, name: str, card: Message, action: DeedAction) -> Delivery:
        """Press a button of somebody's card."""
        return await self.give(self.slack.block_actions(card, action, user(name)))

    async def form(self, name: str, card: Message, action: DeedAction) -> View:
        """Press a button that opens a form."""
        return await self.view(self.slack.block_actions(card, action, user(name)))

    async def fill(self, form: View, **values: object) -> Delivery:
        """Send a form; the words are under "words", a day under "until"."""
        return await self.give(self.slack.view_submission(form, values))

    async def sent(self, *shown: str, **content: object) -> Request:
        """Let the officer ask, fill in a request that shows some people, and send it."""
        check = await self.filled_in(*shown, **content)
        await self.give(self.slack.view_submission(check, {}))
        return self.rig.store.all()[0]

    async def filled_in(self, *shown: str, **content: object) -> View:
        """Return the view that is to be read before a request is sent."""
        answer = await self.direct()
        form = await self.view(self.slack.block_actions(answer, Action.FILL_REQUEST, OFFICER))
        picked = "\n".join(f"@{user(one)}" for one in shown)
        filled = whole(uniform="yes").model_copy(update={"colleagues": picked, **content})
        await self.give(self.slack.view_submission(form, submitted(filled)))
        return self.slack.views[-1]

    async def opened(self, name: str, request: Request) -> View:
        """Return a request's whole view, opened from somebody's App Home."""
        home = await self.home(user(name))
        assert request.reference in str(home.content)
        return await self.view(self.slack.block_actions(home, Action.OPEN_REQUEST))

    def standing(self, request: Request) -> Progress:
        """Return where a request stands."""
        found = self.rig.bureau.dossiers.open(request.reference, self.rig.asker(OFFICER))
        return progress(found.events)

    async def until(self, request: Request, state: State) -> None:
        """Wait until a request is in a state."""
        await self.slack.wait_for(
            lambda: self.standing(request).state is state, 5.0, f"{state}: {self.standing(request)}"
        )


@asynccontextmanager
async def station(
    slack: SlackServer,
    folder: Path,
    people: Roster | None = None,
    lease: timedelta | None = None,
    database: str | None = None,
) -> AsyncIterator[Station]:
    """Yield the department at work: its people are in Slack, its roster is in force."""
    for name in STAFF:
        if user(name) not in slack.users:
            slack.add_user(user(name), name)
    there = people or roster()
    async with joined(slack, folder, roster=there, lease=lease, database=database) as rig:
        yield Station(slack, rig)


def payload_of(message: Message) -> Payload:
    """Return what a card's metadata says."""
    found: Payload = (message.metadata or {})["event_payload"]
    return found


__all__ = ["Rig", "Station", "payload_of", "roster", "station", "user"]
