"""Suggested questions for a person's role, and a guess at the role from a profile's title.

``assistant.threads.setSuggestedPrompts`` takes up to four, each a title and a message. Slack states
no length for a title; button labels hold 75 characters, and narrow screens show far fewer.
"""

import re

from pydantic import BaseModel

from bot.slack.ids import Role
from index.directive import FROZEN


class Prompt(BaseModel):
    """A suggestion: what is shown, and the question that is then asked."""

    model_config = FROZEN

    title: str
    message: str


_PROMPTS = {
    Role.OFFICER: (
        Prompt(
            title="A photo from work",
            message="May I put a photo from training on my own account?",
        ),
        Prompt(
            title="Naming where I work",
            message="May I say on my own page which department I work for?",
        ),
        Prompt(
            title="How to get permission",
            message="Who has to agree before I post something about my work, and in what form?",
        ),
        Prompt(
            title="I saw a post",
            message="What must I do when I see a post that breaks the order?",
        ),
    ),
    Role.RECRUIT: (
        Prompt(
            title="The word “post”",
            message="What does the order mean by “post”?",
        ),
        Prompt(
            title="My uniform on my page",
            message="May I use a picture of myself in uniform as my profile picture?",
        ),
        Prompt(
            title="Talking about calls",
            message="May I tell a group chat about a call I went to?",
        ),
        Prompt(
            title="Privacy of my account",
            message="Does the order apply to my account if only friends can see it?",
        ),
    ),
    Role.SUPERVISOR: (
        Prompt(
            title="An officer asks to post",
            message="An officer asks me for permission to post. Who decides, and in what form?",
        ),
        Prompt(
            title="Told about a post",
            message="An officer tells me about a post that may break the order. What follows?",
        ),
        Prompt(
            title="A department page",
            message="Who has to approve a department page?",
        ),
        Prompt(
            title="Comments by the public",
            message="When may comments on a department page be removed?",
        ),
    ),
}

_LEADING = frozenset(
    "sgt sergeant ssgt lt ltn lieutenant capt cpt captain maj major col colonel cmdr commander "
    "inspector superintendent supt commissioner chief sheriff undersheriff supervisor "
    "supervising".split()
)
_LEARNING = frozenset("recruit cadet probationary probationer trainee".split())
_TEACHING = frozenset(
    "training instructor trainer coordinator adviser advisor recruiter program programme".split()
)


def prompts(role: Role) -> tuple[Prompt, ...]:
    """Return four suggestions for a role."""
    return _PROMPTS[role]


def guess(title: str | None) -> Role:
    """Return the role that a Slack profile's title suggests: good for suggestions, not for rights.

    Whoever works for a chief is no chief, and whoever trains recruits is no recruit.
    """
    written = (title or "").casefold()
    own = set(re.findall(r"[a-z]+", re.split(r"\b(?:to|for) (?:the )?", written)[0]))
    if own & _LEADING:
        return Role.SUPERVISOR
    if "in training" in written or (own & _LEARNING and not own & _TEACHING):
        return Role.RECRUIT
    return Role.OFFICER
