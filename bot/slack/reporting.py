"""The way to the supervisor, for an answer that cites a duty to report; and who is on the roster.

Nothing is sent to anybody: a button opens a direct message, and the person writes or does not. Its
address is one that Slack itself opens (Slack's page "Deep linking into Slack").
"""

from slack_sdk.models.blocks import ActionsBlock, ButtonElement

from bot.answer import Answer
from bot.asker import Asker
from bot.duties import Duty, duty_in
from bot.roster.person import Person
from bot.roster.store import Rosters
from bot.slack.ids import Action
from bot.slack.parts import Card, plain, said
from bot.slack.text import shortened
from bot.slack.wording import (
    NEXT_LEVEL,
    OFF_ROSTER,
    ON_ROSTER,
    WRITE_NEXT,
    WRITE_SUPERVISOR,
    YOUR_SUPERVISOR,
)
from bot.wording import silent

_NAME, _LABEL = 150, 40


class Reporting:
    """Knows the roster and the duties to report; without a roster on file it says nothing."""

    def __init__(self, rosters: Rosters | None = None, duties: tuple[Duty, ...] = ()) -> None:
        self._rosters = rosters
        self._duties = duties

    def card(self, answer: Answer, asker: Asker) -> Card | None:
        """Return the way to the supervisor, for an answer that the asker alone reads, or None.

        Where the order leaves open whom to tell instead, the next level on file is a suggestion,
        and is called so.
        """
        duty = duty_in(answer, self._duties)
        filed = self._rosters.in_force() if self._rosters is not None and duty else None
        person = filed.roster.person_of(asker) if filed is not None else None
        if duty is None or filed is None or person is None:
            return None
        above = filed.roster.above(person)
        first, second = next(above, None), next(above, None)
        if first is None:
            return None
        lines = [YOUR_SUPERVISOR.format(person=_called(first))]
        buttons = [_write(first, asker, WRITE_SUPERVISOR, Action.WRITE_SUPERVISOR)]
        if duty.open is not None and second is not None:
            says = silent(duty.name, duty.open)
            lines.append(NEXT_LEVEL.format(silent=says, person=_called(second)))
            buttons.append(_write(second, asker, WRITE_NEXT, Action.WRITE_NEXT))
        pressed = [button for button in buttons if button is not None]
        actions = (ActionsBlock(elements=pressed),) if pressed else ()
        return Card(lines=tuple(lines), blocks=(said(*lines), *actions))

    def standing(self, asker: Asker) -> str | None:
        """Return who somebody is on the roster, that they are not on it, or None without one."""
        filed = self._rosters.in_force() if self._rosters is not None else None
        if filed is None:
            return None
        person = filed.roster.person_of(asker)
        if person is None:
            return OFF_ROSTER
        return ON_ROSTER.format(name=person.name, standing=person.standing, unit=person.unit)


def _called(person: Person) -> str:
    return f"{shortened(person.name, _NAME)} ({shortened(person.standing, _NAME)})"


def _write(person: Person, asker: Asker, label: str, action: Action) -> ButtonElement | None:
    """Return the button that opens a direct message in the asker's own workspace, if it can."""
    identity = person.identity_in(asker.team)
    if identity is None:
        return None
    return ButtonElement(
        text=plain(label.format(name=shortened(person.name, _LABEL)), 75),
        action_id=action.value,
        url=f"slack://user?team={identity.team}&id={identity.user}",
    )
