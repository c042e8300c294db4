"""What somebody may do to a request, as buttons; each carries the request, version and step."""

from collections.abc import Iterator

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from slack_sdk.models.blocks import ButtonElement, ConfirmObject

from bot.approvals.dossier import Dossier
from bot.approvals.event import Happened
from bot.slack import card_wording as wording
from bot.slack.ids import Action, DeedAction
from bot.slack.parts import button, plain

FORMS = frozenset(
    {
        DeedAction.NOT_RECOMMEND,
        DeedAction.ASK,
        DeedAction.GRANT_WITH,
        DeedAction.DENY,
        DeedAction.REVOKE,
    }
)
_OFFERED: dict[Happened, tuple[DeedAction, ...]] = {
    Happened.CONSENT: (DeedAction.AGREE, DeedAction.DECLINE, DeedAction.NOT_ME),
    Happened.CONSENT_WITHDRAWN: (DeedAction.TAKE_BACK,),
    Happened.ENDORSED: (DeedAction.RECOMMEND, DeedAction.NOT_RECOMMEND, DeedAction.SEEN),
    Happened.GRANTED: (DeedAction.GRANT, DeedAction.GRANT_WITH),
    Happened.DENIED: (DeedAction.DENY,),
    Happened.RETURNED: (DeedAction.ASK,),
    Happened.SENT_ON: (DeedAction.SEND_ON,),
    Happened.POSTED: (DeedAction.POSTED,),
    Happened.WITHDRAWN: (DeedAction.WITHDRAW,),
    Happened.REVOKED: (DeedAction.REVOKE,),
}
# What says yes to a content; where it has an image, which Slack does not show, the page has them.
_YES = frozenset({DeedAction.AGREE, DeedAction.GRANT, DeedAction.GRANT_WITH})
_PRIMARY = frozenset({DeedAction.AGREE, DeedAction.RECOMMEND, DeedAction.GRANT})
_DANGER = frozenset({DeedAction.WITHDRAW, DeedAction.REVOKE, DeedAction.DENY})


class Handle(BaseModel):
    """What a button or a form says it is about; ``action`` where a form has to know it."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    reference: str = Field(alias="r", max_length=20)
    version: int = Field(alias="v", ge=1)
    step: int | None = Field(None, alias="s")
    action: DeedAction | None = Field(None, alias="a")

    def dump(self) -> str:
        """Return the value of a button, or the private metadata of a form."""
        return self.model_dump_json(by_alias=True, exclude_none=True)


def handle(value: str) -> Handle | None:
    """Return what a button says, None for one of another version of the assistant."""
    try:
        return Handle.model_validate_json(value)
    except ValidationError:
        return None


def deeds(dossier: Dossier) -> tuple[ButtonElement, ...]:
    """Return a button for everything that the viewer may do."""
    about = Handle(
        reference=dossier.request.reference,
        version=dossier.progress.version,
        step=dossier.progress.at if dossier.progress.steps is not None else None,
    )
    return tuple(_button(one, about) for one in _may(dossier))


def changing(dossier: Dossier) -> tuple[ButtonElement, ...]:
    """Return the button that opens the form with the content that stands, for the requester."""
    if Happened.EDITED not in dossier.may:
        return ()
    reference, version = dossier.request.reference, dossier.progress.version
    about = Handle(reference=reference, version=version)
    spoken = wording.SPOKEN.format(label=wording.CHANGE, reference=reference)
    shown = button(wording.CHANGE, Action.CHANGE_REQUEST, value=about.dump(), spoken=spoken)
    return (shown,)


def on_the_web(reference: str) -> ButtonElement:
    """Return the button that asks for a fresh link to a request's page."""
    spoken = wording.SPOKEN.format(label=wording.ON_WEB, reference=reference)
    return button(wording.ON_WEB, Action.OPEN_ON_WEB, value=reference, spoken=spoken)


def opening(reference: str, *, primary: bool = False) -> ButtonElement:
    """Return the button that shows the whole request."""
    spoken = wording.OPEN_SPOKEN.format(reference=reference)
    style = "primary" if primary else None
    return button(wording.OPEN, Action.OPEN_REQUEST, value=reference, spoken=spoken, style=style)


def _may(dossier: Dossier) -> Iterator[DeedAction]:
    unseen = _YES if dossier.request.content.image is not None else frozenset()
    for kind, offered in _OFFERED.items():
        if kind in dossier.may:
            yield from (one for one in offered if one not in unseen)


def _button(action: DeedAction, about: Handle) -> ButtonElement:
    label, sure = wording.LABELS[action], wording.CONFIRMS.get(action)
    confirm = None
    if sure is not None:
        confirm = ConfirmObject(
            title=plain(wording.CONFIRM_TITLE, 100),
            text=plain(sure, 300),
            confirm=plain(label, 30),
            deny=plain(wording.BACK, 30),
        )
    style = "primary" if action in _PRIMARY else "danger" if action in _DANGER else None
    spoken = wording.SPOKEN.format(label=label, reference=about.reference)
    return button(label, action, value=about.dump(), spoken=spoken, confirm=confirm, style=style)
