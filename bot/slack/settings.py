"""What the administrators set for a channel, and how it is read from their form."""

from pydantic import BaseModel

from bot.slack.ids import Field, Following, Placement
from bot.slack.submitted import Values, picked, several, ticked
from index.directive import FROZEN

__all__ = ["ChannelSettings", "Placement", "read"]


class ChannelSettings(BaseModel):
    """How the assistant behaves in a channel; as it stands here where nobody has set anything.

    ``follow``: follow-ups are heard without a mention in threads that the assistant was called
    into. ``directives``: the numbers of those that answers are about; none means all.
    """

    model_config = FROZEN

    place: Placement = Placement.PRIVATE
    follow: bool = True
    muted: bool = False
    directives: tuple[str, ...] = ()


def read(values: Values) -> ChannelSettings:
    """Return the settings that a form's ``state.values`` hold; raise FormRefused, a ValueError.

    The form leaves the directives out while none is on file, and then all are meant.
    """
    offered = Field.DIRECTIVES.value in values
    return ChannelSettings(
        place=picked(values, Field.PLACE, Placement),
        follow=picked(values, Field.FOLLOW, Following) is Following.THREADS,
        muted=ticked(values, Field.MUTED),
        directives=several(values, Field.DIRECTIVES) if offered else (),
    )
