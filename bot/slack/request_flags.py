"""The questions of a request in a form of Slack: what applies is ticked, the rest is "no".

Twenty-six questions with three replies each are some six thousand pixels on a phone. Ticks stand
open, group by group, so that nobody says "no" to what they did not see; what is unsure is rare and
is a menu. Limits as in "Block Kit: Checkboxes" (10 options) and "Multi-select menu" (100).
"""

from collections.abc import Iterable, Iterator, Mapping

from slack_sdk.models.blocks import (
    Block,
    CheckboxesElement,
    OptionGroup,
    StaticMultiSelectElement,
)

from bot.approvals.request import Answered, Reply
from bot.slack import request_wording as wording
from bot.slack.parts import entry, heading, note, option, plain
from bot.slack.submitted import TICKED, FormRefused, Values, several, several_ticked
from bot.slack.text import shortened
from bot.slack.wording import FORM_CHANGED
from bot.slack.wording import REQUEST_FLAGS as FLAGS
from index.request import Group, Questions

UNSURE = "flags_unsure"
NONE = "flags_none"
_ERROR = 1_500


def applying(group: Group) -> str:
    """Return the name of the field that holds what applies of a group."""
    return f"flags-{group.name}"


def flag_entries(questions: Questions, given: Iterable[Answered]) -> Iterator[Block]:
    """Yield the fields of the questions, with the replies so far."""
    if not questions.flags:
        return
    said = {one.name: one.reply for one in given}
    yield heading(FLAGS)
    yield note(wording.REST_NO)
    for group in questions.groups:
        ticks = {one.name: option(one.name, one.label) for one in questions.under(group)}
        ticked = [tick for name, tick in ticks.items() if said.get(name) is Reply.YES]
        boxes = CheckboxesElement(
            action_id=applying(group), options=[*ticks.values()], initial_options=ticked or None
        )
        label = wording.APPLY.format(title=group.title)
        yield entry(applying(group), label, boxes, optional=True)
    offered = {
        group: [option(one.name, one.label) for one in questions.under(group)]
        for group in questions.groups
    }
    unsure = [
        one for row in offered.values() for one in row if said.get(str(one.value)) is Reply.UNSURE
    ]
    menu = StaticMultiSelectElement(
        action_id=UNSURE,
        option_groups=[
            OptionGroup(label=plain(group.title, 75), options=row) for group, row in offered.items()
        ],
        placeholder=plain(wording.UNSURE_EMPTY, 150),
        initial_options=unsure or None,
    )
    yield entry(UNSURE, wording.UNSURE, menu, hint=wording.UNSURE_HINT, optional=True)
    tick = option(TICKED, wording.NONE_TICK)
    everything = {one.name for one in questions.flags} <= set(said)
    none = CheckboxesElement(
        action_id=NONE, options=[tick], initial_options=[tick] if everything else None
    )
    yield entry(NONE, wording.NONE, none, hint=wording.NONE_HINT, optional=True)


def chosen_flags(
    values: Values, questions: Questions, before: Iterable[Answered] = ()
) -> tuple[Answered, ...]:
    """Return the replies that somebody gave, in the order of the questions.

    ``before`` are the replies that the form was opened with: "no" stays, what was taken back is
    "no", and what nobody answered yet is left out. What is in both fields is not sure. Raise
    FormRefused for a form of another version.
    """
    yes, unsure, none = _read(values, questions)
    answered = {one.name for one in before}
    found: list[Answered] = []
    for name in (one.name for one in questions.flags):
        if name in unsure:
            found.append(Answered(name=name, reply=Reply.UNSURE))
        elif name in yes:
            found.append(Answered(name=name, reply=Reply.YES))
        elif none or name in answered:
            found.append(Answered(name=name, reply=Reply.NO))
    return tuple(found)


def with_no(given: Iterable[Answered], questions: Questions) -> tuple[Answered, ...]:
    """Return a reply to every question: "no" to what is not among those ``given``."""
    said = {one.name: one.reply for one in given}
    return tuple(
        Answered(name=one.name, reply=said.get(one.name, Reply.NO)) for one in questions.flags
    )


def flag_errors(values: Values, questions: Questions) -> dict[str, str]:
    """Return what is at fault when the form is to be sent, by field.

    That is a question in both fields, or nothing chosen and no word that this is meant.
    """
    if not questions.flags:
        return {}
    yes, unsure, none = _read(values, questions)
    both = [one.label for one in questions.flags if one.name in yes & unsure]
    if both:
        return {UNSURE: shortened(wording.BOTH.format(labels=_listed(both)), _ERROR)}
    if not (yes or unsure or none):
        return {NONE: wording.NOTHING_CHOSEN}
    return {}


def by_field(
    sentences: Mapping[str, Iterable[str]], questions: Questions, given: Iterable[Answered]
) -> dict[str, str]:
    """Return sentences about questions, each once, by the field that holds their reply.

    ``sentences`` are keyed by the question's name. Each field's sentences share what Slack shows.
    """
    said = {one.name: one.reply for one in given}
    titled = {group.name: applying(group) for group in questions.groups}
    found: dict[str, dict[str, list[str]]] = {}
    for one in questions.flags:
        unsure = said.get(one.name) is Reply.UNSURE
        for sentence in sentences.get(one.name, ()):
            field = found.setdefault(UNSURE if unsure else titled[one.group], {})
            field.setdefault(sentence, []).append(one.label)
    return {
        name: " ".join(
            shortened(f"{_listed(labels)}: {sentence}", _ERROR // len(field))
            for sentence, labels in field.items()
        )
        for name, field in found.items()
    }


def told_flags(given: Iterable[Answered], questions: Questions) -> tuple[str, ...]:
    """Return in one line each what was answered "yes", what "not sure", and how many "no"."""
    said = {one.name: one.reply for one in with_no(given, questions)}
    chosen = {
        reply: [one.label for one in questions.flags if said[one.name] is reply]
        for reply in (Reply.YES, Reply.UNSURE)
    }
    lines = [
        words.format(labels=_listed(chosen[reply]))
        for reply, words in ((Reply.YES, wording.YES), (Reply.UNSURE, wording.NOT_SURE))
        if chosen[reply]
    ]
    rest = len(questions.flags) - sum(len(labels) for labels in chosen.values())
    if rest == len(questions.flags):
        return (wording.ALL_NO.format(count=rest),) if rest else ()
    return (*lines, wording.REST.format(count=rest)) if rest else (*lines,)


def _read(values: Values, questions: Questions) -> tuple[frozenset[str], frozenset[str], bool]:
    """Return what applies, what is unsure, and whether nothing else is said to apply."""
    if not questions.flags:
        return frozenset(), frozenset(), False
    yes: set[str] = set()
    for group in questions.groups:
        own = {one.name for one in questions.under(group)}
        yes |= _known(several_ticked(values, applying(group)), own, applying(group))
    names = {one.name for one in questions.flags}
    unsure = _known(several(values, UNSURE), names, UNSURE)
    return frozenset(yes), unsure, TICKED in several_ticked(values, NONE)


def _known(found: Iterable[str], names: set[str], field: str) -> frozenset[str]:
    chosen = frozenset(found)
    if not chosen <= names:
        raise FormRefused(field, FORM_CHANGED)
    return chosen


def _listed(labels: list[str]) -> str:
    return ", ".join(f"“{one}”" for one in labels)
