"""What a form shows before it is sent: clauses touched, who decides, what nobody can permit."""

from pydantic import BaseModel

from bot.answer import ApprovalKind
from index.directive import FROZEN
from index.rule import Effect


class Touched(BaseModel):
    """A clause that a request touches, verbatim; ``lead`` is the sentence a bullet completes.

    ``applies_if`` names the fact that decides, where it only may apply. ``decided_by`` and ``form``
    are the order's words, None where it has none; ``kind`` is None where nobody decides; ``path``
    is the section that the way to permission stands in. ``facts`` are those it applies by.
    """

    model_config = FROZEN

    section: str
    citation: str
    quote: str
    lead: str | None = None
    force: str
    effect: Effect
    applies_if: str | None = None
    kind: ApprovalKind | None = None
    decided_by: str | None = None
    form: str | None = None
    route: str | None = None
    path: str | None = None
    facts: tuple[str, ...] = ()


class Guidance(BaseModel):
    """What a form shows before it is sent.

    ``touched`` are clauses that somebody decides, or that lay down a duty or a caution; ``barred``
    state no permission and apply, ``unclear`` state none and may apply. ``lifts_nothing``: nothing
    is left that a request could be about.
    """

    model_config = FROZEN

    touched: tuple[Touched, ...] = ()
    barred: tuple[Touched, ...] = ()
    unclear: tuple[Touched, ...] = ()
    lifts_nothing: bool = False

    @property
    def sections(self) -> tuple[str, ...]:
        """The sections to record: those that apply, the ways they name, then the unclear ones."""
        applying = [one for one in self.touched if one.applies_if is None]
        paths = [one.path for one in applying if one.path is not None]
        return tuple(dict.fromkeys((*(one.section for one in applying), *paths, *self.open)))

    @property
    def open(self) -> tuple[str, ...]:
        """The sections of what is unclear."""
        return tuple(dict.fromkeys(one.section for one in self.unclear))

    def kind(self, linked: ApprovalKind) -> ApprovalKind:
        """Return whose agreement is asked for, with what the link asked for already."""
        kinds = {linked, *(one.kind for one in self.touched if one.applies_if is None)} - {None}
        return linked if kinds == {linked} else ApprovalKind.BOTH
