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
from bot.slack.ids import Counted
from bot.slack.places import Place, PostRefused, PostUnconfirmed, post
from bot.slack.questions import PLACE
from bot.slack.wording import FAILED, UNCONFIRMED, WHOM

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
        self, error: Exception, client: AsyncWebClient, context: AsyncBoltContext
    ) -> BoltResponse | None:
        """Log the kind of error and tell the asker; what nobody listens to is just acknowledged.

        Bolt would answer 404 to an unhandled request, and Slack would repeat it and at last stop
        sending events.
        """
        if isinstance(error, BoltUnhandledRequestError):
            return BoltResponse(status=200, body="")
        self._counts[Counted.FAILED] += 1
        reference = self._reference()
        detail = str(error) if isinstance(error, PostRefused | PostUnconfirmed) else ""
        _log.error("A question failed, reference %s: %s %s", reference, _kind(error), detail)
        place: Place | None = context.get(PLACE)
        if place is not None:
            await self._tell(place, error, reference, client)
        return None

    async def _tell(
        self, place: Place, error: Exception, reference: str, client: AsyncWebClient
    ) -> None:
        sentence = UNCONFIRMED if isinstance(error, PostUnconfirmed) else FAILED
        words = sentence.format(whom=self._whom, reference=reference)
        try:
            await post(place, said(words), client)
        except Exception as second:
            _log.error("Nobody could be told of %s: %s", reference, _kind(second))


def _kind(error: Exception) -> str:
    return type(error).__name__
