"""What the pages and Slack's surface hand each other while somebody signs in with Slack."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from pydantic import BaseModel, Field

from index.directive import FROZEN

SIGN_IN_REDIRECT = "/sign-in/slack"


class Person(BaseModel):
    """Whom Slack vouches for; both are Slack ids."""

    model_config = FROZEN

    team: str
    user: str


class Answer(BaseModel):
    """What a browser brought back from Slack, and the nonce that its sign-in began with."""

    model_config = FROZEN

    code: str = Field(repr=False)
    nonce: str = Field(repr=False)


@dataclass(frozen=True)
class SlackSignIn:
    """Sign in with Slack: ``page`` returns the address of Slack's page for a state and a nonce.

    ``finish`` returns who Slack says it is, or raises SignInRefused, fit to show.
    """

    page: Callable[[str, str], str]
    finish: Callable[[Answer], Awaitable[Person]]
