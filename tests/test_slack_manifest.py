"""The manifest that is pasted when the app is created asks for what the code uses, and no more."""

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from slack_answers import LIBRARY
from slack_protocol import PATROL
from slack_rig import joined, wait_posted
from slack_server import SlackServer

from bot.department import load
from bot.slack.ids import Command, Counted, Event, Scope, Shortcut

ROOT = Path(__file__).resolve().parent.parent
CODE = "\n".join(
    path.read_text(encoding="utf-8") for path in sorted((ROOT / "bot" / "slack").glob("*.py"))
)
TEXT = (ROOT / "bot" / "slack" / "manifest.json").read_text(encoding="utf-8")
MANIFEST = json.loads(TEXT)
README = (ROOT / "README.md").read_text(encoding="utf-8")
METHOD_SCOPES = {  # "Web API methods": what a call needs
    "chat_postMessage": {Scope.ANSWER},
    "chat_postEphemeral": {Scope.ANSWER},
    "chat_update": {Scope.ANSWER},
    "conversations_replies": {
        Scope.READ_THREADS,
        Scope.READ_PRIVATE_THREADS,
        Scope.HEAR_DIRECT_MESSAGES,
    },
    "conversations_history": {
        Scope.READ_THREADS,
        Scope.READ_PRIVATE_THREADS,
        Scope.HEAR_DIRECT_MESSAGES,
    },
    "conversations_open": {Scope.FIND_DIRECT_MESSAGES},
    "assistant_threads_setStatus": {Scope.ANSWER},
    "assistant_threads_setTitle": {Scope.AGENT},
    "assistant_threads_setSuggestedPrompts": {Scope.AGENT},
    "users_info": {Scope.KNOW_ADMINISTRATORS},
    "views_open": set(),
    "views_publish": set(),
    "views_push": set(),
    "views_update": set(),
    "auth_test": set(),
    "apps_connections_open": set(),
}
EVENT_SCOPES = {
    "app_mention": Scope.HEAR_MENTIONS,
    "message.channels": Scope.READ_THREADS,
    "message.groups": Scope.READ_PRIVATE_THREADS,
    "message.im": Scope.HEAR_DIRECT_MESSAGES,
}
UNSCOPED = {"app_home_opened", "app_uninstalled", "tokens_revoked"}  # so says each page
FEATURE_SCOPES = {"agent_view": Scope.AGENT, "slash_commands": Scope.TAKE_COMMANDS}


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    async with SlackServer() as server:
        yield server


def _called() -> set[str]:
    names = "|".join(["chat", "conversations", "users", "views", "assistant", "auth", "apps"])
    return set(re.findall(rf"client\.((?:{names})_\w+)\(", CODE))


def test_the_scopes_are_those_that_calls_events_and_features_need() -> None:
    needed = {scope for method in _called() for scope in METHOD_SCOPES[method]}
    needed |= {
        EVENT_SCOPES[event]
        for event in MANIFEST["settings"]["event_subscriptions"]["bot_events"]
        if event not in UNSCOPED
    }
    needed |= {FEATURE_SCOPES[name] for name in FEATURE_SCOPES if name in MANIFEST["features"]}
    assert MANIFEST["oauth_config"]["scopes"] == {"bot": sorted(needed)} == {"bot": sorted(Scope)}


def test_the_events_are_those_that_have_a_listener() -> None:
    events = MANIFEST["settings"]["event_subscriptions"]["bot_events"]
    assert {event.partition(".")[0] for event in events} == set(Event)


def test_the_commands_are_those_that_have_a_listener_and_come_with_mentions_escaped() -> None:
    commands = MANIFEST["features"]["slash_commands"]
    assert [command["command"] for command in commands] == [*Command]
    assert all(command["should_escape"] for command in commands)


def test_the_shortcuts_are_those_that_have_a_listener() -> None:
    shortcuts = MANIFEST["features"]["shortcuts"]
    assert {one["callback_id"] for one in shortcuts} == set(Shortcut)
    assert all(len(one["name"]) <= 45 and len(one["description"]) <= 150 for one in shortcuts)


def test_it_is_ready_for_socket_mode_and_buttons() -> None:
    settings = MANIFEST["settings"]
    assert settings["socket_mode_enabled"] and settings["interactivity"]["is_enabled"]
    assert "assistant_view" not in TEXT and "request_url" not in TEXT


def test_it_keeps_to_the_lengths_of_the_manifest_reference() -> None:
    shown, features = MANIFEST["display_information"], MANIFEST["features"]
    assert len(shown["name"]) <= 35 and len(shown["description"]) < 140
    assert len(features["bot_user"]["display_name"]) <= 80
    assert re.fullmatch("[A-Za-z0-9-_. ]+", features["bot_user"]["display_name"])
    for command in features["slash_commands"]:
        assert len(command["command"]) <= 32 and len(command["description"]) <= 2_000
        assert len(command["usage_hint"]) <= 1_000
    assert len(features["agent_view"]["agent_description"].encode()) <= 300


def test_no_department_and_no_order_is_named_in_manifest_or_code() -> None:
    department = load(ROOT / "corpus")
    words = {department.name, department.short_name, department.name.split()[0]}
    words |= {order.title for order in LIBRARY.directives}
    assert [word for word in words if word in TEXT or word in CODE] == []


async def test_the_suggested_prompt_gets_an_answer(slack: SlackServer, tmp_path: Path) -> None:
    [prompt] = MANIFEST["features"]["agent_view"]["suggested_prompts"]
    async with joined(slack, tmp_path) as rig:
        await rig.give(slack.message_im(prompt["message"]))
        [message] = await wait_posted(slack)
    assert "Ask in your own words" in message.words and message.channel != PATROL


def test_no_labelled_question_stands_in_the_code() -> None:
    lines = [*(ROOT / "bench" / "questions").glob("*.jsonl")]
    asked = [json.loads(line)["q"] for path in lines for line in path.open(encoding="utf-8")]
    assert (
        asked
        and [q for q in asked if len(q.split()) > 2 and q.lower() in (CODE + TEXT).lower()] == []
    )


# The README


def _table(name: str) -> list[str]:
    """Return the first column of a marked table of the README; every row says what it is for."""
    _, _, rest = README.partition(f"<!-- slack: {name} -->")
    rows = re.findall(
        r"(?m)^\| `([^`]+)` \| (.+) \|$", rest.partition(f"<!-- /slack: {name} -->")[0]
    )
    assert all(what.strip() for _, what in rows)
    return [first for first, _ in rows]


def test_the_scopes_in_the_readme_are_those_of_the_manifest_and_the_code() -> None:
    assert _table("scopes") == MANIFEST["oauth_config"]["scopes"]["bot"] == sorted(Scope)


def test_the_events_in_the_readme_are_those_of_the_manifest_and_the_code() -> None:
    told = _table("events")
    assert told == MANIFEST["settings"]["event_subscriptions"]["bot_events"]
    assert {event.partition(".")[0] for event in told} == set(Event)


def test_the_commands_and_shortcuts_in_the_readme_are_those_of_the_manifest_and_the_code() -> None:
    features = MANIFEST["features"]
    there = [one["command"] for one in features["slash_commands"]]
    there += [one["callback_id"] for one in features["shortcuts"]]
    assert _table("commands and shortcuts") == there == [*Command, *Shortcut]
    assert all(f"*{one['name']}*" in README for one in features["shortcuts"])


def test_the_map_of_the_readme_names_every_module_of_the_slack_surface() -> None:
    modules = {path.name for path in (ROOT / "bot" / "slack").glob("*.py")} - {"__init__.py"}
    named = re.search(r"```text\n(bot/slack/app\.py.+?)```", README, re.DOTALL)
    assert named is not None
    listed = re.findall(r"(\w+\.py)", named[1])
    assert sorted(listed) == sorted(modules)


def test_every_word_of_the_command_that_opens_a_form_is_in_the_readme() -> None:
    hint = MANIFEST["features"]["slash_commands"][0]["usage_hint"]
    words = [
        word for word in re.findall(r"[a-z]+", hint) if word in ("settings", "kept", "web", "help")
    ]
    assert words and all(f"`/policy {word}`" in README for word in words)


def test_the_operations_page_counts_everything_that_is_counted() -> None:
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    assert [one.name for one in Counted if f"`{one.name.lower()}`" not in page] == []
