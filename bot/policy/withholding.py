"""A draft that rests on a paused clause is withheld: no verdict, and whom to ask instead."""

import logging
from collections.abc import Sequence

from bot import wording
from bot.answer import Verdict
from bot.draft import Draft
from bot.errors import DatabaseUnusable
from bot.policy.pauses import Pause, Pauses

_LOG = logging.getLogger(__name__)


class Withholding:
    """Holds drafts against the pauses that stand; ``turn_to`` names whom to ask instead."""

    def __init__(self, pauses: Pauses, turn_to: str | None) -> None:
        self._pauses = pauses
        self._turn_to = turn_to
        self._last: tuple[Pause, ...] = ()

    def over(self, draft: Draft) -> Draft:
        """Return the draft itself, or what is said in its place while a clause of it is paused.

        A draft rests on every clause that it applies or cites. Words that were asked for by their
        number are shown all the same, with a notice: a pause withdraws the reading, not the text.
        """
        touched = _touched(draft, self._standing())
        if not touched:
            return draft
        paused = wording.paused([(one.citation, one.since.date()) for one in touched])
        if draft.shown:
            return draft.model_copy(update={"notices": (*draft.notices, paused)})
        first = touched[0]
        read = wording.where_to_read(first.directive, first.section)
        ask = [f"Ask {self._turn_to}."] if self._turn_to else []
        said = wording.summary(paused, [read, *ask])
        return Draft(verdict=Verdict.NOT_COVERED, summary=said, engine=draft.engine)

    def _standing(self) -> tuple[Pause, ...]:
        """Return the pauses that stand; those of the last look while the database is away."""
        try:
            self._last = self._pauses.standing()
        except DatabaseUnusable as error:
            _LOG.warning("Pauses were not looked at again: %s", error)
        return self._last


def _touched(draft: Draft, standing: Sequence[Pause]) -> list[Pause]:
    if not standing:
        return []
    rests_on = {(one.directive, one.section) for one in draft.rules}
    rests_on |= {(one.directive, one.section) for one in draft.citations}
    return [pause for pause in standing if any(pause.covers(*at) for at in rests_on)]
