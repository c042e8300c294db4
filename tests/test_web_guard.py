"""Before every page: the host, own POSTs, the size of a body, headers, and plain failure pages."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from web_answers import MEANING, RANGE
from web_server import Web, serving

from bot.web.health import IndexState
from index.errors import IndexUnusable


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    with serving(tmp_path_factory.mktemp("guard")) as served:
        yield served


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "localhost.evil.example",
     "localhost:{port}.evil.example", "127.0.0.1:{port}@evil.example"],
)  # fmt: skip
def test_a_foreign_host_gets_no_page(web: Web, host: str) -> None:
    headers = {"Host": host.format(port=web.port)}
    for path in ("/", "/directives/5.14", "/static/app.css"):
        response = web.get(path, headers=headers)
        assert response.status_code == 421
        assert "host name" in response.text
    asked = web.post("/api/ask", data={"question": RANGE}, headers=headers)
    assert asked.status_code == 421


@pytest.mark.parametrize("name", ["localhost", "LOCALHOST", "127.0.0.1", "127.1.2.3", "[::1]"])
def test_every_name_of_this_machine_is_served_on_the_right_port(web: Web, name: str) -> None:
    assert web.get("/", headers={"Host": f"{name}:{web.port}"}).status_code == 200


def test_two_hosts_are_no_host(web: Web) -> None:
    hosts = f"Host: 127.0.0.1:{web.port}\r\nHost: evil.example\r\n"
    for headers in (hosts, "Host:\r\n", ""):
        with socket.create_connection(("127.0.0.1", web.port)) as raw:
            raw.sendall(f"GET / HTTP/1.1\r\n{headers}Connection: close\r\n\r\n".encode())
            assert raw.recv(64).startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "http://evil.example", "Sec-Fetch-Site": "same-origin"},
    ],
)
def test_a_post_from_another_page_is_refused(web: Web, headers: dict[str, str]) -> None:
    asked = len(web.answers.histories)
    assert web.post("/", data={"question": RANGE}, headers=headers).status_code == 403
    assert web.post("/api/ask", data={"question": RANGE}, headers=headers).status_code == 403
    assert len(web.answers.histories) == asked


def test_a_post_from_our_own_page_is_taken(web: Web) -> None:
    headers = {"Sec-Fetch-Site": "same-origin", "Origin": web.url}
    assert web.post("/", data={"question": MEANING}, headers=headers).status_code == 200


def test_a_body_of_more_than_256_kilobytes_is_refused(web: Web) -> None:
    response = web.post("/", data={"question": "x" * 262_144})
    assert response.status_code == 413
    assert "256 KB" in response.text

    def chunks() -> Iterator[bytes]:
        for _ in range(9):
            yield b"x" * 32_768

    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert web.post("/", content=chunks(), headers=form).status_code == 413


@pytest.mark.parametrize(
    "path", ["/", "/directives", "/directives/5.14", "/requests", "/nowhere", "/healthz"]
)
def test_every_page_forbids_what_it_does_not_need(web: Web, path: str) -> None:
    headers = web.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cache-control"] == "no-store"


def test_static_files_may_be_kept(web: Web) -> None:
    assert "max-age" in web.get("/static/app.css").headers["cache-control"]


def test_failures_are_plain_pages(web: Web) -> None:
    missing = web.get("/nowhere")
    assert missing.status_code == 404 and "There is no such page" in missing.text
    wrong = web.request("DELETE", "/directives/5.14")
    assert wrong.status_code == 405 and "allow" in wrong.headers
    assert "<h1>" in wrong.text
    assert web.get("/static/../app.py").status_code == 404
    assert web.get("/static/%2e%2e/app.py").status_code == 404
    broken = web.post(
        "/", content=b"--x\r\nbroken", headers={"Content-Type": "multipart/form-data; boundary=x"}
    )
    assert broken.status_code in {400, 422}
    for response in (missing, wrong, broken):
        assert "Traceback" not in response.text and "<!doctype html>" in response.text


def test_an_uploaded_file_is_refused(web: Web) -> None:
    response = web.post("/", files={"question": ("a.png", b"x", "image/png")})
    assert response.status_code == 400


def test_heads_are_answered_like_gets(web: Web) -> None:
    assert web.request("HEAD", "/healthz").status_code == 200


def test_health_is_told_to_any_host_without_secrets(web: Web) -> None:
    response = web.get("/healthz", headers={"Host": "health.check", "X-Forwarded-For": "10.0.0.1"})
    told = response.json()
    assert told["status"] == "ok"
    assert told["directives"][0]["number"] == "5.14"
    assert set(told) == {"status", "version", "corpus", "directives", "index", "slack"}


def test_health_tells_of_the_index_and_of_its_loss(tmp_path: Path) -> None:
    states: list[IndexState] = [IndexState(clauses=7, encoder="test")]

    def index() -> IndexState:
        if not states:
            raise IndexUnusable("gone")
        return states[0]

    with serving(tmp_path, index=index) as web:
        assert web.get("/healthz").json()["index"]["clauses"] == 7
        states.clear()
        lost = web.get("/healthz")
        assert (lost.status_code, lost.json()["status"]) == (503, "unavailable")


def test_slack_events_reach_their_handler_whatever_the_host(tmp_path: Path) -> None:
    async def events(request: Request) -> Response:
        return PlainTextResponse((await request.body()).decode())

    with serving(tmp_path, slack=True, slack_events=events) as web:
        headers = {"Host": "proxy.example", "X-Forwarded-For": "10.0.0.1", "Origin": "https://x.y"}
        response = web.post("/slack/events", content=b"payload", headers=headers)
        assert (response.status_code, response.text) == (200, "payload")
        assert web.get("/slack/events").status_code == 405


def test_without_a_handler_there_are_no_slack_events(web: Web) -> None:
    assert web.post("/slack/events", content=b"payload").status_code == 404
