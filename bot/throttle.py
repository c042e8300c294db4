"""How often something may be done: a count within a time, kept by this process alone."""

from collections import deque
from collections.abc import Callable

_MOST_KEYS = 10_000


class Throttle:
    """Lets ``most`` through in any ``seconds``, each key for itself; ``clock`` gives seconds."""

    def __init__(self, most: int, seconds: float, clock: Callable[[], float]) -> None:
        self._most = most
        self._seconds = seconds
        self._clock = clock
        self._seen: dict[str, deque[float]] = {}

    def lets(self, key: str) -> bool:
        """Return whether one more may be done, and count it if so."""
        now = self._clock()
        if len(self._seen) > _MOST_KEYS:
            self._seen = {k: seen for k, seen in self._seen.items() if self._fresh(seen, now)}
        seen = self._seen.setdefault(key, deque())
        while seen and not self._young(seen[0], now):
            seen.popleft()
        if len(seen) >= self._most:
            return False
        seen.append(now)
        return True

    def _fresh(self, seen: deque[float], now: float) -> bool:
        return bool(seen) and self._young(seen[-1], now)

    def _young(self, at: float, now: float) -> bool:
        return 0 <= now - at < self._seconds
