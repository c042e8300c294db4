"""Installing in several workspaces: a signed link, Slack's consent, a token for each place."""

import asyncio
import json
import logging
import socket
import time
from collections.abc import AsyncIterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest
import uvicorn
from aiohttp import BasicAuth, web
from backends import address
from guides import bureau
from slack_answers import ScriptedAnswers
from slack_rig import joined, posted
from slack_sdk.signature import SignatureVerifier
from slack_server import SlackServer
from typer.testing import CliRunner
from web_server import Clock

from bot.bridge import Bridge
from bot.cli import app as command_line
from bot.config import Settings
from bot.database import open_database
from bot.department import load as load_department
from bot.feedback import FeedbackStore
from bot.links import Links
from bot.slack.app import Stands, build_slack
from bot.slack.identity import CACHED_SECONDS
from bot.slack.ids import Counted, Scope
from bot.slack.installs import Installation, Installs
from bot.web.app import build_app

CORPUS = Path(__file__).resolve().parent.parent / "corpus"
SIGNING, CLIENT, SECRET = "signing-secret", "514.19", "client-secret"
KEY = "a secret of the tests, long enough to sign with"
OWN = "xoxb-own"
ALONE = {"slack_client_id": None, "slack_client_secret": None, "slack_bot_token": OWN}
QUESTION = "may I post a photo from the range"
Json = dict[str, object]


class Town:
    """What of Slack's Web API an installation meets: oauth.v2.access, auth.test, posting."""

    def __init__(self) -> None:
        own = {"team_id": "T0", "team": "Town", "user_id": "U0T0", "bot_id": "B0T0"}
        self.tests: dict[str, Json] = {OWN: dict[str, object](own)}
        self.codes: dict[str, Json] = {}
        self.errors: dict[str, str] = {}  # token -> what posting with it answers
        self.posted: list[str] = []  # the token of each message
        self.responded: list[Json] = []
        self.redirects: list[str] = []
        self.api_url = ""

    def installed(self, team: str, enterprise: str | None = None, *, org_wide: bool = False) -> str:
        """Return the code that Slack's page gives when somebody consents for a place."""
        place = enterprise if org_wide else team
        token, code = f"xoxb-{place}-{len(self.codes)}", f"code-{place}-{len(self.codes)}"
        bot = {"user_id": f"U0{place}", "bot_id": f"B0{place}"}
        self.tests[token] = {
            **{"team_id": enterprise if org_wide else team, "team": f"{team} Harbor"},
            **{"enterprise_id": enterprise, "is_enterprise_install": org_wide, **bot},
        }
        self.codes[code] = {
            **{"access_token": token, "token_type": "bot", "scope": ",".join(Scope)},
            **{"bot_user_id": bot["user_id"], "app_id": "A1", "is_enterprise_install": org_wide},
            "team": None if org_wide else {"id": team, "name": f"{team} <Harbor>"},
            "enterprise": {"id": enterprise, "name": f"{enterprise} County"}
            if enterprise
            else None,
        }
        return code

    async def api(self, request: web.Request) -> web.Response:
        given = {**request.query, **(await request.post())}
        authorization = request.headers.get("Authorization", "")
        token = authorization.removeprefix("Bearer ")
        method = request.match_info["method"]
        if method == "oauth.v2.access":
            return web.json_response(self._access(given, authorization))
        if token not in self.tests:
            return web.json_response({"ok": False, "error": "invalid_auth"})
        if method == "auth.test":
            return web.json_response({"ok": True, **self.tests[token]})
        if token in self.errors:
            return web.json_response({"ok": False, "error": self.errors[token]})
        if method.startswith("chat."):
            self.posted.append(token)
        return web.json_response({"ok": True, "ts": "1790000000.000100"})

    def _access(self, given: Mapping[str, object], authorization: str) -> Json:
        basic = BasicAuth.decode(authorization)
        if basic.login != CLIENT:
            return {"ok": False, "error": "invalid_client_id"}
        if basic.password != SECRET:
            return {"ok": False, "error": "bad_client_secret"}
        code = str(given.get("code"))
        self.redirects.append(str(given.get("redirect_uri")))
        if code not in self.codes:
            return {"ok": False, "error": code if code in ("bad_redirect_uri",) else "invalid_code"}
        return {"ok": True, **self.codes.pop(code)}

    async def respond(self, request: web.Request) -> web.Response:
        self.responded.append(await request.json())
        return web.Response(text="ok")


@asynccontextmanager
async def slack() -> AsyncIterator[Town]:
    town = Town()
    served = web.Application()
    served.router.add_route("*", "/api/{method}", town.api)
    served.router.add_post("/commands/x", town.respond)
    runner = web.AppRunner(served, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    town.api_url = f"http://127.0.0.1:{runner.addresses[0][1]}/api/"
    try:
        yield town
    finally:
        await runner.cleanup()


class Service:
    """The assistant as a department runs it: pages and signed HTTP, installed by OAuth."""

    def __init__(self, folder: Path, town: Town, **changes: str | None) -> None:
        self.town, self.clock = town, Clock()
        self.listening = socket.create_server(("127.0.0.1", 0))
        values: dict[str, object] = {
            **{"slack_client_id": CLIENT, "slack_client_secret": SECRET},
            **{"slack_signing_secret": SIGNING, "slack_api_url": town.api_url},
            **{"port": self.listening.getsockname()[1], "var_dir": folder, **changes},
        }
        self.settings = Settings(_env_file=None, **values)  # type: ignore[arg-type]
        self.links = Links(
            self.settings.address,
            KEY,
            sign_reading=not self.settings.loopback,
            clock=self.clock.seconds,
        )
        self.engine = open_database(address(folder / "installs.sqlite3"))
        self.installs = Installs(self.engine, CLIENT, self.clock.now)
        self.bridge = Bridge(threads=4)
        answers = ScriptedAnswers(links=self.links)
        requests = bureau(self.engine, answers.library, self.links, self.clock.now, folder)
        department = load_department(CORPUS)
        self.surface = build_slack(
            Stands(
                answers=answers,
                bureau=requests,
                feedback=FeedbackStore(self.engine, self.clock.now, KEY),
                links=self.links,
                engine=self.engine,
                clock=self.clock.now,
                settings=self.settings,
                department=department,
                bridge=self.bridge,
                installs=self.installs if self.settings.slack_client_id else None,
            )
        )
        self.app = build_app(
            answers=answers,
            bureau=requests,
            links=self.links,
            settings=self.settings,
            department=department,
            bridge=self.bridge,
            slack_events=self.surface.events,
            installer=self.surface.installer,
            clock=self.clock.now,
        )
        self.browser: httpx.AsyncClient

    async def follow(self, browser: httpx.AsyncClient | None = None) -> dict[str, str]:
        """Open a fresh installation link; return what Slack's page is asked for."""
        link = urlsplit(self.links.install())
        sent = await (browser or self.browser).get(f"{link.path}?{link.query}")
        assert sent.status_code == 302, sent.text
        return {k: v[0] for k, v in parse_qs(urlsplit(sent.headers["location"]).query).items()}

    async def back(self, browser: httpx.AsyncClient | None = None, **query: str) -> httpx.Response:
        """Come back from Slack's page."""
        return await (browser or self.browser).get(f"/slack/oauth_redirect?{urlencode(query)}")

    async def install(
        self, team: str, enterprise: str | None = None, *, org_wide: bool = False
    ) -> str:
        """Install as a person does; return the title of the last page."""
        asked = await self.follow()
        code = self.town.installed(team, enterprise, org_wide=org_wide)
        page = await self.back(code=code, state=asked["state"])
        assert page.status_code == 200, page.text
        return page.text

    async def hear(self, body: Json | str) -> httpx.Response:
        """Receive what Slack signs and posts."""
        sent = body if isinstance(body, str) else json.dumps(body)
        stamp = str(int(time.time()))
        signature = SignatureVerifier(SIGNING).generate_signature(timestamp=stamp, body=sent)
        form = isinstance(body, str)
        return await self.browser.post(
            "/slack/events",
            content=sent,
            headers={
                "X-Slack-Request-Timestamp": stamp,
                "X-Slack-Signature": signature or "",
                "Content-Type": "application/x-www-form-urlencoded" if form else "application/json",
            },
        )

    async def asked(self, team: str, **more: object) -> int:
        """Ask by direct message in a workspace; return how many messages Slack has then."""
        before = len(self.town.posted)
        response = await self.hear(event(team, **more))
        assert (response.status_code, response.text) == (200, "")
        for _ in range(200):
            if len(self.town.posted) > before or self.dropped:
                break
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.05)
        return len(self.town.posted) - before

    @property
    def dropped(self) -> int:
        return self.surface.counts[Counted.ELSEWHERE] + self.surface.counts[Counted.FAILED]


def event(
    team: str,
    kind: str = "message",
    enterprise: str | None = None,
    org_wide: bool = False,
    at: float | None = None,
    **inner: object,
) -> Json:
    number = f"{time.time():.6f}"
    message: Json = {"type": kind, **inner}
    if kind == "message":
        message |= {"channel": "D1", "channel_type": "im", "user": "U1", "ts": number}
        message |= {"text": QUESTION}
    place = {"enterprise_id": enterprise, "team_id": team, "is_enterprise_install": org_wide}
    return {
        **{"type": "event_callback", "event_id": f"Ev{number}", "event": message},
        **{"event_time": int(at or time.time()), "team_id": team, "enterprise_id": enterprise},
        "authorizations": [{**place, "user_id": "U0", "is_bot": True}],
    }


@asynccontextmanager
async def serving(folder: Path, **changes: str | None) -> AsyncIterator[Service]:
    async with slack() as town:
        service = Service(folder, town, **changes)
        await service.surface.start()
        config = uvicorn.Config(service.app, log_level="error", access_log=False, lifespan="off")
        server = uvicorn.Server(config)
        task = asyncio.create_task(server.serve(sockets=[service.listening]))
        while not server.started:
            await asyncio.sleep(0.005)
        url = f"http://127.0.0.1:{service.settings.port}"
        try:
            async with httpx.AsyncClient(base_url=url, trust_env=False) as service.browser:
                yield service
        finally:
            server.should_exit = True
            await task
            await service.surface.stop()
            service.bridge.close()
            service.engine.dispose()


async def test_a_signed_link_leads_to_slack_s_page_and_back_to_a_workspace_that_is_answered(
    tmp_path: Path,
) -> None:
    async with serving(tmp_path) as service:
        link = urlsplit(service.links.install())
        sent = await service.browser.get(f"{link.path}?{link.query}")
        page = sent.headers["location"]
        assert page.startswith(service.town.api_url.removesuffix("api/") + "oauth/v2/authorize?")
        asked = {name: value[0] for name, value in parse_qs(urlsplit(page).query).items()}
        redirect = f"{service.settings.address}/slack/oauth_redirect"
        assert (asked["client_id"], asked["redirect_uri"]) == (CLIENT, redirect)
        assert asked["scope"].split(",") == sorted(Scope)
        cookie = sent.headers["set-cookie"]
        assert "HttpOnly" in cookie and "SameSite=lax" in cookie and "Max-Age=600" in cookie
        assert "Path=/slack/oauth_redirect" in cookie and "Secure" not in cookie

        code = service.town.installed("T1")
        back = await service.back(code=code, state=asked["state"])
        assert back.status_code == 200 and "Installed in T1 &lt;Harbor&gt;" in back.text
        assert service.town.redirects == [redirect]
        assert code not in back.text and "xoxb" not in back.text
        assert await service.asked("T1") == 1
        assert service.town.posted == ["xoxb-T1-0"]


async def test_slack_s_own_page_is_derived_from_the_address_of_its_api(tmp_path: Path) -> None:
    async with serving(tmp_path, base_url="https://policy.test/bot") as service:
        service.browser.headers["Host"] = "policy.test"
        link = urlsplit(service.links.install())
        sent = await service.browser.get(f"/slack/install?{link.query}")
        assert "Path=/bot/slack/oauth_redirect" in sent.headers["set-cookie"]
        assert "Secure" in sent.headers["set-cookie"]
    async with serving(tmp_path, slack_api_url="https://slack.com/api/") as service:
        link = urlsplit(service.links.install())
        sent = await service.browser.get(f"/slack/install?{link.query}")
        assert sent.headers["location"].startswith("https://slack.com/oauth/v2/authorize?")


async def test_each_workspace_and_an_organisation_are_answered_with_their_own_token(
    tmp_path: Path,
) -> None:
    async with serving(tmp_path) as service:
        await service.install("T1")
        await service.install("T2", "E1")
        page = await service.install("T3", "E2", org_wide=True)
        assert "Installed in E2 County" in page
        assert await service.asked("T1") == 1
        assert await service.asked("T2", enterprise="E1") == 1
        assert await service.asked("T3", enterprise="E2", org_wide=True) == 1
        assert await service.asked("T4", enterprise="E2") == 1, "a workspace of the organisation"
        assert [token[5:7] for token in service.town.posted] == ["T1", "T2", "E2", "E2"]
        assert service.dropped == 0


async def test_installing_again_replaces_the_token(tmp_path: Path) -> None:
    async with serving(tmp_path) as service:
        await service.install("T1")
        service.town.codes.clear()
        service.town.codes["keep"] = {}
        await service.install("T1")
        assert await service.asked("T1") == 1
        assert service.town.posted == ["xoxb-T1-1"]


async def test_what_comes_from_a_workspace_that_never_installed_is_acknowledged_and_counted(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with serving(tmp_path) as service:
        await service.install("T1")
        assert await service.asked("T9") == 0
        command = {
            **{"command": "/policy", "text": QUESTION, "team_id": "T9", "user_id": "U1"},
            **{"trigger_id": "1.2", "response_url": f"{service.town.api_url}../commands/x"},
        }
        response = await service.hear(urlencode(command))
        assert (response.status_code, response.text) == (200, "")
        assert service.surface.counts[Counted.ELSEWHERE] == 2
        await asyncio.sleep(0.05)
        assert (service.town.posted, service.town.responded) == ([], [])
    assert caplog.records == []


async def test_the_same_holds_over_a_socket(tmp_path: Path) -> None:
    async with SlackServer() as server, joined(server, tmp_path) as rig:
        elsewhere = server.message_im(QUESTION)
        elsewhere["team_id"] = elsewhere["authorizations"][0]["team_id"] = "T9"
        delivery = await rig.give(elsewhere)
        await server.settle()
        assert delivery.acknowledged and not posted(server) and not rig.answers.asked
        assert rig.surface.counts[Counted.ELSEWHERE] == 1


async def test_an_address_check_needs_no_installation(tmp_path: Path) -> None:
    async with serving(tmp_path) as service:
        response = await service.hear({"type": "url_verification", "challenge": "c-514"})
        assert response.status_code == 200 and "c-514" in response.text


async def test_a_bot_token_alone_answers_in_its_own_workspace_and_in_no_other(
    tmp_path: Path,
) -> None:
    async with serving(tmp_path, **ALONE) as service:
        assert await service.asked("T0") == 1
        assert await service.asked("T1") == 0
        assert service.town.posted == [OWN]
        assert service.surface.counts[Counted.ELSEWHERE] == 1


async def test_a_bot_token_serves_beside_what_was_installed(tmp_path: Path) -> None:
    async with serving(tmp_path, slack_bot_token=OWN) as service:
        await service.install("T1")
        assert await service.asked("T0") == 1
        assert await service.asked("T1") == 1
        assert await service.asked("T2") == 0
        assert service.town.posted == [OWN, "xoxb-T1-0"]


async def test_a_state_is_good_once_in_one_browser_for_ten_minutes(tmp_path: Path) -> None:
    async with serving(tmp_path) as service:
        state = (await service.follow())["state"]
        code = service.town.installed("T1")
        async with httpx.AsyncClient(base_url=service.browser.base_url, trust_env=False) as other:
            for stranger in (other, other):
                page = await service.back(stranger, code=code, state=state)
                assert page.status_code == 400 and "not begun in this browser" in page.text
                await service.follow(other)
        assert (await service.back(code=code, state=state + "x")).status_code == 400
        assert (await service.back(code=code, state="")).status_code == 400
        cookie = dict(service.browser.cookies)
        assert (await service.back(code=code, state=state)).status_code == 200
        service.browser.cookies.update(cookie)
        again = service.town.installed("T1")
        assert (await service.back(code=again, state=state)).status_code == 400
        late = (await service.follow())["state"]
        service.clock.ahead = 601
        page = await service.back(code=again, state=late)
        assert page.status_code == 400 and "ten minutes" in page.text
        assert again in service.town.codes, "a code without its state is never exchanged"


def test_of_many_who_use_a_state_at_once_one_is_let_through(database_url: str) -> None:
    engine = open_database(database_url)
    installs = Installs(engine, CLIENT, lambda: datetime.now(UTC))
    state, browser = installs.begin()
    with ThreadPoolExecutor(8) as pool:
        used = list(pool.map(lambda _: installs.finish(state, browser), range(16)))
    assert sorted(used) == [False] * 15 + [True]
    engine.dispose()


@pytest.mark.parametrize(
    ("code", "changes", "said"),
    [
        ("invalid", {}, "does not know the code"),
        ("bad_redirect_uri", {}, "/slack/oauth_redirect. Add it to the app"),
        ("T1", {"slack_client_id": "1.2"}, "SLACK_CLIENT_ID with SLACK_CLIENT_SECRET"),
        ("T1", {"slack_client_secret": "wrong"}, "SLACK_CLIENT_ID with SLACK_CLIENT_SECRET"),
        ("", {}, "was not given consent"),
        ("T1", {"slack_api_url": "http://127.0.0.1:9/api/"}, "could not be reached"),
    ],
)
async def test_every_failure_is_a_plain_page_that_says_what_to_do(
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    code: str,
    changes: dict[str, str],
    said: str,
) -> None:
    caplog.set_level(logging.DEBUG, "bot")
    async with serving(tmp_path, **changes) as service:
        given = service.town.installed("T1") if code == "T1" else code
        state = (await service.follow())["state"]
        page = await service.back(state=state, **({"code": given} if given else {}))
        assert page.status_code == 400
        assert "Not installed" in page.text and said in page.text.replace("&#39;", "'")
        assert service.installs.find(["T1"]) is None
        for secret in (given, state, SECRET, "xoxb-"):
            assert not secret or secret in said or secret not in page.text + caplog.text


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"refresh_token": "xoxe-1"}, "Token rotation"),
        ({"token_type": "user"}, "no token for a bot"),
        ({"access_token": None}, "no token for a bot"),
        ({"scope": "chat:write"}, "every permission"),
        ({"access_token": "xoxb-nobody"}, "invalid_auth"),
    ],
)
async def test_a_token_that_cannot_serve_is_not_kept(
    tmp_path: Path, change: Json, said: str
) -> None:
    async with serving(tmp_path) as service:
        state = (await service.follow())["state"]
        code = service.town.installed("T1")
        service.town.codes[code] |= change
        page = await service.back(state=state, code=code)
        assert page.status_code == 400 and said in page.text
        assert service.installs.find(["T1"]) is None


@pytest.mark.parametrize("base_url", [None, "https://policy.test"])
async def test_without_a_genuine_fresh_link_nothing_is_begun(
    tmp_path: Path, base_url: str | None
) -> None:
    async with serving(tmp_path, base_url=base_url) as service:
        if base_url:
            service.browser.headers["Host"] = "policy.test"
        assert (await service.browser.get("/slack/install")).status_code == (
            404 if base_url else 400
        )
        forged = await service.browser.get("/slack/install?key=forged")
        assert forged.status_code == 400 and "not genuine" in forged.text
        reading = parse_qs(urlsplit(service.links.install()).query)["key"][0]
        service.clock.ahead = 3_601
        late = await service.browser.get("/slack/install", params={"key": reading})
        assert late.status_code == 410 and "policybot slack install-link" in late.text
        assert not [r for r in (forged, late) if "set-cookie" in r.headers]
        assert (await service.browser.get("/slack/oauth_redirect")).status_code == (
            404 if base_url else 400
        )


def test_another_signed_link_does_not_install() -> None:
    links = Links("https://policy.test", KEY, sign_reading=True, clock=time.time)
    key = parse_qs(urlsplit(links.clause("5.14", "IV.A.1")).query)["key"][0]
    with pytest.raises(Exception, match="not genuine"):
        links.open_install(key)


async def test_without_a_client_id_there_is_nothing_to_install(tmp_path: Path) -> None:
    async with serving(tmp_path, **ALONE) as service:
        link = urlsplit(service.links.install())
        for path in (f"{link.path}?{link.query}", "/slack/oauth_redirect?state=x&code=y"):
            assert (await service.browser.get(path)).status_code == 404


@pytest.mark.parametrize(
    ("kind", "inner", "gone"),
    [
        ("app_uninstalled", {}, True),
        ("tokens_revoked", {"tokens": {"oauth": [], "bot": ["U0T1"]}}, True),
        ("tokens_revoked", {"tokens": {"oauth": ["U1"]}}, False),
    ],
)
async def test_an_installation_that_was_taken_back_is_forgotten(
    tmp_path: Path, kind: str, inner: Json, gone: bool
) -> None:
    async with serving(tmp_path) as service:
        await service.install("T1")
        await service.install("T2")
        assert await service.asked("T1") == 1
        for _ in range(2):
            assert (await service.hear(event("T1", kind, **inner))).status_code == 200
        await asyncio.sleep(0.1)
        assert (service.installs.find(["T1"]) is None) is gone
        assert await service.asked("T2") == 1
        assert await service.asked("T1") == (0 if gone else 1)
        assert service.surface.counts[Counted.FAILED] == 0


async def test_word_of_an_old_removal_leaves_a_newer_installation(tmp_path: Path) -> None:
    async with serving(tmp_path) as service:
        await service.install("T1")
        await service.hear(event("T1", "app_uninstalled", at=time.time() - 60))
        await asyncio.sleep(0.1)
        assert await service.asked("T1") == 1


@pytest.mark.parametrize("error", ["token_revoked", "account_inactive", "invalid_auth"])
async def test_a_token_found_revoked_is_counted_and_looked_up_anew(
    tmp_path: Path, error: str
) -> None:
    async with serving(tmp_path) as service:
        await service.install("T1")
        assert await service.asked("T1") == 1
        service.town.errors["xoxb-T1-0"] = error
        assert await service.asked("T1") == 0
        assert service.surface.counts[Counted.REVOKED] >= 1
        service.town.tests["xoxb-new"] = service.town.tests["xoxb-T1-0"]
        service.installs.keep(
            Installation(place="T1", name="T1", bot_token="xoxb-new", bot_user="U")
        )
        service.surface.counts.clear()
        assert await service.asked("T1") == 1, "another process kept a new token"
        assert service.town.posted[-1] == "xoxb-new"
        assert service.surface.counts[Counted.REVOKED] == 0


async def test_a_removal_by_another_process_is_known_within_a_minute(tmp_path: Path) -> None:
    async with serving(tmp_path) as service:
        await service.install("T1")
        identity, now = service.surface._identity, 0.0
        identity._clock = lambda: now
        assert await identity.find("T1", None, False)
        service.installs.remove("T1", datetime.now(UTC) + timedelta(seconds=5))
        assert await identity.find("T1", None, False)
        now = CACHED_SECONDS
        assert await identity.find("T1", None, False) is None


def test_apps_that_share_a_database_share_no_tokens(database_url: str) -> None:
    engine = open_database(database_url)
    one, other = (Installs(engine, c, lambda: datetime.now(UTC)) for c in ("1.1", "2.2"))
    made = Installation(place="T1", name="Town", bot_token="xoxb-hunter2", bot_user="U0")
    one.keep(made)
    assert (one.find(["T1"]), other.find(["T1"])) == (made, None)
    assert not other.remove("T1", datetime.now(UTC))
    assert "hunter2" not in repr(made)
    one.keep(made.model_copy(update={"name": "Town " * 100}))
    found = one.find(["T1"])
    assert found is not None and found.name == ("Town " * 100)[:200]
    engine.dispose()


async def test_the_same_settings_in_the_environment_do_not_start_bolt_s_own_installing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    for name, value in {"CLIENT_ID": CLIENT, "CLIENT_SECRET": SECRET}.items():
        monkeypatch.setenv(f"SLACK_{name}", value)
    monkeypatch.setenv("HOME", str(home))
    async with serving(tmp_path) as service:
        await service.install("T1")
        assert await service.asked("T1") == 1
        assert await service.asked("T9") == 0
    assert list(home.iterdir()) == []


def test_the_command_prints_a_link_or_says_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VAR_DIR", str(tmp_path))
    monkeypatch.setenv("SECRET_KEY", KEY)
    refused = CliRunner().invoke(command_line, ["slack", "install-link"])
    assert refused.exit_code == 1 and "SLACK_CLIENT_ID" in str(refused.exception)
    for name in ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "SLACK_SIGNING_SECRET"):
        monkeypatch.setenv(name, "1.2")
    monkeypatch.setenv("BASE_URL", "https://policy.test")
    printed = CliRunner().invoke(command_line, ["slack", "install-link"]).stdout
    assert printed.startswith("https://policy.test/slack/install?key=")
    key = parse_qs(urlsplit(printed.strip()).query)["key"][0]
    Links("https://policy.test", KEY, sign_reading=True, clock=time.time).open_install(key)
