"""Templates become responses; autoescaping is always on, and what every page shows stands here."""

import hashlib
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from bot.department import Department
from bot.web.door import Access

_HERE = Path(__file__).resolve().parent
STATIC = _HERE / "static"


class Pages:
    """Renders pages for one department; ``zone`` is the zone in which times are shown."""

    def __init__(self, department: Department, zone: ZoneInfo) -> None:
        self._zone = zone
        self._environment = Environment(
            loader=FileSystemLoader(_HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters |= {"day": day, "moment": self._moment}
        self._environment.globals |= {"department": department, "assets": _assets()}

    @staticmethod
    def access(request: Request) -> Access:
        """Return what the guard let this request reach; nothing, if it never got there."""
        access = getattr(request.state, "access", None)
        return access if isinstance(access, Access) else Access()

    def show(
        self, request: Request, template: str, *, status: int = 200, **context: object
    ) -> HTMLResponse:
        """Return a page."""
        page = self._environment.get_template(template)
        html = page.render(
            **{"access": self.access(request), "path": request.url.path} | context, status=status
        )
        return HTMLResponse(html, status_code=status)

    def _moment(self, value: datetime) -> str:
        local = value.astimezone(self._zone)
        return f"{day(local.date())}, {local:%H:%M} {local.tzname()}"


def day(value: date) -> str:
    """Return a date as written out: ``September 10, 2019``."""
    return f"{value:%B} {value.day}, {value.year}"


def _assets() -> str:
    """Return a short hash of the static files, so that a changed file has a new address."""
    digest = hashlib.sha256()
    for path in sorted(STATIC.iterdir()):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:10]
