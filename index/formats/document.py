"""What every reader returns: the source text and its lines, stripped of marks, with their spans."""

from pydantic import BaseModel

from index.directive import FROZEN


class Line(BaseModel):
    """One line's content: ``source[start:end]`` without heading, emphasis and list marks."""

    model_config = FROZEN

    start: int
    end: int
    bullet: bool = False
    tabular: bool = False

    @property
    def blank(self) -> bool:
        """Whether nothing is left once the marks are gone."""
        return self.start >= self.end


class Document(BaseModel):
    """A file's text and its lines in order; spans are code points of ``text``."""

    model_config = FROZEN

    text: str
    lines: tuple[Line, ...]
