"""Whose assistant this is: corpus/department.toml, the only place that names a department."""

import tomllib
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from bot.errors import SettingRefused
from index.directive import FROZEN


class Contacts(BaseModel):
    """Whom to turn to, as a phrase that fits into a sentence; what is left out is not shown."""

    model_config = FROZEN

    policy_unit: str | None = None
    public_information: str | None = None
    records: str | None = None
    union: str | None = None
    security: str | None = None


class Department(BaseModel):
    """The department's name as written out and in short, its time zone, and its contacts."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    name: str = Field(min_length=1)
    short_name: str = Field(min_length=1)
    time_zone: str = "UTC"
    assistant: str = Field("Policy Assistant", min_length=1)
    contacts: Contacts = Contacts()

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError):
            raise ValueError(
                f"{value!r} is no time zone. Use a name such as America/New_York"
            ) from None
        return value


def load(corpus: Path) -> Department:
    """Return the department of a corpus folder; raise SettingRefused naming the file."""
    path = corpus / "department.toml"
    try:
        return Department.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise SettingRefused(
            f"CORPUS_DIR: {str(path)!r} is not there. Add it with 'name' and 'short_name'."
        ) from None
    except OSError as error:
        raise SettingRefused(
            f"CORPUS_DIR: {str(path)!r} cannot be read ({error.strerror}). Check the file."
        ) from None
    except UnicodeDecodeError:
        raise SettingRefused(f"{str(path)!r} is not UTF-8. Save it as UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise SettingRefused(f"{str(path)!r}: {error}. Correct the file.") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        text = first["msg"].removeprefix("Value error, ").rstrip(".")
        raise SettingRefused(f"{str(path)!r}: {where}: {text}. Correct it.") from None
