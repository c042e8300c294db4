"""When something goes wrong: a line in the log, a sentence for the asker, details for nobody."""

import logging
from collections import Counter
from collections.abc import Callable

from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.error import BoltUnhandledRequestError
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.department import Department
from bot.slack.blocks import said
from bot.slack.clicks import Payload, reachable
from bot.slack.ids import Counted
from bot.slack.places import (
    Conversation,
    Message,
    Place,
    PlaceGone,
    PostRefused,
    PostUnconfirmed,
    post,
)
from bot.slack.wording import FAILED, UNCONFIRMED, WHOM

PLACE = "place"  # where, in Bolt's context, a failure finds the asker
_log = logging.getLogger(__name__)


class Failures:
    """Bolt's one error handler; ``reference`` makes the number that log and asker both get."""

    def __init__(
        self, department: Department, reference: Callable[[], str], counts: Counter[Counted]
    ) -> None:
        self._whom = department.contacts.policy_unit or WHOM
        self._reference = reference
        self._counts = counts

    async def handle(
        self,
        error: Exception,
        client: AsyncWebClient,
        context: AsyncBoltContext,
        body: Payload,
    ) -> BoltResponse | None:
        """Log the kind of error and tell the asker; what nobody listens to is just acknowledged.

        Bolt would answer 404 to an unhandled request, and Slack would repeat it and at last stop
        sending events.
        """
        if isinstance(error, BoltUnhandledRequestError):
            self._counts[Counted.UNHANDLED] += 1
            return BoltResponse(status=200, body="")
        await self.tell(error, context.get(PLACE) or reachable(body), client)
        return None

    async def tell(
        self,
        error: Exception,
        place: Place | None,
        client: AsyncWebClient,
        key: str | None = None,
    ) -> None:
        """Log an error by its kind and a reference, and tell whoever waits at ``place``.

        ``key`` goes along where the message is to be found again.
        """
        self._counts[Counted.FAILED] += 1
        reference = self._reference()
        detail = str(error) if isinstance(error, PostRefused | PostUnconfirmed) else ""
        _log.error("A question failed, reference %s: %s %s", reference, _kind(error), detail)
        if place is None:
            return
        sentence = UNCONFIRMED if isinstance(error, PostUnconfirmed) else FAILED
        words = sentence.format(whom=self._whom, reference=reference)
        try:
            await _reach(place, said(words), client, key)
        except Exception as second:
            _log.error("Nobody could be told of %s: %s", reference, _kind(second))


async def _reach(place: Place, message: Message, client: AsyncWebClient, key: str | None) -> None:
    """Post what one person is to read, as a direct message where the place is gone."""
    try:
        await post(place, message, client, key)
    except PlaceGone:
        if isinstance(place, Conversation):
            raise
        await post(Conversation(channel=place.user), message, client, key)


def _kind(error: Exception) -> str:
    return type(error).__name__
