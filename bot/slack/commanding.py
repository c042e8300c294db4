"""Commands that are no question: the channel's settings, what is kept, and the way to the web."""

from collections.abc import Awaitable, Callable

from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.administering import Administering
from bot.slack.crossing import Crossing
from bot.slack.failures import Failures
from bot.slack.incoming import Incoming, Payload, commanded
from bot.slack.places import post
from bot.slack.running import Running
from bot.slack.visiting import Visiting

_SETTINGS, _KEPT = "settings", frozenset({"kept", "what is kept about me", "my data"})
_WEB = "web"


class Commanding:
    """Middleware before a command's question is accepted; a form has to open within 3 seconds.

    The command is acknowledged meanwhile, so that Slack adds no words of its own to a failure.
    """

    def __init__(
        self,
        administering: Administering,
        visiting: Visiting,
        failures: Failures,
        running: Running,
        crossing: Crossing,
    ) -> None:
        self._administering = administering
        self._visiting = visiting
        self._failures = failures
        self._running = running
        self._crossing = crossing

    async def open(
        self, body: Payload, client: AsyncWebClient, next_: Callable[[], Awaitable[None]]
    ) -> BoltResponse | None:
        """Open the form that a command names; every other command goes on as a question.

        ``web`` answers the one who typed it, and nobody else, with a link that signs them in.
        """
        said = str(body.get("text") or "").strip().lower().rstrip("?.")
        if said not in {_SETTINGS, _WEB, *_KEPT}:
            await next_()
            return None
        trigger = str(body.get("trigger_id") or "")
        self._running.start(self._show(commanded(body, None), trigger, client, said))
        return BoltResponse(status=200, body="")

    async def _show(
        self, command: Incoming, trigger: str, client: AsyncWebClient, said: str
    ) -> None:
        try:
            if said == _WEB:
                await post(command.place, self._crossing.message(command.asker), client)
            elif said == _SETTINGS:
                await self._administering.open(command.asker, command.channel, trigger, client)
            else:
                await self._visiting.open_kept(command.asker, trigger, client)
        except Exception as error:
            await self._failures.tell(error, command.place, client)
