"""People of the invented department in front of the pages: their browser, their requests."""

import html
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

import httpx
from guides import QUESTIONS, whole
from precinct import TEAM, asker
from web_server import Web

from bot.answer import ApprovalKind
from bot.approvals.deed import Deed
from bot.approvals.event import Happened
from bot.approvals.filling import read
from bot.approvals.history import history
from bot.approvals.progress import Progress, progress
from bot.approvals.request import Colleague, Content
from bot.links import RequestReference

EVERYBODY = ("Partner", "Rookie")


class Person:
    """Somebody's browser, without scripts; it follows no redirect by itself."""

    def __init__(self, web: Web, name: str, client: httpx.Client) -> None:
        self.web, self.name, self.client = web, name, client

    def link(self, to: str = "/requests") -> str:
        """Return the path of a fresh sign-in link for this person."""
        link = self.web.links.sign_in(TEAM, f"U0{self.name.upper()}", to)
        return link.removeprefix(self.web.links.address)

    def key(self) -> str:
        """Return what a fresh sign-in link carries."""
        return parse_qs(urlsplit(self.link()).query)["key"][0]

    def sign_in(self, key: str | None = None) -> httpx.Response:
        """Press the button of a sign-in link."""
        return self.client.post("/sign-in", data={"key": key or self.key()})

    def get(self, path: str) -> httpx.Response:
        return self.client.get(path)

    def text(self, path: str) -> str:
        """Return a page's words as they are read, without its mark-up."""
        return words(self.get(path).text)

    def form(self) -> str:
        """Return what this session's forms carry."""
        found = re.search(r'name="form" value="(\w+)"', self.get("/requests").text)
        assert found is not None
        return found[1]

    def do(self, number: str, path: str, **data: object) -> httpx.Response:
        """Send a form of a request's page as it stands now, with "yes" where it is asked twice."""
        now = standing(self.web, number)
        given = {"form": self.form(), "version": now.version, "step": now.at, "sure": "yes", **data}
        fields = {name: str(value) for name, value in given.items() if value is not None}
        return self.client.post(f"/requests/{number}/{path}", data=fields)


@contextmanager
def somebody(web: Web, name: str, *, signed: bool = True) -> Iterator[Person]:
    """Yield a person of the precinct, signed in unless told otherwise."""
    with httpx.Client(base_url=web.url, trust_env=False, timeout=20) as client:
        person = Person(web, name, client)
        if signed:
            assert person.sign_in().status_code == 303
        yield person


def words(page: str) -> str:
    """Return what a page says."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def content(*people: str, **changes: object) -> Content:
    """Return the content of a request that shows these people."""
    filled = whole().model_copy(update=changes)
    made = read(filled, QUESTIONS, TEAM)
    return made.model_copy(update={"colleagues": tuple(Colleague(name=one) for one in people)})


def send(web: Web, *people: str, requester: str = "officer", **changes: object) -> str:
    """Send a request to the Chief and return its number."""
    order = web.answers.order
    vouched = RequestReference(
        answer=uuid.uuid4().hex,
        directive=order.number,
        sha256=order.sha256,
        clauses=("IV.E.16", "IV.F.1"),
        kind=ApprovalKind.BOTH if people else ApprovalKind.PERMISSION,
        decided_by="the Chief of Police",
    )
    made = content(*people, **changes)
    guidance = web.bureau.desk._guide.touches(order, made)
    return web.bureau.sending.send(vouched, order, made, asker(requester), guidance).reference


def act(web: Web, number: str, by: str, kind: Happened, **more: object) -> Progress:
    """Do something as Slack's surface does, beside the pages."""
    now = standing(web, number)
    deed = Deed.model_validate({"kind": kind, "version": now.version, **more})
    return web.bureau.register.act(number, deed, asker(by))


def standing(web: Web, number: str) -> Progress:
    """Return where a request stands."""
    with web.bureau.audit.recording() as recording:
        return progress(history(recording.connection, number))


def up(web: Web, number: str) -> None:
    """Let the whole chain recommend a request, so that it waits for its decision."""
    for rank in ("sergeant", "lieutenant", "captain"):
        act(web, number, rank, Happened.ENDORSED, endorsement="recommends it")


def refusals(web: Web, number: str) -> list[str]:
    """Return the refused attempts that the record holds on a request."""
    lines = web.bureau.audit.lines(number)
    return [str(one.line.facts["refused"]) for one in lines if one.line.kind == "attempt refused"]
