"""Another version of the order on file: in memory for pages, in a copied corpus for answers."""

import hashlib
import re
import shutil
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from backends import on_server
from corpora import ORDER

from bot.config import Settings
from index.directive import Directive, Status
from index.library import Library

BEHIND, AHEAD = "Etc/GMT+12", "Etc/GMT-14"  # a day or two apart at any moment
FIRST = date(2019, 9, 10)
NEXT = date(2040, 2, 2)
TWO_CLAUSES = {
    "photographs or depictions of themselves": "pictures of themselves",
    "before posting same": "before they post it",
}


def copied_settings(settings: Settings, folder: Path) -> Settings:
    """Return settings over a copy of a corpus and its indexes, which the test may change."""
    shutil.copytree(settings.corpus_dir, folder / "corpus")
    shutil.copytree(settings.var_dir, folder / "var")
    own = {"corpus_dir": folder / "corpus", "var_dir": folder / "var"}
    return settings.model_copy(update={**own, "database_url": on_server(folder / "var")})


def set_zone(settings: Settings, zone: str) -> date:
    """Put a time zone into department.toml and return the day that it is there."""
    path = settings.corpus_dir / "department.toml"
    text = re.sub(r"(?m)^time_zone = .*$", f'time_zone = "{zone}"', path.read_text("utf-8"))
    path.write_text(text, encoding="utf-8")
    return datetime.now(ZoneInfo(zone)).date()


def taken_in(corpus: Path, folder: str, edits: Mapping[str, str], effective: date) -> Path:
    """Put a version of the order beside the first, its words and those of its reading edited."""
    old, new = corpus / ORDER, corpus / "general-orders" / folder
    shutil.copytree(old, new)
    for path in sorted(new.iterdir()):
        text = path.read_text(encoding="utf-8")
        for before, after in edits.items():
            assert before in text or path.name != "order.md", before
            text = text.replace(before, after)
        path.write_text(text, encoding="utf-8")
    digest = hashlib.sha256((new / "order.md").read_bytes()).hexdigest()
    for name in ("directive.toml", "rules.yaml"):
        path = new / name
        text = re.sub(r"\b[0-9a-f]{64}\b", digest, path.read_text(encoding="utf-8"), count=1)
        path.write_text(text, encoding="utf-8")
    sheet = new / "directive.toml"
    text = sheet.read_text(encoding="utf-8")
    text = re.sub(r"(?m)^effective = .*$", f"effective = {effective}\nreplaces = {FIRST}", text)
    sheet.write_text(text, encoding="utf-8")
    return new


def revised(order: Directive, effective: date, edits: Mapping[str, str]) -> Directive:
    """Return a version of the order with other words in some clauses."""
    clauses = tuple(
        one.model_copy(update={"text": _edited(one.text, edits)}) for one in order.clauses
    )
    digest = hashlib.sha256(repr((effective, clauses)).encode()).hexdigest()
    changed = {"clauses": clauses, "effective": effective, "sha256": digest}
    return order.model_copy(update={**changed, "replaces": order.effective})


def beside(library: Library, *versions: Directive) -> Library:
    """Return a library with more versions, as on its own day."""
    folder = next(iter(library.folders.values()))
    folders = {**library.folders, **{one.sha256: folder for one in versions}}
    directives = sorted((*library.directives, *versions), key=lambda d: (d.number, d.effective))
    found = replace(library, directives=tuple(directives), folders=folders)
    return replace(found.at(library.today()), today=library.today)


def draft(order: Directive, effective: date, edits: Mapping[str, str]) -> Directive:
    """Return a version that nobody issued."""
    return revised(order, effective, edits).model_copy(update={"status": Status.DRAFT})


def _edited(text: str, edits: Mapping[str, str]) -> str:
    for before, after in edits.items():
        text = text.replace(before, after)
    return text
