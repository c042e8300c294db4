"""Readers: a directive's file becomes lines of text with spans; its structure is read after.

Adding a format is one module with ``read(path) -> Document`` and one line in ``FORMATS``.
"""

from collections.abc import Callable
from pathlib import Path

from index.errors import DirectiveRefused
from index.formats import markdown
from index.formats.document import Document

FORMATS: dict[str, Callable[[Path], Document]] = {
    ".md": markdown.read,
}


def read(path: Path) -> Document:
    """Return the document in ``path``; raise DirectiveRefused if there is no reader or no file."""
    if not path.is_file():
        raise DirectiveRefused(f"Directive file {str(path)!r} is not there. Check the path.")
    reader = FORMATS.get(path.suffix.lower())
    if reader is None:
        known = ", ".join(sorted(FORMATS))
        raise DirectiveRefused(
            f"Directive {path.name!r}: no reader for {path.suffix!r}. Known: {known}. "
            "Save it as one of these first."
        )
    return reader(path)
