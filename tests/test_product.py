"""The whole product as a process of its own: pages served, Slack joined, stopped by Ctrl-C."""

import asyncio
import os
import re
import socket
import sys
from pathlib import Path

import httpx
import pytest
from service import ROOT, SERVE, environment, free_port, serving
from slack_protocol import OFFICER, PATROL, Message, Payload
from slack_rig import HTTP, SOCKET, TRANSPORTS, wait_posted
from slack_server import SlackServer

from bot.config import Settings
from bot.roster.reading import sample

# (what is asked, what the answer must show, whether a request may be started)
ASKED = (
    ("is it ok to put up a pic from range day", ("Needs permission", "IV.E.19", "II¶1"), True),
    ("how long is the lunch break on a double shift", ("Not covered",), False),
    ("pull up E.16 of 5.14", ("IV.E.16", "without approval as indicated in this policy"), False),
)


async def tell(slack: SlackServer, address: str, transport: str, payload: Payload) -> None:
    if transport == HTTP:
        delivery = await slack.deliver_http(f"{address}/slack/events", payload)
    else:
        delivery = await slack.deliver(payload)
    assert delivery.acknowledged, delivery.failure


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_slack_gets_exactly_one_right_answer_to_each_way_of_asking(
    transport: str, settings: Settings
) -> None:
    async with SlackServer() as slack:
        tokens = {"SLACK_BOT_TOKEN": slack.bot_token, "SLACK_API_URL": slack.api_url}
        if transport == SOCKET:
            tokens["SLACK_APP_TOKEN"] = slack.app_token
        else:
            tokens["SLACK_SIGNING_SECRET"] = slack.signing_secret
        async with serving(settings, **tokens) as served:
            address = served.address
            if transport == SOCKET:
                await slack.wait_for_connections(1)
            answers = 0
            for question, shown, offered in ASKED:
                mention, twin = slack.mention(question)
                asked = (
                    mention,
                    slack.message_im(question),
                    slack.slash_command("/policy", question),
                )
                for payload in asked:
                    await tell(slack, address, transport, payload)
                    if payload is mention:
                        await tell(slack, address, transport, twin)
                        await tell(slack, address, transport, mention)
                    answers += 1
                    message = (await wait_posted(slack, answers))[-1]
                    check(message, shown, offered)
            assert slack.violations == []
            async with httpx.AsyncClient() as client:
                page = await client.post(f"{address}/", data={"question": "anyone there?"})
            assert page.status_code == 403


def check(message: Message, shown: tuple[str, ...], offered: bool) -> None:
    assert all(words in message.words for words in shown), message.words
    assert ("Start a request" in message.words) is offered
    if message.ephemeral:
        assert (message.channel, message.ephemeral) == (PATROL, OFFICER)


async def test_the_console_answers_and_its_links_open_and_it_demonstrates_leaving_nothing(
    settings: Settings, tmp_path: Path
) -> None:
    async with (
        serving(settings, TMPDIR=str(tmp_path)) as served,
        httpx.AsyncClient(base_url=served.address) as client,
    ):
        health = (await client.get("/healthz")).json()
        assert health["status"] == "ok"
        page = await client.post("/", data={"question": ASKED[0][0]})
        assert "Needs permission" in page.text
        for path in set(
            re.findall(r'href="[^"]*?(/directives/5\.14\?[^"]+|/requests/new\?[^"]+)"', page.text)
        ):
            opened = await client.get(path.replace("&amp;", "&"))
            assert opened.status_code == 200, path
        officer = next(one for one in sample().people if one.rank == "Officer")
        await client.post("/demonstration", data={"person": officer.id})
        page = await client.post("/", data={"question": ASKED[0][0]})
        form = re.search(r'href="[^"]*?(/requests/new\?[^"]+)"', page.text)
        assert form is not None and "nobody is asked" in page.text
        opened = await client.get(form[1].replace("&amp;", "&"))
        assert f"Asked by: <strong>Officer {officer.name}</strong>" in opened.text
        assert [path.name for path in tmp_path.rglob("*.sqlite3")] == ["demonstration.sqlite3"]
    assert [*tmp_path.iterdir()] == []


async def test_it_is_installed_by_a_link_and_watched_with_secrets_from_files(
    small_settings: Settings, tmp_path: Path
) -> None:
    async with SlackServer() as slack:
        held = {"SLACK_CLIENT_SECRET": "s3", "SLACK_SIGNING_SECRET": slack.signing_secret}
        held["SECRET_KEY"] = "a key of the tests that is long enough"
        for name, secret in held.items():
            (tmp_path / name).write_text(f"{secret}\n", encoding="utf-8")
        given = {f"{name}_FILE": str(tmp_path / name) for name in held}
        given |= {"SLACK_CLIENT_ID": "514.19", "SLACK_API_URL": slack.api_url}
        async with serving(small_settings, **given) as served:
            address = served.address
            command = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "bot", "slack", "install-link"),
                cwd=tmp_path,
                env={**os.environ, "PYTHONPATH": str(ROOT), "BASE_URL": address, **given},
                stdout=asyncio.subprocess.PIPE,
            )
            link = (await command.communicate())[0].decode().strip()
            async with httpx.AsyncClient() as client:
                sent = await client.get(link)
                health = (await client.get(f"{address}/healthz")).json()
                metrics = (await client.get(f"{address}/metrics")).text
    page = slack.api_url.removesuffix("api/") + "oauth/v2/authorize?client_id=514.19&"
    assert sent.status_code == 302 and sent.headers["location"].startswith(page)
    slack_part = {"mode": "http", "connected": True, "seconds_since_frame": None}
    assert (health["status"], health["slack"]) == ("ok", slack_part)
    assert 'policybot_slack_total{what="elsewhere"} 0.0' in metrics


async def test_a_port_in_use_is_one_clear_line(small_settings: Settings) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        process = await asyncio.create_subprocess_exec(
            *SERVE,
            env=environment(small_settings, PORT=str(port)),
            cwd=small_settings.var_dir,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        _, errors = await process.communicate()
    assert process.returncode == 1
    said = errors.decode().strip()
    assert said.count("\n") == 0 and said.startswith("PORT:") and str(port) in said


async def test_a_token_that_slack_refuses_is_one_clear_line(small_settings: Settings) -> None:
    async with SlackServer() as slack:
        given = {
            "PORT": str(free_port()),
            "SLACK_BOT_TOKEN": "xoxb-wrong",
            "SLACK_APP_TOKEN": slack.app_token,
            "SLACK_API_URL": slack.api_url,
        }
        process = await asyncio.create_subprocess_exec(
            *SERVE,
            env=environment(small_settings, **given),
            cwd=small_settings.var_dir,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        async with asyncio.timeout(240):
            _, errors = await process.communicate()
    said = errors.decode().strip()
    assert process.returncode == 1, said
    assert said.count("\n") == 0 and "SLACK_BOT_TOKEN" in said and "xoxb-wrong" not in said
