"""Files -> a checked roster: TOML for posts, delegates, ranks and route, TOML or CSV for people.

Every fault is told at once, one a line: file, line or entry, value, and what to do.
"""

import csv
import io
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from bot.errors import RosterRefused
from bot.roster.checks import UNREAD, faults
from bot.roster.deciding import Authority
from bot.roster.person import Line, Person
from bot.roster.roster import Delegate, Post, Roster, RouteStep

SAMPLE = Path(__file__).resolve().parent / "sample.toml"
MOST_BYTES = 20_000_000
_M = TypeVar("_M", bound=BaseModel)
_KINDS: Mapping[str, type[BaseModel]] = {
    "people": Person,
    "posts": Post,
    "delegates": Delegate,
    "route": RouteStep,
}
_COLUMNS = tuple(Person.model_fields)
_NEEDED = tuple(name for name in ("id", "name", "unit") if name in _COLUMNS)
_SAYS: Mapping[str, str] = {
    "missing": "is missing. Add it",
    "string_type": "is not text. Put it in quotes",
    "string_too_short": "is empty. Fill it in, or leave it out",
    "string_too_long": "is too long. At most 150 characters",
    "tuple_type": "is no list. Put it in [ ]",
    "model_type": "is no entry. See the example in docs/operations.md",
}
_PATTERNS: Mapping[str, str] = {
    "email": "is no e-mail address. Write it as name@place",
}
_NO_ID = "is no id. Use 1 to 40 letters, digits, dots, dashes or underscores, such as 1042"


class Entry(NamedTuple):
    """One entry as it stands in a file, and how a fault names the place."""

    at: str
    values: Any


class _Read:
    """What the files hold, before any of it is checked."""

    def __init__(self) -> None:
        self.entries: dict[str, list[Entry]] = {kind: [] for kind in _KINDS}
        self.ranks: list[str] = []
        self.toml: str | None = None
        self.faults: list[str] = []
        self.whole = True

    def refuse(self, fault: str) -> None:
        """Note a fault that leaves a part of the files unread."""
        self.faults.append(fault)
        self.whole = False


def sample() -> Roster:
    """Return the packaged roster of invented people, for demonstrations that say so."""
    return read([SAMPLE])


def read(paths: Sequence[Path], authorities: Sequence[Authority] | None = None) -> Roster:
    """Return the roster of these files; raise RosterRefused with every fault found.

    With ``authorities`` the words that posts answer to are held against the directives'.
    """
    found = _Read()
    for path in paths:
        text = _text(path, found)
        if text is None:
            continue
        if path.suffix.lower() == ".csv":
            _csv(path.name, text, found)
        elif path.suffix.lower() == ".toml":
            _toml(path.name, text, found)
        else:
            found.refuse(f"{path.name}: neither .toml nor .csv. Save it as one of the two.")
    if found.toml is None and not found.faults:
        names = ", ".join(path.name for path in paths)
        found.refuse(f"{names}: no .toml file with the posts is among them. Add it.")
    return _checked(found, authorities)


def _text(path: Path, found: _Read) -> str | None:
    try:
        if path.stat().st_size <= MOST_BYTES:
            return path.read_bytes().decode("utf-8-sig")
        found.refuse(f"{path.name}: larger than 20 MB, so no roster. Name another file.")
    except OSError as error:
        found.refuse(f"{path}: cannot be read ({error.strerror}). Check name and permissions.")
    except UnicodeDecodeError as error:
        found.refuse(f"{path.name}: byte {error.start + 1} is not UTF-8. Save it as UTF-8.")
    return None


def _toml(name: str, text: str, found: _Read) -> None:
    if found.toml is not None:
        found.refuse(f"{name}: {found.toml} is a .toml file too. Put both into one.")
        return
    found.toml = name
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found.refuse(f"{name}: {error}. Correct the file.")
        return
    known = ("ranks", *_KINDS)
    for key in sorted(set(data) - set(known)):
        found.faults.append(f"{name}: {key!r} is unknown. Known: {', '.join(known)}.")
    try:
        found.ranks = TypeAdapter(list[Line]).validate_python(data.get("ranks", []))
    except ValidationError as error:
        found.faults += _told(f"{name} ranks", error, ())
    for kind in _KINDS:
        entries = data.get(kind, [])
        if not isinstance(entries, list):
            found.refuse(f"{name}: {kind} is no list. Begin each entry with [[{kind}]].")
            continue
        lines = _lines(text, kind)
        placed = lines if len(lines) == len(entries) else None
        for number, values in enumerate(entries):
            where = f"line {placed[number]}" if placed else f"entry {number + 1}"
            found.entries[kind].append(Entry(_named(f"{name} {where}", kind, values), values))


def _lines(text: str, kind: str) -> list[int]:
    """Return the lines on which entries of a kind begin."""
    begins = re.compile(rf"^\s*\[\[\s*{kind}\s*\]\]")
    return [number for number, line in enumerate(text.split("\n"), 1) if begins.match(line)]


def _csv(name: str, text: str, found: _Read) -> None:
    first = text.partition("\n")[0]
    mark = ";" if first.count(";") > first.count(",") else ","
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    try:
        columns = [column.strip().lower() for column in next(rows, [])]
        if not _columns(name, columns, found):
            return
        for row in rows:
            at = f"{name} line {rows.line_num}"
            if len(row) > len(columns):
                found.refuse(
                    f"{at}: {len(row)} fields under {len(columns)} columns. "
                    'Put a field that holds a comma in "quotes".'
                )
            elif any(field.strip() for field in row):
                values = _fields(dict(zip(columns, (f.strip() for f in row), strict=False)))
                found.entries["people"].append(Entry(_named(at, "people", values), values))
    except csv.Error as error:
        found.refuse(f"{name} line {rows.line_num}: {error}. Correct the line.")


def _columns(name: str, columns: Sequence[str], found: _Read) -> bool:
    known = f"Known: {', '.join(_COLUMNS)}."
    bad = [f"column {c!r} is unknown. {known}" for c in columns if c not in _COLUMNS]
    bad += [
        f"column {c!r} is there twice. Take one out." for c in {*columns} if columns.count(c) > 1
    ]
    bad += [f"column {c!r} is missing. Add it." for c in _NEEDED if c not in columns]
    for fault in bad:
        found.refuse(f"{name} line 1: {fault}")
    return not bad


def _fields(row: Mapping[str, str]) -> dict[str, object]:
    """Return a CSV row as a person's fields: what is empty is left out, identities are a list."""
    fields: dict[str, object] = {name: value for name, value in row.items() if value}
    if "slack" in fields:
        fields["slack"] = re.split(r"[\s;,]+", row["slack"])
    return fields


def _named(at: str, kind: str, values: object) -> str:
    """Return how a fault names an entry: its place, and its id where it has one."""
    id_ = values.get("id") if isinstance(values, dict) else None
    what = {"people": "person", "posts": "post", "delegates": "delegate", "route": "step"}[kind]
    return f"{at} {what} {_shown(id_)}" if isinstance(id_, str) else f"{at} {what}"


def _checked(found: _Read, authorities: Sequence[Authority] | None) -> Roster:
    told, lost, broken = list(found.faults), set[str](), set[str]()
    places: dict[str, list[str]] = {}

    def models(kind: str, model: type[_M]) -> tuple[_M, ...]:
        good, places[kind] = [], []
        for at, values in found.entries[kind]:
            entry = _entry(model, at, values, told)
            if entry is not None:
                good.append(entry)
                places[kind].append(at)
            else:
                lost.add(kind)
                broken.add(str(values.get("id", "")) if isinstance(values, dict) else "")
        return tuple(good)

    roster = Roster(
        ranks=tuple(found.ranks),
        people=models("people", Person),
        posts=models("posts", Post),
        delegates=models("delegates", Delegate),
        route=models("route", RouteStep),
    )
    where = _where(found.toml, places)
    if found.whole:
        told += faults(roster, where, authorities, broken=broken, lost=lost)
    if found.whole and not roster.people and "people" not in lost:
        told.append(f"{found.toml}: no people. Add [[people]], or name a .csv file with them.")
    if told:
        raise RosterRefused(tuple(told))
    return roster


def _entry(model: type[_M], at: str, values: object, told: list[str]) -> _M | None:
    """Return an entry; one with faults without the fields at fault, for what else is wrong there.

    What cannot be read at all, or has no id, is None. Faults are added to ``told``.
    """
    try:
        return model.model_validate(values)
    except ValidationError as error:
        told.extend(_told(at, error, tuple(model.model_fields)))
        bad = {str(fault["loc"][0]) for fault in error.errors() if fault["loc"]}
    if not isinstance(values, dict) or "id" in bad:
        return None
    kept = {name: value for name, value in values.items() if name not in bad}
    filled = {name: UNREAD for name in bad & {"name", "unit", "rank"}}
    try:
        return model.model_validate({**filled, **kept})
    except ValidationError:
        return None


def _where(name: str | None, places: Mapping[str, list[str]]) -> Callable[[str, int], str]:
    def where(kind: str, place: int) -> str:
        known = places.get(kind, [])
        return known[place] if 0 <= place < len(known) else f"{name or 'roster'} {kind}"

    return where


def _told(at: str, error: ValidationError, fields: Sequence[str]) -> Iterator[str]:
    """Yield each fault of an entry as a line with value and remedy."""
    for fault in error.errors(include_url=False):
        kind, value = fault["type"], fault["input"]
        loc = ".".join(str(part) for part in fault["loc"])
        name = str(fault["loc"][0]) if fault["loc"] else ""
        if kind == "extra_forbidden":
            known = ", ".join("from" if field == "from_" else field for field in fields)
            yield f"{at}: {loc!r} is unknown. Known: {known}."
        elif kind == "value_error":
            said = fault["msg"].removeprefix("Value error, ").rstrip(".")
            simple = not isinstance(value, dict | list | tuple) and loc
            yield f"{at}: {f'{loc} {_shown(value)} ' if simple else ''}{said}."
        elif kind == "missing":
            yield f"{at}: {loc} {_SAYS[kind]}."
        else:
            said = _SAYS.get(kind) or _other(name, kind, fault["msg"])
            yield f"{at}: {loc} {_shown(value)} {said}."


def _other(name: str, kind: str, message: str) -> str:
    if kind == "string_pattern_mismatch":
        return _PATTERNS.get(name, _NO_ID)
    if kind.startswith("bool"):
        return "is neither true nor false. Write one of the two"
    if kind.startswith("date"):
        return f"is no day. Write it as {date(2026, 1, 31)}"
    return f"is refused ({message}). Correct it"


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:60]}…"
