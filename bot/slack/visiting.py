"""App Home and the Messages tab: what a person sees on coming in, and what is kept about them."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.answers import Answers
from bot.approvals.dossier import Dossier, Dossiers
from bot.approvals.store import RequestStore
from bot.asker import Asker, Surface
from bot.bridge import Bridge
from bot.department import Department
from bot.feedback import FeedbackStore
from bot.links import Links
from bot.slack import ids
from bot.slack.administering import administers
from bot.slack.card_wording import OF_WHOM
from bot.slack.carried import Clauses, read_clauses
from bot.slack.changes import changes
from bot.slack.clicks import Click, clicked
from bot.slack.deliveries import Deliveries
from bot.slack.home import HomePage, OnFile, RequestLine, home
from bot.slack.ids import Counted, Role
from bot.slack.inbox import Inbox
from bot.slack.incoming import Payload, delivery
from bot.slack.kept import Kept, KeptDraft, KeptWatch, kept_form
from bot.slack.people import People
from bot.slack.profiles import profile
from bot.slack.prompts import guess, prompts
from bot.slack.reporting import Reporting
from bot.slack.wording import PROMPTS_TITLE, WHOM
from bot.watches import Watch, Watches
from index.library import Library


class Visiting:
    """Publishes App Home, sets the suggested prompts, and shows what is kept about a person."""

    def __init__(
        self,
        *,
        answers: Answers,
        store: RequestStore,
        dossiers: Dossiers,
        people: People,
        feedback: FeedbackStore,
        watches: Watches,
        inbox: Inbox,
        deliveries: Deliveries,
        links: Links,
        department: Department,
        reporting: Reporting,
        bridge: Bridge,
        counts: Counter[Counted],
        clock: Callable[[], datetime],
    ) -> None:
        self._answers = answers
        self._store = store
        self._dossiers = dossiers
        self._people = people
        self._feedback = feedback
        self._watches = watches
        self._inbox = inbox
        self._deliveries = deliveries
        self._links = links
        self._department = department
        self._reporting = reporting
        self._bridge = bridge
        self._counts = counts
        self._clock = clock
        self._zone = ZoneInfo(department.time_zone)

    def register(self, app: AsyncApp) -> None:
        """Listen to the visits and to the settings of App Home."""
        app.event(ids.Event.HOME.value)(self.visit)
        app.action(ids.Action.ROLE.value)(self.choose)
        app.action(ids.Action.SHOW_KEPT.value)(self.show_kept)
        app.action(ids.Action.DELETE_DRAFTS.value)(self.delete_drafts)
        app.action(ids.Action.STOP_TELLING.value)(self.stop_telling)

    async def visit(
        self, body: dict[str, Payload], client: AsyncWebClient, context: AsyncBoltContext
    ) -> None:
        """Show App Home as it is now, or suggest questions in the Messages tab, once a visit."""
        key = delivery(body)
        if key is not None and not await self._bridge.run(self._deliveries.first, key):
            self._counts[Counted.REPEATED] += 1
            return
        event = body["event"]
        asker = Asker(surface=Surface.SLACK, team=context.team_id, user=event["user"])
        if event.get("tab") == "messages":
            await self._suggest(asker, str(event.get("channel") or ""), client)
        else:
            await self.publish(asker, client)

    async def choose(self, ack: AsyncAck, body: Payload, client: AsyncWebClient) -> None:
        """Remember the role a person chose for the examples."""
        await ack()
        click = clicked(body)
        if click.value in set(Role):
            await self._bridge.run(self._people.choose, click.asker, Role(click.value))
            await self.publish(click.asker, client)

    async def show_kept(self, ack: AsyncAck, body: Payload, client: AsyncWebClient) -> None:
        """Show a person what is kept about them."""
        await ack()
        click = clicked(body)
        await self.open_kept(click.asker, click.trigger, client)

    async def open_kept(self, asker: Asker, trigger: str, client: AsyncWebClient) -> None:
        """Open the form that shows what is kept about a person."""
        view = kept_form(await self._bridge.run(self._kept, asker))
        await client.views_open(trigger_id=trigger, view=view)

    async def delete_drafts(self, ack: AsyncAck, body: Payload, client: AsyncWebClient) -> None:
        """Delete a person's drafts, and show what is left."""
        await ack()
        click = clicked(body)
        await self._bridge.run(self._store.delete_drafts, click.asker)
        await self._show_left(click, client)

    async def stop_telling(self, ack: AsyncAck, body: Payload, client: AsyncWebClient) -> None:
        """Watch a clause no more for a person, and show what is left."""
        await ack()
        click = clicked(body)
        named = read_clauses(click.value)
        for number, _, section in named.cited if named is not None else ():
            await self._bridge.run(self._watches.end, click.asker, number, section)
        await self._show_left(click, client)

    async def _show_left(self, click: Click, client: AsyncWebClient) -> None:
        view = kept_form(await self._bridge.run(self._kept, click.asker))
        await client.views_update(view_id=click.view, view=view)

    async def _suggest(self, asker: Asker, channel: str, client: AsyncWebClient) -> None:
        """Set the prompts; a workspace whose plan has none loses nothing else."""
        role = await self._bridge.run(self._people.role, asker)
        if role is None:
            role = await self._guessed(asker, client)
        suggested = [{"title": one.title, "message": one.message} for one in prompts(role)]
        try:
            await client.assistant_threads_setSuggestedPrompts(
                channel_id=channel, thread_ts=None, title=PROMPTS_TITLE, prompts=suggested
            )
        except Exception:
            self._counts[Counted.NO_PROMPTS] += 1

    async def _guessed(self, asker: Asker, client: AsyncWebClient) -> Role:
        try:
            return guess((await profile(asker, client)).title)
        except SlackApiError:
            return Role.OFFICER

    async def publish(self, asker: Asker, client: AsyncWebClient) -> None:
        """Show a person's App Home as it is now."""
        admin = await administers(asker, client, self._counts)
        page = await self._bridge.run(self._page, asker, admin)
        await client.views_publish(user_id=asker.user or "", view=home(page))

    def _page(self, asker: Asker, admin: bool) -> HomePage:
        return HomePage(
            role=self._people.role(asker) or Role.OFFICER,
            assistant=self._department.assistant,
            contacts=self._department.contacts.policy_unit or WHOM,
            directives=on_file(self._answers.library, self._links),
            changes=changes(self._answers.library, self._local(self._clock()).date()),
            requests=tuple(self._line(one) for one in self._dossiers.own(asker)),
            waiting=tuple(self._line(one) for one in self._dossiers.waiting(asker)),
            of_people=self._of_people(asker),
            roster=self._reporting.standing(asker),
            is_admin=admin,
            to_look_at=len(self._feedback.to_look_at()) if admin else None,
        )

    def _of_people(self, asker: Asker) -> tuple[RequestLine, ...] | None:
        found = self._dossiers.of_people(asker)
        return tuple(self._line(one) for one in found) or None

    def _line(self, dossier: Dossier) -> RequestLine:
        request = dossier.request
        title = f"{request.directive} § {', '.join(request.clauses[:3])}"
        if not dossier.own:
            who = dossier.names[dossier.progress.requester]
            title = OF_WHOM.format(title=title, who=who)
        return RequestLine(
            reference=request.reference,
            title=title,
            state=dossier.progress.state.value,
            updated=self._local(request.updated or request.created),
        )

    def _kept(self, asker: Asker) -> Kept:
        return Kept(
            drafts=tuple(
                KeptDraft(question=draft.question, expires=self._local(draft.expires))
                for draft in self._store.drafts_of(asker)
            ),
            role=self._people.role(asker),
            noticed=self._people.greeted(asker),
            questions=self._inbox.size(asker.team, asker.user),
            feedback=self._feedback.of(asker),
            requests=len(self._store.of(asker)),
            asked=self._store.keeps_questions,
            watches=tuple(self._watch(one) for one in self._watches.of(asker)),
        )

    def _watch(self, watch: Watch) -> KeptWatch:
        library, number, section = self._answers.library, watch.directive, watch.section
        directive = library.version(number, watch.effective) or library.get(number)
        return KeptWatch(
            clause=directive.citation(section) if directive else f"{number} § {section}",
            effective=watch.effective,
            day=self._local(watch.at).date(),
            value=Clauses(cited=((number, watch.sha256[:8], section),)).dump(),
        )

    def _local(self, when: datetime) -> datetime:
        return when.astimezone(self._zone)


def on_file(library: Library, links: Links) -> tuple[OnFile, ...]:
    """Return the directives in force, each with the link that opens its page."""
    return tuple(
        OnFile(
            number=one.number,
            name=one.name,
            title=one.title,
            effective=one.effective,
            url=links.order(one.number),
        )
        for one in library.in_force()
    )
