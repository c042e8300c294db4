"""The guide of the corpus and a bureau, without an index, and a form filled in as people do."""

import re
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from bot.approvals.bureau import Bureau, Rules, open_audit, open_bureau
from bot.approvals.desk import Guiding
from bot.approvals.filling import Filled, picked
from bot.approvals.guidance import Guidance
from bot.approvals.images import FOLDER, Images
from bot.approvals.request import Answered, Content, Reply
from bot.links import Links
from bot.roster.roster import Roster
from bot.slack.request_flags import NONE, UNSURE, applying
from index.asked import load_facts
from index.directive import Directive
from index.library import Library, load
from index.request import Questions, load_questions
from index.rules import load_readings
from index.vocabulary import Vocabulary

CORPUS = Path(__file__).resolve().parent.parent / "corpus"
QUESTIONS = load_questions(CORPUS, load_facts(CORPUS))
FILLED = Filled(
    material="photo",
    page="my own",
    platform="Instagram, my own account",
    description="A target and my hands.",
)


class NoGuide:
    """A guide that asks nothing and finds nothing, for a process that is to load little."""

    questions = Questions()

    def preset(self, question: str | None) -> Filled:
        return Filled(description=question or "")

    def touches(self, directive: Directive, content: Content) -> Guidance:
        return Guidance()

    def flags_behind(self, facts: Iterable[str]) -> tuple[str, ...]:
        return ()


@cache
def the_guide() -> Guiding:
    """Return the guide over the real corpus."""
    from bot.approvals.guide import Guide

    library, facts = load(CORPUS), load_facts(CORPUS)
    texts = " ".join(clause.text for one in library.in_force() for clause in one.clauses)
    vocabulary = Vocabulary(CORPUS, facts, re.findall(r"[a-z]+", texts.lower()))
    return Guide(QUESTIONS, facts, vocabulary, load_readings(library, facts))


def bureau(
    engine: Engine,
    library: Library,
    links: Links,
    clock: Callable[[], datetime],
    folder: Path,
    roster: Roster | Callable[[], Roster | None] | None = None,
    guide: Guiding | None = None,
    name: str = "The Department",
    attachments: bool = False,
    keep_questions: bool = False,
) -> Bureau:
    """Return a bureau over a database, with the guide of the corpus unless another is given.

    Its checkpoints lie in ``folder``.
    """
    audit = open_audit(engine, "s" * 32, folder, clock)
    return open_bureau(
        engine=engine,
        audit=audit,
        library=library,
        links=links,
        guide=guide or the_guide(),
        roster=roster if callable(roster) else lambda: roster,
        rules=Rules(zone=ZoneInfo("UTC"), department=name, keep_questions=keep_questions),
        clock=clock,
        images=Images(engine, audit, folder / FOLDER, clock, taking=attachments),
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
    fields = filled.model_dump(exclude={"flags", "image"})
    return {
        **{name: [*value] if isinstance(value, tuple) else value for name, value in fields.items()},
        **{f"flag-{one.name}": one.reply.value for one in filled.flags},
    }


def submitted(filled: Filled) -> dict[str, object]:
    """Return a form as people fill it in within Slack: values by action id."""
    ids, named = picked(filled.colleagues)
    fields = filled.model_dump(exclude={"flags", "colleagues", "others", "image"})
    return {
        **{name: value or None for name, value in fields.items()},
        "colleagues": [*ids],
        "colleagues_named": named or None,
        "others": [*filled.others],
        **flags_submitted(filled.flags),
    }


def flags_submitted(flags: Iterable[Answered]) -> dict[str, object]:
    """Return replies as people give them in Slack: "no" to all there is, by the one tick."""
    said = {one.name: one.reply for one in flags}
    ticked: dict[str, object] = {
        applying(group): [
            one.name for one in QUESTIONS.under(group) if said.get(one.name) is Reply.YES
        ]
        for group in QUESTIONS.groups
    }
    unsure = [name for name, reply in said.items() if reply is Reply.UNSURE]
    none = set(said.values()) == {Reply.NO}
    return ticked | {UNSURE: unsure, NONE: ["yes"] if none else []}
