"""directive.toml: what is known of a version beside its text; read, written, changed in place."""

import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import groupby, pairwise
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from index.directive import Damage, Kind, Status, named
from index.errors import DirectiveRefused

FILE = "directive.toml"
Value = str | date | None


class Sheet(BaseModel):
    """What the header says, where the text came from, its known damage.

    ``reviewed_by`` is who put it in force here; who reviewed its reading stands in rules.yaml.
    ``unit`` is whom it binds, None for everybody; without ``kind`` the prefix says what it is.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: str = Field(min_length=1)
    prefix: str
    title: str
    section: str
    issued: date
    effective: date
    rescinds: tuple[str, ...] = ()
    amends: tuple[str, ...] = ()
    standards: tuple[str, ...] = ()
    status: Literal[Status.DRAFT, Status.IN_FORCE, Status.SUPERSEDED, Status.RESCINDED]
    kind: Kind | None = None
    unit: str | None = Field(None, min_length=1)
    replaces: date | None = None
    ended: date | None = None
    reviewed_by: str | None = None
    source: str
    file: str = Field(pattern=r"^[^/\\]+$")
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    damage: tuple[Damage, ...] = ()

    @property
    def name(self) -> str:
        """How officers name it: ``GO 5.14``."""
        return named(self.prefix, self.number)

    @property
    def live(self) -> bool:
        """Whether it was issued and nothing in the sheet says that it is over."""
        return self.status is Status.IN_FORCE


def sheets(corpus: Path) -> dict[Path, Sheet]:
    """Return every sheet in ``corpus`` by its folder, in the order of folders.

    What begins with a dot is no folder of a directive. Raises DirectiveRefused.
    """
    found = sorted(corpus.glob(f"*/*/{FILE}"))
    folders = (path.parent for path in found)
    return {
        folder: read_sheet(folder)
        for folder in folders
        if not folder.name.startswith(".") and not folder.parent.name.startswith(".")
    }


def read_sheet(folder: Path) -> Sheet:
    """Return the sheet in a directive's folder; raise DirectiveRefused with file, place, remedy."""
    path = folder / FILE
    try:
        return parsed(path.read_text(encoding="utf-8"), path)
    except UnicodeDecodeError:
        raise DirectiveRefused(f"{str(path)!r} is not UTF-8. Save it as UTF-8.") from None


def parsed(text: str, path: Path) -> Sheet:
    """Return the sheet that a text is; ``path`` names it in the DirectiveRefused."""
    try:
        return Sheet.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise DirectiveRefused(f"{str(path)!r}: {error}. Correct the file.") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise DirectiveRefused(f"{str(path)!r}: {where}: {first['msg']}. Correct it.") from None


def as_toml(sheet: Sheet) -> str:
    """Return a sheet as the TOML that ``read_sheet`` reads; what has its default is left out."""
    fields = sheet.model_dump(exclude={"damage"}, exclude_defaults=True)
    lines = [f"{name} = {_value(value)}" for name, value in fields.items()]
    for damage in sheet.damage:
        lines += ["", "[[damage]]"]
        noted = damage.model_dump(exclude_defaults=True)
        lines += [f"{name} = {_value(value)}" for name, value in noted.items()]
    return "\n".join(lines) + "\n"


def changed(folder: Path, **fields: Value) -> str:
    """Return the text of a folder's sheet with some fields set, or taken out where None.

    Everything else of it stays, remarks too. Raises DirectiveRefused where the outcome would not
    be that alone, as in a file that writes a field over several lines.
    """
    path = folder / FILE
    wanted = Sheet.model_validate(read_sheet(folder).model_dump() | fields)
    text = path.read_text(encoding="utf-8")
    table = re.search(r"(?m)^\s*\[", text)
    head, rest = (text[: table.start()], text[table.start() :]) if table else (text, "")
    for name, value in fields.items():
        line = "" if value is None else f"{name} = {_value(value)}\n"
        there = re.search(rf"(?m)^{name}[ \t]*=.*\n?", head)
        if there is not None:
            head = head[: there.start()] + line + head[there.end() :]
        elif line:
            head = f"{head.rstrip()}\n{line}" + ("\n" if rest else "")
    try:
        made = parsed(head + rest, path)
    except DirectiveRefused:
        made = None
    if made != wanted:
        told = ", ".join(f"{name} = {_value(value)}" for name, value in fields.items() if value)
        raise DirectiveRefused(f"{str(path)!r} cannot be changed safely. Write by hand: {told}.")
    return head + rest


def refuse_clashes(found: Mapping[Path, Sheet]) -> None:
    """Refuse two versions of a number that are in force, and a version that is on file twice.

    A version in force may stand beside another if one of its number says that it replaces that.
    """
    for versions in _by_number(found.items()):
        _refuse_two_live(versions)
        for (folder, one), (other_folder, other) in pairwise(versions):
            if one.effective == other.effective:
                raise DirectiveRefused(
                    f"{one.name} of {one.effective} is on file twice: {str(folder)!r} and "
                    f"{str(other_folder)!r}. Correct the effective date of one, or take it away."
                )


def _refuse_two_live(versions: list[tuple[Path, Sheet]]) -> None:
    live = [(folder, sheet) for folder, sheet in versions if sheet.live]
    for (folder, one), (other_folder, other) in pairwise(live):
        replaced = any(
            sheet.replaces == one.effective and one.effective < sheet.effective <= other.effective
            for _, sheet in versions
        )
        if one.effective == other.effective or not replaced:
            raise DirectiveRefused(
                f"{one.name} is in force twice: {str(folder)!r} and {str(other_folder)!r}. "
                f"Set the status of one to 'superseded', or 'replaces = {one.effective}' in "
                "the sheet of the newer."
            )


def _by_number(found: Iterable[tuple[Path, Sheet]]) -> Iterator[list[tuple[Path, Sheet]]]:
    """Yield the versions of each number, oldest first, with their folders."""
    ordered = sorted(found, key=lambda item: (item[1].number, item[1].effective))
    for _, versions in groupby(ordered, key=lambda item: item[1].number):
        yield list(versions)


def _value(value: object) -> str:
    """Return a value as TOML: JSON's strings are TOML's but for the character DEL."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return f"[{', '.join(map(_value, value))}]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
