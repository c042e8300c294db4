"""The guide of the corpus and a bureau, without an index, and a form filled in as people do."""

from collections.abc import Callable
from datetime import datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from bot.approvals.bureau import Bureau, Rules, open_audit, open_bureau
from bot.approvals.filling import Filled
from bot.approvals.guide import Guide, load_guide
from bot.approvals.request import Answered, Reply
from bot.links import Links
from bot.roster import Roster
from index.asked import load_facts
from index.library import Library, load
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


def bureau(
    engine: Engine,
    library: Library,
    links: Links,
    clock: Callable[[], datetime],
    folder: Path,
    roster: Roster | None = None,
) -> Bureau:
    """Return a bureau over a database; its checkpoints lie in ``folder``."""
    return open_bureau(
        engine=engine,
        audit=open_audit(engine, "s" * 32, folder, clock),
        library=library,
        links=links,
        guide=guide(),
        roster=lambda: roster,
        rules=Rules(zone=ZoneInfo("UTC")),
        clock=clock,
    )


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
