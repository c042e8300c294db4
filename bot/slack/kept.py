"""“What is kept about me”: everything that is stored with a person's name, and for how long."""

from collections.abc import Iterator
from datetime import date, datetime

from pydantic import BaseModel, NonNegativeInt
from slack_sdk.models.blocks import ActionsBlock, Block, ConfirmObject, SectionBlock
from slack_sdk.models.views import View

from bot.slack import watch_wording, wording
from bot.slack.ids import Action, Role
from bot.slack.ids import View as Callback
from bot.slack.parts import button, heading, modal, moment, note, plain, points, said, text, words
from bot.slack.text import shortened
from index.directive import FROZEN

_MOST_DRAFTS = 20
_FIRST_WORDS = 80
_MOST_WATCHES = 60


class KeptDraft(BaseModel):
    """The draft of a request; ``expires`` is in the department's time zone."""

    model_config = FROZEN

    question: str
    expires: datetime


class KeptWatch(BaseModel):
    """A clause of which a person is told when it changes; ``value`` names it to the button.

    ``day`` is when they asked for it, in the department's time zone.
    """

    model_config = FROZEN

    clause: str
    effective: date
    day: date
    value: str


class Kept(BaseModel):
    """What is stored with a person's name: counts, except for drafts and watched clauses.

    ``role`` is None where the person chose none; ``noticed``: it is stored that they have seen the
    first-use notice; ``questions`` are being answered; ``feedback`` has not been looked at yet;
    ``asked``: the Department keeps the words of questions, with nobody's name.
    """

    model_config = FROZEN

    drafts: tuple[KeptDraft, ...] = ()
    role: Role | None = None
    noticed: bool = False
    questions: NonNegativeInt = 0
    feedback: NonNegativeInt = 0
    requests: NonNegativeInt = 0
    asked: bool = False
    watches: tuple[KeptWatch, ...] = ()


def kept_form(kept: Kept) -> View:
    """Return the modal; only the person may see it, for it has the first words of their drafts."""
    also = [*_also(kept)]
    retention = (*wording.RETENTION, *((wording.QUESTIONS_KEPT,) if kept.asked else ()))
    blocks: list[Block] = [*_drafts(kept), *_watches(kept)]
    if also:
        blocks += [heading(wording.KEPT_ALSO), text(points((words(one),) for one in also))]
    if not blocks:
        blocks = [said(wording.KEPT_NOTHING)]
    blocks += [
        heading(wording.KEPT_HOW_LONG),
        text(points((words(one),) for one in retention)),
    ]
    return modal(Callback.KEPT, wording.KEPT, blocks)


def _drafts(kept: Kept) -> Iterator[Block]:
    if not kept.drafts:
        return
    rows = [
        wording.KEPT_DRAFT.format(
            begins=shortened(" ".join(draft.question.split()), _FIRST_WORDS),
            expires=moment(draft.expires),
        )
        for draft in kept.drafts[:_MOST_DRAFTS]
    ]
    if left := len(kept.drafts) - len(rows):
        rows.append(wording.KEPT_MORE_DRAFTS.format(count=left))
    yield heading(wording.KEPT_DRAFTS)
    yield text(points((words(row),) for row in rows))
    yield ActionsBlock(
        elements=[
            button(
                wording.DELETE_DRAFTS,
                Action.DELETE_DRAFTS,
                style="danger",
                confirm=ConfirmObject(
                    title=plain(wording.DELETE_DRAFTS_ASK, 100),
                    text=plain(wording.DELETE_DRAFTS_MEANS, 300),
                    confirm=plain(wording.DELETE_DRAFTS, 30),
                    deny=plain(wording.KEEP_DRAFTS, 30),
                    style="danger",
                ),
            )
        ]
    )


def _watches(kept: Kept) -> Iterator[Block]:
    if not kept.watches:
        return
    yield heading(watch_wording.KEPT_WATCHES)
    for number, watch in enumerate(kept.watches[:_MOST_WATCHES], start=1):
        row = watch_wording.KEPT_WATCH.format(
            clause=shortened(watch.clause, _FIRST_WORDS), effective=watch.effective, day=watch.day
        )
        spoken = watch_wording.STOP_LABEL.format(number=number, clause=watch.clause)
        stop = button(watch_wording.STOP, Action.STOP_TELLING, value=watch.value, spoken=spoken)
        yield SectionBlock(text=plain(row), accessory=stop)
    left = len(kept.watches) - _MOST_WATCHES
    if left > 0:
        yield note(watch_wording.KEPT_MORE_WATCHES.format(count=left))


def _also(kept: Kept) -> Iterator[str]:
    if kept.role:
        yield wording.KEPT_ROLE.format(role=wording.ROLES[kept.role].lower())
    if kept.noticed:
        yield wording.KEPT_NOTICE
    for count, sentence in (
        (kept.questions, wording.KEPT_QUESTIONS),
        (kept.feedback, wording.KEPT_FEEDBACK),
        (kept.requests, wording.KEPT_REQUESTS),
    ):
        if count:
            yield sentence.format(count=count)
