"""The Slack surface put together: a Bolt app, what it listens to, and who answers."""

import logging
import secrets
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import Engine

from bot.answers import Answers
from bot.approvals.bureau import Bureau
from bot.approvals.outbox import Outbox
from bot.bridge import Bridge
from bot.config import Settings
from bot.department import Department
from bot.duties import Duty
from bot.feedback import FeedbackStore
from bot.links import Links
from bot.roster.store import Rosters
from bot.slack.accepting import WAITING, Accepting
from bot.slack.administering import Administering
from bot.slack.answering import Answering
from bot.slack.asking import Asking
from bot.slack.casefile import Casefiles
from bot.slack.channels import Channels
from bot.slack.commanding import Commanding
from bot.slack.crossing import Crossing
from bot.slack.deeds import Deeds
from bot.slack.deliveries import Deliveries
from bot.slack.failures import Failures
from bot.slack.heralding import Heralding
from bot.slack.identity import Identity, Refusals
from bot.slack.ids import Action, Command, Counted, Event
from bot.slack.inbox import LEASE, Inbox
from bot.slack.incoming import Incoming, Payload
from bot.slack.installs import Installs
from bot.slack.logs import quiet
from bot.slack.oauth import Installing
from bot.slack.openid import OpenId
from bot.slack.people import People
from bot.slack.points import Checkpoint, passing
from bot.slack.posting import Posting
from bot.slack.questions import Questions
from bot.slack.reaching import Reaching
from bot.slack.reporting import Reporting
from bot.slack.request_steps import RequestSteps
from bot.slack.requesting import Requesting
from bot.slack.retries import calling
from bot.slack.running import Holding, Running
from bot.slack.sharing import Sharer
from bot.slack.standing import Cards
from bot.slack.status import Status
from bot.slack.surface import SlackSurface
from bot.slack.threads import Threads
from bot.slack.visiting import Visiting, on_file
from bot.slack.voting import Voting
from bot.slack.watching import Watching
from bot.slack.workspace import Workspace, speaking
from bot.watches import Watches


def _reference() -> str:
    return "E-" + secrets.token_hex(4).upper()


@dataclass(frozen=True)
class Stands:
    """What the surface stands on: the core, the stores, and where it runs.

    ``installs`` keeps the installations made by OAuth, where a client id is set. ``rosters`` and
    ``duties`` lead from a duty to report to the supervisor on file. ``checkpoint`` is told each
    moment of a question's life; after ``lease`` another process takes up what one that died had
    accepted.
    """

    answers: Answers
    bureau: Bureau
    feedback: FeedbackStore
    links: Links
    engine: Engine
    clock: Callable[[], datetime]
    settings: Settings
    department: Department
    bridge: Bridge
    installs: Installs | None = None
    rosters: Rosters | None = None
    duties: tuple[Duty, ...] = ()
    reference: Callable[[], str] = _reference
    checkpoint: Checkpoint = passing
    lease: timedelta = LEASE


def build_slack(on: Stands) -> SlackSurface:
    """Return the surface, not started."""
    logger = quiet()
    client = AsyncWebClient(
        base_url=on.settings.slack_api_url, logger=logger, retry_handlers=calling()
    )
    running, counts = Running(), Counter[Counted]()
    zone = ZoneInfo(on.department.time_zone)
    ledger = Bridge(threads=4)  # an acknowledgement must not wait behind answers
    identity = Identity(on.installs, Bridge(threads=2), counts)
    client.retry_handlers.append(Refusals(identity))
    app = _bolt(on, client, identity, logger)
    app.listener_runner.listener_start_handler = Holding(running)
    failures = Failures(on.department, on.reference, counts)
    inbox = Inbox(on.engine, on.clock, secrets.token_hex(8), on.lease)
    people, channels = People(on.engine, on.clock), Channels(on.engine, on.clock)
    deliveries = Deliveries(on.engine, on.clock)
    reporting = Reporting(on.rosters, on.duties)
    questions = Questions(
        answers=on.answers,
        store=on.bureau.store,
        people=people,
        channels=channels,
        bridge=on.bridge,
        counts=counts,
        reporting=reporting,
        checkpoint=on.checkpoint,
    )
    accepting = Accepting(
        inbox=inbox,
        threads=Threads(on.clock),
        channels=channels,
        failures=failures,
        running=running,
        bridge=ledger,
        counts=counts,
        start_threads=on.settings.slack_start_threads,
        checkpoint=on.checkpoint,
    )
    answering = Answering(
        inbox=inbox,
        questions=questions,
        people=people,
        status=Status(counts, on.checkpoint),
        failures=failures,
        running=running,
        bridge=ledger,
        counts=counts,
        joined=_joined(client, identity),
        clock=on.clock,
        checkpoint=on.checkpoint,
    )
    administering = Administering(
        channels=channels,
        feedback=on.feedback,
        directives=on_file(on.answers.library, on.links),
        zone=zone,
        bridge=on.bridge,
        counts=counts,
    )
    cards, watches = Cards(on.engine), Watches(on.engine, on.clock)
    reaching = Reaching(on.bureau.roster, identity, client)
    casefiles = Casefiles(on.bureau, on.answers.library, on.links, cards, zone)
    posting = Posting(
        bureau=on.bureau,
        outbox=Outbox(on.engine, 2 * on.lease),
        cards=cards,
        casefiles=casefiles,
        reaching=reaching,
        bridge=on.bridge,
        counts=counts,
        clock=on.clock,
        checkpoint=on.checkpoint,
    )
    visiting = Visiting(
        answers=on.answers,
        store=on.bureau.store,
        dossiers=on.bureau.dossiers,
        people=people,
        feedback=on.feedback,
        watches=watches,
        inbox=inbox,
        deliveries=deliveries,
        links=on.links,
        department=on.department,
        reporting=reporting,
        bridge=on.bridge,
        counts=counts,
        clock=on.clock,
    )
    asking = Asking(
        answers=on.answers,
        accepting=accepting,
        answering=answering,
        bridge=on.bridge,
    )

    async def answer(context: AsyncBoltContext) -> None:
        waiting = context.get(WAITING)
        if waiting is not None:
            await answering.begin(waiting)

    for event in (Event.MENTION, Event.MESSAGE):
        app.event(event.value, middleware=[accepting.event])(answer)
    app.use(_acknowledge_clicks)
    crossing = Crossing(on.links)
    forms = Commanding(administering, visiting, failures, running, crossing)
    app.command(
        Command.POLICY.value, middleware=[forms.open, accepting.command, _acknowledge_first]
    )(answer)
    app.event(Event.UNINSTALLED.value)(identity.uninstalled)
    app.event(Event.REVOKED.value)(identity.revoked)
    requesting = Requesting(
        steps=RequestSteps(on.bureau.desk, on.bureau.dossiers, zone),
        visiting=visiting,
        bridge=ledger,
        sent=posting.poke,
    )
    deeds = Deeds(
        register=on.bureau.register,
        casefiles=casefiles,
        visiting=visiting,
        redraw=posting.redraw,
        bridge=ledger,
        counts=counts,
    )
    sharing = Sharer(on.answers, deliveries, on.bridge, on.checkpoint)
    voting = Voting(on.feedback, on.bridge)
    watching = Watching(watches, on.answers.library, on.bridge)
    heralding = Heralding(watches, on.answers.library, on.links, deliveries, reaching, on.bridge)
    for part in (asking, sharing, voting, visiting, watching, administering, requesting):
        part.register(app)
    deeds.register(app)
    crossing.register(app)
    opening = (Action.START_REQUEST, Action.OPEN_ORDER, Action.WRITE_SUPERVISOR, Action.WRITE_NEXT)
    for action in opening:
        app.action(action.value)(_acknowledge)
    app.error(failures.handle)
    installing = Installing(on.settings, client, on.installs, on.bridge) if on.installs else None
    openid = OpenId(on.settings, client, identity) if on.settings.slack_client_id else None
    return SlackSurface(
        on.settings,
        app,
        client,
        identity,
        answering,
        posting,
        heralding,
        inbox,
        running,
        ledger,
        counts,
        installing,
        openid,
    )


def _bolt(
    on: Stands, client: AsyncWebClient, identity: Identity, logger: logging.Logger
) -> AsyncApp:
    before = logger.level
    logger.setLevel(logging.ERROR)  # Bolt finds SLACK_BOT_TOKEN for itself and warns of the second
    app = AsyncApp(
        name="policybot",
        logger=logger,
        client=client,
        before_authorize=identity.admit,
        authorize=identity.authorize(),
        signing_secret=on.settings.slack_signing_secret or "",
        raise_error_for_unhandled_request=True,
        attaching_conversation_kwargs_enabled=False,
    )
    logger.setLevel(before)
    return app


def _joined(
    client: AsyncWebClient, identity: Identity
) -> Callable[[Incoming], Awaitable[Workspace | None]]:
    """Return what finds the workspace of a question, or None where the assistant is not."""

    async def find(question: Incoming) -> Workspace | None:
        found = await identity.find(question.asker.team, question.enterprise, org_wide=False)
        if found is None:
            return None
        return Workspace(client=speaking(client, found.bot_token), user=found.bot_user)

    return find


async def _acknowledge_clicks(
    ack: AsyncAck, body: Payload, next_: Callable[[], Awaitable[None]]
) -> None:
    """Acknowledge a click or a shortcut first; only a form is answered in its acknowledgement."""
    if body.get("type") in ("block_actions", "shortcut", "message_action"):
        await ack()
    await next_()


async def _acknowledge_first(ack: AsyncAck, next_: Callable[[], Awaitable[None]]) -> None:
    """Acknowledge before the listener starts, as Bolt does for events.

    A listener that acknowledges by itself and then fails within Bolt's next look (10 ms) loses the
    acknowledgement again: Bolt puts nothing in its place.
    """
    await ack()
    await next_()


async def _acknowledge(ack: AsyncAck) -> None:
    """A button that opens an address needs nothing else."""
    await ack()
