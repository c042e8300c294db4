"""The stand-in's tokens, scopes, workspaces and OAuth, by clients that get them wrong."""

from collections.abc import AsyncIterator
from urllib.parse import parse_qs, urlencode, urlsplit

import aiohttp
import pytest
from slack_clients import call, form, read, section
from slack_protocol import (
    ALL_SCOPES,
    ARGUMENTS,
    CHIEF,
    COMMAND,
    OFFICER,
    PARTNER,
    PATROL,
    SCOPES,
    TEAM,
    Payload,
)
from slack_sdk.web.async_client import AsyncWebClient
from slack_server import SlackServer

HARBOR, GRID, BACK = "T0HARBOR", "E0CITY", "https://policy.example/slack/oauth_redirect"


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    async with SlackServer() as server:
        yield server


def harbor(slack: SlackServer, enterprise: str | None = None) -> None:
    """Adds a second workspace with one person and one channel, without the app."""
    slack.add_team(HARBOR, "harbor", enterprise=enterprise)
    slack.add_user("U0DIVER", "diver", team=HARBOR)
    slack.add_channel("C0DOCK", "dock", {"U0DIVER"}, team=HARBOR)


# Scopes


def test_every_method_says_what_it_takes_and_needs() -> None:
    assert ARGUMENTS.keys() == SCOPES.keys()


@pytest.mark.parametrize(
    ("scope", "method", "arguments", "needed"),
    [
        ("chat:write", "chat.postMessage", {"channel": PATROL, "text": "a"}, "chat:write"),
        ("users:read", "users.info", {"user": OFFICER}, "users:read"),
        ("groups:history", "conversations.history", {"channel": COMMAND}, "groups:history"),
        ("im:history", "conversations.history", {"channel": "D0OFFICER"}, "im:history"),
        ("channels:read", "conversations.info", {"channel": PATROL}, "channels:read"),
        ("im:write", "conversations.open", {"users": CHIEF}, "im:write"),
        ("mpim:write", "conversations.open", {"users": f"{CHIEF},{OFFICER}"}, "mpim:write"),
        (
            "assistant:write",
            "assistant.threads.setTitle",
            {"channel_id": "D0OFFICER", "thread_ts": "1.1", "title": "a"},
            "assistant:write",
        ),
    ],
)
async def test_a_method_without_its_scope_is_refused(
    slack: SlackServer, scope: str, method: str, arguments: dict[str, str], needed: str
) -> None:
    slack.scopes.discard(scope)
    answer = await read(slack, method, **arguments)
    assert (answer["error"], answer["needed"]) == ("missing_scope", needed)
    assert answer["provided"] == ",".join(sorted(slack.scopes))


async def test_the_header_tells_what_was_granted() -> None:
    async with SlackServer(scopes={"chat:write", "im:history"}) as slack:
        for token, held in ((slack.bot_token, "chat:write,im:history"), ("xoxb-no", None)):
            headers = {"Authorization": f"Bearer {token}"}
            async with aiohttp.ClientSession(headers=headers) as session:
                async with session.post(slack.api_url + "users.info") as answer:
                    assert answer.headers.get("x-oauth-scopes") == held
                    if held:
                        assert answer.headers["x-accepted-oauth-scopes"] == "users:read"


# Tokens that end


async def test_a_revoked_token_is_refused_and_told_of(slack: SlackServer) -> None:
    event = slack.revoke()
    answer = await call(slack, "chat.postMessage", channel=PATROL, text="a")
    assert answer["error"] == "token_revoked"
    assert event["event"] == {
        "type": "tokens_revoked",
        "tokens": {"oauth": [], "bot": [slack.bot_user_id]},
    }
    assert event["team_id"] == TEAM and "authorizations" not in event


async def test_an_app_can_give_its_own_token_up(slack: SlackServer) -> None:
    assert (await call(slack, "auth.revoke", test="true")) == {"ok": True, "revoked": False}
    assert (await call(slack, "auth.revoke"))["revoked"]
    assert (await call(slack, "auth.test"))["error"] == "token_revoked"


async def test_an_uninstalled_app_has_no_account(slack: SlackServer) -> None:
    events = slack.uninstall()
    assert [e["event"]["type"] for e in events] == ["tokens_revoked", "app_uninstalled"]
    assert (await call(slack, "auth.test"))["error"] == "account_inactive"
    assert slack.installation() is None
    again = slack.install(TEAM)
    assert again.token != slack.bot_token and again.bot_user == slack.bot_user_id
    assert (await call(slack, "auth.test", token=again.token))["user_id"] == slack.bot_user_id


# Several workspaces


async def test_a_token_reaches_its_own_workspace_only(slack: SlackServer) -> None:
    harbor(slack)
    there = slack.install(HARBOR)
    slack.channels["C0DOCK"].members.add(there.bot_user)
    client = AsyncWebClient(token=there.token, base_url=slack.api_url)
    assert (await client.auth_test())["team_id"] == HARBOR
    assert (await client.users_info(user="U0DIVER"))["user"]["team_id"] == HARBOR
    posted = await client.chat_postMessage(channel="C0DOCK", text="a")
    assert (posted["message"]["team"], posted["message"]["user"]) == (HARBOR, there.bot_user)
    await client.chat_postMessage(channel="U0DIVER", text="a")
    refused: list[tuple[str, Payload, str]] = [
        ("chat.postMessage", {"channel": PATROL, "text": "a"}, "channel_not_found"),
        ("chat.postMessage", {"channel": OFFICER, "text": "a"}, "channel_not_found"),
        ("conversations.open", {"users": OFFICER}, "user_not_found"),
        (
            "views.publish",
            {"user_id": OFFICER, "view": {"type": "home", "blocks": []}},
            "invalid_arguments",
        ),
        (
            "views.open",
            {"trigger_id": slack.shortcut("ask")["trigger_id"], "view": form()},
            "invalid_trigger_id",
        ),
        (
            "chat.update",
            {"channel": "C0DOCK", "ts": posted["ts"], "text": "x" * 4001},
            "msg_too_long",
        ),
    ]
    for method, arguments, error in refused:
        assert (await call(slack, method, token=there.token, **arguments))["error"] == error
    answer = await call(slack, "chat.postMessage", channel="C0DOCK", text="a")
    assert answer["error"] == "channel_not_found"
    slack.revoke(there)
    assert (await call(slack, "auth.test"))["ok"]
    assert [c.team for c in slack.calls][-1] == TEAM


def test_events_name_the_workspace_they_come_from() -> None:
    slack = SlackServer()
    harbor(slack)
    there = slack.install(HARBOR)
    slack.channels["C0DOCK"].members.add(there.bot_user)
    heard, said = slack.mention("may I?", user="U0DIVER", channel="C0DOCK")
    for event in (heard, said, slack.message_im("may I?", user="U0DIVER")):
        assert (event["team_id"], event["event"]["team"]) == (HARBOR, HARBOR)
        assert event["authorizations"][0]["user_id"] == there.bot_user
    assert heard["event"]["text"].startswith(f"<@{there.bot_user}>")
    assert slack.slash_command("/policy", user="U0DIVER", channel="C0DOCK")["team_id"] == HARBOR
    assert slack.app_home_opened(user="U0DIVER")["team_id"] == HARBOR
    assert slack.shortcut("ask", user="U0DIVER")["team"] == {"id": HARBOR, "domain": "harbor"}


def test_a_workspace_that_never_installed_can_be_made_up() -> None:
    slack = SlackServer()
    event = slack.stranger(slack.message_im("may I?"))
    assert (event["team_id"], event["event"]["team"]) == ("T0STRANGER", "T0STRANGER")
    assert event["authorizations"][0]["team_id"] == "T0STRANGER"
    click = slack.stranger(slack.shortcut("ask"), "T0OTHER", "E0OTHER")
    assert (click["team"]["id"], click["user"]["team_id"]) == ("T0OTHER", "T0OTHER")
    assert click["enterprise"]["id"] == "E0OTHER"
    command = slack.stranger(slack.slash_command("/policy"))
    assert command["team_id"] == "T0STRANGER" and command["user_id"] == OFFICER


# Enterprise Grid


async def test_one_installation_serves_an_organisation(slack: SlackServer) -> None:
    harbor(slack, GRID)
    slack.add_team("T0AIRPORT", "airport", enterprise=GRID)
    slack.add_user("U0PILOT", "pilot", team="T0AIRPORT")
    widely = slack.install_organisation(GRID)
    who = await call(slack, "auth.test", token=widely.token)
    assert (who["is_enterprise_install"], who["enterprise_id"]) == (True, GRID)
    for user, team in (("U0DIVER", HARBOR), ("U0PILOT", "T0AIRPORT")):
        event = slack.message_im("may I?", user=user)
        assert (event["team_id"], event["enterprise_id"]) == (team, GRID)
        allowed = event["authorizations"][0]
        assert (allowed["is_enterprise_install"], allowed["enterprise_id"]) == (True, GRID)
        click = slack.shortcut("ask", user=user)
        assert click["is_enterprise_install"] and click["enterprise"]["id"] == GRID
        typed = slack.slash_command("/policy", user=user, channel=slack.im(user))
        assert (typed["is_enterprise_install"], typed["enterprise_id"]) == ("true", GRID)
        answer = await call(
            slack, "chat.postMessage", token=widely.token, channel=slack.im(user), text="a"
        )
        assert answer["message"]["team"] == team
    answer = await call(slack, "chat.postMessage", token=widely.token, channel=PATROL, text="a")
    assert answer["error"] == "channel_not_found"
    _, gone = slack.uninstall(widely)
    assert (gone["team_id"], gone["enterprise_id"]) == (None, GRID)


# OAuth


def exchange(slack: SlackServer, **changes: str) -> dict[str, str]:
    given = {"client_id": slack.client_id, "client_secret": slack.client_secret}
    return {**given, "redirect_uri": BACK, **changes}


async def test_a_code_becomes_a_token_once(slack: SlackServer) -> None:
    harbor(slack)
    code = slack.authorize("s", BACK, team=HARBOR, user="U0DIVER", scopes={"chat:write"})
    client = AsyncWebClient(base_url=slack.api_url)
    given = exchange(slack)
    answer = await client.oauth_v2_access(code=code, **given)
    assert (answer["team"]["id"], answer["authed_user"]["id"]) == (HARBOR, "U0DIVER")
    assert (answer["scope"], answer["is_enterprise_install"]) == ("chat:write", False)
    test = await call(slack, "auth.test", token=answer["access_token"])
    assert (test["team_id"], test["user_id"]) == (HARBOR, answer["bot_user_id"])
    again = await read(slack, "oauth.v2.access", code=code, **given)
    assert again["error"] == "code_already_used"
    assert slack.violations == []


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"client_id": "1.1"}, "invalid_client_id"),
        ({"client_secret": "guessed"}, "bad_client_secret"),
        ({"code": "made-up"}, "invalid_code"),
        ({"redirect_uri": "https://elsewhere.example/"}, "bad_redirect_uri"),
        ({"grant_type": "password"}, "invalid_grant_type"),
    ],
)
async def test_a_wrong_exchange_is_refused(
    slack: SlackServer, changes: dict[str, str], error: str
) -> None:
    code = slack.authorize("s", BACK)
    given = {"code": code, **exchange(slack, **changes)}
    assert (await read(slack, "oauth.v2.access", **given))["error"] == error
    assert len(slack.installations) == 1
    right = exchange(slack)
    assert (await read(slack, "oauth.v2.access", code=code, **right))["ok"]


async def test_a_code_ends_after_ten_minutes(slack: SlackServer) -> None:
    code = slack.authorize("s", BACK)
    slack.advance(601)
    answer = await read(slack, "oauth.v2.access", code=code, **exchange(slack))
    assert answer["error"] == "invalid_code"


async def test_an_organisation_is_installed_at_once(slack: SlackServer) -> None:
    harbor(slack, GRID)
    code = slack.authorize("s", BACK, team=HARBOR, organisation=True)
    answer = await read(slack, "oauth.v2.access", code=code, **exchange(slack))
    assert (answer["team"], answer["enterprise"]["id"]) == (None, GRID)
    assert answer["is_enterprise_install"] is True


def test_the_link_to_allow_the_app_is_followed_as_a_browser_does() -> None:
    slack = SlackServer()
    asked = {"client_id": slack.client_id, "scope": "chat:write,commands", "state": "s 1"}
    link = "https://slack.com/oauth/v2/authorize?" + urlencode({**asked, "redirect_uri": BACK})
    back = urlsplit(slack.follow(link, user=PARTNER))
    query = parse_qs(back.query)
    assert (f"{back.scheme}://{back.netloc}{back.path}", query["state"]) == (BACK, ["s 1"])
    assert slack.grants[query["code"][0]].scopes == {"chat:write", "commands"} < set(ALL_SCOPES)
    for wrong in (
        "https://slack.com/oauth/authorize?" + urlencode(asked),
        "https://slack.com/oauth/v2/authorize?" + urlencode({**asked, "client_id": "1.1"}),
        "https://slack.com/oauth/v2/authorize?client_id=" + slack.client_id,
    ):
        with pytest.raises(ValueError):
            slack.follow(wrong)
    slack.follow(link.replace("state=s+1", "state="))
    assert slack.violations == ["oauth/v2/authorize: no state"]


async def test_a_customised_message_needs_its_own_scope(slack: SlackServer) -> None:
    slack.scopes.add("chat:write.customize")
    said: Payload = {"channel": PATROL, "blocks": [section()], "text": "a", "username": "Policy"}
    assert (await call(slack, "chat.postMessage", **said))["ok"]
    assert slack.violations == []
