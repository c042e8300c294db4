"""Places in a Markdown file that a program fills: ``<!-- name -->`` to ``<!-- /name -->``."""

from pathlib import Path


class BlockMissing(Exception):
    """A file has no such marked place."""


def replace(path: Path, name: str, text: str) -> None:
    """Put ``text`` into the marked place ``name`` of a file; raise BlockMissing without one."""
    path.write_text(replaced(path.read_text(encoding="utf-8"), name, text), encoding="utf-8")


def replaced(page: str, name: str, text: str) -> str:
    """Return ``page`` with ``text`` in the marked place; raise BlockMissing without one."""
    opening, closing = f"<!-- {name} -->", f"<!-- /{name} -->"
    before, found, rest = page.partition(opening)
    _, ended, after = rest.partition(closing)
    if not found or not ended:
        raise BlockMissing(f"The marks {opening!r} and {closing!r} are not there. Put them in.")
    return f"{before}{opening}\n\n{text}\n\n{closing}{after}"
