"""Settings: environment, then ``.env``, then a default; nothing else reads the environment."""

import ipaddress
import re
import secrets
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from bot.errors import SettingRefused
from bot.secret_files import SECRETS, held

_LEAST_KEY = 32
_LEAST_TOKEN = 16
_HERE = Path(__file__).resolve().parent


def _data(name: str) -> Path:
    """Return the data folder ``name``: beside the packages in a checkout, within in a wheel."""
    checkout = _HERE.parent / name
    return checkout if checkout.is_dir() else _HERE / "data" / name


class _Files(PydanticBaseSettingsSource):
    """Secrets whose file is named, in the environment or in ``.env``."""

    def __init__(self, settings: type[BaseSettings], *named: PydanticBaseSettingsSource) -> None:
        super().__init__(settings)
        known = [source.env_vars for source in named if isinstance(source, EnvSettingsSource)]
        self._given = {name: value for one in known for name, value in one.items() if value}

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[str | None, str, bool]:
        """Return what the file of a secret holds, or None where no file is named."""
        return held(field_name, self._given), field_name, False

    def __call__(self) -> dict[str, Any]:
        """Return the secrets that come from files."""
        found = {name: held(name, self._given) for name in SECRETS}
        return {name: value for name, value in found.items() if value is not None}


class ConsentRule(StrEnum):
    """What the Department asks of a colleague's consent; the order may only ask to seek it."""

    OBTAINED = "obtained"
    SOUGHT = "sought"


class Settings(BaseSettings):
    """Every setting, by its lower-case name; see the README for what each is for."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    slack_bot_token: str | None = Field(None, repr=False)
    slack_app_token: str | None = Field(None, repr=False)
    slack_signing_secret: str | None = Field(None, repr=False)
    slack_client_id: str | None = None
    slack_client_secret: str | None = Field(None, repr=False)
    slack_api_url: str = "https://slack.com/api/"
    slack_start_threads: bool = True
    database_url: str | None = Field(None, repr=False)
    chroma_url: str | None = None
    embedding_model: str | None = None
    chat_model: str | None = None
    chat_base_url: str | None = None
    chat_api_key: SecretStr | None = None
    chat_timeout: Annotated[float, Field(gt=0, le=120)] = 10.0
    secret_key: str | None = Field(None, repr=False)
    metrics_token: str | None = Field(None, repr=False)
    keep_questions: bool = False
    attachments: bool = False
    consent: ConsentRule = ConsentRule.OBTAINED
    remind_after_days: Annotated[int, Field(ge=1, le=365)] | None = None
    pass_on_after_days: Annotated[int, Field(ge=1, le=365)] | None = None
    retention_days: Annotated[int, Field(ge=1, le=36500)] | None = None
    timezone: str | None = None
    base_url: str | None = None
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 8514
    corpus_dir: Annotated[Path, NoDecode] = _data("corpus")
    prompts_dir: Annotated[Path, NoDecode] = _data("prompts")
    var_dir: Annotated[Path, NoDecode] = Path("var")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Return where settings come from, the first to win: arguments, environment, files."""
        files = _Files(settings_cls, env_settings, dotenv_settings)
        return init_settings, env_settings, dotenv_settings, files

    @field_validator("slack_bot_token")
    @classmethod
    def _bot_token(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith("xoxb-"):
            raise ValueError("does not start with 'xoxb-'. Copy the Bot User OAuth Token")
        return value

    @field_validator("slack_app_token")
    @classmethod
    def _app_token(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith("xapp-"):
            raise ValueError("does not start with 'xapp-'. Copy an App-Level Token")
        return value

    @field_validator("slack_api_url")
    @classmethod
    def _api_url(cls, value: str) -> str:
        _check_url(value)
        return value if value.endswith("/") else value + "/"

    @field_validator("base_url")
    @classmethod
    def _base_url(cls, value: str | None) -> str | None:
        if value is not None:
            _check_url(value)
            value = value.rstrip("/")
        return value

    @field_validator("chat_model")
    @classmethod
    def _chat_model(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"[a-z][a-z0-9_]*:\S+", value):
            raise ValueError(
                "is not provider:model. Write it such as openai:gpt-4.1-mini or ollama:llama3.2"
            )
        return value

    @field_validator("chroma_url", "chat_base_url")
    @classmethod
    def _address(cls, value: str | None) -> str | None:
        if value is not None:
            _check_url(value)
        return value

    @field_validator("host")
    @classmethod
    def _host(cls, value: str) -> str:
        if not re.fullmatch(r"[\w.:-]+", value):
            raise ValueError("is no host. Give a name or an address alone, such as 127.0.0.1")
        return value

    @field_validator("secret_key")
    @classmethod
    def _long_key(cls, value: str | None) -> str | None:
        if value is not None and len(value) < _LEAST_KEY:
            raise ValueError(
                f"is shorter than {_LEAST_KEY} characters. Set a longer one, or leave it unset"
            )
        return value

    @field_validator("metrics_token")
    @classmethod
    def _long_token(cls, value: str | None) -> str | None:
        if value is not None and len(value) < _LEAST_TOKEN:
            raise ValueError(f"is shorter than {_LEAST_TOKEN} characters. Set a longer one")
        return value

    @field_validator("timezone")
    @classmethod
    def _timezone(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                ZoneInfo(value)
            except (KeyError, ValueError, OSError):
                raise ValueError("is no time zone. Use a name such as America/New_York") from None
        return value

    @model_validator(mode="after")
    def _slack_is_whole(self) -> "Settings":
        if self.slack_bot_token and not (self.slack_app_token or self.slack_signing_secret):
            raise ValueError(
                "SLACK_BOT_TOKEN is set alone. Add SLACK_APP_TOKEN (Socket Mode) or "
                "SLACK_SIGNING_SECRET (HTTP), or remove it"
            )
        for name in ("slack_app_token", "slack_signing_secret"):
            if getattr(self, name) and not (self.slack_bot_token or self.slack_client_id):
                raise ValueError(
                    f"{name.upper()} is set without SLACK_BOT_TOKEN. Add SLACK_BOT_TOKEN, or "
                    f"SLACK_CLIENT_ID and SLACK_CLIENT_SECRET, or remove {name.upper()}"
                )
        if bool(self.slack_client_id) != bool(self.slack_client_secret):
            raise ValueError(
                "SLACK_CLIENT_ID and SLACK_CLIENT_SECRET go together. Set both or neither"
            )
        return self

    @model_validator(mode="after")
    def _chat_is_whole(self) -> "Settings":
        for name in ("chat_base_url", "chat_api_key"):
            if getattr(self, name) is not None and self.chat_model is None:
                raise ValueError(
                    f"{name.upper()} is set without CHAT_MODEL. Add CHAT_MODEL as provider:model, "
                    f"or remove {name.upper()}"
                )
        return self

    @property
    def slack(self) -> bool:
        """Whether the assistant joins Slack."""
        known = self.slack_bot_token or self.slack_client_id
        return bool(known and (self.slack_app_token or self.slack_signing_secret))

    @property
    def address(self) -> str:
        """The address links are made of, without a trailing slash."""
        if self.base_url:
            return self.base_url
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    @property
    def loopback(self) -> bool:
        """Whether both HOST and BASE_URL stay on this machine."""
        return is_loopback(self.host) and is_loopback(urlsplit(self.address).hostname or "")

    @property
    def index_dir(self) -> Path:
        """Where the index lives."""
        return self.var_dir / "index"

    @property
    def database(self) -> str:
        """The SQLAlchemy address of the database."""
        return self.database_url or f"sqlite:///{(self.var_dir / 'policybot.sqlite3').absolute()}"


def load() -> Settings:
    """Return the settings; raise SettingRefused with one line naming the setting and the remedy."""
    try:
        return Settings()
    except ValidationError as error:
        raise SettingRefused(_one_line(error)) from None
    except UnicodeDecodeError:
        raise SettingRefused("The file '.env' is not UTF-8. Save it as UTF-8.") from None


def secret_key(settings: Settings) -> str:
    """Return SECRET_KEY, or the key in ``var/secret.key``, made (mode 0600) when there is none."""
    if settings.secret_key:
        return settings.secret_key
    path = settings.var_dir / "secret.key"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with path.open("x", encoding="ascii") as file:
                path.chmod(0o600)
                file.write(secrets.token_urlsafe(48))
        except FileExistsError:
            pass
        key = path.read_text(encoding="ascii").strip()
    except OSError as error:
        raise SettingRefused(
            f"SECRET_KEY: {str(path)!r} cannot be written or read ({error.strerror}). "
            "Set SECRET_KEY, or make VAR_DIR writable."
        ) from None
    except UnicodeDecodeError:
        key = ""
    if len(key) < _LEAST_KEY:
        raise SettingRefused(f"SECRET_KEY: {str(path)!r} holds no key. Delete the file.")
    return key


def is_loopback(host: str) -> bool:
    """Whether ``host`` (a name or an address) is this machine's own."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _check_url(value: str) -> None:
    try:
        parts = urlsplit(value)
        whole = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        whole = False
    if not whole:
        raise ValueError("is not an address. Write it as http://host:port or https://host")


def _one_line(error: ValidationError) -> str:
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"]).upper()
    text = first["msg"].removeprefix("Value error, ").rstrip(".")
    return f"{where}: {text}." if where else f"{text}."
