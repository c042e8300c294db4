"""Where a page shows a clause, it says whether the policy unit has paused answers on it."""

import logging

from bot.errors import DatabaseUnusable
from bot.policy.pauses import Pause
from bot.web.site import Site
from index.directive import Directive

_LOG = logging.getLogger(__name__)


async def paused_on(site: Site, number: str) -> tuple[Pause, ...]:
    """Return the pauses that stand on a directive, those of it as a whole first.

    None while the database is away: a directive can be read without it.
    """
    if site.pauses is None:
        return ()
    try:
        standing = await site.bridge.run(site.pauses.standing)
    except DatabaseUnusable as error:
        _LOG.warning("A directive is shown without its pauses: %s", error)
        return ()
    found = (pause for pause in standing if pause.directive == number)
    return tuple(sorted(found, key=lambda pause: pause.section is not None))


def by_section(directive: Directive, pauses: tuple[Pause, ...]) -> dict[str, Pause]:
    """Return the pause of each clause that has one of its own or of what it is a part of."""
    return {
        clause.section: pause
        for pause in pauses
        if pause.section is not None
        for clause in directive.under(pause.section)
    }
