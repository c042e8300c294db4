"""What the cards and the view of one request are drawn from: a dossier, its clauses, its words."""

from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from bot.answer import ApprovalKind
from bot.approvals.bureau import Bureau
from bot.approvals.desk import Desk
from bot.approvals.dossier import Dossier
from bot.approvals.event import Consent, Event, Happened
from bot.approvals.fields import FIELDS, told
from bot.approvals.image import IMAGE
from bot.approvals.request import Reply
from bot.asker import Asker
from bot.links import Links
from bot.quoting import leading
from bot.slack.standing import Cards
from index.directive import FROZEN, Directive
from index.library import Library

_TO_THE_DEPARTMENT = frozenset({"colleagues", "others", "people"})
_CONSENTS = frozenset({ApprovalKind.CONSENT, ApprovalKind.BOTH})


class Cited(BaseModel):
    """A clause that a request rests on, word for word; ``consent``: it asks for somebody's."""

    model_config = FROZEN

    label: str
    url: str
    quote: str
    consent: bool = False


@dataclass(frozen=True)
class Casefile:
    """One request for one viewer, as the surface shows it.

    ``told`` is the whole content as labels and words, ``brief`` the same without the questions that
    were answered "no", ``shown`` the part that a person shown consents to. ``unreached`` are the
    keys of people who cannot be told anything here, ``page`` is the request's address on the web.
    Times are shown in ``zone``.
    """

    dossier: Dossier
    cited: tuple[Cited, ...]
    told: tuple[tuple[str, str], ...]
    brief: tuple[tuple[str, str], ...]
    shown: tuple[tuple[str, str], ...]
    page: str
    zone: ZoneInfo
    unreached: frozenset[str] = frozenset()

    @property
    def party(self) -> bool:
        """Whether the viewer is one of those who are shown, and neither asks nor acts."""
        found = self.dossier
        acts = found.office.actor(found.viewer.key) is not None
        decided = any(e.actor == found.viewer.key and e.kind in _OFFICIAL for e in found.events)
        return found.viewer.key in found.progress.consents and not (found.own or acts or decided)

    @property
    def agreed(self) -> int:
        """How many people shown have agreed."""
        return sum(one is Consent.AGREED for one in self.dossier.progress.consents.values())

    def name(self, event: Event) -> str:
        """Return who did something, in which post."""
        who = self.dossier.names.get(event.actor or "", "")
        post = event.capacity
        return f"{who}, {post}" if post and not who.startswith(post) else who


_OFFICIAL = frozenset({Happened.ENDORSED, Happened.RETURNED, Happened.GRANTED, Happened.DENIED})


def _named(dossier: Dossier, content: tuple[tuple[str, str], ...]) -> Iterator[tuple[str, str]]:
    """Yield the content with colleagues called as the roster has them, where it has."""
    colleagues = next(field.label for field in FIELDS if field.name == "colleagues")
    names = "\n".join(dossier.names[one] for one in dossier.progress.consents)
    for label, words in content:
        yield label, (names or words) if label == colleagues else words


class Casefiles:
    """Opens requests for a person; nobody opens one that they have no part in."""

    def __init__(
        self, bureau: Bureau, library: Library, links: Links, cards: Cards, zone: ZoneInfo
    ) -> None:
        self._bureau = bureau
        self._library = library
        self._links = links
        self._cards = cards
        self._zone = zone

    def open(self, reference: str, asker: Asker) -> Casefile:
        """Return a request as somebody may see it; raise NoSuchRequest."""
        dossier = self._bureau.dossiers.open(reference, asker)
        request, desk = dossier.request, self._bureau.desk
        directive = self._library.version(request.directive, request.effective)
        directive = directive or self._library.get(request.directive)
        whole = tuple(_named(dossier, told(request.content, desk.questions)))
        told_no = {one.name for one in request.content.flags if one.reply is Reply.NO}
        plain_no = {one.ask for one in desk.questions.flags if one.name in told_no}
        fields = {field.label for field in FIELDS if field.name not in _TO_THE_DEPARTMENT} | {IMAGE}
        return Casefile(
            dossier=dossier,
            cited=() if directive is None else tuple(self._cited(directive, dossier, desk)),
            told=whole,
            brief=tuple(one for one in whole if one[0] not in plain_no),
            shown=tuple((label, words) for label, words in whole if label in fields),
            page=f"{self._links.address}/requests/{request.reference}",
            zone=self._zone,
            unreached=self._cards.unreached(request.reference),
        )

    def _cited(self, directive: Directive, dossier: Dossier, desk: Desk) -> Iterator[Cited]:
        request = dossier.request
        current = self._library.current(request.directive)
        touched = desk.touched(current, request.content).touched if current is not None else ()
        consents = {one.section for one in touched if one.kind in _CONSENTS}
        for section in request.clauses:
            clause = directive.clause(section)
            if clause is None:
                continue
            lead = leading(directive, clause)
            quote = f"{lead} {clause.text}" if lead is not None else clause.text
            yield Cited(
                label=directive.citation(section),
                url=self._links.clause(
                    directive.number,
                    section,
                    version=self._library.dated(directive.number, directive.effective),
                ),
                quote=quote,
                consent=section in consents,
            )
