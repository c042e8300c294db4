"""``python -m bench.docs``: what the README and .env.sample take from the code.

Help of every command, settings with their defaults, verdicts, and libraries with their licences;
``--check`` compares.
"""

import sys
from collections.abc import Iterator, Sequence
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

import typer
from pydantic.fields import FieldInfo
from typer.testing import CliRunner

from bench.blocks import BlockMissing, replaced
from bench.licences import licence
from bench.lock import direct
from bench.machine import ROOT
from bench.tables import LIBRARIES, SETTINGS, VERDICTS
from bot.answer import Verdict
from bot.cli import app
from bot.config import Settings

README = ROOT / "README.md"
SAMPLE = ROOT / ".env.sample"
_TERMINAL = {"COLUMNS": "80"}
_SAMPLE_HEAD = """\
# Every setting of the assistant, each with its default. Copy this file to .env, and take away the
# '#' before what you set. What is left out has its default. A secret may be in a file instead:
# NAME_FILE is its path. Made by 'python -m bench.docs'.
"""


class Undescribed(Exception):
    """Something in the code has no words for the README yet."""


def main(arguments: Sequence[str]) -> int:
    """Write the files, or compare them (``--check``); return 1 with one line if they drifted."""
    try:
        wanted = {README: _readme(), SAMPLE: _sample()}
    except (BlockMissing, Undescribed) as error:
        print(error, file=sys.stderr)
        return 1
    drifted = [path for path, text in wanted.items() if _read(path) != text]
    if "--check" in arguments:
        if drifted:
            names = " and ".join(path.name for path in drifted)
            print(f"{names}: behind the code. Run 'python -m bench.docs'.", file=sys.stderr)
        return 1 if drifted else 0
    for path in drifted:
        path.write_text(wanted[path], encoding="utf-8")
        print(f"{path.name}: written")
    return 0


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _readme() -> str:
    page = _read(README)
    blocks = {
        "commands": _commands(),
        "settings": _settings(),
        "verdicts": _verdicts(),
        "libraries": _libraries(),
    }
    for name, text in blocks.items():
        page = replaced(page, f"generated: {name}", text)
    return page


def _commands() -> str:
    pages = "\n\n\n".join(_help(path) for path in _paths(typer.main.get_command(app), ()))
    return f"```text\n{pages}\n```"


def _paths(command: object, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    yield path
    for name, below in getattr(command, "commands", {}).items():
        yield from _paths(below, (*path, name))


def _help(path: tuple[str, ...]) -> str:
    asked = [*path, "--help"]
    shown = CliRunner().invoke(app, asked, prog_name="policybot", env=_TERMINAL).output
    return "\n".join(line.rstrip() for line in shown.rstrip().splitlines())


def _settings() -> str:
    lines = ["| setting | default | what it does |", "|---|---|---|"]
    for name, field in _described():
        shown, what = SETTINGS[name]
        default = shown or f"`{_plain(field)}`"
        lines.append(f"| `{name.upper()}` | {default} | {what} |")
    return "\n".join(lines)


def _sample() -> str:
    parts = [_SAMPLE_HEAD]
    for name, field in _described():
        shown, what = SETTINGS[name]
        value = "" if shown else _plain(field)
        default = f" Default: {shown.replace('`', '')}." if shown else ""
        parts.append(f"# {what.replace('`', '')}.{default}\n#{name.upper()}={value}\n")
    return "\n".join(parts)


def _described() -> Iterator[tuple[str, FieldInfo]]:
    for name, field in Settings.model_fields.items():
        if name not in SETTINGS:
            raise Undescribed(f"Setting {name!r} is not described. Add it to bench/tables.py.")
        yield name, field


def _plain(field: FieldInfo) -> str:
    return str(field.default).lower() if isinstance(field.default, bool) else str(field.default)


def _verdicts() -> str:
    lines = ["| verdict | means |", "|---|---|"]
    for verdict in Verdict:
        if verdict not in VERDICTS:
            raise Undescribed(f"Verdict {verdict.value!r} is not described in bench/tables.py.")
        lines.append(f"| `{verdict.value}` | {VERDICTS[verdict]} |")
    return "\n".join(lines)


def _libraries() -> str:
    lines = ["| library | licence | why |", "|---|---|---|"]
    for name in direct():
        if name not in LIBRARIES:
            raise Undescribed(f"Library {name!r} is not described. Add it to bench/tables.py.")
        try:
            said = licence(metadata(name))
        except PackageNotFoundError:
            raise Undescribed(f"Library {name!r} is not installed. Run 'make install'.") from None
        lines.append(f"| {name} | {said} | {LIBRARIES[name]} |")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
