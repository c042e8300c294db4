"""A table of figures, as plain text; how it is drawn is for the surface that shows it."""

from pydantic import BaseModel, ConfigDict


class Sheet(BaseModel):
    """A table: the first column names its rows, the others hold figures; ``note`` explains it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
