"""The guide of the corpus for tests without an index, and a form filled in as people do."""

from functools import cache
from pathlib import Path

from bot.approvals.filling import Filled
from bot.approvals.guide import Guide, load_guide
from bot.approvals.request import Answered, Reply
from index.asked import load_facts
from index.library import load
from index.request import load_questions

CORPUS = Path(__file__).resolve().parent.parent / "corpus"
QUESTIONS = load_questions(CORPUS, load_facts(CORPUS))
FILLED = Filled(
    material="photo",
    page="my own",
    platform="Instagram, my own account",
    description="A target and my hands.",
)


@cache
def guide() -> Guide:
    """Return the guide over the real corpus."""
    return load_guide(CORPUS, load(CORPUS))


def replies(**said: str) -> tuple[Answered, ...]:
    """Return a reply to every question: "no", unless ``said`` names another by its name."""
    assert set(said) <= {one.name for one in QUESTIONS.flags}
    return tuple(
        Answered(name=one.name, reply=Reply(said.get(one.name, "no"))) for one in QUESTIONS.flags
    )


def whole(**said: str) -> Filled:
    """Return a form that can be sent, with these replies."""
    return FILLED.model_copy(update={"flags": replies(**said)})


def posted(filled: Filled) -> dict[str, object]:
    """Return a form as a browser sends it."""
    fields = filled.model_dump(exclude={"flags"})
    return {
        **{name: [*value] if isinstance(value, tuple) else value for name, value in fields.items()},
        **{f"flag-{one.name}": one.reply.value for one in filled.flags},
    }
