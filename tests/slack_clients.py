"""Clients without manners for the stand-in's own tests; the smallest blocks and views there are."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from aiohttp import web
from slack_protocol import Payload
from slack_server import SlackServer


async def call(
    slack: SlackServer, method: str, *, token: str | None = None, **arguments: object
) -> Payload:
    """Calls a method with a JSON body, as a client without any manners of its own."""
    headers = {"Authorization": f"Bearer {slack.bot_token if token is None else token}"}
    headers = headers if token != "" else {}
    async with aiohttp.ClientSession() as session:
        async with session.post(slack.api_url + method, json=arguments, headers=headers) as answer:
            assert answer.status == 200
            body: Payload = await answer.json()
            return body


async def read(slack: SlackServer, method: str, **arguments: str) -> Payload:
    """Calls a method with a form, for the methods that read no JSON body."""
    headers = {"Authorization": f"Bearer {slack.bot_token}"}
    async with aiohttp.ClientSession() as session:
        async with session.post(slack.api_url + method, data=arguments, headers=headers) as answer:
            body: Payload = await answer.json()
            return body


async def post_url(url: str, body: object) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session:
        data = body if isinstance(body, str) else json.dumps(body)
        async with session.post(url, data=data) as answer:
            return answer.status, (await answer.json()).get("error", "")


def section(text: str = "words", **more: object) -> Payload:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def button(**more: object) -> Payload:
    label = {"type": "plain_text", "text": "Ask"}
    return {"type": "button", "action_id": "ask", "text": label, **more}


def actions(*elements: object) -> Payload:
    return {"type": "actions", "elements": list(elements)}


def feedback(**more: object) -> Payload:
    sides = {
        f"{side}_button": {"text": {"type": "plain_text", "text": word}, "value": word}
        for side, word in (("positive", "right"), ("negative", "wrong"))
    }
    return {"type": "feedback_buttons", "action_id": "right", **sides, **more}


def modal(**more: object) -> Payload:
    title = {"type": "plain_text", "text": "A request"}
    return {"type": "modal", "title": title, "blocks": [section()], **more}


def form(**more: object) -> Payload:
    element = {"type": "plain_text_input", "action_id": "why", "max_length": 20, **more}
    label = {"type": "plain_text", "text": "Why"}
    block = {"type": "input", "block_id": "why", "label": label, "element": element}
    return modal(submit={"type": "plain_text", "text": "Send"}, blocks=[block])


@asynccontextmanager
async def plugged(slack: SlackServer) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    """Opens a socket that answers nothing by itself."""
    url = (await call(slack, "apps.connections.open", token=slack.app_token))["url"]
    async with aiohttp.ClientSession() as session, session.ws_connect(url) as ws:
        hello = await ws.receive_json()
        assert hello["type"] == "hello"
        assert hello["connection_info"] == {"app_id": slack.app_id}
        yield ws


@asynccontextmanager
async def served(app: web.Application) -> AsyncIterator[str]:
    """Yields the address where `app` answers /slack/events."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    finally:
        await runner.cleanup()
