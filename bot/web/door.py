"""Who may come in: which hosts are ours, when the console is on, and which requests are our own."""

import re
from enum import StrEnum
from urllib.parse import urlsplit

from pydantic import BaseModel
from starlette.datastructures import Headers

from bot.config import Settings, is_loopback
from index.directive import FROZEN

METRICS = "/metrics"
_UNHOSTED = ("/healthz", "/slack/events")
_HOST = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(?P<port>\d{1,5}))?")
_DEFAULT_PORTS = {"http": 80, "https": 443}
_FORWARDING = ("forwarded", "via", "x-real-ip", "x-client-ip", "true-client-ip")
_FORWARDING_PREFIXES = ("x-forwarded", "x-original-", "cf-", "x-envoy-")


class Off(StrEnum):
    """Why there is no console."""

    AWAY = "away"
    SLACK = "slack"
    FORWARDED = "forwarded"


class Access(BaseModel):
    """What one request may reach; ``off`` is null exactly when the console is on."""

    model_config = FROZEN

    off: Off | None = Off.AWAY

    @property
    def console(self) -> bool:
        """Whether questions may be asked here."""
        return self.off is None

    @property
    def away(self) -> bool:
        """Whether the request may come from another machine: then only signed links open pages."""
        return self.off in {Off.AWAY, Off.FORWARDED}


class Door:
    """Judges requests by their headers, from the settings alone."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        address = urlsplit(settings.address)
        default = _DEFAULT_PORTS[address.scheme]
        self._host = (address.hostname or "", address.port or default)

    def access(self, headers: Headers) -> Access:
        """Return what a request with these headers may reach."""
        if not self._settings.loopback:
            return Access(off=Off.AWAY)
        if any(_forwards(name.lower()) for name in headers):
            return Access(off=Off.FORWARDED)
        return Access(off=Off.SLACK if self._settings.slack else None)

    def unhosted(self, path: str) -> bool:
        """Whether a path is for programs, which may come by any host name.

        On this machine /metrics asks for no token, so there a foreign page must not reach it.
        """
        return path in _UNHOSTED or (path == METRICS and not self._settings.loopback)

    def knows_host(self, value: str) -> bool:
        """Whether a Host header names this service: its address, or this machine and our port."""
        match = _HOST.fullmatch(value.lower())
        if match is None:
            return False
        name = match.group("name").strip("[]")
        scheme = urlsplit(self._settings.address).scheme
        port = int(match.group("port") or _DEFAULT_PORTS[scheme])
        if (name, port) == self._host:
            return True
        return is_loopback(name) and port == self._settings.port

    def own_post(self, headers: Headers) -> bool:
        """Whether a POST comes from our own page, or from a program, which no page can drive.

        A browser always says where a POST comes from; ``none`` is the person at the keyboard.
        """
        site = headers.get("sec-fetch-site")
        if site is not None and site not in {"same-origin", "none"}:
            return False
        origin = headers.get("origin")
        return origin is None or _netloc(origin) == _with_port(origin, headers.get("host", ""))


def _forwards(name: str) -> bool:
    return name in _FORWARDING or name.startswith(_FORWARDING_PREFIXES)


def _netloc(origin: str) -> str | None:
    parts = urlsplit(origin)
    if parts.scheme not in _DEFAULT_PORTS or not parts.netloc:
        return None
    return _with_port(origin, parts.netloc)


def _with_port(origin: str, netloc: str) -> str:
    default = f":{_DEFAULT_PORTS.get(urlsplit(origin).scheme, 0)}"
    return netloc.lower().removesuffix(default)
