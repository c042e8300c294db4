"""A corpus with one order, and orders of ours to hand in."""

import shutil
from pathlib import Path

from index.intake import Outcome

CORPUS = Path(__file__).resolve().parent.parent / "corpus"
ORDER = "general-orders/5.14"
NUMBER, TITLE = "7.21", "Care of Horses"
HEAD = (f"GENERAL ORDER {NUMBER}", f"Subject: {TITLE}", "Issued: 01/05/2021")
BODY = """
I. PURPOSE

This order says how horses are cared for by the mounted unit.

II. PROCEDURE

A. Officers shall feed the horses every morning before roll call.

B. Officers shall not ride a horse that is not shod.
"""


def bare(folder: Path) -> Path:
    """Return a corpus with GO 5.14, the facts and the Department, which a test may change."""
    target = folder / "corpus"
    shutil.copytree(CORPUS / ORDER, target / ORDER)
    for name in ("facts.yaml", "department.toml"):
        shutil.copy(CORPUS / name, target / name)
    return target


def order(
    folder: Path, *more: str, name: str = "horses.txt", effective: str = "02/01/2021"
) -> Path:
    """Write an order of ours as text; ``more`` are further lines of its head."""
    lines = [*HEAD, *([f"Effective: {effective}"] if effective else []), *more]
    path = folder / name
    path.write_text("\n".join(lines) + "\n" + BODY, encoding="utf-8")
    return path


def one(outcomes: tuple[Outcome, ...]) -> Outcome:
    """Return what became of the only file."""
    assert len(outcomes) == 1
    return outcomes[0]


def everything(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder with its bytes, to tell whether anything changed."""
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}
