"""Templates become responses; autoescaping is always on, and what every page shows stands here."""

import hashlib
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import HTMLResponse

from bot.asker import Asker
from bot.department import Department
from bot.web.door import Access
from index.directive import FROZEN, fragment

_HERE = Path(__file__).resolve().parent
STATIC = _HERE / "static"
STAGE = "/demonstration"


class Signed(BaseModel):
    """Who is signed in: ``listed`` on the roster or not, and whether anybody reports to them.

    ``key`` is how the record names them; ``policy_unit``: they may act for the policy unit.
    ``form`` is what their own forms carry: it follows from the session's token, ``session`` too.
    ``sample``: it is somebody invented, as whom the demonstration is tried.
    """

    model_config = FROZEN

    asker: Asker
    name: str
    listed: bool
    supervises: bool
    policy_unit: bool
    key: str
    form: str = Field(repr=False)
    session: str = Field(repr=False)
    sample: bool = False


def signed(request: Request) -> Signed | None:
    """Return who is signed in in the browser that a request comes from, or None."""
    found = getattr(request.state, "signed", None)
    return found if isinstance(found, Signed) else None


class Pages:
    """Renders pages for one department; ``zone`` is the zone in which times are shown.

    ``sign_in``: somebody may sign in here; ``stage``: there is a demonstration beside the console.
    """

    def __init__(
        self, department: Department, zone: ZoneInfo, *, sign_in: bool = False, stage: bool = False
    ) -> None:
        self._zone = zone
        self.sign_in = sign_in
        self._stage = stage
        self._environment = Environment(
            loader=FileSystemLoader(_HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        filters = {"day": day, "moment": self.moment, "fragment": fragment}
        self._environment.filters |= filters
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
        access, who = self.access(request), signed(request)
        html = page.render(
            **{
                "access": access,
                "path": request.url.path,
                "signed": who,
                "sign_in": self.sign_in,
                "stage": STAGE if self._stage and access.console else None,
                "demonstrated": who is not None and who.sample,
            }
            | context,
            status=status,
        )
        return HTMLResponse(html, status_code=status)

    def moment(self, value: datetime) -> str:
        """Return a time as written out in the Department's zone."""
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
