"""The forms that a deed on a request needs words for, and what becomes of sending one."""

from datetime import date

from slack_sdk.models.blocks import Block, DatePickerElement, PlainTextInputElement
from slack_sdk.models.views import View

from bot.approvals.deed import MOST_WORDS, Deed
from bot.approvals.event import Consent, Endorsement, Happened
from bot.slack import card_wording as wording
from bot.slack import wording as general
from bot.slack.deed_buttons import Handle
from bot.slack.ids import DeedAction, Field
from bot.slack.ids import View as Callback
from bot.slack.parts import entry, modal, said
from bot.slack.submitted import FormRefused, Values, day, typed

_NEEDED = frozenset({DeedAction.ASK, DeedAction.DENY, DeedAction.REVOKE})
_KINDS: dict[DeedAction, dict[str, object]] = {
    DeedAction.AGREE: {"kind": Happened.CONSENT, "consent": Consent.AGREED},
    DeedAction.DECLINE: {"kind": Happened.CONSENT, "consent": Consent.DECLINED},
    DeedAction.NOT_ME: {"kind": Happened.CONSENT, "consent": Consent.NOT_ME},
    DeedAction.TAKE_BACK: {"kind": Happened.CONSENT_WITHDRAWN},
    DeedAction.RECOMMEND: {
        "kind": Happened.ENDORSED,
        "endorsement": Endorsement.RECOMMENDED,
    },
    DeedAction.NOT_RECOMMEND: {
        "kind": Happened.ENDORSED,
        "endorsement": Endorsement.NOT_RECOMMENDED,
    },
    DeedAction.SEEN: {"kind": Happened.ENDORSED, "endorsement": Endorsement.ACKNOWLEDGED},
    DeedAction.ASK: {"kind": Happened.RETURNED},
    DeedAction.GRANT: {"kind": Happened.GRANTED},
    DeedAction.GRANT_WITH: {"kind": Happened.GRANTED},
    DeedAction.DENY: {"kind": Happened.DENIED},
    DeedAction.REVOKE: {"kind": Happened.REVOKED},
    DeedAction.SEND_ON: {"kind": Happened.SENT_ON},
    DeedAction.WITHDRAW: {"kind": Happened.WITHDRAWN},
    DeedAction.POSTED: {"kind": Happened.POSTED},
}
_AT_STEP = frozenset({Happened.ENDORSED, Happened.RETURNED})


def deed(
    action: DeedAction, about: Handle, words: str | None = None, until: date | None = None
) -> Deed:
    """Return what a button or a form asks to be done."""
    found = Deed.model_validate(
        {**_KINDS[action], "version": about.version, "words": words or None, "until": until}
    )
    return found.model_copy(update={"step": about.step}) if found.kind in _AT_STEP else found


def deed_form(action: DeedAction, about: Handle) -> View:
    """Return the form of a deed that takes words."""
    number = wording.TITLE.format(reference=about.reference)
    optional = action not in _NEEDED
    element = PlainTextInputElement(
        action_id=Field.WORDS.value, multiline=True, max_length=MOST_WORDS, focus_on_load=True
    )
    label, hint = wording.WORDS_LABEL[action], wording.WORDS_HINT
    blocks: list[Block] = [
        said(number, wording.DEED_ABOUT[action]),
        entry(Field.WORDS, label, element, hint=hint, optional=optional),
    ]
    if action is DeedAction.GRANT_WITH:
        until = DatePickerElement(action_id=Field.UNTIL.value)
        hint = wording.UNTIL_HINT
        blocks.append(entry(Field.UNTIL, wording.UNTIL_LABEL, until, hint=hint, optional=True))
    return modal(
        Callback.DEED,
        wording.LABELS[action],
        blocks,
        submit=wording.DEED_SUBMIT,
        close=general.CANCEL,
        metadata=about.model_copy(update={"action": action}).dump(),
    )


def read_deed(action: DeedAction, about: Handle, values: Values) -> Deed:
    """Return what a submitted form asks to be done; raise FormRefused."""
    needed = wording.WORDS_NEEDED if action in _NEEDED else None
    said_ = typed(values, Field.WORDS, MOST_WORDS, needed=needed)
    until = None
    if action is DeedAction.GRANT_WITH:
        chosen = day(values, Field.UNTIL.value)
        try:
            until = date.fromisoformat(chosen) if chosen else None
        except ValueError:
            raise FormRefused(Field.UNTIL, general.FORM_CHANGED) from None
        if not said_ and until is None:
            raise FormRefused(Field.WORDS, wording.CONDITIONS_NEEDED)
    return deed(action, about, said_, until)


def deed_done(sentence: str) -> View:
    """Return what has become of a form; closing it closes the views beneath it too."""
    return modal(Callback.DEED_DONE, wording.FILE, [said(sentence)], clears=True)
