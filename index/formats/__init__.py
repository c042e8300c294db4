"""Readers: a directive's file becomes lines of text with spans; its structure is read after.

Adding a format is one module with ``read(path) -> Document`` and one line in ``FORMATS``.
"""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from index.errors import DirectiveRefused
from index.formats import markdown
from index.formats.contents import set_aside
from index.formats.document import Document


def _late(module: str) -> Callable[[Path], Document]:
    """Return a reader that is imported when it is used: the libraries behind it are not small."""

    def read_late(path: Path) -> Document:
        reader: Callable[[Path], Document] = import_module(f"index.formats.{module}").read
        return reader(path)

    return read_late


FORMATS: dict[str, Callable[[Path], Document]] = {
    ".docx": _late("docx"),
    ".htm": _late("html"),
    ".html": _late("html"),
    ".md": markdown.read,
    ".pdf": _late("pdf"),
    ".txt": _late("text"),
}
_MOST_BYTES = 48 * 2**20
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def read(path: Path) -> Document:
    """Return the document in ``path``; raise DirectiveRefused if there is no reader or no file."""
    if not path.is_file():
        raise DirectiveRefused(f"Directive file {str(path)!r} is not there. Check the path.")
    _refuse_old_word(path)
    reader = FORMATS.get(path.suffix.lower())
    if reader is None:
        known = ", ".join(sorted(FORMATS))
        raise DirectiveRefused(
            f"Directive {path.name!r}: no reader for {path.suffix!r}. Known: {known}. "
            "Save it as one of these first."
        )
    size = path.stat().st_size
    if size > _MOST_BYTES:
        raise DirectiveRefused(
            f"Directive {path.name!r} has {size / 2**20:.0f} MB; at most {_MOST_BYTES // 2**20} MB "
            "are read. Split it, or save it without its pictures."
        )
    return set_aside(reader(path))


def _refuse_old_word(path: Path) -> None:
    with path.open("rb") as opened:
        head = opened.read(len(_OLE))
    if head != _OLE:
        return
    if path.suffix.lower() == ".docx":
        raise DirectiveRefused(
            f"Directive {path.name!r} is encrypted, or an old Word file under a new name. "
            "Save it as .docx without a password, and hand that in."
        )
    raise DirectiveRefused(
        f"Directive {path.name!r} is an old Word file (.doc). Save it as .docx first."
    )
