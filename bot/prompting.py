"""Prompts: Markdown templates from ``prompts/``, filled with data that cannot leave its fence."""

import json
from collections.abc import Mapping
from pathlib import Path
from string import Template

from pydantic import BaseModel

from bot.errors import SettingRefused
from index.directive import FROZEN


class Prompt(BaseModel):
    """A pair of templates: what the model is told, and the case it is told it about.

    ``version`` is the name both files begin with; answers carry it.
    """

    model_config = FROZEN

    version: str
    instructions: str
    case: str

    def told(self, case: BaseModel) -> str:
        """Return the case as text, with ``case`` as fenced JSON."""
        return Template(self.case).substitute(case=fenced(case.model_dump(mode="json")))


def load(folder: Path, version: str) -> Prompt:
    """Return the prompt of a version; raise SettingRefused when a file is missing or spoilt."""
    prompt = Prompt(
        version=version,
        instructions=_read(folder / f"{version}-instructions.md", set()),
        case=_read(folder / f"{version}-case.md", {"case"}),
    )
    return prompt


def fenced(data: Mapping[str, object]) -> str:
    """Return data as JSON in which no ``<`` occurs, so that nothing in it can close the fence."""
    text = json.dumps(data, ensure_ascii=False, indent=1)
    return text.replace("<", "\\u003c").replace(">", "\\u003e")


def _read(path: Path, variables: set[str]) -> str:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise SettingRefused(
            f"PROMPTS_DIR: the prompt {str(path)!r} cannot be read. Put the file back."
        ) from None
    template = Template(text)
    if not template.is_valid() or set(template.get_identifiers()) != variables:
        wanted = ", ".join(f"${name}" for name in sorted(variables)) or "none"
        raise SettingRefused(
            f"PROMPTS_DIR: {str(path)!r} must use these variables: {wanted}. Correct the file."
        )
    return text.strip()
