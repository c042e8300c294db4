"""Metrics and health: what is counted, who may read it, and when Slack counts as lost."""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from slack_answers import ScriptedAnswers as SlackAnswers
from slack_rig import HTTP, SOCKET, Rig, joined, wait_posted
from slack_server import SlackServer
from web_answers import RANGE
from web_server import Web, serving

from bot.asker import Surface
from bot.connection import LOST_SECONDS, Connection, Mode
from bot.errors import QuestionRefused
from bot.metrics import Metrics
from bot.slack.ids import Counted
from bot.slack.pulse import Pulse

TOKEN = "a token of the tests"
AWAY = {"Host": "policy.test"}
MINE = {"Authorization": f"Bearer {TOKEN}"}


def value(text: str, name: str) -> float:
    found = re.search(rf"(?m)^{re.escape(name)} (\S+)$", text)
    assert found, f"{name} is not in:\n{text}"
    return float(found.group(1))


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    with serving(tmp_path, metrics=Metrics()) as served:
        yield served


def test_questions_are_counted_by_surface_and_verdict_and_timed(web: Web) -> None:
    for _ in range(2):
        web.post("/api/ask", data={"question": RANGE})
    text = web.get("/metrics").text
    asked = 'policybot_questions_total{surface="console",verdict="needs_permission"}'
    assert value(text, asked) == 2
    assert value(text, 'policybot_answer_seconds_count{surface="console"}') == 2
    assert value(text, 'policybot_answer_seconds_bucket{le="+Inf",surface="console"}') == 2
    assert "photo" not in text and RANGE not in text


def test_what_was_refused_or_failed_is_counted_as_such() -> None:
    metrics = Metrics()
    answers = metrics.measured(SlackAnswers(), Surface.SLACK)
    with pytest.raises(QuestionRefused):
        answers.ask("x" * 5_000)
    with pytest.raises(RuntimeError):
        answers.ask("please break")
    text = metrics.text().decode()
    for verdict in ("refused", "failed"):
        name = f'policybot_questions_total{{surface="slack",verdict="{verdict}"}}'
        assert value(text, name) == 1
    assert value(text, 'policybot_answer_seconds_count{surface="slack"}') == 0
    assert "please" not in text


def test_slack_s_counts_connection_and_inbox_are_looked_at_when_asked() -> None:
    metrics, counts = Metrics(), Counter[Counted]()
    now, waiting = Connection(mode=Mode.SOCKET, connected=False), [1, 2]
    metrics.watch(counts, Counted, lambda: now, lambda: len(waiting))
    text = metrics.text().decode()
    for kind in Counted:
        assert value(text, f'policybot_slack_total{{what="{kind.name.lower()}"}}') == 0
    assert value(text, "policybot_slack_connected") == 0
    assert value(text, "policybot_inbox_questions") == 2
    assert "frame_age" not in text
    counts[Counted.REPEATED] += 3
    now = Connection(mode=Mode.SOCKET, connected=True, seconds_since_frame=4.5)
    waiting.clear()
    text = metrics.text().decode()
    assert value(text, 'policybot_slack_total{what="repeated"}') == 3
    assert value(text, "policybot_slack_connected") == 1
    assert value(text, "policybot_slack_frame_age_seconds") == 4.5
    assert value(text, "policybot_inbox_questions") == 0


def test_on_this_machine_metrics_are_open_and_a_foreign_page_gets_none(web: Web) -> None:
    page = web.get("/metrics")
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert web.get("/metrics", headers={"Host": f"evil.test:{web.port}"}).status_code == 421
    assert web.get("/metrics", headers={"X-Forwarded-For": "10.0.0.9"}).status_code == 404
    assert web.post("/metrics").status_code == 405


def test_from_elsewhere_metrics_need_the_token_by_whatever_host_name(tmp_path: Path) -> None:
    with serving(
        tmp_path, base_url="https://policy.test", metrics=Metrics(), metrics_token=TOKEN
    ) as web:
        for headers in ({}, {"Authorization": "Bearer x"}, {"Authorization": TOKEN}):
            page = web.get("/metrics", headers={**AWAY, **headers})
            assert (page.status_code, page.text) == (401, "")
            assert page.headers["www-authenticate"] == "Bearer"
        assert web.get("/metrics", headers=AWAY | MINE).status_code == 200
        assert web.get("/metrics", headers={"Host": "10.1.2.3:9"} | MINE).status_code == 200


def test_without_a_token_there_are_no_metrics_from_elsewhere(tmp_path: Path) -> None:
    with serving(tmp_path, base_url="https://policy.test", metrics=Metrics()) as web:
        for headers in ({}, {"Authorization": "Bearer None"}, {"Authorization": "Bearer"}):
            assert web.get("/metrics", headers={**AWAY, **headers}).status_code == 404


@pytest.mark.parametrize(
    ("connected", "since", "mode", "lost"),
    [
        (True, 3.0, Mode.SOCKET, False),
        (False, LOST_SECONDS, Mode.SOCKET, False),
        (False, LOST_SECONDS + 0.1, Mode.SOCKET, True),
        (False, LOST_SECONDS + 0.1, Mode.BOTH, True),
        (False, None, Mode.SOCKET, True),
        (True, 86_400.0, Mode.HTTP, False),
        (True, None, Mode.HTTP, False),
    ],
)
def test_health_is_unavailable_once_socket_mode_is_away_for_more_than_a_minute(
    tmp_path: Path, connected: bool, since: float | None, mode: Mode, lost: bool
) -> None:
    now = Connection(mode=mode, connected=connected, seconds_since_frame=since)
    with serving(tmp_path, slack=True, connection=lambda: now) as web:
        health = web.get("/healthz")
    assert health.status_code == (503 if lost else 200)
    assert health.json()["status"] == ("unavailable" if lost else "ok")
    told = {"mode": mode.value, "connected": connected, "seconds_since_frame": since}
    assert health.json()["slack"] == told


def test_health_without_slack_tells_of_none(web: Web) -> None:
    assert web.get("/healthz").json()["slack"] is None


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    async with SlackServer() as server:
        yield server


async def until(rig: Rig, connected: bool) -> Connection:
    for _ in range(400):
        if rig.surface.connection().connected is connected:
            break
        await asyncio.sleep(0.02)
    now = rig.surface.connection()
    assert now.connected is connected
    return now


async def test_a_socket_is_heard_from_its_first_frame_on(
    slack: SlackServer, tmp_path: Path
) -> None:
    async with joined(slack, tmp_path, SOCKET) as rig:
        for _ in range(100):
            if rig.surface.connection().seconds_since_frame is not None:
                break
            await asyncio.sleep(0.02)
        now = rig.surface.connection()
        assert (now.mode, now.connected, now.lost) == (Mode.SOCKET, True, False)
        assert now.seconds_since_frame is not None and now.seconds_since_frame < 5
        await slack.sockets[0].ws.close()
        slack.fail_next("apps.connections.open", status=500, times=2)
        await until(rig, False)
        await until(rig, True)
    assert not rig.surface.connection().connected


async def test_signed_requests_are_what_is_heard_over_http(
    slack: SlackServer, tmp_path: Path
) -> None:
    async with joined(slack, tmp_path, HTTP) as rig:
        now = rig.surface.connection()
        assert (now.mode, now.connected, now.seconds_since_frame) == (Mode.HTTP, True, None)
        await rig.give(slack.message_im("may I post this"))
        await wait_posted(slack)
        since = rig.surface.connection().seconds_since_frame
        assert since is not None and since < 5


async def test_what_the_sdk_forgets_of_a_dead_connection_is_kept(
    slack: SlackServer, tmp_path: Path
) -> None:
    async with joined(slack, tmp_path, SOCKET) as rig:
        await asyncio.sleep(0.1)
        client = rig.surface._pulse.socket
        assert client is not None and client.heard is not None
        heard, client.last_ping_pong_time = client.heard, None
        assert client.heard == heard and client.up


def test_seconds_are_counted_from_the_last_time_slack_was_heard_at_all() -> None:
    seconds = 1_000.0
    pulse = Pulse(Mode.BOTH, lambda: seconds)
    pulse.beat()
    seconds += 61
    now = pulse.connection(open_=True)
    assert (now.connected, now.seconds_since_frame, now.lost) == (False, 61.0, True)
