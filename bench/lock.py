"""``make lock``: requirements.lock and THIRD_PARTY.md, from what is installed.

A name that pyproject.toml does not lead to is said on stderr: it was installed by hand.
"""

import sys
import tomllib
from importlib.metadata import PackageNotFoundError, requires

from packaging.requirements import Requirement

from bench.licences import THIRD_PARTY, name_of, packages, page, release
from bench.machine import ROOT

LOCK = ROOT / "requirements.lock"
_HEAD = """\
# The exact version of every package, without hashes: torch is one file as CPU build and another as
# CUDA build, and either satisfies its line; what PyTorch pins for a platform is left to it.
# Made by 'make lock' from pyproject.toml.
"""


def main() -> int:
    """Write both files where they changed, and return 0."""
    lines = sorted(f"{name}=={release(name)}" for name in packages())
    _write_changed(LOCK.name, _HEAD + "\n".join(lines) + "\n")
    _write_changed(THIRD_PARTY.name, page())
    for name in sorted(packages().keys() - needed()):
        print(
            f"{name}: nothing in pyproject.toml needs it; it is locked all the same.",
            file=sys.stderr,
        )
    return 0


def direct() -> list[str]:
    """Return the names pyproject.toml requires, those to run first, each part sorted."""
    return [name for part in _parts() for name in sorted(name_of(one.name) for one in part)]


def needed() -> set[str]:
    """Return every name that pyproject.toml leads to on this machine, extras of extras included."""
    found: set[str] = set()
    waiting = [(name_of(one.name), frozenset(one.extras)) for part in _parts() for one in part]
    seen: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        name, extras = waiting.pop()
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        found.add(name)
        waiting += [
            (name_of(wanted.name), frozenset(wanted.extras)) for wanted in _wanted(name, extras)
        ]
    return found


def _wanted(name: str, extras: frozenset[str]) -> list[Requirement]:
    try:
        lines = requires(name) or []
    except PackageNotFoundError:
        return []
    asked = [Requirement(line) for line in lines]
    return [
        one
        for one in asked
        if one.marker is None
        or any(one.marker.evaluate({"extra": extra}) for extra in (*extras, ""))
    ]


def _parts() -> list[list[Requirement]]:
    """Return what pyproject.toml requires: to run, then for each of its extras."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    parts = [project["dependencies"], *project["optional-dependencies"].values()]
    return [[Requirement(line) for line in part] for part in parts]


def _write_changed(name: str, text: str) -> None:
    path = ROOT / name
    if path.exists() and path.read_text(encoding="utf-8") == text:
        print(f"{name}: unchanged")
        return
    path.write_text(text, encoding="utf-8")
    print(f"{name}: written")


if __name__ == "__main__":
    sys.exit(main())
