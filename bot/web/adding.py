"""Taking a directive in: one file is sent, and becomes a draft that nobody gets answers from."""

import re
import tempfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from fastapi import APIRouter
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from bot.web import upload
from bot.web.pages import Signed, signed
from bot.web.unit import DESK, Office, after, at, enter, of_unit, text
from index.errors import IndexingError
from index.formats import FORMATS
from index.handed import Given
from index.intake import Fate, Outcome

LARGEST = 25 * 2**20
_FIELDS = ("number", "title", "prefix", "section", "issued", "effective", "replaces")
_LONGEST = 300
_UNSAFE = re.compile(r"[^A-Za-z0-9 ._-]+")
_TOO_LARGE = f"The file has more than {LARGEST // 2**20} MB. Choose a smaller one."
_EMPTY = "Choose a file that is not empty."
_NO_DATE = "One of the days is no date. Write it as YYYY-MM-DD."


def routes(office: Office) -> APIRouter:
    """Return the page that takes a file; it stands before those of directives and clauses."""
    router = APIRouter()
    site = office.own.site

    async def ask(request: Request) -> Response:
        who = enter(request)
        return who if isinstance(who, Response) else _page(office, request, {})

    async def take(request: Request) -> Response:
        known = signed(request)
        may = known is not None and known.policy_unit
        came = await upload.sent(request, file=may, most=LARGEST)
        who = of_unit(office, request, came.form)
        values = {name: text(came.form, name)[:_LONGEST] for name in _FIELDS}
        if came.cut or not came.file:
            return _page(office, request, values, _TOO_LARGE if came.cut else _EMPTY)
        try:
            given = _given(came.form)
        except ValueError:
            return _page(office, request, values, _NO_DATE)
        found = await site.bridge.run(_take, office, who, came.name, came.file, given)
        if found.number is None or found.fate not in {Fate.TAKEN_IN, Fate.NEW_VERSION}:
            return _page(office, request, values, found.why)
        return after(who, at("drafts", f"{found.number}@{found.effective}"), "taken")

    router.add_api_route(f"{DESK}/add", ask, methods=["GET", "HEAD"])
    router.add_api_route(f"{DESK}/add", take, methods=["POST"])
    return router


def _page(
    office: Office, request: Request, values: Mapping[str, str], refusal: str | None = None
) -> Response:
    return office.own.site.pages.show(
        request,
        "desk_add.html",
        status=422 if refusal else 200,
        values={name: values.get(name, "") for name in _FIELDS},
        refusal=refusal,
        most=LARGEST // 2**20,
        kinds=", ".join(sorted(FORMATS)),
    )


def _given(form: FormData) -> Given:
    """Return what is said in place of the head; raise ValueError for a day that is none."""
    said = {name: text(form, name)[:_LONGEST] or None for name in _FIELDS}
    return Given(
        number=said["number"],
        title=said["title"],
        prefix=said["prefix"],
        section=said["section"],
        issued=date.fromisoformat(said["issued"]) if said["issued"] else None,
        effective=date.fromisoformat(said["effective"]) if said["effective"] else None,
        replaces=said["replaces"] == "yes",
    )


def _take(office: Office, who: Signed, name: str, content: bytes, given: Given) -> Outcome:
    """Return what became of a file; its own name is text, of which only plain signs are kept."""
    plain = Path(_UNSAFE.sub("_", name.replace("\\", "/").rpartition("/")[2])[-100:].lstrip("."))
    with tempfile.TemporaryDirectory() as made:
        path = Path(made) / (plain.name or "file")
        path.write_bytes(content)
        try:
            [found] = office.unit.intake.add([path], given=given, actor=who.key)
        except IndexingError as refused:
            return Outcome(file=plain.name, fate=Fate.REFUSED, why=str(refused))
        why = (found.why or "").replace(f"{made}/", "")
        return found.model_copy(update={"why": why or None})
