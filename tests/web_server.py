"""The web application behind a real server on a loopback port of its own, with a real database."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import uvicorn
from backends import address
from fastapi import FastAPI
from guides import bureau
from web_answers import ScriptedAnswers

from bot.approvals.bureau import Bureau
from bot.approvals.store import RequestStore
from bot.asker import Surface
from bot.bridge import Bridge
from bot.config import Settings
from bot.connection import Connection
from bot.database import open_database
from bot.department import load as load_department
from bot.feedback import FeedbackStore
from bot.installing import Installer
from bot.intake import Intake
from bot.links import Links
from bot.metrics import Metrics
from bot.policy.evaluating import Evaluating
from bot.policy.pauses import Pauses
from bot.policy.readings import Readings
from bot.policy.runs import Runs
from bot.policy.unit import PolicyUnit
from bot.rehearsal import NAME
from bot.roster.reading import sample as sample_roster
from bot.roster.roster import Roster
from bot.signing_in import SlackSignIn
from bot.touched import touched
from bot.web.app import SlackEvents, build_app
from bot.web.health import IndexState
from bot.web.sessions import Sessions
from bot.web.stage import Stage
from index.library import Library
from index.library import load as load_library

CORPUS = Path(__file__).resolve().parent.parent / "corpus"
SECRET = "a secret of the tests, long enough to sign with"


class Clock:
    """The time, which a test may move."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def seconds(self) -> float:
        return time.time() + self.ahead

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.seconds(), UTC)


@dataclass
class Web:
    """A serving application and the things behind it."""

    url: str
    port: int
    app: FastAPI
    answers: ScriptedAnswers
    store: RequestStore
    links: Links
    clock: Clock
    bureau: Bureau
    unit: PolicyUnit
    evaluating: Evaluating
    stage: Stage | None = None

    def get(self, path: str, **options: object) -> httpx.Response:
        return self.request("GET", path, **options)

    def post(self, path: str, **options: object) -> httpx.Response:
        return self.request("POST", path, **options)

    def request(self, method: str, path: str, **options: object) -> httpx.Response:
        with httpx.Client(base_url=self.url, trust_env=False, verify=False, timeout=20) as client:
            return client.request(method, path, **options)  # type: ignore[arg-type]


def _stage(
    folder: Path,
    library: Library,
    links: Links,
    clock: Clock,
    on_file: Callable[[], Roster | None],
) -> Stage:
    apart = folder / "demonstration"
    apart.mkdir()
    database = open_database(f"sqlite:///{apart / 'demonstration.sqlite3'}")
    sample = sample_roster()
    made = bureau(database, library, links, clock.now, apart, sample, name=NAME)
    sessions = Sessions(database, made.audit, clock.now)
    return Stage(made, sessions, sample, closed=lambda: on_file() is not None)


@contextmanager
def serving(
    folder: Path,
    *,
    base_url: str | None = None,
    slack: bool = False,
    library: Library | None = None,
    slack_events: SlackEvents | None = None,
    index: Callable[[], IndexState] | None = None,
    connection: Callable[[], Connection] | None = None,
    metrics: Metrics | None = None,
    metrics_token: str | None = None,
    roster: Roster | None = None,
    slack_sign_in: SlackSignIn | None = None,
    database_url: str | None = None,
    installer: Installer | None = None,
    demonstrates: bool = False,
    on_file: Callable[[], Roster | None] = lambda: None,
    attachments: bool = False,
    keep_questions: bool = False,
    corpus: Path = CORPUS,
) -> Iterator[Web]:
    """Yield the application serving on 127.0.0.1, and stop it in the end.

    It ``demonstrates`` as long as no roster is on file.
    """
    listening = socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    settings = Settings(
        _env_file=None,
        host="127.0.0.1",
        port=port,
        base_url=base_url,
        var_dir=folder,
        slack_bot_token="xoxb-1" if slack else None,
        slack_signing_secret="secret" if slack else None,
        metrics_token=metrics_token,
    )
    clock = Clock()
    links = Links(settings.address, SECRET, sign_reading=not settings.loopback, clock=clock.seconds)
    answers = ScriptedAnswers(library or load_library(corpus), links)
    database = open_database(database_url or address(folder / "web.sqlite3"))
    requests = bureau(
        database,
        answers.library,
        links,
        clock.now,
        folder,
        roster,
        attachments=attachments,
        keep_questions=keep_questions,
    )
    bridge = Bridge()
    stage = _stage(folder, answers.library, links, clock, on_file) if demonstrates else None
    zone = ZoneInfo("UTC")
    unit = PolicyUnit(
        pauses=Pauses(database, requests.audit, zone, clock.seconds),
        feedback=FeedbackStore(database, clock.now, SECRET),
        readings=Readings(requests.audit, corpus),
        intake=Intake(corpus, requests.audit, lambda: clock.now().date()),
        audit=requests.audit,
    )
    runs = Runs(database, requests.audit, clock.now)
    evaluating = Evaluating(runs, answers, corpus)
    app = build_app(
        answers=metrics.measured(answers, Surface.CONSOLE) if metrics else answers,
        bureau=requests,
        links=links,
        settings=settings,
        department=load_department(CORPUS),
        bridge=bridge,
        slack_events=slack_events,
        index=index,
        slack=connection,
        metrics_text=metrics.text if metrics else None,
        sessions=Sessions(database, requests.audit, clock.now) if slack else None,
        slack_sign_in=slack_sign_in,
        installer=installer,
        sample=sample_roster(),
        stage=stage,
        rested=partial(touched, database, requests.store, answers.library),
        unit=unit,
        evaluating=evaluating,
        clock=clock.now,
    )
    server = uvicorn.Server(
        uvicorn.Config(app, log_level="error", access_log=False, lifespan="off")
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        url = f"http://127.0.0.1:{port}"
        store = requests.store
        yield Web(url, port, app, answers, store, links, clock, requests, unit, evaluating, stage)
    finally:
        server.should_exit = True
        thread.join(10)
        evaluating.close()
        bridge.close()
        database.dispose()
