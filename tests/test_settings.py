"""Settings: a value that cannot be used stops the start with one line; secrets are never shown."""

import re
import stat
from pathlib import Path

import pytest

from bot.config import Settings, is_loopback, load, secret_key
from bot.errors import SettingRefused
from bot.secret_files import SECRETS as IN_FILES

ROOT = Path(__file__).resolve().parent.parent
SECRETS = {
    "SLACK_BOT_TOKEN": "xoxb-hunter2",
    "SLACK_APP_TOKEN": "xapp-hunter2",
    "SLACK_SIGNING_SECRET": "hunter2",
    "SLACK_CLIENT_ID": "12.34",
    "SLACK_CLIENT_SECRET": "hunter2",
    "CHAT_MODEL": "openai:x",
    "CHAT_API_KEY": "hunter2",
    "DATABASE_URL": "postgresql+psycopg://officer:hunter2@db/policy",
    "SECRET_KEY": "hunter2" * 8,
    "METRICS_TOKEN": "hunter2" * 3,
}
NAMED = sorted(name.upper() for name in Settings.model_fields)


def setting(patch: pytest.MonkeyPatch, **values: str) -> None:
    for name, value in values.items():
        patch.setenv(name, value)


def refusal() -> str:
    with pytest.raises(SettingRefused) as refused:
        load()
    message = str(refused.value)
    assert "\n" not in message
    assert message.endswith(".")
    return message


def test_with_nothing_set_everything_has_a_default() -> None:
    settings = load()
    assert (settings.host, settings.port, settings.slack) == ("127.0.0.1", 8514, False)
    assert settings.address == "http://127.0.0.1:8514"
    assert settings.slack_api_url == "https://slack.com/api/"
    assert settings.loopback
    assert not settings.keep_questions
    assert not settings.attachments
    assert settings.chat_model is None
    assert settings.database.startswith("sqlite:////")


BAD = [
    ("PORT", "http", "integer"),
    ("PORT", "0", "greater than or equal to 1"),
    ("PORT", "65536", "less than or equal to 65535"),
    ("PORT", "-1", "1"),
    ("KEEP_QUESTIONS", "maybe", "boolean"),
    ("ATTACHMENTS", "some", "boolean"),
    ("TIMEZONE", "Mars/Olympus", "America/New_York"),
    ("TIMEZONE", "../etc/passwd", "America/New_York"),
    ("BASE_URL", "policy.test", "http://host:port"),
    ("BASE_URL", "ftp://policy.test", "http://host:port"),
    ("BASE_URL", "http://", "http://host:port"),
    ("BASE_URL", "http://policy.test:99999", "BASE_URL"),
    ("BASE_URL", "http://[::1", "BASE_URL"),
    ("SLACK_API_URL", "slack", "http://host:port"),
    ("SLACK_API_URL", "http://[::1", "SLACK_API_URL"),
    ("CHROMA_URL", "chroma:8000", "http://host:port"),
    ("CHROMA_URL", "http://chroma:port", "CHROMA_URL"),
    ("SLACK_BOT_TOKEN", "xapp-1", "xoxb-"),
    ("SLACK_APP_TOKEN", "xoxb-1", "xapp-"),
    ("SECRET_KEY", "hunter2", "32"),
    ("METRICS_TOKEN", "hunter2", "16"),
    ("CHAT_MODEL", "some-model", "provider:model"),
    ("CHAT_MODEL", "nobody:", "provider:model"),
    ("CHAT_MODEL", "Open AI:gpt", "provider:model"),
    ("CHAT_BASE_URL", "localhost:11434", "http://host:port"),
    ("CHAT_TIMEOUT", "0", "greater than 0"),
    ("CHAT_TIMEOUT", "121", "less than or equal to 120"),
    ("CHAT_TIMEOUT", "soon", "number"),
    ("HOST", "no such host!", "127.0.0.1"),
    ("HOST", "http://127.0.0.1", "127.0.0.1"),
]


@pytest.mark.parametrize(("name", "value", "said"), BAD)
def test_a_bad_value_is_refused_with_its_name_and_the_remedy(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    setting(monkeypatch, **{name: value})
    message = refusal()
    assert message.startswith(f"{name}: ")
    assert said in message
    if name in SECRETS:
        assert value not in message


@pytest.mark.parametrize(
    ("values", "named", "remedy"),
    [
        ({"SLACK_BOT_TOKEN": "xoxb-1"}, "SLACK_BOT_TOKEN", "Add SLACK_APP_TOKEN"),
        ({"SLACK_APP_TOKEN": "xapp-1"}, "SLACK_APP_TOKEN", "Add SLACK_BOT_TOKEN"),
        ({"SLACK_SIGNING_SECRET": "s"}, "SLACK_SIGNING_SECRET", "Add SLACK_BOT_TOKEN"),
        ({"SLACK_CLIENT_ID": "1.2"}, "SLACK_CLIENT_SECRET", "Set both or neither"),
        ({"SLACK_CLIENT_SECRET": "s"}, "SLACK_CLIENT_ID", "Set both or neither"),
        ({"CHAT_API_KEY": "s"}, "CHAT_API_KEY", "Add CHAT_MODEL"),
        ({"CHAT_BASE_URL": "http://127.0.0.1:1"}, "CHAT_BASE_URL", "Add CHAT_MODEL"),
    ],
)
def test_what_is_half_configured_is_refused_with_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, values: dict[str, str], named: str, remedy: str
) -> None:
    setting(monkeypatch, **values)
    message = refusal()
    assert named in message
    assert remedy in message


@pytest.mark.parametrize("other", [{"SLACK_APP_TOKEN": "xapp-1"}, {"SLACK_SIGNING_SECRET": "s"}])
def test_a_bot_token_with_either_way_to_receive_is_whole(
    monkeypatch: pytest.MonkeyPatch, other: dict[str, str]
) -> None:
    setting(monkeypatch, SLACK_BOT_TOKEN="xoxb-1", **other)
    assert load().slack


@pytest.mark.parametrize("way", [{"SLACK_APP_TOKEN": "xapp-1"}, {"SLACK_SIGNING_SECRET": "s"}])
def test_a_client_id_stands_in_for_the_bot_token(
    monkeypatch: pytest.MonkeyPatch, way: dict[str, str]
) -> None:
    setting(monkeypatch, SLACK_CLIENT_ID="1.2", SLACK_CLIENT_SECRET="s", **way)
    settings = load()
    assert settings.slack and settings.slack_bot_token is None


def test_a_client_id_without_a_way_to_receive_leaves_slack_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    setting(monkeypatch, SLACK_CLIENT_ID="1.2", SLACK_CLIENT_SECRET="s")
    assert not load().slack


WHOLE = {"SLACK_CLIENT_ID": "1.2", "CHAT_MODEL": "openai:x"} | {
    name: value for name, value in SECRETS.items() if name.lower() in IN_FILES
}


def shown(settings: Settings, name: str) -> object:
    value = getattr(settings, name.lower())
    return value.get_secret_value() if name == "CHAT_API_KEY" else value


@pytest.mark.parametrize("name", [name.upper() for name in IN_FILES])
@pytest.mark.parametrize("place", ["environment", ".env"])
def test_every_secret_may_come_from_a_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, place: str
) -> None:
    secret = tmp_path / "secret"
    secret.write_text(f"{WHOLE[name]}\n", encoding="utf-8")
    setting(monkeypatch, **{key: value for key, value in WHOLE.items() if key != name})
    if place == "environment":
        setting(monkeypatch, **{f"{name}_FILE": str(secret)})
    else:
        (tmp_path / ".env").write_text(f"{name}_FILE={secret}\n", encoding="utf-8")
        monkeypatch.chdir(tmp_path)
    settings = load()
    assert shown(settings, name) == WHOLE[name]
    assert "hunter2" not in repr(settings)


@pytest.mark.parametrize("name", [name.upper() for name in IN_FILES])
def test_a_secret_given_twice_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    (tmp_path / "secret").write_text(WHOLE[name], encoding="utf-8")
    setting(monkeypatch, **WHOLE, **{f"{name}_FILE": str(tmp_path / "secret")})
    assert refusal() == f"{name} and {name}_FILE are both set. Remove one of them."


def test_a_secret_s_file_that_holds_none_is_refused_with_the_remedy(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "empty").write_text("\n", encoding="utf-8")
    (tmp_path / "noise").write_bytes(b"\xff\xfe\x00")
    remedies = {"empty": "is empty. Write", "noise": "Name another", "none": "Correct the path"}
    for file, remedy in {**remedies, ".": "Correct the path"}.items():
        setting(monkeypatch, SECRET_KEY_FILE=str(tmp_path / file))
        message = refusal()
        assert message.startswith("SECRET_KEY_FILE: ")
        assert remedy in message


def test_what_a_secret_s_file_holds_is_checked_and_not_repeated(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_text("hunter2", encoding="utf-8")
    for name in ("SLACK_BOT_TOKEN", "SECRET_KEY", "METRICS_TOKEN"):
        with monkeypatch.context() as patch:
            setting(patch, **{f"{name}_FILE": str(tmp_path / "secret")})
            message = refusal()
        assert message.startswith(f"{name}: ") and "hunter2" not in message


@pytest.mark.parametrize("name", [name.upper() for name in IN_FILES])
def test_the_operations_page_names_every_secret_that_may_be_a_file(name: str) -> None:
    text = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    assert re.search(rf"\b{name}_FILE\b", text)


def test_empty_values_count_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    unset = load()
    setting(monkeypatch, **dict.fromkeys((name.upper() for name in Settings.model_fields), ""))
    assert load() == unset


def test_secrets_are_in_no_repr_and_no_message(monkeypatch: pytest.MonkeyPatch) -> None:
    setting(monkeypatch, **SECRETS)
    settings = load()
    assert "hunter2" not in repr(settings)
    assert "hunter2" not in str(settings)
    setting(monkeypatch, PORT="none")
    assert "hunter2" not in refusal()


@pytest.mark.parametrize("name", ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"])
def test_a_mistaken_token_is_not_repeated(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    setting(monkeypatch, **{name: "hunter2"})
    assert "hunter2" not in refusal()


def test_a_dotenv_file_is_read_and_the_environment_wins(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("PORT=9001\nHOST=127.0.0.2\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PORT", "9002")
    assert load().address == "http://127.0.0.2:9002"


def test_a_dotenv_file_that_is_not_text_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_bytes(b"PORT=\xff\xfe\n")
    monkeypatch.chdir(tmp_path)
    assert ".env" in refusal()


def test_addresses_are_brought_into_one_form(monkeypatch: pytest.MonkeyPatch) -> None:
    setting(
        monkeypatch, BASE_URL="https://policy.test/bot/", SLACK_API_URL="http://127.0.0.1:9000/api"
    )
    assert load().address == "https://policy.test/bot"
    assert load().slack_api_url == "http://127.0.0.1:9000/api/"


@pytest.mark.parametrize(
    ("host", "base_url", "loopback"),
    [
        ("127.0.0.1", None, True),
        ("localhost", None, True),
        ("::1", None, True),
        ("127.8.8.8", "http://localhost:1", True),
        ("0.0.0.0", None, False),
        ("::", None, False),
        ("10.0.0.1", None, False),
        ("127.0.0.1", "https://policy.test", False),
        ("0.0.0.0", "http://127.0.0.1:8514", False),
        ("localhost.evil.test", None, False),
        ("127.0.0.1", "http://127.0.0.1.evil.test", False),
    ],
)
def test_only_this_machine_s_own_addresses_are_loopback(
    host: str, base_url: str | None, loopback: bool
) -> None:
    assert Settings(_env_file=None, host=host, base_url=base_url).loopback is loopback


def test_an_address_of_version_six_is_written_in_brackets() -> None:
    assert Settings(_env_file=None, host="::1").address == "http://[::1]:8514"
    assert is_loopback("::1")


def test_the_key_is_made_once_and_readable_by_nobody_else(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, var_dir=tmp_path / "var")
    key = secret_key(settings)
    path = tmp_path / "var/secret.key"
    assert len(key) >= 43
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert secret_key(settings) == key
    assert secret_key(Settings(_env_file=None, var_dir=tmp_path / "other")) != key


def test_a_key_that_is_set_is_used_and_none_is_made(tmp_path: Path) -> None:
    given = "k" * 40
    assert secret_key(Settings(_env_file=None, var_dir=tmp_path / "v", secret_key=given)) == given
    assert not (tmp_path / "v").exists()


@pytest.mark.parametrize("content", ["", "short", "\n\n"])
def test_a_spoilt_key_file_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "secret.key").write_text(content, encoding="ascii")
    with pytest.raises(SettingRefused, match=r"^SECRET_KEY: .*secret\.key.* Delete the file\.$"):
        secret_key(Settings(_env_file=None, var_dir=tmp_path))


def test_a_key_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret.key").write_bytes(b"\xff" * 64)
    with pytest.raises(SettingRefused, match=r"^SECRET_KEY: .*secret\.key"):
        secret_key(Settings(_env_file=None, var_dir=tmp_path))


def test_a_folder_that_cannot_hold_the_key_is_refused() -> None:
    with pytest.raises(SettingRefused, match=r"^SECRET_KEY: .* Set SECRET_KEY, or make VAR_DIR"):
        secret_key(Settings(_env_file=None, var_dir=Path("/proc/policybot")))


@pytest.mark.parametrize("name", NAMED)
def test_every_setting_is_in_the_readme_and_the_sample(name: str) -> None:
    for file in ("README.md", ".env.sample"):
        text = (ROOT / file).read_text(encoding="utf-8")
        assert re.search(rf"\b{name}\b", text), f"{name} is not in {file}"


def test_the_sample_names_only_real_settings_and_sets_none() -> None:
    text = (ROOT / ".env.sample").read_text(encoding="utf-8")
    named = set(re.findall(r"(?m)^#?\s?([A-Z][A-Z_]+)=", text))
    assert named == set(NAMED)
    assert not re.search(r"(?m)^[A-Z_]+=\S", text)


COMMANDS = (
    "policybot ask",
    "policybot ask --batch",
    "policybot index build",
    "policybot index status",
    "policybot index check",
    "policybot directives list",
    "policybot directives show",
    "policybot requests list",
    "policybot requests show",
    "policybot requests slip",
    "policybot requests export",
    "policybot answers list",
    "policybot audit verify",
    "policybot audit export",
    "policybot audit hold",
    "policybot audit release",
    "policybot audit erase",
    "policybot backup",
    "policybot restore",
    "policybot serve",
    "policybot slack install-link",
    "make run",
    "make test",
    "make check",
    "make bench",
    "make offline-check",
    "make screenshots",
)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_in_the_readme(command: str) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    pattern = r"[\s|`]+".join(re.escape(word) for word in command.split())
    told = re.search(pattern, text) or all(re.search(rf"\b{w}\b", text) for w in command.split())
    assert told, f"{command!r} is not in README.md"
