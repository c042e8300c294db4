"""One desk for every form: it opens a signed link, checks what is filled in, saves and sends."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.answer import ApprovalKind
from bot.approvals.filling import Filled, FormRefused, read, read_leniently, refilled
from bot.approvals.guidance import Guidance, Touched
from bot.approvals.image import Image
from bot.approvals.images import Images
from bot.approvals.progress import Progress
from bot.approvals.request import Content, Request
from bot.approvals.sending import Sending
from bot.approvals.store import RequestStore, changing
from bot.asker import Asker, Surface
from bot.audit.refusals import LINK, Refusals, why
from bot.errors import AssistantError, LinkRefused
from bot.links import Links, RequestReference
from index.directive import Directive
from index.library import Library
from index.request import Questions

NOT_PERMISSION = "Sending a request is not permission."
NOT_YET = "Do not post until you have the written answer."
IMAGE_GONE = "The image is not kept any more. Choose it again, or take it out."
_GONE = (
    "The question behind this link is no longer kept, so the request cannot be tied to who asked. "
    "Ask again for a fresh link."
)
_UNLISTED = (
    "Not on the roster, or not just once: {names}. Write each name as the roster has it, one on a "
    "line."
)


class Guiding(Protocol):
    """What the desk needs of the guide: it stands apart, so that a form loads no search."""

    questions: Questions

    def preset(self, question: str | None) -> Filled:
        """Return what a question suggests."""
        ...

    def touches(self, directive: Directive, content: Content) -> Guidance:
        """Return what a request touches in a directive."""
        ...

    def flags_behind(self, facts: Iterable[str]) -> tuple[str, ...]:
        """Return the names of the questions that ask for one of these facts."""
        ...


class RequestSpent(AssistantError):
    """A genuine link that no request can be sent by any more; the message is fit to show."""


class OrderChanged(AssistantError):
    """The order is on file in another version than the link's; the message is fit to show."""


class RequestBarred(AssistantError):
    """A request for what nobody can permit; ``guidance`` has the clauses."""

    def __init__(self, guidance: Guidance) -> None:
        super().__init__("The order states no permission for some of this.")
        self.guidance = guidance


class RequestUnclear(AssistantError):
    """A request with points that nobody may be able to permit, which were not shown yet."""

    def __init__(self, guidance: Guidance) -> None:
        super().__init__("Some of this may be forbidden with no permission.")
        self.guidance = guidance


@dataclass(frozen=True)
class Opened:
    """What a link opens: what it vouches for, the order, who asked what, and until when.

    ``draft`` and ``expires`` are None where no question was kept with the link. ``sent`` is the
    request that it led to already; then ``directive`` may be None, as nothing is to be filled in.
    ``changes`` is the sent request that the form changes, where no link began it.
    """

    vouched: RequestReference
    asker: Asker
    directive: Directive | None = None
    question: str | None = None
    expires: datetime | None = None
    filled: Filled | None = None
    sent: Request | None = None
    changes: Request | None = None

    @property
    def order(self) -> Directive:
        """The order of a request that can still be filled in."""
        if self.directive is None:
            raise RequestSpent(_GONE)
        return self.directive


class Desk:
    """Takes requests; who asks is known from the draft, never from what a form says."""

    def __init__(
        self,
        store: RequestStore,
        links: Links,
        library: Library,
        guide: Guiding,
        sending: Sending,
        refusals: Refusals,
        images: Images | None = None,
    ) -> None:
        self.images = images
        self.refusals = refusals
        self._store = store
        self._sending = sending
        self._links = links
        self._library = library
        self._guide = guide

    @property
    def questions(self) -> Questions:
        """The questions of the form besides its fields."""
        return self._guide.questions

    def open(self, token: str, *, anonymous: bool = False) -> Opened:
        """Return what a link's token opens.

        ``anonymous``: a link without a kept question opens too, for somebody not identified. Raise
        LinkRefused, LinkExpired, RequestSpent or OrderChanged. The draft is read first: sending
        deletes it, so a link with neither draft nor request is spent.
        """
        try:
            vouched = self._links.open_request(token)
        except LinkRefused as refused:
            self.refusals.add(LINK, why(refused))
            raise
        draft = self._store.draft(vouched.answer)
        sent = self._store.by_answer(vouched.answer)
        if sent is not None:
            return Opened(vouched, sent.asker, sent=sent)
        if draft is None and not anonymous:
            raise RequestSpent(_GONE)
        directive = self._library.current(vouched.directive)
        if directive is None:
            raise RequestSpent("The order behind this link is no longer in force. Ask again.")
        if directive.sha256 != vouched.sha256:
            raise OrderChanged(f"{directive.name} was changed since this answer. Ask again.")
        if draft is None:
            return Opened(vouched, Asker(surface=Surface.CONSOLE), directive)
        filled = draft.filled
        return Opened(vouched, draft.asker, directive, draft.question, draft.expires, filled)

    def page(self, opened: Opened, token: str) -> str | None:
        """Return the form as a page, where its image is added; None where it has nothing of one."""
        taking = self.images is not None and self.images.taking
        changes, kept = opened.changes, opened.filled
        has_one = kept.image if kept is not None else changes.content.image if changes else None
        if not (taking or has_one):
            return None
        return self._links.form(token) if changes is None else self._links.change(changes.reference)

    def begin(self, opened: Opened) -> Filled:
        """Return what the form begins with: what was saved, what stands, or what is suggested."""
        if opened.filled is None and opened.changes is not None:
            return refilled(opened.changes.content)
        return opened.filled or self._guide.preset(opened.question)

    def read(self, opened: Opened, filled: Filled) -> Content:
        """Return the content of what was filled in; raise FormRefused."""
        content = read(filled, self.questions, opened.asker.team)
        unlisted = self._sending.unlisted(content)
        if unlisted:
            raise FormRefused({"colleagues": _UNLISTED.format(names=", ".join(unlisted))})
        image = content.image
        if image is not None and not self._kept(opened, image):
            raise FormRefused({"image": IMAGE_GONE})
        return content

    def _kept(self, opened: Opened, image: Image) -> bool:
        images = self.images
        return images is not None and images.find(opened.vouched.answer, image.sha256) == image

    def look(self, opened: Opened, filled: Filled) -> Guidance:
        """Return the guidance on a form as far as it is filled in."""
        content = read_leniently(filled, self.questions, opened.asker.team)
        return self._guide.touches(opened.order, content)

    def weigh(self, opened: Opened, content: Content) -> Guidance:
        """Return the guidance on a whole form."""
        return self._guide.touches(opened.order, content)

    def save(self, opened: Opened, filled: Filled) -> bool:
        """Keep what was filled in until the link expires; False where no draft is kept with it."""
        kept = filled.kept(self.questions)
        if opened.changes is not None:
            return self._store.save_change(opened.changes, opened.asker, kept)
        return self._store.save_draft(opened.vouched.answer, kept)

    def send(self, opened: Opened, content: Content, confirmed: tuple[str, ...]) -> Request:
        """Send the request and return it, or the one that this link led to before.

        ``confirmed`` are the unclear sections that the requester was shown. Raise RequestBarred or
        RequestUnclear, or RequestRefused where nobody may decide it; then nothing is sent.
        """
        guidance = self._guide.touches(opened.order, content)
        if guidance.barred:
            raise RequestBarred(guidance)
        if not set(guidance.open) <= set(confirmed):
            raise RequestUnclear(guidance)
        vouched, order, asker = opened.vouched, opened.order, opened.asker
        return self._sending.send(vouched, order, content, asker, guidance)

    def touched(self, directive: Directive, content: Content) -> Guidance:
        """Return the guidance on the content of a request as it was sent."""
        return self._guide.touches(directive, content)

    def change(
        self, request: Request, opened: Opened, content: Content, confirmed: tuple[str, ...]
    ) -> Progress:
        """Change the content of a sent request and return where it stands; raise as ``send`` does.

        FlowRefused where it may not be changed, or is not the version that was opened.
        """
        guidance = self._guide.touches(opened.order, content)
        if guidance.barred:
            raise RequestBarred(guidance)
        if not set(guidance.open) <= set(confirmed):
            raise RequestUnclear(guidance)
        return self._sending.change(request, opened.order, content, opened.asker, guidance)

    def reopen(self, request: Request, asker: Asker) -> Opened:
        """Return a sent request as a form to change; raise RequestSpent without its order.

        ``asker`` is its requester. What they saved of an earlier change is in it.
        """
        directive = self._library.current(request.directive)
        if directive is None:
            raise RequestSpent("The order behind this request is no longer in force.")
        vouched = RequestReference(
            answer=request.answer,
            directive=request.directive,
            sha256=directive.sha256,
            clauses=request.clauses,
            kind=request.kind,
        )
        draft = self._store.draft(changing(request))
        expires = draft.expires if draft is not None else self._store.until()
        filled = draft.filled if draft is not None else None
        return Opened(vouched, asker, directive, expires=expires, filled=filled, changes=request)

    def consent_sections(self, directive: Directive, content: Content) -> tuple[str, ...]:
        """Return the sections by which those shown in a content are asked for their consent."""
        touched = self._guide.touches(directive, content).touched
        found = (one.path or one.section for one in touched if one.kind is ApprovalKind.CONSENT)
        return tuple(dict.fromkeys(found))

    def fields_behind(self, clause: Touched) -> tuple[str, ...]:
        """Return the names of the questions through which a clause applies."""
        return self._guide.flags_behind(clause.facts)
