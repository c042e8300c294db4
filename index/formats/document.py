"""What every reader returns: the canonical text, its lines with their place, and what was cut."""

from pydantic import BaseModel

from index.directive import FROZEN


class Line(BaseModel):
    """One line's content: ``source[start:end]`` without heading, emphasis and list marks.

    What the format does not know stays None. ``x`` and ``right`` are where its words begin and end
    and ``size`` how tall they are, in points; ``level`` is the depth of a heading as the format
    marks it; ``gap`` says that a wider space than a line's stands above it; ``whole`` that the
    format itself ends the paragraph before it.
    """

    model_config = FROZEN

    start: int
    end: int
    bullet: bool = False
    tabular: bool = False
    page: int | None = None
    x: float | None = None
    right: float | None = None
    size: float | None = None
    bold: bool = False
    level: int | None = None
    gap: bool = False
    whole: bool = False

    @property
    def blank(self) -> bool:
        """Whether nothing is left once the marks are gone."""
        return self.start >= self.end


class Document(BaseModel):
    """A file's text and its lines in order; spans are code points of ``text``.

    ``text`` is the file itself for Markdown and plain text; for the other formats it is what was
    extracted, with running heads and feet cut and words mended that a line's end divides.
    ``furniture`` holds the running heads and feet, one of a kind, ``contents`` the lines of a
    table of contents, ``pages`` the count of pages, None where the format has none.
    """

    model_config = FROZEN

    text: str
    lines: tuple[Line, ...]
    furniture: tuple[str, ...] = ()
    contents: tuple[str, ...] = ()
    pages: int | None = None
    laid_out: bool = False
