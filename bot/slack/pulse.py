"""When Slack was last heard: frames of the socket, signed requests over HTTP."""

import time
from collections.abc import Callable

from bot.connection import Connection, Mode
from bot.slack.socket import Socket


class Pulse:
    """Hears Slack over ``socket``, or by ``beat``; ``clock`` gives seconds since 1970."""

    def __init__(self, mode: Mode, clock: Callable[[], float] = time.time) -> None:
        self.socket: Socket | None = None
        self._mode = mode
        self._clock = clock
        self._heard: float | None = None

    def beat(self) -> None:
        """Note that a signed request came in."""
        self._heard = self._clock()

    def connection(self, open_: bool) -> Connection:
        """Return how it stands; ``open_`` is whether the surface takes anything at all."""
        frames = self.socket.heard if self.socket is not None else None
        heard = max((at for at in (frames, self._heard) if at is not None), default=None)
        connected = open_ and (self._mode is Mode.HTTP or self._up())
        since = None if heard is None else max(0.0, round(self._clock() - heard, 1))
        return Connection(mode=self._mode, connected=connected, seconds_since_frame=since)

    def _up(self) -> bool:
        return self.socket is not None and self.socket.up
