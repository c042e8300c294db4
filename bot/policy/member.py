"""Who does something for the policy unit: known from the session, or named at the terminal."""

from pydantic import BaseModel, TypeAdapter

from bot.roster.person import Line
from index.directive import FROZEN


class Member(BaseModel):
    """Somebody of the policy unit; ``key`` is how the record names them, ``name`` how people do."""

    model_config = FROZEN

    key: str
    name: str


def at_terminal(name: str) -> Member:
    """Return who says to be NAME at the terminal, which knows nobody; raise ValidationError."""
    line = TypeAdapter(Line).validate_python(name)
    return Member(key=f"local:{line}", name=line)
